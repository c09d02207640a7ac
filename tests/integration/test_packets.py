# SPDX-License-Identifier: GPL-2.0-or-later
"""espcap packets: from hits back to the packets, and to no others."""
import json
import os
import pathlib
import shutil
import struct
import subprocess

import pcapng
import pytest
from pcapng import packets_of, plain
from project import TEST_PCAPS

ETHERNET, RAW_IP = 1, 101
BEGIN_S = 1_780_000_000
DNS = TEST_PCAPS / "dns.pcap"
FRAME = bytes.fromhex("ffffffffffff0200000000010806") + b"\0\1\x08\0\6\4\0\1" + bytes(20)
IP = bytes.fromhex("4500001c00010000400100000a0000010a000002") + b"\x08\0\0\0\0\0\0\0"


def two_sections():
    """Interfaces, resolutions, comments and secrets of all kinds; later packets first."""
    ticks_ns = (BEGIN_S + 50) * 10 ** 9 + 123456789
    half = pcapng.option(pcapng.RESOLUTION, bytes([0x80 | 10]))
    shifted = pcapng.option(pcapng.OFFSET, struct.pack("<q", 1000))
    nano = pcapng.option(pcapng.RESOLUTION, b"\x09")
    name = lambda text: pcapng.option(pcapng.NAME, text)  # noqa: E731
    return b"".join([
        pcapng.section(), pcapng.interface(ETHERNET, name(b"one"), nano), pcapng.interface(RAW_IP, name(b"two")),
        pcapng.packet(0, ticks_ns, FRAME, pcapng.option(1, b"first"), pcapng.option(1, b"second \xc3\xbc")),
        pcapng.secrets(b"CLIENT_RANDOM 00 11\n"),
        pcapng.packet(1, (BEGIN_S - 7) * 10 ** 6 + 1, IP),
        pcapng.interface(ETHERNET, name(b"three"), shifted),
        pcapng.packet(2, BEGIN_S * 10 ** 6 + 999999, FRAME + b"x"),
        pcapng.section(), pcapng.interface(RAW_IP, name(b"four"), half), pcapng.interface(ETHERNET, name(b"five")),
        pcapng.packet(0, BEGIN_S * 1024 + 1, IP), pcapng.packet(1, BEGIN_S * 10 ** 6 + 5, FRAME + b"yy"),
    ])


def pktap():
    """Three frames behind Apple's header, whose dissector sets the record's link type to the frame's."""
    header = struct.pack("<III24sIIIII20sIHHI20s", 108, 1, ETHERNET, b"en0", 0, 2, 14, 0, 7, b"ping", 0, 6, 0, 7, b"ping")
    data = header + FRAME
    return (struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 258)
            + b"".join(struct.pack("<IIII", BEGIN_S, number, len(data), len(data)) + data for number in range(3)))


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    (folder / "below").mkdir(parents=True)
    return folder


@pytest.fixture
def find(espcap, any_server):
    """find(query, *arguments) → the run of `espcap packets`."""
    return lambda query, *arguments, **options: espcap(
        "packets", query, "--node", any_server.url, "--index", any_server.index, *arguments, **options)


def index(espcap, server, folder, *options):
    run = espcap("--dir", folder, "--recursive", *server.options, *options)
    assert run.code == 0, run
    server.request("POST", f"/{server.indices}/_refresh")


def test_all_packets_come_back_as_they_were(any_server, espcap, find, archive):
    for path in TEST_PCAPS.iterdir():
        if path.suffix in (".pcap", ".pcapng", ".gz"):
            shutil.copy(path, archive / "below")
    (archive / "two sections%41\n.pcapng").write_bytes(two_sections())
    (archive / "pktap.pcap").write_bytes(pktap())
    originals = [path for path in archive.rglob("*") if path.is_file()]
    index(espcap, any_server, archive)
    out = archive.parent / "out.pcapng"
    run = find("*", "--archive-root", archive, "-w", out)
    assert run.code == 0, run
    found = pcapng.read(out.read_bytes())
    wanted = [packet for path in originals for packet in packets_of(path)]
    assert plain(found.packets) == plain(wanted)
    assert f"{len(wanted)} packets written" in run.err
    assert [packet.time for packet in found.packets] == sorted(packet.time for packet in wanted)
    assert found.sections == 1 and found.interfaces < len(originals) + 10
    first = found.kinds.index(pcapng.PACKET)
    assert pcapng.SECRETS in found.kinds[:first] and pcapng.SECRETS not in found.kinds[first:]
    named = {(packet.time, packet.data): packet.interface for packet in found.packets}
    for packet in packets_of(archive / "two sections%41\n.pcapng"):
        assert named[packet.time, packet.data] == packet.interface
    assert subprocess.run(["tshark", "-r", out, "-T", "fields", "-e", "frame.number"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.split()[-1] == str(len(wanted))


QUERIES = {
    "layers.udp.udp_udp_dstport:53": "udp.dstport == 53",
    "layers.dns.dns_dns_flags_response:true": "dns.flags.response == 1",
    "layers.frame.frame_frame_len:[100 TO *] AND layers.ip.ip_ip_src:\"127.0.0.1\"":
        "frame.len >= 100 and ip.src == 127.0.0.1",
    "NOT layers.dns.dns_dns_qry_name:*": "not dns.qry.name",
}


def test_a_query_finds_what_a_display_filter_selects(any_server, espcap, find, archive, tshark):
    shutil.copy(DNS, archive)
    index(espcap, any_server, archive)
    every = packets_of(DNS)
    for query, display_filter in QUERIES.items():
        run = find(query, "--archive-root", archive)
        assert run.code == 0, run
        numbers = tshark("-r", DNS, "-Y", display_filter, "-T", "fields", "-e", "frame.number").split()
        found = pcapng.read(run.out).packets
        assert plain(found) == plain(every[int(number) - 1] for number in numbers), query


# What they look at comes from packets before: of other frames, and of those that they selected.
FILTERS = ("tcp.analysis.ack_rtt or dns.time or frame.number == 3",
           "udp and (frame.time_delta_displayed == 0 or frame.time_delta_displayed > 0.05) or http.response or tls")


def test_a_display_filter_refines_what_is_found(any_server, espcap, find, archive, tshark):
    for path in TEST_PCAPS.iterdir():
        if path.suffix in (".pcap", ".pcapng", ".gz"):
            shutil.copy(path, archive)
    (archive / "pktap.pcap").write_bytes(pktap())
    index(espcap, any_server, archive)
    every = {path: packets_of(path) for path in archive.iterdir() if path.is_file()}
    for display_filter in FILTERS:
        run = find("espcap.frame:[2 TO 40]", "--archive-root", archive, "--filter", display_filter)
        assert run.code == 0, run
        selected = {path: tshark("-r", path, "-Y", display_filter, "-T", "fields", "-e", "frame.number").split()
                    for path in every}
        wanted = [every[path][int(number) - 1] for path in every for number in selected[path] if 2 <= int(number) <= 40]
        assert wanted and plain(pcapng.read(run.out).packets) == plain(wanted), display_filter


def test_what_can_not_be_found_is_named_and_the_rest_is_written(any_server, espcap, find, archive, tmp_path):
    names = ("kept", "changed", "cut", "deleted", "moved", "link", "replaced", "fifo")
    for name in names:
        # Different ids: each has a byte of its own.
        data = bytearray(DNS.read_bytes())
        data[24 + 16] ^= names.index(name)
        (archive / f"{name}.pcap").write_bytes(data)
    index(espcap, any_server, archive)
    total = len(packets_of(DNS))
    wanted = {name: packets_of(archive / f"{name}.pcap") for name in names}
    changed = bytearray((archive / "changed.pcap").read_bytes())
    changed[-1] ^= 1
    (archive / "changed.pcap").write_bytes(changed)
    os.truncate(archive / "cut.pcap", len(changed) // 2)
    (archive / "deleted.pcap").unlink()
    (tmp_path / "elsewhere").mkdir()
    os.rename(archive / "moved.pcap", tmp_path / "elsewhere" / "moved.pcap")
    os.rename(archive / "link.pcap", tmp_path / "link.pcap")
    os.symlink(tmp_path / "link.pcap", archive / "link.pcap")
    shutil.copy(TEST_PCAPS / "http.pcap", archive / "replaced.pcap")
    (archive / "fifo.pcap").unlink()
    os.mkfifo(archive / "fifo.pcap")
    out = tmp_path / "out.pcapng"
    run = find("*", "--archive-root", archive, "-w", out)
    assert run.code == 2, run
    for name, reason in (("changed", f"1 of {total} packets not found: 1 with other records in their place"),
                         ("cut", "not there ("), ("deleted", "there is no such file"),
                         ("moved", "there is no such file"), ("link", "symbolic link"),
                         ("replaced", "with other records in their place"), ("fifo", "no regular file")):
        line, = [line for line in run.err.splitlines() if f"/{name}.pcap: " in line]
        assert reason in line, line
    assert "kept.pcap" not in run.err
    found = plain(pcapng.read(out.read_bytes()).packets)
    possible = plain(wanted["kept"] + wanted["changed"] + wanted["cut"])
    assert all(one in possible for one in found), "a wrong packet"
    assert 2 * total - 1 < len(found) < 3 * total and f"{len(found)} packets written" in run.err
    # What has moved is found where the user says.
    mapped = find("espcap.file:*moved*", "--archive-root", tmp_path, "--archive-map", f"{archive}={tmp_path}/elsewhere",
                  "-w", out)
    assert mapped.code == 0 and plain(pcapng.read(out.read_bytes()).packets) == plain(wanted["moved"]), mapped


def forged(server, path, **more):
    """A document that names another file."""
    origin = {"file": str(path), "frame": 1, "digest": "0123456789abcdef", **more}
    status, _ = server.request("POST", f"/{server.named('2026-01-01')}/_doc?refresh=true",
                               {"timestamp": "1780000000000", "espcap": origin})
    assert status == 201


def test_a_document_can_not_name_just_any_file(any_server, espcap, find, archive, tmp_path):
    shutil.copy(DNS, archive)
    shutil.copy(DNS, tmp_path / "outside.pcap")
    index(espcap, any_server, archive, "--count", "1")
    status, answer = any_server.request("GET", f"/{any_server.indices}/_search")
    assert status == 200
    honest = answer["hits"]["hits"][0]["_source"]["espcap"]
    for path in ("/etc/shadow", f"{archive}/../outside.pcap", tmp_path / "outside.pcap", "../../x", "dns.pcap",
                 f"{archive}/%00", f"{archive}/.", f"/proc/self/cwd/{DNS}"):
        forged(any_server, path, digest=honest["digest"], offset=honest["offset"])
    os.symlink("/etc/shadow", archive / "shadow")
    os.symlink("/etc", archive / "etc")
    for path in (f"{archive}/shadow", f"{archive}/etc/shadow"):
        forged(any_server, path)
    for offset in (0, 23, 41, 1 << 40, honest["offset"] + 1):
        forged(any_server, archive / "dns.pcap", offset=offset, frame=2 + offset % 7)
    run = find("*", "--archive-root", archive, "-w", tmp_path / "out.pcapng")
    assert run.code == 2, run
    assert plain(pcapng.read((tmp_path / "out.pcapng").read_bytes()).packets) == plain(packets_of(DNS)[:1])
    assert "/etc/shadow" in run.err and "root:" not in run.err


def test_without_a_root_it_says_where_the_files_are(any_server, espcap, find, archive, tmp_path):
    shutil.copy(DNS, archive / "below")
    index(espcap, any_server, archive, "--count", "3")
    run = find("*", "-w", tmp_path / "out.pcapng")
    assert run.code == 1 and f"{archive}/below (1 file)" in run.err and "--archive-root" in run.err, run
    assert not (tmp_path / "out.pcapng").exists()
    # The sources are never written over.
    same = find("*", "--archive-root", archive, "-w", archive / "below" / "dns.pcap")
    assert same.code == 1 and "one of the files" in same.err and (archive / "below" / "dns.pcap").read_bytes() == \
        DNS.read_bytes()


def test_packets_are_found_once_and_by_their_time(any_server, espcap, find, archive, tmp_path):
    shutil.copy(DNS, archive)
    index(espcap, any_server, archive)
    again = espcap("--dir", archive, "--node", any_server.url, "--index", any_server.named("again"))
    assert again.code == 0, again
    any_server.request("POST", f"/{any_server.indices}/_refresh")
    every = packets_of(DNS)
    query = tmp_path / "query.json"
    query.write_text(json.dumps({"query": {"range": {"espcap.frame": {"lte": 10}}}}))
    middle = sorted(packet.time for packet in every)[5] // 10 ** 6  # in milliseconds
    out = tmp_path / "out.pcapng"
    for options, wanted in (([], every[:10]),
                            (["--since", str(middle)], [one for one in every[:10] if one.time // 10 ** 6 >= middle]),
                            (["--until", str(middle)], [one for one in every[:10] if one.time // 10 ** 6 < middle])):
        run = find(f"@{query}", "--archive-root", archive, "-w", out, *options)
        assert run.code == 0 and plain(pcapng.read(out.read_bytes()).packets) == plain(wanted), run
    cut = find("*", "--archive-root", archive, "-w", out, "--max-hits", "7")
    assert cut.code == 2 and "--max-hits 7" in cut.err and len(pcapng.read(out.read_bytes()).packets) == 7, cut
    nothing = find("layers.no.such:thing", "--archive-root", archive, "-w", out)
    assert nothing.code == 0 and pcapng.read(out.read_bytes()).packets == [], nothing


def test_documents_without_a_place_are_counted(any_server, espcap, find, archive, tmp_path):
    piped = espcap("--file", "-", *any_server.options, input=DNS.read_bytes())
    assert piped.code == 0, piped
    any_server.request("POST", f"/{any_server.indices}/_refresh")
    run = find("*", "--archive-root", archive, "-w", tmp_path / "out.pcapng")
    assert run.code == 2 and f"{len(packets_of(DNS))} documents don't say where their packets are" in run.err, run


def test_a_capture_that_only_root_reads_is_read_by_a_process_that_is_not_root(any_server, espcap, find, archive,
                                                                               tmp_path):
    path = pathlib.Path(shutil.copy(DNS, archive))
    path.chmod(0o600)
    index(espcap, any_server, archive)
    run = find("*", "--archive-root", archive, "-w", tmp_path / "out.pcapng")
    assert run.code == 0 and plain(pcapng.read((tmp_path / "out.pcapng").read_bytes()).packets) == \
        plain(packets_of(DNS)), run


@pytest.mark.parametrize("arguments, what", [
    (["packets", "*"], "--node"), (["packets"], "QUERY"),
    (["packets", "*", "--node", "localhost", "--archive-map", "a=b"], "OLD=NEW"),
    (["packets", "*", "--node", "localhost:1", "--filter", "dns.no.such", "-w", "/dev/null"], "dns.no.such"),
    (["packets", "@/nonexistent", "--node", "localhost"], "/nonexistent")])
def test_wrong_use_says_what_is_wrong(espcap, arguments, what):
    run = espcap(*arguments)
    assert run.code == 1 and what in run.err and not run.out, run

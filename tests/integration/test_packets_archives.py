# SPDX-License-Identifier: GPL-2.0-or-later
"""espcap packets and espcap show: packets of captures that are packed, in archives or by themselves."""
import gzip
import json
import lzma
import os
import subprocess
import zipfile

import pcapng
import pytest
from archives import ARCHIVES, COMPRESSIONS, tar_of, zip_of
from captures import write_pcap
from mounts import with_small_folder
from numbered import packet
from pcapng import packets_of, plain
from project import TEST_PCAPS

DNS, ICMP, ARP, HTTP, VLAN = (TEST_PCAPS / f"{name}.pcap" for name in ("dns", "icmp", "arp", "http", "vlan"))
ODD, ACCENT = "a:b%41\n.pcap", "caf\u00e9.pcap"


@pytest.fixture
def ask(espcap, any_server):
    """ask(command, query, *arguments) → the run of `espcap packets` or `espcap show`."""
    return lambda command, query, *arguments: espcap(
        command, query, "--node", any_server.url, "--index", any_server.index, *arguments)


def index(espcap, server, folder, *options, status=0):
    run = espcap("--dir", folder, *server.options, *options)
    assert run.code == status, run
    server.request("POST", f"/{server.indices},espcap-runs/_refresh")


def stored(server):
    """{(file, frame): document} of all that the server has."""
    status, answer = server.request("GET", f"/{server.indices}/_search", {"size": 5000})
    assert status == 200, answer
    return {place_of(hit["_source"]): hit["_source"] for hit in answer["hits"]["hits"]}


def place_of(document):
    return document["espcap"]["file"], document["espcap"]["frame"]


def shown(run):
    return {place_of(document): document for document in map(json.loads, run.out.splitlines())}


def reason_for(run, name):
    line, = [line for line in run.err.splitlines() if f"/{name}: " in line and "packets not found" in line]
    return line


@pytest.mark.parametrize("kind", ARCHIVES)
def test_files_in_archives_are_found_again(kind, any_server, espcap, ask, folder, tmp_path):
    ARCHIVES[kind](folder / "packed", {"dns.pcap": DNS.read_bytes(), "README": b"no capture\n" * 100,
                                        "./sub//icmp.pcap.gz": gzip.compress(ICMP.read_bytes(), mtime=0),
                                        "../../http.pcap": HTTP.read_bytes(), ODD: ARP.read_bytes(),
                                        ACCENT: VLAN.read_bytes()})
    index(espcap, any_server, folder)
    every = stored(any_server)
    names = {file.removeprefix(f"{folder}/packed/") for file, _ in every}
    assert len(names) == 5 and names > {"dns.pcap", "sub/icmp.pcap.gz", "http.pcap", "a:b%2541%0A.pcap"}
    out = tmp_path / "out.pcapng"
    run = ask("packets", "*", "--archive-root", folder, "-w", out)
    assert run.code == 0, run
    wanted = [packet for path in (DNS, ICMP, HTTP, ARP, VLAN) for packet in packets_of(path)]
    assert plain(pcapng.read(out.read_bytes()).packets) == plain(wanted)
    # By its filter each is dissected from its beginning.
    run = ask("packets", "espcap.file:*dns.pcap", "--archive-root", folder, "-w", out, "--filter", "dns.time")
    assert run.code == 0 and 0 < len(pcapng.read(out.read_bytes()).packets) < len(packets_of(DNS)), run
    run = ask("show", "*", "--archive-root", folder, "--format", "ndjson")
    assert run.code == 0, run.err
    assert shown(run) == every


def test_compressed_files_are_found_again(any_server, espcap, ask, folder, tmp_path):
    for number, (kind, compress) in enumerate(COMPRESSIONS.items()):
        data = bytearray(DNS.read_bytes())
        data[24 + 16] ^= number  # different ids
        (folder / f"dns.pcap.{kind}").write_bytes(compress(bytes(data)))
    index(espcap, any_server, folder)
    every = stored(any_server)
    assert len(every) == len(COMPRESSIONS) * len(packets_of(DNS))
    run = ask("packets", "*", "--archive-root", folder, "-w", tmp_path / "out.pcapng")
    assert run.code == 0 and f"{len(every)} packets written" in run.err, run
    run = ask("show", "*", "--archive-root", folder, "--format", "ndjson")
    assert run.code == 0 and shown(run) == every, run.err


def changed(data):
    """Its last byte."""
    return data[:-1] + bytes([data[-1] ^ 1])


def test_what_is_wrong_with_an_archive_is_named_and_the_rest_is_written(any_server, espcap, ask, folder, tmp_path):
    kinds = ("kept", "changed", "without", "bomb", "damaged", "deleted", "link", "plain", "fifo", "locked")
    total = len(packets_of(DNS))
    data = {}
    for number, kind in enumerate(kinds):
        data[kind] = bytearray(DNS.read_bytes())
        data[kind][24 + 16] ^= number
        data[kind] = bytes(data[kind])
        zip_of(folder / f"{kind}.zip", {"a/dns.pcap": data[kind]})
    index(espcap, any_server, folder)
    zip_of(folder / "changed.zip", {"a/dns.pcap": changed(data["changed"])})
    zip_of(folder / "without.zip", {"dns.pcap": data["without"]})
    zip_of(folder / "bomb.zip", {"a/dns.pcap": data["bomb"] + bytes(2 << 20)})
    damaged = bytearray((folder / "damaged.zip").read_bytes())
    damaged[len(damaged) // 3] ^= 0xFF
    (folder / "damaged.zip").write_bytes(damaged)
    (folder / "deleted.zip").unlink()
    os.rename(folder / "link.zip", tmp_path / "link.zip")
    os.symlink(tmp_path / "link.zip", folder / "link.zip")
    (folder / "plain.zip").write_bytes(data["plain"])
    (folder / "fifo.zip").unlink()
    os.mkfifo(folder / "fifo.zip")
    (folder / "locked.zip").unlink()
    with zipfile.ZipFile(folder / "locked.zip", "w") as made:
        link = zipfile.ZipInfo("a/dns.pcap")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    reasons = {"changed": f"1 of {total} packets not found: 1 with other records in their place",
               "without": "without.zip: there is no a/dns.pcap in it",
               "bomb": "bomb.zip/a/dns.pcap: larger than --max-unpacked-bytes", "damaged": "unpack ",
               "deleted": "there is no such file", "link": "symbolic link", "plain": "there is no a/dns.pcap in it",
               "fifo": "no regular file", "locked": "there is no a/dns.pcap in it"}
    out = tmp_path / "out.pcapng"
    # plain.zip has what is missing in it, as it would be found by its content.
    bounds = ("--max-unpacked-bytes", "1M", "--archive-search", "0")
    run = ask("packets", "*", "--archive-root", folder, "-w", out, *bounds)
    assert run.code == 2, run
    for kind, reason in reasons.items():
        assert reason in reason_for(run, f"{kind}.zip/a/dns.pcap"), kind
    assert "kept.zip" not in run.err and "root:" not in run.err
    kept, others = tmp_path / "kept.pcap", tmp_path / "changed.pcap"
    kept.write_bytes(data["kept"])
    others.write_bytes(data["changed"])
    assert plain(pcapng.read(out.read_bytes()).packets) == plain(packets_of(kept) + packets_of(others)[:-1])
    view = ask("show", "*", "--archive-root", folder, "--format", "ndjson", *bounds)
    assert view.code == 2 and len(view.out.splitlines()) == 2 * total - 1, view.err
    for kind, reason in reasons.items():
        assert reason in reason_for(view, f"{kind}.zip/a/dns.pcap"), kind
    # Elsewhere, unpacked: one option leads there.
    (tmp_path / "unpacked" / "a").mkdir(parents=True)
    (tmp_path / "unpacked" / "a" / "dns.pcap").write_bytes(data["deleted"])
    run = ask("packets", "espcap.file:*deleted*", "--archive-root", tmp_path, "-w", out,
              "--archive-map", f"{folder}/deleted.zip={tmp_path}/unpacked")
    assert run.code == 0 and f"{total} packets written" in run.err, run


def test_the_way_to_a_file_in_an_archive_is_bounded(any_server, espcap, ask, folder, tmp_path):
    """What is before it in a compressed tar has to be unpacked: that counts."""
    path = folder / "a.tar.xz"
    tar_of("w:xz")(path, {"dns.pcap": DNS.read_bytes()})
    index(espcap, any_server, folder)
    tar_of("w:xz")(path, {"zeros": bytes(300 << 20), "dns.pcap": DNS.read_bytes()})
    assert path.stat().st_size < 200_000
    run = ask("packets", "*", "--archive-root", folder, "-w", tmp_path / "out.pcapng")
    assert run.code == 2 and "times as large as packed" in reason_for(run, "a.tar.xz/dns.pcap"), run


def test_only_root_may_read_the_archive(any_server, espcap, ask, folder, tmp_path):
    """Processes that aren't root unpack and read it; what is unpacked is nobody else's."""
    zip_of(folder / "a.zip", {"dns.pcap": DNS.read_bytes()})
    (folder / "a.zip").chmod(0o600)
    index(espcap, any_server, folder)
    run = ask("packets", "*", "--archive-root", folder, "-w", tmp_path / "out.pcapng")
    assert run.code == 0 and f"{len(packets_of(DNS))} packets written" in run.err, run
    # The archive is never written over.
    same = ask("packets", "*", "--archive-root", folder, "-w", folder / "a.zip")
    assert same.code == 1 and "one of the files" in same.err and zipfile.is_zipfile(folder / "a.zip")
    columns = ask("show", "espcap.frame:3", "--archive-root", folder, "--format", "columns")
    lines = subprocess.run(["tshark", "-r", DNS], check=True, stdout=subprocess.PIPE).stdout.splitlines(keepends=True)
    assert columns.code == 0 and columns.out == lines[2], columns


@pytest.mark.parametrize("command, is_packed", [("packets", False), ("packets", True), ("show", True)])
def test_a_full_folder_for_temporary_files_is_said(command, is_packed, elasticsearch, espcap, folder, environment,
                                                   tmp_path):
    """Neither is the capture to blame, nor are others searched for its packets."""
    capture = folder / "a.pcap"
    write_pcap(capture, [packet(number) + bytes(200) for number in range(500)])
    if is_packed:
        (folder / "a.pcap.xz").write_bytes(lzma.compress(capture.read_bytes()))
        capture.unlink()
    index(espcap, elasticsearch, folder, "--detail", "summary")
    small = tmp_path / "small"
    small.mkdir()
    run = espcap(command, "*", "--node", elasticsearch.url, "--index", elasticsearch.index, "--archive-root", folder,
                 before=with_small_folder(small), env={**environment, "TMPDIR": str(small)})
    assert run.code == 1, run
    assert "keep packets: No space left on device; TMPDIR names another folder" in run.err
    assert "not there" not in run.err and "searched" not in run.err

# SPDX-License-Identifier: GPL-2.0-or-later
"""espcap packets --conversation: all packets of the conversations that hits are of, in their files."""
import gzip
import os
import shutil
import zipfile

import pcapng
import pytest
from pcapng import packets_of, plain
from project import TEST_PCAPS

PAIR = "ip.addr == 192.0.2.10 and ip.addr == 192.0.2.53 and not icmp.type in {3, 11} and "
FAR = "ip.addr == 192.0.2.10 and ip.addr == 198.51.100.53 and "
# Hits by their frames, and what tshark selects for their conversations.
CONVERSATIONS = {
    "http.pcap": ((8, PAIR + "tcp.port == 60626"), (13, PAIR + "tcp.port == 60636"), (1, "frame.number == 1")),
    "tcp-loss.pcap": ((20, "ip.addr == 192.0.2.80 and tcp.port == 54942"),),
    "dns.pcap": ((4, PAIR + "udp.port == $port"),),
    "vlan.pcap": ((5, PAIR + "icmp"), (22, PAIR + "tcp"), (27, "ip.addr == 192.0.2.117 and udp.port == 59542")),
    "cooked.pcap": ((14, "ip.addr == 127.0.0.1 and icmp"), (11, "ip.addr == 192.0.2.138 and udp.port == 42042")),
    "compressed.pcap.gz": ((10, PAIR + "tcp.port == 56720"), (18, PAIR + "udp.port == 43020")),
    "two-interfaces.pcapng": ((28, FAR + "tcp.port == 58060"), (15, FAR + "udp.port == 45036")),
    "ipv6.pcap": ((26, "ipv6.addr == 2001:db8:2::53 and icmpv6 and not icmpv6.type in {1, 3}"),),
    # Fragments that come before the first one of their datagram belong to it, where that is a hit.
    "fragments.pcap": ((4, "ip.addr == 192.0.2.10 and ip.addr == 192.0.2.53 and ip.proto == 1"),
                       (17, "ip.id == 0x4507"), (18, "ip.id == 0x4507"),
                       (20, "ipv6.fraghdr.nxt == 17 and ipv6.dst == 2001:db8::53")),
}


@pytest.fixture
def find(espcap, elasticsearch):
    """find(query, *arguments) → the run of `espcap packets`."""
    return lambda query, *arguments: espcap(
        "packets", query, "--node", elasticsearch.url, "--index", elasticsearch.index, *arguments)


def index(espcap, server, folder):
    run = espcap("--dir", folder, *server.options)
    assert run.code in (0, 2), run
    server.request("POST", f"/{server.indices}/_refresh")


def selected(tshark, path, display_filter):
    numbers = tshark("-r", path, "-Y", display_filter, "-T", "fields", "-e", "frame.number").split()
    every = packets_of(path)
    return [every[int(number) - 1] for number in numbers]


def test_it_is_what_a_display_filter_selects(elasticsearch, espcap, find, folder, tshark):
    for name in CONVERSATIONS:
        shutil.copy(TEST_PCAPS / name, folder)
    index(espcap, elasticsearch, folder)
    for name, cases in CONVERSATIONS.items():
        path = folder / name
        for frame, display_filter in cases:
            if "$port" in display_filter:
                ports = tshark("-r", path, "-Y", f"frame.number == {frame}", "-T", "fields", "-e", "udp.dstport")
                display_filter = display_filter.replace("$port", ports.strip())
            wanted = selected(tshark, path, display_filter)
            run = find(f"espcap.file:\"{path}\" AND espcap.frame:{frame}", "--archive-root", folder, "--conversation")
            assert run.code == 0, run
            assert wanted and plain(pcapng.read(run.out).packets) == plain(wanted), (name, frame)
            assert f"1 documents found, {len(wanted)} packets written" in run.err


def test_several_hits_and_files_each_packet_once(elasticsearch, espcap, find, folder, tshark, tmp_path):
    http, vlan = folder / "http.pcap", folder / "vlan.pcap"
    shutil.copy(TEST_PCAPS / "http.pcap", http)
    shutil.copy(TEST_PCAPS / "vlan.pcap", vlan)
    index(espcap, elasticsearch, folder)
    out = tmp_path / "out.pcapng"
    run = find("espcap.frame:[3 TO 9]", "--archive-root", folder, "--conversation", "-w", out)
    assert run.code == 0, run
    wanted = selected(tshark, http, PAIR + "tcp.port == 60626") + selected(tshark, vlan, PAIR + "icmp")
    found = pcapng.read(out.read_bytes()).packets
    assert plain(found) == plain(wanted)
    assert [packet.time for packet in found] == sorted(packet.time for packet in found)
    # Of the hits that the display filter selects.
    run = find("*", "--archive-root", folder, "--conversation", "--filter", "tcp.port == 60636 and http.request")
    assert run.code == 0 and plain(pcapng.read(run.out).packets) == \
        plain(selected(tshark, http, PAIR + "tcp.port == 60636")), run


def test_files_in_archives_too(elasticsearch, espcap, find, folder, tshark):
    data = (TEST_PCAPS / "http.pcap").read_bytes()
    with zipfile.ZipFile(folder / "a.zip", "w") as made:
        made.writestr("in/http.pcap.gz", gzip.compress(data, mtime=0))
    index(espcap, elasticsearch, folder)
    run = find("espcap.frame:8", "--archive-root", folder, "--conversation")
    wanted = selected(tshark, TEST_PCAPS / "http.pcap", PAIR + "tcp.port == 60626")
    assert run.code == 0 and plain(pcapng.read(run.out).packets) == plain(wanted), run


def test_a_file_that_is_cut_off_or_changed(elasticsearch, espcap, find, folder, tshark, tmp_path):
    path = folder / "http.pcap"
    shutil.copy(TEST_PCAPS / "http.pcap", path)
    index(espcap, elasticsearch, folder)
    whole = selected(tshark, path, PAIR + "tcp.port == 60626")
    # Within frame 11: the hit is before.
    size = 24 + sum(16 + len(packet.data) for packet in packets_of(path)[:10])
    os.truncate(path, size + 20)
    out = tmp_path / "out.pcapng"
    run = find("espcap.frame:4", "--archive-root", folder, "--conversation", "-w", out)
    assert run.code == 2 and "http.pcap: packets of the conversations may be missing: " in run.err, run
    # Frames 3 to 10.
    assert plain(pcapng.read(out.read_bytes()).packets) == plain(whole[:8])
    # What isn't the hit any more has no conversation.
    data = bytearray(path.read_bytes())
    third = 24 + sum(16 + len(packet.data) for packet in packets_of(TEST_PCAPS / "http.pcap")[:3])
    data[third + 16 + 50] ^= 1
    path.write_bytes(data[:size])
    run = find("espcap.frame:4", "--archive-root", folder, "--conversation", "-w", out)
    assert run.code == 2 and "1 with other records in their place" in run.err, run
    assert pcapng.read(out.read_bytes()).packets == []

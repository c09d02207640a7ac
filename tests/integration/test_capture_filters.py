# SPDX-License-Identifier: GPL-2.0-or-later
"""Capture filters on files: tcpdump says which packets they take."""
import concurrent.futures
import gzip
import os
import pathlib

import captures
import filtered
import link_types
import pytest
from project import FULL, TEST_PCAPS
from waiting import wait_until

EXPRESSIONS = [
    "tcp", "not tcp", "udp", "ip", "ip6", "not ip6", "arp or rarp", "icmp or icmp6", "port 53", "not port 53",
    "tcp portrange 1-1024", "host 192.0.2.10", "not host 192.0.2.10", "src net 10.0.0.0/8 or net 2001:db8::/32",
    "ip broadcast", "ether multicast", "less 100", "greater 500", "len > 90 and link[3] != 2", "vlan", "mpls",
    "pppoes and ip", "type mgt", "wlan type data and tcp", "llc", "tcp[tcpflags] & tcp-syn != 0", "ip[0] & 0xf != 5",
    "ip6 protochain 17", "inbound", "wlan addr1 ff:ff:ff:ff:ff:ff",
]
IPV6 = TEST_PCAPS / "ipv6.pcap"


@pytest.fixture(scope="module")
def packets():
    """IPv4 and IPv6: a few of each."""
    frames = captures.packets_of(TEST_PCAPS / "dns.pcap")[:40] + captures.packets_of(TEST_PCAPS / "http.pcap")[:20]
    return link_types.ip_packets(frames + captures.packets_of(IPV6))


@pytest.fixture(scope="module")
def others(packets, tmp_path_factory):
    """Captures of other link types, by name."""
    return {path.name: path for path in link_types.make_all(tmp_path_factory.mktemp("link_types"), packets)}


@pytest.fixture(scope="module")
def comparable(espcap, others, tmp_path_factory):
    """Those with the same packets for tcpdump and espcap, by filtered.key_of()."""
    paths = [*others.values(), *TEST_PCAPS.glob("*.pcap*")]
    if FULL and os.environ.get("ESPCAP_CAPTURES"):
        folder = pathlib.Path(os.environ["ESPCAP_CAPTURES"])
        paths += sorted(path for path in folder.rglob("*") if path.is_file())
    parts = tmp_path_factory.mktemp("parts")
    found = {filtered.key_of(part): part for path in paths if filtered.is_pcap(path)
             for part in filtered.split(path, parts)}
    all_packets, _ = filtered.by_espcap(espcap, found.values())
    same = {key: path for key, path in found.items()
            if filtered.by_tcpdump(path)[0] == all_packets.get(key, [])}
    # The others have link types that Wireshark doesn't know, or times before 1970.
    assert len(same) > 0.98 * len(found)
    return same


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_packets_are_those_of_tcpdump(expression, espcap, comparable):
    found, run = filtered.by_espcap(espcap, comparable.values(), expression)
    compared = 0
    with concurrent.futures.ThreadPoolExecutor() as pool:
        referee = pool.map(lambda path: filtered.by_tcpdump(path, expression), comparable.values())
    for (key, path), (expected, refused) in zip(comparable.items(), referee):
        if f"{path}: --bpf '{expression}': libwiretap takes a pseudo-header off" in run.err:
            continue
        assert found.get(key, []) == expected, (path.name, refused)
        compared += len(expected)
    assert compared > 0


def numbers(run):
    return [document["layers"]["frame"]["frame_frame_number"] for document in run.documents()]


@pytest.mark.parametrize("order", ["little", "big"])
def test_loopback_where_the_byte_order_is_not_told(order, espcap, others, tmp_path):
    """By a pipe, or a compressed file: each packet's family tells it."""
    capture = others[f"null-{order}-28.pcap"]
    for expression in ("ip6 and udp", "not tcp"):
        expected = numbers(espcap("--file", capture, "--bpf", expression))
        assert 0 < len(expected) < len(numbers(espcap("--file", capture)))
        compressed = tmp_path / "capture.pcap.gz"
        compressed.write_bytes(gzip.compress(capture.read_bytes()))
        assert numbers(espcap("--file", compressed, "--bpf", expression)) == expected
        assert numbers(espcap("--file", "-", "--bpf", expression, input=capture.read_bytes())) == expected


@pytest.fixture(scope="module")
def mixed(packets, tmp_path_factory):
    """Ethernet and 802.11 in one capture."""
    frames = captures.packets_of(IPV6)
    wlan = [link_types.BEACON, *(link_types.DATA + b"\x08\x00" + packet for packet in packets[:5])]
    return link_types.write_pcapng(tmp_path_factory.mktemp("mixed") / "mixed.pcapng", [(1, frames), (105, wlan)])


def test_an_expression_that_fits_one_of_several_link_types(espcap, mixed):
    run = espcap("--file", mixed, "--bpf", "type mgt")
    assert run.code == 0 and len(run.documents()) == 1, run
    assert run.err.count("warning") == 1
    why = next(line for line in run.err.splitlines() if f"{mixed}: --bpf leaves out packets of link type EN10MB (" in line)
    assert "802.11 link-layer types supported only" in why or "not supported on DLT_EN10MB" in why  # libpcap 1.10, 1.11


def test_link_types_are_those_of_the_run(espcap, others):
    """One warning for each that the expression doesn't fit, however many captures have it."""
    run = espcap("--file", IPV6, "--file", others["radiotap.pcap"], "--file", TEST_PCAPS / "dns.pcap",
                 "--file", others["ieee802-11.pcap"], "--bpf", "type mgt")
    assert run.code == 0 and len(run.documents()) == 2, run
    assert run.err.count("warning") == 1


@pytest.mark.parametrize("more", [[], ["--shards", "2"], ["-2"]])
def test_an_expression_that_fits_none_names_the_link_types(more, espcap, mixed, others):
    run = espcap("--file", mixed, "--file", others["raw.pcap"], "--bpf", "lane", *more)
    assert run.code == 1 and run.out == b""
    assert "--bpf 'lane': it fits none of the link types that are there: " in run.err
    said = run.err.split("that are there: ")[1]
    assert all(f"{name} (" in said for name in ("EN10MB", "RAW", "IEEE802_11"))
    assert "0 packets captured" in run.err


def test_captures_without_packets_have_a_link_type(espcap, tmp_path):
    empty = link_types.write(tmp_path / "empty.pcap", 105, [])
    assert espcap("--file", empty, "--bpf", "type mgt").code == 0
    run = espcap("--file", empty, "--bpf", "lane")
    assert run.code == 1 and "link types that are there: IEEE802_11" in run.err


def test_a_stream_says_at_once_that_the_expression_does_not_fit(start_espcap):
    read, write = os.pipe()
    run = start_espcap("--file", "-", "--bpf", "type mgt", stdin=read)
    os.close(read)
    with open(write, "wb", buffering=0) as stream:
        stream.write((TEST_PCAPS / "dns.pcap").read_bytes())
        wait_until(lambda: "--bpf leaves out packets of link type EN10MB" in run.err, state=run.__repr__)


@pytest.mark.parametrize("name, expression", [
    ("mtp2.pcap", "sio 3"), ("sunatm.pcap", "lane"), ("sunatm.pcap", "not tcp")])
def test_a_filter_that_needs_a_pseudo_header(name, expression, espcap, others):
    run = espcap("--file", others[name], "--bpf", expression)
    assert run.code == 1 and run.out == b""
    assert f"{others[name]}: --bpf '{expression}': libwiretap takes a pseudo-header off packets of" in run.err
    assert "--filter can" in run.err


def test_a_typing_error_is_told_before_anything_is_read(espcap, tmp_path):
    out = tmp_path / "out"
    run = espcap("--file", "nonesuch.pcap", "--bpf", "type mgt and tcp prt 80", "--output", out)
    assert run.code == 1 and not out.exists()
    assert "syntax error" in run.err and "nonesuch" not in run.err


@pytest.mark.parametrize("name", ["raw.pcap", "null-big-30.pcap", "sll2.pcap"])
def test_names_are_looked_up_where_that_is_possible(name, espcap, others):
    """Not by the processes that read packets."""
    assert espcap("--file", others[name], "--bpf", "not host localhost").code == 0

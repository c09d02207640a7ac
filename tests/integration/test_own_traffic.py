# SPDX-License-Identifier: GPL-2.0-or-later
"""espcap doesn't capture its own connections to the server, and captures all others."""
import re
import socket
import struct
import subprocess

import filtered
import pytest
from nginx import Nginx
from project import TEST_PCAPS
from relay import Relay
from waiting import assert_stays, wait_until

HERE, THERE = "10.213.7.2", "10.213.7.1"  # of espcap in its network, and of the server
HERE6, THERE6 = "fd00:213:7::2", "fd00:213:7::1"
OTHER, OTHER6 = "10.213.7.77", "fd00:213:7::77"  # nobody's
TAGS = {"untagged": b"", "VLAN": b"\x81\x00\x00\x05", "QinQ": b"\x88\xa8\x00\x05\x81\x00\x00\x06"}


@pytest.fixture
def cable(network):
    """The interface in the network that leads to the servers, whose end there has an address; its other end's name."""
    far = network.lend()
    subprocess.run(["sysctl", "-q", f"net.ipv6.conf.{far}.disable_ipv6=0"], check=True)
    network.inside("sysctl", "-q", "net.ipv6.conf.b0.disable_ipv6=0")
    for address in (f"{THERE}/24", f"{THERE6}/64"):
        subprocess.run(["ip", "addr", "add", address, "dev", far, *(["nodad"] if ":" in address else [])], check=True)
    for address in (f"{HERE}/24", f"{HERE6}/64"):
        network.ip("addr", "add", address, "dev", "b0", *(["nodad"] if ":" in address else []))
    return far


@pytest.fixture
def server(cable, elasticsearch):  # pylint: disable=unused-argument
    """Options of an espcap in the network, to deliver through the cable."""
    with Relay(elasticsearch.port, THERE) as relay:
        yield ["--node", f"http://{THERE}:{relay.port}", "--index", elasticsearch.index, "--flush-interval", "50ms"]


def indexed(elasticsearch):
    """Documents that are there; 0 also while the index is being made."""
    elasticsearch.request("POST", f"/{elasticsearch.indices}/_refresh")
    status, answer = elasticsearch.request("POST", f"/{elasticsearch.indices}/_count", {})
    return answer["count"] if status == 200 else 0


def at_rest(elasticsearch):
    """Their number once none has come for a second: on a busy machine, what was captured is on its way for longer."""
    seen = [-1]

    def rests():
        seen.append(indexed(elasticsearch))
        return seen[-1] == seen[-2]
    wait_until(rests, step=0.2, holds=1)
    return seen[-1]


def ask(network):
    """A datagram that nobody takes: a packet, and an answer to it."""
    network.inside("bash", "-c", f"echo hello > /dev/udp/{THERE}/9")


def raw_packets(tshark, path):
    """(port of TCP, or none; destination port of UDP, or none) of each packet that was captured."""
    rows = tshark("-r", path, "-Y", "tcp || udp", "-T", "fields", "-E", "occurrence=f", "-e", "tcp.srcport",
                  "-e", "udp.dstport").splitlines()
    return [row.split("\t") for row in rows]


@pytest.mark.parametrize("there, nic, more", [
    (THERE, "b0", []), (THERE, "b0", ["--bpf", "ip or ip6"]), (THERE, "any", ["--bpf", "ip"]), (THERE6, "b0", []),
    (THERE6, "any", [])])
def test_own_uploads_are_not_captured(there, nic, more, network, cable, live, elasticsearch, tshark, tmp_path):
    with Relay(elasticsearch.port, there) as relay:
        host = f"[{there}]" if ":" in there else there
        run = live("--nic", nic, "--node", f"http://{host}:{relay.port}", "--index", elasticsearch.index,
                   "--flush-interval", "50ms", "--write", tmp_path / "raw.pcapng", *more)
        assert re.search(r"own connections to the server \(local ports \d+-\d+\) are not captured", run.err)
        for sent in (1, 2):
            ask(network)
            wait_until(lambda sent=sent: indexed(elasticsearch) >= sent)
        settled = at_rest(elasticsearch)
        assert_stays(lambda: indexed(elasticsearch) <= settled + 8, 1)
        assert run.stop() == 0, run
    rows = raw_packets(tshark, tmp_path / "raw.pcapng")
    assert sum(row[1] == "9" for row in rows) >= 2
    assert not [row for row in rows if row[0]], "no segment of TCP"


def test_own_uploads_through_a_proxy_are_not_captured(network, cable, live, elasticsearch, tshark, environment,
                                                      tmp_path):
    (tmp_path / "nginx").mkdir()
    with Nginx(tmp_path / "nginx", f"http://127.0.0.1:{elasticsearch.port}", {"proxy": ""}) as nginx, \
            Relay(nginx.ports["proxy"], THERE) as relay:
        run = live("--nic", "any", "--node", "http://elasticsearch.example:9200", "--index", elasticsearch.index,
                   "--flush-interval", "50ms", "--write", tmp_path / "raw.pcapng",
                   env={**environment, "http_proxy": f"http://{THERE}:{relay.port}"})
        ask(network)
        wait_until(lambda: indexed(elasticsearch) > 0)
        assert run.stop() == 0, run
    assert not [row for row in raw_packets(tshark, tmp_path / "raw.pcapng") if row[0]]


def test_an_address_that_comes_later_is_told(network, server, live):
    run = live("--nic", "b0", *server)
    network.ip("addr", "add", OTHER, "dev", "b0")
    wait_until(lambda: f"this machine has a new address, {OTHER}: own connections from it are captured" in run.err)
    assert run.stop() == 0, run


def test_own_traffic_can_be_captured(network, server, live):
    run = live("--nic", "b0", *server, "--capture-own-traffic", "--count", "50")
    assert "own connections" not in run.err
    ask(network)
    assert run.wait() == 0, run
    assert run.ledger["packets captured"] == 50


PORTS = struct.pack(">HHIIBBHHH", 0, 0, 1, 1, 0x50, 0x10, 1024, 0, 0)  # and the rest of a header of TCP


def frame(tags, source, destination, source_port, destination_port):
    """A segment of TCP in Ethernet."""
    is_ipv6 = ":" in source
    ports = struct.pack(">HH", source_port, destination_port) + PORTS[4:]
    if is_ipv6:
        ip = struct.pack(">IHBB", 0x60000000, len(ports), 6, 64) + \
            socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, destination)
    else:
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(ports), 1, 0, 64, 6, 0) + \
            socket.inet_aton(source) + socket.inet_aton(destination)
    return b"\x02\x00\x00\x00\x00\x99" + b"\x02\x00\x00\x00\x00\x98" + tags + \
        (b"\x86\xdd" if is_ipv6 else b"\x08\x00") + ip + ports


@pytest.mark.parametrize("nic", ["b0", "any"])
def test_mirrored_copies_are_known_by_machine_and_port(nic, cable, server, live, elasticsearch, tmp_path):
    """As a switch's mirror port sends them: own packets and others', in VLANs and not."""
    run = live("--nic", nic, *server, "--write", tmp_path / "raw.pcapng")
    port = int(re.search(r"local ports (\d+)-", run.err).group(1)) + 3
    sent = {}  # whether it is espcap's own
    for own, other, there in ((HERE, OTHER, THERE), (HERE6, OTHER6, THERE6)):
        for here, local_port in ((own, port), (other, port), (own, port + 64)):
            is_own = (here, local_port) == (own, port)
            sent[here, there, local_port, 9200] = sent[there, here, 9200, local_port] = is_own
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as mirror:
        mirror.bind((cable, 0))
        for tags in TAGS.values():
            for segment in sent:
                mirror.send(frame(tags, *segment))
    others = len(TAGS) * sum(not is_own for is_own in sent.values())
    run.wait_until(lambda: indexed(elasticsearch) >= others)
    assert run.stop() == 0, run
    packets = filtered.packets_of_pcapng(tmp_path / "raw.pcapng")
    for segment, is_own in sent.items():
        body = frame(b"", *segment)[-len(PORTS) - (32 if ":" in segment[0] else 8):]  # addresses and what follows
        assert sum(body in packet for packet in packets) == (0 if is_own else len(TAGS)), segment


def test_files_reserve_no_ports(espcap, elasticsearch):
    run = espcap("--file", TEST_PCAPS / "arp.pcap", *elasticsearch.options)
    assert run.code == 0 and "own connections" not in run.err

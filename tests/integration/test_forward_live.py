# SPDX-License-Identifier: GPL-2.0-or-later
"""Live packets to a topic of a real Kafka 4.1, undissected: each once, with what the interface lost; never espcap's own
connections."""
import re
import struct

import forwarded
import kafka
import pcapng
import pytest
from captures import write_pcap
from ledger import assert_balanced
from numbered import packet
from project import TEST_PCAPS
from waiting import wait_until

HTTP = TEST_PCAPS / "http.pcap"
STATISTICS = 5
RECEIVED, INTERFACE_DROPPED, SYSTEM_DROPPED = 4, 5, 7


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory):
    """To be killed."""
    with kafka.Broker(tmp_path_factory.mktemp("kafka")) as own:
        yield own


def to(broker, topic):
    return ["--forward", f"kafka://{broker.plain}/{topic}", "--metrics", "0"]


def statistics_of(sections):
    """The highest numbers of the first interface."""
    highest = {RECEIVED: 0, INTERFACE_DROPPED: 0, SYSTEM_DROPPED: 0}
    for section in sections:
        found = [body for _, kind, body in pcapng.blocks(section.value) if kind == STATISTICS]
        told = pcapng.options(found[0][12:], "<")
        for code in highest:
            highest[code] = max(highest[code], struct.unpack("<Q", told[code][0])[0])
    return highest


@pytest.mark.parametrize("workers", [1, 2])
def test_live_packets(broker, start_espcap, network, workers):
    nic = network.lend()
    topic = broker.create_topic(partitions=3)
    run = start_espcap("--nic", nic, *to(broker, topic), "--workers", workers).wait_for("capturing on")
    sent = network.replay(HTTP, "--pps", 500)
    run.metrics().wait_until(lambda now: now.settled["forwarded"] == sent)
    assert run.stop() == 0, run
    assert_balanced(run)
    sections = forwarded.sections(broker, topic)
    found = forwarded.packets_by_id(sections)
    assert sorted(one.data for one in found.values()) == sorted(one.data for one in pcapng.packets_of(HTTP))
    assert {one.interface for one in found.values()} == {nic}
    assert len({section.capture for section in sections}) == 1
    assert sorted(number for section in sections for number in section.records) == list(range(1, sent + 1))
    assert statistics_of(sections) == {RECEIVED: sent, INTERFACE_DROPPED: 0, SYSTEM_DROPPED: 0}


def test_two_interfaces(broker, start_espcap, network):
    nics = [network.lend(number) for number in (0, 1)]
    topic = broker.create_topic(partitions=1)
    run = start_espcap("--nic", nics[0], "--nic", nics[1], *to(broker, topic)).wait_for(f"capturing on {nics[1]}")
    sent = [network.replay(HTTP, "--pps", 500, "--limit", limit, number=number)
            for number, limit in ((1, "5"), (0, "7"))]
    run.metrics().wait_until(lambda now: now.settled["forwarded"] == sum(sent))
    assert run.stop() == 0, run
    sections = forwarded.sections(broker, topic)
    names = [one.interface for one in forwarded.packets_by_id(sections).values()]
    assert (names.count(nics[1]), names.count(nics[0])) == tuple(sent)
    assert {pcapng.read(section.value).interfaces for section in sections} == {2}


def test_a_broker_that_is_away(own_broker, start_espcap, network, tmp_path):
    """Memory holds what it can; then packets are dropped, and each is counted, here and in the topic."""
    nic = network.lend()
    topic = own_broker.create_topic(partitions=2)
    write_pcap(tmp_path / "many.pcap", [packet(number) + b"\0" * 1400 for number in range(1000)])
    run = start_espcap("--nic", nic, *to(own_broker, topic), "--buffer-bytes", "16m", "--chunk-bytes", "1m")
    run.wait_for("capturing on")
    sent = network.replay(tmp_path / "many.pcap", "--pps", 10000, "--loop", "1")
    run.metrics().wait_until(lambda now: now.settled["forwarded"] == sent)
    own_broker.kill()
    sent += network.replay(tmp_path / "many.pcap", "--pps", 20000, "--loop", "40")
    run.metrics().wait_until(lambda now: sum(now.settled[f"{by}_dropped"] for by in ("ring", "kernel")) > 0)
    own_broker.start()
    sent += network.replay(tmp_path / "many.pcap", "--pps", 1000, "--limit", "100")
    run.metrics().wait_until(lambda now: sum(now.settled.values()) == now.captured == sent)
    assert run.stop() == 2, run
    assert_balanced(run)
    dropped = run.ledger.get("dropped by full rings", 0) + run.ledger.get("dropped by the kernel", 0)
    assert run.ledger["packets captured"] == sent and run.ledger["forwarded"] == sent - dropped, run
    sections = forwarded.sections(own_broker, topic)
    assert len(forwarded.packets_by_id(sections)) == sum(len(one.records) for one in sections) == sent - dropped
    assert statistics_of(sections)[SYSTEM_DROPPED] == dropped


def ports_of(found):
    """Of TCP over IPv4, of all packets."""
    ports = set()
    for one in found.values():
        ip = one.data[14:]
        ports.update(struct.unpack_from(">HH", ip, 4 * (ip[0] & 15)))
    return ports


def test_own_connections(broker, start_espcap):
    """To the brokers; those of others are captured."""
    topic = broker.create_topic(partitions=1)
    arguments = ["--nic", "lo", "--bpf", f"tcp port {broker.ports['plain']}", "--count", "10", *to(broker, topic)]
    run = start_espcap(*arguments).wait_for("capturing on")
    first, last = map(int, re.search(r"local ports (\d+)-(\d+)\) are not captured", run.err).groups())
    # Each is a connection of kcat's.
    wait_until(lambda: forwarded.consume(broker, topic) is None or not run.runs(), what="ten packets")
    assert run.wait() == 0 and run.ledger["forwarded"] == 10, run
    ports = ports_of(forwarded.packets_by_id(forwarded.sections(broker, topic)))
    assert broker.ports["plain"] in ports and not ports & set(range(first, last + 1))
    own = broker.create_topic(partitions=1)
    run = start_espcap(*arguments[:-4], *to(broker, own), "--capture-own-traffic")
    assert run.wait() == 0 and run.ledger["forwarded"] == 10, run

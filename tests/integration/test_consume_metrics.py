# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run tells about the packets of a topic while it goes on."""
import struct

import forwarded
import pcapng
import pytest
from consumed import HEADERS, Topic
from project import TEST_PCAPS
from telemetry import documented_metrics, told_metrics

HTTP = TEST_PCAPS / "http.pcap"


@pytest.fixture
def topic(broker, espcap):
    return Topic(broker, espcap, partitions=4)


def test_metrics(topic, start_espcap):
    sent = topic.forward("--file", HTTP)
    run = start_espcap(*topic.options, "--format", "bulk", "--metrics", "0")
    run.metrics().wait_until(lambda now: now.settled["written"] == sent)
    run.metrics().wait_until(lambda now: all(now("espcap_consume_lag_messages", partition=str(number)) == 0
                                             for number in range(4)))
    sections = forwarded.sections(topic.broker, topic.name)
    now = run.metrics().scrape()
    unread = {reason: now("espcap_consume_partitions_unread", reason=reason) for reason in ("document_lost", "memory")}
    assert now("espcap_consume_partitions") == 4 and unread == {"document_lost": 0, "memory": 0}
    assert now("espcap_consume_messages_total") == len(sections)
    assert now("espcap_consume_bytes_total") == sum(len(one.value) for one in sections)
    assert now("espcap_consume_rebalances_total") >= 1 and now("espcap_consume_damaged_messages_total") == 0
    told = {one for one in told_metrics(run.metrics().get()[1]) if one[0].startswith("espcap_consume_")}
    assert told == {one for one in documented_metrics() if one[0].startswith("espcap_consume_")}
    assert run.stop() == 0, run


def test_what_sensors_lose(broker, start_espcap, espcap, elasticsearch):
    """By interface; the highest number counts, and the ledger has its own packets only."""
    topic = Topic(broker, espcap, partitions=2)
    for lost, sensor in ((0, "a"), (7, "a"), (5, "a"), (3, "b")):
        statistics = pcapng.block(5, struct.pack("<III", 0, 0, 0) + pcapng.option(5, struct.pack("<Q", 1)) +
                                  pcapng.option(7, struct.pack("<Q", lost)))
        value = pcapng.section() + pcapng.interface(1, pcapng.option(2, b"eth9")) + \
            pcapng.packet(0, 10 ** 15, b"\2" * 60) + (statistics if lost else b"")
        topic.produce(value, {**HEADERS, "sensor": sensor})
    dissector = f"d-{elasticsearch.prefix}"
    run = start_espcap(*topic.options, *elasticsearch.options, "--sensor", dissector, "--metrics", "0")
    run.metrics().wait_until(lambda now: now.captured == 4)

    def seen(now):
        return {(sensor, now.samples.get(("espcap_sensor_lost_total", frozenset(
            {"sensor": sensor, "run": "A" * 22, "interface": "eth9"}.items())))) for sensor in "ab"}
    run.metrics().wait_until(lambda now: seen(now) == {("a", 8), ("b", 4)})
    assert run.stop() == 0 and run.ledger["packets captured"] == 4, run
    elasticsearch.request("POST", "/espcap-runs/_refresh")
    _, found = elasticsearch.request("GET", "/espcap-runs/_search", {"query": {"term": {"sensor": dissector}}})
    document, = (hit["_source"] for hit in found["hits"]["hits"])
    assert document["sensors"] == [{"sensor": sensor, "run": "A" * 22, "interface": "eth9", "lost": lost}
                                   for sensor, lost in (("a", 8), ("b", 4))]
    assert document["deleted_messages"] == 0 and document["conversations_cut"] == 0, document

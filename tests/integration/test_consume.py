# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets that come from a topic of a real Kafka 4.1, where sensors have forwarded them: each document as if its capture
had been read here, each once, whatever ends in between."""
import collections
import json
import subprocess
import zlib

import forwarded
import pcapng
import pytest
from consumed import Topic, comparable, section
from documents import ids_of
from ledger import assert_balanced
from project import TEST_PCAPS
from waiting import assert_stays

DNS = TEST_PCAPS / "dns.pcap"
HTTP = TEST_PCAPS / "http.pcap"
ARP = TEST_PCAPS / "arp.pcap"
TLS = TEST_PCAPS / "tls.pcapng"


@pytest.fixture
def topic(broker, espcap):
    return Topic(broker, espcap, partitions=4)


def bulk(run):
    """{id: [document]} of a run with --format bulk; one that came twice is there twice."""
    found = collections.defaultdict(list)
    lines = run.lines()
    for one, line in zip(ids_of(run.out), lines[1::2], strict=True):
        found[one].append(json.loads(line))
    return found


@pytest.mark.parametrize("path", forwarded.CAPTURES, ids=lambda path: path.name)
def test_documents_are_those_of_the_file(broker, espcap, path):
    """With one partition, the conversations are as in the file."""
    topic = Topic(broker, espcap, partitions=1)
    topic.forward("--file", path, "--forward-secrets")
    shape = ["--format", "bulk", "--provenance", "--sensor", "sensor-1"]
    run = espcap(*topic.options, "--stop-at-end", *shape)
    whole = espcap("--file", path, *shape)
    assert run.code == 0, run
    assert_balanced(run)
    expected, found = bulk(whole), bulk(run)
    assert found.keys() == expected.keys()
    for key, (document,) in found.items():
        (reference,) = expected[key]
        place = document["espcap"].pop("kafka")
        assert place["topic"] == topic.name and place["partition"] == 0 and place["index"] >= 1
        assert comparable(document) == comparable(reference), key
    assert topic.lag() == 0


def test_documents_of_several_partitions_are_those_of_the_files(topic, espcap):
    """A conversation is in one of them. One worker: else captures of the same hosts come in any order."""
    files = [argument for path in (HTTP, DNS, TEST_PCAPS / "tcp-loss.pcap") for argument in ("--file", path)]
    topic.forward(*files, "--workers", "1")
    shape = ["--format", "bulk", "--provenance", "--sensor", "sensor-1"]
    run, whole = espcap(*topic.options, "--stop-at-end", *shape), espcap(*files, *shape)
    assert run.code == 0, run
    expected, found = bulk(whole), bulk(run)
    assert found.keys() == expected.keys()
    partitions = collections.Counter()
    for key, (document,) in found.items():
        partitions[document["espcap"].pop("kafka")["partition"]] += 1
        assert comparable(document) == comparable(expected[key][0]), key
    assert len(partitions) > 1


def test_where_a_packet_comes_from(topic, espcap):
    topic.forward("--file", HTTP)
    run = espcap(*topic.options, "--stop-at-end", "--format", "bulk", "--provenance", "--ecs", "--sensor", "here")
    assert run.code == 0, run
    sections = {(one.capture, number): (one, index) for one in forwarded.sections(topic.broker, topic.name)
                for index, number in enumerate(one.records, 1)}
    offsets = collections.defaultdict(set)
    for key, (document,) in bulk(run).items():
        capture, number = key.rsplit("-", 1)
        section, index = sections[capture, int(number)]
        origin = document["espcap"]
        assert (origin["sensor"], origin["file"], origin["frame"]) == ("sensor-1", str(HTTP), int(number))
        assert "offset" not in origin
        assert document["observer"]["name"] == "sensor-1"
        place = origin["kafka"]
        assert (place["topic"], place["partition"], place["index"]) == (topic.name, section.partition, index)
        offsets[section.partition].add(place["offset"])
    assert all(min(one) == 0 for one in offsets.values())


def test_the_group_goes_on_where_it_was(topic, espcap):
    """A second run finds nothing, and then only what is new."""
    counts = []
    for path in (DNS, None, HTTP):
        if path:
            topic.forward("--file", path)
        run = espcap(*topic.options, "--stop-at-end", "--format", "bulk")
        assert run.code == 0, run
        counts.append(run.ledger["packets captured"])
    assert counts == [len(pcapng.packets_of(DNS)), 0, len(pcapng.packets_of(HTTP))]
    other = espcap(*topic.options_of("other"), "--stop-at-end", "--format", "bulk")
    assert other.ledger["packets captured"] == counts[0] + counts[2], other


def test_into_a_server(topic, espcap, elasticsearch):
    """Ids are those of the files: what was read there before is there already."""
    topic.forward("--file", HTTP, "--file", DNS)
    first = espcap("--file", HTTP, *elasticsearch.options)
    run = espcap(*topic.options, "--stop-at-end", *elasticsearch.options)
    http, dns = (len(pcapng.packets_of(path)) for path in (HTTP, DNS))
    assert (first.code, run.code) == (0, 0), run
    assert (run.ledger["indexed"], run.ledger["already there"]) == (dns, http), run
    assert elasticsearch.count(elasticsearch.indices) == http + dns
    assert topic.lag() == 0
    _, mappings = elasticsearch.request("GET", f"/{elasticsearch.indices}/_mapping")
    for index in mappings.values():
        assert index["mappings"]["properties"]["espcap"]["properties"]["kafka"]["properties"]["topic"]["type"] == "keyword"


def test_killed_and_run_again(broker, espcap, start_espcap, elasticsearch, large_archive):
    archive, ids = large_archive
    topic = Topic(broker, espcap, partitions=4)
    topic.forward("--dir", archive)
    arguments = [*topic.options, *elasticsearch.options, "--kafka", "session.timeout.ms=6000", "--chunk-bytes", "256k",
                 "--fields", "frame.number"]
    for part in range(1, 4):
        run = start_espcap(*arguments, "--metrics", "0")
        run.metrics().wait_until(
            lambda now: elasticsearch.count_so_far(elasticsearch.indices) > len(ids) * part // 5)  # pylint: disable=cell-var-from-loop
        run.kill()
    last = espcap(*arguments, "--stop-at-end", timeout=300)
    assert last.code == 0, last
    assert collections.Counter(elasticsearch.all_ids(elasticsearch.indices)) == collections.Counter(ids)
    assert topic.lag() == 0


def test_a_worker_that_dies(broker, espcap, start_espcap, large_archive):
    """Nothing is lost, and nothing comes twice."""
    archive, ids = large_archive
    topic = Topic(broker, espcap, partitions=2)
    topic.forward("--dir", archive)
    run = start_espcap(*topic.options, "--stop-at-end", "--format", "bulk", "--chunk-bytes", "256k", "--metrics", "0")
    for part in range(1, 4):
        run.metrics().wait_until(lambda now: now.settled["written"] > len(ids) * part // 8)  # pylint: disable=cell-var-from-loop
        run.kill_child()
    assert run.wait(300) == 0, run
    assert_balanced(run)
    assert collections.Counter(run.ids()) == collections.Counter(ids)


def test_sessions_are_replaced(broker, espcap):
    topic = Topic(broker, espcap, partitions=1)
    topic.forward("--file", HTTP, "--file", DNS)
    run = espcap(*topic.options, "--stop-at-end", "--format", "bulk", "--session-packets", "20")
    assert run.code == 0, run
    expected = [*ids_of(espcap("--file", HTTP, "--format", "bulk").out),
                *ids_of(espcap("--file", DNS, "--format", "bulk").out)]
    assert sorted(run.ids()) == sorted(expected)
    assert [int(document["layers"]["frame"]["frame_frame_number"]) for document in
            (json.loads(line) for line in run.lines()[1::2])] == list(range(1, len(expected) + 1))


def test_filters(broker, espcap):
    topic = Topic(broker, espcap, partitions=1)
    topic.forward("--file", HTTP)
    for selection in (["--bpf", "src port 80"], ["--filter", "http.request"]):
        run = espcap(*topic.options_of(f"g{zlib.crc32(repr(selection).encode())}"), "--stop-at-end", "--format", "bulk",
                     *selection)
        whole = espcap("--file", HTTP, "--format", "bulk", *selection)
        assert run.code == 0 and run.ledger == whole.ledger, run
        assert sorted(run.ids()) == sorted(whole.ids()), run
        assert run.ids()


def test_two_sensors_in_one_partition(broker, espcap, tmp_path):
    """Each section has its own interfaces."""
    topic = Topic(broker, espcap, partitions=1)
    for name, link in (("one", 1), ("two", 101)):
        data = b"\2" * 60 if link == 1 else b"\x45" + b"\0" * 59
        (tmp_path / name).write_bytes(pcapng.section() + pcapng.interface(link, pcapng.option(2, name.encode())) +
                                      pcapng.packet(0, 10 ** 15, data))
        topic.forward("--file", tmp_path / name, sensor=f"sensor-{name}")
    run = espcap(*topic.options, "--stop-at-end", "--format", "bulk", "--provenance")
    assert run.code == 0, run
    found = {(document["espcap"]["sensor"], document["layers"]["frame"]["frame_frame_interface_name"])
             for (document,) in bulk(run).values()}
    assert found == {("sensor-one", "one"), ("sensor-two", "two")}


def test_messages_of_other_programs(broker, espcap):
    """Without headers; any format that libwiretap reads."""
    topic = Topic(broker, espcap, partitions=1)
    for path in (DNS, TLS):
        subprocess.run(["kcat", "-P", "-b", broker.plain, "-t", topic.name, path], check=True)
    runs = [espcap(*topic.options_of(name), "--stop-at-end", "--format", "bulk", "--provenance", "--sensor", "here")
            for name in ("a", "b")]
    assert [run.code for run in runs] == [0, 0], runs
    assert runs[0].ids() == runs[1].ids()
    packets = [len(pcapng.packets_of(path)) for path in (DNS, TLS)]
    assert len(set(runs[0].ids())) == sum(packets)
    places = [document["espcap"] for (document,) in bulk(runs[0]).values()]
    assert [(one["kafka"]["offset"], one["kafka"]["index"], one["frame"]) for one in places] == \
        [(offset, index, index) for offset, count in enumerate(packets) for index in range(1, count + 1)]
    assert {one["sensor"] for one in places} == {"here"} and not any("file" in one for one in places)


@pytest.mark.parametrize("arguments, words", [
    (["--from", "kafka://b/t"], "--group NAME"),
    (["--from", "b/t", "--group", "g"], "--from"),
    (["--from", "kafka://b/t", "--group", "g", "--file", "x"], "leave out --file"),
    (["--from", "kafka://b/t", "--group", "g", "--forward", "kafka://b/u"], "leave out --from or --forward"),
    (["--from", "kafka://b/t", "--group", "g", "--spool", "s", "--node", "n"], "--spool: with --from the topic keeps"),
    (["--from", "kafka://b/t", "--group", "g", "--workers", "2"], "--workers: with --from each partition"),
    (["--from", "kafka://b/t", "--group", "g", "--count", "2"], "--count: with --from a message"),
    (["--from", "kafka://b/t", "--group", "g", "--resume", "r"], "--resume: with --from the group"),
    (["--from", "kafka://b/t", "--group", "g", "-2"], "--two-pass: with --from packets come once"),
    (["--from", "kafka://b/t", "--group", "g", "--archive-root", "/a"], "--archive-root: there are no jobs"),
    (["--from", "kafka://b/t", "--group", "g", "--kafka", "auto.offset.reset=latest"], "this property can't be set"),
])
def test_what_does_not_go_together(espcap, arguments, words):
    run = espcap(*arguments)
    assert run.code == 1 and words in run.err and run.ledger == {}, run


def test_a_topic_that_is_missing(broker, espcap):
    run = espcap("--from", f"kafka://{broker.plain}/no-such-topic", "--group", "g")
    assert run.code == 1 and "there is no such topic; make it: kafka-topics.sh" in run.err, run


def test_what_retention_deletes_unread_is_counted(broker, espcap, start_espcap):
    """From where the group was. A new group has missed nothing."""
    topic = Topic(broker, espcap, partitions=1)
    for _ in range(2):
        topic.produce(section(b"\2" * 60))
    assert espcap(*topic.options, "--stop-at-end", "--format", "bulk").code == 0
    for _ in range(4):
        topic.produce(section(b"\2" * 60))
    broker.delete_before(topic.name, 0, 5)
    run = espcap(*topic.options, "--stop-at-end", "--format", "bulk")
    assert run.code == 2 and "partition 0: the brokers have deleted 3 messages before they were read" in run.err, run
    assert run.ledger["packets captured"] == 1, run
    new = espcap(*topic.options_of("new"), "--stop-at-end", "--format", "bulk")
    assert new.code == 0 and new.ledger["packets captured"] == 1, new
    for _ in range(2):
        topic.produce(section(b"\2" * 60))
    broker.delete_before(topic.name, 0, 8)  # all of them
    run = start_espcap(*topic.options, "--format", "bulk", "--metrics", "0")
    run.metrics().wait_until(lambda now: now("espcap_consume_deleted_messages_total") == 2)
    assert "messages were deleted before they were read: 2" in run.metrics().get("/healthz")[1]
    assert run.stop() == 2, run


def test_a_server_that_is_away_for_longer_than_a_session(topic, start_espcap, proxy):
    """The member stays in its group: no partition is given again."""
    sent = topic.forward("--file", HTTP)
    run = start_espcap(*topic.options, *proxy.options, "--kafka", "session.timeout.ms=6000", "--metrics", "0")
    first = topic.forward("--file", DNS)
    run.metrics().wait_until(lambda now: now.settled["indexed"] == sent + first)
    proxy.refuse()
    sent += first + topic.forward("--file", ARP)
    run.metrics().wait_until(lambda now: now.captured == sent)
    assert_stays(run.runs, 9)
    proxy.listen()
    run.metrics().wait_until(lambda now: now.settled["indexed"] == sent)
    assert run.metrics().scrape()("espcap_consume_rebalances_total") == 1
    assert run.stop() == 0, run
    assert topic.lag() == 0


def test_brokers_have_credentials(topic, broker, espcap, tmp_path):
    sent = topic.forward("--file", DNS)
    secure = ["--from", f"kafka://{broker.sasl}/{topic.name}", "--group", "secure", "--stop-at-end", "--format", "bulk",
              "--kafka", "security.protocol=sasl_ssl", "--kafka", "sasl.mechanism=PLAIN",
              "--kafka", "sasl.username=espcap", "--kafka", f"ssl.ca.location={broker.authority}"]
    run = espcap(*secure, "--kafka-password-file", broker.password_file)
    assert run.code == 0 and run.ledger["packets captured"] == sent, run
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong", encoding="ascii")
    wrong.chmod(0o600)
    refused = espcap(*secure, "--kafka-password-file", wrong)
    assert refused.code == 1 and broker.sasl in refused.err, refused
    certificate, key = broker.client
    tls = ["--from", f"kafka://{broker.tls}/{topic.name}", "--group", "tls", "--stop-at-end", "--format", "bulk",
           "--kafka", "security.protocol=ssl", "--kafka", f"ssl.certificate.location={certificate}"]
    run = espcap(*tls, "--kafka", f"ssl.key.location={key}", "--kafka", f"ssl.ca.location={broker.authority}")
    assert run.code == 0 and run.ledger["packets captured"] == sent, run
    unknown = espcap(*tls, "--kafka", f"ssl.key.location={key}")
    assert unknown.code == 1 and broker.tls in unknown.err, unknown

# SPDX-License-Identifier: GPL-2.0-or-later
"""Documents to a topic of a real Kafka 4.1: each a message, once, on its conversation's partition."""
import collections
import ctypes
import json
import subprocess

import kafka
import pytest
from documents import ids_of
from ledger import assert_balanced
from ports import free_ports
from project import TEST_PCAPS
from relay import Relay

DNS = TEST_PCAPS / "dns.pcap"
HTTP = TEST_PCAPS / "http.pcap"
ARP = TEST_PCAPS / "arp.pcap"
MASK = (1 << 64) - 1
SCRAM_REPAIRED = 0x020601ff  # in librdkafka 2.6.1


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory):
    """To be killed."""
    with kafka.Broker(tmp_path_factory.mktemp("kafka")) as own:
        yield own


def address(where, topic):
    return f"kafka://{where}/{topic}"


def mix(number, word):
    """As docs/kafka.md has it."""
    mixed = ((number ^ word) + 0x9E3779B97F4A7C15) & MASK
    mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & MASK
    mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & MASK
    return mixed ^ mixed >> 31


def number_of_pair(one, other):
    """Of two IPv4 addresses in dotted form."""
    ends = sorted([0, int.from_bytes(bytes(map(int, text.split("."))), "big"), 0] for text in (one, other))
    number = mix(mix(0, 4), 0)
    for word in ends[0] + ends[1]:
        number = mix(number, word)
    return number


def number_of_place(sensor, interface=""):
    number = 0xCBF29CE484222325
    for byte in sensor.encode() + b"\0" + interface.encode():
        number = (number ^ byte) * 0x100000001B3 & MASK
    return number


def headers_of(message):
    names, values = message["headers"][::2], message["headers"][1::2]
    return dict(zip(names, values))


def without_origin(text):
    """A document without what differs from run to run."""
    document = json.loads(text)
    document.pop("espcap", None)
    return document


def test_a_document_is_a_message(broker, espcap):
    topic = broker.create_topic(partitions=12)
    run = espcap("--file", HTTP, "--output", address(broker.plain, topic), "--sensor", "sensor-1")
    whole = espcap("--file", HTTP, "--format", "bulk")
    assert run.code == 0, run
    expected = dict(zip(ids_of(whole.out), whole.lines()[1::2]))
    actions = [json.loads(line)["create"] for line in whole.lines()[::2]]
    indices = {action["_id"]: action["_index"] for action in actions}
    messages = broker.messages(topic)
    assert run.ledger == {"packets captured": len(expected), "written": len(expected), "failed": 0}, run
    assert collections.Counter(message["key"] for message in messages) == collections.Counter(expected.keys())
    for message in messages:
        assert without_origin(message["payload"]) == without_origin(expected[message["key"]])
        origin = json.loads(message["payload"])["espcap"]
        assert (origin["sensor"], origin["file"]) == ("sensor-1", str(HTTP))
        assert headers_of(message) == {"index": indices[message["key"]], "sensor": "sensor-1"}


def test_a_conversation_has_one_partition(broker, espcap, tshark):
    topic = broker.create_topic(partitions=12)
    for capture in (HTTP, DNS, ARP):
        run = espcap("--file", capture, "--output", address(broker.plain, topic), "--sensor", "sensor-1")
        assert run.code == 0, run
    found = collections.Counter(message["partition"] for message in broker.messages(topic))
    expected = collections.Counter()
    for capture in (HTTP, DNS, ARP):
        for line in tshark("-r", capture, "-T", "fields", "-e", "ip.src", "-e", "ip.dst").splitlines():
            pair = line.split("\t")
            number = number_of_pair(*pair) if all(pair) and len(pair) == 2 else number_of_place("sensor-1")
            expected[number % 12] += 1
    assert found == expected
    assert len(found) > 1


def test_a_conversation_keeps_its_order(broker, espcap):
    topic = broker.create_topic(partitions=1)
    run = espcap("--file", HTTP, "--output", address(broker.plain, topic), "--chunk", "3")
    assert run.code == 0, run
    numbers = [int(message["key"].rsplit("-", 1)[1]) for message in broker.messages(topic)]
    assert numbers == sorted(numbers)


def test_documents_are_cut_to_the_topics_limit(broker, espcap):
    topic = broker.create_topic(partitions=1, max_message_bytes=8192)
    where = address(broker.plain, topic)
    run = espcap("--file", HTTP, "--output", where)
    whole = espcap("--file", HTTP)
    assert max(len(line) for line in whole.lines()) > 8192
    assert run.code == 0, run
    messages = broker.messages(topic)
    assert len(messages) == len(whole.lines())
    assert max(len(message["payload"]) for message in messages) <= 8192
    assert "size" in {cut for message in messages for cut in json.loads(message["payload"])["espcap"].get("cut", [])}
    too_much = espcap("--file", HTTP, "--output", where, "--max-document-bytes", "5k")
    assert too_much.code == 1 and f"{where} accepts documents of at most 4096 bytes" in too_much.err, too_much


def test_a_settled_capture_is_not_sent_again(broker, espcap, tmp_path):
    topic = broker.create_topic()
    arguments = ["--file", DNS, "--output", address(broker.plain, topic), "--resume", tmp_path / "state"]
    first, second = espcap(*arguments), espcap(*arguments)
    assert (first.code, second.code) == (0, 0), (first, second)
    assert broker.count(topic) == first.ledger["written"] and second.ledger["packets captured"] == 0


def refused(run, *words):
    assert run.code == 1, run
    for word in words:
        assert word in run.err, run
    assert run.ledger == {}, run


def test_a_topic_that_is_missing(broker, espcap):
    refused(espcap("--file", DNS, "--output", address(broker.plain, "no-such-topic")),
            "there is no such topic; make it: kafka-topics.sh", f"--bootstrap-server {broker.plain}",
            "--create --topic no-such-topic --partitions 12")


def test_a_topic_that_the_broker_makes(tmp_path, espcap):
    with kafka.Broker(tmp_path / "broker", creates=True) as own:
        run = espcap("--file", DNS, "--output", address(own.plain, "made"))
        assert run.code == 0 and "the broker has made this topic by itself, with 3 partitions" in run.err, run
        assert own.count("made") == run.ledger["written"]


@pytest.mark.parametrize("option", ["--output", "--forward"])
def test_a_broker_that_starts_anew_is_waited_for(option, broker, espcap):
    """It closes connections while it ends, and refuses them meanwhile: at the start of a run, too."""
    topic = broker.create_topic()
    with Relay(int(broker.plain.rsplit(":", 1)[1]), closes=3) as relay:
        run = espcap("--file", DNS, option, address(f"127.0.0.1:{relay.port}", topic))
        assert run.code == 0 and relay.closes == 0 and sum(broker.ends(topic).values()) > 0, run


def test_no_broker_is_there(espcap):
    port = free_ports(1)[0]
    refused(espcap("--file", DNS, "--output", address(f"127.0.0.1:{port}", "t")), f"127.0.0.1:{port}", "refused",
            "no broker answers within 15 s")
    refused(espcap("--file", DNS, "--output", "kafka://no-such-host.invalid/t"), "no-such-host.invalid",
            "check the broker's name")


def login(broker, *more, user="espcap"):
    return ["--ca-file", broker.authority, "--user", user, "--password-file", broker.password_file, *more]


def test_sasl_over_tls(broker, espcap, tmp_path, environment):
    topic = broker.create_topic()
    where = address(broker.sasl, topic)
    first = espcap("--file", DNS, "--output", where, *login(broker))
    assert first.code == 0, first
    second = espcap("--file", DNS, "--output", where, "--ca-file", broker.authority, "--user", "espcap",
                    env={**environment, "ESPCAP_PASSWORD": kafka.PASSWORD})
    assert second.code == 0, second
    assert broker.count(topic) == first.ledger["written"] + second.ledger["written"]
    wrong = tmp_path / "wrong"
    wrong.write_text("guessed", encoding="ascii")
    wrong.chmod(0o600)
    refused(espcap("--file", DNS, "--output", where, "--ca-file", broker.authority, "--user", "espcap",
                   "--password-file", wrong), broker.sasl, "check --user and the password")
    scram = espcap("--file", DNS, "--output", where, *login(broker, "--kafka", "sasl.mechanism=SCRAM-SHA-256"))
    if ctypes.CDLL("librdkafka.so.1").rd_kafka_version() >= SCRAM_REPAIRED:
        assert scram.code == 0, scram
    else:
        refused(scram, broker.sasl, "SCRAM to Kafka 4")


def test_certificates(broker, espcap):
    topic = broker.create_topic()
    certificate, key = broker.client
    where = address(broker.tls, topic)
    run = espcap("--file", DNS, "--output", where, "--ca-file", broker.authority, "--client-cert", certificate,
                 "--client-key", key)
    assert run.code == 0 and broker.count(topic) == run.ledger["written"], run
    refused(espcap("--file", DNS, "--output", address(broker.sasl, topic), "--user", "espcap", "--password-file",
                   broker.password_file), broker.sasl, "--ca-file names the CA")
    refused(espcap("--file", DNS, "--output", where, "--ca-file", broker.authority), broker.tls)
    refused(espcap("--file", DNS, "--output", address(broker.sasl, topic)), broker.sasl)


def test_a_user_without_rights(broker, espcap):
    topic = broker.create_topic()
    refused(espcap("--file", DNS, "--output", address(broker.sasl, topic), *login(broker, user="stranger")),
            "the right to write to the topic")


@pytest.mark.parametrize("arguments, words", [
    (["--output", "kafka://broker"], "the topic is missing"),
    (["--output", "kafka://u:hush@broker/t"], "credentials don't belong here"),
    (["--output", "kafka://broker/t", "--kafka", "acks=1"], "--kafka acks: this property can't be set"),
    (["--output", "kafka://broker/t", "--kafka", "sasl.password=hush"], "give --password-file"),
    (["--output", "kafka://broker/t", "--kafka", "no.such=1"], "no.such"),
    (["--output", "kafka://broker/t", "--kafka", "linger.ms=soon"], "linger.ms"),
    (["--output", "kafka://broker/t", "--format", "text"], "leave --format out"),
    (["--output", "kafka://broker/t", "--spool", "s"], "--spool"),
    (["--output", "kafka://broker/t", "--user", "espcap"], "the password is missing"),
    (["--output", "out.ndjson", "--kafka", "linger.ms=1"], "no topic is given"),
])
def test_what_does_not_go_together(espcap, arguments, words):
    run = espcap("--file", DNS, *arguments)
    assert run.code == 1 and words in run.err and "hush" not in run.err, run


class Pipe:
    """Packets that come in two halves, on standard input."""

    def __init__(self, split):
        self.header, records = split(DNS)
        records = records * 20
        self.halves = records[:len(records) // 2], records[len(records) // 2:]

    def begin(self, start, *arguments):
        run = start("--file", "-", *arguments, stdin=subprocess.PIPE)
        run.stdin.write(self.header + b"".join(self.halves[0]))
        run.stdin.flush()
        run.metrics().wait_until(lambda now: now.settled["written"] == len(self.halves[0]))
        return run

    def end(self, run):
        run.stdin.write(b"".join(self.halves[1]))
        run.stdin.close()

    @property
    def lengths(self):
        return tuple(map(len, self.halves))


def is_unhealthy(run):
    return run.metrics().get("/healthz")[0] == 503


def test_a_broker_that_comes_back(own_broker, start_espcap, plain_pcap):
    """Nobody answers for a while: documents wait, health is red, and each is there once in the end."""
    pipe = Pipe(plain_pcap)
    topic = own_broker.create_topic(partitions=4)
    run = pipe.begin(start_espcap, "--output", address(own_broker.plain, topic), "--metrics", "0")
    own_broker.kill()
    pipe.end(run)
    run.wait_until(lambda: is_unhealthy(run), what="red health")
    assert "no node can be reached" in run.metrics().get("/healthz")[1]
    own_broker.start()
    assert run.wait() == 0, run
    assert_balanced(run)
    keys = [message["key"] for message in own_broker.messages(topic)]
    assert run.ledger["written"] == len(keys) == len(set(keys)) == sum(pipe.lengths), run


def test_a_broker_that_stays_away(own_broker, start_espcap, plain_pcap):
    """A stop waits for --stop-timeout, and counts what has no acknowledgement."""
    pipe = Pipe(plain_pcap)
    topic = own_broker.create_topic(partitions=4)
    run = pipe.begin(start_espcap, "--output", address(own_broker.plain, topic), "--metrics", "0",
                     "--stop-timeout", "1s")
    own_broker.kill()
    pipe.end(run)
    run.wait_until(lambda: is_unhealthy(run), what="red health")
    assert run.stop() == 2, run
    assert_balanced(run)
    assert (run.ledger["written"], run.ledger["abandoned"]) == pipe.lengths, run
    own_broker.start()
    assert own_broker.count(topic) == pipe.lengths[0]


def test_each_document_once_while_the_broker_crashes(own_broker, start_espcap, large_archive):
    folder, ids = large_archive
    topic = own_broker.create_topic(partitions=4)
    run = start_espcap("--dir", folder, "--output", address(own_broker.plain, topic), "--metrics", "0")
    for done in (1, len(ids) // 3, len(ids) * 2 // 3):
        run.metrics().wait_until(lambda now, done=done: now.settled["written"] >= done)
        own_broker.kill()
        own_broker.start()
    assert run.wait() == 0, run
    assert_balanced(run)
    assert collections.Counter(message["key"] for message in own_broker.messages(topic)) == collections.Counter(ids)

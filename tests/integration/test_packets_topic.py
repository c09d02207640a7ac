# SPDX-License-Identifier: GPL-2.0-or-later
"""espcap packets: from hits back to packets in the messages of a real Kafka's topic, and to no others."""
import collections
import shutil
import socket
import subprocess

import kafka
import pcapng
import preload
import pytest
from consumed import Topic, section
from fault_proxy import Delay, FaultProxy
from pcapng import packets_of, plain
from project import CRASH, TEST_PCAPS
from waiting import wait_until

ETHERNET = 1
DNS = TEST_PCAPS / "dns.pcap"
HTTP = TEST_PCAPS / "http.pcap"
NANOSECOND = TEST_PCAPS / "nanosecond.pcap"
TLS = TEST_PCAPS / "tls.pcapng"
TWO_INTERFACES = TEST_PCAPS / "two-interfaces.pcapng"


def frame(number):
    return b"\2" * 12 + b"\x08\x00" + number.to_bytes(4, "big") + bytes(40)


def commented():
    """Two interfaces in turn; later packets are earlier."""
    name = lambda text: pcapng.option(pcapng.NAME, text)  # noqa: E731
    nano = pcapng.option(pcapng.RESOLUTION, b"\x09")
    return b"".join([
        pcapng.section(), pcapng.interface(ETHERNET, name(b"one"), nano), pcapng.interface(ETHERNET, name(b"two")),
        *(pcapng.packet(number % 2, (10 ** 9 - number) * 10 ** (6, 9)[number % 2 == 0] + number, frame(number),
                        pcapng.option(pcapng.COMMENT, b"comment %d" % number)) for number in range(1, 40))])


class Fetch:
    """A topic, what a server knows of it, and how its packets are found."""

    def __init__(self, broker, espcap, server, partitions):
        self.topic = Topic(broker, espcap, partitions)
        self.broker, self.espcap, self.server = broker, espcap, server
        self.options = ["--kafka-brokers", broker.plain, "--kafka-topic", self.topic.name]

    def dissect(self, *options):
        """What is new in the topic."""
        run = self.espcap(*self.topic.options, "--stop-at-end", *self.server.options, *options)
        assert run.code == 0, run
        self.server.request("POST", f"/{self.server.indices}/_refresh")

    def find(self, query, *arguments, options=None, **more):
        return self.espcap("packets", query, "--node", self.server.url, "--index", self.server.index,
                           *(self.options if options is None else options), *arguments, **more)

    def forge(self, name, **changes):
        """A document as that of the first packet, but for what it says of its message."""
        index, source = self.first()
        source["espcap"]["kafka"].update(changes)
        status, _ = self.server.request("PUT", f"/{index}/_create/{name}?refresh=true", source)
        assert status == 201

    def first(self):
        _, answer = self.server.request("POST", f"/{self.server.indices}/_search?size=1",
                                        {"sort": ["espcap.kafka.offset", "espcap.kafka.index"]})
        hit, = answer["hits"]["hits"]
        return hit["_index"], hit["_source"]

    def produce(self, values, folder):
        """Messages of another program, in this order."""
        folder.mkdir()
        paths = [folder / f"{number:05}" for number in range(len(values))]
        for path, value in zip(paths, values):
            path.write_bytes(value)
        subprocess.run(["kcat", "-P", "-b", self.broker.plain, "-t", self.topic.name, *paths], check=True)


@pytest.fixture
def fetch(broker, espcap, elasticsearch):
    return Fetch(broker, espcap, elasticsearch, partitions=1)


def found_in(run):
    return pcapng.read(run.out).packets


def test_all_packets_come_back_as_they_were(broker, espcap, any_server, tmp_path):
    fetch = Fetch(broker, espcap, any_server, partitions=3)
    (tmp_path / "comments.pcapng").write_bytes(commented())
    originals = [tmp_path / "comments.pcapng", NANOSECOND, TWO_INTERFACES, TLS, DNS]
    for number, path in enumerate(originals):
        fetch.topic.forward("--file", path, "--forward-secrets", sensor=f"sensor-{number % 2}")
    fetch.dissect()
    run = fetch.find("*")
    assert run.code == 0, run
    found = pcapng.read(run.out)
    wanted = [packet for path in originals for packet in packets_of(path)]
    assert plain(found.packets) == plain(wanted)
    assert f"{len(wanted)} packets written" in run.err, run
    assert [packet.time for packet in found.packets] == sorted(packet.time for packet in wanted)
    assert found.sections == 1 and found.interfaces < 2 * len(originals) + 2
    first = found.kinds.index(pcapng.PACKET)
    assert found.kinds[:first].count(pcapng.SECRETS) == pcapng.read(TLS.read_bytes()).kinds.count(pcapng.SECRETS)
    assert pcapng.SECRETS not in found.kinds[first:]
    named = {(packet.time, packet.data): packet.interface for packet in found.packets}
    for path in originals[:3]:
        for packet in packets_of(path):
            assert named[packet.time, packet.data] == packet.interface


def test_a_query_finds_what_a_display_filter_selects(fetch, tshark):
    fetch.topic.forward("--file", DNS)
    fetch.dissect()
    every = packets_of(DNS)
    numbers = tshark("-r", DNS, "-Y", "dns.flags.response == 1", "-T", "fields", "-e", "frame.number").split()
    wanted = plain(every[int(number) - 1] for number in numbers)
    run = fetch.find("dns.flags.response:true")
    assert run.code == 0 and plain(found_in(run)) == wanted, run
    refined = fetch.find("*", "--filter", "dns.flags.response == 1")
    assert refined.code == 0 and plain(found_in(refined)) == wanted, refined


def test_single_packets_of_many_messages(fetch, tmp_path):
    """Far apart, side by side, and all of them: each message once, and the interface once."""
    values = [section(frame(number)) for number in range(700)]
    fetch.produce(values, tmp_path / "messages")
    fetch.dissect()
    for query, numbers in (("espcap.kafka.offset:(0 OR 1 OR 63 OR 200 OR 201 OR 699)", (0, 1, 63, 200, 201, 699)),
                           ("*", range(700))):
        run = fetch.find(query)
        assert run.code == 0, run
        found = pcapng.read(run.out)
        assert collections.Counter(packet.data for packet in found.packets) == \
            collections.Counter(frame(number) for number in numbers)
        assert (found.sections, found.interfaces) == (1, 1)


def test_what_retention_has_deleted_is_named(fetch, tmp_path):
    fetch.produce([section(frame(number)) for number in range(6)], tmp_path / "messages")
    fetch.dissect()
    fetch.broker.delete_before(fetch.topic.name, 0, 4)
    run = fetch.find("*")
    assert run.code == 2 and "4 packets not found" in run.err, run
    assert {packet.data for packet in found_in(run)} == {frame(4), frame(5)}
    for offset in range(4):
        line, = [line for line in run.err.splitlines() if f"{fetch.topic.name}, partition 0, offset {offset}: " in line]
        assert "1 of 1 packets not found: 1 not there (the brokers have deleted this message)" in line, line
    fetch.broker.delete_before(fetch.topic.name, 0, 6)
    assert found_in(fetch.find("*")) == []


def test_what_the_topic_no_longer_has_comes_from_files(fetch, tmp_path):
    """Below the roots alone; and what was dissected from a file is found there."""
    archive = tmp_path / "archive"
    archive.mkdir()
    for path in (DNS, HTTP, NANOSECOND):
        shutil.copy(path, archive)
    fetch.topic.forward("--file", archive / "dns.pcap")
    fetch.topic.forward("--file", archive / "http.pcap")
    fetch.dissect()
    assert fetch.espcap("--file", archive / "nanosecond.pcap", *fetch.server.options).code == 0
    fetch.server.request("POST", f"/{fetch.server.indices}/_refresh")
    fetch.broker.delete_before(fetch.topic.name, 0, 1)
    run = fetch.find("*", "--archive-root", archive)
    wanted = [packet for path in (DNS, HTTP, NANOSECOND) for packet in packets_of(path)]
    assert run.code == 0 and plain(found_in(run)) == plain(wanted), run
    without = fetch.find("*")
    assert without.code == 2 and "partition 0, offset 0: " in without.err, without
    line, = [line for line in without.err.splitlines() if "nanosecond.pcap: " in line]
    assert "no --archive-root has it" in line
    rest = found_in(without)
    assert rest and set(plain(rest)) < set(plain(packets_of(HTTP) + packets_of(DNS)))
    files = fetch.find("*", "--archive-root", archive, options=[])
    assert files.code == 0 and plain(found_in(files)) == plain(wanted), files


def test_a_document_is_not_believed(fetch, tmp_path):
    """Another topic, though it has the packet; places where there is something else, or nothing."""
    other = Topic(fetch.broker, fetch.espcap, partitions=1)
    other.produce(section(frame(0)))
    fetch.produce([section(frame(0), frame(1)), section(frame(2)), b"no capture"], tmp_path / "messages")
    run = fetch.espcap(*fetch.topic.options, "--stop-at-end", *fetch.server.options, "--dead-letters",
                       tmp_path / "letters")
    assert run.code == 2, run
    fetch.server.request("POST", f"/{fetch.server.indices}/_refresh")
    true = plain(found_in(fetch.find("*")))
    assert len(true) == 3
    forged = {"topic": {"topic": other.name}, "odd": {"topic": "no\x1btopic\n"}, "message": {"offset": 1},
              "damaged": {"offset": 2}, "end": {"offset": 3}, "far": {"offset": 2 ** 63 - 1},
              "index": {"index": 2}, "behind": {"index": 7}, "partition": {"partition": 9}}
    for name, changes in forged.items():
        fetch.forge(name, **changes)
    run = fetch.find("*")
    assert run.code == 2 and plain(found_in(run)) == true, run
    expected = {
        "partition 0, offset 0: 2 of 4 ": ("1 with other records", "1 not there (the file ends after record 2)"),
        "partition 0, offset 1: 1 of 2 ": ("1 with other records in their place",),
        "partition 0, offset 2: 1 of 1 ": ("1 not there (",),
        "partition 0, offset 3: 1 of 1 ": ("the partition ends before it, at offset 3",),
        f"partition 0, offset {2 ** 63 - 1}: 1 of 1 ": ("the partition ends before it, at offset 3",),
        "partition 9, offset 0: 1 of 1 ": ("the topic has no such partition",)}
    for place, words in expected.items():
        line, = [line for line in run.err.splitlines() if place in line]
        assert all(word in line for word in words), line
    assert "7 packets not found" in run.err and "\x1b" not in run.err, run
    line, = [line for line in run.err.splitlines() if "2 packets are in messages of topics" in line]
    assert f"{other.name} (1 packet)" in line and f"only those of {fetch.topic.name} are read" in line


def test_nothing_is_read_without_being_told_where(fetch, espcap):
    packets = fetch.topic.forward("--file", DNS)
    fetch.dissect()
    run = fetch.find("*", options=[])
    assert run.code == 1 and f"{DNS.parent} (1 file)" in run.err and "--archive-root is missing" in run.err, run
    assert f"{fetch.topic.name} ({packets} packets)" in run.err and "--kafka-brokers and --kafka-topic" in run.err, run
    for half in (fetch.options[:2], fetch.options[2:]):
        run = fetch.find("*", options=half)
        assert run.code == 1 and "--kafka-brokers and --kafka-topic go together" in run.err, run
    run = fetch.find("*", "--conversation")
    assert run.code == 1 and "leave out --conversation" in run.err, run
    assert espcap("packets", "*", "--node", fetch.server.url, "--kafka-brokers", "a b", "--kafka-topic", "t").code == 1


def test_packets_that_are_in_messages_alone(fetch, espcap, tmp_path):
    """Of other programs, as live: there is no file."""
    fetch.produce([section(frame(0), frame(1))], tmp_path / "messages")
    fetch.dissect()
    run = fetch.find("*", options=[])
    assert run.code == 1 and f"{fetch.topic.name} (2 packets)" in run.err and "--archive-root" not in run.err, run
    files = fetch.find("*", "--archive-root", tmp_path, options=[])
    assert files.code == 2 and f"{fetch.topic.name} (2 packets)" in files.err and found_in(files) == [], files
    shown = espcap("show", "*", "--node", fetch.server.url, "--index", fetch.server.index)
    assert shown.code == 1 and "write them to a file with espcap packets" in shown.err, shown
    found = fetch.find("*", "-w", tmp_path / "found.pcapng")
    assert found.code == 0 and espcap("--file", tmp_path / "found.pcapng").code == 0, found


def test_a_message_that_ends_its_process_ends_nothing_else(fetch, environment, tmp_path):
    deadly = b"\2" * 14 + b"DEADLY" + bytes(40)
    every = [frame(0), frame(1), deadly, frame(3)]
    fetch.produce([section(data) for data in every], tmp_path / "messages")
    fetch.dissect()
    run = fetch.find("*", env={**environment, "LD_PRELOAD": str(preload.build("deadly_capture", tmp_path))})
    assert run.code == 2 and sorted(packet.data for packet in found_in(run)) == sorted(set(every) - {deadly}), run
    line, = [line for line in run.err.splitlines() if "packets not found: " in line]
    assert f"partition 0, offset 2: 1 of 1 packets not found: 1 not there (a process died of signal {CRASH})" in line


def test_more_than_a_page_of_packets_that_no_file_has(broker, espcap, any_server):
    """Of several messages, with the same numbers and times."""
    fetch = Fetch(broker, espcap, any_server, partitions=1)
    every = [frame(number) for number in range(6000)]
    for part in range(4):
        fetch.topic.produce(section(*every[part::4]))
    fetch.dissect("--fields", "frame.number")
    run = fetch.find("*")
    assert run.code == 0 and collections.Counter(packet.data for packet in found_in(run)) == collections.Counter(every), \
        run


@pytest.mark.parametrize("brokers, topic, words", [
    ("127.0.0.1:1", "t", "127.0.0.1:1"), ("kafka://b", "t", "give HOST:PORT"), ("u:secret@b", "t", "credentials"),
    ("b", "a/b", "--kafka-topic"), ("b:0", "t", "no port")])
def test_brokers_that_can_not_be(espcap, brokers, topic, words):
    run = espcap("packets", "*", "--node", "127.0.0.1:1", "--kafka-brokers", brokers, "--kafka-topic", topic,
                 "-w", "never.pcapng")
    assert run.code == 1 and words in run.err and "secret" not in run.err, run


def test_a_broker_that_never_answers(espcap):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        broker = f"127.0.0.1:{silent.getsockname()[1]}"
        run = espcap("packets", "*", "--node", "127.0.0.1:1", "--kafka-brokers", broker, "--kafka-topic", "t",
                     "-w", "never.pcapng")
    assert run.code == 1 and f"packets: kafka://{broker}/t: " in run.err, run


def test_brokers_that_refuse(fetch, broker, tmp_path):
    packets = fetch.topic.forward("--file", DNS)
    fetch.dissect()
    missing = fetch.find("*", options=["--kafka-brokers", broker.plain, "--kafka-topic", "no-such-topic"])
    assert missing.code == 1 and "no-such-topic: there is no such topic" in missing.err, missing
    secure = ["--kafka-brokers", broker.sasl, "--kafka-topic", fetch.topic.name, "--kafka", "security.protocol=sasl_ssl",
              "--kafka", "sasl.mechanism=PLAIN", "--kafka", f"ssl.ca.location={broker.authority}"]
    known = fetch.find("*", options=[*secure, "--kafka", "sasl.username=espcap", "--kafka-password-file",
                                     broker.password_file])
    assert known.code == 0 and len(found_in(known)) == packets, known
    stranger = fetch.find("*", options=[*secure, "--kafka", "sasl.username=stranger", "--kafka-password-file",
                                        broker.password_file])
    assert stranger.code == 1 and "to read it (operation Read)" in stranger.err, stranger
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong", encoding="ascii")
    wrong.chmod(0o600)
    refused = fetch.find("*", options=[*secure, "--kafka", "sasl.username=espcap", "--kafka-password-file", wrong])
    assert refused.code == 1 and broker.sasl in refused.err, refused


def test_brokers_that_go_away_meanwhile(espcap, start_espcap, elasticsearch, tmp_path):
    """What is in files is written; the rest is named, and no partition is waited for like the first one."""
    with kafka.Broker(tmp_path / "broker") as own:
        fetch = Fetch(own, espcap, elasticsearch, partitions=4)
        fetch.topic.forward("--file", HTTP)
        fetch.topic.forward("--file", DNS)
        fetch.dissect()
        (tmp_path / "archive").mkdir()
        shutil.copy(NANOSECOND, tmp_path / "archive")
        assert espcap("--file", tmp_path / "archive" / "nanosecond.pcap", *elasticsearch.options).code == 0
        elasticsearch.request("POST", f"/{elasticsearch.indices}/_refresh")
        with FaultProxy(elasticsearch.port, strikes=lambda path: path.startswith("/_search")) as between:
            between.always(Delay(120))
            run = start_espcap("packets", "*", "--node", between.url, "--index", elasticsearch.index, *fetch.options,
                               "--archive-root", tmp_path / "archive", "--archive-search", "0",
                               "-w", tmp_path / "out.pcapng")
            wait_until(lambda: between.requests > 0, what="the search")
            own.pause()
            between.heal()
            status = run.wait(300)
        own.resume()
    missing = len(packets_of(HTTP) + packets_of(DNS))
    assert status == 2 and f"{missing} packets not found" in run.err, run
    assert plain(pcapng.read((tmp_path / "out.pcapng").read_bytes()).packets) == plain(packets_of(NANOSECOND))

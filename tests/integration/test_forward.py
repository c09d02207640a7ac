# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets to a topic of a real Kafka 4.1, undissected: each once, as it was, with its conversation, and with what its
document's id is made of."""
import collections
import shutil
import struct
import subprocess

import forwarded
import pcapng
import preload
import pytest
from documents import ids_of
from ledger import assert_balanced
from project import TEST_PCAPS

DNS = TEST_PCAPS / "dns.pcap"
HTTP = TEST_PCAPS / "http.pcap"
ARP = TEST_PCAPS / "arp.pcap"
TLS = TEST_PCAPS / "tls.pcapng"
INTERFACES = TEST_PCAPS / "two-interfaces.pcapng"


def to(broker, topic):
    return ["--forward", f"kafka://{broker.plain}/{topic}", "--sensor", "sensor-1"]


def packets_by_id(espcap, path, *arguments):
    """What a capture's documents have for ids, and the packets that they are made of, by libwiretap's words."""
    ids = ids_of(espcap("--file", path, "--format", "bulk", *arguments).out)
    packets = pcapng.packets_of(path)
    return {one: packets[int(one.rsplit("-", 1)[1]) - 1] for one in ids}


def assert_same(found, expected):
    """A pcap has no interface."""
    assert found.keys() == expected.keys()
    for key, packet in expected.items():
        interface = packet.interface or found[key].interface
        assert found[key] == packet._replace(interface=interface), key


@pytest.mark.parametrize("path", forwarded.CAPTURES, ids=lambda path: path.name)
def test_packets_are_those_of_the_file(broker, espcap, path):
    topic = broker.create_topic(partitions=4)
    run = espcap("--file", path, *to(broker, topic))
    expected = packets_by_id(espcap, path)
    assert run.code == 0, run
    assert run.ledger == {"packets captured": len(expected), "forwarded": len(expected), "failed": 0}, run
    sections = forwarded.sections(broker, topic)
    assert_same(forwarded.packets_by_id(sections), expected)
    assert sum(len(section.records) for section in sections) == len(expected)
    for section in sections:
        times = [packet.time for packet in pcapng.read(section.value).packets]
        assert section.times == (min(times), max(times))
        assert (section.sensor, section.file) == ("sensor-1", str(path))


def test_other_programs_read_a_partition(broker, espcap, tshark, tmp_path):
    """Interfaces have their own numbers; times and link types are as in the files."""
    topic = broker.create_topic(partitions=3)
    files = [HTTP, INTERFACES, TEST_PCAPS / "cooked.pcap"]
    for path in files:
        assert espcap("--file", path, *to(broker, topic)).code == 0
    fields = ["-T", "fields", *(word for name in ("time_epoch", "len", "cap_len", "encap_type", "protocols")
                                for word in ("-e", f"frame.{name}"))]
    expected = collections.Counter(line for path in files for line in tshark("-r", path, *fields).splitlines())
    found = collections.Counter()
    for partition in range(3):
        (tmp_path / "partition").write_bytes(forwarded.partition_bytes(broker, topic, partition))
        found.update(tshark("-r", tmp_path / "partition", *fields).splitlines())
    # A conversation that is cut may be dissected in another way.
    assert {line.rsplit("\t", 1)[0] for line in found} == {line.rsplit("\t", 1)[0] for line in expected}
    assert sum(found.values()) == sum(expected.values())
    interfaces = [pcapng.read(section.value).interfaces for section in forwarded.sections(broker, topic)
                  if section.file == str(INTERFACES)]
    assert set(interfaces) == {pcapng.read(INTERFACES.read_bytes()).interfaces}


@pytest.mark.parametrize("key", ["pair", "flow"])
def test_a_conversation_has_one_partition(broker, espcap, tshark, key):
    topic = broker.create_topic(partitions=12)
    documents = broker.create_topic(partitions=12)
    for path in (HTTP, DNS, ARP):
        assert espcap("--file", path, *to(broker, topic), "--hash", key).code == 0
        assert espcap("--file", path, "--output", f"kafka://{broker.plain}/{documents}", "--hash", key, "--sensor",
                      "sensor-1").code == 0
    found = {f"{section.capture}-{number}": section.partition
             for section in forwarded.sections(broker, topic) for number in section.records}
    assert found == {message["key"]: message["partition"] for message in broker.messages(documents)}
    assert len(set(found.values())) > 1


def test_a_partition_keeps_the_order(broker, espcap, folder):
    """Of a file, however many sections and batches it takes."""
    topic = broker.create_topic(partitions=2)
    header, records = HTTP.read_bytes()[:24], HTTP.read_bytes()[24:]
    (folder / "long.pcap").write_bytes(header + records * 500)
    run = espcap("--dir", folder, *to(broker, topic), "--chunk-bytes", "1m", "--workers", "1")
    assert run.code == 0, run
    sections = forwarded.sections(broker, topic)
    assert len(sections) > 10
    assert max(len(section.value) for section in sections) <= 256 * 1024
    for partition in range(2):
        numbers = [number for section in sections if section.partition == partition for number in section.records]
        assert numbers == sorted(numbers)
    assert sum(len(section.records) for section in sections) == run.ledger["forwarded"]


def test_what_is_selected(broker, espcap):
    """Records keep their numbers in the file."""
    topic = broker.create_topic()
    run = espcap("--file", HTTP, *to(broker, topic), "--bpf", "src port 80", "--count", "5")
    expected = packets_by_id(espcap, HTTP, "--bpf", "src port 80", "--count", "5")
    assert run.code == 0 and run.ledger["forwarded"] == 5, run
    assert_same(forwarded.packets_by_id(forwarded.sections(broker, topic)), expected)


def test_comments_and_flags_stay(broker, espcap, tmp_path, tshark):
    told = [pcapng.option(1, b"first"), pcapng.option(1, b"second"), pcapng.option(2, struct.pack("<I", 2))]
    source = tmp_path / "told.pcapng"
    source.write_bytes(pcapng.section() + pcapng.interface(1, pcapng.option(2, b"eth7"), pcapng.option(9, b"\x09")) +
                       pcapng.packet(0, 1_700_000_000_123_456_789, b"\2" * 60, *told))
    topic = broker.create_topic(partitions=1)
    assert espcap("--file", source, *to(broker, topic)).code == 0
    section, = forwarded.sections(broker, topic)
    packet, = pcapng.read(section.value).packets
    assert packet == pcapng.read(source.read_bytes()).packets[0]
    (tmp_path / "section").write_bytes(section.value)
    line = tshark("-r", tmp_path / "section", "-T", "fields", "-e", "frame.packet_flags_direction", "-e",
                  "frame.interface_name")
    assert line.split() == ["0x00000002", "eth7"]


def test_each_section_of_a_file_has_its_own_interfaces(broker, espcap, tmp_path):
    source = tmp_path / "two.pcapng"
    source.write_bytes(b"".join(
        pcapng.section() + pcapng.interface(link, pcapng.option(2, name)) + pcapng.packet(0, 10 ** 15, data)
        for link, name, data in ((1, b"one", b"\2" * 60), (101, b"two", b"\x45" + b"\0" * 59))))
    topic = broker.create_topic(partitions=1)
    assert espcap("--file", source, *to(broker, topic)).code == 0
    captures = [pcapng.read(section.value) for section in forwarded.sections(broker, topic)]
    assert [(one.packets[0].link, one.packets[0].interface, one.interfaces) for one in captures] == \
        [(1, "one", 1), (101, "two", 1)]


def test_secrets_and_names(broker, espcap):
    """Secrets are forwarded only where that is asked for, and then in each section; names never."""
    kinds = pcapng.read(TLS.read_bytes()).kinds
    assert pcapng.SECRETS in kinds
    for arguments, count in ([], 0), (["--forward-secrets"], kinds.count(pcapng.SECRETS)):
        topic = broker.create_topic()
        assert espcap("--file", TLS, *to(broker, topic), *arguments).code == 0
        for section in forwarded.sections(broker, topic):
            found = pcapng.read(section.value).kinds
            assert found.count(pcapng.SECRETS) == count
            assert set(found) <= {pcapng.SECTION, pcapng.INTERFACE, pcapng.PACKET, pcapng.SECRETS}


def pcap(link, *packets):
    """Of one link type."""
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link) + b"".join(
        struct.pack("<IIII", 1_700_000_000, number, len(data), len(data)) + data
        for number, data in enumerate(packets))


def test_a_packet_that_is_too_large(broker, espcap, tmp_path):
    topic = broker.create_topic(partitions=1, max_message_bytes=20_000)
    (tmp_path / "large.pcap").write_bytes(pcap(1, b"\2" * 60, b"\3" * 15_000, b"\4" * 60, b"\5" * 10_000))
    run = espcap("--file", tmp_path / "large.pcap", *to(broker, topic), "--resume", tmp_path / "state")
    assert run.code == 2, run
    assert run.ledger == {"packets captured": 4, "forwarded": 3, "too large": 1, "failed": 0}, run
    assert "large.pcap: packet 2: with its 15000 bytes it is too large for the topic" in run.err, run
    assert [number for section in forwarded.sections(broker, topic) for number in section.records] == [1, 3, 4]
    again = espcap("--file", tmp_path / "large.pcap", *to(broker, topic), "--resume", tmp_path / "state")
    assert again.code == 0 and again.ledger["packets captured"] == 0, again


def test_packets_that_pcapng_has_no_way_to_hold(broker, espcap, tmp_path):
    """As ERF, whose header libwiretap keeps apart."""
    topic = broker.create_topic(partitions=1)
    erf = struct.pack("<Q", 1_700_000_000 << 32) + struct.pack(">BBHHH", 2, 4, 16 + 2 + 60, 0, 60) + b"\0\0" + b"\2" * 60
    (tmp_path / "some.pcap").write_bytes(pcap(197, erf))
    run = espcap("--file", tmp_path / "some.pcap", "--file", DNS, *to(broker, topic))
    assert run.code == 2, run
    assert run.ledger["failed"] == 1 and run.ledger["forwarded"] == 92, run
    assert "some.pcap: packet 1: a section of pcapng can't hold packets of" in run.err, run


def test_a_time_that_pcapng_has_no_way_to_hold(broker, espcap, tmp_path):
    """A microsecond's number that is none: libwiretap passes on what the record says."""
    topic = broker.create_topic(partitions=1)
    records = [struct.pack("<IIII", 1_700_000_000, fraction, 60, 60) + b"\2" * 60 for fraction in (1, 1_500_000, 3)]
    (tmp_path / "times.pcap").write_bytes(pcap(1) + b"".join(records))
    run = espcap("--file", tmp_path / "times.pcap", *to(broker, topic))
    assert run.code == 2, run
    assert run.ledger["failed"] == 1 and run.ledger["forwarded"] == 2, run
    assert "times.pcap: packet 2: a section of pcapng can't hold its time; such are not forwarded" in run.err, run


def test_a_settled_capture_is_not_sent_again(broker, espcap, tmp_path):
    topic = broker.create_topic()
    arguments = ["--file", DNS, *to(broker, topic), "--resume", tmp_path / "state"]
    first, second = espcap(*arguments), espcap(*arguments)
    assert (first.code, second.code) == (0, 0), (first, second)
    assert second.ledger["packets captured"] == 0
    assert sum(len(section.records) for section in forwarded.sections(broker, topic)) == first.ledger["forwarded"]


def test_killed_and_run_again(broker, espcap, start_espcap, large_archive, tmp_path):
    """What comes twice is the same under the same id."""
    archive, ids = large_archive
    topic = broker.create_topic(partitions=4)
    arguments = ["--dir", archive, *to(broker, topic), "--resume", tmp_path / "state", "--chunk-bytes", "64k"]
    for _ in range(3):
        run = start_espcap(*arguments, "--metrics", "0")
        run.metrics().wait_until(lambda now: now.settled["forwarded"] > 0 or now.captured == 0)
        run.kill()
    last = espcap(*arguments)
    assert last.code == 0, last
    assert forwarded.packets_by_id(forwarded.sections(broker, topic)).keys() == set(ids)


def test_a_worker_that_dies(broker, start_espcap, large_archive):
    """Nothing comes twice: another worker continues behind what was handed over."""
    archive, ids = large_archive
    topic = broker.create_topic(partitions=4)
    run = start_espcap("--dir", archive, *to(broker, topic), "--chunk-bytes", "64k", "--metrics", "0", "--workers", "1")
    run.metrics().wait_until(lambda now: now.settled["forwarded"] > 0)
    run.kill_child()
    assert run.wait() == 0, run
    assert_balanced(run)
    found = collections.Counter(f"{section.capture}-{number}" for section in forwarded.sections(broker, topic)
                                for number in section.records)
    assert found == collections.Counter(ids)


@pytest.mark.parametrize("output, message", [("--forward", 1), ("--output", 50)])
def test_a_fatal_error_of_the_library(broker, start_espcap, environment, tmp_path, output, message):
    """As an idempotent producer may raise it: the run says so and ends, and what was not acknowledged has failed."""
    topic = broker.create_topic(partitions=4)
    library = preload.build("fatal_error", tmp_path)
    run = start_espcap("--file", HTTP, output, f"kafka://{broker.plain}/{topic}",
                       env={**environment, "LD_PRELOAD": str(library), "ESPCAP_TEST_FATAL_AT": str(message)})
    assert run.wait() != 0, run
    assert "fatal error OUT_OF_ORDER_SEQUENCE_NUMBER" in run.err and "a test's" in run.err, run
    assert_balanced(run)
    assert run.ledger["failed"] > 0 and "abandoned" not in run.ledger, run


def test_captures_in_archives(broker, espcap, folder):
    shutil.copy(DNS, folder / "dns.pcap")
    subprocess.run(["tar", "-czf", "all.tar.gz", "dns.pcap"], cwd=folder, check=True)
    topic = broker.create_topic()
    run = espcap("--file", folder / "all.tar.gz", *to(broker, topic))
    assert run.code == 0, run
    sections = forwarded.sections(broker, topic)
    assert forwarded.packets_by_id(sections).keys() == packets_by_id(espcap, DNS).keys()
    assert {section.file for section in sections} == {f"{folder}/all.tar.gz/dns.pcap"}


def test_standard_input(broker, espcap):
    """Its packets are known by the run, and by their number."""
    topic = broker.create_topic(partitions=2)
    run = espcap("--file", "-", *to(broker, topic), input=HTTP.read_bytes())
    assert run.code == 0, run
    sections = forwarded.sections(broker, topic)
    expected = pcapng.packets_of(HTTP)
    found = forwarded.packets_by_id(sections)
    assert len({section.capture for section in sections}) == 1
    assert {int(key.rsplit("-", 1)[1]): packet.data for key, packet in found.items()} == \
        {number: packet.data for number, packet in enumerate(expected, 1)}
    assert {section.file for section in sections} == {None}


def test_dissection_is_not_started(broker, espcap, environment, tmp_path):
    """A preference that libwireshark can't read would be told."""
    config = tmp_path / "config"
    (config / "wireshark").mkdir(parents=True)
    (config / "wireshark" / "preferences").write_text("no.such.preference: 1\nnonsense\n", encoding="ascii")
    topic = broker.create_topic()
    run = espcap("--file", DNS, *to(broker, topic), env={**environment, "XDG_CONFIG_HOME": str(config)})
    assert run.code == 0 and "preference" not in run.err, run


@pytest.mark.parametrize("arguments, words", [
    (["--forward", "kafka://broker"], "the topic is missing"),
    (["--forward", "packets"], "--forward packets"),
    (["--forward", "kafka://b/t", "--node", "es"], "--node and --forward: choose one destination"),
    (["--forward", "kafka://b/t", "--output", "x"], "--output and --forward: choose one destination"),
    (["--forward", "kafka://b/t", "--filter", "dns"], "--filter: with --forward nothing is dissected here"),
    (["--forward", "kafka://b/t", "--shards", "2"], "--shards: with --forward nothing is dissected here"),
    (["--forward", "kafka://b/t", "--fields", "ip.src"], "--fields: with --forward there are no documents here"),
    (["--forward", "kafka://b/t", "--concurrency", "2"], "--concurrency: with --forward no server gets documents"),
    (["--forward", "kafka://b/t", "--kafka", "acks=1"], "--kafka acks: this property can't be set"),
    (["--forward-secrets"], "--forward-secrets: nothing is forwarded"),
])
def test_what_does_not_go_together(espcap, arguments, words):
    run = espcap("--file", DNS, *arguments)
    assert run.code == 1 and words in run.err and run.ledger == {}, run


def test_a_topic_that_is_missing_or_too_small(broker, espcap):
    run = espcap("--file", DNS, *to(broker, "no-such-topic"))
    assert run.code == 1 and "there is no such topic; make it: kafka-topics.sh" in run.err, run
    topic = broker.create_topic(max_message_bytes=10_000)
    run = espcap("--file", DNS, *to(broker, topic))
    assert run.code == 1 and "its max.message.bytes is 10000, too small" in run.err, run

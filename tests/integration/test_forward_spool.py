# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets for a topic, on disk while its broker is away: none is lost, and within a partition the order stays."""
import collections
import shutil
import subprocess
from random import Random

import forwarded
import kafka
import pcapng
import preload
import pytest
from captures import write_pcap
from delivery import segment_bytes, segments
from documents import ids_of
from ledger import assert_balanced
from numbered import packet
from project import FULL, TEST_PCAPS
from seeds import seed_or

DNS = TEST_PCAPS / "dns.pcap"
HTTP = TEST_PCAPS / "http.pcap"
AWAY_S = 60 if FULL else 10
RATE = 3000


@pytest.fixture(scope="module")
def mortal_broker(tmp_path_factory):
    with kafka.Broker(tmp_path_factory.mktemp("kafka")) as own:
        yield own


@pytest.fixture
def own_broker(mortal_broker):
    """To be killed; a test that fails may leave it so."""
    return mortal_broker if mortal_broker.attach() else mortal_broker.start()


def to(broker, topic, *arguments):
    return ["--forward", f"kafka://{broker.plain}/{topic}", "--sensor", "edge-1", *arguments]


AWAY = {"killed": (kafka.Broker.kill, kafka.Broker.start), "hanging": (kafka.Broker.pause, kafka.Broker.resume)}


@pytest.fixture(params=AWAY)
def away(request):
    """(what makes a broker go away, what brings it back)."""
    return AWAY[request.param]


def assert_in_order(sections):
    """What comes again after a lost answer is a repetition of what was there."""
    seen = collections.defaultdict(dict)
    for section in sections:
        seen[section.partition, section.capture].update(dict.fromkeys(section.records))
    for place, numbers in seen.items():
        assert list(numbers) == sorted(numbers), place


def assert_ends_with_all_forwarded(run, packets, spool):
    run.metrics().wait_until(lambda now: now.settled["forwarded"] == packets)
    assert run.stop() == 0, run
    assert_balanced(run)
    assert run.ledger == {"packets captured": packets, "forwarded": packets, "failed": 0}, run
    assert segments(spool) == []


def expected_ids(espcap, *paths):
    """Of all packets of captures."""
    return set(ids_of(espcap(*(word for path in paths for word in ("--file", path)), "--format", "bulk").out))


@pytest.fixture
def many(tmp_path):
    """A capture of 20,000 packets of 50 hosts, with payload that no compressor makes smaller."""
    random = Random(seed_or(21))
    packets = []
    for number in range(20_000):
        data = bytearray(packet(number) + random.randbytes(200))
        data[29] = number % 50  # of the source's address
        packets.append(bytes(data))
    write_pcap(tmp_path / "many.pcap", packets)
    return tmp_path / "many.pcap"


def test_files_while_the_broker_is_away(own_broker, away, espcap, start_espcap, folder, many, tmp_path):
    go, come_back = away
    topic, spool = own_broker.create_topic(partitions=4), tmp_path / "spool"
    run = start_espcap("--dir", folder, "--watch", *to(own_broker, topic, "--spool", spool, "--metrics", "0",
                                                         "--chunk-bytes", "256k"))
    shutil.copy(DNS, folder / "dns.pcap")
    run.metrics().wait_until(lambda now: now.settled["forwarded"] == 92)
    go(own_broker)
    try:
        (folder / "new").write_bytes(many.read_bytes())
        (folder / "new").rename(folder / "many.pcap")
        total = 92 + len(pcapng.packets_of(many))
        run.metrics().wait_until(lambda now: now("espcap_spool_documents") == total - 92)
        assert run.metrics().get("/healthz")[0] == 200
        held = segment_bytes(spool)
        assert held > 0
    finally:
        come_back(own_broker)
    assert_ends_with_all_forwarded(run, total, spool)
    sections = forwarded.sections(own_broker, topic)
    assert forwarded.packets_by_id(sections).keys() == expected_ids(espcap, DNS, many)
    assert_in_order(sections)
    assert {section.sensor for section in sections} == {"edge-1"}


@pytest.fixture
def numbered(tmp_path):
    """A second's packets."""
    write_pcap(tmp_path / "numbered.pcap", [packet(number) + b"\0" * 1400 for number in range(RATE)])
    return tmp_path / "numbered.pcap"


def live_run(start_espcap, network, broker, topic, *arguments):
    nic = network.lend()
    return start_espcap("--nic", nic, *to(broker, topic, "--metrics", "0", *arguments)).wait_for("capturing on")


def test_live_with_a_spool_nothing_is_lost(own_broker, away, start_espcap, network, numbered, tmp_path):
    go, come_back = away
    topic, spool = own_broker.create_topic(partitions=4), tmp_path / "spool"
    run = live_run(start_espcap, network, own_broker, topic, "--spool", spool, "--buffer-bytes", "32m")
    sent = network.replay(numbered, "--pps", RATE)
    go(own_broker)
    try:
        sent += network.replay(numbered, "--pps", RATE, "--loop", AWAY_S)
        assert segment_bytes(spool) > 0
    finally:
        come_back(own_broker)
    sent += network.replay(numbered, "--pps", RATE)
    assert_ends_with_all_forwarded(run, sent, spool)
    sections = forwarded.sections(own_broker, topic)
    assert len(forwarded.packets_by_id(sections)) == sent
    assert_in_order(sections)


def test_live_without_a_spool_each_loss_is_counted(own_broker, away, start_espcap, network, numbered):
    go, come_back = away
    topic = own_broker.create_topic(partitions=4)
    run = live_run(start_espcap, network, own_broker, topic, "--buffer-bytes", "16m", "--chunk-bytes", "1m")
    sent = network.replay(numbered, "--pps", RATE)
    go(own_broker)
    try:
        sent += network.replay(numbered, "--pps", RATE, "--loop", AWAY_S)
    finally:
        come_back(own_broker)
    run.metrics().wait_until(lambda now: sum(now.settled.values()) == now.captured == sent)
    assert run.stop() == 2, run
    assert_balanced(run)
    dropped = run.ledger.get("dropped by full rings", 0) + run.ledger.get("dropped by the kernel", 0)
    assert dropped > 0 and run.ledger["forwarded"] == sent - dropped, run
    assert len(forwarded.packets_by_id(forwarded.sections(own_broker, topic))) == sent - dropped


def start_away(start_espcap, broker, topic, folder, many, spool, *arguments):
    """A run whose broker goes away before it reads 20,000 packets."""
    run = start_espcap("--dir", folder, "--watch", *to(broker, topic, "--spool", spool, "--metrics", "0",
                                                         "--chunk-bytes", "256k", *arguments))
    run.metrics()
    broker.kill()
    shutil.copy(many, folder / "many.pcap")
    return run


def test_killed_while_it_spools(own_broker, espcap, start_espcap, folder, many, tmp_path):
    """What is on disk is sent by the next run, first, and under the same ids; the rest is read once more."""
    topic, spool = own_broker.create_topic(partitions=4), tmp_path / "spool"
    state = ["--resume", tmp_path / "state"]
    run = start_away(start_espcap, own_broker, topic, folder, many, spool, *state)
    found = run.metrics().wait_until(lambda now: now("espcap_spool_documents") > 5000)("espcap_spool_documents")
    run.kill()
    own_broker.start()
    ids = expected_ids(espcap, many)
    run = espcap("--file", DNS, "--forward", f"kafka://{own_broker.plain}/{topic}", "--spool", spool, "--sensor",
                 "edge-2")
    assert run.code == 0, run
    recovered = run.ledger["forwarded"] - 92
    assert recovered >= found and "packets of earlier runs are sent too" in run.err, run
    sections = forwarded.sections(own_broker, topic)
    found = forwarded.packets_by_id(sections)
    assert len(found) == recovered + 92 == sum(len(section.records) for section in sections)
    assert len(found.keys() & ids) == recovered
    for partition in range(4):
        files = [section.file for section in sections if section.partition == partition]
        assert files == sorted(files, key=lambda file: file == str(DNS)), "what was spooled comes first"
    assert {section.sensor for section in sections if section.file != str(DNS)} == {"edge-1"}
    again = espcap("--dir", folder, *to(own_broker, topic, "--spool", spool), *state)
    assert again.code == 0, again
    sections = forwarded.sections(own_broker, topic)
    assert forwarded.packets_by_id(sections).keys() >= ids


def test_stopped_while_the_broker_is_away(own_broker, espcap, start_espcap, folder, many, tmp_path):
    """All of it stays on disk, and is counted so."""
    topic, spool = own_broker.create_topic(partitions=4), tmp_path / "spool"
    run = start_away(start_espcap, own_broker, topic, folder, many, spool, "--resume", tmp_path / "state")
    total = len(pcapng.packets_of(many))
    run.metrics().wait_until(lambda now: now("espcap_spool_documents") == total)
    assert run.stop() == 0, run
    assert_balanced(run)
    assert run.ledger["in the spool"] == run.ledger["packets captured"] == total, run
    own_broker.start()
    run = espcap("--dir", folder, *to(own_broker, topic, "--spool", spool), "--resume", tmp_path / "state")
    assert run.code == 0 and run.ledger["forwarded"] == total, run
    sections = forwarded.sections(own_broker, topic)
    assert forwarded.packets_by_id(sections).keys() == expected_ids(espcap, many)
    assert_in_order(sections)


def test_a_run_ends_once_all_is_in_the_spool(own_broker, espcap, start_espcap, tmp_path):
    """Nothing says when the broker will be back."""
    topic, spool = own_broker.create_topic(partitions=4), tmp_path / "spool"
    run = start_espcap("--file", "-", *to(own_broker, topic, "--spool", spool, "--metrics", "0", "--stop-timeout", "1s"),
                       stdin=subprocess.PIPE)
    run.metrics()
    own_broker.kill()
    run.stdin.write(HTTP.read_bytes())
    run.stdin.close()
    assert run.wait() == 0, run
    assert run.ledger == {"packets captured": 104, "forwarded": 0, "in the spool": 104, "failed": 0}, run
    assert "the rest stays in the spool for the next run" in run.err, run
    own_broker.start()
    run = espcap("--file", DNS, *to(own_broker, topic, "--spool", spool))
    assert run.code == 0 and run.ledger["forwarded"] == 104 + 92, run
    assert len(forwarded.packets_by_id(forwarded.sections(own_broker, topic))) == 104 + 92


def test_a_full_spool_holds_files_back(own_broker, espcap, start_espcap, folder, many, tmp_path):
    topic, spool = own_broker.create_topic(partitions=4), tmp_path / "spool"
    run = start_away(start_espcap, own_broker, topic, folder, many, spool, "--spool-bytes", "512k")
    run.wait_for("the spool is full")
    assert 0 < segment_bytes(spool) <= 512 << 10
    assert run.metrics().get("/healthz") == (503, "the spool accepts no more documents\n")
    own_broker.start()
    total = len(pcapng.packets_of(many))
    run.metrics().wait_until(lambda now: now.settled["forwarded"] == total)
    assert run.stop() == 0, run
    sections = forwarded.sections(own_broker, topic)
    assert forwarded.packets_by_id(sections).keys() == expected_ids(espcap, many)
    assert_in_order(sections)


def test_a_damaged_segment_is_named(own_broker, espcap, start_espcap, folder, many, tmp_path):
    """With the packets that are lost; the others are sent."""
    topic, spool = own_broker.create_topic(partitions=4), tmp_path / "spool"
    run = start_away(start_espcap, own_broker, topic, folder, many, spool)
    total = len(pcapng.packets_of(many))
    run.metrics().wait_until(lambda now: now("espcap_spool_documents") == total)
    assert run.stop() == 0, run
    own_broker.start()
    segment = max(spool.glob("*.spool"), key=lambda path: path.stat().st_size)
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 0xFF
    segment.write_bytes(data)
    run = espcap("--file", DNS, *to(own_broker, topic, "--spool", spool))
    assert run.code == 2, run
    assert f"{segment.name} is damaged at byte" in run.err and f"packets of {folder}/many.pcap" in run.err, run
    lost = run.ledger["failed"]
    assert lost > 0 and f"lost: {lost} packets" in run.err, run
    assert run.ledger["forwarded"] == total + 92 - lost, run
    assert len(forwarded.packets_by_id(forwarded.sections(own_broker, topic))) == total + 92 - lost


def test_documents_in_the_spool_stay_there(own_broker, elasticsearch, proxy, espcap, tmp_path):
    """They are for a server; a run that forwards sends none of them, and says which run does."""
    spool = tmp_path / "spool"
    proxy.refuse()
    run = espcap("--file", DNS, *proxy.options, "--spool", spool, "--stop-timeout", "1s")
    assert run.ledger["in the spool"] == 92, run
    topic = own_broker.create_topic(partitions=1)
    run = espcap("--file", HTTP, *to(own_broker, topic, "--spool", spool))
    assert "a batch is of documents for a server, which a run with --node sends" in run.err, run
    assert run.ledger["in the spool"] == 92 and run.ledger["forwarded"] == 104, run
    proxy.listen()
    run = espcap("--file", HTTP, *proxy.options, "--spool", spool)
    assert run.code == 0 and run.ledger["indexed"] == 92 + 104, run
    assert len(elasticsearch.all_ids(elasticsearch.indices)) == 92 + 104


def test_a_fatal_error_keeps_what_was_not_acknowledged(own_broker, espcap, start_espcap, environment, tmp_path):
    topic, spool = own_broker.create_topic(partitions=4), tmp_path / "spool"
    library = preload.build("fatal_error", tmp_path)
    run = start_espcap("--file", HTTP, *to(own_broker, topic, "--spool", spool),
                       env={**environment, "LD_PRELOAD": str(library), "ESPCAP_TEST_FATAL_AT": "1"})
    assert run.wait() == 3, run
    assert "OUT_OF_ORDER_SEQUENCE_NUMBER: test_fatal_error: a test's; what was not acknowledged stays in the spool" \
        in run.err, run
    assert_balanced(run)
    assert run.ledger["in the spool"] == 104, run
    run = espcap("--file", DNS, *to(own_broker, topic, "--spool", spool))
    assert run.code == 0 and run.ledger["forwarded"] == 104 + 92, run

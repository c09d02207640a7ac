# SPDX-License-Identifier: GPL-2.0-or-later
"""Sessions of a topic's partitions share the memory that there is, and a change of partitions changes the shares."""
import re
import resource
import struct
from pathlib import Path

import pcapng
import processes
import pytest
from consumed import Topic
from project import HAS_ASAN, TEST_PCAPS
from waiting import wait_until

FAST = ["--kafka", "session.timeout.ms=6000", "--kafka", "heartbeat.interval.ms=500"]
HTTP = TEST_PCAPS / "http.pcap"
HTTP_PACKETS = 104
MIB = 1 << 20
PER_MESSAGE = 2000
ETHERNET = 1


@pytest.fixture
def memory_of(tmp_path):
    """What a program is started by so that its control group has as much memory as is told."""
    def before(size):
        folder = tmp_path / f"memory-{size}"
        (folder / "memory").mkdir(parents=True, exist_ok=True)
        for name in ("memory.max", "memory/memory.limit_in_bytes"):
            (folder / name).write_text(f"{size}\n")
        return ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /sys/fs/cgroup && exec "$@"', folder]
    return before


def connections(first):
    """A section in which each packet begins a conversation of its own."""
    packets = []
    for number in range(first, first + PER_MESSAGE):
        tcp = struct.pack(">HHIIBBHHH", 1024 + number % 50_000, 80, number, 0, 5 << 4, 2, 1000, 0, 0)
        ip = struct.pack(">BBHHHBBHII", 0x45, 0, 40, 0, 0, 64, 6, 0, 0x0A000000 + number // 50_000, 0x0B000001)
        packets.append(pcapng.packet(0, 10 ** 15, b"\2" * 12 + b"\x08\0" + ip + tcp))
    return pcapng.section() + pcapng.interface(ETHERNET) + b"".join(packets)


def read_by(run):
    return run.err.count("reading kafka://")


def unread(now):
    return now("espcap_consume_partitions_unread", reason="memory")


def test_partitions_wait_for_memory(broker, espcap, start_espcap, elasticsearch, memory_of):
    """Below 64 MiB a session, what is too much is left unread, until another member has it."""
    topic = Topic(broker, espcap, partitions=4)
    for partition in range(4):
        topic.produce(HTTP.read_bytes(), partition=partition)
    arguments = [*topic.options, *elasticsearch.options, *FAST, "--metrics", "0"]
    first = start_espcap(*arguments, before=memory_of(300 * MIB))
    metrics = first.metrics()
    metrics.wait_until(lambda now: now("espcap_consume_partitions") == 4 and unread(now) == 2)
    first.wait_for("2 of 4 partitions wait unread, since the memory is too small for their sessions; add members")
    code, text = metrics.get("/healthz")
    assert code == 503 and "the memory is too small for sessions of 2 of them" in text
    wait_until(lambda: elasticsearch.count_so_far(elasticsearch.indices) == 2 * HTTP_PACKETS, what="documents of two partitions")
    assert read_by(first) == 2, first

    second = start_espcap(*arguments, before=memory_of(300 * MIB))
    wait_until(lambda: elasticsearch.count_so_far(elasticsearch.indices) == 4 * HTTP_PACKETS, what="documents of all")
    metrics.wait_until(lambda now: now("espcap_consume_partitions") == 2 and unread(now) == 0)
    assert metrics.get("/healthz")[0] == 200
    assert [run.stop() for run in (first, second)] == [0, 0], (first, second)


def test_partitions_take_turns_to_their_ends(broker, espcap, memory_of):
    topic = Topic(broker, espcap, partitions=3)
    for partition in range(3):
        topic.produce(HTTP.read_bytes(), partition=partition)
    run = espcap(*topic.options, "--stop-at-end", before=memory_of(128 * MIB))
    assert run.code == 0 and run.ledger["packets captured"] == 3 * HTTP_PACKETS and read_by(run) == 3, run


@pytest.mark.skipif(HAS_ASAN, reason="the address sanitizer uses several times the memory")
def test_a_session_that_waits_is_replaced_when_its_share_shrinks(broker, espcap, start_espcap, memory_of):
    topic = Topic(broker, espcap, partitions=2)
    arguments = [*topic.options, *FAST, "--metrics", "0"]
    leaves = start_espcap(*arguments, before=memory_of(512 * MIB))
    leaves.metrics().wait_until(lambda now: now("espcap_consume_partitions") == 2)
    kept = start_espcap(*arguments, before=memory_of(512 * MIB))
    for run in (leaves, kept):
        run.metrics().wait_until(lambda now: now("espcap_consume_partitions") == 1)
    partition = re.findall(r"reading kafka://\S+, partition (\d)", kept.err)[-1]

    def anonymous_bytes():
        worker, = kept.children("espcap-worker")
        return worker, int(processes.status_of(worker)["RssAnon"].split()[0]) << 10

    # Between three quarters of half of the share, and of the share, of 256 MiB.
    _, before = kept.wait_until(lambda: kept.children("espcap-worker") and anonymous_bytes())
    sent = 0
    while anonymous_bytes()[1] - before < 120 * MIB:
        topic.produce(connections(sent), partition=partition)
        sent += PER_MESSAGE
        kept.metrics().wait_until(lambda now: now.captured == sent)  # pylint: disable=cell-var-from-loop
    large, _ = anonymous_bytes()
    metrics = kept.metrics()
    assert metrics.scrape()("espcap_worker_sessions_replaced_total") == 0
    assert leaves.stop() == 0, leaves
    metrics.wait_until(lambda now: now("espcap_worker_sessions_replaced_total") == 1)
    # What it knew is told.
    assert metrics.scrape()("espcap_consume_conversations_cut_total") >= sent
    wait_until(lambda: large not in kept.children("espcap-worker"))
    topic.produce(connections(sent), partition=partition)
    metrics.wait_until(lambda now: now.captured == sent + PER_MESSAGE)
    assert kept.stop() == 0, kept


def test_a_message_that_can_not_be_handed_on_comes_later(broker, espcap, start_espcap):
    """Where the supervisor has no descriptor left for it."""
    topic = Topic(broker, espcap, partitions=1)
    run = start_espcap(*topic.options)
    topic.produce(HTTP.read_bytes())
    run.wait_until(lambda: run.line_count() == HTTP_PACKETS)
    limits = resource.prlimit(run.pid, resource.RLIMIT_NOFILE)
    lowest_free = min(set(range(1024)) - {int(entry.name) for entry in Path(f"/proc/{run.pid}/fd").iterdir()})
    resource.prlimit(run.pid, resource.RLIMIT_NOFILE, (lowest_free, limits[1]))
    topic.produce(HTTP.read_bytes())
    run.wait_for("offset 1: give the message to its worker: ")
    resource.prlimit(run.pid, resource.RLIMIT_NOFILE, limits)
    run.wait_until(lambda: run.line_count() == 2 * HTTP_PACKETS)
    assert run.stop() == 0 and run.ledger["written"] == 2 * HTTP_PACKETS, run

# SPDX-License-Identifier: GPL-2.0-or-later
"""An archive's captures as jobs of a real Kafka, shared out among several runs, into a real Elasticsearch."""
import collections
import json
import os

import kafka
import pytest
from captures import write_pcap
from job_queue import Queue
from numbered import packet
from project import FULL, TEST_PCAPS
from waiting import wait_until

DNS = TEST_PCAPS / "dns.pcap"


@pytest.fixture
def queue(broker, espcap):
    return Queue(broker, espcap, partitions=4)


@pytest.fixture
def archive(tmp_path):
    """archive(captures) → a folder with captures of falling size, of 1 to 40 packets that occur once."""
    def make(captures):
        folder = tmp_path / "archive"
        first = 0
        for number in range(captures):
            packets = 40 - 39 * number // captures
            place = folder / f"day-{number % 3}" / f"{number:03}.pcap"
            place.parent.mkdir(parents=True, exist_ok=True)
            write_pcap(place, [packet(first + index) for index in range(packets)])
            first += packets
        return folder, first
    return make


def count(elasticsearch):
    return elasticsearch.count(elasticsearch.indices)


def test_jobs_are_dealt_by_falling_size(queue, archive):
    folder, _ = archive(12)
    (folder / "day-0" / "notes.txt").write_text("no capture", encoding="ascii")
    run = queue.enqueue("--dir", folder, "--recursive")
    assert "12 captures" in run.err and "1 other files are left out" in run.err, run
    sizes = collections.defaultdict(list)
    for message in queue.messages():
        job = message["value"]
        status = os.stat(job["path"])
        assert (job["bytes"], job["modified_ms"], job["attempt"]) == (
            status.st_size, status.st_mtime_ns // 1_000_000, 1)
        assert message["key"] == f"{job['bytes']}:{job['modified_ms']}:{job['path']}"
        sizes[message["partition"]].append(job["bytes"])
    assert sorted(map(len, sizes.values())) == [3, 3, 3, 3]
    assert all(one == sorted(one, reverse=True) for one in sizes.values())


def test_each_capture_is_indexed_once(queue, archive, elasticsearch, espcap):
    folder, packets = archive(8)
    queue.enqueue("--dir", folder, "--recursive")
    queue.enqueue("--dir", folder, "--recursive")
    assert queue.status() == {"waiting": 16, "done": 0, "failed": 0}
    run = espcap(*queue.options(folder), "--stop-at-end", *elasticsearch.options)
    assert run.code == 0, run
    assert count(elasticsearch) == packets
    assert (run.ledger["indexed"], run.ledger["packets captured"]) == (packets, 2 * packets), run
    assert queue.status() == {"waiting": 0, "done": 8, "failed": 0}
    by_path = {result["path"]: result["packets"] for result in queue.results()}
    assert len(by_path) == 8 and sum(by_path.values()) == packets
    [summary] = queue.summaries()
    assert summary["ledger"]["captured"] == 2 * packets and summary["ledger"]["already_there"] == packets
    again = espcap(*queue.options(folder), "--stop-at-end", *elasticsearch.options)
    assert (again.code, again.ledger["packets captured"]) == (0, 0), again


def test_the_status_waits_for_a_coordinator(espcap, tmp_path):
    """The first question about a group has the broker make the topic of offsets; a crash takes the coordinator away."""
    with kafka.Broker(tmp_path / "broker") as own:
        queue = Queue(own, espcap, partitions=2)
        for _ in range(3):
            assert queue.status() == {"waiting": 0, "done": 0, "failed": 0}
            own.kill()
            own.start()


def test_a_failing_job_is_tried_twice(queue, elasticsearch, espcap, tmp_path):
    folder = tmp_path / "archive"
    folder.mkdir()
    whole = DNS.read_bytes()
    (folder / "cut.pcap").write_bytes(whole[:-10])
    (folder / "text.pcap").write_text("no capture", encoding="ascii")
    (folder / "whole.pcap").write_bytes(whole)
    (folder / "gone.pcap").write_bytes(whole)
    queue.enqueue("--dir", folder)
    (folder / "gone.pcap").unlink()
    run = espcap(*queue.options(folder), "--stop-at-end", *elasticsearch.options)
    assert run.code == 2, run
    assert queue.status() == {"waiting": 0, "done": 1, "failed": 3}
    jobs = collections.Counter(os.path.basename(one["value"]["path"]) for one in queue.messages())
    assert jobs == {"cut.pcap": 2, "text.pcap": 2, "gone.pcap": 2, "whole.pcap": 1}
    reasons = {json.loads(one["value"]["message"])["path"]: one["value"] for one in queue.messages("-dead-letters")}
    assert {os.path.basename(path) for path in reasons} == {"cut.pcap", "text.pcap", "gone.pcap"}
    assert "there is no such file" in reasons[str(folder / "gone.pcap")]["reason"]
    assert "cut off in the middle" in reasons[str(folder / "cut.pcap")]["reason"]
    for letter in reasons.values():
        job = json.loads(letter["message"])
        assert job["attempt"] == 2 and job["last_failure"] == letter["reason"], letter


def test_a_stranger_s_job_opens_nothing_outside_the_archive(queue, broker, elasticsearch, espcap, tmp_path):
    folder, outside = tmp_path / "archive", tmp_path / "outside.pcap"
    folder.mkdir()
    outside.write_bytes(DNS.read_bytes())
    (folder / "link.pcap").symlink_to(outside)
    for path in (outside, folder / ".." / "outside.pcap", folder / "link.pcap", "/etc/shadow", folder):
        broker.produce(queue.topic, json.dumps({"path": str(path), "bytes": 1, "modified_ms": 1, "attempt": 1}))
    for message in ("no JSON", '{"path":"relative"}', "[" * 10_000, "\0"):
        broker.produce(queue.topic, message)
    run = espcap(*queue.options(folder), "--stop-at-end", *elasticsearch.options)
    assert run.ledger["packets captured"] == 0, run
    assert queue.status()["waiting"] == 0
    assert len(queue.messages("-dead-letters")) == 9


def test_a_member_that_is_killed_loses_no_job(queue, archive, elasticsearch, start_espcap):
    captures, members, kills = (500, 3, 2) if FULL else (40, 2, 1)
    folder, packets = archive(captures)
    queue.enqueue("--dir", folder, "--recursive")

    def start():
        return start_espcap(*queue.options(folder), "--stop-at-end", *elasticsearch.options, "--workers", "1",
                            "--kafka", "session.timeout.ms=6000")
    runs = [start() for _ in range(members)]
    for _ in range(kills):
        before = len(queue.results())
        wait_until(lambda: len(queue.results()) >= min(before + 3, captures), what="more results")
        runs[0].kill()
        runs[0] = start()
    for run in runs:
        assert run.wait(600) == 0, run
    assert count(elasticsearch) == packets
    assert queue.status() == {"waiting": 0, "done": captures, "failed": 0}
    by_path = {result["path"]: result["packets"] for result in queue.results()}
    assert len(by_path) == captures and sum(by_path.values()) == packets


def test_a_stop_leaves_what_is_not_complete(queue, archive, elasticsearch, start_espcap):
    folder, packets = archive(20)
    queue.enqueue("--dir", folder, "--recursive")
    first = start_espcap(*queue.options(folder), *elasticsearch.options)
    wait_until(queue.results, what="a result")
    assert first.stop() == 0, first
    assert queue.status()["failed"] == 0
    second = start_espcap(*queue.options(folder), *elasticsearch.options, "--stop-at-end")
    assert second.wait() == 0, second
    assert count(elasticsearch) == packets
    assert queue.status() == {"waiting": 0, "done": 20, "failed": 0}


def test_the_archive_may_lie_elsewhere(queue, archive, elasticsearch, espcap):
    folder, packets = archive(3)
    queue.enqueue("--dir", folder, "--recursive")
    there = folder.rename(folder.parent / "mounted")
    run = espcap(*queue.options(there), "--archive-map", f"{folder}={there}", "--stop-at-end",
                 *elasticsearch.options)
    assert run.code == 0, run
    assert count(elasticsearch) == packets


def test_brokers_have_credentials_of_their_own(queue, broker, archive, elasticsearch, espcap, tmp_path):
    folder, packets = archive(2)
    secure = ["--kafka", "security.protocol=sasl_ssl", "--kafka", "sasl.mechanism=PLAIN",
              "--kafka", "sasl.username=espcap", "--kafka", f"ssl.ca.location={broker.authority}"]
    address = f"kafka://{broker.sasl}/{queue.topic}"
    enqueued = espcap("enqueue", "--to", address, "--dir", folder, "--recursive", *secure,
                      "--kafka-password-file", broker.password_file)
    assert enqueued.code == 0, enqueued
    jobs = ["--jobs", address, "--group", "archive", "--archive-root", folder, "--stop-at-end",
            *elasticsearch.options, *secure]
    run = espcap(*jobs, "--kafka-password-file", broker.password_file)
    assert run.code == 0, run
    assert count(elasticsearch) == packets
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong", encoding="ascii")
    wrong.chmod(0o600)
    refused = espcap(*jobs, "--kafka-password-file", wrong)
    assert refused.code == 1 and address in refused.err, refused


@pytest.mark.parametrize("arguments,words", [
    (["--jobs", "kafka://b/t", "--archive-root", "/a", "--node", "n"], ["--group NAME"]),
    (["--jobs", "kafka://b/t", "--group", "g", "--node", "n"], ["give --archive-root"]),
    (["--jobs", "kafka://b/t", "--group", "g", "--archive-root", "/a"], ["give --node"]),
    (["--jobs", "kafka://b/t", "--file", "x"], ["leave out --file"]),
    (["--jobs", "b/t", "--group", "g"], ["--jobs"]),
    (["--jobs", "kafka://b/t", "--forward", "kafka://b/u"], ["leave out --jobs or --forward"]),
    (["--group", "g", "--file", "x"], ["--group: there are no jobs"]),
    (["--jobs", "kafka://b/t", "--group", "g", "--archive-root", "/a", "--node", "n", "--spool", "s"], ["--spool"]),
    (["--jobs", "kafka://b/t", "--group", "g", "--archive-root", "/a", "--node", "n", "--count", "1"], ["--count"]),
    (["enqueue", "--to", "kafka://b/t"], ["there is no capture"]),
    (["enqueue", "--to", "b"], ["--to"]),
    (["enqueue", "--to", "kafka://b/t", "--file", "/no/such"], ["/no/such"]),
    (["enqueue", "--status", "--to", "kafka://b/t"], ["--group"]),
])
def test_what_is_wrong_is_said(espcap, arguments, words):
    run = espcap(*arguments)
    assert run.code == 1, run
    for word in words:
        assert word in run.err, run


def test_topics_that_are_missing_are_named(broker, elasticsearch, espcap, tmp_path):
    alone = broker.create_topic()
    run = espcap("--jobs", f"kafka://{broker.plain}/{alone}", "--group", "g", "--archive-root", tmp_path,
                 *elasticsearch.options)
    assert run.code == 1 and f"{alone}-results: there is no such topic" in run.err, run

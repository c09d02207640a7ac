# SPDX-License-Identifier: GPL-2.0-or-later
"""Members of groups that wait for their partitions: until the group has answered, nobody knows that nothing is left."""
import kafka
import pytest
from consumed import Topic
from job_queue import Queue
from project import TEST_PCAPS

HTTP = TEST_PCAPS / "http.pcap"
ANSWER_S = 70  # longer than a member without partitions stays


@pytest.fixture
def slow_broker(tmp_path):
    """Of which a group lets its first members in after ANSWER_S."""
    with kafka.Broker(tmp_path / "kafka", group_initial_rebalance_delay_ms=ANSWER_S * 1000) as broker:
        yield broker


def test_a_member_stays_until_the_group_has_let_it_in(slow_broker, espcap, start_espcap, tmp_path):
    topic, queue = Topic(slow_broker, espcap, partitions=2), Queue(slow_broker, espcap, partitions=4)
    count = topic.forward("--file", HTTP)
    queue.enqueue("--file", HTTP)
    documents = f"kafka://{slow_broker.plain}/{slow_broker.create_topic(1)}"
    runs = [start_espcap(*options, "--stop-at-end", "--output", documents)
            for options in (topic.options, queue.options(TEST_PCAPS))]
    for run in runs:
        assert run.wait(3 * ANSWER_S) == 0, run
        assert (run.ledger["packets captured"], run.ledger["failed"]) == (count, 0), run


def test_a_run_that_ends_reads_what_a_dead_member_had(tmp_path, espcap, start_espcap, large_archive):
    """Both join at once, and have half of the partitions each."""
    archive, ids = large_archive
    with kafka.Broker(tmp_path / "kafka", group_initial_rebalance_delay_ms=5000) as broker:
        topic = Topic(broker, espcap, partitions=4)
        topic.forward("--dir", archive)
        options = [*topic.options, "--kafka", "session.timeout.ms=6000", "--fields", "frame.number", "--output", "/dev/null"]
        dead, run = start_espcap(*options), start_espcap(*options, "--stop-at-end")
        dead.wait_for("reading kafka://")
        dead.kill()
        assert run.wait() == 0, run
        assert topic.lag() == 0, run
        assert run.ledger["packets captured"] > len(ids) // 2, run


def test_a_run_that_ends_works_on_jobs_that_a_dead_member_had(tmp_path, espcap, start_espcap, large_archive):
    """Both join at once, and have half of the jobs each."""
    archive, ids = large_archive
    with kafka.Broker(tmp_path / "kafka", group_initial_rebalance_delay_ms=5000) as broker:
        queue = Queue(broker, espcap, partitions=4)
        queue.enqueue("--dir", archive)
        options = [*queue.options(archive), "--kafka", "session.timeout.ms=6000", "--workers", "1",
                   "--output", f"kafka://{broker.plain}/{broker.create_topic(1)}"]
        dead, run = start_espcap(*options, "--verbose"), start_espcap(*options, "--stop-at-end")
        dead.wait_for(f"reading {archive}")
        dead.kill()
        assert run.wait() == 0, run
        assert queue.status()["waiting"] == 0, run
        assert run.ledger["packets captured"] > len(ids) // 2, run

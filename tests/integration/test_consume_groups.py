# SPDX-License-Identifier: GPL-2.0-or-later
"""Several members of a group on the packets of one topic: partitions change hands, members and brokers are killed, and
each packet has its document, once."""
import collections
import random
import re
import shutil

import kafka
import pytest
from consumed import Topic
from ledger import assert_balanced
from project import FULL
from waiting import bound, wait_until

FAST = ["--kafka", "session.timeout.ms=6000", "--kafka", "heartbeat.interval.ms=500"]
SHAPE = ["--fields", "frame.number", "--chunk-bytes", "256k"]
READING = re.compile(r"reading kafka://\S+, partition (\d+)")


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory):
    """To be killed."""
    with kafka.Broker(tmp_path_factory.mktemp("kafka")) as own:
        yield own


def reads(run, count=1):
    """Until it has been given as many partitions."""
    run.wait_until(lambda: len(READING.findall(run.err)) >= count, what=f"{count} partitions")


def counted(elasticsearch):
    return elasticsearch.count_so_far(elasticsearch.indices)


def again(run, start):
    """As a service manager: a run that found no broker at its start has ended with an error, and is started anew."""
    if not run.code:
        return run
    assert "no broker answers" in run.err, run
    return start()


def assert_each_once(elasticsearch, ids):
    found = collections.Counter(elasticsearch.all_ids(elasticsearch.indices))
    assert found.keys() == set(ids), (len(found), len(ids))
    assert max(found.values()) == 1


def test_members_come_and_go(broker, espcap, start_espcap, elasticsearch, large_archive):
    """What a partition's owner has taken is delivered and committed before it goes: nobody does it again."""
    archive, ids = large_archive
    topic = Topic(broker, espcap, partitions=6)
    topic.forward("--dir", archive)
    arguments = [*topic.options, *elasticsearch.options, *FAST, *SHAPE]
    first = start_espcap(*arguments)
    reads(first, 6)
    wait_until(lambda: counted(elasticsearch) > len(ids) // 20, what="documents")
    second = start_espcap(*arguments)
    reads(second, 3)
    assert first.stop() == 0, first
    reads(second, 6)
    wait_until(lambda: counted(elasticsearch) == len(ids), 300, what="every document")
    wait_until(lambda: topic.lag() == 0, what="every commit")
    assert second.stop() == 0, second
    for run in (first, second):
        assert_balanced(run)
        assert run.ledger.get("already there", 0) == 0, run
    assert_each_once(elasticsearch, ids)


def test_members_that_start_together(broker, espcap, start_espcap, archive):
    """Commits and ends meet rebalances: nothing is dissected twice, and nobody waits for a member that has ended."""
    topic = Topic(broker, espcap, partitions=4)
    sent = sum(topic.forward("--dir", archive) for _ in range(3))
    for turn in range(2):
        # The later a member hears of a rebalance, the longer others wait for it.
        runs = [start_espcap(*topic.options_of(f"turn-{turn}"), "--stop-at-end", "--output", "/dev/null",
                             "--kafka", "heartbeat.interval.ms=3000") for _ in range(2)]
        assert [run.wait(bound(25)) for run in runs] == [0, 0], runs
        assert sum(run.ledger["packets captured"] for run in runs) == sent, runs
        assert not any("commit: " in run.err for run in runs), runs


def test_a_member_that_is_killed(broker, espcap, start_espcap, elasticsearch, large_archive):
    archive, ids = large_archive
    topic = Topic(broker, espcap, partitions=4)
    topic.forward("--dir", archive)
    arguments = [*topic.options, *elasticsearch.options, *FAST, *SHAPE]
    runs = [start_espcap(*arguments) for _ in range(2)]
    for run in runs:
        reads(run, 2)
    wait_until(lambda: counted(elasticsearch) > len(ids) // 10, what="documents")
    runs[0].kill()
    wait_until(lambda: topic.lag() == 0, 300, what="every commit")
    assert runs[1].stop() == 0, runs[1]
    assert_each_once(elasticsearch, ids)


def test_everything_is_killed(own_broker, espcap, start_espcap, elasticsearch, tmp_path, huge_archive, seed):
    """Two forwarders of files, two consumers and the broker, at random; members leave and join."""
    archive, ids = huge_archive
    draw = random.Random(seed)
    kills = 5 if FULL else 1
    topic = Topic(own_broker, espcap, partitions=12)
    halves = [tmp_path / name for name in ("one", "two")]
    for number, path in enumerate(sorted(archive.iterdir())):
        half = halves[number % 2]
        half.mkdir(exist_ok=True)
        shutil.copy(path, half)

    def forward(number):
        return start_espcap("--dir", halves[number], "--forward", topic.address, "--resume", f"{halves[number]}.state",
                            "--chunk-bytes", "256k")

    def consume(*arguments):
        return start_espcap(*topic.options, *elasticsearch.options, *FAST, *SHAPE, *arguments)

    forwarders, consumers = [forward(0), forward(1)], [consume(), consume()]
    deeds = ["forwarder", "consumer", "broker"] * kills + ["leave"] * kills
    draw.shuffle(deeds)
    for step, deed in enumerate(deeds):
        goal = len(ids) * (step + 1) // (2 * len(deeds))
        wait_until(lambda: counted(elasticsearch) >= goal, 300, what=f"{goal} documents")  # pylint: disable=cell-var-from-loop
        number = draw.randrange(2)
        if deed == "forwarder":
            forwarders[number].kill()
            forwarders[number] = forward(number)
        elif deed == "consumer":
            consumers[number].kill()
            consumers[number] = consume()
        elif deed == "broker":
            own_broker.kill()
            own_broker.start()
        else:
            consumers[number].stop()
            consumers[number] = consume()

    def is_indexed():
        forwarders[:] = [again(run, lambda number=number: forward(number)) for number, run in enumerate(forwarders)]
        consumers[:] = [again(run, consume) for run in consumers]
        return counted(elasticsearch) == len(ids)

    wait_until(is_indexed, 600, what="every document", step=1)
    wait_until(lambda: topic.lag() == 0, 120, what="every commit", step=1)
    for run in forwarders:
        assert run.wait() == 0, run
    for run in consumers:
        assert run.stop() == 0, run
    assert_each_once(elasticsearch, ids)

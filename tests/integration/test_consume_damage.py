# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages of a topic that can't be dissected, or whose headers are wrong: they end nothing else, and are kept."""
import json
import subprocess

import forwarded
import pytest
from consumed import HEADERS, Topic, section
from ledger import assert_balanced


def letters_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_damaged_message_ends_nothing_else(broker, espcap, tmp_path):
    """What can be read of it is read; it is kept with its place and the reason, and then committed."""
    topic = Topic(broker, espcap, partitions=1)
    whole = section(b"\2" * 60, b"\3" * 60)
    damaged = [b"no capture", whole[:-7], b"\0" * 100]
    for value in (whole, *damaged, whole):
        topic.produce(value)
    run = espcap(*topic.options, "--stop-at-end", "--format", "bulk", "--dead-letters", tmp_path / "letters")
    assert run.code == 2, run
    assert len(set(run.ids())) == 5, run
    letters = letters_of(tmp_path / "letters")
    assert [one["kafka"] for one in letters] == [{"topic": topic.name, "partition": 0, "offset": offset}
                                                 for offset in (1, 2, 3)]
    assert [subprocess.run(["base64", "-d"], input=one["value"].encode(), stdout=subprocess.PIPE, check=True).stdout
            for one in letters] == damaged
    assert all(one["reason"] in run.err for one in letters), run
    assert topic.lag() == 0
    again = espcap(*topic.options, "--stop-at-end", "--format", "bulk", "--dead-letters", tmp_path / "letters")
    assert again.code == 0 and again.ledger["packets captured"] == 0, again


@pytest.mark.parametrize("changes, words", [
    ({"espcap": "2"}, "its header espcap has a version that isn't known"),
    ({"capture": "short"}, "its header capture"),
    ({"packets": "x"}, "its header packets"),
    ({"packets": "2"}, "its header records"),
    ({"packets": "99999999999"}, "its header packets"),
    ({"records": ""}, "its header records"),
    ({"sensor": "s" * 300}, "its header sensor is too long"),
    ({"file": "/" + "f" * 5000}, "its header file is too long"),
    ({"packets": "2", "records": "\5\1"}, "it has 1 packets, and 2 by its headers"),
])
def test_headers_are_not_believed(broker, espcap, changes, words):
    topic = Topic(broker, espcap, partitions=1)
    letters = broker.create_topic(partitions=1)
    topic.produce(section(b"\2" * 60), {**HEADERS, **changes})
    topic.produce(section(b"\2" * 60), HEADERS)
    run = espcap(*topic.options, "--stop-at-end", "--format", "bulk", "--dead-letter-topic", letters)
    assert run.code == 2 and words in run.err, run
    assert "A" * 22 + "-5" in run.ids(), run
    told = forwarded.consume(broker, letters, "-f", "%h").decode(errors="replace")
    assert f"topic={topic.name},partition=0,offset=0," in told and f"reason={words}" in told, told
    assert forwarded.consume(broker, letters, "-D", "") == section(b"\2" * 60)
    assert topic.lag() == 0


def test_more_packets_than_the_headers_say(broker, espcap, tmp_path):
    """Their documents could have ids of others."""
    topic = Topic(broker, espcap, partitions=1)
    topic.produce(section(b"\2" * 60, b"\3" * 60), HEADERS)
    run = espcap(*topic.options, "--stop-at-end", "--format", "bulk", "--dead-letters", tmp_path / "letters")
    assert run.code == 2 and "it has more than the 1 packets of its headers" in run.err, run
    assert run.ids() == ["A" * 22 + "-5"]
    assert len(letters_of(tmp_path / "letters")) == 1


def test_packets_that_nobody_could_read_have_an_outcome(broker, espcap, tmp_path):
    topic = Topic(broker, espcap, partitions=1)
    cut = section(b"\2" * 60, b"\3" * 60, b"\4" * 60)[:-60]
    topic.produce(cut, {**HEADERS, "packets": "3", "records": "\5\1\1"})
    run = espcap(*topic.options, "--stop-at-end", "--format", "bulk", "--dead-letters", tmp_path / "letters")
    assert run.code == 2, run
    assert run.ledger["packets captured"] == 3 and run.ledger["dead letters"] == 1, run
    assert_balanced(run)

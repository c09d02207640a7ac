# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that an earlier release has left behind: today's program goes on where it ended."""
import shutil

import pytest
from delivery import assert_all_landed, letters, segment_bytes
from project import ROOT
from release_files import OPTIONS, PREFIX, files, relay
from shared_server import Namespace

LEFT = ROOT / "tests" / "fixtures" / "f216050"


@pytest.fixture
def left(tmp_path):
    """Copies of the files."""
    return shutil.copytree(LEFT, tmp_path / "left")


@pytest.fixture
def server(elasticsearch_node):
    """A real Elasticsearch where those files say that one is."""
    with relay(elasticsearch_node), Namespace(elasticsearch_node, PREFIX) as own:
        own.clear()  # what a run left there that was killed
        yield own


@pytest.fixture
def ids(espcap):
    """ids("arp", …): of the documents that today's program makes of these captures."""
    return lambda *captures: [one for capture in captures for one in espcap(*files(capture), "--format", "bulk").ids()]


@pytest.mark.parametrize("state, skipped, rest", [("finished.state", 2, ["nanosecond"]),
                                                  ("partly-finished.state", 1, ["cooked", "nanosecond"])])
def test_resume_takes_what_was_not_settled(state, skipped, rest, server, left, espcap, ids):
    arguments = [*files("arp", "cooked", "nanosecond"), *OPTIONS, "--resume", left / state]
    run = espcap(*arguments)
    assert run.code == 0, run
    assert f"{skipped} captures skipped: an earlier run has settled them" in run.err
    assert_all_landed(server, ids(*rest))
    again = espcap(*arguments)
    assert again.code == 0 and "3 captures skipped" in again.err, again
    assert again.ledger["packets captured"] == 0


def test_a_spool_is_delivered(server, left, espcap, ids):
    """In addition to the run's own documents, and without the batch that was marked as settled."""
    spool = left / "spool"
    run = espcap(*files("arp"), *OPTIONS, "--spool", spool)
    assert run.code == 0, run
    assert "damaged" not in run.err, run
    assert_all_landed(server, ids("arp") + ids("icmp")[10:])
    assert segment_bytes(spool) == 0


def test_dead_letters_are_sent(server, left, espcap, ids):
    dead = left / "dead-letters"
    kept = letters(dead)
    assert len(kept) == 4 and {letter["id"] for letter in kept} <= set(ids("dns"))
    run = espcap("resend", dead, *OPTIONS[:2])
    assert run.code == 0, run
    assert letters(dead) == []
    assert_all_landed(server, [letter["id"] for letter in kept])
    for letter in kept:
        _, found = server.request("GET", f"/{letter['index']}/_doc/{letter['id']}")
        assert found["_source"] == letter["document"]

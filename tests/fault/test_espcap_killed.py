# SPDX-License-Identifier: GPL-2.0-or-later
"""espcap itself crashes, at any moment, and is started again: every document is there, once."""
import os
import random
import threading
import time

import pytest
import server
from delivery import assert_all_landed, segment_bytes, segments
from documents import ids_of
from project import FULL, TEST_PCAPS
from server import Server
from waiting import assert_stays, wait_until

ARP = TEST_PCAPS / "arp.pcap"
KILLS = 10 if FULL else 3


class Crashes(threading.Thread):
    """The server dies and comes back meanwhile: three times, in the short form once."""

    def __init__(self, node, generator):
        super().__init__()
        self.node = node
        self.moments = [generator.uniform(1, 4) for _ in range(3 if FULL else 1)]
        self.ended = threading.Event()

    def run(self):
        for moment in self.moments:
            if self.ended.wait(moment):
                return
            self.node.kill()
            self.node.start()

    def stop(self):
        self.ended.set()
        self.join()


@pytest.mark.parametrize("kind", server.KINDS[1:])
def test_espcap_is_killed_at_random_moments(kind, tmp_path, large_archive, start_espcap, seed):
    folder, ids = large_archive
    generator = random.Random(seed)
    arguments = ["--dir", folder, "--chunk", 200, "--spool", tmp_path / "spool", "--resume",
                 tmp_path / "state", "--dead-letters", tmp_path / "dead"]
    with Server(tmp_path / "node", kind=kind) as node:
        crashes = Crashes(node, generator)
        crashes.start()
        try:
            for _ in range(KILLS):
                # Also while it starts, and while it looks through its spool.
                moment = generator.choice([generator.uniform(0, 0.6), generator.uniform(0.6, 3)])
                with start_espcap(*arguments, *node.options) as run:
                    time.sleep(moment)
                    assert run.code in (None, 0), run
        finally:
            crashes.stop()
        with start_espcap(*arguments, *node.options) as run:
            assert run.wait() == 0, run
        assert_all_landed(node, ids)
        assert not (tmp_path / "dead").exists() or (tmp_path / "dead").read_bytes() == b""
        assert run.ledger.get("failed", 0) == 0


def test_what_was_spooled_is_delivered_by_the_next_run(tmp_path, elasticsearch, small_archive,
                                                       start_espcap, proxy, espcap):
    """Which has other captures: only the spool has these."""
    folder, ids = small_archive
    spool = tmp_path / "spool"
    with start_espcap("--dir", folder, *proxy.options, "--chunk", 100, "--spool", spool) as run:
        wait_until(lambda: proxy.requests >= 1)
        proxy.refuse()
        wait_until(lambda: segment_bytes(spool) > 0)
        assert_stays(run.runs, 2, state=run.__repr__)
    before = elasticsearch.count(elasticsearch.indices)
    proxy.listen()
    other = ids_of(espcap("--file", ARP, "--format", "bulk").out)
    run = espcap("--file", ARP, *proxy.options, "--spool", spool)
    assert run.code == 0, run
    landed = elasticsearch.all_ids(elasticsearch.indices)
    assert len(set(landed)) == len(landed) > before + len(other)
    assert set(other) <= set(landed) <= set(ids) | set(other)
    # Settled segments are gone; one may be left that is still to be filled.
    assert segment_bytes(spool) < 4096


def test_a_torn_end_of_the_spool(tmp_path, elasticsearch, small_archive, start_espcap, proxy, espcap):
    """As a power failure leaves it: told, and all before it is delivered."""
    folder, ids = small_archive
    spool = tmp_path / "spool"
    with start_espcap("--dir", folder, *proxy.options, "--chunk", 100, "--spool", spool) as run:
        wait_until(lambda: proxy.requests >= 1)
        proxy.refuse()
        wait_until(lambda: segment_bytes(spool) > 100_000)
    newest = max(segments(spool), key=lambda path: path.name)
    os.truncate(newest, newest.stat().st_size - 100)
    proxy.listen()
    run = espcap("--file", ARP, *proxy.options, "--spool", spool)
    landed = elasticsearch.all_ids(elasticsearch.indices)
    assert len(set(landed)) == len(landed)
    other = ids_of(espcap("--file", ARP, "--format", "bulk").out)
    assert set(other) < set(landed) <= set(ids) | set(other), run
    assert "spool" in run.err and newest.name in run.err, run

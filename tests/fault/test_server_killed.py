# SPDX-License-Identifier: GPL-2.0-or-later
"""The server crashes under a long run: every document is there, once."""
import random
import time

import pytest
import server
from delivery import assert_all_landed
from project import FULL
from server import Server
from waiting import assert_stays, wait_until

KILLS = 3 if FULL else 1


@pytest.mark.parametrize("kind", server.KINDS)
def test_a_server_that_crashes(kind, tmp_path, large_archive, start_espcap, seed):
    folder, ids = large_archive
    generator = random.Random(seed)
    with Server(tmp_path / "node", kind=kind) as node:
        with start_espcap("--dir", folder, *node.options, "--chunk", 500, "--spool",
                          tmp_path / "spool") as run:
            for number in range(KILLS):
                # Spread over the run: with three at a quarter, a half and three quarters of the documents.
                share = len(ids) * (number + 1) // (KILLS + 1)
                wait_until(lambda share=share: node.count_so_far(node.indices) >= share or not run.runs(),
                           step=0.3)
                assert run.runs(), run
                node.kill()
                time.sleep(generator.uniform(0, 1))
                node.start()
            assert run.wait() == 0, run
        assert_all_landed(node, ids)
        counts = run.ledger
        # What the server had taken when it died, and had no time to say so, is there already.
        assert counts["packets captured"] == len(ids) == counts["indexed"] + counts["already there"]


def test_a_server_that_comes_up_later(tmp_path, small_archive, start_espcap):
    """Connections are refused while espcap starts."""
    folder, ids = small_archive
    node = Server(tmp_path / "node").start()
    node.kill()
    try:
        with start_espcap("--dir", folder, *node.options, "--spool", tmp_path / "spool") as run:
            assert_stays(run.runs, 2, state=run.__repr__)
            node.start()
            assert run.wait() == 0, run
        assert_all_landed(node, ids)
        assert run.ledger["indexed"] + run.ledger["already there"] == len(ids)
    finally:
        node.remove()

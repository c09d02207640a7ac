# SPDX-License-Identifier: GPL-2.0-or-later
"""A cluster of two real nodes, one of which dies and comes back under load."""
import time

import pytest
from delivery import assert_all_landed
from ports import free_ports
from server import Server
from waiting import wait_until


def state(node):
    _, health = node.request("GET", "/_cluster/health")
    return health["number_of_nodes"], health["status"]


@pytest.fixture
def cluster(tmp_path):
    """(master, second node, which holds copies only)."""
    transport, = free_ports(1)
    shared = ("discovery.type=multi-node",)
    with Server(tmp_path / "one", *shared, f"transport.port={transport}",
                "cluster.initial_master_nodes=espcap-test") as one, \
            Server(tmp_path / "two", *shared, "node.name=second", "node.roles=data,ingest",
                   f"discovery.seed_hosts=127.0.0.1:{transport}") as two:
        wait_until(lambda: state(one)[0] == 2)
        yield one, two


def test_one_of_two_nodes_dies_and_comes_back(cluster, large_archive, start_espcap, tmp_path):
    """What the cluster has acknowledged is on both, so that nothing is lost with one."""
    one, two = cluster
    folder, ids = large_archive
    run = start_espcap("--dir", folder, *one.options, "--node", two.url, "--chunk", 250,
                       "--spool", tmp_path / "spool")
    deaths = 0
    for share in (0.1, 0.5):
        # Not before there is a second copy of what the node has.
        wait_until(lambda share=share: one.count_so_far(one.indices) >= share * len(ids) or not run.runs(),
                   step=0.3)
        wait_until(lambda: state(one) == (2, "green") or not run.runs())
        if not run.runs():  # a quick machine has done it all by the second time
            break
        deaths += 1
        two.kill()
        time.sleep(1)
        two.start()
    assert deaths > 0
    assert run.wait(180) == 0, run
    wait_until(lambda: state(one) == (2, "green"))
    assert_all_landed(one, ids)
    assert run.ledger["indexed"] + run.ledger["already there"] == len(ids)

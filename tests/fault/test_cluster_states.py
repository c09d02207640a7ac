# SPDX-License-Identifier: GPL-2.0-or-later
"""States of a cluster that pass are no faults of documents: they are waited for, and health says so meanwhile."""
import contextlib
import struct

import pytest
import server
from captures import PCAP_HEADER, packets_of
from delivery import assert_all_landed, letters
from fault_cells import REQUESTS, SOURCES, Fault, assert_cell
from fault_table import CLUSTER, cells_of, name_of
from project import FULL, TEST_PCAPS
from server import Server
from waiting import wait_until

ARP = TEST_PCAPS / "arp.pcap"


@contextlib.contextmanager
def setting(node, name, value):
    assert node.request("PUT", "/_cluster/settings", {"persistent": {name: value}})[0] == 200
    try:
        yield
    finally:
        assert node.request("PUT", "/_cluster/settings", {"persistent": {name: None}})[0] == 200


def full_shards(node):
    """As many shards as there are already."""
    assert node.request("PUT", "/other", {"settings": {"number_of_replicas": 0}})[0] == 200
    return setting(node, "cluster.max_shards_per_node", 1)


STATES = {"full_shards": (full_shards, server.KINDS, "shards")}
CASES = [(name, kind, spool)
         for name, row in STATES.items() for place, kind in enumerate(row[1]) for spool in (False, True)
         if FULL or spool == bool(place % 2)]


@pytest.mark.parametrize("state, kind, spool", CASES)
def test_it_is_waited_for(state, kind, spool, nodes_to_break, espcap, start_espcap, tmp_path):
    make, _, reason = STATES[state]
    node, dead = nodes_to_break(kind), tmp_path / "dead"
    ids = espcap("--file", ARP, "--format", "bulk").ids()
    spooling = ["--spool", tmp_path / "spool"] if spool else []
    with make(node):
        run = start_espcap("--file", ARP, *node.options, "--dead-letters", dead, "--metrics", "0", *spooling)
        metrics = run.metrics()
        wait_until(lambda: "accepts no documents" in metrics.get("/healthz")[1], state=lambda: str(run))
        code, text = metrics.get("/healthz")
        assert code == 503 and reason in text, text
        run.wait_for("they are sent again")
    assert run.wait() == 0, run
    assert_all_landed(node, ids)
    assert letters(dead) == []


class FullShards(Fault):
    from_the_start = True

    def __init__(self, node, stack):
        self._stack = stack
        stack.enter_context(full_shards(node))
        self.arguments = [*node.options, *REQUESTS]

    def end(self, run):
        self._stack.close()


@pytest.mark.parametrize("fault, mode", cells_of(CLUSTER), ids=name_of)
def test_fault(fault, mode, request, nodes_to_break, start_espcap, environment, tmp_path):
    """Of the table of faults (tests/support/fault_table.py)."""
    node = nodes_to_break("elasticsearch")
    needs = {"network": request.getfixturevalue("network")} if mode == "live" else {}
    spooling = ["--spool", tmp_path / "spool"] if mode == "spool" else []
    with contextlib.ExitStack() as stack:
        assert_cell((fault, mode), SOURCES[mode](tmp_path, **needs), FullShards(node, stack), start_espcap, environment,
                    lambda: node.all_sources(node.indices), *spooling)


@pytest.mark.parametrize("kind", server.KINDS)
def test_an_index_that_may_not_be_made(kind, tmp_path, start_espcap, espcap):
    """404 for each document, until somebody makes the index."""
    ids = espcap("--file", ARP, "--format", "bulk").ids()
    with Server(tmp_path / "node", "action.auto_create_index=false", kind=kind) as node:
        run = start_espcap("--file", ARP, *node.options, "--metrics", "0")
        run.wait_for("documents are refused for now with 404")
        assert run.metrics().get("/healthz")[0] == 503
        index = "packets-" + run.err.split("no such index [packets-")[1].split("]")[0]
        assert node.request("PUT", f"/{index}")[0] == 200
        assert run.wait() == 0, run
        assert_all_landed(node, ids)


def test_damaged_times_make_no_number_of_indices(elasticsearch, espcap, tmp_path):
    """A packet a day for a thousand days: a bounded number of indices, and one for the rest; nothing is lost."""
    capture = tmp_path / "odd.pcap"
    with open(capture, "wb") as stream:
        stream.write(PCAP_HEADER)
        packet = packets_of(ARP)[0]
        for day in range(1000):
            stream.write(struct.pack("<IIII", day * 86_400, 0, len(packet), len(packet)) + packet)
    run = espcap("--file", capture, *elasticsearch.options, "--max-indices", 5)
    assert run.code == 0, run
    rest = f"{elasticsearch.prefix}-implausible-times"
    assert f"995 documents went to {rest}" in run.err, run
    assert elasticsearch.count(rest) == 995 and elasticsearch.count(elasticsearch.indices) == 1000

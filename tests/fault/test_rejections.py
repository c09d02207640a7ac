# SPDX-License-Identifier: GPL-2.0-or-later
"""A server that has too much to do, no room, or takes smaller requests only: everything lands in the end."""
import gzip
import json

import pytest
import server
from captures import write_pcap
from delivery import assert_all_landed, letters
from documents import ids_of
from fault_proxy import FaultProxy
from project import TEST_PCAPS
from server import Server
from waiting import assert_stays, wait_until

both = pytest.mark.parametrize("kind", server.KINDS)


def item_statuses(proxy):
    """Of all documents in all answers that came through."""
    def plain(body):
        return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body

    return [next(iter(item.values()))["status"] for _, status, body in proxy.replies
            if status == 200 for item in json.loads(plain(body)).get("items", [])]


def request_statuses(proxy):
    return [status for path, status, _ in proxy.replies if path.startswith("/_bulk")]


@pytest.fixture(scope="module", params=server.KINDS)
def pressed(request, tmp_path_factory):
    """A server that takes 250 kB at a time, all requests together."""
    with Server(tmp_path_factory.mktemp("pressed"), "indexing_pressure.memory.limit=250kb",
                kind=request.param) as node:
        yield node


# Alone, or all of them at once: a request that is larger than the limit would be refused for ever.
@pytest.mark.parametrize("chunk_bytes, concurrency", [("200k", 8), ("1M", 1)])
def test_indexing_pressure(chunk_bytes, concurrency, pressed, small_archive, start_espcap):
    folder, ids = small_archive
    pressed.clear()
    with FaultProxy(pressed.port) as proxy:
        run = start_espcap("--dir", folder, *proxy.options, "--chunk-bytes", chunk_bytes,
                           "--concurrency", concurrency)
        assert run.wait() == 0, run
        assert 429 in request_statuses(proxy)
    assert_all_landed(pressed, ids)
    assert run.ledger["indexed"] == len(ids)


@both
def test_a_full_queue(kind, tmp_path, small_archive, start_espcap):
    """Single documents are refused, and only those are sent again."""
    folder, ids = small_archive
    settings = ("thread_pool.write.size=1", "thread_pool.write.queue_size=1")
    with Server(tmp_path / "node", *settings, kind=kind) as node, FaultProxy(node.port) as proxy:
        # Each request goes to many indices, and each of them takes a place in the queue.
        run = start_espcap("--dir", folder, *proxy.options, "--chunk", 400, "--workers", 2,
                           "--no-ordered", "--concurrency", 4,
                           "--index", "packets-%Y-%m-%d-%H-%M-%S")
        assert run.wait() == 0, run
        assert_all_landed(node, ids)
        statuses = item_statuses(proxy)
        assert statuses.count(429) > 0
        assert statuses.count(201) == len(ids)
        assert statuses.count(409) == 0  # what has landed isn't sent again
        assert run.ledger["indexed"] == len(ids)


def test_a_flood_stage_block(any_server_to_break, large_archive, start_espcap):
    """Set in the middle of a run, when both indices are there, and lifted."""
    node = any_server_to_break
    folder, ids = large_archive
    run = start_espcap("--dir", folder, *node.options)
    wait_until(lambda: node.count_so_far(node.indices) > 0.3 * len(ids) or not run.runs(),
               step=0.3)
    name = "index.blocks.read_only_allow_delete"
    assert node.request("PUT", f"/{node.indices}/_settings", {name: True})[0] == 200
    # Requests that were on their way may still be taken.
    counts = [-2, -1]

    def stands_still():
        counts.append(node.count(node.indices))
        return counts[-2] == counts[-1]

    wait_until(stands_still, step=2)
    assert counts[-1] < len(ids) and run.runs(), run
    assert node.request("PUT", f"/{node.indices}/_settings", {name: None})[0] == 200
    assert run.wait() == 0, run
    assert_all_landed(node, ids)
    assert run.ledger["indexed"] == len(ids)


@pytest.mark.parametrize("block", ["index.blocks.write", "index.blocks.read_only"])
def test_a_block_with_status_403(block, elasticsearch_to_break, small_archive, start_espcap, espcap):
    """It isn't the credentials' fault."""
    node = elasticsearch_to_break
    folder, ids = small_archive
    assert espcap("--file", folder / "0000.pcap", "--count", 1, *node.options).code == 0
    assert node.request("PUT", f"/{node.indices}/_settings", {block: True})[0] == 200
    run = start_espcap("--dir", folder, *node.options)
    assert_stays(run.runs, 2, state=run.__repr__)
    assert node.request("PUT", f"/{node.indices}/_settings", {block: None})[0] == 200
    assert run.wait() == 0, run
    assert_all_landed(node, ids)


def test_a_cluster_block(elasticsearch_to_break, small_archive, start_espcap):
    """403 for the whole request, and no fault of the credentials either."""
    node = elasticsearch_to_break
    folder, ids = small_archive
    block = {"persistent": {"cluster.blocks.read_only_allow_delete": True}}
    with FaultProxy(node.port) as proxy:
        run = start_espcap("--dir", folder, *proxy.options, "--chunk", 50, "--concurrency", 1)
        wait_until(lambda: proxy.requests > 3 or not run.runs())
        assert node.request("PUT", "/_cluster/settings", block)[0] == 200
        try:
            run.wait_until(lambda: 403 in request_statuses(proxy))
            assert_stays(run.runs, 2, state=run.__repr__)
        finally:
            block["persistent"]["cluster.blocks.read_only_allow_delete"] = None
            assert node.request("PUT", "/_cluster/settings", block)[0] == 200
        assert run.wait() == 0, run
        assert 403 in request_statuses(proxy)
        assert_all_landed(node, ids)


@pytest.fixture(scope="module", params=server.KINDS)
def small_requests(request, tmp_path_factory):
    """A server that takes requests of 1 MB."""
    with Server(tmp_path_factory.mktemp("small"), "http.max_content_length=1mb",
                kind=request.param) as node:
        yield node


@pytest.mark.parametrize("compress", ["--compress", "--no-compress"])
def test_requests_that_are_too_large(compress, small_requests, start_espcap, espcap, tmp_path):
    """413: batches are split, and the limit is learned from it."""
    data = (TEST_PCAPS / "http.pcap").read_bytes()
    capture = tmp_path / "large.pcap"
    capture.write_bytes(data[:24] + data[24:] * 15)  # 1560 packets, some 12 MB of JSON
    ids = ids_of(espcap("--file", capture, "--format", "bulk").out)
    small_requests.clear()
    with FaultProxy(small_requests.port) as proxy:
        run = start_espcap("--file", capture, *proxy.options, "--chunk", 2000, "--workers", 1,
                           compress)
        assert run.wait() == 0, run
        statuses = request_statuses(proxy)
    assert_all_landed(small_requests, ids)
    assert run.ledger["indexed"] == len(ids)
    assert 0 < statuses.count(413) <= 8, statuses


def test_a_document_that_is_too_large(small_requests, start_espcap, espcap, tmp_path):
    """One is kept in the dead letters, and those around it land."""
    small_requests.clear()
    ethernet = bytes.fromhex("020000000001 020000000002 88b5")
    large, small = ethernet + bytes(250_000), ethernet + bytes(100)
    write_pcap(tmp_path / "a.pcap", [small] * 20 + [large] + [small] * 20)
    dead = tmp_path / "dead"
    run = start_espcap("--file", "a.pcap", "--hex", *small_requests.options, "--max-document-bytes", "32M",
                       "--dead-letters", dead, "--no-provenance")
    assert run.wait() == 2, run
    lines = espcap("--file", tmp_path / "a.pcap", "--hex", "--format", "bulk").out
    ids = ids_of(lines)
    assert len(lines.splitlines()[41]) > 1 << 20
    assert_all_landed(small_requests, ids[:20] + ids[21:])
    assert run.ledger["dead letters"] == 1
    letter, = letters(dead)
    assert letter["id"] == ids[20] and letter["status"] == 413
    assert letter["document"] == json.loads(lines.splitlines()[41])

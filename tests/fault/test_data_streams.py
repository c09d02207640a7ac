# SPDX-License-Identifier: GPL-2.0-or-later
"""A data stream that is rolled over between a request, whose answer is lost, and the next try: an id is unique in one
index only, so the server itself would take the documents twice."""
import itertools

import pytest
from fault_proxy import Answer, FaultProxy, Pass
from project import TEST_PCAPS
from server import KINDS, Server

DNS = TEST_PCAPS / "dns.pcap"
PACKETS = 92
NAMES = (f"stream-{number}" for number in itertools.count())


@pytest.fixture(scope="module", params=KINDS)
def node(request, tmp_path_factory):
    """Elasticsearch without its commercial part makes data streams, and can't delete them."""
    with Server(tmp_path_factory.mktemp("server"), kind=request.param) as server:
        yield server


@pytest.fixture
def stream(node, espcap):
    name = next(NAMES)
    assert espcap("template", "--data-stream", name, "--node", node.url, "--install").code == 0
    return name


class Lost:
    """The server has the documents; the stream is rolled over, `rollovers` times; the answer is lost."""

    def __init__(self, node, stream, rollovers=1):
        self.node, self.stream, self.rollovers = node, stream, rollovers

    def __call__(self, exchange):
        exchange.forward()
        for _ in range(self.rollovers):
            status, answer = self.node.request("POST", f"/{self.stream}/_rollover")
            assert status == 200 and answer["rolled_over"], answer
        exchange.cut(True)


def indices_of(node, stream):
    status, answer = node.request("GET", f"/_resolve/index/{stream}")
    return answer["data_streams"][0]["backing_indices"] if status == 200 and answer["data_streams"] else []


@pytest.mark.parametrize("rollovers", [0, 1, 2])
@pytest.mark.parametrize("chunk", [1000, 20])
def test_each_document_is_there_once(rollovers, chunk, node, stream, espcap):
    with FaultProxy(node.port) as proxy:
        proxy.next(Pass(), Lost(node, stream, rollovers)) if chunk < PACKETS else proxy.next(Lost(node, stream, rollovers))
        run = espcap("--file", DNS, "--node", f"http://127.0.0.1:{proxy.port}", "--index", stream, "--chunk", chunk)
    assert run.code == 0, run
    assert len(indices_of(node, stream)) == 1 + rollovers
    assert node.count(stream) == PACKETS
    assert run.ledger["indexed"] + run.ledger["already there"] == PACKETS
    assert run.ledger["already there"] == min(chunk, PACKETS)


def test_a_request_that_never_arrived_is_sent(node, stream, espcap):
    """Though there are earlier indices, none of which has its documents."""
    assert espcap("--file", TEST_PCAPS / "icmp.pcap", "--node", node.url, "--index", stream).code == 0
    assert node.request("POST", f"/{stream}/_rollover")[0] == 200
    before = node.count(stream)
    with FaultProxy(node.port) as proxy:
        proxy.next(Answer(503))
        run = espcap("--file", DNS, "--node", f"http://127.0.0.1:{proxy.port}", "--index", stream)
    assert run.code == 0 and run.ledger["indexed"] == PACKETS, run
    assert node.count(stream) == before + PACKETS


@pytest.mark.parametrize("asked", ["/_resolve/index/", "/_mget"])
def test_where_the_server_does_not_tell(asked, node, stream, espcap):
    """Without the right to read, they are there twice: docs/delivery.md says so. None is lost."""
    with FaultProxy(node.port, strikes=lambda path: path.startswith(("/_bulk", asked))) as proxy:
        lost, refused = Lost(node, stream), Answer(403)
        is_first = iter([True])
        proxy.always(lambda exchange: (
            refused(exchange) if exchange.path.startswith(asked) and len(indices_of(node, stream)) > 1 else
            lost(exchange) if exchange.path.startswith("/_bulk") and next(is_first, False) else Pass()(exchange)))
        run = espcap("--file", DNS, "--node", f"http://127.0.0.1:{proxy.port}", "--index", stream)
    assert run.code == 0 and run.ledger["indexed"] == PACKETS, run
    assert node.count(stream) == 2 * PACKETS

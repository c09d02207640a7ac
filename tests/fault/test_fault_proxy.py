# SPDX-License-Identifier: GPL-2.0-or-later
"""The proxy that the other tests break things with, itself: what the client sees, and what the server has."""
import concurrent.futures
import contextlib
import gzip
import http.client
import json
import socket
import time

import pytest
from fault_proxy import Answer, CutRequest, CutResponse, Delay, FaultProxy, Garbage, Hang
from waiting import WAIT_S, assert_stays, wait_until

NDJSON = {"Content-Type": "application/x-ndjson"}


def index_of(proxy):
    """A name that is the test's own, as those that espcap would get."""
    return proxy.index.partition("-")[0] + "-p"


def bulk(proxy, *names, timeout=30, headers=None, encode=bytes):
    """(status, headers, body) of a request with these documents."""
    lines = "".join(f'{{"create":{{"_index":"{index_of(proxy)}","_id":"{name}"}}}}\n{{"n":"{"x" * 500}"}}\n'
                    for name in names)
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=timeout)
    with contextlib.closing(connection):
        connection.request("POST", "/_bulk", encode(lines.encode()), {**NDJSON, **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def statuses(answer):
    return [item["create"]["status"] for item in json.loads(answer[2])["items"]]


def test_without_a_fault_it_passes_all_on(proxy, elasticsearch):
    assert statuses(bulk(proxy, "a", "b")) == [201, 201]
    assert statuses(bulk(proxy, "c", encode=gzip.compress,
                         headers={"Content-Encoding": "gzip"})) == [201]
    assert elasticsearch.count(elasticsearch.named("p")) == 3
    assert proxy.requests == 2 and proxy.struck["Pass"] == 2
    assert [status for _, status, _ in proxy.replies] == [200, 200]


def test_one_connection_carries_many_requests(proxy):
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
    with contextlib.closing(connection):
        proxy.next(Answer(503), Answer(502, forwards=True))
        seen = []
        for method, path in (("GET", "/"), ("POST", "/_bulk"), ("POST", "/_bulk"), ("HEAD", "/")):
            connection.request(method, path, b"" if method != "POST" else b"x\n" * 1000, NDJSON)
            answer = connection.getresponse()
            answer.read()
            seen.append(answer.status)
    assert seen == [200, 503, 502, 200]


def test_a_client_may_wait_for_leave_to_send(proxy):
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as client:
        body = b'{"create":{"_index":"%s"}}\n{"n":1}\n' % index_of(proxy).encode()
        client.sendall(b"POST /_bulk HTTP/1.1\r\nExpect: 100-continue\r\n"
                       b"Content-Type: application/x-ndjson\r\n"
                       b"Content-Length: %d\r\n\r\n" % len(body))
        assert client.recv(100).startswith(b"HTTP/1.1 100 ")
        client.sendall(body)
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_delay(proxy, elasticsearch):
    proxy.next(Delay(1))
    begun = time.monotonic()
    assert statuses(bulk(proxy, "a")) == [201]
    assert time.monotonic() - begun >= 1
    assert elasticsearch.count(elasticsearch.named("p")) == 1


@pytest.mark.parametrize("reset", [True, False])
def test_a_cut_request_reaches_the_server_in_part_only(reset, proxy, elasticsearch):
    proxy.next(CutRequest(reset=reset))
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        bulk(proxy, *"abcdef")
    assert elasticsearch.request("GET", "/" + elasticsearch.named("p"))[0] == 404
    assert statuses(bulk(proxy, "a")) == [201]


@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize("share", [0, 0.5, 0.95])
def test_a_cut_response_comes_after_the_deed(share, reset, proxy, elasticsearch):
    proxy.next(CutResponse(share, reset))
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        bulk(proxy, "a")
    assert elasticsearch.count(elasticsearch.named("p")) == 1
    assert statuses(bulk(proxy, "a")) == [409]


@pytest.mark.parametrize("forwards", [True, False])
@pytest.mark.parametrize("status, retry_after", [(502, None), (503, 7), (504, None), (429, 1)])
def test_answers_of_its_own(status, retry_after, forwards, proxy, elasticsearch):
    proxy.next(Answer(status, retry_after, forwards))
    answer = bulk(proxy, "a")
    assert answer[0] == status
    assert answer[1].get("Retry-After") == (None if retry_after is None else str(retry_after))
    assert statuses(bulk(proxy, "a")) == [409 if forwards else 201]
    assert elasticsearch.count(elasticsearch.named("p")) == 1


@pytest.mark.parametrize("kind, check", [
    ("html", lambda body: body.startswith(b"<html>")),
    ("empty", lambda body: body == b""),
    ("cut", lambda body: body.startswith(b'{"') and not body.endswith(b"}")),
    ("fewer", lambda body: len(json.loads(body)["items"]) == 1),
    ("more", lambda body: len(json.loads(body)["items"]) == 3),
    ("none", lambda body: json.loads(body)["items"] == []),
    ("other", lambda body: "items" not in json.loads(body)),
])
def test_garbage(kind, check, proxy, elasticsearch):
    assert kind in Garbage.KINDS
    proxy.next(Garbage(kind))
    status, _, body = bulk(proxy, "a", "b")
    assert status == 200 and check(body), body
    assert elasticsearch.count(elasticsearch.named("p")) == 2


def test_garbage_without_the_server(proxy, elasticsearch):
    proxy.next(Garbage("html", forwards=False))
    assert bulk(proxy, "a")[0] == 200
    assert elasticsearch.request("GET", "/" + elasticsearch.named("p"))[0] == 404


@pytest.mark.parametrize("forwards", [True, False])
def test_hang(forwards, proxy, elasticsearch):
    proxy.always(Hang(forwards))
    with pytest.raises(TimeoutError):
        bulk(proxy, "a", timeout=1)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(bulk, proxy, "b")
        assert_stays(lambda: not waiting.done(), 0.5)
        proxy.heal()
        assert isinstance(waiting.exception(WAIT_S), http.client.RemoteDisconnected)
    assert statuses(bulk(proxy, "a", "b")) == ([409, 409] if forwards else [201, 201])
    assert elasticsearch.count(elasticsearch.named("p")) == 2


def test_refused_connections(proxy):
    port = proxy.port
    kept = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
    wait_until(lambda: proxy.connections == 1)
    proxy.refuse()
    assert kept.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        bulk(proxy, "a")
    proxy.listen()
    assert proxy.port == port
    assert statuses(bulk(proxy, "a")) == [201]


def test_a_server_that_is_gone_ends_connections(elasticsearch):
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = free.getsockname()[1]
    with FaultProxy(nobody, index=elasticsearch.index) as proxy:
        with pytest.raises(http.client.RemoteDisconnected):
            bulk(proxy, "a")
        assert proxy.struck["server gone"] == 1
        proxy.server_port = elasticsearch.port
        assert statuses(bulk(proxy, "a")) == [201]


def test_faults_at_random_come_from_the_seed(proxy):
    seen = []
    for _ in range(2):
        proxy.at_random(0.5, 7, Answer(502), Answer(503))
        seen.append([bulk(proxy, "a")[0] for _ in range(30)])
    assert seen[0] == seen[1]
    assert set(seen[0]) == {200, 502, 503}
    proxy.heal()
    assert {bulk(proxy, "a")[0] for _ in range(30)} == {200}


def test_faults_strike_bulk_requests_only(proxy):
    proxy.always(Answer(503))
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
    assert proxy.requests == 0

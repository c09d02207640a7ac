# SPDX-License-Identifier: GPL-2.0-or-later
"""--metrics: what a run tells over HTTP, and that nobody who asks can disturb it."""
import concurrent.futures
import http.client
import os
import signal
import socket
import subprocess
import time

import pytest
from fault_proxy import Answer, CutResponse
from processes import process
from project import ESPCAP, TEST_PCAPS
from server import Server
from telemetry import OF_TOPICS, Scrape, documented_metrics, told_metrics
from waiting import bound, wait_until

DNS = (TEST_PCAPS / "dns.pcap").read_bytes()
HTTP = (TEST_PCAPS / "http.pcap").read_bytes()
HTTP_PACKETS = 104


def http_times(count):
    return HTTP[:24] + HTTP[24:] * count


@pytest.fixture
def watching(start_espcap, folder, tmp_path):
    """A run that goes on until it is stopped, to a file where no --node is given."""

    def start(*more):
        output = None if "--node" in more else tmp_path / "out"
        run = start_espcap("--dir", folder, "--watch", "--metrics", "0", *more, output=output)
        return run, run.metrics()

    return start


def test_counts_are_the_ledgers(elasticsearch, watching, folder):
    node = elasticsearch
    (folder / "dns.pcap").write_bytes(DNS)
    (folder / "again.pcap").write_bytes(DNS)
    (folder / "http.pcap").write_bytes(HTTP)
    packets = 2 * 92 + HTTP_PACKETS
    run, metrics = watching(*node.options, "--chunk", 50)
    scrape = metrics.wait_until(
        lambda scrape: sum(scrape.settled.values()) == scrape.captured == packets and
        scrape("espcap_workers_running") == 0)
    assert scrape.settled["indexed"] == 92 + HTTP_PACKETS == node.count(node.indices)
    assert scrape.settled["already_there"] == 92

    requests = scrape("espcap_delivery_requests_total", node=node.url, outcome="answered")
    assert requests >= packets / 50
    took = "espcap_delivery_request_duration_seconds"
    assert scrape(took + "_count", node=node.url) == requests
    assert scrape(took + "_bucket", node=node.url, le="+Inf") == requests
    assert scrape(took + "_sum", node=node.url) > 0
    assert scrape("espcap_delivery_batches_total") == requests
    assert scrape("espcap_delivery_documents_sent_total") == packets
    assert scrape("espcap_delivery_sent_bytes_total") > 100 * packets
    assert scrape("espcap_delivery_node_healthy", node=node.url) == 1
    assert scrape("espcap_delivery_requests_in_flight", node=node.url) == 0
    assert scrape("espcap_batch_slots_free") == scrape("espcap_batch_slots") > 0
    assert scrape("espcap_captures_waiting") == scrape("espcap_captures_open") == 0

    assert run.stop() == 0, run
    assert run.ledger["packets captured"] == packets
    assert run.ledger["indexed"] == scrape.settled["indexed"]
    assert run.ledger["already there"] == scrape.settled["already_there"]


def test_every_metric_is_in_the_readme(elasticsearch, watching, start_espcap, tmp_path):
    """And none that isn't there, but for one that appears when it is learned."""
    table = [row for row in documented_metrics() if not row[0].startswith(OF_TOPICS)]
    (tmp_path / "spool").mkdir()
    _, metrics = watching(*elasticsearch.options, "--spool", tmp_path / "spool")
    _, text = metrics.get()
    _, live = start_espcap("--nic", "lo", "--bpf", "udp port 9", "--metrics", "0",
                           "--output", "/dev/null").metrics().get()
    told = told_metrics(text + live)
    assert sorted(table) == sorted([*told, ("espcap_delivery_request_limit_bytes", "gauge")])
    assert all(name.endswith("_total") == (kind == "counter") for name, kind in told)
    version = subprocess.run([ESPCAP, "--version"], check=True, capture_output=True, text=True)
    build = Scrape(text).families["espcap_build_info"].samples[0].labels
    assert version.stdout == f"espcap {build['version']}, libwireshark {build['libwireshark']}\n"


def test_every_packet_has_one_outcome_under_drops(network, start_espcap):
    """What the kernel and full rings drop is settled, and in no other family."""
    name = network.lend()
    run = start_espcap("--nic", name, "--metrics", "0", "--buffer-bytes", "1M", "--verbose",
                       "--output", "out", stop_signal=signal.SIGINT)
    metrics = run.metrics()
    run.wait_for("capturing on")
    sent = 0
    for _ in range(10):  # where other work slows down the sender, once isn't enough
        sent += network.replay(TEST_PCAPS / "http.pcap", "--loop", "2500")
        scrape = metrics.wait_until(lambda scrape: sum(scrape.settled.values()) == sent)
        dropped = {fate: scrape.settled[fate] for fate in
                   ("kernel_dropped", "interface_dropped", "ring_dropped")}
        if sum(dropped.values()) > 0:
            break
    assert sum(dropped.values()) > 0
    assert scrape.captured == sent == scrape.settled["written"] + sum(dropped.values())
    assert scrape("espcap_documents_cut_total") == 0
    for fate, packets in dropped.items():
        assert scrape("espcap_live_packets_total", interface=name, fate=fate) == packets, fate
    assert run.stop() == 2, run
    assert run.ledger["packets captured"] == sent


def test_retries_are_told_by_their_reason(elasticsearch, proxy, watching, folder):
    run, metrics = watching(*proxy.options)
    # The node has taken what the cut answer is about.
    proxy.next(Answer(503), Answer(429), CutResponse(0.5))
    (folder / "dns.pcap").write_bytes(DNS)
    scrape = metrics.wait_until(lambda scrape: scrape.settled["already_there"] == 92)
    reasons = {"unavailable": 1, "too_many_requests": 1, "connection": 1, "timeout": 0, "item": 0}
    for reason, times in reasons.items():
        assert scrape("espcap_delivery_retries_total", reason=reason) == times, reason
        assert scrape("espcap_delivery_documents_retried_total", reason=reason) == 92 * times
    del reasons["item"]
    for outcome, times in reasons.items():
        assert scrape("espcap_delivery_requests_total", node=proxy.url, outcome=outcome) == times
    assert scrape("espcap_delivery_documents_sent_total") == 92 * 4
    assert run.stop() == 0, run
    assert elasticsearch.count(elasticsearch.indices) == 92


def test_counters_never_fall(watching, folder):
    """While workers come, go, and are killed."""
    packets = 6 * 300 * HTTP_PACKETS
    run, metrics = watching("--chunk", 100, "--workers", 2)
    before = metrics.scrape()
    for number in range(6):
        (folder / f"{number}.pcap").write_bytes(http_times(300))
    killed = 0
    while before.settled["written"] < packets:
        now = metrics.scrape()
        for key, value in now.samples.items():
            assert not key[0].endswith("_total") or value >= before.samples[key], key
        assert sum(now.settled.values()) <= now.captured <= packets
        before = now
        if killed < 2 and before.captured > (killed + 1) * packets / 10:
            run.kill_child()
            killed += 1
        assert run.runs(), run
    assert before("espcap_worker_restarts_total") == killed == 2
    assert run.stop() == 0, run
    assert run.ledger["packets captured"] == run.ledger["written"] == packets


def test_sessions_that_are_replaced_are_counted(start_espcap, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    run = start_espcap("--file", "pipe", "--metrics", "0", "--session-packets", 10, "--output",
                       "out")
    with (tmp_path / "pipe").open("wb") as stream:
        stream.write(HTTP)
        stream.flush()
        run.metrics().wait_until(
            lambda scrape: scrape("espcap_worker_sessions_replaced_total") >= 5)
    assert run.wait() == 0, run


def test_health_while_the_server_is_away(watching, folder, plain_pcap, tmp_path):
    header, records = plain_pcap(TEST_PCAPS / "dns.pcap")
    with Server(tmp_path / "node") as node:
        run, metrics = watching(*node.options)
        wait_until(lambda: metrics.get("/healthz") == (200, "ok\n"))
        # Its index isn't asked about again.
        (folder / "first.pcap").write_bytes(header + records[0])
        metrics.wait_until(lambda scrape: scrape.settled["indexed"] == 1)
        node.kill()
        (folder / "dns.pcap").write_bytes(DNS)
        wait_until(lambda: metrics.get("/healthz")[0] == 503)
        assert metrics.get("/healthz") == (
            503, "no node can be reached (of 1), and there is no spool\n")
        assert metrics.scrape()("espcap_delivery_node_healthy", node=node.url) == 0
        node.start()
        wait_until(lambda: metrics.get("/healthz") == (200, "ok\n"))
        scrape = metrics.wait_until(lambda scrape: scrape.settled["indexed"] == 1 + 92)
        assert scrape("espcap_delivery_documents_retried_total", reason="connection") >= 92
        assert run.stop() == 0, run


def test_health_with_a_spool(watching, folder, tmp_path):
    """What is kept is well, until the spool is full."""
    with Server(tmp_path / "node") as node:
        (tmp_path / "spool").mkdir()
        run, metrics = watching(*node.options, "--spool", tmp_path / "spool", "--spool-bytes",
                                "1M", "--chunk", 50)
        wait_until(lambda: metrics.get("/healthz") == (200, "ok\n"))
        node.kill()
        (folder / "dns.pcap").write_bytes(DNS)
        scrape = metrics.wait_until(lambda scrape: scrape("espcap_spool_documents") == 92)
        assert 0 < scrape("espcap_spool_bytes") <= scrape("espcap_spool_limit_bytes") == 1 << 20
        assert scrape("espcap_spool_full") == 0
        assert scrape("espcap_delivery_node_healthy", node=node.url) == 0
        assert metrics.get("/healthz") == (200, "ok\n")
        (folder / "http.pcap").write_bytes(http_times(100))
        metrics.wait_until(lambda scrape: scrape("espcap_spool_full") == 1)
        assert metrics.get("/healthz") == (503, "the spool accepts no more documents\n")
        node.start()
        packets = 92 + 100 * HTTP_PACKETS
        metrics.wait_until(lambda scrape: scrape.settled["indexed"] == packets)
        scrape = metrics.wait_until(lambda scrape: scrape("espcap_spool_documents") == 0)
        assert scrape("espcap_spool_full") == 0
        assert metrics.get("/healthz") == (200, "ok\n")
        assert run.stop() == 0, run
        assert run.ledger["packets captured"] == run.ledger["indexed"] == packets


def test_health_of_a_run_that_stops(elasticsearch, proxy, watching, folder):
    """It still answers while it delivers what it has."""
    run, metrics = watching(*proxy.options)
    proxy.always(Answer(503))
    (folder / "dns.pcap").write_bytes(DNS)
    wait_until(lambda: proxy.requests >= 1)
    run.signal(signal.SIGTERM)
    wait_until(lambda: metrics.get("/healthz") == (503, "espcap is stopping\n"))
    assert metrics.scrape().captured == 92
    proxy.heal()
    assert run.wait() == 0, run
    assert elasticsearch.count(elasticsearch.indices) == 92


@pytest.mark.parametrize("address, means", [
    ("0", "127.0.0.1"), (":0", "127.0.0.1"), ("localhost:0", "127.0.0.1"), ("[::1]:0", "::1"),
    ("0.0.0.0:0", "0.0.0.0"), ("[::]:0", "::")])
def test_addresses(address, means, start_espcap, folder):
    run = start_espcap("--dir", folder, "--watch", "--metrics", address)
    metrics = run.metrics()
    assert metrics.get("/healthz") == (200, "ok\n")
    listening = subprocess.run(["ss", "-Hltn", f"sport = :{metrics.port}"], check=True,
                               capture_output=True, text=True).stdout.splitlines()
    # Others may have that port at other addresses.
    addresses = {line.split()[3] for line in listening}
    host = "*" if means == "::" else f"[{means}]" if ":" in means else means
    assert addresses & {f"{host}:{metrics.port}", f"[{means}]:{metrics.port}"}
    is_warned = "visible to everyone who reaches this address" in run.err
    assert is_warned == (means in ("0.0.0.0", "::")), run
    assert run.stop() == 0, run


def test_a_port_that_is_taken(espcap, tmp_path):
    """Said before anything is opened: an output that is there stays as it is."""
    out = tmp_path / "out"
    out.write_text("old\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = espcap("--file", TEST_PCAPS / "dns.pcap", "--output", out, "--metrics", port)
    assert run.code == 1
    assert f"listen at 127.0.0.1:{port}: Address already in use; choose another port" in run.err
    assert out.read_text() == "old\n"


@pytest.mark.parametrize("address, reason", [
    ("http", "no port number"), ("127.0.0.1", "no port number"), ("70000", "no port number"),
    ("example.com:9600", "no IP address"), ("::1:9600", "brackets are for IPv6"),
    ("192.0.2.1:9600", "doesn't have this address")])
def test_an_address_that_is_wrong(address, reason, espcap, tmp_path):
    out = tmp_path / "out"
    run = espcap("--file", TEST_PCAPS / "dns.pcap", "--output", out, "--metrics", address)
    assert run.code == 1
    assert address in run.err and reason in run.err, run
    assert not out.exists()


def test_the_configuration_can_say_it(espcap, start_espcap, folder, tmp_path):
    (tmp_path / "espcap.yml").write_text(f"dir: {folder}\nwatch: true\nmetrics: 0\n")
    assert start_espcap("--config", tmp_path / "espcap.yml").metrics().get("/healthz") == (200, "ok\n")


def test_methods_and_paths(watching):
    run, metrics = watching()

    def ask(method, path, body=None):
        connection = http.client.HTTPConnection(metrics.host, metrics.port, timeout=30)
        connection.request(method, path, body)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body

    response, body = ask("GET", "/metrics")
    assert response.status == 200 and body
    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    head, nothing = ask("HEAD", "/metrics")
    assert head.status == 200 and nothing == b"" and int(head.headers["Content-Length"]) > 1000
    assert ask("HEAD", "/healthz")[0].status == 200
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        response, _ = ask(method, "/metrics", b"x" * 100)
        assert response.status == 405 and response.headers["Allow"] == "GET, HEAD"
    for path in ("/", "/metric", "/metrics/", "/healthz/x", "/../etc/passwd", "/%2e%2e"):
        assert ask("GET", path)[0].status == 404
    assert ask("GET", "/" + "x" * 100_000)[0].status == 414
    assert run.stop() == 0, run


def test_clients_that_say_nothing_stop_nothing(watching, folder):
    """More than it takes at a time: documents go on at once, other clients within seconds."""
    run, metrics = watching()
    (folder / "first.pcap").write_bytes(DNS)
    run.wait_for_lines(92)  # libwireshark has started
    silent = [socket.create_connection((metrics.host, metrics.port)) for _ in range(60)]
    silent[0].send(b"GET /metrics HTTP/1.1\r\n")
    (folder / "dns.pcap").write_bytes(DNS)
    start = time.monotonic()
    run.wait_for_lines(2 * 92)
    assert time.monotonic() - start < bound(4), "it waited for them"
    before = process(run.pid).cpu_s
    assert metrics.get("/healthz") == (200, "ok\n")
    assert process(run.pid).cpu_s - before < 1, "it turns in circles"
    for client in silent:
        client.close()
    assert run.stop() == 0, run


def test_fifty_clients_at_once(watching, folder):
    run, metrics = watching()
    (folder / "http.pcap").write_bytes(http_times(300))
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        scrapes = list(pool.map(lambda _: metrics.scrape(), range(500)))
    assert all(scrape.captured <= 300 * HTTP_PACKETS for scrape in scrapes)
    metrics.wait_until(lambda scrape: scrape.settled["written"] == 300 * HTTP_PACKETS)
    assert run.stop() == 0, run


def test_nothing_of_it_is_in_the_workers(start_espcap, tmp_path):
    """They parse hostile bytes: no socket that listens or is connected."""
    os.mkfifo(tmp_path / "pipe")
    run = start_espcap("--file", "pipe", "--metrics", "0", "--output", "out")
    with (tmp_path / "pipe").open("wb") as stream:
        stream.write(HTTP)
        stream.flush()
        metrics = run.metrics()
        metrics.wait_until(lambda scrape: scrape.captured > 0)
        with socket.create_connection((metrics.host, metrics.port)):
            metrics.scrape()
            shown = subprocess.run(["ss", "-Hatnp", f"sport = :{metrics.port}"], check=True,
                                   capture_output=True, text=True).stdout
        others = run.children("espcap-worker") + run.children("espcap-reader")
    assert len(others) == 2 and f"pid={run.pid}," in shown
    assert not any(f"pid={process}," in shown for process in others)
    assert run.wait() == 0, run

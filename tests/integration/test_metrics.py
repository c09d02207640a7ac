# SPDX-License-Identifier: GPL-2.0-or-later
"""--metrics and SIGUSR1: what a run tells while it goes on."""
import concurrent.futures
import http.client
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
from conftest import ESPCAP, TEST_PCAPS, own_mounts
from prometheus_client.parser import text_string_to_metric_families
from server import Server
from test_workers import kill_a_worker, workers_of

DNS = (TEST_PCAPS / "dns.pcap").read_bytes()
HTTP = (TEST_PCAPS / "http.pcap").read_bytes()
OUTCOMES = {"filtered", "written", "indexed", "already_there", "dead_lettered", "spooled",
            "dropped", "failed", "abandoned"}


class Scrape:
    """What a Prometheus would read."""

    def __init__(self, text):
        self.families = {}
        self.samples = {}
        for family in text_string_to_metric_families(text):
            assert family.name not in self.families, family.name
            assert family.documentation and family.type != "unknown", family.name
            self.families[family.name] = family
            for sample in family.samples:
                key = (sample.name, frozenset(sample.labels.items()))
                assert key not in self.samples, key
                self.samples[key] = sample.value

    def __call__(self, name, **labels):
        return self.samples[name, frozenset(labels.items())]

    def settled(self):
        return {outcome: self("espcap_packets_settled_total", outcome=outcome)
                for outcome in OUTCOMES}


class Running:
    """espcap on a directory that is watched, or on a pipe; its standard error is collected."""

    def __init__(self, environment, *arguments):
        self.process = subprocess.Popen([str(ESPCAP), *(str(a) for a in arguments)],
                                        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, env=environment)
        self.error = ""
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.error += line.decode()

    def wait_for(self, condition, what="this"):
        deadline = time.monotonic() + 60
        while not (found := condition()):
            assert time.monotonic() < deadline, f"{what} didn't come: {self.error}"
            time.sleep(0.02)
        return found

    def wait_for_line(self, pattern, count=1):
        self.wait_for(lambda: len(re.findall(pattern, self.error)) >= count, pattern)
        return re.findall(pattern, self.error)

    @property
    def url(self):
        return self.wait_for_line(r"espcap: metrics: (http://\S+)/metrics\n")[0]

    def get(self, path="/metrics"):
        """(status, body)."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def scrape(self):
        status, text = self.get()
        assert status == 200
        return Scrape(text)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def end(self):
        code = self.process.wait(60)
        self.reader.join()
        return code


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "captures"
    path.mkdir()
    return path


@pytest.fixture
def running(environment):
    started = []

    def start(*arguments):
        started.append(Running(environment, *arguments))
        return started[-1]

    yield start
    for run in started:
        run.process.kill()
        run.end()
        run.process.stdin.close()
        run.process.stderr.close()


@pytest.fixture
def watching(running, folder, tmp_path):
    """A run that goes on, to a file."""
    return lambda *more: running("--dir", folder, "--watch", "--output", tmp_path / "out",
                                 "--metrics", "0", *more)


def test_counts_are_the_ledgers(elasticsearch, running, folder):
    node = elasticsearch
    (folder / "dns.pcap").write_bytes(DNS)
    (folder / "again.pcap").write_bytes(DNS)
    (folder / "http.pcap").write_bytes(HTTP)
    run = running("--dir", folder, "--watch", "--node", node.url, "--metrics", "0", "--chunk", "50")
    packets = 2 * 92 + 104
    run.wait_for(lambda: run.scrape()("espcap_packets_captured_total") == packets and
                 sum(run.scrape().settled().values()) == packets)
    scrape = run.scrape()
    settled = scrape.settled()
    assert settled["indexed"] == 92 + 104 == node.count("packets-*")
    assert settled["already_there"] == 92
    assert sum(settled.values()) == packets

    requests = scrape("espcap_delivery_requests_total", node=node.url, outcome="answered")
    assert requests >= packets / 50
    assert scrape("espcap_delivery_request_duration_seconds_count", node=node.url) == requests
    assert scrape("espcap_delivery_request_duration_seconds_bucket", node=node.url,
                  le="+Inf") == requests
    assert scrape("espcap_delivery_documents_sent_total") == packets
    assert scrape("espcap_delivery_sent_bytes_total") > 100 * packets
    assert scrape("espcap_delivery_node_healthy", node=node.url) == 1
    assert scrape("espcap_delivery_requests_in_flight", node=node.url) == 0
    assert scrape("espcap_delivery_batches_total") == requests
    run.wait_for(lambda: run.scrape()("espcap_workers_running") == 0)
    scrape = run.scrape()
    assert scrape("espcap_batch_slots_free") == scrape("espcap_batch_slots")
    assert scrape("espcap_captures_waiting") == scrape("espcap_captures_open") == 0

    assert run.stop() == 0, run.error
    assert f"{packets} packets captured, 196 indexed, 92 already there, 0 failed" in run.error


def test_every_metric_is_in_the_readme(elasticsearch, running, folder, tmp_path):
    """And none that isn't there: but for those that appear with what they count."""
    readme = (TEST_PCAPS.parent / "README.md").read_text()
    described = set(re.findall(r"^\| `(espcap_\w+)`", readme, re.M))
    run = running("--dir", folder, "--watch", "--node", elasticsearch.url, "--metrics", "0",
                  "--spool", tmp_path / "spool")
    _, text = run.get()
    named = set(re.findall(r"^# TYPE (\w+)", text, re.M))
    assert described == named | {"espcap_delivery_request_limit_bytes"}
    for family in Scrape(text).families.values():
        if family.type == "counter":
            assert family.name + "_total" in named
    version = subprocess.run([ESPCAP, "--version"], check=True, capture_output=True, text=True)
    build = Scrape(text).families["espcap_build_info"].samples[0].labels
    assert version.stdout == f"espcap {build['version']}, libwireshark {build['libwireshark']}\n"


def test_counters_never_fall(watching, folder):
    """While workers come, go, and are killed."""
    data = HTTP[:24] + HTTP[24:] * 300
    run = watching("--chunk", "100", "--workers", "2")
    before = run.scrape()
    for number in range(6):
        (folder / f"{number}.pcap").write_bytes(data)
    killed = 0
    while before("espcap_packets_settled_total", outcome="written") < 6 * 300 * 104:
        now = run.scrape()
        for key, value in now.samples.items():
            if key[0].endswith("_total"):
                assert value >= before.samples[key], key
        assert sum(now.settled().values()) <= now("espcap_packets_captured_total")
        before = now
        if killed < 2 and before("espcap_packets_captured_total") > (killed + 1) * 20_000:
            kill_a_worker(run.process)
            killed += 1
        assert run.process.poll() is None, run.error
    assert before("espcap_worker_restarts_total") == killed == 2
    assert run.stop() == 0, run.error
    assert f"{6 * 300 * 104} packets captured, {6 * 300 * 104} written, 0 failed" in run.error


def test_sessions_that_are_replaced_are_counted(running):
    run = running("--file", "-", "--metrics", "0", "--session-packets", "10", "--output",
                  os.devnull)
    run.process.stdin.write(HTTP)
    run.process.stdin.flush()
    run.wait_for(lambda: run.scrape()("espcap_worker_sessions_replaced_total") >= 5)
    run.process.stdin.close()
    assert run.end() == 0, run.error


@pytest.fixture(scope="module")
def mortal_node(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("mortal")) as node:
        yield node


def test_health_while_the_server_is_away(mortal_node, running, folder):
    node = mortal_node
    run = running("--dir", folder, "--watch", "--node", node.url, "--metrics", "0")
    assert run.get("/healthz") == (200, "ok\n")
    node.kill()
    (folder / "dns.pcap").write_bytes(DNS)
    run.wait_for(lambda: run.get("/healthz")[0] == 503)
    assert run.get("/healthz") == (503, "no node can be reached (of 1), and there is no spool\n")
    assert run.scrape()("espcap_delivery_node_healthy", node=node.url) == 0
    node.start()
    run.wait_for(lambda: run.get("/healthz") == (200, "ok\n"))
    run.wait_for(lambda: run.scrape()("espcap_packets_settled_total", outcome="indexed") == 92)
    scrape = run.scrape()
    assert scrape("espcap_delivery_documents_retried_total", reason="connection") >= 92
    assert scrape("espcap_delivery_requests_total", node=node.url, outcome="connection") >= 1
    assert run.stop() == 0, run.error


@pytest.mark.parametrize("address, means", [
    ("0", r"http://127\.0\.0\.1:\d+"), (":0", r"http://127\.0\.0\.1:\d+"),
    ("localhost:0", r"http://127\.0\.0\.1:\d+"), ("[::1]:0", r"http://\[::1\]:\d+"),
    ("0.0.0.0:0", r"http://0\.0\.0\.0:\d+"), ("[::]:0", r"http://\[::\]:\d+")])
def test_addresses(address, means, running, folder):
    run = running("--dir", folder, "--watch", "--metrics", address)
    assert re.fullmatch(means, run.url)
    assert run.get("/healthz") == (200, "ok\n")
    is_warned = "visible to whoever reaches this address" in run.error
    assert is_warned == (address in ("0.0.0.0:0", "[::]:0")), run.error
    assert run.stop() == 0, run.error


def test_only_loopback_listens_by_default(running, folder):
    run = running("--dir", folder, "--watch", "--metrics", "0")
    port = urllib.parse.urlsplit(run.url).port
    listening = subprocess.run(["ss", "-Hltn", f"sport = :{port}"], check=True,
                               capture_output=True, text=True).stdout.split()
    assert listening[3] == f"127.0.0.1:{port}"


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


def test_methods_and_paths(watching):
    run = watching()
    host = urllib.parse.urlsplit(run.url)

    def ask(method, path, body=None):
        connection = http.client.HTTPConnection(host.hostname, host.port, timeout=30)
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
    assert run.stop() == 0, run.error


def test_clients_that_say_nothing_stop_nothing(watching, folder, tmp_path):
    """More than it takes at a time: documents go on at once, other clients within seconds."""
    run = watching()
    host = urllib.parse.urlsplit(run.url)
    silent = [socket.create_connection((host.hostname, host.port)) for _ in range(60)]
    silent[0].send(b"GET /metrics HTTP/1.1\r\n")
    (folder / "dns.pcap").write_bytes(DNS)
    start = time.monotonic()
    run.wait_for(lambda: (tmp_path / "out").exists() and
                 (tmp_path / "out").read_bytes().count(b"\n") == 92)
    assert time.monotonic() - start < 4
    before = used_seconds(run.process.pid)
    assert run.get("/healthz") == (200, "ok\n")
    assert used_seconds(run.process.pid) - before < 1, "it turns in circles"
    for client in silent:
        client.close()
    assert run.stop() == 0, run.error


def used_seconds(process):
    with open(f"/proc/{process}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_fifty_clients_at_once(watching, folder):
    run = watching()
    url = run.url + "/metrics"
    (folder / "http.pcap").write_bytes(HTTP[:24] + HTTP[24:] * 300)

    def ask(_):
        with urllib.request.urlopen(url, timeout=30) as response:
            return Scrape(response.read().decode())("espcap_packets_captured_total")

    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        counts = list(pool.map(ask, range(500)))
    assert len(counts) == 500
    run.wait_for(lambda: run.scrape()("espcap_packets_settled_total",
                                      outcome="written") == 300 * 104)
    assert run.stop() == 0, run.error


def test_nothing_of_it_is_in_the_workers(running):
    """They parse hostile bytes: no socket that listens, or is connected."""
    run = running("--file", "-", "--metrics", "0", "--output", os.devnull)
    run.process.stdin.write(HTTP)
    run.process.stdin.flush()
    host = urllib.parse.urlsplit(run.url)
    with socket.create_connection((host.hostname, host.port)):
        run.wait_for(lambda: run.scrape()("espcap_packets_captured_total") > 0)
        shown = subprocess.run(["ss", "-Hatnp", f"sport = :{host.port}"], check=True,
                               capture_output=True, text=True).stdout
    assert f"pid={run.process.pid}," in shown
    for process in workers_of(run.process.pid) + workers_of(run.process.pid, "espcap-reader"):
        assert f"pid={process}," not in shown


def test_status_at_a_signal(watching, folder, tmp_path):
    """Every process of the run gets it, as from killall: only the supervisor answers."""
    run = watching("--workers", "2")
    assert run.url
    (folder / "http.pcap").write_bytes(HTTP[:24] + HTTP[24:] * 500)
    for number in range(1, 11):
        for process in [run.process.pid, *workers_of(run.process.pid)]:
            os.kill(process, signal.SIGUSR1)
        lines = run.wait_for_line(
            r"so far: (\d+) packets captured, (\d+) written, 0 failed, (\d+) under way; ", number)
        captured, written, under_way = (int(count) for count in lines[-1])
        assert captured == written + under_way
    run.wait_for(lambda: (tmp_path / "out").read_bytes().count(b"\n") == 500 * 104)
    assert run.stop() == 0, run.error
    assert run.error.count("so far: ") == run.error.count("workers: ") == 10
    assert f"{500 * 104} packets captured, {500 * 104} written, 0 failed" in run.error
    assert "worker died" not in run.error


def test_status_names_the_nodes(elasticsearch, running):
    """A reader that waits at a pipe is not disturbed."""
    run = running("--file", "-", "--metrics", "0", "--node", elasticsearch.url)
    run.process.stdin.write(DNS)
    run.process.stdin.flush()
    run.wait_for(lambda: run.scrape()("espcap_packets_settled_total", outcome="indexed") > 50)
    for process in [run.process.pid, *workers_of(run.process.pid),
                    *workers_of(run.process.pid, "espcap-reader")]:
        os.kill(process, signal.SIGUSR1)
    run.wait_for_line(r"so far: \d+ packets captured, \d+ indexed, 0 already there, 0 failed")
    run.wait_for_line(re.escape(f"node {elasticsearch.url}: healthy, 0 requests in flight, ") +
                      r"\d+ answered; 0\.\d+ s each")
    run.wait_for_line(r"delivery: \d+ batches settled, \d+ documents in \d+ bytes sent; ")
    run.process.stdin.write(DNS[24:])
    run.process.stdin.close()
    assert run.end() == 0, run.error
    assert "184 packets captured, 184 indexed" in run.error


def catches(process, number):
    """Whether it has a handler of its own for this signal."""
    with open(f"/proc/{process}/status", encoding="ascii") as status:
        caught = int(re.search(r"^SigCgt:\s*(\w+)", status.read(), re.M)[1], 16)
    return bool(caught >> (number - 1) & 1)


def test_a_signal_before_the_run_has_begun(running, folder):
    """espcap is there, libwireshark not yet."""
    run = running("--dir", folder, "--watch")
    run.wait_for(lambda: catches(run.process.pid, signal.SIGUSR1))
    os.kill(run.process.pid, signal.SIGUSR1)
    run.wait_for_line("so far: 0 packets captured")
    assert run.stop() == 0, run.error


def test_status_is_in_syslog_too(environment, tmp_path):
    """A /dev/log of our own, to be read here."""
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(str(tmp_path / "log"))
    log.settimeout(10)
    script = ('mount -t tmpfs tmpfs /dev && mknod -m 666 /dev/null c 1 3 && touch /dev/log && '
              'mount --bind "$1" /dev/log && { '
              '{ cat "$3"; sleep 4; } | "$2" --file - --quiet --output /dev/null & '
              'sleep 2; kill -USR1 $!; wait $!; }; '
              'status=$?; umount /dev/log /dev; exit $status')
    run = subprocess.run([*own_mounts(), "sh", "-c", script, "sh", tmp_path / "log", ESPCAP,
                          TEST_PCAPS / "dns.pcap"], capture_output=True, check=False,
                         env=environment, timeout=60)
    assert run.returncode == 0 and run.stderr == b"", run
    messages = [log.recv(4096).decode() for _ in range(4)]
    log.close()
    assert re.search(r"so far: \d+ packets captured, \d+ written, 0 failed", messages[1]), messages
    assert "workers: 2 running" in messages[2], messages
    assert "92 packets captured, 92 written, 0 failed" in messages[3], messages

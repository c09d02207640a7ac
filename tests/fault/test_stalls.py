# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of what can stall, by how packets come: nothing else stalls with it. While it lasts, metrics and health are
answered and the supervisor's loop is never at work for long; a stop takes effect at once, a later signal ends the run
within two seconds, and every packet has its outcome."""
import contextlib
import fcntl
import os
import signal
import socket
import time

import preload
import pytest
from fault_proxy import Delay, FaultProxy, Hang
from ledger import assert_balanced
from mounts import own_mounts
from processes import process
from project import FULL
from small_pipe import SmallPipe
from sources import MODES
from waiting import bound, wait_until

LASTS_S = 1.5  # a stall, before the run is stopped
ANSWERED_S = 1
STALL_S = 0.1
NOTICED_S = 1  # from a signal to its message
ENDED_S = 3  # from the later signal to the end: two seconds, and the machine
CHUNKS = ["--chunk", 50, "--chunk-bytes", "256k", "--flush-interval", "100ms"]


# --- what stalls -----------------------------------------------------------------------------------


class Stall:
    """Its `arguments` bring it about; has_begun(run) until it is there, close() at the end."""
    before = ()  # a command to which the program and its arguments are appended
    environment = {}  # in addition to the others
    arguments = ()


class SlowServer(Stall):
    """Answers to documents come late, or never."""

    def __init__(self, server, fault, strikes=lambda path: path.startswith("/_bulk")):
        self._proxy = FaultProxy(server.port, strikes, server.index)
        self._proxy.always(fault)
        self.arguments = self._proxy.options

    def close(self):
        self._proxy.heal()
        self._proxy.refuse()

    def has_begun(self, _run):
        return self._proxy.requests > 0


class SilentResolver(Stall):
    """The server's name is asked for, and nobody answers."""

    def __init__(self, folder):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.53", 53))
        self._socket.setblocking(False)
        (folder / "resolv.conf").write_text("nameserver 127.0.0.53\noptions timeout:30 attempts:1\n")
        (folder / "nsswitch.conf").write_text("hosts: dns\n")
        mounts = "".join(f"mount --bind {folder / name} /etc/{name} && " for name in ("resolv.conf", "nsswitch.conf"))
        self.before = [*own_mounts(), "sh", "-c", mounts + 'exec "$@"', "sh"]
        self.arguments = ["--node", "http://elasticsearch.example:9200"]

    def close(self):
        self._socket.close()

    def has_begun(self, _run):
        with contextlib.suppress(BlockingIOError):
            return bool(self._socket.recv(512))
        return False


class HeldLock(Stall):
    """Another program has the file of dead letters locked, and the server refuses every document."""

    def __init__(self, server, folder):
        self._server = server
        server.request("PUT", f"/_index_template/strict-{server.prefix}", {
            "index_patterns": [server.indices], "priority": 500, "template": {"mappings": {"dynamic": "strict"}}})
        self._file = (folder / "letters.ndjson").open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self.proxy = FaultProxy(server.port, index=server.index)
        self.arguments = [*self.proxy.options, "--no-template", "--dead-letters", folder / "letters.ndjson"]

    def close(self):
        self.proxy.refuse()
        self._file.close()
        self._server.request("DELETE", f"/_index_template/strict-{self._server.prefix}")

    def has_begun(self, run):
        return "refused with 400" in run.err


class StalledOutput(Stall):
    """Nobody reads standard output, which is a pipe."""

    def __init__(self):
        self.pipe = SmallPipe()

    def close(self):
        self.pipe.close()

    def has_begun(self, _run):
        return self.pipe.is_full()


class SlowDisk(Stall):
    """Each sync lasts three seconds; the server is away, and documents go to the spool."""

    def __init__(self, server, folder, library):
        self._proxy = FaultProxy(server.port, index=server.index)
        self._proxy.refuse()
        self._spool = folder / "spool"
        self.arguments = [*self._proxy.options, "--spool", self._spool]
        self.environment = {"LD_PRELOAD": str(library), "ESPCAP_TEST_SYNC_MS": "3000"}

    def close(self):
        self._proxy.refuse()

    def has_begun(self, _run):
        return self._spool.exists() and any(path.stat().st_size for path in self._spool.glob("*.spool"))


class StalledClients(Stall):
    """Of --metrics: they ask for something, and neither end their question nor read. The server takes its time, so that
    the run lasts."""

    def __init__(self, server):
        self._proxy = FaultProxy(server.port, index=server.index)
        self._proxy.always(Delay(1))
        self.arguments = self._proxy.options
        self._clients = []

    def close(self):
        for client in self._clients:
            client.close()
        self._proxy.heal()
        self._proxy.refuse()

    def has_begun(self, run):
        metrics = run.metrics()
        for request in (b"", b"GET /metr", b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"):
            for _ in range(4):
                client = socket.create_connection((metrics.host, metrics.port))
                client.sendall(request)
                self._clients.append(client)
        return True


@pytest.fixture(scope="session")
def slow_sync(tmp_path_factory):
    return preload.build("slow_sync", tmp_path_factory.mktemp("slow"))


@pytest.fixture
def stall(request, elasticsearch, tmp_path, slow_sync):
    """What the test's parameter names."""
    made = {"silent server": lambda: SlowServer(elasticsearch, Hang()),
            "silent at the start": lambda: SlowServer(elasticsearch, Hang(), lambda path: True),
            "slow server": lambda: SlowServer(elasticsearch, Delay(2)),
            "silent resolver": lambda: SilentResolver(tmp_path),
            "lock held": lambda: HeldLock(elasticsearch, tmp_path),
            "stalled output": StalledOutput,
            "slow disk": lambda: SlowDisk(elasticsearch, tmp_path, slow_sync),
            "stalled clients": lambda: StalledClients(elasticsearch)}[request.param]()
    yield made
    made.close()


TABLE = [(stall, mode)
         for stall in ("silent server", "silent at the start", "slow server", "silent resolver", "lock held",
                       "stalled output", "slow disk", "stalled clients")
         for mode in MODES]
SPOOLED = [("silent server", mode) for mode in MODES] + [("silent resolver", "live"), ("lock held", "live"),
                                                          ("silent at the start", "live")]


def assert_nothing_waits(metrics, seconds):
    """Metrics and health are answered, for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.monotonic()
        assert metrics.get("/healthz")[0] in (200, 503)
        scrape = metrics.scrape()
        assert time.monotonic() - begin < bound(ANSWERED_S)
        time.sleep(0.1)
    assert scrape("espcap_loop_stall_max_seconds") < bound(STALL_S), scrape.samples


def assert_stop_takes_effect(run, first, later):
    begin = time.monotonic()
    os.kill(run.pid, first)
    run.wait_for("no new packet is accepted")
    assert time.monotonic() - begin < bound(NOTICED_S)
    time.sleep(max(0, begin + 1.1 - time.monotonic()))  # else it is the same request
    begin = time.monotonic()
    if run.runs():
        os.kill(run.pid, later)
    run.wait()
    assert time.monotonic() - begin < bound(ENDED_S), run


def check(stall, source, start_espcap, environment, *more, first=signal.SIGTERM, later=signal.SIGTERM):
    options = dict(source.options)
    if isinstance(stall, StalledOutput):
        options["stdout"] = stall.pipe.writer
    run = start_espcap("--verbose", *source.arguments, *stall.arguments, "--metrics", "0", *CHUNKS, *more,
                       before=stall.before, env={**environment, **stall.environment}, **options)
    metrics = run.metrics()
    source.feed(run)
    wait_until(lambda: stall.has_begun(run), state=lambda: str(run))
    source.feed(run)
    assert_nothing_waits(metrics, LASTS_S)
    assert_stop_takes_effect(run, first, later)
    assert_balanced(run)
    return run


@pytest.mark.parametrize("stall, source", TABLE, indirect=True, ids=lambda value: value.replace(" ", "-"))
def test_nothing_else_stalls(stall, source, start_espcap, environment):
    check(stall, source, start_espcap, environment)


STALLS = tuple(dict.fromkeys(stall for stall, _ in TABLE))


@pytest.mark.parametrize("stall", STALLS if FULL else ["silent at the start"], indirect=True,
                         ids=lambda value: value.replace(" ", "-"))
@pytest.mark.parametrize("source", ["file"], indirect=True)
def test_a_stall_is_waited_for_asleep(stall, source, start_espcap, environment):
    """It costs no more than five looks a second do: a deadline that has passed isn't looked at again and again."""
    options = {"stdout": stall.pipe.writer} if isinstance(stall, StalledOutput) else {}
    run = start_espcap("--verbose", *source.arguments, *stall.arguments, *CHUNKS, before=stall.before,
                       env={**environment, **stall.environment}, **options)
    if not isinstance(stall, StalledClients):  # which ask a server that isn't there
        wait_until(lambda: stall.has_begun(run), state=lambda: str(run))
    time.sleep(2.2)  # longer than what a start waits for at most
    before = process(run.pid).cpu_s
    time.sleep(2)
    assert process(run.pid).cpu_s - before <= 0.2, run


@pytest.mark.parametrize("stall, source", SPOOLED, indirect=True, ids=lambda value: value.replace(" ", "-"))
def test_what_is_captured_goes_to_the_spool(stall, source, start_espcap, environment, tmp_path):
    run = check(stall, source, start_espcap, environment, "--spool", tmp_path / "spool")
    ledger = run.ledger
    assert ledger.get("abandoned", 0) == ledger.get("dropped", 0) == 0, run


@pytest.mark.parametrize("stall, source", [("lock held", "live")], indirect=True, ids=lambda value: value.replace(" ", "-"))
def test_a_held_lock_does_not_hold_up_the_spool(stall, source, start_espcap, environment, tmp_path):
    """Documents go to the spool while what the server refused before waits for the lock."""
    run = start_espcap("--verbose", *source.arguments, *stall.arguments, "--metrics", "0", *CHUNKS, "--spool",
                       tmp_path / "spool", env=environment, **source.options)
    metrics = run.metrics()
    source.feed(run)
    wait_until(lambda: stall.has_begun(run), state=lambda: str(run))
    stall.proxy.refuse()
    before = metrics.scrape()("espcap_spool_documents")
    source.feed(run)
    metrics.wait_until(lambda scrape: scrape("espcap_spool_documents") > before)
    assert_stop_takes_effect(run, signal.SIGTERM, signal.SIGTERM)
    assert_balanced(run)


@pytest.mark.parametrize("first, later", [(signal.SIGINT, signal.SIGINT), (signal.SIGHUP, signal.SIGTERM),
                                          (signal.SIGTERM, signal.SIGHUP)])
@pytest.mark.parametrize("stall, source", [("stalled output", "file"), ("silent server", "file")], indirect=True,
                         ids=lambda value: value.replace(" ", "-"))
def test_every_signal_is_a_stop(stall, source, first, later, start_espcap, environment):
    check(stall, source, start_espcap, environment, first=first, later=later)


@pytest.mark.parametrize("stall, source", [("stalled output", "live"), ("lock held", "live"), ("silent server", "live")],
                         indirect=True, ids=lambda value: value.replace(" ", "-"))
@pytest.mark.parametrize("stop", [("--duration", "2s"), ("--count", 100)], ids=lambda stop: stop[0].strip("-"))
def test_a_duration_and_a_count_are_stops(stall, source, stop, start_espcap, environment):
    """They end by themselves, when the time for a stop is over."""
    options = {"stdout": stall.pipe.writer} if isinstance(stall, StalledOutput) else {}
    run = start_espcap("--verbose", *source.arguments, *stall.arguments, *CHUNKS, *stop, "--stop-timeout", "1s",
                       env={**environment, **stall.environment}, **options)
    begin = time.monotonic()
    source.feed(run)
    run.wait(bound(2 + 1 + 1 + ENDED_S) - (time.monotonic() - begin))
    assert_balanced(run)

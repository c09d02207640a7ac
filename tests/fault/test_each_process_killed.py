# SPDX-License-Identifier: GPL-2.0-or-later
"""Each process of a run is killed at random moments, while its server crashes too. Packets are told apart by their ports."""
import contextlib
import os
import random
import signal
import subprocess
import threading
import time

import pytest
from captures import PCAP_HEADER, write_pcap
from delivery import assert_all_landed
from network import packets_sent
from numbered import FIELDS, numbers_of, packet
from project import FULL
from server import Server
from waiting import wait_until

PACKETS = 50_000 if FULL else 5_000
KILLS = 10 if FULL else 1
SERVER_KILLS = 3 if FULL else 0
ENDED_S = 600 if FULL else 120  # 50,000 documents, a server that comes back three times, a busy machine
RATE = 2500  # packets a second, of pipes and live


@pytest.fixture(scope="module")
def numbered(tmp_path_factory):
    path = tmp_path_factory.mktemp("numbered") / "numbered.pcap"
    write_pcap(path, [packet(number) for number in range(PACKETS)])
    return path


class Disturbance(threading.Thread):
    """Kills a process of the run (the newest of its name; "": the supervisor), and the server, at random moments;
    a process once `may_kill(run)`."""

    def __init__(self, run, name, node, generator, seconds, may_kill=lambda run: True):
        super().__init__()
        self.run_, self.name_, self.node, self.may_kill = run, name, node, may_kill
        processes = {None: 0, "": 1}.get(name, KILLS)  # of runs, each is killed once
        self.process_kills = sorted(generator.uniform(0, seconds) for _ in range(processes))
        self.server_kills = sorted(generator.uniform(0, seconds) for _ in range(SERVER_KILLS))
        self.killed = 0

    def kill_process(self):
        wait_until(lambda: not self.run_.runs() or self.may_kill(self.run_))
        with contextlib.suppress(IndexError, ProcessLookupError):
            os.kill(self.run_.children(self.name_)[-1] if self.name_ else self.run_.pid, signal.SIGKILL)
            self.killed += 1

    def kill_server(self):
        self.node.kill()
        self.node.start()

    def run(self):
        if self.run_ is not None:
            self.run_.wait_until(lambda: self.run_.children("espcap-worker"))
        begun = time.monotonic()
        # A server needs seconds to come back: the processes don't wait for that.
        servers = threading.Thread(target=self._kill, args=(begun, self.server_kills, self.kill_server))
        servers.start()
        self._kill(begun, self.process_kills, self.kill_process)
        servers.join()

    @staticmethod
    def _kill(begun, moments, kill):
        for moment in moments:
            time.sleep(max(0, begun + moment - time.monotonic()))
            kill()


def feed_pipe(run, path, _network):
    """At a rate, as long as it reads."""
    data = path.read_bytes()[len(PCAP_HEADER):]
    size = len(data) // PACKETS
    with contextlib.suppress(BrokenPipeError):
        run.feed(PCAP_HEADER)
        for first in range(0, PACKETS, RATE // 10):
            run.feed(data[first * size:(first + RATE // 10) * size])
            time.sleep(0.1)
    run.end_input()


def feed_live(run, path, network):
    run.wait_for("capturing on")
    command = network.replay_command(path, "--pps", RATE)
    done = subprocess.run(network.command(*command), text=True, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    sent = packets_sent(done.stdout)
    wait_until(lambda: has_all(run, sent), seconds=120)
    run.signal(signal.SIGTERM)


def has_all(run, sent):
    """Or has ended before."""
    if not run.runs():
        return True
    with contextlib.suppress(OSError):  # it is ending
        return captured(run) >= sent or is_quiet(run)


def captured(run):
    return run.metrics().scrape()("espcap_packets_captured_total")


def has_handed_over(run):
    """Documents are the supervisor's: what is captured later can be lost with a process."""
    with contextlib.suppress(OSError):  # not there yet, or ending
        scrape = run.metrics().scrape()
        return scrape("espcap_delivery_documents_sent_total") + scrape("espcap_spool_documents") > 0


def is_quiet(run):
    """What was sent while there was no capture process never comes."""
    before = captured(run)
    time.sleep(2)
    return before > 0 and captured(run) == before


SOURCES = {"pipe": (["--file", "-"], {"stdin": subprocess.PIPE}, feed_pipe), "live": ([], {}, feed_live)}


@pytest.fixture
def crashing_server(request, tmp_path):
    """A server of its own, to be killed, in the long form; else the one of all tests."""
    if not FULL:
        yield request.getfixturevalue("elasticsearch")
        return
    with Server(tmp_path / "node") as node:
        yield node


@pytest.fixture
def streamed(request, crashing_server, start_espcap, numbered, tmp_path, seed):
    """streamed(mode, name) → the run after its end, a process of this name having been killed; "": itself."""

    def run_it(mode, name):
        arguments, options, feed = SOURCES[mode]
        network = request.getfixturevalue("network") if mode == "live" else None
        source = ["--nic", network.lend()] if network else arguments
        run = start_espcap("--verbose", *source, *crashing_server.options, *FIELDS, "--chunk", 200, "--spool",
                           tmp_path / "spool", "--flush-interval", "100ms", "--metrics", "0", **options)
        disturbance = Disturbance(run, name, crashing_server, random.Random(seed), PACKETS / RATE, has_handed_over)
        disturbance.start()
        feed(run, numbered, network)
        disturbance.join()
        run.wait(seconds=180)
        assert disturbance.killed > 0
        return run

    return run_it


def deliver_the_rest(espcap, server, tmp_path):
    """What is left in the spool goes with the one packet of another capture. → the numbers of all packets that landed."""
    capture = tmp_path / "one.pcap"
    write_pcap(capture, [packet(PACKETS)])
    run = espcap("--file", capture, *server.options, *FIELDS, "--spool", tmp_path / "spool")
    assert run.code == 0, run
    numbers = numbers_of(server.all_sources(server.indices))
    assert len(numbers) == len(set(numbers)), "a packet is there twice"
    return set(numbers) - {PACKETS}


@pytest.mark.parametrize("mode", SOURCES)
def test_workers_of_a_stream(mode, streamed, crashing_server, espcap, tmp_path):
    """Nothing is lost."""
    run = streamed(mode, "espcap-worker")
    assert run.code == 0 and run.ledger["packets captured"] == PACKETS, run
    assert deliver_the_rest(espcap, crashing_server, tmp_path) == set(range(PACKETS)), run


@pytest.mark.parametrize("mode, name, status", [
    ("pipe", "espcap-zygote", 3), ("pipe", "espcap-reader", 3), ("live", "espcap-zygote", 3),
    ("live", "espcap-opener", 3), ("live", "espcap-capture", 2)])
def test_other_processes_of_a_stream(mode, name, status, streamed, crashing_server, espcap, tmp_path):
    """What was captured arrives once, or is counted. A capture process is made again; what it didn't see isn't the run's."""
    run = streamed(mode, name)
    assert run.code == status, run
    landed = deliver_the_rest(espcap, crashing_server, tmp_path)
    ledger = run.ledger
    gone = ledger.get("abandoned", 0) + ledger.get("failed", 0) + ledger.get("dropped", 0)
    assert len(landed) == ledger["packets captured"] - gone > 0, run


@pytest.mark.parametrize("mode", SOURCES)
def test_the_supervisor_of_a_stream(mode, streamed, crashing_server, espcap, tmp_path):
    """No ledger is left; what a server or the spool has is there once."""
    run = streamed(mode, "")
    assert run.code == -signal.SIGKILL, run
    assert deliver_the_rest(espcap, crashing_server, tmp_path) <= set(range(PACKETS))


# The supervisor: test_espcap_killed.
@pytest.mark.parametrize("name, statuses", [
    ("espcap-worker", {0}), ("espcap-zygote", {0, 1, 3}), ("espcap-hasher", {0, 1, 3})])
def test_processes_of_files(name, statuses, request, crashing_server, start_espcap, tmp_path, seed):
    """The run after it has the rest: nothing is lost, nothing is there twice."""
    folder, ids = request.getfixturevalue("large_archive" if FULL else "small_archive")
    generator = random.Random(seed)
    arguments = ["--dir", folder, "--chunk", 200, "--spool", tmp_path / "spool", "--resume", tmp_path / "state",
                 *crashing_server.options]
    crashes = Disturbance(None, None, crashing_server, generator, 4)
    crashes.start()
    # A run outlives its workers, and no other process.
    runs, kills = (1, KILLS) if name == "espcap-worker" else (KILLS, 1)
    for _ in range(runs):
        with start_espcap(*arguments) as run:
            run.wait_until(lambda run=run: run.children(name))
            for _ in range(kills):
                time.sleep(generator.uniform(0, 1))
                with contextlib.suppress(IndexError, ProcessLookupError):
                    os.kill(run.children(name)[-1], signal.SIGKILL)
            run.wait(seconds=ENDED_S)
            assert run.code in statuses, run
    crashes.join()
    with start_espcap(*arguments) as run:
        assert run.wait(seconds=ENDED_S) == 0, run
    wait_until(lambda: crashing_server.count_so_far(crashing_server.indices) >= len(ids))
    assert_all_landed(crashing_server, ids)

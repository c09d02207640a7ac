# SPDX-License-Identifier: GPL-2.0-or-later
"""SIGUSR1: lines in the log that say how the run stands, and nothing else."""
import os
import re
import signal
import socket
import subprocess

import pytest
from conftest import ESPCAP, TEST_PCAPS, own_mounts
from delivery import wait_until
from telemetry import Metrics
from test_workers import children, workers_of

DNS = (TEST_PCAPS / "dns.pcap").read_bytes()
HTTP = (TEST_PCAPS / "http.pcap").read_bytes()
HTTP_PACKETS = 104


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "captures"
    path.mkdir()
    return path


def signal_all(run):
    """As `pkill -USR1 espcap` does. Its workers may have gone meanwhile."""
    for process in [run.pid, *children(run.pid), *workers_of(run.pid),
                    *workers_of(run.pid, "espcap-reader")]:
        try:
            os.kill(process, signal.SIGUSR1)
        except ProcessLookupError:
            pass


def lines_like(run, pattern, count=1):
    """What its groups are in each of so many lines."""
    return wait_until(lambda: (found := re.findall(pattern, run.text)) if
                      len(re.findall(pattern, run.text)) >= count or not run.runs() else None)


def test_many_signals_during_a_run(start_espcap, folder, tmp_path):
    packets = 500 * HTTP_PACKETS
    run = start_espcap("--dir", folder, "--watch", "--output", "out", "--workers", 2, "--metrics",
                       "0")
    metrics = Metrics(run)
    (folder / "http.pcap").write_bytes(HTTP[:24] + HTTP[24:] * 500)
    metrics.wait_until(lambda scrape: scrape.captured > 0)
    for number in range(1, 11):
        signal_all(run)
        told = lines_like(run, r"espcap: so far: (\d+) packets captured, (\d+) written, 0 failed, "
                               r"(\d+) under way; \d+\.\d\d s\n", number)
        captured, written, under_way = (int(count) for count in told[-1])
        assert 0 < captured == written + under_way <= packets
    wait_until(lambda: (tmp_path / "out").read_bytes().count(b"\n") == packets)
    assert run.stop() == 0, run
    assert run.text.count("so far: ") == run.text.count("workers: ") == 10, run
    assert run.ledger["packets captured"] == run.ledger["written"] == packets
    assert "died" not in run.text, run


def test_a_run_to_a_server_names_its_nodes(elasticsearch, start_espcap, tmp_path):
    """And a reader that waits at a pipe goes on waiting."""
    os.mkfifo(tmp_path / "pipe")
    run = start_espcap("--file", "pipe", "--node", elasticsearch.url, "--metrics", "0")
    with (tmp_path / "pipe").open("wb") as stream:
        stream.write(DNS)
        stream.flush()
        Metrics(run).wait_until(lambda scrape: scrape.settled["indexed"] > 50)
        signal_all(run)
        lines_like(run, r"so far: \d+ packets captured, \d+ indexed, 0 already there, 0 failed")
        lines_like(run, re.escape(f"node {elasticsearch.url}: healthy, 0 requests in flight, ") +
                   r"\d+ answered; \d+\.\d+ s each")
        lines_like(run, r"delivery: \d+ batches settled, \d+ documents in \d+ bytes sent; ")
        stream.write(DNS[24:])
    assert run.wait() == 0, run
    assert run.ledger["packets captured"] == run.ledger["indexed"] == 2 * 92


def catches(process, number):
    """Whether it has a handler of its own for this signal."""
    with open(f"/proc/{process}/status", encoding="ascii") as status:
        caught = int(re.search(r"^SigCgt:\s*(\w+)", status.read(), re.M)[1], 16)
    return bool(caught >> (number - 1) & 1)


def test_a_signal_before_the_run_has_begun(start_espcap, folder):
    """espcap is there, libwireshark not yet."""
    run = start_espcap("--dir", folder, "--watch", "--output", "out")
    wait_until(lambda: catches(run.pid, signal.SIGUSR1))
    signal_all(run)
    assert lines_like(run, "so far: 0 packets captured"), run
    assert run.stop() == 0, run


def test_syslog_has_it_too(environment, tmp_path):
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

# SPDX-License-Identifier: GPL-2.0-or-later
"""SIGUSR1: lines in the log that say the state of the run, and nothing else."""
import contextlib
import os
import re
import signal
import socket
import subprocess

import pytest
from mounts import with_dev_log
from processes import has_signal
from project import TEST_PCAPS
from waiting import WAIT_S

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
    for process in [run.pid, *run.children()]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGUSR1)


def lines_like(run, pattern, count=1):
    """What its groups are in each of this number of lines."""
    run.wait_until(lambda: len(re.findall(pattern, run.err)) >= count)
    return re.findall(pattern, run.err)


def test_many_signals_during_a_run(start_espcap, folder, tmp_path):
    packets = 500 * HTTP_PACKETS
    run = start_espcap("--dir", folder, "--watch", "--workers", 2, "--metrics", "0",
                       output=tmp_path / "out")
    metrics = run.metrics()
    (folder / "http.pcap").write_bytes(HTTP[:24] + HTTP[24:] * 500)
    metrics.wait_until(lambda scrape: scrape.captured > 0)
    for number in range(1, 11):
        signal_all(run)
        told = lines_like(run, r"espcap: so far: (\d+) packets captured, (\d+) written, 0 failed, "
                               r"(\d+) under way; \d+\.\d\d s\n", number)
        captured, written, under_way = (int(count) for count in told[-1])
        assert 0 < captured == written + under_way <= packets
    run.wait_for_lines(packets)
    assert run.stop() == 0, run
    assert run.err.count("so far: ") == run.err.count("workers: ") == 10, run
    assert run.ledger["packets captured"] == run.ledger["written"] == packets
    assert "died" not in run.err, run


def test_a_run_to_a_server_names_its_nodes(elasticsearch, start_espcap, tmp_path):
    """And a reader that waits at a pipe goes on waiting."""
    os.mkfifo(tmp_path / "pipe")
    run = start_espcap("--file", "pipe", *elasticsearch.options, "--metrics", "0")
    with (tmp_path / "pipe").open("wb") as stream:
        stream.write(DNS)
        stream.flush()
        run.metrics().wait_until(lambda scrape: scrape.settled["indexed"] > 50)
        signal_all(run)
        lines_like(run, r"so far: \d+ packets captured, \d+ indexed, 0 already there, 0 failed")
        lines_like(run, re.escape(f"node {elasticsearch.url}: healthy, 0 requests in flight, ") +
                   r"\d+ answered; \d+\.\d+ s each")
        lines_like(run, r"delivery: \d+ batches settled, \d+ documents in \d+ bytes sent; ")
        stream.write(DNS[24:])
    assert run.wait() == 0, run
    assert run.ledger["packets captured"] == run.ledger["indexed"] == 2 * 92


def test_a_signal_before_the_run_has_begun(start_espcap, folder):
    """espcap is there, libwireshark not yet."""
    run = start_espcap("--dir", folder, "--watch", "--output", "out")
    run.wait_until(lambda: has_signal(run.pid, "SigCgt", signal.SIGUSR1))
    signal_all(run)
    assert lines_like(run, "so far: 0 packets captured"), run
    assert run.stop() == 0, run


def test_syslog_has_it_too(start_espcap, tmp_path):
    """A /dev/log of our own, to be read here."""
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(str(tmp_path / "log"))
    log.settimeout(WAIT_S)
    run = start_espcap("--file", "-", "--quiet", "--output", "/dev/null", stdin=subprocess.PIPE,
                       before=with_dev_log(tmp_path / "log"))
    run.feed(DNS)
    run.wait_until(lambda: run.children("espcap-reader") and run.children("espcap-worker"))
    run.wait_until_idle()
    os.kill(run.children("espcap")[0], signal.SIGUSR1)
    run.wait_until_idle()
    run.end_input()
    assert run.wait() == 0 and run.err == "", run
    messages = [log.recv(4096).decode() for _ in range(5 if os.geteuid() == 0 else 4)]
    log.close()
    messages = [message for message in messages if "--run-as names another user" not in message]
    assert re.search(r"so far: \d+ packets captured, \d+ written, 0 failed", messages[1]), messages
    assert "workers: 2 running" in messages[2], messages
    assert "92 packets captured, 92 written, 0 failed" in messages[3], messages

# SPDX-License-Identifier: GPL-2.0-or-later
"""What espcap says, and to whom: a reader who stalls holds up nothing, and nobody's text is obeyed by a terminal."""
import os
import shutil
import signal
import socket
import subprocess

import pytest
from mounts import with_dev_log
from project import ESPCAP, TEST_PCAPS
from small_pipe import SmallPipe
from waiting import wait_until

DNS = TEST_PCAPS / "dns.pcap"
FILES = 600  # each is named with --verbose
ESCAPES = "\x1b]0;title\x07\x1b[2J\n\r\u202e\u009b"


@pytest.fixture
def many_files(tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(FILES):
        shutil.copyfile(TEST_PCAPS / "arp.pcap", folder / f"{number:04}.pcap")
    return folder


def test_a_reader_of_standard_error_who_stalls_costs_no_document(many_files, start_espcap, espcap, tmp_path):
    pipe = SmallPipe()
    run = start_espcap("--verbose", "--dir", many_files, output=tmp_path / "out", stderr=pipe.writer)
    documents = len(espcap("--file", TEST_PCAPS / "arp.pcap").lines())
    run.wait()
    assert run.line_count() == FILES * documents
    text = pipe.read()
    assert text.startswith("espcap: ") and len(text) <= 4096


def test_a_run_that_nobody_listens_to_can_be_stopped(start_espcap, many_files):
    pipe = SmallPipe()
    run = start_espcap("--verbose", "--dir", many_files, "--watch", "--output", "/dev/null", stderr=pipe.writer)
    wait_until(pipe.has_no_room_for_a_line)
    os.kill(run.pid, signal.SIGTERM)
    assert run.wait(10) in (0, 1), run
    pipe.close()


def test_a_standard_error_that_never_waits_loses_nothing(many_files, start_espcap):
    """Its flags are whoever's who started espcap; they stay."""
    pipe = SmallPipe(blocking=False)
    run = start_espcap("--verbose", "--dir", many_files, "--output", "/dev/null", stderr=pipe.writer)
    assert not os.get_blocking(pipe.writer)
    text = pipe.read()
    assert run.wait() == 0, text[-2000:]
    lines = text.splitlines()
    assert all(line.startswith("espcap: ") for line in lines)
    assert len(lines) > FILES and "packets captured" in lines[-1]


@pytest.mark.parametrize("arguments", [["--file", f"{ESCAPES}.pcap"], ["--file", DNS, "--output", f"/no/{ESCAPES}"],
                                       ["--file", DNS, "--filter", f"ip == {ESCAPES}"], ["--config", ESCAPES],
                                       [f"--{ESCAPES}"], ["query", ESCAPES, "--node", "127.0.0.1:1"],
                                       ["resend", ESCAPES, "--node", "127.0.0.1:1"]],
                         ids=["file", "output", "filter", "config", "option", "query", "resend"])
def test_names_reach_no_terminal_with_their_escape_sequences(arguments, espcap):
    run = espcap(*arguments)
    assert run.code == 1, run
    assert "\\x1b]0;title\\x07" in run.err, run
    for character in "\x1b\x07\r\u202e\u009b":
        assert character not in run.err, run
    assert all(line.startswith("espcap: ") for line in run.err.splitlines()), run


def test_a_syslog_that_nobody_reads_holds_up_nothing(many_files, environment, espcap, tmp_path):
    """Every damaged file is an error there; its socket is full soon."""
    folder = tmp_path / "damaged"
    folder.mkdir()
    for number in range(90):
        (folder / f"{number:03}.pcap").write_bytes(DNS.read_bytes()[:-7])
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(str(tmp_path / "log"))
    log.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    run = subprocess.run([*with_dev_log(tmp_path / "log"), ESPCAP, "--dir", folder, "--output", tmp_path / "out"],
                         capture_output=True, check=False, env=environment, timeout=120)
    assert run.returncode == 1, run
    documents = len(espcap("--file", folder / "000.pcap").lines())
    assert (tmp_path / "out").read_bytes().count(b"\n") == 90 * documents
    log.close()

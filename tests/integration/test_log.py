# SPDX-License-Identifier: GPL-2.0-or-later
"""What espcap says, and who reads it: a reader who stalls holds up nothing, and nobody's text is obeyed by a terminal."""
import contextlib
import os
import shutil
import signal
import socket
import subprocess

import pytest
from mounts import with_dev_log
from project import TEST_PCAPS
from small_pipe import SmallPipe
from waiting import WAIT_S, wait_until

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
    assert run.wait(10) in (0, 2), run
    pipe.close()


def test_a_standard_error_that_never_waits_loses_nothing(many_files, start_espcap):
    """Its flags belong to the program that started espcap; they stay."""
    pipe = SmallPipe(blocking=False)
    run = start_espcap("--verbose", "--dir", many_files, "--output", "/dev/null", stderr=pipe.writer)
    assert not os.get_blocking(pipe.writer)
    text = pipe.read()
    assert run.wait() == 0, text[-2000:]
    lines = text.splitlines()
    assert all(line.startswith("espcap: ") for line in lines)
    assert len(lines) > FILES and "packets captured" in lines[-1]


def test_the_journal_has_each_message_once(start_espcap, environment):
    """As a unit of systemd, whose standard error is a stream of the journal: with its priority, and not by syslog too."""
    ours, journal = socket.socketpair()
    with ours, journal:
        status = os.fstat(journal.fileno())
        stream = {**environment, "JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        run = start_espcap("--file", DNS, "--file", "missing", "--output", "/dev/null", stderr=journal.fileno(), env=stream)
        assert run.wait() == 2
        journal.close()
        lines = ours.makefile().read().splitlines()
    assert "<3>open missing: No such file or directory" in lines
    assert [line[:3] for line in lines if "92 packets captured" in line] == ["<6>"], lines
    assert len(lines) == len(set(lines)) and all(line[0] + line[2] == "<>" for line in lines), lines


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


@pytest.fixture
def syslog(tmp_path):
    """A socket whose reader has stalled: it has room for nothing more."""
    path = str(tmp_path / "log")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as reader, \
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        reader.bind(path)
        reader.settimeout(WAIT_S)
        other.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                other.sendto(b"filled", path)
        yield reader, with_dev_log(path)


def test_a_syslog_that_nobody_reads_delays_nothing(syslog, many_files, start_espcap, espcap, tmp_path):
    documents = len(espcap("--file", TEST_PCAPS / "arp.pcap").lines())
    run = start_espcap("--dir", many_files, output=tmp_path / "out", before=syslog[1])
    assert run.wait(WAIT_S) == 0, run
    assert run.line_count() == FILES * documents


@pytest.mark.parametrize("arguments", [["--list"], ["query", "n", "--node", "127.0.0.1:1"], ["--file", "missing"]],
                         ids=["list", "query", "error"])
def test_nor_does_it_delay_a_command(syslog, arguments, start_espcap):
    run = start_espcap(*arguments, before=syslog[1])
    run.wait(WAIT_S)


def test_syslog_has_all_once_it_is_read(syslog, start_espcap, tmp_path):
    reader, before = syslog
    run = start_espcap("--file", "-", output=tmp_path / "out", stdin=subprocess.PIPE, before=before)
    run.feed(DNS.read_bytes())
    run.wait_for_lines(92)
    messages = []
    while not messages or messages[-1].endswith("filled"):
        messages.append(reader.recv(4096).decode())
    assert messages[-1].endswith(" started"), messages
    run.end_input()
    assert run.wait() == 0, run
    last = reader.recv(4096).decode()
    while "--run-as names another user" in last:  # as root
        last = reader.recv(4096).decode()
    assert "92 packets captured" in last


def test_standard_error_is_written_while_syslog_stalls(syslog, start_espcap):
    run = start_espcap("--verbose", "--file", "-", "--output", "/dev/null", stdin=subprocess.PIPE, before=syslog[1])
    run.feed(DNS.read_bytes())
    run.wait_for("reading ")
    run.end_input()
    assert run.wait() == 0, run

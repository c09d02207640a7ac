# SPDX-License-Identifier: GPL-2.0-or-later
"""What commands print for their users: to terminals, to readers that end, to full disks."""
import fcntl
import os
import re
import signal
import struct
import subprocess
import termios

import pytest
from project import ESPCAP, ROOT, TEST_PCAPS
from terminal import Terminal

QUERIES = sorted(path.stem for path in (ROOT / "config" / "queries").glob("*.json"))
PRINTING = [("--help",), ("--version",), ("--list",), ("fields",), ("template",), ("query",)]
COMMANDS = [(), ("resend",), ("template",), ("fields",), ("query",), ("packets",), ("report",)]


def without_readers(*arguments, environment, ignored=False):
    """(its status, what it says) where nobody reads; `ignored`: started by one who ignores SIGPIPE."""
    ours, theirs = os.pipe()
    os.close(ours)
    try:
        run = subprocess.run([ESPCAP, *arguments], stdout=theirs, stderr=subprocess.PIPE, env=environment,
                             restore_signals=not ignored, check=False)
    finally:
        os.close(theirs)
    return run.returncode, run.stderr.decode()


@pytest.mark.parametrize("ignored", [False, True], ids=["sigpipe", "ignored"])
@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_a_reader_that_has_ended_ends_it_quietly(arguments, ignored, environment):
    status, said = without_readers(*arguments, environment=environment, ignored=ignored)
    assert status == -signal.SIGPIPE
    assert "error" not in said and "Broken pipe" not in said


@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_a_full_disk_is_an_error(arguments, espcap):
    with open("/dev/full", "wb") as full:
        run = espcap(*arguments, stdout=full)
    assert run.code == 1
    assert "espcap: error: write standard output: No space left on device" in run.err


@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_a_file_at_its_size_limit_is_an_error(arguments, espcap, tmp_path):
    limit = 1 << 30  # what it keeps for itself is smaller
    with (tmp_path / "printed").open("ab") as printed:
        printed.truncate(limit)
        run = espcap(*arguments, stdout=printed, before=("prlimit", f"--fsize={limit}"))
    assert run.code == 1
    assert "espcap: error: write standard output: File too large" in run.err


@pytest.mark.parametrize("form", [(), ("--format", "text"), ("--format", "bulk")], ids=str)
def test_a_run_whose_reader_is_gone_prints_its_ledger(form, start_espcap):
    run = start_espcap("--file", TEST_PCAPS / "tcp-loss.pcap", "--chunk", "1", *form,
                       stdout=subprocess.PIPE)
    run.stdout.readline()
    run.stdout.close()
    assert run.wait() == 3, run
    assert "write standard output: the program that reads it has ended" in run.err
    numbers = run.ledger
    assert numbers["packets captured"] == (numbers["written"] + numbers["failed"] +
                                           numbers.get("abandoned", 0)) > 0


def test_so_does_one_that_writes_into_a_pipe_with_a_name(start_espcap, tmp_path):
    os.mkfifo(tmp_path / "out.gz")
    run = start_espcap("--file", TEST_PCAPS / "tcp-loss.pcap", "--chunk", "1", "--output", "out.gz")
    with (tmp_path / "out.gz").open("rb") as reader:
        reader.read(1)
    assert run.wait() == 3, run
    assert run.ledger["packets captured"] > 0


@pytest.mark.parametrize("columns", [40, 80, 132])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: " ".join(words) or "capture")
def test_help_wraps_at_the_width(command, columns, espcap, environment):
    text = espcap(*command, "--help", env={**environment, "COLUMNS": str(columns)}).out.decode()
    help_text, _, examples = text.partition("\nExample")
    assert examples and "{false}" not in text
    for line in help_text.splitlines():
        # A word that is longer than a line (a path, a list of names) is whole.
        assert len(line) <= columns or len(line.split()) == 1 or re.match(r"  -\S+ \S+( \.\.\.)?$", line)
    if columns >= 80:
        assert all(len(line) <= columns for line in text.splitlines()), "a word that is cut off"


def test_help_asks_the_terminal_for_its_width(environment):
    widths = {}
    for columns in (60, 100):
        with Terminal() as terminal:
            fcntl.ioctl(terminal.fileno(), termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            with subprocess.Popen([ESPCAP, "--help"], stdin=subprocess.DEVNULL, stdout=terminal.fileno(),
                                  stderr=subprocess.DEVNULL,
                                  env={k: v for k, v in environment.items() if k != "COLUMNS"}):
                text = terminal.read().decode().partition("\r\nExamples:")[0]
        widths[columns] = max(len(line) for line in text.splitlines())
    assert all(columns - 10 < width <= columns for columns, width in widths.items()), widths


def test_queries_are_found_wherever_the_program_is(espcap, tmp_path):
    run = espcap("query", cwd=tmp_path)
    assert run.out.decode().split() == QUERIES and len(QUERIES) >= 8
    assert "/etc/espcap/queries" in run.err and "built in" in run.err
    wrong = espcap("query", "top-talker", "--node", "127.0.0.1:1", cwd=tmp_path)
    assert wrong.code == 1
    assert "/etc/espcap/queries" in wrong.err and "did you mean 'top-talkers'?" in wrong.err
    # Found: what is missing is the server.
    assert "connect" in espcap("query", "top-talkers", "--node", "127.0.0.1:1", cwd=tmp_path).err.lower()


def test_a_query_of_a_folder_goes_before_one_that_is_built_in(espcap, tmp_path):
    folder = tmp_path / "config" / "queries"
    folder.mkdir(parents=True)
    (folder / "mine.json").write_text("{}")
    (folder / "top-talkers.json").write_text('{"size": "${lines}"}')
    assert espcap("query", cwd=tmp_path).out.decode().split() == sorted([*QUERIES, "mine"])
    run = espcap("query", "top-talkers", "--node", "127.0.0.1:1", cwd=tmp_path)
    assert "the query wants a value: --set lines=…" in run.err

# SPDX-License-Identifier: GPL-2.0-or-later
"""--watch: files are taken when their writers have finished them."""
import json
import signal
import subprocess
import time

import pytest
from conftest import ESPCAP, TEST_PCAPS

DNS = (TEST_PCAPS / "dns.pcap").read_bytes()
ICMP = (TEST_PCAPS / "icmp.pcap").read_bytes()


class Watching:
    """espcap on a directory, its documents in a file."""

    def __init__(self, directory, out, environment, *more):
        self.out = out
        self.process = subprocess.Popen(
            [str(ESPCAP), "--dir", str(directory), "--watch", "--output", str(out), *more],
            stderr=subprocess.PIPE, env=environment)

    def documents(self):
        return self.out.read_bytes().count(b"\n") if self.out.exists() else 0

    def wait_for(self, count):
        deadline = time.monotonic() + 30
        while self.documents() < count:
            assert time.monotonic() < deadline, self.documents()
            assert self.process.poll() is None, self.process.stderr.read()
            time.sleep(0.05)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        error = self.process.stderr.read().decode()
        return self.process.wait(30), error


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "captures"
    path.mkdir()
    return path


@pytest.fixture
def watching(folder, tmp_path, environment):
    started = []

    def start(*more):
        started.append(Watching(folder, tmp_path / "out", environment, *more))
        return started[-1]

    yield start
    for watch in started:
        watch.process.kill()
        watch.process.wait()
        watch.process.stderr.close()


def test_files_are_taken_when_complete(folder, watching):
    (folder / "first.pcap").write_bytes(DNS)
    watch = watching()
    watch.wait_for(92)
    with (folder / "second.pcap").open("wb") as stream:
        stream.write(ICMP[:1000])
        stream.flush()
        time.sleep(1)
        assert watch.documents() == 92
        stream.write(ICMP[1000:])
    watch.wait_for(92 + 23)
    part = folder.parent / "third.part"
    part.write_bytes(DNS)
    part.rename(folder / "third.pcap")
    watch.wait_for(92 + 23 + 92)
    (folder / "notes.txt").write_text("no capture\n")
    time.sleep(1)
    code, error = watch.stop()
    assert code == 0, error
    assert "notes.txt" in error and "207 packets captured, 207 written, 0 failed" in error


def test_a_writer_from_before(folder, watching):
    """It had the file open when espcap came."""
    with (folder / "rotating.pcap").open("wb") as stream:
        stream.write(DNS[:2000])
        stream.flush()
        watch = watching()
        time.sleep(1.5)
        assert watch.documents() == 0
        stream.write(DNS[2000:])
    watch.wait_for(92)
    assert watch.stop()[0] == 0


def test_a_rotating_tcpdump(folder, watching, tmp_path):
    """tcpdump -C closes a file and begins the next: every packet is there once."""
    big = tmp_path / "big.pcap"
    http = (TEST_PCAPS / "http.pcap").read_bytes()
    big.write_bytes(http[:24] + http[24:] * (3_500_000 // len(http)))
    expected = subprocess.run(["tcpdump", "-r", str(big), "--count"], check=True,
                              capture_output=True, text=True).stdout.split()[0]
    watch = watching()
    subprocess.run(["tcpdump", "-r", str(big), "-w", str(folder / "part"), "-C", "1", "-Z", "root"],
                   check=True, capture_output=True)
    assert len(list(folder.iterdir())) > 1
    watch.wait_for(int(expected))
    time.sleep(0.5)
    code, error = watch.stop()
    assert code == 0 and f"{expected} packets captured, {expected} written" in error, error


def test_folders_made_later(folder, watching):
    watch = watching("--recursive")
    time.sleep(1)
    below = folder / "today" / "eth0"
    below.mkdir(parents=True)
    (below / "a.pcap").write_bytes(ICMP)
    watch.wait_for(23)
    assert watch.stop()[0] == 0


def test_resume_skips_what_an_earlier_watch_has_taken(folder, watching, tmp_path, environment):
    (folder / "a.pcap").write_bytes(DNS)
    state = str(tmp_path / "state")
    first = watching("--resume", state)
    first.wait_for(92)
    time.sleep(0.3)
    assert first.stop()[0] == 0
    second = watching("--resume", state)
    time.sleep(1)
    (folder / "b.pcap").write_bytes(ICMP)
    second.wait_for(92 + 23)  # appended
    code, error = second.stop()
    assert code == 0 and "1 captures skipped" in error and "23 packets captured" in error, error


def test_count_ends_a_watch(folder, watching):
    (folder / "a.pcap").write_bytes(DNS)
    watch = watching("--count", "30")
    assert watch.process.wait(30) == 0
    assert watch.documents() == 30


def test_a_directory_that_is_removed_ends_the_run(folder, watching):
    watch = watching()
    time.sleep(1)
    folder.rmdir()
    assert watch.process.wait(30) == 1
    assert str(folder) in watch.process.stderr.read().decode()


def test_watch_needs_a_directory(espcap):
    run = espcap("--file", TEST_PCAPS / "dns.pcap", "--watch")
    assert run.code == 1 and "--watch follows a --dir" in run.err


def test_documents_are_whole_while_it_runs(folder, watching):
    (folder / "a.pcap").write_bytes(DNS)
    watch = watching()
    watch.wait_for(92)
    numbers = [json.loads(line)["layers"]["frame"]["frame_frame_number"]
               for line in watch.out.read_bytes().splitlines()]
    assert numbers == [str(number) for number in range(1, 93)]
    assert watch.stop()[0] == 0

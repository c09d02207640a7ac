# SPDX-License-Identifier: GPL-2.0-or-later
"""Pipes: sessions that are replaced, workers that die, packets that come slowly."""
import json
import subprocess
import time

import pytest
from conftest import ESPCAP, TEST_PCAPS
from test_workers import kill_a_worker

HTTP = TEST_PCAPS / "http.pcap"


@pytest.fixture(scope="module")
def long_stream():
    data = HTTP.read_bytes()
    return data[:24] + data[24:] * 200


def frames(documents):
    """What the frame layers say, but for what depends on the dissection of earlier frames."""
    return [{key: value for key, value in document["layers"]["frame"].items()
             if key != "frame_frame_protocols"} for document in documents]


@pytest.mark.parametrize("limit", [["--session-packets", "10"], ["--session-bytes", "4k"],
                                   ["--session-packets", "1"]])
@pytest.mark.parametrize("more", [[], ["--filter", "tcp.len > 0"], ["--bpf", "tcp port 80"]])
def test_a_replaced_session_loses_and_repeats_no_frame(limit, more, espcap):
    run = espcap("--file", "-", *limit, *more, input=HTTP.read_bytes())
    assert run.code == 0, run
    whole = espcap("--file", HTTP, *more)
    assert frames(run.documents()) == frames(whole.documents())
    assert run.err.split(";")[0] == whole.err.split(";")[0]


def test_packets_are_numbered_on_for_people(espcap):
    run = espcap("--file", "-", "--format", "text", "--session-packets", "7",
                 input=HTTP.read_bytes())
    numbers = [line for line in run.out.decode().splitlines() if line.startswith("Packet no.")]
    assert numbers == [f"Packet no. {number}" for number in range(1, len(numbers) + 1)]
    assert len(numbers) == espcap("--file", HTTP).out.count(b"\n")


def test_a_session_is_replaced_by_its_resident_size(espcap, long_stream):
    """No process is that small: every thousand packets a new one takes over."""
    run = espcap("--file", "-", "--session-rss", "1M", "--verbose", input=long_stream)
    assert run.code == 0, run
    numbers = [frame["frame_frame_number"] for frame in frames(run.documents())]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert run.err.count("a fresh session goes on") == len(numbers) // 1024


def test_a_killed_worker_on_a_pipe_is_replaced(environment, tmp_path, espcap, long_stream):
    """The next one goes on with the frame after the last settled one."""
    out = tmp_path / "out"
    with subprocess.Popen([str(ESPCAP), "--file", "-", "--output", str(out)],
                          stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=environment) as process:
        step = len(long_stream) // 3
        for third in range(2):
            process.stdin.write(long_stream[third * step:(third + 1) * step])
            process.stdin.flush()
            time.sleep(0.3)
            kill_a_worker(process)
        process.stdin.write(long_stream[2 * step:])
        process.stdin.close()
        error = process.stderr.read().decode()
    assert process.returncode == 0, error
    assert error.count("its worker died; taken up again at packet") == 2, error
    numbers = [json.loads(line)["layers"]["frame"]["frame_frame_number"]
               for line in out.read_bytes().splitlines()]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert len(numbers) == 200 * espcap("--file", HTTP).out.count(b"\n")


def test_a_killed_reader_of_a_pipe_is_an_error(environment, long_stream):
    """What it had not read is lost: said, exit 1."""
    with subprocess.Popen([str(ESPCAP), "--file", "-", "--output", "/dev/null"],
                          stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=environment) as process:
        process.stdin.write(long_stream[:100_000])
        process.stdin.flush()
        kill_a_worker(process, "espcap-reader")
        error = process.stderr.read().decode()
        process.stdin.close()
    assert process.returncode == 1
    assert "standard input: its reader died" in error


def test_a_quiet_pipe_shows_its_packets(environment):
    """Not only when a batch is full: within two seconds."""
    with subprocess.Popen([str(ESPCAP), "--file", "-"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env=environment) as process:
        data = HTTP.read_bytes()
        process.stdin.write(data[:24] + data[24:] * 2)
        process.stdin.flush()
        process.stdout.readline()
        start = time.monotonic()
        process.stdin.write(data[24:] * 2)
        process.stdin.flush()
        seen = 0
        while seen < 300:  # of 416: wiretap reads a pipe by whole blocks
            seen += process.stdout.readline() != b""
        assert time.monotonic() - start < 3
        process.stdin.close()
        process.stdout.read()
    assert process.returncode == 0


@pytest.mark.parametrize("count", [1, 50])
def test_count_on_a_pipe(count, espcap):
    run = espcap("--file", "-", "--count", count, input=HTTP.read_bytes())
    assert run.code == 0, run
    assert len(run.documents()) == count


def test_a_pipe_beside_files(espcap, tmp_path):
    """In order, whatever the number of workers."""
    dns = TEST_PCAPS / "dns.pcap"
    for workers in ("1", "3"):
        run = espcap("--file", dns, "--file", "-", "--file", TEST_PCAPS / "icmp.pcap",
                     "--workers", workers, input=HTTP.read_bytes())
        assert run.code == 0, run
        assert run.out == b"".join(espcap("--file", path).out for path in
                                   (dns, HTTP, TEST_PCAPS / "icmp.pcap"))

# SPDX-License-Identifier: GPL-2.0-or-later
"""Many workers, and workers that die: the documents are the same."""
import os
import pathlib
import signal
import subprocess
import time

import pytest
from conftest import ESPCAP, TEST_PCAPS, decompressed


def text_of(path):
    """Empty where the process has ended meanwhile."""
    try:
        return pathlib.Path(path).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def children(process):
    return [int(child) for child in text_of(f"/proc/{process}/task/{process}/children").split()]


def workers_of(espcap_process, name="espcap-worker"):
    found = [child for zygote in children(espcap_process) for child in children(zygote)]
    return [child for child in found if text_of(f"/proc/{child}/comm").strip() == name]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Larger captures of different length."""
    folder = tmp_path_factory.mktemp("archive")
    for number, name in enumerate(["http", "dns", "tcp-loss", "icmp"]):
        data = (TEST_PCAPS / f"{name}.pcap").read_bytes()
        (folder / f"{name}.pcap").write_bytes(data[:24] + data[24:] * (80 * (number + 1)))
    return folder


@pytest.fixture(scope="module")
def expected(archive, espcap):
    """What single runs say of each, in order."""
    return b"".join(espcap("--file", path, "--workers", "1", "--quiet").out
                    for path in sorted(archive.iterdir()))


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_order_and_documents_do_not_depend_on_workers(workers, archive, expected, espcap):
    run = espcap("--dir", archive, "--workers", workers)
    assert run.code == 0, run
    assert run.out == expected


def test_unordered_has_the_same_documents(archive, expected, espcap):
    run = espcap("--dir", archive, "--workers", "3", "--no-ordered")
    assert run.code == 0, run
    assert sorted(run.out.splitlines()) == sorted(expected.splitlines())


def test_small_slots(archive, expected, espcap):
    """Batches of a few documents: every slot is in use many times."""
    run = espcap("--dir", archive, "--workers", "3", "--chunk", "7", "--chunk-bytes", "64k")
    assert run.out == expected


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_compressed_files_hold_the_same(suffix, workers, archive, expected, espcap, tmp_path):
    out = tmp_path / f"out.ndjson.{suffix}"
    run = espcap("--dir", archive, "--workers", workers, "--output", out)
    assert run.code == 0, run
    assert decompressed(out) == expected
    assert out.stat().st_size < len(expected) / 10
    # Hardly a document fits into a batch, and none of them compresses well.
    run = espcap("--dir", archive, "--workers", workers, "--output", out, "--chunk", "3",
                 "--chunk-bytes", "1k")
    assert run.code == 0, run
    assert decompressed(out) == expected


def kill_a_worker(process, name="espcap-worker"):
    deadline = time.monotonic() + 30
    while not (found := workers_of(process.pid, name)):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.01)
    os.kill(found[-1], signal.SIGKILL)


@pytest.mark.parametrize("name", ["out", "out.gz", "out.zst"])
def test_a_killed_worker_is_replaced(name, archive, expected, environment, tmp_path):
    """The frame after the last settled one is where the next worker goes on: nothing twice. What it
    leaves behind isn't compressed yet."""
    out = tmp_path / name
    with subprocess.Popen([str(ESPCAP), "--dir", str(archive), "--output", str(out)],
                          stderr=subprocess.PIPE, env=environment) as process:
        for _ in range(3):
            time.sleep(0.2)
            kill_a_worker(process)
        error = process.stderr.read().decode()
    assert process.returncode == 0, error
    assert error.count("its worker died; taken up again at packet") == 3, error
    assert "ended by signal 9 (Killed)" in error
    assert (decompressed(out) if out.suffix else out.read_bytes()) == expected


@pytest.mark.parametrize("compress", ["--compress", "--no-compress"])
def test_a_killed_worker_and_a_server(compress, archive, expected, environment, elasticsearch):
    with subprocess.Popen([str(ESPCAP), "--dir", str(archive), "--node", elasticsearch.url,
                           compress], stderr=subprocess.PIPE, env=environment) as process:
        for _ in range(2):
            time.sleep(0.3)
            kill_a_worker(process)
        error = process.stderr.read().decode()
    assert process.returncode == 0, error
    total = expected.count(b"\n")
    assert f"{total} packets captured, {total} indexed, 0 already there, 0 failed" in error
    assert elasticsearch.count("packets-*") == total


LUA = """
local bad = Proto("bad", "Ends the process")
function bad.dissector(bytes, packet, tree)
    if packet.number == 17 or packet.number == 40 then os.exit(3) end
end
register_postdissector(bad)
"""


@pytest.mark.parametrize("two_pass", [[], ["-2"]])
def test_a_frame_that_ends_every_worker_is_left_out(two_pass, environment, espcap, tmp_path):
    """A dissector of the user's own that ends its process, as a crash would."""
    plugins = tmp_path / ".local" / "lib" / "wireshark" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "bad.lua").write_text(LUA)
    capture = TEST_PCAPS / "dns.pcap"
    run = espcap("--file", capture, *two_pass, env={**environment, "HOME": str(tmp_path)})
    assert run.code == 1
    for frame in (17, 40):
        assert f"packet {frame} ends every process that dissects it; left out" in run.err
    assert "92 packets captured, 90 written, 2 failed" in run.err
    whole = espcap("--file", capture, *two_pass).documents()
    numbers = [document["layers"]["frame"]["frame_frame_number"] for document in run.documents()]
    assert numbers == [str(n) for n in range(1, 93) if n not in (17, 40)]
    by_number = {document["layers"]["frame"]["frame_frame_number"]: document for document in whole}
    for document in run.documents():
        frame = document["layers"]["frame"]
        other = by_number[frame["frame_frame_number"]]["layers"]["frame"]
        for key in ("frame_frame_time_delta", "frame_frame_time_relative", "frame_frame_len"):
            assert frame[key] == other[key]


def test_everything_ends_with_the_supervisor(archive, environment):
    with subprocess.Popen([str(ESPCAP), "--dir", str(archive)], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, env=environment) as process:
        process.stdout.readline()  # the rest fills the pipe: it waits
        family = children(process.pid) + workers_of(process.pid)
        assert len(family) >= 2
        process.kill()
        deadline = time.monotonic() + 10
        while any(pathlib.Path(f"/proc/{member}").exists() and "Z" not in
                  pathlib.Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()[0]
                  for member in family):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_no_worker_holds_a_connection(archive, environment, elasticsearch):
    """Whoever parses hostile bytes has no socket but the one to its supervisor."""
    with subprocess.Popen([str(ESPCAP), "--dir", str(archive), "--node", elasticsearch.url],
                          stderr=subprocess.DEVNULL, env=environment) as process:
        deadline = time.monotonic() + 30
        while not (found := workers_of(process.pid)):
            assert time.monotonic() < deadline
        tcp = pathlib.Path(f"/proc/{found[0]}/net/tcp").read_text()
        inodes = {line.split()[9] for line in tcp.splitlines()[1:]}
        for member in [*children(process.pid), *found]:
            sockets = set()
            for descriptor in pathlib.Path(f"/proc/{member}/fd").iterdir():
                try:
                    target = os.readlink(descriptor)
                except FileNotFoundError:  # closed meanwhile
                    continue
                if target.startswith("socket:["):
                    sockets.add(target[8:-1])
            assert not sockets & inodes
        process.wait(60)

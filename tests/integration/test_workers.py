# SPDX-License-Identifier: GPL-2.0-or-later
"""Many workers, and workers that die: the documents are the same."""
import os
import pathlib
import signal
import subprocess

import processes
import pytest
from documents import decompressed
from espcap import TAKEN_UP
from project import TEST_PCAPS
from waiting import wait_until


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
def test_compressed_files_hold_the_same(suffix, workers, smaller_archive, espcap, tmp_path):
    expected = espcap("--dir", smaller_archive).out
    out = tmp_path / f"out.ndjson.{suffix}"
    run = espcap("--dir", smaller_archive, "--workers", workers, "--output", out)
    assert run.code == 0, run
    assert decompressed(out) == expected
    assert out.stat().st_size < len(expected) / 10
    # Hardly a document fits into a batch, and none of them compresses well.
    run = espcap("--dir", smaller_archive, "--workers", workers, "--output", out, "--chunk", "3",
                 "--chunk-bytes", "1k")
    assert run.code == 0, run
    assert decompressed(out) == expected


def kill_the_worker_of_the_first(run, archive, progress):
    """Of the files that aren't done yet: its documents are those that are written, in order. Not before
    there are some since the last time."""
    before = progress()
    run.wait_until(lambda: progress() > before)

    def workers():
        return {name: worker for worker in run.children("espcap-worker")
                for name in processes.open_files(worker) if name.startswith(str(archive))}

    found = run.wait_until(workers)
    victim = found[min(found)]
    os.kill(victim, signal.SIGKILL)
    run.wait_until(lambda: victim not in run.children("espcap-worker"))


@pytest.mark.parametrize("name", ["out", "out.gz", "out.zst"])
def test_a_killed_worker_is_replaced(name, archive, expected, start_espcap, tmp_path):
    """The frame after the last settled one is where the next worker goes on: nothing twice. What it
    leaves behind isn't compressed yet. A worker killed after its file's last frame isn't missed."""
    out = tmp_path / name
    run = start_espcap("--dir", archive, output=out)
    while run.err.count(TAKEN_UP) < 3:
        kill_the_worker_of_the_first(
            run, archive, lambda: out.stat().st_size if out.exists() else 0)
    assert run.wait() == 0, run
    assert "ended by signal 9 (Killed)" in run.err
    assert (decompressed(out) if out.suffix else out.read_bytes()) == expected


@pytest.mark.parametrize("compress", ["--compress", "--no-compress"])
def test_a_killed_worker_and_a_server(compress, smaller_archive, espcap, start_espcap, elasticsearch):
    total = espcap("--dir", smaller_archive).ledger["written"]
    run = start_espcap("--dir", smaller_archive, *elasticsearch.options, compress)
    for _ in range(2):
        before = elasticsearch.count_so_far(elasticsearch.indices)
        run.wait_until(lambda now=before: elasticsearch.count_so_far(elasticsearch.indices) > now)
        run.kill_child()
    assert run.wait() == 0, run
    assert f"{total} packets captured, {total} indexed, 0 already there, 0 failed" in run.err
    assert elasticsearch.count(elasticsearch.indices) == total


LUA = """
local bad = Proto("bad", "Ends the process")
function bad.dissector(bytes, packet, tree)
    if packet.number == 17 or packet.number == 40 then os.exit(3) end
end
register_postdissector(bad)
"""


@pytest.mark.parametrize("two_pass", [[], ["-2"]])
def test_a_frame_that_ends_every_worker_is_quarantined(two_pass, environment, espcap, tmp_path):
    """A dissector of the user's own that ends its process, as a crash would."""
    plugins = tmp_path / ".local" / "lib" / "wireshark" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "bad.lua").write_text(LUA)
    capture = TEST_PCAPS / "dns.pcap"
    run = espcap("--file", capture, *two_pass, env={**environment, "HOME": str(tmp_path)})
    assert run.code == 2
    for frame in (17, 40):
        assert f"packet {frame}: its dissection ends the process with status 3; put into quarantine" in run.err
    assert "92 packets captured, 92 written, 0 failed; 2 quarantined" in run.err
    whole = espcap("--file", capture, *two_pass).documents()
    for document, other in zip(run.documents(), whole, strict=True):
        frame, other_frame = document["layers"]["frame"], other["layers"]["frame"]
        assert frame["frame_frame_number"] == other_frame["frame_frame_number"]
        if frame["frame_frame_number"] in ("17", "40"):
            assert document["espcap"]["error"] == "its dissection ends the process with status 3"
            continue
        if frame["frame_frame_number"] == "1":  # it has no delta, from 4.6 on
            assert frame.get("frame_frame_time_delta") == other_frame.get("frame_frame_time_delta")
        else:
            assert frame["frame_frame_time_delta"] == other_frame["frame_frame_time_delta"]
        for key in ("frame_frame_time_relative", "frame_frame_len"):
            assert frame[key] == other_frame[key]


def test_everything_ends_with_the_supervisor(archive, start_espcap):
    run = start_espcap("--dir", archive, stdout=subprocess.PIPE)
    run.stdout.readline()  # the rest fills the pipe: it waits
    family = run.children()
    assert len(family) >= 2
    run.kill()
    wait_until(lambda: not any(processes.runs(member) for member in family))


def test_no_worker_holds_a_connection(smaller_archive, start_espcap, elasticsearch):
    """A process that parses hostile bytes has no socket but the one to its supervisor."""
    run = start_espcap("--dir", smaller_archive, *elasticsearch.options)
    found = run.wait_until(lambda: run.children("espcap-worker"))
    tcp = pathlib.Path(f"/proc/{found[0]}/net/tcp").read_text()
    inodes = {line.split()[9] for line in tcp.splitlines()[1:]}
    for member in run.children():
        sockets = {target[8:-1] for target in processes.open_files(member)
                   if target.startswith("socket:[")}
        assert not sockets & inodes
    run.wait()

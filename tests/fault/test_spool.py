# SPDX-License-Identifier: GPL-2.0-or-later
"""The spool where it is full, its disk is, or it can't be written: nothing is lost, and nothing crashes."""
import subprocess

import pytest
from delivery import assert_all_landed, segment_bytes
from mounts import own_mounts
from waiting import assert_stays, wait_until

CHUNK = 100
# What batch slots hold at most in addition to the spool is a small part of the documents then.
SMALL_SLOTS = ["--chunk", CHUNK, "--chunk-bytes", "128k"]


def start_without_server(start_espcap, proxy, *arguments, **options):
    """The node is away from the second request on."""
    run = start_espcap(*proxy.options, "--concurrency", 1, *SMALL_SLOTS, *arguments, **options)
    wait_until(lambda: proxy.requests >= 1 or not run.runs())
    proxy.refuse()
    return run


@pytest.mark.parametrize("limit", ["64k", "256k"])
def test_a_full_spool_holds_back_files(limit, proxy, elasticsearch, small_archive, start_espcap,
                                       tmp_path):
    folder, ids = small_archive
    spool = tmp_path / "spool"
    run = start_without_server(start_espcap, proxy, "--dir", folder, "--spool", spool,
                               "--spool-bytes", limit)
    run.wait_for("the spool is full")
    run.wait_until_idle()
    assert run.runs(), run
    assert 0 < segment_bytes(spool) <= int(limit[:-1]) << 10
    held = segment_bytes(spool)
    assert_stays(lambda: segment_bytes(spool) == held and run.runs(), 1)  # it is full, and the run waits
    proxy.listen()
    assert run.wait() == 0, run
    assert_all_landed(elasticsearch, ids)
    assert run.ledger["indexed"] + run.ledger["already there"] == len(ids)
    assert run.err.count("the spool is full") == 1, run
    assert "dropped" not in run.err


def test_a_spool_takes_all_while_the_server_is_away(proxy, elasticsearch, small_archive,
                                                    start_espcap, tmp_path):
    """Its documents come after the server is back, and their room is given back."""
    folder, ids = small_archive
    spool = tmp_path / "spool"
    run = start_without_server(start_espcap, proxy, "--dir", folder, "--spool", spool)
    wait_until(lambda: segment_bytes(spool) > 100_000)
    proxy.listen()
    assert run.wait() == 0, run
    assert_all_landed(elasticsearch, ids)
    assert segment_bytes(spool) < 4096


def test_a_folder_without_files_brings_what_is_in_the_spool(proxy, elasticsearch, small_archive, espcap, tmp_path):
    folder, ids = small_archive
    spool, empty = tmp_path / "spool", tmp_path / "empty"
    empty.mkdir()
    proxy.refuse()
    run = espcap("--dir", folder, *proxy.options, "--spool", spool, "--stop-timeout", "1s")
    assert run.code == 0 and run.ledger["in the spool"] == len(ids), run
    proxy.listen()
    run = espcap("--dir", empty, *proxy.options, "--spool", spool)
    assert run.code == 0 and "no file in it" not in run.err, run
    assert_all_landed(elasticsearch, ids)


@pytest.fixture
def small_disk(tmp_path):
    """(folder, what is before a command that has a disk of 128 KiB there)."""
    folder = tmp_path / "disk"
    folder.mkdir()
    script = 'mount -t tmpfs -o size=128k tmpfs "$0" && exec "$@"'
    before = [*own_mounts(), "sh", "-c", script, folder]
    probe = subprocess.run([*(str(word) for word in before), "true"], check=False)
    assert probe.returncode == 0
    return folder, before


def test_a_full_disk(small_disk, proxy, elasticsearch, small_archive, start_espcap):
    """Documents that find no room on it wait elsewhere."""
    disk, before = small_disk
    folder, ids = small_archive
    run = start_without_server(start_espcap, proxy, "--dir", folder, "--spool", disk / "spool",
                               before=before)
    run.wait_for("No space left on device: captures wait")
    run.wait_until_idle()
    assert run.runs(), run
    proxy.listen()
    assert run.wait() == 0, run
    assert_all_landed(elasticsearch, ids)
    assert run.ledger["indexed"] + run.ledger["already there"] == len(ids)
    assert run.err.count("No space left on device: captures wait") == 1, run


def test_a_spool_that_cannot_be_written(proxy, small_archive, start_espcap, tmp_path):
    """A read-only file system: told at once, before anything is read."""
    folder, _ = small_archive
    spool = tmp_path / "disk"
    spool.mkdir()
    script = 'mount -t tmpfs -o ro tmpfs "$0" && exec "$@"'
    run = start_espcap("--dir", folder, *proxy.options, "--spool", spool,
                       before=[*own_mounts(), "sh", "-c", script, spool])
    assert run.wait() == 1
    assert str(spool) in run.err and "Read-only file system" in run.err, run
    assert proxy.requests == 0


def test_a_spool_that_is_a_file(proxy, small_archive, start_espcap, tmp_path):
    folder, _ = small_archive
    spool = tmp_path / "spool"
    spool.write_text("a file")
    run = start_espcap("--dir", folder, *proxy.options, "--spool", spool)
    assert run.wait() == 1
    assert str(spool) in run.err, run
    assert spool.read_text() == "a file"


def test_two_runs_do_not_share_a_spool(proxy, small_archive, start_espcap, tmp_path):
    folder, _ = small_archive
    spool = tmp_path / "spool"
    first = start_without_server(start_espcap, proxy, "--dir", folder, "--spool", spool)
    wait_until(lambda: segment_bytes(spool) > 0)
    proxy.listen()
    proxy.always(lambda exchange: exchange.wait_for_heal())
    second = start_espcap("--dir", folder, *proxy.options, "--spool", spool)
    assert second.wait() == 1
    assert str(spool) in second.err and "another espcap" in second.err, second
    proxy.heal()
    assert first.wait() == 0, first


def test_a_signal_keeps_what_waits_for_the_next_run(proxy, elasticsearch, small_archive,
                                                    start_espcap, espcap, tmp_path):
    """The server is away: what is dissected is in the spool when the run has ended, and is counted so."""
    folder, ids = small_archive
    spool, state = tmp_path / "spool", tmp_path / "state"
    kept = ["--dir", folder, "--spool", spool, "--resume", state]
    run = start_without_server(start_espcap, proxy, *kept)
    wait_until(lambda: segment_bytes(spool) > 100_000)
    code = run.stop()
    counts = run.ledger
    captured = counts.pop("packets captured")
    assert captured == counts["in the spool"] == sum(counts.values()), run
    assert code == 0, run
    proxy.listen()
    run = espcap(*kept, *proxy.options)
    assert run.code == 0, run
    assert_all_landed(elasticsearch, ids)


def test_a_run_beside_a_dead_server_ends_once_all_is_in_the_spool(proxy, elasticsearch, small_archive,
                                                                  start_espcap, tmp_path):
    folder, ids = small_archive
    proxy.refuse()
    arguments = ("--dir", folder, *proxy.options, "--spool", tmp_path / "spool")
    run = start_espcap(*arguments, "--stop-timeout", "1s")
    assert run.wait(60) == 0, run
    assert run.ledger["in the spool"] == len(ids)
    assert "the rest stays in the spool for the next run" in run.err
    proxy.listen()
    assert start_espcap(*arguments).wait(60) == 0
    assert_all_landed(elasticsearch, ids)

# SPDX-License-Identifier: GPL-2.0-or-later
"""--watch: files are taken when their writers have finished them."""
import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile

import pytest
from processes import status_of
from project import TEST_PCAPS
from waiting import assert_stays

DNS = (TEST_PCAPS / "dns.pcap").read_bytes()
ICMP = (TEST_PCAPS / "icmp.pcap").read_bytes()


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "captures"
    path.mkdir()
    return path


def watches(run):
    """Whether one of its processes is told of what happens in a directory: the kernel says so of its descriptors."""
    for process in run.children("espcap-opener"):
        with contextlib.suppress(FileNotFoundError):  # one was closed meanwhile
            if any("inotify wd:" in path.read_text() for path in pathlib.Path(f"/proc/{process}/fdinfo").iterdir()):
                return True
    return False


@pytest.fixture
def watching(folder, tmp_path, start_espcap):
    """watching(*arguments) → an Espcap that watches the folder; Ctrl-C stops it."""

    def start(*more):
        run = start_espcap("--dir", folder, "--watch", *more, output=tmp_path / "out",
                           stop_signal=signal.SIGINT)
        run.wait_until(lambda: watches(run))
        return run

    return start


def test_files_are_taken_when_complete(folder, watching):
    (folder / "first.pcap").write_bytes(DNS)
    watch = watching()
    watch.wait_for_lines(92)
    with (folder / "second.pcap").open("wb") as stream:
        stream.write(ICMP[:1000])
        stream.flush()
        assert_stays(lambda: watch.line_count() == 92, 1)
        stream.write(ICMP[1000:])
    watch.wait_for_lines(92 + 23)
    part = folder.parent / "third.part"
    part.write_bytes(DNS)
    part.rename(folder / "third.pcap")
    watch.wait_for_lines(92 + 23 + 92)
    (folder / "notes.txt").write_text("no capture\n")
    watch.wait_for("notes.txt")
    assert watch.stop() == 0, watch
    assert "notes.txt" in watch.err
    assert "207 packets captured, 207 written, 0 failed" in watch.err


def test_a_writer_from_before(folder, watching):
    """It had the file open when espcap came."""
    with (folder / "rotating.pcap").open("wb") as stream:
        stream.write(DNS[:2000])
        stream.flush()
        watch = watching()
        assert_stays(lambda: watch.line_count() == 0, 1.5)
        stream.write(DNS[2000:])
    watch.wait_for_lines(92)
    assert watch.stop() == 0, watch


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
    watch.wait_for_lines(int(expected))
    watch.wait_until_idle()
    assert watch.stop() == 0, watch
    assert f"{expected} packets captured, {expected} written" in watch.err


def test_folders_made_later(folder, watching):
    watch = watching("--recursive")
    below = folder / "today" / "eth0"
    below.mkdir(parents=True)
    (below / "a.pcap").write_bytes(ICMP)
    watch.wait_for_lines(23)
    assert watch.stop() == 0, watch


def test_resume_skips_what_an_earlier_watch_has_taken(folder, watching, tmp_path):
    (folder / "a.pcap").write_bytes(DNS)
    state = tmp_path / "state"
    first = watching("--resume", state)
    first.wait_for_lines(92)
    first.wait_until_idle()
    assert first.stop() == 0, first
    second = watching("--resume", state)
    (folder / "b.pcap").write_bytes(ICMP)
    second.wait_for_lines(92 + 23)  # appended
    assert second.stop() == 0, second
    assert "1 captures skipped" in second.err and "23 packets captured" in second.err


def test_count_ends_a_watch(folder, start_espcap, tmp_path):
    (folder / "a.pcap").write_bytes(DNS)
    watch = start_espcap("--dir", folder, "--watch", "--count", "30", output=tmp_path / "out")
    assert watch.wait() == 0
    assert watch.line_count() == 30


def test_a_directory_that_is_removed_ends_the_run(folder, watching):
    watch = watching()
    folder.rmdir()
    assert watch.wait() == 3
    assert str(folder) in watch.err


CAP_DAC_READ_SEARCH, CAP_LEASE = 1 << 2, 1 << 28
OTHER_USER = "daemon"  # every Debian has this user, and nothing of espcap is its


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to give up")
def test_who_delivers_has_no_right_to_the_files(start_espcap):
    """Files of root in a folder of root: the opener follows them, and hears who writes; the supervisor can do neither."""
    with tempfile.TemporaryDirectory(dir="/tmp") as top:
        shutil.chown(top, OTHER_USER)
        os.chmod(top, 0o755)
        captures, output = pathlib.Path(top, "root-only"), pathlib.Path(top, "out")
        captures.mkdir(mode=0o700)
        with (captures / "a.pcap").open("wb") as stream:
            os.chmod(stream.fileno(), 0o600)
            stream.write(DNS[:2000])
            stream.flush()
            run = start_espcap("--dir", captures, "--watch", "--run-as", OTHER_USER, "--output", output,
                               stop_signal=signal.SIGINT)
            run.wait_until(lambda: watches(run))
            [opener] = run.children("espcap-opener")
            for process, capabilities in ((run.pid, 0), (opener, CAP_DAC_READ_SEARCH | CAP_LEASE)):
                run.wait_until(lambda pid=process: status_of(pid)["Seccomp"] == "2")
                status = status_of(process)
                assert set(status["Uid"].split()) == {str(pwd.getpwnam(OTHER_USER).pw_uid)}
                assert int(status["CapPrm"], 16) == int(status["CapEff"], 16) == capabilities, status
                assert int(status["CapBnd"], 16) == int(status["CapInh"], 16) == int(status["CapAmb"], 16) == 0, status
                assert status["NoNewPrivs"] == "1"
            # Longer than a file must stay the same where the kernel doesn't tell.
            assert_stays(lambda: not output.exists() or output.stat().st_size == 0, 3)
            stream.write(DNS[2000:])
        run.wait_until(lambda: output.exists() and len(output.read_bytes().splitlines()) == 92)
        assert run.stop() == 0, run


def test_the_process_that_follows_folders_is_killed(folder, watching):
    """What was found is delivered; the run says that it ended before its time."""
    (folder / "first.pcap").write_bytes(DNS)
    watch = watching()
    watch.wait_for_lines(92)
    os.kill(watch.children("espcap-opener")[0], signal.SIGKILL)
    assert watch.wait() == 3, watch
    assert "watch directories: the process that does so has ended" in watch.err
    assert watch.line_count() == 92


def test_many_files_at_once(folder, watching):
    """More than the way between the two processes holds."""
    for number in range(400):
        (folder / f"{number:03}.pcap").write_bytes(ICMP)
    watch = watching("--ordered")
    watch.wait_for_lines(400 * 23)
    assert watch.stop() == 0, watch
    assert watch.ledger["packets captured"] == watch.ledger["written"] == 400 * 23


def test_watch_needs_a_directory(espcap):
    run = espcap("--file", TEST_PCAPS / "dns.pcap", "--watch")
    assert run.code == 1 and "--watch: no directory is given; give --dir" in run.err


def test_documents_are_whole_while_it_runs(folder, watching):
    (folder / "a.pcap").write_bytes(DNS)
    watch = watching()
    watch.wait_for_lines(92)
    numbers = [document["layers"]["frame"]["frame_frame_number"] for document in watch.documents()]
    assert numbers == [str(number) for number in range(1, 93)]
    assert watch.stop() == 0, watch

# SPDX-License-Identifier: GPL-2.0-or-later
"""What processes that parse hostile bytes may do. As root, or as whoever runs the tests."""
import os
import shutil
import subprocess

import preload
import pytest
from processes import status_of
from project import ESPCAP, TEST_PCAPS, TIMEOUT_S

CAP_DAC_READ_SEARCH = 1 << 2
TLS = TEST_PCAPS / "tls-keylog.pcap"

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to give up")


@pytest.fixture
def reading(start_espcap):
    """An espcap on a pipe that stays open, when it dissects."""
    run = start_espcap("--file", "-", stdin=subprocess.PIPE)
    run.feed((TEST_PCAPS / "http.pcap").read_bytes())
    run.wait_until(run.line_count)
    yield run
    run.end_input()
    run.wait()


def test_workers_are_confined(reading):
    for name in ("espcap-reader", "espcap-worker"):
        status = status_of(reading.children(name)[-1])
        assert status["NoNewPrivs"] == "1"
        assert status["Seccomp"] == "2"
        assert int(status["CapEff"], 16) | CAP_DAC_READ_SEARCH == CAP_DAC_READ_SEARCH
        if os.geteuid() == 0:
            assert "0" not in status["Uid"].split() + status["Gid"].split()


def root_only(folder, *paths):
    folder.mkdir(mode=0o700)
    for path in paths:
        shutil.copy(path, folder)
        (folder / path.name).chmod(0o600)
    return [folder / path.name for path in paths]


@as_root
def test_what_only_root_may_read_is_read(espcap, tmp_path):
    """Captures, and the keys that open them."""
    capture, keys = root_only(tmp_path / "root-only", TLS, TEST_PCAPS / "tls-keylog.keys")
    run = espcap("--file", capture, "-o", f"tls.keylog_file:{keys}", "--shards", "2")
    assert run.code == 0, run
    assert any("http" in document["layers"] for document in run.documents())


@pytest.mark.parametrize("way", ["a link in a folder", "a descriptor", "a pipe of a name"])
def test_a_capture_is_read_whatever_the_way_to_it(way, espcap, tmp_path):
    """The process that reads it may open nothing else."""
    target = tmp_path / "target" / "http.pcap"
    target.parent.mkdir()
    shutil.copy(TEST_PCAPS / "http.pcap", target)
    if way == "a link in a folder":
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "link.pcap").symlink_to("../target/http.pcap")
        run = espcap("--dir", tmp_path / "folder")
    elif way == "a descriptor":
        with target.open("rb") as file:
            run = espcap("--file", f"/dev/fd/{file.fileno()}", pass_fds=[file.fileno()])
    else:
        os.mkfifo(tmp_path / "pipe")
        with subprocess.Popen(["cp", target, tmp_path / "pipe"]):
            run = espcap("--file", tmp_path / "pipe")
    assert run.code == 0, run
    assert run.ledger["written"] == 104, run


def test_a_key_log_may_come_later(start_espcap, tmp_path):
    keys = tmp_path / "keys"
    run = start_espcap("--file", "-", "-o", f"tls.keylog_file:{keys}", stdin=subprocess.PIPE)
    capture = TLS.read_bytes()
    run.feed(capture[:24])
    run.wait_until(lambda: run.children("espcap-worker"))
    shutil.copy(TEST_PCAPS / "tls-keylog.keys", keys)
    run.feed(capture[24:])
    run.end_input()
    assert run.wait() == 0, run
    assert any("http" in document["layers"] for document in run.documents())


@as_root
def test_without_landlock_files_of_root_are_not_read(espcap, environment, tmp_path):
    """A process that parses packets would else be able to read every file."""
    environment = {**environment, "LD_PRELOAD": str(preload.build("no_landlock", tmp_path))}
    [capture] = root_only(tmp_path / "root-only", TLS)
    run = espcap("--file", capture, env=environment)
    assert run.code != 0 and "files that only root can read are not read" in run.err, run
    assert f"{capture}: Permission denied" in run.err, run
    run = espcap("--file", TLS, env=environment)
    assert run.code == 0, run
    run = espcap("--file", capture, "--no-sandbox", env=environment)
    assert run.code == 0 and "Landlock" not in run.err, run


def test_nothing_changes_without_the_sandbox(espcap):
    confined = espcap("--dir", TEST_PCAPS)
    free = espcap("--dir", TEST_PCAPS, "--no-sandbox")
    assert confined.code == free.code == 0
    assert confined.out == free.out


@as_root
@pytest.mark.parametrize("container", [
    ["capsh", "--drop=cap_setuid,cap_setgid,cap_dac_read_search", "--"],
    ["capsh", "--drop=cap_dac_read_search,cap_dac_override", "--"],
    ["unshare", "--user", "--map-root-user", "bash"],
])
def test_root_of_a_container(container, environment):
    """With less than root has, files are still read."""
    if shutil.which(container[0]) is None:
        pytest.skip(f"no {container[0]}")
    run = subprocess.run([*container, "-c", f"'{ESPCAP}' --file '{TLS}'"], check=False,
                         capture_output=True, env=environment, timeout=TIMEOUT_S)
    assert run.returncode == 0 and run.stdout.count(b"\n") > 10, run.stderr

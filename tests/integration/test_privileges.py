# SPDX-License-Identifier: GPL-2.0-or-later
"""What processes that parse hostile bytes may do. As root, or as whoever runs the tests."""
import os
import shutil
import subprocess
import time

import pytest
from conftest import ESPCAP, TEST_PCAPS

CAP_DAC_READ_SEARCH = 1 << 2
TLS = TEST_PCAPS / "tls-keylog.pcap"

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to give up")


def children(process):
    """{name: /proc status} of all processes below one."""
    found, waiting = {}, [process.pid]
    while waiting:
        parent = waiting.pop()
        listed = subprocess.run(["ps", "--ppid", str(parent), "-o", "pid=,comm="], check=False,
                                stdout=subprocess.PIPE, text=True, timeout=30).stdout
        for line in listed.splitlines():
            pid, name = line.split()
            waiting.append(int(pid))
            with open(f"/proc/{pid}/status", encoding="ascii") as status:
                found[name] = dict(row.rstrip("\n").split(":\t", 1) for row in status)
    return found


@pytest.fixture
def reading(environment):
    """An espcap on a pipe that stays open, when it dissects."""
    data = (TEST_PCAPS / "http.pcap").read_bytes()
    with subprocess.Popen([str(ESPCAP), "--file", "-", "--output", "/dev/null"],
                          stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env=environment) as process:
        process.stdin.write(data)
        process.stdin.flush()
        deadline = time.monotonic() + 30
        while not {"espcap-reader", "espcap-worker"} <= children(process).keys():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(0.5)
        yield process
        process.stdin.close()


def test_workers_are_confined(reading):
    for name in ("espcap-reader", "espcap-worker"):
        status = children(reading)[name]
        assert status["NoNewPrivs"] == "1"
        assert status["Seccomp"] == "2"
        assert int(status["CapEff"], 16) | CAP_DAC_READ_SEARCH == CAP_DAC_READ_SEARCH
        if os.geteuid() == 0:
            assert "0" not in status["Uid"].split() + status["Gid"].split()


@as_root
def test_what_only_root_may_read_is_read(espcap, tmp_path):
    """Captures, and the keys that open them."""
    folder = tmp_path / "root-only"
    folder.mkdir(mode=0o700)
    capture, keys = folder / "tls.pcap", folder / "keys"
    shutil.copy(TLS, capture)
    shutil.copy(TEST_PCAPS / "tls-keylog.keys", keys)
    for path in (capture, keys):
        path.chmod(0o600)
    run = espcap("--file", capture, "-o", f"tls.keylog_file:{keys}", "--shards", "2")
    assert run.code == 0, run
    assert any("http" in document["layers"] for document in run.documents())


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
                         capture_output=True, env=environment, timeout=60)
    assert run.returncode == 0 and run.stdout.count(b"\n") > 10, run.stderr

# SPDX-License-Identifier: GPL-2.0-or-later
"""What processes that parse hostile bytes may do. As root, or as whoever runs the tests."""
import os
import shutil
import subprocess

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
                         capture_output=True, env=environment, timeout=TIMEOUT_S)
    assert run.returncode == 0 and run.stdout.count(b"\n") > 10, run.stderr

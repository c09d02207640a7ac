# SPDX-License-Identifier: GPL-2.0-or-later
"""A process that makes others is frozen, as by a debugger or a disk that hangs: a stop ends the run nevertheless."""
import contextlib
import os
import signal
import subprocess

import pytest
from ledger import assert_balanced
from project import TEST_PCAPS

HTTP = TEST_PCAPS / "http.pcap"
PACKETS = 104


@pytest.fixture
def live_run(network, live):
    run = live("--nic", "a0", "--stop-timeout", "1s", "--flush-interval", "100ms")
    network.replay(HTTP)
    return run


@pytest.fixture
def pipe_run(start_espcap):
    run = start_espcap("--file", "-", "--stop-timeout", "1s", "--flush-interval", "100ms", stdin=subprocess.PIPE)
    run.feed(HTTP.read_bytes())
    return run


@pytest.mark.parametrize("source, name", [("live", "espcap-opener"), ("live", "espcap-zygote"), ("pipe", "espcap-zygote")])
def test_a_stop_ends_the_run(source, name, request):
    run = request.getfixturevalue(f"{source}_run")
    run.wait_for_lines(PACKETS)
    [frozen] = run.children(name)
    os.kill(frozen, signal.SIGSTOP)
    try:
        assert run.stop() == 2, run
        assert "processes that have not ended in time after the stop: " in run.err
        assert_balanced(run)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(frozen, signal.SIGCONT)

# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture that sees nothing of what its interface receives says so; an interface that can't be opened again is tried
until it can."""
import os
import signal
import time

import preload
import pytest
from folders import for_every_user
from project import TEST_PCAPS
from waiting import wait_until

HTTP = TEST_PCAPS / "http.pcap"


@pytest.fixture
def broken(environment, tmp_path):
    """(environment, folder): the files `blind` and `closed` there break capture while they exist."""
    with for_every_user() as folder:  # a capture process has no privilege to look elsewhere
        yield {**environment, "LD_PRELOAD": str(preload.build("broken_capture", tmp_path)),
               "ESPCAP_TEST_BLIND": str(folder / "blind"), "ESPCAP_TEST_CLOSED": str(folder / "closed")}, folder


def test_the_start_is_said(network, start_espcap):
    run = start_espcap("--nic", "a0", before=network.command())
    run.wait_for("espcap: capturing on a0")


def test_a_blind_capture(network, live, broken):
    variables, folder = broken
    run = live("--nic", "a0", "--metrics", "127.0.0.1:0", env=variables)
    (folder / "blind").touch()
    network.replay(HTTP)
    run.wait_for("a0: the link receives packets, and the capture has seen none for 10 s")
    run.wait_until(lambda: "metrics: http://" in run.err)
    port = run.err.split("metrics: http://127.0.0.1:")[1].split("/")[0]

    def health():
        return network.inside("curl", "-s", f"http://127.0.0.1:{port}/healthz").stdout

    assert "a0: the link receives packets, and the capture sees none" in health()
    assert run.err.count("capturing on a0") == 1  # it isn't opened anew
    (folder / "blind").unlink()
    sent = network.replay(HTTP)
    run.wait_for_lines(sent)
    wait_until(lambda: "the capture sees none" not in health())
    assert run.err.count("has seen none") == 1
    assert run.stop() == 0, run


def test_a_capture_of_selected_packets_is_not_blind(network, live):
    run = live("--nic", "a0", "--bpf", "udp port 9")
    network.replay(HTTP)
    with pytest.raises(AssertionError):
        run.wait_until(lambda: "has seen none" in run.err, seconds=11)
    assert run.stop() == 0, run


def test_an_interface_that_cannot_be_opened_again_is_tried_until_it_can(network, live, broken):
    variables, folder = broken
    run = live("--nic", "a0", env=variables)
    sent = network.replay(HTTP)
    run.wait_for_lines(sent)
    (folder / "closed").touch()
    run.kill_child("espcap-capture")
    run.wait_for("tried again every second")
    (folder / "closed").unlink()
    run.wait_until(lambda: run.err.count("capturing on a0") == 2)
    sent += network.replay(HTTP)
    run.wait_for_lines(sent)
    assert run.stop() == 2, run
    assert run.err.count("tried again every second") == 1


def test_a_capture_process_that_does_not_go_on_is_replaced(network, live):
    """It gets ten seconds at least."""
    run = live("--nic", "a0", "--frame-timeout", "500ms")
    os.kill(run.children("espcap-capture")[0], signal.SIGSTOP)
    run.wait_until(lambda: run.err.count("capturing on a0") == 2)
    assert "a0: the work of its process has not gone on for --frame-timeout; it is ended" in run.err
    run.wait_for_lines(network.replay(HTTP))
    assert run.stop() == 2, run


def test_a_run_that_was_stopped_as_a_whole_goes_on(network, live):
    """By Ctrl-Z, or a frozen control group: none of its processes is to blame."""
    run = live("--nic", "a0", "--frame-timeout", "500ms")
    run.wait_for_lines(sent := network.replay(HTTP))
    family = [run.pid, *run.children()]
    for pid in family:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(3.5)
    os.kill(run.pid, signal.SIGCONT)
    time.sleep(0.1)
    for pid in family:
        os.kill(pid, signal.SIGCONT)
    run.wait_for_lines(sent + network.replay(HTTP))
    assert run.stop() == 0 and "has not gone on" not in run.err, run


def test_one_that_cannot_be_opened_at_the_start_is_an_error(network, live, broken):
    variables, folder = broken
    (folder / "closed").touch()
    assert live("--nic", "a0", env=variables, ready=None).wait() == 1

# SPDX-License-Identifier: GPL-2.0-or-later
"""Live capture while its server is away: what fits into the spool is delivered, the rest is counted."""
import signal
import subprocess
import time

import pytest
from delivery import segment_bytes
from fault_proxy import Hang
from network import packets_sent
from project import FULL, TEST_PCAPS
from waiting import WAIT_S, bound, wait_until

HTTP = TEST_PCAPS / "http.pcap"
HTTP_PACKETS = 104
AWAY_S = 6
CHUNKS = ["--chunk", 100, "--chunk-bytes", "256k", "--flush-interval", "200ms"]


@pytest.fixture
def capture(network, proxy, start_espcap, tmp_path):
    """capture(*arguments) → a run that has delivered its first packets, and how many."""

    def start(*arguments):
        nic = network.lend()
        run = start_espcap("--verbose", "--nic", nic, *proxy.options, "--spool",
                           tmp_path / "spool", *CHUNKS, *arguments)
        run.wait_for(f"capturing on {nic}")
        sent = network.replay(HTTP)
        wait_until(lambda: any(path.startswith("/_bulk") for path, _, _ in list(proxy.replies)))
        return run, sent

    return start


def test_nothing_is_lost_while_the_server_is_away(capture, network, proxy, elasticsearch, tmp_path):
    run, sent = capture()
    proxy.refuse()
    sent += network.replay(HTTP, "--pps", 400, "--loop", AWAY_S * 400 // HTTP_PACKETS)
    run.wait_until(lambda: segment_bytes(tmp_path / "spool") > 100_000)
    proxy.listen()
    sent += network.replay(HTTP)
    wait_until(lambda: elasticsearch.count_so_far(elasticsearch.indices) == sent, step=0.5)
    assert run.stop() == 0, run
    ledger = run.ledger
    assert ledger["packets captured"] == sent
    assert ledger["indexed"] + ledger["already there"] == sent
    assert "dropped" not in run.err.split("packets captured")[-1]
    assert segment_bytes(tmp_path / "spool") < 4096


# (packets a second, seconds, of them with a server that says nothing)
RATE, LASTS_S, SILENT_S = (5000, 60, 30) if FULL else (5000, 10, 5)


def test_nothing_is_dropped_beside_a_silent_server(network, proxy, elasticsearch, start_espcap, tmp_path):
    nic = network.lend()
    run = start_espcap("--verbose", "--nic", nic, *proxy.options, "--spool", tmp_path / "spool", "--metrics", "0")
    run.wait_for(f"capturing on {nic}")
    network.replay(HTTP)
    wait_until(lambda: elasticsearch.count_so_far(elasticsearch.indices) == HTTP_PACKETS, step=0.5)
    proxy.always(Hang())
    command = network.replay_command(HTTP, "--pps", RATE, "--loop", RATE * LASTS_S // HTTP_PACKETS)
    with subprocess.Popen(network.command(*command), text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as replay:
        time.sleep(SILENT_S)
        proxy.heal()
        sent = HTTP_PACKETS + packets_sent(replay.communicate()[0])
    wait_until(lambda: elasticsearch.count_so_far(elasticsearch.indices) == sent, bound(WAIT_S), step=1, state=lambda: str(run))
    scrape = run.metrics().scrape()
    assert scrape("espcap_loop_stall_max_seconds") < bound(0.1), scrape.samples
    assert run.stop() == 0, run
    ledger = run.ledger
    assert ledger["packets captured"] == ledger["indexed"] + ledger["already there"] == sent
    assert "dropped" not in run.err.split("packets captured")[-1], run


def test_what_a_full_spool_has_no_room_for_is_counted(capture, network, proxy, elasticsearch):
    """The newest, to the packet; capture isn't held up, and goes on when the server is back."""
    run, sent = capture("--spool-bytes", "256k")
    proxy.refuse()
    sent += network.replay(HTTP, "--pps", 2000, "--loop", 50)
    run.wait_for("the spool is full")
    run.wait_for("packets are dropped")
    proxy.listen()
    wait_until(lambda: elasticsearch.count_so_far(elasticsearch.indices) > 200, step=0.5)
    late = network.replay(HTTP)
    sent += late
    assert run.stop() == 2, run
    ledger = run.ledger
    assert ledger["packets captured"] == sent
    assert ledger["dropped"] > 0
    delivered = ledger["indexed"] + ledger["already there"]
    assert delivered + ledger.get("in the spool", 0) + ledger["dropped"] == sent
    assert elasticsearch.count(elasticsearch.indices) == delivered
    assert run.err.count("packets are dropped") == 1


def test_a_stop_delivers_what_was_captured(network, elasticsearch, start_espcap, espcap, tmp_path):
    """Ctrl-C right behind the last packet, with Espcap's own options."""
    nic = network.lend()
    run = start_espcap("--verbose", "--nic", nic, "--bpf", "tcp port 80", "--chunk", 100,
                       *elasticsearch.options, stop_signal=signal.SIGINT)
    run.wait_for(f"capturing on {nic}")
    network.replay(HTTP, "--loop", 10)
    assert run.stop() == 0, run
    selected = len(espcap("--file", HTTP, "--bpf", "tcp port 80").documents())
    assert run.ledger["indexed"] == elasticsearch.count(elasticsearch.indices) == 10 * selected > 0

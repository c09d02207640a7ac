# SPDX-License-Identifier: GPL-2.0-or-later
"""The process that makes workers is killed: nothing comes in any more, and what was made is delivered or kept."""
import pytest
from delivery import assert_all_landed, segment_bytes
from ports import free_ports
from project import FULL

ROUNDS = range(10 if FULL else 3)


@pytest.mark.parametrize("round_", ROUNDS)
def test_with_a_spool(round_, elasticsearch, small_archive, start_espcap, tmp_path):
    """The next run has all of it, each document once."""
    del round_
    folder, ids = small_archive
    spool = tmp_path / "spool"
    arguments = ["--index", elasticsearch.index, "--spool", spool, "--chunk", 50, "--compress"]
    run = start_espcap("--dir", folder, *arguments, "--node", f"http://127.0.0.1:{free_ports(1)[0]}")
    run.wait_until(lambda: segment_bytes(spool) > 0)
    run.kill_zygote()
    assert run.wait() == 3, run
    assert "the run ended before its time (status 3)" in run.err.splitlines()[-1], run
    ledger = run.ledger
    assert ledger["packets captured"] == ledger["in the spool"] > 0 and ledger.get("abandoned", 0) == 0, run
    run = start_espcap("--dir", folder, *arguments, "--node", elasticsearch.url)
    assert run.wait() == 0, run
    assert_all_landed(elasticsearch, ids)


def test_with_a_server(proxy, elasticsearch, small_archive, start_espcap):
    """What was captured lands, though no worker can begin."""
    folder, _ = small_archive
    run = start_espcap("--dir", folder, *proxy.options, "--chunk", 50, "--concurrency", 1)
    run.wait_until(lambda: proxy.requests >= 3)
    run.kill_zygote()
    assert run.wait() == 3, run
    ledger = run.ledger
    assert ledger["packets captured"] == ledger["indexed"] == elasticsearch.count(elasticsearch.indices) > 0, run


def test_of_a_pipe(start_espcap, tmp_path, plain_pcap):
    """It ends in order though its input goes on."""
    import subprocess  # pylint: disable=import-outside-toplevel
    from project import TEST_PCAPS  # pylint: disable=import-outside-toplevel
    header, records = plain_pcap(TEST_PCAPS / "dns.pcap")
    out = tmp_path / "out"
    run = start_espcap("--file", "-", "--flush-interval", "100ms", output=out, stdin=subprocess.PIPE)
    run.feed(header + b"".join(records))
    run.wait_for_lines(len(records))
    run.kill_zygote()
    assert run.wait() == 3, run
    assert run.ledger["written"] == len(records)

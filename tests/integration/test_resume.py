# SPDX-License-Identifier: GPL-2.0-or-later
"""--resume: captures that an earlier run has settled are skipped, those it hasn't are taken."""
import subprocess

import pytest
from project import TEST_PCAPS

DNS = TEST_PCAPS / "dns.pcap"
ICMP = TEST_PCAPS / "icmp.pcap"


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def to_null(espcap, state):
    """A run that keeps the state."""
    return lambda *more: espcap("--output", "/dev/null", "--resume", state, *more)


def test_a_settled_capture_is_skipped_whatever_its_name(to_null, tmp_path):
    first = to_null("--file", DNS)
    assert first.code == 0 and "92 packets captured" in first.err, first
    copy = tmp_path / "other.pcap"
    copy.write_bytes(DNS.read_bytes())
    second = to_null("--file", copy, "--file", ICMP)
    assert second.code == 0, second
    assert "1 captures skipped: an earlier run has settled them" in second.err
    third = to_null("--file", copy, "--file", ICMP)
    assert third.code == 0, third
    assert "2 captures skipped" in third.err and "0 packets captured" in third.err


def test_a_damaged_capture_is_taken_again(to_null):
    """Its error is told every time; nothing says that all of it is there."""
    damaged = TEST_PCAPS / "damaged" / "damaged.pcap"
    for _ in range(2):
        run = to_null("--file", damaged)
        assert run.code == 2
        assert "skipped" not in run.err and "damaged.pcap: packet" in run.err


def test_a_capture_cut_short_by_count_is_taken_again(to_null):
    assert "10 packets captured" in to_null("--file", DNS, "--count", "10").err
    assert "92 packets captured" in to_null("--file", DNS).err


def test_other_options_need_another_state(to_null):
    assert to_null("--file", DNS).code == 0
    for more in (["--filter", "dns"], ["--bpf", "udp"], ["--hex"], ["-n"], ["-2"],
                 ["--format", "bulk"], ["--fields", "ip.src"], ["-o", "ip.defragment:FALSE"]):
        run = to_null("--file", DNS, *more)
        assert run.code == 1, more
        assert "other options" in run.err


def test_a_wrong_state_costs_nothing(espcap, tmp_path):
    """Told before the output is opened."""
    output = tmp_path / "out"
    output.write_text("precious\n")
    run = espcap("--file", DNS, "--output", output, "--resume", DNS)
    assert run.code == 1 and str(DNS) in run.err
    assert output.read_text() == "precious\n"


def test_documents_are_appended(espcap, state, tmp_path):
    """Those of captures that are skipped stay; a line that a crash cut off goes."""
    out = tmp_path / "out"
    first = espcap("--file", DNS, "--output", out, "--resume", state)
    assert first.code == 0, first
    with out.open("ab") as stream:
        stream.write(b'{"timestamp":"17')
    second = espcap("--file", DNS, "--file", ICMP, "--output", out, "--resume", state)
    assert second.code == 0, second
    assert out.read_bytes() == espcap("--file", DNS, "--file", ICMP).out


def test_a_compressed_output_cannot_go_on(espcap, state, tmp_path):
    run = espcap("--file", DNS, "--output", tmp_path / "out.gz", "--resume", state)
    assert run.code == 1 and "compressed --output" in run.err
    assert not state.exists()


def test_a_second_run_at_the_same_time_is_refused(start_espcap, to_null, state):
    first = start_espcap("--file", "-", "--output", "/dev/null", "--resume", state,
                         stdin=subprocess.PIPE)
    first.wait_until(lambda: first.children("espcap-reader"))  # it has opened the state before
    run = to_null("--file", DNS)
    first.end_input()
    first.wait()
    assert run.code == 1 and "in use by another" in run.err


def test_killed_again_and_again_every_document_is_there_once(
        smaller_archive, start_espcap, elasticsearch, espcap, state):
    """kill -9 of the supervisor in the middle of an archive; then a run to its end."""
    total = espcap("--dir", smaller_archive).ledger["written"]
    arguments = ["--dir", smaller_archive, *elasticsearch.options, "--resume", state, "--chunk", "200",
                 "--workers", "2"]
    for share in (0.1, 0.3, 0.5):
        run = start_espcap(*arguments)
        run.wait_until(lambda now=share: elasticsearch.count_so_far(elasticsearch.indices) >= now * total)
        run.kill()
    last = espcap(*arguments)
    assert last.code == 0, last
    assert elasticsearch.count(elasticsearch.indices) == total
    again = espcap(*arguments)
    assert "4 captures skipped" in again.err
    assert "0 packets captured" in again.err

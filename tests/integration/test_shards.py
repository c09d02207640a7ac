# SPDX-License-Identifier: GPL-2.0-or-later
"""--shards: the same documents, but for the numbers of streams; each packet in one shard."""
import json
import signal
import subprocess

import pytest
from project import TEST_PCAPS
from terminal import Terminal

# The first three from 4.4 on.
STREAM_NUMBERS = {f"{layer}_{layer}_stream" for layer in ("eth", "ip", "ipv6", "tcp", "udp")}


def by_number(documents):
    """{frame number: layers without the numbers of streams}; no frame twice."""
    found = {}
    for document in documents:
        number = document["layers"]["frame"]["frame_frame_number"]
        assert number not in found
        found[number] = without_streams(document["layers"])
    return found


def without_streams(value):
    if isinstance(value, dict):
        return {key: without_streams(member) for key, member in value.items()
                if key not in STREAM_NUMBERS}
    return [without_streams(member) for member in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def many_pairs(tmp_path_factory):
    """Every capture of Ethernet frames in one, larger: conversations of many pairs of addresses."""
    path = tmp_path_factory.mktemp("shards") / "all.pcap"
    parts = [TEST_PCAPS / f"{name}.pcap" for name in ("dns", "http", "icmp", "tcp-loss", "arp")]
    merged = path.with_name("merged.pcap")
    subprocess.run(["mergecap", "-F", "pcap", "-w", merged, *parts], check=True)
    data = merged.read_bytes()
    path.write_bytes(data[:24] + data[24:] * 30)
    return path


@pytest.fixture(scope="module")
def whole(many_pairs, espcap):
    return by_number(espcap("--file", many_pairs).documents())


@pytest.mark.parametrize("more", [["--shards", "2"], ["--shards", "5"],
                                  ["--shards", "3", "--workers", "1"],
                                  ["--shards", "3", "--no-ordered"]])
def test_documents_are_those_of_the_whole_file(more, many_pairs, whole, espcap):
    run = espcap("--file", many_pairs, *more)
    assert run.code == 0, run
    assert by_number(run.documents()) == whole
    assert f"{len(whole)} packets captured, {len(whole)} written, 0 failed" in run.err


@pytest.mark.parametrize("more", [[], ["--bpf", "udp"], ["--count", "700"], ["-2"]])
def test_shares_are_planned_while_libwireshark_starts(more, many_pairs, espcap):
    run = espcap("--file", many_pairs, "--shards", "2", "--verbose", *more)
    assert run.code == 0 and "its shares were planned ahead" in run.err, run
    assert "Wiretap" not in run.err, run


@pytest.mark.parametrize("more", [["--filter", "dns"], ["--bpf", "udp"], ["--count", "700"],
                                  ["-2"], ["--hash", "flow", "--filter", "icmp"]])
def test_with_other_options(more, many_pairs, espcap):
    run = espcap("--file", many_pairs, "--shards", "3", *more)
    assert run.code == 0, run
    documents = by_number(run.documents())
    expected = by_number(espcap("--file", many_pairs, *more).documents())
    if "--filter" in more:
        # What was displayed before is known within a shard only.
        for layers in (*documents.values(), *expected.values()):
            layers["frame"].pop("frame_frame_time_delta_displayed", None)  # the first has none, from 4.6 on
    assert documents == expected


def test_every_capture(captures, espcap):
    for capture in captures:
        run = espcap("--file", capture, "--shards", "3")
        assert run.code == 0, run
        assert by_number(run.documents()) == by_number(espcap("--file", capture).documents()), \
            capture


def test_a_damaged_file_is_told_of_once(espcap):
    damaged = TEST_PCAPS / "damaged" / "damaged.pcap"
    run = espcap("--file", damaged, "--shards", "4")
    single = espcap("--file", damaged)
    assert run.code == single.code == 2
    assert run.err.split(";")[0] == single.err.split(";")[0]
    assert by_number(run.documents()) == by_number(single.documents())


def test_a_missing_file_is_told_of_once(espcap, tmp_path):
    run = espcap("--file", tmp_path / "none.pcap", "--shards", "4")
    assert run.code == 1
    assert run.err.count("No such file") == 1


def test_a_killed_worker_of_a_shard_is_replaced(many_pairs, whole, start_espcap):
    """Small batches, and nobody reads them for a while: both workers are in the middle."""
    run = start_espcap("--file", many_pairs, "--shards", "2", "--workers", "2", "--chunk", "100",
                       stdout=subprocess.PIPE)
    first = run.stdout.readline()
    run.kill_child()
    lines = [first, *run.stdout.read().splitlines()]
    assert run.wait() == 0, run
    assert "taken up again" in run.err
    assert by_number(map(json.loads, lines)) == whole


def test_ids_are_those_of_the_whole_file(many_pairs, espcap):
    def ids(*more):
        lines = espcap("--file", many_pairs, "--format", "bulk", *more).out.splitlines()
        return sorted(json.loads(line)["create"]["_id"] for line in lines[::2])
    assert ids("--shards", "3") == ids()


def test_text_is_numbered_and_takes_no_shards(espcap):
    run = espcap("--file", TEST_PCAPS / "dns.pcap", "--shards", "2", "--format", "text")
    assert run.code == 1 and "--shards" in run.err


@pytest.mark.parametrize("megabytes, more, said", [(65, [], True), (65, ["--shards", "2"], False),
                                                   (60, [], False), (65, ["--quiet"], False)])
def test_a_terminal_says_that_shards_exist(megabytes, more, said, start_espcap, tmp_path):
    """A large file: its head is a capture, the rest is not read (a stop comes first)."""
    large = tmp_path / "large.pcap"
    data = (TEST_PCAPS / "http.pcap").read_bytes()
    large.write_bytes(data[:24] + data[24:] * (megabytes * 2**20 // (len(data) - 24)))
    with Terminal() as terminal:
        run = start_espcap("--file", large, "--workers", "2", "--fields", "frame.number", *more,
                           stderr=terminal)
        run.wait_until(run.line_count)  # all that it says before the first document has been said
        run.signal(signal.SIGTERM)
        text = terminal.read()
        assert run.wait() == 0, text
    assert (b"--shards 2 shares it out" in text) == said, text

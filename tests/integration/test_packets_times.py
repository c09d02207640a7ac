# SPDX-License-Identifier: GPL-2.0-or-later
"""espcap packets of damaged captures whose microseconds make no time: the one that libwiretap makes is written, or it is named."""
import struct

import pcapng
import pytest
from captures import PCAP_HEADER
from numbered import packet

SECONDS, MICROSECONDS = 1_700_000_000, 3_841_916_976
NANOSECONDS = (MICROSECONDS * 1000 + 2**31) % 2**32 - 2**31  # as libwiretap has them, in 32 bits: negative


@pytest.fixture
def found(elasticsearch, espcap, tmp_path):
    """found(seconds) → the run that writes the packet of this second, and the packets that it wrote."""
    def find(seconds):
        capture, out = tmp_path / "capture.pcap", tmp_path / "out.pcapng"
        data = packet(1)
        capture.write_bytes(PCAP_HEADER + struct.pack("<IIII", seconds, MICROSECONDS, len(data), len(data)) + data)
        indexed = espcap("--file", capture, *elasticsearch.options)
        assert indexed.code == 0, indexed
        elasticsearch.request("POST", f"/{elasticsearch.indices}/_refresh")
        run = espcap("packets", "*", "--node", elasticsearch.url, "--index", elasticsearch.index, "--archive-root",
                     tmp_path, "-w", out)
        return run, capture, pcapng.read(out.read_bytes()).packets
    return find


def test_the_time_is_the_one_that_libwiretap_makes(found, tshark):
    run, capture, [written] = found(SECONDS)
    assert run.code == 0, run
    assert written.time == 1_000_000_000 * SECONDS + NANOSECONDS
    assert written.data == packet(1)
    shown = tshark("-r", capture, "-T", "fields", "-e", "frame.time_epoch").strip()
    assert shown.endswith(f"{SECONDS}.{-NANOSECONDS}")


def test_a_time_before_1970_is_named(found):
    run, capture, written = found(0)
    assert written == [] and run.code == 2, run
    assert f"{capture}: " in run.err and "before 1970" in run.err, run

# SPDX-License-Identifier: GPL-2.0-or-later
"""espcap packets of damaged captures, with fractions above a second: the time that libwiretap makes is written, or it is named."""
import struct

import pcapng
import pytest
from captures import PCAP_HEADER
from numbered import packet

SECONDS, FRACTION = 1_700_000_000, 3_841_916_976
UNITS_NS = {"microseconds": (PCAP_HEADER, 1000), "nanoseconds": (b"\x4d\x3c\xb2\xa1" + PCAP_HEADER[4:], 1)}


def signed(number):
    """As libwiretap has nanoseconds: in 32 bits."""
    return (number + 2**31) % 2**32 - 2**31


@pytest.fixture
def found(elasticsearch, espcap, tmp_path):
    """found(seconds, unit) → the run that writes the packet of this second, and the packets that it wrote."""
    def find(seconds, unit):
        header, _ = UNITS_NS[unit]
        capture, out = tmp_path / "capture.pcap", tmp_path / "out.pcapng"
        data = packet(1)
        capture.write_bytes(header + struct.pack("<IIII", seconds, FRACTION, len(data), len(data)) + data)
        indexed = espcap("--file", capture, *elasticsearch.options)
        assert indexed.code == 0, indexed
        elasticsearch.request("POST", f"/{elasticsearch.indices}/_refresh")
        run = espcap("packets", "*", "--node", elasticsearch.url, "--index", elasticsearch.index, "--archive-root",
                     tmp_path, "-w", out)
        return run, capture, pcapng.read(out.read_bytes()).packets
    return find


@pytest.mark.parametrize("unit", UNITS_NS)
def test_the_time_is_the_one_that_libwiretap_makes(found, tshark, unit):
    run, capture, [written] = found(SECONDS, unit)
    assert run.code == 0, run
    nanoseconds = signed(FRACTION * UNITS_NS[unit][1])
    assert nanoseconds < 0
    assert written.time == 1_000_000_000 * SECONDS + nanoseconds
    assert written.data == packet(1)
    shown = tshark("-r", capture, "-T", "fields", "-e", "frame.time_epoch").strip()
    # 4.4 has room for this much of its words.
    assert shown.endswith((f"{SECONDS}.{-nanoseconds:09}", f"{SECONDS}.({-nanoseconds:09} nanose"))


@pytest.mark.parametrize("unit", UNITS_NS)
def test_a_time_before_1970_is_named(found, unit):
    run, capture, written = found(0, unit)
    assert written == [] and run.code == 2, run
    assert f"{capture}: " in run.err and "before 1970" in run.err, run

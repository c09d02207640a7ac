# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions per packet, as callgrind counts them: changes too small for a clock show here.

The captures of test_pcaps joined: the same packets everywhere, so that the numbers of two commits
can be compared wherever libwireshark and the compiler are the same. libwireshark seeds its hash
tables at random: the dissection's count differs in the fourth digit from run to run, the encoder's
in the sixth.
"""
import re
import subprocess

import measure
from captures import packet_counts
from programs import FLOOR
from project import ROOT

LOOP = "espcap::(anonymous namespace)::Run*"
ENCODER = "espcap::encode::TreeEncoder::AppendLayers"
PARTS_SHOWN = 12


def measure_instructions(report, work, environment):
    sources = sorted((ROOT / "test_pcaps").glob("*.pcap*"), key=lambda path: path.name)
    joined = work / "test_pcaps.pcapng"
    subprocess.run(["mergecap", "-a", "-w", joined, *sources], check=True)
    packets = packet_counts([joined])[joined]
    report.subject(f"instructions per packet, by callgrind: test_pcaps joined, {packets} packets")
    report.head(("per packet",))
    counts = {mode: _count(joined, mode, work, environment) for mode in ("dissect", "encode")}
    for mode, name in (("dissect", "the floor: dissection alone"),
                       ("encode", "the floor and its JSON")):
        _row(report, name, counts[mode][0], packets)
    inclusive, own = counts["encode"][1:]
    if ENCODER not in inclusive:
        report.note(f"callgrind found no {ENCODER}")
        return
    _row(report, "the encoder alone: compare this one", inclusive[ENCODER], packets)
    parts = sorted(((count, name) for name, count in own.items()
                    if name.startswith("espcap::encode::")), reverse=True)
    for count, name in parts[:PARTS_SHOWN]:
        short = name.removeprefix("espcap::encode::").replace("(anonymous namespace)::", "")
        _row(report, f"  of itself, {short}"[:43], count, packets)


def _row(report, name, count, packets):
    report.row(name, [f"{count / packets:,.0f}"], instructions=count, packets=packets)


def _count(capture, mode, work, environment):
    """(all, {function: with what it calls}, {function: itself}) of the loop over the packets."""
    output = work / f"callgrind.{mode}"
    measure.timed(["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}",
                   f"--toggle-collect={LOOP}", FLOOR, capture, mode], environment)
    total = int(re.search(r"^totals: (\d+)", output.read_text(), re.MULTILINE)[1])
    return total, _functions(output, "yes"), _functions(output, "no")


def _functions(output, inclusive):
    text = subprocess.run(["callgrind_annotate", f"--inclusive={inclusive}", "--auto=no",
                           "--threshold=100", output],
                          check=True, capture_output=True, text=True).stdout
    counts = {}
    for line in text.splitlines():
        # 24,152,925 (16.85%)  path/tree_encoder.cc:espcap::encode::TreeEncoder::Add(…) [object]
        found = re.match(r"\s*([\d,]+) \([^)]*\)  \S*?:(espcap::.*)$", line)
        if found:
            name = _without_arguments(found[2])
            count = int(found[1].replace(",", ""))
            # Of the lines of one function: its inclusive count is in each, its own in parts.
            counts[name] = (max(counts.get(name, 0), count) if inclusive == "yes"
                            else counts.get(name, 0) + count)
    return counts


def _without_arguments(name):
    anonymous = "(anonymous namespace)"
    return name.replace(anonymous, "\0").split("(")[0].replace("\0", anonymous)

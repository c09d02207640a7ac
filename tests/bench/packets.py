# SPDX-License-Identifier: GPL-2.0-or-later
"""From hits back to packets: `espcap packets`, next to editcap over the same files and the server's own pace."""
import pathlib
import subprocess
import sys

import measure
from captures import packet_counts
from elasticsearch import running
from programs import espcap
from project import ESPCAP
from table import Target
from turns import Contender, how_often, in_turn, ratio

FILES = 10
PAGE_HITS = 5000  # espcap's own
EDITCAP_LOOP = 'for capture; do editcap -F pcapng "$capture" /dev/null || exit; done'
PAGING = pathlib.Path(__file__).with_name("paging.py")
MOST_MIB = 200


def split(capture, packets, folder):
    """Uncompressed pcap files. A capture that has fewer packets comes round again, a day later."""
    folder.mkdir()
    each = packets // FILES
    rounds = max(1, packet_counts([capture])[capture] // each)
    for number in range(FILES):
        day, part = divmod(number, rounds)
        subprocess.run(["editcap", "-r", "-F", "pcap", "-t", str(day * 86400), capture, folder / f"{number}.pcap",
                        f"{part * each + 1}-{(part + 1) * each}"], check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.iterdir())


def measure_packets(report, capture, packets, work, runs, environment):
    archive = work / "hits"
    files = split(capture, packets, archive)
    packets = sum(packet_counts(files).values())
    out = work / "found.pcapng"
    with running(work / "hits-server") as node:
        measure.timed(espcap("--dir", archive, "--node", node.url), environment)
        node.request("POST", "/packets-*/_refresh")
        command = [ESPCAP, "packets", "*", "--config", "empty.yml", "--quiet", "--node", node.url,
                   "--archive-root", archive, "-w", out]
        editcap = Contender("editcap", ["sh", "-c", EDITCAP_LOOP, "sh", *files], packets)
        paging = Contender("the same pages, thrown away",
                           [sys.executable, PAGING, node.url, str(PAGE_HITS)], packets)
        retrieved = Contender("espcap packets", command, packets)
        rows = [editcap, paging, retrieved]
        in_turn([paging, retrieved], 1, environment)  # until the server's code is compiled
        for contender in rows:
            contender.runs.clear()
        in_turn(rows, runs, environment)
        retrieved.survey = measure.surveyed(command, environment)
    found = packet_counts([out]).get(out, 0)
    if found != packets:
        raise SystemExit(f"{found} packets of {packets} were found")
    report.subject(f"hits back to packets: {packets:,} of {FILES} files; {how_often(runs)}")
    report.head()
    for contender in rows:
        report.contender(contender, contender.name)
    report.ratio("espcap packets / editcap, wall time", ratio(retrieved, editcap, "wall"), Target("<=", 2))
    report.ratio("espcap packets / the same pages, wall time", ratio(retrieved, paging, "wall"), Target("<=", 1.2))
    report.note(f"memory of all processes together: {retrieved.survey.tree_mib:.0f} MiB, "
                f"{'' if retrieved.survey.tree_mib < MOST_MIB else 'not '}below {MOST_MIB}")

# SPDX-License-Identifier: GPL-2.0-or-later
"""What whole documents cost a server, and what those of the template's fields alone do."""
import statistics
import subprocess

import measure
from captures import first_packets, packet_counts
from elasticsearch import TEMPLATE, Counted, running
from programs import espcap
from project import ESPCAP
from turns import Contender, how_often, in_turn, ratio


class Weighed(Counted):
    """Also how many bytes the index has after each run, in one segment."""

    def __init__(self, node, expected):
        super().__init__(node, expected)
        self.bytes = []

    def after(self):
        super().after()
        self.node.request("POST", "/packets-*/_forcemerge?max_num_segments=1")
        self.node.request("POST", "/packets-*/_flush")
        stats = self.node.request("GET", "/packets-*/_stats/store")
        self.bytes.append(stats["_all"]["primaries"]["store"]["size_in_bytes"])


def template_fields(work):
    """A file with the names of the fields that the template maps."""
    names = work / "template-fields"
    with open(names, "wb") as stream:
        subprocess.run([ESPCAP, "fields", "--curated", "--names"], check=True, cwd=work, stdout=stream)
    return names


def measure_template(report, capture, packets, work, runs, environment):
    capture = first_packets(capture, packets, work / f"template-{capture.name}")
    packets = packet_counts([capture])[capture]
    fields = template_fields(work)
    with running(work / "template-server") as node:
        measure.timed(espcap("--file", TEMPLATE, "--node", node.url), environment)
        common = ("--file", capture, "--node", node.url)
        shapes = {
            "whole documents": (),
            "whole documents, --typed": ("--typed",),
            "whole documents, --ecs": ("--ecs",),
            "the template's fields alone, --fields": ("--fields", f"@{fields}"),
        }
        counted = {name: Weighed(node, packets) for name in shapes}
        rows = {name: Contender(name, espcap(*common, *options), packets,
                                before=counted[name].before, after=counted[name].after)
                for name, options in shapes.items()}
        whole, *_, selected = rows.values()
        in_turn([whole], 1, environment)  # until the server's code is compiled
        whole.runs.clear()
        counted[whole.name].bytes.clear()
        in_turn(rows.values(), runs, environment)
    report.subject(f"index of {capture.name}, {packets:,} packets; {how_often(runs)}")
    report.head(("wall s", "packets/s", "index B", "server s"))
    for name, contender in rows.items():
        found = counted[name]
        wall = contender.median("wall")
        report.row(name, [f"{wall:.2f}", f"{packets / wall:,.0f}",
                          f"{statistics.median(found.bytes) / packets:,.0f}",
                          f"{statistics.median(found.server_seconds[-runs:]):.1f}"])
    report.note("index B: bytes of the index, in one segment, for a packet; server s: its CPU time")
    report.ratio("whole documents / the template's fields alone, wall time",
                 ratio(whole, selected, "wall"))

# SPDX-License-Identifier: GPL-2.0-or-later
"""What documents cost a server: bytes of its index and CPU time, by what is written of each packet."""
import statistics
import subprocess

import measure
from captures import first_packets, packet_counts
from elasticsearch import TEMPLATE, Counted, running
from programs import espcap
from project import ESPCAP
from table import Target
from turns import Contender, Ratio, how_often, in_turn, ratio

FIELDS_SHOWN = 25
SUMMARIES = "summaries-%Y-%m-%d"  # with a template of their own


class Weighed(Counted):
    """Also how many bytes the index has after each run, in one segment."""

    def __init__(self, node, expected, indices):
        super().__init__(node, expected, indices)
        self.bytes = []
        self.by_field = []

    def after(self):
        super().after()
        self.node.request("POST", f"/{self.indices}/_forcemerge?max_num_segments=1")
        self.node.request("POST", f"/{self.indices}/_flush")
        stats = self.node.request("GET", f"/{self.indices}/_stats/store")
        self.bytes.append(stats["_all"]["primaries"]["store"]["size_in_bytes"])
        self.by_field = self._bytes_by_field()

    def _bytes_by_field(self):
        """The largest first."""
        usage = self.node.request("POST", f"/{self.indices}/_disk_usage?run_expensive_tasks=true")
        total = {}
        for name, index in usage.items():
            if name != "_shards":
                for field, parts in index["fields"].items():
                    total[field] = total.get(field, 0) + parts["total_in_bytes"]
        return sorted(total.items(), key=lambda field: -field[1])


def template_fields(work):
    """A file with the names of the fields that the template maps."""
    names = work / "template-fields"
    with open(names, "wb") as stream:
        subprocess.run([ESPCAP, "fields", "--curated", "--names"], check=True, cwd=work, stdout=stream)
    return names


def measure_storage(report, capture, packets, work, runs, environment):
    capture = first_packets(capture, packets, work / f"storage-{capture.name}")
    packets = packet_counts([capture])[capture]
    summary = ("--detail", "summary", "--index", SUMMARIES)
    shapes = {
        "tree": (),
        "tree, --typed": ("--typed",),
        "tree, --ecs": ("--ecs",),
        "the template's fields alone, --fields": ("--fields", f"@{template_fields(work)}"),
        "summary": summary,
        "summary, --ecs": (*summary, "--ecs"),
    }
    with running(work / "storage-server") as node:
        for options in ((), summary):
            measure.timed(espcap("--file", TEMPLATE, "--node", node.url, *options), environment)
        counted = {name: Weighed(node, packets, "summaries-*" if name.startswith("summary") else "packets-*")
                   for name in shapes}
        rows = {name: Contender(name, espcap("--file", capture, "--node", node.url, *options), packets,
                                before=counted[name].before, after=counted[name].after)
                for name, options in shapes.items()}
        in_turn([rows["tree"]], 1, environment)  # until the server's code is compiled
        rows["tree"].runs.clear()
        counted["tree"].bytes.clear()
        in_turn(rows.values(), runs, environment)
    _report(report, capture, packets, runs, rows, counted)
    for name in ("tree", "summary, --ecs"):
        _report_fields(report, f"{name}, {capture.name}", packets, counted[name].by_field)


def _report_fields(report, what, packets, by_field):
    report.subject(f"bytes by field: {what}")
    report.head(("B/packet",))
    for name, size in by_field[:FIELDS_SHOWN]:
        report.row(name, [f"{size / packets:.1f}"])
    report.row("all others", [f"{sum(size for _, size in by_field[FIELDS_SHOWN:]) / packets:.1f}"])


def _report(report, capture, packets, runs, rows, counted):
    report.subject(f"index of {capture.name}, {packets:,} packets; {how_often(runs)}")
    report.head(("wall s", "packets/s", "index B", "server s"))
    size, server = {}, {}
    for name, contender in rows.items():
        wall = contender.median("wall")
        size[name] = statistics.median(counted[name].bytes) / packets
        server[name] = statistics.median(counted[name].server_seconds[-runs:])
        report.row(name, [f"{wall:.2f}", f"{packets / wall:,.0f}", f"{size[name]:,.0f}", f"{server[name]:.1f}"])
    report.note("index B: bytes of the index, in one segment, for a packet; server s: its CPU time")

    def figure(text, value, limit):
        report.ratio(text, Ratio(value, value, value), Target("<=", limit))

    figure("tree: bytes of the index for a packet", size["tree"], 1330)
    figure("summary: bytes of the index for a packet", size["summary"], 460)
    figure("summary, --ecs: bytes of the index for a packet", size["summary, --ecs"], 540)
    for ecs in ("", ", --ecs"):
        figure(f"summary{ecs} / tree{ecs}: the server's CPU time",
               server[f"summary{ecs}"] / server[f"tree{ecs}"], 0.5)
    report.ratio("tree / the template's fields alone, wall time",
                 ratio(rows["tree"], rows["the template's fields alone, --fields"], "wall"))

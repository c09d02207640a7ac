# SPDX-License-Identifier: GPL-2.0-or-later
"""Into a real Elasticsearch on this machine: espcap, the same documents encoded before, tshark."""
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import urllib.request

import measure
from captures import first_packets, packet_counts
from programs import espcap
from project import ROOT
from table import Target
from turns import Contender, how_often, in_turn, ratio

SERVER = ROOT / "tests" / "support" / "servers" / "run.sh"
TEMPLATE = ROOT / "test_pcaps" / "arp.pcap"  # the run that installs the template
# espcap's own defaults
CHUNK_DOCUMENTS = 1000
CHUNK_BYTES = 8 << 20
# tshark 4.0 names a mapping type, which Elasticsearch 8 refuses
TSHARK_AND_CURL = ("tshark -r \"$1\" -T ek | sed 's/,\"_type\":\"doc\"//' | "
                   "split -l 2000 --filter='"
                   "curl -sS --fail --retry 20 -o /dev/null "
                   "-H Content-Type:application/x-ndjson --data-binary @- '\"$2\"'/_bulk' -")


class Node:
    """A server on loopback, and what it holds."""

    def __init__(self, home, url):
        self.url = url
        self._pid = pathlib.Path(home, "server.pid").read_text().strip()

    def request(self, method, path):
        request = urllib.request.Request(self.url + path, method=method)
        with urllib.request.urlopen(request, timeout=120) as response:
            return json.loads(response.read() or b"null")

    def clear(self, indices):
        for index in self.request("GET", f"/_cat/indices/{indices}?format=json"):
            self.request("DELETE", "/" + index["index"])

    def count(self, indices):
        self.request("POST", f"/{indices}/_refresh")
        return self.request("GET", f"/{indices}/_count")["count"]

    def cpu_seconds(self):
        fields = pathlib.Path("/proc", self._pid, "stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def running(home):
    try:
        started = subprocess.run([SERVER, "start", "--home", home], check=True,
                                 stdout=subprocess.PIPE, text=True)
        yield Node(home, started.stdout.strip().splitlines()[-1])
    finally:
        subprocess.run([SERVER, "remove", "--home", home], check=False)


class Counted:
    """Around each run: no index before, and after it the documents and the server's CPU time."""

    def __init__(self, node, expected, indices="packets-*"):
        self.node = node
        self.indices = indices
        self.expected = expected  # None: whatever arrives
        self.documents = []
        self.server_seconds = []
        self._before = 0

    def before(self):
        self.node.clear(self.indices)
        self._before = self.node.cpu_seconds()

    def after(self):
        self.server_seconds.append(self.node.cpu_seconds() - self._before)
        self.documents.append(self.node.count(self.indices))
        if self.expected not in (None, self.documents[-1]):
            raise SystemExit(f"{self.documents[-1]} documents of {self.expected} arrived")


def cut(bulk, folder, url):
    """Cuts a bulk body into espcap's batches; returns what curl needs to send them."""
    folder.mkdir()
    config = folder / "curl.conf"
    with open(bulk, "rb") as source, open(config, "w", encoding="utf-8") as instructions:
        for number, batch in enumerate(_batches(source)):
            body = folder / f"{number:05}"
            body.write_bytes(b"".join(batch))
            instructions.write(f'{"next" if number else ""}\nurl = "{url}/_bulk"\nfail\nsilent\n'
                               f'show-error\nretry = 20\noutput = "/dev/null"\nrequest = "POST"\n'
                               f'upload-file = "{body}"\n'
                               'header = "Content-Type: application/x-ndjson"\n'
                               'header = "Expect:"\n')
    return config


def _batches(source):
    batch, size = [], 0
    for action in source:
        document = next(source)
        length = len(action) + len(document)
        if batch and (len(batch) == CHUNK_DOCUMENTS or size + length > CHUNK_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(action + document)
        size += length
    if batch:
        yield batch


def measure_elasticsearch(report, capture, packets, work, runs, environment):
    capture = first_packets(capture, packets, work / f"first-{capture.name}")
    packets = packet_counts([capture])[capture]
    bulk = work / "bulk.ndjson"
    measure.timed(espcap("--file", capture, "--format", "bulk", "--output", bulk), environment)
    with running(work / "elasticsearch") as node:
        measure.timed(espcap("--file", TEMPLATE, "--node", node.url), environment)
        size = bulk.stat().st_size
        config = cut(bulk, work / "batches", node.url)
        bulk.unlink()
        _measure(report, capture, packets, size, node, config, runs, environment)


def _measure(report, capture, packets, size, node, config, runs, environment):
    report.subject(f"into Elasticsearch: {capture.name}, {packets:,} packets, "
                   f"{size / 1e6:.0f} MB of bulk bodies; {how_often(runs)}")
    file, to_node = ("--file", capture), ("--node", node.url)
    commands = {
        "the same bulk bodies, encoded before": ["curl", "-K", config],
        "espcap": espcap(*file, *to_node),
        "espcap, 2 shards, 2 workers": espcap("--shards", "2", "--workers", "2", *file, *to_node),
        "espcap, gzip": espcap(*file, *to_node, "--compress"),
        "tshark -T ek | curl *": ["sh", "-c", TSHARK_AND_CURL, "sh", capture, node.url],
    }
    counted = {name: Counted(node, None if name.startswith("tshark") else packets)
               for name in commands}
    rows = {name: command and Contender(name, command, packets, before=counted[name].before,
                                        after=counted[name].after)
            for name, command in commands.items()}
    bodies, espcap_run, sharded, gzip, tshark_run = rows.values()
    in_turn([bodies, espcap_run], 1, environment)  # until the server's code is compiled
    for contender in (bodies, espcap_run):
        contender.runs.clear()
    in_turn(rows.values(), runs, environment)
    report.head()
    for name, contender in rows.items():
        if contender:
            contender.packets = counted[name].documents[-1]
        report.contender(contender, name)
    for name, contender in rows.items():
        if contender:
            found = counted[name]
            report.note(f"{name}: {found.documents[-1]:,} documents; the server's CPU time "
                        f"{statistics.median(found.server_seconds[-runs:]):.1f} s")
    report.note("* its action lines without their _type, 1000 documents a request; "
                "Elasticsearch 8 refuses each document with a key twice")
    report.ratio("espcap / bodies encoded before, wall time",
                 ratio(espcap_run, bodies, "wall"), Target("<=", 1.35))
    report.ratio("espcap on two shards / bodies encoded before, wall time",
                 ratio(sharded, bodies, "wall"))
    report.ratio("espcap with gzip / bodies encoded before, wall time", ratio(gzip, bodies, "wall"))
    report.ratio("tshark and curl / espcap, user time", ratio(tshark_run, espcap_run, "user"))

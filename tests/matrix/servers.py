#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What espcap does with each version of each server, asked of the real one; the outcomes go to tests/matrix/results.

    servers.py [NAME-VERSION…]    all of them, or those named, such as opensearch-2.19.1

$ESPCAP is the program. The exit status is 1 if anything that espcap needs fails somewhere."""
import contextlib
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import results

sys.path.insert(0, str(results.ROOT / "tests" / "support"))
from project import ESPCAP, TEST_PCAPS, TIMEOUT_S  # noqa: E402  (from there)
from server import Server  # noqa: E402

SERVERS = ["elasticsearch-8.15.5", "elasticsearch-8.16.6", "opensearch-2.19.1", "opensearch-3.0.0", "opensearch-3.3.2"]
CAPTURE, PACKETS = TEST_PCAPS / "dns.pcap", 92
ASKED = ({"term": {"layers.dns.dns_dns_qry_name": "www.example.test"}}, 'dns.qry.name == "www.example.test"')
# Of fields that a template with --fields ip.src doesn't name.
REST = [({"term": {"layers.ip.ip_ip_ttl": "64"}}, "ip.ttl == 64"),
        ({"term": {"layers.dns.dns_dns_flags_rcode": "3"}}, "dns.flags.rcode == 3")]
WORKS = "works"


class Failure(Exception):
    """What espcap or the server said."""


def espcap(node, *arguments):
    run = subprocess.run([ESPCAP, *arguments, "--node", node.url], capture_output=True, text=True, timeout=TIMEOUT_S,
                         check=False, env={**os.environ, "HOME": str(node.home)})
    if run.returncode != 0:
        raise Failure(f"espcap {' '.join(map(str, arguments))}: ended with {run.returncode}: {run.stderr.strip()}")
    return run.stdout + run.stderr


def require(what, found, wanted):
    if found != wanted:
        raise Failure(f"{what}: {found}, not {wanted}")


def found(node, index, question):
    """As many documents as tshark's display filter selects packets."""
    query, display_filter = question
    packets = subprocess.run(["tshark", "-r", CAPTURE, "-Y", display_filter], check=True, capture_output=True,
                             timeout=TIMEOUT_S).stdout.splitlines()
    if not packets:
        raise Failure(f"tshark: {display_filter}: selects nothing of {CAPTURE.name}")
    require(f"documents with {display_filter}", node.count(index, query), len(packets))


def indexed(node, index, *, already=0):
    said = espcap(node, "--file", CAPTURE, "--index", index)
    wanted = f"{PACKETS} packets captured, {PACKETS - already} indexed, {already} already there, 0 failed"
    if wanted not in said:
        raise Failure(f"{index}: {said.strip()}")


def template(node):
    """By a run of its own accord; found by a field's type; nothing twice."""
    indexed(node, "packets-%Y-%m-%d")
    found(node, "packets-2*", ASKED)
    indexed(node, "packets-%Y-%m-%d", already=PACKETS)
    espcap(node, "template", "--check")
    return WORKS


def data_stream(node):
    """Next to the template of template(), which matches its name too."""
    espcap(node, "template", "--data-stream", "packets-office", "--template-priority", "201", "--install")
    indexed(node, "packets-office")
    indexed(node, "packets-office", already=PACKETS)
    _, answer = node.request("GET", "/_resolve/index/packets-office")
    require("data streams", [each["name"] for each in answer["data_streams"]], ["packets-office"])
    found(node, "packets-office", ASKED)
    return WORKS


def flattened(node):
    """A field that the plain template leaves in _source is found."""
    espcap(node, "template", "--index", "flat-%Y-%m-%d", "--fields", "ip.src", "--rest", "flattened", "--install")
    indexed(node, "flat-%Y-%m-%d")
    for question in REST:
        found(node, "flat-*", question)
    return WORKS


def codec(node):
    _, answer = node.request("GET", "/packets-2*/_settings/index.codec")
    (index,) = answer.values()
    require("codec", index["settings"]["index"]["codec"], "best_compression")
    node.request("POST", "/packets-2*/_flush")
    _, answer = node.request("GET", "/packets-2*/_segments")
    attributes = {key: value for part in answer["indices"].values() for shard in part["shards"]["0"]
                  for segment in shard["segments"].values() for key, value in segment.get("attributes", {}).items()}
    written = json.dumps(attributes).lower()
    if "zstd" in written:
        return "zstd"
    if "best_compression" not in written:
        raise Failure(f"codec: the segments are written otherwise: {written}")
    return "deflate"


def synthetic_source(node):
    """What the server offers; espcap's template doesn't ask for it."""
    status, _ = node.request("PUT", "/synthetic", {"mappings": {
        "_source": {"mode": "synthetic"}, "properties": {"a": {"type": "keyword"}}}})
    if status != 200:
        return "no"
    node.request("PUT", "/synthetic/_doc/1?refresh=true", {"a": ["2", "1"]})
    _, answer = node.request("GET", "/synthetic/_doc/1")
    return "offered" if answer["_source"] == {"a": ["1", "2"]} else "no"


CHECKS = {"template": template, "data stream": data_stream, "flattened": flattened, "codec": codec,
          "synthetic source": synthetic_source}


def tried(node):
    """{check: outcome}. What fails says so, and the others are done all the same."""
    outcomes = {}
    for check, function in CHECKS.items():
        try:
            outcomes[check] = function(node)
        except (Failure, LookupError, OSError) as failure:
            print(f"{check}: {failure}", file=sys.stderr)
            outcomes[check] = "fails"
    return outcomes


@contextlib.contextmanager
def fresh_node(name):
    kind, _, version = name.partition("-")
    os.environ[f"ESPCAP_{kind.upper()}_VERSION"] = version
    with tempfile.TemporaryDirectory() as folder:
        node = Server(pathlib.Path(folder) / "home", kind=kind, heap="1g")
        try:
            node.start()
            _, answer = node.request("GET", "/")
            require("version", answer["version"]["number"], version)
            yield node
        finally:
            node.remove()


def main():
    names = sys.argv[1:] or SERVERS
    if not set(names) <= set(SERVERS):
        sys.exit(f"servers.py: no such server; the servers are {', '.join(SERVERS)}")
    failed = False
    for name in names:
        try:
            with fresh_node(name) as node:
                outcomes = tried(node)
        except (Failure, subprocess.SubprocessError) as failure:
            # It says nothing about espcap: the table stays.
            print(f"{name}: not tried: {failure}", file=sys.stderr)
            failed = True
            continue
        failed = failed or "fails" in outcomes.values()
        print(f"{name}: {', '.join(f'{check}: {outcome}' for check, outcome in outcomes.items())}", flush=True)
        results.record_server(name, outcomes, datetime.date.today())
    results.write_page()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

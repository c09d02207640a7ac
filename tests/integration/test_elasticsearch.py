# SPDX-License-Identifier: GPL-2.0-or-later
"""Documents of test_pcaps in real servers: all there, once, and found."""
import gzip
import json
import os
import pathlib
import random
import struct
import subprocess
import time

import pytest
import relay
from display_filters import frames_selected
from nginx import Nginx
from project import ESPCAP, TEST_PCAPS
from seeds import seed_or
from small_pipe import unread_bytes

DNS = TEST_PCAPS / "dns.pcap"
PARSING_EXCEPTION = {"elasticsearch": "document_parsing_exception",
                     "opensearch": "mapper_parsing_exception"}


@pytest.fixture(scope="module")
def indexed(server_node, espcap, captures, tshark):
    """All captures indexed twice; what the runs said."""
    # By the default name: the only test that uses it on a shared server.
    server_node.delete_indices(server_node.indices)
    runs = [espcap("--dir", TEST_PCAPS, *server_node.options, "--chunk", "100")
            for _ in range(2)]
    packets = {path: tshark("-r", path).count("\n") for path in captures}
    return server_node, runs, packets


def test_as_many_documents_as_packets(indexed):
    node, (first, _), packets = indexed
    total = sum(packets.values())
    assert first.code == 0, first
    assert first.ledger == {"packets captured": total, "indexed": total, "already there": 0,
                             "failed": 0}
    assert node.count(node.indices) == total


def test_a_second_run_adds_nothing(indexed):
    node, (_, second), packets = indexed
    total = sum(packets.values())
    assert second.code == 0, second
    assert second.ledger == {"packets captured": total, "indexed": 0, "already there": total,
                              "failed": 0}
    assert node.count(node.indices) == total


def test_documents_arrive_as_encoded(indexed, espcap):
    node, _, _ = indexed
    lines = espcap("--file", DNS, "--format", "bulk").out.splitlines()
    for action, document in zip(lines[::2], lines[1::2]):
        create = json.loads(action)["create"]
        status, stored = node.request("GET", f"/{create['_index']}/_doc/{create['_id']}")
        assert status == 200, create
        assert stored["_source"].pop("espcap")["file"] == str(DNS)
        assert stored["_source"] == json.loads(document)


def term(field, value):
    return {"term": {field: value}}


FIELDS = "layers."
QUERIES = [
    (term(FIELDS + "ip.ip_ip_src", "192.0.2.53"), "ip.src == 192.0.2.53"),
    (term(FIELDS + "ip.ip_ip_dst", "192.0.2.0/24"), "ip.dst == 192.0.2.0/24"),
    (term(FIELDS + "ipv6.ipv6_ipv6_src", "2001:db8::/32"), "ipv6.src == 2001:db8::/32"),
    (term(FIELDS + "tcp.tcp_tcp_dstport", 80), "tcp.dstport == 80"),
    (term(FIELDS + "udp.udp_udp_srcport", 53), "udp.srcport == 53"),
    (term(FIELDS + "tcp.tcp_tcp_flags_syn", True), "tcp.flags.syn == 1"),
    (term(FIELDS + "tcp.tcp_tcp_flags_reset", True), "tcp.flags.reset == 1"),
    (term(FIELDS + "arp.arp_arp_opcode", 2), "arp.opcode == 2"),
    (term(FIELDS + "vlan.vlan_vlan_id", 30), "vlan.id == 30"),
    (term(FIELDS + "icmp.icmp_icmp_type", 3), "icmp.type == 3"),
    (term(FIELDS + "icmpv6.icmpv6_icmpv6_type", 135), "icmpv6.type == 135"),
    (term(FIELDS + "dns.dns_dns_qry_name", "www.example.test"),
     'dns.qry.name == "www.example.test"'),
    ({"prefix": {FIELDS + "dns.dns_dns_qry_name": "mail."}}, 'dns.qry.name matches "^mail[.]"'),
    (term(FIELDS + "dns.dns_dns_flags_rcode", 3), "dns.flags.rcode == 3"),
    (term(FIELDS + "http.http_http_response_code", 404), "http.response.code == 404"),
    (term(FIELDS + "http.http_http_request_method", "GET"), 'http.request.method == "GET"'),
    (term(FIELDS + "tls.tls_tls_handshake_type", 1), "tls.handshake.type == 1"),
    ({"exists": {"field": FIELDS + "tls.tls_tls_handshake_extensions_server_name"}},
     "tls.handshake.extensions_server_name"),
    ({"range": {FIELDS + "frame.frame_frame_len": {"gt": 1000}}}, "frame.len > 1000"),
    ({"range": {FIELDS + "ip.ip_ip_ttl": {"lt": 64}}}, "ip.ttl < 64"),
    (term(FIELDS + "eth.eth_eth_dst", "ff:ff:ff:ff:ff:ff"), "eth.dst == ff:ff:ff:ff:ff:ff"),
    (term(FIELDS + "frame.frame_frame_interface_name", "wan0"),
     'frame.interface_name == "wan0"'),
    ({"wildcard": {FIELDS + "frame.frame_frame_protocols": "*:dns"}},
     'frame.protocols matches ":dns$"'),
]


def test_queries_find_what_display_filters_select(indexed, espcap, captures, tshark):
    node, _, _ = indexed
    prefix = {}
    for path in captures:
        action = espcap("--file", path, "--format", "bulk", "--count", "1").out.splitlines()[0]
        prefix[path] = json.loads(action)["create"]["_id"].rsplit("-", 1)[0]

    filters = [display_filter for _, display_filter in QUERIES]
    expected = [set() for _ in QUERIES]
    for path in captures:
        for frames, numbers in zip(expected, frames_selected(tshark, path, filters)):
            frames.update(f"{prefix[path]}-{number}" for number in numbers)
    for (query, display_filter), frames in zip(QUERIES, expected):
        assert frames, display_filter
        assert node.ids(node.indices, query) == frames, display_filter


def test_time_of_the_index_and_the_document(any_server, espcap):
    node = any_server
    lab = node.named("lab-%Y.%m")
    assert espcap("--file", DNS, "--node", node.url, "--index", lab).code == 0
    assert node.count(node.named("lab-*")) == 92
    first = int(json.loads(espcap("--file", DNS, "--count", "1").out)["timestamp"])
    assert node.count(time.strftime(lab, time.gmtime(first / 1000))) == 92
    assert node.count(node.named("lab-*"), {"range": {"timestamp": {"gte": first, "lte": first}}}) >= 1


def test_an_index_name_with_a_percent_sign(any_server, espcap):
    node = any_server
    run = espcap("--file", DNS, "--node", node.url, "--index", node.named("p%%-%Y"))
    assert run.code == 0, run
    assert node.request("GET", f"/_index_template/{node.template}-p%25")[0] == 200
    assert node.count(node.named("p%25-*")) == 92


def test_the_administrators_template_stays(any_server, espcap):
    node = any_server
    own = {"index_patterns": [node.indices], "priority": 1,
           "template": {"mappings": {"dynamic": False, "properties": {"mine": {"type": "ip"}}}}}
    name = f"/_index_template/own-{node.prefix}"
    assert node.request("PUT", name, own)[0] == 200
    try:
        assert espcap("--file", DNS, *node.options).code == 0
        assert node.request("GET", f"/_index_template/{node.template}")[0] == 404
        _, mappings = node.request("GET", f"/{node.indices}/_mapping")
        assert all("mine" in index["mappings"]["properties"] for index in mappings.values())
    finally:
        node.request("DELETE", name)


def test_no_template(any_server, espcap):
    node = any_server
    espcap("--file", TEST_PCAPS / "arp.pcap", *node.options, "--no-template")
    assert node.request("GET", f"/_index_template/{node.template}")[0] == 404


def test_a_version_that_is_not_known_is_asked_what_it_can(any_server, espcap, tmp_path):
    node = any_server
    _, greeting = node.request("GET", "/")
    greeting["version"]["number"] = "14.2.0"
    answer = f"location = / {{ default_type application/json; return 200 '{json.dumps(greeting)}'; }}"
    with Nginx(tmp_path, node.url, {"later": answer}) as nginx:
        run = espcap("--file", DNS, "--node", f"http://127.0.0.1:{nginx.ports['later']}", "--index", node.index,
                     "--label", "site=office")
    assert run.code == 0, run
    assert run.ledger["indexed"] == 92
    assert node.count(node.indices, {"term": {"layers.dns.dns_dns_qry_name": "www.example.test"}}) == 6
    assert node.count(node.indices, {"term": {"espcap.labels.site": "office"}}) == 92


def test_refused_documents_are_counted_and_named(any_server, espcap, tshark, tmp_path):
    """A field that is mapped to a type its values don't fit: those documents are kept, the rest are
    indexed."""
    node = any_server
    strict = {"index_patterns": [node.indices], "template": {"mappings": {
        "dynamic": False, "properties": {"layers": {"dynamic": False, "properties": {
            "dns": {"properties": {"dns_dns_qry_name": {"type": "long"}}}}}}}}}
    name = f"/_index_template/strict-{node.prefix}"
    assert node.request("PUT", name, strict)[0] == 200
    try:
        run = espcap("--file", DNS, *node.options, "--dead-letters", tmp_path / "dead.ndjson")
    finally:
        node.request("DELETE", name)
    bad = tshark("-r", DNS, "-Y", "dns.qry.name", "-T", "fields", "-e", "frame.number").split()
    assert 10 < len(bad) < 92
    assert run.code == 2
    assert run.ledger == {"packets captured": 92, "indexed": 92 - len(bad), "already there": 0,
                           "dead letters": len(bad), "failed": 0}
    assert len((tmp_path / "dead.ndjson").read_bytes().splitlines()) == len(bad)
    assert f"{DNS}: packet {bad[0]}: refused with 400: {PARSING_EXCEPTION[node.kind]}" in run.err
    assert "more messages about refused documents were left out" in run.err
    assert node.count(node.indices) == 92 - len(bad)


def test_a_node_that_does_not_answer_costs_nothing(elasticsearch, espcap):
    run = espcap("--file", DNS, "--node", "127.0.0.1:1", *elasticsearch.options)
    assert run.code == 0, run
    assert elasticsearch.count(elasticsearch.indices) == 92


def test_a_signal_delivers_what_is_dissected(elasticsearch, start_espcap):
    run = start_espcap("--file", "-", *elasticsearch.options, stdin=subprocess.PIPE)
    run.feed(DNS.read_bytes())
    run.wait_until(lambda: unread_bytes(run.stdin) == 0)
    run.wait_until_idle()  # it has dissected that too, and waits for more
    assert run.stop() == 0, run
    counts = run.ledger
    assert 60 < counts["indexed"] == counts["packets captured"]
    assert elasticsearch.count(elasticsearch.indices) == counts["indexed"]


@pytest.mark.parametrize("host, arguments, is_compressed", [
    ("127.0.0.1", ["--compress"], True),
    ("127.0.0.1", [], False),
    ("localhost", [], False),
    ("0.0.0.0", [], True),  # this machine by a name that doesn't say so
    ("0.0.0.0", ["--no-compress"], False),
])
def test_requests_are_compressed(host, arguments, is_compressed, elasticsearch, espcap):
    """Seen on the way to the server, and found in it."""
    port = int(elasticsearch.url.rsplit(":", 1)[1])
    with relay.Relay(port, address=host) as between:
        run = espcap("--file", DNS, "--node", f"{host}:{between.port}", "--index",
                     elasticsearch.index, "--chunk", "30", "--no-provenance", *arguments)
        assert run.code == 0, run
        requests = [(headers, body) for first, headers, body in between.requests()
                    if first.startswith("POST /_bulk")]
    assert run.ledger == {"packets captured": 92, "indexed": 92, "already there": 0, "failed": 0}
    assert elasticsearch.count(elasticsearch.indices) == 92
    assert len(requests) == 4
    for headers, body in requests:
        assert headers.get("content-encoding") == ("gzip" if is_compressed else None)
        assert headers["content-type"] == "application/x-ndjson"
    bodies = [gzip.decompress(body) if is_compressed else body for _, body in requests]
    assert b"".join(bodies) == espcap("--file", DNS, "--format", "bulk", "--index",
                                     elasticsearch.index).out
    if is_compressed:
        assert sum(len(body) for _, body in requests) < len(b"".join(bodies)) / 5


def peak_kib(arguments, environment):
    """Peak resident size of a run."""
    script = ('import resource,subprocess,sys; subprocess.run(sys.argv[1:], check=True); '
              'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)')
    run = subprocess.run(["python3", "-c", script, str(ESPCAP), *arguments], check=True,
                         capture_output=True, env=environment, text=True)
    return int(run.stdout.split()[-1])


@pytest.mark.parametrize("compress", ["--compress", "--no-compress"])
def test_held_documents_stay_within_bounds(compress, elasticsearch, environment, tmp_path):
    """Beyond what dissection itself takes, at most four times --chunk-bytes."""
    data = (TEST_PCAPS / "http.pcap").read_bytes()
    big = tmp_path / "big.pcap"
    big.write_bytes(data[:24] + data[24:] * 60)  # 6240 packets, some 50 MB of JSON
    common = ["--file", str(big), "--node", elasticsearch.url, "--chunk", "1000000", "--quiet",
              compress]
    base = peak_kib([*common, "--chunk-bytes", "64k", "--index", elasticsearch.named("base")],
                    environment)
    chunk_mib = 8
    large = peak_kib([*common, "--chunk-bytes", f"{chunk_mib}M", "--index",
                      elasticsearch.named("large")], environment)
    assert large - base <= 4 * chunk_mib * 1024


def slots_bytes(process):
    """The memory of all slots of a run."""
    found = [descriptor.stat().st_blocks * 512 for descriptor in pathlib.Path(f"/proc/{process}/fd").iterdir()
             if "memfd:espcap-documents" in os.readlink(descriptor)]
    assert found, "no slots"
    return sum(found)


@pytest.mark.parametrize("compress", ["--compress", "--no-compress"])
def test_slots_and_batches_together_stay_within_bounds(compress, elasticsearch, start_espcap, tmp_path):
    """The server accepts nothing more after the first request, so that every slot fills up, with documents that
    compress badly: random bytes in hexadecimal."""
    headers = bytes.fromhex("020000000001 020000000002 0800"
                            "45000564 00004000 40110000 c0000201 c0000202"
                            "c350c351 05500000")
    generator = random.Random(seed_or(0))
    captures = [tmp_path / f"random-{number}.pcap" for number in range(3)]  # one for each worker
    for capture in captures:
        with open(capture, "wb") as stream:
            stream.write(DNS.read_bytes()[:24])
            for number in range(700):
                frame = headers + generator.randbytes(1352)
                stream.write(struct.pack("<IIII", number, 0, len(frame), len(frame)) + frame)
    chunk_bytes = 1 << 20
    port = int(elasticsearch.url.rsplit(":", 1)[1])
    with relay.Relay(port, stops_at=b"POST /_bulk") as between:
        run = start_espcap("--dir", tmp_path, "--hex", "--workers", "3", "--chunk", "1000000",
                           "--chunk-bytes", chunk_bytes, "--node", f"127.0.0.1:{between.port}",
                           "--index", elasticsearch.index, compress, "--metrics", "0")
        run.wait_until(lambda: run.children("espcap-worker") and slots_bytes(run.pid) > chunk_bytes)
        run.wait_until_idle()
        kept = run.metrics().scrape()("espcap_batches_kept_bytes")
        held = slots_bytes(run.pid) + kept
        run.kill()
    assert kept > chunk_bytes / 4
    assert 2 * chunk_bytes < held <= 4 * chunk_bytes, held

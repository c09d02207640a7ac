# SPDX-License-Identifier: GPL-2.0-or-later
"""espcap packets and espcap show: a field in a query is found wherever a packet has it, as by a display filter."""
import json
import shutil

import pcapng
import pytest
from pcapng import packets_of, plain
from project import TEST_PCAPS

# An ICMP error in it quotes a DNS query.
ICMP = TEST_PCAPS / "icmp.pcap"
QUOTES = 16

# By espcap's template, and by what a server maps itself, which knows a field by its whole path alone.
MAPPINGS = ("espcap's", "dynamic")
QUERIES = {
    "udp.dstport:53": "udp.dstport == 53",
    "NOT udp_udp_dstport:53": "not udp.dstport == 53",
    "_exists_:udp.dstport": "udp.dstport",
    "udp.dstport:(53 OR 54) AND ip.src:\"192.0.2.10\"": "udp.dstport in {53, 54} and ip.src == 192.0.2.10",
    "ip.src:\"192.0.2.1\" OR ip.ip_ip_dst:\"192.0.2.1\"^2": "ip.addr == 192.0.2.1",
    "layers.icmp.icmp_icmp_type:3": "icmp.type == 3",
    "_exists_:_id": "frame",
}


@pytest.fixture
def ask(espcap, any_server):
    """ask(command, query, *arguments) → the run of `espcap packets` or `espcap show`."""
    return lambda command, query, *arguments: espcap(
        command, query, "--node", any_server.url, "--index", any_server.index, *arguments)


def map_dynamically(server):
    """Texts as keywords: OpenSearch sorts by no text."""
    keywords = {"match_mapping_type": "string", "mapping": {"type": "keyword"}}
    status, answer = server.request("PUT", f"/_index_template/{server.template}", {
        "index_patterns": [server.indices], "priority": 500,
        "template": {"mappings": {"dynamic_templates": [{"keywords": keywords}]}}})
    assert status == 200, answer


def index(espcap, server, folder, *options):
    run = espcap("--dir", folder, *server.options, *options)
    assert run.code == 0, run
    server.request("POST", f"/{server.indices}/_refresh")


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_a_field_is_found_wherever_it_is(mapping, any_server, espcap, ask, folder, tshark):
    shutil.copy(ICMP, folder)
    if mapping == "dynamic":
        map_dynamically(any_server)
    index(espcap, any_server, folder, *(("--no-template",) if mapping == "dynamic" else ()))
    every = packets_of(ICMP)
    quoted = 0
    for query, display_filter in QUERIES.items():
        run = ask("packets", query, "--archive-root", folder)
        assert run.code == 0 and "no index" not in run.err, run
        numbers = tshark("-r", ICMP, "-Y", display_filter, "-T", "fields", "-e", "frame.number").split()
        quoted += str(QUOTES) in numbers and "udp" in query
        assert plain(pcapng.read(run.out).packets) == plain(every[int(number) - 1] for number in numbers), query
    assert quoted == 3
    columns = ask("show", "udp.dstport:53", "--archive-root", folder, "--format", "columns")
    assert columns.code == 0 and len(columns.out.splitlines()) == 2, columns
    told = ask("packets", "udp.dstport:53", "--archive-root", folder, "--verbose")
    line, = [line for line in told.err.splitlines() if "field udp.dstport: searched as" in line]
    assert ("layers.icmp.udp.udp_udp_dstport" in line) == (mapping == "dynamic"), line


def test_a_path_is_that_field_alone(any_server, espcap, ask, folder):
    shutil.copy(ICMP, folder)
    map_dynamically(any_server)
    index(espcap, any_server, folder, "--no-template")
    run = ask("packets", "layers.icmp.udp.udp_udp_dstport:53", "--archive-root", folder)
    assert run.code == 0 and plain(pcapng.read(run.out).packets) == plain([packets_of(ICMP)[QUOTES - 1]]), run


@pytest.mark.parametrize("command", ("packets", "show"))
def test_a_field_that_there_is_not_is_named(command, any_server, espcap, ask, folder, tmp_path):
    shutil.copy(ICMP, folder)
    index(espcap, any_server, folder)
    run = ask(command, "udp.dstprt:53 OR quite.another:x", "--archive-root", folder)
    assert run.code == 0 and "0 documents found" in run.err, run
    near, far = [line for line in run.err.splitlines() if "has it" in line]
    assert "field udp.dstprt: " in near and "did you mean 'layers.udp.udp_udp_dstport'?" in near
    assert "field quite.another: " in far and "espcap fields" in far and "did you mean" not in far
    # A query as JSON is the user's own, to the letter.
    query = tmp_path / "query.json"
    query.write_text(json.dumps({"query_string": {"query": "udp.dstport:53"}}))
    literal = ask(command, f"@{query}", "--archive-root", folder)
    assert literal.code == 0 and "0 documents found" in literal.err and "has it" not in literal.err, literal
    # What is wrong with a query, the server says.
    wrong = ask(command, "udp.dstport:(53", "--archive-root", folder)
    assert wrong.code == 1 and "400" in wrong.err, wrong

# SPDX-License-Identifier: GPL-2.0-or-later
"""Documents with --ecs, and such as are cut to what a server takes."""
import json

import pytest
from project import TEST_PCAPS
from releases import community_id_of


def ecs_of(document):
    return {key: value for key, value in document.items()
            if key not in ("timestamp", "layers", "espcap")}


def test_ecs_stands_beside_the_same_document(espcap, plain_run, captures):
    for path in captures:
        plain = plain_run(path).documents()
        with_ecs = espcap("--file", path, "--ecs").documents()
        assert [{"timestamp": document["timestamp"], "layers": document["layers"]}
                for document in with_ecs] == plain
        for number, (document, reference) in enumerate(zip(with_ecs, plain), 1):
            frame = reference["layers"]["frame"]
            assert document["@timestamp"] == frame["frame_frame_time"]
            assert document["event"]["sequence"] == number
            assert document["network"]["bytes"] == int(frame["frame_frame_len"])


def test_ecs_has_the_addresses_and_flows_of_tshark(espcap, captures, tshark):
    flows = set()
    for path in captures:
        rows = tshark("-r", path, "--enable-protocol", "communityid", "-T", "fields",
                      "-e", "frame.number", "-e", community_id_of(tshark), "-e", "_ws.col.Source",
                      "-e", "_ws.col.Destination", "-n").splitlines()
        documents = espcap("--file", path, "--ecs", "--fields", "frame.number").documents()
        assert len(rows) == len(documents)
        for row, document in zip(rows, documents):
            _, flow, source, destination = row.split("\t")
            ours = document["network"].get("community_id", "")
            # Wireshark has none for fragments over IPv6.
            assert ours == flow or (flow == "" and document["network"]["type"] == "ipv6"), row
            flows.add(ours)
            if ours:
                assert document["source"]["ip"] == source
                assert document["destination"]["ip"] == destination
    assert len(flows) > 50


@pytest.mark.parametrize("capture, transport", [("dns.pcap", "udp"), ("http.pcap", "tcp")])
def test_ecs_has_the_ports_of_the_transport(capture, transport, espcap):
    directions = set()
    for document in espcap("--file", TEST_PCAPS / capture, "--ecs").documents():
        if header := document["layers"].get(transport):
            ports = document["source"]["port"], document["destination"]["port"]
            assert ports == (int(header[f"{transport}_{transport}_srcport"]),
                             int(header[f"{transport}_{transport}_dstport"]))
            directions.add(ports)
    assert {ports[::-1] for ports in directions} & directions, "there is only one direction"


WORDS = [
    ("dns.pcap", "dns.type", {"query", "answer"}),
    ("dns.pcap", "dns.response_code", {"NOERROR", "NXDOMAIN"}),
    ("dns.pcap", "network.protocol", {"dns"}),
    ("dns.pcap", "network.transport", {"udp", "tcp"}),
    ("http.pcap", "http.request.method", {"GET"}),
    ("http.pcap", "http.version", {"1.1"}),
    ("http.pcap", "http.response.status_code", {200, 404}),
    ("http.pcap", "url.domain", {"www.example.test"}),
    ("tls.pcapng", "tls.version", {"1.2", "1.3"}),
    ("vlan.pcap", "network.vlan.id", {"20"}),
    ("icmp.pcap", "network.transport", {"icmp"}),
    ("ipv6.pcap", "network.type", {"ipv6"}),
]


@pytest.mark.parametrize("capture, path, wanted", WORDS)
def test_ecs_has_its_own_words(capture, path, wanted, espcap):
    found = set()
    for document in espcap("--file", TEST_PCAPS / capture, "--ecs").documents():
        for part in path.split("."):
            document = document.get(part, {}) if isinstance(document, dict) else {}
        if document != {}:
            found.add(document)
    assert wanted <= found, found


def test_answers_are_those_of_the_answer_section(espcap):
    documents = espcap("--file", TEST_PCAPS / "dns.pcap", "--ecs").documents()
    counts = 0
    for document in documents:
        dns = document["layers"].get("dns")
        if isinstance(dns, dict) and document["dns"]["type"] == "answer":
            assert len(document["dns"].get("answers", [])) == int(dns["dns_dns_count_answers"])
            counts += len(document["dns"].get("answers", []))
    assert counts > 5


@pytest.mark.parametrize("option, value, kind", [("--max-depth", "1", "depth"),
                                                 ("--max-document-bytes", "1k", "size"),
                                                 ("--max-value-bytes", "20", "value")])
def test_a_cut_document_says_so(option, value, kind, espcap, plain_run, captures):
    for path in captures:
        whole = plain_run(path)
        run = espcap("--file", path, option, value)
        documents = run.documents()
        cut = [document for document in documents if "espcap" in document]
        assert len(documents) == len(whole.documents()) and cut
        assert f"; {len(cut)} documents cut to what a server accepts" in run.err
        assert "cut" not in whole.err
        for document in cut:
            assert document["espcap"]["cut"] == [kind] and document["espcap"]["cut_layer"]


def test_a_document_is_as_large_as_it_may_be(espcap):
    run = espcap("--file", TEST_PCAPS / "http.pcap", "--max-document-bytes", "2k")
    lengths = [len(line) for line in run.out.decode().splitlines()]
    documents = [json.loads(line) for line in run.out.decode().splitlines()]
    assert max(lengths) < 2048 + 300
    for document, length in zip(documents, lengths):
        assert ("espcap" in document) == (length > 1000) or "espcap" not in document

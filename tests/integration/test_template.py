# SPDX-License-Identifier: GPL-2.0-or-later
"""The template on real servers: every document is accepted, and found as display filters find its packet."""
import base64
import concurrent.futures
import hashlib
import itertools
import json
import os
import pathlib
import random
import subprocess

import field_queries
import pytest
from captures import write_pcap
from display_filters import frames_selected
from project import FULL, TEST_PCAPS
from server import KINDS, Server
from shared_server import Namespace

FURTHER = os.environ.get("ESPCAP_CAPTURES")
# Options of the template, and of the run.
SHAPES = {"plain": ([], []), "typed": ([], ["--typed"]), "ecs": ([], ["--ecs"]),
          "flattened": (["--rest", "flattened"], [])}
# The most that --max-depth and --max-document-bytes are by themselves.
DEEPEST, LARGEST = 450, 32 << 20


def further_captures(generator):
    """Some of them, others in each run; all with ESPCAP_FULL."""
    if not FURTHER:
        return []
    found = sorted(path for path in pathlib.Path(FURTHER).rglob("*") if path.is_file())
    return found if FULL else generator.sample(found, 100)


def id_start(path):
    """What the ids of a capture's documents begin with."""
    digest = hashlib.sha256(path.read_bytes()).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def mapped(properties, path="layers"):
    """{path: mapping} of the fields that can be searched."""
    found = {}
    for key, mapping in properties.items():
        if "properties" in mapping:
            found.update(mapped(mapping["properties"], f"{path}.{key}"))
        elif "copy_to" not in mapping:
            found[f"{path}.{key}"] = mapping
    return found


def layers_of(printed):
    """Of what `espcap template` prints."""
    components = {part["name"]: part["component_template"]["template"]
                  for part in json.loads(printed)["component_templates"]}
    mappings = next(part for name, part in components.items() if name.endswith("-layers"))
    return mappings["mappings"]["properties"]["layers"]["properties"]


@pytest.fixture(scope="module")
def fields(espcap):
    """By path."""
    run = espcap("fields", "--json")
    assert run.code == 0, run
    return {field["path"]: field for field in json.loads(run.out)}


def test_fields_are_listed_as_they_are_looked_for(espcap):
    run = espcap("fields", "ip.src", "--json")
    assert {"name": "ip.src", "key": "ip_ip_src", "path": "layers.ip.ip_ip_src", "type": "ip",
            "description": "Source Address"} in json.loads(run.out)
    table = espcap("fields", "suspected) retrans").out.decode()
    assert "tcp.analysis.retransmission" in table and "boolean" in table
    names = espcap("fields", "--curated", "--names").out.decode().splitlines()
    assert "ip.src" in names and "ip.checksum_calculated" not in names
    assert set(names) == {field["name"] for field in json.loads(espcap("fields", "--curated", "--json").out)}
    wrong = espcap("fields", "tcp.srcprot")
    assert wrong.code == 1 and "did you mean 'tcp.srcport'?" in wrong.err


def test_a_template_is_printed_for_what_is_wanted(espcap):
    curated = mapped(layers_of(espcap("template").out))
    assert curated["layers.tcp.tcp_tcp_srcport"] == {"type": "long"}
    assert len(curated) > 500
    chosen = mapped(layers_of(espcap("template", "--protocols", "vxlan", "--fields", "ip.src").out))
    assert {path.split(".")[1] for path in chosen} == {"ip", "vxlan"}
    assert "layers.vxlan.vxlan_vxlan_vni" in chosen
    wrong = espcap("template", "--fields", "tcp.srcprot")
    assert wrong.code == 1 and "tcp.srcport" in wrong.err


def typed(value, kind):
    """A plain value as a typed document has it."""
    if isinstance(value, list):
        return [typed(item, kind) for item in value]
    if kind not in ("long", "double") or not isinstance(value, str):
        return value
    return int(value) if kind == "long" else float(value)


def test_typed_documents_have_the_same_values_as_numbers(espcap, plain_run, captures, fields):
    types = {field["key"]: field["type"] for field in fields.values()}

    def expected(node):
        return {key: [expected(item) for item in value] if isinstance(value, list)
                and isinstance(value[0], dict) else expected(value) if isinstance(value, dict)
                else typed(value, types[key]) for key, value in node.items()}

    numbers = 0
    for path in captures:
        plain = plain_run(path).documents()
        ours = espcap("--file", path, "--typed").documents()
        assert len(ours) == len(plain) > 0
        for document, reference in zip(ours, plain):
            assert document == {"timestamp": int(reference["timestamp"]),
                                "layers": expected(reference["layers"])}
            numbers += isinstance(document["layers"]["frame"]["frame_frame_len"], int)
    assert numbers > 600


def test_a_template_is_installed_once(any_server, espcap):
    node = any_server
    node_option = node.options
    missing = espcap("template", *node_option, "--check")
    assert missing.code == 2 and f"{node.template}: not there" in missing.err
    for said in (f"installed, for {node.indices}", "there already, nothing to do"):
        run = espcap("template", *node_option, "--install")
        assert run.code == 0 and said in run.err, run
    assert espcap("template", *node_option, "--check").code == 0
    settings = f"{node.template}-settings"
    _, before = node.request("GET", f"/_component_template/{settings}")
    changed = before["component_templates"][0]["component_template"]
    changed["template"]["settings"]["index"]["refresh_interval"] = "1s"
    assert node.request("PUT", f"/_component_template/{settings}", changed)[0] == 200
    run = espcap("template", *node_option, "--check")
    assert run.code == 2
    assert f"{settings}.template.settings.index.refresh_interval: 1s in place of 5s" \
        in run.err
    assert espcap("template", *node_option, "--install").code == 0
    assert espcap("template", *node_option, "--check").code == 0


@pytest.fixture(params=KINDS)
def server_for_a_stream(request, tmp_path):
    """Of its own: Elasticsearch without its commercial part makes data streams, and can't delete them."""
    with Server(tmp_path / "server", kind=request.param) as node:
        yield node


def test_fields_are_read_only_for_a_template_that_is_missing(any_server, espcap, start_espcap):
    """The process that has them waits until the server has answered, and goes as soon as nobody needs it."""
    assert espcap("--file", TEST_PCAPS / "http.pcap", *any_server.options).code == 0
    run = start_espcap("--file", "-", *any_server.options, "--verbose", stdin=subprocess.PIPE)
    run.feed((TEST_PCAPS / "http.pcap").read_bytes())
    run.wait_for("index template for")
    run.wait_until(lambda: not run.children("espcap-reply"), what="the end of the process that replies")
    run.end_input()
    assert run.wait() == 0, run


def test_a_data_stream(server_for_a_stream, espcap):
    """Made by the first document; documents need its time field."""
    node = server_for_a_stream
    run = espcap("template", "--data-stream", "packets-stream", "--node", node.url, "--install")
    assert run.code == 0, run
    run = espcap("--file", TEST_PCAPS / "dns.pcap", "--ecs", "--node", node.url, "--index",
                 "packets-stream")
    assert run.code == 0, run
    dns = {"bool": {"filter": [{"term": {"dns.question.name": "example.com"}},
                               {"range": {"@timestamp": {"gt": "now-10y"}}}]}}
    assert node.count("packets-stream", dns) > 0
    _, found = node.request("GET", "/_resolve/index/packets-stream")
    assert [stream["name"] for stream in found["data_streams"]] == ["packets-stream"]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_document_is_accepted(shape, any_server, espcap, seed):
    template, shape_options = SHAPES[shape]
    captures = further_captures(random.Random(f"{seed} {shape} {any_server.kind}"))
    assert espcap("template", *any_server.options, *template, "--install").code == 0
    arguments = [argument for path in captures for argument in ("--file", path)]
    run = espcap("--dir", TEST_PCAPS, *arguments, "--node", any_server.url, *shape_options,
                 "--index", any_server.named("all"), timeout=1500)
    assert " 0 failed" in run.err and "dead letters" not in run.err, run
    assert any_server.count(any_server.named("all")) > 600


def test_long_texts_are_cut_where_the_template_takes_none(any_server, espcap, tmp_path):
    """An OpenSearch's flat_object refuses documents that have one."""
    ethernet = bytes(12) + b"\x08\x00"
    ip = bytes.fromhex("45009c5c00010000401100000a0000010a000002")
    udp = bytes.fromhex("303930399c480000") + b"x" * 40_000
    write_pcap(tmp_path / "long.pcap", [ethernet + ip + udp])
    index = any_server.named("long")
    assert espcap("template", *any_server.options, "--rest", "flattened", "--install").code == 0
    run = espcap("--file", tmp_path / "long.pcap", "--node", any_server.url, "--index", index)
    assert run.code == 0, run
    cut = {"term": {"espcap.cut": "value"}}
    assert any_server.count(index) == 1
    assert any_server.count(index, cut) == (any_server.kind == "opensearch")


@pytest.mark.parametrize("rest", ["none", "flattened"])
def test_what_espcap_writes_at_most_is_taken(rest, any_server, espcap):
    """The deepest document, each object in a list, and the largest."""
    node = any_server
    assert espcap("template", *node.options, "--rest", rest, "--install").code == 0
    inner = '{"data_value":"x"}'
    for _ in range(DEEPEST - 2):
        inner = '{"data":[' + inner + "]}"
    deep = '{"timestamp":"1","layers":{"data":' + inner + "}}"
    text = ",".join(['"' + "ab:" * 1000 + '"'] * (LARGEST // 3004))
    large = '{"timestamp":"1","layers":{"data":{"data_data":[' + text + "]}}}"
    for number, document in enumerate([deep] + [large] * (rest == "none")):
        body = '{"create":{"_index":"%s","_id":"%d"}}\n%s\n' % (node.named("most"), number, document)
        status, _, answer = node.send("POST", "/_bulk", body.encode(),
                                      {"Content-Type": "application/x-ndjson"})
        assert status == 200 and not json.loads(answer)["errors"], answer[:1000]


def test_the_rest_is_found_as_keywords(any_server, espcap):
    index = any_server.named("rest")
    assert espcap("template", *any_server.options, "--fields", "ip.src", "--rest", "flattened",
                  "--install").code == 0
    assert espcap("--file", TEST_PCAPS / "dns.pcap", "--node", any_server.url, "--index",
                  index).code == 0
    for path, value in (("layers.ip.ip_ip_ttl", "64"), ("layers.dns.dns_dns_flags_rcode", "3")):
        assert any_server.count(index, {"term": {path: value}}) > 0, path


@pytest.fixture(scope="module")
def many_captures(captures, seed):
    """Also some further ones, for rarer protocols."""
    return captures + further_captures(random.Random(seed))


@pytest.fixture(scope="module")
def questions(espcap, tshark, many_captures, fields, seed):
    """[(capture, field's name, query, display filter, ids of the frames that this selects)].

    One about each curated field that there is; with ESPCAP_FULL all that can be asked of its value.
    """
    paths = mapped(layers_of(espcap("template").out))
    names = {}  # a few are in two layers: {name: paths}
    for path in paths:
        if path in fields:  # else it is a text that espcap has made of bytes (test_networks)
            names.setdefault(fields[path]["name"], []).append(path)
    wanted = [argument for name in sorted(names) for argument in ("-e", name)]
    shown = {name: {} for name in names}  # {name: {capture: values}}
    for capture in many_captures:
        try:
            rows = tshark("-r", capture, "-T", "fields", "-E", "aggregator=\x01", *wanted)
        except (subprocess.CalledProcessError, UnicodeDecodeError):
            continue  # damaged; another test's business
        for row in rows.splitlines():
            for name, cell in zip(sorted(names), row.split("\t")):
                values = set(filter(field_queries.is_askable, cell.split("\x01")))
                if values:
                    shown[name].setdefault(capture, set()).update(values)
    generator = random.Random(seed)
    asked = []
    for name, having in shown.items():
        for capture, values in list(having.items())[:1]:
            value = field_queries.pick(values, name)
            by_path = [field_queries.questions(fields[path], paths[path], value)
                       for path in names[name]]
            possible = [({"bool": {"should": [query for query, _ in same]}}, same[0][1])
                        for same in zip(*by_path)]
            if possible and not FULL:
                possible = [generator.choice(possible)]
            asked += [(capture, name, *question) for question in possible]

    def answered(capture):
        own = [question for question in asked if question[0] == capture]
        start = id_start(capture)
        selected = frames_selected(tshark, capture, [display_filter for *_, display_filter in own])
        # None: an operator that tshark doesn't have for this kind of field
        return [(*question, {f"{start}-{frame}" for frame in frames})
                for question, frames in zip(own, selected) if frames is not None]

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(itertools.chain(*pool.map(answered, dict.fromkeys(capture for capture, *_ in asked))))


def test_fields_are_found_as_display_filters_find_them(any_server, espcap, questions):
    """Every curated field that the captures have, by a query of its type."""
    node = any_server
    captures = {capture for capture, *_ in questions}
    arguments = [argument for capture in captures for argument in ("--file", capture)]
    index = node.named("all")
    assert espcap(*arguments, "--node", node.url, "--index", index,
                  "--max-values", "0", "--max-document-bytes", "32M").code == 0
    node.request("POST", f"/{index}/_refresh")
    names = {name for _, name, *_ in questions}
    assert len(names) >= 200
    assert len({name.split(".")[0] for name in names}) >= (40 if FURTHER else 20)
    wrong = []
    for capture, _, query, display_filter, frames in questions:
        start = id_start(capture)
        found = {found for found in node.ids(index, query) if found.startswith(start)}
        if found != frames:
            wrong.append((capture.name, display_filter, json.dumps(query), len(frames), len(found)))
    assert not wrong, "\n".join(map(str, wrong))


TABLES = [
    ("top-talkers", [], "source destination packets bytes", "ip"),
    ("dns-names", [], "name packets clients", "dns.flags.response == 0 && dns.qry.name"),
    ("tls-names", [], "name packets clients servers", "tls.handshake.type == 1"),
    ("http-hosts", [], "host method packets", "http.request"),
    ("retransmissions", [], "source destination packets bytes", "tcp.analysis.retransmission && ip"),
    ("expert-warnings", [], "message packets", "_ws.expert.severity >= 0x600000"),
    ("conversation", ["--set", "a=192.0.2.53", "--set", "b=192.0.2.10"],
     "frame_frame_time frame_frame_number ip_ip_src ip_ip_dst frame_frame_protocols "
     "frame_frame_len", "ip.addr == 192.0.2.53 && ip.addr == 192.0.2.10"),
    ("community-id", ["--set", "id=1:PchuGb8M/pqwaQ0MV+4qrvst9mk="],
     "frame_frame_time frame_frame_number ip_ip_src ip_ip_dst transport protocol bytes",
     "udp.port == 52736 && ip.addr == 192.0.2.53 && ip.addr == 192.0.2.10"),
]


@pytest.fixture(scope="module")
def all_indexed(server_node, espcap):
    with Namespace(server_node) as node:
        assert espcap("--dir", TEST_PCAPS, "--ecs", *node.options).code == 0
        node.request("POST", f"/{node.indices}/_refresh")
        yield node


@pytest.mark.parametrize("name, values, columns, display_filter", TABLES)
def test_a_query_prints_a_table(name, values, columns, display_filter, all_indexed, espcap, captures,
                                tshark):
    run = espcap("query", name, "--node", all_indexed.url, "--index", all_indexed.indices, *values)
    assert run.code == 0, run
    lines = run.out.decode().splitlines()
    assert lines[0].split() == columns.split()
    selected = sum(len(tshark("-r", path, "-Y", display_filter, "-T", "fields", "-e",
                              "frame.number").split()) for path in captures)
    assert (len(lines) > 1) == (selected > 0), (run.out, selected)
    if name == "community-id":
        assert len(lines) - 1 == selected

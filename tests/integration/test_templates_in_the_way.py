# SPDX-License-Identifier: GPL-2.0-or-later
"""What is on a server before espcap comes: templates for every index, indices, aliases, data streams, pipelines. Field
types are espcap's, or who decides them is named before the first document."""
import contextlib
import datetime
import json
import subprocess

import pytest
from captures import write_pcap
from fault_proxy import FaultProxy
from project import TEST_PCAPS
from server import KINDS, Server

DNS = TEST_PCAPS / "dns.pcap"
PACKETS = 92  # of it
ALL_INDEXED = {"packets captured": PACKETS, "indexed": PACKETS, "already there": 0, "failed": 0}
TEXTS = {"properties": {"layers": {"properties": {"ip": {"properties": {"ip_ip_src": {"type": "text"}}}}}}}


@contextlib.contextmanager
def template(node, name, body, kind="_index_template"):
    path = f"/{kind}/{name}-{node.prefix}"
    status, answer = node.request("PUT", path, body)
    assert status == 200, answer
    try:
        yield f"{name}-{node.prefix}"
    finally:
        node.request("DELETE", path)


def type_of_source(node, indices=None):
    """Of ip.src, in every index."""
    _, found = node.request("GET", f"/{indices or node.indices}/_mapping")
    assert found
    types = set()
    for index in found.values():
        at = index["mappings"]
        for name in ("layers", "ip", "ip_ip_src"):
            at = at.get("properties", {}).get(name, {})
        types.add(at.get("type"))
    return types


@pytest.mark.parametrize("priority", [0, 199])
def test_a_catch_all_below_loses(priority, any_server, espcap):
    """Its pattern has more than espcap's indices; here only those of the test."""
    node = any_server
    with template(node, "all", {"index_patterns": [f"{node.prefix}*"], "priority": priority}):
        run = espcap("--file", DNS, *node.options)
        assert run.code == 0 and run.ledger == ALL_INDEXED, run
        assert "warning" not in run.err, run
        assert type_of_source(node) == {"ip"}
        assert espcap("template", *node.options, "--check").code == 0
        # The administrator may have others afterwards, too.
        with template(node, "more", {"index_patterns": [f"{node.prefix}*"], "priority": priority + 100}):
            pass


def test_a_catch_all_above_is_named_before_the_first_document(any_server, espcap):
    node = any_server
    with template(node, "all", {"index_patterns": [f"{node.prefix}*"], "priority": 500}) as name:
        for _ in range(2):  # also once espcap's is there
            run = espcap("--file", DNS, *node.options)
            assert f"the template {name} (priority 500) decides its fields, not espcap's: fields are mapped as" in run.err
            assert "--template-priority 501" in run.err, run
            assert run.err.index(name) < run.err.index("packets captured")
        check = espcap("template", *node.options, "--check")
        assert check.code == 2 and name in check.err, check
        node.clear()
        run = espcap("--file", DNS, *node.options, "--template-priority", "501")
        assert run.code == 0 and run.ledger == ALL_INDEXED and name not in run.err, run
        assert type_of_source(node) == {"ip"}


def test_the_same_priority_ends_the_run(any_server, espcap):
    node = any_server
    with template(node, "all", {"index_patterns": [f"{node.prefix}*"], "priority": 200}) as name:
        run = espcap("--file", DNS, *node.options)
        assert run.code == 1 and name in run.err and "--template-priority N" in run.err, run
        assert run.ledger["packets captured"] == 0


def test_a_legacy_template_stops_applying(any_server, espcap):
    node = any_server
    legacy = {"index_patterns": [f"{node.prefix}*"], "order": 1, "mappings": TEXTS}
    with template(node, "old", legacy, "_template") as name:
        run = espcap("--file", DNS, *node.options)
        assert run.code == 0 and run.ledger == ALL_INDEXED, run
        assert f"legacy template {name}: it applies no longer to {node.indices}" in run.err
        assert type_of_source(node) == {"ip"}
        again = espcap("--file", DNS, *node.options)
        assert again.code == 0 and name not in again.err, again


def test_an_index_that_is_there_with_other_fields(any_server, espcap):
    node = any_server
    index = node.named("2024")
    assert node.request("PUT", f"/{index}", {"mappings": TEXTS})[0] == 200
    run = espcap("--file", DNS, "--node", node.url, "--index", index)
    assert f"index {index}: its fields are not espcap's: layers.ip.ip_ip_src is text in place of ip" in run.err, run
    check = espcap("template", "--node", node.url, "--index", index, "--check")
    assert check.code == 2 and "layers.ip.ip_ip_src is text" in check.err, check


def days(tmp_path, *dates):
    """A packet of each day."""
    frame = bytes(12) + b"\x08\x00" + bytes.fromhex("450000140001000040110000c0000201c0000202")
    path = tmp_path / "days.pcap"
    write_pcap(path, [frame] * len(dates))
    data = bytearray(path.read_bytes())
    at = 24
    for date in dates:
        seconds = int(datetime.datetime.fromisoformat(date + "T12:00:00+00:00").timestamp())
        data[at:at + 4] = seconds.to_bytes(4, "little")
        at += 16 + len(frame)
    path.write_bytes(bytes(data))
    return path


def test_each_index_is_asked_about(any_server, espcap, tmp_path):
    """Its name comes from a packet's time; another template wins for one of them."""
    node = any_server
    capture = days(tmp_path, "2024-05-01", "2024-05-02", "2024-05-03")
    with template(node, "one", {"index_patterns": [f"{node.prefix}-*-02"], "priority": 900}) as name:
        run = espcap("--file", capture, *node.options)
        assert run.code == 0 and run.ledger["indexed"] == 3, run
        named = [line for line in run.err.splitlines() if name in line]
        assert len(named) == 1 and f"index {node.prefix}-2024-05-02: " in named[0], run
    run = espcap("--file", capture, *node.options)
    assert f"index {node.prefix}-2024-05-02: its fields are not espcap's" in run.err, run


def test_a_template_that_comes_while_the_run_goes_on(any_server, start_espcap, tmp_path):
    node = any_server
    data = days(tmp_path, "2024-05-01", "2024-05-02").read_bytes()
    half = 24 + (len(data) - 24) // 2
    run = start_espcap("--file", "-", *node.options, "--flush-interval", "0.1", stdin=subprocess.PIPE)
    run.feed(data[:half])
    run.wait_until(lambda: node.count_so_far(node.indices) == 1)
    with template(node, "late", {"index_patterns": [f"{node.prefix}*"], "priority": 900}) as name:
        run.feed(data[half:])
        run.stdin.close()
        assert run.wait(60) == 0, run
        assert f"index {node.prefix}-2024-05-02: the template {name} (priority 900)" in run.err


def test_an_alias(any_server, espcap):
    node = any_server
    alias, first, second = node.named("lab"), node.named("lab-1"), node.named("lab-2")
    for index in (first, second):
        assert node.request("PUT", f"/{index}", {"aliases": {alias: {}}})[0] == 200
    options = ["--file", DNS, "--node", node.url, "--index", alias]
    run = espcap(*options)
    assert run.code == 1 and f"{alias}: this alias has several indices" in run.err, run
    assert run.ledger["packets captured"] == 0
    add = {"add": {"index": second, "alias": alias, "is_write_index": True}}
    assert node.request("POST", "/_aliases", {"actions": [add]})[0] == 200
    run = espcap(*options, "--max-document-bytes", "64k")
    assert f"index {second}: its fields are not espcap's: fields are mapped as they come" in run.err, run
    assert node.count(second) == run.ledger["indexed"] and node.count(first) == 0
    assert node.request("GET", f"/_index_template/espcap-{alias}")[0] == 404


@contextlib.contextmanager
def pipeline_of(node):
    """Of a server that has no processors."""
    name = node.named("pipeline")
    assert node.request("PUT", f"/_ingest/pipeline/{name}", {"processors": []})[0] == 200
    try:
        yield name
    finally:
        node.request("DELETE", f"/_ingest/pipeline/{name}")


def test_documents_go_through_a_pipeline(any_server, espcap):
    node = any_server
    with pipeline_of(node) as name, FaultProxy(node.port, index=node.index) as proxy:
        run = espcap("--file", DNS, *proxy.options, "--pipeline", name)
        assert run.code == 0 and run.ledger == ALL_INDEXED, run
        bulk = [path for path, *_ in proxy.replies if path.startswith("/_bulk")]
        assert bulk and all(path.endswith(f"&pipeline={name}") for path in bulk)


@pytest.mark.parametrize("command", ["run", "resend"])
def test_a_pipeline_that_is_missing_is_an_error_at_the_start(command, any_server, espcap, tmp_path):
    node = any_server
    letters = tmp_path / "letters"
    letter = {"time": "2024-01-01T00:00:00Z", "status": 400, "reason": "r", "source": "s", "frame": 1,
              "index": node.named("1"), "id": "a", "document": {}}
    letters.write_text(json.dumps(letter) + "\n")
    arguments = ["--file", DNS, *node.options] if command == "run" else ["resend", letters, "--node", node.url]
    run = espcap(*arguments, "--pipeline", "nothing/here")
    assert run.code == 1 and "--pipeline nothing/here: the server has no ingest pipeline" in run.err, run
    assert node.count_so_far(node.indices) == 0


@pytest.mark.parametrize("setting", ["default_pipeline", "final_pipeline"])
def test_an_index_that_needs_a_pipeline(setting, any_server, espcap):
    node = any_server
    index = node.named("piped")
    assert node.request("PUT", f"/{index}", {"settings": {f"index.{setting}": "nothing-here"}})[0] == 200
    options = ["--file", DNS, "--node", node.url, "--index", index]
    run = espcap(*options)
    assert run.code == 1 and f"index {index}: its documents go through the ingest pipeline nothing-here" in run.err
    assert run.ledger["packets captured"] == 0
    with pipeline_of(node) as name:
        run = espcap(*options, "--pipeline", name)
        assert (run.ledger.get("indexed", 0) == PACKETS) == (setting == "default_pipeline"), run


@pytest.fixture(params=KINDS)
def own_server(request, tmp_path):
    """Elasticsearch without its commercial part makes data streams, and can't delete them; `*` is every test's."""
    with Server(tmp_path / "server", kind=request.param) as node:
        node.prefix = "own"
        yield node


def streams(node):
    _, found = node.request("GET", "/_resolve/index/*")
    return {stream["name"] for stream in found["data_streams"]}


def test_data_streams_get_their_timestamp(own_server, espcap, tmp_path):
    node = own_server
    # A template that isn't espcap's, for one and for a dated name; espcap's.
    assert node.request("PUT", "/_index_template/theirs", {
        "index_patterns": ["theirs*"], "data_stream": {}, "priority": 300,
        "template": {"mappings": {"dynamic": False}}})[0] == 200
    assert espcap("template", "--data-stream", "ours", "--node", node.url, "--install").code == 0
    counts = 0
    for index in ("theirs", "theirs-%Y", "ours", "ours"):
        for options in ([], ["--ecs"], ["--spool", tmp_path / "spool"]):
            run = espcap("--file", DNS, "--node", node.url, "--index", index, "--typed", *options)
            assert run.code == 0, run
            counts += run.ledger["indexed"]
    year = {"range": {"@timestamp": {"gt": "2000-01-01"}}}
    assert node.count("ours", year) == node.count("ours") == PACKETS
    assert node.count("theirs") == PACKETS
    assert streams(node) >= {"ours", "theirs"} and len(streams(node)) == 3
    assert counts == 3 * PACKETS
    # One that is there, without a template that says so.
    check = espcap("template", "--data-stream", "ours", "--node", node.url, "--check")
    assert check.code == 0, check
    # Every index is to be a data stream: so are espcap's.
    assert node.request("PUT", "/_index_template/all", {"index_patterns": ["*"], "data_stream": {}, "template": {"settings": {}}})[0] == 200
    run = espcap("--file", DNS, "--node", node.url)
    assert run.code == 0 and run.ledger == ALL_INDEXED and "warning" not in run.err, run
    assert node.count("packets-*", year) == PACKETS
    assert type_of_source(node, "packets-*") == {"ip"}


def test_a_catch_all_for_really_everything(own_server, espcap):
    node = own_server
    assert node.request("PUT", "/_index_template/all", {"index_patterns": ["*"], "priority": 0, "template": {"settings": {}}})[0] == 200
    run = espcap("--dir", TEST_PCAPS, "--node", node.url)
    assert run.code == 0 and "warning" not in run.err and "dead letters" not in run.err, run
    assert type_of_source(node, "packets-*") == {"ip"}
    assert node.request("PUT", "/_index_template/other", {"index_patterns": ["*"], "priority": 1, "template": {"settings": {}}})[0] == 200

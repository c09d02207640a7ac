# SPDX-License-Identifier: GPL-2.0-or-later
"""--detail summary: the fields that people search for and the packet's line in Wireshark's list, without the tree."""
import pytest
from project import TEST_PCAPS

ALONE = {"timestamp", "layers"}
FILTER = "tcp.flags.syn == 1 or dns or _ws.expert"


@pytest.fixture(scope="module")
def curated(espcap):
    names = espcap("fields", "--curated", "--names").out.decode().split()
    return [name for name in names if name not in ("frame.time", "frame.time_epoch")]  # as the timestamp


def test_a_summary_has_the_searchable_fields_and_two_columns(espcap, curated, captures, tmp_path):
    names = tmp_path / "names"
    names.write_text("\n".join(curated), encoding="utf-8")
    for path in captures:
        columns = [document["columns"] for document in espcap("--file", path, "--columns").documents()]
        selected = espcap("--file", path, "--fields", f"@{names}").documents()
        summaries = espcap("--file", path, "--detail", "summary").documents()
        assert summaries == [{**document, "columns": {name: row[name] for name in ("protocol", "info")}}
                             for document, row in zip(selected, columns, strict=True)], path


@pytest.mark.parametrize("options", [[], ["-2"], ["--typed"], ["--ecs"], ["--workers", "2", "--shards", "2"]], ids=str)
def test_packets_of_a_filter_have_their_tree(options, espcap, tshark):
    path = TEST_PCAPS / "http.pcap"
    two_passes = [option for option in options if option == "-2"]
    wanted = set(tshark("-r", path, *two_passes, "-Y", FILTER, "-T", "fields", "-e", "frame.number").split())
    trees = espcap("--file", path, *options).documents()
    summaries = espcap("--file", path, "--detail", "summary", *options).documents()
    mixed = espcap("--file", path, "--detail", "summary", "--tree-for", FILTER, *options).documents()
    numbers = [str(document["layers"]["frame"]["frame_frame_number"]) for document in trees]
    assert 0 < len(wanted) < len(numbers)
    for number, tree, summary, document in zip(numbers, trees, summaries, mixed, strict=True):
        assert document["columns"] == summary["columns"]
        assert document["layers"] == (tree if number in wanted else summary)["layers"], number


@pytest.mark.parametrize("detail", ["tree", "summary"])
def test_a_summary_is_searched_as_a_tree_is(detail, espcap, any_server):
    path = TEST_PCAPS / "http.pcap"
    run = espcap("--file", path, *any_server.options, "--detail", detail)
    assert run.code == 0, run
    is_request = {"term": {"layers.http.http_http_request_method": "GET"}}
    assert any_server.count(any_server.indices, is_request) > 0
    _, found = any_server.request("GET", f"/{any_server.indices}/_search", {"query": is_request})
    source = found["hits"]["hits"][0]["_source"]
    assert source["espcap"]["file"] == str(path)
    assert source.get("columns", {}).get("protocol") == (None if detail == "tree" else "HTTP")
    assert any_server.count(any_server.indices, {"query_string": {"query": "columns.info:*"}}) == 0  # kept, not searched


@pytest.mark.parametrize("options, words", [
    (["--detail", "summary", "--fields", "ip.src"], ["--detail summary: it has fields of its own"]),
    (["--detail", "summary", "--protocols", "ip"], ["--detail summary: it has fields of its own"]),
    (["--tree-for", "dns"], ["--tree-for: every packet has its tree"]),
    (["--detail", "summary", "--tree-for", "dsn"], ["--tree-for 'dsn'", "dsn"]),
    (["--detail", "short"], ["--detail", "tree", "summary"])], ids=str)
def test_what_cannot_be_is_refused(options, words, espcap):
    run = espcap("--file", TEST_PCAPS / "dns.pcap", *options)
    assert run.code != 0 and all(word in run.err for word in words), run

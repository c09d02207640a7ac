# SPDX-License-Identifier: GPL-2.0-or-later
"""The columns of Wireshark's packet list, and the names of values, next to the fields."""
import pytest
from project import TEST_PCAPS

NAMES = ["no", "time", "source", "destination", "protocol", "length", "info"]
TITLES = ["No.", "Time", "Source", "Destination", "Protocol", "Length", "Info"]


def columns_of_tshark(tshark, path, *options):
    wanted = [argument for title in TITLES for argument in ("-e", f"_ws.col.{title}")]
    rows = tshark("-r", path, *options, "-T", "fields", *wanted).split("\n")[:-1]
    return [dict(zip(NAMES, row.split("\t"), strict=True)) for row in rows]


def test_the_columns_are_those_of_tshark(espcap, captures, tshark):
    for path in captures:
        documents = espcap("--file", path, "--columns").documents()
        shown = [document["columns"] for document in documents]
        assert [{**columns, "info": ""} for columns in shown] == [
            {**columns, "info": ""} for columns in columns_of_tshark(tshark, path)], path
        # tshark -T fields escapes some characters.
        for ours, theirs in zip(shown, columns_of_tshark(tshark, path)):
            assert ours["info"] == theirs["info"] or "\\" in theirs["info"], path


def test_the_rest_of_the_document_stays(espcap, plain_run, captures):
    for path in captures[:5]:
        with_columns = espcap("--file", path, "--columns").documents()
        for document in with_columns:
            assert list(document) == ["timestamp", "columns", "layers"]
            del document["columns"]
        assert with_columns == plain_run(path).documents()


@pytest.mark.parametrize("options", [["--filter", "dns"], ["-2"], ["--bpf", "udp"], ["-n"]], ids=str)
def test_columns_follow_the_other_options(options, espcap, tshark):
    path = TEST_PCAPS / "dns.pcap"
    shown = [document["columns"] for document in espcap("--file", path, "--columns", *options).documents()]
    theirs = {"--filter": ["-Y", "dns"], "-2": ["-2"], "--bpf": ["-Y", "udp"], "-n": ["-n"]}[options[0]]
    reference = columns_of_tshark(tshark, path, *theirs)
    if options[0] == "--bpf":  # the numbers are those of what is left
        reference = [{**columns, "no": str(number), "time": ours["time"]} for number, (columns, ours)
                     in enumerate(zip(reference, shown), 1)]
    assert shown == reference


def test_typed_columns_are_numbers(espcap):
    columns = espcap("--file", TEST_PCAPS / "dns.pcap", "--columns", "--typed").documents()[1]["columns"]
    assert isinstance(columns["no"], int) and isinstance(columns["length"], int)
    assert isinstance(columns["time"], float) and isinstance(columns["info"], str)


def test_ecs_has_the_info_as_its_message(espcap):
    for document in espcap("--file", TEST_PCAPS / "dns.pcap", "--columns", "--ecs").documents():
        assert document["message"] == document["columns"]["info"] != ""
    for document in espcap("--file", TEST_PCAPS / "dns.pcap", "--ecs").documents():
        assert "message" not in document


@pytest.mark.parametrize("names, wanted", [
    ("_ws.col.info", {"info"}), ("_ws.col.Info", {"info"}), ("_ws.col.No.", {"no"}),
    ("_ws.col.def_src,_ws.col.Destination", {"source", "destination"}), ("_ws.col.*", set(NAMES))])
def test_single_columns_are_selected_as_fields(names, wanted, espcap):
    path = TEST_PCAPS / "dns.pcap"
    whole = espcap("--file", path, "--columns").documents()
    chosen = espcap("--file", path, "--fields", names + ",ip.src").documents()
    for document, reference in zip(chosen, whole, strict=True):
        assert document["columns"] == {name: reference["columns"][name] for name in wanted}
        assert list(document["layers"]) in (["ip"], [])
    alone = espcap("--file", path, "--fields", names).documents()
    assert [document["columns"] for document in alone] == [document["columns"] for document in chosen]
    assert all(document["layers"] == {} for document in alone)


def test_an_unknown_column_is_an_error_that_names_those_there_are(espcap):
    run = espcap("--file", TEST_PCAPS / "dns.pcap", "--fields", "_ws.col.inof")
    assert run.code == 1 and "_ws.col.inof: no such column" in run.err and "info" in run.err


def without_texts(value):
    if isinstance(value, list):
        return [without_texts(element) for element in value]
    if isinstance(value, dict):
        return {key: without_texts(element) for key, element in value.items()
                if not key.endswith("_text") or key in KEPT}
    return value


KEPT = {"_ws_lua_text"}  # fields of libwireshark's own, should there be any


def test_value_strings_are_beside_the_same_document(espcap, plain_run, captures):
    texts = {}

    def gather(value):
        for key, element in value.items() if isinstance(value, dict) else ():
            if key.endswith("_text"):
                texts.setdefault(key, set()).update([element] if isinstance(element, str) else element)
                assert key[:-len("_text")] in value
        for element in value.values() if isinstance(value, dict) else value:
            if isinstance(element, (dict, list)):
                gather(element)

    for path in captures:
        plain = plain_run(path).documents()
        with_texts = espcap("--file", path, "--value-strings").documents()
        for document, reference in zip(with_texts, plain, strict=True):
            gather(document["layers"])
            assert without_texts(document["layers"]) == without_texts(reference["layers"])
    assert {"No such name"} <= texts["dns_dns_flags_rcode_text"]
    assert {"UDP", "TCP"} & texts["ip_ip_proto_text"]
    # 4.0's name, and 4.4's.
    assert {"A (Host Address)", "A"} & (texts["dns_dns_qry_type_text"] | texts["dns_dns_resp_type_text"])
    assert len(texts) > 50


def test_names_of_values_are_found_on_a_server(any_server, espcap):
    index = any_server.named("names")
    assert espcap("template", *any_server.options, "--value-strings", "--install").code == 0
    run = espcap("--file", TEST_PCAPS / "dns.pcap", "--node", any_server.url, "--index", index,
                 "--value-strings", "--columns")
    assert run.code == 0 and " 0 failed" in run.err and "dead letters" not in run.err, run
    count = any_server.count(index, {"term": {"layers.dns.dns_dns_flags_rcode_text": "No such name"}})
    assert count == any_server.count(index, {"term": {"layers.dns.dns_dns_flags_rcode": 3}}) > 0
    assert any_server.count(index, {"term": {"columns.protocol": "DNS"}}) > 0
    assert any_server.count(index, {"match": {"columns.info.words": "response"}}) > 0
    assert any_server.count(index, {"range": {"columns.no": {"lte": 2}}}) == 2

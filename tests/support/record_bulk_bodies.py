# SPDX-License-Identifier: GPL-2.0-or-later
"""Records what real servers answer to _bulk under each fault, into tests/data/bulk_responses.

usage: record_bulk_bodies.py [elasticsearch|opensearch]...

Each case is a function that brings a server into the fault and says what to send. Everything is sent twice: plainly, and
with the filter that keeps an answer small. See the README of the recordings.
"""
import gzip
import http.client
import json
import pathlib
import shutil
import sys
import tempfile
import threading

from server import KINDS, Server

TARGET = pathlib.Path(__file__).resolve().parents[1] / "data" / "bulk_responses"
FILTER = "filter_path=items.*.status,items.*.error"  # as espcap sends it; leaves whole errors whole
NDJSON = {"Content-Type": "application/x-ndjson"}
FREE = ()  # a server without settings
TIGHT = ("indexing_pressure.memory.limit=1kb", "http.max_content_length=4kb",
         "action.auto_create_index=false")
QUEUE = ("thread_pool.write.size=1", "thread_pool.write.queue_size=1")
UNRECOVERED = ("gateway.expected_data_nodes=2", "gateway.recover_after_data_nodes=2")
MULTI_NODE = {"elasticsearch": "multi-node", "opensearch": "zen"}
WITHOUT_MASTER = ("discovery.type=several", "cluster.initial_master_nodes=another",
                  "discovery.initial_state_timeout=1s")


def actions(index, *documents, operation="create", first=1):
    """A _bulk body; a document is an object, or its text, or (id, document)."""
    lines = []
    for number, document in enumerate(documents, first):
        name, document = document if isinstance(document, tuple) else (f"A-{number}", document)
        lines.append(json.dumps({operation: {"_index": index, "_id": name}}))
        lines.append(document if isinstance(document, str) else json.dumps(document))
    return ("\n".join(lines) + "\n").encode()


class Fault:
    """A case: name and settings of its server, what is prepared, what is sent, what is undone."""

    def __init__(self, name, how, settings, function):
        self.name, self.how, self.settings, self.function = name, how, settings, function


FAULTS = []


def fault(how, settings=FREE):
    """The function gets a node without indices and yields (body, headers, further parameters)."""

    def add(function):
        FAULTS.append(Fault(function.__name__, how, settings, function))
        return function

    return add


def ok(answer):
    status, body = answer
    assert status == 200, body
    return body


def mapped(node, properties, settings=None, index="packets"):
    ok(node.request("PUT", "/" + index, {"mappings": {"properties": properties},
                                         "settings": settings or {}}))


# --- single items ----------------------------------------------------------------------------------


@fault("three documents that are new")
def indexed(node):
    yield actions("packets", {"n": 1}, {"n": 2}, {"n": 3})


@fault("create of an id that exists, between two new ones")
def version_conflict(node):
    node.send("POST", "/_bulk", actions("packets", ("B", {"n": 1})), NDJSON)
    yield actions("packets", {"n": 1}, ("B", {"n": 2}), {"n": 3})


@fault("a text where the index has a long")
def mapping_conflict_long(node):
    mapped(node, {"n": {"type": "long"}})
    yield actions("packets", {"n": 1}, {"n": "no number"}, {"n": 3})


@fault("a text that is no date")
def mapping_conflict_date(node):
    mapped(node, {"timestamp": {"type": "date", "format": "epoch_millis"}})
    yield actions("packets", {"timestamp": "0-12"}, {"timestamp": "1"})


@fault("a text that is no address")
def mapping_conflict_ip(node):
    mapped(node, {"a": {"type": "ip"}})
    yield actions("packets", {"a": "192.0.2.1"}, {"a": "192.0.2"})


@fault("a value where the index has an object, and an object where it has a keyword")
def mapping_conflict_object(node):
    mapped(node, {"o": {"properties": {"k": {"type": "keyword"}}}})
    yield actions("packets", {"o": "value"}, {"o": {"k": {"deeper": 1}}}, {"o": {"k": "fits"}})


@fault("a field that a strict mapping doesn't know")
def strict_mapping(node):
    ok(node.request("PUT", "/packets", {"mappings": {"dynamic": "strict"}}))
    yield actions("packets", {"unknown": 1})


@fault("a document that is no JSON, between two that are")
def malformed_document(node):
    yield actions("packets", {"n": 1}, '{"n": ', {"n": 3})


@fault("a document that is an array")
def document_is_no_object(node):
    yield actions("packets", "[1, 2]")


@fault("a document with invalid UTF-8")
def invalid_utf8(node):
    yield actions("packets", '{"n": "@@"}').replace(b"@@", b"\xff\xfe")


@fault("a keyword longer than Lucene's 32,766 bytes")
def immense_term(node):
    mapped(node, {"k": {"type": "keyword"}})
    yield actions("packets", {"k": "x" * 40000})


@fault("index.mapping.total_fields.limit=3, a document with five fields")
def field_limit(node):
    ok(node.request("PUT", "/packets", {"settings": {"index.mapping.total_fields.limit": 3}}))
    yield actions("packets", {f"f{number}": 1 for number in range(5)})


@fault("index.mapping.depth.limit=3, a document of five levels")
def mapping_depth_limit(node):
    ok(node.request("PUT", "/packets", {"settings": {"index.mapping.depth.limit": 3}}))
    yield actions("packets", '{"a":' * 5 + "1" + "}" * 5)


@fault("a document of 1,500 levels: more than the server's JSON parser takes")
def document_too_deep(node):
    yield actions("packets", '{"a":' * 1500 + "1" + "}" * 1500)


@fault("a document of 1,500 levels into an index that ignores its fields")
def document_too_deep_unmapped(node):
    ok(node.request("PUT", "/packets", {"mappings": {"dynamic": False}}))
    yield actions("packets", '{"a":' * 1500 + "1" + "}" * 1500)


@fault("an id of 513 bytes")
def id_too_long(node):
    yield actions("packets", {"n": 1}, ("i" * 513, {"n": 2}))


@fault("an empty id")
def id_empty(node):
    yield actions("packets", ("", {"n": 2}), {"n": 1})


@fault("an index name with capital letters, and one with a space")
def invalid_index_name(node):
    yield actions("Packets", {"n": 1}) + actions("pack ets", {"n": 1}) + actions("packets", {"n": 1})


@fault("an index that is closed")
def index_closed(node):
    mapped(node, {})
    ok(node.request("POST", "/packets/_close"))
    yield actions("packets", {"n": 1}) + actions("other", {"n": 1})


@fault("index.blocks.read_only_allow_delete, as the flood-stage watermark sets it")
def flood_stage_block(node):
    mapped(node, {}, {"index.blocks.read_only_allow_delete": True})
    yield actions("packets", {"n": 1}) + actions("other", {"n": 1})


@fault("index.blocks.write, as before a shrink or by an administrator")
def write_block(node):
    mapped(node, {}, {"index.blocks.write": True})
    yield actions("packets", {"n": 1}) + actions("other", {"n": 1})


@fault("index.blocks.read_only")
def read_only_block(node):
    mapped(node, {}, {"index.blocks.read_only": True})
    yield actions("packets", {"n": 1}) + actions("other", {"n": 1})
    ok(node.request("PUT", "/packets/_settings", {"index.blocks.read_only": None}))


@fault("cluster.blocks.read_only")
def cluster_read_only(node):
    mapped(node, {})
    ok(node.request("PUT", "/_cluster/settings",
                    {"persistent": {"cluster.blocks.read_only": True}}))
    yield actions("packets", {"n": 1}) + actions("other", {"n": 1})
    ok(node.request("PUT", "/_cluster/settings",
                    {"persistent": {"cluster.blocks.read_only": None}}))


@fault("cluster.blocks.read_only_allow_delete")
def cluster_read_only_allow_delete(node):
    mapped(node, {})
    name = "cluster.blocks.read_only_allow_delete"
    ok(node.request("PUT", "/_cluster/settings", {"persistent": {name: True}}))
    yield actions("packets", {"n": 1}) + actions("other", {"n": 1})
    ok(node.request("PUT", "/_cluster/settings", {"persistent": {name: None}}))


@fault("cluster.max_shards_per_node=1, and an index more")
def shard_limit(node):
    mapped(node, {}, {"index.number_of_replicas": 0})
    name = "cluster.max_shards_per_node"
    ok(node.request("PUT", "/_cluster/settings", {"persistent": {name: 1}}))
    yield actions("other", {"n": 1}) + actions("packets", {"n": 1})
    ok(node.request("PUT", "/_cluster/settings", {"persistent": {name: None}}))


@fault("action.auto_create_index=false, and an index that doesn't exist", TIGHT)
def index_not_found(node):
    mapped(node, {})
    yield actions("packets", {"n": 1}) + actions("missing", {"n": 1})


@fault("an alias of two indices, none of them the one to write to")
def alias_without_write_index(node):
    for index in ("one", "two"):
        mapped(node, {}, index=index)
    ok(node.request("POST", "/_aliases", {"actions": [
        {"add": {"index": index, "alias": "packets"}} for index in ("one", "two")]}))
    yield actions("packets", {"n": 1})


@fault("a pipeline that doesn't exist")
def pipeline_missing(node):
    mapped(node, {})
    yield actions("packets", {"n": 1}), NDJSON, "pipeline=missing"


@fault("a data stream: `index` in place of `create`, no @timestamp, and one that fits")
def data_stream(node):
    ok(node.request("PUT", "/_index_template/espcap-stream",
                    {"index_patterns": ["stream*"], "data_stream": {}}))
    time = {"@timestamp": "2024-02-29T00:00:00Z"}
    yield (actions("stream", time, operation="index") + actions("stream", {"n": 1}, first=2) +
           actions("stream", time, first=3))


@fault("?wait_for_active_shards=2 on one node, timeout=1s")
def wait_for_active_shards(node):
    mapped(node, {})
    yield actions("packets", {"n": 1}, {"n": 2}), NDJSON, "wait_for_active_shards=2&timeout=1s"


@fault("a red index: its shard may be on no node there is, timeout=1s")
def unavailable_shards(node):
    ok(node.request("PUT", "/packets?wait_for_active_shards=0&timeout=1s", {"settings": {
        "index.routing.allocation.require._name": "nobody"}}))
    yield actions("packets", {"n": 1}) + actions("other", {"n": 1}), NDJSON, "timeout=1s"


@fault("thread_pool.write.queue_size=1, one request for six indices, among others", QUEUE)
def queue_full(node):
    indices = [f"packets-{number}" for number in range(6)]
    for index in indices:
        mapped(node, {}, {"index.number_of_replicas": 0}, index)
    ended = threading.Event()

    def load():
        body = b"".join(actions(index, *({"n": "x" * 1000} for _ in range(50)), operation="index")
                        for index in indices)
        while not ended.is_set():
            node.send("POST", "/_bulk", body, NDJSON)

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield b"".join(actions(index, {"n": 1}, operation="index") for index in indices)
    finally:
        ended.set()
        for thread in threads:
            thread.join()


@fault("one of each: new, already there, unmappable, blocked, no index name")
def mixed(node):
    mapped(node, {"n": {"type": "long"}})
    mapped(node, {}, {"index.blocks.read_only_allow_delete": True}, "blocked")
    node.send("POST", "/_bulk", actions("packets", ("B", {"n": 1})), NDJSON)
    yield (actions("packets", {"n": 1}, ("B", {"n": 2}), {"n": "text"}) +
           actions("blocked", {"n": 1}) + actions("Wrong", {"n": 1}))


# --- whole requests --------------------------------------------------------------------------------


@fault("indexing_pressure.memory.limit=1kb, a request of 2 kB", TIGHT)
def indexing_pressure(node):
    mapped(node, {})
    yield actions("packets", {"n": "x" * 1000}, {"n": "x" * 1000})


@fault("http.max_content_length=4kb, a request of 6 kB", TIGHT)
def content_too_long(node):
    mapped(node, {})
    yield actions("packets", {"n": "x" * 6000})


@fault("http.max_content_length=4kb, a request of 6 kB in few bytes of gzip", TIGHT)
def content_too_long_gzip(node):
    mapped(node, {})
    yield (gzip.compress(actions("packets", {"n": "x" * 6000})),
           {**NDJSON, "Content-Encoding": "gzip"})


def with_breaker(node, name, limit, body):
    """The settings can be changed back: their handler passes by the breakers."""
    mapped(node, {})
    ok(node.request("PUT", "/_cluster/settings", {"persistent": {name: limit}}))
    yield body
    ok(node.request("PUT", "/_cluster/settings", {"persistent": {name: None}}))


@fault("network.breaker.inflight_requests.limit=1kb, a request of 2 kB")
def breaker_inflight_requests(node):
    yield from with_breaker(node, "network.breaker.inflight_requests.limit", "1kb",
                            actions("packets", {"n": "x" * 2000}))


@fault("indices.breaker.total.limit=1mb, less than the server takes anyway")
def breaker_parent(node):
    yield from with_breaker(node, "indices.breaker.total.limit", "1mb",
                            actions("packets", {"n": 1}))


@fault("no newline after the last document")
def newline_missing(node):
    yield actions("packets", {"n": 1}, {"n": 2})[:-1]


@fault("an action line that is no JSON, after a good document")
def action_malformed(node):
    yield actions("packets", {"n": 1}) + b'{"create": {"_index\n{"n":2}\n'


@fault("an action that there isn't, after a good document")
def action_unknown(node):
    yield actions("packets", {"n": 1}) + b'{"put": {"_index": "packets"}}\n{"n":2}\n'


@fault("a parameter that an action hasn't")
def action_parameter_unknown(node):
    yield b'{"create": {"_index": "packets", "_colour": "red"}}\n{"n":2}\n'


@fault("an action without an index")
def action_without_index(node):
    yield b'{"create": {}}\n{"n":2}\n'


@fault("no body")
def body_empty(node):
    yield b""


@fault("Content-Type: text/plain")
def content_type_text(node):
    yield actions("packets", {"n": 1}), {"Content-Type": "text/plain"}


@fault("no Content-Type")
def content_type_missing(node):
    yield actions("packets", {"n": 1}), {}


@fault("Content-Type: application/vnd.elasticsearch+x-ndjson;compatible-with=8")
def content_type_compatible(node):
    media_type = "application/vnd.elasticsearch+x-ndjson;compatible-with=8"
    yield actions("packets", {"n": 1}), {"Content-Type": media_type}


@fault("Content-Encoding: gzip, and a body that isn't")
def gzip_garbage(node):
    yield actions("packets", {"n": 1}), {**NDJSON, "Content-Encoding": "gzip"}


@fault("a gzip body that is cut off")
def gzip_cut(node):
    yield (gzip.compress(actions("packets", *({"n": number * 7919} for number in range(6))))[:-20],
           {**NDJSON, "Content-Encoding": "gzip"})


@fault("Content-Encoding: zstd")
def encoding_unknown(node):
    yield b"\x28\xb5\x2f\xfd\x04\x00", {**NDJSON, "Content-Encoding": "zstd"}


@fault("a parameter that _bulk hasn't")
def parameter_unknown(node):
    yield actions("packets", {"n": 1}), NDJSON, "colour=red"


@fault("a node that waits for others before it reads its state", UNRECOVERED)
def state_not_recovered(node):
    yield actions("packets", {"n": 1}), NDJSON, "timeout=1s"


@fault("a node that finds no master", WITHOUT_MASTER)
def master_missing(node):
    yield actions("packets", {"n": 1}), NDJSON, "timeout=1s"


# --- recording -------------------------------------------------------------------------------------

SHOWN_IN_FULL = 300
TRIES = 200


def shown(body):
    """What was sent, short."""
    text = body.decode("utf-8", "backslashreplace")
    return text if len(text) <= SHOWN_IN_FULL else f"{text[:SHOWN_IN_FULL]}… ({len(text)} bytes)"


def is_wanted(case, answer):
    """The queue is full only at times."""
    if case.name != "queue_full":
        return True
    statuses = {item["index"]["status"] for item in json.loads(answer["body"]).get("items", [])}
    return {200, 429} <= statuses or {201, 429} <= statuses


def send(node, case, body, headers, parameters):
    path = "/_bulk" + ("?" + "&".join(parameters) if parameters else "")
    for _ in range(TRIES):
        try:
            status, received, answer = node.send("POST", path, body, headers)
        except http.client.RemoteDisconnected:
            return {"path": path, "status": 0, "headers": {}, "body": ""}
        recorded = {"path": path, "status": status,
                    "headers": {name.lower(): value for name, value in received.items()
                                if name.lower() != "content-length"},
                    "body": answer.decode()}
        if is_wanted(case, recorded):
            return recorded
    raise AssertionError(f"{case.name}: not seen in {TRIES} tries")


def record_one(node, case, filtered):
    if case.settings not in (UNRECOVERED, WITHOUT_MASTER):
        node.clear()
    cases = case.function(node)
    sent = next(cases)
    sent = sent if isinstance(sent, tuple) else (sent,)
    body, headers, parameters = sent + (NDJSON, "")[len(sent) - 1:]
    parameters = [parameter for parameter in (parameters, filtered) if parameter]
    answer = send(node, case, body, headers, parameters)
    for _ in cases:  # undoes
        raise AssertionError(case.name)
    answer["sent"] = {"headers": headers, "body": shown(body)}
    return answer


def record(kind):
    with tempfile.TemporaryDirectory() as home:
        version = None
        for settings in dict.fromkeys(case.settings for case in FAULTS):
            cases = [case for case in FAULTS if case.settings == settings]
            settings = [setting.replace("several", MULTI_NODE[kind]) for setting in settings]
            with Server(pathlib.Path(home, "node"), *settings, kind=kind) as node:
                if version is None:
                    version = node.request("GET", "/")[1]["version"]["number"]
                    folder = TARGET / f"{kind}-{version}"
                    shutil.rmtree(folder, ignore_errors=True)
                    folder.mkdir(parents=True)
                for case in cases:
                    answers = {"whole": record_one(node, case, ""),
                               "filtered": record_one(node, case, FILTER)}
                    sent = answers["whole"].pop("sent")
                    del answers["filtered"]["sent"]
                    print(f"{kind:14} {case.name:32} {answers['whole']['status']} "
                          f"{answers['whole']['body'][:110]!r}", flush=True)
                    recorded = {"server": f"{kind} {version}", "fault": case.how,
                                "settings": settings, "sent": sent, **answers}
                    (folder / f"{case.name}.json").write_text(
                        json.dumps(recorded, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    for server_kind in sys.argv[1:] or KINDS:
        record(server_kind)

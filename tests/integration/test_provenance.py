# SPDX-License-Identifier: GPL-2.0-or-later
"""A document says where it comes from: what it names is there, and is the packet."""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import struct
import zipfile

import pytest
from project import TEST_PCAPS

DNS, TLS = TEST_PCAPS / "dns.pcap", TEST_PCAPS / "tls.pcapng"
TWO, PACKED = TEST_PCAPS / "two-interfaces.pcapng", TEST_PCAPS / "compressed.pcap.gz"
HTTP, HTTP_PACKETS = TEST_PCAPS / "http.pcap", 104
ETHERNET = 1  # libwiretap's number
MEMBERS = {"run", "sensor", "file", "frame", "offset", "digest"}


def records(path):
    """(offset, seconds, nanoseconds, original length, bytes) of each, of a pcap with microseconds."""
    data = path.read_bytes()
    at = 24
    while at < len(data):
        seconds, micros, captured, original = struct.unpack_from("<IIII", data, at)
        yield at, seconds, micros * 1000, original, data[at + 16:at + 16 + captured]
        at += 16 + captured


def digest_of(seconds, nanoseconds, original, data):
    head = struct.pack("<QIIII", seconds, nanoseconds, len(data), original, ETHERNET)
    return hashlib.sha256(head + data).hexdigest()[:16]


def origins(run):
    return [document["espcap"] for document in run.documents()]


@pytest.mark.parametrize("options", [[], ["--workers", "2", "--shards", "2"], ["-2"], ["--bpf", "udp"]],
                         ids=["plain", "shards", "two passes", "a capture filter"])
def test_a_document_names_its_record(espcap, options):
    run = espcap("--file", DNS, "--provenance", "--sensor", "s1", "--tag", "a", "--tag", "b",
                 "--label", "site=x=y", *options)
    assert run.code == 0, run
    by_frame = {origin["frame"]: origin for origin in origins(run)}
    wanted = list(records(DNS))
    if "--bpf" not in options:
        assert sorted(by_frame) == list(range(1, len(wanted) + 1))
    assert len({origin["run"] for origin in by_frame.values()}) == 1
    for frame, origin in by_frame.items():
        offset, *record = wanted[frame - 1]
        assert origin["file"] == str(DNS) and origin["offset"] == offset, origin
        assert origin["digest"] == digest_of(*record), origin
        assert origin["sensor"] == "s1" and origin["tags"] == ["a", "b"] and origin["labels"] == {"site": "x=y"}


def test_plain_documents_stay_tsharks(espcap, tshark):
    ours = espcap("--file", DNS)
    assert all("espcap" not in document for document in ours.documents())
    assert json.loads(tshark("-r", DNS, "-T", "ek").splitlines()[1])["layers"].keys() == \
        ours.documents()[0]["layers"].keys()


@pytest.mark.parametrize("path", [TLS, TWO, PACKED], ids=lambda path: path.name)
def test_only_a_plain_pcap_has_offsets(espcap, path):
    for frame, origin in enumerate(origins(espcap("--file", path, "--provenance")), 1):
        assert set(origin) == MEMBERS - {"offset"} and origin["frame"] == frame, origin


def test_a_packets_digest_is_the_same_in_every_container(espcap, tmp_path):
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as packed:
        packed.write(DNS, "in/dns.pcap")
    runs = [origins(espcap("--file", path, "--provenance")) for path in (DNS, tmp_path / "archive.zip")]
    assert [one["digest"] for one in runs[0]] == [one["digest"] for one in runs[1]]
    assert {one["file"] for one in runs[1]} == {f"{tmp_path}/archive.zip/in/dns.pcap"}
    piped = origins(espcap("--file", "-", "--provenance", input=DNS.read_bytes()))
    assert [one["digest"] for one in piped] == [one["digest"] for one in runs[0]]
    assert all("file" not in one and "offset" not in one for one in piped)


def test_odd_names_can_be_told(espcap, tmp_path):
    names = {b"a\nb%41.pcap": "a%0Ab%2541.pcap", b"\xff\xc3(.pcap": "%FF%C3(.pcap",
             "ü \"'$(x).pcap".encode(): "ü \"'$(x).pcap"}
    for name in names:
        shutil.copy(DNS, os.path.join(os.fsencode(tmp_path), name))
    run = espcap("--dir", tmp_path, "--provenance")
    assert {one["file"] for one in origins(run)} == {f"{tmp_path}/{text}" for text in names.values()}


def test_ecs_says_it_in_its_own_words(espcap):
    run = espcap("--file", DNS, "--provenance", "--ecs", "--sensor", "s", "--tag", "t", "--label", "k=v", "--count", "3")
    for document in run.documents():
        assert document["observer"]["name"] == "s" and document["log"]["file"]["path"] == str(DNS)
        assert document["tags"] == ["t"] and document["labels"] == {"k": "v"}
    assert all("log" not in document for document in espcap("--file", DNS, "--ecs").documents())


@pytest.mark.parametrize("wrong", [["--label", "a"], ["--label", "a.b=1"], ["--tag", ""],
                                   ["--label", "a=1", "--label", "a=2"]])
def test_what_is_no_label_or_tag_is_an_error(espcap, wrong):
    run = espcap("--file", DNS, "--provenance", *wrong)
    assert run.code == 1 and wrong[0] in run.err and not run.out, run


LUA = """
local bad = Proto("bad", "a dissector that ends the process")
function bad.dissector(bytes, packet, tree)
    if packet.number == 17 then os.exit(3) end
end
register_postdissector(bad)
"""


def test_a_frame_in_quarantine_has_its_document_too(espcap, environment, tmp_path):
    plugins = tmp_path / ".local" / "lib" / "wireshark" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "bad.lua").write_text(LUA)
    run = espcap("--file", DNS, "--provenance", "--ecs", env={**environment, "HOME": str(tmp_path)})
    document, = [one for one in run.documents() if "error" in one["espcap"]]
    offset, *record = list(records(DNS))[16]
    assert document["espcap"]["frame"] == 17 and document["espcap"]["offset"] == offset
    assert document["espcap"]["digest"] == digest_of(*record) and document["log"]["file"]["path"] == str(DNS)


def blocks(path):
    """{offset: digest} of the packets in a pcapng of one interface, in order."""
    data, at, found = path.read_bytes(), 0, {}
    resolution = 6
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if kind == 1:
            options = data[at + 16:at + length - 4]
            while options:
                code, size = struct.unpack_from("<HH", options)
                if code == 9:
                    resolution = options[4]
                options = options[4 + (size + 3) // 4 * 4:]
        if kind == 6:
            _, high, low, captured, original = struct.unpack_from("<IIIII", data, at + 8)
            seconds, rest = divmod(high << 32 | low, 10 ** resolution)
            found[at] = digest_of(seconds, rest * 10 ** (9 - resolution), original,
                                  data[at + 28:at + 28 + captured])
        at += length
    return found


def test_live_documents_name_their_place_in_the_recording(network, live, tmp_path):
    """Files follow one another, and full rings lose packets that the files have."""
    running = live("--nic", "a0", "--nic", "a1", "--write", tmp_path / "raw.pcapng", "--write-bytes", "2M",
                   "--provenance", "--workers", "1", "--fields", "frame.number", "--buffer-bytes", "8M")
    network.replay(HTTP)
    network.replay(HTTP, number=1)
    running.wait_for_lines(2 * HTTP_PACKETS)
    for origin in origins(running):  # flushed before its document left
        assert blocks(pathlib.Path(origin["file"]))[origin["offset"]] == origin["digest"]
    for worker in running.children("espcap-worker"):
        os.kill(worker, signal.SIGSTOP)
    network.replay(HTTP, "--loop", "1200")  # more than the interfaces' rings and the workers' hold together
    for worker in running.children("espcap-worker"):
        os.kill(worker, signal.SIGCONT)
    network.replay(HTTP, number=1)
    assert running.stop() == 2 and "dropped by full rings" in running.err, running
    in_files = {str(path): list(blocks(path).items()) for path in tmp_path.glob("raw-*.pcapng")}
    assert len(in_files) > 3
    assert sum(len(packets) for packets in in_files.values()) > len(running.documents()) > 3 * HTTP_PACKETS
    seen = set()
    for origin in origins(running):
        assert in_files[origin["file"]][origin["frame"] - 1] == (origin["offset"], origin["digest"]), origin
        seen.add((origin["file"], origin["frame"]))
    assert len(seen) == len(running.documents())


def hits(server, query):
    _, answer = server.request("GET", f"/{server.indices}/_search", {"size": 500, "query": query})
    return [hit["_source"]["espcap"] for hit in answer["hits"]["hits"]]


def test_documents_on_a_server_are_found_by_where_they_come_from(any_server, espcap, tmp_path):
    folder, done = tmp_path / "captures", tmp_path / "done"
    folder.mkdir(), done.mkdir()
    shutil.copy(DNS, folder)
    run = espcap("--dir", folder, "--after", f"move:{done}", *any_server.options, "--sensor", "s-1", "--tag", "w",
                 "--label", "site=berlin", "--ecs")
    assert run.code == 0, run
    any_server.request("POST", f"/{any_server.indices}/_refresh")
    total = len(list(records(DNS)))
    for query in ({"term": {"espcap.file": f"{done}/dns.pcap"}}, {"term": {"espcap.sensor": "s-1"}},
                  {"term": {"espcap.tags": "w"}}, {"term": {"espcap.labels.site": "berlin"}},
                  {"term": {"labels.site": "berlin"}}, {"term": {"log.file.path": f"{done}/dns.pcap"}},
                  {"range": {"espcap.frame": {"gte": 1}}}):
        assert len(hits(any_server, query)) == total, query
    assert [one["frame"] for one in hits(any_server, {"term": {"espcap.frame": 7}})] == [7]
    assert (done / "dns.pcap").exists()


def template_of(server):
    _, answer = server.request("GET", f"/_index_template/{server.template}")
    return answer["index_templates"][0]["index_template"]


def strip_provenance(server):
    """The template and the index of an earlier release."""
    component = f"{server.template}-provenance"
    listed = template_of(server)
    body = {key: listed[key] for key in ("index_patterns", "priority") if key in listed}
    body["composed_of"] = [part for part in listed["composed_of"] if part != component]
    body["_meta"] = {"espcap": "0.0.9"}
    body["priority"] = 321
    server.request("PUT", f"/_index_template/{server.template}", body)
    server.request("DELETE", f"/_component_template/{component}")


def test_an_earlier_template_and_its_index_get_what_they_lack(any_server, espcap):
    assert espcap("--file", DNS, "--count", "1", *any_server.options).code == 0
    strip_provenance(any_server)
    any_server.delete_indices(any_server.indices)
    old = espcap("--file", DNS, "--count", "1", *any_server.options, "--no-provenance")
    assert old.code == 0 and "espcap.file" not in json.dumps(template_of(any_server))
    untouched = espcap("--file", DNS, "--count", "2", *any_server.options, "--no-template")
    assert untouched.code == 0 and template_of(any_server)["_meta"] == {"espcap": "0.0.9"}
    run = espcap("--file", DNS, "--count", "5", *any_server.options)
    assert run.code == 0, run
    after = template_of(any_server)
    assert after["priority"] == 321 and after["_meta"]["template_revision"] >= 1
    assert f"{any_server.template}-provenance" in after["composed_of"]
    any_server.request("POST", f"/{any_server.indices}/_refresh")
    assert len(hits(any_server, {"term": {"espcap.file": str(DNS)}})) == 3, "those of the last run"
    newer = {**{key: after[key] for key in ("index_patterns", "priority", "composed_of")},
             "_meta": {"espcap": "9.9", "template_revision": 99}}
    any_server.request("PUT", f"/_index_template/{any_server.template}", newer)
    assert espcap("--file", DNS, "--count", "6", *any_server.options).code == 0
    assert template_of(any_server)["_meta"]["template_revision"] == 99, "never downgraded"

# SPDX-License-Identifier: GPL-2.0-or-later
"""espcap show: from hits to what a run would have stored of their packets, or has."""
import json
import os
import pathlib
import re
import shutil
import struct

import pytest
from captures import write_pcap
from project import FULL, TEST_PCAPS

DNS, HTTP = TEST_PCAPS / "dns.pcap", TEST_PCAPS / "http.pcap"
KEYS, TLS = TEST_PCAPS / "tls-keylog.keys", TEST_PCAPS / "tls-keylog.pcap"
SHARED = os.environ.get("ESPCAP_CAPTURES")
# What a run is told, by what it changes.
RUNS = {
    "usual": (),
    "shape": ("--typed", "--ecs", "--value-strings", "--columns"),
    "passes": ("-2", "--hex"),
    "selection": ("--bpf", "udp or tcp", "--filter", "frame.number != 4", "--skip-duplicates", "1s"),
    "dissection": ("-n", "-d", "udp.port==53,data", "-o", "tcp.desegment_tcp_streams:FALSE", "--disable-protocol", "tls"),
    "limits": ("--max-value-bytes", "300", "--max-values", "3"),
}


def is_capture(path):
    return path.is_file() and path.name.endswith((".pcap", ".pcapng", ".cap", ".gz"))


def fill(folder):
    """Captures, each under a name of its own."""
    found = [path for path in sorted(TEST_PCAPS.iterdir()) if is_capture(path)]
    if FULL and SHARED:
        found += [path for path in sorted(pathlib.Path(SHARED).rglob("*")) if is_capture(path)]
    for number, path in enumerate(found):
        shutil.copy(path, folder / f"{number:03}-{path.name}")


@pytest.fixture
def show(espcap, any_server):
    """show(query, *arguments) → the run of `espcap show`."""
    return lambda query, *arguments, **options: espcap(
        "show", query, "--node", any_server.url, "--index", any_server.index, *arguments, **options)


def index(espcap, server, folder, *options):
    """To one index: captures of many days would make as many, at a second each."""
    run = espcap("--dir", folder, "--node", server.url, "--index", server.named("all"), *options)
    assert run.code in (0, 2), run
    server.request("POST", f"/{server.indices},espcap-runs/_refresh")


def stored(server, query="*"):
    """{(file, frame): document} of all that the server has."""
    found, after = {}, None
    while True:
        search = {"size": 2000, "query": {"query_string": {"query": query}},
                  "sort": [{"espcap.file": "asc"}, {"espcap.frame": "asc"}], **({"search_after": after} if after else {})}
        status, answer = server.request("GET", f"/{server.indices}/_search", search)
        assert status == 200, answer
        hits = answer["hits"]["hits"]
        if not hits:
            return found
        after = hits[-1]["sort"]
        for hit in hits:
            found[place_of(hit["_source"])] = hit["_source"]


def place_of(document):
    return document["espcap"]["file"], document["espcap"]["frame"]


def shown(run):
    return {place_of(document): document for document in map(json.loads, run.out.splitlines())}


@pytest.mark.parametrize("options", RUNS.values(), ids=RUNS)
def test_documents_are_those_that_were_stored(any_server, espcap, show, folder, options):
    fill(folder)
    index(espcap, any_server, folder, *options, "--tag", "t", "--label", "key=value", "--sensor", "s")
    every = {place: document for place, document in stored(any_server).items() if "error" not in document["espcap"]}
    assert len(every) > 100
    run = show("NOT _exists_:espcap.error", "--archive-root", folder, "--format", "ndjson")
    assert run.code == 0, run.err
    assert f"{len(every)} packets shown" in run.err
    found = shown(run)
    assert found.keys() == every.keys()
    for place, document in every.items():
        assert found[place] == document, place


def test_a_summary_has_its_tree_when_someone_asks(any_server, espcap, show, folder):
    shutil.copy(HTTP, folder)
    index(espcap, any_server, folder, "--detail", "summary")
    bulk = espcap("--file", folder / HTTP.name, "--provenance", "--format", "bulk").out.splitlines()
    whole = {place_of(document): document["layers"] for document in map(json.loads, bulk[1::2])}
    run = show("espcap.frame:[3 TO 9]", "--archive-root", folder, "--format", "ndjson")
    assert run.code == 0, run.err
    found = shown(run)
    assert sorted(frame for _, frame in found) == list(range(3, 10))
    summaries = stored(any_server)
    for place, document in found.items():
        assert document["layers"] == whole[place] and "columns" not in document
        assert len(json.dumps(summaries[place])) < len(json.dumps(document))


def details_by_frame(text):
    """{"1": its lines, …}; an empty line is behind each."""
    parts = [part + "\n\n" for part in re.split(r"\n\n(?=Frame \d+: |Packet comments\n|\Z)", text) if part]
    return {re.search(r"^Frame (\d+): ", part, re.MULTILINE).group(1): part for part in parts}


def lines_by_frame(text):
    """The same for the packet list; a packet's line may hold a line feed, or what Python takes for one."""
    parts = re.split(r"^(?= *\d+ +-?\d+(?:\.\d+)? )", text, flags=re.MULTILINE)
    return {part.split(maxsplit=1)[0]: part for part in parts if part}


def sections_of(run):
    """{path: text} of what is shown of several files."""
    text = run.out.decode(errors="surrogateescape")
    parts = re.split(r"^==> (.*) <==\n", text, flags=re.MULTILINE)
    assert parts[0] == ""
    return dict(zip(parts[1::2], parts[2::2]))


def test_details_and_columns_are_what_tshark_prints(any_server, espcap, show, folder, tshark):
    fill(folder)
    index(espcap, any_server, folder)
    files = sorted(folder.iterdir())
    query = "espcap.frame:(2 OR 5 OR 6)"
    details = show(query, "--archive-root", folder)
    columns = show(query, "--archive-root", folder, "--format", "columns")
    assert details.code == columns.code == 0, details.err + columns.err
    details, columns = sections_of(details), sections_of(columns)
    compared = 0
    for path in files:
        frames = {str(frame) for name, frame in stored(any_server, query) if name == str(path)}
        if not frames:
            continue
        parts = details_by_frame(tshark("-V", "-r", path))
        lines = lines_by_frame(tshark("-r", path))
        assert details[str(path)] == "".join(part for frame, part in parts.items() if frame in frames), path
        assert columns[str(path)] == "".join(line for frame, line in lines.items() if frame in frames), path
        compared += len(frames)
    assert compared > 30


def test_columns_are_filled_without_a_tree(any_server, espcap, show, folder, tshark):
    """As tshark does for its list: the dissector of VRRP misses the authentication data only where it shows them."""
    vrrp = bytes.fromhex("2102000101ff0000") + bytes([192, 0, 2, 3])
    address = bytes([192, 0, 2, 1, 224, 0, 0, 18])
    packet = struct.pack(">BxH4xBBxx", 0x45, 20 + len(vrrp), 1, 112) + address + vrrp
    write_pcap(folder / "vrrp.pcap", [bytes(12) + b"\x08\x00" + packet])
    index(espcap, any_server, folder)
    columns, details = (show("*", "--archive-root", folder, "--format", form) for form in ("columns", "details"))
    assert columns.out.decode() == tshark("-r", folder / "vrrp.pcap") and "Malformed" not in columns.out.decode()
    assert details.out.decode() == tshark("-V", "-r", folder / "vrrp.pcap") and "Malformed" in details.out.decode()


def test_one_file_needs_no_heading(any_server, espcap, show, folder, tshark, tmp_path):
    shutil.copy(DNS, folder)
    index(espcap, any_server, folder)
    out = tmp_path / "out.txt"
    run = show("espcap.frame:3", "--archive-root", folder, "--output", out)
    assert run.code == 0 and run.out == b"", run.err
    assert out.read_text() == details_by_frame(tshark("-V", "-r", folder / DNS.name))["3"]


def test_files_that_preferences_name_are_the_users_alone(any_server, espcap, show, folder, tmp_path):
    shutil.copy(TLS, folder)
    option = ("-o", f"tls.keylog_file:{KEYS}")
    index(espcap, any_server, folder, *option)
    every = stored(any_server)
    assert any("http" in document["layers"] for document in every.values())
    arguments = ("*", "--archive-root", folder, "--format", "ndjson")
    run = show(*arguments)
    assert run.code == 0 and "tls.keylog_file names a file" in run.err and f"-o tls.keylog_file:{KEYS}" in run.err
    assert not any("http" in document["layers"] for document in shown(run).values())
    assert shown(show(*arguments, *option)) == every
    # Everyone who can write to the server would choose what is written here.
    evil = tmp_path / "evil"
    change_runs(any_server, every, {"dissection": {"preferences": [f"tls.debug_file:{evil}"]}})
    run = show(*arguments)
    assert run.code == 0 and "tls.debug_file names a file" in run.err and not evil.exists()


def change_runs(server, documents, changes):
    for run in {document["espcap"]["run"] for document in documents.values()}:
        status, answer = server.request("POST", f"/espcap-runs/_update/{run}?refresh=true", {"doc": changes})
        assert status == 200, answer


def test_what_is_not_as_then_is_said(any_server, espcap, show, folder):
    shutil.copy(DNS, folder)
    index(espcap, any_server, folder, "-o", "dtls.psk:0123456789abcdef")
    every = stored(any_server)
    change_runs(any_server, every, {"versions": {"libwireshark": "3.0.1"}, "dissection": {"preferences": [
        "dtls.psk:…", "tcp.no_such_thing:TRUE"], "resolve": "mN"}})
    run = show("*", "--archive-root", folder, "--format", "ndjson")
    assert run.code == 0, run.err
    for text in ("libwireshark 3.0.1 made its documents", "preference dtls.psk isn't kept; -o sets it",
                 "preference tcp.no_such_thing is not there", "-N N"):
        assert text in run.err, text
    assert "0123456789abcdef" not in run.err


def test_without_a_document_a_run_is_taken_for_a_usual_one(any_server, espcap, show, folder):
    shutil.copy(DNS, folder)
    index(espcap, any_server, folder, "--no-run-documents", "--sensor", "s")
    run = show("*", "--archive-root", folder, "--format", "ndjson")
    assert run.code == 0 and "there is no document of it in espcap-runs" in run.err, run.err
    found = shown(run)
    for place, document in stored(any_server).items():
        assert found[place]["layers"] == document["layers"]


def test_of_the_packets_before_only_the_pairs_are_dissected(any_server, espcap, show, folder, plain_pcap):
    header, records = plain_pcap(HTTP)
    # The same packets between other addresses, before: their stream isn't counted.
    others = [record[:16 + 26] + bytes(byte ^ 0x40 for byte in record[42:50]) + record[50:] for record in records]
    (folder / "two.pcap").write_bytes(header + b"".join(others + records))
    index(espcap, any_server, folder)
    every = stored(any_server)
    query = f"espcap.frame:>{len(records)} AND layers.tcp.tcp_tcp_stream:*"
    arguments = (query, "--archive-root", folder, "--format", "ndjson")
    full, pair = shown(show(*arguments)), shown(show(*arguments, "--pair-only"))
    assert full and full == {place: every[place] for place in full}
    streams = [{int(document["layers"]["tcp"]["tcp_tcp_stream"]) for document in found.values()}
               for found in (full, pair)]
    assert min(streams[0]) > 0 and streams[1] == {stream - min(streams[0]) for stream in streams[0]}


def test_what_can_not_be_found_is_named_and_the_rest_is_shown(any_server, espcap, show, folder):
    names = ("kept", "changed", "cut", "deleted", "link")
    for name in names:
        data = bytearray(DNS.read_bytes())
        data[24 + 16] ^= names.index(name)
        (folder / f"{name}.pcap").write_bytes(data)
    index(espcap, any_server, folder)
    every = stored(any_server)
    total = len(every) // len(names)
    changed = bytearray((folder / "changed.pcap").read_bytes())
    changed[-1] ^= 1
    (folder / "changed.pcap").write_bytes(changed)
    os.truncate(folder / "cut.pcap", len(changed) // 2)
    (folder / "deleted.pcap").unlink()
    os.rename(folder / "link.pcap", folder.parent / "link.pcap")
    os.symlink(folder.parent / "link.pcap", folder / "link.pcap")
    run = show("*", "--archive-root", folder, "--format", "ndjson")
    assert run.code == 2, run.err
    for name, reason in (("changed", f"1 of {total} packets not found: 1 with other records in their place"),
                         ("cut", "not there ("), ("deleted", "there is no such file"), ("link", "symbolic link")):
        line, = [line for line in run.err.splitlines() if f"/{name}.pcap: " in line]
        assert reason in line, line
    found = shown(run)
    assert 2 * total - 1 < len(found) < 3 * total and f"{len(found)} packets shown" in run.err
    assert all(every[place] == document for place, document in found.items())


def test_it_opens_nothing_without_being_told_where(any_server, espcap, show, folder):
    shutil.copy(DNS, folder)
    index(espcap, any_server, folder)
    run = show("*")
    assert run.code == 1 and "--archive-root is missing" in run.err and f"{folder} (1 file)" in run.err


@pytest.mark.parametrize("arguments, named", [
    (["show", "*"], "--node"), (["show"], "QUERY"), (["show", "*", "--node", "localhost", "--format", "pcap"], "pcap"),
    (["show", "*", "--node", "localhost", "--archive-map", "a=b"], "OLD=NEW")])
def test_wrong_arguments_are_refused(espcap, arguments, named):
    run = espcap(*arguments)
    assert run.code != 0 and named in run.err, run

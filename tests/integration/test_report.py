# SPDX-License-Identifier: GPL-2.0-or-later
"""espcap report: a page whose figures are tshark's, and in which nothing of a packet does anything."""
import os
import pathlib
import shutil

import pcapng
import pytest
from project import ESPCAP, TEST_PCAPS
from report_page import Counted, Page, run_command

CAPTURES = ("dns", "http", "ipv6", "icmp", "tcp-loss", "dhcp-tftp", "arp", "vlan")
MOST = 20  # rows
VERSIONS = {"0x0301": "TLS 1.0 (0x0301)", "0x0302": "TLS 1.1 (0x0302)", "0x0303": "TLS 1.2 (0x0303)",
            "0x0304": "TLS 1.3 (0x0304)"}
SEVERITIES = {"1048576": "comment", "2097152": "chat", "4194304": "note", "6291456": "warning", "8388608": "error"}
ICMP_FINDING = "Type indicates an error"  # of the error itself; since 4.6
FIELDS = ("frame.protocols", "frame.time_epoch", "ip.addr", "ipv6.addr", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
          "dns.qry.name", "dns.flags.response", "http.host", "tls.handshake.type", "tls.handshake.version",
          "tls.handshake.extensions.supported_version", "tls.handshake.extensions_server_name",
          "tls.handshake.ciphersuite", "tcp.port", "udp.port", "_ws.expert.message", "_ws.expert.severity")


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    folder.mkdir()
    for name in CAPTURES:
        shutil.copy(TEST_PCAPS / f"{name}.pcap", folder)
    shutil.copy(TEST_PCAPS / "tls.pcapng", folder)
    return folder


@pytest.fixture
def index(espcap, any_server):
    def fill(folder, *options):
        run = espcap("--dir", folder, *any_server.options, "--sensor", f"s-{any_server.prefix}", *options)
        assert run.code == 0, run
        any_server.request("POST", f"/{any_server.indices},espcap-runs/_refresh")
    return fill


@pytest.fixture
def report(espcap, any_server, tmp_path):
    """report(*options) → the page."""
    def make(*options):
        path = tmp_path / "report.html"
        run = espcap("report", "--node", any_server.url, "--index", any_server.index, "--output", path, *options)
        assert run.code == 0 and "a report on " in run.err, run
        return Page(path.read_text(encoding="utf-8"))
    return make


def first(counts, column):
    """As the page has them: those with most first."""
    return sorted(counts.values(), key=lambda count: -count[column])[:MOST]


def chosen_version(values):
    if "2" not in values["tls.handshake.type"]:
        return []
    chosen = values["tls.handshake.extensions.supported_version"] or values["tls.handshake.version"]
    return [VERSIONS.get(value, value) for value in chosen]


def conversations(values):
    for version in ("ip", "ipv6"):
        for source in values[f"{version}.src"]:
            for destination in values[f"{version}.dst"]:
                yield " ↔ ".join(sorted((source, destination)))


def findings(values, field):
    """The template has no place for what Wireshark finds in a packet that an ICMP error quotes."""
    if "icmp:ip" not in values["frame.protocols"][0]:
        return values[field]
    return [value for value, message in zip(values[field], values["_ws.expert.message"]) if message == ICMP_FINDING]


LISTS = {
    "protocols": lambda values: [values["frame.protocols"][0].rsplit(":", 1)[-1]],
    "talkers": lambda values: values["ip.addr"] + values["ipv6.addr"],
    "conversations": conversations,
    "dns": lambda values: values["dns.qry.name"] if values["dns.flags.response"] in (["0"], ["False"]) else [],
    "http-hosts": lambda values: values["http.host"],
    "tls-names": lambda values:
        values["tls.handshake.extensions_server_name"] if "1" in values["tls.handshake.type"] else [],
    "tls-versions": chosen_version,
    "ports": lambda values: [f"tcp {port}" for port in values["tcp.port"]] +
                            [f"udp {port}" for port in values["udp.port"]],
    "expert": lambda values: findings(values, "_ws.expert.message"),
    "expert-severities": lambda values: [SEVERITIES[value] for value in
                                         findings(values, "_ws.expert.severity")],
}


def test_every_figure_is_what_tshark_counts(archive, index, report, tshark, any_server):
    index(archive)
    page = report()
    counted = Counted(tshark, sorted(archive.iterdir()), FIELDS)
    packets, size = counted.total
    assert (page.facts["Packets"], page.facts["Bytes"]) == (packets, size)
    for name, values_of in LISTS.items():
        section, found, wanted = page.sections[name], page.figures(name), counted.by(values_of)
        assert not section["approximate"] and found, name
        assert list(found.values()) == sorted(found.values(), key=lambda count: -count[section["charted"]]), name
        assert [count[section["charted"]] for count in found.values()] == \
            [count[section["charted"]] for count in first(wanted, section["charted"])], name
        for value, figures in found.items():
            assert figures == wanted[value], (name, value)
    ciphers = counted.by(lambda values: values["tls.handshake.ciphersuite"]
                         if "2" in values["tls.handshake.type"] else [])
    assert {name.rsplit("(")[-1].rstrip(")").lower(): figures
            for name, figures in page.figures("tls-ciphers").items()} == ciphers
    assert page.figures("sensors") == {f"s-{any_server.prefix}": (packets, size)}
    files = page.figures("files")
    assert {pathlib.Path(path).name for path in files} == {path.name for path in archive.iterdir()}
    assert sum(count for count, _ in files.values()) == packets
    run, = page.rows("runs")
    assert run["cells"][0] == f"s-{any_server.prefix}" and run["cells"][1] == "ended"
    assert run["cells"][3:] == [packets, packets, 0, 0]


def test_time_is_parted_without_a_gap(index, report, tmp_path, tshark):
    folder = tmp_path / "one"
    folder.mkdir()
    shutil.copy(TEST_PCAPS / "dns.pcap", folder)
    index(folder)
    page = report()
    counted = Counted(tshark, [folder / "dns.pcap"], ("frame.protocols",))
    layers = counted.by(lambda values: [values["frame.protocols"][0].rsplit(":", 1)[-1]])
    for name, column in (("packets", 0), ("bytes", 1)):
        section = page.sections[name]
        assert section["chart"] == "time" and 1 < len(section["rows"]) <= 101
        sums = [sum(row["cells"][i] for row in section["rows"]) for i in range(len(section["columns"]))]
        figures = dict(zip(section["columns"], sums))
        assert figures.pop("all") == counted.total[column]
        assert {layer: count for layer, count in figures.items() if count} == \
            {layer: count[column] for layer, count in layers.items()}


def test_every_row_finds_the_packets_that_it_counts(archive, index, report, any_server):
    index(archive)
    page = report("--query", "NOT layers.arp.arp_arp_opcode:*")
    asked = []
    for section in page.data["sections"]:
        for row in section["rows"]:
            if "query" in row and isinstance(row["cells"][0], int):
                asked.append((row, row["cells"][1 if section["id"] == "bytes" else 0], section["id"]))
    assert len(asked) > 100
    lines = []
    for row, _, _ in asked:
        lines += [{"index": any_server.indices},
                  {"size": 0, "track_total_hits": True, "query": {"query_string": {"query": row["query"]}}}]
    answers = any_server.search_all(lines)
    for (row, packets, section), answer in zip(asked, answers):
        if section == "bytes":
            continue
        assert answer["hits"]["total"]["value"] == packets, (section, row)


def test_a_query_and_times_narrow_it(index, report, tmp_path):
    folder = tmp_path / "one"
    folder.mkdir()
    shutil.copy(TEST_PCAPS / "dns.pcap", folder)
    index(folder)
    everything = report()
    begin, end = everything.facts["First packet"], everything.facts["Last packet"]
    assert report("--until", begin).facts["Packets"] == 0
    some = report("--since", begin, "--until", end, "--query", "layers.dns.dns_dns_flags_response:true")
    assert 0 < some.facts["Packets"] < everything.facts["Packets"]
    row = some.rows("protocols")[0]
    assert row["query"].startswith("(layers.dns.dns_dns_flags_response:true) AND ")
    assert f"--since={some.facts['First packet']}" in row["command"] and "--until=" in row["command"]


def test_a_name_in_the_query_is_searched_wherever_it_is(index, report, archive, any_server):
    index(archive)
    short, whole = (report("--query", f"{path}:true") for path in ("dns.flags.response",
                                                                    "layers.dns.dns_dns_flags_response"))
    assert short.facts["Packets"] == whole.facts["Packets"] > 0
    row = short.rows("protocols")[0]
    status, answer = any_server.request("POST", f"/{any_server.indices}/_count",
                                        {"query": {"query_string": {"query": row["query"]}}})
    assert status == 200 and answer["count"] == row["cells"][0], row


def test_an_index_without_the_fields_has_empty_sections(report, any_server):
    status, _ = any_server.request("POST", f"/{any_server.named('2026-01-01')}/_doc?refresh=true", {"other": 1})
    assert status == 201
    page = report()
    assert page.facts["Packets"] == 1
    for section in page.data["sections"]:
        assert section["rows"] == [] and "the index doesn't have the field" in section["note"], section


def test_no_index_is_no_packet(report):
    page = report()
    assert page.facts["Packets"] == 0 and all(section["note"] for section in page.data["sections"])


def test_what_the_server_refuses_is_an_error(espcap, any_server, tmp_path):
    path = tmp_path / "report.html"
    path.write_text("earlier", encoding="utf-8")
    status, _ = any_server.request("POST", f"/{any_server.named('2026-01-01')}/_doc?refresh=true", {"other": 1})
    assert status == 201
    for query, reason in (("layers.(", "the server refuses the query"), ("@missing.json", "can't be read")):
        run = espcap("report", "--node", any_server.url, "--index", any_server.index, "--output", path,
                     "--query", query)
        assert run.code == 1 and reason in run.err, run
    assert path.read_text(encoding="utf-8") == "earlier" and len(list(tmp_path.iterdir())) == 1


SERVER_NAME = "layers.tls.tls_tls_handshake_extensions_server_name"
HOSTILE = ("<img src=x onerror=document.title='owned'>", "it's a $(touch owned) `touch owned` \"name\"",
           "line\nfeed\r\ttab \u001b]0;x\u0007", "back\\slash\\", "\u202egnp.exe \u2066\u200b", "* OR ?:[a TO b] /r/ ~ ^2",
           "-n --output x; touch owned #", "'; touch owned; '", "</script><script>document.title='owned'</script>",
           "{{7*7}} ${7*7} %s %n \\u0041")


@pytest.fixture
def hostile(index, any_server, archive):
    """An index with documents that have these as DNS name, TLS server name, HTTP host, file and sensor. The place of
    the packet is an honest one."""
    for path in archive.iterdir():
        if path.name != "dns.pcap":
            path.unlink()
    index(archive)
    status, answer = any_server.request("GET", f"/{any_server.indices}/_search", {"size": len(HOSTILE)})
    assert status == 200
    for text, hit in zip(HOSTILE, answer["hits"]["hits"], strict=True):
        source = hit["_source"]
        source["layers"]["dns"] = {"dns_dns_qry_name": text, "dns_dns_flags_response": False}
        source["layers"]["tls"] = {"tls_tls_handshake_extensions_server_name": text, "tls_tls_handshake_type": "1"}
        source["layers"]["http"] = {"http_http_host": text}
        source["espcap"]["sensor"] = text
        status, _ = any_server.request("PUT", f"/{hit['_index']}/_doc/{hit['_id']}?refresh=true", source)
        assert status == 200
    nowhere = answer["hits"]["hits"][0]["_source"]
    for text in HOSTILE:
        nowhere["espcap"]["file"] = f"/{text}"
        status, _ = any_server.request("POST", f"/{hit['_index']}/_doc?refresh=true", nowhere)
        assert status == 201
    return archive


def test_the_command_of_a_row_writes_its_packets(hostile, report, environment, tmp_path):
    # The honest names would push them out of the list.
    page = report("--archive-root", hostile, "--query", f"_exists_:{SERVER_NAME}")
    where = tmp_path / "where"
    where.mkdir()
    for section in ("dns", "tls-names", "http-hosts", "sensors"):
        rows = {row["query"]: row for row in page.rows(section)}
        for text in HOSTILE:
            ending = text.replace("\\", "\\\\").replace('"', '\\"')
            if text.isprintable():
                assert any(query.endswith(f':"{ending}"') for query in rows), (section, text)
        assert all(row["query"].isprintable() and row["command"].isprintable() and row["name"].isprintable()
                   for row in rows.values())
    for row in page.rows("dns"):
        if row["cells"][0] != 1:
            continue
        run = run_command(row["command"], ESPCAP, where, environment)
        assert run.returncode == 0 and "1 packets written" in run.stderr, (row, run)
        assert len(pcapng.read((where / "packets.pcapng").read_bytes()).packets) == 1
        os.unlink(where / "packets.pcapng")
    assert list(where.iterdir()) == []

# SPDX-License-Identifier: GPL-2.0-or-later
"""--fields and --protocols leave of a document what they name, and leave that as it was."""
import os
import pathlib

import pytest
from field_filter import FieldFilter, Registry
from project import TEST_PCAPS

FOLDER = os.environ.get("ESPCAP_CAPTURES")
TEN = ["frame.number", "frame.len", "ip.src", "ip.dst", "tcp.srcport", "tcp.dstport",
       "udp.srcport", "udp.dstport", "dns.qry.name", "http.host"]

# (--fields, --protocols)
LISTS = {
    "ten fields": (TEN, []),
    "one field": (["ip.ttl"], []),
    "a field that repeats": (["ip.addr"], []),
    "a field named twice": (["tcp.flags.syn", "tcp.flags.syn", "tcp.flags.*"], []),
    "below other items": (["tcp.flags.syn", "tcp.options.mss_val", "dns.resp.name", "dns.a",
                           "tls.handshake.extensions_server_name", "icmpv6.opt.type"], []),
    "a group of fields": (["dns.*"], []),
    "part of a name": (["ip.s*"], []),
    "all": (["*"], []),
    "one layer": ([], ["udp"]),
    "layers within layers": ([], ["ip", "dns"]),
    "a group of layers": ([], ["icmp*"]),
    "layer and field": (["udp.dstport", "eth.type"], ["dns"]),
    "a field within its layer": (["dns.id"], ["dns"]),
    "a layer as a field": (["frame", "arp.opcode"], []),
    "text items and bytes": (["text", "data.data", "tcp.payload"], []),
    "findings": (["_ws.expert.message", "tcp.analysis.flags", "tcp.analysis.lost_segment"], []),
    "in few packets": (["tftp.opcode"], []),
}
NESTED = ["ip.dst", "udp.dstport"]
WAYS = {
    "plain": [],
    "two-pass": ["-2"],
    "hex": ["--hex"],
    "no-names": ["-n"],
    "filter": ["--filter", "ip && (udp.length > 60 || tcp.flags.syn == 1)"],
    "filter-two-pass": ["-2", "--filter", "ip.src && frame.number > 2"],
    "decode-as": ["-d", "udp.port==53,rtp"],
}


@pytest.fixture(scope="module")
def registry(tshark):
    return Registry(tshark("-G", "fields"))


def options(fields, protocols):
    return [*(["--fields", ",".join(fields)] if fields else []),
            *(["--protocols", ",".join(protocols)] if protocols else [])]


def assert_filtered(registry, whole, ours, fields, protocols):
    """Returns how many values are left in all."""
    judge = FieldFilter(registry, fields, protocols)
    assert len(ours) == len(whole) > 0
    left = 0
    for number, (before, after) in enumerate(zip(whole, ours), 1):
        expected = judge.document(before)
        if after != expected:
            assert judge.without_doubtful(after) == judge.without_doubtful(expected), number
        left += len(expected["layers"])
    return left


@pytest.fixture(scope="module")
def files(captures):
    return [argument for capture in captures for argument in ("--file", capture)]


@pytest.fixture(scope="module")
def whole(espcap, files):
    return espcap(*files).documents()


@pytest.mark.parametrize("name", LISTS)
def test_documents_are_the_whole_ones_filtered(name, registry, espcap, files, whole):
    fields, protocols = LISTS[name]
    run = espcap(*files, *options(fields, protocols))
    assert run.code == 0, run
    assert assert_filtered(registry, whole, run.documents(), fields, protocols) > 0


@pytest.mark.parametrize("way", WAYS)
def test_with_other_options(way, registry, espcap, files):
    plain = [*files, *WAYS[way]]
    before = espcap(*plain).documents()
    for fields, protocols in ((TEN, []), (["ip.addr", "tcp.payload"], ["tls"])):
        run = espcap(*plain, *options(fields, protocols))
        assert run.code == 0, run
        assert_filtered(registry, before, run.documents(), fields, protocols)


def test_an_error_message_of_icmp_has_both_ip_headers(espcap):
    """The header within stays within, though nothing else of the ICMP message is asked for."""
    documents = espcap("--file", TEST_PCAPS / "icmp.pcap", "--fields", ",".join(NESTED),
                       "--filter", "icmp.type == 3 && icmp.code == 3").documents()
    assert documents
    for document in documents:
        layers = document["layers"]
        assert set(layers) == {"ip", "icmp"}
        assert set(layers["icmp"]) == {"ip", "udp"}
        assert set(layers["ip"]) == set(layers["icmp"]["ip"]) == {"ip_ip_dst"}
        assert layers["ip"] != layers["icmp"]["ip"]


def test_timestamp_stays_where_nothing_is_left(espcap):
    whole = espcap("--file", TEST_PCAPS / "arp.pcap").documents()
    for document, before in zip(espcap("--file", TEST_PCAPS / "arp.pcap", "--fields",
                                       "http.host").documents(), whole):
        assert document == {"timestamp": before["timestamp"], "layers": {}}


def test_what_only_the_filter_asks_for_is_not_in_the_documents(espcap):
    documents = espcap("--file", TEST_PCAPS / "dns.pcap", "--fields", "frame.number", "--filter",
                       "dns.qry.name && ip.ttl > 1").documents()
    assert documents
    for document in documents:
        assert list(document["layers"]) == ["frame"]
        assert list(document["layers"]["frame"]) == ["frame_frame_number"]


@pytest.mark.parametrize("filter_expression", ["len(tcp) < 60", "udp contains 77:77:77",
                                               "_ws.expert", "tcp[13] & 2"])
def test_a_filter_selects_the_same_packets(filter_expression, espcap, files):
    arguments = [*files, "--filter", filter_expression]
    before = espcap(*arguments).documents()
    after = espcap(*arguments, "--fields", "frame.number").documents()
    assert before
    assert ([document["layers"]["frame"]["frame_frame_number"] for document in after]
            == [document["layers"]["frame"]["frame_frame_number"] for document in before])


def test_other_formats(espcap):
    arguments = ["--file", TEST_PCAPS / "dns.pcap", "--fields", "ip.src,dns.qry.name"]
    lines = espcap(*arguments).out.splitlines()
    assert espcap(*arguments, "--format", "bulk").out.splitlines()[1::2] == lines
    text = espcap(*arguments, "--format", "text").out
    assert all(line in text for line in lines)


def test_lists_from_files_and_the_configuration(espcap, tmp_path):
    capture = TEST_PCAPS / "dns.pcap"
    expected = espcap("--file", capture, "--fields", "ip.src,dns.qry.name,udp.*").out
    assert b"udp_udp_length" in expected
    (tmp_path / "list").write_text("# two\nip.src, dns.qry.name\nudp.*\n")
    assert espcap("--file", capture, "--fields", "@list", cwd=tmp_path).out == expected
    assert espcap("--file", capture, "--fields", "ip.src", "--fields", "@list",
                  cwd=tmp_path).out == expected
    (tmp_path / "espcap.yml").write_text("fields:\n  - udp.*,ip.src\n  - dns.qry.name\n")
    assert espcap("--file", capture, cwd=tmp_path).out == expected
    assert espcap("--file", capture, "--fields", "ip.src", cwd=tmp_path).out != expected


@pytest.mark.parametrize("arguments, parts", [
    (["--fields", "ip.scr"], ["did you mean 'ip.src'?"]),
    (["--fields", "ip.srcc"], ["--fields ip.srcc", "did you mean 'ip.src'?"]),
    (["--fields", "ip.src,dns.qry.nam"], ["dns.qry.nam", "did you mean 'dns.qry.name'?"]),
    (["--fields", "IP.SRC"], ["did you mean 'ip.src'?"]),
    (["--fields", "ssl.handshake"], ["did you mean 'tls.handshake'?"]),
    (["--fields", "ip.*.src"], ["'ip.*.src'", "last character"]),
    (["--fields", "htttp.*"], ["htttp.*", "no field has a name that begins so", "'http'?"]),
    (["--fields", ","], ["--fields ','", "no name"]),
    (["--fields", "@/no/such/list"], ["/no/such/list", "No such file"]),
    (["--protocols", "htpp"], ["--protocols htpp", "no such protocol", "did you mean 'http'?"]),
    (["--protocols", "ip.src"], ["ip.src", "it is a field, not a protocol; use --fields"]),
    (["--protocols", "dns.qry*"], ["dns.qry*", "no protocol has a name that begins so"]),
])
def test_unknown_names_are_errors(arguments, parts, espcap):
    run = espcap("--file", TEST_PCAPS / "dns.pcap", *arguments)
    assert run.code == 1, run
    assert run.out == b""
    for part in parts:
        assert part in run.err, run


# Small captures of many protocols, and those where a tree of single fields is most easily wrong.
SAMPLE = ["arkime/tests_pcap_http2-nghttp2.pcap", "arkime/tests_pcap_IKEv1.pcap",
          "arkime/tests_pcap_ospf.pcap", "tcpdump/tests_geonet_v0_and_calm_fast.pcap",
          "tcpdump/tests_unsupported-link-type-dbus.pcap",
          "wireshark/test_captures_wpa-Induction.pcap", "zeek/dhcp_dhcp_flood.pcap",
          "zeek/krb_kinit.pcap", "zeek/ldap_krb5-sign-seal-01.pcap", "zeek/llc.pcap",
          "zeek/smb_smb_many_open_files_500.pcap", "zeek/tunnels_gre-within-gre.pcap"]
SAMPLE_LISTS = {
    "values": [*TEN, "ip.ttl", "ipv6.src", "tcp.flags.syn", "wlan.sa", "http2.type",
               "http2.header.name", "json.key", "x509af.algorithm.id", "ber.bitstring.padding",
               "kerberos.CNameString", "ospf.area_id", "smb.cmd", "smb2.cmd", "ntlmssp.messagetype",
               "isakmp.typepayload", "gre.proto", "dhcp.option.type", "geonw.src_pos.lat"],
    "bytes": ["spnego.krb5.blob", "dbus.type.array", "data.data"],
    "findings": ["_ws.expert.message", "geonw.analysis_duplicate", "geonw.position_oor"],
    "layers": ["tls", "ip.src", "kerberos", "_ws.malformed"],
}


@pytest.mark.skipif(not FOLDER, reason="ESPCAP_CAPTURES names no folder of further captures")
def test_further_captures(registry, espcap):
    folder = pathlib.Path(FOLDER).resolve()
    files = [argument for name in SAMPLE if (folder / name).exists()
             for argument in ("--file", folder / name)]
    if not files:
        pytest.skip("the folder has none of them")
    whole = espcap(*files).documents()
    for name, fields in SAMPLE_LISTS.items():
        run = espcap(*files, "--fields", ",".join(fields))
        assert run.code == 0, run
        assert assert_filtered(registry, whole, run.documents(), fields, []) > 0, name

# SPDX-License-Identifier: GPL-2.0-or-later
"""Small packets that make large documents: what is kept of them, what the document says of the rest."""
import json
import struct

import pytest
from captures import write_pcap

ETHERNET = bytes(12) + b"\x08\x00"
MANY = 1500


def udp_packet(source_port, payload):
    ip = struct.pack(">BBHHHBBH8s", 0x45, 0, 28 + len(payload), 0, 0, 64, 17, 0,
                     bytes([10, 0, 0, 1, 10, 0, 0, 2]))
    return ETHERNET + ip + struct.pack(">HHHH", source_port, 40000, 8 + len(payload), 0) + payload


def tcp_packet(source_port, payload):
    ip = struct.pack(">BBHHHBBH8s", 0x45, 0, 40 + len(payload), 0, 0, 64, 6, 0,
                     bytes([10, 0, 0, 1, 10, 0, 0, 2]))
    return (ETHERNET + ip + struct.pack(">HHIIBBHHH", source_port, 40000, 1, 1, 0x50, 0x18, 512, 0, 0) +
            payload)


def dns_answers(count):
    """Address records of one name, each with an address of its own."""
    question = b"\x01a\x00\x00\x01\x00\x01"
    records = [b"\xc0\x0c\x00\x01\x00\x01" + struct.pack(">IHI", 60, 4, 0x0A000000 + number)
               for number in range(count)]
    return udp_packet(53, struct.pack(">HHHHHH", 1, 0x8180, 1, count, 0, 0) + question +
                      b"".join(records))


def modbus_requests(count):
    """One segment of many layers: some 500 of them, before libwireshark ends it."""
    return tcp_packet(502, b"".join(struct.pack(">HHHBBHB", number, 0, 5, 1, 3, 2, number % 256)
                                    for number in range(count)))


@pytest.fixture
def capture(tmp_path):
    write_pcap(tmp_path / "many.pcap", [dns_answers(3), dns_answers(MANY), modbus_requests(MANY),
                                        dns_answers(MANY - 1)])
    return tmp_path / "many.pcap"


def lists_of(value):
    """Every list in it."""
    if isinstance(value, list):
        yield value
        for element in value:
            yield from lists_of(element)
    elif isinstance(value, dict):
        for element in value.values():
            yield from lists_of(element)


def cut_to(value, most):
    """The same with lists that are no longer."""
    if isinstance(value, list):
        return [cut_to(element, most) for element in value[:most]]
    if isinstance(value, dict):
        return {key: cut_to(element, most) for key, element in value.items()}
    return value


@pytest.mark.parametrize("shape", [[], ["--hex"], ["--typed"], ["--ecs"]], ids=str)
@pytest.mark.parametrize("most", [1, 7, 1000, MANY])
def test_a_list_keeps_its_beginning(most, shape, capture, espcap):
    whole = espcap("--file", capture, *shape)
    assert "cut" not in whole.err
    run = espcap("--file", capture, *shape, "--max-values", str(most))
    for document, reference in zip(run.documents(), whole.documents(), strict=True):
        longest = max((len(values) for values in lists_of(reference["layers"])), default=0)
        about = document.pop("espcap", None)
        assert document["layers"] == cut_to(reference["layers"], most) or most == 1
        assert all(len(values) <= most for values in lists_of(document["layers"]))
        assert (about is not None) == (longest > most)
        if about and most == 1000:
            assert about["cut"] == ["values"] and about["cut_layer"][0] in ("dns", "mbtcp", "modbus")
            assert set(about["cut_key"]) & {"dns_dns_a", "dns_dns_a_raw", "mbtcp", "modbus"}


def long_answers(count, length):
    """Records of a type that nobody knows: bytes, of which three digits each are shown."""
    record = b"\xc0\x0c" + struct.pack(">HHIH", 65400, 1, 60, length) + bytes(length)
    question = b"\x01a\x00\x00\x01\x00\x01"
    return udp_packet(53, struct.pack(">HHHHHH", 1, 0x8180, 1, count, 0, 0) + question + record * count)


@pytest.mark.parametrize("most, bytes_kept", [(1000, 64 << 10), (1500, 64 * 1500)])
def test_a_list_of_long_values_ends_with_its_text(most, bytes_kept, tmp_path, espcap):
    """One that is alone is whole, whatever its length."""
    write_pcap(tmp_path / "long.pcap", [long_answers(200, 300), long_answers(1, 50_000)])
    whole = espcap("--file", tmp_path / "long.pcap").documents()
    run = espcap("--file", tmp_path / "long.pcap", "--max-values", str(most))
    many, single = run.documents()
    assert single == whole[1]
    kept, all_of_them = (one["layers"]["dns"]["dns_dns_data"] for one in (many, whole[0]))
    size = len(json.dumps(all_of_them[0])) + 1  # of one, with a comma
    assert kept == all_of_them[:(bytes_kept + 1) // size]
    assert many["espcap"]["cut"] == ["values"] and "dns_dns_data" in many["espcap"]["cut_key"]


def test_one_value_is_no_list(capture, espcap):
    document = espcap("--file", capture, "--max-values", "1").documents()[1]
    assert document["layers"]["dns"]["dns_dns_a"] in ("10.0.0.0", ["10.0.0.0"])


@pytest.mark.parametrize("selection", [["--fields", "modbus.func_code"], ["--fields", "dns.a"],
                                       ["--protocols", "mbtcp,dns"]], ids=str)
def test_a_selection_is_cut_alike(selection, capture, espcap):
    whole = espcap("--file", capture, *selection).documents()
    cut = espcap("--file", capture, *selection, "--max-values", "9").documents()
    assert any("espcap" in document for document in cut)
    for document, reference in zip(cut, whole, strict=True):
        assert document["layers"] == cut_to(reference["layers"], 9)


def test_the_summary_names_the_worst_protocol(capture, espcap):
    run = espcap("--file", capture, "--max-values", "100")
    assert "; 3 documents cut to what a server accepts, most by dns" in run.err
    run = espcap("--file", capture, "--bpf", "tcp", "--max-values", "100")
    assert "; 1 documents cut to what a server accepts, most by m" in run.err


def test_a_server_gets_bounded_documents(any_server, capture, espcap):
    index = any_server.named("bounded")
    run = espcap("--file", capture, "--node", any_server.url, "--index", index)
    assert run.code == 0 and "2 documents cut" in run.err, run
    assert any_server.count(index) == 4
    assert any_server.count(index, {"term": {"espcap.cut": "values"}}) == 2
    assert any_server.count(index, {"term": {"espcap.cut_key": "dns_dns_a"}}) == 2
    # A document is as large as it may be, whatever else is set.
    index = any_server.named("small")
    run = espcap("--file", capture, "--node", any_server.url, "--index", index, "--max-values", "0",
                 "--max-document-bytes", "50k")
    assert any_server.count(index, {"term": {"espcap.cut": "size"}}) >= 2
    index = any_server.named("whole")
    run = espcap("--file", capture, "--node", any_server.url, "--index", index, "--max-values", "0")
    assert run.code == 0 and "cut" not in run.err and any_server.count(index) == 4, run


def test_a_document_for_a_server_has_a_mebibyte_by_itself(any_server, tmp_path, espcap):
    """Its values are few, but long."""
    write_pcap(tmp_path / "long.pcap", [bytes(12) + b"\x88\xb5" + bytes(250_000)])
    large = ["--file", tmp_path / "long.pcap", "--hex"]
    whole = espcap(*large)
    assert len(whole.out) > 1 << 20 and "cut" not in whole.err
    index = any_server.named("long")
    run = espcap(*large, "--node", any_server.url, "--index", index)
    assert run.code == 0 and "1 documents cut" in run.err, run
    assert any_server.count(index, {"term": {"espcap.cut": "size"}}) == 1
    more = espcap(*large, "--node", any_server.url, "--index", any_server.named("more"),
                  "--max-document-bytes", "32M")
    assert more.code == 0 and "cut" not in more.err, more

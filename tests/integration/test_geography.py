# SPDX-License-Identifier: GPL-2.0-or-later
"""Places and autonomous systems of addresses, from MaxMind databases."""
import ipaddress
import pathlib
import shutil
import struct

import pytest
import referee
from captures import write_pcap

DATABASES = pathlib.Path(__file__).parents[1] / "data/geography"
MACS = bytes.fromhex("020000000002020000000001")
PAIRS = [("192.0.2.1", "198.51.100.7"), ("192.0.2.200", "10.0.0.1"), ("10.0.0.1", "192.0.2.1"),
         ("10.0.0.1", "10.0.0.2"), ("2001:db8::1", "fe80::1")]


def udp(source, destination):
    source, destination = ipaddress.ip_address(source), ipaddress.ip_address(destination)
    datagram = struct.pack(">HHHH", 1, 9, 12, 0) + b"1234"
    if source.version == 6:
        return MACS + b"\x86\xdd" + struct.pack(">IHBB", 0x60000000, len(datagram), 17, 64) + \
            source.packed + destination.packed + datagram
    return MACS + b"\x08\x00" + struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0) + \
        source.packed + destination.packed + datagram


@pytest.fixture
def capture(tmp_path):
    write_pcap(tmp_path / "places.pcap", [udp(*pair) for pair in PAIRS])
    return tmp_path / "places.pcap"


@pytest.fixture
def databases(tmp_path):
    folder = tmp_path / "databases"
    folder.mkdir()
    for path in DATABASES.glob("*.mmdb"):
        shutil.copy(path, folder)
    return folder


def named(folder):
    return ["-o", f'uat:maxmind_db_paths:"{folder}"']


def places(document):
    return {key: value for layer in ("ip", "ipv6")
            for key, value in document["layers"].get(layer, {}).items() if "geoip" in key}


def test_documents_have_the_places_of_tshark(capture, databases, espcap, tshark):
    """Without libwireshark's own way to them: espcap asks no other program."""
    run = espcap("--file", capture, *named(databases))
    assert any(places(document) for document in run.documents())
    theirs = [line for line in tshark("-r", capture, "-T", "ek", *named(databases)).splitlines()
              if not line.startswith('{"index"')]
    for reference, ours in zip(theirs, run.out.splitlines(), strict=True):
        assert not referee.judge_document(reference.encode(), ours)


def test_without_a_database_there_are_none(capture, espcap):
    assert not any(places(document) for document in espcap("--file", capture).documents())


def test_g_is_a_letter_of_names(capture, databases, espcap):
    run = espcap("--file", capture, *named(databases), "-N", "g")
    assert any(places(document) for document in run.documents())
    wrong = espcap("--file", capture, "-N", "q")
    assert wrong.code == 1 and "g (places" in wrong.err


def test_ecs_has_places_and_systems(capture, databases, espcap):
    documents = espcap("--file", capture, *named(databases), "--ecs").documents()
    assert documents[0]["source"]["geo"] == {
        "city_name": "Berlin", "continent_name": "Europe", "country_iso_code": "DE",
        "country_name": "Germany", "location": {"lat": 52.5, "lon": 13.4},
        "region_iso_code": "DE-BE", "region_name": "Land Berlin"}
    assert documents[0]["source"]["as"] == {"number": 64500, "organization": {"name": 'Example "Net"'}}
    assert documents[0]["destination"]["geo"]["country_name"] == "Chile"
    assert "as" not in documents[0]["destination"] and "city_name" not in documents[0]["destination"]["geo"]
    assert "as" not in documents[1]["source"] and documents[1]["source"]["geo"]["city_name"] == "Berlin"
    assert documents[2]["destination"]["geo"]["city_name"] == "Berlin"
    assert "geo" not in documents[3]["source"] and "geo" not in documents[3]["destination"]
    assert documents[4]["source"]["geo"]["city_name"] == "T\u014dky\u014d"


def test_places_are_found_on_a_server(any_server, capture, databases, espcap):
    index = any_server.named("places")
    run = espcap("--file", capture, *named(databases), "--ecs", "--node", any_server.url, "--index", index)
    assert run.code == 0 and " 0 failed" in run.err and "dead letters" not in run.err, run
    for query in ({"term": {"source.geo.city_name": "Berlin"}}, {"term": {"source.as.number": 64500}},
                  {"geo_distance": {"distance": "50km", "source.geo.location": "52.5,13.4"}}):
        assert any_server.count(index, query) == 2, query
    assert any_server.count(index, {"term": {"layers.ip.ip_ip_geoip_src_country_iso": "DE"}}) == 2


@pytest.mark.parametrize("content", [b"", b"no database", None], ids=["empty", "wrong", "unreadable"])
def test_a_database_that_cannot_be_read_is_an_error(content, capture, databases, espcap):
    damaged = databases / "damaged.mmdb"
    if content is None:
        damaged.symlink_to(databases / "gone")
    else:
        damaged.write_bytes(content)
    run = espcap("--file", capture, *named(databases))
    assert run.code == 1 and f"open MaxMind database {damaged}: " in run.err, run
    assert not run.out


def test_a_folder_that_is_not_there_is_an_error(capture, databases, espcap):
    run = espcap("--file", capture, *named(databases / "none"))
    assert run.code == 1 and str(databases / "none") in run.err and "No such file" in run.err, run


def test_many_workers_share_the_databases(capture, databases, espcap, tmp_path):
    copies = [shutil.copy(capture, tmp_path / f"{number}.pcap") for number in range(8)]
    files = [argument for path in copies for argument in ("--file", path)]
    documents = espcap(*files, *named(databases), "--workers", "3").documents()
    assert len(documents) == 8 * len(PAIRS)
    assert [places(document) for document in documents] == [
        places(document) for document in espcap("--file", capture, *named(databases)).documents()] * 8

# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of networks: VLANs in the ECS fields, SSIDs as text."""
import struct

import pytest
from captures import write_pcap

MACS = bytes.fromhex("020000000002020000000001")
PAYLOAD = b"\x00" * 18


def udp(payload=PAYLOAD, port=9):
    datagram = struct.pack(">HHHH", 1, port, 8 + len(payload), 0) + payload
    return struct.pack(">BBHHHBBH8s", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0,
                       bytes([10, 0, 0, 1, 10, 0, 0, 2])) + datagram


def tagged(*tags, inner=None, ethertype=0x0800):
    """A frame with these tags, (TPID, VLAN), from the outermost on."""
    head = b"".join(struct.pack(">HH", tpid, vlan) for tpid, vlan in tags)
    return MACS + head + struct.pack(">H", ethertype) + (udp() if inner is None else inner)


def vxlan(inner):
    return udp(b"\x08\x00\x00\x00\x00\x00\x07\x00" + inner, port=4789)


# Name, frame, outer and inner VLAN.
FRAMES = [
    ("none", tagged(), None, None),
    ("802.1Q", tagged((0x8100, 5)), "5", None),
    ("802.1Q with a priority", tagged((0x8100, 0xE005)), "5", None),
    ("802.1ad", tagged((0x88A8, 7)), "7", None),
    ("802.1ad and 802.1Q", tagged((0x88A8, 100), (0x8100, 200)), "100", "200"),
    ("802.1ad twice", tagged((0x88A8, 100), (0x88A8, 200)), "100", "200"),
    ("802.1Q twice", tagged((0x8100, 100), (0x8100, 200)), "100", "200"),
    ("QinQ of 0x9100", tagged((0x9100, 100), (0x8100, 200)), "100", "200"),
    ("three tags", tagged((0x8100, 1), (0x8100, 2), (0x8100, 3)), "1", "3"),
    ("three tags of both kinds", tagged((0x88A8, 1), (0x8100, 2), (0x8100, 3)), "1", "3"),
    ("a tag in a tunnel", tagged(inner=vxlan(tagged((0x8100, 9)))), None, None),
    ("tags around a tunnel", tagged((0x8100, 4), inner=vxlan(tagged((0x8100, 9)))), "4", None),
    ("ARP", tagged((0x88A8, 3), (0x8100, 8), ethertype=0x0806, inner=bytes.fromhex(
        "0001080006040001020000000001" "0a000001" "000000000000" "0a000002") + bytes(18)), "3", "8"),
]


@pytest.fixture
def vlan_capture(tmp_path):
    write_pcap(tmp_path / "vlans.pcap", [frame for _, frame, _, _ in FRAMES])
    return tmp_path / "vlans.pcap"


def test_ecs_has_the_outer_and_the_inner_vlan(vlan_capture, espcap):
    documents = espcap("--file", vlan_capture, "--ecs").documents()
    for document, (name, _, outer, inner) in zip(documents, FRAMES, strict=True):
        network = document["network"]
        assert network.get("vlan", {}).get("id") == outer, name
        assert network.get("inner", {}).get("vlan", {}).get("id") == inner, name


def test_vlans_are_found_on_a_server(any_server, vlan_capture, espcap):
    index = any_server.named("vlans")
    run = espcap("--file", vlan_capture, "--ecs", "--node", any_server.url, "--index", index)
    assert run.code == 0 and " 0 failed" in run.err and "dead letters" not in run.err, run
    for path, value, count in (("layers.ieee8021ad.ieee8021ad_ieee8021ad_id", 100, 1),
                               ("layers.ieee8021ad.ieee8021ad_ieee8021ad_svid", 100, 1),
                               ("layers.vlan.vlan_vlan_id", 200, 3),
                               ("network.vlan.id", "100", 4), ("network.inner.vlan.id", "3", 2)):
        assert any_server.count(index, {"term": {path: value}}) == count, path


def beacon(*ssids):
    head = bytes.fromhex("80000000ffffffffffff020000000009020000000009" "0000") + bytes(8) + b"\x64\x00\x01\x00"
    return head + b"".join(bytes([0, len(ssid)]) + ssid for ssid in ssids)


SSIDS = [b"office", "Caf\u00e9 \u2615".encode(), b"\xff\xfe\x01", b"", bytes(6), b'a"b\\c']
TEXTS = ["office", "Caf\u00e9 \u2615", None, None, None, 'a"b\\c']


@pytest.fixture
def ssid_capture(tmp_path):
    path = tmp_path / "ssids.pcap"
    write_pcap(path, [beacon(ssid) for ssid in SSIDS])
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, 20, 105)  # IEEE 802.11
    path.write_bytes(data)
    return path


def ssid_of(document):
    return document["layers"]["wlan_wlan_mgt"].get("wlan_wlan_ssid_text")


@pytest.mark.parametrize("shape", [["--value-strings"], ["--ecs"], ["--format", "bulk"]], ids=str)
def test_an_ssid_is_also_text(shape, ssid_capture, espcap):
    run = espcap("--file", ssid_capture, *shape)
    documents = [document for document in run.documents() if "layers" in document]
    assert [ssid_of(document) for document in documents] == TEXTS
    for document, plain in zip(documents, espcap("--file", ssid_capture).documents(), strict=True):
        mgt = plain["layers"]["wlan_wlan_mgt"]
        assert "wlan_wlan_ssid_text" not in mgt
        assert document["layers"]["wlan_wlan_mgt"].get("wlan_wlan_ssid") == mgt.get("wlan_wlan_ssid")


def test_an_ssid_is_selected_with_its_text(ssid_capture, espcap):
    run = espcap("--file", ssid_capture, "--ecs", "--fields", "wlan.ssid")
    assert [ssid_of(document) if "wlan_wlan_mgt" in document["layers"] else None
            for document in run.documents()] == TEXTS


def test_an_ssid_is_found_on_a_server(any_server, ssid_capture, espcap):
    index = any_server.named("ssids")
    run = espcap("--file", ssid_capture, "--node", any_server.url, "--index", index)
    assert run.code == 0 and " 0 failed" in run.err and "dead letters" not in run.err, run
    for text in filter(None, TEXTS):
        assert any_server.count(index, {"term": {"layers.wlan.wlan_wlan_ssid_text": text}}) == 1

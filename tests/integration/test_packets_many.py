# SPDX-License-Identifier: GPL-2.0-or-later
"""espcap packets over more captures than sections are kept at once."""
import pcapng

ETHERNET, BEGIN_S, CAPTURES = 1, 1_780_000_000, 600
KEYS = b"CLIENT_RANDOM 00 11\n"


def capture(number):
    """Later captures have earlier packets; two interfaces take turns."""
    name = pcapng.option(pcapng.NAME, b"eth%d" % (number % 2))
    ticks = (BEGIN_S - number) * 10 ** 6
    data = b"\2" * 12 + b"\x08\x00" + number.to_bytes(4, "big") + bytes(40)
    return b"".join([pcapng.section(), pcapng.interface(ETHERNET, name), pcapng.secrets(KEYS),
                     pcapng.packet(0, ticks, data, pcapng.option(pcapng.COMMENT, b"first")),
                     pcapng.packet(0, ticks, data + b"x")])


def test_many_captures_become_one_section(elasticsearch, espcap, tmp_path):
    """Each interface and each secret is there once, and packets of one time keep their order."""
    archive = tmp_path / "archive"
    archive.mkdir()
    wanted = []
    for number in range(CAPTURES):
        data = capture(number)
        (archive / f"{number:04}.pcapng").write_bytes(data)
        wanted += pcapng.read(data).packets
    run = espcap("--dir", archive, "--fields", "frame.number", "--shards", "1", *elasticsearch.options)
    assert run.code == 0, run
    elasticsearch.request("POST", f"/{elasticsearch.indices}/_refresh")
    out = tmp_path / "out.pcapng"
    run = espcap("packets", "*", "--node", elasticsearch.url, "--index", elasticsearch.index, "--archive-root", archive,
                 "-w", out)
    assert run.code == 0 and f"{len(wanted)} packets written" in run.err, run
    found = pcapng.read(out.read_bytes())
    assert found.packets == sorted(wanted, key=lambda packet: packet.time)
    assert (found.sections, found.interfaces, found.kinds.count(pcapng.SECRETS)) == (1, 2, 1)

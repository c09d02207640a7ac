# SPDX-License-Identifier: GPL-2.0-or-later
"""espcap packets over every capture at hand: all formats and link types, whole and damaged."""
import collections
import hashlib
import os
import pathlib
import subprocess

import pcapng
import pytest
from project import FULL, TEST_PCAPS

# Each with all that is below it.
FOLDERS = [TEST_PCAPS]
if FULL and os.environ.get("ESPCAP_CAPTURES"):
    FOLDERS += sorted(path for path in pathlib.Path(os.environ["ESPCAP_CAPTURES"]).iterdir() if path.is_dir())


# Their fractions of a second are above one; libwiretap makes negative numbers of some, of which editcap writes other
# times. test_packets_times.py has such.
BAD_TIMES = {"tests_atm-oam-loopback-print-overrun.pcap", "tests_rx_serviceid_oobr.pcap",
             "tests_timestamp_invalid_nano.pcap"}


def converted(path):
    """Its packets, those before any damage, as editcap writes them; None where pcapng can't hold them."""
    if path.suffix == ".pcapng":
        return [compared(packet) for packet in pcapng.read(path.read_bytes()).packets]
    run = subprocess.run(["editcap", "-F", "pcapng", path, "-"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         check=False)
    if run.returncode and not run.stdout:
        return None
    return [compared(packet) for packet in pcapng.read(run.stdout).packets]


def compared(packet):
    return packet.time, packet.link, packet.length, packet.data, packet.comments


def described(packets):
    """The first of them, in few words."""
    return [f"time {time}, link {link}, {len(data)} of {length} bytes, {comments}"
            for time, link, length, data, comments in sorted(packets)[:10]]


@pytest.fixture
def archive(folder, tmp_path):
    """The folder's captures below an archive, each content once: a document is of a content, not of a name."""
    made = tmp_path / "archive"
    contents = set()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in BAD_TIMES):
        data = path.read_bytes()
        if data and (digest := hashlib.sha256(data).digest()) not in contents:
            contents.add(digest)
            place = made / path.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
    return made


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_packet_comes_back(elasticsearch, espcap, archive, tmp_path):
    index = elasticsearch.named("all")  # captures of hundreds of days would make as many indices
    run = espcap("--dir", archive, "--recursive", "--node", elasticsearch.url, "--index", index,
                 "--fields", "frame.number")
    elasticsearch.request("POST", f"/{index}/_refresh")
    out = tmp_path / "out.pcapng"
    found = espcap("packets", "*", "--node", elasticsearch.url, "--index", index, "--archive-root", archive,
                   "-w", out)
    wanted, without = collections.Counter(), []
    for path in archive.rglob("*"):
        packets = converted(path) if path.is_file() else []
        if packets is None:
            without.append(path.name)
        wanted.update(packets or ())
    got = collections.Counter(map(compared, pcapng.read(out.read_bytes()).packets))
    print(run.err[-3000:], found.err[-3000:], without, sep="\n")
    assert (described(got - wanted), described(wanted - got)) == ([], [])

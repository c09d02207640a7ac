# SPDX-License-Identifier: GPL-2.0-or-later
"""Compressed captures, by content, and archives of captures: their documents are those of the plain files."""
import base64
import gzip
import hashlib
import io
import lzma
import os
import random
import shutil
import signal
import subprocess
import tarfile
import zipfile

import project
import pytest
from archives import ARCHIVES, COMPRESSIONS, tar_of, zip_of
from documents import ids_of
from project import TEST_PCAPS

DNS, ICMP, ARP = (TEST_PCAPS / f"{name}.pcap" for name in ("dns", "icmp", "arp"))


def members():
    inner = io.BytesIO()
    zip_of(inner, {"arp.pcap": ARP.read_bytes()})
    return {"dns.pcap": DNS.read_bytes(), "README": b"no capture\n" * 100, "inner.zip": inner.getvalue(),
            "sub/icmp.pcap.gz": gzip.compress(ICMP.read_bytes(), mtime=0)}


@pytest.fixture(params=ARCHIVES)
def packed(request, tmp_path):
    """An archive without an ending to its name."""
    path = tmp_path / "packed"
    ARCHIVES[request.param](path, members())
    return path


def stem_of(data):
    """What the ids of these bytes' packets begin with."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()[:16]).rstrip(b"=").decode()


def with_modes(kinds, modes):
    """Each kind once, and one of them in each mode; in the long form each in each."""
    return [(kind, mode) for kind in kinds for mode in modes
            if project.FULL or not mode or kind == next(iter(kinds))]


MODES = [[], ["-2"], ["--shards", "2"], ["--workers", "1"]]


@pytest.mark.parametrize("compression, how", with_modes(("xz", "gz", "bz2", "zst", "lz4"), MODES), ids=str)
def test_a_compressed_capture_is_known_by_its_content(compression, how, espcap, tmp_path):
    path = tmp_path / "capture"
    path.write_bytes(COMPRESSIONS[compression](DNS.read_bytes()))
    plain = espcap("--file", DNS, *how)
    run = espcap("--file", path, *how)
    assert run.code == 0, run
    assert sorted(run.lines()) == sorted(plain.lines())


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_its_ids_are_of_the_files_bytes(compression, espcap, tmp_path):
    path = tmp_path / "capture"
    path.write_bytes(COMPRESSIONS[compression](DNS.read_bytes()))
    ids = ids_of(espcap("--file", path, "--format", "bulk").out)
    assert ids == [f"{stem_of(path.read_bytes())}-{number + 1}" for number in range(92)]


@pytest.mark.parametrize("packed, how", with_modes(ARCHIVES, MODES), indirect=["packed"], ids=str)
def test_an_archives_captures_are_files_of_their_own(packed, how, espcap):
    """In their order, between the files before and after; what is no capture in it doesn't matter."""
    files = ["--file", ARP, "--file", DNS, "--file", ICMP, "--file", ARP]
    plain = espcap(*files, "--format", "bulk", *how)
    run = espcap("--file", ARP, "--file", packed, "--file", ARP, "--format", "bulk", *how)
    assert run.code == 0, run
    assert f"{packed}/README: not a capture file in any known format; skipped" in run.err
    assert f"{packed}/inner.zip: packed once more; unpack it by other means; skipped" in run.err
    bodies, expected = ([line for line in one.lines() if b'"create"' not in line] for one in (run, plain))
    if "--shards" in how:
        assert sorted(bodies) == sorted(expected)
    else:
        assert bodies == expected
        # The ICMP capture is compressed in the archive: its ids are of those bytes.
        stems = list(dict.fromkeys(one.rsplit("-", 1)[0] for one in ids_of(run.out)))
        assert stems == [stem_of(data) for data in (ARP.read_bytes(), DNS.read_bytes(), members()["sub/icmp.pcap.gz"])]


def test_count_goes_over_an_archives_captures(packed, espcap):
    run = espcap("--file", packed, "--count", 100)
    assert run.code == 0 and "100 packets captured" in run.err, run
    assert run.lines() == espcap("--file", DNS, "--file", ICMP).lines()[:100]


def test_an_archive_is_settled_when_its_captures_are(espcap, tmp_path):
    archive = tmp_path / "captures"
    zip_of(archive, {"dns.pcap": DNS.read_bytes(), "icmp.pcap": ICMP.read_bytes()})
    arguments = ["--output", "/dev/null", "--resume", tmp_path / "state"]
    assert "92 packets captured" in espcap("--file", DNS, *arguments).err
    for skipped, captured in ((1, 23), (1, 0)):  # its capture; then the archive
        run = espcap("--file", archive, *arguments)
        assert f"{skipped} captures skipped" in run.err and f"{captured} packets captured" in run.err, run


def test_what_is_too_large_is_an_error(espcap, tmp_path):
    """A bomb, as one member, as many, and as a compressed file."""
    text = bytes(110 << 20)
    zip_of(tmp_path / "bomb.zip", {"text.pcap": text, "dns.pcap": DNS.read_bytes()})
    (tmp_path / "bomb.pcap.xz").write_bytes(lzma.compress(b"no capture\n" * (10 << 20), preset=0))
    small = ["--max-unpacked-bytes", "1M"]
    run = espcap("--file", tmp_path / "bomb.zip", *small)
    assert run.code == 2 and "text.pcap: larger than --max-unpacked-bytes" in run.err, run
    assert "92 packets captured" in run.err
    run = espcap("--file", tmp_path / "bomb.pcap.xz", *small)
    assert run.code == 2 and "larger than --max-unpacked-bytes" in run.err, run
    run = espcap("--file", tmp_path / "bomb.pcap.xz")
    assert run.code == 2 and "times as large as packed" in run.err, run


def test_a_damaged_archive_gives_what_is_whole(espcap, tmp_path):
    path = tmp_path / "damaged.zip"
    zip_of(path, {"dns.pcap": DNS.read_bytes(), "icmp.pcap": ICMP.read_bytes()})
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(data)
    run = espcap("--file", path)
    assert run.code == 2 and f"unpack {path}/dns.pcap" in run.err, run  # nothing of it
    assert run.lines()[-23:] == espcap("--file", ICMP).lines()
    cut = tmp_path / "cut.tar.gz"
    tar_of("w:gz")(cut, {"dns.pcap": DNS.read_bytes(), "noise": random.Random(1).randbytes(300_000)})
    cut.write_bytes(cut.read_bytes()[:-3000])
    run = espcap("--file", cut)
    assert run.code == 2 and f"unpack {cut}" in run.err, run
    assert run.lines()[:92] == espcap("--file", DNS).lines()


def test_a_worker_that_dies_in_an_archive(start_espcap, tmp_path):
    """Nobody reads its documents for a while: the worker is in the middle of the member."""
    data = DNS.read_bytes()
    zip_of(tmp_path / "a.zip", {"dns.pcap": data[:24] + data[24:] * 200})
    run = start_espcap("--file", "a.zip", "--workers", 1, "--chunk", 100, stdout=subprocess.PIPE)
    lines = run.stdout.readline()
    run.kill_child()
    lines += run.stdout.read()
    assert run.wait() == 0, run
    assert "its worker died; taken up again at packet" in run.err, run
    assert lines.count(b"\n") == 92 * 200


@pytest.mark.parametrize("name, content, how, status", [
    ("a.pcap", b"no capture\n" * 50, "--file", 2),
    ("README", b"no capture\n" * 50, "--file", 2),
    ("README", b"no capture\n" * 50, "--dir", 0),
    ("a.pcap", b"no capture\n" * 50, "--dir", 2),
    ("A.PCAPNG.GZ", b"no capture\n" * 50, "--dir", 2),
    ("a.pcap12", b"", "--dir", 2),
    ("a.zip", b"PK\x03\x04" + b"x" * 100, "--file", 2),
    ("a.zip", b"PK\x03\x04" + b"x" * 100, "--dir", 0),
    ("a.pcap.xz", b"\xfd7zXZ\x00" + b"x" * 100, "--dir", 2),
])
def test_an_unreadable_file_counts_where_it_should_be_a_capture(name, content, how, status, espcap, tmp_path):
    folder = tmp_path / "captures"
    folder.mkdir()
    (folder / name).write_bytes(content)
    shutil.copy(DNS, folder / "dns.pcap")
    run = espcap(how, folder / name if how == "--file" else folder, "--file", DNS)
    assert run.code == status, run
    assert ("1 file could not be read" in run.err) == (status == 2)
    assert "92 packets captured" in run.err or how == "--dir"


def encrypted(path):
    """As if with a password: the flag says so, in the member's header and in the archive's list."""
    data = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(magic)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(magic, at + 4)
    path.write_bytes(data)


@pytest.mark.parametrize("name, status", [("dns.pcap", 2), ("notes", 0)])
def test_what_is_encrypted_in_an_archive(name, status, espcap, tmp_path):
    """Nothing of it can be read: an unreadable file where it is a capture by its name."""
    zip_of(tmp_path / "a.zip", {name: DNS.read_bytes()})
    encrypted(tmp_path / "a.zip")
    run = espcap("--file", tmp_path / "a.zip", "--file", ICMP)
    assert run.code == status and f"unpack {tmp_path}/a.zip/{name}: Passphrase" in run.err, run
    assert ("1 file could not be read" in run.err) == (status == 2)
    assert "23 packets captured" in run.err and "not a capture" not in run.err


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_members_name_is_only_a_name(kind, espcap, tmp_path):
    """Whatever it is, nothing is opened or written by it, and a line of the log stays one."""
    work = tmp_path / "work"
    work.mkdir()
    names = ["../dns.pcap", f"{tmp_path}/absolute.pcap", "a\nerror: b\x1b[31m.pcap", "n" * 5000, "caf\u00e9.pcap", "-", "one"]
    members = [(name, (DNS if name == "../dns.pcap" else ICMP).read_bytes()) for name in names]
    if kind == "zip":
        with zipfile.ZipFile(work / "a", "w") as archive:
            for name, data in members:
                archive.writestr(zipfile.ZipInfo(name), data)
    else:
        with tarfile.open(work / "a", "w", format=tarfile.PAX_FORMAT) as archive:
            for name, data in members:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    shutil.copy(ARP, tmp_path / "dns.pcap")  # where the first name would lead
    run = espcap("--file", work / "a", "--verbose", "--format", "bulk", "--output", tmp_path / "out")
    assert run.code == 0 and run.ledger["written"] == 92 + 6 * 23, run
    assert "\x1b" not in run.err and "\nerror: b" not in run.err
    assert set(ids_of((tmp_path / "out").read_bytes())) == {
        one for path in (DNS, ICMP) for one in ids_of(espcap("--file", path, "--format", "bulk").out)}
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("written")) == [
        "dns.pcap", "out", "work"]
    assert [path.name for path in work.iterdir()] == ["a"]


def test_more_files_than_an_archive_may_have(espcap, tmp_path):
    with tarfile.open(tmp_path / "many.tar.gz", "w:gz", compresslevel=1) as archive:
        folder = tarfile.TarInfo("folder")
        folder.type = tarfile.DIRTYPE
        for _ in range(65_537):
            archive.addfile(folder)
    run = espcap("--file", tmp_path / "many.tar.gz")
    assert run.code == 2 and "more than 65536 files" in run.err, run


def large_archive(path, captures=4):
    """(its captures' packets)"""
    data = DNS.read_bytes()
    zip_of(path, {f"{number}.pcap": data[:24] + data[24:] * (50 + number) for number in range(captures)})
    return sum(92 * (50 + number) for number in range(captures))


def test_a_stop_in_the_midst_of_an_archive(start_espcap, espcap, tmp_path):
    """What a later run with --resume adds to it is all that is missing."""
    packets = large_archive(tmp_path / "a.zip")
    arguments = ["--file", tmp_path / "a.zip", "--format", "bulk", "--resume", tmp_path / "state", "--chunk", 100]
    first = start_espcap(*arguments, output=tmp_path / "out")
    first.wait_until(lambda: first.line_count() >= 200)
    assert first.stop() == 0, first
    assert 0 < first.ledger["written"] == first.ledger["packets captured"] < packets, first
    second = espcap(*arguments, "--output", tmp_path / "out")
    assert second.code == 0, second
    assert len(set(ids_of((tmp_path / "out").read_bytes()))) == packets
    assert "1 captures skipped" in espcap(*arguments, "--output", tmp_path / "out").err


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stuck"])
def test_the_end_of_the_process_that_unpacks(end, start_espcap, espcap, tmp_path):
    """The archive is damaged, other files are read."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("zeros.pcap", bytes(200 << 20))
    run = start_espcap("--file", tmp_path / "a.zip", "--file", DNS, "--verbose", "--frame-timeout", "200ms")
    run.wait_for("unpacking")
    os.kill(run.children("espcap-worker")[-1], end)
    assert run.wait() == 2 and "a.zip: the process that unpacked it died" in run.err, run
    assert run.lines() == espcap("--file", DNS).lines()


def test_archives_in_a_watched_directory(start_espcap, tmp_path):
    folder = tmp_path / "captures"
    folder.mkdir()
    run = start_espcap("--dir", folder, "--watch", stop_signal=signal.SIGINT)
    run.wait_until(lambda: run.children("espcap-hasher") or run.children("espcap-zygote"))
    for name, make in (("a.zip", zip_of), ("b.tgz", tar_of("w:gz"))):
        make(folder / name, {"dns.pcap": DNS.read_bytes()})
    run.wait_for_lines(2 * 92)
    assert run.stop() == 0, run
    assert run.line_count() == 2 * 92

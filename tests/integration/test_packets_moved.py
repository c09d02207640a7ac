# SPDX-License-Identifier: GPL-2.0-or-later
"""espcap packets and espcap show: captures that have moved are found by their content, and by nothing else."""
import bz2
import gzip
import json
import os
import shutil
import zipfile

import pcapng
import pytest
from pcapng import packets_of, plain
from project import TEST_PCAPS

DNS, HTTP, ICMP = (TEST_PCAPS / f"{name}.pcap" for name in ("dns", "http", "icmp"))


@pytest.fixture
def ask(espcap, any_server):
    """ask(command, query, *arguments) → the run of `espcap packets` or `espcap show`."""
    return lambda command, query, *arguments: espcap(
        command, query, "--node", any_server.url, "--index", any_server.index, *arguments)


def index(espcap, server, *paths, status=0):
    for path in paths:
        run = espcap("--dir" if path.is_dir() else "--file", path, *server.options)
        assert run.code == status, run
    server.request("POST", f"/{server.indices},espcap-runs/_refresh")


def found(run):
    return plain(pcapng.read(run.out).packets)


def changed(data):
    """Its last byte."""
    return data[:-1] + bytes([data[-1] ^ 1])


def test_a_capture_that_was_moved_or_renamed_is_found(any_server, espcap, ask, folder, tmp_path):
    spool = tmp_path / "spool"
    spool.mkdir()
    shutil.copy(DNS, folder / "renamed.pcap")
    shutil.copy(HTTP, folder / "moved.pcap")
    shutil.copy(ICMP, spool / "elsewhere.pcap")
    index(espcap, any_server, folder, spool)
    (folder / "2026" / "01").mkdir(parents=True)
    # What is called so, and is another; what is empty.
    shutil.copy(TEST_PCAPS / "vlan.pcap", folder / "2026" / "moved.pcap")
    (folder / "2026" / "empty.pcap").touch()
    moves = {folder / "renamed.pcap": folder / "before.pcap", folder / "moved.pcap": folder / "2026/01/moved.pcap",
             spool / "elsewhere.pcap": folder / "2026/x"}
    for old, new in moves.items():
        os.rename(old, new)
    run = ask("packets", "*", "--archive-root", folder)
    assert run.code == 0, run
    assert found(run) == plain(packet for path in (DNS, HTTP, ICMP) for packet in packets_of(path))
    for old, new in moves.items():
        assert f"{old}: moved; read from {new}" in run.err, run.err
    shown = ask("show", "*", "--archive-root", folder, "--format", "ndjson")
    assert shown.code == 0 and "moved; read from" in shown.err, shown.err
    status, answer = any_server.request("GET", f"/{any_server.indices}/_search", {"size": 5000})
    assert status == 200

    def place(document):
        return document["espcap"]["file"], document["espcap"]["frame"]

    stored = {place(hit["_source"]): hit["_source"] for hit in answer["hits"]["hits"]}
    assert {place(document): document for document in map(json.loads, shown.out.splitlines())} == stored
    # Nothing is searched for where nobody asks for it.
    off = ask("packets", "*", "--archive-root", folder, "--archive-search", "0")
    assert off.code == 2 and found(off) == [] and "there is no such file" in off.err and "searched" not in off.err, off


def test_what_was_rotated_is_found_under_its_new_name(any_server, espcap, ask, folder):
    """Another capture has its name now, and both have documents."""
    path = folder / "trace.pcap"
    shutil.copy(DNS, path)
    index(espcap, any_server, path)
    os.rename(path, folder / "trace.pcap.1")
    shutil.copy(HTTP, path)
    index(espcap, any_server, path)
    run = ask("packets", "*", "--archive-root", folder)
    assert run.code == 0 and found(run) == plain(packets_of(DNS) + packets_of(HTTP)), run
    # A packet that was changed is in the copy.
    shutil.copy(HTTP, folder / "copy")
    path.write_bytes(changed(HTTP.read_bytes()))
    run = ask("packets", "*", "--archive-root", folder)
    assert run.code == 0 and found(run) == plain(packets_of(DNS) + packets_of(HTTP)), run
    assert f"{path}: moved; read from {folder}/copy" in run.err


def test_packed_captures_where_the_fingerprint_is_of_them(any_server, espcap, ask, folder):
    (folder / "dns.pcap.gz").write_bytes(gzip.compress(DNS.read_bytes(), mtime=0))
    with zipfile.ZipFile(folder / "a.zip", "w") as made:
        made.writestr("in/http.pcap", HTTP.read_bytes())
    (folder / "icmp.pcap.bz2").write_bytes(bz2.compress(ICMP.read_bytes()))
    index(espcap, any_server, folder)
    os.rename(folder / "dns.pcap.gz", folder / "x.gz")
    # Unpacked since.
    (folder / "a.zip").unlink()
    (folder / "unpacked").mkdir()
    shutil.copy(HTTP, folder / "unpacked" / "http.pcap")
    os.rename(folder / "icmp.pcap.bz2", folder / "y")
    run = ask("packets", "*", "--archive-root", folder)
    assert run.code == 0, run
    assert found(run) == plain(packet for path in (DNS, HTTP, ICMP) for packet in packets_of(path))
    assert f"{folder}/a.zip/in/http.pcap: moved; read from {folder}/unpacked/http.pcap" in run.err


def test_what_is_not_below_the_roots_or_not_the_same_is_not_found(any_server, espcap, ask, folder, tmp_path):
    names = ("outside", "linked", "changed")
    data = {}
    for number, name in enumerate(names):
        data[name] = bytearray(DNS.read_bytes())
        data[name][24 + 16] ^= number  # different ids
        (folder / f"{name}.pcap").write_bytes(data[name])
    index(espcap, any_server, folder)
    for name in names:
        (folder / f"{name}.pcap").unlink()
        (tmp_path / name).write_bytes(data[name])
    os.symlink(tmp_path / "linked", folder / "link")
    os.symlink(tmp_path, folder / "all")
    (folder / "other.pcap").write_bytes(changed(data["changed"]))
    os.mkfifo(folder / "fifo")
    for command in ("packets", "show"):
        run = ask(command, "*", "--archive-root", folder)
        assert run.code == 2 and "searched" in run.err and "moved; read" not in run.err, run
        for name in names:
            total = len(packets_of(DNS))
            assert f"{folder}/{name}.pcap: {total} of {total} packets not found: " \
                f"{total} not there (there is no such file)" in run.err


def test_the_search_has_a_bound(any_server, espcap, ask, folder):
    shutil.copy(DNS, folder / "dns.pcap")
    index(espcap, any_server, folder)
    os.rename(folder / "dns.pcap", folder / "z")
    for number in range(3):
        (folder / f"{number}").write_bytes(DNS.read_bytes() + bytes([number]))
    run = ask("packets", "*", "--archive-root", folder, "--archive-search", "3")
    assert run.code == 2 and "--archive-search 3" in run.err, run
    # Those of its name come first, and those that are too small last.
    (folder / "sub").mkdir()
    os.rename(folder / "z", folder / "sub" / "dns.pcap")
    run = ask("packets", "*", "--archive-root", folder, "--archive-search", "1")
    assert run.code == 0 and found(run) == plain(packets_of(DNS)) and "says how many" not in run.err, run
    os.rename(folder / "sub" / "dns.pcap", folder / "z")
    for number in range(3):
        (folder / f"{number}").write_bytes(b"small")
    run = ask("packets", "*", "--archive-root", folder, "--archive-search", "1")
    assert run.code == 0 and found(run) == plain(packets_of(DNS)), run


def test_a_moved_capture_that_only_root_reads(any_server, espcap, ask, folder):
    shutil.copy(DNS, folder / "a.pcap")
    index(espcap, any_server, folder)
    (folder / "closed").mkdir()
    os.rename(folder / "a.pcap", folder / "closed" / "b.pcap")
    (folder / "closed" / "b.pcap").chmod(0o600)
    (folder / "closed").chmod(0o700)
    run = ask("packets", "espcap.frame:4", "--archive-root", folder, "--conversation")
    assert run.code == 0 and "moved; read from" in run.err and len(found(run)) > 1, run

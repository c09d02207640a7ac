# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad input: an error that names what is wrong and what to do, its exit status, nothing lost."""
import http.server
import os
import shutil
import socket
import struct
import subprocess
import threading

import pytest
from documents import decompressed
from mounts import own_mounts
from project import ESPCAP, TEST_PCAPS
from users import AS_NOBODY

DNS = TEST_PCAPS / "dns.pcap"


def assert_error(run, *parts, code=1):
    assert run.code == code, run
    assert "error: " in run.err, run
    for part in parts:
        assert str(part) in run.err, run


def test_no_such_file(espcap):
    assert_error(espcap("--file", "/no/such.pcap"), "open /no/such.pcap", "No such file")


def test_a_name_that_is_longer_than_a_path_may_be(espcap, tmp_path):
    name = "/".join([str(tmp_path), *20 * ["d" * 250]])
    assert_error(espcap("--file", name), f"open {name[:64]}...", "the name is too long")


def test_directory_as_file(espcap, tmp_path):
    assert_error(espcap("--file", tmp_path), tmp_path, "is a directory", "--dir")


def test_a_folder_without_files(espcap, tmp_path):
    (tmp_path / "folder" / "below").mkdir(parents=True)
    assert_error(espcap("--dir", tmp_path / "folder"), f"read directory {tmp_path / 'folder'}", "no file in it", "--recursive")
    run = espcap("--dir", tmp_path / "folder", "--recursive")
    assert_error(run, "no file in it")
    assert "--recursive" not in run.err, run


def test_empty_file(espcap, tmp_path):
    empty = tmp_path / "empty.pcap"
    empty.touch()
    assert_error(espcap("--file", empty), empty, "is empty", code=2)


def test_text_file(espcap, tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("no capture at all\n" * 20)
    assert_error(espcap("--file", text), text, "not a capture file", code=2)


def test_unknown_link_type(espcap, tmp_path):
    unknown = tmp_path / "unknown.pcap"
    unknown.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 60000))
    assert_error(espcap("--file", unknown), unknown, "60000", code=2)


def test_cut_off_file_gives_the_packets_before(espcap, tmp_path, plain_pcap):
    header, records = plain_pcap(DNS)
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(header + b"".join(records[:9]) + records[9][:-1])
    run = espcap("--file", cut)
    assert_error(run, cut, "packet 10", "cut off", code=2)
    assert run.err.splitlines()[-1].endswith("(status 2): 1 capture with errors")
    assert run.out == b"".join(espcap("--file", DNS).out.splitlines(True)[:9])
    assert "9 packets captured, 9 written, 0 failed" in run.err


def test_damaged_file_in_a_directory_does_not_stop_the_others(espcap, tmp_path):
    shutil.copy(TEST_PCAPS / "damaged" / "damaged.pcap", tmp_path / "a.pcap")
    shutil.copy(TEST_PCAPS / "arp.pcap", tmp_path / "b.pcap")
    (tmp_path / "README").write_text("not a capture\n")
    run = espcap("--dir", tmp_path)
    assert_error(run, tmp_path / "a.pcap", "packet 6", code=2)
    assert "README: not a capture file in any known format; skipped" in run.err
    assert len(run.documents()) == 5 + 16


def test_unreadable_file(tmp_path_factory, espcap, environment):
    # The user nobody needs a way to both the program and the file.
    folder = tmp_path_factory.getbasetemp()
    program = folder / "espcap"
    shutil.copy(ESPCAP, program)
    secret = folder / "secret.pcap"
    shutil.copy(DNS, secret)
    secret.chmod(0o600)
    for path in (folder, *folder.parents):
        if path.stat().st_uid == os.getuid() and path.is_relative_to("/tmp") and path != path.parent:
            path.chmod(path.stat().st_mode | 0o011)
    run = espcap("--file", secret, program=program, cwd="/",
                 before=AS_NOBODY,
                 env={**environment, "HOME": "/nonexistent"})
    assert run.code == 2, run
    assert f"open {secret}: Permission denied" in run.err, run


@pytest.mark.parametrize("arguments, parts", [
    (["--filter", "tcp.prt == 80"], ["tcp.prt == 80", "tcp.prt"]),
    (["--filter", "udp port 53"], ["udp port 53", "--bpf"]),
    (["--bpf", "tcp prt 80"], ["tcp prt 80", "syntax error"]),
    (["-o", "tcp.desegmnt_tcp_streams:TRUE"], ["tcp.desegment_tcp_streams"]),
    (["-o", "tcp"], ["name:value"]),
    (["-o", "http.tcp.port:eighty"], ["http.tcp.port:eighty"]),
    (["-d", "tcp.prt==8888,http"], ["tcp.prt", "tcp.port"]),
    (["-d", "tcp.port==8888,htp"], ["htp", "layer type 'tcp.port'"]),
    (["-d", "tcp.port==9-8,http"], ["9-8"]),
    (["-d", "http"], ["layer==selector,protocol"]),
    (["--disable-protocol", "htttp"], ["htttp", "'http'"]),
    (["--enable-heuristic", "rtp_upd"], ["rtp_upd", "rtp_udp"]),
    (["-N", "mx"], ["'x'", "MAC"]),
    (["--index", "Packets-%Y"], ["Packets-%Y", "lower case"]),
    (["--format", "xml"], ["xml"]),
    (["--chunk", "0"], ["--chunk"]),
    (["--chunk-bytes", "lots"], ["--chunk-bytes"]),
    (["--count", "-1"], ["--count"]),
    (["--nic", "lo"], ["You cannot specify file and live capture at the same time"]),
    (["--output", "/no/such/folder/x"], ["/no/such/folder/x"]),
    (["--output", str(DNS)], ["is one of the captures"]),
    (["--node", "localhost", "--output", "x"], ["--node and --output"]),
    (["--node", "http://host:port"], ["http://host:port"]),
    (["--node", "ftp://user:geheim@host"], ["ftp://", "http"]),
    (["--fiter", "dns"], ["--fiter", "--filter"]),
    (["--config", "/no/such.yml"], ["/no/such.yml"]),
])
def test_bad_option(espcap, arguments, parts):
    run = espcap("--file", DNS, *arguments)
    assert_error(run, *parts)
    assert "geheim" not in run.err
    assert run.out == b""


def test_no_source(espcap):
    assert_error(espcap(), "You must specify either file or live capture")


def test_unknown_interface(espcap):
    assert_error(espcap("--nic", "lO"), "--nic lO", "'lo'", "--list")


def test_two_passes_over_a_pipe(espcap):
    run = espcap("-2", "--file", "-", input=DNS.read_bytes())
    assert_error(run, "standard input", "not a pipe", code=2)


def test_no_server_there(espcap):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"127.0.0.1:{unused.getsockname()[1]}"
        assert_error(espcap("--file", DNS, "--node", url), url, "refused")


def test_server_that_is_no_elasticsearch(espcap, tmp_path):
    handler = http.server.SimpleHTTPRequestHandler
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: handler(
            *a, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        run = espcap("--file", DNS, "--node", url)
        server.shutdown()
    assert_error(run, url, "no Elasticsearch", "Directory listing")


def test_full_device(espcap):
    with open("/dev/full", "wb") as full:
        run = espcap("--file", DNS, stdout=full)
    assert run.code == 3
    assert "write standard output: No space left on device" in run.err
    assert "0 written, 92 failed" in run.err


def test_full_disk_leaves_whole_lines(espcap, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    script = ('mount -t tmpfs -o size=256k tmpfs "$1"; '
              '"$2" --file "$3" --output "$1/out" --chunk 10; echo "exit $?"; cat "$1/out"; umount "$1"')
    run = subprocess.run([*own_mounts(), "sh", "-c", script, "sh", str(disk), str(ESPCAP),
                          str(DNS)], capture_output=True, check=True)
    first, _, written = run.stdout.partition(b"\n")
    assert first == b"exit 3"
    assert b"No space left on device" in run.stderr
    whole = espcap("--file", DNS).out
    assert 0 < len(written) < len(whole)
    assert written.endswith(b"\n") and whole.startswith(written)
    assert f"{written.count(10)} written" in run.stderr.decode()


@pytest.mark.parametrize("name", ["out.gz", "out.zst"])
def test_full_disk_leaves_whole_batches(name, espcap, tmp_path):
    """Ten documents a batch: what is there can be decompressed, and is the beginning."""
    disk = tmp_path / "disk"
    disk.mkdir()
    script = ('mount -t tmpfs -o size=24k tmpfs "$1"; "$2" --file "$3" --output "$1/$4" --chunk 10; '
              'echo "exit $?"; cat "$1/$4"; umount "$1"')
    run = subprocess.run([*own_mounts(), "sh", "-c", script, "sh", str(disk), str(ESPCAP),
                          str(DNS), name], capture_output=True, check=True)
    first, _, written = run.stdout.partition(b"\n")
    assert first == b"exit 3"
    assert b"No space left on device" in run.stderr
    (tmp_path / name).write_bytes(written)
    documents = decompressed(tmp_path / name)
    count = documents.count(b"\n")
    assert 0 < count < 92 and count % 10 == 0
    assert espcap("--file", DNS).out.startswith(documents)
    assert f" {count} written, " in run.stderr.decode()


@pytest.mark.parametrize("text, parts", [
    ("chunk: [1, 2\n", [":"]),
    ("chunk: lots\n", [":1", "chunk", "lots"]),
    ("# a comment\n\nchnk: 100\n", [":3", "chnk", "'chunk'"]),
    ("recursive: perhaps\n", [":1", "recursive", "true or false"]),
    ("chunk: 1\nchunk: 2\n", [":2", "twice"]),
    ("file:\n  name: x\n", [":1", "file"]),
    ("index: [a, b]\n", [":1", "index", "one value"]),
    ("just words\n", [":1"]),
])
def test_bad_yaml(espcap, tmp_path, text, parts):
    config = tmp_path / "espcap.yml"
    config.write_text(text)
    assert_error(espcap("--config", config, "--file", DNS), config, *parts)

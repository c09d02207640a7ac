# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line as users know it."""
import json
import os
import re
import signal
import socket
import subprocess
import time

import pytest
from documents import decompressed
from mounts import own_mounts, with_dev_log
from project import ESPCAP, TEST_PCAPS
from small_pipe import unread_bytes
from waiting import WAIT_S, assert_stays

DNS = TEST_PCAPS / "dns.pcap"
HTTP = TEST_PCAPS / "http.pcap"


def test_text_is_espcaps_dump(espcap):
    lines = espcap("--file", DNS, "--format", "text", "--count", "2").out.decode().splitlines()
    documents = espcap("--file", DNS, "--count", "2").out.decode().splitlines()
    assert [lines[0], lines[3]] == ["Packet no. 1", "Packet no. 2"]
    assert re.fullmatch(r"\* packet time stamp - \d{4}-\d\d-\d\d \d\d:\d\d:\d\d", lines[1])
    assert lines[2] == "* payload -  " + documents[0]
    stamp = int(json.loads(documents[0])["timestamp"]) // 1000
    assert lines[1].endswith(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(stamp)))


def test_bulk_has_an_action_before_each_document(espcap):
    lines = espcap("--file", DNS, "--format", "bulk").out.splitlines()
    actions, documents = lines[::2], lines[1::2]
    assert documents == espcap("--file", DNS).out.splitlines()
    ids = set()
    for number, (action, document) in enumerate(zip(actions, documents), 1):
        create = json.loads(action)["create"]
        seconds = int(json.loads(document)["timestamp"]) // 1000
        assert create["_index"] == time.strftime("packets-%Y-%m-%d", time.gmtime(seconds))
        assert re.fullmatch(r"[\w-]{22}-" + str(number), create["_id"])
        ids.add(create["_id"])
    assert len(ids) == 92


def test_ids_depend_on_content_alone(espcap, tmp_path):
    copy = tmp_path / "another name.pcap"
    copy.write_bytes(DNS.read_bytes())

    def first_id(path, **options):
        run = espcap("--file", path, "--format", "bulk", "--count", "1", **options)
        return json.loads(run.out.splitlines()[0])["create"]["_id"]

    assert first_id(copy) == first_id(DNS)
    assert first_id(HTTP) != first_id(DNS)
    with open(DNS, "rb") as stream:
        assert first_id("-", stdin=stream) == first_id(DNS), "a redirected file is a file"
    assert first_id("-", input=DNS.read_bytes()) == first_id("-", input=DNS.read_bytes())


def test_capture_filter_on_a_file(espcap, tmp_path, environment):
    """As if only the matching packets had been captured: tcpdump makes such a file."""
    expression = "udp port 53 and less 200"
    subprocess.run(["tcpdump", "-r", DNS, "-w", tmp_path / "some.pcap", expression], check=True,
                   capture_output=True, env=environment)
    filtered = espcap("--file", DNS, "--bpf", expression)
    assert filtered.out == espcap("--file", tmp_path / "some.pcap").out
    assert 0 < len(filtered.documents()) < 92


def test_capture_filter_keeps_the_ids_of_the_file(espcap):
    def ids(*arguments):
        lines = espcap("--file", DNS, "--format", "bulk", *arguments).out.splitlines()[::2]
        return [json.loads(line)["create"]["_id"] for line in lines]

    some = ids("--bpf", "tcp")
    assert 0 < len(some) < 92 and set(some) < set(ids())
    assert some == ids("--bpf", "tcp", "-2")


def test_capture_filter_on_other_link_types(espcap, tshark):
    capture = TEST_PCAPS / "cooked.pcap"
    expected = len(tshark("-r", capture, "-Y", "udp.port == 53").splitlines())
    assert expected > 0
    assert len(espcap("--file", capture, "--bpf", "udp port 53").documents()) == expected


def test_count_is_over_all_files(espcap):
    run = espcap("--file", DNS, "--file", HTTP, "--count", "100")
    assert len(run.documents()) == 100
    assert "100 packets captured" in run.err


def test_files_then_directories_in_order(espcap, tmp_path):
    for name in ("b.pcap", "a.pcap", "c/d.pcap"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((TEST_PCAPS / "arp.pcap").read_bytes())
    (tmp_path / "a.pcap").write_bytes(DNS.read_bytes())
    arp, dns = espcap("--file", TEST_PCAPS / "arp.pcap").out, espcap("--file", DNS).out
    assert espcap("--dir", tmp_path).out == dns + arp
    assert espcap("--dir", tmp_path, "--recursive").out == dns + arp + arp
    assert espcap("--dir", tmp_path, "--file", HTTP).out.endswith(dns + arp)


def test_output_file(espcap, tmp_path):
    out = tmp_path / "out.ndjson"
    out.write_text("old\n" * 100000)
    run = espcap("--file", DNS, "--output", out)
    assert run.code == 0 and run.out == b""
    assert out.read_bytes() == espcap("--file", DNS).out


@pytest.mark.parametrize("format_", ["ndjson", "bulk", "text"])
def test_output_is_compressed_by_its_name(format_, espcap, tmp_path):
    plain = espcap("--file", DNS, "--format", format_).out
    for name in ("out.gz", "out.zst"):
        (tmp_path / name).write_text("old\n" * 100000)
        run = espcap("--file", DNS, "--format", format_, "--output", tmp_path / name)
        assert run.code == 0, run
        assert "92 packets captured, 92 written" in run.err
        assert decompressed(tmp_path / name) == plain
    run = espcap("--file", DNS, "--format", format_, "--output", tmp_path / "out.gzip")
    assert (tmp_path / "out.gzip").read_bytes() == plain


@pytest.mark.parametrize("name", ["out.gz", "out.zst"])
def test_a_compressed_file_without_documents_is_valid(name, espcap, tmp_path):
    run = espcap("--file", DNS, "--filter", "sctp", "--output", tmp_path / name)
    assert run.code == 0, run
    assert decompressed(tmp_path / name) == b""


def test_standard_output_is_never_compressed(espcap):
    run = espcap("--file", DNS, "--compress")
    assert run.code == 0 and run.out == espcap("--file", DNS).out
    assert "--compress is for a server: a file is compressed where its name ends in" in run.err


def test_summary_quiet_and_verbose(espcap):
    run = espcap("--file", DNS, "--filter", "tcp")
    selected = len(run.documents())
    assert f"92 packets captured, {92 - selected} not selected, {selected} written" in run.err
    assert espcap("--file", DNS, "--quiet").err == ""
    assert f"reading {DNS}" in espcap("--file", DNS, "--verbose").err


def test_list(espcap):
    run = espcap("--list")
    assert run.code == 0, run
    assert re.search(r"^\d+\. lo .*\[up.*loopback\].*127\.0\.0\.1", run.out.decode(), re.M), run.out


def test_version_and_help(espcap, tshark):
    version = espcap("--version").out.decode()
    assert re.match(r"espcap \d+\.\d+\.\d+, libwireshark " +
                    re.search(r"\d+\.\d+\.\d+", tshark("--version")).group(), version)
    text = espcap("--help").out.decode()
    assert "Examples:" in text and "--two-pass" in text


def test_configuration_file(espcap, tmp_path):
    (tmp_path / "espcap.yml").write_text(
        f"tshark_path: /usr/bin/tshark\nfile: {DNS}\ncount: 3\nquiet: true\n"
        "preference:\n  - tcp.relative_sequence_numbers:FALSE\n")
    named = espcap("--config", "espcap.yml", cwd=tmp_path)
    assert named.code == 0, named
    assert len(named.documents()) == 3
    assert named.err.count("tshark_path is ignored") == 1
    own = ("--config", tmp_path / "espcap.yml")
    assert len(espcap(*own, "--count", "5").documents()) == 5, "the command line wins"
    assert len(espcap(*own, "--file", HTTP, "--count", "4").documents()) == 4


@pytest.mark.parametrize("place, folder", [(".", "."), ("config", "."), ("config", "other")])
def test_a_configuration_file_that_is_found(place, folder, espcap, environment, tmp_path):
    """It may have come with captures: it selects packets, and sends nothing anywhere."""
    for name in ("config", "other"):
        (tmp_path / name).mkdir()
    config = tmp_path / place / "espcap.yml"
    config.write_text("count: 3\n")
    found = espcap("--file", DNS, cwd=tmp_path / folder)
    assert len(found.documents()) == 3 and "espcap: configuration from " in found.err, found
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        config.write_text(f"count: 3\nnode: http://127.0.0.1:{server.getsockname()[1]}\n")
        refused = espcap("--file", DNS, cwd=tmp_path / folder, env={**environment, "ESPCAP_API_KEY": "a:key"})
        assert refused.code == 1 and "espcap.yml:2: 'node' is not accepted" in refused.err, refused
        assert "--config " in refused.err and refused.out == b"", refused
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_in_order(number, start_espcap, tmp_path):
    """Reading a pipe that stays open: what was dissected is written, the summary printed, exit 0."""
    run = start_espcap("--file", "-", "--chunk", "50", output=tmp_path / "out", stop_signal=number,
                       stdin=subprocess.PIPE)
    run.feed(DNS.read_bytes())
    run.wait_until(run.line_count)
    run.wait_until_idle()  # the next batch is begun, and espcap waits for more of the pipe
    assert run.stop() == 0, run
    documents = run.documents()
    # libwiretap reads by blocks: what follows the last full one isn't dissected yet.
    assert 50 < len(documents) <= 92
    assert f"{len(documents)} packets captured, {len(documents)} written, 0 failed" in run.err


@pytest.mark.parametrize("named", [False, True])
def test_a_signal_ends_a_run_whose_pipe_says_nothing(named, start_espcap, tmp_path):
    """Its format isn't known yet: that is no fault of the pipe's."""
    if named:
        os.mkfifo(tmp_path / "pipe")
        writer = os.open(tmp_path / "pipe", os.O_RDWR)
        run = start_espcap("--file", tmp_path / "pipe", "--output", "/dev/null")
    else:
        run = start_espcap("--file", "-", "--output", "/dev/null", stdin=subprocess.PIPE)
    run.wait_until(lambda: run.children("espcap-reader"))
    run.wait_until_idle()
    assert run.stop() == 0, run
    assert "0 packets captured, 0 written, 0 failed" in run.err and "error" not in run.err, run
    if named:
        os.close(writer)


def test_a_second_signal_ends_it_at_once(start_espcap, tmp_path):
    """The destination takes nothing: the first signal can't finish."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    run = start_espcap("--file", TEST_PCAPS / "tcp-loss.pcap", "--chunk", "1", "--output", fifo)
    run.wait_until(lambda: unread_bytes(reader) > 0)
    run.wait_until_idle()
    run.signal(signal.SIGINT)
    run.signal(signal.SIGTERM)  # the same request
    assert_stays(run.runs, 1.2)
    run.signal(signal.SIGINT)
    assert run.wait(5) == 2
    counted = run.ledger
    assert counted["packets captured"] == counted["written"] + counted["abandoned"]
    assert os.read(reader, 1 << 20).count(b"\n") == counted["written"]
    os.close(reader)


def test_progress_on_a_terminal(environment, tmp_path):
    big = tmp_path / "big.pcap"
    data = (TEST_PCAPS / "http.pcap").read_bytes()
    big.write_bytes(data[:24] + data[24:] * 800)
    # script(1) makes the terminal; the pseudo-terminals mounted here are there in a chroot too.
    script = ('mkdir -p /dev/pts && mount -t devpts -o ptmxmode=666 devpts /dev/pts; '
              'script -q -e -c "$1 --file $2 --output /dev/null" "$3" </dev/null >/dev/null; '
              'status=$?; umount /dev/pts; exit $status')
    subprocess.run([*own_mounts(), "sh", "-c", script, "sh", ESPCAP, big, tmp_path / "shown"],
                   check=True, env={**environment, "TERM": "xterm"})
    shown = (tmp_path / "shown").read_bytes()
    assert re.search(rb"\d+ %  \d+ packets  \d+ packets/s  \d+:\d\d left", shown), shown
    assert b"83200 packets captured" in shown


def test_syslog(environment, tmp_path):
    """A /dev/log of our own, to be read here."""
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(str(tmp_path / "log"))
    log.settimeout(WAIT_S)
    run = subprocess.run([*with_dev_log(tmp_path / "log"), ESPCAP, "--file", DNS, "--file", "/no/such.pcap",
                          "--output", tmp_path / "out"], capture_output=True, check=False, env=environment)
    assert run.returncode == 2, run
    messages = [log.recv(4096).decode() for _ in range(4 if os.geteuid() == 0 else 3)]
    log.close()
    if os.geteuid() == 0:
        assert "--run-as names another user" in messages.pop(1), messages
    assert "espcap" in messages[0] and "started" in messages[0], messages
    assert "open /no/such.pcap: No such file" in messages[1], messages
    assert "92 packets captured, 92 written, 0 failed" in messages[2], messages


def test_batches_hold_no_more_than_their_bytes(espcap, start_espcap):
    """Each write of a batch is seen as it is made, on a packet socket: none is above the limit."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    limit = 50_000
    run = start_espcap("--file", DNS, "--chunk-bytes", limit, stdout=theirs)
    theirs.close()
    batches = []
    while batch := ours.recv(1 << 22):
        batches.append(batch)
    ours.close()
    assert run.wait() == 0, run
    assert b"".join(batches) == espcap("--file", DNS).out
    assert all(len(batch) <= limit and batch.endswith(b"\n") for batch in batches)
    assert len(batches) > 5

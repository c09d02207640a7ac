# SPDX-License-Identifier: GPL-2.0-or-later
"""Several processes on one interface, and packets that another machine sends."""
import os
import re
import signal
import struct
import subprocess

import pytest
from captures import write_pcap
from documents import WHEN_AND_WHERE, frame_numbers, without
from processes import children_of, status_of
from project import TEST_PCAPS

HTTP = TEST_PCAPS / "http.pcap"
PORT = 4000
# As inetd: each connection gets the output of the command.
SERVER = """
import socket, subprocess, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("ready", flush=True)
while True:
    connection, _ = listener.accept()
    with connection:
        subprocess.run(sys.argv[2:], stdout=connection)
"""


@pytest.fixture
def serve(network):
    """serve(*command): everyone who connects gets its output."""
    started = []

    def start(*command, **options):
        server = subprocess.Popen(
            network.command("/usr/bin/python3", "-c", SERVER, PORT, *command), text=True,
            stdout=subprocess.PIPE, start_new_session=True, **options)
        started.append(server)
        assert server.stdout.readline() == "ready\n"
        return server

    yield start
    for server in started:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        server.stdout.close()


def datagrams(pairs, packets_each):
    """Frames of UDP, to and fro between many hosts, each told from all others by its text."""
    frames = []
    for number in range(pairs * packets_each):
        pair, back = number % pairs, number // pairs % 2
        ends = [bytes([10, 0, pair // 256, pair % 256]), bytes([10, 1, 0, 1])]
        text = b"%08d" % number
        source, target = (ends[1], ends[0]) if back else ends
        udp = struct.pack("!HHHH", *((9, 5000 + pair) if back else (5000 + pair, 9)),
                          8 + len(text), 0) + text
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), number % 65536, 0, 64, 17, 0)
        frames.append(b"\x02\0\0\0\0\2\x02\0\0\0\0\1\x08\0" + ip + source + target + udp)
    return frames


def test_fanout_gives_each_packet_to_one_process(network, live, tmp_path):
    """Of this run and of another one in the same group: each once, and all have some."""
    write_pcap(tmp_path / "many.pcap", datagrams(200, 20))
    arguments = ["--nic", "a0", "--fanout", "7", "--fields", "udp.payload"]
    runs = [live(*arguments, "--fanout-processes", "3", "--write", tmp_path / "raw.pcapng"),
            live(*arguments, "--fanout-processes", "1")]
    runs[0].wait_until(lambda: runs[0].err.count("capturing on a0") == 3)
    sent = network.replay(tmp_path / "many.pcap", "--pps", "20000")
    runs[0].wait_until(lambda: sum(running.line_count() for running in runs) >= sent)
    found = []
    for running in runs:
        assert running.stop() == 0, running.err
        found += [document["layers"]["udp"]["udp_udp_payload"] for document in running.documents()]
    assert len(found) == len(set(found)) == sent == 4000
    shares = [int(count) for count in
              re.findall(r"a0: process \d of 3 has read (\d+) packets", runs[0].err)]
    assert len(shares) == 3 and min(shares) > 0
    assert sum(shares) == runs[0].ledger["packets captured"] < sent
    assert len(list(tmp_path.glob("raw-[123].pcapng"))) == 3


def test_fanout_takes_fragments_together(network, live, tshark):
    """The kernel puts them together before it decides."""
    capture = TEST_PCAPS / "fragments.pcap"
    whole = tshark("-r", capture, "-Y", "ip.fragments").count("\n")
    running = live("--nic", "a0", "--fanout", "65535", "--fanout-processes", "2", "--bpf", "ip")
    running.wait_until(lambda: running.err.count("capturing on a0") == 2)
    assert network.replay(capture) > whole > 0
    running.wait_until(lambda: running.line_count() >= whole)
    assert running.stop() == 0, running.err
    assert len(running.lines()) == whole


def test_a_fanout_group_of_another_interface(network, live):
    first = live("--nic", "a0", "--fanout", "9")
    other = live("--nic", "a1", "--fanout", "9", ready=None)
    assert other.wait() == 1
    assert "capture on a1: join fanout group 9: " in other.err
    assert first.stop() == 0


def test_packets_that_another_machine_sends(network, live, serve, espcap):
    """tcpdump there. Whether it isn't there yet or ends, it is connected again, and that is said."""
    name = f"tcp://127.0.0.1:{PORT}"
    running = live("--nic", name, "--flush-interval", "100ms")
    running.wait_for(f"{name}: connect: Connection refused; connected again in 1 s")
    server = serve("tcpdump", "-q", "-U", "-n", "-i", "a0", "-w", "-", stderr=subprocess.DEVNULL)
    sent = 0
    for turn in (1, 2):
        running.wait_until(lambda now=turn: running.err.count(f"{name}: connected again") == now)
        sent += network.replay(HTTP)
        # All of them, though they are no multiple of any block.
        running.wait_for_lines(sent)
        if turn == 1:
            tcpdump, = children_of(server.pid)
            os.kill(tcpdump, signal.SIGTERM)
            running.wait_for(f"{name}: the other side has ended the stream; connected again in")
    assert running.stop() == 0, running.err
    taken = running.documents()
    assert frame_numbers(taken) == list(range(1, sent + 1))
    frame = taken[0]["layers"]["frame"]
    assert frame["frame_frame_interface_name"] == name
    of_file = espcap("--file", HTTP).documents()
    for ours, theirs in zip(taken, of_file):
        assert (without(ours["layers"], WHEN_AND_WHERE) == without(theirs["layers"], WHEN_AND_WHERE))


def test_remote_sources_beside_an_interface(network, live, serve, tmp_path):
    """pcapng, a filter, several workers, a limit, raw packets."""
    serve("cat", TEST_PCAPS / "tls.pcapng")
    raw = tmp_path / "raw.pcapng"
    running = live("--nic", f"tcp://127.0.0.1:{PORT}", "--nic", "a0", "--workers", "2",
                   "--no-ordered", "--bpf", "tcp", "--count", "30", "--write", raw)
    network.replay(HTTP)
    assert running.wait() == 0, running.err
    taken = running.documents()
    assert sorted(frame_numbers(taken)) == list(range(1, 31))
    names = {document["layers"]["frame"]["frame_frame_interface_name"] for document in taken}
    assert names <= {f"tcp://127.0.0.1:{PORT}", "a0"} and "tcp" in " ".join(names)
    assert all("tcp" in document["layers"] for document in taken)


def test_what_no_capture_is(live, serve):
    serve("echo", "220 mail.example.com ESMTP, which is no capture at all")
    running = live("--nic", f"tcp://127.0.0.1:{PORT}")
    running.wait_for("unknown file format; connected again in 1 s")
    assert running.stop() == 0


@pytest.mark.parametrize("arguments, said", [
    (["--nic", "tcp://sensor"], "a remote source is tcp://host:port"),
    (["--nic", "rpcap://sensor/eth0"], "libpcap has no rpcap"),
    (["--nic", "tcp://127.0.0.1:1", "--bpf", "tcp port port"], "'tcp port port'"),
    (["--nic", "a0", "--fanout-processes", "2"], "--fanout-processes: no group is given; give --fanout"),
    (["--nic", "a0", "--nic", "a1", "--fanout", "65535"], "--fanout 65535"),
])
def test_sources_that_cannot_be(arguments, said, live):
    running = live(*arguments, ready=None)
    assert running.wait() == 1
    assert said in running.err


def test_many_sources_with_long_names(live):
    host = ".".join(4 * ["a" * 60])  # which nobody has
    names = [f"tcp://{host}:{port}" for port in range(4000, 4020)]
    running = live(*(word for name in names for word in ("--nic", name)), ready=None)
    running.wait_until(lambda: all(f"capturing on {name}\n" in running.err for name in names))
    running.wait_for(f"look up {host}: ")
    assert running.stop() == 0, running


def test_a_remote_source_is_read_without_privilege(live, serve):
    serve("cat", HTTP)
    running = live("--nic", f"tcp://127.0.0.1:{PORT}")
    running.wait_until(lambda: running.line_count() >= 104)
    process, = running.children("espcap-capture")
    facts = status_of(process)
    assert int(facts["CapPrm"], 16) == 0 and facts["NoNewPrivs"] == "1"
    assert "0" not in facts["Uid"].split()
    assert running.stop() == 0

# SPDX-License-Identifier: GPL-2.0-or-later
"""Live capture, in network namespaces with pairs of interfaces; tshark captures the same packets."""
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import time

import pcapng
import pytest
from documents import WHEN_AND_WHERE, frame_numbers, without
from processes import open_files, process, status_of, wakeups
from project import ESPCAP, ROOT, TEST_PCAPS
from referee import difference, judge
from seeds import seed_or
from tshark_live import LiveTshark
from users import AS_NOBODY
from waiting import WAIT_S

HTTP = TEST_PCAPS / "http.pcap"
# Of Ethernet, in frames that the interfaces take.
REPLAYED = ["dhcp-tftp.pcap", "fragments.pcap", "http.pcap", "ipv6.pcap", "tls-keylog.pcap",
            "vlan.pcap"]
FOLDER = os.environ.get("ESPCAP_CAPTURES")
MAX_PACKETS, MAX_SECONDS, MAX_CAPTURES = 400, 2, 12  # of further captures


@pytest.fixture
def live_tshark(network, environment, tmp_path):
    """live_tshark(*arguments) → a LiveTshark that reads from all its interfaces."""
    started = []

    def start(*arguments):
        started.append(LiveTshark(network, environment, tmp_path, "-l", *arguments))
        started[-1].wait_until_idle()
        return started[-1]

    yield start
    for tshark in started:
        tshark.kill()


@pytest.fixture
def assert_layers_are_those_of_the_file(network, live, espcap, tmp_path):
    """A capture is replayed, and compared with its recording, which has its packets at the times at which they came:
    what TCP's analysis says follows from times, and ICMP finds a time in data only near the packet's."""
    def check(path):
        raw = tmp_path / f"{path.name}-raw.pcapng"
        running = live("--nic", "a0", "--write", raw)
        sent = network.replay(path)
        running.wait_for_lines(sent)
        assert running.stop() == 0, running.err
        recorded, replayed = ([one.data for one in pcapng.packets_of(each)] for each in (raw, path))
        assert recorded == replayed, path
        of_live, of_file = running.documents(), espcap("--file", raw).documents()
        assert len(of_live) == len(of_file) == sent
        for number, (live_one, read) in enumerate(zip(of_live, of_file), 1):
            found = difference(without(read["layers"], WHEN_AND_WHERE), without(live_one["layers"], WHEN_AND_WHERE))
            assert not found, f"{path}, packet {number}: {found}"
    return check


@pytest.mark.parametrize("name", REPLAYED)
def test_a_replayed_capture_gives_the_layers_of_the_file(name, assert_layers_are_those_of_the_file):
    assert_layers_are_those_of_the_file(TEST_PCAPS / name)


def replayable(tshark):
    """Further captures that can be replayed as they were: short, of whole frames of Ethernet."""
    paths = [path for path in sorted(pathlib.Path(FOLDER).rglob("*")) if path.is_file()]
    found = []
    for path in random.Random(seed_or(6)).sample(paths, len(paths)):
        if len(found) == MAX_CAPTURES:
            break
        try:
            rows = [row.split("\t") for row in tshark(
                "-r", path, "-c", MAX_PACKETS + 1, "-T", "fields", "-e", "frame.encap_type",
                "-e", "frame.len", "-e", "frame.cap_len", "-e", "frame.time_relative").splitlines()]
        except subprocess.CalledProcessError:
            continue
        times = [float(row[3]) for row in rows]
        is_short = 0 < len(rows) <= MAX_PACKETS and times[-1] <= MAX_SECONDS
        if is_short and times == sorted(times) and all(
                row[0] == "1" and row[1] == row[2] and 14 < int(row[1]) <= 9000 for row in rows):
            found.append(path)
    return found


@pytest.mark.skipif(not FOLDER, reason="ESPCAP_CAPTURES names no folder")
def test_further_replayed_captures_give_the_layers_of_the_file(assert_layers_are_those_of_the_file, tshark):
    captures = replayable(tshark)
    assert captures
    for path in captures:
        assert_layers_are_those_of_the_file(path)


@pytest.mark.parametrize("interfaces", [["a0"], ["a0", "a1"], ["any"]])
def test_documents_equal_those_of_tshark_live(interfaces, network, live, live_tshark):
    """To the last value: numbers, times, interfaces."""
    nics = [word for name in interfaces for word in ("-i", name)]
    tshark = live_tshark(*nics)
    running = live(*[word for name in interfaces for word in ("--nic", name)])
    sent = expected = 0
    for capture in ("http.pcap", "dns.pcap"):
        for number in range(2):
            packets = network.replay(TEST_PCAPS / capture, number=number)
            sent += packets
            if interfaces == ["any"]:  # both ends of a pair
                expected += 2 * packets
            elif f"a{number}" in interfaces:
                expected += packets
            # The interfaces' packets reach both in the same order.
            tshark.wait_for_documents(expected)
            running.wait_until(lambda now=expected: running.line_count() >= now)
    assert expected == ({1: sent // 2, 2: sent}[len(interfaces)] if interfaces != ["any"]
                        else 2 * sent)
    assert running.stop() == 0, running.err
    tshark.stop()
    total, differences = judge(tshark.out_path, running.out_path)
    assert total == expected and not differences, differences[:3]


def test_several_workers_share_the_packets(network, live, live_tshark):
    """Each packet once, with numbers and deltas of the whole capture; a pair's in one worker."""
    tshark = live_tshark("-i", "a0")
    running = live("--nic", "a0", "--workers", "3", "--no-ordered")
    sent = sum(network.replay(TEST_PCAPS / name) for name in ("http.pcap", "dns.pcap", "icmp.pcap"))
    running.wait_for_lines(sent)
    assert running.stop() == 0, running.err
    tshark.wait_for_documents(sent)
    tshark.stop()
    taken = sorted(running.documents(), key=lambda document: frame_numbers([document]))
    assert frame_numbers(taken) == list(range(1, sent + 1))
    reference = [json.loads(line) for line in tshark.out.splitlines()[1::2]]
    for ours, theirs in zip(taken, reference):
        assert ours["timestamp"] == theirs["timestamp"]
        assert ours["layers"]["frame"] == theirs["layers"]["frame"]


def test_espcaps_own_uses(network, live, espcap):
    """--bpf, --count, both directions of the options that bound a run."""
    filtered = live("--nic", "a0", "--bpf", "tcp port 80", "--chunk", "100")
    counted = live("--nic", "a0", "--count", "100")
    sized = live("--interface", "a0", "--max-bytes", "2000")
    timed = live("--nic", "a0", "--duration", "6")
    sent = network.replay(HTTP)
    assert counted.wait() == 0 and len(counted.lines()) == 100
    assert sized.wait() == 0
    assert timed.wait() == 0 and len(timed.lines()) == sent
    assert filtered.stop() == 0
    tcp = [document for document in espcap("--file", HTTP, "--bpf", "tcp port 80").documents()]
    assert len(filtered.lines()) == len(tcp) < sent
    sizes = [int(document["layers"]["frame"]["frame_frame_len"]) for document in sized.documents()]
    assert sum(sizes) >= 2000 > sum(sizes[:-1])
    assert frame_numbers(filtered.documents()) == list(range(1, len(tcp) + 1))


def test_snaplen(network, live):
    running = live("--nic", "a0", "--snaplen", "60")
    running.wait_for_lines(network.replay(HTTP))
    assert running.stop() == 0
    lengths = {int(document["layers"]["frame"]["frame_frame_cap_len"])
               for document in running.documents()}
    assert max(lengths) == 60


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_stop_delivers_all_that_was_captured(workers, network, live):
    """The signal comes right behind the last packet, which is in the kernel's buffer then."""
    running = live("--nic", "a0", "--workers", workers, "--no-ordered")
    sent = network.replay(HTTP, "--loop", "200")
    assert running.stop() == 0, running.err
    assert running.ledger == {"packets captured": sent, "written": sent, "failed": 0}
    assert sorted(frame_numbers(running.documents())) == list(range(1, sent + 1))


def shows_packets_within(seconds, running, network):
    """In one of a few rounds: other work slows some down."""
    for _ in range(5):
        before = running.line_count()
        network.replay(HTTP)
        start = time.monotonic()
        running.wait_until(lambda now=before: running.line_count() > now)
        if time.monotonic() - start < seconds:
            return True
        running.wait_until_idle()
    return False


def test_a_quiet_link_shows_its_packets(network, live):
    assert shows_packets_within(2, live("--nic", "a0"), network)
    flushed = live("--nic", "a0", "--flush-interval", "100ms", "--immediate")
    assert shows_packets_within(1, flushed, network)


def dropped_in(ledger):
    return sum(count for what, count in ledger.items() if "dropped" in what)


def settled(running, sent):
    """What its last line of statistics says, when each packet that was sent is delivered or dropped."""

    def last():
        found = re.findall(r"dropped (\d+) by the kernel, (\d+) by the interface, (\d+) by full rings; "
                           r"dissected \d+, delivered (\d+)", running.err)
        *dropped, delivered = map(int, found[-1]) if found else [0]
        return {"dropped": sum(dropped), "delivered": delivered}

    running.wait_until(lambda: sum(last().values()) == sent, state=lambda: f"{sent}: {running}")
    return last()


def test_more_than_can_be_dissected_is_counted(network, live):
    """Received is delivered and dropped, to the packet; and afterwards nothing is lost."""
    running = live("--nic", "a0", "--buffer-bytes", "1M", "--stats-interval", "1s")
    sent = 0
    for _ in range(10):  # where other work slows down the sender, once isn't enough
        sent += network.replay(HTTP, "--loop", "2500")
        if settled(running, sent)["dropped"]:
            break
    before = settled(running, sent)["delivered"]
    assert running.line_count() == before
    sent += network.replay(HTTP)
    running.wait_for_lines(before + 104)
    assert running.stop() == 2, running.err
    counts = running.ledger
    dropped = dropped_in(counts)
    assert dropped > 0
    assert counts["packets captured"] == sent == counts["written"] + dropped
    assert len(running.lines()) == counts["written"]


def test_statistics_are_said(network, live):
    running = live("--nic", "a0", "--stats-interval", "1s")
    sent = network.replay(HTTP)
    running.wait_for(f"received {sent} packets (")
    running.wait_for(f"dissected {sent}, delivered {sent}; lag ")
    lag = re.findall(r"lag ([0-9.]+) s in the median, ([0-9.]+) s at the 99th", running.err)
    assert any(0 < float(median) <= float(high) < 10 for median, high in lag), running.err
    assert running.stop() == 0


def packets_of(tshark, path):
    """Time and bytes of each, as tshark reads them."""
    rows = tshark("-r", path, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len",
                  "-e", "frame.interface_name").splitlines()
    return [row.split("\t") for row in rows]


def whole_packets(path):
    """How many there are in a pcapng that is being written."""
    data, found, offset = path.read_bytes(), 0, 0
    while offset + 8 <= len(data):
        kind, length = struct.unpack_from("<II", data, offset)
        offset += length
        found += kind == 6 and offset <= len(data)
    return found


def test_raw_packets_are_kept(network, live, tshark, tmp_path, espcap):
    """In a file that gives the same documents."""
    raw = tmp_path / "raw.pcapng"
    running = live("--nic", "a0", "--write", raw)
    sent = network.replay(HTTP)
    running.wait_for_lines(sent)
    assert running.stop() == 0, running.err
    assert raw.stat().st_mode & 0o777 == 0o600
    packets = packets_of(tshark, raw)
    assert len(packets) == sent and {packet[2] for packet in packets} == {"a0"}
    assert espcap("--file", raw).documents() == running.documents()


def test_raw_files_follow_one_another(network, live, tshark, tmp_path):
    """By size; the newest stay. What a full ring drops is kept too, and so is all before a kill."""
    running = live("--nic", "a0", "--nic", "a1", "--write", tmp_path / "raw.pcapng",
                   "--write-bytes", "50k", "--write-files", "3")
    network.replay(HTTP, "--loop", "20")
    network.replay(HTTP, number=1)
    running.wait_for_lines(21 * 104)
    files = sorted(tmp_path.glob("raw-a0_*.pcapng"))
    assert len(files) == 3 and files[-1].name.startswith("raw-a0_00")
    assert all(50_000 <= file.stat().st_size < 55_000 for file in files[:2])
    other, = tmp_path.glob("raw-a1_00001_*.pcapng")
    running.wait_until(lambda: whole_packets(other) == 104)  # written out once in a while
    running.kill()
    assert len(packets_of(tshark, other)) == 104
    assert sum(len(packets_of(tshark, file)) for file in files) > 500


def test_a_raw_file_that_cannot_be_made(live, tmp_path):
    running = live("--nic", "a0", "--write", tmp_path / "no" / "raw.pcapng", ready=None)
    assert running.wait() == 1
    assert "--write " in running.err and "No such file or directory" in running.err


def test_a_killed_worker_is_replaced(network, live):
    running = live("--nic", "a0")
    sent = 0
    for _ in range(3):
        sent += network.replay(HTTP, "--loop", "40")
        running.kill_worker_after_progress()
    sent += network.replay(HTTP)
    running.wait_for_lines(sent)
    assert running.stop() == 0, running.err
    assert frame_numbers(running.documents()) == list(range(1, sent + 1))


def test_a_killed_capture_process_is_replaced(network, live):
    """Said, with what that costs; packet numbers go on."""
    running = live("--nic", "a0")
    sent = network.replay(HTTP)
    running.wait_for_lines(sent)
    running.kill_child("espcap-capture")
    running.wait_until(lambda: running.err.count("capturing on a0") == 2)
    sent += network.replay(HTTP)
    running.wait_for_lines(sent)
    assert running.stop() == 2
    assert "a0: its capture process died; what it had not read is lost" in running.err
    assert frame_numbers(running.documents()) == list(range(1, sent + 1))


def test_sessions_are_replaced(network, live):
    running = live("--nic", "a0", "--session-packets", "50")
    sent = network.replay(HTTP, "--loop", "5")
    running.wait_for_lines(sent)
    assert running.stop() == 0
    assert frame_numbers(running.documents()) == list(range(1, sent + 1))
    assert running.err.count("a fresh session continues") >= sent // 50 - 1


def test_ids_are_never_those_of_another_packet(network, live):
    runs = [live("--nic", "a0", "--format", "bulk") for _ in range(2)]
    sent = network.replay(HTTP, "--loop", "3")
    ids = set()
    for running in runs:
        running.wait_for_lines(2 * sent)
        assert running.stop() == 0
        ids |= {json.loads(line)["create"]["_id"] for line in running.lines()[::2]}
    assert len(ids) == 2 * sent


def test_processes_that_touch_packets_have_no_privilege(network, live):
    running = live("--nic", "a0", "--nic", "a1", "--workers", "2", "--no-ordered")
    network.replay(HTTP)
    running.wait_until(lambda: len(running.children("espcap-worker")) == 2)
    running.wait_until(running.lines)
    processes = running.children("espcap-worker") + running.children("espcap-capture")
    assert len(processes) == 4
    for process in processes:
        status = status_of(process)
        for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb"):
            assert int(status[f"Cap{kind}"], 16) == 0, (kind, status)
        assert status["NoNewPrivs"] == "1"
        assert process not in running.children("espcap-worker") or status["Seccomp"] == "2"
        assert "0" not in status["Uid"].split() and "0" not in status["Gid"].split()
        assert status.get("Groups", "").split() == []
    assert running.stop() == 0


CAPABILITIES = {"espcap-zygote": 1 << 2, "espcap-opener": 1 << 13}  # CAP_DAC_READ_SEARCH, CAP_NET_RAW


def netlink_sockets(process):
    """How many of its descriptors are netlink sockets."""
    with open(f"/proc/{process}/net/netlink", encoding="ascii") as table:
        inodes = {line.split()[-1] for line in table.readlines()[1:]}
    return sum(file == f"socket:[{inode}]" for file in open_files(process) for inode in inodes)


def test_only_the_opener_follows_interfaces(network, live):
    running = live("--nic", "a0", "--nic", "a1")
    network.replay(HTTP)
    running.wait_until(running.lines)
    [opener] = running.children("espcap-opener")
    assert netlink_sockets(opener) == 1
    for process in (running.pid, *running.children()):
        assert process == opener or netlink_sockets(process) == 0
    for process in running.children("espcap-capture"):
        with open(f"/proc/{process}/maps", encoding="ascii") as maps:
            [rights] = [line.split()[1] for line in maps if "memfd:espcap-links" in line]
        assert rights == "r--s"
    assert running.stop() == 0


def test_a_stop_as_soon_as_packets_are_captured(live):
    """It follows within microseconds, while other interfaces are still being opened: standard error is a pipe."""
    readable, writable = os.pipe()
    with open(readable, encoding="utf-8") as said:
        running = live("--nic", "a0", "--nic", "a1", "--nic", "lo", "--nic", "any", ready=None, stderr=writable)
        os.close(writable)
        next(line for line in said if "capturing on a0" in line)
        assert running.stop() == 0


@pytest.mark.parametrize("name", CAPABILITIES)
def test_processes_that_make_others_have_what_they_need(name, live):
    running = live("--nic", "a0")
    [process] = running.children(name)
    status = status_of(process)
    assert int(status["CapPrm"], 16) == int(status["CapEff"], 16) == CAPABILITIES[name], status
    for kind in ("Inh", "Bnd", "Amb"):
        assert int(status[f"Cap{kind}"], 16) == 0, (kind, status)
    assert status["NoNewPrivs"] == "1"
    assert "0" not in status["Uid"].split() + status["Gid"].split()
    assert running.stop() == 0


def test_the_process_that_opens_interfaces_is_killed(network, live):
    """What was captured is delivered; the run says that it ended before its time."""
    running = live("--nic", "a0")
    sent = network.replay(HTTP)
    running.wait_for_lines(sent)
    os.kill(running.children("espcap-opener")[0], signal.SIGKILL)
    assert running.wait() == 3, running
    assert "the process that opens interfaces has ended" in running.err
    assert running.ledger["packets captured"] == running.ledger["written"] == sent


def test_capabilities_of_a_user_are_dropped_too(network, live, tmp_path):
    """As with setcap, or a service's AmbientCapabilities."""
    os.chmod(tmp_path, 0o777)
    program = tmp_path / "espcap"
    shutil.copy(ESPCAP, program)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        os.chmod(folder, os.stat(folder).st_mode | 0o555)
    user = ("setpriv", "--reuid", "1234", "--regid", "1234", "--clear-groups", "--inh-caps=+net_raw",
            "--ambient-caps=+net_raw", "env", "HOME=/nonexistent")
    running = live("--nic", "a0", "--no-promiscuous", program=program, prefix=user)
    network.replay(HTTP)
    running.wait_until(running.lines)
    assert int(status_of(running.pid)["CapPrm"], 16) == 0
    assert int(status_of(running.children("espcap-opener")[0])["CapPrm"], 16) == CAPABILITIES["espcap-opener"]
    for name in ("espcap-worker", "espcap-capture"):
        status = status_of(running.children(name)[0])
        assert int(status["CapPrm"], 16) == 0 and status["NoNewPrivs"] == "1"
    assert running.stop() == 0


@pytest.mark.parametrize("arguments, said", [
    (["--nic", "a9"], ["--nic a9: no such interface", "did you mean 'a", "b1"]),
    (["--nic", "a0", "--bpf", "tcp port port 80"], ["'tcp port port 80'", "syntax error"]),
    (["--nic", "any", "--bpf", "ether host 1"], ["'ether host 1'"]),
    (["--nic", "a0", "--monitor"], ["capture on a0", "--monitor"]),
    (["--nic", "a0", "--run-as", "nosuch"], ["--run-as nosuch: there is no such user"]),
    (["--nic", "a0", "--resume", "state"], ["--resume is for files"]),
    (["--nic", "a0", "-2"], ["--two-pass is for files"]),
    (["--nic", "a0", "--workers", "2", "--ordered"], ["--ordered"]),
])
def test_what_cannot_be_captured(arguments, said, live, tmp_path):
    """Exit 1, and an output that was there stays as it was."""
    output = tmp_path / "before"
    output.write_text("still here")
    running = live(*arguments, "--output", output, ready=None)
    assert running.wait() == 1
    for text in said:
        assert text in running.err
    assert output.read_text() == "still here"


def test_without_permission(live):
    nobody = (*AS_NOBODY, "--bounding-set=-all", "--inh-caps=-all", "env", "HOME=/nonexistent")
    running = live("--nic", "a0", ready=None, prefix=nobody)
    assert running.wait() == 1
    assert "no permission" in running.err and "setcap cap_net_raw,cap_net_admin=ep" in running.err


def test_the_list_says_what_is_missing(network, live):
    nobody = (*AS_NOBODY, "--bounding-set=-all", "--inh-caps=-all", "env", "HOME=/nonexistent")
    running = live("--list", ready=None, prefix=nobody)
    assert running.wait() == 0
    assert any(b" a0 " in line for line in running.lines())
    assert "this user may not capture from any of them" in running.err and "setcap" in running.err
    as_root = live("--list", ready=None)
    assert as_root.wait() == 0 and as_root.err == "" and as_root.lines() == running.lines()


@pytest.mark.parametrize("more", [[], ["--metrics", "0"], ["--stats-interval", "0"]], ids=" ".join)
def test_an_idle_supervisor_hardly_wakes(live, more):
    """Five times a second at most, as far as it is its own doing."""
    running = live("--nic", "a0", *more)
    running.wait_until_idle()
    before, before_s = wakeups(running.pid), process(running.pid).cpu_s
    time.sleep(4)
    assert wakeups(running.pid) - before <= 5 * 4
    assert process(running.pid).cpu_s - before_s <= 0.2  # it sleeps in between
    assert running.stop() == 0


def test_a_service_manager_is_told(network, live, environment, tmp_path):
    """When packets are taken, that it is alive, and that it stops."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.settimeout(WAIT_S)
        manager.bind(str(tmp_path / "notify"))
        running = live("--nic", "a0", ready=None,
                       env={**environment, "NOTIFY_SOCKET": str(tmp_path / "notify"),
                            "WATCHDOG_USEC": "6000000"})
        assert manager.recv(99) == b"READY=1"
        assert manager.recv(99) == b"WATCHDOG=1"
        assert manager.recv(99) == b"WATCHDOG=1"
        sent = network.replay(HTTP)
        running.wait_for_lines(sent)
        assert running.stop() == 0
        heard = []
        while b"STOPPING=1" not in heard:
            heard.append(manager.recv(99))
            assert heard[-1] in (b"WATCHDOG=1", b"STOPPING=1")


def test_an_interface_goes_down_and_comes_up(network, live):
    running = live("--nic", "a0")
    sent = network.replay(HTTP)
    network.ip("link", "set", "a0", "down")
    running.wait_for("a0 is down; waited for")
    network.ip("link", "set", "a0", "up")
    running.wait_for("a0 is up again")
    sent += network.replay(HTTP)
    running.wait_for_lines(sent)
    assert running.stop() == 0, running.err


def test_an_interface_is_deleted_and_created_again(network, live):
    """The other one goes on meanwhile; numbers and interface ids go on."""
    running = live("--nic", "a0", "--nic", "a1")
    sent = network.replay(HTTP)
    running.wait_for_lines(sent)
    network.ip("link", "del", "a0")
    running.wait_for("a0 is gone; waited for")
    sent += network.replay(HTTP, number=1)
    network.add_pair(0)
    running.wait_for("a0 can be captured again")
    running.wait_until(lambda: running.err.count("capturing on a0") == 2)
    sent += network.replay(HTTP)
    running.wait_for_lines(sent)
    assert running.stop() == 0, running.err
    found = running.documents()
    assert frame_numbers(found) == list(range(1, sent + 1))
    assert [document["layers"]["frame"]["frame_frame_interface_name"]
            for document in found[::104]] == ["a0", "a1", "a0"]


def has_bound_socket(running):
    """Whether packets of an interface reach it: the kernel lists its sockets."""
    lines = pathlib.Path(f"/proc/{running.pid}/net/packet").read_text().splitlines()[1:]
    return any(line.split()[5] == "1" for line in lines)


def test_an_interface_is_renamed(network, live):
    running = live("--nic", "a0")
    network.ip("link", "set", "a0", "down")
    network.ip("link", "set", "a0", "name", "wan0", "up")
    running.wait_for("a0 is called wan0 now; capture continues")
    # It was down for a moment, so it may be opened anew.
    running.wait_until(lambda: has_bound_socket(running), holds=1)
    sent = network.replay(HTTP)
    running.wait_for_lines(sent)
    assert running.stop() == 0, running.err


def test_an_interface_that_is_down_is_waited_for(network, live):
    network.ip("link", "set", "a0", "down")
    running = live("--nic", "a0", ready="capture on a0: it is down; waited for")
    assert "capturing on" not in running.err
    network.ip("link", "set", "a0", "up")
    running.wait_for("capturing on a0")
    sent = network.replay(HTTP)
    running.wait_for_lines(sent)
    assert running.stop() == 0, running.err

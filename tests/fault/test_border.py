# SPDX-License-Identifier: GPL-2.0-or-later
"""The border between the supervisor and processes that parse packets. A worker that is taken over, whatever it tries, can
spoil its own packets' documents at most: the run goes on, and every other document is as it was."""
import functools
import json
import os
import re
import signal
import subprocess

import preload
import pytest
from as_unit import as_unit
from folders import for_every_user
from processes import status_of
from project import ESPCAP, FULL, HAS_ASAN, TEST_PCAPS
from users import AS_NOBODY

HTTP = TEST_PCAPS / "http.pcap"
USER = [*AS_NOBODY, "--"]
IDENTITIES = ("root", "user", "unit")
KERNELS = ("Landlock", "no Landlock")
SETTINGS = [(identity, kernel) for identity in IDENTITIES for kernel in KERNELS]

# Done at a packet: each is refused, and the worker goes on.
REFUSED = ("kill", "kill-parent", "prlimit", "setsig", "memory", "streams", "connect", "ptrace", "fork", "exec", "write",
           "shadow", "files", "root", "capability", "descriptors", "other-slots", "control", "events")
# The same, of what a worker has only on a pipe or live.
REFUSED_ON_A_PIPE = ("ring", "events", "control", "shadow", "streams")
# Without Landlock a worker reads what its user may read.
NEEDS_LANDLOCK = {"files"}
# In what is handed over: each is found, and another worker makes it again.
LIES = {"text-beyond": "a batch that is larger than its slot", "documents-beyond": "a batch that is larger than its slot",
        "document-beyond": "a document that isn't within its batch", "captured-beyond": "a batch whose counts disagree",
        "line-feed": "a document that isn't one line", "no-object": "a document that isn't an object",
        "same-record": "record 1 after record 1", "other-record": "record 8589934592 after record 1",
        "nonsense": "a message that means nothing", "unread": "it wants a file"}


@pytest.fixture(scope="session")
def attackers():
    """A folder of what is preloaded, for every user."""
    with for_every_user() as folder:
        preload.build("takeover", folder)
        preload.build("no_landlock", folder)
        yield folder


@pytest.fixture(scope="session")
def in_setting(attackers, environment):
    """in_setting(identity, kernel, attack) → (what the command begins with, its environment)."""

    def make(identity, kernel, attack, unit="espcap-watch@.service.in"):
        if identity != "root" and os.geteuid() != 0:
            pytest.skip("only root becomes another user")
        libraries = ["takeover"] if kernel == "Landlock" else ["no_landlock", "takeover"]
        before = {"root": [], "user": USER,
                  "unit": as_unit(unit, readable=[ESPCAP, TEST_PCAPS, attackers])}[identity]
        return before, {**environment, "HOME": "/nonexistent", "ESPCAP_TEST_TAKEOVER": attack,
                        "LD_PRELOAD": " ".join(str(attackers / f"{name}.so") for name in libraries),
                        "ESPCAP_TEST_OTHER": str(TEST_PCAPS / "arp.pcap")}

    return make


@pytest.fixture(scope="session")
def taken_over(in_setting, espcap):
    """taken_over(attack, *arguments) → an espcap that has ended, one of whose workers did that."""

    def run(attack, *arguments, setting=("root", "Landlock"), **options):
        before, variables = in_setting(*setting, attack)
        return espcap(*arguments, before=before, cwd="/", env=variables, **options)

    return run


@pytest.fixture(scope="session")
def all_attacks(taken_over):
    """all_attacks(mode, setting) → the run in which a worker has tried all, one after the other. Once for each."""

    @functools.cache
    def run(mode, setting):
        if mode == "pipe":
            attacks, arguments, options = REFUSED_ON_A_PIPE, ("--file", "-"), {"input": HTTP.read_bytes()}
        else:
            attacks, arguments, options = REFUSED, ("--file", HTTP), {}
        tried = [attack for attack in attacks if setting[1] == "Landlock" or attack not in NEEDS_LANDLOCK]
        return taken_over(" ".join(tried), *arguments, "--format", "bulk", setting=setting, **options)

    return run


def refused(run):
    """The attacks that a worker has tried without success."""
    return [attack for line in re.findall(r"takeover: (.*)", run.err) for attack in line.split()]


@pytest.fixture(scope="session")
def expected(espcap):
    return espcap("--file", HTTP, "--format", "bulk").out


@pytest.mark.parametrize("identity, kernel", SETTINGS)
@pytest.mark.parametrize("attack", REFUSED)
def test_a_worker_may_not(attack, identity, kernel, all_attacks, expected):
    if kernel != "Landlock" and attack in NEEDS_LANDLOCK:
        return  # SECURITY.md says so
    run = all_attacks("file", (identity, kernel))
    assert run.code == 0 and run.out == expected, run
    assert attack in refused(run) and "died" not in run.err, run


@pytest.mark.parametrize("identity, kernel", SETTINGS)
@pytest.mark.parametrize("attack", REFUSED_ON_A_PIPE)
def test_a_worker_on_a_pipe_may_not(attack, identity, kernel, all_attacks, expected):
    run = all_attacks("pipe", (identity, kernel))
    assert run.code == 0 and len(run.out.splitlines()) == len(expected.splitlines()), run
    assert attack in refused(run) and "died" not in run.err, run


@pytest.mark.parametrize("identity, kernel", SETTINGS)
def test_a_worker_stops_no_capture(identity, kernel, in_setting, network, start_espcap):
    """It fills what others are woken by, and poisons the ring as far as it can be written: packets continue to come."""
    before, variables = in_setting(identity, kernel, "ring events control", "espcap@.service.in")
    if identity == "user":  # as with setcap
        before = [*USER[:-1], "--inh-caps=+net_raw", "--ambient-caps=+net_raw", "--"]
    run = start_espcap("--verbose", "--nic", "a0", "--no-promiscuous", "--format", "bulk", before=network.command(*before), cwd="/", env=variables,
                       stop_signal=signal.SIGINT)
    run.wait_for("capturing on a0")
    sent = network.replay(HTTP)
    run.wait_for("takeover: ring events control")
    run.wait_for_lines(2 * sent)
    sent += network.replay(HTTP)
    run.wait_for_lines(2 * sent)
    assert run.stop() == 0, run
    assert run.ledger["packets captured"] == run.ledger["written"] == sent


@pytest.mark.parametrize("identity, kernel", SETTINGS if FULL else SETTINGS[:1])
@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("mode", ["file", "pipe"])
def test_a_lie_ends_the_worker_and_costs_nothing(lie, mode, identity, kernel, taken_over, expected):
    arguments, options = ("--file", HTTP), {}
    if mode == "pipe":
        arguments, options = ("--file", "-"), {"input": HTTP.read_bytes()}
    run = taken_over(lie, *arguments, "--format", "bulk", setting=(identity, kernel), **options)
    said = LIES[lie] if mode == "file" or "record" not in lie else "a document of record"
    assert f"protocol error: {said}" in run.err, run
    assert run.ledger["packets captured"] == run.ledger["written"], run
    if mode == "file":
        assert run.out == expected
    else:
        assert len(set(run.ids())) == len(run.ids()) == len(expected.splitlines()) // 2


@pytest.mark.parametrize("identity, kernel", SETTINGS if FULL else SETTINGS[:1])
def test_what_looks_like_an_action_is_a_document(identity, kernel, taken_over, expected):
    """A forged document is stored as its packet's, under its packet's id; every other one is as it was."""
    run = taken_over("delete", "--file", HTTP, "--format", "bulk", setting=(identity, kernel))
    assert run.code == 0, run
    lines, before = run.out.splitlines(), expected.splitlines()
    assert json.loads(lines[1]) == {"delete": {"_index": "other", "_id": "1"}}
    assert lines[:1] + lines[2:] == before[:1] + before[2:]


@pytest.mark.parametrize("identity, kernel", SETTINGS if FULL else SETTINGS[:1])
def test_a_flood_of_messages_delays_nothing(identity, kernel, taken_over, expected):
    run = taken_over("flood", "--file", HTTP, "--format", "bulk", setting=(identity, kernel))
    assert run.out == expected, run


def mappings_of(process):
    """What it shares with others: names and rights, as /proc/PID/maps shows them."""
    with open(f"/proc/{process}/maps", encoding="ascii") as maps:
        found = re.findall(r"^\S+ (\S+) .*/memfd:(espcap-\S+)", maps.read(), re.M)
    return sorted({(name, rights) for rights, name in found})


def descriptors_of(process):
    folder = f"/proc/{process}/fd"
    return {int(number): os.readlink(f"{folder}/{number}") for number in os.listdir(folder)}


def test_a_process_has_what_it_was_given(start_espcap):
    """Of two pipes: neither sees what is the other's."""
    run = start_espcap("--file", "-", "--output", "/dev/null", "--workers", 2, stdin=subprocess.PIPE)
    run.feed(HTTP.read_bytes())
    worker = run.wait_until(lambda: run.children("espcap-worker"))[-1]
    reader = run.children("espcap-reader")[-1]
    run.wait_until(lambda: status_of(worker)["Seccomp"] == status_of(reader)["Seccomp"] == "2")
    assert mappings_of(worker) == [("espcap-control", "r--s"), ("espcap-documents", "rw-s"), ("espcap-packets", "r--s"),
                                   ("espcap-packets", "rw-s")]  # the last: that it waits
    assert mappings_of(reader) == [("espcap-control", "r--s"), ("espcap-packets", "r--s"), ("espcap-packets", "rw-s")]
    for process, is_reader in ((worker, False), (reader, True)):
        # What it shares is mapped; it closes the files themselves after it was forked, and the rules once they hold.
        run.wait_until(lambda process=process: not any("memfd" in each or "landlock" in each
                                                       for each in descriptors_of(process).values()))
        descriptors = descriptors_of(process)
        assert descriptors.pop(1) == "/dev/null"
        capture = descriptors.pop(0)
        assert capture.startswith("pipe:" if is_reader else "/dev/null")
        errors = descriptors.pop(2)
        assert errors.startswith("pipe:") or HAS_ASAN and errors == str(run.err_path)  # where its report is whole
        assert all(re.match(r"socket:|anon_inode:\[eventfd\]|/proc/\d+/statm$", target) or target == capture
                   for target in descriptors.values()), descriptors
        assert sum(target.startswith("socket:") for target in descriptors.values()) == 1, descriptors
    run.end_input()
    assert run.wait() == 0, run


def test_the_supervisor_can_be_read_by_nobody(start_espcap):
    run = start_espcap("--file", "-", "--output", "/dev/null", stdin=subprocess.PIPE)
    run.feed(HTTP.read_bytes())
    run.wait_until(lambda: run.children("espcap-worker"))
    assert os.stat(f"/proc/{run.pid}/environ").st_uid == 0
    run.end_input()
    assert run.wait() == 0, run


# --- the program itself ----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def elf():
    return subprocess.run(["readelf", "--wide", "--file-header", "--dynamic", "--program-headers", "--dyn-syms", ESPCAP],
                          capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("what, found", [
    ("a position-independent executable", r"Type:\s+DYN \(Position-Independent Executable file\)"),
    ("read-only relocations", r"GNU_RELRO"), ("bound at the start", r"BIND_NOW"),
    ("a stack that isn't executable", r"GNU_STACK\s.*RW\s"), ("a stack protector", r"__stack_chk_fail"),
    ("checked copies", r"__mem(cpy|move)_chk"), ("checked containers", r"__glibcxx_assert_fail")])
def test_the_program_is_hardened(what, found, elf):
    if "__asan_init" in elf or "__tsan_init" in elf:
        pytest.skip("a sanitizer's build is not for users")
    assert re.search(found, elf), what

# SPDX-License-Identifier: GPL-2.0-or-later
"""The border between the supervisor and processes that parse packets. A worker that is taken over, whatever it tries, can
spoil its own packets' documents at most: the run goes on, and every other document is as it was."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import preload
import pytest
from processes import status_of
from project import ESPCAP, TEST_PCAPS

HTTP = TEST_PCAPS / "http.pcap"
PREFIXES = {"root": [], "user": ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]}

# Done at a packet: each is refused, and the worker goes on.
REFUSED = ("kill", "kill-parent", "prlimit", "setsig", "memory", "streams", "connect", "ptrace", "fork", "exec", "write",
           "files", "root", "descriptors")
# In what is handed over: each is found, and another worker makes it again.
LIES = {"text-beyond": "a batch that is larger than its slot", "documents-beyond": "a batch that is larger than its slot",
        "document-beyond": "a document that isn't within its batch", "captured-beyond": "a batch whose counts disagree",
        "line-feed": "a document that isn't one line", "no-object": "a document that isn't an object",
        "same-record": "record 1 after record 1", "other-record": "record 8589934592 after record 1",
        "nonsense": "a message that means nothing"}


@pytest.fixture(scope="session")
def takeover():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="espcap-takeover-"))
    folder.chmod(0o755)  # for every user
    yield preload.build("takeover", folder)
    shutil.rmtree(folder)


@pytest.fixture
def taken_over(takeover, environment, espcap):
    """taken_over(attack, *arguments) → an espcap that has ended, one of whose workers did that."""

    def run(attack, *arguments, prefix=(), **options):
        if prefix and os.geteuid() != 0:
            pytest.skip("only root becomes another user")
        return espcap(*arguments, before=list(prefix), cwd="/",
                      env={**environment, "HOME": "/nonexistent", "LD_PRELOAD": str(takeover), "ESPCAP_TEST_TAKEOVER": attack,
                           "ESPCAP_TEST_OTHER": str(TEST_PCAPS / "arp.pcap")}, **options)

    return run


@pytest.fixture(scope="session")
def expected(espcap):
    return espcap("--file", HTTP, "--format", "bulk").out


@pytest.mark.parametrize("identity", PREFIXES)
@pytest.mark.parametrize("attack", REFUSED)
def test_a_worker_may_not(attack, identity, taken_over, expected):
    run = taken_over(attack, "--file", HTTP, "--format", "bulk", prefix=PREFIXES[identity])
    assert run.code == 0 and run.out == expected, run
    assert f"takeover: {attack}" in run.err and "died" not in run.err, run


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("mode", ["file", "pipe"])
def test_a_lie_ends_the_worker_and_costs_nothing(lie, mode, taken_over, expected):
    arguments, options = ("--file", HTTP), {}
    if mode == "pipe":
        arguments, options = ("--file", "-"), {"input": HTTP.read_bytes()}
    run = taken_over(lie, *arguments, "--format", "bulk", **options)
    said = LIES[lie] if mode == "file" or "record" not in lie else "a document of record"
    assert f"protocol error: {said}" in run.err, run
    assert run.ledger["packets captured"] == run.ledger["written"], run
    if mode == "file":
        assert run.out == expected
    else:
        assert len(set(run.ids())) == len(run.ids()) == len(expected.splitlines()) // 2


def test_a_flood_of_messages_delays_nothing(taken_over, expected):
    run = taken_over("flood", "--file", HTTP, "--format", "bulk")
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
        descriptors = descriptors_of(process)
        assert descriptors.pop(1) == "/dev/null"
        capture = descriptors.pop(0)
        assert capture.startswith("pipe:" if is_reader else "/dev/null")
        assert descriptors.pop(2).startswith("pipe:")
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

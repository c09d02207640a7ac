# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of SECURITY.md, as /proc shows it: who each process is, and what it may. As root, as a user, and with what the
units of config/systemd set."""
import os
import pathlib
import pwd
import signal
import subprocess

import pytest
from as_unit import as_unit, settings_of, user_of
from ports import free_ports
from processes import status_of
from project import ESPCAP, TEST_PCAPS
from users import AS_NOBODY

READING, LEASE, NET_RAW = 1 << 2, 1 << 28, 1 << 13
HTTP = TEST_PCAPS / "http.pcap"
RUN_AS = "daemon"  # every Debian has this user
USER = [*AS_NOBODY]
CAPTURING = ["--inh-caps=+net_raw", "--ambient-caps=+net_raw"]
WATCH_UNIT, NIC_UNIT = "espcap-watch@.service.in", "espcap@.service.in"

# Of each process its capabilities; "": the supervisor.
LIVE = {"": 0, "espcap-opener": NET_RAW, "espcap-zygote": READING, "espcap-worker": 0, "espcap-capture": 0}
PIPE = {"": 0, "espcap-hasher": READING, "espcap-zygote": READING, "espcap-reader": READING, "espcap-worker": READING}
REPLY = {"": 0, "espcap-reply": READING}
WATCH = {"": 0, "espcap-opener": READING | LEASE, "espcap-hasher": READING, "espcap-zygote": READING}
ALL = READING | LEASE | NET_RAW

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to give up")


def names_of(identity):
    """The users of the supervisor and of the processes of --worker-user, as numbers, and what capabilities there can be."""
    if identity == "root":
        return pwd.getpwnam(RUN_AS).pw_uid, pwd.getpwnam("nobody").pw_uid, ALL
    if identity == "user":
        return 65534, 65534, NET_RAW
    unit = WATCH_UNIT if identity == "watch unit" else NIC_UNIT
    bounds = {"CAP_DAC_READ_SEARCH": READING, "CAP_LEASE": LEASE, "CAP_NET_RAW": NET_RAW}
    return user_of(unit).pw_uid, user_of(unit).pw_uid, sum(
        bounds[name] for name in settings_of(unit)["CapabilityBoundingSet"].split())


def check(run, table, identity):
    supervisor, worker, possible = names_of(identity)
    for name, capabilities in table.items():
        process = run.pid if name == "" else run.wait_until(lambda n=name: run.children(n))[-1]
        run.wait_until(lambda pid=process: status_of(pid)["Seccomp"] == "2")
        status = status_of(process)
        opens_files = name == "espcap-opener" and table is WATCH
        user = supervisor if name == "" or opens_files else worker
        assert set(status["Uid"].split()) == {str(user)}, (name, status)
        for kind in ("CapPrm", "CapEff"):
            assert int(status[kind], 16) == capabilities & possible, (name, kind, status)
        for kind in ("CapInh", "CapAmb"):
            assert int(status[kind], 16) == 0, (name, kind, status)
        # Only who may set them can empty the bounds; no_new_privs makes them useless.
        assert int(status["CapBnd"], 16) == 0 or identity != "root", (name, status)
        assert status["NoNewPrivs"] == "1", (name, status)
        if name != "" and not opens_files:
            assert status["Groups"].split() == [], (name, status)


@pytest.fixture
def folder(tmp_path):
    """A way to it for everybody, which pytest's own folders are not."""
    for path in (tmp_path, *tmp_path.parents[:3]):
        path.chmod(path.stat().st_mode | 0o555)
    return tmp_path


def before(identity, *, capturing=False, readable=(), writable=()):
    if identity == "root":
        return []
    if identity == "user":
        return [*USER, *(CAPTURING if capturing else []), "--"]
    return as_unit(WATCH_UNIT if identity == "watch unit" else NIC_UNIT, readable=[ESPCAP, TEST_PCAPS, *readable],
                   writable=writable)


@as_root
@pytest.mark.parametrize("identity", ["root", "user", "nic unit"])
def test_live(identity, network, start_espcap, environment):
    arguments = ["--run-as", RUN_AS] if identity == "root" else []
    run = start_espcap("--verbose", "--nic", "a0", "--no-promiscuous", *arguments, cwd="/", stop_signal=signal.SIGINT,
                       before=network.command(*before(identity, capturing=True)), env={**environment, "HOME": "/nonexistent"})
    run.wait_for("capturing on a0")
    sent = network.replay(HTTP)
    run.wait_for_lines(sent)
    check(run, LIVE, identity)
    assert run.stop() == 0, run


@as_root
@pytest.mark.parametrize("identity", ["root", "user", "watch unit"])
def test_a_pipe(identity, start_espcap, environment):
    arguments = ["--run-as", RUN_AS] if identity == "root" else []
    run = start_espcap("--file", "-", "--format", "bulk", *arguments, cwd="/", stdin=subprocess.PIPE, before=before(identity),
                       env={**environment, "HOME": "/nonexistent"})
    run.feed(HTTP.read_bytes())
    run.wait_until(run.line_count)
    check(run, PIPE, identity)
    run.end_input()
    assert run.wait() == 0, run


@as_root
@pytest.mark.parametrize("identity", ["root", "user"])
def test_a_reply(identity, folder, start_espcap, environment):
    """It waits for a question that comes once the server has answered."""
    (folder / "spool").mkdir()
    (folder / "spool").chmod(0o777)
    arguments = ["--run-as", RUN_AS] if identity == "root" else []
    run = start_espcap("--file", "-", "--node", f"http://127.0.0.1:{free_ports(1)[0]}", "--spool", folder / "spool",
                       "--stop-timeout", "1s", *arguments, cwd="/", stdin=subprocess.PIPE, before=before(identity),
                       env={**environment, "HOME": "/nonexistent"})
    run.feed(HTTP.read_bytes())
    check(run, REPLY, identity)
    run.end_input()
    assert run.wait() == 0, run


@as_root
@pytest.mark.parametrize("identity", ["root", "user", "watch unit"])
def test_a_watch(identity, folder, start_espcap, environment):
    captures = folder / "captures"
    captures.mkdir()
    (captures / "first.pcap").write_bytes(HTTP.read_bytes())
    arguments = ["--run-as", RUN_AS] if identity == "root" else []
    run = start_espcap("--dir", captures, "--watch", "--format", "bulk", *arguments, cwd="/", stop_signal=signal.SIGINT,
                       before=before(identity, readable=[captures]), env={**environment, "HOME": "/nonexistent"})
    run.wait_for_lines(2 * 104)
    check(run, WATCH, identity)
    assert run.stop() == 0, run


@as_root
def test_the_watch_unit_reads_what_only_root_may(folder, start_espcap, environment):
    """In a folder of root; the state is kept where the unit may write."""
    captures, state = folder / "captures", folder / "state"
    captures.mkdir()
    state.mkdir()
    os.chown(state, user_of(WATCH_UNIT).pw_uid, user_of(WATCH_UNIT).pw_gid)
    capture = captures / "first.pcap"
    capture.write_bytes(HTTP.read_bytes())
    capture.chmod(0o600)
    captures.chmod(0o700)
    run = start_espcap("--dir", captures, "--watch", "--resume", state / "settled", "--output", state / "out", cwd="/",
                       stop_signal=signal.SIGINT, before=before("watch unit", readable=[captures], writable=[state]),
                       env={**environment, "HOME": "/nonexistent"})
    run.wait_until(lambda: pathlib.Path(state / "out").exists() and len((state / "out").read_bytes().splitlines()) == 104)
    assert run.stop() == 0, run
    assert (state / "settled").exists()
    assert "Landlock" not in run.err

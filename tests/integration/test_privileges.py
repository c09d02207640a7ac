# SPDX-License-Identifier: GPL-2.0-or-later
"""What processes that parse hostile bytes may do. As root, or as the user who runs the tests."""
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

import preload
import pytest
from processes import status_of
from project import ESPCAP, TEST_PCAPS, TIMEOUT_S

CAP_DAC_READ_SEARCH = 1 << 2
TLS = TEST_PCAPS / "tls-keylog.pcap"

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to give up")


@pytest.fixture
def reading(start_espcap):
    """An espcap on a pipe that stays open, when it dissects."""
    run = start_espcap("--file", "-", stdin=subprocess.PIPE)
    run.feed((TEST_PCAPS / "http.pcap").read_bytes())
    run.wait_until(run.line_count)
    yield run
    run.end_input()
    run.wait()


def test_workers_are_confined(reading):
    for name in ("espcap-reader", "espcap-worker"):
        status = status_of(reading.children(name)[-1])
        assert status["NoNewPrivs"] == "1"
        assert status["Seccomp"] == "2"
        assert int(status["CapEff"], 16) | CAP_DAC_READ_SEARCH == CAP_DAC_READ_SEARCH
        if os.geteuid() == 0:
            assert "0" not in status["Uid"].split() + status["Gid"].split()


def root_only(folder, *paths):
    folder.mkdir(mode=0o700)
    for path in paths:
        shutil.copy(path, folder)
        (folder / path.name).chmod(0o600)
    return [folder / path.name for path in paths]


@as_root
def test_what_only_root_may_read_is_read(espcap, tmp_path):
    """Captures, and the keys that open them."""
    capture, keys = root_only(tmp_path / "root-only", TLS, TEST_PCAPS / "tls-keylog.keys")
    run = espcap("--file", capture, "-o", f"tls.keylog_file:{keys}", "--shards", "2")
    assert run.code == 0, run
    assert any("http" in document["layers"] for document in run.documents())


@pytest.mark.parametrize("way", ["a link in a folder", "a descriptor", "a pipe of a name"])
def test_a_capture_is_read_whatever_the_way_to_it(way, espcap, tmp_path):
    """The process that reads it may open nothing else."""
    target = tmp_path / "target" / "http.pcap"
    target.parent.mkdir()
    shutil.copy(TEST_PCAPS / "http.pcap", target)
    if way == "a link in a folder":
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "link.pcap").symlink_to("../target/http.pcap")
        run = espcap("--dir", tmp_path / "folder")
    elif way == "a descriptor":
        with target.open("rb") as file:
            run = espcap("--file", f"/dev/fd/{file.fileno()}", pass_fds=[file.fileno()])
    else:
        os.mkfifo(tmp_path / "pipe")
        with subprocess.Popen(["cp", target, tmp_path / "pipe"]):
            run = espcap("--file", tmp_path / "pipe")
    assert run.code == 0, run
    assert run.ledger["written"] == 104, run


def test_a_key_log_may_come_later(start_espcap, tmp_path):
    keys = tmp_path / "keys"
    run = start_espcap("--file", "-", "-o", f"tls.keylog_file:{keys}", stdin=subprocess.PIPE)
    capture = TLS.read_bytes()
    run.feed(capture[:24])
    run.wait_until(lambda: run.children("espcap-worker"))
    shutil.copy(TEST_PCAPS / "tls-keylog.keys", keys)
    run.feed(capture[24:])
    run.end_input()
    assert run.wait() == 0, run
    assert any("http" in document["layers"] for document in run.documents())


@as_root
def test_without_landlock_files_of_root_are_not_read(espcap, environment, tmp_path):
    """A process that parses packets would else be able to read every file."""
    environment = {**environment, "LD_PRELOAD": str(preload.build("no_landlock", tmp_path))}
    [capture] = root_only(tmp_path / "root-only", TLS)
    run = espcap("--file", capture, env=environment)
    assert run.code != 0 and "files that only root can read are not read" in run.err, run
    assert f"{capture}: Permission denied" in run.err, run
    run = espcap("--file", TLS, env=environment)
    assert run.code == 0, run
    run = espcap("--file", capture, "--no-sandbox", env=environment)
    assert run.code == 0 and "Landlock" not in run.err, run


def test_nothing_changes_without_the_sandbox(espcap):
    confined = espcap("--dir", TEST_PCAPS)
    free = espcap("--dir", TEST_PCAPS, "--no-sandbox")
    assert confined.code == free.code == 0
    assert confined.out == free.out


@as_root
@pytest.mark.parametrize("container", [
    ["capsh", "--drop=cap_setuid,cap_setgid,cap_dac_read_search", "--"],
    ["capsh", "--drop=cap_dac_read_search,cap_dac_override", "--"],
    ["unshare", "--user", "--map-root-user", "bash"],
])
def test_root_of_a_container(container, environment):
    """With less than root has, files are still read."""
    if shutil.which(container[0]) is None:
        pytest.skip(f"no {container[0]}")
    run = subprocess.run([*container, "-c", f"'{ESPCAP}' --file '{TLS}'"], check=False,
                         capture_output=True, env=environment, timeout=TIMEOUT_S)
    assert run.returncode == 0 and run.stdout.count(b"\n") > 10, run.stderr


# Every Debian has this user, and nothing of espcap is its.
OTHER_USER = "daemon"
NO_CAPABILITIES = "0" * 16


@pytest.fixture
def folder_of_other_user():
    """A way to it for everybody, which pytest's own folders are not."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        shutil.chown(folder, OTHER_USER)
        yield pathlib.Path(folder)


def user_id(name):
    return str(pwd.getpwnam(name).pw_uid)


@as_root
@pytest.mark.parametrize("arguments, variables, user", [
    (["--run-as", OTHER_USER], {}, OTHER_USER),
    ([], {"SUDO_UID": user_id(OTHER_USER)}, OTHER_USER),
    (["--run-as", "root"], {"SUDO_UID": user_id(OTHER_USER)}, "root"),
])
def test_the_supervisor_becomes_another_user(arguments, variables, user, start_espcap, environment,
                                             folder_of_other_user):
    """Before anything is parsed, and without a capability; what it writes is that user's."""
    shutil.chown(folder_of_other_user, user)
    output = folder_of_other_user / "documents.ndjson"
    run = start_espcap("--file", "-", *arguments, "--output", output, stdin=subprocess.PIPE,
                       env={**environment, **variables})
    run.feed((TEST_PCAPS / "http.pcap").read_bytes())
    run.wait_until(lambda: run.children("espcap-worker"))
    supervisor = status_of(run.pid)
    assert set(supervisor["Uid"].split()) == {user_id(user)}
    for name in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
        assert supervisor[name] == NO_CAPABILITIES, name
    for pid in (run.pid, run.children("espcap-zygote")[0]):
        status = status_of(pid)
        assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2"
    for pid in run.children():
        assert set(status_of(pid)["Uid"].split()) == {user_id("nobody")}
    run.end_input()
    assert run.wait() == 0, run
    assert output.owner() == user
    assert len(output.read_bytes().splitlines()) == 104


@as_root
@pytest.mark.parametrize("arguments, said", [
    (["--worker-user", "root", "--run-as", "root"], ["--worker-user root", "the same user"]),
    (["--run-as", "nobody"], ["--worker-user nobody", "the same user", "--run-as"]),
    (["--run-as", "no-such-user"], ["--run-as no-such-user: there is no such user"]),
    (["--worker-user", "no-such-user"], ["--worker-user no-such-user: there is no such user"]),
])
def test_users_that_cannot_be(arguments, said, espcap):
    run = espcap("--file", TLS, *arguments)
    assert run.code == 1 and all(text in run.err for text in said), run


@as_root
@pytest.mark.parametrize("option, name", [
    ("--output", "root/out.ndjson"), ("--resume", "root/state"), ("--quarantine", "root/frames"),
    ("--spool", "root/new/spool"), ("--dead-letters", "root/dead.ndjson"),
    ("--api-key-file", "root/key"), ("--ca-file", "root/key"),
])
def test_a_path_that_the_user_cannot_use_is_an_error(option, name, espcap, folder_of_other_user):
    """At the start, with what to do; nothing is read, nothing is made."""
    folder = folder_of_other_user / "root"
    folder.mkdir(mode=0o755)
    (folder / "key").touch(mode=0o600)
    path = folder_of_other_user / name
    server = [] if option in ("--output", "--resume", "--quarantine") else ["--node", "localhost:9"]
    run = espcap("--file", TLS, "--run-as", OTHER_USER, option, path, *server)
    assert run.code == 1 and f"{option} {path}: the user {OTHER_USER} can't" in run.err, run
    todo = f"chown {OTHER_USER} {path}" if path.exists() else f"write to {folder}; name a place"
    assert todo in run.err, run
    assert os.listdir(folder) == ["key"]


def test_a_user_can_name_no_other(espcap, environment, folder_of_other_user):
    program = folder_of_other_user / "espcap"
    shutil.copy(ESPCAP, program)
    before = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    for option in ("--run-as", "--worker-user"):
        run = espcap("--file", "-", option, OTHER_USER, program=program, cwd="/", before=before,
                     env={**environment, "HOME": "/nonexistent"})
        assert run.code == 1 and f"{option} {OTHER_USER}: only root" in run.err, run
    output = folder_of_other_user / "output"
    run = espcap("--file", "-", "--output", output, program=program, cwd="/", before=before,
                 env={**environment, "HOME": "/nonexistent"})
    assert run.code == 1 and f"open {output} for writing: Permission denied" in run.err, run
    assert "--run-as" not in run.err, run

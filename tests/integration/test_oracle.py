# SPDX-License-Identifier: GPL-2.0-or-later
"""What is kept of tshark's output is what tshark prints now, and is asked for again when anything changes."""
import os
import pathlib
import shutil
import subprocess
import time

import pytest
from oracle import Oracle, is_repeatable, key_of, prune

ROOT = pathlib.Path(__file__).resolve().parents[2]
CAPTURE = ROOT / "test_pcaps" / "tls-keylog.pcap"
KEYS = ROOT / "test_pcaps" / "tls-keylog.keys"


@pytest.fixture
def oracle(environment, tmp_path):
    return Oracle(environment, tmp_path / "kept")


@pytest.fixture
def files(tmp_path):
    """(capture, its key log), to change."""
    return [pathlib.Path(shutil.copy(path, tmp_path)) for path in (CAPTURE, KEYS)]


def printed(oracle, path, *arguments):
    status = oracle.print_to(path, *arguments)
    return status, path.read_bytes()


def live(environment, *arguments):
    run = subprocess.run(["tshark", *map(str, arguments)], capture_output=True, check=False,
                         env=environment, timeout=300)
    return run.returncode, run.stdout


def test_what_is_kept_is_what_tshark_prints(oracle, environment, tmp_path):
    arguments = ["-r", CAPTURE, "-T", "ek", "-o", f"tls.keylog_file:{KEYS}"]
    expected = live(environment, *arguments)
    assert expected[0] == 0 and expected[1].count(b"\n") == 62
    for hits in (0, 1, 2):
        assert printed(oracle, tmp_path / "out", *arguments) == expected
        assert (oracle.hits, oracle.misses) == (hits, 1)
    assert oracle.text(*arguments).encode() == expected[1]


def test_a_failure_is_kept_as_a_failure(oracle, environment, tmp_path):
    damaged = ROOT / "test_pcaps" / "damaged" / "damaged.pcap"
    expected = live(environment, "-r", damaged, "-T", "ek")
    assert expected[0] != 0 and expected[1]
    for _ in range(2):
        assert printed(oracle, tmp_path / "out", "-r", damaged, "-T", "ek") == expected
    assert (oracle.hits, oracle.misses) == (1, 1)
    with pytest.raises(subprocess.CalledProcessError):
        oracle.text("-r", damaged, "-T", "ek")


def changed_byte(path):
    data = bytearray(path.read_bytes())
    data[-10] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("which", ["capture", "key log"])
def test_one_changed_byte_of_a_file_is_asked_for_again(which, oracle, environment, files, tmp_path):
    capture, keys = files
    arguments = ["-r", capture, "-T", "ek", "-o", f"tls.keylog_file:{keys}"]
    before = printed(oracle, tmp_path / "out", *arguments)
    changed_byte(capture if which == "capture" else keys)
    assert printed(oracle, tmp_path / "out", *arguments) == live(environment, *arguments) != before
    assert (oracle.hits, oracle.misses) == (0, 2)


def test_the_same_bytes_at_another_place_are_known(oracle, environment, files, tmp_path):
    for capture, keys in ((CAPTURE, KEYS), files):
        oracle.print_to(tmp_path / "out", "-r", capture, "-T", "ek", "-o", f"tls.keylog_file:{keys}")
    assert (oracle.hits, oracle.misses) == (1, 1)


@pytest.mark.parametrize("change", [
    {"TZ": "Asia/Tokyo"}, {"LC_ALL": "C"}, {"LANG": "de_DE.UTF-8"}, {"WIRESHARK_DEBUG_WMEM_OVERRIDE": "simple"},
    {"SSLKEYLOGFILE": "/elsewhere"}])
def test_the_environment_is_part_of_the_key(change, environment):
    arguments = ["-r", str(CAPTURE)]
    assert key_of(arguments, environment) != key_of(arguments, {**environment, **change})
    assert key_of(arguments, environment) == key_of(arguments, {**environment, "UNRELATED": "1"})


def test_the_profile_below_home_is_part_of_the_key(environment, tmp_path):
    profile = tmp_path / ".config" / "wireshark"
    profile.mkdir(parents=True)
    own = {**environment, "HOME": str(tmp_path)}
    keys = [key_of(["-r", str(CAPTURE)], own)]
    for text in ("tcp.relative_sequence_numbers: FALSE\n", "tcp.relative_sequence_numbers: TRUE\n"):
        (profile / "preferences").write_text(text)
        keys.append(key_of(["-r", str(CAPTURE)], own))
    assert len(set(keys)) == 3


def test_arguments_are_part_of_the_key(environment):
    lists = [["-r", str(CAPTURE)], ["-r", str(CAPTURE), "-2"], ["-r", str(CAPTURE), "-x"],
             ["-r", str(CAPTURE), "-c", "1"], ["-r", str(CAPTURE), "-c", "11"]]
    assert len({key_of(arguments, environment) for arguments in lists}) == len(lists)


@pytest.mark.parametrize("damage", [lambda data: data[:len(data) // 2], lambda data: b"",
                                    lambda data: data[:200] + bytes([data[200] ^ 4]) + data[201:],
                                    lambda data: b"no entry"], ids=["cut", "empty", "flipped", "other"])
def test_a_corrupt_entry_is_made_anew(damage, oracle, environment, tmp_path):
    arguments = ["-r", CAPTURE, "-T", "ek"]
    expected = live(environment, *arguments)
    printed(oracle, tmp_path / "out", *arguments)
    (entry,) = oracle.folder.iterdir()
    entry.write_bytes(damage(entry.read_bytes()))
    for hits in (0, 1):
        assert printed(oracle, tmp_path / "out", *arguments) == expected
        assert (oracle.hits, oracle.misses) == (hits, 2)


def test_live_captures_and_written_files_are_never_kept():
    assert is_repeatable(["-r", str(CAPTURE), "-T", "ek"]) and is_repeatable(["-G", "fields"])
    for arguments in (["-i", "lo"], ["-ilo"], ["-T", "ek"], ["-r", "-"], ["-r", str(CAPTURE), "-w", "out"],
                      ["-r", "/dev/null"], ["--version"]):
        assert not is_repeatable(arguments), arguments


def test_without_a_folder_tshark_is_asked_each_time(environment, tmp_path):
    oracle = Oracle(environment, None)
    assert printed(oracle, tmp_path / "out", "-r", CAPTURE, "-T", "ek") == live(
        environment, "-r", CAPTURE, "-T", "ek")
    assert (oracle.hits, oracle.misses) == (0, 0)


def test_the_folder_keeps_within_its_bound(tmp_path):
    """What was not used for longest goes first."""
    for age, name in enumerate("abcd"):
        (tmp_path / name).write_bytes(bytes(100))
        os.utime(tmp_path / name, (time.time() - age, time.time() - age))
    prune(tmp_path, 250)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
    prune(tmp_path, 250)
    assert len(list(tmp_path.iterdir())) == 2

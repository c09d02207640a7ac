# SPDX-License-Identifier: GPL-2.0-or-later
"""Every document equals tshark's, for every capture and every way of reading it."""
import collections
import concurrent.futures
import functools
import hashlib
import os
import pathlib
import subprocess

import pytest
import referee
from project import ESPCAP, TEST_PCAPS, TIMEOUT_S

SAMPLE_FILES = 300
FULL = os.environ.get("ESPCAP_FULL") == "1"
FOLDER = os.environ.get("ESPCAP_CAPTURES")

# (espcap's arguments, tshark's)
WAYS = {
    "plain": ([], []),
    "two-pass": (["-2"], ["-2"]),
    "hex": (["--hex"], ["-x"]),
    "no-names": (["-n"], ["-n"]),
    "names": (["-N", "mtd"], ["-N", "mtd"]),
    "filter": (["--filter", "udp || tcp.flags.syn == 1"], ["-Y", "udp || tcp.flags.syn == 1"]),
    "filter-two-pass": (["-2", "--filter", "frame.number > 2 && ip"],
                        ["-2", "-Y", "frame.number > 2 && ip"]),
    "count": (["--count", "7"], ["-c", "7"]),
    "preferences": (["-o", "tcp.relative_sequence_numbers:FALSE", "-o", "ip.defragment:FALSE"],
                    ["-o", "tcp.relative_sequence_numbers:FALSE", "-o", "ip.defragment:FALSE"]),
    "protocols": (["--disable-protocol", "http", "--enable-heuristic", "rtp_udp"],
                  ["--disable-protocol", "http", "--enable-heuristic", "rtp_udp"]),
    "decode-as": (["-d", "udp.port==53,rtp", "-d", "tcp.port==70-80,data"],
                  ["-d", "udp.port==53,rtp", "-d", "tcp.port==70-80,data"]),
}


def judge(oracle, folder, capture, way):
    """What is wrong, as text; None where all is well."""
    our_arguments, reference_arguments = WAYS[way]
    stem = hashlib.sha256(f"{way} {capture}".encode()).hexdigest()[:16]
    reference_path, our_path = folder / f"{stem}.tshark", folder / f"{stem}.espcap"
    reference_status = oracle.print_to(reference_path, "-r", capture, "-T", "ek", *reference_arguments)
    with open(our_path, "wb") as out:
        ours = subprocess.run([ESPCAP, "--file", capture, "--quiet", *our_arguments], stdout=out,
                              stderr=subprocess.PIPE, check=False, env=oracle.environment,
                              timeout=TIMEOUT_S)
    total, differences = referee.judge(reference_path, our_path)
    reference_path.unlink()
    our_path.unlink()
    where = f"{capture} ({way})"
    if differences:
        number, found = differences[0]
        return f"{where}: {len(differences)} of {total} documents differ; {number}: {found}"
    # tshark ends with 2 where it refuses a file or stops in it.
    if (reference_status != 0) != (ours.returncode != 0):
        return (f"{where}: tshark exits {reference_status}, espcap {ours.returncode}: "
                f"{ours.stderr.decode('utf-8', 'replace')}")
    if ours.returncode != 0 and str(capture) not in ours.stderr.decode("utf-8", "replace"):
        return f"{where}: the error doesn't name the file"
    return None


def assert_equal(pairs, oracle, folder):
    # Processes: most of a comparison is Python's own work.
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        wrong = [found for found in pool.map(functools.partial(judge, oracle, folder), *zip(*pairs))
                 if found]
    assert not wrong, f"{len(wrong)} of {len(pairs)}:\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize("way", WAYS)
def test_own_captures(way, captures, oracle, tmp_path):
    assert_equal([(capture, way) for capture in captures], oracle, tmp_path)


def test_damaged_capture(oracle, tmp_path):
    assert_equal([(TEST_PCAPS / "damaged" / "damaged.pcap", "plain")], oracle, tmp_path)


def test_key_log(tmp_path, environment, espcap, tshark):
    capture = TEST_PCAPS / "tls-keylog.pcap"
    keys = TEST_PCAPS / "tls-keylog.keys"
    option = f"tls.keylog_file:{keys}"
    ours = tmp_path / "ours"
    ours.write_bytes(espcap("--file", capture, "-o", option).out)
    reference = tmp_path / "reference"
    reference.write_text(tshark("-r", capture, "-T", "ek", "-o", option))
    assert referee.judge(reference, ours) == (31, [])
    assert b'"http"' in ours.read_bytes(), "nothing was decrypted"


def test_secrets_in_the_capture(espcap):
    assert b'"http"' in espcap("--file", TEST_PCAPS / "tls.pcapng").out


def test_standard_input_gives_the_same(captures, espcap):
    for capture in captures:
        with open(capture, "rb") as stream:
            piped = espcap("--file", "-", stdin=stream)
        assert piped.code == 0, piped
        assert piped.out == espcap("--file", capture).out, capture


def sample(folder):
    """A fixed choice, spread over the sub-folders: the same files at every run."""
    by_folder = collections.defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(("README", "LICENSE")):
            by_folder[path.parent].append(path)
    total = sum(map(len, by_folder.values()))
    if FULL:
        return [path for paths in by_folder.values() for path in paths]
    chosen = []
    for paths in by_folder.values():
        paths.sort(key=lambda path: hashlib.sha256(
            str(path.relative_to(folder)).encode()).hexdigest())
        chosen += paths[:max(2, -(-SAMPLE_FILES * len(paths) // total))]
    return chosen


@pytest.mark.skipif(not FOLDER, reason="ESPCAP_CAPTURES names no folder of further captures")
def test_further_captures(oracle, tmp_path):
    files = sample(pathlib.Path(FOLDER).resolve())
    assert len(files) >= SAMPLE_FILES
    assert_equal([(path, "plain") for path in files], oracle, tmp_path)


@pytest.mark.skipif(not FOLDER, reason="ESPCAP_CAPTURES names no folder of further captures")
@pytest.mark.parametrize("way", ["two-pass", "hex", "filter", "no-names"])
def test_further_captures_otherwise(way, oracle, tmp_path):
    files = sample(pathlib.Path(FOLDER).resolve())
    step = 1 if FULL else 8
    assert_equal([(path, way) for path in files[::step]], oracle, tmp_path)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Every document equals tshark's, for every capture and every way of reading it."""
import collections
import concurrent.futures
import functools
import hashlib
import io
import itertools
import os
import pathlib
import re
import struct
import subprocess

import pcapng
import pytest
import referee
from captures import write_pcap
from project import ESPCAP, FULL, TEST_PCAPS, TIMEOUT_S
from releases import release_of

SAMPLE_FILES = 300
FILES_AT_ONCE = 25  # by one run of espcap: to start it takes longer than to dissect most
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
OF_ALL_RELEASES = list(WAYS)
# Columns are fields from 4.4 on.
BY_COLUMN = '_ws.col.protocol == "DNS" or _ws.col.info contains "SYN"'
WAYS["columns"] = (["--filter", BY_COLUMN], ["-Y", BY_COLUMN])
WAYS["columns-two-pass"] = (["-2", "--filter", BY_COLUMN], ["-2", "-Y", BY_COLUMN])


def run_espcap(oracle, captures, way, out):
    """espcap over captures, one after another; its documents go to `out`."""
    files = [argument for capture in captures for argument in ("--file", capture)]
    with open(out, "wb") as documents:
        return subprocess.run([ESPCAP, *files, "--workers", "1", "--quiet", *WAYS[way][0]],
                              stdout=documents, stderr=subprocess.PIPE, check=False,
                              env=oracle.environment, timeout=TIMEOUT_S)


def names(errors, capture):
    """Whether one of the lines is about this file."""
    pattern = re.compile(re.escape(str(capture)) + r"(?![^\s:;,])")
    return any(map(pattern.search, errors))


def judge(oracle, folder, way, captures):
    """What is wrong with each capture, as text; all of them in one run of espcap."""
    stem = hashlib.sha256(f"{way} {captures}".encode()).hexdigest()[:16]
    references = [folder / f"{stem}.{number}.tshark" for number in range(len(captures))]
    statuses = [oracle.print_to(path, "-r", capture, "-T", "ek", *WAYS[way][1])
                for path, capture in zip(references, captures)]
    all_documents, own = folder / f"{stem}.espcap", folder / f"{stem}.own"
    run = run_espcap(oracle, captures, way, all_documents)
    errors = [line for line in run.stderr.decode("utf-8", "replace").splitlines()
              if line.startswith("espcap: error: ")]
    wrong = []
    with open(all_documents, "rb") as documents:
        for capture, status, reference in zip(captures, statuses, references):
            where = f"{capture} ({way})"
            # Where one has another number of documents than tshark's, all that follow differ, too.
            own.write_bytes(b"".join(itertools.islice(documents, sum(1 for _ in referee.lines(reference)))))
            total, differences = referee.judge(reference, own)
            if differences:
                number, found = differences[0]
                wrong.append(f"{where}: {len(differences)} of {total} documents differ; {number}: {found}")
            # tshark ends with 2 where it refuses a file or stops in it.
            elif (status != 0) != names(errors, capture):
                wrong.append(f"{where}: tshark exits {status}, espcap says: {errors}")
        rest = sum(1 for _ in documents)
    if rest and not wrong:
        wrong.append(f"{captures[-1]} ({way}): {rest} documents more than tshark's")
    if (run.returncode != 0) != any(statuses):
        wrong.append(f"{captures} ({way}): espcap exits {run.returncode}, tshark {statuses}")
    for path in (*references, all_documents, own):
        path.unlink()
    return wrong


def judge_each(oracle, folder, way, captures):
    """As judge(); what is wrong is looked at capture by capture."""
    wrong = judge(oracle, folder, way, captures)
    if not wrong or len(captures) == 1:
        return wrong
    alone = [found for capture in captures for found in judge(oracle, folder, way, [capture])]
    return alone or [f"only together: {found}" for found in wrong]


def assert_equal(captures, way, oracle, folder):
    # --count is over all files.
    most = 1 if "--count" in WAYS[way][0] else FILES_AT_ONCE
    batches = [captures[first:first + most] for first in range(0, len(captures), most)]
    # Processes: most of a comparison is Python's own work.
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(functools.partial(judge_each, oracle, folder, way), batches)
        wrong = list(itertools.chain(*found))
    assert not wrong, f"{len(wrong)} of {len(captures)}:\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize("way", OF_ALL_RELEASES)
def test_own_captures(way, captures, oracle, tmp_path):
    assert_equal(captures, way, oracle, tmp_path)


@pytest.mark.parametrize("way", [way for way in WAYS if way not in OF_ALL_RELEASES])
def test_filters_by_columns(way, captures, oracle, espcap, tshark, tmp_path):
    if release_of(tshark) >= (4, 4):
        return assert_equal(captures, way, oracle, tmp_path)
    run = espcap("--file", captures[0], *WAYS[way][0])
    assert run.code == 1 and "_ws.col.protocol" in run.err, run


def test_damaged_capture(oracle, tmp_path):
    assert_equal([TEST_PCAPS / "damaged" / "damaged.pcap"], "plain", oracle, tmp_path)


def test_values_that_releases_write_differently(oracle, tshark, tmp_path):
    """Years of more than four digits, fractions that are no part of a second, networks of IPX, addresses of AX.25."""
    ipx = (b"\xff" * 6 + bytes(6) + b"\x81\x37" + b"\xff\xff\x00\x1e\x00\x04" + b"\x8d\xc2\x3c\x00" + b"\xff" * 6
           + b"\x04\x52" + b"\x0a\x88\x08\xaa" + bytes(6) + b"\x04\x53" + bytes(16))
    # 4.0 prints what was in memory after long years.
    years = (2014, 9999) if release_of(tshark) < (4, 4) else (2014, 9999, 12345, 100_000, 290_000)
    far = tmp_path / "far.pcapng"
    begins_us = [int((year - 1970) * 365.2425 * 86400) * 10 ** 6 + 5 for year in years]
    far.write_bytes(pcapng.section() + pcapng.interface(1) + b"".join(pcapng.packet(0, begin, ipx) for begin in begins_us))
    times = [(1_418_145_370, fraction) for fraction in (
        0, 999_999, 1_000_000, 1_000_001, 2_147_483, 2_147_484, 4_000_000, 5_000_000, 999_999_999, 10 ** 9, 2 * 10 ** 9,
        3 * 10 ** 9, 2 ** 32 - 1, 0)] + [(0, 0), (1_418_145_372, 2 * 10 ** 9), (0, 0), (1_418_145_370, 1_000_001)]
    invalid = [tmp_path / "microseconds.pcap", tmp_path / "nanoseconds.pcap"]
    for magic, path in zip((0xa1b2c3d4, 0xa1b23c4d), invalid):
        path.write_bytes(struct.pack("<IHHiIII", magic, 2, 4, 0, 0, 262144, 1) + b"".join(
            struct.pack("<IIII", second, fraction, len(ipx), len(ipx)) + ipx for second, fraction in times))
    ax25 = tmp_path / "ax25.pcap"
    ends = [bytes(ord(letter) << 1 for letter in "KA9Q  ") + end for end in (b"\xe0", b"\x63")]
    write_pcap(ax25, [b"\xff" * 6 + bytes(6) + b"\x08\xff\x15\x00" + b"".join(ends) + b"\x03\xf0" + b"hello"])
    assert_equal([far, *invalid, ax25], "plain", oracle, tmp_path)


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
    """As by their names, which one run reads one after another."""
    documents = io.BytesIO(espcap(*(part for capture in captures for part in ("--file", capture))).out)
    for capture in captures:
        with open(capture, "rb") as stream:
            piped = espcap("--file", "-", stdin=stream)
        assert piped.code == 0, piped
        assert piped.out == documents.read(len(piped.out)), capture
    assert not documents.read()


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
    assert_equal(files, "plain", oracle, tmp_path)


@pytest.mark.skipif(not FOLDER, reason="ESPCAP_CAPTURES names no folder of further captures")
@pytest.mark.parametrize("way", ["two-pass", "hex", "filter", "no-names"])
def test_further_captures_otherwise(way, oracle, tmp_path):
    files = sample(pathlib.Path(FOLDER).resolve())
    step = 1 if FULL else 8
    assert_equal(files[::step], way, oracle, tmp_path)

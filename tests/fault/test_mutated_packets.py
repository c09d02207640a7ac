# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets with bytes changed at random (editcap -E), as files, on a pipe and in shards: the supervisor stays, the run
ends, every line is JSON, and every packet is accounted for."""
import json
import os
import pathlib
import random
import subprocess

import pytest
from project import FULL, TEST_PCAPS

PACKETS = 100_000 if FULL else 2_000
MOST_OF_A_CAPTURE = 400  # from a random place on
CAPTURES_AT_ONCE = 8
MOST_WEIGHT_BYTES = 100_000
SHARES = ("0.0005", "0.005", "0.02", "0.1")  # of the bytes that are changed
SHAPES = ([], ["--hex"], ["--typed"], ["--ecs", "--columns"], ["--value-strings", "--typed"], ["--max-values", "3"])


def captures():
    folders = [TEST_PCAPS, *([pathlib.Path(os.environ["ESPCAP_CAPTURES"])] if "ESPCAP_CAPTURES" in os.environ else [])]
    return sorted(path for folder in folders for path in folder.rglob("*")
                  if path.is_file() and path.suffix in (".pcap", ".pcapng", ".cap"))


def mutate(path, into, chance):
    """Whether editcap could: some captures are damaged, or none."""
    first = chance.choice((1, 1, 1, chance.randrange(1, 2000)))
    run = subprocess.run(["editcap", "-E", chance.choice(SHARES), "--seed", str(chance.randrange(1, 1 << 31)), "-r", path,
                          into, f"{first}-{first + MOST_OF_A_CAPTURE - 1}"], check=False, capture_output=True, timeout=60)
    if run.returncode != 0 or not into.exists() or into.stat().st_size < 100:
        into.unlink(missing_ok=True)
        return False
    return True


def as_files(folder, espcap, shape):
    return espcap("--dir", folder, "--workers", "2", *shape)


def in_shards(folder, espcap, shape):
    return espcap("--dir", folder, "--workers", "2", "--shards", "2", *shape)


def on_a_pipe(folder, espcap, shape):
    """All in one capture, with the link type of each packet."""
    merged = folder / "merged"
    subprocess.run(["mergecap", "-a", "-F", "pcapng", "-w", merged, *sorted(folder.iterdir())], check=True,
                   capture_output=True, timeout=60)
    with merged.open("rb") as stream:
        return espcap("--file", "-", *shape, stdin=stream)


def check(run):
    """The number of its packets."""
    assert run.code in (0, 2), run
    ledger = run.ledger
    captured = ledger["packets captured"]
    assert captured == ledger["written"] + ledger["failed"], run
    lines = run.lines()
    assert len(lines) == ledger["written"], run
    for line in lines:
        assert isinstance(json.loads(line), dict)
    assert "protocol error" not in run.err, run
    return captured


@pytest.mark.parametrize("way", [as_files, on_a_pipe, in_shards], ids=lambda way: way.__name__)
def test_mutated_packets(way, seed, tmp_path, espcap):
    chance = random.Random(f"{seed} {way.__name__}")
    taken, files = 0, captures()
    # Most are of a few packets.
    weights = [min(path.stat().st_size, MOST_WEIGHT_BYTES) for path in files]
    while taken < PACKETS // 3:
        folder = tmp_path / str(taken)
        folder.mkdir()
        for number, path in enumerate(chance.choices(files, weights, k=CAPTURES_AT_ONCE)):
            mutate(path, folder / f"{number}.pcapng", chance)
        if any(folder.iterdir()):
            taken += check(way(folder, espcap, chance.choice(SHAPES)))
        for path in folder.iterdir():
            path.unlink()

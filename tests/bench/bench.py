# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares espcap's speed: with what no encoder can go below, and with tshark's.

Commands run in turn; the tables show medians, ratios, and what a ratio has to be. Without captures,
they are recorded once and kept in a cache folder. See tests/bench/README.md.
"""
import argparse
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

# What the tests use too: where the project is, processes, networks, runs of espcap.
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import captures  # noqa: E402
from against import measure_against, measure_border  # noqa: E402
from archive import measure_archive, measure_folder  # noqa: E402
from elasticsearch import measure_elasticsearch  # noqa: E402
from instructions import measure_instructions  # noqa: E402
from kafka_topics import measure_kafka  # noqa: E402
from live import measure_live  # noqa: E402
from machine import description, load  # noqa: E402
from measure import CommandFailed  # noqa: E402
from packets import measure_packets  # noqa: E402
from project import ESPCAP, ROOT  # noqa: E402
from single_capture import measure_capture  # noqa: E402
from storage import measure_storage  # noqa: E402
from table import Report  # noqa: E402

SUBJECTS = ("captures", "archive", "folders", "elasticsearch", "storage", "packets", "kafka", "instructions", "live")
COMPARISONS = ("against", "border")  # with another build
BORDER_RUNS = 10  # each
LIVE_PARTS = ("rates", "long", "overload", "idle")


@dataclasses.dataclass(frozen=True)
class Extent:
    """How much is measured: runs of one capture and of an archive, captures, and their parts."""
    runs: int
    archive_runs: int
    large: list
    archive_sample: int
    folder_sample: int
    elasticsearch_packets: int
    hits: int


QUICK = Extent(3, 1, captures.LARGE[:1], 25, 10, 15_000, 20_000)
FULL = Extent(5, 3, captures.LARGE, 100, 20, 50_000, 100_000)


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer runs, less to do")
    parser.add_argument("--runs", type=int, metavar="N", help="runs of each command")
    parser.add_argument("--only", action="append", choices=SUBJECTS + COMPARISONS, default=[],
                        help="this subject; repeatable")
    parser.add_argument("--live", action="append", choices=LIVE_PARTS, default=[],
                        help="of live capture, this part; repeatable")
    parser.add_argument("--against", type=pathlib.Path, metavar="PROGRAM",
                        help="measure against this other build of espcap, in turn: commands that write to "
                             "/dev/null (against), and to a server that answers at once (border)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE",
                        help="write every run there too")
    parser.add_argument("captures", nargs="*", type=pathlib.Path, metavar="CAPTURE",
                        help="measure with these, and nothing else unless --only says so")
    arguments = parser.parse_args()
    arguments.captures = [path.resolve() for path in arguments.captures]
    if arguments.against:
        arguments.against = arguments.against.resolve()
        arguments.only = arguments.only or list(COMPARISONS)
    elif set(arguments.only) & set(COMPARISONS):
        parser.error("--against names the other build")
    arguments.only = arguments.only or (["captures"] if arguments.captures else list(SUBJECTS))
    return arguments


def extent_of(arguments):
    extent = QUICK if arguments.quick else FULL
    if arguments.runs:
        extent = dataclasses.replace(extent, runs=arguments.runs, archive_runs=arguments.runs)
    return extent


def folders():
    """Those of further captures, next to the project or named."""
    base = pathlib.Path(os.environ.get("ESPCAP_CAPTURES") or ROOT.parent / "shared" / "captures")
    return sorted(path for path in base.iterdir() if path.is_dir()) if base.is_dir() else []


def run_subjects(report, arguments, extent, work):
    # Nobody's settings, and no configuration file.
    environment = {**os.environ, "HOME": str(work), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    (work / "empty.yml").touch()
    given = arguments.captures
    if "captures" in arguments.only:
        for path in given or [captures.recorded(*one) for one in (captures.OFFICE, *extent.large)]:
            packets = captures.packet_counts([path]).get(path, 0)
            if packets == 0:
                raise SystemExit(f"{path}: no capture, or one without packets")
            measure_capture(report, path, packets, extent.runs, environment)
    if "archive" in arguments.only:
        measure_archive(report, captures.archive(), extent.archive_sample, extent.archive_runs,
                        environment)
    if "folders" in arguments.only:
        for folder in folders():
            measure_folder(report, folder, work, extent.folder_sample, extent.archive_runs,
                           environment)
    if "elasticsearch" in arguments.only:
        path = given[0] if given else captures.recorded(*captures.OFFICE)
        measure_elasticsearch(report, path, extent.elasticsearch_packets, work, extent.runs,
                              environment)
    if "storage" in arguments.only:
        path = given[0] if given else captures.recorded(*captures.OFFICE)
        measure_storage(report, path, extent.elasticsearch_packets, work, extent.runs, environment)
    if "packets" in arguments.only:
        path = given[0] if given else captures.recorded(*captures.OFFICE)
        measure_packets(report, path, extent.hits, work, extent.runs, environment)
    if "kafka" in arguments.only:
        path = given[0] if given else captures.recorded(*captures.OFFICE)
        measure_kafka(report, path, captures.packet_counts([path])[path], work, extent.runs, environment)
    if "against" in arguments.only:
        path = given[0] if given else captures.recorded(*captures.OFFICE)
        measure_against(report, path, captures.archive(), arguments.against, extent.runs, environment)
    if "border" in arguments.only:
        path = given[0] if given else captures.recorded(*captures.OFFICE)
        runs = arguments.runs or (extent.runs if arguments.quick else BORDER_RUNS)
        measure_border(report, path, arguments.against, runs, environment)
    if "live" in arguments.only:
        path = given[0] if given else captures.recorded(*captures.OFFICE)
        measure_live(report, path, captures.packet_counts([path])[path],
                     arguments.live or LIVE_PARTS, arguments.quick, work, environment)
    if "instructions" in arguments.only:
        measure_instructions(report, work, environment)


def main():
    arguments = parse_arguments()
    # These clean up as Ctrl-C does.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    report = Report()
    report.machine(description(ROOT, ESPCAP))
    with tempfile.TemporaryDirectory(prefix="espcap-bench-") as folder:
        run_subjects(report, arguments, extent_of(arguments), pathlib.Path(folder))
    report.summary()
    print(f"\nload       {load()}")
    if arguments.json:
        arguments.json.write_text(json.dumps(report.content, indent=1) + "\n")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except (CommandFailed, subprocess.CalledProcessError) as failure:
        sys.exit(f"bench: {failure}")

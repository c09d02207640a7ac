# SPDX-License-Identifier: GPL-2.0-or-later
"""Many small captures: one run of espcap against one of tshark for each."""
import shutil

import measure
from captures import packet_counts
from programs import espcap, tshark_loop
from table import Target
from turns import Contender, how_often, in_turn, ratio

# espcap says with status 2 that a capture is damaged; tshark's loop goes on as well.
DAMAGED_IS_FINE = ["sh", "-c", '"$@" || [ $? = 2 ]', "sh"]


def measure_archive(report, folder, sample_size, runs, environment):
    """The archive that has targets: folder holds whole captures alone."""
    loop, one, two = _measure(report, folder.name, folder, sample_size, runs, environment)
    report.ratio("tshark / espcap on two workers, wall time", ratio(loop, two, "wall"),
                 Target(">=", 20))
    report.ratio("one worker / two workers, wall time", ratio(one, two, "wall"),
                 Target(">=", 1.8))
    report.ratio("tshark / espcap on one worker, user time", ratio(loop, one, "user"))


def measure_folder(report, folder, work, sample_size, runs, environment):
    """A folder of whatever captures: those with packets."""
    captures = packet_counts(sorted(path for path in folder.rglob("*") if path.is_file()))
    if not captures:
        return
    flat = work / f"{folder.parent.name}-{folder.name}"
    flat.mkdir()
    for number, path in enumerate(captures):
        shutil.copyfile(path, flat / f"{number:05}-{path.name}")
    loop, one, two = _measure(report, f"{folder.parent.name}/{folder.name}", flat, sample_size,
                              runs, environment)
    report.ratio("tshark / espcap on two workers, wall time", ratio(loop, two, "wall"))
    report.ratio("one worker / two workers, wall time", ratio(one, two, "wall"))
    shutil.rmtree(flat)


def _measure(report, title, folder, sample_size, runs, environment):
    counts = packet_counts(sorted(folder.iterdir()))
    paths = list(counts)
    sample = paths[::max(1, len(paths) // sample_size)][:sample_size]
    packets = sum(counts.values())
    report.subject(f"{title}: {len(paths)} captures, {packets:,} packets; "
                   f"{how_often(runs)}")
    factor = len(paths) / len(sample)
    loop = Contender("tshark", tshark_loop(sample), packets, factor=factor)
    one, two = (Contender(f"espcap, {workers}", [*DAMAGED_IS_FINE, *espcap(
        "--workers", workers, "--dir", folder)], packets) for workers in "12")
    in_turn([loop, one, two], runs, environment)
    report.head()
    report.contender(loop, "tshark -T ek, one by one *")
    for contender, name in ((one, "espcap, 1 worker"), (two, "espcap, 2 workers")):
        contender.survey = measure.surveyed(contender.command, environment)
        report.contender(contender, name)
        if contender.survey.output_lines != packets:
            report.note(f"{name}: {contender.survey.output_lines:,} documents")
    if factor > 1:
        report.note(f"* {len(sample)} captures, evenly from all; times {factor:.1f} times theirs")
    return loop, one, two

# SPDX-License-Identifier: GPL-2.0-or-later
"""One capture: the floor, the encoder, whole runs of espcap, and tshark."""
import dataclasses
import re

import measure
from programs import FLOOR, TEN_FIELDS, espcap, tshark
from table import Target
from turns import Contender, how_often, in_turn, ratio

LARGE_PACKETS = 100_000


def _loop_alone(run):
    """The run of espcap_floor with the time that it found for its loop."""
    user = float(re.search(r"([0-9.]+) s user CPU", run.text)[1])
    return dataclasses.replace(run, wall=user, user=user, system=0)


def _contenders(capture, packets):
    """By the names of the rows, in their order; None is what this build can't do."""
    file = ("--file", capture)
    one, two = ("--workers", "1"), ("--shards", "2", "--workers", "2")
    fields = ("--fields", TEN_FIELDS)
    commands = {
        "espcap, 1 worker": espcap(*one, *file),
        "espcap, 2 shards, 2 workers": espcap(*two, *file),
        "espcap, ten fields, 1 worker": espcap(*one, *fields, *file),
        "espcap, ten fields, 2 shards, 2 workers": espcap(*two, *fields, *file),
        "tshark -T ek": tshark(capture),
    }
    rows = {"the floor: dissection alone *": _floor(capture, packets, "dissect"),
            "the encoder: the floor and its JSON *": _floor(capture, packets, "encode")}
    for name, command in commands.items():
        rows[name] = command and Contender(name, command, packets)
    return rows


def _floor(capture, packets, mode):
    return Contender(f"espcap_floor {mode}", [FLOOR, capture, mode], packets, keep_output=True,
                     adjust=_loop_alone)


def _survey(contender, environment):
    contender.survey = measure.surveyed(contender.command, environment)
    if contender.keep_output:
        json_bytes = int(re.search(r"([0-9]+) bytes of JSON", contender.runs[0].text)[1])
        contender.survey = dataclasses.replace(contender.survey, output_bytes=json_bytes)


def measure_capture(report, capture, packets, runs, environment):
    report.subject(f"{capture.name}: {packets:,} packets, {capture.stat().st_size / 1e6:.1f} MB; "
                   f"{how_often(runs)}")
    rows = _contenders(capture, packets)
    in_turn(rows.values(), runs, environment)
    report.head()
    for name, contender in rows.items():
        if contender:
            _survey(contender, environment)
        report.contender(contender, name)
    report.note("* user time of the loop alone; of all others, start-up included")
    _check_documents(report, rows, packets)
    _ratios(report, rows, packets)


def _check_documents(report, rows, packets):
    for name, contender in rows.items():
        if contender and not contender.keep_output:
            lines = contender.survey.output_lines // (2 if name.startswith("tshark") else 1)
            if lines != packets:
                report.note(f"{name}: {lines:,} documents of {packets:,} packets!")


def _ratios(report, rows, packets):
    floor, encoder, one, two, fields, fields_two, tshark_ek = rows.values()
    large = packets > LARGE_PACKETS
    report.ratio("the encoder / the floor, user time", ratio(encoder, floor, "user"),
                 Target("<=", 1.30))
    report.ratio("tshark / espcap on one worker, user time", ratio(tshark_ek, one, "user"),
                 Target(">=", 3.2 if large else 2.8))
    report.ratio("tshark / espcap on two shards, wall time", ratio(tshark_ek, two, "wall"),
                 Target(">=", 5.5) if large else None)
    report.ratio("one worker / two shards, wall time", ratio(one, two, "wall"),
                 Target(">=", 1.8) if large else None)
    report.ratio("one worker / two shards, user time", ratio(one, two, "user"))
    report.ratio("whole documents / ten fields, user time", ratio(one, fields, "user"),
                 Target(">=", 2.0))
    report.ratio("whole documents / ten fields, wall time", ratio(one, fields, "wall"))
    report.ratio("ten fields: one worker / two shards, wall time",
                 ratio(fields, fields_two, "wall"))

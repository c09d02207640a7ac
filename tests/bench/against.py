# SPDX-License-Identifier: GPL-2.0-or-later
"""This build and another one, command by command: what a change costs."""
from bulk_server import bulk_server
from programs import TEN_FIELDS, espcap
from project import TEST_PCAPS
from table import Target
from turns import Contender, how_often, in_turn, ratio

START = TEST_PCAPS / "arp.pcap"  # a few packets: what is left is the start
SMALL = Target("<=", 1.02)
SERVER = Target("<=", 1.05)


def _pair(name, arguments, base):
    """The command by this build and by the other one."""
    command = espcap(*arguments)
    return Contender(name, command), Contender(f"{name}, before", [base, *command[1:]])


def _measure(report, commands, base, runs, environment, target):
    for name, arguments in commands.items():
        now, before = _pair(name, arguments, base)
        in_turn([now, before], runs, environment)
        report.contender(now, now.name)
        report.contender(before, before.name)
        report.ratio(f"{name}: CPU time, now / before", ratio(now, before, "cpu"), target)
        report.ratio(f"{name}: time, now / before", ratio(now, before, "wall"), target)


def measure_against(report, capture, folder, base, runs, environment):
    """Commands that write to /dev/null."""
    file, ten = ("--file", capture), ("--fields", TEN_FIELDS)
    two = ("--shards", "2", "--workers", "2")
    report.subject(f"{capture.name} against {base}; {how_often(runs)}")
    report.head()
    _measure(report, {
        "start": ("--file", START),
        "1 worker": ("--workers", "1", *file),
        "2 shards, 2 workers": (*two, *file),
        "ten fields, 1 worker": ("--workers", "1", *ten, *file),
        "ten fields, 2 shards, 2 workers": (*two, *ten, *file),
        "hex, 1 worker": ("--workers", "1", "--hex", *file),
        "ECS, 1 worker": ("--workers", "1", "--ecs", *file),
        "bulk, 1 worker": ("--workers", "1", "--format", "bulk", *file),
        "a folder, 2 workers": ("--workers", "2", "--dir", folder),
    }, base, runs, environment, SMALL)


def measure_border(report, capture, base, runs, environment):
    """To a server that answers at once: what it costs that the supervisor copies and checks."""
    report.subject(f"{capture.name} to a server, against {base}; {how_often(runs)}")
    report.head()
    with bulk_server() as url:
        commands = {
            f"{workers} worker{'s' * (workers > 1)}, {option}":
                ("--workers", str(workers), *(["--shards", "2"] if workers > 1 else []), "--file", capture,
                 "--node", url, "--no-template", option)
            for workers in (1, 2) for option in ("--compress", "--no-compress")}
        _measure(report, commands, base, runs, environment, SERVER)

# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of faults by the ways in which packets come: what holds in each cell, and the test that proves it.

docs/design/faults.md shows it. `python3 tests/support/fault_table.py RESULTS` writes that page's table anew; the tests
append their results to the file that ESPCAP_FAULT_RESULTS names."""
import dataclasses
import json
import pathlib
import sys

from project import FULL, ROOT

PAGE = ROOT / "docs" / "design" / "faults.md"
BEGIN, END = "<!-- table of tests/support/fault_table.py -->", "<!-- end of the table -->"
STALL_S = 0.1  # the longest that the supervisor's loop is at work, in every cell

FAULTS = {
    "server silent": "the server takes requests and doesn't answer",
    "503 on prepare": "the server answers 503 when its template is put",
    "429 on GET /": "the server is too busy to say who it is",
    "401 midway": "the server refuses the credentials from some moment on",
    "shards full": "the server has as many shards as it may have",
    "disk full": "no room is left for the output; of a spool, for its files",
    "reader stopped": "nobody reads the output, which is a pipe, for a while",
    "zygote killed": "the process that makes workers is killed",
    "worker looping": "a frame's dissection doesn't end",
    "worker bloating": "a frame's dissection takes all memory",
    "worker lying": "a worker hands over what can't be true",
    "worker killed": "somebody kills a worker",
    "ring without worker": "each worker of a ring dies at once",
}
MODES = {
    "file": "a capture file",
    "pipe": "standard input",
    "live": "an interface",
    "spool": "standard input, with --spool",
}


@dataclasses.dataclass(frozen=True)
class Cell:
    """What holds, in addition to what holds in all: the ledger balances, and the loop is never at work for STALL_S."""
    lost: str  # which packets, at most
    status: int
    health: str  # while the fault lasts; "ended": the run is over by then
    ended_s: int  # the run ends at most this many seconds after the fault's end


SERVERS, OUTPUTS, WORKERS, CLUSTER = (f"tests/fault/{name}.py" for name in (
    "test_faults_of_servers", "test_faults_of_outputs", "test_faults_of_workers", "test_cluster_states"))
FILES = {fault: path for path, faults in {
    SERVERS: ("server silent", "503 on prepare", "429 on GET /", "401 midway"),
    CLUSTER: ("shards full",),
    OUTPUTS: ("disk full", "reader stopped"),
    WORKERS: ("zygote killed", "worker looping", "worker bloating", "worker lying", "worker killed", "ring without worker"),
}.items() for fault in faults}

WAITED_FOR = Cell("none", 0, "ok", 10)
UNREADY, REFUSED = (dataclasses.replace(WAITED_FOR, health=health) for health in (
    "no document is sent before the server is prepared", "the server accepts no documents"))
QUARANTINED = Cell("none: the frame has an error's document", 2, "ok", 10)
ZYGOTE = Cell("none of those captured", 3, "ended", 5)
CELLS = {
    **{("server silent", mode): WAITED_FOR for mode in MODES},
    **{("503 on prepare", mode): UNREADY for mode in MODES},
    **{("429 on GET /", mode): UNREADY for mode in MODES},
    **{("401 midway", mode): REFUSED for mode in MODES},
    **{("shards full", mode): REFUSED for mode in MODES},
    **{("disk full", mode): Cell("what the disk doesn't hold, counted", 3, "ended", 5) for mode in ("file", "pipe", "live")},
    ("disk full", "spool"): Cell("none", 0, "the spool accepts no more documents", 10),
    **{("reader stopped", mode): WAITED_FOR for mode in ("file", "pipe", "live")},
    ("reader stopped", "spool"): "A spool belongs to a server: one that stops reading is silent.",
    **{("zygote killed", mode): ZYGOTE for mode in MODES},
    **{("worker looping", mode): QUARANTINED for mode in MODES},
    **{("worker bloating", mode): QUARANTINED for mode in MODES},
    **{("worker lying", mode): Cell("none", 2, "ok", 30) for mode in MODES},  # what follows is handed over one by one
    # Most documents follow.
    **{("worker killed", mode): dataclasses.replace(WAITED_FOR, ended_s=30) for mode in MODES},
    ("ring without worker", "file"): "A file has no ring: its next worker reads it again.",
    **{("ring without worker", mode): Cell("none", 0, "nobody dissects what comes in", 10) for mode in ("pipe", "live", "spool")},
}


def cells_of(path):
    """(fault, mode) of the cells that a file of tests proves: in the short form two of each fault, of other modes in turn."""
    turns = {fault: turn for turn, fault in enumerate(FAULTS)}
    return [(fault, mode) for (fault, mode), cell in CELLS.items()
            if FILES[fault] == path and isinstance(cell, Cell)
            and (FULL or (list(MODES).index(mode) + turns[fault]) % 4 in (0, 3))]


def name_of(value):
    """Of a test's parameter."""
    return value.replace(" ", "-").replace("/", "root")


def node_id_of(fault, mode):
    return f"{FILES[fault]}::test_fault[{name_of(fault)}-{name_of(mode)}]"


def row_of(fault, mode, results):
    cell = CELLS[fault, mode]
    if isinstance(cell, str):
        return f"| {fault} | {mode} | can't occur: {cell} | | | | |"
    return f"| {fault} | {mode} | {cell.lost} | {cell.status} | {cell.health} | {cell.ended_s} s | {results.get((fault, mode), '')} |"


def rows(results):
    return [row_of(fault, mode, results) for fault in FAULTS for mode in MODES]


def results_of_page():
    """{(fault, mode): what the page says of the last run}."""
    table = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("| ")]
    return {(cell[0], cell[1]): cell[-1] for cell in cells[1:]}


def write_page(lines):
    """`lines`: JSON, as the tests append it."""
    results = results_of_page()
    for line in lines:
        result = json.loads(line)
        results[result["fault"], result["mode"]] = (
            f"{result['date']}: {result['lost']} lost, stall {result['stall_ms']} ms, ended in {result['ended_s']:.1f} s")
    head = ["| fault | mode | packets lost | status | health meanwhile | ends within | result |", "|---|---|---|---|---|---|---|"]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    table = "\n".join(["", "", *head, *rows(results), "", ""])
    PAGE.write_text(before + BEGIN + table + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    write_page(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").splitlines())

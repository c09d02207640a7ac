# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of faults is whole: each fault in each mode has a test, or a reason why it can't occur; the page shows what the
tests assert, and when they last did."""
import os
import re
import subprocess
import sys

from fault_table import BEGIN, CELLS, END, FAULTS, FILES, MODES, PAGE, Cell, node_id_of, results_of_page, row_of, rows
from project import ROOT


def test_every_fault_has_every_mode():
    assert set(CELLS) == {(fault, mode) for fault in FAULTS for mode in MODES}
    for cell in CELLS.values():
        assert isinstance(cell, Cell) or len(cell) > 20


def test_every_cell_has_its_test():
    named = {node_id_of(fault, mode) for (fault, mode), cell in CELLS.items() if isinstance(cell, Cell)}
    files = sorted({name.partition("::")[0] for name in named})
    listed = subprocess.run([sys.executable, "-m", "pytest", "--collect-only", "-q", "-k", "test_fault", *files], cwd=ROOT,
                            env={**os.environ, "ESPCAP_FULL": "1"}, text=True, stdout=subprocess.PIPE, check=True).stdout
    found = {f"tests/{line.removeprefix('tests/')}" for line in listed.splitlines() if "::test_fault[" in line}
    assert found == named


def test_the_page_shows_the_table():
    """Row by row, in its order; each with a dated result."""
    results = results_of_page()
    table = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert [line for line in table.splitlines() if line.startswith("| ")][1:] == rows(results)
    for (fault, mode), cell in CELLS.items():
        if isinstance(cell, Cell):
            assert re.fullmatch(r"\d{4}-\d\d-\d\d: \d+ lost, stall \d+ ms, ended in \d+\.\d s", results[fault, mode]), \
                row_of(fault, mode, results)


def test_the_page_explains_each_word():
    text = PAGE.read_text(encoding="utf-8")
    for mode, what in MODES.items():
        assert f"- **{mode}**: {what}\n" in text
    for fault, what in FAULTS.items():
        assert f"- **{fault}**: {what} (`{FILES[fault]}`)\n" in text

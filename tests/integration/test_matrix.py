# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of docs/tested-with.md is what tests/matrix/results says."""
import importlib.util

from project import ROOT

spec = importlib.util.spec_from_file_location("results", ROOT / "tests" / "matrix" / "results.py")
results = importlib.util.module_from_spec(spec)
spec.loader.exec_module(results)


def step(release, name, outcome, day, **packages):
    return {"release": release, "step": name, "outcome": outcome, "date": day, "packages": packages}


def test_the_page_has_the_results():
    text = results.PAGE.read_text()
    assert results.page(text, results.read(results.RESULTS)) == text
    assert text.count("made by tests/matrix/results.py") == 1


def test_a_row_is_a_release_with_its_newest_wireshark():
    table = results.releases([
        step("13", "build", "passed", "2026-01-02", libwireshark18="4.4.9-1~deb13u1", libc6="2.41"),
        step("13", "install", "failed", "2026-01-01", libwireshark18="4.4.7-1")])
    assert "| Debian 13 | 4.4.9 | 2026-01-02 | not yet | not yet | failed 2026-01-01 | not yet |\n" in table
    assert "| Debian 12 | unknown | not yet |" in table

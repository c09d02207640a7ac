# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of docs/tested-with.md are what tests/matrix/results says."""
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
    assert text.count("made by tests/matrix/results.py") == 2


def test_a_row_is_a_release_with_its_newest_wireshark():
    table = results.releases([
        step("13", "build", "passed", "2026-01-02", libwireshark18="4.4.9-1~deb13u1", libc6="2.41"),
        step("13", "install", "failed", "2026-01-01", libwireshark18="4.4.7-1")])
    assert "| Debian 13 | 4.4.9 | 2026-01-02 | not yet | not yet | failed 2026-01-01 | not yet |\n" in table
    assert "| Debian 12 | unknown | not yet |" in table


def test_a_row_is_a_server_in_order_of_versions():
    table = results.servers([
        {"server": "opensearch-3.10.0", "date": "2026-01-02", "outcomes": {"template": "works"}},
        {"server": "opensearch-3.9.0", "date": "2026-01-01", "outcomes": {"template": "fails"}}])
    assert table == ("| server | template | tested |\n| --- | --- | --- |\n"
                     "| OpenSearch 3.9.0 | fails | 2026-01-01 |\n| OpenSearch 3.10.0 | works | 2026-01-02 |\n")

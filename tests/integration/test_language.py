# SPDX-License-Identifier: GPL-2.0-or-later
"""The linters of language and licences find what they look for, and nothing in code."""
import subprocess
import sys

import pytest
from project import ROOT

sys.path.insert(0, str(ROOT / "tests" / "lint"))

import licences  # noqa: E402  (from there)
import messages  # noqa: E402
import prose  # noqa: E402

LONG = " ".join(["word"] * 26)
FITS = " ".join(["word"] * 25)


@pytest.mark.parametrize(("text", "count"), [
    (f"{LONG}.\n", 1),
    (f"{FITS}. {FITS}.\n", 0),
    (f"{FITS}\n{FITS}.\n", 1),
    (f"{FITS}\n\n{FITS}.\n", 0),
    (f"- {FITS}\n- {FITS}\n", 0),
    (f"- {FITS}\n  {FITS}\n", 1),
    (f"| {FITS} | {FITS} |\n", 0),
    (f"| {LONG} | x |\n", 1),
    (f"# {FITS}\n{FITS}\n", 0),
    (f"```\n{LONG}\n```\n", 0),
    (f"    {LONG}\n", 0),
    (f"`{LONG}` word\n", 0),
    (f"<!-- {LONG} -->\n", 0),
    (f"{FITS} e.g. more\n", 1),
])
def test_sentences_are_counted_outside_code(text, count):
    assert len(list(prose.long_sentences("a.md", text))) == count


@pytest.mark.parametrize(("text", "found"), [
    ("// it was sent in vain", ["in vain"]),
    ("// it was sent in\n// vain", ["in vain"]),
    ("Whoever reads", ["whoever"]),
    ("kBeside, besides, withstands", []),
    ("a.stands, stands-alone", []),
])
def test_phrases_are_found_over_lines(text, found):
    listed = prose.phrases(ROOT)
    assert [line.split("'")[1] for line in prose.banned("a", text, listed)] == found


@pytest.mark.parametrize(("message", "is_right"), [
    ("area: what\n\nA body.", True),
    ("one, two: what; and why", True),
    ("what", False),
    (f"area: what\n\n{LONG}.", False),
    ("area: a thing that is sent in vain", False),
])
def test_messages_of_commits(message, is_right):
    assert (not list(messages.faults(message, prose.phrases(ROOT)))) == is_right


def test_a_file_without_its_licence_is_found(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "one.cc").write_text("int a;\n")
    (tmp_path / "two.cc").write_text(f"// {licences.LINE}\n")
    (tmp_path / "three.json").write_text("{}\n")
    assert list(licences.missing(tmp_path)) == ["one.cc"]

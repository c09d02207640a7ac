# SPDX-License-Identifier: GPL-2.0-or-later
"""What lint keeps of clang-tidy: a clean result, until anything changes that it follows from."""
import importlib.util
import pathlib
import shutil

import pytest
from project import ROOT

SOURCES = {"src/a/one.cc": '#include "a/one.h"\n#include <vector>\nint One() { return kTwo; }\n',
           "src/a/one.h": '#pragma once\n#include "b/two.h"\nint One();\n',
           "src/b/two.h": "#pragma once\nconstexpr int kTwo = 2;\n",
           "src/b/other.h": "#pragma once\n"}


@pytest.fixture
def tidy(tmp_path, monkeypatch):
    """The script, in a small project of its own."""
    for name, text in SOURCES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("ESPCAP_TEST_CACHE", raising=False)
    spec = importlib.util.spec_from_file_location("tidy", ROOT / "tests" / "lint" / "tidy.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT = tmp_path
    return module


def unit_of(tidy, flags="-O2"):
    tidy.bytes_of.cache_clear()
    return tidy.Unit({"file": str(tidy.ROOT / "src/a/one.cc"),
                      "command": f"c++ -I{tidy.ROOT}/src {flags} -c {tidy.ROOT}/src/a/one.cc"})


def test_every_project_file_that_is_included_belongs_to_it(tidy):
    found = [str(path.relative_to(tidy.ROOT)) for path in unit_of(tidy).files]
    assert found == ["src/a/one.cc", "src/a/one.h", "src/b/two.h"]


def test_a_clean_result_is_known_until_something_changes(tidy):
    results = tidy.Results(["version 1"])
    assert not results.has(unit_of(tidy), False)
    results.add(unit_of(tidy), False)
    assert results.has(unit_of(tidy), False)
    assert not results.has(unit_of(tidy), True), "the analyzer has not looked at it"
    assert not results.has(unit_of(tidy, "-O1"), False), "another command"
    assert not tidy.Results(["version 2"]).has(unit_of(tidy), False), "another version"


@pytest.mark.parametrize("name, is_known", [("src/a/one.cc", False), ("src/a/one.h", False),
                                            ("src/b/two.h", False), ("src/b/other.h", True)])
def test_one_changed_byte_of_an_included_file_is_looked_at(name, is_known, tidy):
    results = tidy.Results([])
    results.add(unit_of(tidy), True)
    with (tidy.ROOT / name).open("a") as stream:
        stream.write(" ")
    assert results.has(unit_of(tidy), True) == is_known


def test_what_the_analyzer_found_clean_is_clean_without_it(tidy):
    results = tidy.Results([])
    results.add(unit_of(tidy), True)
    assert results.has(unit_of(tidy), False)


def test_the_place_of_the_checkout_does_not_matter(tidy, tmp_path):
    keys = set()
    for folder in ("here", "there"):
        shutil.copytree(tmp_path / "src", tmp_path / folder / "src")
        tidy.ROOT = pathlib.Path(tmp_path / folder)
        keys.add(unit_of(tidy).key([], True))
    assert len(keys) == 1


def test_nothing_is_kept_where_that_is_switched_off(tidy, monkeypatch):
    tidy.Results([]).add(unit_of(tidy), True)
    monkeypatch.setenv("ESPCAP_TEST_CACHE", "off")
    assert not tidy.Results([]).has(unit_of(tidy), True)


def test_a_program_that_ends_without_a_word_is_a_finding(tidy):
    silent = tidy.ROOT / "clang-tidy"
    silent.write_text("#!/bin/sh\nkill -KILL $$\n", encoding="ascii")
    silent.chmod(0o755)
    _, _, found = tidy.look_at(str(silent), tidy.ROOT, unit_of(tidy), False)
    assert "src/a/one.cc: clang-tidy: exit status" in found


def test_it_looks_without_precompiled_headers(tidy):
    precompiled = f"-fpch-preprocess -Winvalid-pch -include {tidy.ROOT}/build/cmake_pch.hxx"
    unit = unit_of(tidy, f"-O2 {precompiled} -include own.h")
    assert unit.entry["command"] == unit_of(tidy, "-O2 -include own.h").entry["command"]
    assert unit.key([], True) == unit_of(tidy, "-O2 -include own.h").key([], True)

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes what CHANGELOG.md calls unreleased a version, in CMakeLists.txt too, which alone says what the version is.

    set_version.py VERSION DATE    for example 1.2.3 2026-01-31"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
UNRELEASED = "## [Unreleased]\n"
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
PROJECT = re.compile(r"^(project\(espcap VERSION )([\d.]+)( )", re.MULTILINE)


def number(version):
    return [int(part) for part in version.split(".")]


def changed(cmake, changelog, version, date):
    """(CMakeLists.txt, CHANGELOG.md); ValueError says what is wrong."""
    if not VERSION.fullmatch(version):
        raise ValueError(f"{version}: is no version; write three numbers, such as 1.2.3")
    if f"## [{version}]" in changelog:
        raise ValueError(f"{version}: is in CHANGELOG.md already; take the next one")
    before, heading, after = changelog.partition(UNRELEASED)
    if not heading or not after.split("\n## ")[0].strip():
        raise ValueError("CHANGELOG.md: has nothing below '## [Unreleased]'; there is nothing to release")
    last = PROJECT.search(cmake)
    if number(version) < number(last[2]):
        raise ValueError(f"{version}: is lower than {last[2]} of CMakeLists.txt; take a higher one")
    return PROJECT.sub(rf"\g<1>{version}\g<3>", cmake), f"{before}{heading}\n## [{version}] - {date}\n{after}"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    paths = [ROOT / "CMakeLists.txt", ROOT / "CHANGELOG.md"]
    try:
        texts = changed(*(path.read_text(encoding="utf-8") for path in paths), *sys.argv[1:])
    except ValueError as error:
        sys.exit(f"set_version.py: {error}")
    for path, text in zip(paths, texts):
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every file of the project's own text names its licence. What is found is printed, and the exit status is 1 then."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINE = "SPDX-License-Identifier: GPL-2.0-or-later"

# Captures, what servers and programs wrote, formats without comments, the licence itself, and settings of tools by
# whose bytes results are kept.
WITHOUT = re.compile(r"^(COPYING|docs/report\.png|debian/source/format|docs/words\.txt|\.clang-tidy|\.clang-format|"
                     r"tests/lint/requirements\.txt|test_pcaps/(?!record/).*(?<!\.md)|"
                     r"tests/(data|fixtures|fuzz/findings)/.*|.*\.json)$")


def missing(root):
    listed = subprocess.run(["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard"],
                            check=True, capture_output=True, text=True).stdout.splitlines()
    for name in listed:
        path = root / name
        if WITHOUT.match(name) or not path.is_file():
            continue
        if LINE not in path.read_text(encoding="utf-8"):
            yield name


def main():
    found = list(missing(pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT))
    for name in found:
        print(f"{name}: no line '{LINE}'")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

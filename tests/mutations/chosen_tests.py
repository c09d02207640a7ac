# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests by their names: Suite.Test of the C++ tests, file.py or file.py::test of the others."""
import re

from functions import NotFound

DEFINITION = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", re.MULTILINE)
TARGETS = {"unit": "espcap_unit_tests", "golden": "espcap_golden_tests"}  # by folder of tests/


class Tests:
    """Those of a tree."""

    def __init__(self, root):
        self.root = root
        self.targets = {}  # of each C++ test
        for folder, target in TARGETS.items():
            for path in (root / "tests" / folder).rglob("*.cc"):
                for suite, test in DEFINITION.findall(path.read_text()):
                    self.targets[f"{suite}.{test}"] = target

    def check(self, name):
        """NotFound where there is no such test."""
        if ".py" in name:
            path, _, function = name.partition("::")
            function = function.partition("[")[0]
            source = self.root / path
            if not source.is_file() or not re.search(rf"^def {function or 'test_'}", source.read_text(),
                                                     re.MULTILINE):
                raise NotFound(f"there is no test {name}")
        elif name not in self.targets:
            raise NotFound(f"there is no test {name}")

    def targets_of(self, names):
        """What must be built for them."""
        return sorted({self.targets.get(name, "espcap") for name in names})


def of_ctest(names):
    """A regular expression of the C++ tests among them; "" for none."""
    chosen = sorted(re.escape(name) for name in names if ".py" not in name)
    # A name comes after the prefix of its program and its instance, and before its parameter.
    return rf"^(.*[./])?({'|'.join(chosen)})(/.*)?$" if chosen else ""


def of_pytest(names):
    return sorted(name for name in names if ".py" in name)


def failed(output):
    """The first test that ctest or pytest says has failed; None where none has."""
    found = (re.search(r"^\s*\d+ - (\S+).*\([A-Za-z_ ]+\)\s*$", output, re.MULTILINE)
             or re.search(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", output, re.MULTILINE))
    return found and found[1]

# SPDX-License-Identifier: GPL-2.0-or-later
"""The summary line that a run ends with."""
import re


def ledger(text):
    """The numbers of the summary line, by their words; {} where there is none."""
    lines = [line for line in text.splitlines() if "packets captured" in line]
    return {words: int(number) for number, words in
            re.findall(r"(\d+) ([a-z][a-z ]*[a-z])(?=[,;])", lines[-1])} if lines else {}

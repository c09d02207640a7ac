# SPDX-License-Identifier: GPL-2.0-or-later
"""A page that espcap report has written, and what tshark counts over the same captures."""
import collections
import json
import re
import shlex
import subprocess

DATA = re.compile(r'<script type="application/json" id="report">(.*?)</script>', re.DOTALL)
BETWEEN = "^"  # values of one packet


class Page:
    def __init__(self, text):
        self.text = text
        self.data = json.loads(DATA.search(text).group(1))
        self.facts = {fact["name"]: fact["value"] for fact in self.data["facts"]}
        self.sections = {section["id"]: section for section in self.data["sections"]}

    def rows(self, section):
        return self.sections[section]["rows"]

    def figures(self, section):
        """{name: (packets, bytes)}."""
        return {row["name"]: tuple(row["cells"][:2]) for row in self.rows(section)}


class Counted:
    """Packets as tshark dissects them: the values of some fields of each."""

    def __init__(self, tshark, captures, fields):
        self.fields = fields
        self.packets = []
        for capture in captures:
            arguments = [word for field in ["frame.len", *fields] for word in ("-e", field)]
            printed = tshark("-r", capture, "-T", "fields", "-E", "separator=/t", "-E", f"aggregator={BETWEEN}",
                             *arguments)
            for line in printed.splitlines():
                values = line.split("\t")
                self.packets.append((int(values[0]), dict(zip(fields, [
                    [value for value in text.split(BETWEEN) if value] for text in values[1:]]))))

    def by(self, values_of):
        """{value: (packets, bytes)}. `values_of`: of one packet's fields."""
        counts = collections.defaultdict(lambda: [0, 0])
        for length, values in self.packets:
            for value in set(values_of(values)):
                counts[value][0] += 1
                counts[value][1] += length
        return {value: tuple(count) for value, count in counts.items()}

    @property
    def total(self):
        return len(self.packets), sum(length for length, _ in self.packets)


def run_command(command, espcap_program, folder, environment):
    """By sh, as somebody who has copied it: `espcap` is the program that is tested."""
    script = f"espcap() {{ {shlex.quote(str(espcap_program))} \"$@\"; }}\n{command}\n"
    return subprocess.run(["sh", "-c", script], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)

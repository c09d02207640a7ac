# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables for people as they come, and all of it as one value for programs."""
import dataclasses

COLUMNS = ("wall s", "user s", "sys s", "packets/s", "JSON MB/s", "peak MiB", "tree MiB")
NAME_WIDTH = 44
WIDTH = 10


@dataclasses.dataclass(frozen=True)
class Target:
    """What a ratio has to be: at least, or at most."""
    sign: str
    limit: float

    def verdict(self, value):
        good = value >= self.limit if self.sign == ">=" else value <= self.limit
        return "ok" if good else f"falls short by {abs(value / self.limit - 1):.0%}"


class Report:
    """All subjects. Prints each table when it is complete."""

    def __init__(self):
        self.content = {"machine": {}, "subjects": []}
        self._targets = []

    def machine(self, pairs):
        self.content["machine"] = dict(pairs)
        for word, line in pairs:
            print(f"{word:10} {line}")

    def subject(self, title):
        self.content["subjects"].append({"title": title, "rows": [], "ratios": [], "notes": []})
        print(f"\n== {title}")

    def head(self, columns=COLUMNS):
        print(f"{'':{NAME_WIDTH}}" + "".join(f"{column:>{WIDTH}}" for column in columns))

    def contender(self, contender, name):
        """A row of medians; one that can't run yet has only its name."""
        if contender is None:
            self.row(name, ["not built"])
            return
        wall, user, system = (contender.median(what) for what in ("wall", "user", "system"))
        survey = contender.survey
        speed = contender.packets / wall if contender.packets else None
        self.row(name, [
            f"{wall:.2f}", f"{user:.2f}", f"{system:.2f}",
            "" if speed is None else f"{speed:,.0f}",
            f"{survey.output_bytes / 1e6 / wall:.0f}" if survey and survey.output_bytes else "",
            f"{contender.median('peak_mib'):.0f}",
            f"{survey.tree_mib:.0f}" if survey else ""],
            runs=[dataclasses.asdict(run) for run in contender.runs],
            packets=contender.packets, survey=survey and dataclasses.asdict(survey))

    def row(self, name, cells, **more):
        for_programs = {key: value for key, value in more.items() if value is not None}
        self._last()["rows"].append({"name": name, "cells": cells, **for_programs})
        print(f"{name:{NAME_WIDTH}}" + "".join(f"{cell:>{WIDTH}}" for cell in cells))

    def ratio(self, name, found, target=None):
        """found: a Ratio, or None where one side can't run yet."""
        verdict = "not built"
        if found is not None:
            verdict = target.verdict(found.value) if target else ""
        entry = {"name": name, "value": found and found.value,
                 "target": f"{target.sign} {target.limit:g}" if target else "",
                 "verdict": verdict, "turns": found and [found.lowest, found.highest]}
        self._last()["ratios"].append(entry)
        if target:
            self._targets.append((self._last()["title"], entry))
        self._print_ratio(entry)

    def note(self, text):
        self._last()["notes"].append(text)
        print(f"  {text}")

    def summary(self):
        print("\n== Targets")
        title = None
        for of_subject, entry in self._targets:
            if of_subject != title:
                print(f" {of_subject}")
                title = of_subject
            self._print_ratio(entry)

    def _last(self):
        return self.content["subjects"][-1]

    @staticmethod
    def _print_ratio(entry):
        value, turns = "", ""
        if entry["value"] is not None:
            value = f"{entry['value']:.2f}"
            lowest, highest = entry["turns"]
            turns = f"({lowest:.2f} to {highest:.2f})" if lowest != highest else ""
        print(f"  {entry['name']:58}{value:>8} {turns:>18} {entry['target']:>8}  "
              f"{entry['verdict']}".rstrip())

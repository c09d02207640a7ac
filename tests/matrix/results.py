#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The last outcome of each cell of the matrix, and the tables of docs/tested-with.md, which are made of them.

    results.py record RELEASE STEP passed|failed    standard input: lines of a package's name, a tab and its version
    results.py tables                               writes the tables anew

An outcome is a file of tests/matrix/results: date and versions, since a release's packages change."""
import datetime
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
RESULTS = ROOT / "tests" / "matrix" / "results"
PAGE = ROOT / "docs" / "tested-with.md"
RELEASES = {"12": "Debian 12", "13": "Debian 13", "testing": "Debian testing"}
STEPS = {"build": "compiles", "smoke": "documents equal tshark's", "package": "package", "install": "installation",
         "test": "all tests"}
SERVERS = {"elasticsearch": "Elasticsearch", "opensearch": "OpenSearch"}


def write(name, result):
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def record_step(release, step, outcome, versions, day):
    write(f"{release}-{step}", {
        "release": release, "step": step, "outcome": outcome, "date": day.isoformat(),
        "packages": dict(sorted(line.split("\t") for line in versions))})


def record_server(name, outcomes, day):
    write(name, {"server": name, "date": day.isoformat(), "outcomes": outcomes})


def read(folder):
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def cell(result):
    if result is None:
        return "not yet"
    return result["date"] if result["outcome"] == "passed" else f"failed {result['date']}"


def wireshark(results):
    """The version of the newest result that has one."""
    versions = [version for result in sorted(results, key=lambda each: each["date"])
                for name, version in result["packages"].items() if name.startswith("libwireshark")]
    return re.sub(r"[-~+].*", "", versions[-1]) if versions else "unknown"


def rows(header, lines):
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, ["---"] * len(header), *lines]) + "\n"


def releases(results):
    done = {(each["release"], each["step"]): each for each in results if "release" in each}
    lines = []
    for release, name in RELEASES.items():
        cells = [done.get((release, step)) for step in STEPS]
        lines.append([name, wireshark([each for each in cells if each]), *map(cell, cells)])
    return rows(["release", "Wireshark", *STEPS.values()], lines)


def version_key(result):
    kind, _, version = result["server"].partition("-")
    return kind, [int(part) for part in version.split(".")]


def servers(results):
    done = sorted((each for each in results if "server" in each), key=version_key)
    lines = []
    for each in done:
        kind, _, version = each["server"].partition("-")
        lines.append([f"{SERVERS[kind]} {version}", *each["outcomes"].values(), each["date"]])
    return rows(["server", *(done[0]["outcomes"] if done else []), "tested"], lines)


def page(text, results):
    for name, table in (("releases", releases), ("servers", servers)):
        begin, end = f"<!-- {name}: made by tests/matrix/results.py -->\n", f"<!-- {name}: end -->\n"
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}\n{table(results)}\n{end}{rest.partition(end)[2]}"
    return text


def write_page():
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), read(RESULTS)), encoding="utf-8")


def main():
    match sys.argv[1:]:
        case ["record", release, step, ("passed" | "failed") as outcome]:
            record_step(release, step, outcome, sys.stdin.read().splitlines(), datetime.date.today())
        case ["tables"]:
            pass
        case _:
            sys.exit(__doc__)
    write_page()


if __name__ == "__main__":
    main()

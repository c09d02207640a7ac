#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""clang-tidy over the translation units of src/, each looked at once.

    tidy.py CLANG_TIDY [--full] [--base COMMIT]

A clean result is kept, as an empty file, under a hash of all that it follows from: the bytes of the .cc and of every
project file that it includes, its compile command, .clang-tidy, and the versions of clang-tidy and of the packages
whose headers are included. A finding is never kept.

The path-sensitive analyzer takes most of the time. It looks at the files that changed since --base (a .cc, or its
header), at all of them with --full. Default of --base: the merge base with origin/main. Where that is HEAD itself (a
fresh clone), what changed is what the last day's commits changed, and of that the newest MOST_IN_A_CLONE files.
ESPCAP_TEST_CACHE=off looks at every file.
"""
import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

import cache  # noqa: E402  (from there)

INCLUDE = re.compile(rb'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
NO_ANALYZER = "--checks=-clang-analyzer-*"
MOST_ENTRIES = 20_000
MOST_IN_A_CLONE = 25
MOST_CPU_S = 600  # a unit; of processor time, since lint runs at the lowest priority with the tests
A_DAY_S = 24 * 3600


def git(*arguments):
    run = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return run.stdout.strip() if run.returncode == 0 else None


@functools.cache
def bytes_of(path):
    return path.read_bytes()


def without_precompiled_headers(words):
    """clang can't read gcc's, and each file is to include what it needs."""
    left, waiting = [], iter(words)
    for word in waiting:
        if word == "-include":
            header = next(waiting)
            left += [] if header.endswith("/cmake_pch.hxx") else [word, header]
        elif word not in ("-Winvalid-pch", "-fpch-preprocess"):
            left.append(word)
    return left


class Unit:
    """One translation unit and what its result follows from."""

    def __init__(self, entry):
        self.path = pathlib.Path(entry["file"])
        self.name = str(self.path.relative_to(ROOT))
        words = without_precompiled_headers(shlex.split(entry["command"]))
        self.entry = {**entry, "command": shlex.join(words)}
        self.command = self.entry["command"].replace(str(ROOT), "ROOT")
        self.folders = [pathlib.Path(word[2:]) for word in words if word.startswith("-I")]

    @functools.cached_property
    def files(self):
        """The .cc and every project file that it includes, at any depth, in order."""
        found, waiting = {}, [self.path]
        while waiting:
            path = waiting.pop()
            if path in found:
                continue
            found[path] = None
            for name in INCLUDE.findall(bytes_of(path)):
                candidates = [folder / name.decode() for folder in (path.parent, *self.folders)]
                waiting += [candidate.resolve() for candidate in candidates if candidate.is_file()][:1]
        return sorted(found)

    def key(self, shared, analyzed):
        digest = hashlib.sha256(json.dumps([shared, analyzed, self.command]).encode())
        for path in self.files:
            digest.update(f"\n{path.relative_to(ROOT)} {len(bytes_of(path))}\n".encode())
            digest.update(bytes_of(path))
        return digest.hexdigest()


class Results:
    """Which units are known to be clean."""

    def __init__(self, shared):
        self.shared = shared
        self.folder = cache.folder("tidy")  # None where nothing is kept

    def has(self, unit, analyzed):
        """A unit that the analyzer found clean is clean without it, too."""
        if self.folder is None:
            return False
        for kind in {True, analyzed}:
            entry = self.folder / unit.key(self.shared, kind)
            if entry.exists():
                entry.touch()
                return True
        return False

    def add(self, unit, analyzed):
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / unit.key(self.shared, analyzed)).touch()

    def prune(self):
        if self.folder is None or not self.folder.is_dir():
            return
        entries = sorted(self.folder.iterdir(), key=lambda entry: entry.stat().st_mtime)
        for entry in entries[:-MOST_ENTRIES]:
            entry.unlink(missing_ok=True)


def shared_state(clang_tidy):
    """What every unit's result follows from."""
    version = subprocess.run([clang_tidy, "--version"], capture_output=True, check=True, text=True)
    packages = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package} ${Version}\n",
                               "lib*-dev", "nlohmann-json3-dev"],
                              capture_output=True, check=False, text=True)
    # A pattern also matches names that are not installed and that another package merely mentions.
    installed = [line for line in packages.stdout.splitlines() if line.startswith("installed ")]
    return [version.stdout, *installed, (ROOT / ".clang-tidy").read_text(encoding="utf-8")]


def stem(name):
    return name.rsplit(".", 1)[0]


def changed_since(base):
    """The files, without their endings, that differ from `base`."""
    listed = git("diff", "--name-only", base)
    if listed is None:
        sys.exit(f"tidy.py: --base {base}: not a commit; name one that git has")
    untracked = git("ls-files", "--others", "--exclude-standard") or ""
    return {stem(name) for name in (listed + "\n" + untracked).splitlines()}


def changed_in_the_last_day():
    """The newest of src/ first; of the commits that are less than a day older than HEAD."""
    committed = int(git("log", "-1", "--format=%ct", "HEAD") or 0)
    listed = git("log", f"--since={committed - A_DAY_S}", "--format=", "--name-only", "--", "src/") or ""
    stems = dict.fromkeys(stem(name) for name in listed.splitlines() if name)
    return set(list(stems)[:MOST_IN_A_CLONE])


def changed(base):
    """The files that the analyzer is to look at, without their endings."""
    if base is not None:
        return changed_since(base)
    merge_base = git("merge-base", "HEAD", "origin/main")
    local = changed_since("HEAD")
    if merge_base is None or merge_base == git("rev-parse", "HEAD"):
        return local | changed_in_the_last_day()
    return changed_since(merge_base)


def look_at(clang_tidy, database, unit, analyzed):
    """(unit, analyzed, what was found)."""
    command = [clang_tidy, "-p", database, "--quiet", unit.name, *([] if analyzed else [NO_ANALYZER])]
    run = subprocess.run(["prlimit", f"--cpu={MOST_CPU_S}", *command], cwd=ROOT, capture_output=True, text=True,
                         check=False)
    if run.returncode == 0:
        return unit, analyzed, ""
    return unit, analyzed, f"{run.stdout}{run.stderr}{unit.name}: clang-tidy: exit status {run.returncode}\n"


def units():
    tracked = set((git("ls-files", "--cached", "--others", "--exclude-standard", "src/*.cc") or "").splitlines())
    entries = json.loads((ROOT / "build" / "compile_commands.json").read_text(encoding="utf-8"))
    return [unit for unit in map(Unit, (entry for entry in entries if "/src/" in entry["file"]))
            if unit.name in tracked]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clang_tidy")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--base")
    options = parser.parse_args()
    results = Results(shared_state(options.clang_tidy))
    stems = set() if options.full else changed(options.base)
    all_units = [(unit, options.full or stem(unit.name) in stems) for unit in units()]
    if not all_units:
        sys.exit("tidy.py: build/compile_commands.json: no file of src/; run `./dev build`")
    unknown = [(unit, analyzed) for unit, analyzed in all_units if not results.has(unit, analyzed)]
    # The longest first, so that no processor waits at the end.
    unknown.sort(key=lambda pair: (-pair[1], -len(pair[0].files)))
    faulty = 0
    with tempfile.TemporaryDirectory() as database, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        pathlib.Path(database, "compile_commands.json").write_text(
            json.dumps([unit.entry for unit, _ in unknown]), encoding="utf-8")
        waiting = [pool.submit(look_at, options.clang_tidy, database, *pair) for pair in unknown]
        for done in concurrent.futures.as_completed(waiting):
            unit, analyzed, found = done.result()
            if found:
                faulty += 1
                print(found, flush=True)
            else:
                results.add(unit, analyzed)
    results.prune()
    print(f"clang-tidy: {len(all_units)} files: {len(all_units) - len(unknown)} known to be clean, "
          f"{len(unknown)} looked at ({sum(analyzed for _, analyzed in unknown)} by the analyzer), "
          f"{faulty} with findings")
    sys.exit(1 if faulty else 0)


if __name__ == "__main__":
    main()

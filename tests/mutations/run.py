#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Puts each fault of mutations.py into a copy of the project, and says which test catches it.

Exits with 1 where one is caught by none. The copy and its build stay in build-mutations, so that the next
run builds little; the project itself is left as it is."""
import argparse
import contextlib
import dataclasses
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import chosen_tests
from functions import NotFound, Sources
from mutations import MUTATIONS

ROOT = pathlib.Path(__file__).resolve().parents[2]
OWN_TEST = "tests/integration/test_mutations.py"  # fails in every changed tree
BUILD_S, TEST_S, CHOSEN_S, WHOLE_S = 3600, 120, 900, 3 * 3600
GRACE_S = 30  # for tests to end their servers
ERROR_LINES, NAME_LENGTH = 30, 110  # as many are shown


class Stopped(Exception):
    """Why there is no answer."""


@dataclasses.dataclass(frozen=True)
class Failure:
    test: str
    output: str


def run(command, seconds, **options):
    """(exit status, output); Stopped where it doesn't end in time."""
    with subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", start_new_session=True, **options) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except BaseException as error:
            end(process)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            raise Stopped(f"no end within {seconds} s: {command[0]}") from None
    return process.returncode, output


def end(process):
    """With its children: asked first, so that tests end their servers."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=GRACE_S)
            return


def must(command, seconds, **options):
    """The output of a command that succeeds."""
    status, output = run(command, seconds, **options)
    if status != 0:
        raise Stopped(f"{command[0]} ends with {status}:\n" + last_lines(output))
    return output


def last_lines(output):
    return "\n".join(output.splitlines()[-ERROR_LINES:])


class Copy:
    """The project's files as they are now, committed or not, in a tree of their own."""

    def __init__(self, folder):
        folder.mkdir(exist_ok=True)
        self.tree = folder / "tree"
        self.build_folder = self.tree / "build"
        self.lock = open(folder / "lock", "w", encoding="ascii")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stopped(f"another run has {folder}") from None

    def refresh(self):
        """Files that are the same stay untouched, so that they aren't built again."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
            check=True, stdout=subprocess.PIPE, text=True).stdout.split("\0")
        names = {name for name in listed if name and (ROOT / name).is_file()}
        manifest = self.tree.parent / "files"
        before = set(manifest.read_text().split("\0")) if manifest.exists() else set()
        for name in before - names - {""}:
            (self.tree / name).unlink(missing_ok=True)
        for name in names:
            source, target = ROOT / name, self.tree / name
            data = source.read_bytes()
            if not target.is_file() or target.read_bytes() != data:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
            shutil.copymode(source, target)
        manifest.write_text("\0".join(sorted(names)))

    def configure(self):
        launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        must(["cmake", "--preset", "release", *launcher], BUILD_S, cwd=self.tree)

    def build(self, targets):
        """All of it where there are none."""
        chosen = ["--target", *targets] if targets else []
        must(["cmake", "--build", self.build_folder, *chosen], BUILD_S)

    @contextlib.contextmanager
    def changed(self, path, text):
        before = path.read_bytes()
        path.write_text(text)
        try:
            yield
        finally:
            path.write_bytes(before)


class Chosen:
    """The tests that a mutation names."""

    def __init__(self, copy):
        self.copy = copy
        self.tests = chosen_tests.Tests(copy.tree)

    def first_failure(self, names):
        """None where all pass."""
        self.copy.build(self.tests.targets_of(names))
        expression, files = chosen_tests.of_ctest(names), chosen_tests.of_pytest(names)
        failure = None
        if expression:
            failure = failure_of(
                ["ctest", "--test-dir", self.copy.build_folder, "-R", expression, "--timeout", TEST_S,
                 "-j", os.cpu_count(), "--no-tests=error", "--stop-on-failure",
                 "--output-on-failure"], CHOSEN_S)
        if files and not failure:
            failure = failure_of(
                [sys.executable, "-m", "pytest", "-x", *files], CHOSEN_S, cwd=self.copy.tree,
                env={**os.environ, "ESPCAP": str(self.copy.build_folder / "espcap")})
        return failure


class Whole:
    """Every test, as `./dev test` runs them."""

    def __init__(self, copy):
        self.copy = copy

    def first_failure(self, _):
        self.copy.build([])
        options = f"{os.environ.get('PYTEST_ADDOPTS', '')} -x --ignore={OWN_TEST}"
        return failure_of(["./dev", "test"], WHOLE_S, cwd=self.copy.tree,
                          env={**os.environ, "PYTEST_ADDOPTS": options})


def failure_of(command, seconds, **options):
    status, output = run(command, seconds, **options)
    if status == 0:
        return None
    test = chosen_tests.failed(output)
    if test is None:
        raise Stopped(f"{command[0]} ends with {status}, and names no test:\n" + last_lines(output))
    return Failure(test, output)


def try_one(mutation, copy, suite):
    """(what caught it, whether a test did)."""
    body = Sources(copy.tree / "src").find(mutation.function, mutation.text)
    with copy.changed(body.path, body.replaced(mutation.text, mutation.replacement)):
        try:
            failure = suite.first_failure(mutation.tests)
        except Stopped as error:
            print(f"{mutation.name}: {error}", file=sys.stderr)
            return "error, see above", False
    return (failure.test[:NAME_LENGTH], True) if failure else ("NO TEST", False)


def table(rows):
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
                     for row in rows)


def try_all(mutations, copy, suite):
    """Whether each was caught."""
    begun = time.monotonic()
    failure = suite.first_failure({test for mutation in mutations for test in mutation.tests})
    if failure:
        raise Stopped(f"{failure.test} fails without a mutation:\n" + last_lines(failure.output))
    print(f"without a mutation the tests pass ({time.monotonic() - begun:.0f} s)", file=sys.stderr)
    rows, all_caught = [("mutation", "function", "caught by", "seconds")], True
    for mutation in mutations:
        begun = time.monotonic()
        caught_by, is_caught = try_one(mutation, copy, suite)
        seconds = f"{time.monotonic() - begun:.0f}"
        rows.append((mutation.name, mutation.function, caught_by, seconds))
        print(f"{mutation.name}: {caught_by} ({seconds} s)", file=sys.stderr)
        all_caught = all_caught and is_caught
    print(table(rows))
    return all_caught


def choose(names):
    known = {mutation.name: mutation for mutation in MUTATIONS}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Stopped(f"no mutation has the name {unknown[0]}; --list shows them")
    return [known[name] for name in names] or MUTATIONS


def show(mutations):
    sources = Sources(ROOT / "src")
    print(table([(mutation.name, mutation.function,
                  str(sources.find(mutation.function, mutation.text).path.relative_to(ROOT)),
                  mutation.what) for mutation in mutations]))


def main():
    parser = argparse.ArgumentParser(prog="./dev mutations", description=__doc__.splitlines()[0])
    parser.add_argument("names", metavar="NAME", nargs="*", help="of mutations; all without one")
    parser.add_argument("--only", metavar="NAME", action="append", default=[], help="the same")
    parser.add_argument("--list", action="store_true", help="show them, and where they are now")
    parser.add_argument("--whole", action="store_true",
                        help="with every test until one fails, rather than those of the table: hours")
    arguments = parser.parse_args()
    try:
        mutations = choose(arguments.names + arguments.only)
        if arguments.list:
            return show(mutations)
        copy = Copy(ROOT / "build-mutations")
        copy.refresh()
        copy.configure()
        suite = Whole(copy) if arguments.whole else Chosen(copy)
        return 0 if try_all(mutations, copy, suite) else 1
    except (NotFound, Stopped) as error:
        print(f"mutations: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

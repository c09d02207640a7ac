#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs libFuzzer on each target for some seconds of processor time, one after another, and says what it tried and found.

Inputs that reach something new are kept in build-fuzz/corpus, and the next run goes on from them. A finding is an
input that breaks what a target requires, or is a fault of memory, a hang, or too much memory: the exit status is 1 then.
"""
import argparse
import dataclasses
import os
import pathlib
import re
import resource
import subprocess
import sys

import seeds

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build-fuzz"
FUZZER = BUILD / "espcap_fuzz"
FINDINGS = ROOT / "tests" / "fuzz" / "findings"
NAMES = [target.__name__ for target in seeds.TARGETS]

INPUT_TIMEOUT_S, MEMORY_MIB = 120, 3072  # by the clock: other work may have the processors
LEAST_RUN_S = 10
LEAST_PER_SECOND = 5  # a target that tries fewer explores nothing
SHOWN_LINES = 40
ENVIRONMENT = {
    # libwireshark keeps much until exit, and what is wrong within it isn't ours.
    "ASAN_OPTIONS": f"detect_leaks=0:symbolize=1:suppressions={ROOT / 'tests' / 'fuzz' / 'suppressions.txt'}",
    "UBSAN_OPTIONS": "print_stacktrace=1",
}


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one target has tried, reached and found."""
    target: str
    inputs: int
    cpu_s: int
    per_second: int  # of processor time
    edges: int
    corpus: int
    findings: list
    output: str

    @property
    def is_idle(self):
        return self.per_second < LEAST_PER_SECOND

    @property
    def row(self):
        return (self.target, self.inputs, self.cpu_s, self.per_second, self.edges, self.corpus, len(self.findings))


def number(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def children_cpu_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fuzz(target, seconds):
    corpus, found = BUILD / "corpus" / target, BUILD / "findings" / target
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    before, cpu_before = set(found.iterdir()), children_cpu_s()
    folders = [folder for folder in (corpus, BUILD / "fuzz-seeds" / target, FINDINGS / target) if folder.is_dir()]
    inputs, cpu_s, failed = 0, 0, False
    while cpu_s < seconds and not failed:
        # libFuzzer goes by the clock. Other work may have had the processors: then it goes on from its corpus.
        command = [FUZZER, f"-max_total_time={max(LEAST_RUN_S, round(seconds - cpu_s))}", f"-timeout={INPUT_TIMEOUT_S}",
                   f"-rss_limit_mb={MEMORY_MIB}", "-print_final_stats=1", "-print_funcs=0", "-detect_leaks=0",
                   f"-artifact_prefix={found}/", *folders]
        run = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, cwd=BUILD,
                             env={**ENVIRONMENT, **os.environ, "ESPCAP_FUZZ_TARGET": target})
        output = run.stdout.decode("utf-8", "replace")
        inputs += number(r"stat::number_of_executed_units:\s+(\d+)", output)
        cpu_s, failed = children_cpu_s() - cpu_before, run.returncode != 0
    findings = sorted(set(found.iterdir()) - before)
    if failed and not findings:
        findings = ["no input: the fuzzer itself has ended"]
    return Outcome(target, inputs, round(cpu_s), round(inputs / max(cpu_s, 0.01)), number(r"\bcov: (\d+)", output),
                   number(r"\bcorp: (\d+)", output), findings, output)


def tell(outcome):
    for finding in outcome.findings:
        print(f"\n{outcome.target}: a finding: {finding}")
        print("\n".join(outcome.output.splitlines()[-SHOWN_LINES:]))
        print(f"Repeat it:    ESPCAP_FUZZ_TARGET={outcome.target} {FUZZER} {finding}\n"
              f"Make it a test: copy it to {FINDINGS / outcome.target}/, under a name that says what it is.\n"
              "espcap_fuzz_replay then fails until it is repaired.")
    if outcome.is_idle:
        print(f"\n{outcome.target}: {outcome.per_second} inputs per second of processor time explore nothing; make the target faster\n" +
              "\n".join(outcome.output.splitlines()[-SHOWN_LINES:]))


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./dev fuzz", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seconds", type=int, metavar="SECONDS", help="of processor time, for each target")
    parser.add_argument("targets", nargs="*", choices=[*NAMES, []], metavar="TARGET",
                        help=f"these only: {', '.join(NAMES)}")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    seeds.write(BUILD / "fuzz-seeds")
    print(f"{'target':16} {'inputs':>10} {'CPU s':>6} {'per CPU s':>9} {'edges':>7} {'corpus':>7} {'findings':>9}")
    outcomes = []
    for target in arguments.targets or NAMES:
        outcomes.append(fuzz(target, arguments.seconds))
        print("{:16} {:10} {:6} {:9} {:7} {:7} {:9}".format(*outcomes[-1].row), flush=True)
    for outcome in outcomes:
        tell(outcome)
    return 1 if any(outcome.findings or outcome.is_idle for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: GPL-2.0-or-later
"""Times whole commands side by side, in turn, and prints medians and ratios.

A time alone says little on a machine that others use too: quote the ratios.
"""
import argparse
import os
import pathlib
import platform
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ESPCAP = ROOT / "build" / "espcap"


def measure(command, environment):
    """(wall seconds, CPU seconds, peak resident MiB) of one run, its output thrown away."""
    start = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          env=environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return (time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def repeated(capture, times, path):
    """A larger capture: the packets of one, again and again."""
    data = capture.read_bytes()
    path.write_bytes(data[:24] + data[24:] * times)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("captures", nargs="*", type=pathlib.Path,
                        help="else http.pcap of test_pcaps, its packets 500 times")
    arguments = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} processors, {platform.system()} "
          f"{platform.release()}; medians of {arguments.runs} runs in turn")
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "HOME": folder}
        captures = arguments.captures or [
            repeated(ROOT / "test_pcaps" / "http.pcap", 500, pathlib.Path(folder) / "http500.pcap")]
        for capture in captures:
            commands = {"espcap": [ESPCAP, "--quiet", "--file", capture],
                        "tshark -T ek": ["tshark", "-r", capture, "-T", "ek"]}
            results = {name: [] for name in commands}
            for _ in range(arguments.runs):
                for name, command in commands.items():
                    results[name].append(measure(command, environment))
            medians = {name: [statistics.median(column) for column in zip(*rows)]
                       for name, rows in results.items()}
            print(f"\n{capture.name}")
            print(f"{'':14}{'wall s':>10}{'CPU s':>10}{'peak MiB':>10}")
            for name, (wall, cpu, peak) in medians.items():
                print(f"{name:14}{wall:10.2f}{cpu:10.2f}{peak:10.0f}")
            ratio = [theirs / ours for ours, theirs in zip(*medians.values())]
            print(f"{'tshark/espcap':14}{ratio[0]:10.2f}{ratio[1]:10.2f}{ratio[2]:10.2f}")


if __name__ == "__main__":
    main()

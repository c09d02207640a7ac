# SPDX-License-Identifier: GPL-2.0-or-later
"""What the numbers were measured on, and with."""
import os
import pathlib
import platform
import re
import subprocess


def first_line(*command, cwd=None):
    try:
        text = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd).stdout
    except OSError:
        return "not installed"
    return (text.strip().splitlines() or ["unknown"])[0]


def value_of(path, key):
    """Of a file of `key: value` or `key=value` lines."""
    found = re.search(rf"^{key}\s*[:=]\s*(.*)$", pathlib.Path(path).read_text(), re.MULTILINE)
    return found[1].strip('"') if found else "unknown"


def description(root, espcap):
    """Pairs of a word and a line."""
    processors = len(os.sched_getaffinity(0))
    virtual = ", virtual" if "hypervisor" in value_of("/proc/cpuinfo", "flags") else ""
    if espcap.is_relative_to(root):
        origin = f"commit {first_line('git', 'describe', '--always', '--dirty', cwd=root)}"
    else:
        origin = str(espcap)
    memory = int(value_of("/proc/meminfo", "MemTotal").split()[0]) / (1 << 20)
    return [
        ("processor", f"{value_of('/proc/cpuinfo', 'model name')}, {processors} of "
                      f"{os.cpu_count()} cores{virtual}"),
        ("memory", f"{memory:.1f} GiB"),
        ("system", f"{value_of('/etc/os-release', 'PRETTY_NAME')}, {platform.system()} "
                   f"{platform.release()} {platform.machine()}"),
        ("espcap", f"{first_line(espcap, '--version')}; {origin}"),
        ("tshark", first_line("tshark", "--version")),
        ("load", load()),
    ]


def load():
    return "{:.1f} {:.1f} {:.1f} (1, 5, 15 minutes; other work shows here)".format(*os.getloadavg())

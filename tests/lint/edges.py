#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which folder of src/ may include which, and that none includes another.

Every folder may include include/espcap and base. An edge is not inherited: what a folder needs, it names. The
CMake targets must link accordingly, so that what is included is also what is linked."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"/]+)/[^"]+"', re.MULTILINE)

# A library of another project and the folders that may include its headers.
LIBRARIES = {
    "curl/": {"http", "app"},
    "epan/": {"source", "dissect", "registry", "encode"},
    "wiretap/": {"source", "dissect", "live"},
    "CLI/": {"cli"},
    "yaml-cpp/": {"config"},
    "microhttpd": {"telemetry"},
    "spdlog/": {"telemetry"},
}

EDGES = {
    "base": set(),
    "config": set(),
    "document": set(),
    "http": set(),
    "process": set(),
    "resume": set(),
    "schema": set(),
    "source": set(),
    "spool": set(),
    "telemetry": set(),
    "cli": {"config"},
    "dissect": {"source"},
    "elasticsearch": {"http", "schema", "document"},
    "encode": {"registry", "document", "dissect", "source", "schema"},
    "live": {"dissect", "source", "process", "stream"},
    "registry": {"dissect", "schema", "source"},
    "sink": {"spool", "document"},
    "stream": {"dissect", "source", "process"},
    "supervise": {"process", "telemetry", "resume"},
    "worker": {"live", "stream", "encode", "registry", "dissect", "process", "source", "schema", "document"},
}
EVERYWHERE = {"espcap", "base"}
UNBOUND = {"app"}  # wires the parts together


def violations(root=ROOT, edges=None):
    """"src/a/b.cc includes c/, which a may not", for each."""
    edges = EDGES if edges is None else edges
    found = []
    for path in sorted((root / "src").rglob("*.[ch]*")):
        folder = path.relative_to(root / "src").parts[0]
        if folder in UNBOUND or path.parent == root / "src":
            continue
        if folder not in edges:
            found.append(f"src/{folder}: is not in the table of edges")
            continue
        text = path.read_text()
        for other in sorted(set(INCLUDE.findall(text)) - EVERYWHERE - {folder} - edges[folder]):
            found.append(f"{path.relative_to(root)}: includes {other}/, which {folder}/ may not")
        for header, folders in LIBRARIES.items():
            if folder not in folders and re.search(rf'#\s*include\s*<{re.escape(header)}', text):
                found.append(f"{path.relative_to(root)}: includes <{header}…>, which {folder}/ may not")
    return found


def main():
    found = violations()
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

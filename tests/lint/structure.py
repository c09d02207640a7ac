#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The structure of src/: which folder may include which, how long a file and how large a class may be.

Every folder may include include/espcap and base. An edge is not inherited: what a folder needs, it names. What is
found is printed, a line each, and the exit status is 1 then."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"/]+)/[^"]+"', re.MULTILINE)

EDGES = {
    "base": set(),
    "config": set(),
    "consume": {"kafka", "document"},
    "document": set(),
    "forward": {"document", "pcapng", "source"},
    "http": set(),
    "jobs": {"kafka"},
    "kafka": {"document"},
    "pcapng": set(),
    "process": set(),
    "report": set(),
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
    "reference": {"cli"},
    "retrieve": {"encode", "registry", "dissect", "process", "source"},
    "registry": {"dissect", "schema", "source"},
    "sink": {"spool", "document"},
    "stream": {"dissect", "source", "process"},
    "supervise": {"document", "pcapng", "process", "telemetry", "resume"},
    "worker": {"live", "stream", "forward", "pcapng", "encode", "registry", "dissect", "process", "source", "schema",
               "document"},
}
EVERYWHERE = {"espcap", "base"}
UNBOUND = {"app"}  # wires the parts together

# Headers of another project, and the folders that may include them.
LIBRARIES = {
    "curl/": {"http"},
    "epan/": {"source", "dissect", "registry", "encode"},
    "wiretap/": {"source", "dissect", "live", "retrieve"},
    "CLI/": {"cli"},
    "yaml-cpp/": {"config"},
    "microhttpd": {"telemetry"},
    "librdkafka/": {"kafka"},
}

MOST_LINES = 400
MOST_METHODS = 20
SMALL_CLASSES = {"supervise", "worker", "sink", "elasticsearch", "kafka"}

CLASS = re.compile(r"^(?:class|struct) (\w+)(?: final)?(?: : [^{;]+)? \{", re.MULTILINE)


def sources(root):
    """(folder, path, text) of each file."""
    for path in sorted((root / "src").rglob("*")):
        if path.suffix in (".cc", ".h"):
            yield path.relative_to(root / "src").parts[0], path, path.read_text(encoding="utf-8")


def wrong_edges(root):
    for folder, path, text in sources(root):
        if folder in UNBOUND:
            continue
        if folder not in EDGES:
            yield f"src/{folder}: is not in the table of edges"
            continue
        for other in sorted(set(INCLUDE.findall(text)) - EVERYWHERE - {folder} - EDGES[folder]):
            yield f"{path.relative_to(root)}: includes {other}/, which {folder}/ may not"
        for header, folders in LIBRARIES.items():
            if folder not in folders and re.search(rf"#\s*include\s*<{re.escape(header)}", text):
                yield f"{path.relative_to(root)}: includes <{header}…>, which {folder}/ may not"


def long_files(root):
    for _, path, text in sources(root):
        lines = text.count("\n")
        if lines > MOST_LINES:
            yield f"{path.relative_to(root)}: has {lines} lines, more than {MOST_LINES}"


def body(text, start):
    """What is between the brace that ends at `start` and the one that closes it, without nested braces."""
    depth, kept = 1, []
    for character in text[start:]:
        if character == "}":
            depth -= 1
            if depth == 0:
                break
            if depth == 1:
                kept.append(";")
                continue
        if depth == 1 and character != "{":
            kept.append(character)
        depth += character == "{"
    return "".join(kept)


def methods(text, start):
    """The names of the class's methods; neither deleted nor defaulted ones."""
    code = re.sub(r"//[^\n]*", "", body(text, start))
    code = re.sub(r"\b(public|private|protected):", "", code)
    found = []
    for declaration in code.split(";"):
        words = " ".join(declaration.split())
        name = re.match(r"[^=(]*?(~?\w+|operator[^(]+)\(", words)
        skipped = re.match(r"(using|friend|static_assert|struct|class|enum)\b", words)
        if name and not skipped and not re.search(r"= (delete|default)$", words) and "std::function<" not in \
                words[:name.end()]:
            found.append(name.group(1))
    return found


def large_classes(root):
    for folder, path, text in sources(root):
        if folder not in SMALL_CLASSES or path.suffix != ".h":
            continue
        for match in CLASS.finditer(text):
            count = len(methods(text, match.end()))
            if count > MOST_METHODS:
                yield f"{path.relative_to(root)}: {match.group(1)} has {count} methods, more than {MOST_METHODS}"


def findings(root=ROOT):
    return [*wrong_edges(root), *long_files(root), *large_classes(root)]


def main():
    found = findings()
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: GPL-2.0-or-later
"""Documents as espcap writes them, and parts of them."""
import re
import subprocess

# What follows from when and where a packet was captured.
WHEN_AND_WHERE = re.compile(r"^frame_frame_(time|interface|section|number)|_time(_|$)|_rtt(_|$)|"
                            r"_timestamps?(_|$)|time_delta|time_relative|resptime")


def ids_of(bulk_text):
    """The _ids in the text of _bulk actions, in order."""
    return re.findall(r'^\{"create":\{.*?"_id":"([^"]+)"', bulk_text.decode(), re.MULTILINE)


def frame_numbers(documents):
    return [int(document["layers"]["frame"]["frame_frame_number"]) for document in documents]


def without(value, pattern):
    """A document, or a part, without the keys that the pattern finds."""
    if isinstance(value, dict):
        return {key: without(inner, pattern) for key, inner in value.items()
                if not pattern.search(key)}
    if isinstance(value, list):
        return [without(inner, pattern) for inner in value]
    return value


def decompressed(path):
    """What the system's gzip or zstd makes of a whole file."""
    program = {".gz": "gzip", ".zst": "zstd"}[path.suffix]
    return subprocess.run([program, "-dc", path], check=True, stdout=subprocess.PIPE).stdout

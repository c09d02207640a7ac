# SPDX-License-Identifier: GPL-2.0-or-later
"""What became of documents: whether every one has landed, what is a dead letter, what a spool keeps."""
import json

def letters(path):
    """The dead letters in a file; [] where there is none."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def assert_all_landed(server, expected):
    """Every expected document, each once, and no other."""
    found = server.all_ids(server.indices)
    missing, surplus = set(expected) - set(found), set(found) - set(expected)
    assert not missing, f"{len(missing)} documents are missing, {sorted(missing)[:3]}"
    assert not surplus, f"{len(surplus)} documents of nowhere, {sorted(surplus)[:3]}"
    assert len(found) == len(expected), "a document is there twice"


def segments(spool):
    """The files in which a spool keeps documents."""
    return sorted(path for path in spool.glob("*") if path.is_file() and path.stat().st_size > 0)


def segment_bytes(spool):
    return sum(path.stat().st_size for path in segments(spool))

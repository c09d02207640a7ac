#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges espcap's documents against `tshark -T ek` of the same capture.

    referee.py TSHARK_EK ESPCAP_NDJSON

Both are files of one JSON document a line; action lines are passed over. Document by document:

* `timestamp` and `layers` are equal as JSON values. A timestamp of tshark's that is no number (it
  writes "0-12" for a negative fraction) isn't compared.
* A key that tshark writes several times in one object is there once in espcap's, with all the values:
  compared without regard to their order.
* Bytes of tshark's that are no UTF-8 are U+FFFD in espcap's, one for each maximal ill-formed
  subsequence (what Python's 'replace' does).
* espcap's line is strict: valid UTF-8, no key twice in one object.
"""
import json
import sys
from itertools import zip_longest

ACTIONS = (b'{"index":', b'{"create":')


class Repeated(list):
    """The values of a key that tshark wrote more than once in one object."""


def _gather(pairs):
    gathered = {}
    for key, value in pairs:
        if key not in gathered:
            gathered[key] = value
            continue
        before = gathered[key]
        values = Repeated(before if isinstance(before, list) else [before])
        values += value if isinstance(value, list) else [value]
        gathered[key] = values
    return gathered


def _strict(pairs):
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key is there twice in one object")
    return result


def lines(path):
    with open(path, "rb") as stream:
        for line in stream:
            line = line.strip(b"\n")
            if line and not line.startswith(ACTIONS):
                yield line


def _sorted(values):
    return sorted(json.dumps(value, sort_keys=True) for value in values)


def difference(reference, ours, where=""):
    """The first difference as text; None where the values are equal."""
    if isinstance(reference, Repeated):
        values = ours if isinstance(ours, list) else [ours]
        if _sorted(reference) == _sorted(values):
            return None
    elif isinstance(reference, dict) and isinstance(ours, dict):
        for key in list(reference) + [key for key in ours if key not in reference]:
            if key not in ours or key not in reference:
                side = "tshark" if key in reference else "espcap"
                return f"{where}/{key}: only {side} has it"
            found = difference(reference[key], ours[key], f"{where}/{key}")
            if found:
                return found
        return None
    elif (isinstance(reference, list) and isinstance(ours, list)
          and len(reference) == len(ours)):
        for index, pair in enumerate(zip(reference, ours)):
            found = difference(*pair, f"{where}[{index}]")
            if found:
                return found
        return None
    elif reference == ours:
        return None
    return f"{where}: tshark {str(reference)[:100]!r}, espcap {str(ours)[:100]!r}"


def judge_document(reference_line, our_line):
    if reference_line is None or our_line is None:
        return f"only {'espcap' if reference_line is None else 'tshark'} has this document"
    try:
        ours = json.loads(our_line.decode("utf-8"), object_pairs_hook=_strict)
    except ValueError as error:
        return f"espcap's line is no strict JSON: {error}"
    reference = json.loads(reference_line.decode("utf-8", "replace"), object_pairs_hook=_gather)
    found = None
    if str(reference["timestamp"]).isdigit():
        found = difference(reference["timestamp"], ours.get("timestamp"), "timestamp")
    return found or difference(reference["layers"], ours.get("layers"), "layers")


def judge(reference_path, our_path):
    """(number of documents, list of (number, difference))."""
    total, differences = 0, []
    for total, pair in enumerate(zip_longest(lines(reference_path), lines(our_path)), 1):
        found = judge_document(*pair)
        if found:
            differences.append((total, found))
    return total, differences


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    total, differences = judge(sys.argv[1], sys.argv[2])
    for number, found in differences[:5]:
        print(f"document {number}: {found}", file=sys.stderr)
    print(f"{total - len(differences)} of {total} documents equal")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-2.0-or-later
"""One question about a field's value, put twice: as a query to a server and as a display filter."""
import random
import re

LONGEST_PREFIX = 200  # Elasticsearch takes less than a thousand characters


def quoted(text):
    """As a string of a display filter."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def begins_with(text):
    """A regular expression for display filters: in this case, and from the beginning on."""
    return "(?-i)^" + re.sub(r"([^A-Za-z0-9 ])", r"\\\1", text)


def network_of(address):
    return address + "/48" if ":" in address else address.rsplit(".", 1)[0] + ".0/24"


def is_number_or_bytes(text):
    """What a display filter doesn't take as a string: 0x0800, 12:34:56."""
    return re.fullmatch(r"0x[0-9a-f]+|[0-9a-f]{2}([:.-][0-9a-f]{2})*|[0-9]+", text) is not None


def questions(field, mapping, value):
    """[(query, display filter)] about a value as tshark shows it. `field` is one of `espcap fields --json`."""
    name, path, kind = field["name"], field["path"], field["type"]

    def term(wanted):
        return {"term": {path: wanted}}

    if mapping.get("null_value"):
        return [(term(True), name)]
    if kind == "boolean":
        return [(term(value in ("1", "True")), f"{name} == {value}")]  # as 4.0 and 4.4 show it
    if kind in ("long", "double"):
        if value.startswith("0x"):  # a document of 4.6 has it in decimal, unlike a column
            value = str(int(value, 16))
        return [(term(value), f"{name} == {value}"),
                ({"range": {path: {"gt": value}}}, f"{name} > {value}"),
                ({"range": {path: {"lte": value}}}, f"{name} <= {value}")]
    if kind == "ip":
        return [(term(value), f"{name} == {value}"),
                (term(network_of(value)), f"{name} == {network_of(value)}")]
    if kind != "keyword":
        return []
    if is_number_or_bytes(value):
        forms = [value]
        if re.fullmatch(r"([0-9a-f]{2})+", value):  # bytes: tshark's columns have no colons
            forms.append(":".join(re.findall("..", value)))
        found = [({"terms": {path: forms}}, f"{name} == {value}")]
        if value.startswith("0x"):  # as many digits as the field's width: they sort as numbers do
            found.append(({"range": {path: {"gte": value}}}, f"{name} >= {value}"))
        return found
    found = [(term(value), f"{name} == {quoted(value)}")]
    if len(value) > 3:
        start = value[:max(2, min(len(value) // 2, LONGEST_PREFIX))]
        found.append(({"prefix": {path: start}}, f"{name} matches {quoted(begins_with(start))}"))
    return found


def is_askable(value):
    """Text that tshark prints as it is."""
    return value != "" and all(32 <= ord(character) < 127 for character in value)


def pick(values, seed):
    """One of them, the same in every run."""
    return random.Random(seed).choice(sorted(set(values)))

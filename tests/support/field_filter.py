# SPDX-License-Identifier: GPL-2.0-or-later
"""What --fields and --protocols leave of a whole document, worked out from the document alone.

A key tells the field's name by `tshark -G fields`, which lists each field with its parent. Where
that leaves a doubt (one key, several names, not all of them selected) the key is taken out of both
documents before they are compared.
"""
import collections


def _is_layer(value):
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(entry, dict) for entry in value))


def _matches(name, pattern):
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


class Registry:
    """The names behind each ek key."""

    def __init__(self, listing):
        self.names = collections.defaultdict(set)  # by key
        self.protocols = set()
        fields = {"text"}
        self.names["text"].add("text")
        for line in listing.splitlines():
            kind, _, name, *rest = line.split("\t")
            if kind == "P":
                self.protocols.add(name)
                self.names[name.replace(".", "_")].add(name)
            elif kind == "F":
                fields.add(name)
                if rest[0] == "FT_PROTOCOL":
                    self.protocols.add(name)
                self.names[f"{rest[1]}_{name}".replace(".", "_")].add(name)
        # tshark lists a name once, though several protocols may have a field of it.
        self.by_ending = collections.defaultdict(set)
        for name in fields:
            self.by_ending[name.replace(".", "_")].add(name)
        self.starts = {name.replace(".", "_") for name in self.protocols}

    def of_key(self, key):
        """All names a field with this key can have; with --hex, the key of its bytes too."""
        found = self.names.get(key, set())
        for at, character in enumerate(key if not found else ""):
            if character == "_" and key[:at] in self.starts:
                found = found | self.by_ending.get(key[at + 1:], set())
        if not found and key.endswith("_raw"):
            return self.of_key(key[:-len("_raw")])
        return found


class FieldFilter:
    def __init__(self, registry, fields=(), protocols=()):
        self.registry = registry
        self.fields = tuple(fields)
        self.protocols = tuple(protocols)
        self.known = {}
        self.doubtful = set()

    def _selects_name(self, name):
        if any(_matches(name, pattern) for pattern in self.fields):
            return True
        return (name in self.registry.protocols
                and any(_matches(name, pattern) for pattern in self.protocols))

    def _selects(self, key):
        if key not in self.known:
            verdicts = {self._selects_name(name) for name in self.registry.of_key(key)}
            if len(verdicts) > 1:
                self.doubtful.add(key)
            self.known[key] = verdicts == {True}
        return self.known[key]

    def layers(self, whole):
        """What is left of an object of a whole document."""
        left = {}
        for key, value in whole.items():
            if self._selects(key):
                left[key] = value
            elif _is_layer(value):
                parts = [self.layers(part) for part in
                         (value if isinstance(value, list) else [value])]
                parts = [part for part in parts if part]
                if parts:
                    left[key] = parts if len(parts) > 1 else parts[0]
        return left

    def document(self, whole):
        return {**whole, "layers": self.layers(whole["layers"])}

    def without_doubtful(self, value):
        if isinstance(value, dict):
            return {key: self.without_doubtful(part) for key, part in value.items()
                    if key not in self.doubtful}
        if isinstance(value, list):
            return [self.without_doubtful(part) for part in value]
        return value

# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the definition of a C++ function by its name, in whichever file of a folder it is."""
import dataclasses
import pathlib
import re

# What holds braces and names that are no code. Numbers are matched for their separators: 1'000.
TOKEN = re.compile(r"""
    (?P<masked> //[^\n]* | /\*.*?\*/
      | R"(?P<mark>[^()\s\\]*)\(.*?\)(?P=mark)"
      | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'
      | ^[ \t]*\#(?:\\\n|[^\n])* )
  | [A-Za-z_]\w* | \d(?:'?[\w.])* | .
""", re.VERBOSE | re.DOTALL | re.MULTILINE)
NAMESPACE = re.compile(r"\bnamespace\b[\s\w:]*$")
CLASS = re.compile(r"""(?<!enum\ )\b(?:class|struct)\s+ (?:\[\[.*?\]\]\s*)?
                       (?P<name>[\w:]+)\s* (?:final\s*)? (?::[^:(][^()]*)?$  # its bases""", re.VERBOSE)
AFTER_PARAMETERS = re.compile(r"(?:\s|\b(?:const|noexcept|override|final)\b|&)*(?:->[\w:<>,\s*&]+)?")
MEMBER = re.compile(r"\s*[\w:<>]+\s*")
CLOSING = {"(": ")", "{": "}"}


class NotFound(Exception):
    """A sentence that says what is wrong with the table, or the sources."""


@dataclasses.dataclass(frozen=True)
class Body:
    """What is between the braces of a function, as places in the text of its file."""
    path: pathlib.Path
    source: str
    begin: int
    end: int

    @property
    def text(self):
        return self.source[self.begin:self.end]

    @property
    def place(self):
        line = self.source.count("\n", 0, self.begin) + 1
        return f"{self.path}:{line}"

    def replaced(self, text, replacement):
        """The whole file, with `text` replaced in this function."""
        return (self.source[:self.begin] + self.text.replace(text, replacement)
                + self.source[self.end:])


def masked(source):
    """The source with blanks for comments, texts and directives; every place stays the same."""
    def blank(token):
        return re.sub(r"[^\n]", " ", token[0]) if token["masked"] else token[0]
    return TOKEN.sub(blank, source)


def closing(code, opening):
    """The place of the bracket that closes the one at `opening`."""
    depth, pair = 0, code[opening] + CLOSING[code[opening]]
    for at in range(opening, len(code)):
        if code[at] in pair:
            depth += 1 if code[at] == pair[0] else -1
            if depth == 0:
                return at
    return len(code)


def scopes(code, at):
    """Names of the classes round a place, the outermost first; None within a function."""
    open_ones, head = [], 0
    for place in range(at):
        if code[place] == "{":
            before = code[head:place]
            found = CLASS.search(before)
            open_ones.append("" if NAMESPACE.search(before) else found["name"] if found else None)
        elif code[place] == "}" and open_ones:
            open_ones.pop()
        if code[place] in "{};":
            head = place + 1
    return None if None in open_ones else [name for name in open_ones if name]


def body_after(code, parameters):
    """Where a body opens behind the parameters that begin at a place; None if there is none."""
    at = AFTER_PARAMETERS.match(code, closing(code, parameters) + 1).end()
    if code[at:at + 1] == ":":  # members are initialised
        while code[at:at + 1] in (":", ","):
            at = MEMBER.match(code, at + 1).end()
            if code[at:at + 1] not in CLOSING:
                return None
            at = closing(code, at) + 1
            at += len(code[at:]) - len(code[at:].lstrip())
    return at if code[at:at + 1] == "{" else None


class Sources:
    """The C++ files of a folder, read once."""

    def __init__(self, folder):
        self.folder = folder
        self.files = {path: path.read_text() for path in sorted(folder.rglob("*"))
                      if path.suffix in (".cc", ".h")}
        self.code = {}  # masked, as far as it was looked at

    def definitions(self, name):
        """Bodies of the functions of this name: with its classes, without its namespaces."""
        last = name.rsplit("::", 1)[-1]
        call = re.compile(rf"(?<![\w:~])((?:\w+::)*){re.escape(last)}\s*(?=\()")
        bodies = []
        for path, source in self.files.items():
            if not call.search(source):
                continue
            if path not in self.code:
                self.code[path] = masked(source)
            code = self.code[path]
            for found in call.finditer(code):
                opening = body_after(code, found.end())
                classes = None if opening is None else scopes(code, found.start())
                if classes is not None and "::".join([*classes, found[1] + last]) == name:
                    bodies.append(Body(path, source, opening + 1, closing(code, opening)))
        return bodies

    def find(self, name, text):
        """The one function of this name that has the text, which is there once."""
        bodies = self.definitions(name)
        if not bodies:
            raise NotFound(f"no function {name} is defined in {self.folder}")
        places = ", ".join(body.place for body in bodies)
        if "\n" in text:
            raise NotFound(f"the text of {name} is more than one line: '{text}'")
        count = sum(body.text.count(text) for body in bodies)
        if count != 1:
            raise NotFound(f"{name} ({places}) has the text '{text}' {count} times, not once")
        return next(body for body in bodies if text in body.text)

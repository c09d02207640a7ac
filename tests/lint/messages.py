#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The messages of commits since a base: a subject `area: what`, sentences of at most 25 words, no listed phrase.

Older messages stay as they are. `--file FILE` checks one message, as a hook of git gives it."""
import pathlib
import re
import subprocess
import sys

import prose

# The last commit before messages were checked.
BASE = "0f00a71"
SUBJECT = re.compile(r"^[A-Za-z0-9][\w ,./*-]*: \S")
MOST_COLUMNS = 160  # of a subject


def faults(message, listed):
    text = "\n".join(line for line in message.splitlines() if not line.startswith("#"))
    subject = text.strip().partition("\n")[0]
    if not SUBJECT.match(subject) and not subject.startswith(("Merge ", "Revert ")):
        yield "the subject is not 'area: what'"
    if len(subject) > MOST_COLUMNS:
        yield f"the subject has more than {MOST_COLUMNS} characters"
    for _, sentence in prose.sentences(text):
        if len(prose.words_of(sentence)) > prose.MOST_WORDS:
            yield f"a sentence of more than {prose.MOST_WORDS} words: {sentence[:60]} …"
    for pattern, phrase, replacement in listed:
        if pattern.search(prose.without_code(text)):
            yield f"'{phrase}': write {replacement}"


def git(*arguments):
    return subprocess.run(["git", "-C", prose.ROOT, *arguments], capture_output=True, text=True, check=False)


def commits():
    """[(name, message)] since the base; none in a shallow clone without it."""
    if git("merge-base", "--is-ancestor", BASE, "HEAD").returncode != 0:
        if git("rev-parse", "--is-shallow-repository").stdout.strip() == "true":
            return []
        sys.exit(f"messages.py: the base {BASE} is no ancestor of HEAD; name another one")
    listed = git("log", "--no-merges", "--format=%h%x00%B%x01", f"{BASE}..HEAD").stdout
    return [entry.strip("\n").split("\0", 1) for entry in listed.split("\x01") if "\0" in entry]


def main():
    listed = prose.phrases(prose.ROOT)
    if sys.argv[1:2] == ["--file"]:
        messages = [("the message", pathlib.Path(sys.argv[2]).read_text(encoding="utf-8"))]
    else:
        messages = commits()
    found = [f"{name}: {fault}" for name, message in messages for fault in faults(message, listed)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The language of documents: no sentence of more than 25 words, no phrase of docs/words.txt.

Code is left out: fenced blocks, indented blocks, spans. What is found is printed, a line each, and the exit status is 1
then. The phrases are looked for in all text of the project, comments and messages included."""
import html
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORDS = pathlib.Path("docs/words.txt")
MOST_WORDS = 25

# A list item, a cell of a table, a heading: each ends the sentence before it.
ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
SENTENCE_END = re.compile(r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)[\"')*_]*\s+")
WORD = re.compile(r"\w")

# Their lines are data, or another's text.
NO_TEXT = {".png", ".pcap", ".pcapng", ".gz", ".keys", ".mmdb", ".spool", ".state"}
FOREIGN = re.compile(r"^(COPYING|debian/copyright|tests/integration/test_language\.py|docs/words\.txt|test_pcaps/damaged/|"
                     r"tests/(data|fixtures|fuzz/findings)/|tests/lint/requirements\.txt|tests/support/servers/.*pom\.xml)")


def tracked(root):
    """Paths of the project's own text, relative to root."""
    listed = subprocess.run(["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard"],
                            check=True, capture_output=True, text=True).stdout.split("\n")
    for name in listed:
        path = pathlib.Path(name)
        if name and path.suffix not in NO_TEXT and not FOREIGN.match(name) and (root / path).is_file():
            yield path


def is_document(path):
    return path.suffix == ".md" and (len(path.parts) == 1 or path.parts[0] in ("docs", "config"))


def blocks(text):
    """(line number, text) of each paragraph, item, cell and heading, without code."""
    begin, parts, fence, lists = 0, [], None, False

    def done():
        nonlocal parts
        if parts:
            yield begin, " ".join(parts)
        parts = []

    for number, line in enumerate(text.split("\n"), 1):
        marker = re.match(r"\s*(```+|~~~+)", line)
        if fence is not None:
            fence = None if marker and line.strip() == fence else fence
            continue
        if marker:
            yield from done()
            fence = marker[1]
            continue
        stripped = line.strip()
        if not stripped or (line.startswith("    ") and not parts and not lists):
            yield from done()
            lists = lists and not stripped
            continue
        if stripped.startswith("|"):
            yield from done()
            for cell in re.split(r"(?<!\\)\|", stripped):
                yield number, cell.strip()
            continue
        if ITEM.match(line) or stripped.startswith("#"):
            yield from done()
            lists = bool(ITEM.match(line))
            stripped = ITEM.sub("", line).strip("# ")
        elif not line.startswith(" "):
            lists = lists and bool(parts)  # a line that continues an item, or a paragraph after it
        if not parts:
            begin = number
        parts.append(stripped)
        if line.startswith("#"):
            yield from done()
    yield from done()


def without_code(text):
    text = re.sub(r"<!--.*?-->", " ", text, flags=re.DOTALL)
    text = re.sub(r"(`+)(?:.+?)\1", "CODE", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return html.unescape(text)


def sentences(text):
    """(line number, sentence) of a document."""
    for line, block in blocks(text):
        for sentence in SENTENCE_END.split(without_code(block)):
            yield line, sentence


def words_of(sentence):
    return [word for word in sentence.split() if WORD.search(word)]


def long_sentences(path, text):
    for line, sentence in sentences(text):
        words = words_of(sentence)
        if len(words) > MOST_WORDS:
            yield f"{path}:{line}: a sentence of {len(words)} words, more than {MOST_WORDS}: {' '.join(words[:8])} …"


def phrases(root):
    """[(pattern, phrase, replacement)] of docs/words.txt, whose form is codespell's."""
    found = []
    for line in (root / WORDS).read_text(encoding="utf-8").splitlines():
        phrase, arrow, replacement = line.partition("->")
        if arrow:
            words = r"\s+(?:(?://|#)\s*)?".join(map(re.escape, phrase.split()))  # also over lines of a comment
            pattern = re.compile(rf"(?<![\w.$-]){words}(?![\w-])", re.IGNORECASE)
            found.append((pattern, phrase, replacement.strip().rstrip(",")))
    return found


def banned(path, text, listed):
    for pattern, phrase, replacement in listed:
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{path}:{line}: '{phrase}': write {replacement}"


def main():
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    listed, found = phrases(root), []
    for path in tracked(root):
        try:
            text = (root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if is_document(path):
            found += long_sentences(path, text)
        found += banned(path, text, listed)
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

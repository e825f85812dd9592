"""Markdown and plain text -> passages; their places are the numbers of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sgcomms.reports.proof.reading.passages import Builder, Passage, short

_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*")
_TABLE_LINE = re.compile(r"\s*\|?(\s*:?-+:?\s*\|)+(\s*:?-+:?\s*)?\s*")
_ITEM = re.compile(r"^\s*([-*+•]|\d{1,3}[.)])\s+")
_NOTE = re.compile(r"^\[\^[^\]]+\]:\s*")
_FENCE = re.compile(r"\s*(```|~~~)")
_BULLET = re.compile(r"^\s*[-*+•]\s")
_WIDEST = 100
"""Lines of plain text are broken at a width only where none of them is longer than this."""
_TEXT_NOTES = re.compile(r"(?<=[\w.)\]:%]) \[\d{1,3}(?:, \d{1,3})*\](?=[:;]?\s|[:;]?$)")
"""Marks of notes as plain text has them: "of another. [1, 2]"."""

_BOLD = re.compile(r"\*\*[^*]+\*\*")
_TITLE = "######"
"""A line in capitals heads less than what has a heading's mark."""

_BAR = re.compile(r"(?<!\\)\|")
_MARKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\[\^[^\]\s]{1,20}\]"), ""),  # marks of notes
    (re.compile(r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,2000}\)"), r"\1"),
    (re.compile(r"(?<![\\\w])[*_]{1,3}(?=\S)|(?<=\S)(?<!\\)[*_]{1,3}(?!\w)|`"), ""),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)


def markdown(text: str) -> list[Passage]:
    """Return the passages of Markdown."""
    builder = Builder()
    for number, lines in _blocks(text):
        heading = _HEADING.fullmatch(lines[0])
        if heading:
            builder.head(_bare(heading[2]), len(heading[1]))
        elif len(lines) > 1 and "|" in lines[0] and _TABLE_LINE.fullmatch(lines[1]):
            _table(builder, [lines[0], *lines[2:]])
        else:
            text = _bare(" ".join(lines))
            alone = len(lines) == 1 and _BOLD.fullmatch(lines[0].strip())
            if alone:
                builder.caption(text, _place(builder, number))
            else:
                builder.paragraph(text, _place(builder, number))
    return builder.passages


def text_lines(text: str) -> list[Passage]:
    """Return the passages of plain text: its paragraphs; a line in capitals is a heading.

    The first heading is that of the whole text. Items under a line that ends in a colon are rows,
    as a table in plain text has them: "* Facebook: Posts: 20; Shares: 64".
    """
    builder = Builder()
    rows = False
    for number, raw in _unbroken(text.splitlines()):
        line = _TEXT_NOTES.sub("", raw).strip()
        if line.isupper() and len(line) > 3 and not line.endswith("."):
            builder.head(line, 1 if builder.headings else 0)
            continue
        bare = _ITEM.sub("", line, count=1) if _BULLET.match(line) else line
        cells = _cells(bare) if rows and bare != line else []
        for about, value in cells:
            builder.lone_cell(value, _place(builder, number), about)
        if not cells:
            rows = line.endswith(":")
            builder.paragraph(bare, _place(builder, number))
    return builder.passages


def _unbroken(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield each line that is not empty, with its number; one broken at the width is one again."""
    width = max(map(len, lines), default=0)
    held, first, last = "", 0, ""
    for number, line in enumerate(lines, 1):
        word = line.split(maxsplit=1)[:1]
        full = width <= _WIDEST and bool(word) and len(last) + 1 + len(word[0]) > width
        if held and full and not _ITEM.match(line):
            held += f" {line.strip()}"
        else:
            if held:
                yield first, held
            held, first = line.strip() and line, number
        last = line
    if held:
        yield first, held


def _cells(row: str) -> list[tuple[tuple[str, str], str]]:
    """Return the cells of a row of plain text, each with the headings of its row and column."""
    first, *others = row.split("; ")
    name, *begun = first.rsplit(": ", 2)
    if len(begun) != 2:
        return []
    cells = [((name, begun[0]), begun[1])]
    for part in others:
        column, colon, value = part.partition(": ")
        if colon:
            cells.append(((name, column), value))
        else:
            about, before = cells[-1]
            cells[-1] = (about, f"{before}; {part}")
    return cells


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that belong together, with the number of the first of them."""
    held: list[str] = []
    first = 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = re.sub(r"^\s*>\s?", "", raw)
        alone = bool(_HEADING.fullmatch(line)) or _is_title(line)
        begins = alone or _ITEM.match(line) or _NOTE.match(line)
        if held and (begins or not line.strip() or _FENCE.match(line)):
            yield first, held
            held = []
        if not line.strip() or _FENCE.match(line):
            continue
        if alone:
            yield number, [f"{_TITLE} {line.strip()}" if _is_title(line) else line]
            continue
        if not held:
            first = number
            line = _NOTE.sub("", _ITEM.sub("", line, count=1), count=1)
        held.append(line)
    if held:
        yield first, held


def _is_title(line: str) -> bool:
    """Tell whether a line is in capitals throughout, as reports that were copied have titles."""
    return line.isupper() and len(line.strip()) > 6 and "|" not in line and "*" not in line


def _table(builder: Builder, rows: list[str]) -> None:
    builder.table()
    for row in rows:
        builder.row()
        for cell in _BAR.split(re.sub(r"(?<!\\)\|\s*$", "", row.strip().removeprefix("|"))):
            builder.cell()
            builder.paragraph(_bare(cell))
            builder.end_cell()
    builder.end_table()


def _bare(text: str) -> str:
    """Return the words without what Markdown marks them with."""
    for pattern, instead in _MARKS:
        text = pattern.sub(instead, text)
    return text


def _place(builder: Builder, number: int) -> str:
    under = f"{short(builder.heading)}, " if builder.heading else ""
    return f"{under}line {number}"

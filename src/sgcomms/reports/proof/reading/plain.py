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
_TEXT_CELL = re.compile(r"\s+([^:]{1,200}):\s+(.+)")
_TEXT_NOTES = re.compile(r"(?<=[\w.)\]:%]) \[\d{1,3}(?:, \d{1,3})*\](?=:?\s|:?$)")
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
    """Return the passages of plain text: each line is one, and one in capitals is a heading.

    The first heading is that of the whole text. Indented lines such as "Posts: 26" under one that
    ends in a colon are cells of its row, as a table in plain text has them.
    """
    builder = Builder()
    row = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = _TEXT_NOTES.sub("", raw)
        cell = _TEXT_CELL.fullmatch(line) if row else None
        if cell:
            builder.lone_cell(cell[2], _place(builder, number), (row, cell[1]))
            continue
        row = ""
        if line.isupper() and len(line) > 3 and not line.rstrip().endswith("."):
            builder.head(line, 1 if builder.headings else 0)
        else:
            bare = _ITEM.sub("", line, count=1) if _BULLET.match(line) else line
            row = bare.strip()[:-1] if bare.rstrip().endswith(":") else ""
            builder.paragraph(bare, _place(builder, number))
    return builder.passages


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

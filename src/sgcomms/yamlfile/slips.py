"""Mistakes that YAML itself does not mind: words lost in comments, quotes that are none, tags.

Each function looks at one event, or at the lines, and says what is wrong there, if anything is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from sgcomms.yamlfile import mending
from sgcomms.yamlfile.document import Spot

PLAIN = (None, "")
BLOCK = ("|", ">")

_COMMENT = re.compile(r"[\d+-]*(\s+)(#.*)$")
_HASHTAG_LINE = re.compile(r"\s*(?!#\s*(?:- )?[\w-]+:(?:\s|$))(#\w.*)")
_CONFLICT = re.compile(r"<{7} |>{7} |={7}$")
_CURLY = re.compile(r"([“„])(.*)([“”])|([‘‚])(.*)([‘’])", re.DOTALL)
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake at `spot`: the rule and what happens.

    `cure` is the whole line as it was meant, where that can be told; `loses` says that the value is
    not what was meant, so that nothing is to be concluded from it.
    """

    spot: Spot
    rule: str
    what: str
    cure: str | None = None
    loses: bool = True

    @property
    def message(self) -> str:
        """Say what is wrong, and print the line as it should be."""
        return f"{self.what}; write {self.cure.strip()}" if self.cure else self.what


def tag(event: Any, lines: Sequence[str]) -> Slip | None:
    """Find an anchor, an alias or a tag."""
    name = getattr(event, "tag", None)
    if isinstance(event, yaml.AliasEvent):
        sign, what = f"*{event.anchor}", "an alias"
    elif event.anchor is not None:
        sign, what = f"&{event.anchor}", "an anchor"
    elif name is not None:
        sign, what = name.replace("tag:yaml.org,2002:", "!!"), "a tag"
    else:
        return None
    at = spot(event.start_mark)
    cure = mending.quote_value(lines[at.line - 1])
    hint = f"; if it is text, write {cure.line.strip()}" if cure else ""
    return Slip(at, "anchor", f"{sign} is {what}, which this program does not take{hint}")


def escape(event: Any) -> Slip | None:
    """Find an escape in double quotes for a character that no text has."""
    found = _ESCAPED.search(event.value)
    if found is None:
        return None
    what = f"an escape stands for U+{ord(found[0]):04X}; take it out"
    return Slip(spot(event.start_mark), "control-character", what)


def comment(event: Any, lines: Sequence[str], *, prose: bool, brackets: bool) -> Slip | None:
    """Find words that YAML took for a comment behind a value.

    In `prose`, words for readers, any comment is one; elsewhere only what looks like a hashtag.
    """
    start, end = event.start_mark, event.end_mark
    block = event.style in BLOCK
    number, column = (start.line, start.column + 1) if block else (end.line, end.column)
    match = _COMMENT.match(lines[number], column) if number < len(lines) else None
    if match is None or not (prose or re.match(r"#\w", match[2])):
        return None
    words, at = match[2].rstrip(), Spot(number + 1, match.start(2) + 1)
    what = f"{words!r} is read as a comment and would be lost"
    if not prose:
        what = f"{what}; put it into the text, or take it out"
        return Slip(at, "hashtag-lost", what, loses=False)
    if block:
        what = f"{what}; put it with the words below, or take it out"
        return Slip(at, "hashtag-lost", what, loses=False)
    if start.line != number or brackets:
        return Slip(at, "hashtag-lost", f"{what}; put the whole value in double quotes")
    head, gap = lines[number][: start.column].rstrip(), match[1] if event.value else ""
    cure = f"{head} {mending.quoted(event.value + gap + words)}"
    return Slip(at, "hashtag-lost", what, cure)


def hashtag_lines(lines: Sequence[str], values: Collection[int]) -> Iterator[Slip]:
    """Find lines that YAML takes for comments and that begin with a hashtag.

    `values` are the numbers, from 0, of the lines that values stand on. A key or a list that was
    put out of use by a # before it is no hashtag.
    """
    for number, line in enumerate(lines):
        match = _HASHTAG_LINE.match(line)
        if match is not None and number not in values:
            what = (
                f"{match[1].rstrip()!r} is read as a comment and would be lost; put the whole text "
                "in double quotes (or a space behind the # of a comment)"
            )
            yield Slip(Spot(number + 1, match.start(1) + 1), "hashtag-lost", what, loses=False)


def unjoined(lines: Sequence[str]) -> Slip | None:
    """Find the marks that git leaves where it could not join two versions of a file."""
    for number, line in enumerate(lines):
        if _CONFLICT.match(line):
            what = (
                "git could not join two versions of this file: keep one of them, and delete the "
                "lines that begin with <<<<<<<, ======= and >>>>>>>"
            )
            return Slip(Spot(number + 1, 1), "yaml-syntax", what)
    return None


def curly_quotes(event: Any, lines: Sequence[str]) -> Slip | None:
    """Find a value in curly quotes: to YAML they are part of the words."""
    match = _CURLY.fullmatch(event.value) if event.style in PLAIN else None
    inside = (match[2] or match[5] or "") if match else ""
    if match is None or re.search("[“”]", inside):
        return None
    what = (
        "curly quotes would be part of the value (if they should be, put straight ones round them)"
    )
    start, end = event.start_mark, event.end_mark
    if start.line != end.line:
        return Slip(spot(start), "needs-quotes", f"{what}; put the whole value in double quotes")
    line = lines[start.line]
    cure = f"{line[: start.column]}{mending.quoted(inside)}{line[end.column :]}"
    return Slip(spot(start), "needs-quotes", what, cure)


def comma(line: str, at: Spot) -> Slip | None:
    """Find the rest of a text in a key without a value: `empty` in `{alt: A cot, empty}`."""
    number = mending.join_number(line, at.column)
    if number is not None:
        return Slip(at, "needs-quotes", "a comma does not belong in a number", number)
    cure = mending.quote_flow(line)
    if cure is None:
        return None
    return Slip(at, "needs-quotes", "a comma ends a value that has no quotes", cure)


def spot(mark: Any) -> Spot:
    """Return the place of a mark of YAML's."""
    return Spot(mark.line + 1, mark.column + 1) if mark is not None else Spot(1, 1)

"""Reading on after a slip, so that every mistake in a file is shown at once.

Where YAML stumbles, reading goes on with the line that was meant; where nobody can tell that,
without the post or the key that the slip stands in.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml

from sgcomms.errors import Problem
from sgcomms.yamlfile import mending
from sgcomms.yamlfile.document import Document, Route, Spot, problem
from sgcomms.yamlfile.reader import build, events

MAX_MENDS = 100
MAX_CHARACTERS = 5_000_000
"""How much is read again and again in the hope of finding more mistakes."""

MAX_BRACKETS = 200
"""More brackets than this, opened and not closed, would keep YAML busy for minutes."""

_DASHES = re.compile(r"^[ \t]*(?:[-?][ \t]+){60}", re.MULTILINE)
_TOP_KEY = re.compile(r"([\w-]+) *:")


def read_on(
    file: str, lines: list[str], prose: frozenset[str]
) -> tuple[Document | None, list[Problem]]:
    """Return what `lines` say and every problem in them; no document if they cannot be read."""
    spot = _too_deep(lines)
    if spot is not None:
        return None, [problem(file, spot, "nested-too-deep", "far too many brackets or dashes")]
    state = _State(file, lines)
    size = sum(map(len, lines)) + 1
    for _ in range(max(2, min(MAX_MENDS, MAX_CHARACTERS // size))):
        try:
            reading = build(file, state.lines, prose)
        except yaml.MarkedYAMLError as error:
            if not state.mend(error):
                return None, state.problems
        except yaml.YAMLError as error:
            state.add(Spot(1, 1), "yaml-syntax", f"the file cannot be read: {error}")
            return None, state.problems
        else:
            if not reading.cures:
                document = replace(
                    reading.document, doubtful=reading.document.doubtful | state.lost
                )
                return document, [*state.problems, *reading.problems]
            state.cure(reading.slips, reading.cures)
    return None, state.problems


def _too_deep(lines: Sequence[str]) -> Spot | None:
    """Return where so much is opened, one in another, that reading it would take for ever."""
    open_now = 0
    for number, line in enumerate(lines):
        if "[" not in line and "{" not in line:
            open_now = max(0, open_now - line.count("]") - line.count("}"))
            continue
        for column, character in enumerate(line):
            open_now = max(0, open_now + (character in "[{") - (character in "]}"))
            if open_now > MAX_BRACKETS:
                return Spot(number + 1, column + 1)
    found = _DASHES.search("\n".join(lines))
    return Spot(found.string.count("\n", 0, found.start()) + 1, 1) if found else None


class _State:
    """The lines as they are read by now, and what was wrong with those that were mended."""

    def __init__(self, file: str, lines: Sequence[str]) -> None:
        self.file = file
        self.lines = list(lines)
        self.problems: list[Problem] = []
        self.lost: set[Route] = set()

    def add(self, spot: Spot, rule: str, message: str) -> None:
        """Remember a problem."""
        self.problems.append(problem(self.file, spot, rule, message))

    def cure(self, slips: Sequence[Problem], cures: Mapping[int, str]) -> None:
        """Take over the lines that a reading found were meant."""
        self.problems += slips
        for number, line in cures.items():
            self.lines[number] = line

    def mend(self, error: yaml.MarkedYAMLError) -> bool:
        """Record what is wrong and make the lines readable further down. False if that fails."""
        at = _reach(error)
        mended = (
            self._mend_indentation(at)
            or self._mend_quote(error, at)
            or self._mend_line(error, at)
            or self._mend_hashtag(at)
        )
        if mended:
            return True
        if self._leave_out_beginning(at):
            return True
        mark = _culprit(error)
        spot = Spot(mark.line + 1, mark.column + 1) if mark is not None else Spot(1, 1)
        self.add(spot, "yaml-syntax", plain_words(error))
        return self._leave_out(at)

    def _mend_indentation(self, at: int) -> bool:
        """Take tabs and no-break spaces out of the indentation, if YAML stumbled at one."""
        near = [number for number in (at, at - 1) if 0 <= number < len(self.lines)]
        if not any(mending.untabbed(self.lines[number]) != self.lines[number] for number in near):
            return False
        attempts = [
            [mending.untabbed(line, width) for line in self.lines] for width in (1, 2, 4, 8)
        ]
        clean = next((lines for lines in attempts if _reach_of(lines) > at), attempts[1])
        for number, (line, better) in enumerate(zip(self.lines, clean, strict=True)):
            if line != better:
                column = min(place for sign in "\t\xa0" if (place := line.find(sign)) >= 0) + 1
                kind = "a tab" if line[column - 1] == "\t" else "a no-break space"
                self.add(Spot(number + 1, column), "tab", f"{kind} indents this line; use spaces")
        self.lines = clean
        return True

    def _mend_quote(self, error: yaml.MarkedYAMLError, at: int) -> bool:
        """Close a quote that is opened on line `at` and goes on on the lines below."""
        if "unexpected end of stream" not in str(error.problem) or error.context_mark is None:
            return False
        column = error.context_mark.column
        last, indent = at, _indent(self.lines[at])
        for number in range(at + 1, len(self.lines)):
            if self.lines[number].strip() and _indent(self.lines[number]) <= indent:
                break
            last = number if self.lines[number].strip() else last
        closed = self.lines[last].rstrip() + self.lines[at][column : column + 1]
        if last == at or _reach_of(self._with(last, closed)) <= last:
            return False
        message = f"the quote is never closed; put one at the end of line {last + 1}"
        self.add(Spot(at + 1, column + 1), "needs-quotes", message)
        self.lines[last] = closed
        return True

    def _mend_line(self, error: yaml.MarkedYAMLError, at: int) -> bool:
        """Put the line that was meant in the place of one that YAML cannot read."""
        marks = [mark.line for mark in (error.problem_mark, error.context_mark) if mark is not None]
        for number in dict.fromkeys([*marks, at - 1]):
            if not 0 <= number < len(self.lines):
                continue
            attempts = list(mending.mends(self.lines[number]))
            reached = [_reach_of(self._with(number, attempt.line)) for attempt in attempts]
            best = max(reached, default=0)
            if best > max(at, number):
                mend = attempts[reached.index(best)]
                self.add(Spot(number + 1, mend.column), mend.rule, mend.message)
                self.lines[number] = mend.line
                return True
        return False

    def _mend_hashtag(self, at: int) -> bool:
        """Find the hashtag that ended a text of several lines in the middle."""
        for number in (at, at - 1):
            line = self.lines[number] if 0 <= number < len(self.lines) else ""
            tag = re.search(r"\S\s+(#\w+)", line)
            if tag is None:
                continue
            meant = f"{line[: tag.start(1)]}＃{line[tag.start(1) + 1 :]}"
            if _reach_of(self._with(number, meant)) > max(at, number):
                self.lines[number] = meant
                spot = Spot(number + 1, tag.start(1) + 1)
                message = (
                    f"everything from {tag[1]!r} on is read as a comment; put the whole text in "
                    "double quotes, or below `text: |`"
                )
                self.add(spot, "hashtag-lost", message)
                return True
        return False

    def _with(self, number: int, line: str) -> list[str]:
        return [*self.lines[:number], line, *self.lines[number + 1 :]]

    def _leave_out_beginning(self, at: int) -> bool:
        """Read on without the first lines, if they are no keys and the keys begin on line `at`."""
        written = [number for number in range(at) if re.match(r" *[^\s#%-]", self.lines[number])]
        if not written or at >= len(self.lines) or _TOP_KEY.match(self.lines[written[0]]):
            return False
        start = written[0]
        lines = [*self.lines[:start], *[""] * (at - start), *self.lines[at:]]
        if not _TOP_KEY.match(self.lines[at]) or _reach_of(lines) <= at:
            return False
        column = len(self.lines[start]) - len(self.lines[start].lstrip()) + 1
        message = "this does not belong here: a file begins with a key, such as `campaign: …`"
        self.add(Spot(start + 1, column), "yaml-syntax", message)
        self.lines = lines
        return True

    def _leave_out(self, at: int) -> bool:
        """Read on without the post, or the key of the top level, that line `at` stands in."""
        tops = [number for number in range(len(self.lines)) if _TOP_KEY.match(self.lines[number])]
        above = [number for number in tops if number <= at]
        if not above:
            return False
        first, last = above[-1], next((number for number in tops if number > at), len(self.lines))
        key = _TOP_KEY.match(self.lines[first])
        items = _items(self.lines, first + 1, last)
        beginning = first + 1 if items and at > first else first
        start = max((number for number in items if number <= at), default=beginning)
        end = min((number for number in items if number > at), default=last)
        lines = [*self.lines[:start], *[""] * (end - start), *self.lines[end:]]
        if key is None or _reach_of(lines) <= at:
            return False
        self.lost.add((key[1],))
        self.lines = lines
        return True


def _indent(line: str) -> int:
    """Return how far a key of this line is indented, dashes included."""
    return len(line) - len(line.lstrip(" -"))


def _items(lines: Sequence[str], first: int, last: int) -> list[int]:
    """Return the lines from `first` to `last` that begin an item of the outermost list there.

    One that alone is indented so little is out of place itself.
    """
    dashes = {
        number: len(lines[number]) - len(lines[number].lstrip())
        for number in range(first, last)
        if lines[number].lstrip().startswith("- ")
    }
    often = [indent for indent, count in Counter(dashes.values()).items() if count > 1]
    outermost = min(often or dashes.values(), default=0)
    return [number for number, indent in dashes.items() if indent == outermost]


def _reach_of(lines: Sequence[str]) -> float:
    """Return the line (from 0) at which YAML gives up `lines`; infinity if it reads them all."""
    try:
        for _ in events(lines):
            pass
    except yaml.MarkedYAMLError as error:
        return _reach(error)
    except yaml.YAMLError:
        return 0
    return math.inf


def _culprit(error: yaml.MarkedYAMLError) -> Any:
    """Return the mark of what a person has to change: where something opens, if it never closes."""
    opened = "never closed" in plain_words(error) or "could not find" in str(error.problem)
    mark = error.context_mark if opened else error.problem_mark
    return mark or error.problem_mark or error.context_mark


def _reach(error: yaml.MarkedYAMLError) -> int:
    """Return the line (from 0) at which YAML gave up."""
    mark = _culprit(error)
    return mark.line if mark is not None else 0


_PLAIN_WORDS = (
    ("found unexpected end of stream", "a quote is opened here and never closed"),
    (
        "mapping values are not allowed",
        "this does not fit the line above: a colon or a quote is missing there, or the indentation "
        "differs; a text of several lines begins with `text: |`",
    ),
    ("did not find expected node content", "a value is missing, or a bracket is never closed"),
    (
        "could not find expected ':'",
        "expected `key: value`; is a colon or the indentation missing?",
    ),
    ("did not find expected ',' or '}'", "a { is never closed, or a comma is missing"),
    ("did not find expected ',' or ']'", "a [ is never closed, or a comma is missing"),
    ("did not find expected key", "the indentation does not fit the lines above"),
    ("did not find expected '-' indicator", "the indentation does not fit the list above"),
    ("did not find expected <document start>", "a second document, or text after the end, begins"),
    ("cannot start any token", "this sign cannot begin a value; put the value in quotes"),
    ("alphabetic or numeric", "this sign cannot begin a value; put the value in quotes"),
    ("block sequence entries are not allowed", 'a "- " stands where no list is expected'),
    (
        "found unknown escape character",
        "in double quotes \\ changes the letter after it; write / in paths, or use single quotes",
    ),
    (
        "did not find expected comment or line break",
        "after | or > the words begin on the next line",
    ),
)


def plain_words(error: yaml.MarkedYAMLError) -> str:
    """Return what YAML stumbled over, in words for who has never heard of it."""
    problem = error.problem or "this is not YAML"
    return next((words for theirs, words in _PLAIN_WORDS if theirs in problem), problem)

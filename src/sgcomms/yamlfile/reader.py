"""Text -> plain data with positions, by YAML's events.

Only what an officer can mean is read: text, whole and decimal numbers, true, false and nothing.
`09:30`, `on`, `no`, `0123` and `2027-03-08` stay text; anchors, aliases and tags are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from sgcomms.errors import Problem
from sgcomms.yamlfile import mending, slips
from sgcomms.yamlfile.document import Document, Route, Spot, problem
from sgcomms.yamlfile.slips import PLAIN, Slip, spot

MAX_DEPTH = 20

_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_COLON = re.compile(r"\s*:")
_WORDS: dict[str, object] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "false": False,
    "False": False,
}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is being filled. `skip` leaves its parts out of the positions."""

    path: Route
    items: list[object] | dict[str, object]
    flow: bool = False
    skip: bool = False
    key: str | None = None
    key_has_colon: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading of the lines gave.

    `cures` are the lines that a person meant instead, by their number from 0: read with them, the
    `slips` are gone; the other `problems` stay.
    """

    document: Document
    problems: list[Problem]
    slips: list[Problem]
    cures: dict[int, str]


def events(lines: Sequence[str]) -> Iterator[Any]:
    """Yield YAML's events. Raises yaml.YAMLError."""
    try:
        yield from yaml.parse("\n".join(lines), Loader=_Loader)
    except (ValueError, OverflowError) as error:  # "\UFFFFFFFF" where there is no libyaml
        raise yaml.YAMLError(str(error)) from error


def build(file: str, lines: Sequence[str], prose: frozenset[str]) -> Reading:
    """Build data from the events of `lines`, without recursion. Raises yaml.YAMLError.

    `prose` names the keys whose values are words for readers.
    """
    reader = _Reader(file, lines, prose)
    for event in events(lines):
        if isinstance(event, yaml.DocumentStartEvent) and reader.values:
            message = "a second document begins here; one file holds one"
            reader.add(spot(event.start_mark), "yaml-syntax", message)
            break
        reader.take(event)
    return reader.reading()


class _Reader:
    """Fills lists and mappings, event by event."""

    def __init__(self, file: str, lines: Sequence[str], prose: frozenset[str]) -> None:
        self.file, self.lines, self.prose = file, lines, prose
        self.problems: list[Problem] = []
        self.slips: list[Problem] = []
        self.cures: dict[int, str] = {}
        self.keys: dict[Route, Spot] = {}
        self.values: dict[Route, Spot] = {}
        self.ends: dict[Route, Spot] = {}
        self.blank: set[Route] = set()
        self.doubtful: set[Route] = set()
        self.top: list[object] = []
        self.frames = [_Frame((), self.top)]
        self.too_deep = 0
        self.covered: set[int] = set()

    def reading(self) -> Reading:
        """Return what was read."""
        for slip in slips.hashtag_lines(self.lines, self.covered):
            self._note(slip, None)
        document = Document(
            self.file,
            self.top[0] if self.top else None,
            tuple(self.lines),
            self.keys,
            self.values,
            self.ends,
            frozenset(self.blank),
            frozenset(self.doubtful),
        )
        return Reading(document, self.problems, self.slips, self.cures)

    def add(self, at: Spot, rule: str, message: str) -> None:
        """Remember a problem."""
        self.problems.append(problem(self.file, at, rule, message))

    def take(self, event: Any) -> None:
        """Take the next event."""
        if isinstance(event, yaml.CollectionEndEvent):
            self._close(event)
        elif isinstance(event, yaml.NodeEvent):
            self._open(event)

    def _open(self, event: Any) -> None:
        """Put a node where it belongs, and say what is wrong with it."""
        collection = isinstance(event, yaml.CollectionStartEvent)
        if isinstance(event, yaml.ScalarEvent):
            start, end = spot(event.start_mark), spot(event.end_mark)
            below = event.style in slips.BLOCK and end.column == 1
            self.covered.update(range(start.line - 1, end.line - below))
        if self.too_deep:
            self.too_deep += collection
            return
        at = spot(event.start_mark)
        if collection and len(self.frames) > MAX_DEPTH:
            self.add(at, "nested-too-deep", f"more than {MAX_DEPTH} levels in one another")
            self.too_deep = 1
        value = None if self.too_deep else _value(event)
        path = self._place(event, value, at)
        if path is not None and self.too_deep:
            self.doubtful.add(path)
        self._note(slips.tag(event, self.lines), path)
        if isinstance(event, yaml.ScalarEvent):
            self._look_at_scalar(event, path)
        elif isinstance(value, list | dict):
            skip = self.frames[-1].skip or path is None
            self.frames.append(_Frame(path or (), value, bool(event.flow_style), skip))

    def _close(self, event: Any) -> None:
        if self.too_deep:
            self.too_deep -= 1
            return
        frame = self.frames.pop()
        if frame.flow and not frame.skip:
            self.ends[frame.path] = spot(event.end_mark)

    def _place(self, event: Any, value: object, at: Spot) -> Route | None:
        """Return the path of a value that was put in its place; None for a key, or a second one."""
        frame = self.frames[-1]
        if isinstance(frame.items, list):
            path = (*frame.path, len(frame.items)) if len(self.frames) > 1 else ()
            frame.items.append(value)
        elif frame.key is None:
            self._take_key(frame, frame.items, event, at)
            return None
        else:
            key, frame.key = frame.key, None
            if key in frame.items:
                return None
            path = (*frame.path, key)
            if value is None and not frame.skip:
                self._note_blank(frame, path, first=not frame.items)
            frame.items[key] = value
        if frame.skip:
            return None
        self.values[path] = at
        if isinstance(event, yaml.ScalarEvent):
            self.ends[path] = spot(event.end_mark)
        return path

    def _take_key(self, frame: _Frame, items: dict[str, object], event: Any, at: Spot) -> None:
        """Take a key as text; a list or mapping in its place, and a second one, are problems."""
        if not isinstance(event, yaml.ScalarEvent):
            message = "a key must be a word; put the value in quotes if it is text"
            self.add(at, "yaml-syntax", message)
            frame.key, frame.key_has_colon = f"?{at.line}:{at.column}", True
            return
        frame.key = event.value or "null"
        end = spot(event.end_mark)
        line = self.lines[end.line - 1] if end.line <= len(self.lines) else ""
        frame.key_has_colon = _COLON.match(line, end.column - 1) is not None
        if frame.key.startswith("\xa0"):
            what = "a no-break space indents this line; use spaces"
            self.slips.append(problem(self.file, at, "tab", what))
            self.cures[at.line - 1] = mending.untabbed(line)
        if frame.key in items:
            message = f"{frame.key!r} stands here twice; keep one of the two"
            if frame.path and isinstance(frame.path[-1], int):
                message += ", or begin another item of the list with a dash"
            self.add(at, "duplicate-key", message)
        elif not frame.skip:
            self.keys[*frame.path, frame.key] = at

    def _note_blank(self, frame: _Frame, path: Route, *, first: bool) -> None:
        """Remember a key without a value, unless it is the rest of the text before it."""
        self.blank.add(path)
        at = self.keys.get(path)
        if frame.flow and not frame.key_has_colon and not first and at is not None:
            self._note(slips.comma(self.lines[at.line - 1], at), path)

    def _look_at_scalar(self, event: Any, path: Route | None) -> None:
        self._note(slips.escape(event), path)
        if path is None:
            return
        prose = any(part in self.prose for part in path)
        brackets = self.frames[-1].flow
        self._note(slips.comment(event, self.lines, prose=prose, brackets=brackets), path)
        self._note(slips.curly_quotes(event, self.lines), path)

    def _note(self, slip: Slip | None, path: Route | None) -> None:
        """Remember a slip, and its cure if it is the first one of its line."""
        if slip is None:
            return
        if path is not None and slip.loses:
            self.doubtful.add(path)
        number = slip.spot.line - 1
        if slip.cure is None or number in self.cures:
            self.add(slip.spot, slip.rule, slip.message)
        else:
            self.slips.append(problem(self.file, slip.spot, slip.rule, slip.message))
            self.cures[number] = slip.cure


def _value(event: Any) -> object:
    if isinstance(event, yaml.MappingStartEvent):
        return {}
    if isinstance(event, yaml.SequenceStartEvent):
        return []
    return _scalar(event) if isinstance(event, yaml.ScalarEvent) else None


def _scalar(event: Any) -> object:
    text: str = event.value
    if event.style not in PLAIN:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text

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
from sgcomms.yamlfile import mending
from sgcomms.yamlfile.document import Document, Route, Spot, problem

MAX_DEPTH = 20

_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_COMMENT = re.compile(r"[\d+-]*(\s+)(#.*)$")
_COLON = re.compile(r"\s*:")
_CURLY = re.compile(r"([“„”])(.*)([“”])|([‘‚’])(.*)([‘’])", re.DOTALL)
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
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
_PLAIN = (None, "")
_BLOCK = ("|", ">")
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
            spot = _spot(event.start_mark)
            reader.add(spot, "yaml-syntax", "a second document begins here; one file holds one")
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

    def reading(self) -> Reading:
        """Return what was read."""
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

    def add(self, spot: Spot, rule: str, message: str) -> None:
        """Remember a problem."""
        self.problems.append(problem(self.file, spot, rule, message))

    def take(self, event: Any) -> None:
        """Take the next event."""
        if isinstance(event, yaml.CollectionEndEvent):
            self._close(event)
        elif isinstance(event, yaml.NodeEvent):
            self._open(event)

    def _open(self, event: Any) -> None:
        """Put a node where it belongs, and say what is wrong with it."""
        collection = isinstance(event, yaml.CollectionStartEvent)
        if self.too_deep:
            self.too_deep += collection
            return
        spot = _spot(event.start_mark)
        refused = self._refuse_anchors(event, spot)
        if collection and len(self.frames) > MAX_DEPTH:
            self.add(spot, "nested-too-deep", f"more than {MAX_DEPTH} levels in one another")
            self.too_deep, refused = 1, True
        value = None if self.too_deep else _value(event)
        path = self._place(event, value, spot)
        if path is not None and refused:
            self.doubtful.add(path)
        if isinstance(event, yaml.ScalarEvent):
            self._look_at_scalar(event, path, spot)
        elif isinstance(value, list | dict):
            skip = self.frames[-1].skip or path is None
            self.frames.append(_Frame(path or (), value, bool(event.flow_style), skip))

    def _close(self, event: Any) -> None:
        if self.too_deep:
            self.too_deep -= 1
            return
        frame = self.frames.pop()
        if frame.flow and not frame.skip:
            self.ends[frame.path] = _spot(event.end_mark)

    def _place(self, event: Any, value: object, spot: Spot) -> Route | None:
        """Return the path of a value that was put in its place; None for a key, or a second one."""
        frame = self.frames[-1]
        if isinstance(frame.items, list):
            path = (*frame.path, len(frame.items)) if len(self.frames) > 1 else ()
            frame.items.append(value)
        elif frame.key is None:
            self._take_key(frame, frame.items, event, spot)
            return None
        else:
            key, frame.key = frame.key, None
            if key in frame.items:
                return None
            path = (*frame.path, key)
            if value is None:
                self._look_at_blank(frame, frame.items, path)
            frame.items[key] = value
        if frame.skip:
            return None
        self.values[path] = spot
        if isinstance(event, yaml.ScalarEvent):
            self.ends[path] = _spot(event.end_mark)
        return path

    def _take_key(self, frame: _Frame, items: dict[str, object], event: Any, spot: Spot) -> None:
        """Take a key as text; a list or mapping in its place, and a second one, are problems."""
        if not isinstance(event, yaml.ScalarEvent):
            message = "a key must be a word; put the value in quotes if it is text"
            self.add(spot, "yaml-syntax", message)
            frame.key = f"?{spot.line}:{spot.column}"
            return
        frame.key = event.value or "null"
        end = _spot(event.end_mark)
        line = self.lines[end.line - 1] if end.line <= len(self.lines) else ""
        frame.key_has_colon = _COLON.match(line, end.column - 1) is not None
        if frame.key in items:
            self.add(spot, "duplicate-key", f"{frame.key!r} stands here twice; keep one of the two")
        elif not frame.skip:
            self.keys[*frame.path, frame.key] = spot

    def _look_at_blank(self, frame: _Frame, items: dict[str, object], path: Route) -> None:
        """Note a key without a value; `empty` in `{alt: A cot, empty}` is the rest of a text."""
        if frame.skip:
            return
        self.blank.add(path)
        if not frame.flow or frame.key_has_colon or not items:
            return
        spot = self.keys[path]
        line = self.lines[spot.line - 1]
        number = mending.join_number(line, spot.column)
        cure = number or mending.quote_flow(line)
        if cure is not None:
            what = "a comma ends a value that has no quotes"
            what = "a comma does not belong into a number" if number else what
            self._slip(spot, "needs-quotes", what, cure)
            self.doubtful.add(path)

    def _slip(self, spot: Spot, rule: str, what: str, cure: str | None) -> None:
        """Remember a mistake on one line, and the line as it was meant, if that is known."""
        number = spot.line - 1
        if cure is None or number in self.cures:
            self.add(spot, rule, f"{what}; put the whole value in double quotes")
        else:
            self.slips.append(problem(self.file, spot, rule, f"{what}; write {cure.strip()}"))
            self.cures[number] = cure

    def _refuse_anchors(self, event: Any, spot: Spot) -> bool:
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent):
            sign, what = f"*{event.anchor}", "an alias"
        elif event.anchor is not None:
            sign, what = f"&{event.anchor}", "an anchor"
        elif tag is not None:
            sign, what = tag.replace("tag:yaml.org,2002:", "!!"), "a tag"
        else:
            return False
        cure = mending.quote_value(self.lines[spot.line - 1])
        hint = f"; if it is text, write {cure.line.strip()}" if cure else ""
        self.add(spot, "anchor", f"{sign} is {what}, which this program does not take{hint}")
        return True

    def _look_at_scalar(self, event: Any, path: Route | None, spot: Spot) -> None:
        escaped = _ESCAPED.search(event.value)
        if escaped is not None:
            code = f"U+{ord(escaped[0]):04X}"
            self.add(spot, "control-character", f"an escape stands for {code}; take it out")
        if path is None:
            return
        if escaped is not None:
            self.doubtful.add(path)
        self._look_for_comment(event, path)
        if event.style in _PLAIN:
            self._look_for_curly_quotes(event, path, spot)

    def _look_for_comment(self, event: Any, path: Route) -> None:
        """Find words that YAML took for a comment on the last line of a value."""
        start, end = event.start_mark, event.end_mark
        line, column = (
            (start.line, start.column + 1) if event.style in _BLOCK else (end.line, end.column)
        )
        match = _COMMENT.match(self.lines[line], column) if line < len(self.lines) else None
        if match is None:
            return
        is_prose = any(part in self.prose for part in path)
        if not is_prose and not re.match(r"#\w", match[2]):
            return
        comment, spot = match[2].rstrip(), Spot(line + 1, match.start(2) + 1)
        what = f"{comment!r} is read as a comment and would be lost"
        if not is_prose or event.style in _BLOCK:
            where = "with the words below" if is_prose else "into the text"
            self.add(spot, "hashtag-lost", f"{what}; put it {where}, or take it out")
            return
        cure = None
        if start.line == line and not self.frames[-1].flow:
            head, gap = self.lines[line][: start.column].rstrip(), match[1] if event.value else ""
            cure = f"{head} {mending.quoted(event.value + gap + comment)}"
        self.doubtful.add(path)
        self._slip(spot, "hashtag-lost", what, cure)

    def _look_for_curly_quotes(self, event: Any, path: Route, spot: Spot) -> None:
        """Find a value in curly quotes: to YAML they are part of the words."""
        match = _CURLY.fullmatch(event.value)
        inside = (match[2] or match[5] or "") if match else ""
        if match is None or re.search("[“”]", inside):
            return
        cure = None
        if event.start_mark.line == event.end_mark.line:
            line = self.lines[spot.line - 1]
            before, after = line[: event.start_mark.column], line[event.end_mark.column :]
            cure = f"{before}{mending.quoted(inside)}{after}"
        what = (
            "curly quotes would be part of the value (if they should be, put straight ones round "
            "them)"
        )
        self.doubtful.add(path)
        self._slip(spot, "needs-quotes", what, cure)


def _spot(mark: Any) -> Spot:
    return Spot(mark.line + 1, mark.column + 1) if mark is not None else Spot(1, 1)


def _value(event: Any) -> object:
    if isinstance(event, yaml.MappingStartEvent):
        return {}
    if isinstance(event, yaml.SequenceStartEvent):
        return []
    return _scalar(event) if isinstance(event, yaml.ScalarEvent) else None


def _scalar(event: Any) -> object:
    text: str = event.value
    if event.style not in _PLAIN:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text

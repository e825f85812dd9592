"""Text -> plain data with positions, by YAML's events.

Only what an officer can mean is read: text, whole and decimal numbers, true, false and nothing.
`09:30`, `on`, `no`, `0123` and `2027-03-08` stay text; anchors, aliases and tags are refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from sgcomms.errors import Problem
from sgcomms.yamlfile import mending

Route = tuple[str | int, ...]
"""The keys and numbers that lead from the top of a document to a value."""

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_MENDS = 50

_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_WORDS: dict[str, object] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "True": True,
    "false": False,
    "False": False,
}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the text, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says. `keys` and `values` tell where each part of `data` stands, by its path."""

    file: str
    data: object
    lines: Sequence[str]
    keys: dict[Route, Spot] = field(default_factory=dict)
    values: dict[Route, Spot] = field(default_factory=dict)

    def spot(self, path: Route) -> Spot:
        """Return where the value at `path` stands; if it is not there, where its parent stands."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Spot(1, 1))

    def key_spot(self, path: Route) -> Spot:
        """Return where the key of `path` stands, or else its value."""
        return self.keys.get(path) or self.spot(path)

    def problem(self, path: Route, rule: str, message: str, *, key: bool = False) -> Problem:
        """Return a problem with the value (or the key) at `path`."""
        spot = self.key_spot(path) if key else self.spot(path)
        return Problem(self.file, spot.line, spot.column, rule, message)


@dataclass(slots=True)
class _Reading:
    """What is known while one text is read."""

    file: str
    lines: list[str]
    prose: frozenset[str]
    problems: list[Problem] = field(default_factory=list)

    def add(self, spot: Spot, rule: str, message: str) -> None:
        self.problems.append(Problem(self.file, spot.line, spot.column, rule, message))


def read(
    file: str, raw: bytes, prose: frozenset[str] = frozenset()
) -> tuple[Document | None, list[Problem]]:
    """Return what the bytes of `file` say, and every problem that could be found in them.

    `prose` names the keys whose values are words for readers: after those any comment on the same
    line is a problem, since it may be a hashtag; elsewhere only what looks like one. The document
    is None when the text could not be read to its end. Nothing is raised, whatever the bytes.
    """
    if len(raw) > MAX_BYTES:
        message = f"the file has {len(raw):,} bytes; at most {MAX_BYTES:,} are read"
        return None, [Problem(file, 1, 1, "unreadable-file", message)]
    try:
        text = _decoded(raw)
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        place = _place(before, len(before))
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8 text"
        return None, [Problem(file, place.line, place.column, "unreadable-file", message)]
    damage = _UNPRINTABLE.search(text)
    if damage is not None:
        place = _place(text, damage.start())
        message = f"the character U+{ord(damage[0]):04X} cannot be part of a text; delete it"
        return None, [Problem(file, place.line, place.column, "control-character", message)]
    return _read_mending(_Reading(file, _BREAK.split(text), prose))


def _decoded(raw: bytes) -> str:
    """Return the text of `raw` by its byte order mark, UTF-8 without one."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    return raw.decode("utf-8-sig")


def _place(text: str, index: int) -> Spot:
    lines = _BREAK.split(text[:index])
    return Spot(len(lines), len(lines[-1]) + 1)


def _read_mending(state: _Reading) -> tuple[Document | None, list[Problem]]:
    """Read the lines; where YAML stumbles, go on with the line that was meant."""
    for _ in range(MAX_MENDS):
        try:
            document, problems = _build(state)
        except yaml.MarkedYAMLError as error:
            if not _mend(state, error):
                return None, sorted(state.problems)
        except yaml.YAMLError as error:
            state.add(Spot(1, 1), "yaml-syntax", f"the file could not be read: {error}")
            return None, sorted(state.problems)
        else:
            return document, sorted({*state.problems, *problems})
    return None, sorted(state.problems)


def _mend(state: _Reading, error: yaml.MarkedYAMLError) -> bool:
    """Record what is wrong and put the meant line in its place. False when none could be found."""
    marks = [mark for mark in (error.problem_mark, error.context_mark) if mark is not None]
    at = marks[0].line if marks else 0
    if _mend_tabs(state, at):
        return True
    for number in dict.fromkeys([*(mark.line for mark in marks), at - 1]):
        if not 0 <= number < len(state.lines):
            continue
        mend = mending.quote_value(state.lines[number])
        if mend is not None and _helps(state.lines, number, mend.line, at):
            spot = Spot(number + 1, mend.column)
            state.add(spot, "needs-quotes", f"put the value in quotes: {mend.line.strip()}")
            state.lines[number] = mend.line
            return True
    spot = Spot(at + 1, marks[0].column + 1) if marks else Spot(1, 1)
    lost = re.search(r"\s(#\w+)", state.lines[min(at, len(state.lines) - 1)])
    if lost is not None:
        message = f"everything from {lost[1]} on is read as a comment; put the value in quotes"
        state.add(spot, "hashtag-lost", message)
    else:
        state.add(spot, "yaml-syntax", _in_plain_words(error))
    return False


def _mend_tabs(state: _Reading, at: int) -> bool:
    """Take the tabs out of the indentation, if the line YAML stumbled at has one."""
    near = [number for number in (at, at - 1) if 0 <= number < len(state.lines)]
    if not any(mending.untabbed(state.lines[number]) != state.lines[number] for number in near):
        return False
    for number, line in enumerate(state.lines):
        clean = mending.untabbed(line)
        if clean != line:
            column = line.index("\t") + 1
            state.add(Spot(number + 1, column), "tab", "a tab indents this line; use spaces")
            state.lines[number] = clean
    return True


def _helps(lines: list[str], number: int, mended: str, at: int) -> bool:
    """Tell whether YAML comes further than line `at` with `mended` as line `number`."""
    tried = [*lines[:number], mended, *lines[number + 1 :]]
    try:
        for _ in yaml.parse("\n".join(tried), Loader=_Loader):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return mark is not None and mark.line > max(at, number)
    except yaml.YAMLError:
        return False
    return True


_PLAIN_WORDS = (
    ("found unexpected end of stream", "a quote is opened here and never closed"),
    (
        "mapping values are not allowed",
        "this does not fit the line above: a colon or a quote is missing there, or the indentation "
        "differs",
    ),
    ("did not find expected node content", "a value is missing, or a bracket is never closed"),
    ("could not find expected ':'", "expected `key: value`; is a colon missing?"),
    ("did not find expected ',' or '}'", "a { is never closed, or a comma is missing"),
    ("did not find expected ',' or ']'", "a [ is never closed, or a comma is missing"),
    ("did not find expected key", "the indentation does not fit the lines above"),
    ("did not find expected '-' indicator", "the indentation does not fit the list above"),
    ("did not find expected <document start>", "a second document, or text after the end, begins"),
    ("cannot start any token", "this sign cannot begin a value; put the value in quotes"),
    ("block sequence entries are not allowed", 'a "- " stands where no list is expected'),
)


def _in_plain_words(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "this is not YAML"
    words = next((words for theirs, words in _PLAIN_WORDS if theirs in problem), problem)
    if error.context_mark is not None and "never closed" in words:
        return f"{words} (line {error.context_mark.line + 1})"
    return words


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is being filled."""

    path: Route
    items: list[object] | dict[str, object]
    key: str | None = None
    skip: bool = False


def _build(state: _Reading) -> tuple[Document, list[Problem]]:
    """Build data from YAML's events, without recursion. Raises yaml.YAMLError."""
    here = _Reading(state.file, state.lines, state.prose)
    document = Document(state.file, None, tuple(state.lines))
    frames: list[_Frame] = [_Frame((), [])]
    too_deep = 0
    for event in yaml.parse("\n".join(state.lines), Loader=_Loader):
        spot = _spot(event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent) and document.values:
            here.add(spot, "yaml-syntax", "a second document begins here; one file holds one")
            break
        if not isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            if too_deep:
                too_deep -= 1
            else:
                frames.pop()
            continue
        collection = isinstance(event, yaml.CollectionStartEvent)
        if too_deep:
            too_deep += collection
            continue
        _refuse_anchors(here, event, spot)
        if collection and len(frames) > MAX_DEPTH:
            here.add(spot, "nested-too-deep", f"more than {MAX_DEPTH} levels in one another")
            too_deep = 1
            value: object = None
        else:
            value = _value(event)
        path = _place_value(here, document, frames[-1], value, spot)
        if isinstance(event, yaml.ScalarEvent):
            _look_for_comment(here, event, path)
        if collection and not too_deep:
            skip = frames[-1].skip or path is None
            frames.append(_Frame(path or (), value, skip=skip))  # type: ignore[arg-type]
    data = frames[0].items[0] if frames[0].items else None  # type: ignore[index]
    return Document(state.file, data, document.lines, document.keys, document.values), here.problems


def _spot(mark: Any) -> Spot:
    return Spot(mark.line + 1, mark.column + 1) if mark is not None else Spot(1, 1)


def _value(event: yaml.NodeEvent) -> object:
    if isinstance(event, yaml.MappingStartEvent):
        return {}
    if isinstance(event, yaml.SequenceStartEvent):
        return []
    return _scalar(event) if isinstance(event, yaml.ScalarEvent) else None


def _scalar(event: yaml.ScalarEvent) -> object:
    text: str = event.value
    if event.style in ("'", '"', "|", ">"):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _place_value(
    here: _Reading, document: Document, frame: _Frame, value: object, spot: Spot
) -> Route | None:
    """Put a value where it belongs and return its path; None for a key, or for what is left out."""
    if isinstance(frame.items, list):
        path = (*frame.path, len(frame.items)) if frame.path or document.values else ()
        frame.items.append(value)
        if not frame.skip:
            document.values[path] = spot
        return None if frame.skip else path
    if frame.key is None:
        frame.key = _key(here, frame, value, spot)
        if frame.key not in frame.items and not frame.skip:
            document.keys[*frame.path, frame.key] = spot
        return None
    key, frame.key = frame.key, None
    if key in frame.items:
        return None
    frame.items[key] = value
    path = (*frame.path, key)
    if not frame.skip:
        document.values[path] = spot
    return None if frame.skip else path


def _key(here: _Reading, frame: _Frame, value: object, spot: Spot) -> str:
    """Return a key as text; a list or mapping in its place, and a second one, are problems."""
    if isinstance(value, list | dict):
        here.add(spot, "yaml-syntax", "a key must be a word; put the value in quotes if it is text")
        return f"?{spot.line}:{spot.column}"
    key = here.lines[spot.line - 1][spot.column - 1 :].split(":")[0].strip() or "null"
    key = value if isinstance(value, str) else key
    if key in frame.items:
        here.add(spot, "duplicate-key", f"{key!r} stands here twice; keep one of the two")
    return key


def _refuse_anchors(here: _Reading, event: yaml.NodeEvent, spot: Spot) -> None:
    tag = getattr(event, "tag", None)
    if isinstance(event, yaml.AliasEvent):
        here.add(spot, "anchor", f"*{event.anchor} is an alias; write the value out, or quote it")
    elif event.anchor is not None:
        here.add(spot, "anchor", f"&{event.anchor} is an anchor; write the value out, or quote it")
    elif tag is not None:
        name = tag.replace("tag:yaml.org,2002:", "!!")
        here.add(spot, "anchor", f"{name} is a tag; leave it out, or put the value in quotes")


def _look_for_comment(here: _Reading, event: yaml.ScalarEvent, path: Route | None) -> None:
    """Find words that YAML took for a comment on the last line of a value."""
    start, end = _spot(event.start_mark), _spot(event.end_mark)
    if event.style in ("|", ">"):
        line, column = start.line - 1, start.column
    else:
        line, column = end.line - 1, end.column - 1
    if line >= len(here.lines):
        return
    match = re.match(r"[\d+-]*\s+(#.*)$", here.lines[line][column:])
    if match is None or path is None:
        return
    is_prose = any(part in here.prose for part in path)
    if not is_prose and not re.match(r"#\w", match[1]):
        return
    column += match.start(1)
    meant = mending.quote_all(here.lines[line]) if start.line - 1 == line else None
    cure = f"write {meant}" if meant else "put the whole value in double quotes"
    message = f"{match[1].strip()!r} is read as a comment and would be lost; {cure}"
    here.add(Spot(line + 1, column + 1), "hashtag-lost", message)

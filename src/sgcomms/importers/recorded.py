"""Figures recorded by hand: what no export holds, each with who read it, where, and when.

`figures.yaml` is a list of them; `sgcomms record` takes one. Both are held against the same shape.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, RootModel

from sgcomms import webkeys
from sgcomms.config import Board
from sgcomms.errors import Problem, UsageError
from sgcomms.metrics import Metric
from sgcomms.models import Reading, Source
from sgcomms.yamlfile import Day, Document, Shape, Words, fit, read, suggestion

LAYOUT = "recorded"
PROSE = frozenset({"source"})

Bound = Literal["more than", "at least", "close to", "about", "at most", "less than"]
Dimension = Literal["page", "channel", "device"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One figure and where a person read it."""

    source: Source
    reading: Reading


class _FigureShape(Shape):
    subject: Words
    metric: Words
    value: Annotated[float, Field(ge=0, le=10**15)]
    first: Annotated[Day, Field(alias="from")]
    last: Annotated[Day, Field(alias="to")]
    read_on: Day
    source: Words
    by: Words
    bound: Bound | None = None
    dimension: Dimension | None = None
    key: Words | None = None


class _FiguresFile(RootModel[list[_FigureShape]]):
    """A list of recorded figures."""


def looks_recorded(raw: bytes) -> bool:
    """Tell whether a file is meant as a list of recorded figures: it begins like a list in YAML."""
    text = raw[:20_000].decode("utf-8-sig", "replace")
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    return first == "-" or first.startswith(("- ", "[{", "subject:", "---"))


@dataclass(frozen=True, slots=True)
class Judged:
    """What recorded figures are held against: the board, its campaigns' ids, and today's date."""

    board: Board
    campaigns: Collection[str]
    today: date


def figures(name: str, raw: bytes, by: Judged) -> tuple[list[Recorded], list[Problem]]:
    """Return the figures of a file, or every problem in it. Nothing is raised for what it holds."""
    document, problems = read(name, raw, PROSE)
    if document is None:
        return [], problems
    shape, misfits = fit(document, _FiguresFile)
    problems += misfits
    if shape is None:
        return [], sorted(problems)
    for number, item in enumerate(shape.root):
        problems += _wrong(document, number, item, by)
    if any(one.severity == "error" for one in problems):
        return [], sorted(problems)
    return [_recorded(item, by.board) for item in shape.root], []


def figure(values: Mapping[str, object], by: Judged) -> Recorded:
    """Return one figure, given by the same keys as in a file. Raises UsageError."""
    document = Document("", [dict(values)], ())
    shape, problems = fit(document, _FiguresFile)
    if shape is not None:
        problems = list(_wrong(document, 0, shape.root[0], by))
    if shape is None or problems:
        raise UsageError("; ".join(one.message for one in problems))
    return _recorded(shape.root[0], by.board)


def _wrong(document: Document, number: int, item: _FigureShape, by: Judged) -> Iterator[Problem]:
    for key, rule, message in (*_wrong_names(item, by), *_wrong_values(item, by)):
        yield document.problem((number, key) if key else (number,), rule, message)


def _wrong_names(item: _FigureShape, by: Judged) -> Iterator[tuple[str, str, str]]:
    """Yield the key, the rule and the message of every name that is not known."""
    board = by.board
    subjects = [*board.accounts, *board.websites, *by.campaigns, "board"]
    parts = item.subject.split("+")
    unknown = [part for part in parts if part not in subjects]
    for part in unknown:
        hint = suggestion(part, subjects)
        yield "subject", "unknown-account", f"{part!r} is no account, website or campaign{hint}"
    if parts != sorted(set(parts)):
        whole = "+".join(sorted(set(parts)))
        yield "subject", "wrong-value", f"write the ids once each and sorted: {whole}"
    metric = board.metrics.get(item.metric)
    if metric is None:
        hint = suggestion(item.metric, board.metrics)
        yield "metric", "unknown-metric", f"{item.metric!r} is no metric{hint}"
    elif metric.part_of is not None:
        whole = metric.part_of
        message = f"{item.metric} is worked out from {whole}; record {whole} with a dimension"
        yield "metric", "wrong-value", message
    elif not unknown:
        for part in parts:
            if part not in by.campaigns and part not in _having(metric, board):
                message = f"{item.metric} is no figure of {part}: {_OWNERS[metric.scope]}"
                yield "metric", "wrong-value", message


def _having(metric: Metric, board: Board) -> Collection[str]:
    """Return the subjects that a metric can belong to, campaigns aside."""
    if metric.scope == "website":
        return board.websites
    return ("board",) if metric.scope == "board" else board.accounts


_OWNERS = {
    "post": "it belongs to an account or a campaign",
    "account": "it belongs to an account",
    "website": "it belongs to a website",
    "board": "it belongs to `board`",
}


def _wrong_values(item: _FigureShape, by: Judged) -> Iterator[tuple[str, str, str]]:
    """Yield the key, the rule and the message of every value that cannot be."""
    metric = by.board.metrics.get(item.metric)
    if metric is not None and metric.unit == "ratio" and item.value > 1:
        yield "value", "wrong-value", f"{item.metric} is a share of 1: write 40% as 0.40"
    if metric is not None and metric.over_time != "ratio" and item.value != int(item.value):
        yield "value", "wrong-value", f"{item.metric} counts whole {metric.unit}"
    if item.last < item.first:
        message = f"the period ends ({item.last}) before it starts ({item.first})"
        yield "to", "wrong-value", message
    elif item.read_on < item.last:
        message = f"it was read on {item.read_on}, before its period was over ({item.last})"
        yield "read_on", "wrong-value", message
    if item.read_on > by.today:
        yield "read_on", "wrong-value", f"{item.read_on} has not come yet"
    for key, words in (("source", item.source), ("by", item.by)):
        if not words.isprintable():
            yield key, "wrong-value", f"{key} is one line of plain words"
    yield from _wrong_key(item)


def _wrong_key(item: _FigureShape) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with the part that a figure is of."""
    if item.dimension is None or item.key is None:
        if item.dimension != item.key:
            message = "`dimension` and `key` belong together: which page, channel or device"
            yield "", "missing-key", message
    elif item.dimension in _KEYS:
        found, known = _KEYS[item.dimension]
        if found(item.key) == webkeys.OTHER and item.key.strip().lower() != webkeys.OTHER:
            message = f"{item.key!r} is no {item.dimension}; known are: {', '.join(known)}"
            yield "key", "wrong-value", message


_KEYS: Mapping[str, tuple[Callable[[str], str], Sequence[str]]] = {
    "channel": (webkeys.channel, webkeys.CHANNELS),
    "device": (webkeys.device, webkeys.DEVICES),
}
"""How a key of a dimension is written, and those that there are."""


def _recorded(item: _FigureShape, board: Board) -> Recorded:
    source = Source(
        kind="hand",
        name=item.source,
        layout=LAYOUT,
        subject=item.subject,
        read_on=item.read_on,
        by=item.by,
    )
    reading = Reading(
        subject=item.subject,
        metric=item.metric,
        value=item.value,
        first=item.first,
        last=item.last,
        native=item.metric,
        dimension=item.dimension,
        key=_key(item, board),
        bound=item.bound,
    )
    return Recorded(source, reading)


def _key(item: _FigureShape, board: Board) -> str | None:
    """Return a key as exports write it: without queries, which may hold names."""
    if item.dimension is None or item.key is None:
        return None
    if item.dimension in _KEYS:
        return _KEYS[item.dimension][0](item.key)
    website = board.websites.get(item.subject)
    return webkeys.page(item.key, webkeys.hosts_of(website.url) if website else ())

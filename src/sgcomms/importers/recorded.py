"""Figures recorded by hand: what no export holds, each with who read it, where, and when.

`figures.yaml` is a list of them; `sgcomms record` takes one. Both are held against the same shape.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, RootModel

from sgcomms.config import Board
from sgcomms.errors import Problem, UsageError
from sgcomms.metrics import METRICS
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
    """Tell whether a file may be a list of recorded figures rather than an export."""
    return any(
        line.lstrip(b"\xef\xbb\xbf").startswith((b"- subject", b"- {subject", b"-   subject"))
        for line in raw[:20_000].splitlines()
    )


def figures(
    name: str, raw: bytes, board: Board, campaigns: Collection[str]
) -> tuple[list[Recorded], list[Problem]]:
    """Return the figures of a file, or every problem in it. Nothing is raised for what it holds.

    `campaigns` are the ids that may be subjects beside the board's accounts and websites.
    """
    document, problems = read(name, raw, PROSE)
    if document is None:
        return [], problems
    shape, misfits = fit(document, _FiguresFile)
    problems += misfits
    if shape is None:
        return [], sorted(problems)
    for number, item in enumerate(shape.root):
        problems += _wrong(document, number, item, board, campaigns)
    if problems:
        return [], sorted(problems)
    return [_recorded(item) for item in shape.root], []


def figure(values: Mapping[str, object], board: Board, campaigns: Collection[str]) -> Recorded:
    """Return one figure, given by the same keys as in a file. Raises UsageError."""
    document = Document("", [dict(values)], ())
    shape, problems = fit(document, _FiguresFile)
    if shape is not None:
        problems = list(_wrong(document, 0, shape.root[0], board, campaigns))
    if shape is None or problems:
        raise UsageError("; ".join(one.message for one in problems))
    return _recorded(shape.root[0])


def _wrong(
    document: Document, number: int, item: _FigureShape, board: Board, campaigns: Collection[str]
) -> Iterator[Problem]:
    subjects = [*board.accounts, *board.websites, *campaigns, "board"]
    parts = item.subject.split("+")
    for part in parts:
        if part not in subjects:
            message = f"{part!r} is no account, website or campaign{suggestion(part, subjects)}"
            yield document.problem((number, "subject"), "unknown-account", message)
    if parts != sorted(set(parts)):
        message = f"write the ids once each and sorted: {'+'.join(sorted(set(parts)))}"
        yield document.problem((number, "subject"), "wrong-value", message)
    metric = board.metrics.get(item.metric)
    if metric is None:
        message = f"{item.metric!r} is no metric{suggestion(item.metric, board.metrics)}"
        yield document.problem((number, "metric"), "unknown-metric", message)
    elif metric.part_of is not None:
        part_of = METRICS[metric.part_of].name
        message = f"{item.metric} is worked out from {part_of}; record {part_of} with a dimension"
        yield document.problem((number, "metric"), "wrong-value", message)
    elif metric.unit == "ratio" and item.value > 1:
        message = f"{item.metric} is a share of 1: write 40% as 0.40"
        yield document.problem((number, "value"), "wrong-value", message)
    if item.last < item.first:
        message = f"the period ends ({item.last}) before it starts ({item.first})"
        yield document.problem((number, "to"), "wrong-value", message)
    if item.read_on < item.first:
        message = f"it was read on {item.read_on}, before its period starts"
        yield document.problem((number, "read_on"), "wrong-value", message)
    if (item.dimension is None) != (item.key is None):
        message = "`dimension` and `key` belong together: which page, channel or device"
        yield document.problem((number,), "missing-key", message)


def _recorded(item: _FigureShape) -> Recorded:
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
        key=item.key,
        bound=item.bound,
    )
    return Recorded(source, reading)

"""The three posts of a month that stood out, and the median that they stand out from. Pure.

Posts are held against their own account only: a platform's impressions do not compare with
another's views. The words are those of the board's own posts; nobody else's are ever printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from textwrap import shorten

from sgcomms.reports import numbers
from sgcomms.reports.material import Material
from sgcomms.reports.model import Cell, Section, Sentence, Table
from sgcomms.reports.monthly.cells import Cells

TOP = 3
LEAST = 3
"""Of fewer posts none stands out: the median would be one of them, or lie between two."""

LENGTH = 160
"""So many characters of a post's words are printed."""

_TITLE = "Posts that stood out"


@dataclass(frozen=True, slots=True)
class Seen:
    """A post with how often it was seen, by the account's own measure."""

    account: str
    platform_id: str
    day: date
    value: float


@dataclass(frozen=True, slots=True)
class Top:
    """A post that stood out, and its account's median."""

    seen: Seen
    median: float


def medians(seen: Sequence[Seen]) -> dict[str, float]:
    """Return the median of each account that has posts enough."""
    values: dict[str, list[float]] = {}
    for one in seen:
        values.setdefault(one.account, []).append(one.value)
    return {name: median(found) for name, found in values.items() if len(found) >= LEAST}


def top(seen: Sequence[Seen]) -> list[Top]:
    """Return the posts that lie furthest above the median of their own account, at most `TOP`.

    A post that does not lie above it did not stand out. Of two alike the earlier comes first.
    """
    middle = medians(seen)
    above = [one for one in seen if one.account in middle and one.value > middle[one.account]]
    return [
        Top(one, middle[one.account])
        for one in sorted(above, key=lambda one: (-_times(one, middle), one.day, one.platform_id))
    ][:TOP]


def section(
    seen: Sequence[Seen],
    measures: Mapping[str, str],
    texts: Mapping[tuple[str, str], str | None],
    material: Material,
    cells: Cells,
) -> Section:
    """Return the posts that stood out, and the median of each account.

    `measures` are the metrics that accounts are measured by; `texts` the posts' words, by account
    and the platform's id, None where no source gave any.
    """
    middle = medians(seen)
    if not middle:
        return Section("posts", _TITLE, 2, (Sentence(_too_few(seen)),))
    sentences = [Sentence(_median(name, middle, seen, measures, material)) for name in middle]
    found = top(seen)
    if not found:
        sentences.append(Sentence("No post lay above the median of its account."))
        return Section("posts", _TITLE, 2, tuple(sentences))
    note = material.footnotes.mark(
        "Posts are ranked by how many times the median of their own account they reached; accounts "
        "are not held against each other."
    )
    rows = tuple(
        _row(number, one, measures, texts, cells) for number, one in enumerate(found, start=1)
    )
    header = ("Post", "Account", "Date", "Measure", "Value", "Median post")
    caption = (
        f"{'The post' if len(rows) == 1 else f'The {len(rows)} posts'} furthest above the median"
    )
    sentences[0] = Sentence(sentences[0].text, note)
    return Section("posts", _TITLE, 2, tuple(sentences), Table(caption, header, rows))


def _times(one: Seen, middle: Mapping[str, float]) -> float:
    """Return how many times its account's median a post reached."""
    return one.value / middle[one.account] if middle[one.account] else float("inf")


def _too_few(seen: Sequence[Seen]) -> str:
    if not seen:
        return "No figures of single posts are known."
    return f"No account has {LEAST} posts with figures, so none can stand out."


def _median(
    name: str,
    middle: Mapping[str, float],
    seen: Sequence[Seen],
    measures: Mapping[str, str],
    material: Material,
) -> str:
    label = numbers.lowered(material.board.metrics[measures[name]].label)
    count = sum(one.account == name for one in seen)
    return (
        f"The median post on {material.name(name)} had {numbers.number(middle[name])} {label} "
        f"({count:,} posts with a figure)."
    )


def _row(
    number: int,
    one: Top,
    measures: Mapping[str, str],
    texts: Mapping[tuple[str, str], str | None],
    cells: Cells,
) -> tuple[Cell, ...]:
    seen, material = one.seen, cells.material
    words = texts.get((seen.account, seen.platform_id))
    return (
        Cell(shorten(words, LENGTH, placeholder=" …") if words else "(no words are known)"),
        Cell(material.name(seen.account)),
        Cell(numbers.day(seen.day)),
        Cell(material.board.metrics[measures[seen.account]].label),
        cells.words(numbers.number(seen.value), f"{_TITLE}, {number}"),
        cells.words(numbers.number(one.median), f"{_TITLE}, {number}, median"),
    )

"""How complete the figures of a report are: of which days and posts anything was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sgcomms import figures as figures_of
from sgcomms.db import Db
from sgcomms.figures import Coverage
from sgcomms.periods import month
from sgcomms.reports import numbers
from sgcomms.reports.material import Material
from sgcomms.reports.model import Cell, Section, Table

_HEADER = ("Source", "Days with figures", "Posts with figures", "Months without figures")
_NOTE = (
    "A day has figures when figures of the website or of the account cover it, or when the posts "
    "of the account were read from before it until after it."
)


def sections(material: Material, db: Db) -> Iterator[Section]:
    """Yield the section, unless nothing was due: each account and website has a row."""
    rows = []
    found = figures_of.coverage(db, material.board, material.question)
    for subject, group in groupby(found, key=lambda one: one.subject):
        held = list(group)
        days = [one for one in held if one.unit == "days"]
        if days:
            posts = [one for one in held if one.unit == "posts"]
            rows.append(_row(material, subject, days, posts))
    if rows:
        notes = material.footnotes.mark(_NOTE)
        first = (Cell(rows[0][0].text, notes), *rows[0][1:])
        table = Table("How much of the period was read", _HEADER, (first, *rows[1:]))
        yield Section("completeness", "How complete these figures are", 2, table=table)


def _row(
    material: Material, subject: str, days: Sequence[Coverage], posts: Sequence[Coverage]
) -> tuple[Cell, ...]:
    name = material.name(subject)
    without = [one for one in days if not one.have]
    if len(without) == len(days):
        lacking = "all"
    else:
        lacking = numbers.listed([f"{month(one.month).start:%B %Y}" for one in without]) or "none"
    cells = (
        f"{name[0].upper()}{name[1:]}",
        _of(days),
        _of(posts) if posts else "–",
        lacking,
    )
    return tuple(map(Cell, cells))


def _of(found: Sequence[Coverage]) -> str:
    due = sum(one.due for one in found)
    if not due:
        return "no single posts known"
    return f"{sum(one.have for one in found):,} of {due:,}"

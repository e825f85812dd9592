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

_HEADER = (
    "Source",
    "Days with figures",
    "Days only in longer figures",
    "Posts with figures",
    "Months without figures of their own",
)
_NOTE = (
    "A day has figures when figures of a month or less cover it, or when the posts of the account "
    "were read from before it until after it. A figure for longer, such as one for the whole year, "
    "covers a day without telling anything of it. Followers are counted at one moment and cover no "
    "day."
)
_JOINT = "A figure for several accounts together is a figure of none of them by itself."


def sections(material: Material, db: Db) -> Iterator[Section]:
    """Yield the section, unless nothing was due: each account and website has a row."""
    rows: list[tuple[Cell, ...]] = []
    found = figures_of.coverage(db, material.board, material.question)
    for subject, group in groupby(found, key=lambda one: one.subject):
        held = list(group)
        days = [one for one in held if one.unit == "days"]
        if days:
            posts = [one for one in held if one.unit == "posts"]
            note = _JOINT if "+" in subject else "" if rows else _NOTE
            rows.append(_row(material, subject, days, posts, note))
    if rows:
        table = Table("How much of the period was read", _HEADER, tuple(rows), words=(4,))
        yield Section("completeness", "How complete these figures are", 2, table=table)


def _row(
    material: Material,
    subject: str,
    days: Sequence[Coverage],
    posts: Sequence[Coverage],
    note: str,
) -> tuple[Cell, ...]:
    name = material.name(subject)
    without = [one for one in days if not one.have]
    if len(without) == len(days):
        lacking = "all"
    else:
        lacking = numbers.listed([f"{month(one.month).start:%B %Y}" for one in without]) or "none"
    longer = sum(one.longer for one in days)
    cells = (
        _of(days),
        f"{longer:,}" if longer else "none",
        _of(posts) if posts else "–",
        lacking,
    )
    marks = material.footnotes.mark(*([note] if note else []))
    return (Cell(f"{name[0].upper()}{name[1:]}", marks), *map(Cell, cells))


def _of(found: Sequence[Coverage]) -> str:
    due = sum(one.due for one in found)
    if not due:
        return "no single posts known"
    return f"{sum(one.have for one in found):,} of {due:,}"

"""The accounts of a board side by side: one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sgcomms.figures import Figure
from sgcomms.metrics import offered
from sgcomms.models import Account
from sgcomms.periods import Period
from sgcomms.reports import numbers
from sgcomms.reports.material import Material
from sgcomms.reports.model import Cell, Table

GLANCE = ("posts", "impressions", "views", "reach", "reactions", "comments", "shares", "followers")
"""What the table shows of an account, as far as any account has it."""

SHOWINGS = ("impressions", "views")
"""How often posts were seen: a platform tells the one or the other."""


def not_offered(account: Account, period: Period) -> tuple[str, ...]:
    """Return what the table shows and the account's platform did not tell at all in the period."""
    first, last = period.start, period.end
    return tuple(one for one in GLANCE if not offered(account.platform, one, first, last))


def never_told(account: Account, period: Period) -> tuple[str, ...]:
    """Return of `not_offered` what a reader misses: of the two showings only where both lack."""
    absent = not_offered(account, period)
    spare = SHOWINGS[1:] if set(SHOWINGS) <= set(absent) else SHOWINGS
    return tuple(one for one in absent if one not in spare)


@dataclass(frozen=True, slots=True)
class Joint:
    """Accounts for which a source gave figures together: those, and what may be added."""

    subject: str
    own: tuple[Figure, ...]
    added: tuple[Figure, ...]


def glance(material: Material, accounts: Sequence[Account], joint: Sequence[Joint]) -> Table | None:
    """Return the accounts side by side, each figure of the caption's dates or with a note."""
    cells: dict[tuple[str, str], Figure] = {}
    for subject in [account.id for account in accounts] + [one.subject for one in joint]:
        for metric in GLANCE:
            one = material.of_year(subject, metric) or _newest(material.dated(subject, metric))
            if one is not None:
                cells[subject, metric] = one
    for together in joint:
        for one in together.added:
            cells.setdefault((together.subject, one.metric), one)
    metrics = [metric for metric in GLANCE if any(key[1] == metric for key in cells)]
    if not metrics:
        return None
    shown = _Shown(material, cells)
    rows = []
    for account in accounts:
        absent = not_offered(account, material.period)
        row = [shown.cell(account.id, name, _otherwise(name, absent)) for name in metrics]
        rows.append((Cell(material.label(account)), *row))
    for together in joint:
        row = [shown.cell(together.subject, name, _not_joint(shown, name)) for name in metrics]
        rows.append((Cell(material.name(together.subject)), *row))
    header = ("Account", *(shown.heading(name) for name in metrics))
    return Table(shown.caption(), header, tuple(rows))


class _Shown:
    """The cells of the table: each is of the dates that the caption says, or has a note."""

    def __init__(self, material: Material, cells: dict[tuple[str, str], Figure]) -> None:
        self.material = material
        self.cells = cells
        levels = [one for one in cells.values() if material.is_level(one)]
        counts = [one for one in cells.values() if not material.is_level(one)]
        of_year = [one for one in counts if one.period is None]
        newest = max(of_year, key=lambda one: one.as_of or date.max, default=None)
        self.when = material.when(newest) if newest else "in the year"
        self.odd = any(material.when(one) != self.when for one in counts)
        self.days = {material.level_day(one) for one in levels}

    def has(self, metric: str) -> bool:
        return any(key[1] == metric for key in self.cells if "+" not in key[0])

    def caption(self) -> str:
        words = f"Our accounts {self.when}"
        return f"{words}, where no note gives other dates" if self.odd else words

    def heading(self, metric: str) -> str:
        found = self.material.board.metrics[metric]
        if found.over_time == "last" and len(self.days) == 1:
            return f"{found.label} on {numbers.day(next(iter(self.days)))}"
        return found.label

    def cell(self, subject: str, metric: str, otherwise: str) -> Cell:
        one = self.cells.get((subject, metric))
        if one is None:
            return Cell(otherwise)
        marks = self.material.marks(one)
        if self.material.is_level(one):
            if len(self.days) > 1:
                day = numbers.day(self.material.level_day(one))
                marks += self.material.footnotes.mark(f"On {day}.")
        elif self.material.when(one) != self.when:
            marks += self.material.footnotes.mark(numbers.sentence(self.material.when(one)))
        return Cell(self.material.amount(one), marks)


def _newest(found: Sequence[Figure]) -> Figure | None:
    return max(found, key=lambda one: (one.period or (date.min, date.min))[::-1], default=None)


def _otherwise(metric: str, absent: Sequence[str]) -> str:
    return "not offered" if metric in absent else "not available"


def _not_joint(shown: _Shown, metric: str) -> str:
    """Return what the joint row says: "not added" only where the metric forbids it."""
    forbidden = shown.material.board.metrics[metric].over_accounts != "sum"
    return "not added" if forbidden and shown.has(metric) else "not available"

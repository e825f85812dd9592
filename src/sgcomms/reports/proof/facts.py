"""What the database knows, in the form that a number in a text can be held against."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from sgcomms import figures as figures_of
from sgcomms.config import Board
from sgcomms.db import Db, sources
from sgcomms.db.posts import FOREVER
from sgcomms.errors import CombineError
from sgcomms.figures import Figure, Question
from sgcomms.models import Campaign
from sgcomms.periods import Period
from sgcomms.reports import numbers
from sgcomms.reports.changes import Changes
from sgcomms.reports.material import Material
from sgcomms.reports.proof.spotting import Kind

ADDED = ("posts", "reactions", "comments", "shares")
"""What is added over the accounts that a source gave one figure for, as the section does."""

MOST_PERIODS = 1000
"""So many periods are looked up for one document: the days of two years, and more."""

_CENT = Decimal(100)
_KINDS: Mapping[str, Kind] = {"ratio": "percent", "seconds": "seconds"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of the database with a value, in the unit that texts have: per cents, seconds.

    `subjects` are the accounts, the website, the campaign or the board that it is of; `name` says
    in words what it is, `when` of which days; `period` is the one that was asked for.
    """

    figure: Figure
    subjects: frozenset[str]
    value: Decimal
    kind: Kind
    name: str
    when: str
    period: Period

    @property
    def metric(self) -> str:
        """The metric's name."""
        return self.figure.metric

    @property
    def words(self) -> str:
        """What it is and when: "impressions of Twitter (now X), 2020-21"."""
        return f"{self.name}, {self.when}"

    @property
    def amount(self) -> str:
        """The value as a report prints it, behind its bound."""
        words = numbers.value(self.figure.value or 0, self.figure.unit)
        return f"{self.figure.bound} {words}" if self.figure.bound else words


@dataclass(slots=True)
class Library:
    """The facts of any period, as known today or on an earlier day; each is looked up once."""

    db: Db
    board: Board
    campaigns: Sequence[Campaign]
    found: dict[tuple[Period, date], list[Fact]] = field(default_factory=dict)
    added: dict[tuple[Period, frozenset[str]], list[Fact]] = field(default_factory=dict)

    def of(self, period: Period, as_of: date = FOREVER) -> list[Fact]:
        """Return the facts of a period, as known on `as_of`; none of more than any report names."""
        key = (period, as_of)
        if key not in self.found and len(self.found) >= MOST_PERIODS:
            return []
        if key not in self.found:
            self.found[key] = list(self._facts(Question(period, as_of=as_of)))
        return self.found[key]

    def name(self, subject: str, period: Period) -> str:
        """Return what readers call a subject in that period."""
        return self._material(Question(period), ()).name(subject)

    def days_read(self, latest: int) -> list[date]:
        """Return the last days on which anything was read, the newest first."""
        return sources.days_read(self.db, latest=latest)

    def source_words(self, fact: Fact) -> list[str]:
        """Return the sources of a fact, each as a line a person can follow."""
        return list(figures_of.source_names(self.db, fact.figure.sources).values())

    def _material(self, question: Question, found: Sequence[Figure]) -> Material:
        nothing = Changes("", {}, question.period.end)
        return Material(self.board, question, found, self.campaigns, nothing)

    def _facts(self, question: Question) -> Iterator[Fact]:
        names = [one.id for one in self.campaigns]
        found = figures_of.figures(self.db, self.board, question, names)
        received = figures_of.figures(
            self.db, self.board, replace(question, basis="received"), names
        )
        known = {(one.subject, one.metric, one.value) for one in found}
        found += [one for one in received if (one.subject, one.metric, one.value) not in known]
        found += self._together(question, found, names)
        material = self._material(question, found)
        for one in found:
            if one.value is not None:
                yield _fact(one, material, found)

    def over(self, period: Period, accounts: frozenset[str]) -> list[Fact]:
        """Return what may be added over some accounts, of a period."""
        key = (period, accounts)
        if key not in self.added and len(self.added) < MOST_PERIODS:
            self.added[key] = list(self._over(Question(period, subjects=tuple(sorted(accounts)))))
        return self.added.get(key, [])

    def _over(self, question: Question) -> Iterator[Fact]:
        names = [one.id for one in self.campaigns]
        for metric in ADDED:
            try:
                found = figures_of.total(self.db, self.board, question, (metric,), names)
            except CombineError:  # of these accounts it is not one thing
                continue
            material = self._material(question, found)
            yield from (_fact(one, material, found) for one in found if one.value is not None)

    def _together(
        self, question: Question, found: Sequence[Figure], names: Sequence[str]
    ) -> Iterator[Figure]:
        """Yield what may be added over the accounts for which a source gave one figure together."""
        joint = {one.subject for one in found if "+" in one.subject and not one.added}
        for subject in sorted(joint):
            accounts = tuple(subject.split("+"))
            if set(accounts) <= self.board.accounts.keys():
                asked = replace(question, subjects=accounts)
                yield from figures_of.total(self.db, self.board, asked, ADDED, names)


def _fact(one: Figure, material: Material, found: Sequence[Figure]) -> Fact:
    metric = material.board.metrics[one.metric]
    kind = _KINDS.get(one.unit, "count")
    value = Decimal(repr(one.value)) * (_CENT if kind == "percent" else 1)
    subjects = frozenset(one.subject.split("+"))
    if one.subject == "all":
        accounts = material.board.accounts
        subjects = frozenset(
            two.subject for two in found if two.metric == one.metric and two.value is not None
        )
        subjects = subjects.intersection(accounts) or frozenset(accounts)
    which = f", {_key(one, material)}" if one.key else ""
    if one.subject == "board":
        name = f"{numbers.lowered(metric.label)}{which}"
    else:
        subject = "all accounts" if one.subject == "all" else material.name(one.subject)
        name = f"{numbers.lowered(metric.label)} of {subject}{which}"
    when = numbers.days(*one.period) if one.period is not None else when_of(material.period)
    return Fact(one, subjects, value, kind, name, when, material.period)


def when_of(period: Period) -> str:
    """Return a period as readers call it: 2020-21, June 2020, 1 April 2020 to 30 June 2020."""
    if period.name == f"{period.start:%Y-%m}":
        return f"{period.start:%B %Y}"
    if re.fullmatch(r"\d{4}(?:-\d\d)?", period.name):
        return period.name
    return numbers.days(period.start, period.end)


def _key(one: Figure, material: Material) -> str:
    key = one.key or ""
    site = material.board.websites.get(one.subject)
    if one.dimension == "page" and site is not None:
        return site.pages.get(key) or site.pages.get(f"{key}/") or key
    return f"{one.dimension} {key}"

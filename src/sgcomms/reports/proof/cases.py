"""One number of a document beside all that it may be held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sgcomms.periods import Period
from sgcomms.reports.proof.binding import Bound, Where, bound, month_of
from sgcomms.reports.proof.facts import Fact, Library
from sgcomms.reports.proof.matching import score
from sgcomms.reports.proof.model import Finding, Item, Verdict, around
from sgcomms.reports.proof.times import Calendar
from sgcomms.reports.proof.timewords import Times, times


@dataclass
class Case:
    """A number, the times and the time that its words name, and the facts it may be.

    `year` is the document's.
    """

    item: Item
    library: Library
    year: Period

    @cached_property
    def calendar(self) -> Calendar:
        """What the times of its words are told from."""
        plain = Calendar(self.year, self.library.board.year_starts)
        month = month_of(plain, self.item.passage.headings)
        return Calendar(self.year, plain.starts, month) if month is not None else plain

    @cached_property
    def bound(self) -> Bound:
        """The time that binds the number."""
        start, end = self.item.span
        number, passage = self.item.number, self.item.passage
        place = Where(
            passage.text[start:end],
            number.start - start,
            number.end - start,
            passage.about,
            (*passage.headings, passage.caption) if passage.caption else passage.headings,
            self.item.said.in_order,
        )
        return bound(self.calendar, place)

    @cached_property
    def times(self) -> Times:
        """The times that its sentence, row or column names, and the one that binds it."""
        named = times(self.calendar, self.item.sentence)
        found = list(named.periods)
        if self.bound.day is not None:
            own = self.calendar.whole(self.bound.day, self.bound.day)
            found += [own, self.calendar.year_with(self.bound.day)]
        if self.bound.period is not None:
            found.append(self.bound.period)
        if self.bound.named is not None and self.bound.named.or_else is not None:
            found.append(self.bound.named.or_else)
        other = named.other or self.bound.is_other(self.year)
        return Times(tuple(dict.fromkeys(found)), other, named.part)

    @cached_property
    def ranked(self) -> Sequence[Fact]:
        """The facts of the document's year and of the times that are named, the likeliest first."""
        accounts = self.item.said.subjects.intersection(self.library.board.accounts)
        found: list[Fact] = []
        for period in dict.fromkeys((self.year, *self.times.periods)):
            here = self.library.of(period)
            found += here
            if self.item.said.own and len(accounts) > 1:
                known = {(one.metric, one.subjects) for one in here}
                added = self.library.over(period, accounts)
                found += [one for one in added if (one.metric, one.subjects) not in known]
        return sorted(found, key=lambda one: -score(self.item, one))

    @cached_property
    def timely(self) -> Sequence[Fact]:
        """Those of the time that binds the number."""
        return [one for one in self.ranked if self.allows(one)]

    def allows(self, fact: Fact) -> bool:
        """Tell whether a fact is of the time that binds the number."""
        return self.bound.allows(fact.period, fact.figure.period, self.year)

    @cached_property
    def earlier(self) -> Sequence[Fact]:
        """The facts of the year before the document's."""
        year = self.calendar.year_before()
        return self.library.of(year) if year is not None else ()

    def finding(
        self, verdict: Verdict, says: str, todo: str = "", fact: Fact | None = None
    ) -> Finding:
        """Return the verdict on the number, with the sources of the fact it was held against."""
        number, passage = self.item.number, self.item.passage
        return Finding(
            passage.place,
            number.text,
            around(passage, number.start, number.end),
            verdict,
            says,
            todo,
            fact,
            tuple(self.library.source_words(fact)) if fact is not None else (),
        )

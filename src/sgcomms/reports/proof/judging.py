"""One number of a document held against the figures of the database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

from sgcomms import periods
from sgcomms.errors import UsageError
from sgcomms.figures.gaps import months
from sgcomms.periods import Period, before
from sgcomms.reports import numbers
from sgcomms.reports.proof import sums
from sgcomms.reports.proof.binding import Bound, bound
from sgcomms.reports.proof.facts import Fact, Library
from sgcomms.reports.proof.fairness import Fit, fit
from sgcomms.reports.proof.model import Finding, Item, Verdict, around
from sgcomms.reports.proof.times import Times, span_named, times
from sgcomms.reports.proof.wording import sentences

_DISTINCTIVE = 1000
"""From here on two things seldom have the same value by chance."""

_FAR = 10
"""A number this many times a figure, or this part of it, is no slip of that figure."""

_MONTH = 31
"""Days by which the months that a text names may lie beside the days of a figure."""

_EARLIER_DAYS = 40
"""So many days of reading are looked back for a value that is no more."""

_PEOPLE_NOT = {
    "impressions": "how many times posts were shown",
    "views": "how many times posts were displayed or played",
    "page_views": "how many times pages were loaded",
    "sessions": "visits",
    "users_total": "browsers",
    "users_active": "browsers",
    "users_unspecified": "browsers",
    "users_new": "browsers",
    "users_daily_sum": "visitors counted anew each day",
}
_ONE_THING = re.compile(
    r"\b(?:post|tweet|video|campaign|each|per|every|average|top|best|most popular|target|aim"
    r"|objective|another|survey|respondents?)\b",
    re.IGNORECASE,
)
_APART = re.compile(r"\b(?:respectively|each)\b", re.IGNORECASE)
_CHANGED = re.compile(
    r"\b(?:increas\w*|decreas\w*|up|down|rise\w*|rose|fell|fall\w*|drop\w*|grew|growth|gain\w*"
    r"|change\w*|more|fewer|less)(?: (?:of|by|in))?\s*(?:\w+ ){0,2}$",
    re.IGNORECASE,
)
_FELL = r"(?:fell|fall(?:s|en|ing)?|drop\w*|decreas\w*|declin\w*|down|reduc\w*|fewer|less|lower)"
_ROSE = r"(?:rose|r[ai]s(?:e|es|en|ing)|gr[eo]w\w*|increas\w*|gain\w*|up|more|higher)"
_WAY = r"\b(?:(?P<fell>{fell})|(?P<rose>{rose}))"
_WAY_BEFORE = re.compile(
    _WAY.format(fell=_FELL, rose=_ROSE) + r"\b(?: (?:of|by|in|to))?\s*(?:[a-z]+ ){0,2}$",
    re.IGNORECASE,
)
_WAY_BEHIND = re.compile(
    r"\s+(?:[a-z]+\s+){0,2}?" + _WAY.format(fell="fewer|less|lower", rose="more|higher") + r"\b",
    re.IGNORECASE,
)
_WAY_TO = re.compile(
    _WAY.format(fell=_FELL, rose=_ROSE) + r"\b(?: [\d.,%]+| by| from){0,3} to (?:[a-z]+ ){0,2}$",
    re.IGNORECASE,
)
_UNKNOWN_TODO = "if it is a figure of yours, say where it comes from or record it: `sgcomms record`"


@dataclass(slots=True)
class Judge:
    """Holds numbers against the facts of the document's year, and of the times that a text names.

    `monthly` are the facts of its months, once they were needed.
    """

    library: Library
    year: Period
    monthly: list[Sequence[Fact]] = field(default_factory=list)

    def judge(self, item: Item) -> Finding:
        """Return the verdict on one number."""
        named = self.times(item)
        ranked = sorted(self._facts(named), key=lambda one: -_score(item, one))
        for judged in (
            self._consistent,
            self._change,
            self._of_other_time,
            self._sum,
            self._misnamed,
            self._other,
        ):
            found = judged(item, ranked, named)
            if found is not None:
                return found
        return self._finding(item, "unknown", "the database has no figure like it", _UNKNOWN_TODO)

    def times(self, item: Item) -> Times:
        """Return the times that a number's sentence, row or column names."""
        named = times(_sentence(item), self.year, self.library.board.year_starts)
        found = self._bound(item)
        if found.day is not None:
            own = periods.days(found.day, found.day)
            theirs = periods.year_of(found.day, self.library.board.year_starts)
            named = replace(named, periods=(*named.periods, own, theirs))
        if found.year not in (None, self.year):
            named = replace(named, periods=(*named.periods, found.year), other=True)
        return replace(named, periods=tuple(dict.fromkeys(named.periods)))

    def _bound(self, item: Item) -> Bound:
        text, at = item.passage.text, item.number.start
        start, end = _span(text, at)
        place = (at - start, item.number.end - start)
        starts = self.library.board.year_starts
        return bound(text[start:end], place, item.passage.about, self.year, starts)

    def _facts(self, named: Times) -> Iterator[Fact]:
        yield from self.library.of(self.year)
        for period in named.periods:
            if period != self.year:
                yield from self.library.of(period)

    def _in_time(self, item: Item, ranked: Sequence[Fact]) -> list[Fact]:
        """Return the facts of the year or day that the number's words name, if they name any."""
        found = self._bound(item)
        return [one for one in ranked if found.allows(one.period, one.figure.period, self.year)]

    def _earlier(self) -> Sequence[Fact]:
        """Return the facts of the year before."""
        try:
            earlier = before(self.year, self.library.board.year_starts)
        except (OverflowError, ValueError, UsageError):
            return ()
        return self.library.of(earlier)

    # verdicts, the first that applies counts

    def _consistent(self, item: Item, ranked: Sequence[Fact], _: Times) -> Finding | None:
        """A figure that has the value and is what the words say."""
        timely = self._in_time(item, ranked)
        fits = [(how, one) for one in timely if (how := fit(item.number, one)) is not None]
        good = [
            (how, one)
            for how, one in fits
            if _is_meant(item, one, how) and not _is_part_only(item, one, ranked)
        ]
        if not good:
            return None
        how, fact = max(good, key=lambda one: (_score(item, one[1]), one[0] == "exact"))
        counts = _PEOPLE_NOT.get(fact.metric)
        if self.library.board.metrics[fact.metric].unit == "views":
            counts = counts or "how many times something was viewed"
        if item.said.people and counts is not None:
            says = f"{fact.amount} is {fact.words}: {counts}, not people"
            label = numbers.lowered(self.library.board.metrics[fact.metric].label)
            return self._finding(item, "misnamed", says, f"call it {label}", fact)
        wrong = self._wrong_way(item, fact) or self._wrong_span(item, fact)
        if wrong is not None:
            return wrong
        if how == "exact":
            return self._finding(item, "traced", fact.words, "", fact)
        return self._finding(item, "rounded", f"{fact.words}: {fact.amount}", "", fact)

    def _change(self, item: Item, ranked: Sequence[Fact], _: Times) -> Finding | None:
        """How far a figure lies from that of the year before."""
        number = item.number
        text = item.passage.text
        if not _CHANGED.search(text[: number.start]) and not re.match(
            r"\s+(?:\w+\s+){0,2}(?:more|fewer|less|higher|lower)\b", text[number.end :]
        ):
            return None
        then = {_thing(one): one for one in self._earlier()}
        for fact in ranked:
            old = then.get(_thing(fact))
            if old is not None and _compatible(item, fact) and _is_change(item, fact, old):
                says = f"the change of {fact.name} from {old.amount}, {old.when}, to {fact.amount}"
                before_it = _WAY_BEFORE.search(text[: number.start])
                told = before_it or _WAY_BEHIND.match(text, number.end)
                if told is not None and _is_other_way(told, fact, old):
                    return self._turned(item, fact, old)
                return self._finding(item, "traced", says, "", fact)
        return None

    def _wrong_way(self, item: Item, fact: Fact) -> Finding | None:
        """A right figure that is said to have fallen to its value, and rose, or the other way."""
        text = item.passage.text
        start, _ = _span(text, item.number.start)
        told = _WAY_TO.search(text[start : item.number.start])
        if told is None or item.number.bound == "at most" or fact.period != self.year:
            return None
        old = next((one for one in self._earlier() if _thing(one) == _thing(fact)), None)
        if old is None or not _is_other_way(told, fact, old):
            return None
        return self._turned(item, fact, old)

    def _wrong_span(self, item: Item, fact: Fact) -> Finding | None:
        """A right figure that is of other days than the months that its sentence names."""
        named = span_named(_sentence(item))
        first, last = fact.figure.period or (fact.period.start, fact.period.end)
        if named is None or first == last:
            return None
        if all(
            abs((one - other).days) <= _MONTH
            for one, other in zip(named, (first, last), strict=True)
        ):
            return None
        when = numbers.days(first, last)
        says = f"{fact.amount} is {fact.name}, {when}, not {numbers.days(*named)}"
        return self._finding(item, "misnamed", says, f"say that it is of {when}", fact)

    def _turned(self, item: Item, fact: Fact, old: Fact) -> Finding:
        way = "rose" if fact.value > old.value else "fell"
        says = f"{fact.name} {way}: from {old.amount}, {old.when}, to {fact.amount}, {fact.when}"
        return self._finding(item, "differs", says, f"say that it {way}", fact)

    def _of_other_time(self, item: Item, ranked: Sequence[Fact], named: Times) -> Finding | None:
        """The figure of another year or day than the words name, or than the document is of."""
        found = self._bound(item)
        if not item.said.metrics or _is_of_one_thing(item):
            return None
        pool = [one for one in ranked if _may_be_taken_for(item, one)]
        timely = self._in_time(item, pool)
        late = [one for one in pool if one not in timely and fit(item.number, one) is not None]
        if not named.part and found.year in (None, self.year):
            late += [
                one
                for one in self._earlier()
                if _may_be_taken_for(item, one) and fit(item.number, one) == "exact"
            ]
        late = [one for one in late if item.said.sure or one.value >= _DISTINCTIVE]
        if not late:
            return None
        fact = max(late, key=lambda one: _score(item, one))
        right = next((one for one in timely if _thing(one) == _thing(fact)), None)
        day = numbers.day(found.day) if found.day is not None else ""
        wanted = right.when if right is not None else found.name or day or self.year.name
        says = f"that is {fact.when}’s: {fact.words}: {fact.amount}"
        if right is None:
            todo = f"print the figure of {wanted}, or say that it is {fact.when}’s"
        else:
            says = f"{says}; {wanted} has {right.amount}"
            todo = f"print {right.amount}"
        return self._finding(item, "misnamed", says, todo, fact)

    def _sum(self, item: Item, _: Sequence[Fact], __: Times) -> Finding | None:
        """A sum that may not be made."""
        board, number, said = self.library.board, item.number, item.said
        period = self._bound(item).year or self.year
        found = sums.of_parts(board, number, said, self.library.of(period))
        if found is None and (said.metrics or said.people) and period == self.year:
            if not self.monthly:
                self.monthly = [self.library.of(one) for one in months(self.year)]
            found = sums.of_months(board, number, said, self.monthly)
        if found is None:
            return None
        says = f"{numbers.number(float(found.value))} is {found.parts}: {found.why}"
        todo = "print the parts beside each other, each under its own name"
        return self._finding(item, "forbidden sum", says, todo)

    def _misnamed(self, item: Item, ranked: Sequence[Fact], _: Times) -> Finding | None:
        """A figure that has the value, too large for chance, and is not what the words say."""
        found = [
            one
            for one in ranked
            if fit(item.number, one) == "exact"
            and one.value >= _DISTINCTIVE
            and one.kind == "count"
        ]
        if not found:
            return None
        fact = found[0]
        board = self.library.board
        label = numbers.lowered(board.metrics[fact.metric].label)
        if item.said.metrics and fact.metric not in item.said.metrics:
            says = f"{fact.amount} is {fact.words}, and the text says “{item.said.word.lower()}”"
            return self._finding(item, "misnamed", says, f"call it {label}", fact)
        theirs = numbers.listed(
            [self.library.name(one, self.year) for one in sorted(item.said.subjects)]
        )
        says = f"{fact.amount} is {fact.words}, and the text speaks of {theirs}"
        return self._finding(item, "misnamed", says, "say whose figure it is", fact)

    def _other(self, item: Item, ranked: Sequence[Fact], named: Times) -> Finding | None:
        """The figure that the words name, where it has another value."""
        metrics = self.library.board.metrics
        timely = self._in_time(item, ranked)
        fact = next(
            (one for one in timely if _is_named(item, one, metrics[one.metric].scope)), None
        )
        if fact is None or named.part or _is_of_one_thing(item):
            return None
        if named.other and self._bound(item).year is None:
            return None
        if not fact.value / _FAR <= item.number.value <= fact.value * _FAR:
            return None
        stale = self._stale(item, fact)
        if stale is not None:
            return stale
        if fact.figure.bound is not None and item.number.value == fact.value:
            says = f"the figure is {fact.amount} ({fact.words}), not exactly {item.number.text}"
        else:
            says = f"{fact.words}: the database has {fact.amount}"
            if item.number.bound is not None:
                says = f"{says}, of which these words are not fair"
        return self._finding(item, "differs", says, f"print {fact.amount}", fact)

    def _stale(self, item: Item, fact: Fact) -> Finding | None:
        """The value that the figure had as known on an earlier day."""
        for day in self.library.days_read(_EARLIER_DAYS)[1:]:
            for one in self.library.of(fact.period, day):
                if _thing(one) == _thing(fact) and fit(item.number, one) is not None:
                    says = (
                        f"{fact.words}: it was {one.amount} as known on {numbers.day(day)}; the "
                        f"database now has {fact.amount}"
                    )
                    todo = f"print {fact.amount}, or say as of which day it is"
                    return self._finding(item, "stale", says, todo, fact)
        return None

    def _finding(
        self, item: Item, verdict: Verdict, says: str, todo: str, fact: Fact | None = None
    ) -> Finding:
        number = item.number
        return Finding(
            item.passage.place,
            number.text,
            around(item.passage, number.start, number.end),
            verdict,
            says,
            todo,
            fact,
            tuple(self.library.source_words(fact)) if fact is not None else (),
        )


def _sentence(item: Item) -> str:
    start, end = _span(item.passage.text, item.number.start)
    return " ".join([item.passage.text[start:end], *item.passage.about])


def _span(text: str, at: int) -> tuple[int, int]:
    """Return where the sentence of a place begins and ends."""
    return next((span for span in sentences(text) if span[0] <= at < span[1]), (0, len(text)))


def _is_of_one_thing(item: Item) -> bool:
    """Tell whether a sentence is about less than a year's figures: one post, say, or an average."""
    return item.number.kind == "count" and _ONE_THING.search(_sentence(item)) is not None


def _thing(fact: Fact) -> tuple[object, ...]:
    one = fact.figure
    own = (one.period[1].month, one.period[1].day) if one.period is not None else None
    return one.subject, one.metric, one.dimension, one.key, own


def _score(item: Item, fact: Fact) -> int:
    """Return how well a fact goes with the words around a number."""
    said = item.said
    score = 0
    if said.metrics:
        score += 4 if fact.metric in said.metrics else -4
    if said.subjects and fact.figure.subject != "board":
        if fact.subjects == said.subjects:
            score += 3
        else:
            score += 1 if fact.subjects & said.subjects else -3
    if fact.figure.dimension is not None:
        score += 3 if _key_is_named(item, fact) else -2
    if fact.figure.subject == "all" and not said.subjects:
        score += 1
    return score - (fact.figure.basis == "received")


def _may_be_taken_for(item: Item, fact: Fact) -> bool:
    """Tell whether the words speak of such a fact, whatever its year."""
    return _compatible(item, fact) and (fact.figure.dimension is None or _key_is_named(item, fact))


def _key_is_named(item: Item, fact: Fact) -> bool:
    """Tell whether the words name the page, channel or device of a fact."""
    if fact.figure.dimension != "page":
        return fact.figure.key in item.said.keys
    title = fact.name.rpartition(", ")[2].lower()
    words = f"{item.passage.text} {' '.join(item.passage.about)}".lower()
    return title in words or _first_word(title) in words


def _first_word(title: str) -> str:
    found = re.findall(r"[a-z]{5,}", title)
    return found[0] if found else title


def _compatible(item: Item, fact: Fact) -> bool:
    """Tell whether what the words say speaks against no part of a fact."""
    said = item.said
    if said.metrics and fact.metric not in said.metrics:
        return False
    if not said.own or fact.figure.subject == "board":
        return True
    return fact.subjects <= said.subjects


def _is_part_only(item: Item, fact: Fact, ranked: Sequence[Fact]) -> bool:
    """Tell whether a fact is of one account where the words speak of several together."""
    said = item.said
    if not said.own or fact.subjects == said.subjects or _APART.search(_sentence(item)):
        return False
    return any(one.metric == fact.metric and one.subjects == said.subjects for one in ranked)


def _is_meant(item: Item, fact: Fact, how: Fit) -> bool:
    """Tell whether a fact that fits a number is what its words speak of.

    Where they name no metric, only a value that is no chance counts.
    """
    if not _compatible(item, fact):
        return False
    if item.said.metrics:
        if fact.figure.dimension is None or _key_is_named(item, fact):
            return True
        return fact.figure.dimension == "page" and how == "exact" and fact.value >= _DISTINCTIVE
    large = fact.kind == "count" and fact.value >= _DISTINCTIVE
    return large and how == "exact" and item.number.bound is None


def _is_named(item: Item, fact: Fact, scope: str) -> bool:
    """Tell whether the words name exactly this fact, so that another number is a mistake."""
    said = item.said
    if fact.kind != item.number.kind or fact.metric not in said.metrics or not said.sure:
        return False
    if fact.figure.dimension is not None:
        lost = fact.figure.bound is not None and item.number.value == fact.value
        return (lost or fact.figure.dimension != "page") and _key_is_named(item, fact)
    if scope in ("board", "website"):
        return not said.keys or item.number.kind != "percent" or fact.metric == "bounce"
    return said.own and fact.subjects == said.subjects


def _is_other_way(told: re.Match[str], now: Fact, then: Fact) -> bool:
    """Tell whether words such as "fell by" say the opposite of what two values do."""
    if now.value == then.value:
        return False
    return (told["fell"] is not None) == (now.value > then.value)


def _is_change(item: Item, now: Fact, then: Fact) -> bool:
    """Tell whether a number is the change between two values, or its share of the first."""
    number = item.number
    difference = abs(now.value - then.value)
    if number.kind == "percent" and now.kind == "count":
        if not then.value:
            return False
        share = difference / then.value * 100
        unit = Decimal(1).scaleb(-number.decimals)
        return share.quantize(unit, ROUND_HALF_UP) == number.value
    if number.kind == "points" and now.kind == "percent":
        return difference.quantize(Decimal(1), ROUND_HALF_UP) == number.value
    return number.kind == now.kind and difference == number.value and difference != 0

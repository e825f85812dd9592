"""Figures of an account as a whole: levels of today, and what it received by day.

Days are Meta's own. A day without a figure is left out; where a metric has no figure on any day
asked for, one reading without a value says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sgcomms import clock
from sgcomms.errors import UnavailableError
from sgcomms.metering import Meter
from sgcomms.models import Reading
from sgcomms.platforms.graph.answers import Refusal, identifier
from sgcomms.platforms.graph.api import Api, Data
from sgcomms.platforms.graph.insights import (
    PACIFIC,
    Native,
    begin,
    by_day,
    called,
    number,
    totals,
    worded,
)
from sgcomms.platforms.graph.refusals import judged

KEPT = timedelta(days=729)
"""How far back Meta keeps figures: two years, for Pages and for Instagram."""

FEW = 100
TOO_FEW = "under 100 followers"
"""Below so many Meta shows no figures: https://developers.facebook.com/docs/graph-api/reference/insights"""

NOT_OFFERED = "not offered"
NO_RIGHT = "the token lacks a permission"
REFUSED = "the platform refused it"
PATIENCE = 5
"""How often a metric is asked for that is refused for other reasons, such as the days asked for."""

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Days to ask for, both included."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        yield from (self.first + n * ONE_DAY for n in range((self.last - self.first).days + 1))

    def newest(self, most: int) -> Days:
        """Return the last of them, `most` at the most."""
        return Days(max(self.first, self.last - (most - 1) * ONE_DAY), self.last)

    def parts(self, most: int) -> Iterator[Days]:
        """Yield them in parts of `most` at the most, the oldest first."""
        first = self.first
        while first <= self.last:
            last = min(first + (most - 1) * ONE_DAY, self.last)
            yield Days(first, last)
            first = last + ONE_DAY


@dataclass(slots=True)
class Daily:
    """The daily figures of one account in one run. Everything raises as `Api.ask`.

    `path` leads to the account's Insights.
    """

    api: Api
    meter: Meter
    subject: str
    path: str
    _had: set[str] = field(default_factory=set)
    _reasons: dict[str, list[str]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether no figure at all was had so far."""
        return not self._had

    def series(self, natives: Sequence[Native], days: Days, most_days: int) -> Iterator[Reading]:
        """Yield what is had as a series; `most_days` is the longest time that may be asked for.

        A day more than wanted is asked for: whether its end counts as inside is not documented.
        Another is left for the change of the clocks.
        """
        for part in days.parts(most_days - 2):
            until = min(begin(part.last + 2 * ONE_DAY), clock.now())
            span = {
                "period": "day",
                "since": str(int(begin(part.first).timestamp())),
                "until": str(int(until.timestamp())),
            }
            for native, answer in self._asked(natives, span):
                yield from self._readings(native, dict(by_day(answer, native.name)), part)

    def single(self, natives: Sequence[Native], days: Days) -> Iterator[Reading]:
        """Yield what is had as one number for the time asked for: a request a day, newest first."""
        for day in reversed(list(days)):
            span = {
                "metric_type": "total_value",
                "period": "day",
                "since": str(int(begin(day).timestamp())),
                "until": str(int(begin(day + ONE_DAY).timestamp())),
            }
            for native, answer in self._asked(natives, span):
                found = totals(answer)
                one = {day: found[native.name]} if native.name in found else {}
                yield from self._readings(native, one, Days(day, day))

    def without(self, natives: Sequence[Native], days: Days, why: str) -> Iterator[Reading]:
        """Yield a reading without a value for each metric that had none, with the reason."""
        for native in natives:
            if native.metric not in self._had:
                reason = self._reasons.get(native.metric, [why])[-1]
                yield _received(self.subject, native, days.first, days.last, None, reason)

    def _asked(
        self, natives: Sequence[Native], span: Mapping[str, str]
    ) -> Iterator[tuple[Native, Data]]:
        """Yield the metrics that are offered, each with the answer that has its figures."""
        while left := [one for one in natives if self._is_asked(one)]:
            names = [one.name for one in left]
            got = self.api.ask(self.path, {"metric": ",".join(names), **span}, self.meter.call)
            if not isinstance(got, Refusal):
                yield from ((one, got) for one in left)
                return
            found = judged(got.fault, names)
            bad = [one for one in left if one.name in found.unknown | found.unfit]
            if not bad and len(left) > 1:
                for one in left:
                    yield from self._asked([one], span)
                return
            for one in bad or left:
                self._refuse(one, got, NOT_OFFERED if bad else REFUSED)
            if not bad:
                return

    def _is_asked(self, native: Native) -> bool:
        reasons = self._reasons.get(native.metric, [])
        return not {NOT_OFFERED, NO_RIGHT} & {*reasons} and len(reasons) < PATIENCE

    def _refuse(self, native: Native, got: Refusal, why: str) -> None:
        reason = NO_RIGHT if got.of_rights else why
        self._reasons.setdefault(native.metric, []).append(reason)
        label = self.api.label
        self.meter.gap(
            f"{label} does not offer {native} of the account"
            if reason == NOT_OFFERED
            else f"{label} refused {native} of the account: {got}"
        )

    def _readings(
        self, native: Native, values: Mapping[date, object], days: Days
    ) -> Iterator[Reading]:
        for day in days:
            if day not in values:
                continue
            value = native.take(values[day])
            if value is None:
                self.meter.gap(f"{self.api.label} gave {native} that is no count")
                continue
            self._had.add(native.metric)
            called(self.meter, native.metric, native.name)
            yield _received(self.subject, native, day, day, value)


def over(api: Api, meter: Meter, first: date, last: date) -> Days | None:
    """Return those days from `first` to `last` that are over and kept, None where there are none.

    Notes on the meter what Meta no longer has.
    """
    today = clock.now().astimezone(PACIFIC).date()
    kept = today - KEPT
    if first < kept:
        meter.gap(f"{api.label} keeps daily figures for two years: none before {kept}")
    days = Days(max(first, kept), min(last, today - ONE_DAY))
    return days if days.first <= days.last else None


def account_of(api: Api, meter: Meter, node: str, fields: Iterable[str]) -> Data:
    """Return what the API shows of the account itself, nothing where it refuses.

    Raises as `Api.ask`; UnavailableError for an answer that shows no account at all.
    """
    got = api.ask(node, {"fields": ",".join(("id", *fields))}, meter.call)
    if not isinstance(got, Refusal):
        if identifier(got, "id") is None:
            raise UnavailableError(f"{api.label} did not show the account, and did not say why")
        return got
    meter.gap(f"{api.label} does not show the account: {got}")
    return {}


def levels(
    api: Api, meter: Meter, subject: str, today: date, shown: Data, fields: Mapping[str, str]
) -> Iterator[Reading]:
    """Yield today's levels, `fields` being Meta's names by metric; those not shown have none."""
    for metric, name in fields.items():
        value = number(shown.get(name))
        if value is not None:
            called(meter, metric, name)
        else:
            meter.gap(f"{api.label} has no {worded(metric, name)} of the account")
        reason = None if value is not None else "the platform did not show it"
        yield Reading(subject, metric, value, today, today, name, reason=reason)


def why_none(api: Api, followers: float | None) -> str:
    """Return why an account has no daily figures, `followers` being those that Meta counts."""
    if followers is not None and followers < FEW:
        return TOO_FEW
    return f"{api.label} gave no figures"


def _received(
    subject: str,
    native: Native,
    first: date,
    last: date,
    value: float | None,
    reason: str | None = None,
) -> Reading:
    return Reading(
        subject, native.metric, value, first, last, native.name, reason=reason, basis="received"
    )

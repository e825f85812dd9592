"""What every tool that measures a website is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import ClassVar, cast

from sgcomms.errors import (
    AuthError,
    NoCreditError,
    PlatformError,
    RateLimitError,
    RejectedError,
    UnavailableError,
)
from sgcomms.http import Answer, Client
from sgcomms.http.hosts import host_of
from sgcomms.metering import Meter
from sgcomms.models import Reading, Website
from sgcomms.webkeys import hosts_of, page
from sgcomms.websites.breakdowns import BREAKDOWNS, MOST_ROWS, summed
from sgcomms.websites.values import Given

TOTALS = (
    "page_views",
    "sessions",
    "users_total",
    "users_active",
    "users_new",
    "sessions_engaged",
    "session_seconds",
    "bounce",
)
"""The metrics that every tool answers for, by a value or by the reason why it has none."""

USUAL_WAIT = timedelta(hours=1)
LONGEST_WAIT = timedelta(days=2)


class Tool(ABC):
    """One tool, for one website. Every method counts its requests on the meter."""

    name: ClassVar[str]
    label: ClassVar[str]

    base: ClassVar[str] = ""
    """What addresses begin with; empty where every organisation has a server of its own."""

    hosts: ClassVar[tuple[str, ...]] = ()
    """The tool's own hosts that tokens are sent to."""

    domains: ClassVar[tuple[str, ...]] = ()
    """Domains whose every host is the tool's own: it gives one to each customer."""

    secret_names: ClassVar[tuple[str, ...]] = ()
    """The secrets without which nothing can be read."""

    natives: ClassVar[Mapping[str, str]]
    """The tool's own name of each metric."""

    definitions: ClassVar[Mapping[str, str]]
    """What the tool means by each metric: the same word means other things elsewhere."""

    deadline: ClassVar[timedelta] = timedelta(seconds=60)

    def __init__(
        self, website: Website, secrets: Mapping[str, str], allowed_hosts: Collection[str] = ()
    ) -> None:
        self.website = website
        self.secrets = secrets
        self.allowed_hosts = tuple(allowed_hosts)

    @classmethod
    def owns(cls, host: str) -> bool:
        """Tell whether `host` is the tool's own."""
        return host in cls.hosts or any(host.endswith(f".{one}") for one in cls.domains)

    @abstractmethod
    def verify(self, meter: Meter) -> str:
        """Return what the token lets us see, in words for a person. Raises a PlatformError."""

    @abstractmethod
    def readings(self, first: date, last: date, meter: Meter) -> Iterator[Reading]:
        """Yield every figure of the period, both days included, asked for as one period.

        What the tool cannot give is a reading without a value, with the reason. Definitions, the
        website's time zone and marks of quality are kept in the meter's facts. Raises a
        PlatformError, and BudgetSpentError.
        """

    def _client(self, headers: Mapping[str, str], secrets: Iterable[str] = ()) -> Client:
        """Return the way to the tool's server. Raises AuthError where no secret may go."""
        base = self.website.api_base or self.base
        host = host_of(base) or ""
        return Client(
            base,
            hosts=(host,) if self.owns(host) else (),
            allowed=self.allowed_hosts,
            headers=headers,
            secrets=[*self.secrets.values(), *secrets],
            label=self.label,
            deadline=self.deadline,
        )

    def _token(self, name: str) -> str:
        """Return a secret that goes into a request as it is. Raises AuthError for a damaged one."""
        token = self.secrets[name]
        if not token.isascii() or not token.isprintable():
            raise AuthError(f"the {name} of {self.website.id} holds a character that no token has")
        return token

    def _asked(self, first: date, last: date) -> Asked:
        return Asked(self.website.id, first, last, self.natives)

    def _note(self, meter: Meter, **facts: object) -> None:
        """Keep what somebody may ask of these figures years later."""
        meter.natives.update(self.natives)
        meter.facts.update({"definitions": dict(self.definitions), **facts})

    def _rows(
        self, asked: Asked, dimension: str, rows: Iterable[tuple[object, object]], meter: Meter
    ) -> Iterator[Reading]:
        """Yield the readings of a breakdown: `rows` hold the tool's names, and their counts."""
        breakdown = BREAKDOWNS[dimension]
        if dimension == "page":
            breakdown = replace(breakdown, key=partial(page, hosts=hosts_of(self.website.url)))
        sums = summed(breakdown, rows, self.label)
        if sums.hidden and breakdown.least > 1:
            few = {"fewer_than": breakdown.least, "left_out": sums.hidden}
            mark(meter, asked, **{f"{dimension}_seen_seldom": few})
        if sums.strange:
            mark(meter, asked, **{f"{dimension}_rows_unreadable": sums.strange})
        for key, value in sums.by_key.items():
            yield asked.total(breakdown.metric, Given(value), dimension, key)

    def _mark_cut(self, asked: Asked, dimension: str, there_are: int | None, meter: Meter) -> None:
        """Note that there are more rows than were asked for; None for an unknown number of them."""
        if there_are is None or there_are > MOST_ROWS:
            mark(meter, asked, **{f"{dimension}_rows": {"read": MOST_ROWS, "of": there_are}})


@dataclass(frozen=True, slots=True)
class Asked:
    """One period of one website, both days included: makes the readings of it."""

    subject: str
    first: date
    last: date
    natives: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def total(
        self, metric: str, given: Given, dimension: str | None = None, key: str | None = None
    ) -> Reading:
        """Return the reading of a count, or of its absence with the reason."""
        return Reading(
            self.subject,
            metric,
            given.value,
            self.first,
            self.last,
            self.natives.get(metric, metric),
            dimension=dimension,
            key=key,
            reason=given.reason,
        )

    def ratio(self, metric: str, part: Given, whole: Given) -> Reading:
        """Return the reading of `part` divided by `whole`, with both, or of its absence."""
        for one in (part, whole):
            if one.value is None:
                return self.total(metric, one)
        assert part.value is not None  # noqa: S101  looked at above
        assert whole.value is not None  # noqa: S101
        if not part.value and not whole.value:
            return self.total(metric, Given(None, "there were no visits to work it out from"))
        if not whole.value or (metric == "bounce" and part.value > whole.value):
            why = f"{part.value:,.0f} in {whole.value:,.0f} visits cannot be"
            return self.total(metric, Given(None, why))
        return Reading(
            self.subject,
            metric,
            part.value / whole.value,
            self.first,
            self.last,
            self.natives[metric],
            numerator=part.value,
            denominator=whole.value,
        )


def mark(meter: Meter, asked: Asked, **marks: object) -> None:
    """Keep marks of quality of the figures of one period: what is left out, sampled, cut off."""
    quality = cast("dict[str, dict[str, object]]", meter.facts.setdefault("quality", {}))
    quality.setdefault(str(asked), {}).update(marks)


def retry_at(headers: Mapping[str, str], now: datetime, usual: timedelta = USUAL_WAIT) -> datetime:
    """Return when to ask again: as the answer says in seconds, or after the `usual` time.

    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    text = headers.get("retry-after", "").strip()
    seconds = int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0
    wait = timedelta(seconds=seconds) if seconds else usual
    return now + min(wait, LONGEST_WAIT)


def error_of_status(answer: Answer, label: str, words: str, now: datetime) -> PlatformError:
    """Return what an answer that is none means, by its status; `words` are the tool's own."""
    told = f" ({words or f'status {answer.status}'})"
    if answer.status == 402:
        return NoCreditError(f"{label} wants another plan, or to be paid{told}")
    if answer.status == 404:
        return RejectedError(f"there is no {label} at this address: correct api_base{told}")
    if answer.status == 429:
        return RateLimitError(f"{label} asks to wait{told}", retry_at(answer.headers, now))
    if answer.status >= 500:
        return UnavailableError(f"{label} does not work at the moment{told}")
    return RejectedError(f"{label} refused the question{told}")

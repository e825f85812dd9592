"""Plausible: Stats API v2, on plausible.io or on a server of one's own.

https://plausible.io/docs/stats-api (as of July 2026)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from sgcomms import clock
from sgcomms.errors import AuthError, PlatformError, RejectedError, UnavailableError
from sgcomms.http import Answer
from sgcomms.metering import Meter
from sgcomms.models import Reading, Website
from sgcomms.webkeys import CONTENT
from sgcomms.websites.base import Asked, Tool, error_of_status, mark
from sgcomms.websites.breakdowns import BREAKDOWNS, MOST_ROWS
from sgcomms.websites.values import Given, count, number, said, share

_METRICS = ("visitors", "visits", "pageviews", "bounce_rate", "visit_duration")
_DIMENSIONS: Mapping[str, str] = {
    "channel": "visit:channel",
    "device": "visit:device",
    "page": "event:page",
    "content": "visit:utm_content",
}
_DEVICES = {"Laptop": "desktop"}
"""Plausible tells laptops from desktops by the width of the screen."""

_NOT_COUNTED = Given(None, "Plausible does not count this")
_SEVERAL_DAYS = Given(
    None,
    "Plausible takes whoever comes back on another day for somebody new: it has daily visitors "
    "added up, and no users of more than one day",
)


class Plausible(Tool):
    """Counts without cookies; knows nobody again the next day."""

    name: ClassVar[str] = "plausible"
    label: ClassVar[str] = "Plausible"
    base: ClassVar[str] = "https://plausible.io"
    hosts: ClassVar[tuple[str, ...]] = ("plausible.io",)
    secret_names: ClassVar[tuple[str, ...]] = ("token",)
    natives: ClassVar[Mapping[str, str]] = {
        "page_views": "pageviews",
        "sessions": "visits",
        "users_total": "visitors",
        "users_daily_sum": "visitors",
        "session_seconds": "visit_duration",
        "bounce": "bounce_rate",
    }
    definitions: ClassVar[Mapping[str, str]] = {
        "page_views": "Page views, repeats included.",
        "sessions": "Visits.",
        "users_total": "Different visitors of one day. They are not known again the next day.",
        "users_daily_sum": "The different visitors of each day, added up over the days.",
        "session_seconds": "Average length of a visit, which Plausible rounds to seconds; a visit "
        "of one page counts as none. The seconds in all are worked out from it.",
        "bounce": "Share of visits with one page view and no interactive event. Plausible rounds "
        "it, so the number of visits behind it is approximate.",
    }

    def __init__(
        self, website: Website, secrets: Mapping[str, str], allowed_hosts: Collection[str] = ()
    ) -> None:
        super().__init__(website, secrets, allowed_hosts)
        self._site = website.property or _site_of(website.url)
        self._way = self._client({"Authorization": f"Bearer {self._token('token')}"})

    def verify(self, meter: Meter) -> str:
        """Return which site the key may read. Raises a PlatformError, and BudgetSpentError."""
        day = clock.now().date() - timedelta(days=1)
        self._query(self._asked(day, day), {"metrics": ["visits"]}, meter)
        return f"Plausible shows the figures of {self._site}"

    def readings(self, first: date, last: date, meter: Meter) -> Iterator[Reading]:
        """Yield the figures of the period, by a query for the totals and one a breakdown.

        Raises a PlatformError, and BudgetSpentError; what came before is good.
        """
        asked = self._asked(first, last)
        self._note(
            meter,
            api="Plausible Stats API v2",
            property=self._site,
            day_boundary="midnight in the time zone that the site has in Plausible",
        )
        yield from self._totals(asked, meter)
        for dimension in _DIMENSIONS:
            try:
                rows = self._breakdown(asked, dimension, meter)
            except RejectedError as error:  # an older server of one's own does not know it
                meter.gap(f"Plausible does not give figures by {dimension}: {error}")
                continue
            yield from self._rows(asked, dimension, rows, meter)

    def _totals(self, asked: Asked, meter: Meter) -> Iterator[Reading]:
        answer = self._query(asked, {"metrics": list(_METRICS)}, meter)
        rows = _results(answer, len(_METRICS), 0)
        values = dict(zip(_METRICS, rows[0][1] if rows else (), strict=False))
        visits = count(values.get("visits"), self.label)
        visitors = count(values.get("visitors"), self.label)
        seconds = number(values.get("visit_duration"), self.label).times(visits)
        bounced = share(values.get("bounce_rate"), self.label, 100).times(visits)
        if visits.value == 0:  # then there is nothing that a rate or a length could be of
            seconds = bounced = visits
        yield asked.total("page_views", count(values.get("pageviews"), self.label))
        yield asked.total("sessions", visits)
        yield asked.total("users_total", visitors if asked.days == 1 else _SEVERAL_DAYS)
        yield asked.total("users_daily_sum", visitors)
        yield asked.ratio("session_seconds", seconds, visits)
        yield asked.ratio("bounce", bounced, visits)
        for metric in ("users_active", "users_new", "sessions_engaged"):
            yield asked.total(metric, _NOT_COUNTED)

    def _breakdown(self, asked: Asked, dimension: str, meter: Meter) -> list[tuple[object, object]]:
        metric = self.natives[BREAKDOWNS[dimension].metric]
        query: dict[str, object] = {
            "metrics": [metric],
            "dimensions": [_DIMENSIONS[dimension]],
            "order_by": [[metric, "desc"]],
            "include": {"total_rows": True},
            "pagination": {"limit": MOST_ROWS, "offset": 0},
        }
        if dimension == "content":
            query["filters"] = [["matches", _DIMENSIONS[dimension], [f"^{CONTENT}$"]]]
        answer = self._query(asked, query, meter)
        rows = _results(answer, 1, 1)
        meta = answer.get("meta")
        there_are = meta.get("total_rows") if isinstance(meta, dict) else None
        if isinstance(there_are, int) or len(rows) >= MOST_ROWS:
            known = there_are if isinstance(there_are, int) else None
            self._mark_cut(asked, dimension, known, meter)
        if dimension == "device":
            return [(_DEVICES.get(str(names[0]), names[0]), row[0]) for names, row in rows]
        return [(names[0], row[0]) for names, row in rows]

    def _query(self, asked: Asked, query: Mapping[str, object], meter: Meter) -> Mapping[str, Any]:
        """Return the answer to one query. Raises a PlatformError, and BudgetSpentError."""
        dates = [asked.first.isoformat(), asked.last.isoformat()]
        body = {"site_id": self._site, "date_range": dates, **query}
        answer = self._way.query("api/v2/query", body=body, before=meter.call)
        error = self._error_of(answer, clock.now())
        if error is not None:
            raise error
        if not isinstance(answer.json, dict):
            raise UnavailableError("Plausible gave no answer that can be used: it is no object")
        meta = answer.json.get("meta")
        warnings = meta.get("metric_warnings") if isinstance(meta, dict) else None
        if isinstance(warnings, dict):
            mark(
                meter, asked, warnings={said(name): _warning(one) for name, one in warnings.items()}
            )
        found: Mapping[str, Any] = answer.json
        return found

    def _error_of(self, answer: Answer, now: datetime) -> PlatformError | None:
        words = said(answer.json.get("error")) if isinstance(answer.json, dict) else ""
        if answer.fine and not words:
            return None
        if answer.status in (401, 403):
            return AuthError(
                f"Plausible does not accept the token, or it is not for the site {self._site}: "
                'make a key of the type "Stats API", or write the name that the site has in '
                f"Plausible as its property ({words or answer.status})"
            )
        return error_of_status(answer, self.label, words, now)


def _site_of(url: str) -> str:
    """Return the name that a site usually has in Plausible: its host without `www.`.

    https://plausible.io/docs/add-website
    """
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _warning(raw: object) -> str:
    return said(raw.get("warning")) if isinstance(raw, dict) else ""


def _results(
    answer: Mapping[str, Any], metrics: int, dimensions: int
) -> list[tuple[list[object], list[object]]]:
    """Return the dimensions and metrics of each row; their values come in the order asked for.

    Raises UnavailableError where they cannot be told apart.
    """
    rows = answer.get("results")
    found: list[tuple[list[object], list[object]]] = []
    for row in rows if isinstance(rows, list) else [None]:
        names, values = (
            (row.get("dimensions"), row.get("metrics")) if isinstance(row, dict) else (None, None)
        )
        if not isinstance(names, list) or not isinstance(values, list):
            raise UnavailableError("Plausible gave no answer that can be used: it has no rows")
        if (len(names), len(values)) != (dimensions, metrics):
            raise UnavailableError(
                "Plausible gave no answer that can be used: its rows do not have what was asked for"
            )
        found.append((names, values))
    return found

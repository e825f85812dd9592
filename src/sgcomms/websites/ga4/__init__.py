"""Google Analytics 4: Data API v1beta, read as a service account.

https://developers.google.com/analytics/devguides/reporting/data/v1
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from sgcomms import clock
from sgcomms.errors import AuthError, RejectedError
from sgcomms.importing import one_at_a_time
from sgcomms.metering import Meter
from sgcomms.models import Reading, Website
from sgcomms.webkeys import CONTENT
from sgcomms.websites.base import TOTALS, Asked, Tool, mark
from sgcomms.websites.breakdowns import BREAKDOWNS, MOST_ROWS
from sgcomms.websites.ga4.answers import FieldError, Report, error_of, report_of, reports_of
from sgcomms.websites.values import Given, count, number, said, share

if TYPE_CHECKING:
    from sgcomms.websites.ga4.key import ServiceAccount

_DIMENSIONS: Mapping[str, str] = {
    "channel": "sessionDefaultChannelGroup",
    "device": "deviceCategory",
    "page": "pagePath",
    "content": "sessionManualAdContent",
}
"""With the totals, five reports: as many as one request may ask for."""

_SECONDS = {
    "TYPE_SECONDS": 1.0,
    "TYPE_MILLISECONDS": 0.001,
    "TYPE_MINUTES": 60.0,
    "TYPE_HOURS": 3600.0,
}


class Analytics4(Tool):
    """One request a period, after one for a token that lasts an hour."""

    name: ClassVar[str] = "ga4"
    label: ClassVar[str] = "Google Analytics"
    base: ClassVar[str] = "https://analyticsdata.googleapis.com"
    hosts: ClassVar[tuple[str, ...]] = ("analyticsdata.googleapis.com",)
    secret_names: ClassVar[tuple[str, ...]] = ("service_account_file",)
    natives: ClassVar[Mapping[str, str]] = {
        "page_views": "screenPageViews",
        "sessions": "sessions",
        "users_total": "totalUsers",
        "users_active": "activeUsers",
        "users_new": "newUsers",
        "sessions_engaged": "engagedSessions",
        "session_seconds": "averageSessionDuration",
        "bounce": "bounceRate",
    }
    definitions: ClassVar[Mapping[str, str]] = {
        "page_views": "Page views, repeats included.",
        "sessions": "Visits, which Google calls sessions.",
        "users_total": "Different users who have logged at least one event. Google estimates it.",
        "users_active": "Different users with an engaged visit or a first visit; most screens of "
        "Google Analytics 4 call them users. Google estimates it.",
        "users_new": "Users who were not seen on the website before.",
        "sessions_engaged": "Visits of more than ten seconds, or with a key event, or with two or "
        "more page views.",
        "session_seconds": "Average length of a visit. Google's average engagement time is another "
        "figure: it counts the time in the foreground only.",
        "bounce": "Share of visits that were not engaged: under ten seconds, with one page view "
        "and no key event. Universal Analytics called another share by this name.",
    }

    def __init__(
        self, website: Website, secrets: Mapping[str, str], allowed_hosts: Collection[str] = ()
    ) -> None:
        super().__init__(website, secrets, allowed_hosts)
        self._property = _property(website)
        self._account = self._service_account()

    def verify(self, meter: Meter) -> str:
        """Return what the service account may see. Raises a PlatformError, and BudgetSpentError."""
        body = {
            "dateRanges": [{"startDate": "yesterday", "endDate": "yesterday"}],
            "metrics": [{"name": "sessions"}],
        }
        report = report_of(self._ask("runReport", body, meter))
        days = f", whose days are in {report.zone}" if report.zone else ""
        return f"Google Analytics shows {self._property} to {self._account.email}{days}"

    def readings(self, first: date, last: date, meter: Meter) -> Iterator[Reading]:
        """Yield the figures of the period, by one request.

        What Google does not know any more is left out, named on the meter's gaps, and asked for no
        more. Raises a PlatformError, and BudgetSpentError.
        """
        asked = self._asked(first, last)
        reports = self._reports(asked, meter)
        zone = next((one.zone for one in reports.values() if one.zone), "")
        self._note(
            meter,
            api="Google Analytics Data API v1beta",
            property=self._property,
            day_boundary=f"midnight in the property's own time zone, {zone or 'not known'}",
            **({"time_zone": zone} if zone else {}),
        )
        for name, report in reports.items():
            for kind, value in report.marks():
                mark(meter, asked, **{f"{name}_{kind}": value})
        yield from self._totals(asked, reports.get("totals"))
        for dimension in _DIMENSIONS:
            if dimension in reports:
                yield from self._breakdown(asked, dimension, reports[dimension], meter)

    def _totals(self, asked: Asked, report: Report | None) -> Iterator[Reading]:
        row = report.rows[0] if report is not None and report.rows else None
        if report is not None and row is None:
            why = said(report.metadata.get("emptyReason"))
            words = "Google Analytics has no figures of these days"
            for metric in TOTALS:
                yield asked.total(metric, Given(None, f"{words} ({why})" if why else words))
            return
        values = {metric: (row or {}).get(native) for metric, native in self.natives.items()}
        found = {metric: count(values[metric], self.label) for metric in TOTALS[:-2]}
        for metric, given in found.items():
            yield asked.total(metric, given)
        visits = found["sessions"]
        lasted = _seconds(report, self.natives["session_seconds"], values["session_seconds"])
        yield asked.ratio("session_seconds", lasted.times(visits), visits)
        bounced = share(values["bounce"], self.label)
        yield asked.ratio("bounce", bounced.times(visits), visits)

    def _breakdown(
        self, asked: Asked, dimension: str, report: Report, meter: Meter
    ) -> Iterator[Reading]:
        name = _DIMENSIONS[dimension]
        native = self.natives[BREAKDOWNS[dimension].metric]
        rows = [(row.get(name), row.get(native)) for row in report.rows]
        yield from self._rows(asked, dimension, rows, meter)
        if report.there_are > len(rows):
            self._mark_cut(asked, dimension, report.there_are, meter)

    def _reports(self, asked: Asked, meter: Meter) -> Mapping[str, Report]:
        """Return the reports of one period by their names, without those that Google refuses."""
        refused: set[str] = set()
        while True:
            wanted = dict(self._wanted(asked, refused))
            if not wanted:
                return {}
            body = {"requests": list(wanted.values())}
            try:
                data = self._ask("batchRunReports", body, meter)
            except FieldError as error:
                if error.field in refused or error.field not in _FIELDS:
                    raise
                refused.add(error.field)
                meter.gap(f"{error.field}: {error}")
                continue
            return dict(zip(wanted, reports_of(data, len(wanted)), strict=True))

    def _wanted(
        self, asked: Asked, refused: Collection[str]
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield each report that is asked for, by its name."""
        period = {"startDate": asked.first.isoformat(), "endDate": asked.last.isoformat()}
        metrics = [{"name": one} for one in self.natives.values() if one not in refused]
        if metrics:
            yield "totals", {"dateRanges": [period], "metrics": metrics}
        for dimension, name in _DIMENSIONS.items():
            native = self.natives[BREAKDOWNS[dimension].metric]
            if native in refused or name in refused:
                continue
            report: dict[str, object] = {
                "dateRanges": [period],
                "dimensions": [{"name": name}],
                "metrics": [{"name": native}],
                "orderBys": [{"metric": {"metricName": native}, "desc": True}],
                "limit": str(MOST_ROWS),
            }
            if dimension == "content":
                matches = {"matchType": "FULL_REGEXP", "value": CONTENT, "caseSensitive": True}
                report["dimensionFilter"] = {"filter": {"fieldName": name, "stringFilter": matches}}
            yield dimension, report

    def _ask(self, method: str, body: Mapping[str, object], meter: Meter) -> Any:
        """Return what the API answers about the property. Raises a PlatformError."""
        token = self._account.token(meter.call)
        way = self._client({"Authorization": f"Bearer {token}"}, (token, *self._account.secrets))
        answer = way.query(f"v1beta/{self._property}:{method}", body=body, before=meter.call)
        error = error_of(answer, self._account.email, self._property, clock.now())
        if error is not None:
            raise error
        return answer.json

    def _service_account(self) -> ServiceAccount:
        """Return the service account of the key file. Raises AuthError, SecretsMissingError."""
        try:
            with one_at_a_time():
                from sgcomms.websites.ga4.key import ServiceAccount
        except ImportError:
            raise AuthError(
                "Google Analytics needs the package google-auth: pip install 'sgcomms[google]'"
            ) from None
        return ServiceAccount(self.website.id, self.secrets["service_account_file"], self.deadline)


_FIELDS = frozenset((*Analytics4.natives.values(), *_DIMENSIONS.values()))


def _property(website: Website) -> str:
    """Return the name that the API has for the property. Raises RejectedError.

    https://developers.google.com/analytics/devguides/reporting/data/v1/property-id
    """
    written = (website.property or "").strip()
    found = re.fullmatch(r"(?:properties/)?([0-9]{1,20})", written)
    if found:
        return f"properties/{found[1]}"
    where = "its number stands in Google Analytics under Admin, Property details"
    if not written:
        raise RejectedError(f"{website.id} has no property in config/board.yaml: {where}")
    what = "is no number of a property"
    if re.match(r"(?i)G-", written):
        what = "is the measurement ID of a tag"
    elif re.match(r"(?i)UA-", written):
        what = "is of Universal Analytics, which has ended"
    raise RejectedError(
        f"{website.id}: {said(written)!r} {what}; write property: properties/123456789, {where}"
    )


def _seconds(report: Report | None, native: str, raw: object) -> Given:
    """Return a length of time in seconds, whichever unit Google gives it in."""
    unit = report.types.get(native, "TYPE_SECONDS") if report is not None else "TYPE_SECONDS"
    if unit not in _SECONDS:
        return Given(None, f"Google Analytics gave the average visit in {said(unit)}")
    return number(raw, Analytics4.label).times(Given(_SECONDS[unit]))

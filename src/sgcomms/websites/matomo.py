"""Matomo: the Reporting API of a server of one's own, or of Matomo Cloud.

https://developer.matomo.org/api-reference/reporting-api; answers as recorded from Matomo 5.2
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar
from urllib.parse import unquote_plus, urlencode

from sgcomms import clock
from sgcomms.errors import AuthError, PlatformError, RejectedError, UnavailableError
from sgcomms.http import Answer
from sgcomms.metering import Meter
from sgcomms.models import Reading, Website
from sgcomms.websites.base import Asked, Tool, error_of_status, mark
from sgcomms.websites.breakdowns import MOST_ROWS
from sgcomms.websites.values import Given, count, said

Call = Mapping[str, str]

_REPORTS: Mapping[str, Call] = {
    "totals": {"method": "API.get", "format_metrics": "0"},
    "channel": {"method": "Referrers.getReferrerType", "format_metrics": "0", "filter_limit": "-1"},
    "device": {"method": "DevicesDetection.getType", "format_metrics": "0", "filter_limit": "-1"},
    "page": {
        "method": "Actions.getPageUrls",
        "format_metrics": "0",
        "flat": "1",
        "filter_limit": str(MOST_ROWS),
        "filter_sort_column": "nb_hits",
        "filter_sort_order": "desc",
    },
}
_SITES: Call = {"method": "SitesManager.getSitesWithAtLeastViewAccess"}
_VERSION: Call = {"method": "API.getMatomoVersion"}

_REFERRERS = {"1": "direct", "2": "organic search", "3": "referral", "7": "social"}
"""Kinds of referrers by their numbers: their labels are in the language of the token's user.

6 is a link with campaign parameters, wherever it stood: posts of ours, newsletters, advertisements.
"""

_DEVICES = {"smartphone": "mobile", "phablet": "mobile", "feature phone": "mobile"}

_UNIQUE = (
    "this Matomo does not count different visitors of {what}: whoever runs it can set "
    "enable_processing_unique_visitors_{period} = 1 under [General] in config.ini.php"
)
_NOT_COUNTED = Given(None, "Matomo does not count this")
_NO_CONTENT = (
    "visits by post: Matomo breaks visits down by utm_content with an add-on only, so it cannot "
    "tell which of the board's posts brought them"
)
_NO_RIGHT = re.compile(r"access|authenticat|token", re.IGNORECASE)


class Matomo(Tool):
    """One request a period, which asks several questions at once."""

    name: ClassVar[str] = "matomo"
    label: ClassVar[str] = "Matomo"
    domains: ClassVar[tuple[str, ...]] = ("matomo.cloud",)
    secret_names: ClassVar[tuple[str, ...]] = ("token",)
    natives: ClassVar[Mapping[str, str]] = {
        "page_views": "nb_pageviews",
        "sessions": "nb_visits",
        "users_total": "nb_uniq_visitors",
        "session_seconds": "sum_visit_length / nb_visits",
        "bounce": "bounce_count / nb_visits",
    }
    definitions: ClassVar[Mapping[str, str]] = {
        "page_views": "Page views, repeats included; downloads, outlinks and site searches are not "
        "among them.",
        "sessions": "Visits.",
        "users_total": "Different visitors of the period.",
        "session_seconds": "Time between the first and the last action of visits, divided by "
        "visits. A visit of one page counts as none, unless the website sends a heart beat.",
        "bounce": "Share of visits with one action only.",
    }
    deadline: ClassVar[timedelta] = timedelta(seconds=120)
    """Matomo may have to work the figures of a year out first."""

    def __init__(
        self, website: Website, secrets: Mapping[str, str], allowed_hosts: Collection[str] = ()
    ) -> None:
        super().__init__(website, secrets, allowed_hosts)
        if website.api_base is None:
            raise RejectedError(
                f"{website.id}: Matomo runs on a server of each organisation's own: write its "
                "address into config/board.yaml, such as api_base: https://stats.example.org"
            )
        if not re.fullmatch(r"[1-9][0-9]{0,8}", website.property or ""):
            raise RejectedError(
                f"{website.id}: property must be the number that the website has in Matomo (its "
                "idSite), such as property: 1"
            )
        self.website = replace(website, api_base=website.api_base.removesuffix("/index.php"))
        self._site = str(website.property)
        self._secret = self._token("token")
        self._way = self._client({})
        self._known: Mapping[str, object] = {}

    def verify(self, meter: Meter) -> str:
        """Return which website the token may see. Raises a PlatformError, and BudgetSpentError."""
        (sites,) = self._bulk([_SITES], meter)
        site = self._own(sites)
        if site is None:
            raise AuthError(
                f"Matomo does not show the token any website with the number {self._site}: give "
                'its user the right "view" there, or correct property'
            )
        name, address = said(site.get("name")), said(site.get("main_url"))
        return f"Matomo shows {name} ({address}), whose days are in {said(site.get('timezone'))}"

    def readings(self, first: date, last: date, meter: Meter) -> Iterator[Reading]:
        """Yield the figures of the period, by one request.

        Raises a PlatformError, and BudgetSpentError.
        """
        asked = self._asked(first, last)
        period, day = _period(first, last)
        dated = {"idSite": self._site, "period": period, "date": day}
        calls = [{**call, **dated} for call in _REPORTS.values()]
        more = [] if self._known else [_SITES, _VERSION]
        answers = self._bulk([*calls, *more], meter)
        if more:
            self._known = self._learnt(*answers[len(calls) :])
        self._note(meter, property=f"idSite {self._site}", **self._known)
        reports = dict(zip(_REPORTS, answers, strict=False))
        yield from self._totals(asked, reports["totals"], period)
        for dimension in ("channel", "device", "page"):
            rows = self._report(dimension, reports[dimension], meter)
            if len(rows) >= MOST_ROWS:
                self._mark_cut(asked, dimension, None, meter)
            if dimension == "page":  # what has no address is no page: a remainder, in words
                pages = [row for row in rows if row[0] is not None]
                if len(pages) < len(rows):
                    mark(meter, asked, page_rows_without_address=len(rows) - len(pages))
                rows = pages
            yield from self._rows(asked, dimension, rows, meter)
        meter.gap(_NO_CONTENT)

    def _totals(self, asked: Asked, report: object, period: str) -> Iterator[Reading]:
        error = self._refusal(report)
        if error is not None:
            raise error
        if not isinstance(report, dict):
            if report != []:
                raise UnavailableError("Matomo gave no answer that can be used: it has no totals")
            nothing = Given(None, "Matomo has no figures of these days")
            for metric in self.natives:
                yield asked.total(metric, nothing)
        else:
            yield from self._figures(asked, report, period)
        for metric in ("users_active", "users_new", "sessions_engaged"):
            yield asked.total(metric, _NOT_COUNTED)

    def _figures(
        self, asked: Asked, report: Mapping[str, object], period: str
    ) -> Iterator[Reading]:
        found = {
            metric: count(report.get(native.partition(" / ")[0]), self.label)
            for metric, native in self.natives.items()
        }
        if "nb_uniq_visitors" not in report and period in ("year", "range"):
            what = "a year" if period == "year" else "a period that is no day, week, month or year"
            found["users_total"] = Given(None, _UNIQUE.format(what=what, period=period))
        for metric in ("page_views", "sessions", "users_total"):
            yield asked.total(metric, found[metric])
        for metric in ("session_seconds", "bounce"):
            yield asked.ratio(metric, found[metric], found["sessions"])

    def _report(self, dimension: str, report: object, meter: Meter) -> list[tuple[object, object]]:
        """Return the rows of a breakdown; one that Matomo refuses is a gap."""
        error = self._refusal(report)
        if isinstance(error, AuthError):
            raise error
        if error is not None or not isinstance(report, list):
            meter.gap(f"Matomo does not give figures by {dimension}: {error or 'it has no rows'}")
            return []
        rows = [row if isinstance(row, dict) else {} for row in report]
        if dimension == "page":
            return [(row.get("url"), row.get("nb_hits")) for row in rows]
        if dimension == "device":
            return [(_device(row), row.get("nb_visits")) for row in rows]
        return [(_referrer(row), row.get("nb_visits")) for row in rows]

    def _bulk(self, calls: Sequence[Call], meter: Meter) -> list[Any]:
        """Return the answers to several questions. Each may be an error of its own.

        The token is in the body of the request, where no log of addresses sees it.
        https://developer.matomo.org/api-reference/reporting-api (API.getBulkRequest)
        Raises a PlatformError, and BudgetSpentError.
        """
        form = {
            "module": "API",
            "method": "API.getBulkRequest",
            "format": "JSON",
            "token_auth": self._secret,
            **{f"urls[{number}]": urlencode(call) for number, call in enumerate(calls)},
        }
        answer = self._way.query("index.php", form=form, before=meter.call)
        error = self._error_of(answer)
        if error is not None:
            raise error
        if not isinstance(answer.json, list) or len(answer.json) != len(calls):
            raise UnavailableError(
                "Matomo gave no answer that can be used: it does not answer each question"
            )
        return answer.json

    def _error_of(self, answer: Answer) -> PlatformError | None:
        refusal = self._refusal(answer.json)
        if answer.fine or isinstance(refusal, AuthError):
            return refusal
        if answer.status in (401, 403):
            return self._no_right(f"status {answer.status}")
        words = answer.json.get("message") if isinstance(answer.json, dict) else None
        return error_of_status(answer, self.label, said(words), clock.now())

    def _refusal(self, found: object) -> PlatformError | None:
        """Return the error that stands in the place of an answer: most come with status 200."""
        if not isinstance(found, dict) or found.get("result") != "error":
            return None
        words = said(found.get("message")) or "it does not say why"
        if _NO_RIGHT.search(words):
            return self._no_right(words)
        if "website" in words.lower():
            return RejectedError(
                f"Matomo does not know the website {self._site}: correct property ({words})"
            )
        return RejectedError(f"Matomo refused the question: {words}")

    def _no_right(self, words: str) -> AuthError:
        return AuthError(
            f"Matomo does not accept the token for website {self._site}: make one of a user with "
            f'the right "view" there ({words})'
        )

    def _own(self, sites: object) -> Mapping[str, object] | None:
        """Return what Matomo says about the website, if the token may see it."""
        error = self._refusal(sites)
        if error is not None:
            raise error
        for site in sites if isinstance(sites, list) else ():
            if isinstance(site, dict) and str(site.get("idsite")) == self._site:
                return site
        return None

    def _learnt(self, sites: object, version: object) -> Mapping[str, object]:
        """Return the facts about server and website, as far as the token may see them."""
        number = said(version.get("value")) if isinstance(version, dict) else ""
        try:
            site = self._own(sites) or {}
        except PlatformError:
            site = {}
        zone = said(site.get("timezone"))
        return {
            "api": f"Matomo {number}, Reporting API" if number else "Matomo Reporting API",
            "day_boundary": f"midnight in the website's own time zone, {zone or 'not known'}",
            **({"time_zone": zone} if zone else {}),
        }


def _period(first: date, last: date) -> tuple[str, str]:
    """Return what Matomo calls the days `first` to `last`: of the shorter ones it has uniques.

    https://developer.matomo.org/api-reference/reporting-api#standard-api-parameters
    """
    following = last + timedelta(days=1)
    if first == last:
        return "day", f"{first}"
    if (following - first).days == 7 and first.isoweekday() == 1:
        return "week", f"{first}"
    if first.day == following.day == 1:
        months = (following.year - first.year) * 12 + following.month - first.month
        if months == 1:
            return "month", f"{first}"
        if months == 12 and first.month == 1:
            return "year", f"{first}"
    return "range", f"{first},{last}"


def _referrer(row: Mapping[str, object]) -> object:
    return _REFERRERS.get(str(row.get("referrer_type")), "other")


def _device(row: Mapping[str, object]) -> object:
    """Return the kind of device: by the segment, since labels are in somebody's language."""
    segment = row.get("segment")
    name = segment.partition("deviceType==")[2] if isinstance(segment, str) else ""
    kind = unquote_plus(name) or row.get("label")
    return _DEVICES.get(kind.lower(), kind) if isinstance(kind, str) else kind

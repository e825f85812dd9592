"""What answers of the Google Analytics Data API hold: reports, or which error it is. Pure.

The shapes: discovery document of analyticsdata v1beta, revision 20261006; the limits and what to do
about them: https://developers.google.com/analytics/devguides/reporting/data/v1/quotas
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sgcomms.errors import (
    AuthError,
    PlatformError,
    RateLimitError,
    RejectedError,
    UnavailableError,
)
from sgcomms.http import Answer
from sgcomms.websites.values import said

LABEL = "Google Analytics"

_FIELD = re.compile(r"\bField (\w+) is not a valid (?:metric|dimension)\b")
_DISABLED = "SERVICE_DISABLED"
_KINDS = {"UNAUTHENTICATED": 401, "PERMISSION_DENIED": 403, "RESOURCE_EXHAUSTED": 429}
"""Google's own words for these statuses, which stand in the body too."""

_WAITS = {
    "concurrent": timedelta(seconds=30),
    "per day": timedelta(days=1),
    "per hour": timedelta(hours=1),
}
"""How long it takes until Google answers again, by the words for the limit that is used up."""


class FieldError(RejectedError):
    """Google does not know a metric or dimension by the name `field` any more."""

    def __init__(self, field: str, words: str) -> None:
        self.field = field
        super().__init__(words)


@dataclass(frozen=True, slots=True)
class Report:
    """One report: its rows by the names of their columns, and what Google says about it.

    `types` are the types of the metrics. `there_are` is the number of rows without a limit.
    """

    rows: Sequence[Mapping[str, object]]
    types: Mapping[str, str]
    there_are: int
    metadata: Mapping[str, Any]

    @property
    def zone(self) -> str:
        """The time zone of the property."""
        return said(self.metadata.get("timeZone"))

    def marks(self) -> Iterator[tuple[str, object]]:
        """Yield what takes from the quality of the report, by a name, as Google gives it."""
        if self.metadata.get("subjectToThresholding") is True:
            yield "thresholded", True
        if self.metadata.get("dataLossFromOtherRow") is True:
            yield "other_row", True
        if self.metadata.get("emptyReason"):
            yield "empty", said(self.metadata["emptyReason"])
        for one in _objects(self.metadata.get("samplingMetadatas")):
            read, space = said(one.get("samplesReadCount")), said(one.get("samplingSpaceSize"))
            yield "sampled", {"read": read, "of": space}
        cut = [
            {name: said(value) for name, value in one.items() if isinstance(value, str)}
            for one in _objects(self.metadata.get("dataTruncationReasons"))
        ]
        if cut:
            yield "truncated", cut


def report_of(data: object) -> Report:
    """Return the report in `data`. Raises UnavailableError where it is none.

    Rows and their number are missing where there is nothing to report.
    """
    if not isinstance(data, dict):
        raise _useless("a report is missing")
    dimensions = [str(one.get("name")) for one in _objects(data.get("dimensionHeaders"))]
    headers = _objects(data.get("metricHeaders"))
    metrics = [str(one.get("name")) for one in headers]
    rows: list[dict[str, object]] = []
    for row in _objects(data.get("rows")):
        names = [one.get("value") for one in _objects(row.get("dimensionValues"))]
        values = [one.get("value") for one in _objects(row.get("metricValues"))]
        if (len(names), len(values)) != (len(dimensions), len(metrics)):
            raise _useless("a row does not fit its header")
        rows.append(dict(zip([*dimensions, *metrics], [*names, *values], strict=True)))
    there_are, metadata = data.get("rowCount"), data.get("metadata")
    return Report(
        rows,
        {str(one.get("name")): str(one.get("type")) for one in headers},
        there_are if isinstance(there_are, int) else len(rows),
        metadata if isinstance(metadata, dict) else {},
    )


def reports_of(data: object, wanted: int) -> list[Report]:
    """Return the reports of a batch, in the order asked for. Raises UnavailableError."""
    listed = data.get("reports") if isinstance(data, dict) else None
    if not isinstance(listed, list) or len(listed) != wanted:
        raise _useless("it does not have the reports that were asked for")
    return [report_of(one) for one in listed]


def error_of(answer: Answer, email: str, name: str, now: datetime) -> PlatformError | None:
    """Return what `answer` means where it did not work, else None.

    `email` is the address of the service account, `name` the property.
    """
    error = answer.json.get("error") if isinstance(answer.json, dict) else None
    if answer.fine and error is None:
        return None
    fault = error if isinstance(error, dict) else {}
    words, status = said(fault.get("message")), said(fault.get("status"))
    told = f" ({words or status or f'status {answer.status}'})"
    kind = _KINDS.get(status, answer.status)
    if kind == 401:
        return AuthError(
            f"Google does not accept the key of {email}: it was deleted, or the clock of this "
            f"machine is wrong; make a new key{told}"
        )
    if kind == 403:
        return _no_right(fault, email, name, told)
    if kind == 429:
        wait = next((wait for limit, wait in _WAITS.items() if limit in words), _WAITS["per hour"])
        return RateLimitError(f"{LABEL} asks to wait{told}", now + wait)
    return _refused(answer, words, name, told)


def _refused(answer: Answer, words: str, name: str, told: str) -> PlatformError:
    if answer.fine or answer.status >= 500:
        return UnavailableError(f"{LABEL} does not work at the moment{told}")
    if field := _FIELD.search(words):
        return FieldError(field[1], f"{LABEL} does not know {field[1]} any more")
    return RejectedError(f"{LABEL} refused the question for {name}{told}")


def _no_right(fault: Mapping[str, Any], email: str, name: str, told: str) -> AuthError:
    reasons = {one.get("reason") for one in _objects(fault.get("details"))}
    if _DISABLED in reasons or "has not been used in project" in told:
        return AuthError(
            "the Google Analytics Data API is not enabled in the Google Cloud project of "
            f"{email}: enable it there under APIs & Services, and wait a few minutes{told}"
        )
    return AuthError(
        f"{LABEL} does not show {name} to {email}: add this address as Viewer (Admin, Property "
        f"access management), or correct property{told}"
    )


def _objects(raw: object) -> list[Mapping[str, Any]]:
    if raw is None:
        return []
    if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
        raise _useless("it is not made as its documentation says")
    return raw


def _useless(why: str) -> UnavailableError:
    return UnavailableError(f"{LABEL} gave no answer that can be used: {why}")

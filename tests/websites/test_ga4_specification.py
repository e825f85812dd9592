"""Every request to Google Analytics is one that Google's own discovery document describes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sgcomms.metering import Meter
from tests.websites.stubs import Analytics4Stub

DOCUMENT = (
    Path(os.environ.get("SGCOMMS_SPECS", Path(__file__).parents[3] / "shared" / "specs"))
    / "google"
    / "analyticsdata.v1beta.json"
)
TYPES: dict[str, Any] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "number": float,
    "object": dict,
    "string": str,
}
REQUESTS = {
    "batchRunReports": "BatchRunReportsRequest",
    "runReport": "RunReportRequest",
}
ANSWERS = {
    "batchRunReports": "BatchRunReportsResponse",
    "runReport": "RunReportResponse",
}


class Specification:
    """The discovery document of the Data API."""

    def __init__(self, path: Path) -> None:
        self.document = json.loads(path.read_text("utf-8"))

    def path(self, method: str) -> str:
        """Return the path of a method, with the name of the property left open."""
        found: str = self.document["resources"]["properties"]["methods"][method]["path"]
        return found

    def complaints(self, schema: str, value: Any) -> list[str]:
        """Return what is wrong with a body."""
        return list(self._about({"$ref": schema}, value, schema))

    def _about(self, schema: dict[str, Any], value: Any, where: str) -> Iterator[str]:
        while "$ref" in schema:
            schema = self.document["schemas"][schema["$ref"]]
        if not isinstance(value, TYPES[schema["type"]]) or isinstance(value, bool) != (
            schema["type"] == "boolean"
        ):
            yield f"{where} is no {schema['type']}"
        elif schema["type"] == "object":
            for name, part in value.items():
                if name not in schema["properties"]:
                    yield f"{where} has no {name}"
                    continue
                yield from self._about(schema["properties"][name], part, f"{where}.{name}")
        elif schema["type"] == "array":
            for number, part in enumerate(value):
                yield from self._about(schema["items"], part, f"{where}[{number}]")
        elif "enum" in schema and value not in schema["enum"]:
            yield f"{where} may not be {value}"
        elif schema.get("format") == "int64" and not value.isdecimal():
            yield f"{where} is no whole number"


@pytest.fixture
def specification() -> Specification:
    if not DOCUMENT.exists():
        pytest.skip("Google's discovery document is not here: set SGCOMMS_SPECS")
    return Specification(DOCUMENT)


def test_every_request_is_in_the_document(
    specification: Specification, ga4: Analytics4Stub
) -> None:
    one = ga4.tool()
    one.verify(Meter())
    list(one.readings(date(2025, 4, 1), date(2026, 3, 31), Meter()))
    sent = [request for request in ga4.server.got if request.path != "/token"]
    assert len(sent) == 2
    for request in sent:
        name, _, method = request.path.removeprefix("/").rpartition(":")
        assert f"{name}:{method}" == specification.path(method).replace(
            "{+property}", "properties/123456789"
        )
        body = json.loads(request.body)
        assert specification.complaints(REQUESTS[method], body) == []
        assert specification.complaints(ANSWERS[method], ga4.data(request).body) == []


def test_a_batch_keeps_googles_limits(ga4: Analytics4Stub) -> None:
    list(ga4.tool().readings(date(2025, 4, 1), date(2026, 3, 31), Meter()))
    assert len(ga4.asked) <= 5
    for report in ga4.asked:
        assert len(report["metrics"]) <= 10
        assert len(report.get("dimensions", ())) <= 9
        assert len(report["dateRanges"]) <= 4
        assert 0 < int(report.get("limit", 1)) <= 250_000


def test_the_document_would_notice(specification: Specification) -> None:
    def about(**report: Any) -> list[str]:
        return specification.complaints("BatchRunReportsRequest", {"requests": [report]})

    assert about(limit=25)
    assert about(limit="many")
    assert about(metric=[{"name": "sessions"}])
    assert about(metrics={"name": "sessions"})
    assert about(metrics=[{"names": "sessions"}])
    assert about(keepEmptyRows="true")
    kind = {"matchType": "REGEXP", "value": "x"}
    assert about(dimensionFilter={"filter": {"fieldName": "x", "stringFilter": kind}})
    assert not about(metrics=[{"name": "sessions"}], limit="25")

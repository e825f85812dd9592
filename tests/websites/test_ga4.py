"""Google Analytics 4: one batch, strings for numbers, marks of quality, a key that stays secret."""

from __future__ import annotations

import json
import os
import socket
import sys
import traceback
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sgcomms import clock
from sgcomms.errors import (
    AuthError,
    PlatformError,
    RateLimitError,
    RejectedError,
    SecretsMissingError,
    UnavailableError,
)
from sgcomms.metering import Meter
from sgcomms.models import Reading
from sgcomms.websites import Tool, connect
from tests.platforms.graph_server import Reply
from tests.websites.stubs import (
    ACCESS,
    EMAIL,
    PROPERTY,
    Analytics4Stub,
    Traffic,
    pem,
    private_key,
    refusal,
)

FIRST, LAST = date(2025, 4, 1), date(2026, 3, 31)
PERIOD = "2025-04-01 to 2026-03-31"


def read(one: Tool, meter: Meter | None = None) -> list[Reading]:
    return list(one.readings(FIRST, LAST, meter or Meter()))


def totals(readings: list[Reading]) -> dict[str, Reading]:
    return {one.metric: one for one in readings if one.dimension is None}


def values(readings: list[Reading]) -> dict[tuple[str, str | None, str | None], float | None]:
    return {(one.metric, one.dimension, one.key): one.value for one in readings}


class TestTheBatch:
    def test_is_one_request_with_five_reports(self, ga4: Analytics4Stub) -> None:
        read(ga4.tool())
        assert [one.path for one in ga4.server.got] == [
            "/token",
            f"/v1beta/{PROPERTY}:batchRunReports",
        ]
        assert len(ga4.asked) == 5
        assert [one.get("dimensions", []) for one in ga4.asked] == [
            [],
            [{"name": "sessionDefaultChannelGroup"}],
            [{"name": "deviceCategory"}],
            [{"name": "pagePath"}],
            [{"name": "sessionManualAdContent"}],
        ]

    def test_asks_for_the_whole_period_at_once(self, ga4: Analytics4Stub) -> None:
        read(ga4.tool())
        dates = [{"startDate": "2025-04-01", "endDate": "2026-03-31"}]
        assert [one["dateRanges"] for one in ga4.asked] == [dates] * 5

    def test_uses_a_token_until_it_ends(self, ga4: Analytics4Stub) -> None:
        one = ga4.tool()
        read(one)
        read(one)
        assert [request.path for request in ga4.server.got].count("/token") == 1

    def test_gets_a_new_token_where_one_has_ended(self, ga4: Analytics4Stub) -> None:
        ga4.token_reply = Reply({"access_token": ACCESS, "expires_in": 0})
        one = ga4.tool()
        read(one)
        read(one)
        assert [request.path for request in ga4.server.got].count("/token") == 2


class TestNumbers:
    def test_are_read_by_the_names_of_their_columns(self, ga4: Analytics4Stub) -> None:
        before = values(read(ga4.tool()))

        def backwards(data: Any) -> Any:
            for report in data["reports"]:
                report["metricHeaders"].reverse()
                for row in report["rows"]:
                    row["metricValues"].reverse()
            return data

        ga4.twist = backwards
        assert values(read(ga4.tool())) == before

    def test_of_users_are_kept_apart(self, ga4: Analytics4Stub) -> None:
        found = totals(read(ga4.tool()))
        assert (found["users_total"].value, found["users_total"].native) == (321, "totalUsers")
        assert (found["users_active"].value, found["users_active"].native) == (301, "activeUsers")
        assert (found["users_new"].value, found["users_new"].native) == (221, "newUsers")
        assert found["sessions_engaged"].value == 300

    @pytest.mark.parametrize(
        ("kind", "seconds"),
        [
            ("TYPE_SECONDS", 120),
            ("TYPE_MILLISECONDS", 0.12),
            ("TYPE_MINUTES", 7200),
            ("TYPE_HOURS", 432_000),
            ("TYPE_FEET", None),
        ],
    )
    def test_of_time_are_seconds_whatever_the_unit(
        self, ga4: Analytics4Stub, kind: str, seconds: float | None
    ) -> None:
        def other_unit(data: Any) -> Any:
            for header in data["reports"][0]["metricHeaders"]:
                if header["name"] == "averageSessionDuration":
                    header["type"] = kind
            return data

        ga4.twist = other_unit
        found = totals(read(ga4.tool()))["session_seconds"]
        assert found.value == (None if seconds is None else pytest.approx(seconds))
        assert seconds is not None or "TYPE_FEET" in str(found.reason)

    @pytest.mark.parametrize(
        "text", ["NaN", "-5", "1e3", "1_000", "12.5", "", "99999999999999999999", "٣", None]
    )
    def test_that_are_none_are_not_made_up(self, ga4: Analytics4Stub, text: str | None) -> None:
        def worse(data: Any) -> Any:
            data["reports"][0]["rows"][0]["metricValues"][0]["value"] = text
            return data

        ga4.twist = worse
        found = totals(read(ga4.tool()))
        assert found["page_views"].value is None
        assert str(found["page_views"].reason).startswith("Google Analytics gave ")
        assert found["sessions"].value == 500

    def test_of_bounces_that_are_more_than_all_visits_are_none(self, ga4: Analytics4Stub) -> None:
        ga4.traffic = Traffic(bounced=501)
        found = totals(read(ga4.tool()))["bounce"]
        assert (found.value, found.numerator, found.denominator) == (None, None, None)
        assert found.reason == ("Google Analytics gave '1.002', which is more than all visits")

    def test_are_none_where_there_is_nothing(self, ga4: Analytics4Stub) -> None:
        ga4.traffic = Traffic(visits=0, channels={}, devices={}, pages={}, contents={})
        ga4.metadata = {"emptyReason": "NO_DATA"}
        meter = Meter()
        found = read(ga4.tool(), meter)
        assert {one.reason for one in found} == {
            "Google Analytics has no figures of these days (NO_DATA)"
        }
        assert quality(meter)["totals_empty"] == "NO_DATA"


def quality(meter: Meter) -> dict[str, Any]:
    found = meter.facts["quality"]
    assert isinstance(found, dict)
    assert set(found) == {PERIOD}
    marks = found[PERIOD]
    assert isinstance(marks, dict)
    return marks


class TestQuality:
    def test_is_kept_as_google_tells_it(self, ga4: Analytics4Stub) -> None:
        ga4.metadata = {
            "subjectToThresholding": True,
            "dataLossFromOtherRow": True,
            "samplingMetadatas": [{"samplesReadCount": "6888000", "samplingSpaceSize": "8400000"}],
            "dataTruncationReasons": [
                {
                    "dataTruncationType": "DATA_TRUNCATION_TYPE_PROPERTY",
                    "dataTruncationMessage": "older data are gone",
                    "dataTruncationDate": "2025-09-01",
                }
            ],
        }
        meter = Meter()
        read(ga4.tool(), meter)
        marks = quality(meter)
        for name in ("totals", "channel", "device", "page", "content"):
            assert marks[f"{name}_thresholded"] is True
            assert marks[f"{name}_other_row"] is True
            assert marks[f"{name}_sampled"] == {"read": "6888000", "of": "8400000"}
            (cut,) = marks[f"{name}_truncated"]
            assert cut["dataTruncationDate"] == "2025-09-01"

    def test_has_no_marks_where_all_is_well(self, ga4: Analytics4Stub) -> None:
        ga4.metadata = {"subjectToThresholding": False, "samplingMetadatas": []}
        meter = Meter()
        read(ga4.tool(), meter)
        assert set(quality(meter)) == {"page_seen_seldom"}

    def test_says_how_many_rows_were_left(self, ga4: Analytics4Stub) -> None:
        ga4.traffic = Traffic(pages={f"/{number}": 9 for number in range(1001)})
        meter = Meter()
        found = read(ga4.tool(), meter)
        assert len([one for one in found if one.dimension == "page"]) == 1000
        assert quality(meter)["page_rows"] == {"read": 1000, "of": 1001}

    def test_counts_rows_that_make_no_sense(self, ga4: Analytics4Stub) -> None:
        ga4.traffic = Traffic(pages={"/": 9, "/\x1b[2J": 9, f"/{'a' * 500}": 9})
        meter = Meter()
        found = values(read(ga4.tool(), meter))
        assert [key for _, dimension, key in found if dimension == "page"] == ["/"]
        assert quality(meter)["page_rows_unreadable"] == 2

    def test_says_in_which_zone_days_begin(self, ga4: Analytics4Stub) -> None:
        meter = Meter()
        read(ga4.tool(), meter)
        assert meter.facts["time_zone"] == "Europe/London"
        assert meter.facts["day_boundary"] == (
            "midnight in the property's own time zone, Europe/London"
        )
        ga4.metadata = {"timeZone": None}
        meter = Meter()
        read(ga4.tool(), meter)
        assert "not known" in str(meter.facts["day_boundary"])
        assert "time_zone" not in meter.facts


class TestANameThatGoogleGivesUp:
    def test_costs_that_metric_only(self, ga4: Analytics4Stub) -> None:
        ga4.unknown = {"bounceRate"}
        meter = Meter()
        found = totals(read(ga4.tool(), meter))
        assert found["bounce"].value is None
        assert found["page_views"].value == 1234
        assert meter.gaps == ["bounceRate: Google Analytics does not know bounceRate any more"]
        assert meter.calls == len(ga4.server.got) == 3

    def test_costs_that_breakdown_only(self, ga4: Analytics4Stub) -> None:
        ga4.unknown = {"sessionManualAdContent"}
        found = read(ga4.tool())
        assert {one.dimension for one in found} == {None, "channel", "device", "page"}

    def test_may_be_what_all_visits_are_counted_by(self, ga4: Analytics4Stub) -> None:
        ga4.unknown = {"sessions", "screenPageViews"}
        found = read(ga4.tool())
        assert {one.dimension for one in found} == {None}
        assert totals(found)["session_seconds"].value is None
        assert totals(found)["users_total"].value == 321

    def test_may_be_every_one(self, ga4: Analytics4Stub) -> None:
        ga4.unknown = {*ga4.totals(), *ga4.rows()}
        meter = Meter()
        found = read(ga4.tool(), meter)
        assert len(found) == 8
        assert all(one.value is None and one.reason for one in found)

    def test_that_was_not_asked_for_is_an_error(self, ga4: Analytics4Stub) -> None:
        ga4.instead = refusal(400, "INVALID_ARGUMENT", "Field foo is not a valid metric.")
        with pytest.raises(RejectedError, match="foo"):
            read(ga4.tool())


ERRORS: list[tuple[Reply, type[PlatformError], str, timedelta | None]] = [
    (
        refusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
        AuthError,
        f"Google does not accept the key of {EMAIL}",
        None,
    ),
    (
        refusal(403, "PERMISSION_DENIED", "User does not have sufficient permissions."),
        AuthError,
        "add this address as Viewer (Admin, Property access management)",
        None,
    ),
    (
        refusal(403, "PERMISSION_DENIED", "It is disabled.", "SERVICE_DISABLED"),
        AuthError,
        "enable it there under APIs & Services",
        None,
    ),
    (
        refusal(
            403,
            "PERMISSION_DENIED",
            "Google Analytics Data API has not been used in project 1 before or it is disabled.",
        ),
        AuthError,
        "the Google Analytics Data API is not enabled",
        None,
    ),
    (
        refusal(429, "RESOURCE_EXHAUSTED", "Exhausted property tokens per day."),
        RateLimitError,
        "per day",
        timedelta(days=1),
    ),
    (
        refusal(429, "RESOURCE_EXHAUSTED", "Exhausted property tokens for a project per hour."),
        RateLimitError,
        "per hour",
        timedelta(hours=1),
    ),
    (
        refusal(429, "RESOURCE_EXHAUSTED", "Exhausted concurrent requests quota."),
        RateLimitError,
        "concurrent",
        timedelta(seconds=30),
    ),
    (
        refusal(429, "RESOURCE_EXHAUSTED", "Exhausted potentially thresholded requests quota."),
        RateLimitError,
        "thresholded",
        timedelta(hours=1),
    ),
    (refusal(503, "UNAVAILABLE", "Try later."), UnavailableError, "does not work", None),
    (refusal(400, "INVALID_ARGUMENT", "Bad dates."), RejectedError, "Bad dates.", None),
    (
        Reply(refusal(403, "PERMISSION_DENIED", "No.").body, 200),
        AuthError,
        f"does not show {PROPERTY} to {EMAIL}",
        None,
    ),
    (Reply({"error": "oh"}, 200), UnavailableError, "does not work", None),
]


@pytest.mark.parametrize(("reply", "kind", "words", "wait"), ERRORS)
def test_errors_say_what_to_do(
    ga4: Analytics4Stub,
    reply: Reply,
    kind: type[PlatformError],
    words: str,
    wait: timedelta | None,
) -> None:
    ga4.instead = reply
    with pytest.raises(kind) as caught:
        read(ga4.tool())
    assert words in str(caught.value)
    if isinstance(caught.value, RateLimitError):
        assert wait is not None
        assert caught.value.retry_at == clock.now() + wait


class TestTheProperty:
    @pytest.mark.parametrize("written", ["properties/123456789", "123456789", " 123456789 "])
    def test_is_a_number(self, ga4: Analytics4Stub, written: str) -> None:
        read(ga4.tool(property=written))
        assert ga4.server.got[-1].path == f"/v1beta/{PROPERTY}:batchRunReports"

    @pytest.mark.parametrize(
        ("written", "words"),
        [
            ("G-ABC123", "is the measurement ID of a tag"),
            ("UA-12345-1", "is of Universal Analytics, which has ended"),
            ("properties/", "is no number of a property"),
            ("../other", "is no number of a property"),
            ("properties/1:runReport?x=", "is no number of a property"),
            (None, "website has no property in config/board.yaml"),
        ],
    )
    def test_that_is_none_is_named(
        self, ga4: Analytics4Stub, written: str | None, words: str
    ) -> None:
        with pytest.raises(RejectedError) as caught:
            ga4.tool(property=written)
        assert words in str(caught.value)
        assert "Admin, Property details" in str(caught.value)


def test_verifying_names_property_account_and_zone(ga4: Analytics4Stub) -> None:
    assert ga4.tool().verify(Meter()) == (
        f"Google Analytics shows {PROPERTY} to {EMAIL}, whose days are in Europe/London"
    )


Change = Callable[[Analytics4Stub], Path]


def not_json(stub: Analytics4Stub) -> Path:
    path = stub.write_key()
    path.write_bytes(b"\xff not json")
    return path


def folder(stub: Analytics4Stub) -> Path:
    return stub.key_file.parent


def sending_to(address: str) -> Change:
    return lambda stub: stub.write_key(token_uri=address)


BAD_KEYS: dict[str, tuple[Change, type[PlatformError], str]] = {
    "not there": (
        lambda stub: stub.key_file.parent / "canary-gone.json",
        SecretsMissingError,
        "cannot be read",
    ),
    "a folder": (folder, SecretsMissingError, "cannot be read"),
    "not its whole path": (
        lambda _: Path("canary-key-file.json"),
        AuthError,
        "must be named by its whole path",
    ),
    "no JSON": (not_json, AuthError, "is no key of a service account"),
    "of a person": (
        lambda stub: stub.write_key(type="authorized_user"),
        AuthError,
        "is no key of a service account",
    ),
    "without the key": (
        lambda stub: stub.write_key(private_key=None),
        AuthError,
        "is not whole",
    ),
    "with a broken key": (
        lambda stub: stub.write_key(private_key=pem()[:200]),
        AuthError,
        "holds a private key that cannot be used",
    ),
    "with a foreign token_uri": (
        sending_to("https://evil.example/token"),
        AuthError,
        "sends what it signs to evil.example (token_uri) and not to oauth2.googleapis.com",
    ),
    "with another port": (
        sending_to("https://oauth2.googleapis.com:8443/token"),
        AuthError,
        "token_uri",
    ),
    "without https": (
        sending_to("http://oauth2.googleapis.com/token"),
        AuthError,
        "token_uri",
    ),
    "with two hosts": (
        sending_to("https://oauth2.googleapis.com@evil.example/"),
        AuthError,
        "token_uri",
    ),
}


class TestTheKeyFile:
    @pytest.mark.parametrize("case", BAD_KEYS)
    def test_that_cannot_be_used_is_refused_without_showing_it(
        self, ga4: Analytics4Stub, case: str
    ) -> None:
        change, kind, words = BAD_KEYS[case]
        path = change(ga4)
        with pytest.raises(kind) as caught:
            connect(ga4.website, {"service_account_file": str(path)})
        message = str(caught.value)
        assert words in message
        assert "service_account_file of website" in message
        shown = "".join(traceback.format_exception(caught.value))
        assert "canary" not in message
        assert pem()[60:120] not in shown
        assert caught.value.__context__ is None
        assert ga4.server.got == []

    @pytest.mark.skipif(os.name != "posix", reason="this system has no modes")
    @pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
    def test_that_others_may_read_is_refused(self, ga4: Analytics4Stub, mode: int) -> None:
        ga4.write_key(mode)
        with pytest.raises(AuthError, match=f"mode {mode:o}.*chmod 600"):
            ga4.tool()

    def test_of_google_itself_sends_to_google_only(
        self, ga4: Analytics4Stub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []

        def unknown(host: str, *_: object, **__: object) -> list[Any]:
            asked.append(host)
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        sending_to("https://oauth2.googleapis.com/token")(ga4)
        one = ga4.tool(api_base=None)
        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        with pytest.raises(UnavailableError, match="Google's token service was not reached"):
            read(one)
        assert set(asked) == {"oauth2.googleapis.com"}

    def test_needs_google_auth(self, ga4: Analytics4Stub, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(sys.modules, "sgcomms.websites.ga4.key", raising=False)
        monkeypatch.setitem(sys.modules, "google.oauth2.service_account", None)
        with pytest.raises(AuthError, match=r"pip install 'sgcomms\[google\]'"):
            ga4.tool()


TOKEN_FAULTS: dict[str, tuple[Reply, type[PlatformError], str]] = {
    "revoked": (
        Reply({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400),
        AuthError,
        "(Invalid JWT Signature.)",
    ),
    "temporarily": (Reply({"error": "temporarily_unavailable"}, 400), AuthError, "not accept"),
    "busy": (Reply({}, 429), RateLimitError, "asks to wait"),
    "down": (Reply(b"<html>", 502), UnavailableError, "does not work"),
    "html": (Reply(b"<html>"), UnavailableError, "cannot be read"),
    "no token": (Reply({"expires_in": 3599}), UnavailableError, "no token that can be used"),
    "a list": (Reply([]), UnavailableError, "no token that can be used"),
    "a number": (
        Reply({"access_token": 7, "expires_in": 3599}),
        UnavailableError,
        "no token that can be used",
    ),
    "a strange time": (
        Reply({"access_token": ACCESS, "expires_in": "soon"}),
        UnavailableError,
        "no token that can be used",
    ),
    "a strange token": (
        Reply({"access_token": "ü", "expires_in": 3599}),
        UnavailableError,
        "no token that can be used",
    ),
    "elsewhere": (
        Reply({}, 307, {"Location": "https://evil.example"}),
        UnavailableError,
        "elsewhere",
    ),
}


@pytest.mark.parametrize("case", TOKEN_FAULTS)
def test_what_goes_wrong_with_a_token(ga4: Analytics4Stub, case: str) -> None:
    reply, kind, words = TOKEN_FAULTS[case]
    ga4.token_reply = reply
    meter = Meter()
    with pytest.raises(kind) as caught:
        read(ga4.tool(), meter)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert {one.path for one in ga4.server.got} == {"/token"}
    assert meter.calls == len(ga4.server.got) <= 3


def test_a_grant_that_is_sent_back_is_not_shown(ga4: Analytics4Stub) -> None:
    def echo(form: dict[str, str]) -> Reply:
        return Reply({"error": "no", "error_description": form["assertion"]}, 400)

    ga4.token = lambda request: echo(request.form)  # type: ignore[method-assign]
    with pytest.raises(AuthError) as caught:
        read(ga4.tool())
    assert "[secret]" in str(caught.value)
    (sent,) = ga4.server.got
    assert sent.form["assertion"][:40] not in "".join(traceback.format_exception(caught.value))


def test_the_stub_would_notice_a_grant_of_another(ga4: Analytics4Stub) -> None:
    ga4.write_key(client_email="other@board.iam.gserviceaccount.com")
    with pytest.raises(AuthError, match="Bad issuer"):
        read(ga4.tool())
    assert private_key().key_size == 2048
    assert json.loads(ga4.key_file.read_text("utf-8"))["type"] == "service_account"

"""Matomo: one bulk request, errors inside of success, absent uniques, and real recorded answers."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest

from sgcomms.errors import AuthError, RejectedError, UnavailableError
from sgcomms.metering import Meter
from sgcomms.models import Reading
from sgcomms.websites import Tool, connect
from tests.platforms.graph_server import Reply, Request
from tests.websites.stubs import TOKEN, MatomoStub

RECORDED = (
    Path(os.environ.get("SGCOMMS_SPECS", Path(__file__).parents[3] / "shared" / "specs")).parent
    / "recorded"
    / "matomo-5.2.0-b5"
)
DATA = Path(__file__).parent / "data" / "matomo-answers.json"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def read(
    one: Tool, meter: Meter | None = None, first: date = FIRST, last: date = LAST
) -> list[Reading]:
    return list(one.readings(first, last, meter or Meter()))


def totals(readings: list[Reading]) -> dict[str, Reading]:
    return {one.metric: one for one in readings if one.dimension is None}


def rows(readings: list[Reading], dimension: str) -> dict[str | None, float | None]:
    return {one.key: one.value for one in readings if one.dimension == dimension}


class TestTheRequest:
    def test_is_one_with_the_token_in_its_body(self, matomo: MatomoStub) -> None:
        read(matomo.tool())
        (sent,) = matomo.server.got
        assert (sent.method, sent.target) == ("POST", "/index.php")
        assert sent.form["token_auth"] == TOKEN
        assert TOKEN not in repr(sent.headers)
        assert (sent.form["module"], sent.form["format"]) == ("API", "JSON")
        assert sent.form["method"] == "API.getBulkRequest"

    def test_asks_every_question_plainly_and_about_the_website(self, matomo: MatomoStub) -> None:
        read(matomo.tool())
        assert [one["method"] for one in matomo.calls[:4]] == [
            "API.get",
            "Referrers.getReferrerType",
            "DevicesDetection.getType",
            "Actions.getPageUrls",
        ]
        for one in matomo.calls[:4]:
            assert (one["idSite"], one["format_metrics"]) == ("1", "0")
            assert (one["period"], one["date"]) == ("month", "2026-11-01")
        assert (matomo.calls[3]["flat"], matomo.calls[3]["filter_limit"]) == ("1", "1000")
        assert "token_auth" not in repr(matomo.calls)

    def test_asks_about_the_server_once(self, matomo: MatomoStub) -> None:
        one = matomo.tool()
        read(one)
        read(one)
        methods = [call["method"] for call in matomo.calls]
        assert len(matomo.server.got) == 2
        assert methods.count("API.getMatomoVersion") == 1
        assert methods.count("SitesManager.getSitesWithAtLeastViewAccess") == 1

    @pytest.mark.parametrize(
        ("first", "last", "period", "day"),
        [
            ("2026-11-01", "2026-11-01", "day", "2026-11-01"),
            ("2026-11-02", "2026-11-08", "week", "2026-11-02"),
            ("2026-11-01", "2026-11-07", "range", "2026-11-01,2026-11-07"),
            ("2024-02-01", "2024-02-29", "month", "2024-02-01"),
            ("2026-12-01", "2026-12-31", "month", "2026-12-01"),
            ("2026-02-01", "2026-02-27", "range", "2026-02-01,2026-02-27"),
            ("2026-01-01", "2026-12-31", "year", "2026-01-01"),
            ("2025-04-01", "2026-03-31", "range", "2025-04-01,2026-03-31"),
            ("2026-01-01", "2026-03-31", "range", "2026-01-01,2026-03-31"),
            ("2025-01-01", "2026-12-31", "range", "2025-01-01,2026-12-31"),
        ],
    )
    def test_names_the_period_as_matomo_does(
        self, matomo: MatomoStub, first: str, last: str, period: str, day: str
    ) -> None:
        read(matomo.tool(), None, date.fromisoformat(first), date.fromisoformat(last))
        assert (matomo.calls[0]["period"], matomo.calls[0]["date"]) == (period, day)

    @pytest.mark.parametrize(
        ("path", "target"),
        [
            ("", "/index.php"),
            ("/index.php", "/index.php"),
            ("/matomo", "/matomo/index.php"),
            ("/matomo/index.php", "/matomo/index.php"),
        ],
    )
    def test_goes_to_where_matomo_runs(self, matomo: MatomoStub, path: str, target: str) -> None:
        one = matomo.tool(api_base=f"{matomo.server.base}{path}")
        matomo.instead = Reply([], 404)
        with pytest.raises(RejectedError, match="there is no Matomo at this address"):
            read(one)
        assert matomo.server.got[0].target == target


class TestUniqueVisitors:
    def test_of_a_month_are_there(self, matomo: MatomoStub) -> None:
        assert totals(read(matomo.tool()))["users_total"].value == 321

    @pytest.mark.parametrize(
        ("first", "last", "name"),
        [
            (date(2026, 1, 1), date(2026, 12, 31), "year"),
            (date(2025, 4, 1), date(2026, 3, 31), "range"),
        ],
    )
    def test_that_matomo_leaves_out_are_missing_and_not_nought(
        self, matomo: MatomoStub, first: date, last: date, name: str
    ) -> None:
        found = totals(read(matomo.tool(), None, first, last))["users_total"]
        assert found.value is None
        assert f"enable_processing_unique_visitors_{name} = 1 under [General]" in str(found.reason)

    def test_that_the_host_has_turned_on_are_there(self, matomo: MatomoStub) -> None:
        matomo.answers["API.get"] = {"nb_visits": 9, "nb_uniq_visitors": 7}
        found = totals(read(matomo.tool(), None, date(2025, 4, 1), date(2026, 3, 31)))
        assert found["users_total"].value == 7

    def test_are_not_the_users_who_log_in(self, matomo: MatomoStub) -> None:
        matomo.answers["API.get"] = {"nb_visits": 9, "nb_users": 7}
        assert totals(read(matomo.tool()))["users_total"].value is None


class TestNumbers:
    @pytest.mark.parametrize(
        ("given", "value"),
        [(2345, 2345), ("2345", 2345), ("2,345", 2345), (2345.0, 2345), ("2345.0", 2345)],
    )
    def test_may_be_written_in_several_ways(
        self, matomo: MatomoStub, given: Any, value: float
    ) -> None:
        matomo.answers["API.get"] = {"nb_visits": given}
        assert totals(read(matomo.tool()))["sessions"].value == value

    @pytest.mark.parametrize("given", ["88%", "2.345", "1,2345", "23,45", -1, 2.5, True, "many"])
    def test_that_are_no_counts_are_missing(self, matomo: MatomoStub, given: Any) -> None:
        matomo.answers["API.get"] = {"nb_visits": given, "nb_pageviews": 5}
        found = totals(read(matomo.tool()))
        assert found["sessions"].value is None
        assert str(found["sessions"].reason).startswith("Matomo gave ")
        assert found["page_views"].value == 5

    def test_of_page_views_are_not_all_actions(self, matomo: MatomoStub) -> None:
        matomo.answers["API.get"] = {"nb_visits": 9, "nb_actions": 50}
        assert totals(read(matomo.tool()))["page_views"].value is None

    def test_of_rates_come_from_counts(self, matomo: MatomoStub) -> None:
        matomo.answers["API.get"] = {"nb_visits": 9, "bounce_count": 8, "bounce_rate": "89%"}
        found = totals(read(matomo.tool()))
        assert (found["bounce"].numerator, found["bounce"].denominator) == (8, 9)
        assert found["bounce"].native == "bounce_count / nb_visits"
        assert found["session_seconds"].reason == "Matomo gave no figure"
        matomo.answers["API.get"] = {"nb_visits": 9, "bounce_rate": "89%"}
        assert totals(read(matomo.tool()))["bounce"].value is None

    def test_that_contradict_each_other_are_missing(self, matomo: MatomoStub) -> None:
        matomo.answers["API.get"] = {"nb_visits": 2, "bounce_count": 3, "sum_visit_length": 1}
        assert totals(read(matomo.tool()))["bounce"].reason == "3 in 2 visits cannot be"
        matomo.answers["API.get"] = {"nb_visits": 0, "bounce_count": 0, "sum_visit_length": 5}
        found = totals(read(matomo.tool()))
        assert found["session_seconds"].reason == "5 in 0 visits cannot be"
        assert found["bounce"].reason == "there were no visits to work it out from"


class TestNothing:
    def test_is_a_list_where_an_object_was_asked_for(self, matomo: MatomoStub) -> None:
        matomo.answers["API.get"] = []
        found = totals(read(matomo.tool()))
        for metric in ("page_views", "sessions", "users_total", "bounce"):
            assert found[metric].value is None
            assert found[metric].reason == "Matomo has no figures of these days"

    def test_that_matomo_counted_is_nought(self, matomo: MatomoStub) -> None:
        matomo.answers["API.get"] = {
            "nb_uniq_visitors": 0,
            "nb_visits": 0,
            "nb_pageviews": 0,
            "bounce_count": 0,
            "sum_visit_length": 0,
        }
        found = totals(read(matomo.tool()))
        assert [found[one].value for one in ("page_views", "sessions", "users_total")] == [0] * 3
        assert found["bounce"].value is None


class TestBreakdowns:
    def test_know_referrers_by_their_numbers(self, matomo: MatomoStub) -> None:
        matomo.answers["Referrers.getReferrerType"] = [
            {"label": "Search Engines", "nb_visits": 3, "referrer_type": 3},
            {"label": "x", "nb_visits": "4", "referrer_type": "2"},
            {"label": "KI-Assistenten", "nb_visits": 5, "referrer_type": 99},
            {"label": "Direct Entry", "nb_visits": 6},
            {"label": "x", "nb_visits": 7, "referrer_type": [1]},
        ]
        found = rows(read(matomo.tool()), "channel")
        assert found == {"referral": 3, "search": 4, "other": 18}

    def test_know_devices_by_their_segments(self, matomo: MatomoStub) -> None:
        kinds = ("smartphone", "phablet", "feature+phone", "tablet", "desktop", "tv", "console")
        matomo.answers["DevicesDetection.getType"] = [
            *({"label": "Gerät", "nb_visits": 1, "segment": f"deviceType=={one}"} for one in kinds),
            {"label": "Desktop", "nb_visits": 10},
            {"label": "Unknown", "nb_visits": 20, "segment": None},
        ]
        found = rows(read(matomo.tool()), "device")
        assert found == {"mobile": 3, "tablet": 1, "desktop": 11, "other": 22}

    def test_leave_out_what_is_no_page(self, matomo: MatomoStub) -> None:
        matomo.answers["Actions.getPageUrls"] = [
            {"label": "Others", "nb_hits": 99},
            {"label": "/index", "nb_hits": 9, "url": "https://www.example.org/"},
            {"label": "/a?b", "nb_hits": 5, "url": "https://www.example.org/a?name=jane"},
        ]
        meter = Meter()
        assert rows(read(matomo.tool(), meter), "page") == {"/": 9, "/a": 5}
        assert meter.facts["quality"] == {
            "2026-11-01 to 2026-11-30": {"page_rows_without_address": 1}
        }

    def test_of_another_host_are_not_ours(self, matomo: MatomoStub) -> None:
        matomo.answers["Actions.getPageUrls"] = [
            {"label": "/a", "nb_hits": 9, "url": "https://www.example.org/a"},
            {"label": "/a", "nb_hits": 50, "url": "https://other.example/a"},
        ]
        assert rows(read(matomo.tool()), "page") == {"/a": 9, "other.example/a": 50}

    def test_say_that_there_may_be_more(self, matomo: MatomoStub) -> None:
        pages = [{"url": f"https://www.example.org/{n}", "nb_hits": 9} for n in range(999)]
        matomo.answers["Actions.getPageUrls"] = [*pages, {"label": "Others", "nb_hits": 7}]
        meter = Meter()
        read(matomo.tool(), meter)
        quality = meter.facts["quality"]
        assert isinstance(quality, dict)
        (marks,) = quality.values()
        assert marks["page_rows"] == {"read": 1000, "of": None}

    @pytest.mark.parametrize(
        "answer", [{"result": "error", "message": "The plugin X is not enabled."}, {}, None, "x"]
    )
    def test_that_matomo_refuses_are_gaps(self, matomo: MatomoStub, answer: Any) -> None:
        matomo.answers["DevicesDetection.getType"] = answer
        meter = Meter()
        found = read(matomo.tool(), meter)
        assert rows(found, "device") == {}
        assert rows(found, "channel")
        assert totals(found)["sessions"].value == 500
        assert any(one.startswith("Matomo does not give figures by device") for one in meter.gaps)


NO_ACCESS = {"result": "error", "message": MatomoStub.NO_ACCESS}


class TestErrors:
    @pytest.mark.parametrize("method", ["API.get", "Actions.getPageUrls"])
    def test_inside_of_success_are_errors(self, matomo: MatomoStub, method: str) -> None:
        matomo.answers[method] = NO_ACCESS
        with pytest.raises(AuthError, match="website 1: make one of a user with the right"):
            read(matomo.tool())

    def test_of_the_totals_leave_nothing(self, matomo: MatomoStub) -> None:
        words = "The plugin VisitsSummary is not enabled. Settings &gt; Plugins\n<b>"
        matomo.answers["API.get"] = {"result": "error", "message": words}
        with pytest.raises(RejectedError) as caught:
            read(matomo.tool())
        assert str(caught.value) == (
            "Matomo refused the question: The plugin VisitsSummary is not enabled. Settings > "
            "Plugins <b>"
        )

    def test_with_status_200_for_the_whole(self, matomo: MatomoStub) -> None:
        matomo.instead = Reply(NO_ACCESS)
        with pytest.raises(AuthError):
            read(matomo.tool())

    def test_without_words(self, matomo: MatomoStub) -> None:
        matomo.answers["API.get"] = {"result": "error", "message": None}
        with pytest.raises(RejectedError, match="it does not say why"):
            read(matomo.tool())

    @pytest.mark.parametrize("totals_", ["fine", 7, [1], None])
    def test_that_are_no_totals(self, matomo: MatomoStub, totals_: Any) -> None:
        matomo.answers["API.get"] = totals_
        with pytest.raises(UnavailableError, match="it has no totals"):
            read(matomo.tool())

    def test_of_a_server_that_fails_are_not_the_tokens(self, matomo: MatomoStub) -> None:
        matomo.instead = Reply({"result": "error", "message": "The database is gone"}, 500)
        with pytest.raises(UnavailableError, match="The database is gone"):
            read(matomo.tool())


class TestFacts:
    def test_hold_version_and_zone_and_nothing_of_other_sites(self, matomo: MatomoStub) -> None:
        meter = Meter()
        read(matomo.tool(), meter)
        assert meter.facts["api"] == "Matomo 5.2.0-b5, Reporting API"
        assert meter.facts["time_zone"] == "Europe/London"
        assert "Another" not in repr(meter)

    @pytest.mark.parametrize("answer", [NO_ACCESS, [], {}, None, "x", [{"idsite": 4}], [7]])
    def test_that_the_token_may_not_see_are_left_out(self, matomo: MatomoStub, answer: Any) -> None:
        matomo.answers["SitesManager.getSitesWithAtLeastViewAccess"] = answer
        matomo.answers["API.getMatomoVersion"] = answer
        meter = Meter()
        assert totals(read(matomo.tool(), meter))["sessions"].value == 500
        assert meter.facts["api"] == "Matomo Reporting API"
        assert meter.facts["day_boundary"] == ("midnight in the website's own time zone, not known")


class TestSettings:
    def test_need_an_address(self, matomo: MatomoStub) -> None:
        with pytest.raises(RejectedError, match="such as api_base: https://stats"):
            matomo.tool(api_base=None)

    @pytest.mark.parametrize("number", [None, "", "0", "example.org", "1&idSite=all", "-1"])
    def test_need_the_number_of_the_website(self, matomo: MatomoStub, number: str | None) -> None:
        with pytest.raises(RejectedError, match="idSite"):
            matomo.tool(property=number)

    def test_take_matomos_own_cloud(self, matomo: MatomoStub) -> None:
        matomo.tool(api_base="https://board.matomo.cloud")

    def test_need_a_token_that_can_be_one(self, matomo: MatomoStub) -> None:
        with pytest.raises(AuthError, match="holds a character that no token has"):
            connect(matomo.website, {"token": "a\nb"})

    def test_are_checked_by_verifying(self, matomo: MatomoStub) -> None:
        assert matomo.tool().verify(Meter()) == (
            "Matomo shows The board (https://www.example.org), whose days are in Europe/London"
        )
        with pytest.raises(AuthError, match="any website with the number 7"):
            matomo.tool(property="7").verify(Meter())


class TestAnExcerptOfRealAnswers:
    """Trimmed from what Matomo 5.2 gave: numbers as strings, rows without visits, a remainder."""

    @pytest.fixture(autouse=True)
    def _real(self, matomo: MatomoStub) -> None:
        matomo.answers = json.loads(DATA.read_text("utf-8"))

    def test_is_understood(self, matomo: MatomoStub) -> None:
        meter = Meter()
        found = read(matomo.tool(), meter)
        whole = totals(found)
        assert whole["page_views"].value == 11
        assert whole["sessions"].value == whole["users_total"].value == 3
        assert whole["bounce"].value == 1 / 3
        assert whole["session_seconds"].value == 542 / 3
        assert rows(found, "channel") == {"other": 1, "social": 2}
        assert rows(found, "device") == {"desktop": 1, "other": 2}
        assert rows(found, "page") == {"/page0": 6}
        assert meter.facts["time_zone"] == "UTC"
        assert "somebody" not in repr(meter)


def recorded(name: str) -> Reply:
    """Return a recorded answer. Skips where the recordings are not here."""
    path = RECORDED / f"{name}.json"
    if not path.exists():
        pytest.skip(f"the recorded answers of Matomo are not here: {name}")
    response = json.loads(path.read_text("utf-8"))["response"]
    body = response["body"]
    return Reply(body.encode() if isinstance(body, str) else body, response["status"])


class TestRecordedAnswers:
    """A real Matomo 5.2 answered these. Its API.get puts together two of the answers."""

    @pytest.fixture(autouse=True)
    def _recorded(self, matomo: MatomoStub) -> None:
        names = {
            "Referrers.getReferrerType": "10_referrer_types",
            "DevicesDetection.getType": "16_devices",
            "Actions.getPageUrls": "08_page_urls_flat",
            "SitesManager.getSitesWithAtLeastViewAccess": "02_sites",
            "API.getMatomoVersion": "01_version",
        }
        matomo.answers = {method: recorded(name).body for method, name in names.items()}
        self._whole(matomo, "03_visits_day", "14_actions_get")

    @staticmethod
    def _whole(matomo: MatomoStub, *names: str) -> None:
        parts = [recorded(name).body for name in names]
        matomo.answers["API.get"] = {name: n for part in parts for name, n in part.items()}

    def test_of_a_day(self, matomo: MatomoStub) -> None:
        day = date(2026, 11, 21)
        meter = Meter()
        found = read(matomo.tool(), meter, day, day)
        whole = totals(found)
        assert whole["page_views"].value == 11
        assert whole["sessions"].value == whole["users_total"].value == 2
        assert (whole["bounce"].value, whole["session_seconds"].value) == (0, 271)
        assert rows(found, "channel") == {"other": 1, "social": 1}
        assert rows(found, "device") == {"desktop": 1, "other": 1}
        assert rows(found, "page") == {}  # none was seen five times
        assert meter.facts["api"] == "Matomo 5.2.0-b5, Reporting API"
        assert meter.facts["time_zone"] == "UTC"

    def test_of_a_month(self, matomo: MatomoStub) -> None:
        self._whole(matomo, "04_visits_month")
        whole = totals(read(matomo.tool()))
        assert (whole["users_total"].value, whole["bounce"].value) == (3, 1 / 3)
        assert whole["page_views"].value is None

    def test_of_a_range_have_no_unique_visitors(self, matomo: MatomoStub) -> None:
        self._whole(matomo, "07_visits_range_period")
        whole = totals(read(matomo.tool(), None, date(2026, 11, 20), date(2026, 11, 21)))
        assert whole["sessions"].value == 2
        assert "unique_visitors_range" in str(whole["users_total"].reason)

    def test_of_a_day_without_visits(self, matomo: MatomoStub) -> None:
        self._whole(matomo, "06_visits_empty_day")
        day = date(2025, 1, 1)
        whole = totals(read(matomo.tool(), None, day, day))
        assert (whole["sessions"].value, whole["users_total"].value) == (0, 0)
        assert whole["session_seconds"].value is None
        matomo.answers["API.get"] = recorded("05_visits_range_days").body["2026-11-20"]
        assert totals(read(matomo.tool(), None, day, day))["sessions"].value is None

    def test_of_the_website(self, matomo: MatomoStub) -> None:
        assert matomo.tool().verify(Meter()) == (
            "Matomo shows Example (https://example.org), whose days are in UTC"
        )

    @pytest.mark.parametrize(
        ("name", "kind", "words"),
        [
            ("19_err_bad_date", RejectedError, "Date format must be: YYYY-MM-DD"),
            ("20_err_bad_period", RejectedError, "The period 'fortnight' is not supported"),
            ("21_err_bad_method", RejectedError, "on Settings > Plugins page in Matomo"),
            ("22_err_bad_site", RejectedError, "does not know the website 1: correct property"),
            ("23_err_bad_token", AuthError, "does not accept the token"),
            ("24_err_no_token", AuthError, "it requires 'view' access for the website id = 1"),
            ("25_bearer_header", AuthError, "does not accept the token"),
        ],
    )
    def test_that_are_errors(
        self, matomo: MatomoStub, name: str, kind: type[Exception], words: str
    ) -> None:
        whole = recorded(name)
        matomo.instead = whole
        with pytest.raises(kind) as caught:
            read(matomo.tool())
        assert words in str(caught.value)
        if whole.status == 200:
            matomo.instead = None
            matomo.answers["API.get"] = whole.body
            with pytest.raises(kind):
                read(matomo.tool())

    def test_the_request_is_made_as_the_recorded_one(self, matomo: MatomoStub) -> None:
        recorded("18_bulk")
        text = (RECORDED / "18_bulk.json").read_text("utf-8")
        asked = json.loads(text)["request"]
        read(matomo.tool(), None, date(2026, 11, 21), date(2026, 11, 21))
        (sent,) = matomo.server.got
        assert (sent.method, sent.target) == (asked["method"], asked["url"])
        assert sent.headers["content-type"] == asked["headers"]["Content-Type"]
        assert {name.partition("[")[0] for name in sent.form} <= {
            name.partition("[")[0] for name in asked["body"]
        }
        theirs, ours = parse_qsl(asked["body"]["urls[0]"]), parse_qsl(sent.form["urls[0]"])
        assert {name for name, _ in theirs} <= {name for name, _ in ours}


def test_the_stub_would_notice_a_token_in_the_address(matomo: MatomoStub) -> None:
    sent = Request("POST", f"/index.php?token_auth={TOKEN}", {}, b"method=API.getBulkRequest")
    assert parse_qs(sent.target.partition("?")[2])["token_auth"] == [TOKEN]
    assert matomo.answer(sent).body["result"] == "error"

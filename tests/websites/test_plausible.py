"""Plausible: values by their place, daily visitors, rounded rates, laptops."""

from __future__ import annotations

import json
import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sgcomms.errors import AuthError, NoCreditError, RejectedError, UnavailableError
from sgcomms.metering import Meter
from sgcomms.models import Reading
from sgcomms.websites import Tool
from tests.platforms.graph_server import Reply
from tests.websites.stubs import PlausibleStub, Traffic

SPECS = (
    Path(os.environ.get("SGCOMMS_SPECS", Path(__file__).parents[3] / "shared" / "specs"))
    / "plausible"
)
FIRST, LAST = date(2025, 4, 1), date(2026, 3, 31)


def read(one: Tool, meter: Meter | None = None, first: date = FIRST) -> list[Reading]:
    return list(one.readings(first, LAST, meter or Meter()))


def totals(readings: list[Reading]) -> dict[str, Reading]:
    return {one.metric: one for one in readings if one.dimension is None}


def rows(readings: list[Reading], dimension: str) -> dict[str | None, float | None]:
    return {one.key: one.value for one in readings if one.dimension == dimension}


class TestTheQueries:
    def test_are_one_for_the_totals_and_one_a_breakdown(self, plausible: PlausibleStub) -> None:
        read(plausible.tool())
        assert [one.get("dimensions") for one in plausible.queries] == [
            None,
            ["visit:channel"],
            ["visit:device"],
            ["event:page"],
            ["visit:utm_content"],
        ]
        for one in plausible.queries:
            assert one["date_range"] == ["2025-04-01", "2026-03-31"]

    def test_ask_for_our_own_tags_only(self, plausible: PlausibleStub) -> None:
        read(plausible.tool())
        ((operator, dimension, (pattern,)),) = plausible.queries[-1]["filters"]
        assert (operator, dimension) == ("matches", "visit:utm_content")
        assert re.search(pattern, "safer-sleeping.clear-cot.2.x")
        assert not re.search(pattern, "jane.doe")

    @pytest.mark.parametrize(
        ("url", "name", "site"),
        [
            ("https://www.example.org", None, "example.org"),
            ("https://example.org/start", None, "example.org"),
            ("https://news.example.org", None, "news.example.org"),
            ("https://www.example.org", "other.example", "other.example"),
        ],
    )
    def test_name_the_site(
        self, plausible: PlausibleStub, url: str, name: str | None, site: str
    ) -> None:
        plausible.instead = Reply({"error": "no"}, 401)
        with pytest.raises(AuthError, match=f"not for the site {re.escape(site)}: "):
            read(plausible.tool(url=url, property=name))
        assert json.loads(plausible.server.got[0].body)["site_id"] == site

    def test_that_are_refused_are_gaps(self, plausible: PlausibleStub) -> None:
        """A server of an older version knows no channels: the rest is good."""
        plausible.unknown = {"visit:channel"}
        meter = Meter()
        found = read(plausible.tool(), meter)
        assert rows(found, "channel") == {}
        assert rows(found, "device")
        assert meter.gaps[0].startswith("Plausible does not give figures by channel: ")

    def test_yield_figures_as_they_come(self, plausible: PlausibleStub) -> None:
        found = plausible.tool().readings(FIRST, LAST, Meter())
        assert next(found).value == 1234
        assert len(plausible.queries) == 1
        plausible.instead = Reply(b"<html>", 503)
        with pytest.raises(UnavailableError):
            list(found)


class TestVisitors:
    def test_of_many_days_are_daily_visitors_added_up(self, plausible: PlausibleStub) -> None:
        found = totals(read(plausible.tool()))
        assert found["users_total"].value is None
        assert "takes whoever comes back on another day for somebody new" in str(
            found["users_total"].reason
        )
        assert found["users_daily_sum"].value == 321
        assert found["users_daily_sum"].native == "visitors"

    def test_of_one_day_are_users(self, plausible: PlausibleStub) -> None:
        found = totals(read(plausible.tool(), first=LAST))
        assert found["users_total"].value == found["users_daily_sum"].value == 321


class TestNumbers:
    def test_of_rates_are_rounded_and_say_so(self, plausible: PlausibleStub) -> None:
        plausible.traffic = Traffic(visits=3, bounced=1, seconds=100)
        meter = Meter()
        found = totals(read(plausible.tool(), meter))
        assert found["bounce"].value == pytest.approx(0.33)
        assert (found["bounce"].numerator, found["bounce"].denominator) == (0.99, 3)
        assert found["session_seconds"].numerator == 99
        definitions = meter.facts["definitions"]
        assert isinstance(definitions, dict)
        assert "approximate" in definitions["bounce"]

    @pytest.mark.parametrize(
        ("place", "metric"),
        [(0, "users_daily_sum"), (1, "sessions"), (2, "page_views"), (3, "bounce")],
    )
    def test_go_by_their_place(self, plausible: PlausibleStub, place: int, metric: str) -> None:
        def without(data: Any) -> Any:
            if not data["query"].get("dimensions"):
                data["results"][0]["metrics"][place] = None
            return data

        plausible.twist = without
        found = totals(read(plausible.tool()))
        assert found[metric].value is None
        assert found[metric].reason == "Plausible gave no figure"

    def test_over_a_hundred_per_cent_are_none(self, plausible: PlausibleStub) -> None:
        plausible.traffic = Traffic(bounced=510)
        found = totals(read(plausible.tool()))["bounce"]
        assert found.reason == "Plausible gave 102, which is more than all visits"

    def test_of_no_visits_are_nought_and_rates_are_none(self, plausible: PlausibleStub) -> None:
        plausible.traffic = Traffic(0, 0, 0, 0, 0, {}, {}, {}, {})
        found = totals(read(plausible.tool()))
        assert (found["page_views"].value, found["sessions"].value) == (0, 0)
        for metric in ("bounce", "session_seconds"):
            assert found[metric].reason == "there were no visits to work it out from"

    @pytest.mark.parametrize(
        "row",
        [
            {"metrics": [1, 2, 3, 4], "dimensions": []},
            {"metrics": [1, 2, 3, 4, 5], "dimensions": ["Direct"]},
            {"metrics": {"visitors": 1}, "dimensions": []},
            {"dimensions": []},
            [1, 2, 3, 4, 5],
        ],
    )
    def test_that_do_not_fit_the_question_are_not_used(
        self, plausible: PlausibleStub, row: Any
    ) -> None:
        plausible.twist = lambda data: {**data, "results": [row]}
        with pytest.raises(UnavailableError, match="no answer that can be used"):
            read(plausible.tool())

    def test_of_laptops_are_desktops(self, plausible: PlausibleStub) -> None:
        assert rows(read(plausible.tool()), "device")["desktop"] == 260

    def test_of_rows_that_were_left_are_kept(self, plausible: PlausibleStub) -> None:
        plausible.traffic = Traffic(pages={f"/{number}": 9 for number in range(1003)})
        meter = Meter()
        found = read(plausible.tool(), meter)
        assert len(rows(found, "page")) == 1000
        quality = meter.facts["quality"]
        assert isinstance(quality, dict)
        assert quality["2025-04-01 to 2026-03-31"]["page_rows"] == {"read": 1000, "of": 1003}

    def test_warnings_are_kept(self, plausible: PlausibleStub) -> None:
        told = {"visits": {"code": "x", "warning": "part of it is missing"}}
        plausible.twist = lambda data: {**data, "meta": {"metric_warnings": told}}
        meter = Meter()
        read(plausible.tool(), meter)
        assert meter.facts["quality"]
        assert "part of it is missing" in repr(meter.facts)


class TestErrors:
    @pytest.mark.parametrize(
        ("reply", "kind", "words"),
        [
            (
                Reply({"error": PlausibleStub.NO_KEY}, 401),
                AuthError,
                'make a key of the type "Stats API", or write the name that the site has in '
                "Plausible as its property (Invalid API key or site ID.",
            ),
            (
                Reply({"error": "Your plan does not include this"}, 402),
                NoCreditError,
                "wants another plan, or to be paid (Your plan does not include this)",
            ),
            (Reply(b"<html>", 404), RejectedError, "there is no Plausible at this address"),
            (Reply({"error": "Missing site ID."}, 400), RejectedError, "Missing site ID."),
            (Reply({"error": "odd"}, 200), RejectedError, "odd"),
        ],
    )
    def test_say_what_to_do(
        self, plausible: PlausibleStub, reply: Reply, kind: type[Exception], words: str
    ) -> None:
        plausible.instead = reply
        with pytest.raises(kind) as caught:
            read(plausible.tool())
        assert words in str(caught.value)


class TestTheDocumentation:
    """What is asked stands in Plausible's own documentation of July 2026."""

    @pytest.fixture
    def documented(self) -> str:
        path = SPECS / "docs" / "stats-api.md"
        if not path.exists():
            pytest.skip("Plausible's documentation is not here: set SGCOMMS_SPECS")
        return path.read_text("utf-8")

    def test_has_every_word_that_is_asked_with(
        self, plausible: PlausibleStub, documented: str
    ) -> None:
        read(plausible.tool())
        for query in plausible.queries:
            for key in query:
                assert re.search(rf"^### {key} <", documented, re.MULTILINE), key
            for word in (*query["metrics"], *query.get("dimensions", ())):
                assert f"| `{word}` |" in documented, word
            for name in query.get("include", {}):
                assert f"#### include.{name}" in documented
        assert "| `matches` |" in documented

    def test_has_queries_and_answers_of_the_same_shape(
        self, plausible: PlausibleStub, documented: str
    ) -> None:
        read(plausible.tool())
        examples = SPECS / "src" / "js" / "apiv2-examples"
        asked = [json.loads(path.read_text("utf-8")) for path in examples.glob("*-query.json")]
        known = {key for one in asked for key in one}
        assert {key for one in plausible.queries for key in one} <= known
        official = json.loads((examples / "pagination-response.json").read_text("utf-8"))
        (ours,) = (
            plausible.answer(one).body
            for one in plausible.server.got
            if "event:page" in one.body.decode()
        )
        assert set(ours) == set(official)
        assert set(ours["results"][0]) == set(official["results"][0])
        assert set(ours["meta"]) == set(official["meta"])

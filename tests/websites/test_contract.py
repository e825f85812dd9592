"""What every tool that measures a website must be: a new one is tested by having a stub."""

from __future__ import annotations

import copy
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import date, timedelta
from importlib import import_module
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
from sgcomms.metering import BudgetSpentError, Meter
from sgcomms.metrics import METRICS
from sgcomms.models import Reading, Website
from sgcomms.websites import TOOLS, Tool, connect, tool
from sgcomms.websites.base import TOTALS
from tests.platforms.graph_server import Reply
from tests.websites.conftest import running
from tests.websites.stubs import HTML, NOTHING, OURS, OURS_AGAIN, STUBS, Stub

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
KEYS = {
    "channel": {"search", "direct", "referral", "social", "email", "ai_assistant", "other"},
    "device": {"desktop", "mobile", "tablet", "other"},
}
RATIOS = {"session_seconds", "bounce"}


@pytest.fixture(params=sorted(TOOLS))
def stub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stub]:
    found = STUBS[request.param](tmp_path)
    with running(found):
        yield found


def read(one: Tool, meter: Meter | None = None, first: date = FIRST) -> list[Reading]:
    """Return the readings of October 2026, or of what begins at `first`."""
    return list(one.readings(first, LAST, meter or Meter()))


def totals(readings: list[Reading]) -> dict[str, Reading]:
    return {one.metric: one for one in readings if one.dimension is None}


def rows(readings: list[Reading], dimension: str) -> dict[str | None, float | None]:
    return {one.key: one.value for one in readings if one.dimension == dimension}


def test_the_registry_is_by_the_tools_own_names() -> None:
    for name, place in TOOLS.items():
        module, _, kind = place.partition(":")
        assert getattr(import_module(f"sgcomms.websites.{module}"), kind).name == name
    assert set(STUBS) == set(TOOLS)


class TestReadings:
    def test_are_of_the_website_and_of_exactly_the_period(self, stub: Stub) -> None:
        for one in read(stub.tool()):
            assert (one.subject, one.first, one.last, one.basis) == ("website", FIRST, LAST, None)
            assert one.native

    def test_are_of_metrics_of_websites(self, stub: Stub) -> None:
        for one in read(stub.tool()):
            assert METRICS[one.metric].scope == "website"

    def test_have_a_value_or_a_reason(self, stub: Stub) -> None:
        for one in read(stub.tool()):
            assert (one.value is None) == (one.reason is not None), one
            assert one.value is not None or one.dimension is None, one
            assert (one.dimension is None) == (one.key is None), one

    def test_answer_once_for_every_metric(self, stub: Stub) -> None:
        named = [one.metric for one in read(stub.tool()) if one.dimension is None]
        assert len(named) == len(set(named))
        assert set(TOTALS) <= set(named)

    def test_of_different_tools_count_the_same(self, stub: Stub) -> None:
        found = totals(read(stub.tool()))
        assert (found["page_views"].value, found["sessions"].value) == (1234, 500)

    def test_that_are_ratios_carry_their_parts(self, stub: Stub) -> None:
        found = totals(read(stub.tool()))
        assert found["bounce"].value == pytest.approx(0.4)
        assert found["bounce"].numerator == pytest.approx(200)
        assert found["session_seconds"].value == pytest.approx(120)
        assert found["session_seconds"].numerator == pytest.approx(60_000)
        for one in found.values():
            if one.metric not in RATIOS:
                assert (one.numerator, one.denominator) == (None, None)
                continue
            assert one.denominator == 500
            assert one.numerator is not None
            assert one.value == one.numerator / one.denominator

    def test_of_visits_by_channel_and_device_have_the_keys_of_all_tools(self, stub: Stub) -> None:
        found = read(stub.tool())
        assert rows(found, "channel") == {
            "search": 240,
            "direct": 140,
            "referral": 60,
            "social": 40,
            "other": 20,
        }
        assert rows(found, "device") == {"desktop": 260, "mobile": 215, "tablet": 20, "other": 5}
        assert {one.metric for one in found if one.dimension in KEYS} == {"sessions"}

    def test_of_pages_hold_no_query_and_no_page_seen_seldom(self, stub: Stub) -> None:
        meter = Meter()
        found = read(stub.tool(), meter)
        assert rows(found, "page") == {"/": 600, "/adults": 25, "/search": 9}
        assert {one.metric for one in found if one.dimension == "page"} == {"page_views"}
        few = {"fewer_than": 5, "left_out": 1}
        assert meter.facts["quality"] == {"2026-10-01 to 2026-10-31": {"page_seen_seldom": few}}
        assert "jane" not in repr((found, meter))

    def test_by_the_tags_of_links_are_of_ours_only(self, stub: Stub) -> None:
        meter = Meter()
        found = rows(read(stub.tool(), meter), "content")
        if found:
            assert found == {OURS: 12, OURS_AGAIN: 2}
        else:
            assert any("utm_content" in words for words in meter.gaps)

    def test_of_a_day_are_one_period_too(self, stub: Stub) -> None:
        for one in read(stub.tool(), first=LAST):
            assert (one.first, one.last) == (LAST, LAST)

    def test_where_there_was_nothing_invent_nothing(self, stub: Stub) -> None:
        stub.traffic = NOTHING
        found = read(stub.tool())
        assert all(one.dimension is None for one in found)
        assert set(TOTALS) <= set(totals(found))
        for one in found:
            assert not one.value
            assert one.value is None or one.metric not in RATIOS


class TestFacts:
    def test_can_be_stored(self, stub: Stub) -> None:
        meter = Meter()
        read(stub.tool(), meter)
        assert json.loads(json.dumps(meter.facts)) == meter.facts

    def test_name_and_define_what_has_a_value(self, stub: Stub) -> None:
        meter = Meter()
        found = read(stub.tool(), meter)
        definitions = meter.facts["definitions"]
        assert isinstance(definitions, dict)
        assert set(definitions) == set(meter.natives)
        for one in found:
            if one.value is not None:
                assert definitions[one.metric].endswith(".")
                assert one.native == meter.natives[one.metric]

    def test_say_which_api_and_when_days_begin(self, stub: Stub) -> None:
        meter = Meter()
        read(stub.tool(), meter)
        for name in ("api", "property", "day_boundary"):
            assert isinstance(meter.facts[name], str)

    def test_of_several_periods_stand_side_by_side(self, stub: Stub) -> None:
        meter, one = Meter(), stub.tool()
        read(one, meter)
        read(one, meter, first=date(2026, 4, 1))
        assert set(quality(meter)) == {"2026-10-01 to 2026-10-31", "2026-04-01 to 2026-10-31"}


def quality(meter: Meter) -> dict[str, Any]:
    found = meter.facts.get("quality", {})
    assert isinstance(found, dict)
    return found


class TestRequests:
    def test_are_counted(self, stub: Stub) -> None:
        meter, one = Meter(), stub.tool()
        read(one, meter)
        assert meter.calls == len(stub.server.got) == stub.asks
        read(one, meter)
        assert meter.calls == len(stub.server.got)

    def test_that_the_budget_does_not_cover_are_not_made(self, stub: Stub) -> None:
        for left in range(stub.asks):
            before = len(stub.server.got)
            with pytest.raises(BudgetSpentError):
                read(stub.tool(), Meter(calls_left=left))
            assert len(stub.server.got) == before + left

    def test_hold_no_secret_in_their_address(self, stub: Stub) -> None:
        read(stub.tool())
        for one in stub.server.got:
            assert not any(secret in one.target for secret in stub.canaries)

    def test_are_none_until_something_is_asked(self, stub: Stub) -> None:
        stub.tool()
        stub.tool().readings(FIRST, LAST, Meter())
        assert stub.server.got == []

    def test_end_in_time(self, stub: Stub) -> None:
        one = stub.tool()
        read(one)
        kind = type(one)
        short = type(kind.__name__, (kind,), {"deadline": timedelta(seconds=0.3)})
        hasty = short(one.website, one.secrets, ())
        stub.instead = Reply(fault="trickle", body=b" " * 99)
        with pytest.raises(UnavailableError, match="in time"):
            list(hasty.readings(FIRST, LAST, Meter()))


class TestVerifying:
    def test_says_what_is_shown(self, stub: Stub) -> None:
        meter = Meter()
        words = stub.tool().verify(meter)
        assert words.startswith(f"{stub.label} shows ")
        assert meter.calls == len(stub.server.got) > 0

    def test_says_that_the_token_is_wrong(self, stub: Stub) -> None:
        stub.knows = False
        with pytest.raises(AuthError):
            stub.tool().verify(Meter())

    def test_says_that_the_website_is_not_shown(self, stub: Stub) -> None:
        stub.shows = False
        with pytest.raises((AuthError, RejectedError)):
            stub.tool().verify(Meter())


Break = Callable[[Stub], None]


def token(stub: Stub) -> None:
    stub.knows = False


def hidden(stub: Stub) -> None:
    stub.shows = False


def instead(reply: Reply) -> Break:
    return lambda stub: setattr(stub, "instead", reply)


FAULTS: dict[str, tuple[Break, tuple[type[PlatformError], ...]]] = {
    "wrong token": (token, (AuthError,)),
    "website revoked": (hidden, (AuthError, RejectedError)),
    "busy": (instead(Reply({"error": "slow down"}, 429)), (RateLimitError,)),
    "busy, in html": (instead(Reply(b"<html>", 429)), (RateLimitError,)),
    "broken": (instead(Reply({"error": {"message": "oh"}}, 500)), (UnavailableError,)),
    "down": (instead(Reply(b"<html>", 503)), (UnavailableError,)),
    "html": (instead(HTML), (UnavailableError,)),
    "nothing": (instead(Reply(b"")), (UnavailableError,)),
    "half": (instead(Reply(b'{"results": [')), (UnavailableError,)),
    "a word": (instead(Reply("fine")), (UnavailableError,)),
    "null": (instead(Reply(b"null")), (UnavailableError,)),
    "a list": (instead(Reply([])), (UnavailableError,)),
    "a list of nothing": (instead(Reply([None] * 6)), (UnavailableError,)),
    "an object": (instead(Reply({})), (UnavailableError,)),
    "elsewhere": (
        instead(Reply({}, 302, {"Location": "https://evil.example"})),
        (UnavailableError,),
    ),
    "no such place": (instead(Reply(b"<html>", 404)), (RejectedError,)),
    "forbidden, in html": (instead(Reply(b"<html>", 403)), (AuthError,)),
    "cut": (instead(Reply(fault="reset")), (UnavailableError,)),
    "huge": (instead(Reply(b"1" * 5_000_001)), (UnavailableError,)),
}


@pytest.mark.parametrize("fault", FAULTS)
class TestWhatGoesWrong:
    def test_is_told_in_one_line_without_a_secret(
        self, stub: Stub, fault: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        change, kinds = FAULTS[fault]
        one, meter = stub.tool(), Meter()
        change(stub)
        with pytest.raises(kinds) as caught:
            read(one, meter)
        words = str(caught.value)
        assert "\n" not in words
        assert len(words) < 600
        shown = [words, *traceback.format_exception(caught.value), caplog.text, repr(meter)]
        for secret in stub.canaries:
            assert secret not in "".join(shown)

    def test_is_asked_three_times_at_most(self, stub: Stub, fault: str) -> None:
        change, kinds = FAULTS[fault]
        one, meter = stub.tool(), Meter()
        change(stub)
        with pytest.raises(kinds):
            read(one, meter)
        assert meter.calls == len(stub.server.got) <= 4


class TestErrors:
    def test_show_no_secret_that_the_tool_sends_back(self, stub: Stub) -> None:
        words = " and ".join(stub.canaries)
        stub.instead = Reply(
            {"error": {"message": words}, "result": "error", "message": words}, 400
        )
        with pytest.raises(PlatformError) as caught:
            read(stub.tool())
        for secret in stub.canaries[:2]:
            assert secret not in "".join(traceback.format_exception(caught.value))

    def test_say_when_to_ask_again(self, stub: Stub) -> None:
        stub.instead = Reply({"error": "slow down"}, 429)
        with pytest.raises(RateLimitError) as caught:
            read(stub.tool())
        assert caught.value.retry_at == clock.now() + timedelta(hours=1)


HOSTILE: tuple[Any, ...] = (
    None,
    -1,
    "-1",
    float("nan"),
    float("inf"),
    10**30,
    "9" * 5000,
    True,
    [],
    {},
    "<b>",
    "",
)


def spots(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value within `data`."""
    found = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in found:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from spots(value, (*path, key))


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    found = copy.deepcopy(data)
    part = found
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return found


def without(data: Any, path: tuple[Any, ...]) -> Any:
    found = copy.deepcopy(data)
    part = found
    for key in path[:-1]:
        part = part[key]
    del part[path[-1]]
    return found


class TestHostileAnswers:
    """Every value of an answer in turn is something else, or missing; by default every fourth."""

    @pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.long)])
    def test_give_sound_figures_or_a_platform_error(self, stub: Stub, step: int) -> None:
        answers: list[Any] = []

        def kept(data: Any) -> Any:
            answers.append(data)
            return data

        stub.twist = kept
        one = stub.tool()
        read(one)
        whole = 0
        for number, answer in enumerate(answers):
            for place, path in enumerate([*spots(answer)][::step]):
                hostile = [changed(answer, path, HOSTILE[place % len(HOSTILE)])]
                hostile += [without(answer, path)] if place % 3 == 0 else []
                for body in hostile:
                    self._check(stub, one, number, body)
                    whole += 1
        assert whole > 50 // step

    @staticmethod
    def _check(stub: Stub, one: Tool, number: int, body: Any) -> None:
        seen = 0

        def twist(data: Any) -> Any:
            nonlocal seen
            seen += 1
            return body if seen == number + 1 else data

        stub.twist = twist
        meter = Meter()
        try:
            found = read(one, meter)
        except PlatformError as error:
            assert "\n" not in str(error)  # noqa: PT017
            return
        json.dumps(meter.facts, allow_nan=False)
        for reading in found:
            value = reading.value
            assert value is None or 0 <= value <= 10**15
            assert (value is None) == (reading.reason is not None)


class TestConnecting:
    def test_needs_its_secrets(self, stub: Stub) -> None:
        for secrets in ({}, dict.fromkeys(stub.secrets, "")):
            with pytest.raises(SecretsMissingError, match=r"website has no .*SGCOMMS_WEBSITE_"):
                connect(stub.website, secrets)

    @pytest.mark.parametrize(
        "base",
        [
            "https://evil.example",
            "http://stats.example.org",
            "https://plausible.io.evil.example",
            "https://evil.example/matomo.cloud",
            "https://matomo.cloud",
            "https://user@127.0.0.1",
            "http://0.0.0.0",
        ],
    )
    def test_sends_secrets_to_no_foreign_host(self, stub: Stub, base: str) -> None:
        with pytest.raises(AuthError, match="api_base"):
            stub.tool(api_base=base)

    def test_says_how_a_server_of_ones_own_is_allowed(self, stub: Stub) -> None:
        with pytest.raises(AuthError) as caught:
            stub.tool(api_base="https://stats.example.org")
        assert str(caught.value) == (
            "website: api_base names stats.example.org, which may not get its secrets: if the "
            "server is yours, write into secrets.yaml "
            "`allowed_hosts: {website: [stats.example.org]}`"
        )

    def test_takes_a_host_that_secrets_yaml_allows(self, stub: Stub) -> None:

        website = replace(stub.website, api_base="https://stats.example.org/tool")
        assert connect(website, stub.secrets, ["stats.example.org"]).website == website
        with pytest.raises(AuthError):
            connect(
                replace(website, api_base="http://stats.example.org"),
                stub.secrets,
                ["stats.example.org"],
            )

    def test_knows_its_own_hosts(self) -> None:
        assert tool("matomo").owns("board.matomo.cloud")
        assert not tool("matomo").owns("matomo.cloud")
        assert not tool("matomo").owns("evilmatomo.cloud")
        assert tool("plausible").owns("plausible.io")
        assert tool("ga4").owns("analyticsdata.googleapis.com")

    def test_knows_no_other_tool(self) -> None:
        with pytest.raises(KeyError):
            connect(Website("website", "umami", "https://www.example.org"), {})


def test_a_reading_of_each_tool_survives_json(stub: Stub) -> None:
    for one in read(stub.tool()):
        assert json.loads(json.dumps(asdict(one), default=str))["subject"] == "website"

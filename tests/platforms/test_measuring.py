"""What every platform must be whose figures can be read: a new one joins by a case in the list."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

import pytest

from sgcomms.errors import AuthError, PlatformError, RateLimitError, UnavailableError
from sgcomms.metering import BudgetSpentError, Meter
from sgcomms.metrics import METRICS
from sgcomms.models import Account, PostRow, Publication, Reading
from sgcomms.platforms import PLATFORMS, Measuring, measures
from sgcomms.platforms.instagram import Instagram
from sgcomms.platforms.x.metered import Metered
from tests.conftest import At
from tests.fakes import NOW
from tests.platforms import facebook_world, graph_world, instagram_world, x_world

Strange = Literal["401", "429", "500", "reset", "html", "empty"]


class World(Protocol):
    """A platform on loopback with one account on it, which can be made to go wrong."""

    followers: Any
    """What it says of how many follow the account."""

    @property
    def secrets(self) -> Sequence[str]:
        """What may be seen nowhere."""

    @property
    def asked(self) -> Sequence[object]:
        """The requests that arrived."""

    def adapter(self) -> Measuring:
        """Return the subject, as a new run has it."""

    def hold(self, at: datetime, counts: Mapping[str, Any] | None = None) -> Publication:
        """Put a post on the account, and return what is known of it.

        It has a count of everything that the platform measures; `counts` has others, by metric,
        or None for what the platform leaves out.
        """

    def lose(self, post: Publication) -> None:
        """Take a post down."""

    def refuse(self, metric: str) -> None:
        """Give no figures of one metric any more, in the platform's own way."""

    def be_strange(self, strange: Strange, after: int = 0) -> None:
        """Answer strangely once so many more requests have been answered well."""


@dataclass(frozen=True)
class Case:
    """One platform. `hurry` takes out of it what takes time; a list has at most `page` posts."""

    name: str
    opened: Callable[[], AbstractContextManager[World]]
    hurry: Callable[[pytest.MonkeyPatch], None]
    page: int


def _hurry_x(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Metered, "waits", (0.0, 0.0))


def _hurry_instagram(patch: pytest.MonkeyPatch) -> None:
    graph_world.hurry(patch)
    patch.setattr(Instagram, "single_days", 2)  # each of them is a request


CASES = [
    Case("x", x_world.opened, _hurry_x, 100),
    Case("facebook", facebook_world.opened, graph_world.hurry, 100),
    Case("instagram", instagram_world.opened, _hurry_instagram, 100),
]

SINCE, UNTIL = NOW - timedelta(days=60), NOW - timedelta(hours=1)
RECENTLY = NOW - timedelta(days=10)
YOUNG, OLD = NOW - timedelta(days=3), NOW - timedelta(days=45)
ERRORS: dict[Strange, type[PlatformError]] = {
    "401": AuthError,
    "429": RateLimitError,
    "500": UnavailableError,
    "reset": UnavailableError,
    "html": UnavailableError,
    "empty": UnavailableError,
}
ODD = [-1, 1.5, "12", True, 10**19, 10**400, 1e300, math.nan, math.inf, [3], {"value": 3}]

Read = Callable[[World, Meter], Iterator[object]]


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Case:
    found: Case = request.param
    found.hurry(monkeypatch)
    return found


@pytest.fixture
def world(case: Case) -> Iterator[World]:
    with case.opened() as running:
        yield running


@pytest.fixture
def meter() -> Meter:
    return Meter()


def listed(world: World, meter: Meter) -> list[PostRow]:
    return list(world.adapter().posts(SINCE, UNTIL, meter))


def by_post(rows: Sequence[PostRow]) -> dict[str, Mapping[str, float | None]]:
    return {row.publication.platform_id: row.values for row in rows}


def reads(posts: Sequence[Publication]) -> dict[str, Read]:
    """Return every way to read figures."""
    return {
        "posts": lambda world, meter: world.adapter().posts(SINCE, UNTIL, meter),
        "post_readings": lambda world, meter: world.adapter().post_readings(posts, meter),
        "account_readings": lambda world, meter: world.adapter().account_readings(
            OLD.date(), NOW.date(), meter
        ),
    }


def until_it_breaks(rows: Iterator[PostRow]) -> tuple[list[PostRow], Exception | None]:
    """Return the rows that came, and what kept the others from coming."""
    found: list[PostRow] = []
    try:
        found.extend(rows)
    except (PlatformError, BudgetSpentError) as error:
        return found, error
    return found, None


WAYS = sorted(reads([]))


def test_every_platform_whose_figures_are_read_is_in_the_list() -> None:
    found = {name for name in PLATFORMS if measures(Account("ours", name, "live", "board"))}
    assert {case.name for case in CASES} == found


class TestPosts:
    def test_are_those_of_the_time_newest_first(self, world: World, meter: Meter) -> None:
        second = timedelta(seconds=1)
        times = [SINCE - second, SINCE, OLD, YOUNG, UNTIL - second, UNTIL, UNTIL + second]
        posts = [world.hold(moment) for moment in times]
        found = [row.publication.platform_id for row in listed(world, meter)]
        assert found == [one.platform_id for one in reversed(posts[1:-2])]

    def test_say_whose_they_are_where_and_when(self, world: World, meter: Meter) -> None:
        for moment in (OLD, YOUNG):
            world.hold(moment)
        for row, moment in zip(listed(world, meter), (YOUNG, OLD), strict=True):
            assert row.publication.account == world.adapter().account.id
            assert abs(row.publication.published_at - moment) < timedelta(seconds=1)
            assert str(row.publication.url).startswith("https://")

    def test_come_with_the_figures_that_the_platform_offers(
        self, world: World, meter: Meter
    ) -> None:
        post = world.hold(YOUNG)
        values = by_post(listed(world, meter))[post.platform_id]
        assert set(values) == world.adapter().measures
        assert None not in values.values()
        assert set(values) <= set(meter.natives)
        assert all(METRICS[metric].scope == "post" for metric in values)
        assert meter.gaps == []

    def test_the_facts_are_kept(self, world: World, meter: Meter) -> None:
        world.hold(YOUNG)
        listed(world, meter)
        assert {"api", "day_boundary"} <= set(meter.facts)
        assert json.dumps(meter.facts)

    def test_none_are_none(self, world: World, meter: Meter) -> None:
        assert listed(world, meter) == []
        assert meter.gaps == []

    def test_a_time_that_ends_before_it_begins_is_not_asked_for(
        self, world: World, meter: Meter
    ) -> None:
        world.hold(YOUNG)
        assert list(world.adapter().posts(UNTIL, SINCE, meter)) == []
        assert (meter.calls, len(world.asked)) == (0, 0)

    def test_pages_are_turned_and_no_more(self, case: Case, world: World) -> None:
        def calls() -> int:
            meter = Meter()
            assert len(listed(world, meter)) == len(posts)
            return meter.calls

        posts = [world.hold(YOUNG)]
        least = calls()
        posts += [world.hold(YOUNG - timedelta(minutes=one)) for one in range(1, case.page)]
        assert calls() == least
        posts.append(world.hold(YOUNG - timedelta(days=1)))
        assert calls() == least + 1

    def test_every_request_is_on_the_meter(self, world: World, meter: Meter) -> None:
        for moment in (OLD, YOUNG):
            world.hold(moment)
        listed(world, meter)
        assert meter.calls == len(world.asked) > 0


class TestPostsByTheirIds:
    def test_have_the_figures_that_the_list_has(self, world: World, meter: Meter) -> None:
        posts = [world.hold(OLD), world.hold(YOUNG)]
        rows = list(world.adapter().post_readings(posts, meter))
        assert by_post(rows) == by_post(listed(world, Meter()))
        assert {row.publication.platform_id for row in rows} == {one.platform_id for one in posts}

    def test_those_that_are_gone_are_left_out(self, world: World, meter: Meter) -> None:
        kept, lost = world.hold(YOUNG), world.hold(YOUNG - timedelta(days=1))
        world.lose(lost)
        rows = list(world.adapter().post_readings([kept, lost], meter))
        assert list(by_post(rows)) == [kept.platform_id]
        assert list(world.adapter().post_readings([lost], meter)) == []

    def test_none_are_not_asked_for(self, world: World, meter: Meter) -> None:
        assert list(world.adapter().post_readings([], meter)) == []
        assert (meter.calls, len(world.asked)) == (0, 0)


class TestAccounts:
    def read(self, world: World, meter: Meter) -> list[Reading]:
        return list(world.adapter().account_readings(OLD.date(), NOW.date(), meter))

    def test_have_their_followers_of_today(self, world: World, meter: Meter) -> None:
        (found,) = [one for one in self.read(world, meter) if one.metric == "followers"]
        assert (found.subject, found.value) == (world.adapter().account.id, world.followers)
        assert (found.first, found.last) == (NOW.date(), NOW.date())
        assert found.native
        assert found.basis is None

    def test_have_them_on_the_day_of_the_board(self, world: World, meter: Meter, at: At) -> None:
        at("2026-04-01T00:30:00+01:00")
        platform = world.adapter()
        platform.zone = ZoneInfo("Europe/London")
        days = date(2026, 3, 1), date(2026, 3, 30)
        found = platform.account_readings(*days, meter)
        (day,) = {one.last for one in found if one.metric == "followers"}
        assert day == date(2026, 4, 1)

    def test_metrics_are_of_accounts_or_received_on_the_days_asked_for(
        self, world: World, meter: Meter
    ) -> None:
        for one in self.read(world, meter):
            if METRICS[one.metric].scope != "account":
                assert one.basis == "received"
                assert OLD.date() <= one.first <= one.last <= NOW.date()

    @pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd)[:9])
    def test_what_is_no_count_is_no_figure(self, world: World, meter: Meter, odd: object) -> None:
        world.followers = odd
        found = [one for one in self.read(world, meter) if one.metric == "followers"]
        assert all(one.value is None and one.reason for one in found)
        assert "followers" in " ".join(meter.gaps)

    def test_that_show_no_followers_do_not_have_none(self, world: World, meter: Meter) -> None:
        world.followers = None
        (found,) = [one for one in self.read(world, meter) if one.metric == "followers"]
        assert found.value is None
        assert found.reason


class TestWhatIsMissing:
    @pytest.mark.parametrize("way", ["posts", "post_readings"])
    def test_a_metric_that_is_refused_is_left_out_and_named(self, case: Case, way: str) -> None:
        with case.opened() as first:
            metrics = sorted(first.adapter().measures)
        for metric in metrics:
            with case.opened() as world:
                posts = [world.hold(YOUNG), world.hold(OLD)]
                world.refuse(metric)
                meter = Meter()
                rows: Any = list(reads(posts)[way](world, meter))
                assert len(rows) == 2
                assert all(metric not in row.values and row.values for row in rows)
                assert METRICS[metric].label.lower() in " ".join(meter.gaps).lower()
                assert meter.calls == len(world.asked)

    @pytest.mark.parametrize("way", ["posts", "post_readings"])
    def test_what_one_post_lacks_is_not_nought(self, world: World, meter: Meter, way: str) -> None:
        metrics = world.adapter().measures
        bare = world.hold(YOUNG, dict.fromkeys(metrics))
        whole = world.hold(YOUNG - timedelta(days=1))
        rows: Any = list(reads([bare, whole])[way](world, meter))
        found = by_post(rows)
        assert set(found[bare.platform_id].values()) <= {None}
        assert found[whole.platform_id].keys() == metrics
        assert None not in found[whole.platform_id].values()

    @pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd)[:9])
    @pytest.mark.parametrize("way", ["posts", "post_readings"])
    def test_what_is_no_count_is_no_figure(
        self, world: World, meter: Meter, way: str, odd: object
    ) -> None:
        metrics = world.adapter().measures
        bad = world.hold(YOUNG, dict.fromkeys(metrics, odd))
        good = world.hold(YOUNG - timedelta(days=1))
        rows: Any = list(reads([bad, good])[way](world, meter))
        found = by_post(rows)
        assert found[bad.platform_id] == dict.fromkeys(metrics)
        assert None not in found[good.platform_id].values()
        told = " ".join(meter.gaps).lower()
        assert [one for one in metrics if METRICS[one].label.lower() not in told] == []

    @pytest.mark.parametrize("way", ["posts", "post_readings"])
    def test_nought_is_nought(self, world: World, meter: Meter, way: str) -> None:
        posts = [world.hold(YOUNG, dict.fromkeys(world.adapter().measures, 0))]
        (row,) = list(reads(posts)[way](world, meter))
        assert isinstance(row, PostRow)
        assert set(row.values.values()) == {0}
        assert meter.gaps == []


class TestWhatGoesWrong:
    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize("strange", sorted(ERRORS))
    def test_is_told_by_its_type(
        self, world: World, meter: Meter, strange: Strange, way: str
    ) -> None:
        posts = [world.hold(YOUNG)]
        world.be_strange(strange)
        with pytest.raises(PlatformError) as caught:
            list(reads(posts)[way](world, meter))
        assert isinstance(caught.value, ERRORS[strange]), repr(caught.value)
        assert meter.calls == len(world.asked) > 0
        told = f"{caught.value!r} {caught.value.__context__!r} {meter!r}"
        assert [one for one in world.secrets if one in told] == []

    @pytest.mark.parametrize("strange", sorted(ERRORS))
    def test_what_came_before_is_good(
        self, case: Case, world: World, meter: Meter, strange: Strange
    ) -> None:
        posts = [world.hold(YOUNG - timedelta(minutes=one)) for one in range(case.page + 5)]
        list(world.adapter().posts(RECENTLY, UNTIL, meter))
        world.be_strange(strange, after=meter.calls - 1)
        found, error = until_it_breaks(world.adapter().posts(RECENTLY, UNTIL, Meter()))
        assert isinstance(error, ERRORS[strange])
        assert 0 < len(by_post(found)) == len(found) < len(posts)


class TestBudgets:
    def test_a_request_that_they_do_not_cover_is_not_made(
        self, case: Case, world: World, meter: Meter
    ) -> None:
        posts = [world.hold(YOUNG - timedelta(minutes=one)) for one in range(case.page + 5)]
        list(world.adapter().posts(RECENTLY, UNTIL, meter))
        before, short = len(world.asked), Meter(calls_left=meter.calls - 1)
        found, error = until_it_breaks(world.adapter().posts(RECENTLY, UNTIL, short))
        assert isinstance(error, BudgetSpentError)
        assert len(world.asked) - before == short.calls == meter.calls - 1
        assert 0 < len(found) < len(posts)

    @pytest.mark.parametrize("way", WAYS)
    def test_none_at_all_asks_nothing(self, world: World, way: str) -> None:
        posts = [world.hold(YOUNG)]
        with pytest.raises(BudgetSpentError):
            list(reads(posts)[way](world, Meter(calls_left=0)))
        assert len(world.asked) == 0

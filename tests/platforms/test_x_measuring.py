"""X's figures: few requests, none for what X refuses, nothing made up, and nobody's words kept."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from sgcomms.errors import (
    AuthError,
    NoCreditError,
    PlatformError,
    SecretsMissingError,
    UnavailableError,
)
from sgcomms.metering import BudgetSpentError, Meter
from sgcomms.models import PostRow, Publication
from sgcomms.platforms.x import X
from sgcomms.platforms.x.metered import Metered
from sgcomms.platforms.x.windows import FIRST_TIME, windows
from tests.conftest import At
from tests.fakes import NOW
from tests.platforms import x_world
from tests.platforms.test_x import RECORDED, Loopback, Reply, made, problem
from tests.platforms.x_world import NEW_WORDS, OLD_WORDS, OWN, Strange, XWorld, post_id

TIMELINE = f"/2/users/{OWN}/tweets"
SINCE = NOW - timedelta(days=400)
YOUNG, OLD = NOW - timedelta(days=3), NOW - timedelta(days=45)
PUBLIC = {
    "impressions": 900,
    "reactions": 12,
    "comments": 3,
    "shares": 4,
    "quotes": 1,
    "saves": 2,
}
EVERYTHING = {**PUBLIC, "clicks_link": 21, "profile_visits": 5, "engagements": 44}
NO_PRIVATE = "X gives these keys no link clicks, profile visits or engagements of any post"
SOME_PRIVATE = "X refuses link clicks, profile visits or engagements of some posts"


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Metered, "waits", (0.0, 0.0))


@pytest.fixture
def world() -> Iterator[XWorld]:
    with x_world.opened() as running:
        yield running


@pytest.fixture
def x(world: XWorld) -> X:
    found = world.adapter()
    found.own_id = OWN
    return found


@pytest.fixture
def meter() -> Meter:
    return Meter()


@pytest.fixture
def server() -> Iterator[Loopback]:
    with closing(Loopback()) as running:
        yield running


def listed(x: X, meter: Meter, since: datetime = SINCE, until: datetime = NOW) -> list[PostRow]:
    return list(x.posts(since, until, meter))


def asked_for(world: XWorld) -> list[set[str]]:
    """Return the fields of posts that were asked for, a set a request."""
    names = [
        f"{one.query.get('tweet.fields', '')},{one.query.get('post.fields', '')}"
        for one in world.asked
        if one.path != "/2/users/me"
    ]
    return [{name for name in one.split(",") if name} for one in names]


def hold_many(world: XWorld, young: int, old: int) -> list[Publication]:
    return [world.hold(YOUNG - timedelta(minutes=one)) for one in range(young)] + [
        world.hold(OLD - timedelta(minutes=one)) for one in range(old)
    ]


class TestRequests:
    @pytest.mark.parametrize(
        ("young", "old", "calls"),
        [(1, 1, 2), (100, 100, 2), (101, 0, 3), (250, 130, 5), (0, 0, 2)],
    )
    def test_of_a_list_are_as_few_as_can_be(
        self, world: XWorld, x: X, meter: Meter, young: int, old: int, calls: int
    ) -> None:
        hold_many(world, young, old)
        assert len(listed(x, meter)) == young + old
        assert meter.calls == len(world.asked) == calls

    @pytest.mark.parametrize(
        ("young", "old", "calls"),
        [(1, 1, 2), (100, 100, 2), (101, 0, 2), (250, 130, 5), (0, 7, 1), (7, 0, 1)],
    )
    def test_by_ids_are_as_few_as_can_be(
        self, world: XWorld, x: X, meter: Meter, young: int, old: int, calls: int
    ) -> None:
        posts = hold_many(world, young, old)
        assert len(list(x.post_readings([*posts, *posts], meter))) == young + old
        assert meter.calls == len(world.asked) == calls

    def test_private_figures_are_asked_of_new_posts_only(
        self, world: XWorld, x: X, meter: Meter
    ) -> None:
        posts = hold_many(world, 1, 1)
        assert [dict(row.values) for row in listed(x, meter)] == [EVERYTHING, PUBLIC]
        assert [dict(row.values) for row in x.post_readings(posts, meter)] == [EVERYTHING, PUBLIC]
        assert ["non_public_metrics" in one for one in asked_for(world)] == [True, False] * 2
        assert all("public_metrics" in one for one in asked_for(world))
        assert meter.gaps == []

    @pytest.mark.parametrize("age", [timedelta(days=29, hours=22), timedelta(days=30, hours=1)])
    def test_nothing_is_lost_where_posts_grow_old(
        self, world: XWorld, x: X, meter: Meter, age: timedelta
    ) -> None:
        step = timedelta(minutes=7)
        posts = [world.hold(NOW - age - step * one) for one in range(40)]
        rows = listed(x, meter)
        assert [row.publication.platform_id for row in rows] == [one.platform_id for one in posts]
        assert all(set(PUBLIC) <= set(row.values) for row in rows)
        assert meter.gaps == []

    @pytest.mark.parametrize("end_included", [True, False])
    def test_a_post_on_the_border_comes_once(
        self, world: XWorld, x: X, meter: Meter, end_included: bool
    ) -> None:
        world.end_included = end_included
        border = NOW - timedelta(days=29, hours=23)
        tenth = timedelta(milliseconds=100)
        posts = [world.hold(border + tenth * one) for one in range(20, -20, -1)]
        assert [row.publication.platform_id for row in listed(x, meter)] == [
            one.platform_id for one in posts
        ]

    def test_parts_of_seconds_count(self, world: XWorld, x: X, meter: Meter) -> None:
        since, until = (NOW - timedelta(days=days, seconds=0.5) for days in (2, 1))
        tenth = timedelta(milliseconds=100)
        world.hold(since - tenth)
        posts = [world.hold(since), world.hold(until - tenth)]
        world.hold(until)
        rows = listed(x, meter, since, until)
        assert [row.publication.platform_id for row in rows] == [
            one.platform_id for one in reversed(posts)
        ]
        assert meter.calls == 1

    def test_times_may_be_of_any_zone(self, world: XWorld, x: X, meter: Meter) -> None:
        world.hold(YOUNG)
        zone = timezone(timedelta(hours=5))
        listed(x, meter, (YOUNG - timedelta(hours=1)).astimezone(zone), NOW.astimezone(zone))
        assert world.asked[0].query["start_time"] == "2026-11-19T08:00:00Z"

    def test_an_end_that_is_now_is_not_named(self, world: XWorld, x: X, meter: Meter) -> None:
        listed(x, meter, YOUNG, NOW)
        listed(x, meter, YOUNG, NOW - timedelta(hours=1))
        ends = [one.query.get("end_time") for one in world.asked]
        assert ends == [None, "2026-11-22T08:00:00Z"]

    def test_what_x_takes_no_times_of_is_asked_without(
        self, world: XWorld, x: X, meter: Meter
    ) -> None:
        listed(x, meter, datetime(2009, 3, 1, tzinfo=UTC), NOW)
        assert "start_time" not in world.asked[-1].query
        before = len(world.asked)
        assert listed(x, meter, datetime(2009, 3, 1, tzinfo=UTC), FIRST_TIME) == []
        assert len(world.asked) == before

    def test_reposts_are_no_posts_and_replies_are(self, world: XWorld, x: X, meter: Meter) -> None:
        world.hold(YOUNG)
        world.posts[0].reply = True
        assert len(listed(x, meter)) == 1
        assert {one.query["exclude"] for one in world.asked} == {"retweets"}

    def test_short_pages_are_turned_too(self, world: XWorld, x: X, meter: Meter) -> None:
        world.size = 3
        hold_many(world, 7, 0)
        assert len(listed(x, meter)) == 7
        assert meter.calls == 4

    def test_a_list_that_never_ends_does(self, world: XWorld, x: X, meter: Meter) -> None:
        world.size = 1
        hold_many(world, 40, 0)
        assert len(listed(x, meter, YOUNG - timedelta(days=1))) == 32
        assert "X lists the newest 3,200 posts of an account: older ones are missing" in meter.gaps

    def test_by_ids_ask_for_no_words(self, world: XWorld, x: X, meter: Meter) -> None:
        list(x.post_readings([world.hold(YOUNG)], meter))
        assert asked_for(world) == [{"created_at", "public_metrics", "non_public_metrics"}]

    def test_what_is_no_id_is_not_asked_for(self, world: XWorld, x: X, meter: Meter) -> None:
        posts = [Publication("x", name, NOW) for name in ("", "https://x.com/i/1", "../me", "1,2")]
        assert list(x.post_readings(posts, meter)) == []
        assert world.asked == []


def test_the_parts_of_a_time_hold_all_of_it() -> None:
    edge = NOW - timedelta(days=30)
    whole = list(windows(SINCE, NOW, edge))
    assert [(one.since, one.until, one.private) for one in whole] == [
        (edge, NOW, True),
        (SINCE, edge, False),
    ]
    assert [one.private for one in windows(edge, NOW, edge)] == [True]
    assert [one.private for one in windows(SINCE, edge, edge)] == [False]
    assert [one.private for one in windows(SINCE, NOW, None)] == [False]
    assert list(windows(NOW, NOW, edge)) == []


class TestVocabularies:
    @pytest.mark.parametrize("words", [OLD_WORDS, NEW_WORDS], ids=["old", "new"])
    @pytest.mark.parametrize("passes_over", [True, False])
    def test_both_are_understood(
        self, world: XWorld, x: X, meter: Meter, words: dict[str, str], passes_over: bool
    ) -> None:
        world.words, world.passes_over = words, passes_over
        posts = hold_many(world, 2, 2)
        wanted = [EVERYTHING] * 2 + [PUBLIC] * 2
        assert [dict(row.values) for row in listed(x, meter)] == wanted
        assert [dict(row.values) for row in x.post_readings(posts, meter)] == wanted
        levels = {one.metric: one for one in x.account_readings(NOW.date(), NOW.date(), meter)}
        assert levels["posts_total"].value == 4_021
        assert levels["posts_total"].native == words["posts_total"]
        assert meter.natives == {
            "impressions": "impression_count",
            "reactions": "like_count",
            "comments": "reply_count",
            "shares": words["shares"],
            "quotes": "quote_count",
            "saves": "bookmark_count",
            "clicks_link": "url_link_clicks",
            "profile_visits": "user_profile_clicks",
            "engagements": "engagements",
            "followers": "followers_count",
            "posts_total": words["posts_total"],
        }
        assert meter.gaps == []
        assert meter.calls == 5 + (words is NEW_WORDS)  # what is learnt once is kept

    def test_an_answer_may_mix_them(self, server: Loopback, meter: Meter) -> None:
        counts = {"retweet_count": None, "repost_count": 6, "like_count": None}
        post = {
            "id": post_id(YOUNG),
            "created_at": "2026-11-19T09:00:00Z",
            "public_metrics": counts,
        }
        server.on("GET", TIMELINE, Reply(200, {"data": [post]}))
        (row,) = listed(connected(server), meter, YOUNG)
        assert dict(row.values) == {"shares": 6, "reactions": None}
        assert meter.natives["shares"] == "repost_count"

    def test_words_that_x_does_not_take_at_all_are_told(
        self, world: XWorld, x: X, meter: Meter
    ) -> None:
        world.words = {**OLD_WORDS, "fields": "status.fields"}
        with pytest.raises(UnavailableError, match="does not show the account's posts"):
            listed(x, meter)
        assert meter.calls == len(world.asked) == 4
        assert meter.gaps == []  # that it was private figures that X refused is not known


def recorded(name: str) -> dict[str, Any]:
    """Return what X's own playground answered."""
    path = RECORDED / f"{name}.json"
    if not path.exists():
        pytest.skip(f"the recorded answers of X are not here: {path.name}")
    answer: dict[str, Any] = json.loads(path.read_text("utf-8"))["response"]
    return answer


def connected(server: Loopback) -> X:
    found = made(X, server.base)
    found.own_id = OWN
    return found


class TestPrivateFigures:
    @pytest.mark.parametrize("refuses", ["400", "403", "403-level", "withheld"])
    def test_refused_as_a_whole_leave_the_public_ones(
        self, world: XWorld, x: X, meter: Meter, refuses: Any
    ) -> None:
        world.refuses = refuses
        posts = hold_many(world, 3, 1)
        assert [dict(row.values) for row in listed(x, meter)] == [PUBLIC] * 4
        assert meter.gaps[-1] == NO_PRIVATE
        learnt = len(world.asked)
        rows = list(x.post_readings(posts, meter))
        assert [dict(row.values) for row in rows] == [PUBLIC] * 4
        assert len(world.asked) == learnt + 1  # not asked for again, and all ages in one
        again = Meter()
        list(x.post_readings(posts, again))
        assert again.gaps == [NO_PRIVATE]

    @pytest.mark.parametrize(
        ("age", "private"),
        [
            (timedelta(days=29, hours=22), True),
            (timedelta(days=29, hours=23, minutes=1), False),
        ],
    )
    def test_are_had_for_thirty_days_less_an_hour(
        self, world: XWorld, x: X, meter: Meter, age: timedelta, private: bool
    ) -> None:
        post = world.hold(NOW - age)
        for (row,) in (listed(x, meter), list(x.post_readings([post], meter))):
            assert ("engagements" in row.values) == private

    @pytest.mark.parametrize("named_by", ["resource_id", "value"])
    def test_of_one_post_leave_its_public_ones(
        self, world: XWorld, x: X, meter: Meter, named_by: str
    ) -> None:
        world.names_posts_by = (named_by,)
        posts = hold_many(world, 3, 0)
        world.held(posts[1]).withheld = True
        wanted = [EVERYTHING, PUBLIC, EVERYTHING]
        rows = listed(x, meter, YOUNG - timedelta(days=1))
        assert [dict(row.values) for row in rows] == wanted
        assert [row.publication.platform_id for row in rows] == [one.platform_id for one in posts]
        assert rows[1].publication.text == "Words"
        assert meter.gaps == [SOME_PRIVATE]
        assert meter.calls == len(world.asked) == 2
        assert [dict(row.values) for row in x.post_readings(posts, meter)] == wanted
        assert [dict(row.values) for row in x.post_readings([posts[1]], meter)] == [PUBLIC]
        assert [dict(row.values) for row in x.post_readings([posts[0]], meter)] == [EVERYTHING]

    def test_of_a_post_that_is_there_leave_what_it_shows(
        self, server: Loopback, meter: Meter
    ) -> None:
        number = post_id(YOUNG)
        post = {"id": number, "created_at": "odd", "public_metrics": {"like_count": 2}}
        refusal = problem("not-authorized-for-field", "no", resource_id=number)
        server.on("GET", "/2/tweets", Reply(200, {"data": [post], "errors": [refusal]}))
        x = connected(server)
        (row,) = x.post_readings([Publication("x", number, YOUNG)], meter)
        assert dict(row.values) == {"reactions": 2}
        assert SOME_PRIVATE in meter.gaps
        assert len(server.asked) == 1

    def test_of_others_are_not_looked_up(self, server: Loopback, meter: Meter) -> None:
        mine, other = post_id(YOUNG), post_id(YOUNG, 1)
        post = {"id": mine, "created_at": "odd", "public_metrics": {"like_count": 2}}
        body = {
            "data": [post, {**post, "id": other}],
            "errors": [problem("not-authorized-for-field", "no", resource_id=post_id(YOUNG, 2))],
        }
        server.on("GET", "/2/tweets", Reply(200, body))
        rows = connected(server).post_readings([Publication("x", mine, YOUNG)], meter)
        assert [row.publication.platform_id for row in rows] == [mine]
        assert len(server.asked) == 1

    def test_that_x_passes_over_are_named(self, server: Loopback, meter: Meter) -> None:
        """As X's own playground does."""
        body = recorded("09_get_metrics")["body"]
        body["data"][0]["id"] = number = post_id(YOUNG)
        server.on("GET", "/2/tweets", Reply(200, body))
        (row,) = connected(server).post_readings([Publication("x", number, YOUNG)], meter)
        assert dict(row.values) == dict.fromkeys(PUBLIC, 0)
        assert meter.gaps == ["X gave no link clicks, profile visits or engagements for some posts"]

    def test_a_post_without_a_link_has_no_clicks_on_one(
        self, world: XWorld, x: X, meter: Meter
    ) -> None:
        world.hold(YOUNG, {"clicks_link": None})
        (row,) = listed(x, meter)
        assert "clicks_link" not in row.values
        assert meter.gaps == []


class TestWhatIsKept:
    def one(self, world: XWorld, x: X, **more: Any) -> Publication:
        world.hold(YOUNG, **more)
        (row,) = listed(x, Meter())
        return row.publication

    def test_of_a_post_are_its_words_and_where_it_leads(self, world: XWorld, x: X) -> None:
        link = "https://www.example.org/sleep?utm_content=safer-sleeping.clear-cot.x&amp;a=b"
        urls = [
            {"url": "https://t.co/abcdefghij", "expanded_url": link},
            {"url": "https://t.co/abcdefghik", "expanded_url": "https://x.com/a_person/status/4"},
            {"url": "https://t.co/abcdefghil", "expanded_url": "https://twitter.com/a_person"},
            {"url": "https://t.co/abcdefghim"},
            {"url": "https://t.co/abcdefghin", "expanded_url": "javascript:alert(1)"},
            {"url": "https://t.co/abcdefghio", "expanded_url": "http://["},
            {"url": "https://t.co/abcdefghip", "expanded_url": link},
        ]
        found = self.one(
            world,
            x,
            text="Dogs &amp; babies: https://t.co/abcdefghij https://t.co/abcdefghik",
            urls=urls,
        )
        whole = link.replace("&amp;", "&")
        assert "a_person" not in repr(found)  # whose post is quoted
        assert found == Publication(
            "x",
            post_id(YOUNG),
            YOUNG,
            f"https://x.com/cplscb/status/{post_id(YOUNG)}",
            None,
            f"Dogs & babies: {whole}",
            (whole,),
        )

    @pytest.mark.parametrize("words", [OLD_WORDS, NEW_WORDS], ids=["old", "new"])
    def test_of_a_long_post_are_all_its_words(
        self, world: XWorld, x: X, words: dict[str, str]
    ) -> None:
        world.words = words
        link = {"url": "https://t.co/abcdefghij", "expanded_url": "https://example.org/far/down"}
        note = {"text": "Words " * 60 + link["url"], "entities": {"urls": [link]}}
        found = self.one(world, x, text="Words Words…", **{words["note"]: note})
        assert found.text == "Words " * 60 + link["expanded_url"]
        assert found.links == ("https://example.org/far/down",)

    @pytest.mark.parametrize(
        ("words", "more"),
        [
            (OLD_WORDS, {"referenced_tweets": [{"type": "replied_to", "id": "1"}]}),
            (OLD_WORDS, {"conversation_id": "1"}),
            (NEW_WORDS, {"conversation_id": "1"}),
        ],
    )
    def test_of_a_reply_are_no_words(
        self, world: XWorld, x: X, words: dict[str, str], more: dict[str, Any]
    ) -> None:
        world.words = words
        link = {"url": "https://t.co/abcdefghij", "expanded_url": "https://example.org/help"}
        found = self.one(
            world, x, text="@a_person We are sorry. https://t.co/abcdefghij", urls=[link], **more
        )
        assert (found.kind, found.text) == ("reply", None)
        assert found.links == ("https://example.org/help",)
        assert "a_person" not in repr(found)

    @pytest.mark.parametrize(
        "told",
        [
            {"in_reply_to_user_id": "5"},
            {"referenced_posts": [{"type": "replied_to", "id": "1"}]},
            {"text": "@a_person We are sorry"},
            {"text": " @a_person", "conversation_id": 4},
        ],
    )
    def test_a_reply_is_known_however_x_tells_it(
        self, server: Loopback, meter: Meter, told: dict[str, Any]
    ) -> None:
        post = {"id": post_id(YOUNG), "created_at": "odd", "text": "We are sorry", **told}
        server.on("GET", TIMELINE, Reply(200, {"data": [post]}))
        (row,) = listed(connected(server), meter, YOUNG)
        assert (row.publication.kind, row.publication.text) == ("reply", None)

    def test_a_post_of_which_x_tells_nothing_is_none(self, server: Loopback, meter: Meter) -> None:
        post = {"id": post_id(YOUNG), "created_at": "odd", "text": "We are open"}
        server.on("GET", TIMELINE, Reply(200, {"data": [post]}))
        (row,) = listed(connected(server), meter, YOUNG)
        assert (row.publication.kind, row.publication.text) == (None, "We are open")

    @pytest.mark.parametrize("words", [OLD_WORDS, NEW_WORDS], ids=["old", "new"])
    def test_a_post_that_begins_with_a_name_or_was_edited_is_no_reply(
        self, world: XWorld, x: X, words: dict[str, str]
    ) -> None:
        world.words = words
        more = {"conversation_id": "17", words["edits"]: ["17", post_id(YOUNG)]}
        found = self.one(world, x, text="@a_partner and we", **more)
        assert (found.kind, found.text) == (None, "@a_partner and we")

    def test_what_was_passed_on_is_no_post(self, world: XWorld, x: X) -> None:
        world.hold(YOUNG, referenced_tweets=[{"type": "retweeted", "id": "1"}], text="RT @a: b")
        world.hold(OLD, referenced_tweets=[{"type": "quoted", "id": "1"}])
        assert [row.publication.kind for row in listed(x, Meter())] == [None]

    def test_of_posts_asked_for_by_id_is_what_is_known(self, world: XWorld, x: X) -> None:
        known = Publication("x", post_id(YOUNG), YOUNG, "https://x.com/a", "Photo", "Mine", ("b",))
        world.hold(YOUNG)
        (row,) = x.post_readings([known], Meter())
        assert row.publication is known


class TestFiguresThatAreNone:
    def test_impressions_of_posts_from_before_they_were_counted(
        self, world: XWorld, x: X, meter: Meter
    ) -> None:
        last = datetime(2022, 12, 14, 12, tzinfo=UTC)
        first = last + timedelta(days=1)
        early = world.hold(last, {"impressions": 0})
        counted = [world.hold(last, {"impressions": 7}), world.hold(first, {"impressions": 0})]
        rows = listed(x, meter, last - timedelta(days=1), first + timedelta(days=1))
        values = {row.publication.platform_id: row.values for row in rows}
        assert "impressions" not in values[early.platform_id]
        assert values[early.platform_id]["reactions"] == 12
        assert [values[one.platform_id]["impressions"] for one in counted] == [7, 0]
        assert meter.gaps == ["X did not count impressions yet when some posts were made"]
        (row,) = x.post_readings([early], meter)
        assert "impressions" not in row.values

    def test_a_post_without_counts_is_a_post(self, server: Loopback, meter: Meter) -> None:
        post = {"id": post_id(OLD), "created_at": "odd", "public_metrics": "many"}
        server.on("GET", TIMELINE, Reply(200, {"data": [post], "meta": {}}))
        (row,) = listed(connected(server), meter, SINCE, OLD + timedelta(days=1))
        assert dict(row.values) == {}
        assert "X gave no impressions, reactions, comments" in meter.gaps[0]

    @pytest.mark.parametrize("refused", ["followers", "posts_total"])
    def test_levels_that_x_leaves_out(
        self, world: XWorld, x: X, meter: Meter, refused: str
    ) -> None:
        world.refused.add(refused)
        found = list(x.account_readings(NOW.date(), NOW.date(), meter))
        assert {one.metric for one in found} == {"followers", "posts_total"} - {refused}
        assert meter.gaps

    def test_levels_that_x_leaves_blank(self, world: XWorld, x: X, meter: Meter) -> None:
        world.posts_total, world.followers = None, -1
        found = {one.metric: one for one in x.account_readings(NOW.date(), NOW.date(), meter)}
        assert {one.value for one in found.values()} == {None}
        assert found["posts_total"].reason == "X left it blank"
        assert found["followers"].reason == "X gave something that no count can be"

    def test_levels_are_of_the_day_in_utc(self, world: XWorld, x: X, at: At) -> None:
        at("2027-06-30T23:30+00:00")  # the first of July in London
        (followers, _) = x.account_readings(date(2027, 1, 1), date(2027, 2, 1), Meter())
        assert (followers.first, followers.last) == (date(2027, 6, 30), date(2027, 6, 30))


class TestOwnAccount:
    def test_is_asked_for_once(self, world: XWorld, meter: Meter) -> None:
        x = world.adapter()
        listed(x, meter)
        assert x.own_id == OWN
        listed(x, meter)
        assert world.routes().count("/2/users/me") == 1

    @pytest.mark.parametrize("known", ["", "../tweets", "@cplscb"])
    def test_is_asked_for_where_what_is_known_is_no_id(
        self, world: XWorld, meter: Meter, known: str
    ) -> None:
        x = world.adapter()
        x.own_id = known
        listed(x, meter)
        assert set(world.routes()) == {"/2/users/me", TIMELINE}

    def test_serves_publishing_too(self, world: XWorld, x: X) -> None:
        list(x.publications(YOUNG))
        assert world.routes() == [TIMELINE]

    @pytest.mark.parametrize("way", ["posts", "account_readings"])
    def test_of_another_is_refused(self, server: Loopback, meter: Meter, way: str) -> None:
        counts = {"followers_count": 5}
        body = {"data": {"id": "78", "username": "somebody", "public_metrics": counts}}
        server.on("GET", "/2/users/me", Reply(200, body))
        x = made(X, server.base)
        with pytest.raises(AuthError, match="belong to @somebody, and config"):
            list(
                x.posts(SINCE, NOW, meter)
                if way == "posts"
                else x.account_readings(NOW.date(), NOW.date(), meter)
            )
        assert x.own_id is None

    @pytest.mark.parametrize("body", [{"errors": [{"detail": "no"}]}, {"data": {"id": "me"}}])
    def test_that_is_not_told_is_asked_for_again(
        self, server: Loopback, meter: Meter, body: Any
    ) -> None:
        for status in (200, 400, 404):
            server.on("GET", "/2/users/me", Reply(status, body))
            with pytest.raises(UnavailableError):
                listed(made(X, server.base), meter)

    def test_without_keys_nothing_is_asked_or_counted(self, server: Loopback, meter: Meter) -> None:
        x = made(X, server.base, api_key="")
        with pytest.raises(SecretsMissingError):
            listed(x, meter)
        assert (meter.calls, server.asked) == (0, [])


class TestMoney:
    def test_is_charged_for_what_was_returned(self, world: XWorld, meter: Meter) -> None:
        x = world.adapter()
        posts = hold_many(world, 3, 2)
        listed(x, meter)
        assert meter.dollars == Decimal("0.010") + 5 * Decimal("0.005")
        world.lose(posts[0])
        before = meter.dollars
        list(x.post_readings(posts, meter))
        assert meter.dollars - before == 4 * Decimal("0.005")
        before = meter.dollars
        list(x.account_readings(NOW.date(), NOW.date(), meter))
        assert meter.dollars - before == Decimal("0.010")

    def test_is_less_for_the_list_where_the_account_owns_the_app(
        self, world: XWorld, x: X, meter: Meter
    ) -> None:
        """X's own posts cost less in a list, and by their ids what all posts do."""
        x.board_prices = {"owned_read": Decimal("0.001"), "user_read": Decimal("0.02")}
        posts = hold_many(world, 3, 2)
        listed(x, meter)
        assert meter.dollars == Decimal("0.005")
        list(x.post_readings(posts, meter))
        assert meter.dollars == Decimal("0.030")
        list(x.account_readings(NOW.date(), NOW.date(), meter))
        assert meter.dollars == Decimal("0.050")

    @pytest.mark.parametrize(("strange", "dollars"), [("reset", "1.5"), ("500", "0")])
    def test_is_charged_for_an_answer_that_was_cut_off(
        self, world: XWorld, x: X, meter: Meter, strange: Strange, dollars: str
    ) -> None:
        """X may have given a hundred posts each time that it was asked."""
        hold_many(world, 1, 0)
        world.be_strange(strange)
        with pytest.raises(UnavailableError):
            listed(x, meter, since=NOW - timedelta(days=1))
        assert (meter.calls, meter.dollars) == (3, Decimal(dollars))

    def test_is_by_the_boards_prices(self, world: XWorld, x: X, meter: Meter) -> None:
        x.board_prices = {"post_read": Decimal(1)}
        hold_many(world, 1, 1)
        listed(x, meter)
        assert meter.dollars == 2

    def test_that_a_page_could_cost_must_be_left(self, world: XWorld, x: X) -> None:
        posts = hold_many(world, 100, 3)
        meter = Meter(dollars_left=Decimal("0.52"))
        found: list[PostRow] = []
        with pytest.raises(BudgetSpentError):
            found.extend(x.posts(SINCE, NOW, meter))
        assert meter.calls == len(world.asked) == 1
        assert meter.dollars == Decimal("0.500")
        # three posts by their ids can cost less than a page
        assert len(list(x.post_readings(posts[100:], meter))) == 3

    def test_a_small_budget_asks_for_smaller_pages(self, world: XWorld, x: X) -> None:
        hold_many(world, 100, 0)
        meter = Meter(dollars_left=Decimal("0.05"))
        found: list[PostRow] = []
        with pytest.raises(BudgetSpentError):
            found.extend(x.posts(SINCE, NOW, meter))
        assert world.asked[0].query["max_results"] == "10"
        assert meter.dollars == Decimal("0.050")

    def test_is_not_charged_for_what_failed(self, server: Loopback, meter: Meter) -> None:
        server.on("GET", TIMELINE, Reply(503, None), Reply(200, {"meta": {"result_count": 0}}))
        assert listed(connected(server), meter, YOUNG) == []
        assert meter.calls == 2
        assert meter.dollars == 0


class TestTrouble:
    def test_of_xs_own_is_soon_asked_again_and_counts(self, server: Loopback, meter: Meter) -> None:
        post = {"id": post_id(YOUNG), "created_at": "odd", "public_metrics": {"like_count": 2}}
        fine = Reply(200, {"data": [post]})
        server.on("GET", "/2/tweets", Reply(503, None), Reply(reset=True), fine)
        posts = [Publication("x", post_id(YOUNG), YOUNG)]
        assert len(list(connected(server).post_readings(posts, meter))) == 1
        assert meter.calls == len(server.asked) == 3
        server.on("GET", "/2/tweets", Reply(503, None))
        with pytest.raises(UnavailableError):
            list(connected(server).post_readings(posts, meter))
        assert meter.calls == len(server.asked) == 6

    @pytest.mark.parametrize("status", [401, 402, 429])
    def test_of_another_kind_is_not(self, server: Loopback, meter: Meter, status: int) -> None:
        server.on("GET", "/2/users/me", Reply(status, {}))
        with pytest.raises(PlatformError):
            listed(made(X, server.base), meter)
        assert meter.calls == len(server.asked) == 1

    def test_is_not_asked_about_beyond_the_budget(self, server: Loopback) -> None:
        server.on("GET", TIMELINE, Reply(503, None))
        meter = Meter(calls_left=2)
        with pytest.raises(BudgetSpentError):
            listed(connected(server), meter)
        assert len(server.asked) == 2

    def test_never_leaves_what_was_asked_in_doubt(self, server: Loopback, meter: Meter) -> None:
        words = {"detail": "You are not allowed to create a Tweet with duplicate content."}
        for route in ("/2/users/me", TIMELINE, "/2/tweets"):
            server.on("GET", route, Reply(403, words))
        x = connected(server)
        for rows in (
            x.posts(SINCE, NOW, meter),
            x.post_readings([Publication("x", post_id(OLD), OLD)], meter),
            x.account_readings(NOW.date(), NOW.date(), meter),
        ):
            with pytest.raises(UnavailableError):
                list(rows)

    def test_without_credit_is_told(self, world: XWorld, x: X, meter: Meter) -> None:
        world.be_strange("402")
        with pytest.raises(NoCreditError):
            listed(x, meter)

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"meta": {}},
            {"data": {}},
            {"data": "none"},
            {"data": None},
            {"meta": {"result_count": "0"}},
            {"errors": [{"code": 88, "message": "Rate limit exceeded"}]},
            {"errors": [problem("not-authorized-for-resource", "no")]},
        ],
        ids=str,
    )
    def test_an_answer_that_does_not_say_is_not_the_news_of_no_posts(
        self, server: Loopback, meter: Meter, body: Any
    ) -> None:
        server.on("GET", TIMELINE, Reply(200, body))
        with pytest.raises(UnavailableError):
            listed(connected(server), meter, YOUNG)

    @pytest.mark.parametrize("name", ["11_get_101", "12_get_bad_field", "17_rate_limited"])
    def test_recorded_refusals_are_errors(self, server: Loopback, meter: Meter, name: str) -> None:
        answer = recorded(name)
        server.on("GET", "/2/tweets", Reply(answer["status"], answer["body"]))
        with pytest.raises(PlatformError):
            list(connected(server).post_readings([Publication("x", "309", NOW)], meter))

    @pytest.mark.parametrize(("name", "ids"), [("10_get_missing", ["309"]), ("16_get_deleted", [])])
    def test_recorded_answers_are_understood(
        self, server: Loopback, meter: Meter, name: str, ids: list[str]
    ) -> None:
        answer = recorded(name)
        server.on("GET", "/2/tweets", Reply(answer["status"], answer["body"]))
        posts = [Publication("x", one, NOW) for one in ("309", "1999999999999999999")]
        rows = connected(server).post_readings(posts, meter)
        assert [row.publication.platform_id for row in rows] == ids

    @pytest.mark.parametrize(
        ("errors", "error"),
        [
            ([problem("resource-not-found", "no", "api.twitter.com")], None),
            ([problem("not-authorized-for-resource", "no")], None),
            ([problem("internal-error", "no")], UnavailableError),
            ([problem("resource-not-found", "no"), {"detail": "odd"}], None),
            ([{"message": "odd"}], UnavailableError),
            ("odd", UnavailableError),
        ],
    )
    def test_posts_that_are_all_gone_are_told_from_trouble(
        self, server: Loopback, meter: Meter, errors: Any, error: type[Exception] | None
    ) -> None:
        server.on("GET", "/2/tweets", Reply(200, {"errors": errors}))
        rows = connected(server).post_readings([Publication("x", post_id(OLD), OLD)], meter)
        if error is None:
            assert list(rows) == []
            return
        with pytest.raises(error):
            list(rows)

    def test_with_some_posts_is_a_gap(self, server: Loopback, meter: Meter) -> None:
        post = {"id": post_id(OLD), "created_at": "odd", "public_metrics": {"like_count": 2}}
        words = "No such person: a_person"
        errors = [problem("field-hydration-failure", words), {"detail": words}]
        server.on("GET", TIMELINE, Reply(200, {"data": [post], "errors": errors}))
        until = OLD + timedelta(days=1)
        assert len(listed(connected(server), meter, SINCE, until)) == 1
        assert "X could not show some posts: they may be missing" in meter.gaps
        assert "a_person" not in repr(meter)
        gone = {"data": [post], "errors": [problem("resource-not-found", words)]}
        server.on("GET", TIMELINE, Reply(200, gone))
        again = Meter()
        listed(connected(server), again, SINCE, until)
        assert "X could not show some posts: they may be missing" in again.gaps

    def test_what_makes_no_sense_is_passed_over(self, server: Loopback, meter: Meter) -> None:
        good = {
            "id": post_id(YOUNG),
            "created_at": "2026-11-19T09:00:00Z",
            "text": {"a": 1},
            "conversation_id": ["1"],
            "entities": {"urls": [None, 3, {"url": 4}, {"url": "https://t.co/a", "media_key": 7}]},
            "note_tweet": {"text": ["a"], "entities": "b"},
            "note_post": "c",
            "referenced_tweets": [None, "d", {"type": ["replied_to"]}, {"type": {}}],
            "referenced_posts": {"type": "replied_to"},
            "edit_history_tweet_ids": 5,
            "public_metrics": {"like_count": 2},
            "non_public_metrics": ["e"],
        }
        odd: list[Any] = [
            None,
            7,
            "post",
            {},
            {"id": 4},
            {"id": ["5"]},
            {"id": "-6"},
            {"id": "9" * 30},
            {**good, "id": post_id(OLD), "created_at": "0001-01-01T00:00:00+23:59"},
        ]
        errors: list[Any] = [None, 3, {"type": 3, "resource_id": ["1"]}, {"type": "/" * 9}]
        errors.append(problem("not-authorized-for-field", "no", resource_id=["1"], value={}))
        body = {"data": [*odd, good, good], "errors": errors, "meta": {"next_token": 4}}
        server.on("GET", TIMELINE, Reply(200, body))
        rows = listed(connected(server), meter, YOUNG - timedelta(days=1))
        assert [(row.publication.platform_id, dict(row.values)) for row in rows] == [
            (good["id"], {"reactions": 2})
        ]
        assert len(server.asked) == 1
        server.on("GET", "/2/tweets", Reply(200, body))
        known = [Publication("x", str(good["id"]), YOUNG)]
        assert len(list(connected(server).post_readings(known, meter))) == 1


def test_secrets_show_nowhere(
    world: XWorld, x: X, meter: Meter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    posts = hold_many(world, 1, 1)
    rows = [*listed(x, meter), *x.post_readings(posts, meter)]
    levels = list(x.account_readings(NOW.date(), NOW.date(), meter))
    everything = f"{caplog.text} {rows!r} {levels!r} {meter!r} {x!r}"
    assert [one for one in world.secrets if one in everything] == []

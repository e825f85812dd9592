"""The figures of a Page and of its posts, against a Graph API on loopback that refuses a lot."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sgcomms.errors import AuthError, RateLimitError, UnavailableError
from sgcomms.metering import BudgetSpentError, Meter
from sgcomms.metrics import METRICS
from sgcomms.models import PostRow, Publication, Reading
from sgcomms.platforms import Measuring
from sgcomms.platforms.facebook import Facebook
from tests.conftest import At
from tests.platforms.facebook_world import PAGE, VALID, connected, post, running
from tests.platforms.graph_cases import NOW, SPECS, TOKEN, Specification, error, in_turn, usage
from tests.platforms.graph_posts import (
    FEW,
    REFUSALS,
    RIGHTS,
    Insights,
    Post,
    Refuse,
    broken,
    by_metric,
    nested,
    not_supported,
    not_valid,
    publications,
    stamp,
)
from tests.platforms.graph_server import Reply, Request
from tests.platforms.graph_world import hurry

POSTS = f"{PAGE}/published_posts"
DAYS = f"{PAGE}/insights"
SINCE = NOW - timedelta(days=60)
LINK = "https://www.example.org/a?utm_source=facebook&utm_content=safer-sleeping.clear-cot.ours"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.fixture
def meta() -> Iterator[Insights]:
    """An account with three posts."""
    with running() as found:
        found.posts = [post(number) for number in (3, 2, 1)]
        yield found


@pytest.fixture
def page(meta: Insights) -> Facebook:
    return connected(meta)


@pytest.fixture
def meter() -> Meter:
    return Meter()


def many(count: int, **options: Any) -> list[Post]:
    return [post(number, **options) for number in range(count, 0, -1)]


WHOLE = {
    "views": 101.0,
    "reach": 80.0,
    "clicks_all": 9.0,
    "clicks_link": 5.0,
    "reactions": 7.0,
    "comments": 2.0,
    "shares": 4.0,
}


def read(page: Facebook, meter: Meter, until: datetime = NOW) -> list[PostRow]:
    return list(page.posts(SINCE, until, meter))


def numbers(rows: list[PostRow]) -> list[int]:
    return [int(row.publication.platform_id.partition("_")[2]) for row in rows]


class TestPosts:
    def test_come_with_their_figures_by_the_same_request(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        rows = read(page, meter)
        assert numbers(rows) == [3, 2, 1]
        assert rows[2].values == WHOLE
        assert rows[2].values.keys() == page.measures
        assert page.measures <= METRICS.keys()
        assert (len(meta.got), meter.calls, meter.gaps) == (1, 1, [])

    def test_are_told_as_the_page_shows_them(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        shim = "https://l.facebook.com/l.php?h=1&u=https%3A%2F%2Fwww.example.org%2Fshim"
        card = {"media_type": "link", "url": shim, "unshimmed_url": LINK}
        meta.posts = [
            post(4, attachments={"data": [{"media_type": "link", "url": shim}]}),
            post(3, attachments={"data": [card]}, message=f"Read {LINK}."),
            post(2, message="See https://www.example.org/b, all of it."),
            post(1, attachments="odd", message=None, permalink_url=None),
        ]
        shim_row, card_row, photo_row, bare_row = (row.publication for row in read(page, meter))
        assert (card_row.account, card_row.platform_id) == ("ours", f"{PAGE}_3")
        assert card_row.published_at == NOW - timedelta(hours=997)
        assert card_row.url == f"https://www.facebook.com/{PAGE}/posts/3"
        assert (card_row.kind, card_row.links) == ("link", (LINK,))
        assert shim_row.links == ("https://www.example.org/shim",)
        assert (photo_row.kind, photo_row.links) == ("image", ("https://www.example.org/b",))
        assert (bare_row.kind, bare_row.text, bare_row.links) == (None, None, ())
        assert bare_row.url == f"https://www.facebook.com/{PAGE}_1"
        listed = list(page.publications(SINCE))
        assert listed == [shim_row, card_row, photo_row, bare_row]

    def test_from_a_moment_until_another(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        since, until = meta.posts[2].made, meta.posts[0].made
        meta.routes[POSTS] = lambda request: Reply({"data": [shown(one) for one in meta.posts]})
        assert numbers(list(page.posts(since, until, meter))) == [2, 1]
        (asked,) = meta.got
        assert asked.query["since"] == str(int(since.timestamp()))
        assert int(asked.query["until"]) >= until.timestamp()

    def test_nothing_is_asked_about_other_people(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        read(page, meter)
        list(page.post_readings(publications(meta.posts), meter))
        for request in meta.got:
            fields = request.query["fields"]
            assert "from" not in fields
            assert "comments.summary(true).limit(0)" in fields
            assert "reactions.summary(total_count).limit(0)" in fields
            assert fields.count("comments") == fields.count("reactions.") == 1

    def test_the_names_and_the_version_are_kept(self, page: Facebook, meter: Meter) -> None:
        read(page, meter)
        assert meter.natives == {
            "views": "post_media_view",
            "reach": "post_total_media_view_unique",
            "clicks_all": "post_clicks",
            "clicks_link": "post_clicks_by_type",
            "reactions": "post_reactions_by_type_total",
            "comments": "comments.summary.total_count",
            "shares": "shares.count",
        }
        assert meter.facts["api"] == f"Graph API {page.version}"
        assert isinstance(page, Measuring)


def shown(one: Post) -> dict[str, Any]:
    return {"id": one.id, **one.fields}


class TestValues:
    def values(
        self, page: Facebook, meta: Insights, meter: Meter, one: Post
    ) -> dict[str, float | None]:
        meta.posts = [one]
        (row,) = read(page, meter)
        return dict(row.values)

    def test_shares_that_are_absent_are_nought(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        one = post(1)
        del one.fields["shares"]
        assert self.values(page, meta, meter, one)["shares"] == 0
        assert meter.gaps == []

    @pytest.mark.parametrize("shares", [None, 4, {}, {"count": "4"}, {"count": -1}, [4]])
    def test_shares_that_make_no_sense_are_none(
        self, page: Facebook, meta: Insights, meter: Meter, shares: object
    ) -> None:
        assert self.values(page, meta, meter, post(1, shares=shares))["shares"] is None
        assert meter.gaps == ["Facebook has no shares (shares.count) of some posts"]

    @pytest.mark.parametrize(
        ("value", "expected"),
        [({}, 0), ({"like": 1, "love": 2, "wow": 0}, 3), (5, 5)],
    )
    def test_reactions_are_summed_over_their_kinds(
        self, page: Facebook, meta: Insights, meter: Meter, value: object, expected: float
    ) -> None:
        one = post(1, reactions={"summary": {"total_count": 99}})
        one.figures["post_reactions_by_type_total"] = value
        assert self.values(page, meta, meter, one)["reactions"] == expected

    @pytest.mark.parametrize("value", [{"like": 1, "love": -1}, {"like": "1"}, {"like": None}])
    def test_no_part_of_a_sum_stands_for_it(
        self, page: Facebook, meta: Insights, meter: Meter, value: object
    ) -> None:
        one = post(1, reactions={})
        one.figures["post_reactions_by_type_total"] = value
        assert self.values(page, meta, meter, one)["reactions"] is None

    @pytest.mark.parametrize(
        ("value", "expected"),
        [({"photo view": 3}, 0), ({}, 0), ({"link clicks": "5"}, None), (9, None), (None, None)],
    )
    def test_link_clicks_are_one_kind_of_clicks(
        self,
        page: Facebook,
        meta: Insights,
        meter: Meter,
        value: object,
        expected: float | None,
    ) -> None:
        one = post(1)
        one.figures["post_clicks_by_type"] = value
        assert self.values(page, meta, meter, one)["clicks_link"] == expected

    def test_a_total_value_counts_as_well(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        entry = {"name": "post_media_view", "total_value": {"value": 8}}
        meta.routes[POSTS] = Reply({"data": [shown(post(1)) | {"insights": {"data": [entry]}}]})
        (row,) = read(page, meter)
        assert (row.values["views"], row.values["reach"]) == (8, None)

    def test_empty_insights_are_no_nought(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        one = post(1)
        one.figures.clear()
        values = self.values(page, meta, meter, one)
        blank = {"views": None, "reach": None, "clicks_all": None, "clicks_link": None}
        assert values == {**blank, "reactions": 7, "comments": 2, "shares": 4}
        assert "Facebook has no views (post_media_view) of some posts" in meter.gaps
        assert meter.natives["reactions"] == "reactions.summary.total_count"

    def test_two_sources_of_a_metric_are_both_named(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        del meta.posts[1].figures["post_reactions_by_type_total"]
        read(page, meter)
        names = "post_reactions_by_type_total / reactions.summary.total_count"
        assert meter.natives["reactions"] == names
        assert meter.gaps == []

    @pytest.mark.parametrize(
        "insights",
        [
            None,
            [],
            {"data": None},
            {"data": [None, 1, {}, {"name": 1, "values": [{"value": 1}]}]},
            {"data": [{"name": "post_media_view", "values": {}}]},
            {"data": [{"name": "post_media_view", "values": [7], "total_value": 7}]},
        ],
    )
    def test_what_makes_no_sense_is_blank(
        self, page: Facebook, meta: Insights, meter: Meter, insights: object
    ) -> None:
        meta.routes[POSTS] = Reply({"data": [shown(post(1)) | {"insights": insights}]})
        (row,) = read(page, meter)
        assert (row.values["views"], row.values["comments"]) == (None, 2)

    @pytest.mark.parametrize(
        "listed",
        [[None, 7], [{}], [{"id": "a/b", "created_time": stamp(NOW)}], [{"id": "1"}]],
    )
    def test_what_is_no_post_is_passed_over(
        self, page: Facebook, meta: Insights, meter: Meter, listed: object
    ) -> None:
        meta.routes[POSTS] = Reply({"data": listed})
        assert read(page, meter) == []


class TestRefusedMetrics:
    @REFUSALS
    @pytest.mark.parametrize(
        "metrics",
        [
            ["post_media_view"],
            ["post_media_view", "post_clicks_by_type"],
            ["post_clicks", "post_media_view", "post_total_media_view_unique"],
        ],
    )
    def test_are_left_out_and_named_and_the_rest_comes(
        self, page: Facebook, meta: Insights, meter: Meter, refuse: Refuse, metrics: list[str]
    ) -> None:
        ours = {
            "post_media_view": "views",
            "post_total_media_view_unique": "reach",
            "post_clicks": "clicks_all",
            "post_clicks_by_type": "clicks_link",
        }
        meta.refuse, meta.known = refuse, VALID - {*metrics}
        gone = {ours[one] for one in metrics}
        rows = read(page, meter)
        assert numbers(rows) == [3, 2, 1]
        assert rows[2].values == {k: v for k, v in WHOLE.items() if k not in gone}
        assert len(meter.gaps) == len(metrics)
        for name in metrics:
            assert any(name in gap and "does not offer" in gap for gap in meter.gaps)
        assert meter.calls == len(meta.got)

    @REFUSALS
    def test_may_be_all_of_them(
        self, page: Facebook, meta: Insights, meter: Meter, refuse: Refuse
    ) -> None:
        meta.refuse, meta.known = refuse, frozenset()
        rows = read(page, meter)
        assert rows[2].values == {"reactions": 7, "comments": 2, "shares": 4}
        assert len(meter.gaps) == 5

    @REFUSALS
    def test_are_not_asked_for_again_in_the_same_run(
        self, page: Facebook, meta: Insights, meter: Meter, refuse: Refuse
    ) -> None:
        meta.refuse, meta.known = refuse, VALID - {"post_media_view"}
        read(page, meter)
        before, gaps = len(meta.got), [*meter.gaps]
        read(page, meter)
        list(page.post_readings(publications(meta.posts), meter))
        assert len(meta.got) == before + 2
        assert meter.gaps == gaps

    def test_are_asked_for_again_in_the_next_run(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.known = VALID - {"post_media_view"}
        read(page, meter)
        meta.known = VALID
        later = Meter()
        assert read(page, later)[2].values == WHOLE
        assert later.gaps == []

    def test_are_found_out_on_one_post_not_on_the_list(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.posts = many(300)
        meta.known = VALID - {"post_clicks"}
        read(page, meter)
        tried = [one for one in meta.got if one.path.endswith("/insights")]
        assert [one.query["metric"] for one in tried] == [
            "post_media_view",
            "post_total_media_view_unique",
            "post_clicks",
            "post_clicks_by_type",
            "post_reactions_by_type_total",
        ]
        lists = [one.query["limit"] for one in meta.asked(POSTS)]
        assert lists == ["100", "1", "100", "100", "100"]

    def test_that_are_fields_of_posts_are_found_out_on_one_post_too(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.posts, meta.without = many(150), frozenset(("shares",))
        rows = read(page, meter)
        assert rows[-1].values == {k: v for k, v in WHOLE.items() if k != "shares"}
        assert meter.gaps == ["Facebook does not offer shares"]
        lists = [one.query["limit"] for one in meta.asked(POSTS)]
        assert lists == ["100", "1", "100", "100"]
        alone = [one.query["fields"] for one in meta.asked(f"{PAGE}_150")]
        assert alone == ["id,shares", "id"]
        list(page.post_readings(publications(meta.posts[:50]), meter))
        assert meter.calls == len(meta.got) == len(lists) + len(alone) + 1

    @REFUSALS
    def test_later_lose_no_page_that_was_read(
        self, page: Facebook, meta: Insights, meter: Meter, refuse: Refuse
    ) -> None:
        meta.posts = many(150)

        def forget(request: Request, reply: Reply) -> Reply:
            meta.refuse, meta.known = refuse, VALID - {"post_media_view"}
            return reply

        meta.after = forget
        rows = read(page, meter)
        assert numbers(rows) == list(range(150, 0, -1))
        assert all("views" in row.values for row in rows[:100])
        assert not any("views" in row.values for row in rows[100:])
        assert all(row.values["reach"] == 80 for row in rows)

    def test_on_a_page_without_posts_are_no_harm(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.posts = []
        meta.routes[POSTS] = lambda request: (
            not_valid(["no"], VALID) or Reply() if nested(request) else Reply({"data": []})
        )
        assert read(page, meter) == []

    def test_of_videos_alone_are_left_out_of_videos_alone(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.posts = [post(4, kind="video"), post(3), post(2, kind="video_inline"), post(1)]

        def refuses(names: list[str], one: Post) -> Reply | None:
            video = "video" in one.fields["attachments"]["data"][0]["media_type"]
            return not_supported(names, VALID - {"post_clicks"}) if video else None

        meta.refuses = refuses
        rows = read(page, meter)
        assert [row.values.get("clicks_all") for row in rows] == [None, 9, None, 9]
        assert ["clicks_all" in row.values for row in rows] == [False, True, False, True]
        assert [row.values["views"] for row in rows] == [104, 103, 102, 101]
        assert meter.gaps == ["Facebook does not offer all clicks (post_clicks) of videos"]


class TestRefusedPosts:
    def refuse(self, meta: Insights, numbers: set[int], reply: Reply) -> None:
        ids = {f"{PAGE}_{number}" for number in numbers}
        meta.refuses = lambda names, one: reply if one.id in ids else None

    def test_cost_no_other_its_figures(self, page: Facebook, meta: Insights, meter: Meter) -> None:
        meta.posts = many(60)
        words = f"(#100) Tried accessing nonexisting field (insights) on node type {PAGE}_7"
        self.refuse(meta, {7}, error(100, words=words))
        rows = read(page, meter)
        assert numbers(rows) == list(range(60, 0, -1))
        assert [row.values["views"] for row in rows if row.values["views"] is None] == [None]
        (odd,) = [row for row in rows if row.publication.platform_id == f"{PAGE}_7"]
        assert odd.values["views"] is None
        assert (odd.values["reactions"], odd.values["comments"]) == (7, 2)
        assert any("shows no figures of some posts" in gap for gap in meter.gaps)
        assert f"{PAGE}_7" not in "".join(meter.gaps)
        assert meter.calls < 20

    def test_that_are_all_of_them_are_not_asked_one_by_one(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.posts = many(400)
        self.refuse(meta, set(range(1, 401)), error(100, words="(#100) Nonexisting field"))
        rows = read(page, meter)
        assert numbers(rows) == list(range(400, 0, -1))
        assert all(row.values["comments"] == 2 for row in rows)
        assert meter.calls < 30
        assert any("no more figures of posts" in gap for gap in meter.gaps)

    def test_too_few_viewers_are_no_missing_permission(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        self.refuse(meta, {2}, error(10, words=FEW, status=403))
        rows = read(page, meter)
        assert [row.values["views"] for row in rows] == [103, None, 101]
        assert meter.gaps[0] == f"Facebook shows no figures of some posts: {FEW} (code 10)"


class TestPermissions:
    def test_for_comments_that_are_missing_lead_to_insights(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.lacking = frozenset(("comments", "reactions"))
        del meta.posts[0].fields["shares"]
        rows = read(page, meter)
        assert rows[2].values == WHOLE
        assert meter.natives["comments"] == "post_activity_by_action_type"
        assert rows[0].values["shares"] == 4  # Insights know of some
        (gap,) = meter.gaps
        assert "pages_read_user_content" in gap
        before = len(meta.got)
        read(page, meter)
        assert len(meta.got) == before + 1

    def test_for_comments_where_insights_have_no_activity(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.lacking = frozenset(("comments", "reactions"))
        meta.known = VALID - {"post_activity_by_action_type"}
        rows = read(page, meter)
        assert rows[2].values == {k: v for k, v in WHOLE.items() if k != "comments"}

    def test_for_comments_of_a_post_without_any(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.lacking = frozenset(("comments", "reactions"))
        one = post(1)
        one.figures["post_activity_by_action_type"] = {}
        del one.fields["shares"]
        meta.posts = [one]
        (row,) = read(page, meter)
        assert (row.values["comments"], row.values["shares"]) == (0, 0)

    def test_for_insights_that_are_missing_leave_the_rest(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.lacking = VALID
        rows = read(page, meter)
        assert rows[2].values == {"reactions": 7, "comments": 2, "shares": 4}
        words = f"the token for Facebook may not read views (post_media_view): {RIGHTS} (code 10)"
        assert words in meter.gaps
        assert len(meter.gaps) == 5

    def test_for_one_metric_leave_the_others(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.lacking = frozenset(("post_total_media_view_unique",))
        rows = read(page, meter)
        assert rows[2].values == {k: v for k, v in WHOLE.items() if k != "reach"}

    def test_for_both_leave_what_is_left(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.lacking = VALID | {"comments", "reactions"}
        assert [row.values for row in read(page, meter)] == [{"shares": 4}] * 3

    def test_for_the_list_itself_are_told(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.routes[POSTS] = error(10, words=RIGHTS, status=403)
        with pytest.raises(AuthError, match="lacks a permission"):
            read(page, meter)


class TestBreakingOff:
    @pytest.mark.parametrize(
        "reply",
        [
            Reply(fault="half"),
            error(100, status=200),
            error(2, transient=True),
            error(100, 33),
            Reply({"data": None}),
            Reply({"data": {}}),
        ],
    )
    def test_after_a_page_keeps_the_page(
        self, page: Facebook, meta: Insights, meter: Meter, reply: Reply
    ) -> None:
        meta.posts = many(150)
        meta.after = lambda request, good: reply if "after" in request.query else good
        rows, caught = broken(page.posts(SINCE, NOW, meter), UnavailableError)
        assert numbers(rows) == list(range(150, 50, -1))
        assert all(row.values["reach"] == 80 for row in rows)
        assert TOKEN not in str(caught)

    def test_close_to_a_limit_asks_no_more(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.posts = many(150)
        meta.after = lambda request, good: Reply(good.body, headers=usage(95, 12))
        rows, caught = broken(page.posts(SINCE, NOW, meter), RateLimitError)
        assert len(rows) == 100
        assert isinstance(caught, RateLimitError)
        assert caught.retry_at == NOW + timedelta(minutes=12)
        assert (len(meta.got), meter.calls) == (1, 1)

    def test_every_try_is_counted(self, page: Facebook, meta: Insights, meter: Meter) -> None:
        meta.routes[POSTS] = in_turn(Reply(b"", 500), Reply(fault="close"), Reply({"data": []}))
        assert read(page, meter) == []
        assert (len(meta.got), meter.calls) == (3, 3)

    def test_no_try_is_made_beyond_the_budget(self, page: Facebook, meta: Insights) -> None:
        meta.routes[POSTS] = Reply(b"", 500)
        with pytest.raises(BudgetSpentError):
            read(page, Meter(calls_left=2))
        assert len(meta.got) == 2

    def test_among_figures_asked_for_apart_keeps_the_posts(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.refuses = lambda names, one: error(100, words="odd") if len(names) > 1 else None
        meta.routes[""] = error(80_001)
        rows, _ = broken(page.posts(SINCE, NOW, meter), RateLimitError)
        assert [row.values["comments"] for row in rows] == [2, 2, 2]
        assert meter.gaps == []  # they are not blank: they were not asked for

    def test_a_page_that_is_too_much_at_once_is_asked_for_in_smaller_ones(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.posts, meta.no_more_than = many(60), 30
        assert numbers(read(page, meter)) == list(range(60, 0, -1))
        limits = [one.query["limit"] for one in meta.got]
        assert limits == ["100"] * 3 + ["50"] * 3 + ["25"] * 3  # a 500 is asked thrice

    def test_a_page_that_is_always_too_much_comes_without_figures(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.no_more_than = 1
        assert [row.values["views"] for row in read(page, meter)] == [103, 102, 101]

    def test_a_list_without_an_end_ends(self, page: Facebook, meta: Insights, meter: Meter) -> None:
        following = {"next": f"{meta.base}/x?after=1"}
        meta.after = lambda request, good: Reply({**good.body, "paging": following})
        assert len(read(page, meter)) == 5
        assert len(meta.got) == 2
        assert any("its list did not end" in gap for gap in meter.gaps)

    def test_a_list_with_ever_new_pages_ends(
        self, page: Facebook, meta: Insights, meter: Meter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sgcomms.platforms.graph.asking.MOST_PAGES", 4)
        at = iter(range(100, 999))
        meta.after = lambda request, good: Reply(
            {"data": [shown(post(1))], "paging": {"next": f"https://x/?after={next(at)}"}}
        )
        assert len(read(page, meter)) == 4
        assert any("its list did not end" in gap for gap in meter.gaps)


class TestReadings:
    def test_come_fifty_at_once(self, page: Facebook, meta: Insights, meter: Meter) -> None:
        meta.posts = many(120)
        rows = list(page.post_readings(publications(meta.posts), meter))
        assert numbers(rows) == list(range(120, 0, -1))
        assert rows[-1].values == WHOLE
        assert [len(one.query["ids"].split(",")) for one in meta.got] == [50, 50, 20]
        assert meter.calls == 3

    def test_of_one_post(self, page: Facebook, meta: Insights, meter: Meter) -> None:
        (row,) = page.post_readings(publications(meta.posts[2:]), meter)
        assert row.values == WHOLE
        assert [one.path for one in meta.got] == [f"/v25.0/{PAGE}_1"]

    def test_keep_what_is_known_and_add_what_is_shown(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.posts = [post(1, url=LINK, kind="link")]
        at = NOW - timedelta(days=3)
        known = Publication("ours", f"{PAGE}_1", at, url="https://a", kind="image", text="As sent")
        (row,) = page.post_readings([known], meter)
        shown = row.publication
        assert (shown.account, shown.platform_id, shown.published_at) == ("ours", f"{PAGE}_1", at)
        assert (shown.text, shown.kind, shown.links) == ("Post 1", "link", (LINK,))
        meta.posts[0].fields.clear()
        (row,) = page.post_readings([known], meter)
        assert row.publication == known

    @pytest.mark.parametrize("told", [True, False])
    @pytest.mark.parametrize("gone", [{1}, {50}, {25, 26}, set(range(1, 51)), set(range(2, 51))])
    def test_of_posts_that_are_gone_are_left_out(
        self, page: Facebook, meta: Insights, meter: Meter, told: bool, gone: set[int]
    ) -> None:
        meta.tells_gone = told
        meta.posts = many(50)
        for one in meta.posts:
            one.gone = int(one.id.partition("_")[2]) in gone
        rows = list(page.post_readings(publications(meta.posts), meter))
        assert numbers(rows) == [one for one in range(50, 0, -1) if one not in gone]
        assert all(row.values["reach"] == 80 for row in rows)
        assert meter.gaps == []

    def test_of_ids_that_meta_calls_aliases_are_left_out(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        words = "(#803) Some of the aliases you requested do not exist"
        meta.after = lambda request, good: (
            error(803, status=404, words=words) if f"{PAGE}_2" in request.target else good
        )
        assert numbers(list(page.post_readings(publications(meta.posts), meter))) == [3, 1]
        assert meter.gaps == []

    def test_of_posts_known_by_their_address_cannot_be_asked(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        odd = ["https://facebook.com/cplscb/posts/pfbid0abc", "me", "", "1,2", f"{PAGE}_1/likes"]
        posts = [Publication("ours", one, NOW) for one in odd]
        rows = list(page.post_readings([*posts, *publications(meta.posts) * 2], meter))
        assert numbers(rows) == [3, 2, 1]
        (asked,) = meta.got
        assert asked.query["ids"] == f"{PAGE}_3,{PAGE}_2,{PAGE}_1"
        assert meter.gaps == [
            "some posts are known by their address, by which Facebook is not asked"
        ]

    @REFUSALS
    @pytest.mark.parametrize("gone", [False, True])
    def test_lack_what_is_refused(
        self, page: Facebook, meta: Insights, meter: Meter, refuse: Refuse, gone: bool
    ) -> None:
        meta.posts = many(40)
        meta.posts[0].gone = gone
        meta.refuse, meta.known = refuse, VALID - {"post_media_view"}
        rows = list(page.post_readings(publications(meta.posts), meter))
        assert len(rows) == 40 - gone
        assert rows[-1].values == {k: v for k, v in WHOLE.items() if k != "views"}
        assert len(meter.gaps) == 1

    def test_without_permission_for_comments(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.lacking = frozenset(("comments", "reactions"))
        rows = list(page.post_readings(publications(meta.posts), meter))
        assert rows[2].values == WHOLE

    def test_of_a_post_without_insights_have_the_rest(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        odd = error(100, words="(#100) Nonexisting field (insights)")
        meta.refuses = lambda names, one: odd if one.id.endswith("_2") else None
        rows = list(page.post_readings(publications(meta.posts), meter))
        assert [row.values["views"] for row in rows] == [103, None, 101]
        assert [row.values["comments"] for row in rows] == [2, 2, 2]
        assert meter.gaps

    def test_before_a_break_are_good(self, page: Facebook, meta: Insights, meter: Meter) -> None:
        meta.posts = many(120)
        meta.after = lambda request, good: good if len(meta.got) < 2 else error(80_001)
        rows, _ = broken(page.post_readings(publications(meta.posts), meter), RateLimitError)
        assert len(rows) == 50

    def test_within_a_batch_that_is_asked_in_parts_are_good_before_a_break(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.tells_gone = False
        meta.posts = many(40)
        meta.posts[-1].gone = True
        meta.after = lambda request, good: good if len(meta.got) < 3 else error(80_001)
        rows, _ = broken(page.post_readings(publications(meta.posts), meter), RateLimitError)
        assert numbers(rows) == list(range(40, 20, -1))
        assert all(row.values["reach"] == 80 for row in rows)

    def test_where_the_token_may_see_nothing_are_told(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.after = lambda request, good: error(10, words=RIGHTS, status=403)
        with pytest.raises(AuthError):
            list(page.post_readings(publications(meta.posts), meter))


LAST = date(2026, 11, 20)


class TestTheAccount:
    @pytest.fixture(autouse=True)
    def days(self, meta: Insights) -> None:
        for day in (LAST - timedelta(days=n) for n in range(800)):
            meta.daily[day, "page_media_view"] = {"paid": 1, "organic": 30 + day.day}
            meta.daily[day, "page_total_media_view_unique"] = 20
            meta.daily[day, "page_post_engagements"] = 3

    def read(self, page: Facebook, meter: Meter, days: int = 3, last: date = LAST) -> list[Reading]:
        return list(page.account_readings(last - timedelta(days=days - 1), last, meter))

    def test_has_followers_today(self, page: Facebook, meta: Insights, meter: Meter) -> None:
        first, *_ = self.read(page, meter)
        today = NOW.date()
        assert first == Reading("ours", "followers", 124, today, today, "followers_count")
        assert meta.asked(PAGE)[0].query["fields"] == "id,followers_count,fan_count"

    def test_that_is_not_shown_still_has_its_days(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.routes[PAGE] = error(100, words="(#100) Nonexisting field (fan_count)")
        followers, *rest = self.read(page, meter)
        assert followers.value is None
        assert len(rest) == 9
        assert "does not show the account" in meter.gaps[0]

    def test_has_what_it_received_by_day(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        rows = self.read(page, meter)
        views = by_metric(rows, "views")
        days = [date(2026, 11, day) for day in (18, 19, 20)]
        assert [(one.first, one.last, one.value) for one in views] == [
            (day, day, 31 + day.day) for day in days
        ]
        assert {one.subject for one in rows} == {"ours"}
        assert {one.basis for one in rows if one.metric != "followers"} == {"received"}
        assert [one.value for one in by_metric(rows, "reach")] == [20, 20, 20]
        assert [one.native for one in by_metric(rows, "engagements")] == [
            "page_post_engagements"
        ] * 3
        assert meter.natives["views"] == "page_media_view"
        assert meter.facts["day_boundary"] == "America/Los_Angeles"
        assert (len(meta.got), meter.calls, meter.gaps) == (2, 2, [])

    def test_200_days_are_asked_for_in_parts_of_90(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        rows = self.read(page, meter, days=200)
        days = [one.first for one in by_metric(rows, "reach")]
        assert days == [LAST - timedelta(days=n) for n in range(199, -1, -1)]
        assert len(meta.asked(DAYS)) == 3
        for one in meta.asked(DAYS):
            assert int(one.query["until"]) - int(one.query["since"]) <= 90 * 86_400
            assert one.query["period"] == "day"

    @pytest.mark.parametrize(
        ("end", "day"),
        [
            ("2026-07-02T07:00:00+0000", date(2026, 7, 1)),
            ("2026-07-02T08:00:00+0000", date(2026, 7, 1)),
            ("2026-03-08T08:00:00+0000", date(2026, 3, 7)),
            ("2026-03-09T07:00:00+0000", date(2026, 3, 8)),
            ("2026-11-02T08:00:00+0000", date(2026, 11, 1)),
            ("2026-01-01T08:00:00+0000", date(2025, 12, 31)),
            ("2026-01-01T07:00:00+0000", date(2025, 12, 31)),
        ],
    )
    def test_a_day_is_metas_own(
        self, page: Facebook, meta: Insights, meter: Meter, end: str, day: date
    ) -> None:
        value = {"name": "page_total_media_view_unique", "values": [{"value": 5, "end_time": end}]}
        meta.routes[DAYS] = Reply({"data": [value]})
        found = by_metric(list(page.account_readings(day, day, meter)), "reach")
        assert [(one.first, one.value) for one in found] == [(day, 5)]

    def test_days_that_were_not_asked_for_are_left_out(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        rows = self.read(page, meter, days=1, last=date(2026, 11, 10))
        assert {one.first for one in rows[1:]} == {date(2026, 11, 10)}

    def test_a_day_that_is_not_over_there_is_not_asked_for(
        self, page: Facebook, meta: Insights, meter: Meter, at: At
    ) -> None:
        at("2026-11-22T07:30+00:00")  # half past eleven at night in California
        for number in (21, 22):
            meta.daily[date(2026, 11, number), "page_total_media_view_unique"] = 1
        rows = self.read(page, meter, last=date(2026, 11, 25), days=6)
        assert [one.first for one in by_metric(rows, "reach")] == [LAST]
        assert (
            list(page.account_readings(date(2026, 11, 22), date(2026, 11, 25), Meter()))[1:] == []
        )
        at("2026-11-22T08:30+00:00")
        rows = self.read(page, Meter(), last=date(2026, 11, 25), days=6)
        assert [one.first for one in by_metric(rows, "reach")] == [LAST, date(2026, 11, 21)]
        for one in meta.asked(DAYS):
            assert int(one.query["until"]) <= datetime(2026, 11, 22, 8, 30, tzinfo=UTC).timestamp()

    def test_what_is_older_than_two_years_is_a_gap(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        rows = self.read(page, meter, days=760)
        assert len(by_metric(rows, "reach")) == 728
        assert any("two years" in gap for gap in meter.gaps)
        assert list(page.account_readings(date(2019, 1, 1), date(2019, 2, 1), meter))[1:] == []

    def test_a_day_without_a_figure_is_left_out(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        del meta.daily[date(2026, 11, 19), "page_media_view"]
        views = by_metric(self.read(page, meter), "views")
        assert [one.first.day for one in views] == [18, 20]

    @pytest.mark.parametrize("value", [-5, math.nan, "12", True, 10**400, {"paid": -1}, {}, [1]])
    def test_a_figure_that_is_no_count_is_a_gap(
        self, page: Facebook, meta: Insights, meter: Meter, value: object
    ) -> None:
        meta.daily[date(2026, 11, 19), "page_media_view"] = value
        views = by_metric(self.read(page, meter), "views")
        assert [one.first.day for one in views] == [18, 20]
        assert meter.gaps == ["Facebook gave views (page_media_view) that is no count"]

    @REFUSALS
    def test_lacks_what_is_refused_and_says_so(
        self, page: Facebook, meta: Insights, meter: Meter, refuse: Refuse
    ) -> None:
        meta.refuse = refuse
        meta.account_known = meta.account_known - {"page_media_view"}
        rows = self.read(page, meter, days=200)
        (views,) = by_metric(rows, "views")
        first = LAST - timedelta(days=199)
        assert (views.value, views.reason, views.basis) == (None, "not offered", "received")
        assert (views.first, views.last) == (first, LAST)
        assert len(by_metric(rows, "reach")) == 200
        assert meter.gaps == ["Facebook does not offer views (page_media_view) of the account"]
        asked = [one.query["metric"] for one in meta.asked(DAYS)]
        assert sum("page_media_view" in one.split(",") for one in asked) <= 2

    @REFUSALS
    def test_may_lack_all(
        self, page: Facebook, meta: Insights, meter: Meter, refuse: Refuse
    ) -> None:
        meta.refuse, meta.account_known = refuse, frozenset()
        _, *rows = self.read(page, meter, days=200)
        assert {(one.metric, one.value, one.reason) for one in rows} == {
            (metric, None, "not offered") for metric in ("views", "reach", "engagements")
        }
        assert len(meta.asked(DAYS)) <= 4

    def test_under_100_followers_says_that(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.daily.clear()
        meta.account |= {"followers_count": 99, "fan_count": 97}
        followers, *rows = self.read(page, meter)
        assert followers.value == 99
        assert [(one.metric, one.value, one.reason) for one in rows] == [
            (metric, None, "under 100 followers") for metric in ("views", "reach", "engagements")
        ]

    def test_without_figures_has_no_noughts(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.daily.clear()
        _, *rows = self.read(page, meter)
        assert {(one.value, one.reason) for one in rows} == {(None, "Facebook gave no figures")}
        assert len(rows) == 3

    def test_without_permission_is_asked_no_more(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.lacking = meta.account_known
        _, *rows = self.read(page, meter, days=700)
        assert {(one.value, one.reason) for one in rows} == {(None, "the token lacks a permission")}
        assert len(meta.asked(DAYS)) == 4

    def test_days_that_are_refused_cost_no_others(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        old = int(datetime(2026, 7, 1, tzinfo=UTC).timestamp())
        meta.after = lambda request, good: (
            error(100, words="since is too old") if 0 < since_of(request) < old else good
        )
        rows = self.read(page, meter, days=200)
        assert by_metric(rows, "reach")[-1].first == LAST
        assert all(one.value is not None for one in rows)
        assert any("since is too old" in gap for gap in meter.gaps)

    def test_breaks_off_with_what_came_before(
        self, page: Facebook, meta: Insights, meter: Meter
    ) -> None:
        meta.after = lambda request, good: good if len(meta.got) < 3 else error(80_001)
        rows, _ = broken(
            page.account_readings(LAST - timedelta(days=199), LAST, meter), RateLimitError
        )
        assert len(by_metric(rows, "reach")) == 88
        meta.after = lambda request, good: good
        rows, _ = broken(page.account_readings(LAST, LAST, Meter(calls_left=1)), BudgetSpentError)
        assert [one.metric for one in rows] == ["followers"]

    @pytest.mark.parametrize(
        "body",
        [
            {"data": [{"name": "page_media_view", "values": None}]},
            {"data": [{"name": "page_media_view", "values": [None, 7, {}]}]},
            {"data": [{"name": "page_media_view", "values": [{"value": 1, "end_time": "soon"}]}]},
            {"data": [{"name": "page_media_view", "values": [{"value": 1}]}]},
            {
                "data": [
                    {
                        "name": "page_media_view",
                        "values": [{"value": 1, "end_time": "0001-01-01T00:00:00+0000"}],
                    }
                ]
            },
            {"data": "odd"},
            {},
        ],
    )
    def test_answers_that_make_no_sense_are_no_figures(
        self, page: Facebook, meta: Insights, meter: Meter, body: object
    ) -> None:
        meta.routes[DAYS] = Reply(body)
        _, *rows = self.read(page, meter)
        assert [one.value for one in rows] == [None, None, None]


def since_of(request: Request) -> int:
    return int(request.query.get("since", "0"))


@pytest.mark.skipif(not SPECS.exists(), reason="Meta's specifications are not here")
def test_the_specification_finds_what_is_wrong() -> None:
    specification = Specification({PAGE: "Page", f"{PAGE}_[0-9]+": "PagePost"})
    wrong = [
        f"/{POSTS}?fields=id,insights.metrics(a)",
        f"/{POSTS}?fields=id,impressions.metric(a)",
        f"/{POSTS}?fields=id&since_id=1",
        f"/?ids={PAGE}_1,2&fields=id",
        f"/?ids={PAGE}_1&fields=caption",
        f"/?ids={PAGE}_1&field=id",
        f"/{DAYS}?metric=a&period=hour&since=1&until=2",
        f"/{DAYS}?metric=a&period=day&since=yesterday",
        f"/{PAGE}?fields=id,fans",
    ]
    for target in wrong:
        request = Request("GET", f"/v25.0{target}", {}, b"")
        assert list(specification.complaints(request)), target

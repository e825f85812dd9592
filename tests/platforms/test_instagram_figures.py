"""The figures of an Instagram account and its posts, against a Graph API that refuses a lot."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from sgcomms.errors import AuthError, RateLimitError
from sgcomms.metering import BudgetSpentError, Meter
from sgcomms.metrics import METRICS
from sgcomms.models import PostRow, Publication, Reading
from sgcomms.platforms import Measuring
from sgcomms.platforms.instagram import Instagram
from tests.platforms.graph_cases import NOW, error, usage
from tests.platforms.graph_posts import (
    FEW,
    PACIFIC,
    REFUSALS,
    RIGHTS,
    Insights,
    Post,
    Refuse,
    broken,
    by_metric,
    nested,
    not_listed,
    not_supported,
    publications,
)
from tests.platforms.graph_server import Reply, Request
from tests.platforms.graph_world import hurry
from tests.platforms.instagram_world import ALL, FEED, FIRST, USER, connected, post, running

MEDIA = f"{USER}/media"
DAYS = f"{USER}/insights"
SINCE = NOW - timedelta(days=60)


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
def meter() -> Meter:
    return Meter()


@pytest.fixture
def gram(meta: Insights) -> Instagram:
    return connected(meta)


def reel(number: int) -> Post:
    return post(number, "VIDEO", "REELS")


def as_metas(names: list[str], one: Post) -> Reply | None:
    """Refuse what is not offered for a reel, and for no post: clicks on links."""
    offered = ALL if one.fields["media_product_type"] == "REELS" else FEED - {"link_clicks"}
    return not_supported(names, offered)


WHOLE = {
    "views": 101.0,
    "reach": 80.0,
    "reactions": 7.0,
    "comments": 2.0,
    "shares": 3.0,
    "saves": 4.0,
    "engagements": 16.0,
    "follows": 1.0,
    "profile_visits": 5.0,
    "clicks_link": 6.0,
}
OF_FEED = frozenset(WHOLE) - {"clicks_link"}
OF_REELS = OF_FEED - {"follows", "profile_visits"}


def read(gram: Instagram, meter: Meter) -> list[PostRow]:
    return list(gram.posts(SINCE, NOW, meter))


def numbers(rows: list[PostRow]) -> list[int]:
    return [int(row.publication.platform_id) - FIRST for row in rows]


class TestPosts:
    def test_come_with_their_figures_by_the_same_request(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        rows = read(gram, meter)
        assert numbers(rows) == [3, 2, 1]
        assert rows[2].values == WHOLE
        assert rows[2].values.keys() == gram.measures
        assert gram.measures <= METRICS.keys()
        assert (len(meta.got), meter.calls, meter.gaps) == (1, 1, [])
        assert isinstance(gram, Measuring)

    def test_keep_metas_names_and_what_they_count(self, gram: Instagram, meter: Meter) -> None:
        read(gram, meter)
        assert (meter.natives["saves"], meter.natives["reactions"]) == ("saved", "likes")
        assert meter.natives["engagements"] == "total_interactions"
        assert meter.facts["api"] == f"Graph API {gram.version}"
        assert "ads" in str(meter.facts["counted"])

    @pytest.mark.parametrize(
        ("kind", "product", "expected"),
        [
            ("IMAGE", "FEED", "image"),
            ("CAROUSEL_ALBUM", "FEED", "carousel"),
            ("VIDEO", "FEED", "video"),
            ("VIDEO", "REELS", "reel"),
            ("NEWS", "FEED", None),
            (None, None, None),
        ],
    )
    def test_are_told_as_the_account_shows_them(
        self,
        gram: Instagram,
        meta: Insights,
        meter: Meter,
        kind: str,
        product: str,
        expected: str | None,
    ) -> None:
        meta.posts = [post(1, kind, product)]
        (row,) = read(gram, meter)
        at = NOW - timedelta(hours=999)
        url = "https://www.instagram.com/p/1/"
        expect = Publication("ours", str(FIRST + 1), at, url=url, kind=expected, text="Post 1")
        assert row.publication == expect
        assert list(gram.publications(SINCE)) == [expect]

    def test_stories_are_none(self, gram: Instagram, meta: Insights, meter: Meter) -> None:
        meta.posts.insert(1, post(9, "IMAGE", "STORY"))
        assert numbers(read(gram, meter)) == [3, 2, 1]

    def test_a_list_that_minds_no_times_is_left_at_the_first_that_are_too_old(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        whole = [post(number) for number in range(900, 0, -1)]
        since, until = whole[150].made, whole[50].made

        def listed(request: Request) -> Reply:
            start = int(request.query.get("after", "0"))
            data = [{"id": one.id, **one.fields} for one in whole[start : start + 100]]
            return Reply({"data": data, "paging": {"next": f"https://x/?after={start + 100}"}})

        meta.routes[MEDIA] = listed
        rows = list(gram.posts(since, until, meter))
        assert numbers(rows) == list(range(849, 749, -1))
        assert len(meta.got) == 2

    def test_blank_insights_are_no_noughts(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        meta.posts[2].figures.clear()
        rows = read(gram, meter)
        blank = dict.fromkeys(WHOLE, None)
        assert rows[2].values == {**blank, "reactions": 99, "comments": 98}
        assert rows[1].values["reactions"] == 7
        assert meter.natives["reactions"] == "likes / like_count"
        assert "Instagram has no saves (saved) of some posts" in meter.gaps


class TestMixedPosts:
    def test_cost_no_kind_its_figures(self, gram: Instagram, meta: Insights, meter: Meter) -> None:
        meta.posts = [post(4), reel(3), post(2, "CAROUSEL_ALBUM"), reel(1)]
        meta.refuses = as_metas
        rows = read(gram, meter)
        assert numbers(rows) == [4, 3, 2, 1]
        assert [row.values.keys() for row in rows] == [OF_FEED, OF_REELS, OF_FEED, OF_REELS]
        for row in rows:
            assert None not in row.values.values()
        assert rows[0].values == {k: v for k, v in WHOLE.items() if k in OF_FEED} | {"views": 104}
        assert meter.gaps == [
            "Instagram does not offer link clicks (link_clicks) of FEED",
            "Instagram does not offer follows from posts (follows) of REELS",
            "Instagram does not offer link clicks (link_clicks) of REELS",
            "Instagram does not offer profile visits (profile_visits) of REELS",
        ]

    def test_are_learnt_of_once(self, gram: Instagram, meta: Insights, meter: Meter) -> None:
        meta.posts = [(reel if number % 2 else post)(number) for number in range(300, 0, -1)]
        meta.refuses = as_metas
        rows = read(gram, meter)
        assert numbers(rows) == list(range(300, 0, -1))
        assert {frozenset(row.values) for row in rows} == {OF_FEED, OF_REELS}
        assert all(row.values["reach"] == 80 for row in rows)
        # three pages, three that were refused, and the FEED's own figures of 50 posts a page
        assert meter.calls == len(meta.got) <= 12
        assert [nested(one) for one in meta.asked(MEDIA)][-3:] == [ALL] * 3
        assert all(len(one.query["ids"].split(",")) == 50 for one in meta.asked(""))
        before = len(meta.got)
        list(gram.post_readings(publications(meta.posts[:40]), meter))
        assert len(meta.got) == before + 2

    def test_of_which_a_page_breaks_off_keep_what_they_have(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        meta.posts = [post(4), reel(3)]
        meta.refuses = as_metas
        one_more = Meter(calls_left=3)
        rows, _ = broken(gram.posts(SINCE, NOW, one_more), BudgetSpentError)
        assert [row.values["views"] for row in rows] == [104, 103]
        assert rows[0].values["follows"] is None
        assert one_more.gaps == []  # it was not asked for
        meta.routes[f"{FIRST + 4}"] = error(80_002)
        rows, _ = broken(gram.posts(SINCE, NOW, meter), RateLimitError)
        assert [row.values["views"] for row in rows] == [104, 103]


class TestRefusals:
    @REFUSALS
    @pytest.mark.parametrize("metrics", [["saved"], ["views", "saved"], [*FEED]])
    def test_leave_out_what_is_refused_and_name_it(
        self, gram: Instagram, meta: Insights, meter: Meter, refuse: Refuse, metrics: list[str]
    ) -> None:
        ours = {"saved": "saves", "likes": "reactions", "total_interactions": "engagements"}
        ours["link_clicks"] = "clicks_link"
        meta.refuse, meta.known = refuse, FEED - {*metrics}
        gone = {ours.get(one, one) for one in metrics}
        rows = read(gram, meter)
        assert numbers(rows) == [3, 2, 1]
        kept = {k: v for k, v in WHOLE.items() if k not in gone}
        fields = {"reactions": 99.0, "comments": 98.0} if len(metrics) > 2 else {}
        assert rows[2].values == {**kept, **fields}
        assert len(meter.gaps) == len(metrics)
        before = len(meta.got)
        read(gram, meter)
        assert len(meta.got) == before + 1

    def test_by_a_list_longer_than_words_for_a_person_take_nothing_that_is_offered(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        meta.refuse, meta.known = not_listed, FEED - {"link_clicks"}
        (gap,) = (read(gram, meter), meter.gaps)[1]
        assert gap == "Instagram does not offer link clicks (link_clicks)"
        assert len(meta.got) == 2

    def test_by_a_list_that_has_all_are_read_by_their_place(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        place = [one.name for one in gram.wanted.figures].index("saved")
        words = f"(#100) metric[{place}] must be one of the following values: {', '.join(FEED)}"
        meta.refuses = lambda names, one: error(100, words=words) if "saved" in names else None
        rows = read(gram, meter)
        assert rows[2].values == {k: v for k, v in WHOLE.items() if k != "saves"}
        assert len(meta.got) == 2

    def test_that_name_nothing_together_and_a_kind_of_post_alone_cost_no_other_kind(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        meta.posts = [reel(2), post(1)]
        meta.refuses = lambda names, one: (
            as_metas(names, one)
            if len(names) == 1 or as_metas(names, one) is None
            else error(100, words="(#100) The value must be a valid insights metric")
        )
        rows = read(gram, meter)
        assert [frozenset(row.values) for row in rows] == [OF_REELS, OF_FEED]
        assert None not in [value for row in rows for value in row.values.values()]

    def test_that_name_nothing_where_the_post_is_the_trouble_blame_no_metric(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        vague = error(100, words="(#100) The value must be a valid insights metric")
        odd = error(100, 2_108_006, words="Media posted before business account conversion")
        meta.refuses = lambda names, one: (
            None if one.id != str(FIRST + 3) else odd if len(names) == 1 else vague
        )
        rows = read(gram, meter)
        assert [row.values["views"] for row in rows] == [None, 102, 101]
        assert not any("does not offer" in gap for gap in meter.gaps)

    def test_of_posts_here_and_there_cost_no_other_its_figures(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        meta.posts = [post(number) for number in range(90, 0, -1)]
        odd = error(100, 2_108_006, words="Media posted before business account conversion")
        meta.refuses = lambda names, one: odd if int(one.id) % 10 == 5 else None
        rows = read(gram, meter)
        assert [row.values["views"] is None for row in rows] == [
            number % 10 == 5 for number in numbers(rows)
        ]

    @pytest.mark.parametrize(
        "words",
        [
            "(#100) metric[99] must be one of the following values: a, b",
            "(#100) Starting from version v22.0 and above, the impressions metric is no longer "
            "supported for the queried media",
            "(#100) The Media Insights API does not support the metric for this media",
            "(#100) odd",
            "",
        ],
    )
    def test_that_name_nothing_of_ours_end(
        self, gram: Instagram, meta: Insights, meter: Meter, words: str
    ) -> None:
        meta.refuses = lambda names, one: error(100, words=words)
        rows = read(gram, meter)
        assert numbers(rows) == [3, 2, 1]
        assert all(row.values["reactions"] == 99 for row in rows)
        assert meter.calls < 60
        assert meter.gaps

    @pytest.mark.parametrize(
        ("reply", "words"),
        [
            (error(10, words=FEW, status=403), "Not enough viewers"),
            (
                error(100, 2_108_006, words="Media posted before business account conversion"),
                "before business account conversion",
            ),
        ],
    )
    def test_of_a_post_cost_no_other_its_figures(
        self, gram: Instagram, meta: Insights, meter: Meter, reply: Reply, words: str
    ) -> None:
        meta.posts = [post(number) for number in range(20, 0, -1)]
        meta.refuses = lambda names, one: reply if one.id == str(FIRST + 7) else None
        rows = read(gram, meter)
        assert numbers(rows) == list(range(20, 0, -1))
        assert [row.values["views"] is None for row in rows] == [n == 7 for n in numbers(rows)]
        assert rows[13].values["reactions"] == 99
        assert any(words in gap for gap in meter.gaps)
        assert not any("token" in gap for gap in meter.gaps)

    def test_for_want_of_a_permission_leave_the_rest(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        meta.lacking = FEED
        rows = read(gram, meter)
        assert [row.values for row in rows] == [{"reactions": 99, "comments": 98}] * 3
        assert all("the token for Instagram may not read" in gap for gap in meter.gaps)
        assert len(meter.gaps) == len(FEED)

    def test_of_the_list_itself_are_told(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        meta.routes[MEDIA] = error(10, words=RIGHTS, status=403)
        with pytest.raises(AuthError):
            read(gram, meter)

    def test_close_to_a_limit_keep_the_page(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        meta.posts = [post(number) for number in range(150, 0, -1)]
        meta.after = lambda request, good: Reply(good.body, headers=usage(90, 5, "instagram"))
        rows, _ = broken(gram.posts(SINCE, NOW, meter), RateLimitError)
        assert len(rows) == 100
        assert meter.calls == 1


class TestReadings:
    def test_come_fifty_at_once(self, gram: Instagram, meta: Insights, meter: Meter) -> None:
        meta.posts = [post(number) for number in range(120, 0, -1)]
        rows = list(gram.post_readings(publications(meta.posts), meter))
        assert numbers(rows) == list(range(120, 0, -1))
        assert rows[-1].values == WHOLE
        assert [len(one.query["ids"].split(",")) for one in meta.got] == [50, 50, 20]

    def test_of_mixed_kinds(self, gram: Instagram, meta: Insights, meter: Meter) -> None:
        meta.posts = [post(4), reel(3), post(2), reel(1)]
        meta.refuses = as_metas
        rows = list(gram.post_readings(publications(meta.posts), meter))
        assert [row.values.keys() for row in rows] == [OF_FEED, OF_REELS, OF_FEED, OF_REELS]
        assert [row.publication.kind for row in rows] == ["image", "reel", "image", "reel"]
        assert None not in [value for row in rows for value in row.values.values()]

    @pytest.mark.parametrize(("told", "most"), [(True, 13), (False, 65)])
    def test_of_posts_that_are_gone_are_left_out(
        self, gram: Instagram, meta: Insights, meter: Meter, told: bool, most: int
    ) -> None:
        meta.tells_gone = told
        meta.posts = [(reel if number % 2 else post)(number) for number in range(50, 0, -1)]
        meta.refuses = as_metas
        for one in meta.posts[::7]:
            one.gone = True
        rows = list(gram.post_readings(publications(meta.posts), meter))
        assert numbers(rows) == [50 - n for n in range(50) if n % 7]
        assert {frozenset(row.values) for row in rows} == {OF_FEED, OF_REELS}
        assert all("of FEED" in gap or "of REELS" in gap for gap in meter.gaps)
        assert meter.calls <= most

    def test_of_posts_that_cannot_be_asked_together_with_figures_are_not_asked_one_by_one(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        meta.posts = [post(number) for number in range(50, 0, -1)]
        vague = error(100, words="(#100) The value must be a valid insights metric")
        meta.refuses = lambda names, one: vague if len(names) > 1 else None
        rows = list(gram.post_readings(publications(meta.posts), meter))
        assert numbers(rows) == list(range(50, 0, -1))
        assert all(row.values["reactions"] == 99 for row in rows)
        lists = [one for one in meta.asked("") if "timestamp" in one.query["fields"]]
        assert len(lists) == 2


LAST = date(2026, 11, 20)


class TestTheAccount:
    @pytest.fixture(autouse=True)
    def days(self, meta: Insights) -> None:
        for day in (LAST - timedelta(days=n) for n in range(200)):
            meta.daily[day, "reach"] = 40 + day.day
            meta.single[day, "views"] = 90 + day.day
            meta.single[day, "total_interactions"] = 0

    def read(self, gram: Instagram, meter: Meter, days: int = 3) -> list[Reading]:
        return list(gram.account_readings(LAST - timedelta(days=days - 1), LAST, meter))

    def test_has_its_levels_today(self, gram: Instagram, meter: Meter) -> None:
        followers, posts, *_ = self.read(gram, meter)
        today = NOW.date()
        assert followers == Reading("ours", "followers", 124, today, today, "followers_count")
        assert posts == Reading("ours", "posts_total", 400, today, today, "media_count")

    def test_has_what_it_received_by_day(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        rows = self.read(gram, meter)
        reach, views = by_metric(rows, "reach"), by_metric(rows, "views")
        assert [(one.first.day, one.last.day, one.value) for one in reach] == [
            (18, 18, 58),
            (19, 19, 59),
            (20, 20, 60),
        ]
        assert [(one.first.day, one.value) for one in views] == [(20, 110), (19, 109), (18, 108)]
        assert [one.value for one in by_metric(rows, "engagements")] == [0, 0, 0]
        assert {one.basis for one in rows[2:]} == {"received"}
        assert meter.natives["engagements"] == "total_interactions"
        assert (meter.calls, meter.gaps) == (1 + 1 + 3, [])
        series, *single = meta.asked(DAYS)
        assert "metric_type" not in series.query
        assert {one.query["metric_type"] for one in single} == {"total_value"}
        for one in single:
            begin, end = (
                datetime.fromtimestamp(int(one.query[name]), PACIFIC) for name in ("since", "until")
            )
            assert (begin.hour, end.hour, (end.date() - begin.date()).days) == (0, 0, 1)

    def test_is_asked_for_30_days_at_once_at_the_most(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        rows = self.read(gram, meter, days=100)
        assert [one.first for one in by_metric(rows, "reach")] == [
            LAST - timedelta(days=n) for n in range(99, -1, -1)
        ]
        for one in meta.asked(DAYS):
            assert int(one.query["until"]) - int(one.query["since"]) <= 30 * 86_400

    def test_has_by_single_days_only_the_newest(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        rows = self.read(gram, meter, days=100)
        assert len(by_metric(rows, "views")) == gram.single_days == 31
        (gap,) = meter.gaps
        assert str(LAST - timedelta(days=30)) in gap

    def test_is_asked_for_no_day_that_is_not_over(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        for number in (21, 22):
            meta.single[date(2026, 11, number), "views"] = 1
        last = date(2026, 11, 25)
        rows = list(gram.account_readings(LAST, last, meter))
        assert [one.first.day for one in by_metric(rows, "views")] == [21, 20]
        assert len(meta.asked(DAYS)) == 3

    def test_takes_no_series_for_a_single_day(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        values = [{"value": 7, "end_time": "2026-11-19T08:00:00+0000"}]
        meta.after = lambda request, good: (
            Reply({"data": [{"name": "views", "values": values}]})
            if "metric_type" in request.query
            else good
        )
        (views,) = by_metric(self.read(gram, meter), "views")
        assert (views.value, views.reason) == (None, "Instagram gave no figures")

    def test_whose_budget_ends_has_the_newest_days(self, gram: Instagram) -> None:
        meter = Meter(calls_left=4)
        first = LAST - timedelta(days=9)
        rows, _ = broken(gram.account_readings(first, LAST, meter), BudgetSpentError)
        assert [one.first for one in by_metric(rows, "views")] == [LAST, LAST - timedelta(days=1)]

    @REFUSALS
    def test_lacks_what_is_refused_and_says_so(
        self, gram: Instagram, meta: Insights, meter: Meter, refuse: Refuse
    ) -> None:
        meta.refuse, meta.account_known = refuse, frozenset(("reach", "views"))
        rows = self.read(gram, meter)
        (none,) = by_metric(rows, "engagements")
        assert (none.value, none.reason) == (None, "not offered")
        assert (none.first, none.last) == (LAST - timedelta(days=2), LAST)
        assert len(by_metric(rows, "views")) == len(by_metric(rows, "reach")) == 3
        assert meter.gaps == [
            "Instagram does not offer engagements (total_interactions) of the account"
        ]

    def test_under_100_followers_says_that_and_asks_for_no_single_days(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        meta.daily.clear()
        meta.account["followers_count"] = 99
        _, _, *rows = self.read(gram, meter, days=20)
        assert {(one.metric, one.value, one.reason) for one in rows} == {
            (metric, None, "under 100 followers") for metric in ("reach", "views", "engagements")
        }
        assert meter.calls == 2

    def test_without_figures_has_no_noughts(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        meta.daily.clear()
        meta.single.clear()
        _, _, *rows = self.read(gram, meter)
        assert [(one.metric, one.value) for one in rows] == [
            ("reach", None),
            ("views", None),
            ("engagements", None),
        ]
        assert {one.reason for one in rows} == {"Instagram gave no figures"}

    def test_without_permission_is_asked_no_more(
        self, gram: Instagram, meta: Insights, meter: Meter
    ) -> None:
        meta.lacking = meta.account_known
        _, _, *rows = self.read(gram, meter, days=31)
        assert {(one.value, one.reason) for one in rows} == {(None, "the token lacks a permission")}
        assert len(meta.asked(DAYS)) <= 4

    @pytest.mark.parametrize("value", [-5, math.nan, "12", True, 10**400, {"a": 1}, [1]])
    def test_a_figure_that_is_no_count_is_a_gap(
        self, gram: Instagram, meta: Insights, meter: Meter, value: object
    ) -> None:
        meta.single[date(2026, 11, 19), "views"] = value
        views = by_metric(self.read(gram, meter), "views")
        assert [one.first.day for one in views] == [20, 18]
        assert meter.gaps == ["Instagram gave views that is no count"]

"""Runs through the collector's own door: what is read, when again, what is stored when it fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sgcomms.db import Db, chores, location, open_database, sources
from sgcomms.db.posts import FOREVER
from sgcomms.errors import AuthError, RateLimitError, UnavailableError
from sgcomms.figures import Figure, Question, figures
from sgcomms.periods import Period, month, year
from tests.collecting.conftest import Office
from tests.conftest import At


def ask(office: Office, period: Period | None = None, as_of: date = FOREVER) -> list[Figure]:
    whole = period or year("2026-27", office.board.year_starts)
    return figures(office.db, office.board, Question(whole, as_of=as_of), [])


def one(found: list[Figure], subject: str, metric: str) -> Figure:
    (figure,) = [f for f in found if (f.subject, f.metric, f.dimension) == (subject, metric, None)]
    return figure


def test_everything_on_the_account_counts_whoever_posted_it(office: Office) -> None:
    office.x.show("1", "2026-11-20T09:00Z", impressions=100.0)
    office.x.show("2", "2026-04-02T09:00Z", impressions=11.0)
    office.x.show("3", "2026-03-02T09:00Z", impressions=5.0)  # the year before
    done = office.collect("x")["x"]
    assert (done.sweep, done.posts, done.calls, done.error) == ("first", 2, 2, None)
    found = ask(office)
    assert one(found, "x", "posts").value == 2
    assert one(found, "x", "impressions").value == 111
    assert one(found, "x", "followers").value == 1007
    (source,) = sources.by_id(office.db, one(found, "x", "impressions").sources)
    assert (source.kind, source.calls, source.dollars) == ("api", 2, Decimal("0.002"))
    assert source.detail["native"] == {"impressions": "impression_count"}


def test_posts_are_read_hourly_then_daily_then_weekly_then_when_the_year_is_over(
    office: Office, at: At
) -> None:
    def sweep(moment: str) -> str | None:
        at(moment)
        return office.collect("x")["x"].sweep

    assert sweep("2026-11-22T09:00+00:00") == "first"
    assert sweep("2026-11-22T09:30+00:00") is None
    assert sweep("2026-11-22T09:58+00:00") == "hourly"
    assert sweep("2026-11-22T10:57+00:00") == "hourly"
    assert sweep("2026-11-23T08:30+00:00") == "daily"
    assert sweep("2026-11-23T09:30+00:00") == "hourly"
    assert sweep("2026-11-29T09:00+00:00") == "weekly"
    assert sweep("2027-04-02T09:00+01:00") == "weekly"
    assert sweep("2027-04-04T09:00+01:00") == "yearly"
    assert sweep("2027-04-04T09:10+01:00") is None


def test_what_is_due_next_is_said(office: Office, at: At) -> None:
    office.collect("x")
    at("2026-11-22T09:20+00:00")
    idle = office.collect("x")["x"].idle
    assert idle == "nothing is due until Sun 22 Nov 2026 10:00 GMT"


def test_a_later_reading_wins_and_the_earlier_answers_for_its_day(office: Office, at: At) -> None:
    post = office.x.show("1", "2026-11-20T09:00Z", impressions=100.0)
    office.collect("x")
    at("2026-11-25T09:00+00:00")
    post.counts["impressions"] = 150.0
    office.collect("x")
    assert one(ask(office), "x", "impressions").value == 150
    then = ask(office, as_of=date(2026, 11, 24))
    assert one(then, "x", "impressions").value == 100


def test_a_post_that_is_not_listed_is_asked_for_by_its_id(office: Office, at: At) -> None:
    post = office.x.show("1", "2026-11-20T09:00Z", impressions=100.0)
    office.collect("x")
    at("2026-11-23T09:00+00:00")
    post.listed = False
    post.counts["impressions"] = 120.0
    assert office.collect("x")["x"].gaps == ()
    assert one(ask(office), "x", "impressions").value == 120
    at("2026-11-24T09:00+00:00")
    del office.x.shown["1"]
    assert office.collect("x")["x"].gaps == (
        "1 post is not shown any more: the figures last read stay",
    )
    assert one(ask(office), "x", "impressions").value == 120


def test_one_account_that_fails_keeps_no_other_from_being_read(office: Office) -> None:
    office.x.fails["account"] = AuthError("X does not accept the keys")
    found = office.collect()
    assert found["x"].error == "X does not accept the keys"
    assert office.x.asked == ["account"]
    assert found["website"].error is None
    assert found["website"].readings > 0
    assert found["facebook"].idle == "no access to its API: import its exports instead"


def test_what_came_before_a_failure_is_kept_and_the_rest_is_due_again(
    office: Office, at: At
) -> None:
    office.x.show("1", "2026-11-20T09:00Z", impressions=100.0)
    office.collect("x")
    at("2026-11-23T09:00+00:00")
    office.x.fails["posts"] = UnavailableError("X was not reached")
    broken = office.collect("x")["x"]
    assert (broken.sweep, broken.readings, broken.error) == ("daily", 2, "X was not reached")
    at("2026-11-23T09:10+00:00")
    office.x.fails.clear()
    assert office.collect("x")["x"].sweep == "daily"


def test_an_answer_that_nobody_foresaw_is_one_clear_line(office: Office) -> None:
    office.x.fails["posts"] = ZeroDivisionError("whatever")
    found = office.collect("x", "website")
    assert found["x"].error == "its answer could not be understood (ZeroDivisionError)"
    assert found["website"].error is None


def test_a_limit_is_waited_for(office: Office, at: At) -> None:
    until = datetime(2026, 11, 22, 12, tzinfo=UTC)
    office.x.fails["posts"] = RateLimitError("too many requests", until)
    assert office.collect("x")["x"].error == "too many requests"
    office.x.fails.clear()
    at("2026-11-22T11:59+00:00")
    assert office.collect("x")["x"].idle == "waits until Sun 22 Nov 2026 12:00 GMT"
    at("2026-11-22T12:00+00:00")
    assert office.collect("x")["x"].sweep == "first"


def test_a_month_costs_no_more_than_its_budget(office: Office, at: At) -> None:
    office.allow(dollars="5.00")
    for number in range(6_000):
        office.x.show(str(number), f"2026-{4 + number % 8:02}-0{1 + number % 9}T09:00Z")
    done = office.collect("x")["x"]
    assert done.budget == done.month == Decimal("5.000")
    assert (done.posts, done.sweep, done.error) == (5_000, "first", None)
    (gap,) = done.gaps
    assert gap.startswith("posts before 2026-05-0")
    assert "this month's budget leaves $0.000" in gap
    assert "`sgcomms collect --account x --since DAY`" in gap
    at("2026-11-30T23:00+00:00")
    idle = office.collect("x")["x"].idle
    assert idle == "this month's budget is used up; raise `budget` in config/board.yaml to go on"
    at("2026-12-01T09:00+00:00")
    assert office.collect("x")["x"].sweep == "weekly"  # and not the first again, for ever


def test_a_budget_for_less_than_a_month_of_posts_begins_anew(office: Office, at: At) -> None:
    office.allow(dollars="0.10")
    for number in range(300):
        office.x.show(str(number), f"2026-11-1{number % 9}T09:00Z")
    assert "budget leaves" in str(office.collect("x")["x"].error)
    at("2026-12-01T09:00+00:00")
    assert office.collect("x")["x"].sweep == "first"


def test_what_a_run_asked_is_counted_however_it_ended(office: Office, at: At) -> None:
    office.allow(dollars="0.10")
    office.x.show("1", "2026-11-20T09:00Z")
    seen, path = [], location(office.db)

    def killed() -> None:
        with open_database(path) as db:
            seen.append(sources.spent(db, "x", datetime(2026, 11, 1, tzinfo=UTC)))
        raise KeyboardInterrupt

    office.x.before = killed
    with pytest.raises(KeyboardInterrupt):
        office.collect("x")
    assert seen == [(2, Decimal("0.001"))]
    (run,) = sources.by_id(office.db, [1])
    assert (run.layout, run.dollars) == ("broken off", Decimal("0.001"))
    assert run.detail["error"] == "the run ended before anything was stored"


def test_an_account_that_cannot_be_stored_keeps_no_other_from_being_stored(
    office: Office, at: At
) -> None:
    office.x.show("1", "2026-11-20T09:00Z", impressions=float("nan"))
    found = office.collect("x", "website")
    assert found["x"].error == "what was read could not be stored (ValueError): it is read again"
    assert found["website"].error is None
    assert found["website"].readings > 0
    assert chores.known(office.db) == {}
    office.x.shown["1"].counts["impressions"] = 5.0
    assert office.collect("x")["x"].error is None
    spent = sources.spent(office.db, "x", datetime(2026, 11, 1, tzinfo=UTC))
    assert spent == (4, Decimal("0.002"))  # both runs


def test_two_runs_at_once_read_an_account_once(office: Office) -> None:
    later = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
    chores.plan(office.db, "collect x", later)
    assert office.collect("x")["x"].idle == (
        "another run is reading it; if that was stopped, from Sun 22 Nov 2026 09:05 GMT on"
    )
    assert chores.known(office.db) == {"collect x": later}
    chores.plan(office.db, "collect x", datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
    assert office.collect("x")["x"].sweep == "first"
    assert chores.known(office.db) == {}


def test_in_spring_the_year_that_is_to_be_reported_is_read_too(office: Office, at: At) -> None:
    at("2027-04-10T09:00+01:00")
    office.x.show("1", "2026-05-20T09:00Z", impressions=5.0)
    assert office.collect("x")["x"].posts == 1


def test_a_period_that_is_refused_makes_no_other_be_read_again(office: Office) -> None:
    october = date(2026, 10, 1), date(2026, 10, 31)
    office.website.refused = {october}
    assert office.collect("website")["website"].error == "no such period"
    office.website.asked.clear()
    office.collect("website")
    assert office.website.asked == [october]


def test_a_post_that_is_gone_is_looked_for_once(office: Office, at: At) -> None:
    office.x.show("1", "2026-11-20T09:00Z")
    office.collect("x")
    del office.x.shown["1"]
    at("2026-11-23T09:00+00:00")
    assert len(office.collect("x")["x"].gaps) == 1
    office.x.asked.clear()
    at("2026-11-24T09:00+00:00")
    assert office.collect("x")["x"].gaps == ()
    assert office.x.asked == ["account", "posts"]


def test_a_post_known_by_half_its_id_is_the_same_one(office: Office, at: At) -> None:
    office.x.show("77", "2026-11-20T09:00Z", impressions=12.0)
    office.collect("x")
    office.x.shown["123_77"] = office.x.shown["77"]
    office.x.shown["77"] = replace(office.x.shown["77"], listed=False)
    at("2026-11-23T09:00+00:00")
    office.collect("x")
    assert one(ask(office), "x", "posts").value == 1
    assert one(ask(office), "x", "impressions").value == 12


def test_the_years_users_are_asked_for_as_a_year(office: Office, at: At) -> None:
    at("2027-04-05T09:00+01:00")
    office.collect("website")
    last_year = date(2026, 4, 1), date(2027, 3, 31)
    assert last_year in office.website.asked
    found = ask(office)
    assert one(found, "website", "users_total").value == pytest.approx(7 * 365**0.5)
    assert one(found, "website", "page_views").value == 3650


def test_a_month_is_read_again_until_its_figures_have_settled(office: Office, at: At) -> None:
    october = date(2026, 10, 1), date(2026, 10, 31)
    for day, expected in (("01", 1), ("02", 1), ("03", 1), ("04", 0)):
        at(f"2026-11-{day}T09:00+00:00")
        office.website.asked.clear()
        office.collect("website")
        assert office.website.asked.count(october) == expected, day


def test_a_website_without_news_is_not_asked_again(office: Office) -> None:
    assert office.collect("website")["website"].sweep == "periods"
    asked = len(office.website.asked)
    again = office.collect("website")["website"]
    assert again.idle == "nothing is due until Mon 23 Nov 2026 00:00 GMT"
    assert len(office.website.asked) == asked


def test_what_an_account_received_answers_for_no_posts(office: Office) -> None:
    office.x.show("1", "2026-11-20T09:00Z", impressions=100.0)
    office.collect("x")
    november = month("2026-11")
    assert one(ask(office, november), "x", "impressions").value == 100
    received = figures(office.db, office.board, Question(november, basis="received"), [])
    assert one(received, "x", "impressions").value == 50


def _alerts(db: Db) -> list[tuple[str, str, str, str | None]]:
    return db.conn.execute("SELECT kind, subject, words, recipients FROM alerts").fetchall()


def test_nothing_of_a_post_without_a_campaign_is_told(office: Office) -> None:
    office.x.show("1", "2026-11-20T09:00Z", comments=4.0)
    office.collect("x", watchers={})
    assert _alerts(office.db) == []


def test_what_a_clock_that_was_ahead_has_noted_keeps_nothing_from_being_read(
    office: Office, at: At
) -> None:
    at("2031-01-01T09:00+00:00")
    office.x.fails["posts"] = RateLimitError("later", datetime(2031, 1, 1, 10, tzinfo=UTC))
    office.collect("x", "website")
    office.x.fails.clear()
    at("2026-11-22T09:00+00:00")
    found = office.collect("x", "website")
    assert (found["x"].sweep, found["x"].error) == ("first", None)
    assert found["website"].readings > 0


def test_a_run_asks_no_more_when_another_could_begin(office: Office, at: At) -> None:
    for number in range(250):
        office.x.show(str(number), "2026-11-20T09:00Z", impressions=1.0)
    office.x.before = lambda: at("2026-11-22T09:18+00:00")
    found = office.collect("x")["x"]
    assert (found.posts, found.error) == (100, "the time that one run may take is used up")
    office.x.before = lambda: None
    assert (office.collect("x")["x"].posts, one(ask(office), "x", "impressions").value) == (
        250,
        250,
    )

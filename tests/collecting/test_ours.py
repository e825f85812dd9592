"""Posts found on an account that are ours: known again by id, by link, by words; their comments."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sgcomms.collecting.matching import Match, Sent, matches
from sgcomms.db import alerts, assignments, readings
from sgcomms.db.posts import known
from sgcomms.models import PostRow, Publication, Source
from sgcomms.planning import text_key
from tests.collecting.conftest import Office
from tests.conftest import At

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
LINK = "https://board.example/sleep?utm_source=x&utm_content=safer-sleeping.clear-cot.x"
SENT = Sent(
    "safer-sleeping/clear-cot@x", LINK, text_key("Clear cot, on the back, every sleep."), AT
)
POST = Publication("x", "77", AT, "https://x.com/cplscb/status/77")


def test_the_tagged_link_tells_which_post_it_is() -> None:
    mine = replace(POST, links=(LINK,))
    other = replace(POST, platform_id="78", links=(LINK.replace("clear-cot", "worried"),))
    assert list(matches([other, mine], [SENT])) == [Match(SENT.delivery, mine, "its link")]


def test_a_link_may_stand_in_the_words() -> None:
    mine = replace(POST, text=f"Clear cot! {LINK}")
    assert [one.by for one in matches([mine], [SENT])] == ["its link"]


@pytest.mark.parametrize(
    "text",
    [
        "Clear cot, on the back, every sleep.",
        "CLEAR COT, on the back,  every sleep. https://t.co/abc",
    ],
)
def test_without_a_link_the_words_tell(text: str) -> None:
    mine = replace(POST, text=text)
    assert [one.by for one in matches([mine], [SENT])] == ["its words"]


def test_the_same_words_long_before_are_another_post() -> None:
    old = replace(
        POST, text="Clear cot, on the back, every sleep.", published_at=AT.replace(month=9)
    )
    assert list(matches([old], [SENT])) == []


def test_two_posts_with_the_same_link_are_told_apart_by_nobody() -> None:
    twins = [replace(POST, links=(LINK,)), replace(POST, platform_id="78", links=(LINK,))]
    assert list(matches(twins, [SENT])) == []


def _published(office: Office, platform_id: str) -> str:
    """Put a delivery that a person posted and confirmed into the database."""
    name = "safer-sleeping/clear-cot@x"
    office.db.conn.execute(
        "INSERT INTO deliveries (id, campaign, post, occurrence, account, platform, mode, due_at,"
        " author, draft, text_key, content_hash, state, published_at, queued_at) VALUES (?,"
        " 'safer-sleeping', 'clear-cot', 1, 'x', 'x', 'by_hand', '2026-11-20T09:00:00Z', 'a', ?,"
        " ?, 'h', 'published', '2026-11-20T09:00:00Z', '2026-11-19T09:00:00Z')",
        (name, '{"text": "Clear cot. ' + LINK + '", "link": null}', SENT.text_key),
    )
    office.db.conn.execute(
        "INSERT INTO publications (account, platform_id, published_at, delivery)"
        " VALUES ('x', ?, '2026-11-20T09:00:00Z', ?)",
        (platform_id, name),
    )
    return name


@pytest.mark.parametrize("read_before", [False, True])
def test_a_post_confirmed_by_an_address_is_found_by_its_link_and_counted_once(
    office: Office, at: At, read_before: bool
) -> None:
    shown = office.x.show("77", "2026-11-20T09:00Z", impressions=100.0)
    shown.links = (LINK,)
    if read_before:
        office.collect("x")
        at("2026-11-23T09:00+00:00")
    _published(office, "https://x.com/i/status/short")
    assert office.collect("x")["x"].notes == ()
    assert [one.platform_id for one in known(office.db, "x", AT.replace(year=2020))] == ["77"]
    rows = office.db.conn.execute("SELECT platform_id, delivery FROM publications").fetchall()
    assert rows == [("77", "safer-sleeping/clear-cot@x")]
    trail = office.db.conn.execute("SELECT action, subject FROM audit").fetchall()
    assert ("identified", "safer-sleeping/clear-cot@x") in trail


def test_a_post_that_was_handed_over_is_confirmed_by_a_person(office: Office) -> None:
    name = _published(office, "gone")
    office.db.conn.execute("DELETE FROM publications")
    office.db.conn.execute("DROP TRIGGER deliveries_stay_published")
    office.db.conn.execute(
        "UPDATE deliveries SET state = 'handed', published_at = NULL WHERE id = ?", (name,)
    )
    office.x.show("77", "2026-11-20T09:00Z").links = (LINK,)
    (note,) = office.collect("x")["x"].notes
    assert note == (
        "safer-sleeping/clear-cot@x was handed over, and https://fake.example/77 is it by its "
        "link: `sgcomms settle safer-sleeping/clear-cot@x --posted https://fake.example/77`"
    )


def test_new_comments_are_told_to_those_who_watch_the_campaign(office: Office, at: At) -> None:
    _published(office, "77")
    office.x.show("77", "2026-11-20T09:00Z", comments=2.0).text = "A child wrote this"
    watchers = {"safer-sleeping": ("watcher@board.example",)}
    office.collect("x", watchers=watchers)
    (first,) = alerts.unsent(office.db)
    assert (first.kind, first.subject) == ("comments", "safer-sleeping/clear-cot@x")
    assert first.words == "2 new comments, 2 in all: https://fake.example/77"
    assert first.to == ("watcher@board.example",)
    at("2026-11-23T09:00+00:00")
    office.collect("x", watchers=watchers)
    assert len(alerts.unsent(office.db)) == 1
    at("2026-11-24T09:00+00:00")
    office.x.shown["77"].counts["comments"] = 3.0
    office.collect("x", watchers=watchers)
    assert [one.words for one in alerts.unsent(office.db)][1:] == [
        "1 new comment, 3 in all: https://fake.example/77"
    ]


def test_comments_of_a_post_assigned_to_a_campaign_are_told_too(office: Office, at: At) -> None:
    office.x.show("78", "2026-11-20T09:00Z", comments=0.0)
    office.collect("x")
    assignments.assign(office.db, assignments.named(office.db, "78"), "safer-sleeping", "officer")
    at("2026-11-23T09:00+00:00")
    office.x.shown["78"].counts["comments"] = 1.0
    office.collect("x")
    (alert,) = alerts.unsent(office.db)
    assert alert.subject == "a post of safer-sleeping"
    assert alert.to is None


def test_comments_of_an_old_post_that_is_read_for_the_first_time_are_no_news(
    office: Office,
) -> None:
    _published(office, "77")
    office.x.show("77", "2026-09-20T09:00Z", comments=40.0)
    office.db.conn.execute("UPDATE publications SET published_at = '2026-09-20T09:00:00Z'")
    office.collect("x")
    assert alerts.unsent(office.db) == []


def test_comments_that_go_and_come_are_told_each_time(office: Office, at: At) -> None:
    _published(office, "77")
    shown = office.x.show("77", "2026-11-20T09:00Z")
    for day, count in enumerate((4.0, 5.0, 4.0, 5.0)):
        at(f"2026-11-{22 + day}T09:00+00:00")
        shown.counts["comments"] = count
        office.collect("x")
    assert [one.words[:25] for one in alerts.unsent(office.db)] == [
        "4 new comments, 4 in all:",
        "1 new comment, 5 in all: ",
        "1 new comment, 5 in all: ",
    ]


def test_comments_are_told_in_the_commit_that_keeps_them(office: Office) -> None:
    """A process that is killed between the two would never tell of them."""
    _published(office, "77")
    office.x.show("77", "2026-11-20T09:00Z", comments=2.0)
    office.db.conn.execute(
        "CREATE TRIGGER no_alerts BEFORE INSERT ON alerts BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    assert "could not be stored" in str(office.collect("x")["x"].error)
    office.db.conn.execute("DROP TRIGGER no_alerts")
    office.collect("x")
    assert len(alerts.unsent(office.db)) == 1


def test_comments_of_a_post_that_was_known_by_an_address_are_told(office: Office) -> None:
    _published(office, "https://x.com/i/status/short")
    office.x.show("77", "2026-11-20T09:00Z", comments=6.0).links = (LINK,)
    office.collect("x")
    assert [one.subject for one in alerts.unsent(office.db)] == ["safer-sleeping/clear-cot@x"]


def test_comments_that_an_export_told_of_first_are_told(office: Office, at: At) -> None:
    _published(office, "77")
    row = PostRow(replace(POST, published_at=AT), {"comments": 3.0})
    source = Source("file", "a.csv", "x-content", "x", AT.date(), "a")
    readings.add(office.db, source, [row], dict)
    office.x.show("77", "2026-11-20T09:00Z", comments=3.0)
    office.collect("x")
    assert len(alerts.unsent(office.db)) == 1

"""The daily reconciliation: what should be there and is not, or is there and should not be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sgcomms import clock, queueing, reconciling
from sgcomms.db import alerts, audit, decisions, queue, writing
from sgcomms.models import Publication
from sgcomms.platforms import Publisher
from tests.fakes import NOW, delivery, fill
from tests.faults.conftest import faulty, faulty_process
from tests.faults.platform import FaultPlatform
from tests.letters import HEAD, OFFICER, Office, live, office, words

__all__ = ["faulty", "faulty_process", "live", "office"]

TEN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
X, FACEBOOK, INSTAGRAM = (f"faults/post-0@{name}" for name in ("x", "facebook", "instagram"))

CAMPAIGN = """\
campaign: bath-time
title: Bath time
author: comms.officer@board.example
audience: Parents
accounts: [x]
posts:
"""


def write(office: Office, *posts: tuple[str, str], more: str = "") -> Path:
    """Write a campaign with these posts, each with its time."""
    path = office.space.root / "campaigns" / "bath-time.yaml"
    lines = [
        f"  - {{id: {name}, at: {at}, text: Stay within reach of {name}.}}\n" for name, at in posts
    ]
    path.write_text(more + CAMPAIGN + "".join(lines), "utf-8")
    return path


def reconcile(office: Office) -> list[tuple[str, str, str]]:
    """Reconcile, and return what is new to tell: its kind, what it is about, in which words."""
    with office.space.database() as db:
        before = {one.id for one in alerts.unsent(db)}
        reconciling.reconcile(office.space, office.space.board(), db)
        found = [one for one in alerts.unsent(db) if one.id not in before]
    return [(one.kind, one.subject, one.words) for one in found]


def enqueue(office: Office) -> None:
    """Do what `sgcomms queue` does."""
    space = office.space
    with space.database() as db:
        queueing.carry_out(queueing.propose(space.root, space.board(), db), space.store, db, "me")


class TestAgainstTheFiles:
    @pytest.fixture(autouse=True)
    def only_one_campaign(self, office: Office) -> None:
        for path in (office.space.root / "campaigns").glob("*.yaml"):
            path.unlink()

    def test_what_was_never_queued_is_told(self, office: Office) -> None:
        write(
            office,
            ("long-ago", "2026-11-15 08:59"),
            ("missed", "2026-11-16 09:30"),
            ("soon", "2026-11-24 08:59"),
            ("later", "2026-11-24 09:01"),
        )
        assert reconcile(office) == [
            ("missed", "bath-time/missed@x", "its time was Mon 16 Nov 2026 09:30 GMT"),
            ("not queued", "bath-time/soon@x", "its time is Tue 24 Nov 2026 08:59 GMT"),
        ]

    def test_it_is_told_once(self, office: Office) -> None:
        write(office, ("missed", "2026-11-16 09:30"))
        assert len(reconcile(office)) == 1
        office.machine.later(days=1)
        assert reconcile(office) == []

    def test_after_an_outage_it_is_looked_for_since_the_last_time(self, office: Office) -> None:
        reconcile(office)
        write(office, ("before", "2026-11-14 08:00"), ("during", "2026-11-25 08:00"))
        office.machine.later(days=30)
        assert reconcile(office) == [
            ("missed", "bath-time/during@x", "its time was Wed 25 Nov 2026 08:00 GMT")
        ]

    def test_what_is_queued_is_no_news(self, office: Office) -> None:
        write(office, ("one", "2026-11-23 09:30"), ("two", "2026-11-24 08:00"))
        enqueue(office)
        with office.space.database() as db:
            decisions.withdraw(db, queue.rows(db)[0], HEAD, "not now")
        assert reconcile(office) == []
        office.machine.later(days=3)
        assert reconcile(office) == []

    def test_what_is_history_or_waits_for_approval_is_no_news(self, office: Office) -> None:
        write(office, ("one", "2026-11-20 09:30"), more="historic: true\n")
        assert reconcile(office) == []
        path = write(office, ("one", "on approval"))
        text = path.read_text("utf-8").replace("on approval,", "on approval, expires: 2026-11-23,")
        path.write_text(text, "utf-8")
        assert reconcile(office) == []

    def test_a_file_with_mistakes_is_told_and_hides_no_other(self, office: Office) -> None:
        write(office, ("missed", "2026-11-16 09:30"))
        broken = office.space.root / "campaigns" / "broken.yaml"
        broken.write_text("campaign: broken\ntitel: A slip\n", "utf-8")
        found = reconcile(office)
        assert [(kind, subject) for kind, subject, _ in found] == [
            ("files", "campaigns"),
            ("missed", "bath-time/missed@x"),
        ]
        assert found[0][2].startswith("campaigns/broken.yaml:")

    def test_mistakes_that_stay_are_told_once_a_week(self, office: Office) -> None:
        office.mail(OFFICER)
        (office.space.root / "campaigns" / "broken.yaml").write_text("campaign: broken\n", "utf-8")
        days = []
        for day in range(9):
            days += [day for kind, *_ in reconcile(office) if kind == "files"]
            office.tick()
            office.machine.later(days=1)
        assert days == [0, 1, 8]  # the first is a Sunday

    def test_mistakes_in_the_config_are_told(self, office: Office) -> None:
        board = office.space.board()
        (office.space.root / "config" / "contacts.yaml").write_text("nspcc: {}\n", "utf-8")
        with office.space.database() as db:
            reconciling.reconcile(office.space, board, db)
            (alert,) = alerts.unsent(db)
        assert (alert.kind, alert.words.startswith("config/contacts.yaml:1:")) == ("files", True)

    def test_the_clock_changes_times_and_not_what_is_meant(self, office: Office) -> None:
        office.machine.time = datetime(2027, 3, 28, 5, 0, tzinfo=UTC)
        write(office, ("before", "2027-03-28 00:30"), ("after", "2027-03-28 08:00"))
        assert [told for *_, told in reconcile(office)] == [
            "its time was Sun 28 Mar 2027 00:30 GMT",
            "its time is Sun 28 Mar 2027 08:00 BST",
        ]


class TestTheTrail:
    def test_keeps_how_many_were_due_and_what_became_of_them(self, office: Office) -> None:
        with office.space.database() as db:
            times = [NOW - timedelta(days=number) for number in range(5)]
            fill(db, [delivery(f"p{at:%d}", "x", mode="outbox", at=at) for at in times])
            fill(db, [delivery("old", "x", mode="outbox", at=NOW - timedelta(days=8))])
            fill(db, [delivery("next", "x", mode="outbox", at=TEN)])
        office.tick()
        with office.space.database() as db:
            decisions.withdraw(db, queue.rows(db, ["held"])[-1], HEAD, "too late")
        reconcile(office)
        with office.space.database() as db:
            (entry,) = (one for one in audit.entries(db, "board") if one.action == "reconciled")
        assert entry.detail == {"due": 5, "published": 1, "held": 3, "withdrawn": 1}


@pytest.fixture
def sent(live: Office, faulty: FaultPlatform) -> Office:
    """A workspace whose one post has gone out on all three platforms, two hours ago."""
    faulty.set_clock(TEN)
    live.at(TEN)
    with live.space.database() as db:
        assert {row.state for row in queue.rows(db)} == {"published"}
    later(live, faulty, hours=2)
    return live


def later(office: Office, faulty: FaultPlatform, **span: float) -> None:
    """Let time pass here and there."""
    office.machine.later(**span)
    faulty.set_clock(clock.now())


def url(office: Office, name: str) -> str:
    """Return where a delivery's post is."""
    with office.space.database() as db:
        row = queue.row(db, name)
    assert row is not None
    return str(row.url)


class TestAgainstThePlatforms:
    def test_what_is_there_is_no_news_and_nothing_is_published_by_looking(
        self, sent: Office, faulty: FaultPlatform
    ) -> None:
        before = len(faulty.requests("public"))
        assert reconcile(sent) == []
        assert len(faulty.requests("public")) == before

    @pytest.mark.parametrize("account", ["x", "facebook"])
    def test_what_is_not_there_any_more_is_told_once(
        self, account: str, sent: Office, faulty: FaultPlatform
    ) -> None:
        name = f"faults/post-0@{account}"
        (post,) = faulty.public(account)
        sent.space.live(sent.board, account).remove(post["id"])
        assert reconcile(sent) == [("gone", name, f"{url(sent, name)} is not there any more")]
        later(sent, faulty, hours=3)
        assert reconcile(sent) == []
        sent.at(clock.now())
        (letter,) = sent.letters()
        assert letter["Subject"] == "SCPB: 1 gone from the account"
        assert f"{name}\n" in words(letter)

    def test_what_went_out_just_now_need_not_be_listed_yet(
        self, live: Office, faulty: FaultPlatform
    ) -> None:
        faulty.set_clock(TEN)
        live.at(TEN)
        (post,) = faulty.public("x")
        live.space.live(live.board, "x").remove(post["id"])
        later(live, faulty, minutes=59)
        assert reconcile(live) == []
        later(live, faulty, minutes=2)
        assert [kind for kind, *_ in reconcile(live)] == ["gone"]

    @pytest.mark.parametrize("account", ["facebook", "instagram"])
    def test_what_is_there_twice_is_told_once(
        self, account: str, sent: Office, faulty: FaultPlatform
    ) -> None:
        name = f"faults/post-0@{account}"
        publisher = sent.space.live(sent.board, account)
        with sent.space.database() as db:
            row = queue.row(db, name)
        assert row is not None
        draft = replace(row.draft, prepared={})
        publisher.publish(publisher.upload(draft), key=name)
        assert [(kind, of) for kind, of, _ in reconcile(sent)] == [("twice", name)]
        assert reconcile(sent) == []
        sent.at(clock.now())
        (letter,) = sent.letters()
        assert letter["Subject"] == "SCPB: 1 perhaps posted twice"

    def test_what_the_board_posts_itself_is_no_news(self, sent: Office) -> None:
        publisher = sent.space.live(sent.board, "x")
        with sent.space.database() as db:
            row = queue.row(db, X)
        assert row is not None
        for _ in range(2):
            publisher.publish(replace(row.draft, text="Our office is shut today."), key="own")
        assert reconcile(sent) == []

    def test_the_same_words_in_two_deliveries_are_no_twins(
        self, sent: Office, faulty: FaultPlatform
    ) -> None:
        with sent.space.database() as db:
            row = queue.row(db, X)
            assert row is not None
            again = delivery("again", "x", at=clock.now(), text=row.draft.text)
            fill(db, [again])
        sent.tick()
        assert len(faulty.public("x")) == 2
        assert reconcile(sent) == []

    def test_what_is_older_than_what_is_listed_is_not_missed(
        self, sent: Office, faulty: FaultPlatform
    ) -> None:
        later(sent, faulty, days=4)
        with sent.space.database() as db:
            fill(db, [delivery("new", "x", at=clock.now())])
        sent.tick()
        later(sent, faulty, hours=2)
        assert reconcile(sent) == []

    def test_what_a_person_settled_by_its_address_is_known_by_it(
        self, sent: Office, faulty: FaultPlatform
    ) -> None:
        """The address of a post on Instagram does not show the number it has there."""
        layout = sent.space.live(sent.board, "instagram")
        address = url(sent, INSTAGRAM)
        by_address = layout.post_id(address)
        assert by_address is not None
        with sent.space.database() as db, writing(db):
            db.conn.execute(
                "UPDATE publications SET platform_id = ? WHERE delivery = ?",
                (by_address, INSTAGRAM),
            )
        assert not by_address.isdigit()
        assert reconcile(sent) == []

    def test_an_address_that_was_not_told_in_time_is_kept_now(self, sent: Office) -> None:
        with sent.space.database() as db:
            db.conn.execute("UPDATE publications SET url = NULL WHERE account = 'instagram'")
            before = queue.live(db, [row.id for row in queue.rows(db)])
            reconciling.reconcile(sent.space, sent.board, db)
            after = queue.live(db, [row.id for row in queue.rows(db)])
        assert [url for *_, url in before].count(None) == 1
        assert None not in [url for *_, url in after]

    def test_what_was_taken_down_is_not_missed(self, sent: Office, faulty: FaultPlatform) -> None:
        (post,) = faulty.public("x")
        sent.space.live(sent.board, "x").remove(post["id"])
        with sent.space.database() as db, writing(db):
            db.conn.execute(
                "UPDATE publications SET removed_at = ? WHERE delivery = ?",
                (clock.stored(clock.now()), X),
            )
        assert reconcile(sent) == []
        later(sent, faulty, days=3)  # after which nothing is looked at any more
        before = len(faulty.requests())
        assert reconcile(sent) == []
        assert len(faulty.requests()) == before

    def test_an_account_that_cannot_be_looked_at_is_told_and_the_others_are_looked_at(
        self, sent: Office, faulty: FaultPlatform
    ) -> None:
        (post,) = faulty.public("x")
        sent.space.live(sent.board, "x").remove(post["id"])
        faulty.set_faults({"fault": "401", "request": "read", "protocol": "facebook"})
        found = reconcile(sent)
        assert [(kind, of) for kind, of, _ in found] == [("not seen", "facebook"), ("gone", X)]
        assert "canary" not in found[0][2]
        assert [kind for kind, *_ in reconcile(sent)] == []

    def test_an_answer_that_nobody_foresaw_is_told_without_its_words(
        self, sent: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fault(self: Publisher, since: datetime) -> list[Publication]:
            raise KeyError("canary-token")

        for account in ("x", "facebook", "instagram"):
            kind = type(sent.space.live(sent.board, account))
            monkeypatch.setattr(kind, "publications", fault)
        assert reconcile(sent) == [
            ("not seen", account, "KeyError (week of Mon 16 Nov 2026)")
            for account in ("facebook", "instagram", "x")
        ]

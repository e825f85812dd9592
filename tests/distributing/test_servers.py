"""Servers that refuse, hang and lie at every step: what becomes of each person's report."""

from __future__ import annotations

import ssl
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import trustme

from sgcomms import distributing, mailing
from sgcomms.db import audit
from sgcomms.db.sendings import Sending
from sgcomms.distributing import carrying
from sgcomms.errors import SgcommsError
from sgcomms.models import Mail
from tests.distributing.conftest import CHAIR, EVERYBODY, NHS, POLICE, Sender
from tests.distributing.test_faults import agreed, got, send
from tests.distributing.test_sending import OCTOBER, work

ALL = {"queued": ["queued"] * 3, "failed": ["failed"] * 3, "uncertain": ["uncertain"] * 3}


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait no longer than a moment for a whole e-mail."""
    quick = partial(mailing.send_armed, within=timedelta(seconds=0.3))
    monkeypatch.setattr(carrying, "send_armed", quick)


class TestAnswers:
    @pytest.mark.long  # tests/test_mailing.py tells the answers apart, too
    @pytest.mark.parametrize(
        ("at", "answer", "state"),
        [
            ("connect", "421 too busy", "queued"),
            ("connect", "554 no service", "queued"),
            ("MAIL", "451 later", "queued"),
            ("MAIL", "550 not you", "queued"),
            ("RCPT", "421 going down", "queued"),
            ("RCPT", "452 full", "queued"),
            ("RCPT", "553 no", "failed"),
            ("DATA", "451 later", "queued"),
            ("DATA", "554 no", "failed"),
            ("DATA", "250 what?", "queued"),
            (".", "451 later", "queued"),
            (".", "552 too large", "failed"),
            (".", "354 go on", "uncertain"),
            (".", "999 what?", "uncertain"),
        ],
    )
    def test_mean_the_same_for_each(self, sender: Sender, at: str, answer: str, state: str) -> None:
        sender.office.box.answers = {at: answer}
        done = sender.send()
        assert sender.states() == ALL[state]
        assert done.code == {"queued": 1, "failed": 1, "uncertain": 3}[state]

    @pytest.mark.parametrize("at", ["DATA", "."])
    def test_for_now_are_followed_by_one_letter_each(self, sender: Sender, at: str) -> None:
        sender.office.box.answers = {at: "451 later"}
        sender.send()
        sender.office.box.letters.clear()
        sender.office.box.answers = {}
        sender.office.machine.later(minutes=16)
        work(sender)
        assert got(sender) == Counter(EVERYBODY)

    def test_for_now_that_never_end_are_given_up(self, sender: Sender) -> None:
        """It was armed each time, so it was nearly out each time."""
        sender.office.box.answers = {"DATA": "451 later"}
        sender.send()
        for _ in range(6):
            sender.office.machine.later(minutes=16)
            work(sender)
        assert sender.states() == ["failed"] * 3
        assert "given up after 5 tries" in str(sender.rows()[CHAIR].reason)


@pytest.mark.long  # tests/test_mailing.py tells the silences apart, too
@pytest.mark.usefixtures("hasty")
class TestSilence:
    @pytest.mark.parametrize(
        ("at", "state"),
        [
            ("connect", "queued"),
            ("EHLO", "queued"),
            ("MAIL", "queued"),
            ("RCPT", "queued"),
            ("DATA", "uncertain"),
            (".", "uncertain"),
        ],
    )
    def test_that_does_not_end_is_cut(self, sender: Sender, at: str, state: str) -> None:
        sender.office.set(f", {POLICE}, {NHS}", "")
        sender.office.box.trickle = at
        sender.send()
        assert sender.rows()[CHAIR].state == state
        assert sender.rows()[CHAIR].sends == (state == "uncertain")


class TestEncryption:
    def test_by_a_certificate_of_nobody_sends_nothing(
        self, sender: Sender, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        trustme.CA().issue_cert("mail.board.example").configure_cert(theirs)
        sender.office.box.tls = theirs
        monkeypatch.setattr(mailing, "_is_loopback", lambda host: False)
        done = sender.send()
        assert (done.code, got(sender)) == (1, Counter())
        assert sender.states() == ["queued"] * 3
        assert "has a certificate that is not to be trusted" in " ".join(done.out.split())

    def test_that_is_not_offered_sends_nothing(
        self, sender: Sender, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mailing, "_is_loopback", lambda host: False)
        assert (sender.send().code, got(sender)) == (1, Counter())
        assert [sender.rows()[one].sends for one in EVERYBODY] == [0, 0, 0]


class TestSecrets:
    def test_of_which_half_is_missing_send_nothing(self, sender: Sender) -> None:
        (sender.office.space.root / "secrets.yaml").write_text("mail: {username: board}\n", "utf-8")
        done = sender.send()
        assert (done.code, sender.states(), got(sender)) == (1, ["queued"] * 3, Counter())
        assert "secrets.yaml holds no password" in " ".join(done.out.split())


class TestAddresses:
    @pytest.mark.parametrize("address", ["dörte@board.example", "chair@börd.example"])
    def test_that_the_server_could_not_read_keep_it_from_nobody_else(
        self, sender: Sender, address: str
    ) -> None:
        sender.office.set(POLICE, address)
        done = sender.send()
        assert done.code == 1
        assert f"failed     {address}: " in done.out
        assert got(sender) == Counter([CHAIR, NHS])

    def test_are_the_same_however_they_are_written(self, sender: Sender) -> None:
        sender.office.set(POLICE, f"{POLICE}, {CHAIR.upper()}")
        sender.send()
        assert sum(got(sender).values()) == 3
        sender.office.set(NHS, NHS.upper())
        assert (sender.command().code, got(sender)) == (0, Counter())


class TestWords:
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x0b"])
    def test_of_a_subject_make_no_header(self, sender: Sender, end: str) -> None:
        """The name of a board stands in it."""
        board = sender.office.board
        mail = replace(sender.desk.make(OCTOBER), subject=f"Reach{end}Bcc: press@news.example")
        one = sent(sender, mail)
        assert one["Subject"] == "Reach Bcc: press@news.example"
        assert one["Bcc"] is None
        assert board.reports.recipients == tuple(EVERYBODY)
        assert [line for line in sender.office.box.heard if "press" in line] == []

    def test_of_a_files_name_make_no_header(self, sender: Sender) -> None:
        mail = sender.desk.make(OCTOBER)
        (file,) = mail.attachments
        name = 'a"\r\nBcc: press@news.example\r\n\r\n.html'
        one = sent(sender, replace(mail, attachments=(replace(file, name=name),)))
        assert one["Bcc"] is None
        assert len(list(one.iter_attachments())) == 1


def sent(sender: Sender, mail: Mail) -> Any:
    """Send an e-mail to all, and return what the chair has got."""
    space, board = sender.office.space, sender.office.board
    with space.database() as db:
        prepared = distributing.prepare(db, board, mail)
        distributing.approve(db, prepared.issue, prepared.to, "somebody")
        distributing.send(space, board, db, prepared.issue)
    return sender.letters()[CHAIR]


class TestAFullDisk:
    def test_sends_nothing_twice_and_loses_nothing(self, sender: Sender) -> None:
        """The database can grow by so many pages; what was out by then is uncertain."""
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)
            pages = db.conn.execute("PRAGMA page_count").fetchone()[0]
            rows = list[Sending]()
            for room in range(60):
                db.conn.execute(f"PRAGMA max_page_count = {pages + room}")
                try:
                    rows = distributing.send(space, board, db, issue)
                except SgcommsError as error:
                    assert "the disk is full" in str(error)  # noqa: PT017
                sender.office.machine.later(minutes=3)
            db.conn.execute("PRAGMA max_page_count = 100000")
            rows = distributing.send(space, board, db, issue)
            assert audit.broken_at(db) is None
        found = got(sender)
        assert set(found.values()) == {1}
        for row in rows:
            assert row.state in ("sent", "uncertain")
            assert row.state == "uncertain" or found[row.recipient] == 1

    @pytest.mark.parametrize("at", ["claimed", "arming", "armed", "carried"])
    def test_at_each_step_leaves_what_is_known(self, sender: Sender, at: str) -> None:
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)

            def step(name: str) -> None:
                if name == at:
                    db.conn.execute("PRAGMA query_only = 1")

            with pytest.raises(SgcommsError):
                distributing.send(space, board, db, issue, step=step)
        sender.office.machine.later(minutes=3)
        rows = send(space, board, issue)
        out = at in ("armed", "carried")
        assert [row.state for row in rows] == ["uncertain" if out else "sent", "sent", "sent"]
        assert got(sender) == Counter(EVERYBODY)

"""Who is told what, when: real letters, through a real server that may be as bad as servers are."""

from __future__ import annotations

import socket
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sgcomms import clock, mailing, notifying, publishing, ticking, workspace
from sgcomms.db import alerts, audit, chores, decisions, identities, parks, pauses, queue, writing
from sgcomms.db.home import ElsewhereError
from sgcomms.db.identities import Verified
from sgcomms.errors import ProblemsError, WorkspaceError
from sgcomms.notifying import posting
from sgcomms.publishing import ClockBehindError
from sgcomms.workspace import Workspace
from tests.conftest import Run
from tests.fakes import NOW, delivery, fill, in_processes, kill
from tests.letters import HEAD, OFFICER, Meanwhile, Office, office, words

__all__ = ["office"]

DEAD = "nobody@board.example"
LATE = NOW - timedelta(hours=3)


def held(office: Office, *names: str) -> None:
    """Let something be told: these deliveries come too late."""
    with office.space.database() as db:
        fill(db, [delivery(name, "x", at=LATE) for name in names])


def handed(office: Office, name: str, *, expires_at: datetime | None = None) -> None:
    """Let a delivery be handed to its author."""
    office.config = office.config.replace("approval: required", "approval: none")
    with office.space.database() as db:
        one = delivery(
            name, "facebook", mode="by_hand", at=office.machine.time, expires_at=expires_at
        )
        fill(db, [one])


def unsent(office: Office) -> list[str]:
    """Return the kinds of what nobody has been told."""
    with office.space.database() as db:
        return [one.kind for one in alerts.unsent(db)]


class TestAtOnce:
    def test_one_letter_tells_all_that_happened(self, office: Office) -> None:
        office.mail(OFFICER, HEAD)
        office.set("approval: required", "approval: none")
        held(office, "late")
        with office.space.database() as db:
            fill(db, [delivery("one", "x", text="Never leave a baby\nalone with a dog.")])
        office.tick()
        (letter,) = office.letters()
        assert letter["To"] == f"{OFFICER}, {HEAD}"
        assert letter["Subject"] == "CPSPB: 1 held, 1 parked"
        assert words(letter) == (
            "HELD, NOT SENT (1)\n"
            "Let it go at a new time, or take it out:\n"
            "\n"
            "test/late@x\n"
            'X, @cplscb: "The words of late."\n'
            "due Sun 22 Nov 2026 06:00 GMT\n"
            "it came due over 2 hours ago\n"
            '  sgcomms release test/late@x --at "DAY TIME"\n'
            "  sgcomms withdraw test/late@x\n"
            "\n"
            "ACCOUNT PARKED: NOTHING GOES OUT THERE (1)\n"
            "Mend what is named, then:\n"
            "  sgcomms accounts verify\n"
            "\n"
            "x\n"
            "x has no api_key, api_secret, access_token, access_token_secret: write them into "
            "secrets.yaml, or set SGCOMMS_X_API_KEY and the like in the environment\n"
            "\n"
            "Times: Europe/London.\n"
        )

    def test_new_comments_are_told_to_those_who_watch_and_to_nobody_else(
        self, office: Office
    ) -> None:
        office.mail(OFFICER)
        where = "https://x.com/cplscb/status/77"
        with office.space.database() as db:
            fill(db, [delivery("one", "x", text="Never leave a baby\nalone with a dog.")])
            words_ = f"2 new comments, 5 in all: {where}"
            alerts.add_once(db, "comments", "test/one@x", words_, ["watcher@board.example"])
            alerts.add_once(db, "not collected", "x", "X does not accept the keys")
        office.tick()
        letters = {str(one["To"]): one for one in office.letters()}
        told = letters["watcher@board.example"]
        assert told["Subject"] == "CPSPB: 1 with new comments"
        assert f"2 new comments, 5 in all: {where}" in words(told)
        assert where not in words(letters[OFFICER])
        assert "FIGURES NOT READ (1)" in words(letters[OFFICER])

    def test_what_was_told_is_told_once(self, office: Office) -> None:
        office.mail(OFFICER)
        held(office, "late")
        office.ticks(3)
        assert office.subjects() == ["CPSPB: 1 held"]

    def test_what_is_overdue_is_told_once_however_its_reason_changes(self, office: Office) -> None:
        office.mail(OFFICER)
        office.set("approval: required", "approval: none")
        with office.space.database() as db:
            fill(db, [delivery("one", "x", text="Never leave a baby\nalone with a dog.")])
        office.ticks(14)
        assert office.subjects() == ["CPSPB: 1 parked"]
        office.ticks(2)
        (letter,) = office.letters()
        assert letter["Subject"] == "CPSPB: 1 overdue"
        assert 'X, @cplscb: "Never leave a baby alone with a dog."' in words(letter)
        assert "due Sun 22 Nov 2026 09:00 GMT" in words(letter)
        with office.space.database() as db, writing(db):
            db.conn.execute("UPDATE deliveries SET reason = 'another'")
        office.ticks(3)
        assert office.subjects() == []

    def test_what_has_settled_itself_is_told_to_nobody(self, office: Office) -> None:
        office.mail(OFFICER)
        held(office, "settled")
        with office.space.database() as db:
            with writing(db):
                alerts.add(db, "held", "test/settled@x", "late")
                alerts.add(db, "overdue", "test/settled@x", "was due")
                alerts.add(db, "missed", "test/settled@x", "was due")
                alerts.add(db, "parked", "x", "the token is dead")
                alerts.add(db, "pause", "all", "everything is still paused")
            notifying.send(office.space, office.board, db)
        (letter,) = office.letters()
        assert letter["Subject"] == "CPSPB: 1 overdue"  # it waits, and came due hours ago
        assert unsent(office) == []

    def test_what_came_about_twice_is_told_once(self, office: Office) -> None:
        office.mail(OFFICER)
        held(office, "late")
        with office.space.database() as db, writing(db):
            alerts.add(db, "held", "test/late@x", "before")
            alerts.add(db, "not seen", "x", "no connection was made")
            alerts.add(db, "not seen", "x", "the token is dead")
        office.tick()
        (letter,) = office.letters()
        assert letter["Subject"] == "CPSPB: 1 held, 2 not looked at"
        assert "it was not approved by its time" in words(letter)

    def test_while_a_time_is_rehearsed_nobody_is_told(
        self, space: Workspace, office: Office
    ) -> None:
        office.mail(OFFICER)
        held(office, "late")
        with clock.rehearse(NOW):
            ticking.tick(space)
        assert office.letters() == []
        assert unsent(office) == []

    def test_a_board_that_wants_no_mail_gets_none(self, office: Office) -> None:
        held(office, "late")
        handed(office, "one")
        office.tick()
        assert unsent(office) == []

    def test_what_is_posted_by_hand_reaches_its_author_where_nobody_else_is_told(
        self, office: Office
    ) -> None:
        office.mail(OFFICER)
        office.set(f"alerts: {{to: [{OFFICER}]}}\n", "")
        held(office, "late")
        handed(office, "one")
        office.tick()
        (letter,) = office.letters()
        assert (letter["To"], letter["Subject"]) == (
            OFFICER,
            "CPSPB: post by hand: test/one@facebook",
        )
        assert unsent(office) == []

    def test_without_a_server_what_is_to_be_told_is_kept(self, office: Office, run: Run) -> None:
        office.config += f"\nalerts: {{to: [{OFFICER}]}}\n"
        held(office, "late")
        handed(office, "one")
        office.tick()
        assert unsent(office) == ["held", "handed", "mail"]
        assert "e-mailed yet" in run("status").out
        office.config += f"mail: {{host: 127.0.0.1, port: {office.box.port}, from: {OFFICER}}}\n"
        office.ticks(5)
        assert office.subjects() == [
            "CPSPB: 1 held, 1 about e-mail",
            "CPSPB: post by hand: test/one@facebook",
        ]


class TestAServer:
    def test_that_is_down_keeps_nothing_from_going_out(self, office: Office) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        office.mail(OFFICER, port=port)
        held(office, "late")
        with office.space.database() as db:
            fill(db, [delivery("one", "x", mode="outbox", at=NOW)])
        assert office.tick().published == ["test/one@x"]
        assert unsent(office) == ["held", "mail"]
        office.set(str(port), str(office.box.port))
        office.ticks(4)
        assert office.letters() == []  # it is given five minutes
        office.ticks(1)
        (letter,) = office.letters()
        assert letter["Subject"] == "CPSPB: 1 held, 1 about e-mail"
        assert "cannot be reached (Connection refused)" in words(letter)
        assert unsent(office) == []

    def test_that_refuses_one_of_two_is_told_of_once(self, office: Office) -> None:
        office.mail(OFFICER, DEAD)
        office.box.refused = frozenset({DEAD})
        held(office, "late")
        office.ticks(10)
        first, second = office.letters()
        assert first["Subject"] == "CPSPB: 1 held"
        assert second["Subject"] == "CPSPB: 1 about e-mail"
        assert f"refused {DEAD} (550 no such user here); the e-mail went to {OFFICER}" in words(
            second
        )
        held(office, "another")
        office.ticks(1)
        assert office.subjects() == ["CPSPB: 1 held"]

    @pytest.mark.parametrize("how", ["hang_up", "garble"])
    def test_that_falls_silent_behind_a_letter_gets_it_again(
        self, how: str, office: Office
    ) -> None:
        """Nobody can tell whether it arrived: a repeated alert is a nuisance, a lost one is not."""
        office.mail(OFFICER)
        setattr(office.box, how, ".")
        held(office, "late")
        office.ticks(1)
        assert office.subjects() == ["CPSPB: 1 held"]
        office.ticks(14)
        assert office.subjects() == []
        setattr(office.box, how, None)
        office.ticks(1)
        (letter,) = office.letters()
        assert letter["Subject"] == "CPSPB: 1 held, 1 about e-mail"
        assert "an e-mail may come twice: its server fell silent" in words(letter)
        office.ticks(20)
        assert office.subjects() == []

    def test_that_falls_silent_behind_what_is_to_be_posted_does_not(self, office: Office) -> None:
        """The second letter might be posted a second time: people are told instead."""
        office.mail(OFFICER)
        office.box.hang_up = "."
        handed(office, "one")
        office.ticks(1)
        assert office.subjects() == ["CPSPB: post by hand: test/one@facebook"]
        office.box.hang_up = None
        office.ticks(20)
        (letter,) = office.letters()
        assert letter["Subject"] == "CPSPB: 1 about e-mail"
        assert "test/one@facebook\n" in words(letter)
        assert "the e-mail with what to post may not have arrived: see by_hand/" in words(letter)

    def test_that_hangs_is_left(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        short = {**(mailing.send.__kwdefaults__ or {}), "within": timedelta(seconds=0.2)}
        monkeypatch.setattr(mailing.send, "__kwdefaults__", short)
        office.mail(OFFICER)
        office.box.trickle = "MAIL"
        held(office, "late")
        with office.space.database() as db:
            fill(db, [delivery("one", "x", mode="outbox", at=NOW)])
        assert office.tick().published == ["test/one@x"]
        office.box.trickle = None
        office.ticks(5)
        assert office.subjects() == ["CPSPB: 1 held, 1 about e-mail"]

    def test_that_is_slow_to_fail_is_asked_once_a_tick(self, office: Office) -> None:
        office.mail(OFFICER)
        tries: list[str] = []

        class Slow(list[str]):
            def append(self, line: str) -> None:
                if line.upper().startswith("MAIL"):
                    tries.append(line)
                    office.machine.later(seconds=60)
                super().append(line)

        office.box.heard = Slow()
        office.box.answers = {"MAIL": "451 later"}
        held(office, "late")
        handed(office, "one")
        handed(office, "two")
        office.tick()
        assert len(tries) == 1

    def test_that_refuses_one_author_serves_all_others(self, office: Office) -> None:
        office.mail(OFFICER)
        office.set(f"alerts: {{to: [{OFFICER}]}}\n", "")
        handed(office, "one")
        handed(office, "two")
        with office.space.database() as db, writing(db):
            db.conn.execute("UPDATE deliveries SET author = ? WHERE post = 'one'", (DEAD,))
        office.box.refused = frozenset({DEAD})
        office.tick()
        assert office.subjects() == ["CPSPB: post by hand: test/two@facebook"]
        assert unsent(office) == ["handed"]


class TestTwoTicks:
    def test_at_once_send_one_letter(self, office: Office) -> None:
        office.mail(OFFICER)
        held(office, "late")

        def another_tick() -> None:
            held(office, "later")
            ticking.tick(office.space)

        office.box.letters = Meanwhile(another_tick)
        office.tick()
        assert office.subjects() == ["CPSPB: 1 held"]
        assert unsent(office) == ["held"]
        office.ticks(1)
        (letter,) = office.letters()
        assert "test/later@x" in words(letter)
        assert "test/late@x" not in words(letter)

    @pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
    def test_when_one_is_killed_behind_its_letter_the_other_repeats_it(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.mail(OFFICER)
        held(office, "late")

        def killed() -> None:
            monkeypatch.setattr(posting, "send_mail", send_and_die)
            ticking.tick(office.space)

        def send_and_die(*arguments: object, **more: object) -> None:
            mailing.send(*arguments, **more)  # type: ignore[arg-type]
            kill()

        (ended,) = in_processes(killed)
        assert ended.killed
        assert office.subjects() == ["CPSPB: 1 held"]
        office.ticks(4)
        assert office.subjects() == []  # for all that is known, it is still at it
        office.ticks(1)
        assert office.subjects() == ["CPSPB: 1 held"]
        assert unsent(office) == []

    def test_a_clock_that_was_wrong_keeps_no_letter_back_for_long(self, office: Office) -> None:
        office.mail(OFFICER)
        with office.space.database() as db:
            chores.plan(db, notifying.MAIL, NOW + timedelta(days=30))
        held(office, "late")
        office.tick()
        assert office.subjects() == ["CPSPB: 1 held"]


class TestByHand:
    def test_the_letter_holds_all_that_is_needed(self, office: Office) -> None:
        office.mail(OFFICER, HEAD)
        handed(office, "one", expires_at=NOW + timedelta(days=2))
        office.tick()
        (letter,) = office.letters()
        assert letter["To"] == f"{OFFICER}, {HEAD}"
        assert words(letter) == (
            "Please post this now on Facebook, @cplscb:\n"
            "\n"
            "----------------------------------------\n"
            "The words of one.\n"
            "----------------------------------------\n"
            "\n"
            "Its time: Sun 22 Nov 2026 09:00 GMT.\n"
            "Do not post it after Tue 24 Nov 2026 09:00 GMT.\n"
            "If you have had this e-mail before, look at the account first: it is to be there "
            "once.\n"
            "\n"
            "When it is posted, say where:\n"
            "  sgcomms settle test/one@facebook --posted URL\n"
            "If it will not be posted:\n"
            "  sgcomms settle test/one@facebook --not-posted\n"
            "\n"
            "Times: Europe/London.\n"
        )

    @pytest.fixture
    def delayed(self, office: Office) -> Office:
        """An office that handed something over while its server was down."""
        office.mail(OFFICER)
        office.box.answers = {"MAIL": "451 later"}
        handed(office, "one", expires_at=NOW + timedelta(hours=30))
        office.tick()
        office.box.answers = {}
        return office

    def letter(self, office: Office, **later: float) -> tuple[str, str]:
        """Return the subject and the text of the letter that leaves so much later."""
        office.machine.later(**later)
        office.tick()
        found = next(one for one in office.letters() if "test/one@facebook" in one["Subject"])
        return found["Subject"], words(found)

    def test_what_leaves_late_says_so(self, delayed: Office) -> None:
        subject, text = self.letter(delayed, hours=3)
        assert subject == "CPSPB: do NOT post yet: test/one@facebook"
        assert text.startswith("DO NOT POST THIS YET: it reaches you late. Ask whether it is still")
        assert "\nTo be posted on Facebook, @cplscb:\n" in text

    def test_what_has_expired_says_so(self, delayed: Office) -> None:
        assert "it has expired" in self.letter(delayed, hours=31)[1]

    @pytest.mark.parametrize(
        ("scope", "target", "named"),
        [
            ("all", None, "everything is paused (A baby has died)"),
            ("account", "facebook", "the account facebook is paused"),
            ("campaign", "test", "the campaign test is paused"),
        ],
    )
    def test_what_was_paused_meanwhile_says_so(
        self, delayed: Office, scope: pauses.Scope, target: str | None, named: str
    ) -> None:
        with delayed.space.database() as db:
            pauses.start(db, scope, target, "A baby has died", HEAD)
        assert named in self.letter(delayed, minutes=5)[1]

    def test_what_still_goes_in_a_pause_goes(self, delayed: Office) -> None:
        with delayed.space.database() as db:
            pauses.start(db, "all", None, "A baby has died", HEAD)
            (pause,) = pauses.active(db)
            pauses.release(db, pause, "delivery", "test/one@facebook", HEAD)
            pauses.start(db, "account", "x", "Something else", HEAD)
        assert self.letter(delayed, minutes=5)[0] == "CPSPB: post by hand: test/one@facebook"

    def test_a_stop_file_says_so(self, delayed: Office) -> None:
        (delayed.space.root / "STOP").touch()
        assert "a file named STOP" in self.letter(delayed, minutes=5)[1]

    def test_what_was_withdrawn_meanwhile_is_sent_to_nobody(self, delayed: Office) -> None:
        with delayed.space.database() as db:
            (row,) = queue.rows(db)
            decisions.withdraw(db, row, HEAD, "not now")
        delayed.ticks(6)
        assert delayed.subjects() == ["CPSPB: 1 about e-mail"]

    def test_of_an_account_that_the_board_no_longer_has_is_still_told(
        self, delayed: Office
    ) -> None:
        delayed.set("  facebook: {platform: facebook", "  our-page: {platform: facebook")
        assert "Please post this now on facebook:" in self.letter(delayed, minutes=5)[1]


class TestSecrets:
    def test_stand_in_no_letter(self, office: Office) -> None:
        """An error may quote anything: what leaves by e-mail is searched once more."""
        token, password = "canary-token-83c1", "canary-password-19ab"
        secrets = office.space.root / "secrets.yaml"
        secrets.write_text(
            f"x: {{access_token: {token}}}\nmail: {{username: comms, password: {password}}}\n"
        )
        office.box.login = f"comms:{password}"
        office.mail(OFFICER)
        with office.space.database() as db, writing(db):
            alerts.add(db, "not seen", f"x {token}", f"refused {token}, said {password}")
        office.tick()
        notifying.stopped(office.space, office.board, f"{token}")
        letters = [raw.decode() for raw in office.box.letters]
        assert len(letters) == 2
        assert not any(token in one or password in one for one in letters)
        assert words(office.letters()[0]).count("[secret]") == 3
        assert OFFICER in letters[0]  # the user name is no secret, and stands in every address


class TestTheTickThatStops:
    def stop(self, office: Office, error: type[Exception]) -> None:
        with pytest.raises(error):
            ticking.tick(office.space)

    def break_database(self, office: Office) -> Path:
        database = office.space.root / workspace.DATABASE
        return database.rename(database.with_suffix(".gone"))

    def test_is_told_at_once_and_once_an_hour(self, office: Office) -> None:
        office.mail(OFFICER)
        away = self.break_database(office)
        for _ in range(60):
            self.stop(office, WorkspaceError)
            office.machine.later(minutes=1)
        (letter,) = office.letters()
        assert letter["Subject"] == "CPSPB: publishing has stopped"
        assert words(letter) == (
            "PUBLISHING HAS STOPPED (1)\n"
            "Nothing goes out until this is mended. Look on the machine that publishes:\n"
            "  sgcomms publish\n"
            "  sgcomms status\n"
            "\n"
            "sgcomms publish\n"
            "there is no sgcomms.db in this workspace: run `sgcomms init` in it\n"
            "\n"
            "Times: Europe/London.\n"
        )
        self.stop(office, WorkspaceError)
        assert office.subjects() == ["CPSPB: publishing has stopped"]
        away.rename(office.space.root / workspace.DATABASE)
        office.tick()
        assert office.subjects() == ["CPSPB: publishing stood still"]

    def test_is_told_when_the_server_is_back(self, office: Office) -> None:
        office.mail(OFFICER)
        self.break_database(office)
        office.box.answers = {"MAIL": "451 later"}
        self.stop(office, WorkspaceError)
        office.box.answers = {}
        self.stop(office, WorkspaceError)
        assert office.subjects() == ["CPSPB: publishing has stopped"]

    def test_is_told_although_secrets_yaml_cannot_be_read_for_now(self, office: Office) -> None:
        office.mail(OFFICER)
        self.break_database(office)
        secrets = office.space.root / "secrets.yaml"
        text = secrets.read_text()
        secrets.write_text("x: [")
        self.stop(office, WorkspaceError)
        secrets.write_text(text)
        self.stop(office, WorkspaceError)
        assert office.subjects() == ["CPSPB: publishing has stopped"]

    def test_is_told_once_where_nothing_is_certain(self, office: Office) -> None:
        office.mail(OFFICER, DEAD)
        office.box.refused = frozenset({DEAD})
        office.box.hang_up = "."
        self.break_database(office)
        self.stop(office, WorkspaceError)
        self.stop(office, WorkspaceError)
        assert office.subjects() == ["CPSPB: publishing has stopped"]

    def test_is_told_by_the_hour_where_no_mark_can_be_left(self, office: Office) -> None:
        """As on a full disk: no file can be made that would say when somebody was told."""
        office.mail(OFFICER)
        office.space.alarm.symlink_to(office.space.root / "no" / "such" / "folder")
        self.break_database(office)
        for _ in range(120):
            self.stop(office, WorkspaceError)
            office.machine.later(minutes=1)
        assert len(office.subjects()) == 2

    def test_because_of_the_clock_is_told(self, office: Office) -> None:
        office.mail(OFFICER)
        with office.space.database() as db, writing(db):
            audit.append(db, "test", "queued", "test/one@x")
        office.machine.later(hours=-1)
        self.stop(office, ClockBehindError)
        (letter,) = office.letters()
        assert "this machine's clock says 2026-11-22 08:00 UTC" in words(letter)

    def test_because_of_the_config_is_told_as_far_as_it_can_be_read(self, office: Office) -> None:
        office.mail(OFFICER)
        office.set("year_starts: 1 April", "year_starts: 1 Apirl")
        self.stop(office, ProblemsError)
        (letter,) = office.letters()
        assert letter["Subject"] == "CPSPB: publishing has stopped"
        assert "config/board.yaml:6:16: error wrong-value year_starts" in words(letter)
        self.stop(office, ProblemsError)
        assert office.letters() == []

    @pytest.mark.parametrize(
        "config", ["", "board: [", "- 1", "mail: {}\nalerts: {to: [a@b.example]}\n"]
    )
    def test_because_of_a_config_that_names_nobody_is_an_error_all_the_same(
        self, config: str, office: Office
    ) -> None:
        office.config = config
        self.stop(office, ProblemsError)
        assert office.letters() == []

    def test_because_of_what_nobody_foresaw_is_told_without_its_words(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fault(*_: object) -> None:
            raise KeyError("EAAGcanary")

        office.mail(OFFICER)
        monkeypatch.setattr(publishing, "tick", fault)
        held(office, "late")
        with office.space.database() as db, writing(db):
            alerts.add(db, "not seen", "x", "told before")
        self.stop(office, KeyError)
        told, stopped = office.letters()
        assert told["Subject"] == "CPSPB: 1 not looked at"  # what waited is told all the same
        assert "(KeyError, test_notifying.py, line " in words(stopped)
        assert "EAAGcanary" not in words(stopped)

    def test_in_a_copy_tells_nobody(self, office: Office) -> None:
        """The workspace that publishes is well, and both would tell the same people."""
        office.mail(OFFICER)
        office.set("approval: required", "approval: none")
        handed(office, "one")
        office.tick()
        office.letters()
        with office.space.database() as db, writing(db):
            db.conn.execute("UPDATE home SET path = '/elsewhere'")
        self.stop(office, ElsewhereError)
        assert office.letters() == []

    @pytest.mark.parametrize("missing", ["alerts", "mail", "both"])
    def test_where_nobody_is_to_be_told_is_an_error_all_the_same(
        self, missing: str, office: Office
    ) -> None:
        office.mail(OFFICER)
        lines = office.config.splitlines()
        gone = ("alerts", "mail") if missing == "both" else (missing,)
        office.config = "\n".join(one for one in lines if not one.startswith(gone))
        self.break_database(office)
        self.stop(office, WorkspaceError)
        assert office.letters() == []


class TestStoodStill:
    def test_is_told_with_its_times(self, office: Office) -> None:
        office.mail(OFFICER)
        office.beat(NOW - timedelta(days=30))
        office.tick()
        (letter,) = office.letters()
        assert letter["Subject"] == "CPSPB: publishing stood still"
        assert words(letter).startswith(
            "PUBLISHING STOOD STILL (1)\n"
            "from Fri 23 Oct 2026 10:00 BST\n"
            "to   Sun 22 Nov 2026 09:00 GMT\n"
        )

    def test_is_told_once_by_two_ticks(self, office: Office) -> None:
        office.mail(OFFICER)
        office.beat(NOW - timedelta(days=30))
        ticking.tick(office.space)
        office.beat(NOW - timedelta(days=30))
        office.machine.later(seconds=1)
        ticking.tick(office.space)
        assert office.subjects() == ["CPSPB: publishing stood still"]

    def test_is_no_news_after_a_quarter_of_an_hour(self, office: Office) -> None:
        office.mail(OFFICER)
        office.machine.later(minutes=15)
        office.tick()
        assert office.subjects() == []


MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class TestOnMondays:
    @pytest.fixture
    def monday(self, office: Office) -> Office:
        """An office on a Monday, a minute before eight; the Sunday before was quiet."""
        office.mail(OFFICER, HEAD)
        office.tick()
        office.machine.time = MONDAY - timedelta(minutes=1)
        office.tick()
        office.letters()
        return office

    def test_the_week_ahead_is_told_at_eight(self, monday: Office) -> None:
        with monday.space.database() as db:
            fill(
                db,
                [
                    delivery("one", "x", at=MONDAY + timedelta(days=1)),
                    delivery("two", "facebook", mode="by_hand", at=MONDAY + timedelta(days=2)),
                    delivery("three", "x", mode="outbox", at=MONDAY + timedelta(days=3)),
                    delivery("four", "x", at=MONDAY + timedelta(days=7)),
                    delivery("late", "x", at=MONDAY - timedelta(hours=3)),
                ],
            )
        monday.tick()
        assert [one for one in monday.subjects() if "this week" in one] == []
        monday.ticks(1)
        (letter,) = monday.letters()
        assert letter["To"] == f"{OFFICER}, {HEAD}"
        assert letter["Subject"] == "CPSPB this week: 3 posts, 4 to sign, 1 to settle"
        text = words(letter)
        assert "HELD, NOT SENT (1)" in text
        assert "test: 4 posts, first Mon 23 Nov 2026 05:00 GMT" in text
        assert (
            "THE NEXT SEVEN DAYS (3)\n"
            "Tue 24 Nov 2026\n"
            "08:00 GMT test/one@x (not signed)\n"
            "\n"
            "Wed 25 Nov 2026\n"
            "08:00 GMT test/two@facebook (by hand, not signed)\n"
            "\n"
            "Thu 26 Nov 2026\n"
            "08:00 GMT test/three@x (to the outbox)\n"
        ) in text
        monday.ticks(90)
        assert [one for one in monday.subjects() if "this week" in one] == []

    def test_tokens_of_live_accounts_that_end_are_told(self, monday: Office) -> None:
        monday.set(", mode: outbox}\n  instagram", "}\n  instagram")
        monday.set("handle: cplscb, mode: outbox", "handle: cplscb")
        with monday.space.database() as db:
            for account, days in (("x", 29), ("instagram", 3), ("facebook", 30)):
                end = MONDAY + timedelta(days=days)
                identities.keep(db, Verified(account, "", "", (), (), (), end, NOW))
        monday.ticks(1)
        letter = next(one for one in monday.letters() if "this week" in one["Subject"])
        assert "x: ends Tue 22 Dec 2026 08:00 GMT" in words(letter)
        assert "instagram: ends" not in words(letter)  # it is an outbox
        assert "facebook: ends" not in words(letter)
        assert "ACCOUNT THAT COULD NOT BE CHECKED (2)" in words(letter)

    def test_an_account_that_is_parked_is_told_once(self, monday: Office) -> None:
        monday.set(", mode: outbox}\n  instagram", "}\n  instagram")
        monday.set("handle: cplscb, mode: outbox", "handle: cplscb")
        with monday.space.database() as db:
            parks.park(db, "x", "token", "the token is dead", "test")
            parks.park(db, "facebook", "limit", "too many", "test", MONDAY + timedelta(days=1))
        monday.ticks(1)
        letter = next(one for one in monday.letters() if "this week" in one["Subject"])
        assert words(letter).count("\nx\n") == 1
        assert "COULD NOT BE CHECKED (1)" in words(letter)

    def test_a_letter_that_was_refused_is_sent_a_quarter_of_an_hour_later(
        self, monday: Office
    ) -> None:
        monday.box.answers = {"MAIL": "451 later"}
        monday.ticks(1)
        monday.box.answers = {}
        monday.ticks(14)
        assert [one for one in monday.subjects() if "this week" in one] == []
        monday.ticks(1)
        assert [one for one in monday.subjects() if "this week" in one] == [
            "CPSPB this week: no posts"
        ]

    @pytest.mark.parametrize("fault", ["one refused", "silence"])
    def test_a_letter_that_reached_somebody_is_not_sent_again(
        self, fault: str, monday: Office
    ) -> None:
        monday.set(HEAD + "]}", DEAD + "]}")
        monday.box.refused = frozenset({DEAD}) if fault == "one refused" else frozenset()
        monday.box.hang_up = "." if fault == "silence" else None
        monday.ticks(1)
        monday.box.hang_up = None
        monday.ticks(30)
        subjects = monday.subjects()
        assert subjects.count("CPSPB this week: no posts") == 1
        assert all("this week" in one or "about e-mail" in one for one in subjects)
        assert len(subjects) <= 3

    def test_nobody_is_told_where_nobody_wants_to_be(self, monday: Office) -> None:
        monday.config = monday.config.partition("\nalerts")[0]
        monday.ticks(1)
        assert monday.letters() == []
        assert unsent(monday) == []

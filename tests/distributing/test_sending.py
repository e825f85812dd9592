"""A report to three people: each gets it once, whatever happens on the way."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable

import pytest

from sgcomms import distributing
from sgcomms.db import audit, issues, writing
from sgcomms.errors import StateError
from sgcomms.periods import month
from tests.distributing.conftest import (
    CHAIR,
    DOCUMENT,
    EVERYBODY,
    HEAD,
    MONTH,
    NHS,
    OFFICER,
    POLICE,
    Sender,
)
from tests.letters import words

OCTOBER = month(MONTH)


class Numbered(list[bytes]):
    """Letters; when the one with a number has come in, something happens before it is answered."""

    def __init__(self, number: int, do: Callable[[], object]) -> None:
        super().__init__()
        self.number, self.do = number, do

    def append(self, letter: bytes) -> None:
        """Take a letter in."""
        super().append(letter)
        if len(self) == self.number:
            self.do()


class TestEverybody:
    def test_gets_an_e_mail_of_their_own(self, sender: Sender) -> None:
        done = sender.send()
        assert (done.code, done.err) == (0, "")
        assert [line for line in done.out.splitlines() if line.startswith("sent")] == [
            f"sent       {one}" for one in EVERYBODY
        ]
        found = sender.letters()
        assert list(found) == EVERYBODY
        assert len({one["Message-ID"] for one in found.values()}) == 3
        one = found[CHAIR]
        assert one["Subject"] == "Reach in October 2026"
        assert words(one) == "In October 2026 the website had 6,012 users.\n"
        page = one.get_body(["html"])
        assert page is not None
        assert "<h1>Reach</h1>" in page.get_content()
        (file,) = one.iter_attachments()
        assert file.get_filename() == "reach-2026-10.html"
        assert "6,012" in file.get_content()

    def test_gets_it_once(self, sender: Sender) -> None:
        sender.send()
        sender.letters()
        again = sender.command()
        assert (again.code, again.err) == (0, "")
        assert (
            again.out
            == f"Nothing was sent: nobody lacks {DOCUMENT}, and no figure in it has changed.\n"
        )
        assert sender.letters() == {}

    def test_is_in_the_trail(self, sender: Sender) -> None:
        sender.send()
        with sender.office.space.database() as db:
            found = [(one.action, one.detail.get("to")) for one in audit.entries(db, DOCUMENT)]
            assert audit.broken_at(db) is None
        each = [(step, one) for one in EVERYBODY for step in ("claimed", "armed", "sent")]
        assert found == [("prepared", None), ("approved", EVERYBODY), *each]

    def test_who_is_new_gets_it_alone(self, sender: Sender) -> None:
        sender.send()
        sender.letters()
        sender.office.set(NHS, f"{NHS}, fire@board.example")
        shown = sender.command()
        assert "to:      fire@board.example\n" in shown.out
        assert sender.send().code == 0
        assert list(sender.letters()) == ["fire@board.example"]

    def test_who_is_no_longer_named_gets_nothing(self, sender: Sender) -> None:
        sender.office.box.refused, sender.office.box.refusal = frozenset({NHS}), "451 later"
        sender.send()
        sender.office.set(f", {NHS}", "")
        sender.office.box.refused = frozenset()
        sender.office.machine.later(hours=1)
        assert sender.command().code == 0
        sender.office.machine.later(hours=1)
        with sender.office.space.database() as db:
            list(distributing.work(sender.office.space, sender.office.board, db, sender.desk.make))
        assert list(sender.letters()) == [CHAIR, POLICE]
        assert sender.states() == ["sent", "sent", "withdrawn"]


class TestAYes:
    def test_is_waited_for(self, sender: Sender) -> None:
        shown = sender.command()
        assert shown.code == 3
        assert "  | In October 2026 the website had 6,012 users." in shown.out
        assert f"--yes-to {sender.seal()} --by WHO" in shown.err
        assert sender.letters() == {}

    @pytest.mark.parametrize("wrong", ["0" * 12, "", "a", "f" * 64])
    def test_to_something_else_counts_for_nothing(self, sender: Sender, wrong: str) -> None:
        done = sender.command("--yes-to", wrong, "--by", HEAD)
        assert done.code == 2
        assert f"what would be sent now is {sender.seal()}" in done.err
        assert sender.letters() == {}

    def test_to_a_few_signs_is_none(self, sender: Sender) -> None:
        assert sender.command("--yes-to", sender.seal()[:11], "--by", HEAD).code == 2
        assert sender.letters() == {}

    @pytest.mark.parametrize(
        "change",
        [
            {"users": "6,013"},
            {"day": " "},
            {"more": {"a": "1"}},
            {"page": "<p>Only on the page in the e-mail</p>"},
            {"file": "<p>Only in what is attached</p>"},
        ],
    )
    def test_is_void_when_anything_changes(self, sender: Sender, change: dict[str, object]) -> None:
        seal = sender.seal()
        for name, value in change.items():
            setattr(sender.desk, name, value)
        assert sender.command("--yes-to", seal, "--by", HEAD).code == 2
        assert sender.letters() == {}

    def test_is_to_those_who_get_it(self, sender: Sender) -> None:
        seal = sender.seal()
        sender.office.set(NHS, f"{NHS}, press@news.example")
        done = sender.command("--yes-to", seal, "--by", HEAD)
        assert (done.code, sender.letters()) == (2, {})
        assert sender.seal() in done.err
        assert sender.seal() != seal

    def test_is_to_the_way_that_it_goes(self, sender: Sender) -> None:
        seal = sender.seal()
        sender.office.set("host: 127.0.0.1", "host: localhost")
        assert sender.command("--yes-to", seal, "--by", HEAD).code == 2
        assert sender.letters() == {}

    def test_is_to_whom_it_comes_from(self, sender: Sender) -> None:
        seal = sender.seal()
        sender.office.set("from: comms@board.example", "from: press@board.example")
        assert sender.command("--yes-to", seal, "--by", HEAD).code == 2
        assert sender.letters() == {}

    def test_does_not_mind_how_an_address_is_written(self, sender: Sender) -> None:
        seal = sender.seal()
        sender.office.set(CHAIR, CHAIR.replace("chair", "Chair"))
        assert sender.command("--yes-to", seal, "--by", HEAD).code == 0

    def test_does_not_mind_in_which_order_they_are_named(self, sender: Sender) -> None:
        seal = sender.seal()
        sender.office.set(f"{CHAIR}, {POLICE}", f"{POLICE}, {CHAIR}")
        assert sender.command("--yes-to", seal, "--by", HEAD).code == 0
        assert len(sender.letters()) == 3

    def test_is_somebodys(self, sender: Sender) -> None:
        seal = sender.seal()
        assert "say with --by who says yes" in sender.command("--yes-to", seal).err
        stranger = sender.command("--yes-to", seal, "--by", "press@news.example")
        assert "is not among `people`" in stranger.err
        assert (stranger.code, sender.letters()) == (2, {})

    @pytest.mark.parametrize(("answer", "code", "sent"), [("y\n", 0, 3), ("n\n", 3, 0)])
    def test_is_asked_for_on_a_terminal(
        self,
        sender: Sender,
        monkeypatch: pytest.MonkeyPatch,
        answer: str,
        code: int,
        sent: int,
    ) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        monkeypatch.setattr("sys.stdin", Terminal(answer))
        done = sender.command("--by", HEAD)
        assert "Send exactly this to 3 people?" in done.out
        assert (done.code, len(sender.letters())) == (code, sent)

    def test_is_not_asked_for_where_the_board_says_so(self, sender: Sender) -> None:
        sender.office.set("reports: {", "reports: {send: by_itself, ")
        assert (sender.command().code, len(sender.letters())) == (0, 3)

    def test_does_not_help_where_nothing_is_ever_sent(self, sender: Sender) -> None:
        sender.office.set("reports: {", "reports: {send: never, ")
        done = sender.command()
        assert (done.code, sender.letters()) == (2, {})
        assert "`send: never`" in done.err

    def test_to_what_was_shown_before_a_change_is_refused(self, sender: Sender) -> None:
        board = sender.office.board
        with sender.office.space.database() as db:
            shown = distributing.prepare(db, board, sender.desk.make(OCTOBER))
            sender.desk.users = "6,013"
            distributing.prepare(db, board, sender.desk.make(OCTOBER))
            with pytest.raises(StateError, match="has changed since it was shown"):
                distributing.approve(db, shown.issue, shown.to, HEAD)

    def test_that_changes_between_the_yes_and_the_arming_sends_nothing(
        self, sender: Sender
    ) -> None:
        """Another process takes new words in while this one is talking to the server."""
        space, board = sender.office.space, sender.office.board
        with space.database() as db, space.database() as other:
            prepared = distributing.prepare(db, board, sender.desk.make(OCTOBER))
            distributing.approve(db, prepared.issue, prepared.to, HEAD)
            sender.desk.users = "6,013"

            def step(name: str) -> None:
                if name == "arming":
                    with writing(other):
                        other.conn.execute("UPDATE issues SET approved_hash = 'other'")

            rows = distributing.send(space, board, db, prepared.issue, step=step)
        assert {row.state for row in rows} == {"queued"}
        assert {row.sends for row in rows} == {0}
        assert sender.letters() == {}


class TestRevised:
    def test_says_so_and_what_has_changed(self, sender: Sender) -> None:
        sender.send()
        sender.letters()
        sender.desk.users = "6,013"
        sender.desk.more = {"Posts on X": "12"}
        shown = sender.command()
        assert f"{DOCUMENT}: revised, issue 2" in shown.out
        assert "  changed: Website users: 6,013 (was 6,012)" in shown.out
        assert "  changed: Posts on X: 12 (not given before)" in shown.out
        assert sender.send().code == 0
        found = sender.letters()
        assert list(found) == EVERYBODY
        one = found[POLICE]
        assert one["Subject"] == "Revised: Reach in October 2026"
        assert words(one).splitlines()[:3] == [
            "Revised (issue 2): this takes the place of what was sent on 22 November 2026. What "
            "has changed:",
            "- Website users: 6,013 (was 6,012)",
            "- Posts on X: 12 (not given before)",
        ]
        (file,) = one.iter_attachments()
        assert file.get_filename() == "reach-2026-10-revised-2.html"
        for page in (one.get_body(["html"]), file):
            assert page is not None
            html = page.get_content()
            assert html.index("<main>") < html.index("Revised (issue 2)") < html.index("<h1>")
            assert "<li>Website users: 6,013 (was 6,012)</li>" in html

    def test_has_an_identity_of_its_own(self, sender: Sender) -> None:
        sender.send()
        first = sender.letters()[CHAIR]["Message-ID"]
        sender.desk.day = " Nothing is paused today."
        assert sender.command().code == 0
        assert sender.letters() == {}
        assert sender.send("--revise").code == 0
        second = sender.letters()[CHAIR]
        assert second["Message-ID"] != first
        assert "No figure has changed" in words(second)

    def test_that_turns_out_as_it_was_is_not_sent(self, sender: Sender) -> None:
        sender.send()
        sender.desk.users = "6,013"
        seal = sender.seal()
        sender.desk.users = "6,012"
        sender.letters()
        assert sender.command("--yes-to", seal, "--by", HEAD).code == 0
        assert sender.letters() == {}

    def test_waits_for_the_issue_that_was_cut_off(self, sender: Sender) -> None:
        """Two have the first issue; the third gets it too before all get the second."""
        sender.office.box.refused = frozenset({NHS})
        sender.send()
        sender.office.box.refused = frozenset()
        sender.letters()
        sender.desk.users = "6,013"
        shown = sender.command()
        assert "issue 1, which some have got and these have not" in shown.out
        assert "--revise sends everybody the changed one" in shown.err
        sender.send()
        (one,) = sender.letters().values()
        assert (one["To"], words(one)) == (NHS, "In October 2026 the website had 6,012 users.\n")
        sender.send()
        assert {one["Subject"] for one in sender.letters().values()} == {
            "Revised: Reach in October 2026"
        }

    def test_takes_the_place_of_one_that_was_cut_off(self, sender: Sender) -> None:
        sender.office.box.refused, sender.office.box.refusal = frozenset({NHS}), "451 later"
        sender.send()
        sender.office.box.refused = frozenset()
        sender.letters()
        sender.desk.users = "6,013"
        assert sender.send("--revise").code == 0
        assert list(sender.letters()) == EVERYBODY
        assert sender.states() == ["sent", "sent", "withdrawn"]

    def test_that_went_out_voids_a_yes_to_the_rest_of_the_first(self, sender: Sender) -> None:
        """Two terminals: on one the first issue is shown, on the other all get the second."""
        sender.office.box.refused = frozenset({NHS})
        sender.send()
        sender.office.box.refused = frozenset()
        board = sender.office.board
        with sender.office.space.database() as db:
            shown = distributing.prepare(db, board, sender.desk.make(OCTOBER))
            assert shown.to == (NHS,)
            sender.desk.users = "6,013"
            sender.send("--revise")
            with pytest.raises(StateError, match="has changed since it was shown"):
                distributing.approve(db, shown.issue, shown.to, HEAD)

    def test_that_nobody_got_leaves_a_way_to_send_it_after_all(self, sender: Sender) -> None:
        """The first may have arrived, the second was refused, and the first had not arrived."""
        sender.office.set(f", {POLICE}, {NHS}", "")
        sender.office.box.hang_up = "."
        assert sender.send().code == 3
        sender.office.box.hang_up = None
        sender.office.box.refused = frozenset({CHAIR})
        sender.desk.users = "6,013"
        assert sender.send().code == 1
        sender.run("report", "settle", DOCUMENT, CHAIR, "--not-received", "--by", OFFICER)
        sender.office.box.refused = frozenset()
        sender.office.box.letters.clear()
        assert sender.send().code == 0
        assert [words(one) for one in sender.letters().values()] == [f"{sender.desk.words}\n"]
        sender.office.beat()
        assert DOCUMENT not in sender.run("status", "--check").out
        assert sender.command().code == 0

    def test_that_nobody_got_hides_no_refusal_of_the_first(self, sender: Sender) -> None:
        sender.office.box.refused = frozenset({NHS})
        sender.send()
        sender.office.box.refused = frozenset(EVERYBODY)
        sender.send("--revise")
        sender.send()
        sender.office.beat()
        said = sender.run("status", "--check").out
        assert f"{DOCUMENT} to {NHS} was not sent" in said
        assert CHAIR not in said

    @pytest.mark.parametrize("refusal", ["550 no such user here", "451 later"])
    def test_that_nobody_got_lets_the_first_be_finished(self, sender: Sender, refusal: str) -> None:
        sender.office.box.refused = frozenset({NHS})
        sender.send()
        sender.office.box.refused, sender.office.box.refusal = frozenset(EVERYBODY), refusal
        sender.send("--revise")
        sender.office.box.refused = frozenset()
        sender.letters()
        assert sender.send().code == 0
        assert list(sender.letters()) == [NHS]
        sender.office.machine.later(hours=1)
        assert work(sender) == []
        sender.office.beat()
        assert DOCUMENT not in sender.run("status", "--check").out

    def test_that_nobody_got_is_void_when_the_figures_are_as_they_were(
        self, sender: Sender
    ) -> None:
        sender.send()
        sender.desk.users = "6,013"
        sender.office.box.hang_up = "RCPT"
        sender.send()
        assert sender.states(2) == ["queued"] * 3
        sender.office.box.hang_up = None
        sender.letters()
        sender.desk.users = "6,012"
        assert sender.command().code == 0
        sender.office.machine.later(minutes=20)
        assert work(sender) == []
        assert sender.letters() == {}
        with sender.office.space.database() as db:
            (voided,) = [one for one in audit.entries(db, DOCUMENT) if one.action == "unapproved"]
        assert voided.detail["number"] == 2


class TestADecision:
    def test_that_is_all_that_is_revised_is_named(self, sender: Sender) -> None:
        sender.send("--for-decision", "stop posting on X")
        sender.letters()
        other = ("--for-decision", "stop posting  on X and Threads", "--revise")
        line = (
            "What the board is asked to do: For decision: stop posting on X and Threads "
            "(was For decision: stop posting on X)"
        )
        assert f"  changed: {line}\n" in sender.command(*other).out
        assert sender.send(*other).code == 0
        (first, *_) = sender.letters().values()
        assert words(first).splitlines()[1] == f"- {line}"
        page = first.get_body(["html"])
        assert page is not None
        assert f"<li>{line}</li>" in page.get_content()
        assert "No figure has changed" not in words(first)

    def test_that_is_part_of_another_is_another(self, sender: Sender) -> None:
        sender.send("--for-decision", "stop posting on X and Threads")
        sender.letters()
        done = sender.command("--for-decision", "stop posting on X")
        assert (done.code, sender.letters()) == (2, {})
        assert "add --revise" in done.err

    def test_that_is_new_is_not_dropped_from_the_rest_of_an_issue(self, sender: Sender) -> None:
        sender.office.box.refused = frozenset({NHS})
        sender.send()
        sender.office.box.refused = frozenset()
        sender.letters()
        done = sender.command("--for-decision", "stop posting on X")
        assert (done.code, sender.letters()) == (2, {})

    def test_that_says_nothing_is_none(self, sender: Sender) -> None:
        done = sender.command("--for-decision", " ")
        assert (done.code, sender.letters()) == (2, {})
        assert "say what the board is asked to decide" in done.err

    def test_that_is_new_needs_a_revised_one(self, sender: Sender) -> None:
        sender.send()
        sender.letters()
        done = sender.command("--for-decision", "stop posting on X")
        assert (done.code, sender.letters()) == (2, {})
        assert "add --revise" in done.err
        assert sender.send("--for-decision", "stop posting on X", "--revise").code == 0
        assert list(sender.letters()) == EVERYBODY
        assert sender.command("--for-decision", "stop posting on X").code == 0

    def test_that_they_were_asked_for_is_sent_once(self, sender: Sender) -> None:
        sender.send("--for-decision", "stop posting on X")
        sender.letters()
        again = sender.command("--for-decision", "stop posting on X")
        assert (again.code, sender.letters()) == (0, {})

    @pytest.mark.parametrize("more", [("-o", "reach.md"), ("--format", "md")])
    def test_of_where_to_write_is_not_dropped_when_it_is_sent(
        self, sender: Sender, more: tuple[str, str]
    ) -> None:
        done = sender.command(*more)
        assert (done.code, sender.letters()) == (2, {})
        assert "leave out -o and --format" in done.err


class TestARefusal:
    def test_of_one_keeps_the_report_from_nobody_else(self, sender: Sender) -> None:
        sender.office.box.refused = frozenset({POLICE})
        done = sender.send()
        assert done.code == 1
        assert f"failed     {POLICE}: " in done.out
        assert "550 no such user here" in done.out
        assert list(sender.letters()) == [CHAIR, NHS]
        assert sender.rows()[POLICE].sends == 0

    def test_is_tried_again_after_another_yes_only(self, sender: Sender) -> None:
        sender.office.box.refused = frozenset({POLICE})
        sender.send()
        sender.office.box.refused = frozenset()
        sender.letters()
        work(sender)
        assert sender.letters() == {}
        assert sender.send().code == 0
        assert list(sender.letters()) == [POLICE]

    @pytest.mark.parametrize("at", ["DATA", "."])
    def test_of_the_e_mail_itself_is_definite(self, sender: Sender, at: str) -> None:
        sender.office.box.answers = {at: "554 5.7.1 not from you"}
        assert sender.send().code == 1
        assert sender.states() == ["failed"] * 3
        assert "554 5.7.1 not from you" in str(sender.rows()[CHAIR].reason)

    def test_for_now_waits_and_is_tried_again_by_itself(self, sender: Sender) -> None:
        """Greylisting: the server knows the sender at the second time."""
        sender.office.box.refused = frozenset({POLICE})
        sender.office.box.refusal = "451 4.7.1 greylisted, come back later"
        done = sender.send()
        assert done.code == 1
        assert f"waiting    {POLICE}: " in done.out
        assert list(sender.letters()) == [CHAIR, NHS]
        work(sender)
        sender.office.machine.later(minutes=14)
        work(sender)
        assert sender.letters() == {}
        sender.office.box.refused = frozenset()
        sender.office.machine.later(minutes=2)
        assert work(sender) == [f"sent {DOCUMENT} to {POLICE}"]
        assert list(sender.letters()) == [POLICE]

    def test_for_now_that_never_ends_is_told(self, sender: Sender) -> None:
        sender.office.box.refused, sender.office.box.refusal = frozenset({POLICE}), "451 later"
        sender.send()
        sender.office.machine.later(days=1, minutes=1)
        work(sender)
        row = sender.rows()[POLICE]
        assert row.state == "failed"
        assert "could not be sent within a day" in str(row.reason)
        sender.letters()
        sender.office.beat()
        sender.office.tick()
        assert sender.office.subjects() == ["CPSPB: 1 refused a report"]

    def test_of_the_login_leaves_all_waiting_after_one_try(self, sender: Sender) -> None:
        sender.office.box.answers = {"MAIL": "530 log in first"}
        assert sender.send().code == 1
        assert sender.states() == ["queued"] * 3
        assert [line for line in sender.office.box.heard if line.startswith("mail")] == [
            "mail FROM:<comms@board.example>"
        ]

    def test_to_answer_at_all_leaves_all_waiting(self, sender: Sender) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        sender.office.set(f"port: {sender.office.box.port}", f"port: {port}")
        done = sender.send()
        assert (done.code, sender.states()) == (1, ["queued"] * 3)
        assert [sender.rows()[one].sends for one in EVERYBODY] == [0, 0, 0]
        assert "cannot be reached" in done.out


class TestSilence:
    @pytest.fixture(params=["hang_up", "garble"])
    def silent(self, sender: Sender, request: pytest.FixtureRequest) -> Sender:
        """A sender whose server took the second e-mail and did not say so."""
        box, how = sender.office.box, str(request.param)
        letters = Numbered(2, lambda: setattr(box, how, "."))

        def speak() -> None:
            setattr(box, how, None)

        box.letters = letters
        box.answers = Once(speak)
        done = sender.send()
        assert done.code == 3
        assert f"uncertain  {POLICE}: " in done.out
        assert f"sgcomms report settle {DOCUMENT} {POLICE} --received" in done.out
        assert list(sender.letters()) == EVERYBODY
        assert sender.states() == ["sent", "uncertain", "sent"]
        return sender

    def test_leaves_it_uncertain_and_nothing_is_sent_again(self, silent: Sender) -> None:
        silent.office.machine.later(hours=2)
        work(silent)
        again = silent.command()
        assert again.code == 3
        assert f"uncertain  {POLICE}" in again.out
        assert silent.letters() == {}

    def test_is_named_until_it_is_settled(self, silent: Sender) -> None:
        silent.office.beat()
        checked = silent.run("status", "--check")
        assert checked.code == 3
        assert f"{DOCUMENT} may have reached {POLICE}" in checked.out + checked.err
        settled = silent.run("report", "settle", DOCUMENT, POLICE, "--received", "--by", OFFICER)
        assert (settled.code, settled.out) == (0, f"sent       {POLICE}\n")
        assert POLICE not in silent.run("status", "--check").out
        assert silent.command().code == 0
        assert silent.states() == ["sent"] * 3

    def test_is_e_mailed(self, silent: Sender) -> None:
        silent.office.tick()
        (letter,) = silent.office.letters()
        assert letter["Subject"] == "CPSPB: 1 may have a report"
        command = f"sgcomms report settle {DOCUMENT} {POLICE} --received --by YOU"
        assert command in words(letter)

    def test_that_a_person_settles_as_not_received_is_sent_after_another_yes(
        self, silent: Sender
    ) -> None:
        settled = silent.run(
            "report", "settle", DOCUMENT, POLICE, "--not-received", "--by", OFFICER
        )
        assert settled.code == 0
        work(silent)
        assert silent.letters() == {}
        assert silent.send().code == 0
        assert list(silent.letters()) == [POLICE]

    @pytest.mark.parametrize(
        ("more", "says"),
        [
            ((CHAIR, "--received"), "is sent: only what is uncertain"),
            (("polise@board.example", "--received"), "did you mean 'police@board.example'"),
            ((POLICE,), "say either --received or --not-received"),
            ((POLICE, "--received", "--not-received"), "say either"),
        ],
    )
    def test_is_settled_for_whom_it_is_about(
        self, silent: Sender, more: tuple[str, ...], says: str
    ) -> None:
        done = silent.run("report", "settle", DOCUMENT, *more, "--by", OFFICER)
        assert done.code == 2
        assert says in done.err
        assert silent.states() == ["sent", "uncertain", "sent"]

    def test_before_the_e_mail_leaves_nothing_uncertain(self, sender: Sender) -> None:
        sender.office.box.hang_up = "RCPT"
        assert sender.send().code == 1
        assert sender.states() == ["queued"] * 3


class Once(dict[str, str]):
    """Answers of a server that speaks again once a new conversation begins."""

    def __init__(self, speak: Callable[[], None]) -> None:
        super().__init__()
        self.speak = speak

    def get(self, at: str, words: str) -> str:  # type: ignore[override]
        """Answer as always."""
        if at == "connect":
            self.speak()
        return words


def work(sender: Sender) -> list[str]:
    """Do what the service does each quarter of an hour, before the day of the next summary."""
    space, board = sender.office.space, sender.office.board
    with space.database() as db:
        issues.note_made(db, DOCUMENT, None)
        done = distributing.work(space, board, db, sender.desk.make)
        return [one.words for one in done]

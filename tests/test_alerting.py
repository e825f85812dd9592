"""The words of the board's e-mails, as they stand on a telephone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sgcomms.alerting import Alarm, Coming, Ending, Letter, Standstill, Unsigned, monday, urgent
from sgcomms.config import Board
from sgcomms.workspace import Workspace

CLEAR, WORRIED = "safer-sleeping/clear-cot@facebook", "safer-sleeping/worried@x"
MONDAY = datetime(2027, 3, 8, 7, 0, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def board(space: Workspace) -> Board:
    return space.board()


def week(
    board: Board,
    coming: tuple[Coming, ...] = (),
    unsigned: tuple[Unsigned, ...] = (),
    tokens: tuple[Ending, ...] = (),
    standing: tuple[Alarm, ...] = (),
    now: datetime = MONDAY,
) -> Letter:
    return monday(board, coming, unsigned, tokens, standing, now=now)


class TestAtOnce:
    def test_says_what_happened_why_and_what_to_do(self, board: Board) -> None:
        found = urgent(
            board,
            [
                Alarm("held", WORRIED, "it is not signed", utc("2027-03-28T08:00")),
                Alarm("uncertain", CLEAR, "no answer within 60 seconds", utc("2027-03-08T09:30")),
                Alarm("parked", "x", "X refuses the token"),
                Standstill(utc("2027-03-08T02:00"), utc("2027-03-08T09:41")),
            ],
        )
        assert found.subject == "CPSPB: publishing stood still, 1 uncertain, 1 held, 1 parked"
        assert found.text == (
            "PUBLISHING STOOD STILL (1)\n"
            "from Mon 8 Mar 2027 02:00 GMT\n"
            "to   Mon 8 Mar 2027 09:41 GMT\n"
            "Nothing went out in that time. What came due and is late now is held. See:\n"
            "  sgcomms status\n"
            "\n"
            "MAY HAVE GONE OUT (1)\n"
            "Look at the account, then say what you found:\n"
            "\n"
            "safer-sleeping/clear-cot@facebook\n"
            "due Mon 8 Mar 2027 09:30 GMT\n"
            "no answer within 60 seconds\n"
            "  sgcomms settle safer-sleeping/clear-cot@facebook --posted URL\n"
            "  sgcomms settle safer-sleeping/clear-cot@facebook --not-posted\n"
            "\n"
            "HELD, NOT SENT (1)\n"
            "Let it go at a new time, or take it out:\n"
            "\n"
            "safer-sleeping/worried@x\n"
            "due Sun 28 Mar 2027 09:00 BST\n"
            "it is not signed\n"
            '  sgcomms release safer-sleeping/worried@x --at "DAY TIME"\n'
            "  sgcomms withdraw safer-sleeping/worried@x\n"
            "\n"
            "ACCOUNT PARKED: NOTHING GOES OUT THERE (1)\n"
            "Mend what is named, then:\n"
            "  sgcomms accounts verify\n"
            "\n"
            "x\n"
            "X refuses the token\n"
            "\n"
            "Times: Europe/London.\n"
        )

    def test_stays_short_when_much_happens(self, board: Board) -> None:
        found = urgent(board, [Alarm("held", f"test/p{n}@x", "late " * 100) for n in range(1234)])
        assert found.subject == "CPSPB: 1234 held"
        assert "and 1,224 more: sgcomms status\n" in found.text
        assert len(found.text) < 5000

    @pytest.mark.parametrize("kind", ["missed", "not queued", "gone", "twice", "takedown"])
    def test_names_all_that_is_listed_nowhere_else(self, board: Board, kind: str) -> None:
        names = [f"test/p{n}@x" for n in range(30)]
        text = urgent(board, [Alarm(kind, name) for name in names]).text
        assert [name for name in names if f"\n{name}\n" not in text] == []
        assert "more:" not in text

    def test_says_where_a_post_is_and_how_it_begins(self, board: Board) -> None:
        alarm = Alarm("uncertain", CLEAR, "no answer", place='Facebook, @cplscb: "Always on"')
        assert (
            f'{CLEAR}\nFacebook, @cplscb: "Always on"\nno answer\n' in urgent(board, [alarm]).text
        )

    def test_says_first_that_publishing_has_stopped(self, board: Board) -> None:
        found = urgent(board, [Alarm("held", CLEAR), Alarm("stopped", "sgcomms publish", "locked")])
        assert found.subject == "CPSPB: publishing has stopped, 1 held"
        assert found.text.startswith("PUBLISHING HAS STOPPED (1)\n")

    def test_says_when_an_account_resumes(self, board: Board) -> None:
        alarm = Alarm("parked", "x", "too many requests", utc("2027-03-08T10:00"))
        assert "\nresumes by itself Mon 8 Mar 2027 10:00 GMT\n" in urgent(board, [alarm]).text

    def test_leaves_out_no_kind_that_it_does_not_know(self, board: Board) -> None:
        found = urgent(board, [Alarm("paused", "all", "Something terrible happened")])
        assert found.subject == "CPSPB: 1 paused"
        assert "all\nSomething terrible happened\n" in found.text

    @pytest.mark.parametrize(
        ("kind", "command"),
        [
            ("overdue", "sgcomms status"),
            ("failed", "sgcomms queue"),
            ("handed", f"sgcomms settle {CLEAR} --posted URL"),
            ("stopped", "sgcomms publish"),
            ("missed", "sgcomms queue"),
            ("not queued", "sgcomms queue"),
            ("takedown", f"sgcomms log {CLEAR}"),
            ("token", "sgcomms accounts verify"),
            ("not seen", "sgcomms accounts verify"),
            ("files", "sgcomms check"),
            ("mail", "sgcomms status"),
            ("pause", "sgcomms status"),
            ("what nobody foresaw", "sgcomms status"),
        ],
    )
    def test_says_for_each_kind_what_to_do(self, board: Board, kind: str, command: str) -> None:
        assert f"\n  {command}\n" in urgent(board, [Alarm(kind, CLEAR)]).text

    def test_keeps_a_reason_in_its_line(self, board: Board) -> None:
        found = urgent(board, [Alarm("held", CLEAR, "one\r\nBcc: two\n\nthree {} {0}")])
        assert "\none Bcc: two three {} {0}\n" in found.text


class TestOnMondays:
    def test_tells_the_week_ahead(self, board: Board) -> None:
        found = week(
            board,
            coming=(
                Coming(WORRIED, utc("2027-03-10T18:00")),
                Coming(CLEAR, utc("2027-03-08T09:30")),
            ),
            unsigned=(Unsigned(WORRIED, utc("2027-03-10T18:00"), 2), Unsigned("urgent/a@x", None)),
            tokens=(Ending("facebook", utc("2027-03-20T12:00")),),
        )
        assert found.subject == "CPSPB this week: 2 posts, 2 to sign, 1 token to renew"
        assert found.text == (
            "TO SIGN OFF (2)\n"
            "urgent: 1 post, goes out once signed\n"
            "  sgcomms approve urgent --by YOU\n"
            "\n"
            "safer-sleeping: 1 post, first Wed 10 Mar 2027 18:00 GMT\n"
            "1 of them: two signatures\n"
            "  sgcomms approve safer-sleeping --by YOU\n"
            "\n"
            "TOKENS THAT END (1)\n"
            "facebook: ends Sat 20 Mar 2027 12:00 GMT\n"
            "Get a new one, put it into secrets.yaml, then:\n"
            "  sgcomms accounts verify\n"
            "\n"
            "THE NEXT SEVEN DAYS (2)\n"
            "Mon 8 Mar 2027\n"
            "09:30 GMT safer-sleeping/clear-cot@facebook\n"
            "\n"
            "Wed 10 Mar 2027\n"
            "18:00 GMT safer-sleeping/worried@x (not signed)\n"
            "\n"
            "Times: Europe/London.\n"
        )

    def test_says_so_when_there_is_nothing(self, board: Board) -> None:
        assert week(board) == Letter(
            "CPSPB this week: no posts",
            "Nothing is due in the next seven days.\n\nTimes: Europe/London.\n",
        )

    def test_puts_what_stands_first(self, board: Board) -> None:
        found = week(board, standing=(Alarm("uncertain", CLEAR), Alarm("held", WORRIED)))
        assert found.subject.endswith("no posts, 2 to settle")
        assert found.text.startswith("MAY HAVE GONE OUT (1)\n")

    def test_looks_seven_days_ahead_and_no_further(self, board: Board) -> None:
        times = (MONDAY - timedelta(minutes=1), MONDAY, MONDAY + timedelta(days=7))
        found = week(board, coming=tuple(Coming(f"test/p{n}@x", at) for n, at in enumerate(times)))
        assert [name for name in ("p0", "p1", "p2") if name in found.text] == ["p1"]

    def test_names_tokens_that_have_ended_or_end_within_thirty_days(self, board: Board) -> None:
        days = {"ended": -1, "soon": 29, "later": 30}
        tokens = tuple(Ending(name, MONDAY + timedelta(days=n)) for name, n in days.items())
        text = week(board, tokens=tokens).text
        assert "ended: ended Sun 7 Mar 2027" in text
        assert "soon: ends Tue 6 Apr 2027 08:00 BST" in text
        assert "later" not in text

    def test_tells_of_an_election_that_draws_near(self, space: Workspace) -> None:
        file = space.root / "config" / "calendar.yaml"
        file.write_text("polls: [{name: Local elections, date: 2027-05-06}]\n", "utf-8")
        board = space.board()
        words = (
            "QUIET PERIODS (1)\n"
            "Only posts marked `election_safe` go out in:\n"
            "the pre-election period of Local elections (31 March 2027 to 6 May 2027)\n"
        )
        assert words in week(board).text
        assert words in week(board, now=utc("2027-05-06T12:00")).text
        assert words not in week(board, now=utc("2027-02-22T07:00")).text
        assert words not in week(board, now=utc("2027-05-10T07:00")).text

    def test_goes_by_the_boards_day(self, board: Board) -> None:
        found = week(
            board, coming=(Coming(CLEAR, utc("2027-06-08T23:30")),), now=utc("2027-06-07T06:00")
        )
        assert f"Wed 9 Jun 2027\n00:30 BST {CLEAR}\n" in found.text

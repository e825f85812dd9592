"""From a campaign to deliveries, and from deliveries and the queue to what would change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sgcomms import planning
from sgcomms.config import Board
from sgcomms.db.queue import Row
from sgcomms.errors import Problem
from sgcomms.models import Campaign, Delivery, Media, Place, Post, Repeat, State
from sgcomms.planning import LEFT_YAML, diff
from sgcomms.workspace import Workspace
from tests.fakes import NOW, delivery

HERE = Place("campaigns/test.yaml", 3, 5)


@pytest.fixture
def board(space: Workspace) -> Board:
    return space.board()


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def post(**values: object) -> Post:
    basis = Post(
        id="one",
        campaign="test",
        account="x",
        at=wall("2027-03-08 09:30"),
        text="Words. {link}",
        link="https://www.example.org/page",
        media=(),
        expires=None,
        repeat=None,
        author="comms.officer@board.example",
        sensitivity=None,
        election_safe=False,
        places={"": HERE},
    )
    return replace(basis, **values)  # type: ignore[arg-type]


def campaign(*posts: Post) -> Campaign:
    return Campaign("test", "", "", "", None, None, False, (), {}, posts, HERE)


def plan(board: Board, *posts: Post) -> list[Delivery]:
    found, problems = planning.deliveries(campaign(*posts), board)
    assert problems == []
    return [one.delivery for one in found]


def problems(board: Board, *posts: Post) -> list[Problem]:
    return planning.deliveries(campaign(*posts), board)[1]


class TestDeliveries:
    def test_are_named_by_campaign_post_and_account(self, board: Board) -> None:
        (one,) = plan(board, post())
        assert (one.id, one.mode, one.platform) == ("test/one@x", "outbox", "x")

    def test_of_a_repeat_are_numbered_from_the_second(self, board: Board) -> None:
        found = plan(board, post(repeat=Repeat("week", 3)))
        assert [one.id for one in found] == ["test/one@x", "test/one.2@x", "test/one.3@x"]

    def test_are_in_the_order_of_time(self, board: Board) -> None:
        late = post(id="late", at=wall("2027-03-09 09:30"))
        open_end = post(id="open", at=None, expires=date(2027, 3, 31))
        assert [one.post for one in plan(board, late, post(), open_end)] == ["open", "one", "late"]

    def test_expire_at_the_end_of_their_day_in_the_boards_zone(self, board: Board) -> None:
        (one,) = plan(board, post(expires=date(2027, 3, 31)))
        assert one.expires_at == datetime(2027, 3, 31, 23, 0, tzinfo=UTC)


class TestTime:
    def test_of_the_wall_becomes_utc_in_winter_and_in_summer(self, board: Board) -> None:
        winter, summer = plan(board, post(), post(id="two", at=wall("2027-07-08 09:30")))
        assert winter.at == datetime(2027, 3, 8, 9, 30, tzinfo=UTC)
        assert summer.at == datetime(2027, 7, 8, 8, 30, tzinfo=UTC)

    @pytest.mark.parametrize("every", ["day", "week", "month"])
    def test_of_a_repeat_stays_the_same_on_the_wall(self, board: Board, every: str) -> None:
        """The clocks go forward on 28 March 2027 and back on 31 October."""
        repeat = Repeat(every, 40 if every == "day" else 9)  # type: ignore[arg-type]
        found = plan(board, post(repeat=repeat))
        local = {one.at.astimezone(board.zone).strftime("%H:%M") for one in found if one.at}
        hours = {one.at.hour for one in found if one.at}
        assert (local, hours) == ({"09:30"}, {8, 9})

    @pytest.mark.parametrize(
        ("at", "rule", "words"),
        [
            ("2027-03-14 01:30", "time-missing", "the 3rd time: 01:30 does not exist on 28 March"),
            ("2026-10-11 01:30", "time-twice", "the 3rd time: 01:30 comes twice on 25 October"),
        ],
    )
    def test_that_a_clock_change_makes_unclear_is_a_problem(
        self, board: Board, at: str, rule: str, words: str
    ) -> None:
        (found,) = problems(board, post(at=wall(at), repeat=Repeat("week", 4)))
        assert (found.rule, found.line) == (rule, 3)
        assert words in found.message

    def test_that_a_month_does_not_have_is_a_problem(self, board: Board) -> None:
        found = problems(board, post(at=wall("2027-01-31 09:30"), repeat=Repeat("month", 24)))
        assert found[0].message == "the 2nd time: February 2027 has no day 31"
        assert found[-1].message.startswith("the 23rd time: November 2028")

    @pytest.mark.parametrize(
        ("number", "word"),
        [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
         (21, "21st"), (22, "22nd"), (101, "101st"), (111, "111th"), (112, "112th")],
    )  # fmt: skip
    def test_of_a_high_number_is_counted_in_english(
        self, board: Board, number: int, word: str
    ) -> None:
        """Every day at 01:30: the occurrence on 28 March 2027 is the wanted one."""
        first = wall("2027-03-28 01:30") - (wall("2027-01-02") - wall("2027-01-01")) * (number - 1)
        (found,) = problems(board, post(at=first, repeat=Repeat("day", number)))
        assert found.message.startswith(f"the {word} time")


class TestLinks:
    def test_are_tagged_with_campaign_and_post(self, board: Board) -> None:
        one, two = plan(board, post(repeat=Repeat("week", 2)))
        assert one.draft.text == (
            "Words. https://www.example.org/page?utm_source=x&utm_medium=social"
            "&utm_campaign=test&utm_content=test.one.x"
        )
        assert two.draft.text.endswith("&utm_content=test.one.2.x")

    @pytest.mark.parametrize(
        ("link", "tagged"),
        [
            ("https://a.example", "https://a.example?T"),
            ("https://a.example/p?q=1", "https://a.example/p?q=1&T"),
            ("https://a.example/p?q=a%20b&empty=", "https://a.example/p?q=a+b&empty=&T"),
            ("https://a.example/p?utm_source=old&UTM_Medium=x&q=1", "https://a.example/p?q=1&T"),
            ("https://a.example/p#part", "https://a.example/p?T#part"),
        ],
    )
    def test_keep_what_they_had(self, link: str, tagged: str) -> None:
        tags = "utm_source=x&utm_medium=social&utm_campaign=c&utm_content=t"
        assert planning.tagged(link, "x", "c", "t") == tagged.replace("T", tags)

    @pytest.mark.parametrize(
        ("link", "address"),
        [
            ("https://www.a.example/", "www.a.example"),
            ("https://www.a.example/p/", "www.a.example/p"),
            ("https://www.a.example/p?q=1#x", "www.a.example/p?q=1"),
        ],
    )
    def test_as_a_person_would_type_them(self, link: str, address: str) -> None:
        assert planning.address(link) == address

    def test_are_only_in_texts_that_ask_for_them(self, board: Board) -> None:
        (one,) = plan(board, post(text="Words."))
        assert (one.draft.text, one.draft.link) == ("Words.", None)


class TestTheSameText:
    @pytest.mark.parametrize(
        "text",
        [
            "Ask your midwife. {link}",
            "ASK  your\nmidwife.",
            " Ask your\u00a0midwife. ",
            "{link} Ask your midwife.",
        ],
    )
    def test_is_what_a_reader_calls_the_same(self, board: Board, text: str) -> None:
        one, other = plan(board, post(text="Ask your midwife."), post(id="two", text=text))
        assert one.text_key == other.text_key

    def test_does_not_depend_on_how_a_letter_is_encoded(self, board: Board) -> None:
        one, other = plan(board, post(text="Café"), post(id="two", text="Cafe\u0301"))
        assert one.text_key == other.text_key

    def test_is_not_what_differs(self, board: Board) -> None:
        one, other = plan(board, post(text="Call 111."), post(id="two", text="Call 101."))
        assert one.text_key != other.text_key


PICTURE = Media(Path("p.png"), "0" * 64, "PNG", "A cot.", 10, 10, 10)


class TestTheSeal:
    @pytest.mark.parametrize(
        "values",
        [
            {"text": "Other words. {link}"},
            {"link": "https://www.example.org/other"},
            {"media": (PICTURE,)},
            {"account": "facebook"},
            {"at": wall("2027-03-08 09:31")},
            {"at": None, "expires": date(2027, 3, 31)},
            {"expires": date(2027, 3, 31)},
            {"author": "head.of.service@board.example"},
            {"sensitivity": "case_review"},
            {"election_safe": True},
        ],
    )
    def test_is_broken_by_all_that_an_approver_signs(
        self, board: Board, values: dict[str, object]
    ) -> None:
        (before,), (after,) = plan(board, post()), plan(board, post(**values))
        assert before.content_hash != after.content_hash

    @pytest.mark.parametrize(
        "other", [replace(PICTURE, sha256="1" * 64), replace(PICTURE, alt="?")]
    )
    def test_is_broken_by_another_picture_or_alt_text(self, board: Board, other: Media) -> None:
        (before,), (after,) = plan(board, post(media=(PICTURE,))), plan(board, post(media=(other,)))
        assert before.content_hash != after.content_hash

    def test_is_broken_when_an_account_moves_to_another_platform(self, board: Board) -> None:
        moved = replace(board.accounts["x"], platform="facebook")
        other = replace(board, accounts={**board.accounts, "x": moved})
        (before,), (after,) = plan(board, post(text="Words.")), plan(other, post(text="Words."))
        assert before.content_hash != after.content_hash

    def test_is_the_same_each_time_and_wherever_the_post_stands(self, board: Board) -> None:
        (before,) = plan(board, post())
        (after,) = plan(board, post(places={"": replace(HERE, line=99)}))
        assert before == after


def test_a_platform_without_a_layout_is_left_out_and_nothing_else(board: Board) -> None:
    later = replace(board.accounts["x"], id="later", platform="mastodon")
    board = replace(board, accounts={**board.accounts, "later": later})
    assert [one.id for one in plan(board, post(account="later"), post())] == ["test/one@x"]
    with pytest.raises(KeyError, match="nobody"):
        plan(board, post(text="{contact:nobody}"))


class TestHistory:
    def history(self, one: Delivery, *, known: bool, historic: bool = True) -> bool:
        wanted = replace(campaign(), historic=historic)
        return planning.is_history(wanted, one, NOW, [one.id] if known else [])

    def test_may_be_rehearsed_at_its_own_time_only(self) -> None:
        past, to_come = (
            delivery("one", at=datetime(year, 1, 1, tzinfo=UTC), mode="outbox")
            for year in (2020, 2027)
        )
        assert self.history(past, known=False)
        assert not self.history(past, known=True)
        assert not self.history(to_come, known=False)

    def test_is_never_queued_live(self) -> None:
        for known in (True, False):
            assert self.history(delivery("one"), known=known)

    def test_is_a_campaign_that_says_so(self) -> None:
        past = delivery("one", at=datetime(2020, 1, 1, tzinfo=UTC))
        assert not self.history(past, known=False, historic=False)


Make = Callable[..., Row]


@pytest.fixture
def row() -> Make:
    def make(
        one: Delivery,
        state: State = "queued",
        *,
        reason: str | None = None,
        by_person: bool = False,
    ) -> Row:
        return Row(
            id=one.id,
            campaign=one.campaign,
            post=one.post,
            account=one.account,
            platform=one.platform,
            mode=one.mode,
            due_at=one.at or NOW,
            expires_at=one.expires_at,
            author=one.author,
            state=state,
            reason=reason,
            held_for=None,
            by_person=by_person,
            text_key=one.text_key,
            content_hash=one.content_hash,
            signed_hash=one.content_hash,
            on_approval=False,
            sensitivity=one.sensitivity,
            election_safe=one.election_safe,
            contacts=one.contacts,
            armed_at=None,
            published_at=None,
            url=None,
            draft=one.draft,
            attempt=0,
            sends=0,
        )

    return make


class TestTheDiff:
    ONE = delivery("one")
    OTHER = delivery("one", text="Other words.")

    def test_of_nothing_is_nothing(self) -> None:
        assert not diff([], [], 0)

    def test_adds_what_is_new(self) -> None:
        found = diff([self.ONE], [], 1)
        assert (found.add, found.seen, bool(found)) == ((self.ONE,), {self.ONE.id: None}, True)

    def test_of_the_same_twice_is_nothing(self, row: Make) -> None:
        found = diff([self.ONE], [row(self.ONE)], 1)
        assert (bool(found), found.unchanged) == (False, 1)

    @pytest.mark.parametrize("state", ["queued", "held"])
    def test_changes_what_still_waits(self, row: Make, state: State) -> None:
        before = row(self.ONE, state)
        found = diff([self.OTHER], [before], 1)
        assert (found.change, found.seen) == ((self.OTHER,), {self.ONE.id: before})

    @pytest.mark.parametrize("state", ["publishing", "published", "failed", "uncertain", "handed"])
    def test_keeps_what_is_on_its_way_or_out(self, row: Make, state: State) -> None:
        before = row(self.ONE, state)
        found = diff([self.OTHER], [before], 1)
        assert (found.kept, bool(found)) == ((before,), False)
        assert not diff([], [before], 1)

    @pytest.mark.parametrize("state", ["queued", "held"])
    def test_withdraws_what_left_the_yaml(self, row: Make, state: State) -> None:
        assert diff([], [row(self.ONE, state)], 1).withdraw == (self.ONE.id,)

    def test_withdraws_nothing_when_no_file_was_there(self, row: Make) -> None:
        assert not diff([], [row(self.ONE)], 0)

    def test_brings_back_what_had_left_the_yaml(self, row: Make) -> None:
        before = row(self.ONE, "withdrawn", reason=LEFT_YAML)
        assert diff([self.ONE], [before], 1).change == (self.ONE,)

    def test_does_not_bring_back_what_has_expired(self, row: Make) -> None:
        before = row(self.ONE, "withdrawn", reason="it expired before it could go out")
        assert not diff([self.ONE], [before], 1)
        assert diff([self.OTHER], [before], 1).change == (self.OTHER,)

    def test_does_not_bring_back_what_a_person_withdrew(self, row: Make) -> None:
        before = row(self.ONE, "withdrawn", reason=LEFT_YAML, by_person=True)
        for one in (self.ONE, self.OTHER):
            assert not diff([one], [before], 1)

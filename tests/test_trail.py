"""The trail as values and as files: exact, whole, safe to open, and without names where asked."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sgcomms import clock, trail
from sgcomms.config import Board
from sgcomms.db import Db, approvals, audit, history, queue, writing
from sgcomms.errors import UsageError
from sgcomms.models import Contact, DraftMedia
from sgcomms.trail import People
from sgcomms.workspace import DATABASE, Workspace
from tests.fakes import NOW, POLICY, Machine, delivery, fill

AUTHOR, HEAD = "comms.officer@board.example", "head.of.service@board.example"
HOSTILE = (
    '=cmd|" /C calc"!A0',
    "+44 808",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "  =1+1",
    "\u202e=1+1",
    "＝1+1",
    "\n=1+1",
)


@pytest.fixture
def db(space: Workspace, machine: Machine) -> Iterator[Db]:
    with space.database() as found:
        yield found


@pytest.fixture
def board(space: Workspace) -> Board:
    return space.board()


def values(db: Db, board: Board, *, hidden: bool = False) -> list[trail.Values]:
    people = People(db, board, hidden=hidden)
    records = history.records(db, queue.rows(db))
    return [trail.record_values(one, board.zone, people) for one in records]


def read(pieces: Iterator[str]) -> list[dict[str, str]]:
    text = "".join(pieces)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


class TestSpreadsheets:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_take_no_words_for_a_formula(self, db: Db, board: Board, text: str) -> None:
        fill(db, [delivery("one", text=text)])
        (row,) = read(trail.csv_of_records(values(db, board)))
        assert row["text"] == f"'{text}"

    @pytest.mark.parametrize(
        "text",
        [
            'Commas, "quotes" and\nnew lines; semicolons',
            "<script>alert(1)</script>",
            "a\u202eb",
            "",
        ],
    )
    def test_get_all_other_words_as_they_are(self, db: Db, board: Board, text: str) -> None:
        fill(db, [delivery("one", text=text)])
        (row,) = read(trail.csv_of_records(values(db, board)))
        assert row["text"] == text

    def test_see_hostile_rows_of_the_trail_as_words(self, db: Db, board: Board) -> None:
        with writing(db):
            audit.append(db, "=evil()", "+did", "@it", note="=1")
        people = People(db, board, hidden=False)
        found = history.entries(db, NOW - timedelta(days=1), NOW + timedelta(days=1))
        rows = read(
            trail.csv_of_entries(trail.entry_values(one, board.zone, people) for one in found)
        )
        assert [rows[-1][name] for name in ("who", "what", "about", "detail")] == [
            "'=evil()",
            "'+did",
            "'@it",
            '{"note": "=1"}',
        ]


class TestEveryForm:
    def test_tells_the_same_of_pictures_and_decisions(self, db: Db, board: Board) -> None:
        images = (
            DraftMedia("a" * 64, "JPEG", "A cot, with\na mattress", source="b" * 64),
            DraftMedia("c" * 64, "PNG", ""),
        )
        fill(db, [delivery("one", at=NOW + timedelta(days=1), media=images)])
        approvals.reject(db, queue.rows(db), HEAD, "the cot, it is not clear")
        approvals.approve(db, queue.rows(db), HEAD, replace(POLICY, approval=True))
        (one,) = values(db, board)
        assert [image["source_sha256"] for image in one["images"]] == ["b" * 64, "c" * 64]
        assert (one["approved_by"], one["written_by"]) == ([HEAD], AUTHOR)
        assert [word["decision"] for word in one["decisions"]] == ["rejected", "approved"]
        (row,) = read(trail.csv_of_records([one]))
        assert row["images_as_sent"] == f"{'a' * 64}\n{'c' * 64}"
        assert row["images_as_given"] == f"{'b' * 64}\n{'c' * 64}"
        assert row["alt_texts"] == "1. A cot, with\na mattress\n2. "
        assert "rejected by head.of.service@board.example: the cot, it is" in row["decisions"]
        assert row["approved_by"] == HEAD

    def test_a_refusal_takes_the_approval_away(self, db: Db, board: Board) -> None:
        fill(db, [delivery("one", at=NOW + timedelta(days=1))])
        approvals.approve(db, queue.rows(db), HEAD, POLICY)
        approvals.reject(db, queue.rows(db), HEAD, "no")
        assert values(db, board)[0]["approved_by"] == []

    def test_times_are_the_boards(self, db: Db, board: Board) -> None:
        fill(db, [delivery("one", at=NOW + timedelta(days=240))])
        assert values(db, board)[0]["due_at"] == "2027-07-20T10:00:00+01:00"

    def test_json_is_one_document(self) -> None:
        text = "".join(trail.json_of({"board": "é"}, iter([{"a": 1}, {"a": 2}]), iter([])))
        assert json.loads(text) == {"board": "é", "deliveries": [{"a": 1}, {"a": 2}], "trail": []}


class _Page(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.unscoped = 0
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.unscoped += tag == "th" and "scope" not in dict(attrs)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


class TestPages:
    def page(self, space: Workspace, db: Db, board: Board) -> str:
        head = {
            "board": "<b>",
            "from": "2026-11-01",
            "to": "2026-11-30",
            "zone": "Europe/London",
            "made_at": "now",
            "redacted": False,
        }
        people = People(db, board, hidden=False)
        found = history.entries(db, NOW - timedelta(days=1), NOW + timedelta(days=1))
        rows = (trail.entry_values(one, board.zone, people) for one in found)
        template = space.template("audit/audit.html")
        return "".join(trail.html_of(template, head, iter(values(db, board)), rows))

    def test_hostile_words_are_words(self, space: Workspace, db: Db, board: Board) -> None:
        text = '<script>alert(1)</script> \u202eגבא & "q"'
        image = DraftMedia("a" * 64, "JPEG", "<img src=x onerror=alert(1)>")
        fill(db, [delivery("one", at=NOW + timedelta(days=1), text=text, media=(image,))])
        approvals.reject(db, queue.rows(db), HEAD, "</table><script>")
        page = _Page(self.page(space, db, board))
        assert not {"script", "img"} & set(page.tags)
        assert text in "".join(page.words)
        assert "</table><script>" in "".join(page.words)

    def test_can_be_read_by_everybody(self, space: Workspace, db: Db, board: Board) -> None:
        fill(db, [delivery("one")])
        text = self.page(space, db, board)
        page = _Page(text)
        assert '<html lang="en-GB">' in text
        assert re.search("<title>.+</title>", text)
        assert (page.tags.count("h1"), page.tags.count("table")) == (1, 1)
        assert (page.tags.count("caption"), page.unscoped) == (1, 0)
        assert "@media print" in text

    def test_an_empty_time_says_so(self, space: Workspace, db: Db, board: Board) -> None:
        text = self.page(space, db, board)
        assert "Nothing happened to any delivery." in text
        assert "There is no row." in text

    def test_a_template_with_a_mistake_is_named(self) -> None:
        with pytest.raises(UsageError, match=r"templates/audit/audit\.html cannot be filled in"):
            "".join(trail.html_of("{{ nothing.at_all }}", {}, [], []))


class TestNobodyIsNamed:
    def hidden(self, db: Db, board: Board) -> People:
        return People(db, board, hidden=True)

    def test_the_same_person_has_the_same_number_and_the_role(self, db: Db, board: Board) -> None:
        fill(db, [delivery("one", at=NOW + timedelta(days=1))])
        approvals.reject(db, queue.rows(db), HEAD, f"{AUTHOR} and Comms Officer: ask {HEAD}.")
        (one,) = values(db, board, hidden=True)
        people = self.hidden(db, board)
        assert one["written_by"] == people.who(AUTHOR)
        assert re.fullmatch(r"person \d+ \(author\)", one["written_by"])
        (word,) = one["decisions"]
        assert re.fullmatch(r"person \d+ \(approver\)", word["by"])
        author = one["written_by"]
        assert word["reason"] == f"{author} and {author}: ask {word['by']}."

    def test_the_numbers_do_not_change_with_what_comes_later(self, db: Db, board: Board) -> None:
        fill(db, [delivery("one", at=NOW + timedelta(days=1))])
        before = self.hidden(db, board).who(AUTHOR)
        with writing(db):
            audit.append(db, "a.later@board.example", "paused", "all")
        people = self.hidden(db, board)
        assert people.who(AUTHOR) == before
        assert people.who("a.later@board.example") not in ("a.later@board.example", before)

    def test_nor_is_anybody_else_in_a_reason(self, db: Db, board: Board) -> None:
        assert self.hidden(db, board).reason("asked by parent@mail.example, today") == (
            "asked by (an e-mail address), today"
        )

    def test_public_words_stay(self, db: Db, board: Board) -> None:
        people = self.hidden(db, board)
        text = "Write to help@nspcc.org.uk. Our head of service says: call 999."
        assert people.public(text) == text
        assert HEAD not in people.public(f"Write to {HEAD}.")

    def test_logins_are_hidden_in_reasons_but_not_inside_ids(self, db: Db, board: Board) -> None:
        with writing(db):
            audit.append(db, "test", "queued", "test/one@x", reason="test did it", host="PC-JANE")
        people = self.hidden(db, board)
        (entry,) = list(audit.entries(db, "test/one@x"))
        found = trail.entry_values(entry, board.zone, people)
        assert found["about"] == "test/one@x"
        assert found["who"].startswith("person ")
        assert found["detail"]["reason"] == f"{found['who']} did it"
        assert "JANE" not in json.dumps(found)

    def test_processes_are_the_program(self, db: Db, board: Board) -> None:
        assert self.hidden(db, board).who("jane-pc:4711:deadbeef") == "sgcomms"
        assert People(db, board, hidden=False).who("jane-pc:4711:deadbeef").startswith("jane")


NSPCC = Contact(
    "nspcc", "NSPCC", "the NSPCC Helpline on 0808 800 5000", "s", NOW.date(), NOW.date()
)
POLICE = Contact("police-101", "Police", "the police on 101", "s", NOW.date(), NOW.date())


class TestWhereANumberStands:
    @pytest.mark.parametrize(
        "text",
        [
            "Call 0808 800 5000.",
            "Tel.0808-800-5000, day and night",
            "08088005000",
            "+44 808 800 5000",
            "+44 (0)808 800 5000",
            "0808\u00a0800\u00a05000",
            "NSPCC Helpline: (0808) 800 5000",
        ],
    )
    def test_however_it_is_written(self, text: str) -> None:
        assert trail.says(text, "nspcc", NSPCC)
        assert trail.says(text, "0808 800 5000", None)

    @pytest.mark.parametrize(
        "text", ["0808 800 50001", "10808 800 5000", "£0808 800 5000", "the NSPCC", "0808 800 500"]
    )
    def test_and_not_where_it_is_another(self, text: str) -> None:
        assert not trail.says(text, "nspcc", NSPCC)

    def test_a_short_one_counts_in_the_contacts_own_words(self) -> None:
        assert trail.says("Call The Police on 101.", "police-101", POLICE)
        assert not trail.says("See page 101", "police-101", POLICE)
        assert trail.says("See page 101", "101", None)

    def test_by_the_contact_that_was_written_out(self, db: Db) -> None:
        fill(db, [replace(delivery("one", text="another number by now"), contacts=("nspcc",))])
        (row,) = queue.rows(db)
        assert trail.mentions(row, "nspcc", NSPCC)
        assert not trail.mentions(row, "childline", None)


class TestProof:
    def test_a_whole_trail(self, space: Workspace, db: Db) -> None:
        fill(db, [delivery("one"), delivery("two")])
        found = trail.verify(db, space.store)
        assert (found.rows, found.broken_at, found.lost) == (2, None, ())
        assert history.last_seal(db) == (2, found.seal)

    def test_an_empty_one(self, space: Workspace, db: Db) -> None:
        assert trail.verify(db, space.store) == trail.Verdict(0, None, None, 0, ())

    def test_a_broken_one(self, space: Workspace, db: Db) -> None:
        fill(db, [delivery("one"), delivery("two"), delivery("three")])
        with closing(sqlite3.connect(space.root / DATABASE)) as other:
            other.execute("DROP TRIGGER audit_is_not_changed")
            other.execute("UPDATE audit SET actor = 'nobody' WHERE id = 2")
            other.commit()
        assert trail.verify(db, space.store).broken_at == 2


class TestFiles:
    def test_are_whole_or_not_there(self, tmp_path: Path) -> None:
        def broken() -> Iterator[str]:
            yield "half"
            raise UsageError("a fault")

        with pytest.raises(UsageError):
            trail.write_file(tmp_path / "a.csv", broken(), replace=False)
        assert list(tmp_path.iterdir()) == []

    def test_are_written_over_only_when_told(self, tmp_path: Path) -> None:
        target = tmp_path / "a.csv"
        trail.write_file(target, ["one"], replace=False)
        with pytest.raises(FileExistsError):
            trail.write_file(target, ["two"], replace=False)
        assert target.read_text("utf-8") == "one"
        trail.write_file(target, ["two", "\r\n"], replace=True)
        assert target.read_bytes() == b"two\r\n"
        assert list(tmp_path.iterdir()) == [target]


@pytest.mark.long
def test_fifty_thousand_rows_need_little_memory(db: Db, board: Board, tmp_path: Path) -> None:
    row = (clock.stored(NOW), "officer", "queued", "test/one@x", '{"words": "' + "x" * 400 + '"}')
    with writing(db):
        db.conn.executemany(
            "INSERT INTO audit (at, actor, action, subject, detail, hash)"
            " VALUES (?, ?, ?, ?, ?, 'no seal')",
            [row] * 50_000,
        )
    people = People(db, board, hidden=True)
    tracemalloc.start()
    found = history.entries(db, NOW, NOW + timedelta(days=1))
    pieces = trail.csv_of_entries(trail.entry_values(one, board.zone, people) for one in found)
    trail.write_file(tmp_path / "rows.csv", pieces, replace=False)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000
    assert (tmp_path / "rows.csv").stat().st_size > 20_000_000

"""`log` and `audit`: what happened, as a person reads it, and for whoever asks by right."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sgcomms.db import approvals, decisions, queue, removals, writing
from sgcomms.models import DraftMedia, Publication
from sgcomms.workspace import DATABASE, Workspace
from tests.cli.test_takedown import HEAD, publish
from tests.conftest import At, Run
from tests.fakes import NOW, POLICY, delivery, fill

AUTHOR = "comms.officer@board.example"
NOVEMBER = ("--from", "2026-11-01", "--to", "2026-11-30")


@pytest.fixture
def picture(space: Workspace) -> DraftMedia:
    """A picture of the shipped campaigns, in the store."""
    path = space.root / "campaigns" / "media" / "clear-cot.jpg"
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    space.store.add(path, sha256, "JPEG")
    return DraftMedia(sha256, "JPEG", "A cot", source="b" * 64)


@pytest.fixture
def past(space: Workspace, picture: DraftMedia) -> Workspace:
    """A workspace where things have happened: sent, taken down, refused, waiting."""
    with space.database() as db:
        publish(db, "one", "1001", text="Call 0808 800 5000, =cmd()\n<script>")
        gone = publish(db, "gone", "1002", text="Gone: 0808 800 5000")
        posts = removals.live(db, [row for row in queue.rows(db) if row.id == gone])
        removals.done_by_hand(db, posts, f"{AUTHOR} mistyped it", HEAD)
        later = replace(
            delivery("later", "x", at=NOW + timedelta(days=60), media=(picture,)),
            contacts=("nspcc",),
        )
        fill(db, [later])
        rows = [row for row in queue.rows(db) if row.post == "later"]
        approvals.reject(db, rows, HEAD, "not yet,\nplease")
        rows = [row for row in queue.rows(db) if row.post == "later"]
        approvals.approve(db, rows, HEAD, replace(POLICY, approval=True))
    return space


class TestLog:
    def test_tells_it_in_order_of_time(self, run: Run, past: Workspace) -> None:
        result = run("log")
        assert (result.code, result.err) == (0, "")
        assert result.out.index("test/gone@x") < result.out.index("test/later@x")
        assert (
            "Sun 22 Nov 2026 09:00 GMT  test/one@x  published\n"
            "    https://x.com/cplscb/status/1001\n"
            "    X, live; written by comms.officer@board.example\n"
            "    | Call 0808 800 5000, =cmd()\n"
            "    | <script>\n"
        ) in result.out
        assert "test/gone@x  published, and taken down\n" in result.out
        assert f"taking it down was asked by {HEAD}, Sun 22 Nov 2026 09:00 GMT" in result.out
        assert f"rejected by {HEAD}, Sun 22 Nov 2026 09:00 GMT: not yet,\n    please" in result.out
        assert result.out.endswith("3 deliveries. Times: Europe/London.\n")

    @pytest.mark.parametrize(
        ("arguments", "names"),
        [
            (("test/one@x",), {"one"}),
            (("--campaign", "test"), {"one", "gone", "later"}),
            (("--campaign", "other"), set()),
            (("--account", "facebook"), set()),
            (("--live",), {"one"}),
            (("--from", "2026-11-23"), {"later"}),
            (("--to", "2026-11-22"), {"one", "gone"}),
            (("--contact", "nspcc"), {"one", "gone", "later"}),
            (("--contact", "0808 8005000"), {"one", "gone"}),
            (("--contact", "nspcc", "--live"), {"one"}),
        ],
    )
    def test_of_a_part(
        self, run: Run, past: Workspace, arguments: tuple[str, ...], names: set[str]
    ) -> None:
        found = json.loads(run("log", *arguments, "--json").out)
        assert {one["post"] for one in found} == names

    def test_where_a_number_is_live(self, run: Run, past: Workspace) -> None:
        assert run("log", "--contact", "nspcc").out == (
            "Live now: 1.\n"
            "  https://x.com/cplscb/status/1001\n"
            "    Sun 22 Nov 2026 09:00 GMT  test/one@x  X\n"
            "Not live yet:\n"
            "  Thu 21 Jan 2027 09:00 GMT  test/later@x\n"
            "Taken down:\n"
            "  Sun 22 Nov 2026 09:00 GMT  test/gone@x\n"
            "`sgcomms takedown DELIVERY --reason … --by …` takes one down.\n"
        )
        assert run("log", "--contact", "childline").out == "Live now: nowhere.\n"

    def test_where_a_number_is_live_that_went_out_otherwise(
        self, run: Run, past: Workspace
    ) -> None:
        with past.database() as db, writing(db):
            db.conn.execute(
                "INSERT INTO publications (account, platform_id, published_at, url, text) VALUES"
                " ('x', '77', '2020-05-01T09:00:00Z', 'https://x.com/cplscb/status/77',"
                " 'NSPCC 08088005000')"
            )
        out = run("log", "--contact", "nspcc").out
        assert out.startswith("Live now: 2.\n")
        assert "https://x.com/cplscb/status/77\n    Fri 01 May 2020 10:00 BST  x  not sent" in out

    def test_where_a_picture_stands(
        self, run: Run, past: Workspace, picture: DraftMedia, tmp_path: Path
    ) -> None:
        whole = str(past.root / "campaigns" / "media" / "clear-cot.jpg")
        for given in (whole, "media/clear-cot.jpg", picture.sha256.upper(), "b" * 64):
            assert run("log", "--media", given).out == (
                "Live now: nowhere.\nNot live yet:\n  Thu 21 Jan 2027 09:00 GMT  test/later@x\n"
            )
        result = run("log", "--media", "gone.jpg")
        assert result.code == 2
        assert "Names are not kept, only hashes" in result.err

    def test_what_may_be_live_is_named(self, run: Run, past: Workspace) -> None:
        with past.database() as db, writing(db):
            db.conn.execute("UPDATE deliveries SET state = 'uncertain' WHERE post = 'later'")
        assert "May be live, look for it:\n" in run("log", "--contact", "nspcc").out

    def test_hostile_words_move_no_cursor(self, run: Run, space: Workspace) -> None:
        with space.database() as db:
            fill(db, [delivery("one", "x", text="a\x1b[2Jb\u202ec")])
        assert "| a\\u001b[2Jb\\u202ec\n" in run("log").out

    def test_an_empty_queue(self, run: Run) -> None:
        assert run("log").out == "0 deliveries. Times: Europe/London.\n"

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("--contact", "nspc"), "did you mean 'nspcc'?"),
            (("--from", "2026-12-01", "--to", "2026-11-01"), "comes before"),
            (("--from", "yesterday"), "is not a day"),
            (("test/two@x",), "did you mean test/one@x?"),
        ],
    )
    def test_wrong_use(
        self, run: Run, past: Workspace, arguments: tuple[str, ...], words: str
    ) -> None:
        result = run("log", *arguments)
        assert result.code == 2
        assert words in result.err


def rows_of(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


class TestAudit:
    def test_csv_holds_one_line_a_delivery(self, run: Run, past: Workspace) -> None:
        result = run("audit", *NOVEMBER, "--format", "csv")
        assert (result.code, result.err) == (0, "")
        found = {row["post"]: row for row in rows_of(result.out)}
        assert set(found) == {"one", "gone", "later"}
        one = found["one"]
        assert one["text"] == "Call 0808 800 5000, =cmd()\n<script>"
        assert (one["sent_at"], one["platform_id"]) == ("2026-11-22T09:00:00+00:00", "1001")
        assert (one["live"], found["gone"]["live"]) == ("yes", "no")
        assert f"{AUTHOR} mistyped it" in found["gone"]["removals"]
        assert found["later"]["alt_texts"] == "1. A cot"
        assert found["later"]["images_as_given"] == "b" * 64

    def test_csv_of_the_rows(self, run: Run, past: Workspace) -> None:
        found = rows_of(run("audit", *NOVEMBER, "--format", "csv", "--rows").out)
        assert [int(row["number"]) for row in found] == list(range(1, len(found) + 1))
        assert {"queued", "removal-asked", "removed", "rejected", "approved"} <= {
            row["what"] for row in found
        }

    def test_json_and_html_hold_both(self, run: Run, past: Workspace) -> None:
        found = json.loads(run("audit", *NOVEMBER, "--format", "json").out)
        assert (found["from"], found["to"], found["zone"]) == (
            "2026-11-01",
            "2026-11-30",
            "Europe/London",
        )
        assert len(found["deliveries"]) == 3
        assert [row["what"] for row in found["trail"]][:1] == ["queued"]
        page = run("audit", *NOVEMBER, "--format", "html").out
        assert page.count("<article>") == 3
        assert "&lt;script&gt;" in page
        assert "<script>" not in page

    @pytest.mark.parametrize("form", ["csv", "json", "html"])
    def test_names_nobody_where_that_is_asked(self, run: Run, past: Workspace, form: str) -> None:
        text = run("audit", *NOVEMBER, "--format", form).out
        assert AUTHOR in text
        assert HEAD in text
        for rows in ((), ("--rows",))[: 2 if form == "csv" else 1]:
            text = run("audit", *NOVEMBER, "--format", form, "--redact", "people", *rows).out
            assert AUTHOR not in text
            assert HEAD not in text
            assert "(approver)" in text
            assert "(author) mistyped it" in text

    def test_days_are_the_boards_and_both_count(self, run: Run, space: Workspace, at: At) -> None:
        at("2027-07-31T22:59:59+00:00")
        with space.database() as db:
            fill(db, [delivery("last", "x", at=NOW + timedelta(days=900))])
        at("2027-07-31T23:00:00+00:00")
        with space.database() as db:
            fill(db, [delivery("next", "x", at=NOW + timedelta(days=900))])

        def posts(day: str) -> list[str]:
            text = run("audit", "--from", day, "--to", day, "--format", "csv").out
            return [row["post"] for row in rows_of(text)]

        assert (posts("2027-07-31"), posts("2027-08-01")) == (["last"], ["next"])
        assert posts("2027-08-02") == []

    def test_a_file_is_whole_and_not_written_over(
        self, run: Run, past: Workspace, tmp_path: Path
    ) -> None:
        target = tmp_path / "trail.html"
        result = run("audit", *NOVEMBER, "-o", str(target))
        assert result.out == f"written: {target}\n"
        assert target.read_text("utf-8").endswith("</html>\n")
        target.write_text("mine", "utf-8")
        result = run("audit", *NOVEMBER, "-o", str(target))
        assert result.code == 2
        assert "--force writes over it" in result.err
        assert target.read_text("utf-8") == "mine"
        assert run("audit", *NOVEMBER, "-o", str(target), "--force").code == 0
        assert target.read_text("utf-8") != "mine"

    def test_a_template_that_fails_leaves_no_file(
        self, run: Run, past: Workspace, tmp_path: Path
    ) -> None:
        template = past.root / "templates" / "audit" / "audit.html"
        template.write_text("half {{ audit.nothing.at_all }}", "utf-8")
        result = run("audit", *NOVEMBER, "-o", str(tmp_path / "trail.html"))
        assert result.code == 2
        assert "templates/audit/audit.html cannot be filled in" in result.err
        assert not list(tmp_path.glob("*trail*")) + list(tmp_path.glob(".sgcomms*"))

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ((), "say which days"),
            (("--from", "2026-11-01", "--format", "csv"), "say which days"),
            (("--from", "2026-11-02", "--to", "2026-11-01", "--format", "csv"), "ends"),
            (("--from", "2026-11-02", "--to", "9999-12-31", "--format", "csv"), "no calendar"),
            (NOVEMBER, "say --format"),
            ((*NOVEMBER, "-o", "trail.txt"), "say --format"),
            ((*NOVEMBER, "--format", "json", "--rows"), "--rows is for csv"),
            (("--verify", *NOVEMBER), "give it alone"),
        ],
    )
    def test_wrong_use(self, run: Run, arguments: tuple[str, ...], words: str) -> None:
        result = run("audit", *arguments)
        assert result.code == 2
        assert words in result.err

    def test_a_folder_is_no_file(self, run: Run, tmp_path: Path) -> None:
        result = run("audit", *NOVEMBER, "--format", "csv", "-o", str(tmp_path))
        assert result.code == 2
        assert "is a folder" in result.err


class TestVerify:
    def test_says_how_far_it_walked(self, run: Run, past: Workspace) -> None:
        result = run("audit", "--verify")
        assert result.code == 0
        assert "The trail is whole: " in result.out
        assert "Last seal: " in result.out
        assert "The store holds every picture that was sent: 0." in result.out

    def test_names_the_row_where_it_breaks(self, run: Run, past: Workspace) -> None:
        with closing(sqlite3.connect(past.root / DATABASE)) as other:
            other.execute("DROP TRIGGER audit_is_not_changed")
            other.execute("UPDATE audit SET detail = '{}' WHERE id = 3")
            other.commit()
        result = run("audit", "--verify")
        assert result.code == 1
        assert "BROKEN: row 3 of the trail" in result.out

    def test_misses_a_picture_that_was_sent(
        self, run: Run, past: Workspace, picture: DraftMedia
    ) -> None:
        with past.database() as db:
            (row,) = [row for row in queue.rows(db) if row.post == "later"]
            with writing(db):
                db.conn.execute("UPDATE deliveries SET state = 'uncertain' WHERE post = 'later'")
            (row,) = [row for row in queue.rows(db) if row.post == "later"]
            decisions.settle_posted(db, row, Publication("x", "9", NOW, "https://x.com/a/9"), HEAD)
        assert "every picture that was sent: 1." in run("audit", "--verify").out
        past.store.path(picture.sha256, "JPEG").write_bytes(b"half")
        result = run("audit", "--verify")
        assert result.code == 1
        assert f"the picture {picture.sha256} of test/later@x" in result.out

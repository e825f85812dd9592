"""Opening the database of a workspace, whatever state it and its folder are in."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sgcomms import db as databases
from sgcomms.db import Db, audit, journal_mode, open_database, queue, writing
from sgcomms.errors import SgcommsError, WorkspaceError
from sgcomms.workspace import Workspace
from tests.conftest import At, Run
from tests.fakes import delivery, fill, in_processes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sgcomms.db"


@pytest.fixture
def db(path: Path) -> Iterator[Db]:
    with open_database(path, create=True) as found:
        yield found


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "BUSY_SECONDS", 0.01)


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let SQLite open files as it does where they are write-protected."""
    connect = sqlite3.connect

    def protected(name: str, **options: Any) -> Any:
        return connect(name.replace("?mode=rw", "?mode=ro"), **options)

    monkeypatch.setattr(sqlite3, "connect", protected)


def test_one_that_is_missing_is_not_made(path: Path) -> None:
    with pytest.raises(WorkspaceError, match="run `sgcomms init`"):
        open_database(path)
    assert not path.exists()


def test_one_that_vanishes_meanwhile_does_not_come_back_empty(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "exists", lambda _: True)
    with pytest.raises(SgcommsError, match="check the rights of the folder"):
        open_database(path)
    monkeypatch.undo()
    assert not path.exists()


def test_an_empty_file_is_no_empty_queue(path: Path) -> None:
    """A disk that was full may leave one: to begin anew by itself would post everything again."""
    path.touch()
    with pytest.raises(WorkspaceError, match="restore it from a backup"):
        open_database(path)
    with open_database(path, create=True) as db:
        assert queue.rows(db) == []


@pytest.mark.parametrize("content", [b"not a database at all, but long enough" * 99, b"\0" * 4096])
def test_something_else_is_left_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(WorkspaceError):
        open_database(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_left_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE deliveries (id)")
        other.commit()
    before = path.read_bytes()
    for create in (False, True):
        with pytest.raises(WorkspaceError, match="not a database of sgcomms"):
            open_database(path, create=create)
    assert path.read_bytes() == before


def test_one_of_a_newer_version_is_left_as_it_is(db: Db, path: Path) -> None:
    db.table("_sqlite_migrations").insert(
        {"migration_set": "sgcomms", "name": "m999_later", "applied_at": "2030-01-01"}
    )
    db.close()
    with pytest.raises(WorkspaceError, match="update this program"):
        open_database(path)


def test_one_that_is_damaged_says_so(db: Db, path: Path) -> None:
    fill(db, [delivery(f"post-{n}") for n in range(200)])
    db.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with (
        pytest.raises(SgcommsError, match="restore it from a backup"),
        open_database(path) as damaged,
    ):
        queue.rows(damaged)


def test_a_read_only_one_can_be_read_and_not_written(
    db: Db, path: Path, request: pytest.FixtureRequest
) -> None:
    fill(db, [delivery("one")])
    db.close()
    request.getfixturevalue("read_only")
    with open_database(path) as protected:
        assert len(queue.rows(protected)) == 1
        with pytest.raises(SgcommsError, match="check the rights of the folder"):
            fill(protected, [delivery("two")])


def test_publishing_from_a_read_only_one_sends_nothing(
    run: Run, at: At, space: Workspace, request: pytest.FixtureRequest
) -> None:
    run("queue")
    at("2027-01-11T09:30+00:00")
    request.getfixturevalue("read_only")
    result = run("publish")
    assert (result.code, result.out) == (1, "")
    assert (
        result.err == "sgcomms: sgcomms.db cannot be written here: check the rights of the folder\n"
    )
    assert not space.outbox.exists()


def test_one_that_another_program_holds_is_waited_for_and_then_named(
    run: Run, at: At, space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("queue")
    at("2027-01-11T09:30+00:00")
    patience = databases.BUSY_SECONDS
    monkeypatch.setattr(databases, "BUSY_SECONDS", 0.01)
    with closing(sqlite3.connect(space.root / "sgcomms.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for command in ("publish", "queue"):
            result = run(command)
            assert (result.code, result.out) == (1, "")
            assert result.err.startswith("sgcomms: sgcomms.db was busy for 0.01 seconds: close")
        other.execute("ROLLBACK")
        other.execute("BEGIN EXCLUSIVE")
        assert "was busy" in run("status").err
    assert not space.outbox.exists()
    monkeypatch.setattr(databases, "BUSY_SECONDS", patience)
    assert run("publish").code == 0


@pytest.mark.parametrize("name", ["a b", "50%", "what?", "#1", "café £", "%41", "a&mode=ro"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    if sys.platform == "win32" and "?" in name:
        pytest.skip("no such name on Windows")
    path = tmp_path / name / "sgcomms.db"
    path.parent.mkdir()
    with open_database(path, create=True) as db:
        fill(db, [delivery("one")])
    assert path.exists()
    with open_database(path) as db:
        assert len(queue.rows(db)) == 1


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "TRUNCATE"),
        ((3, 44, 5), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "TRUNCATE"),
        ((3, 50, 6), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
    ],
)
def test_wal_is_used_only_where_it_cannot_lose_a_commit(
    version: tuple[int, int, int], mode: str
) -> None:
    assert journal_mode(version) == mode


@pytest.mark.parametrize("mode", ["wal", "truncate"])
def test_every_opening_has_the_same_safe_settings(
    path: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "journal_mode", lambda _: mode.upper())
    for create in (True, False):
        with open_database(path, create=create) as db:
            for name, value in (("journal_mode", mode), ("synchronous", 2), ("foreign_keys", 1)):
                assert db.conn.execute(f"PRAGMA {name}").fetchone()[0] == value


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
@pytest.mark.parametrize("mode", ["WAL", "TRUNCATE"])
def test_eight_processes_may_make_it_at_once(
    path: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "journal_mode", lambda _: mode)
    ended = in_processes(*[lambda: open_database(path, create=True).close()] * 8)
    assert [one.code for one in ended] == [0] * 8
    with open_database(path) as db:
        assert queue.rows(db) == []


def test_what_is_raised_in_a_transaction_undoes_it(db: Db) -> None:
    def half() -> None:
        with writing(db):
            audit.append(db, "test", "half", "done")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert list(audit.entries(db)) == []
    with writing(db):  # nothing is left open
        audit.append(db, "test", "whole", "done")
    assert [entry.action for entry in audit.entries(db)] == ["whole"]


def test_what_breaks_a_constraint_stays_an_error_of_the_program(db: Db) -> None:
    with pytest.raises(sqlite3.IntegrityError), writing(db):
        db.conn.execute("INSERT INTO deliveries (id) VALUES ('half')")

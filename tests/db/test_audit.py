"""The audit trail: append-only, and every break in it is seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sgcomms import clock
from sgcomms.db import Db, audit, open_database, writing
from tests.conftest import At
from tests.fakes import NOW, Machine


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sgcomms.db"


@pytest.fixture
def db(path: Path, machine: Machine) -> Iterator[Db]:
    with open_database(path, create=True) as found, writing(found):
        for number in range(5):
            machine.later(minutes=1)
            audit.append(found, "officer", "queued", f"test/{number}@x", text="Grüße £")
    with open_database(path) as found:
        yield found


def test_the_rows_come_back_in_order_or_by_subject(db: Db) -> None:
    assert [entry.id for entry in audit.entries(db)] == [1, 2, 3, 4, 5]
    (entry,) = audit.entries(db, "test/3@x")
    assert (entry.actor, entry.action, entry.detail) == ("officer", "queued", {"text": "Grüße £"})


def test_a_row_keeps_the_machines_time_beside_a_rehearsed_one(db: Db, at: At) -> None:
    at("2027-03-08T09:31:00+00:00")
    with writing(db):
        audit.append(db, "officer", "queued", "test/6@x")
    (entry,) = audit.entries(db, "test/6@x")
    assert (entry.at, entry.rehearsed) == ("2026-11-22T09:05:00Z", "2027-03-08T09:31:00Z")


def test_the_last_row_tells_the_machines_time(db: Db, tmp_path: Path, machine: Machine) -> None:
    assert audit.last_at(db) == machine.time
    assert machine.time > NOW
    with open_database(tmp_path / "new.db", create=True) as new:
        assert audit.last_at(new) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'somebody else'",
        "DELETE FROM audit WHERE id = 5",
        "INSERT OR REPLACE INTO audit SELECT id, at, rehearsed, 'x', action, subject, detail, hash"
        " FROM audit WHERE id = 3",
    ],
)
def test_the_database_itself_refuses_changes(db: Db, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"), writing(db):
        db.conn.execute(statement)
    assert audit.broken_at(db) is None


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit SET actor = 'somebody else' WHERE id = 2", 2),
        ("UPDATE audit SET rehearsed = '2027-01-01T00:00:00Z' WHERE id = 4", 4),
        ("UPDATE audit SET hash = 'abc' WHERE id = 5", 5),
        ("DELETE FROM audit WHERE id = 3", 4),
        ("DELETE FROM audit WHERE id = 1", 2),
        ("INSERT INTO audit SELECT 6, at, rehearsed, actor, action, subject, detail, hash"
         " FROM audit WHERE id = 5", 6),
    ],
)  # fmt: skip
def test_changes_by_another_program_are_seen(
    db: Db, path: Path, statement: str, broken_at: int
) -> None:
    assert audit.broken_at(db) is None
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TRIGGER audit_is_not_changed")
        other.execute("DROP TRIGGER audit_is_not_deleted")
        other.execute(statement)
        other.commit()
    assert audit.broken_at(db) == broken_at


def test_a_change_and_its_trace_are_one_commit(db: Db) -> None:
    def fail() -> None:
        with writing(db):
            audit.append(db, "officer", "queued", "test/7@x")
            raise clock_error

    clock_error = ValueError(clock.VARIABLE)
    with pytest.raises(ValueError, match="SGCOMMS_NOW"):
        fail()
    assert len(list(audit.entries(db))) == 5

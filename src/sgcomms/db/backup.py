"""Copies of the database: made while others write, verified, and not trusted when they come back.

A copy knows nothing of what went out after it was made. So where one takes the place of a database
that is lost, everything is paused from that moment on, what came due since is uncertain, and what
can still go out is looked for before it is sent.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sgcomms import clock
from sgcomms.db import Db, alerts, audit, home, journal_mode, open_database, sendings, writing
from sgcomms.db.home import Home
from sgcomms.db.outcomes import end_attempt
from sgcomms.db.queue import AFTER_BEFORE
from sgcomms.errors import SgcommsError, WorkspaceError

SIDECARS = ("-wal", "-shm", "-journal")
"""The endings of the files that SQLite keeps beside a database."""

Act = Literal["restore", "take-over"]
"""How a copy comes to publish; also who started the pause that it begins with."""


class BackupError(SgcommsError):
    """A copy of the database that is not as it must be."""


@dataclass(frozen=True, slots=True)
class Distrusted:
    """What a copy began with: since when it knows nothing, and what may have gone out meanwhile."""

    since: datetime
    uncertain: tuple[str, ...]


def copy(source: Path, target: Path) -> None:
    """Copy the database `source` to the new file `target`, as it is at one moment, and verify it.

    Others may write meanwhile. Raises WorkspaceError for a source that cannot be opened,
    BackupError when the copy cannot be written or is not sound.
    Source: https://www.sqlite.org/backup.html
    """
    with open_database(source) as db:
        db.conn.execute("BEGIN")  # waits its turn here, so that the copy is made in one step
        db.conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        try:
            with closing(sqlite3.connect(target, isolation_level=None)) as copied:
                db.conn.backup(copied)
                # put back by hand it must not publish: `restore` and `take-over` know what to do
                copied.execute("UPDATE home SET path = path || ' (its backup)'")
                copied.execute("PRAGMA journal_mode=DELETE").fetchall()  # one file, and no more
        except sqlite3.Error as error:
            raise BackupError(f"the database could not be copied: {error}") from error
        finally:
            db.conn.execute("ROLLBACK")
    verify(target)


def verify(path: Path) -> None:
    """Make sure that a copy is whole and that its audit trail is unbroken.

    Raises BackupError when it is not, WorkspaceError when it cannot be opened at all.
    """
    with open_database(path) as db:
        answers = [str(found) for (found,) in db.conn.execute("PRAGMA integrity_check").fetchall()]
        broken = audit.broken_at(db) if answers == ["ok"] else None
    drop_sidecars(path)
    if answers != ["ok"]:
        raise BackupError(f"the database is damaged ({answers[0]}): restore the last good backup")
    if broken is not None:
        raise BackupError(
            f"the audit trail is broken at row {broken}: somebody has changed it, or the disk has"
        )


def holds_something(path: Path) -> bool:
    """Tell whether `path` is a sound database with anything in it; not so what is damaged or empty.

    Raises WorkspaceError when that cannot be told: it is busy, may not be read, or is of a newer
    version of this program.
    """
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return False
            tables = connection.execute("SELECT name FROM sqlite_schema").fetchall()
            names = {name for (name,) in tables} & {"audit", "deliveries", "sources"}
            return any(
                connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() for name in names
            )
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            return False
        raise WorkspaceError(f"{path.name} cannot be looked at ({error}): try again") from error


def settle_in(path: Path, since: datetime, here: Home, actor: str, **detail: str) -> Distrusted:
    """Let the restored copy `path` publish at `here`, distrusted as of `since`, in one file.

    Raises WorkspaceError when it cannot be opened, BackupError when it is not sound.
    """
    verify(path)
    with open_database(path) as db:
        begun = distrust(db, "restore", since, here, actor, **detail)
        safe = journal_mode(sqlite3.sqlite_version_info)
        db.conn.execute(f"PRAGMA journal_mode={safe}").fetchall()
    drop_sidecars(path)
    return begun


def distrust(
    db: Db, act: Act, since: datetime, here: Home, actor: str, **detail: str
) -> Distrusted:
    """Let a copy that knows nothing of what happened after `since` publish at `here`, paused.

    What came due since then, or was under way, may have gone out: it is uncertain, and looked for
    at the next tick. Whatever else can still go out is looked for before it is armed. The pause
    reaches back to the first of what came due, so that none of it goes out by itself when the pause
    is lifted. All in one commit.
    """
    now = clock.now()
    since = min(since, now)
    why = (
        f"it may have gone out from another machine: nothing after {since:%Y-%m-%d %H:%M} UTC is "
        "known here"
    )
    with writing(db):
        paused_since = _earliest(db, since, now)
        moved = db.conn.execute(
            "UPDATE deliveries SET state = 'uncertain', wake_at = :now, looks = 0, held_for = NULL,"
            " armed_at = min(coalesce(armed_at, due_at), due_at, :since),"
            f" reason = :why || {AFTER_BEFORE}"
            f" WHERE {_DOUBTFUL} OR state = 'uncertain' RETURNING id, attempt, reason",
            {"now": clock.stored(now), "since": clock.stored(since), "why": why},
        ).fetchall()
        db.conn.execute(
            "UPDATE deliveries SET look_since = min(coalesce(look_since, :since), :since)"
            " WHERE state <> 'published'",
            {"since": clock.stored(since)},
        )
        _pause(db, act, paused_since, since)
        for name, attempt, reason in sorted(moved):
            end_attempt(db, name, attempt, "uncertain", reason)
            audit.append(db, actor, "uncertain", name, reason=reason)
            alerts.moved(db, name, "uncertain", reason)
        sendings.distrust(db, actor, why)
        home.move(db, here, actor)
        audit.append(db, actor, act, "board", since=clock.stored(since), **detail)
    return Distrusted(since, tuple(sorted(name for name, *_ in moved)))


_DOUBTFUL = "(state = 'queued' AND due_at <= :now) OR state = 'publishing'"


def _earliest(db: Db, since: datetime, now: datetime) -> datetime:
    """Return `since`, or the time of what had come due before and was not sent by then."""
    first = db.conn.execute(
        f"SELECT min(due_at) FROM deliveries WHERE {_DOUBTFUL}", {"now": clock.stored(now)}
    ).fetchone()[0]
    return min(since, clock.from_stored(first)) if first else since


def _pause(db: Db, act: Act, started_at: datetime, since: datetime) -> None:
    reason = (
        f"this is a copy that knows nothing after {since:%Y-%m-%d %H:%M} UTC: settle what is "
        "uncertain, then resume"
    )
    db.conn.execute(
        "INSERT INTO pauses (scope, reason, by_whom, started_at) VALUES ('all', ?, ?, ?)",
        (reason, act, clock.stored(started_at)),
    )
    audit.append(db, act, "paused", "all", scope="all", reason=reason)


def drop_sidecars(path: Path) -> None:
    """Delete what SQLite has left beside a copy that is closed, and whole without it."""
    for ending in SIDECARS:
        path.with_name(path.name + ending).unlink(missing_ok=True)

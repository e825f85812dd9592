"""The database of a workspace: opening it, and the one way of writing to it.

`queue` and `audit` are the only writers of deliveries and of the trail, `readings` of figures.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from sqlite_utils import Database

from sgcomms.db import rollup
from sgcomms.db.schema import STEPS, migrations
from sgcomms.errors import SgcommsError, WorkspaceError

BUSY_SECONDS = 30.0
"""How long to wait for another program's write: SQLite's queue is not a fair one."""

Db: TypeAlias = Database

__all__ = ["Db", "location", "open_database", "writing"]


def open_database(path: Path, *, create: bool = False) -> Db:
    """Open the database `path`, with every migration applied.

    `create` makes it where there is none; otherwise WorkspaceError says so. It is also raised for a
    file that is no database, that is empty, or that a newer version of this program has written.
    """
    if not create and not path.exists():
        if any(path.parent.glob(f"{path.name}.kept-*")):
            raise WorkspaceError(
                f"there is no {path.name}: a restoration was cut off. Restore the backup again; "
                "`sgcomms init` would forget what went out and what is paused"
            )
        raise WorkspaceError(f"there is no {path.name} in this workspace: run `sgcomms init` in it")
    mode = "rwc" if create else "rw"  # a file that vanishes now must not come back empty
    try:
        connection = sqlite3.connect(
            f"file://{_quoted(path)}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            factory=_Connection,
        )
    except sqlite3.DatabaseError as error:
        raise _explained(error) from error
    try:
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        db = Database(connection, execute_plugins=False)
        _migrate(db, create=create)
    except BaseException:
        connection.close()
        raise
    return db


def location(db: Db) -> Path:
    """Return the file of a database, to be opened again: a connection is for one thread."""
    _, _, path = db.conn.execute("PRAGMA database_list").fetchone()
    return Path(path)


@contextlib.contextmanager
def writing(db: Db) -> Iterator[None]:
    """Hold the write lock for one transaction; when anything is raised, nothing has changed.

    It begins IMMEDIATE: a transaction that reads first and writes later cannot wait for its turn.
    """
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        raise


def _quoted(path: Path) -> str:
    """Return `path` as it stands in a file: URI, on every system, network shares included."""
    quoted = quote(os.fsencode(path.absolute().as_posix()), safe="/:")
    return quoted if quoted.startswith("/") else f"/{quoted}"


class _Connection(sqlite3.Connection):
    """A connection whose faults are said in words a person can act on.

    What a program can act on, such as a constraint that is not met, stays an error of sqlite3.
    """

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        with _in_words():
            return super().execute(*arguments)

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:
        with _in_words():
            return super().executemany(*arguments)


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if type(error) in (sqlite3.OperationalError, sqlite3.DatabaseError):
            raise _explained(error) from error
        raise


def _migrate(db: Db, *, create: bool) -> None:
    """Apply what is missing, in one transaction: eight processes may start at once."""
    tables = db.table_names()  # looked at first: another process may be making them just now
    applied = {step.name for step in migrations.applied(db)}
    if applied - STEPS:
        raise WorkspaceError("the database was written by a newer sgcomms: update this program")
    if tables and not applied:
        raise WorkspaceError(_NOT_OURS)
    if not applied and not create:
        raise WorkspaceError(
            "sgcomms.db is empty: restore it from a backup; `sgcomms init` would start it anew"
        )
    _choose_journal(db, new=not applied)
    if applied != STEPS:
        with writing(db):
            migrations.apply(db)
            rollup.refresh(db)


def _choose_journal(db: Db, *, new: bool) -> None:
    """Use WAL, except in the builds of SQLite that can lose a commit in it.

    A file remembers WAL, and no other mode. Source: https://www.sqlite.org/wal.html#walresetbug
    """
    if new:
        mode = journal_mode(sqlite3.sqlite_version_info)
    elif db.conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        return
    else:
        mode = "TRUNCATE"
    db.conn.execute(f"PRAGMA journal_mode={mode}").fetchall()


def journal_mode(version: tuple[int, int, int]) -> str:
    """Return the journal mode that is safe with this version of SQLite."""
    mended = (
        version >= (3, 51, 3)
        or (3, 50, 7) <= version < (3, 51, 0)
        or (3, 44, 6) <= version < (3, 45, 0)
    )
    return "WAL" if mended else "TRUNCATE"


_NOT_OURS = "sgcomms.db is not a database of sgcomms: restore it from a backup"


def _explained(error: sqlite3.DatabaseError) -> SgcommsError:
    """Return what a person can do about a fault of SQLite."""
    text = str(error)
    if "not a database" in text or "malformed" in text:
        return WorkspaceError(_NOT_OURS)
    if "locked" in text:
        return SgcommsError(
            f"sgcomms.db was busy for {BUSY_SECONDS:g} seconds: close the program that holds it "
            "open, then try again"
        )
    if "readonly" in text or "unable to open" in text:
        return SgcommsError("sgcomms.db cannot be written here: check the rights of the folder")
    if "is full" in text or "disk I/O" in text:
        return SgcommsError(
            "sgcomms.db could not be written: the disk is full or failing, its own or that of the "
            "folder for temporary files"
        )
    return SgcommsError(f"sgcomms.db answered: {text}")

"""The database of a workspace: opening it, and the one way of writing to it.

`queue` and `audit` are the only writers of deliveries and of the trail, `readings` of figures.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from sqlite_utils import Database

from sgcomms.db.schema import STEPS, migrations
from sgcomms.errors import SgcommsError, WorkspaceError

BUSY_SECONDS = 30.0

Db: TypeAlias = Database

__all__ = ["Db", "open_database", "writing"]


def open_database(path: Path, *, create: bool = False) -> Db:
    """Open the database `path`, with every migration applied.

    `create` makes it where there is none; otherwise WorkspaceError says so. It is also raised for a
    file that is no database, or one that a newer version of this program has written.
    """
    if not create and not path.exists():
        raise WorkspaceError(f"there is no {path.name} in this workspace: run `sgcomms init` in it")
    try:
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        db = Database(connection, execute_plugins=False)
        _migrate(db)
    except sqlite3.DatabaseError as error:
        raise _explained(error, path) from error
    return db


@contextlib.contextmanager
def writing(db: Db) -> Iterator[None]:
    """Hold the write lock for one transaction; leave the database as it was when anything is raised.

    It begins IMMEDIATE: a transaction that reads first and writes later cannot wait for its turn.
    """
    try:
        db.conn.execute("BEGIN IMMEDIATE")
    except sqlite3.DatabaseError as error:
        raise _explained(error, None) from error
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException as error:
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        if isinstance(error, sqlite3.OperationalError):
            raise _explained(error, None) from error
        raise


def _migrate(db: Db) -> None:
    """Apply what is missing, in one transaction: eight processes may start at once."""
    applied = {step.name for step in migrations.applied(db)}
    if applied - STEPS:
        raise WorkspaceError("the database was written by a newer sgcomms: update this program")
    if applied == STEPS:
        return
    if not applied:
        if set(db.table_names()) - {migrations.migrations_table}:
            raise sqlite3.DatabaseError("file is not a database of sgcomms")
        _choose_journal(db)
    with writing(db):
        migrations.apply(db)


def _choose_journal(db: Db) -> None:
    """Use WAL, except in the builds of SQLite that can lose a commit in it.

    Source: https://www.sqlite.org/wal.html#walresetbug
    """
    db.conn.execute(f"PRAGMA journal_mode={journal_mode(sqlite3.sqlite_version_info)}").fetchall()


def journal_mode(version: tuple[int, int, int]) -> str:
    """Return the journal mode that is safe with this version of SQLite."""
    mended = (
        version >= (3, 51, 3)
        or (3, 50, 7) <= version < (3, 51, 0)
        or (3, 44, 6) <= version < (3, 45, 0)
    )
    return "WAL" if mended else "TRUNCATE"


def _explained(error: sqlite3.DatabaseError, path: Path | None) -> SgcommsError:
    """Return what a person can do about an error of SQLite."""
    name = path.name if path is not None else "sgcomms.db"
    text = str(error)
    if "not a database" in text:
        return WorkspaceError(f"{name} is not a database of sgcomms: restore it from a backup")
    if "locked" in text:
        return SgcommsError(
            f"{name} was busy for {BUSY_SECONDS:.0f} seconds: close the program that holds it open "
            "and try again; nothing was changed"
        )
    if "readonly" in text or "unable to open" in text:
        return SgcommsError(f"{name} cannot be written here: check the rights of the folder")
    if "disk is full" in text or "disk I/O" in text:
        return SgcommsError(f"{name} could not be written: the disk is full or failing")
    return SgcommsError(f"{name} answered: {text}; nothing was changed")

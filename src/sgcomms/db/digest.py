"""The fingerprint of the database, for documents that must say what they were made from."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing

from sgcomms.db import Db, location


def digest(db: Db) -> str:
    """Return the SHA-256 of the database's file, in hexadecimal, with all that was committed.

    What still stands in the log beside it is moved into the file first, where nobody is in the way
    (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint). Raises OSError.
    """
    path = location(db)
    with closing(sqlite3.connect(path)) as own:  # an answer half read on `db` would lock it
        own.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

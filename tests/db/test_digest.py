"""The database's fingerprint: of all that was committed, also what is still in the log."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from sgcomms.db import Db, location
from sgcomms.db.digest import digest


def test_it_is_the_hash_of_the_file_and_changes_with_what_is_committed(
    db: Db, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(location(db))) as other:
        other.execute("PRAGMA journal_mode=WAL").fetchall()
    before = digest(db)
    assert before == hashlib.sha256(location(db).read_bytes()).hexdigest()
    with closing(sqlite3.connect(tmp_path / "sgcomms.db")) as other:
        other.execute("CREATE TABLE another (id INTEGER)")
        other.commit()
        after = digest(db)
    assert after != before
    assert after == hashlib.sha256(location(db).read_bytes()).hexdigest()
    assert digest(db) == after

"""Sources that somebody has taken back, with all that they had told."""

from __future__ import annotations

from sqlite_utils import Database

from sgcomms.db.schema.steps import migrations, run


@migrations()
def m007_voids(db: Database) -> None:
    """Take the step."""
    run(
        db,
        """
        CREATE TABLE voids (
            source    INTEGER PRIMARY KEY REFERENCES sources,
            sha256    TEXT,
            by_whom   TEXT NOT NULL,
            reason    TEXT NOT NULL,
            at        TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE void_readings (
            source  INTEGER NOT NULL REFERENCES voids,
            told    TEXT NOT NULL             -- JSON: a reading of a period, or a post with its own
        ) STRICT
        """,
        "CREATE INDEX void_readings_source ON void_readings (source)",
        # of posts that sources give different times for: what each of them says
        """
        CREATE TABLE told_times (
            publication  INTEGER NOT NULL REFERENCES publications,
            source       INTEGER NOT NULL REFERENCES sources,
            at           TEXT NOT NULL,       -- UTC
            PRIMARY KEY (publication, source)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX told_times_source ON told_times (source)",
        *(
            f"""
        CREATE TRIGGER {table}_are_not_{change}d BEFORE {change.upper()} ON {table}
        BEGIN SELECT RAISE(ABORT, 'what was taken back is kept'); END
        """
            for table in ("voids", "void_readings")
            for change in ("update", "delete")
        ),
    )

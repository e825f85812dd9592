"""Sources and readings. A later reading stands beside an earlier one, never in its place."""

from __future__ import annotations

from sqlite_utils import Database

from sgcomms.db.schema.steps import migrations, run


@migrations()
def m002_readings(db: Database) -> None:
    """Take the step."""
    run(
        db,
        """
        CREATE TABLE sources (
            id        INTEGER PRIMARY KEY,
            kind      TEXT NOT NULL CHECK (kind IN ('file', 'hand')),
            name      TEXT NOT NULL,          -- the file, or where a person read the figure
            layout    TEXT NOT NULL,
            subject   TEXT NOT NULL,
            read_on   TEXT NOT NULL,          -- the day the figures were read off
            sha256    TEXT,
            by_whom   TEXT,
            added_at  TEXT NOT NULL,          -- UTC
            detail    TEXT NOT NULL,          -- JSON: header, unused columns, native names
            UNIQUE (sha256, subject)
        ) STRICT
        """,
        """
        CREATE TABLE readings (
            id           INTEGER PRIMARY KEY,
            source       INTEGER NOT NULL REFERENCES sources,
            subject      TEXT NOT NULL,
            metric       TEXT NOT NULL,
            dimension    TEXT,
            key          TEXT,
            first        TEXT NOT NULL,       -- the period, both days included, in the board's zone
            last         TEXT NOT NULL,
            value        REAL,
            numerator    REAL,
            denominator  REAL,
            bound        TEXT,
            reason       TEXT,
            native       TEXT NOT NULL,
            read_on      TEXT NOT NULL,
            CHECK (first <= last),
            CHECK ((value IS NULL) = (reason IS NOT NULL)),
            CHECK ((dimension IS NULL) = (key IS NULL))
        ) STRICT
        """,
        "CREATE INDEX readings_subject ON readings (subject, metric, last)",
        """
        CREATE TABLE post_readings (
            publication  INTEGER NOT NULL REFERENCES publications,
            metric       TEXT NOT NULL,
            read_on      TEXT NOT NULL,
            source       INTEGER NOT NULL REFERENCES sources,
            value        REAL,                -- NULL: the source left the place blank
            PRIMARY KEY (publication, metric, read_on, source)
        ) STRICT, WITHOUT ROWID
        """,
    )

"""Collection runs as sources; a post's figures of one reading in one row; their roll-up."""

from __future__ import annotations

from sqlite_utils import Database

from sgcomms.db.schema.steps import migrations, run


@migrations()
def m006_collecting(db: Database) -> None:
    """Take the step."""
    run(
        db,
        "ALTER TABLE sources RENAME TO sources_before",
        "ALTER TABLE readings RENAME TO readings_before",
        "ALTER TABLE post_readings RENAME TO post_readings_before",
        "DROP INDEX readings_subject",
        """
        CREATE TABLE sources (
            id        INTEGER PRIMARY KEY,
            kind      TEXT NOT NULL CHECK (kind IN ('file', 'hand', 'api', 'void')),
            name      TEXT NOT NULL,          -- the file, the API, or where a person read it
            layout    TEXT NOT NULL,
            subject   TEXT NOT NULL,
            read_on   TEXT NOT NULL,          -- the day the figures were read off
            sha256    TEXT,
            by_whom   TEXT,
            added_at  TEXT NOT NULL,          -- UTC
            calls     INTEGER NOT NULL,       -- requests of a run
            dollars   TEXT NOT NULL,          -- US dollars: what they cost
            first_at  TEXT,                   -- UTC: the times between which it lists the posts
            last_at   TEXT,
            detail    TEXT NOT NULL,          -- JSON: header, unused columns, native names, gaps
            UNIQUE (sha256, subject)
        ) STRICT
        """,
        "INSERT INTO sources SELECT id, kind, name, layout, subject, read_on, sha256, by_whom,"
        " added_at, 0, '0', first_at, last_at, detail FROM sources_before LEFT JOIN ("
        " SELECT source, min(published_at) AS first_at, max(published_at) AS last_at"
        " FROM post_readings_before JOIN publications ON publications.id = publication"
        " GROUP BY source) ON source = sources_before.id",
        "CREATE INDEX sources_listed ON sources (subject, first_at, last_at, read_on)"
        " WHERE first_at IS NOT NULL",
        "CREATE INDEX sources_read_on ON sources (read_on)",
        "CREATE INDEX sources_subject ON sources (subject, kind, layout, added_at)",
        """
        CREATE TABLE readings (
            id           INTEGER PRIMARY KEY,
            source       INTEGER NOT NULL REFERENCES sources,
            subject      TEXT NOT NULL,
            metric       TEXT NOT NULL,
            basis        TEXT CHECK (basis = 'received'),
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
        "INSERT INTO readings SELECT id, source, subject, metric, NULL, dimension, key, first,"
        " last, value, numerator, denominator, bound, reason, native, read_on FROM readings_before",
        "CREATE INDEX readings_last ON readings (last)",
        "CREATE INDEX readings_subject ON readings (subject, metric, last)",
        """
        CREATE TABLE post_readings (
            publication  INTEGER NOT NULL REFERENCES publications,
            source       INTEGER NOT NULL REFERENCES sources,
            read_on      TEXT NOT NULL,
            counts       TEXT NOT NULL,       -- JSON by metric; null where it was left blank
            PRIMARY KEY (publication, source)
        ) STRICT, WITHOUT ROWID
        """,
        "INSERT INTO post_readings SELECT publication, source, read_on,"
        " json_group_object(metric, value) FROM post_readings_before"
        " GROUP BY publication, source, read_on",
        "DROP TABLE post_readings_before",
        "DROP TABLE readings_before",
        "DROP TABLE sources_before",
        """
        CREATE TABLE post_days (
            account     TEXT NOT NULL,
            day         TEXT NOT NULL,        -- of the zone in post_zone
            metric      TEXT NOT NULL,
            posts       INTEGER NOT NULL,     -- that have a value
            blank       INTEGER NOT NULL,     -- that have none in any reading
            unsettled   INTEGER NOT NULL,     -- last read before their figures had settled
            total       REAL,
            first_read  TEXT NOT NULL,
            last_read   TEXT NOT NULL,
            sources     TEXT NOT NULL,        -- ids, joined by commas
            PRIMARY KEY (account, day, metric)
        ) STRICT, WITHOUT ROWID
        """,
        # the zone whose days post_days has
        "CREATE TABLE post_zone (zone TEXT NOT NULL) STRICT",
        "INSERT INTO post_zone VALUES ('UTC')",
        """
        CREATE TABLE touched_posts (
            account  TEXT NOT NULL,
            at       TEXT NOT NULL,           -- UTC
            PRIMARY KEY (account, at)
        ) STRICT, WITHOUT ROWID
        """,
        "INSERT INTO touched_posts SELECT DISTINCT account, published_at FROM publications",
        """
        CREATE TRIGGER publications_touch AFTER UPDATE OF published_at ON publications
        WHEN NEW.published_at <> OLD.published_at
        BEGIN INSERT INTO touched_posts  -- no OR IGNORE: an upsert would take it away
            SELECT account, at FROM (SELECT OLD.account AS account, OLD.published_at AS at
                UNION SELECT NEW.account, NEW.published_at) AS moved
            WHERE NOT EXISTS (SELECT 1 FROM touched_posts AS known
                WHERE known.account = moved.account AND known.at = moved.at); END
        """,
        "CREATE INDEX publications_delivered ON publications (account, published_at)"
        " WHERE delivery IS NOT NULL",
        "ALTER TABLE publications ADD COLUMN gone_at TEXT",  # since when it is shown no more
        # whom to tell, as JSON; NULL: whom config/board.yaml names for all alerts
        "ALTER TABLE alerts ADD COLUMN recipients TEXT",
    )

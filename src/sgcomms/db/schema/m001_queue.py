"""Deliveries with their attempts, publications, and the audit trail."""

from __future__ import annotations

from sqlite_utils import Database

from sgcomms.db.schema.steps import migrations, run


@migrations()
def m001_queue(db: Database) -> None:
    """Take the step."""
    run(
        db,
        """
        CREATE TABLE deliveries (
            id            TEXT PRIMARY KEY,  -- campaign/post[.n]@account
            campaign      TEXT NOT NULL,
            post          TEXT NOT NULL,
            occurrence    INTEGER NOT NULL CHECK (occurrence >= 1),
            account       TEXT NOT NULL,
            platform      TEXT NOT NULL,
            mode          TEXT NOT NULL CHECK (mode IN ('live', 'outbox', 'by_hand')),
            due_at        TEXT NOT NULL,     -- UTC
            expires_at    TEXT,              -- UTC; never sent from then on
            author        TEXT NOT NULL,
            draft         TEXT NOT NULL,     -- JSON: exactly what would be sent
            text_key      TEXT NOT NULL,
            content_hash  TEXT NOT NULL,
            state         TEXT NOT NULL CHECK (state IN ('queued', 'publishing', 'published',
                          'failed', 'uncertain', 'held', 'withdrawn', 'handed')),
            reason        TEXT,              -- why it is in this state, for a person
            by_person     INTEGER NOT NULL DEFAULT 0 CHECK (by_person IN (0, 1)),
            owner         TEXT,              -- the fence: who claimed it, at which attempt
            attempt       INTEGER NOT NULL DEFAULT 0,
            lease_until   TEXT,              -- until when the claim holds, by the machine's clock
            armed_at      TEXT,              -- set by the last commit before the request
            wake_at       TEXT,              -- when a tick has to look at it next
            looks         INTEGER NOT NULL DEFAULT 0,
            published_at  TEXT,
            url           TEXT,
            queued_at     TEXT NOT NULL,
            CHECK (state NOT IN ('queued', 'publishing') OR wake_at IS NOT NULL),
            CHECK (state <> 'publishing' OR (owner IS NOT NULL AND lease_until IS NOT NULL)),
            CHECK ((state = 'published') = (published_at IS NOT NULL))
        ) STRICT
        """,
        """
        CREATE TRIGGER deliveries_stay_published BEFORE UPDATE ON deliveries
        WHEN OLD.state = 'published'
        BEGIN SELECT RAISE(ABORT, 'what is published never changes'); END
        """,
        """
        CREATE TRIGGER deliveries_are_not_deleted BEFORE DELETE ON deliveries
        BEGIN SELECT RAISE(ABORT, 'deliveries are not deleted'); END
        """,
        "CREATE INDEX deliveries_wake ON deliveries (wake_at) WHERE wake_at IS NOT NULL",
        "CREATE INDEX deliveries_text ON deliveries (account, text_key)",
        """
        CREATE TABLE attempts (
            delivery    TEXT NOT NULL REFERENCES deliveries,
            number      INTEGER NOT NULL,
            owner       TEXT NOT NULL,
            claimed_at  TEXT NOT NULL,
            armed_at    TEXT,
            ended_at    TEXT,
            outcome     TEXT,
            detail      TEXT,
            PRIMARY KEY (delivery, number)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE publications (
            id            INTEGER PRIMARY KEY,
            account       TEXT NOT NULL,
            platform_id   TEXT NOT NULL,
            published_at  TEXT NOT NULL,      -- UTC
            url           TEXT,
            kind          TEXT,
            text          TEXT,
            delivery      TEXT UNIQUE REFERENCES deliveries,
            UNIQUE (account, platform_id)
        ) STRICT
        """,
        "CREATE INDEX publications_time ON publications (account, published_at)",
        """
        CREATE TABLE audit (
            id         INTEGER PRIMARY KEY,
            at         TEXT NOT NULL,         -- UTC, the machine's own time
            rehearsed  TEXT,                  -- UTC, where another time was rehearsed
            actor      TEXT NOT NULL,
            action     TEXT NOT NULL,
            subject    TEXT NOT NULL,
            detail     TEXT NOT NULL,         -- JSON
            hash       TEXT NOT NULL          -- SHA-256 of the row and of the hash before it
        ) STRICT
        """,
        """
        CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
        """,
        """
        CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
        """,
    )

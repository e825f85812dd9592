"""What people decide about deliveries, what keeps accounts from sending, and who is told."""

from __future__ import annotations

from sqlite_utils import Database

from sgcomms.db.schema.steps import migrations, run


@migrations()
def m003_decisions(db: Database) -> None:
    """Take the step."""
    run(
        db,
        "ALTER TABLE deliveries ADD COLUMN sensitivity TEXT",
        "ALTER TABLE deliveries ADD COLUMN election_safe INTEGER NOT NULL DEFAULT 0"
        " CHECK (election_safe IN (0, 1))",
        "ALTER TABLE deliveries ADD COLUMN contacts TEXT NOT NULL DEFAULT '[]'",  # JSON: their ids
        # due_at is the end of its life until it is approved, and from then on the approval's time
        "ALTER TABLE deliveries ADD COLUMN on_approval INTEGER NOT NULL DEFAULT 0"
        " CHECK (on_approval IN (0, 1))",
        # what signatures are bound to: content_hash, and the new time where a person gave one
        "ALTER TABLE deliveries ADD COLUMN signed_hash TEXT",
        # how often it was armed: the last guard against a loop
        "ALTER TABLE deliveries ADD COLUMN sends INTEGER NOT NULL DEFAULT 0 CHECK (sends <= 5)",
        "ALTER TABLE deliveries ADD COLUMN held_for TEXT CHECK (held_for IN ('late', 'paused',"
        " 'unapproved', 'rejected', 'closed', 'tries'))",
        # it may have gone out since then from another copy of this database
        "ALTER TABLE deliveries ADD COLUMN look_since TEXT",
        "CREATE INDEX deliveries_campaign ON deliveries (campaign, queued_at)",
        "CREATE INDEX deliveries_state ON deliveries (state, due_at)",
        "ALTER TABLE publications ADD COLUMN removed_at TEXT",
        """
        CREATE TABLE approvals (
            id        INTEGER PRIMARY KEY,
            delivery  TEXT NOT NULL REFERENCES deliveries,
            hash      TEXT NOT NULL,          -- of what was approved or refused
            decision  TEXT NOT NULL CHECK (decision IN ('approved', 'rejected', 'unapproved')),
            by_whom   TEXT NOT NULL,
            reason    TEXT,
            at        TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX approvals_delivery ON approvals (delivery, hash)",
        """
        CREATE TRIGGER approvals_are_not_changed BEFORE UPDATE ON approvals
        BEGIN SELECT RAISE(ABORT, 'approvals are append-only'); END
        """,
        """
        CREATE TRIGGER approvals_are_not_deleted BEFORE DELETE ON approvals
        BEGIN SELECT RAISE(ABORT, 'approvals are append-only'); END
        """,
        # an approval counts until anybody refuses the same content, or takes the approval back
        """
        CREATE VIEW signatures AS
        SELECT DISTINCT delivery, hash, by_whom FROM approvals AS one
        WHERE decision = 'approved' AND NOT EXISTS (
            SELECT 1 FROM approvals AS later WHERE later.delivery = one.delivery
            AND later.hash = one.hash AND later.id > one.id AND later.decision <> 'approved')
        """,
        """
        CREATE TABLE pauses (
            id          INTEGER PRIMARY KEY,
            scope       TEXT NOT NULL CHECK (scope IN ('all', 'account', 'campaign')),
            target      TEXT,
            reason      TEXT NOT NULL,
            by_whom     TEXT NOT NULL,
            started_at  TEXT NOT NULL,
            remind_at   TEXT,                 -- reminds; only a person lifts a pause
            lifted_at   TEXT,
            lifted_by   TEXT,
            CHECK ((scope = 'all') = (target IS NULL)),
            CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
        ) STRICT
        """,
        # campaigns released from a pause of everything, and single deliveries that still go
        """
        CREATE TABLE pause_exceptions (
            id       INTEGER PRIMARY KEY,
            pause    INTEGER NOT NULL REFERENCES pauses,
            kind     TEXT NOT NULL CHECK (kind IN ('campaign', 'delivery')),
            target   TEXT NOT NULL,
            by_whom  TEXT NOT NULL,
            at       TEXT NOT NULL,
            UNIQUE (pause, kind, target)
        ) STRICT
        """,
        """
        CREATE TABLE parks (
            account  TEXT PRIMARY KEY,
            kind     TEXT NOT NULL CHECK (kind IN ('limit', 'unreachable', 'token', 'secrets',
                     'credit')),
            reason   TEXT NOT NULL,
            since    TEXT NOT NULL,
            until    TEXT,                    -- NULL: until a person has mended it
            CHECK ((until IS NOT NULL) = (kind IN ('limit', 'unreachable')))
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE home (
            id       INTEGER PRIMARY KEY CHECK (id = 1),
            host     TEXT NOT NULL,
            path     TEXT NOT NULL,
            since    TEXT NOT NULL,
            by_whom  TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE removals (
            id           INTEGER PRIMARY KEY,
            account      TEXT NOT NULL,
            platform_id  TEXT NOT NULL,
            delivery     TEXT REFERENCES deliveries,
            url          TEXT,
            reason       TEXT NOT NULL,
            by_whom      TEXT NOT NULL,
            asked_at     TEXT NOT NULL,
            state        TEXT NOT NULL CHECK (state IN ('asked', 'armed', 'removed', 'uncertain',
                         'by_hand')),
            armed_at     TEXT,
            tries        INTEGER NOT NULL DEFAULT 0 CHECK (tries <= 5),
            ended_at     TEXT,
            detail       TEXT,
            UNIQUE (account, platform_id)
        ) STRICT
        """,
        """
        CREATE TABLE alerts (
            id       INTEGER PRIMARY KEY,
            at       TEXT NOT NULL,
            kind     TEXT NOT NULL,
            subject  TEXT NOT NULL,
            words    TEXT NOT NULL,
            sent_at  TEXT
        ) STRICT
        """,
        "CREATE INDEX alerts_unsent ON alerts (id) WHERE sent_at IS NULL",
        # what a tick does now and then: its next time
        "CREATE TABLE chores (name TEXT PRIMARY KEY, due_at TEXT NOT NULL) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE identities (
            account      TEXT PRIMARY KEY,
            handle       TEXT NOT NULL,
            platform_id  TEXT NOT NULL,
            scopes       TEXT NOT NULL,       -- JSON
            missing      TEXT NOT NULL,       -- JSON
            notes        TEXT NOT NULL,       -- JSON
            expires_at   TEXT,
            verified_at  TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    )

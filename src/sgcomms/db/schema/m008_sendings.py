"""Documents that are sent to people, issue by issue, and who has got them."""

from __future__ import annotations

from sqlite_utils import Database

from sgcomms.db.schema.steps import migrations, run


@migrations()
def m008_sendings(db: Database) -> None:
    """Take the step."""
    went_out = (
        "EXISTS (SELECT 1 FROM sendings WHERE sendings.issue = {}"
        " AND state IN ('sending', 'sent', 'uncertain'))"
    )
    run(
        db,
        """
        CREATE TABLE issues (
            id             INTEGER PRIMARY KEY,
            document       TEXT NOT NULL,       -- such as monthly-2021-03
            number         INTEGER NOT NULL CHECK (number >= 1),  -- 2 and more: revised
            base           TEXT NOT NULL,       -- SHA-256 of its figures
            hash           TEXT NOT NULL,       -- SHA-256 of exactly what is sent
            subject        TEXT NOT NULL,
            text           TEXT NOT NULL,
            html           TEXT,
            figures        TEXT NOT NULL,       -- JSON by name
            prepared_at    TEXT NOT NULL,
            approved_hash  TEXT,
            approved_by    TEXT,
            approved_at    TEXT,
            UNIQUE (document, number),
            CHECK ((approved_hash IS NULL) = (approved_by IS NULL)),
            CHECK ((approved_hash IS NULL) = (approved_at IS NULL))
        ) STRICT
        """,
        """
        CREATE TABLE issue_files (
            issue     INTEGER NOT NULL REFERENCES issues,
            position  INTEGER NOT NULL,
            name      TEXT NOT NULL,
            kind      TEXT NOT NULL,
            content   BLOB NOT NULL,
            PRIMARY KEY (issue, position)
        ) STRICT
        """,
        """
        CREATE TABLE sendings (
            id           INTEGER PRIMARY KEY,
            issue        INTEGER NOT NULL REFERENCES issues,
            position     INTEGER NOT NULL CHECK (position >= 1),
            recipient    TEXT NOT NULL COLLATE NOCASE,
            state        TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed',
                         'uncertain', 'withdrawn')),
            reason       TEXT,
            owner        TEXT,                  -- the fence: who claimed it, at which attempt
            attempt      INTEGER NOT NULL DEFAULT 0,
            lease_until  TEXT,
            armed_at     TEXT,                  -- set by the last commit before the e-mail
            sends        INTEGER NOT NULL DEFAULT 0 CHECK (sends <= 5),  -- how often it was armed
            wake_at      TEXT,
            moved_at     TEXT NOT NULL,
            UNIQUE (issue, position),
            UNIQUE (issue, recipient),
            CHECK (state <> 'queued' OR wake_at IS NOT NULL),
            CHECK (state <> 'sending' OR (owner IS NOT NULL AND lease_until IS NOT NULL))
        ) STRICT
        """,
        "CREATE INDEX sendings_open ON sendings (state) WHERE state IN ('queued', 'sending',"
        " 'uncertain')",
        """
        CREATE TRIGGER sendings_stay_sent BEFORE UPDATE ON sendings WHEN OLD.state = 'sent'
        BEGIN SELECT RAISE(ABORT, 'what was sent never changes'); END
        """,
        """
        CREATE TRIGGER sendings_are_not_deleted BEFORE DELETE ON sendings
        BEGIN SELECT RAISE(ABORT, 'sendings are not deleted'); END
        """,
        f"""
        CREATE TRIGGER issues_stay_as_sent
        BEFORE UPDATE OF document, number, base, hash, subject, text, html, figures ON issues
        WHEN {went_out.format("OLD.id")}
        BEGIN SELECT RAISE(ABORT, 'what was sent never changes'); END
        """,
        *(
            f"""
        CREATE TRIGGER issue_files_stay_as_sent_{change} BEFORE {change} ON issue_files
        WHEN {went_out.format("NEW.issue" if change == "insert" else "OLD.issue")}
        BEGIN SELECT RAISE(ABORT, 'what was sent never changes'); END
        """
            for change in ("insert", "update", "delete")
        ),
        # documents that the service has prepared, so that it does so once
        "CREATE TABLE made_documents (document TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT",
    )

"""Posts that somebody has assigned to a campaign."""

from __future__ import annotations

from sqlite_utils import Database

from sgcomms.db.schema.steps import migrations, run


@migrations()
def m005_assignments(db: Database) -> None:
    """Take the step."""
    run(
        db,
        """
        CREATE TABLE assignments (
            id           INTEGER PRIMARY KEY,
            publication  INTEGER NOT NULL REFERENCES publications,
            campaign     TEXT,                -- NULL: to none any more
            by_whom      TEXT NOT NULL,
            at           TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX assignments_publication ON assignments (publication, id)",
        """
        CREATE TRIGGER assignments_are_not_changed BEFORE UPDATE ON assignments
        BEGIN SELECT RAISE(ABORT, 'assignments are append-only'); END
        """,
        """
        CREATE TRIGGER assignments_are_not_deleted BEFORE DELETE ON assignments
        BEGIN SELECT RAISE(ABORT, 'assignments are append-only'); END
        """,
    )

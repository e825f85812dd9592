"""What the guard against a wrong clock asks each tick; deliveries that somebody wants gone."""

from __future__ import annotations

from sqlite_utils import Database

from sgcomms.db.schema.steps import migrations, run


@migrations()
def m004_guards(db: Database) -> None:
    """Take the step."""
    run(
        db,
        "CREATE INDEX audit_at ON audit (at, id)",
        "CREATE INDEX audit_clock ON audit (id) WHERE action = 'clock-accepted'",
        """
        CREATE TABLE unwanted (
            delivery  TEXT PRIMARY KEY REFERENCES deliveries,
            reason    TEXT NOT NULL,
            by_whom   TEXT NOT NULL,
            asked_at  TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    )

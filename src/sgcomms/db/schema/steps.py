"""The list that steps enter themselves in, in the order in which they are imported."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("sgcomms")


def run(db: Database, *statements: str) -> None:
    """Execute statements one after another, in the transaction of the step."""
    for statement in statements:
        db.conn.execute(statement)

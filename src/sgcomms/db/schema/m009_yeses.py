"""What a yes to a document says, and when it was given."""

from __future__ import annotations

from sqlite_utils import Database

from sgcomms.db.schema.steps import migrations, run


@migrations()
def m009_yeses(db: Database) -> None:
    """What an issue asks the board to decide, and where in the trail the yes to it stands.

    The trail tells a yes and a pause of the same second apart, and does not mind the clock.
    """
    run(
        db,
        "ALTER TABLE issues ADD COLUMN decision TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE issues ADD COLUMN approved_entry INTEGER",  # the id of the row of the trail
        """
        CREATE TRIGGER issue_decisions_stay_as_sent BEFORE UPDATE OF decision ON issues
        WHEN EXISTS (SELECT 1 FROM sendings WHERE sendings.issue = OLD.id
        AND state IN ('sending', 'sent', 'uncertain'))
        BEGIN SELECT RAISE(ABORT, 'what was sent never changes'); END
        """,
    )

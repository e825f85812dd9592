"""The tables, as migrations. A step is never edited after a release: a change is a new step."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("sgcomms")


@migrations()
def m001_queue(db: Database) -> None:
    """Deliveries with their attempts, publications, and the audit trail."""
    _run(
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


@migrations()
def m002_readings(db: Database) -> None:
    """Sources and readings. A later reading stands beside an earlier one, never in its place."""
    _run(
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


@migrations()
def m003_decisions(db: Database) -> None:
    """What people decide about deliveries, what keeps accounts from sending, and who is told."""
    _run(
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


@migrations()
def m004_guards(db: Database) -> None:
    """What the guard against a wrong clock asks each tick; deliveries that somebody wants gone."""
    _run(
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


@migrations()
def m005_assignments(db: Database) -> None:
    """Posts that somebody has assigned to a campaign."""
    _run(
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


@migrations()
def m006_collecting(db: Database) -> None:
    """Collection runs as sources; a post's figures of one reading in one row; their roll-up."""
    _run(
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


@migrations()
def m007_voids(db: Database) -> None:
    """Sources that somebody has taken back, with all that they had told."""
    _run(
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


@migrations()
def m008_sendings(db: Database) -> None:
    """Documents that are sent to people, issue by issue, and who has got them."""
    went_out = (
        "EXISTS (SELECT 1 FROM sendings WHERE sendings.issue = {}"
        " AND state IN ('sending', 'sent', 'uncertain'))"
    )
    _run(
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


@migrations()
def m009_yeses(db: Database) -> None:
    """What an issue asks the board to decide, and where in the trail the yes to it stands.

    The trail tells a yes and a pause of the same second apart, and does not mind the clock.
    """
    _run(
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


STEPS = frozenset(
    step.__name__
    for step in (
        m001_queue,
        m002_readings,
        m003_decisions,
        m004_guards,
        m005_assignments,
        m006_collecting,
        m007_voids,
        m008_sendings,
        m009_yeses,
    )
)
"""The names of all steps that this version knows."""


def _run(db: Database, *statements: str) -> None:
    for statement in statements:
        db.conn.execute(statement)

"""Documents that are sent to people: what each issue holds, and who has said yes to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sgcomms import clock
from sgcomms.db import Db, alerts, audit, writing
from sgcomms.errors import StateError
from sgcomms.models import Attachment, Mail


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of a document, exactly as it is sent.

    `number` is 1 for the first, more for a revised one. `base` is the hash of its figures,
    which tell whether a document has changed, `hash` that of all of `mail`. `approved_by` said yes
    to exactly this.
    """

    id: int
    document: str
    number: int
    base: str
    hash: str
    mail: Mail
    prepared_at: datetime
    approved_by: str | None
    approved_at: datetime | None


def issues(db: Db, document: str) -> list[Issue]:
    """Return the issues of a document, the first in front."""
    return _select(db, "document = ?", document)


def issue(db: Db, number: int) -> Issue:
    """Return the issue with that id."""
    return _select(db, "id = ?", number)[0]


def _select(db: Db, where: str, value: str | int) -> list[Issue]:
    found = db.conn.execute(
        "SELECT id, document, number, base, hash, subject, text, html, figures, decision,"
        " prepared_at,"
        " CASE WHEN approved_hash = hash THEN approved_by END,"
        " CASE WHEN approved_hash = hash THEN approved_at END"
        f" FROM issues WHERE {where} ORDER BY number",
        (value,),
    ).fetchall()
    return [_issue(db, row) for row in found]


def _issue(db: Db, row: Sequence[str]) -> Issue:
    key, document, number, base, seal, *said, prepared, by, at = row
    subject, text, html, figures, decision = said
    files = db.conn.execute(
        "SELECT name, content, kind FROM issue_files WHERE issue = ? ORDER BY position", (key,)
    ).fetchall()
    mail = Mail(
        document,
        subject,
        text,
        html,
        tuple(Attachment(*file) for file in files),
        json.loads(figures),
        decision=decision,
    )
    return Issue(
        int(key),
        document,
        int(number),
        base,
        seal,
        mail,
        clock.from_stored(prepared),
        by,
        clock.from_stored(at) if at else None,
    )


def keep(db: Db, number: int, base: str, seal: str, mail: Mail, actor: str) -> Issue:
    """Keep an issue, inside the open transaction, in place of one that nobody has got.

    A yes that was said to other words is void. What is kept already stays as it is.
    """
    values = {
        "document": mail.key,
        "number": number,
        "base": base,
        "hash": seal,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "figures": json.dumps(dict(mail.figures), ensure_ascii=False),
        "decision": mail.decision,
        "now": clock.stored(clock.now()),
    }
    moved = db.conn.execute(
        "INSERT INTO issues (document, number, base, hash, subject, text, html, figures, decision,"
        " prepared_at) VALUES (:document, :number, :base, :hash, :subject, :text, :html, :figures,"
        " :decision, :now) ON CONFLICT (document, number) DO UPDATE SET base = :base, hash = :hash,"
        " subject = :subject, text = :text, html = :html, figures = :figures,"
        " decision = :decision, prepared_at = :now,"
        " approved_hash = NULL, approved_by = NULL, approved_at = NULL WHERE hash <> :hash",
        values,
    ).rowcount
    kept = next(one for one in issues(db, mail.key) if one.number == number)
    if moved == 1:
        db.conn.execute("DELETE FROM issue_files WHERE issue = ?", (kept.id,))
        db.conn.executemany(
            "INSERT INTO issue_files (issue, position, name, kind, content) VALUES (?, ?, ?, ?, ?)",
            [
                (kept.id, position, file.name, file.kind, file.content)
                for position, file in enumerate(mail.attachments)
            ],
        )
        audit.append(db, actor, "prepared", mail.key, number=number, hash=seal)
    return issue(db, kept.id)


def drop(db: Db, one: Issue, actor: str, reason: str) -> None:
    """Forget an issue that nobody was to get yet, inside the open transaction.

    Of one that somebody was to get, the yes is taken back, and what was not sent is withdrawn.
    """
    if db.conn.execute("SELECT 1 FROM sendings WHERE issue = ?", (one.id,)).fetchone() is None:
        db.conn.execute("DELETE FROM issue_files WHERE issue = ?", (one.id,))
        db.conn.execute("DELETE FROM issues WHERE id = ?", (one.id,))
        audit.append(db, actor, "dropped", one.document, number=one.number, reason=reason)
        return
    db.conn.execute(
        "UPDATE sendings SET state = 'withdrawn', moved_at = ?, reason = ?"
        " WHERE issue = ? AND state IN ('queued', 'failed')",
        (clock.stored(clock.now()), reason, one.id),
    )
    voided = db.conn.execute(
        "UPDATE issues SET approved_hash = NULL, approved_by = NULL, approved_at = NULL"
        " WHERE id = ? AND approved_hash IS NOT NULL",
        (one.id,),
    ).rowcount
    if voided:
        audit.append(db, actor, "unapproved", one.document, number=one.number, reason=reason)


def approve(
    db: Db, one: Issue, to: Sequence[str], by: str, *, not_sent_before: Sequence[str] = ()
) -> None:
    """Record that `by` said yes to sending exactly `one`, as it was shown, to all of `to`.

    `not_sent_before` are those who have not got it as `by` found out, where this database cannot
    tell; the trail keeps it.
    Who was refused before is tried again; what an earlier issue has not sent yet it never will.
    Raises StateError when it has changed since it was shown, or a later issue has gone out.
    """
    now = clock.stored(clock.now())
    with writing(db):
        agreed = db.conn.execute(
            "UPDATE issues SET approved_hash = :hash, approved_by = :by, approved_at = :now,"
            " approved_entry = :entry"
            " WHERE id = :id AND hash = :hash AND NOT EXISTS (SELECT 1 FROM issues AS later"
            " JOIN sendings ON sendings.issue = later.id WHERE later.document = issues.document"
            " AND later.number > issues.number AND state NOT IN ('failed', 'withdrawn'))",
            {
                "hash": one.hash,
                "by": by,
                "now": now,
                "entry": audit.last_id(db),
                "id": one.id,
            },
        ).rowcount
        if agreed != 1:
            raise StateError(f"{one.document} has changed since it was shown: read it again")
        for recipient in to:
            db.conn.execute(
                "INSERT INTO sendings (issue, position, recipient, state, wake_at, moved_at)"
                " VALUES (:issue, (SELECT coalesce(max(position), 0) + 1 FROM sendings"
                " WHERE issue = :issue), :recipient, 'queued', :now, :now)"
                " ON CONFLICT (issue, recipient) DO UPDATE SET state = 'queued', wake_at = :now,"
                " moved_at = :now, sends = 0, armed_at = NULL"
                " WHERE state IN ('queued', 'failed', 'withdrawn')",
                {"issue": one.id, "recipient": recipient, "now": now},
            )
        db.conn.execute(
            "UPDATE sendings SET state = 'withdrawn', moved_at = :now,"
            " reason = 'a revised one takes its place' WHERE state = 'queued' AND issue IN"
            " (SELECT id FROM issues WHERE document = :document AND number < :number)",
            {"document": one.document, "number": one.number, "now": now},
        )
        about: dict[str, object] = {"number": one.number, "hash": one.hash, "to": list(to)}
        if not_sent_before:
            about["not_sent_before"] = list(not_sent_before)
        audit.append(db, by, "approved", one.document, **about)


def made(db: Db, document: str) -> bool:
    """Tell whether the service has prepared a document."""
    found = db.conn.execute("SELECT 1 FROM made_documents WHERE document = ?", (document,))
    return found.fetchone() is not None


def last_made(db: Db, prefix: str) -> str | None:
    """Return the last by name of the documents beginning so that the service has prepared."""
    found = db.conn.execute(
        "SELECT max(document) FROM made_documents WHERE substr(document, 1, ?) = ?",
        (len(prefix), prefix),
    ).fetchone()
    return None if found[0] is None else str(found[0])


def waiting(db: Db) -> tuple[str, ...]:
    """Return what the service prepared last and nobody has said yes to, in the order of names.

    Documents prepared on one day count as one: so it is where months were caught up with.
    """
    rows = db.conn.execute(
        "SELECT document FROM made_documents AS made"
        " WHERE substr(at, 1, 10) = (SELECT max(substr(at, 1, 10)) FROM made_documents)"
        " AND EXISTS (SELECT 1 FROM issues WHERE issues.document = made.document)"
        " AND NOT EXISTS (SELECT 1 FROM issues JOIN sendings ON sendings.issue = issues.id"
        " WHERE issues.document = made.document)"
        " ORDER BY document"
    )
    return tuple(str(row[0]) for row in rows)


def note_made(db: Db, document: str, tell: tuple[str, str, str] | None) -> bool:
    """Note that the service has prepared a document; True for the first to do so.

    `tell` is the kind, the subject and the words of what somebody is to be told of it.
    """
    with writing(db):
        first = db.conn.execute(
            "INSERT INTO made_documents (document, at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (document, clock.stored(clock.now())),
        ).rowcount
        if first and tell is not None:
            alerts.add(db, *tell)
    return first == 1


def brought_back(db: Db) -> tuple[int, datetime] | None:
    """Return where in the trail, and when, this database was last brought back or moved, or None.

    What went out between its copy and then it cannot know.
    """
    found = db.conn.execute(
        "SELECT id, at FROM audit WHERE action IN ('restore', 'take-over') ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return (int(found[0]), clock.from_stored(found[1])) if found else None


def known_of(db: Db, one: Issue, after: int) -> frozenset[str]:
    """Return, casefolded, of whom the trail tells since its row `after` whether they have `one`.

    That is whoever was to get the document by a yes since then, and of whom a look or a person
    told whether they have this issue of it.
    """
    known = set[str]()
    for entry in audit.entries(db, one.document):
        to, told = entry.detail.get("to"), entry.action in ("sent", "failed")
        if entry.id <= after:
            continue
        if entry.action == "approved" and isinstance(to, list):
            known.update(str(who).casefold() for who in to)
        elif told and entry.detail.get("number") == one.number:
            known.add(str(to).casefold())
    return frozenset(known)

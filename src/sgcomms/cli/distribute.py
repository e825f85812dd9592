"""`report … --send` and `report settle`: a document goes to the board's people, once each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import click

from sgcomms import clock, distributing
from sgcomms.cli.approval import person
from sgcomms.cli.common import (
    as_json,
    at_home,
    here,
    may_write,
    plural,
    print_json,
    user,
    wrapped,
)
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db.sendings import Sending
from sgcomms.distributing import SHORT, Carrier, Doubt, Prepared
from sgcomms.errors import UsageError
from sgcomms.models import Mail
from sgcomms.workspace import Workspace

_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option("--send", is_flag=True, help="Send it to `reports.recipients`, after your yes."),
    click.option("--yes-to", metavar="HASH", help="Your yes, to exactly this; asks nothing."),
    click.option("--by", metavar="WHO", help="Who says yes, as in board.yaml."),
    click.option("--revise", is_flag=True, help="Send all a new issue, whatever they have."),
    click.option(
        "--not-sent-before",
        is_flag=True,
        help="You asked: it has not gone out, though this database was brought back.",
    ),
    as_json,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for beside --send: a yes, by whom, and a revised issue.

    `not_sent_before` is what somebody found out where the database cannot tell. `decision` is what
    the board is asked to decide, which may be new. `as_json` is for a program, which nobody asks.
    """

    yes_to: str | None = None
    by: str | None = None
    revise: bool = False
    not_sent_before: bool = False
    decision: str = ""
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class _Offer:
    """What is offered, by what it would go, the hash a yes is to, and who may have it already."""

    prepared: Prepared
    way: str
    seal: str
    doubt: Doubt | None


def send_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that makes a document the options of `Asked`, and `send`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def offer(space: Workspace, board: Board, db: Db, mail: Mail, asked: Asked, after: date) -> int:
    """Show a document, send it once somebody has said yes, and return the exit code.

    `after` is the last day on which it cannot have been sent yet.

    Raises SgcommsError where nothing may be sent just now, UsageError for a yes to something else.
    """
    may_write(board)
    if asked.by is not None:
        person(board, asked.by)
    at_home(space, db)
    distributing.may_send(space, board, db)
    carrier = distributing.carrier(space, board)
    by = asked.by or user()
    for known in distributing.issues(db, mail.key):
        distributing.look(db, known, carrier, by)
    found = _offered(board, db, mail, asked, after, carrier, by)
    prepared = found.prepared
    _not_dropped(prepared, mail, asked)
    if prepared.kind != "sent" and not asked.as_json:
        _show(found)
    why = None if prepared.kind == "sent" else _not_agreed(board, found, asked)
    if prepared.kind == "sent" or why is not None:
        return _nothing_sent(board, db, found, why, asked)
    unsure = found.doubt.of if found.doubt else ()
    distributing.approve(db, prepared.issue, prepared.to, by, not_sent_before=unsure)
    rows = distributing.send(space, board, db, prepared.issue, by=carrier)
    return _tell(board, db, rows, found, asked)


def _offered(
    board: Board, db: Db, mail: Mail, asked: Asked, after: date, carrier: Carrier, by: str
) -> _Offer:
    """Prepare what would be sent, once it was looked for where nobody can know."""
    for _ in ("as it is known", "as it was found"):
        prepared = distributing.prepare(db, board, mail, actor=by, revise=asked.revise)
        doubt = distributing.perhaps_out(db, board, prepared, after)
        if doubt is None or not distributing.look_for(db, prepared.issue, carrier, doubt.of, by):
            break
    way = f"{board.reports.by}, {carrier.words}"
    seal = distributing.asked(prepared.issue.hash, prepared.to, way)
    return _Offer(prepared, carrier.words, seal, doubt)


def _not_dropped(prepared: Prepared, mail: Mail, asked: Asked) -> None:
    """Refuse to leave out what the board is asked to decide, as it was not in what they have."""
    if not asked.decision or prepared.kind not in ("sent", "unfinished"):
        return
    if prepared.issue.mail.decision != mail.decision:
        raise UsageError(
            f"{prepared.issue.document} was sent already, without these words for decision: add "
            "--revise to send everybody a new issue with them; nothing was sent"
        )


def _not_agreed(board: Board, found: _Offer, asked: Asked) -> str | None:
    """Return why nothing is sent, None where somebody has said yes to exactly what was shown."""
    doubt = _doubtful(board, found, asked)
    if doubt is not None:
        return doubt
    if asked.yes_to is not None:
        if asked.by is None:
            raise UsageError("say with --by who says yes; nothing was sent")
        given = asked.yes_to.strip().lower()
        if len(given) < SHORT or not found.seal.startswith(given):
            raise UsageError(
                f"--yes-to: that is a yes to something else; what would be sent now is "
                f"{found.seal[:SHORT]}. Read it first; nothing was sent"
            )
        return None
    if board.reports.send == "by_itself":
        return None
    if asked.as_json or not sys.stdin.isatty():
        return (
            f"Nothing was sent: it waits for a yes. Read it, then give the same command with "
            f"--yes-to {found.seal[:SHORT]} --by WHO"
        )
    number = plural(len(found.prepared.to), "person", "people")
    return None if click.confirm(f"Send exactly this to {number}?") else "Nothing was sent."


def _doubtful(board: Board, found: _Offer, asked: Asked) -> str | None:
    """Return that it may have gone out already; None where it cannot have, or somebody asked."""
    if found.doubt is None:
        return None
    if asked.not_sent_before:
        if asked.by is None:
            raise UsageError("say with --by who found that it was not sent before")
        return None
    day, document = found.doubt.at.astimezone(board.zone), found.prepared.issue.document
    return (
        f"Nothing was sent: this may have gone out already. On {day.day} {day:%B %Y} this database "
        "was brought back from a copy, which does not know what was sent since it was made. Ask "
        f"{', '.join(found.doubt.of)}; if nobody has it, give the same command with "
        "--not-sent-before --by WHO. If some have it, say so of each: "
        f"`sgcomms report settle {document} {found.doubt.of[0]} --received --by WHO`, or "
        "--not-received"
    )


def _show(found: _Offer) -> None:
    prepared, issue = found.prepared, found.prepared.issue
    kinds = {
        "new": "not sent yet",
        "revised": f"revised, issue {issue.number}",
        "unfinished": f"issue {issue.number}, which some have got and these have not",
    }
    echo(f"{issue.document}: {kinds[prepared.kind]}", bold=issue.document)
    for one in prepared.changes:
        echo(f"  changed: {one}")
    echo(f"  to:      {', '.join(prepared.to)}")
    echo(f"  by:      {found.way}")
    echo(f"  subject: {issue.mail.subject}")
    for file in issue.mail.attachments:
        echo(f"  with:    {file.name} ({len(file.content):,} bytes)")
    echo(f"  hash:    {found.seal[:SHORT]}")
    echo("")
    for line in issue.mail.text.splitlines():
        echo(f"  | {line}")
    echo("")
    if prepared.newer:
        echo(
            "Figures have changed since: this finishes the issue that was begun. --revise sends "
            "everybody the changed one instead.",
            err=True,
        )


def _nothing_sent(board: Board, db: Db, found: _Offer, why: str | None, asked: Asked) -> int:
    """Say why nothing was sent: somebody has to decide, or nobody lacks it; return the code."""
    document = found.prepared.issue.document
    rows = distributing.rows(db, found.prepared.issue.id)
    if why is not None:
        if asked.as_json:
            _print(board, db, rows, found, why)
        else:
            echo(why, err=True)
        return 3
    open_ones = [row for row in rows if row.state in ("sending", "uncertain")]
    said = (
        f"Nothing was sent: who has {document} is not known of all yet."
        if open_ones
        else f"Nothing was sent: nobody lacks {document}, and no figure in it has changed."
    )
    if not asked.as_json:
        echo(said)
        return _tell(board, db, open_ones, found, asked)
    _print(board, db, rows, found, said)
    return max([0, *(one.code for one in _standing(board, db, open_ones, found))])


def _tell(board: Board, db: Db, rows: Sequence[Sending], found: _Offer, asked: Asked) -> int:
    """Print how it stands for each person, and return the exit code."""
    standing, document = _standing(board, db, rows, found), found.prepared.issue.document
    if asked.as_json:
        _print(board, db, rows, found, None)
    else:
        for one in standing:
            why = f": {one.why}" if one.why else ""
            echo(wrapped(f"{one.state:<11}{one.recipient}{why}", " " * 11))
            if one.state == "uncertain":
                ask = f"sgcomms report settle {document} {one.recipient} --received"
                echo(f"{'':<11}ask, then: {ask}")
                echo(f"{'':<11}or --not-received")
    return max([0, *(one.code for one in standing)])


def _print(board: Board, db: Db, rows: Sequence[Sending], found: _Offer, why: str | None) -> None:
    """Print for a program what was offered, and how it stands for each person."""
    prepared, issue = found.prepared, found.prepared.issue
    print_json(
        {
            "document": issue.document,
            "issue": issue.number,
            "kind": prepared.kind,
            "changes": [
                {"name": one.name, "before": one.before, "now": one.now} for one in prepared.changes
            ],
            "newer": prepared.newer,
            "to": list(prepared.to),
            "perhaps_sent_to": list(found.doubt.of) if found.doubt else [],
            "by": found.way,
            "hash": found.seal,
            "subject": issue.mail.subject,
            "text": issue.mail.text,
            "files": [
                {"name": one.name, "kind": one.kind, "bytes": len(one.content)}
                for one in issue.mail.attachments
            ],
            "not_sent": why,
            "recipients": [
                {"recipient": one.recipient, "state": one.state, "reason": one.why}
                for one in _standing(board, db, rows, found)
            ],
        }
    )


@dataclass(frozen=True, slots=True)
class _Stands:
    """How it stands for somebody, in a word, why, and the exit code of that."""

    recipient: str
    state: str
    why: str | None
    code: int


def _standing(board: Board, db: Db, rows: Sequence[Sending], found: _Offer) -> list[_Stands]:
    void = not distributing.may_go(db, found.prepared.issue.id, clock.now())
    return [_Stands(row.recipient, *_stands(board, row, void=void)) for row in rows]


def _stands(board: Board, row: Sending, *, void: bool) -> tuple[str, str | None, int]:
    """Return how it stands for somebody, why, and the exit code of that."""
    if row.state == "sending" and row.lease_until is not None:
        # by the machine's own clock, and the minute after: within it nobody has taken it over yet
        at = (row.lease_until + timedelta(minutes=1)).astimezone(board.zone)
        why = f"being sent by another process, or cut off: look again after {at:%H:%M}"
        return "waiting", why, 3
    if row.state == "queued" and void:
        return "not sent", "it was stopped; say yes again", 3
    if row.state == "queued":
        return "waiting", row.reason, 1
    if row.state == "uncertain":
        return row.state, row.reason, 3
    return row.state, None if row.state == "sent" else row.reason, int(row.state == "failed")


@click.command("settle")
@click.argument("document", metavar="DOCUMENT")
@click.argument("recipient", metavar="RECIPIENT")
@click.option("--received", is_flag=True, help="You asked: it is there.")
@click.option("--not-received", is_flag=True, help="You asked: it is not there.")
@click.option("--by", required=True, metavar="WHO", help="Who asked, as in board.yaml.")
@as_json
@click.pass_context
def settle_command(
    ctx: click.Context,
    document: str,
    recipient: str,
    received: bool,
    not_received: bool,
    by: str,
    as_json: bool,
) -> None:
    """Say whether somebody has got a report of which that is uncertain."""
    if received == not_received:
        raise UsageError("say either --received or --not-received")
    space = here(ctx)
    board = space.board(words=False)
    may_write(board)
    person(board, by)
    with space.database() as db:
        at_home(space, db)
        now = distributing.settle(db, board, document, recipient, by, received=received)
    if as_json:
        state = "sent" if now.state == "sent" else "not sent"
        print_json(
            {
                "document": document,
                "recipient": now.recipient,
                "state": state,
                "reason": now.reason,
            }
        )
    elif now.state == "sent":
        echo(f"sent       {now.recipient}")
    else:
        echo(f"not sent   {now.recipient}: send the report again, and only who lacks it gets it")

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
from sgcomms.cli.common import at_home, here, may_write, plural, user, wrapped
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db.issues import Issue
from sgcomms.db.sendings import Sending
from sgcomms.distributing import SHORT, Prepared
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
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for beside --send: a yes, by whom, and a revised issue.

    `not_sent_before` is what somebody found out where the database cannot tell. `decision` is what
    the board is asked to decide, which may be new.
    """

    yes_to: str | None = None
    by: str | None = None
    revise: bool = False
    not_sent_before: bool = False
    decision: str = ""


def send_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that makes a document the options of `Asked`, and `send`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def offer(space: Workspace, board: Board, db: Db, mail: Mail, asked: Asked, ends: date) -> int:
    """Show a document, send it once somebody has said yes, and return the exit code.

    `ends` is the last day that it is about.

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
    prepared = distributing.prepare(db, board, mail, actor=by, revise=asked.revise)
    _not_dropped(prepared, asked)
    if prepared.kind == "sent":
        return _outcome(board, db, prepared)
    way = f"{board.reports.by}, {carrier.words}"
    seal = distributing.asked(prepared.issue.hash, prepared.to, way)
    _show(prepared, carrier.words, seal)
    if _doubtful(board, db, prepared, asked, ends) or not _agreed(board, prepared, asked, seal):
        return 3
    distributing.approve(db, prepared.issue, prepared.to, by, not_sent_before=asked.not_sent_before)
    rows = distributing.send(space, board, db, prepared.issue, by=carrier)
    return _tell(board, db, rows, prepared.issue)


def _not_dropped(prepared: Prepared, asked: Asked) -> None:
    """Refuse to leave out what the board is asked to decide, as it was not in what they have."""
    words = " ".join(asked.decision.split())
    if prepared.kind in ("sent", "unfinished") and (
        words not in " ".join(prepared.issue.mail.text.split())
    ):
        raise UsageError(
            f"{prepared.issue.document} was sent already, without these words for decision: add "
            "--revise to send everybody a new issue with them; nothing was sent"
        )


def _doubtful(board: Board, db: Db, prepared: Prepared, asked: Asked, ends: date) -> bool:
    """Say that it may have gone out already; False where it cannot have, or somebody has looked."""
    since = distributing.perhaps_out(db, board, prepared, ends)
    if since is None:
        return False
    if asked.not_sent_before:
        if asked.by is None:
            raise UsageError("say with --by who found that it was not sent before")
        return False
    day = since.astimezone(board.zone)
    echo(
        f"Nothing was sent: this may have gone out already. On {day.day} {day:%B %Y} this database "
        "was brought back from a copy, which does not know what was sent since it was made. Ask "
        f"{prepared.to[0]} and the others; if nobody has it, give the same command with "
        "--not-sent-before --by WHO",
        err=True,
    )
    return True


def _agreed(board: Board, prepared: Prepared, asked: Asked, seal: str) -> bool:
    """Tell whether somebody has said yes to exactly what was shown."""
    if asked.yes_to is not None:
        if asked.by is None:
            raise UsageError("say with --by who says yes; nothing was sent")
        given = asked.yes_to.strip().lower()
        if len(given) < SHORT or not seal.startswith(given):
            raise UsageError(
                f"--yes-to: that is a yes to something else; what would be sent now is "
                f"{seal[:SHORT]}. Read it above; nothing was sent"
            )
        return True
    if board.reports.send == "by_itself":
        return True
    if not sys.stdin.isatty():
        echo(
            f"Nothing was sent: it waits for a yes. Read it, then give the same command with "
            f"--yes-to {seal[:SHORT]} --by WHO",
            err=True,
        )
        return False
    if not click.confirm(f"Send exactly this to {plural(len(prepared.to), 'person', 'people')}?"):
        echo("Nothing was sent.")
        return False
    return True


def _show(prepared: Prepared, way: str, seal: str) -> None:
    issue = prepared.issue
    kinds = {
        "new": "not sent yet",
        "revised": f"revised, issue {issue.number}",
        "unfinished": f"issue {issue.number}, which some have got and these have not",
    }
    echo(f"{issue.document}: {kinds[prepared.kind]}", bold=issue.document)
    for one in prepared.changes:
        echo(f"  changed: {one}")
    echo(f"  to:      {', '.join(prepared.to)}")
    echo(f"  by:      {way}")
    echo(f"  subject: {issue.mail.subject}")
    for file in issue.mail.attachments:
        echo(f"  with:    {file.name} ({len(file.content):,} bytes)")
    echo(f"  hash:    {seal[:SHORT]}")
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


def _outcome(board: Board, db: Db, prepared: Prepared) -> int:
    """Say of what nobody lacks for whom it is not over yet, and return the exit code."""
    document, rows = prepared.issue.document, distributing.rows(db, prepared.issue.id)
    open_ones = [row for row in rows if row.state in ("sending", "uncertain")]
    if open_ones:
        echo(f"Nothing was sent: who has {document} is not known of all yet.")
    else:
        echo(f"Nothing was sent: nobody lacks {document}, and no figure in it has changed.")
    return _tell(board, db, open_ones, prepared.issue)


def _tell(board: Board, db: Db, rows: Sequence[Sending], issue: Issue) -> int:
    """Print how it stands for each person, and return the exit code."""
    void = not distributing.may_go(db, issue.id, clock.now())
    codes = [0]
    for row in rows:
        state, why, code = _stands(board, row, void=void)
        codes.append(code)
        echo(wrapped(f"{state:<11}{row.recipient}{f': {why}' if why else ''}", " " * 11))
        if row.state == "uncertain":
            ask = f"sgcomms report settle {issue.document} {row.recipient} --received"
            echo(f"{'':<11}ask, then: {ask}")
            echo(f"{'':<11}or --not-received")
    return max(codes)


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
@click.pass_context
def settle_command(
    ctx: click.Context,
    document: str,
    recipient: str,
    received: bool,
    not_received: bool,
    by: str,
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
        now = distributing.settle(db, document, recipient, by, received=received)
    if now.state == "sent":
        echo(f"sent       {now.recipient}")
    else:
        echo(f"not sent   {now.recipient}: send the report again, and only who lacks it gets it")

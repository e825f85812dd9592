"""`release`, `withdraw` and `settle`: what a person decides about single deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import click

from sgcomms import clock
from sgcomms.cli.approval import approver, person
from sgcomms.cli.common import here, local, may_write, moment, user
from sgcomms.config import Board
from sgcomms.db import Db, approvals, decisions, pauses, queue
from sgcomms.db.queue import Row
from sgcomms.errors import UsageError
from sgcomms.models import Publication
from sgcomms.platforms import PLATFORMS, layout

deliveries = click.argument("names", nargs=-1, required=True, metavar="DELIVERY...")
by = click.option("--by", metavar="WHO", help="Who decides, as in board.yaml.")


@click.command("release")
@deliveries
@click.option("--at", metavar="TIME", help="When it goes out instead; at once, if it is left out.")
@by
@click.option(
    "--while-paused", is_flag=True, help="Let it go out although a pause stands; by an approver."
)
@click.pass_context
def release_command(
    ctx: click.Context, names: tuple[str, ...], at: str | None, by: str | None, while_paused: bool
) -> None:
    """Put what is held back into the queue, at a new time.

    By an approver this is the approval of the new time too; else somebody has to approve it.
    """
    space = here(ctx)
    board = space.board()
    may_write(board)
    who = _who(board, by)
    due_at = moment(at, "--at", board.zone) if at else clock.now()
    if due_at < clock.now():
        raise UsageError(f"--at: {local(due_at, board)} is over; choose a time to come")
    policy = space.policy(board)
    with space.database() as db:
        rows = _rows(db, names)
        if while_paused:
            _except(db, board, rows, who)
        for row in rows:
            if while_paused and row.state == "queued":
                click.echo(f"released   {row.id}: goes out in spite of the pause")
                continue
            _may_release(row, board, at)
            signs = who in board.approvers and who != row.author
            needed = approvals.needed(row, policy, due_at)
            if at is None and needed > int(signs):
                raise UsageError(
                    f"{row.id} needs an approver to go out at once: --by one of "
                    f"{', '.join(board.approvers) or 'the approvers'}, or give it a time with --at "
                    "and let it be approved"
                )
            decisions.release(db, row, due_at, who, signs=signs and needed > 0)
            more = needed - int(signs)
            then = "" if more <= 0 else ", once it is approved: `sgcomms approve`"
            click.echo(f"released   {row.id}: goes out {local(due_at, board)}{then}")


@click.command("withdraw")
@deliveries
@by
@click.option("--reason", default="not to go out", show_default=True, help="Why.")
@click.pass_context
def withdraw_command(
    ctx: click.Context, names: tuple[str, ...], by: str | None, reason: str
) -> None:
    """Take deliveries out of the queue for good, whatever the campaign files say."""
    space = here(ctx)
    board = space.board()
    may_write(board)
    who = _who(board, by)
    with space.database() as db:
        for row in _rows(db, names):
            decisions.withdraw(db, row, who, reason)
            click.echo(f"withdrawn  {row.id}")


@click.command("settle")
@click.argument("name", metavar="DELIVERY")
@click.option("--posted", metavar="URL", help="It is there: the address of the post.")
@click.option("--not-posted", is_flag=True, help="You looked, and it is not there.")
@click.option("--at", metavar="TIME", help="When it was posted, if that was not just now.")
@by
@click.pass_context
def settle_command(
    ctx: click.Context,
    name: str,
    posted: str | None,
    not_posted: bool,
    at: str | None,
    by: str | None,
) -> int:
    """Say what became of a delivery that is uncertain, or that was posted by hand."""
    if bool(posted) == not_posted:
        raise UsageError("say either --posted URL or --not-posted")
    space = here(ctx)
    board = space.board()
    may_write(board)
    who = _who(board, by)
    with space.database() as db:
        rows = _rows(db, [name])
        if len(rows) > 1:
            raise UsageError(f"{name} names {len(rows)} deliveries: settle them one by one")
        row = rows[0]
        if posted:
            found = moment(at, "--at", board.zone) if at else row.armed_at or clock.now()
            publication = Publication(row.account, _platform_id(row, board, posted), found, posted)
            decisions.settle_posted(db, row, publication, who)
            click.echo(f"published  {row.id}: {posted}")
            return 0
        decisions.settle_not_posted(db, row, who)
    if row.state == "handed":
        click.echo(f"withdrawn  {row.id}")
    else:
        click.echo(
            f"queued     {row.id}: goes out with the next tick, or is held if it is late by then"
        )
    return 0


def _who(board: Board, by: str | None) -> str:
    if by is None:
        return user()
    person(board, by)
    return by


def _rows(db: Db, names: Sequence[str]) -> list[Row]:
    return list({row.id: row for name in names for row in queue.named(db, name)}.values())


def _may_release(row: Row, board: Board, at: str | None) -> None:
    if row.state != "held":
        raise UsageError(f"{row.id} is {row.state}: only what is held can be released")
    due_at = moment(at, "--at", board.zone) if at else clock.now()
    if row.expires_at is not None and due_at >= row.expires_at:
        raise UsageError(
            f"{row.id} expires {local(row.expires_at, board)}, before it would go out; move "
            "`expires` in its campaign file, then `sgcomms queue`"
        )


def _except(db: Db, board: Board, rows: Sequence[Row], who: str) -> None:
    approver(board, who)
    standing = pauses.active(db)
    if not standing:
        raise UsageError("--while-paused: nothing is paused")
    for row in rows:
        for pause in standing:
            if pause.target in (None, row.account, row.campaign):
                pauses.release(db, pause, "delivery", row.id, who)


def _platform_id(row: Row, board: Board, url: str) -> str:
    """Return the platform's id in the address of a post. Raises UsageError for another address."""
    account = board.accounts.get(row.account)
    if row.mode == "outbox" or account is None or account.platform not in PLATFORMS:
        return url
    platform = layout(account)
    found = platform.post_id(url)
    if found is None:
        host = urlsplit(url).hostname or url
        raise UsageError(
            f"--posted: {host} is not the address of a post on {platform.label}; copy it from the "
            "post itself, beginning with https://"
        )
    return found

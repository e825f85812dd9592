"""`approve`, `reject` and `unapprove`: sign-off, bound to what is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import datetime

import click

from sgcomms import clock, queueing
from sgcomms.cli.common import as_json, at_home, here, local, may_write, plural, print_json
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.db import Db, approvals, queue
from sgcomms.db.queue import Row
from sgcomms.errors import ProblemsError, UsageError
from sgcomms.platforms import PLATFORMS, layout
from sgcomms.workspace import Workspace
from sgcomms.yamlfile import suggestion

names = click.argument("names", nargs=-1, required=True, metavar="CAMPAIGN[/POST]...")
by = click.option("--by", required=True, metavar="WHO", help="Who decides, as in board.yaml.")


@click.command("approve")
@names
@by
@click.option("--yes", is_flag=True, help="Do not ask again on a terminal.")
@as_json
@click.pass_context
def approve_command(
    ctx: click.Context, names: tuple[str, ...], by: str, yes: bool, as_json: bool
) -> int:
    """Sign off what is shown: text, link, alt text, pictures, time. Any change voids it."""
    space = here(ctx)
    board = space.board()
    may_write(board)
    approver(board, by)
    policy = space.policy(board)
    with space.database() as db:
        at_home(space, db)
        seen = _waiting(db, names)
        if not as_json:
            _warn_of_changes(space, board, db, {one.campaign for one in seen})
            for one in seen:
                show(one, board, db, space)
        if not (yes or as_json) and sys.stdin.isatty():
            what = plural(len(seen), "delivery", "deliveries")
            click.confirm(f"Approve {what} as {by}?", abort=True)
        done = approvals.approve(db, seen, by, policy)
    if as_json:
        print_json(
            [
                {
                    "id": one.id,
                    "still_needed": one.short,
                    "held": one.held,
                    "against": one.against,
                    "at": clock.stored(one.due_at),
                }
                for one in done
            ]
        )
    else:
        _print_approved(done, seen, board)
    return 3 if any(one.held for one in done) else 0


@click.command("reject")
@names
@by
@click.option("--reason", required=True, help="Why: the author reads it.")
@click.pass_context
def reject_command(ctx: click.Context, names: tuple[str, ...], by: str, reason: str) -> None:
    """Refuse a campaign or a post: it is held, and earlier approvals of it count no more."""
    _decide(ctx, names, by, approver, lambda db, seen: approvals.reject(db, seen, by, reason))
    echo("They are held. Change the posts and run `sgcomms queue`, or approve them after all.")


@click.command("unapprove")
@names
@by
@click.option("--reason", default="taken back", show_default=True, help="Why.")
@click.pass_context
def unapprove_command(ctx: click.Context, names: tuple[str, ...], by: str, reason: str) -> None:
    """Take approvals back: what has not gone out yet needs to be approved again."""
    _decide(ctx, names, by, person, lambda db, seen: approvals.unapprove(db, seen, by, reason))


def _decide(
    ctx: click.Context,
    names: Sequence[str],
    by: str,
    may: Callable[[Board, str], None],
    record: Callable[[Db, Sequence[Row]], None],
) -> None:
    """Record the decision of `by`, who `may` take it, on what is named, and print what that was."""
    space = here(ctx)
    board = space.board()
    may_write(board)
    may(board, by)
    with space.database() as db:
        at_home(space, db)
        seen = _waiting(db, names, () if may is approver else ("publishing",))
        record(db, seen)
    for one in seen:
        echo(f"{'refused' if may is approver else 'unapproved':<10} {one.id}")
        if one.state == "publishing":
            echo(f"{'':<10} it is being sent: look in `sgcomms status` whether it went out")


def person(board: Board, who: str) -> None:
    """Make sure that `who` is one of the board's people. Raises UsageError."""
    if who not in board.people:
        raise UsageError(
            f"--by: {who!r} is not among `people` in config/board.yaml"
            f"{suggestion(who, board.people)}"
        )


def approver(board: Board, who: str) -> None:
    """Make sure that `who` may sign posts off. Raises UsageError."""
    person(board, who)
    if who not in board.approvers:
        known = ", ".join(board.approvers) or "nobody yet"
        raise UsageError(
            f"--by: {who} is no approver; in config/board.yaml `role: approver` has {known}"
        )


def show(one: Row, board: Board, db: Db, space: Workspace) -> None:
    """Print a delivery as it will go out, with who has signed it."""
    account = board.accounts.get(one.account)
    known = account is not None and account.platform in PLATFORMS
    label = layout(account).label if account is not None and known else one.platform
    echo(one.id, bold=one.id)
    echo(f"  {label}, {one.mode}, {_when(one, board)}; written by {one.author}")
    for line in one.draft.text.splitlines():
        echo(f"  | {line}")
    if one.draft.link:
        echo(f"  link card: {one.draft.link}")
    for number, item in enumerate(one.draft.media, start=1):
        path = space.store.path(item.sha256, item.kind)
        echo(f"  file {number}: {path.relative_to(space.root).as_posix()}")
        echo(f"    alt text: {item.alt}")
    if one.expires_at is not None:
        echo(f"  expires {local(one.expires_at, board)}")
    marks = [
        one.sensitivity and "case review: two people sign",
        one.election_safe and "election-safe",
    ]
    if any(marks):
        echo(f"  {', '.join(str(mark) for mark in marks if mark)}")
    if one.state == "held":
        echo(f"  held: {one.reason}")
    who = approvals.signers(db, one)
    echo(f"  approved by {', '.join(who)}" if who else "  approved by nobody yet")


def _when(one: Row, board: Board) -> str:
    if one.on_approval and one.due_at == one.expires_at:
        return "at once when it is approved"
    return local(one.due_at, board)


def _waiting(db: Db, names: Sequence[str], more: Sequence[str] = ()) -> list[Row]:
    """Return the deliveries that are named and wait to go out. Raises UsageError for none."""
    found = {one.id: one for name in names for one in queue.named(db, name)}
    waiting = [one for one in found.values() if one.state in (*approvals.WAITING, *more)]
    if not waiting:
        states = ", ".join(sorted({one.state for one in found.values()}))
        raise UsageError(f"nothing of {', '.join(names)} waits: all of it is {states}")
    return sorted(waiting, key=lambda one: (one.due_at, one.id))


def _warn_of_changes(space: Workspace, board: Board, db: Db, campaigns: set[str]) -> None:
    """Say when the YAML holds something else than the queue, which is what is approved."""
    try:
        plan = queueing.propose(space.root, board, db).plan
    except ProblemsError:
        echo("The campaign files have problems: what is shown is what is queued.", err=True)
        return
    changed = {one.campaign for one in (*plan.add, *plan.change)} & campaigns
    if changed:
        echo(
            f"The files of {', '.join(sorted(changed))} say something else than what is queued and "
            "shown here: `sgcomms queue` takes it in, and voids approvals of what it changes.",
            err=True,
        )


def _print_approved(done: Sequence[approvals.Approved], seen: Sequence[Row], board: Board) -> None:
    on_approval = {one.id for one in seen if one.on_approval}
    for one in done:
        if one.short:
            who = "1 more person" if one.short == 1 else f"{one.short} more people"
            held = f"; held: {one.held}" if one.held else ""
            echo(f"signed     {one.id}: {who} must approve it{held}")
        elif one.held:
            echo(
                f"held       {one.id}: {one.held}. It goes out by `sgcomms release {one.id} "
                "--at TIME`"
            )
        else:
            at_once = one.id in on_approval and one.due_at <= clock.now()
            goes = "goes out with the next tick" if at_once else _goes(one.due_at, board)
            if one.against:
                goes = f"would go out {local(one.due_at, board)}, but {one.against}"
            echo(f"approved   {one.id}: {goes}")


def _goes(at: datetime, board: Board) -> str:
    return f"goes out {local(at, board)}"

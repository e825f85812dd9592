"""`release`, `withdraw`, `settle`: what a person decides of deliveries; `accept-clock`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import click

from sgcomms import clock
from sgcomms.cli.approval import approver, person
from sgcomms.cli.common import at_home, here, local, may_write, moment, user
from sgcomms.cli.saying import echo
from sgcomms.cli.stop import STOP_FILE_GONE, remove_stop_file, standing
from sgcomms.config import Board
from sgcomms.db import Db, approvals, decisions, pauses, queue, unwanted
from sgcomms.db.gate import Policy
from sgcomms.db.pauses import Pause
from sgcomms.db.queue import Row
from sgcomms.errors import UsageError
from sgcomms.models import Publication, State
from sgcomms.platforms import PLATFORMS, layout
from sgcomms.publishing import LOOK_BACK

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
    board = space.board(words=False)
    may_write(board)
    who = _who(board, by)
    if while_paused:
        approver(board, who)
    due_at = moment(at, "--at", board.zone) if at else clock.now()
    if due_at < clock.now():
        raise UsageError(f"--at: {local(due_at, board)} is over; choose a time to come")
    states: tuple[State, ...] = ("held", "queued") if while_paused else ("held",)
    with space.database() as db:
        at_home(space, db)
        rows = _those(
            db, names, states, "what is held can be released, or with --while-paused what is paused"
        )
        paused = standing(space, db)
        asked = _Asked(board, space.policy(board), who, due_at, at is None, while_paused)
        for row in rows:
            _may_release(row, asked, [one for one in paused if _stops(db, one, row)])
        if while_paused:
            for row in rows:
                _except(db, paused, row, who)
            if remove_stop_file(space):
                echo(STOP_FILE_GONE)
        for row in rows:
            echo(f"released   {row.id}: {_release(db, row, asked)}")
            if any(_stops(db, one, row) for one in paused):
                echo(f"{'':<11}if the pause is lifted by then: `sgcomms resume`")


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
    board = space.board(words=False)
    may_write(board)
    who = _who(board, by)
    waiting: tuple[State, ...] = ("queued", "held", "handed")
    with space.database() as db:
        at_home(space, db)
        for row in _those(
            db,
            names,
            waiting,
            "what waits can be withdrawn (`sgcomms takedown` is for what is live)",
        ):
            decisions.withdraw(db, row, who, reason)
            echo(f"withdrawn  {row.id}")
            if row.state == "handed":
                echo(f"{'':<11}{row.author} has it to post by hand: tell them not to")


@click.command("accept-clock")
@click.option("--by", required=True, metavar="WHO", help="Who decides, as in board.yaml.")
@click.pass_context
def accept_clock_command(ctx: click.Context, by: str) -> None:
    """Say that this machine's clock is right, and was wrong before.

    A clock that stands before the last row of the trail lets nothing be published. What a wrong
    clock held or withdrew stays so: `sgcomms status` shows it.
    """
    space = here(ctx)
    board = space.board(words=False)
    may_write(board)
    person(board, by)
    with space.database() as db:
        at_home(space, db)
        decisions.accept_clock(db, by)
    now = local(clock.real_now(), board)
    echo(f"Noted: it is {now}. What waits is published by this clock from now on.")


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
    if at is not None and not posted:
        raise UsageError("--at goes with --posted: it says when it was posted")
    space = here(ctx)
    board = space.board(words=False)
    may_write(board)
    who = _who(board, by)
    with space.database() as db:
        at_home(space, db)
        unsettled: tuple[State, ...] = ("uncertain", "handed")
        rows = _those(db, [name], unsettled, "what is uncertain, or handed over, can be settled")
        if len(rows) > 1:
            several = ", ".join(row.id for row in rows)
            raise UsageError(f"{name} names {len(rows)} deliveries, settle them singly: {several}")
        row = rows[0]
        if posted:
            posted_at = _posted_at(row, board, at)
            url = posted.strip()
            seen = Publication(row.account, _platform_id(row, board, url), posted_at, url)
            decisions.settle_posted(db, row, seen, who)
            echo(f"published  {row.id}: {url}")
            if _unwanted(db, row):
                echo(f"{'':<11}somebody wants it gone: the next tick takes it down")
            return 0
        decisions.settle_not_posted(db, row, who)
        gone = _unwanted(db, row)
    if row.state == "handed":
        echo(f"withdrawn  {row.id}")
    elif gone:
        echo(f"queued     {row.id}: somebody wants it gone, so the next tick withdraws it")
    else:
        echo(f"queued     {row.id}: goes out with the next tick, or is held if it is late by then")
    return 0


def _who(board: Board, by: str | None) -> str:
    if by is None:
        return user()
    person(board, by)
    return by


def _those(db: Db, names: Sequence[str], states: Collection[State], only: str) -> list[Row]:
    """Return what `names` name and is in one of `states`.

    Raises UsageError for a name of which nothing is, before anything was changed.
    """
    found: dict[str, Row] = {}
    for name in names:
        rows = queue.named(db, name)
        fitting = {row.id: row for row in rows if row.state in states}
        if not fitting:
            now = " and ".join(sorted({row.state for row in rows}))
            raise UsageError(f"{name} is {now}: only {only}; nothing was changed")
        found |= fitting
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Asked:
    """A release that somebody asks for: by whom, for when."""

    board: Board
    policy: Policy
    who: str
    due_at: datetime
    at_once: bool
    while_paused: bool


def _may_release(row: Row, asked: _Asked, stops: Sequence[Pause]) -> None:
    """Raise UsageError for a release that would come to nothing; `stops` are the pauses of it."""
    if asked.while_paused and not stops:
        raise UsageError(f"--while-paused: {row.id} is not paused")
    if row.state == "queued":
        if not asked.at_once:
            raise UsageError(
                f"{row.id} is queued for {local(row.due_at, asked.board)}: its campaign file gives "
                "it another time; --at is for what is held"
            )
        return
    _may_go_then(row, asked)
    if not asked.at_once:
        return
    _may_go_unsigned(row, asked)
    if stops and not asked.while_paused:
        raise UsageError(
            f"{row.id} would be held again: {stops[0]} is paused. An approver can add "
            "--while-paused; --at gives it a time after the pause"
        )


def _may_go_then(row: Row, asked: _Asked) -> None:
    if row.expires_at is not None and asked.due_at >= row.expires_at:
        raise UsageError(
            f"{row.id} expires {local(row.expires_at, asked.board)}, before it would go out; move "
            "`expires` in its campaign file, then `sgcomms queue`"
        )
    closed = asked.policy.closed_at(asked.due_at)
    if closed is not None and not row.election_safe:
        raise UsageError(
            f"{row.id} would be held again: until {local(closed.until, asked.board)} "
            f'("{closed.name}") only posts marked election_safe go out; choose a later time'
        )


def _may_go_unsigned(row: Row, asked: _Asked) -> None:
    needed = approvals.needed(row, asked.policy, asked.due_at)
    if needed <= int(_signs(row, asked)):
        return
    if needed > 1:
        wants = f"{needed} people have to approve it"
    else:
        others = " or ".join(one for one in asked.board.approvers if one != row.author)
        wants = f"an approver has to send it (--by {others or 'an approver'})"
    raise UsageError(
        f"{row.id} cannot go out at once: {wants}; give it a time with --at, and let it be approved"
    )


def _release(db: Db, row: Row, asked: _Asked) -> str:
    """Release a delivery, and return when it goes out."""
    spite = ", in spite of the pause" if asked.while_paused else ""
    if row.state == "queued":
        return f"goes out {local(row.due_at, asked.board)}{spite}"
    needed, signs = approvals.needed(row, asked.policy, asked.due_at), _signs(row, asked)
    decisions.release(db, row, asked.due_at, asked.who, signs=signs and needed > 0)
    when = "with the next tick" if asked.at_once else local(asked.due_at, asked.board)
    unsigned = ", once it is approved: `sgcomms approve`" if needed > int(signs) else ""
    return f"goes out {when}{spite}{unsigned}"


def _signs(row: Row, asked: _Asked) -> bool:
    """Tell whether the word of whoever asks is an approval of the delivery."""
    return asked.who in asked.board.approvers and asked.who != row.author


def _stops(db: Db, pause: Pause, row: Row) -> bool:
    """Tell whether a pause stops a delivery; nobody may have made an exception of it."""
    if pause.target not in (None, row.account, row.campaign):
        return False
    excepted = pauses.exceptions(db, pause)
    return ("delivery", row.id) not in excepted and ("campaign", row.campaign) not in excepted


def _except(db: Db, paused: Sequence[Pause], row: Row, who: str) -> None:
    for pause in paused:
        if _stops(db, pause, row):
            pauses.release(db, pause, "delivery", row.id, who)


def _unwanted(db: Db, row: Row) -> bool:
    return any(one.delivery == row.id for one in unwanted.standing(db))


def _posted_at(row: Row, board: Board, at: str | None) -> datetime:
    """Return when a delivery was posted. Raises UsageError when it cannot have been then."""
    if at is None:
        return row.armed_at or clock.now()
    found = moment(at, "--at", board.zone)
    if found > clock.now():
        raise UsageError(f"--at: {local(found, board)} is still to come")
    if row.armed_at is not None and found < row.armed_at - LOOK_BACK:
        raise UsageError(
            f"--at: {row.id} was sent {local(row.armed_at, board)}; what was there before that is "
            "another post"
        )
    return found


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
            f"--posted: {host} is not the address of a post on {platform.label} by "
            f"@{account.handle.removeprefix('@')}; copy it from the post itself, beginning with "
            "https://"
        )
    made, since = platform.made_at(found), row.armed_at or row.due_at
    if made is not None and made < since - LOOK_BACK:
        raise UsageError(
            f"--posted: that post was made {local(made, board)}, and {row.id} was not to go out "
            f"before {local(since, board)}: it is another post"
        )
    return found

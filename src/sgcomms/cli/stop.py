"""`pause` and `resume`: the stop switch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

import click

from sgcomms import clock, files
from sgcomms.cli.approval import person
from sgcomms.cli.common import here, moment, plural, user
from sgcomms.config import Board
from sgcomms.db import Db, chores, pauses, queue
from sgcomms.db.pauses import STOP_FILE, Pause
from sgcomms.db.queue import Row
from sgcomms.errors import ProblemsError, SgcommsError, UsageError
from sgcomms.workspace import STOP_FILES, Workspace
from sgcomms.yamlfile import suggestion

LIVE_DAYS = 7
AHEAD_DAYS = 14


@click.command("pause")
@click.option("--reason", required=True, help="Why: everybody sees it.")
@click.option("--by", required=True, metavar="WHO", help="Who stops it.")
@click.option("--account", help="Only this account.")
@click.option("--campaign", help="Only this campaign.")
@click.option("--until", metavar="TIME", help="Remind then; only `resume` lifts a pause.")
@click.pass_context
def pause_command(
    ctx: click.Context,
    reason: str,
    by: str,
    account: str | None,
    campaign: str | None,
    until: str | None,
) -> None:
    """Stop everything, one account or one campaign, from the very next request on.

    Needs no network. A file named STOP in the workspace does the same.
    """
    space = here(ctx)
    board = _board(space)
    if account and campaign:
        raise UsageError("name an account or a campaign, not both; without either all is paused")
    zone: tzinfo = board.zone if board else UTC
    remind_at = moment(until, "--until", zone) if until else None
    try:
        with space.database() as db:
            target = account or campaign
            _known(db, board, account, campaign)
            scope: pauses.Scope = "account" if account else "campaign" if campaign else "all"
            pauses.start(db, scope, target, reason, by, remind_at=remind_at)
            if remind_at is not None:
                chores.plan(db, "pause reminder", remind_at)
            _report(db, board, account, campaign)
    except UsageError:
        raise
    except SgcommsError as error:
        if account or campaign:
            raise
        files.write_whole(space.root / STOP_FILES[0], f"{by}: {reason}\n".encode())
        raise SgcommsError(
            f"{error}. A file named {STOP_FILES[0]} was put into the workspace instead: nothing "
            "more is sent while it is there"
        ) from error


@click.command("resume")
@click.argument("campaigns", nargs=-1, metavar="[CAMPAIGN]...")
@click.option("--all", "everything", is_flag=True, help="Lift every pause, for every campaign.")
@click.option("--account", help="Lift the pause of this account.")
@click.option("--by", metavar="WHO", help="Who decides.")
@click.pass_context
def resume_command(
    ctx: click.Context,
    campaigns: tuple[str, ...],
    everything: bool,
    account: str | None,
    by: str | None,
) -> int:
    """Show what comes in the next 14 days, and release the campaigns that are named.

    What came due meanwhile stays held: `sgcomms release` gives it a new time.
    """
    space = here(ctx)
    board = space.board()
    if by is not None:
        person(board, by)
    who = by or user()
    with space.database() as db:
        standing = pauses.active(db)
        if space.stopped() is not None and not any(one.by == STOP_FILE for one in standing):
            pauses.obey_stop_file(db, space.stopped() or clock.now())
            standing = pauses.active(db)
        if not standing:
            click.echo("Nothing is paused.")
            return 0
        _show_ahead(db, board, standing)
        if not (campaigns or everything or account):
            click.echo(
                "Nothing was released. Name the campaigns that may go on: `sgcomms resume "
                "CAMPAIGN…`, or `--all` for all of them."
            )
            return 3
        for campaign in campaigns:
            _known(db, board, None, campaign)
        released = _release(db, standing, campaigns, account, who, everything=everything)
        if not released:
            raise UsageError("no pause is about what you named; nothing was released")
        if everything:
            _remove_stop_file(space)
        for line in released:
            click.echo(line)
        left = pauses.active(db)
    for pause in left:
        click.echo(f"Still paused: {pause} ({pause.reason}, {pause.by}).")
    return 0


def _release(
    db: Db,
    standing: list[Pause],
    campaigns: tuple[str, ...],
    account: str | None,
    by: str,
    *,
    everything: bool,
) -> list[str]:
    """Lift pauses, or make exceptions to the pause of everything; return what was done."""
    done = []
    for pause in standing:
        if (
            everything
            or (pause.scope == "account" and pause.target == account)
            or (pause.scope == "campaign" and pause.target in campaigns)
        ):
            pauses.lift(db, pause, by)
            done.append(f"Resumed: {pause}.")
        elif pause.scope == "all":
            for campaign in campaigns:
                pauses.release(db, pause, "campaign", campaign, by)
                done.append(f"Released: {campaign}; everything else stays paused.")
    return done


def _remove_stop_file(space: Workspace) -> None:
    for name in STOP_FILES:
        try:
            (space.root / name).unlink(missing_ok=True)
        except OSError as error:
            raise SgcommsError(
                f"the file {name} cannot be taken away ({error.strerror}): while it is there, "
                "nothing is sent"
            ) from error


def _board(space: Workspace) -> Board | None:
    """Return the board, if its file can be read: a slip in it must not keep us from stopping."""
    try:
        return space.board(words=False)
    except ProblemsError:
        return None


def _known(db: Db, board: Board | None, account: str | None, campaign: str | None) -> None:
    """Make sure that what is named exists: a slip must not leave the wrong thing running."""
    rows = queue.rows(db)
    accounts = {row.account for row in rows} | set(board.accounts if board else ())
    campaigns = {row.campaign for row in rows}
    if account and account not in accounts:
        raise UsageError(f"there is no account {account!r}{suggestion(account, accounts)}")
    if campaign and campaign not in campaigns:
        raise UsageError(f"the queue has no campaign {campaign!r}{suggestion(campaign, campaigns)}")


def _report(db: Db, board: Board | None, account: str | None, campaign: str | None) -> None:
    """Print what is stopped, what is live, and what this program cannot stop."""
    rows = [
        row
        for row in queue.rows(db)
        if (account is None or row.account == account)
        and (campaign is None or row.campaign == campaign)
    ]
    waiting = [row for row in rows if row.state == "queued"]
    what = (
        f"the account {account}" if account else f"the campaign {campaign}" if campaign else "all"
    )
    number = plural(len(waiting), "delivery", "deliveries")
    click.echo(f"Paused: {what}. {number} will not go out. `sgcomms resume` lifts it.")
    for row in rows:
        if row.state == "publishing":
            click.echo(f"Being sent at this moment, and not to be stopped: {row.id}")
        elif row.state == "uncertain":
            click.echo(f"May be live, look for it: {row.id}")
        elif row.state == "handed":
            click.echo(f"With an officer to post by hand: tell them to wait: {row.id}")
    since = clock.now() - timedelta(days=LIVE_DAYS)
    live = [
        row
        for row in rows
        if row.state == "published" and row.mode != "outbox" and (row.published_at or since) > since
    ]
    click.echo(f"Live from the last {LIVE_DAYS} days: {len(live) or 'nothing'}.")
    for row in live:
        click.echo(f"  {_local(row.published_at, board)}  {row.id}  {row.url or ''}")
    if live:
        click.echo("`sgcomms takedown DELIVERY --reason … --by …` takes one down.")
    click.echo(
        "Not stopped by this: posts that somebody scheduled on the platforms themselves (Meta "
        "Business Suite, X), adverts and boosted posts, and other programs. Look there too."
    )


def _show_ahead(db: Db, board: Board, standing: list[Pause]) -> None:
    for pause in standing:
        since = _local(pause.started_at, board)
        click.echo(f"Paused: {pause}, since {since}, by {pause.by}: {pause.reason}")
        for kind, name in pauses.exceptions(db, pause):
            click.echo(f"  still goes out: the {kind} {name}")
    now = clock.now()
    rows = queue.rows(db, ["queued", "held"])
    ahead = [row for row in rows if now < row.due_at <= now + timedelta(days=AHEAD_DAYS)]
    click.echo(f"The next {AHEAD_DAYS} days ({board.zone}):")
    for row in ahead:
        click.echo(f"  {_local(row.due_at, board)}  {row.id}{_held(row)}")
    if not ahead:
        click.echo("  nothing")
    waiting = [row for row in rows if row.state == "held" and row.due_at <= now]
    if waiting:
        number = plural(
            len(waiting), "delivery that came due stays", "deliveries that came due stay"
        )
        click.echo(f"{number} held until somebody releases or withdraws each:")
        for row in waiting:
            click.echo(f"  {_local(row.due_at, board)}  {row.id}")


def _held(row: Row) -> str:
    return f"  (held: {row.reason})" if row.state == "held" else ""


def _local(at: datetime | None, board: Board | None) -> str:
    zone: tzinfo = board.zone if board else UTC
    return f"{at.astimezone(zone):%a %d %b %Y %H:%M %Z}" if at else ""

"""`pause` and `resume`: the stop switch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

import click

from sgcomms import clock, files, health
from sgcomms.cli.approval import person
from sgcomms.cli.common import at_home, here, may_write, moment, plural
from sgcomms.cli.saying import echo
from sgcomms.cli.status import waits_for_approval
from sgcomms.config import Board
from sgcomms.db import Db, approvals, chores, history, pauses, queue, removals
from sgcomms.db.home import ElsewhereError
from sgcomms.db.pauses import Pause
from sgcomms.db.queue import Row
from sgcomms.errors import ProblemsError, SgcommsError, UsageError, WorkspaceError
from sgcomms.workspace import STOP, Workspace
from sgcomms.yamlfile import suggestion

LIVE_DAYS = 7
AHEAD_DAYS = 14
REMINDER = "pause reminder"
"""The chore that wakes the tick which reminds of a pause."""

STOP_FILE_GONE = "The file STOP was taken away; the pause that it made goes on."


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
    if board is not None:
        may_write(board)
    zone: tzinfo = board.zone if board else UTC
    remind_at = moment(until, "--until", zone) if until else None
    if remind_at is not None and remind_at <= clock.now():
        raise UsageError(f"--until: {until} is over. Nothing was paused")
    scope: pauses.Scope = "account" if account else "campaign" if campaign else "all"
    try:
        with space.database() as db:
            at_home(space, db)
            _known(db, board, account, campaign)
            pauses.start(db, scope, account or campaign, reason, by, remind_at=remind_at)
    except ElsewhereError:
        raise
    except SgcommsError as error:
        if isinstance(error, UsageError) and not isinstance(error, WorkspaceError):
            mark = "" if str(error).endswith("?") else "."
            raise UsageError(f"{error}{mark} Nothing was paused") from error
        raise _stopped_by_file(space, scope, f"{by}: {reason}\n", error) from error
    with space.database() as db:
        if remind_at is not None:
            known = chores.known(db).get(REMINDER, remind_at)
            chores.plan(db, REMINDER, min(known, remind_at))
        _report(db, board, account, campaign)


def _stopped_by_file(
    space: Workspace, scope: pauses.Scope, words: str, error: SgcommsError
) -> SgcommsError:
    """Stop everything without the database, and return what a person is told of it."""
    if scope != "all":
        return SgcommsError(
            f"{error}. Nothing was paused: one {scope} alone cannot be without the database, but a "
            f"file named {STOP} in the workspace stops everything"
        )
    try:
        try:
            files.write_whole(space.root / STOP, words.encode())
        except OSError:  # a full disk has room for an empty file, and that is enough
            (space.root / STOP).touch()
    except OSError as fault:
        return SgcommsError(
            f"{error}. Nothing was paused: a file named {STOP} could not be put into the workspace "
            f"either ({fault.strerror}). End `sgcomms run` or take `sgcomms publish` out of cron"
        )
    return SgcommsError(
        f"{error}. A file named {STOP} was put into the workspace instead: nothing more is sent "
        "while it is there"
    )


@click.command("resume")
@click.argument("campaigns", nargs=-1, metavar="[CAMPAIGN]...")
@click.option("--all", "everything", is_flag=True, help="Lift every pause, for every campaign.")
@click.option("--account", help="Lift the pause of this account.")
@click.option("--by", metavar="WHO", help="Who decides, as in board.yaml.")
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
    board = space.board(words=False)
    may_write(board)
    if by is not None:
        person(board, by)
    with space.database() as db:
        at_home(space, db)
        paused = standing(space, db)
        if not paused:
            echo("Nothing is paused.")
            return 0
        _show_ahead(space, db, board, paused)
        if not (campaigns or everything or account):
            echo(
                "Nothing was released. Name the campaigns that may go on: `sgcomms resume "
                "CAMPAIGN… --by WHO`, or `--all` for all of them."
            )
            return 3
        if by is None:
            raise UsageError("say with --by who decides; nothing was released")
        for campaign in campaigns:
            _known(db, board, None, campaign)
        released = _release(db, paused, campaigns, account, by, everything=everything)
        if not released:
            raise UsageError("no pause is about what you named; nothing was released")
        removed = remove_stop_file(space)
        for line in released:
            echo(line)
        left = pauses.active(db)
    if removed and left:
        echo(STOP_FILE_GONE)
    for pause in left:
        echo(f"Still paused: {pause}, by {pause.by}: {pause.reason}")
    return 0


def standing(space: Workspace, db: Db) -> list[Pause]:
    """Return the pauses, also that of a file named STOP which no tick has seen yet."""
    since = space.stopped()
    if since is not None:
        pauses.obey_stop_file(db, since)
    return pauses.active(db)


def remove_stop_file(space: Workspace) -> bool:
    """Take the file named STOP away, once its pause is known (see `standing`): that one goes on.

    While the file is there, not even what a person has released is sent. False when there is none.
    Raises SgcommsError.
    """
    found = space.stop_files()
    for path in found:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise SgcommsError(
                f"the file {path.name} cannot be taken away ({error.strerror}): while it is there, "
                "nothing is sent"
            ) from error
    return bool(found)


def _release(
    db: Db,
    paused: list[Pause],
    campaigns: tuple[str, ...],
    account: str | None,
    by: str,
    *,
    everything: bool,
) -> list[str]:
    """Lift pauses, or make exceptions to the pause of everything; return what was done."""
    done: dict[str, None] = {}
    for pause in paused:
        if (
            everything
            or (pause.scope == "account" and pause.target == account)
            or (pause.scope == "campaign" and pause.target in campaigns)
        ):
            pauses.lift(db, pause, by)
            done[f"Resumed: {pause}."] = None
        elif pause.scope == "all":
            for campaign in campaigns:
                pauses.release(db, pause, "campaign", campaign, by)
                done[f"Released: {campaign}; everything else stays paused."] = None
    return list(done)


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
    sent = [row for row in rows if row.state == "publishing" and row.armed_at is not None]
    waiting = [row for row in rows if row.state in ("queued", "publishing") and row not in sent]
    what = f"the account {account}" if account else f"the campaign {campaign}" if campaign else ""
    wait = plural(len(waiting), "delivery waits", "deliveries wait")
    echo(f"Paused: {what or 'everything'}. {wait} until somebody says `sgcomms resume`.")
    for row in sent:
        echo(f"Being sent at this moment, perhaps too late to stop: {row.id}")
    for row in rows:
        if row.state == "uncertain":
            where = f": {health.look_for(row, board)}" if board else ""
            echo(f"May be live: {row.id}{where}")
        elif row.state == "handed":
            echo(f"With {row.author} to be posted by hand, tell them to wait: {row.id}")
    _print_live(db, rows, board, account, campaign)
    echo(
        "Not stopped by this: posts that somebody scheduled on the platforms themselves (Meta "
        "Business Suite, X), adverts and boosted posts, and other programs. Look there too."
    )


def _print_live(
    db: Db, rows: list[Row], board: Board | None, account: str | None, campaign: str | None
) -> None:
    """Print the posts of the last week that are live, with their addresses."""
    since = clock.now() - timedelta(days=LIVE_DAYS)
    went_out = {row.id: row.published_at or row.armed_at or row.due_at for row in rows}
    found = [
        (went_out[one.delivery], one.delivery, one.url or f"{one.platform_id} on {one.account}")
        for one in removals.live(db, [row for row in rows if went_out[row.id] > since])
    ]
    found += [
        (one.published_at, f"not sent from here@{one.account}", one.url or one.platform_id)
        for one in ([] if campaign else history.others_live(db))
        if one.published_at > since and account in (None, one.account)
    ]
    number = plural(len(found), "post") if found else "nothing"
    echo(f"Live from the last {LIVE_DAYS} days: {number}.")
    for at, name, where in sorted(found):
        echo(f"  {_local(at, board)}  {name}  {where}")
    if found:
        echo("`sgcomms takedown DELIVERY --reason … --by …` takes one down.")


def _show_ahead(space: Workspace, db: Db, board: Board, paused: list[Pause]) -> None:
    """Print what is paused, what goes out next, and what waits for a person."""
    for pause in paused:
        since = _local(pause.started_at, board)
        echo(f"Paused: {pause}, since {since}, by {pause.by}: {pause.reason}")
        for kind, name in pauses.exceptions(db, pause):
            echo(f"  still goes out: the {kind} {name}")
    now, policy = clock.now(), space.policy(board)
    rows = queue.rows(db, ["queued", "held"])
    unsigned = {row.id for row in approvals.unsigned(db, policy, now)}
    late = {row.id for row in rows if row.due_at < now - policy.late_after}
    over = [row for row in rows if row.due_at <= now]
    stays = [row for row in over if row.id in unsigned | late or _stays(row, paused)]
    ahead = [row for row in rows if row not in stays and not waits_for_approval(row)]
    soon = [row for row in ahead if row.due_at <= now + timedelta(days=AHEAD_DAYS)]
    on_approval = [row for row in rows if row not in stays and waits_for_approval(row)]
    echo(f"The next {AHEAD_DAYS} days ({board.zone}):")
    for row in soon:
        when = "at once" if row.due_at <= now else _local(row.due_at, board)
        echo(f"  {when:<25}  {row.id}{_note(row, unsigned)}")
    for row in on_approval:
        echo(f"  {'as soon as it is approved':<25}  {row.id}")
    if ahead and not soon:
        echo(f"  nothing; the next is {ahead[0].id}, {_local(ahead[0].due_at, board)}")
    elif not (soon or on_approval):
        echo("  nothing")
    if stays:
        number = plural(len(stays), "delivery that came due stays", "deliveries that came due stay")
        echo(f"{number} held; `sgcomms release DELIVERY --at TIME` or `sgcomms withdraw DELIVERY`:")
    for row in stays:
        echo(f"  {_local(row.due_at, board)}  {row.id}")


def _stays(row: Row, paused: list[Pause]) -> bool:
    """Tell whether what has come due waits for a person, or will when the next tick looks at it."""
    return row.state == "held" or any(
        one.target in (None, row.account, row.campaign) and one.started_at <= row.due_at
        for one in paused
    )


def _note(row: Row, unsigned: set[str]) -> str:
    if row.state == "held":
        return f"  (held: {row.reason})"
    return "  (not approved yet)" if row.id in unsigned else ""


def _local(at: datetime, board: Board | None) -> str:
    zone: tzinfo = board.zone if board else UTC
    return f"{at.astimezone(zone):%a %d %b %Y %H:%M %Z}"

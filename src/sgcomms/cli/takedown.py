"""`takedown`: what is live comes down, what waits is withdrawn."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from sgcomms.cli.approval import person
from sgcomms.cli.common import here, local, may_write, plural
from sgcomms.cli.log import about_contact, elsewhere, label
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.db import Db, queue, removals
from sgcomms.db.queue import Row
from sgcomms.db.removals import MAX_TRIES, Live, Removal
from sgcomms.errors import UsageError
from sgcomms.health import look_for
from sgcomms.publishing import owner_name
from sgcomms.takedowns import Survey, Taken, survey, take_down
from sgcomms.ticking import check_home
from sgcomms.trail import plain
from sgcomms.workspace import Connections


@click.command("takedown")
@click.argument("names", nargs=-1, metavar="[DELIVERY]...")
@click.option("--campaign", help="Everything of this campaign.")
@click.option("--contact", metavar="NAME", help="Everything with this contact, or number, in it.")
@click.option("--reason", help="Why: it stands in the trail.")
@click.option("--by", required=True, metavar="WHO", help="Who decides, as in board.yaml.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--done", is_flag=True, help="A person has taken it down: record that.")
@click.pass_context
def takedown_command(
    ctx: click.Context,
    names: tuple[str, ...],
    campaign: str | None,
    contact: str | None,
    reason: str | None,
    by: str,
    yes: bool,
    done: bool,
) -> int:
    """Take posts down from their platforms, and withdraw what of it waits.

    A pause does not stop it. Where a platform lets no program do it, the addresses are printed.
    """
    if (bool(names), bool(campaign), bool(contact)).count(True) != 1:
        raise UsageError("name deliveries, or --campaign, or --contact: one of the three")
    if done and not names:
        raise UsageError("--done is for deliveries by their names: say which are gone")
    if not (reason or done):
        raise UsageError("--reason is needed: why does it come down?")
    space = here(ctx)
    board = space.board()
    may_write(board)
    person(board, by)
    with space.database() as db:
        check_home(space, board, db)
        rows = _rows(db, board, names, campaign, contact)
        one_by_one = {row.id for row in rows} == set(names)
        if done and not one_by_one:
            raise UsageError(
                f"--done: {' '.join(names)} names {plural(len(rows), 'delivery', 'deliveries')}; "
                "give the whole name of each that is gone"
            )
        if done:
            return _record(db, rows, reason or "taken down by hand", by)
        found = survey(db, rows)
        _print_rest(found)
        for other in elsewhere(db, board, contact) if contact else ():
            where = plain(other.url or f"{other.platform_id} on {other.account}")
            echo(f"not ours   {where}: it was not sent from here; look whether it is there")
        if not (found.live or found.waiting or found.unclear):
            return 0
        if not one_by_one:
            _confirm(found, rows, board, yes=yes)
        connect = Connections(space, board)
        taken = take_down(db, rows, connect, owner_name(), reason=reason or "", by=by)
    _print_taken(taken, {row.id: row for row in rows}, board)
    return taken.exit_code


def _rows(
    db: Db, board: Board, names: Sequence[str], campaign: str | None, contact: str | None
) -> list[Row]:
    if contact:
        rows = about_contact(db, board, contact, queue.rows(db))
        if not rows and not elsewhere(db, board, contact):
            raise UsageError(f"no delivery has {contact} in it")
        return rows
    if campaign and ("/" in campaign or "@" in campaign):
        raise UsageError("--campaign takes the id of a campaign alone")
    wanted = (campaign,) if campaign else names
    return list({row.id: row for name in wanted for row in queue.named(db, name)}.values())


def _record(db: Db, rows: Sequence[Row], reason: str, by: str) -> int:
    """Record that a person has taken posts down."""
    live = removals.live(db, rows)
    if not live:
        raise UsageError("nothing of it is live, as far as is known; nothing was changed")
    removals.done_by_hand(db, live, reason, by)
    for one in live:
        echo(f"removed    {one.delivery}: {_where(one)}")
    return 0


def _print_rest(found: Survey) -> None:
    """Say what needs nothing, and why."""
    for row in found.gone:
        echo(f"gone       {row.id}: it was taken down before")
    for row in found.private:
        if row.mode == "outbox" and row.state == "published":
            words = "it went to the outbox; nothing was public, and the files stay"
        elif row.mode == "outbox":
            words = f"it is {row.state}; nothing was public"
        else:
            words = f"it is {row.state}, and was never public as far as is known"
        echo(f"not live   {row.id}: {words}")


def _confirm(found: Survey, rows: Sequence[Row], board: Board, *, yes: bool) -> None:
    """Show what would come down, and ask; without a terminal only --yes will do."""
    by_id = {row.id: row for row in rows}
    for one in found.live:
        row = by_id[one.delivery]
        at = local(row.published_at, board) if row.published_at else "unknown time"
        echo(f"live       {at}  {one.delivery}  {label(row, board)}: {_where(one)}")
    for row in found.waiting:
        echo(f"{row.state:<10} {local(row.due_at, board)}  {row.id}")
    for row in found.unclear:
        echo(f"{row.state:<10} {row.id}")
    if yes:
        return
    what = (
        f"{plural(len(found.live), 'post')} to take down, "
        f"{plural(len(found.waiting), 'delivery', 'deliveries')} to withdraw"
    )
    if not sys.stdin.isatty():
        raise UsageError(f"{what}: nothing was changed; --yes does it")
    click.confirm(f"{what}. Go on?", abort=True)


def _print_taken(taken: Taken, rows: dict[str, Row], board: Board) -> None:
    for row in taken.withdrawn:
        echo(f"withdrawn  {row.id}")
    for one in taken.removed:
        echo(f"removed    {one.delivery}: {_where(one)}")
    for one in taken.failed:
        echo(f"not yet    {one.delivery}: {_where(one)}")
        echo(f"{'':<11}{_not_yet(one)}")
    if taken.failed:
        echo("The next tick tries again by itself; so does the same command.")
    for row in taken.told:
        echo(
            f"A person has to act: {row.author} was given {row.id} to post by hand. Tell them not "
            "to; if it was posted, take it down there"
        )
    for row in taken.unclear:
        echo(f"A person has to act: {_unclear(row, board)}")
    if taken.by_hand:
        echo("A person has to take these down:")
    for one in taken.by_hand:
        echo(f"  {label(rows[one.delivery], board)}: {_where(one)}")
        echo(f"    {plain(one.detail or '')}")
    if taken.by_hand:
        names = " ".join(dict.fromkeys(one.delivery for one in taken.by_hand))
        echo(f"When they are gone: `sgcomms takedown {names} --done --by WHO`")


def _not_yet(one: Removal) -> str:
    if one.state == "armed":
        return "another run is taking it down at this moment"
    words = plain(one.detail or "it was not tried")
    if one.state == "uncertain":
        return f"no clear answer ({one.tries} of {MAX_TRIES} tries): {words}"
    return words


def _unclear(row: Row, board: Board) -> str:
    if row.state == "uncertain":
        return (
            f"{row.id} may be live: {look_for(row, board)}. It is not sent again, and is taken "
            "down as soon as it is known to be live"
        )
    if row.state == "publishing":
        return f"{row.id} is being sent at this moment: it is taken down as soon as it is live"
    return f"{row.id} moved at this moment and is {row.state}: see `sgcomms status`"


def _where(one: Live | Removal) -> str:
    return plain(one.url or f"{one.platform_id} on {one.account}")

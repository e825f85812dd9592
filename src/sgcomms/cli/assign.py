"""`assign`: posts that nobody sent from here, and the campaign that they belong to."""

from __future__ import annotations

import click

from sgcomms import assigning, clock, periods
from sgcomms.campaigns import load
from sgcomms.cli.approval import person
from sgcomms.cli.common import as_json, here, local, may_write, plural, print_json
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.db import Db, assignments
from sgcomms.db.assignments import Post
from sgcomms.errors import UsageError
from sgcomms.yamlfile import suggestion

MAX_WORDS = 60


@click.command("assign")
@click.argument("posts", nargs=-1, metavar="[POST]...")
@click.option("--campaign", metavar="CAMPAIGN", help="The campaign that they belong to.")
@click.option("--none", "to_none", is_flag=True, help="They belong to none any more.")
@click.option("--by", metavar="WHO", help="Who decides, as in board.yaml.")
@click.option("--account", metavar="ID", help="Only posts of this account.")
@click.option("--year", metavar="2020-21", help="Without POST: the year of the board to list.")
@as_json
@click.pass_context
def assign_command(
    ctx: click.Context,
    posts: tuple[str, ...],
    campaign: str | None,
    to_none: bool,
    by: str | None,
    account: str | None,
    year: str | None,
    as_json: bool,
) -> None:
    """Let posts count for a campaign that this program did not send; without POST, list them.

    POST is the address of a post, or its id on its platform. A post that was sent from here counts
    for its own campaign.
    """
    space = here(ctx)
    board = space.board()
    if account is not None and account not in board.accounts:
        hint = suggestion(account, board.accounts)
        raise UsageError(f"config/board.yaml has no account {account!r}{hint}")
    with space.database() as db:
        if not posts:
            _list(db, board, account, year, as_json=as_json)
            return
        if bool(campaign) == to_none or by is None:
            raise UsageError("say --campaign CAMPAIGN or --none, and with --by who decides")
        may_write(board)
        person(board, by)
        known = load(space.root, board).ids
        done = assigning.assign(db, board, posts, campaign, by, account=account, campaigns=known)
    if as_json:
        print_json([_json(one, campaign) for one in done])
        return
    for one in done:
        before = f" (before: {one.assigned})" if one.assigned not in (None, campaign) else ""
        echo(f"{campaign or 'no campaign'}: {_line(one, board)}{before}")


def _list(db: Db, board: Board, account: str | None, year: str | None, *, as_json: bool) -> None:
    """Print the posts of a year that belong to no campaign."""
    try:
        today = clock.now().astimezone(board.zone).date()
        period = (
            periods.year(year, board.year_starts)
            if year
            else periods.year_of(today, board.year_starts)
        )
    except ValueError as error:
        raise UsageError(str(error)) from None
    accounts = [account] if account else list(board.accounts)
    found = assignments.posts(db, *periods.span(period, board.zone), accounts)
    free = [one for one in found if one.sent_for is None and one.assigned is None]
    if as_json:
        print_json([_json(one, None) for one in free])
        return
    for one in free:
        echo(_line(one, board))
    number = plural(len(free), "post")
    echo(f"{number} of {period.name} in no campaign, {len(found) - len(free):,} in one.")


def _line(one: Post, board: Board) -> str:
    words = " ".join((one.text or "").split())
    begins = words if len(words) <= MAX_WORDS else f"{words[:MAX_WORDS].rstrip()}…"
    where = one.url or one.platform_id
    return f"{local(one.published_at, board)}  {one.account}  {where}  {begins}".rstrip()


def _json(one: Post, campaign: str | None) -> dict[str, object]:
    return {
        "account": one.account,
        "platform_id": one.platform_id,
        "url": one.url,
        "published_at": clock.stored(one.published_at),
        "text": one.text,
        "campaign": campaign,
        "before": one.sent_for or one.assigned,
    }

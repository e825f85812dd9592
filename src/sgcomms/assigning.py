"""Posts -> campaigns: what was typed by hand counts for the campaign that it belongs to."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sgcomms.config import Board
from sgcomms.db import Db, assignments
from sgcomms.db.assignments import Post
from sgcomms.errors import UsageError
from sgcomms.platforms import PLATFORMS, layout
from sgcomms.yamlfile import suggestion


def assign(
    db: Db,
    board: Board,
    names: Sequence[str],
    campaign: str | None,
    by: str,
    *,
    account: str | None = None,
    campaigns: Collection[str] = (),
) -> list[Post]:
    """Assign the posts that `names` name to a campaign, None for no more; return them as they were.

    A name is the address of a post, or its id; `account` is for one that several accounts have.
    Raises UsageError, when nothing was changed, for a name of no post or of several, for a campaign
    that is not in `campaigns`, and for a post that this program sent for another campaign.
    """
    if campaign is not None and campaign not in campaigns:
        raise UsageError(f"there is no campaign {campaign!r}{suggestion(campaign, campaigns)}")
    chosen = [_the_post(db, board, name, account) for name in names]
    for one in chosen:
        if one.sent_for is not None and one.sent_for != campaign:
            raise UsageError(
                f"{one.url or one.platform_id} was sent for {one.sent_for}, and counts there; "
                "nothing was changed"
            )
    assignments.assign(db, [one for one in chosen if one.assigned != campaign], campaign, by)
    return chosen


def _the_post(db: Db, board: Board, name: str, account: str | None) -> Post:
    numbers = dict.fromkeys([name, *_ids(board, name)])
    found = {one.id: one for number in numbers for one in assignments.named(db, number)}
    posts = [one for one in found.values() if account in (None, one.account)]
    if not posts:
        raise UsageError(
            f"no post that is known here is {name!r}: `sgcomms import` the export that has it; "
            "nothing was changed"
        )
    if len(posts) > 1:
        several = ", ".join(f"{one.account} {one.platform_id}" for one in posts)
        raise UsageError(f"{name!r} is several posts ({several}): say which with --account")
    return posts[0]


def _ids(board: Board, name: str) -> list[str]:
    """Return the ids that an address shows, by the platforms of the board."""
    layouts = [layout(one) for one in board.accounts.values() if one.platform in PLATFORMS]
    return [found for one in layouts if (found := one.post_id(name)) is not None]

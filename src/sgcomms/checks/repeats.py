"""The same words to the same account under two ids: to a reader, a double post."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sgcomms.checks.drafts import at
from sgcomms.db.queue import Row
from sgcomms.errors import Problem
from sgcomms.planning import WAITING, Planned

RULE = "same-text"
_GONE = ("withdrawn", "failed")


def same_text(
    planned: Sequence[Planned], queue: Sequence[Row], allowed: Collection[str]
) -> Iterator[Problem]:
    """Yield the posts whose words go, or went, to the same account under another id.

    `allowed` are the campaigns that repeat words on purpose. Of the queue only what went out, or
    is under way, counts: what waits there is about to become what is planned.
    """
    first: dict[tuple[str, str], tuple[str, str]] = {}
    for row in queue:
        if row.state not in (*_GONE, *WAITING):
            first.setdefault((row.account, row.text_key), (row.campaign, row.post))
    for one in planned:
        delivery = one.delivery
        key, ours = (delivery.account, delivery.text_key), (delivery.campaign, delivery.post)
        other = first.setdefault(key, ours)
        if other != ours and delivery.campaign not in allowed:
            message = (
                f"the same words go to {delivery.account} as {'/'.join(other)} already; change "
                "them, or use `repeat`"
            )
            yield at(one.post.place("text"), RULE, message)

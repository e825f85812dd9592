"""Contacts whose details were to be checked again before a post goes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sgcomms.campaigns import placeholders
from sgcomms.checks.drafts import at
from sgcomms.config import Board
from sgcomms.errors import Problem
from sgcomms.planning import Planned


def review_due(planned: Sequence[Planned], board: Board) -> Iterator[Problem]:
    """Yield the posts that would go out with a contact past its `review_by`.

    A post that goes out on approval may do so until it expires.
    """
    for one in planned:
        due = one.delivery.at or one.delivery.expires_at
        for kind, name, _ in placeholders(one.post.text):
            if kind != "contact" or due is None:
                continue
            contact = board.contacts[name]
            day = due.astimezone(board.zone).date()
            if day > contact.review_by:
                message = (
                    f"{contact.name} was to be checked by {contact.review_by}, before the post "
                    "goes out; see config/contacts.yaml"
                )
                yield at(one.post.place("text"), "contact-review-due", message)

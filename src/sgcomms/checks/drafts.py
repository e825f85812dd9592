"""What a platform would refuse, by its own way of counting, and what this version cannot send."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sgcomms.config import Board
from sgcomms.errors import Problem
from sgcomms.models import Campaign, Place, Post
from sgcomms.planning import Planned
from sgcomms.platforms import PLATFORMS, layout, publishes
from sgcomms.platforms.links import links
from sgcomms.rules import RULES
from sgcomms.yamlfile import Spot, problem


def refused(planned: Sequence[Planned], board: Board) -> Iterator[Problem]:
    """Yield what the platforms would refuse, once a post and account."""
    seen: set[tuple[str, str]] = set()
    for one in planned:
        post = one.post
        if (post.id, post.account) in seen:
            continue
        seen.add((post.id, post.account))
        for refusal in layout(board.accounts[post.account]).refusals(one.delivery.draft):
            yield at(post.place(refusal.part), refusal.rule, refusal.message)
        if one.delivery.platform == "x":
            yield from _bare_domains(post, one.delivery.draft.text)


def unsupported(campaign: Campaign, board: Board) -> Iterator[Problem]:
    """Yield the accounts of a campaign that this version cannot publish to, once each."""
    seen: set[str] = set()
    for post in campaign.posts:
        account = board.accounts[post.account]
        if account.id in seen:
            continue
        seen.add(account.id)
        if account.platform not in PLATFORMS:
            message = f"{account.id}: this version lays out no posts for {account.platform}"
            yield at(post.place(""), "unsupported", message)
        elif account.mode == "live" and not publishes(account) and not campaign.historic:
            message = (
                f"{account.id} is in mode live: this version cannot publish to "
                f"{account.platform}; set `mode: by_hand` or `mode: outbox` in config/board.yaml"
            )
            yield at(post.place(""), "unsupported", message)


def _bare_domains(post: Post, text: str) -> Iterator[Problem]:
    text = unicodedata.normalize("NFC", text)
    for link in links(text):
        if link.bare:
            found = text[link.start : link.end]
            message = f"{found} becomes a link on X; write https://{found}, or {{link}}"
            yield at(post.place("text"), "bare-domain", message)


def at(place: Place, rule: str, message: str) -> Problem:
    """Return a problem at `place`, with the severity of its rule."""
    found = problem(place.file, Spot(place.line, place.column), rule, message)
    return replace(found, severity=RULES[rule].severity)

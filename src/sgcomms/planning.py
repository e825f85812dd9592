"""Campaigns and board -> deliveries; deliveries and queue -> what would change. Pure.

Wall-clock times become UTC here and nowhere else.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from sgcomms.campaigns import fill, placeholders
from sgcomms.campaigns.shapes import clock_change
from sgcomms.config import Board
from sgcomms.db.queue import Row
from sgcomms.errors import Problem
from sgcomms.media import has_video
from sgcomms.models import (
    LINK,
    Account,
    Campaign,
    Content,
    Delivery,
    Draft,
    DraftMedia,
    Every,
    Media,
    Mode,
    Post,
)
from sgcomms.periods import ClockChangeError, midnight, to_utc
from sgcomms.platforms import PLATFORMS, layout

MANY_WITHDRAWALS = 3
"""More withdrawals than this at once need a person's word: a folder may just be missing."""

WAITING = ("queued", "held")
LEFT_YAML = "it is no longer in the YAML"


@dataclass(frozen=True, slots=True)
class Planned:
    """A delivery and the post it comes from."""

    delivery: Delivery
    post: Post


@dataclass(frozen=True, slots=True)
class Plan:
    """What queueing would do. `kept` are published or under way and no longer as the YAML says.

    `seen` is how the deliveries it would touch stood when it was made; None for one that was not
    there. It holds for the queue only while they stand so.
    """

    add: tuple[Delivery, ...]
    change: tuple[Delivery, ...]
    withdraw: tuple[str, ...]
    kept: tuple[Row, ...]
    unchanged: int
    seen: Mapping[str, Row | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.add or self.change or self.withdraw)


def deliveries(campaign: Campaign, board: Board) -> tuple[list[Planned], list[Problem]]:
    """Return every delivery of `campaign`, by time, and the problems of its repeats.

    Accounts of platforms that this version cannot lay out are left out.
    """
    planned: list[Planned] = []
    problems: list[Problem] = []
    for post in campaign.posts:
        if board.accounts[post.account].platform in PLATFORMS:
            found, wrong = _deliveries_of(post, board)
            planned += found
            problems += wrong
    return sorted(planned, key=_by_time), problems


def _by_time(planned: Planned) -> tuple[bool, str, str]:
    at = planned.delivery.at
    return at is not None, at.isoformat() if at else "", planned.delivery.id


def _deliveries_of(post: Post, board: Board) -> tuple[list[Planned], list[Problem]]:
    account = board.accounts[post.account]
    platform = layout(account)
    text = fill(post.text, board.contacts)
    expires_at = midnight(post.expires + timedelta(days=1), board.zone) if post.expires else None
    planned: list[Planned] = []
    problems: list[Problem] = []
    for number, wall in enumerate(_occurrences(post), start=1):
        try:
            at = _instant(wall, board.zone) if wall else None
        except _NoSuchTimeError as error:
            place = post.place("repeat" if post.repeat else "at")
            message = f"{_ordinal(number)} time: {error.message}"
            problems.append(Problem(place.file, place.line, place.column, error.rule, message))
            continue
        name = f"{post.id}.{number}" if number > 1 else post.id
        tag = f"{post.campaign}.{name}.{post.account}"
        content = Content(
            text=text,
            link=tagged(post.link, account.platform, post.campaign, tag) if post.link else None,
            address=address(post.link) if post.link else None,
            media=post.media,
        )
        draft = platform.render(content)
        delivery = Delivery(
            id=f"{post.campaign}/{name}@{post.account}",
            campaign=post.campaign,
            post=post.id,
            occurrence=number,
            account=post.account,
            platform=account.platform,
            mode=mode_of(account, post.media),
            at=at,
            expires_at=expires_at,
            author=post.author,
            draft=draft,
            text_key=text_key(text),
            content_hash="",
            sensitivity=post.sensitivity,
            election_safe=post.election_safe,
            contacts=tuple(
                sorted({name for kind, name, _ in placeholders(post.text) if kind == "contact"})
            ),
        )
        planned.append(Planned(_sealed(delivery, post), post))
    return planned, problems


def mode_of(account: Account, media: Iterable[Media | DraftMedia]) -> Mode:
    """Return how a post with `media` goes out on `account`: by hand where a video would be live."""
    return "by_hand" if account.mode == "live" and has_video(media) else account.mode


class _NoSuchTimeError(Exception):
    def __init__(self, rule: str, message: str) -> None:
        self.rule = rule
        self.message = message


def _occurrences(post: Post) -> Iterator[datetime | _NoSuchTimeError | None]:
    """Yield the wall-clock times of a post; None for "on approval".

    A repeat keeps the wall-clock time of the first: 09:30 stays 09:30 across a clock change.
    """
    if post.at is None or post.repeat is None:
        yield post.at
        return
    for number in range(post.repeat.times):
        yield _later(post.at, post.repeat.every, number)


def _later(at: datetime, every: Every, number: int) -> datetime | _NoSuchTimeError:
    if every == "day":
        return at + timedelta(days=number)
    if every == "week":
        return at + timedelta(weeks=number)
    later = at + relativedelta(months=number)
    if later.day != at.day:
        message = f"{later:%B %Y} has no day {at.day}"
        return _NoSuchTimeError("time-missing", message)
    return later


def _instant(wall: datetime | _NoSuchTimeError, zone: ZoneInfo) -> datetime:
    if isinstance(wall, _NoSuchTimeError):
        raise wall
    try:
        return to_utc(wall, zone)
    except ClockChangeError as error:
        raise _NoSuchTimeError(*clock_change(wall, error, str(zone))) from None


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"the {number}{'th' if number % 100 in (11, 12, 13) else ending}"


def tagged(link: str, platform: str, campaign: str, tag: str) -> str:
    """Return `link` with the parameters by which website analytics join a visit to a post.

    Parameters of that kind that stand in the link already are replaced, others kept.
    """
    parts = urlsplit(link)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.lower().startswith("utm_")
    ]
    ours = [
        ("utm_source", platform),
        ("utm_medium", "social"),
        ("utm_campaign", campaign),
        ("utm_content", tag),
    ]
    return urlunsplit(parts._replace(query=urlencode([*kept, *ours])))


def address(link: str) -> str:
    """Return `link` as a person would type it: host and path."""
    parts = urlsplit(link)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc}{parts.path}{query}".rstrip("/")


def cost(platform: str, draft: Draft, board: Board, account: str) -> Decimal:
    """Return what it costs to send `draft`, in US dollars, by the board's prices."""
    found = board.accounts.get(account)
    if found is None or platform not in PLATFORMS or found.platform != platform:
        return Decimal(0)
    return layout(found).cost(draft, board.prices.get(platform, {}))


def text_key(text: str) -> str:
    """Return a key that is the same for texts a reader would call the same.

    Case, white space, the way a letter is encoded, and the link, whose parameters differ from post
    to post, do not count.
    """
    words = unicodedata.normalize("NFKC", text.replace(LINK, " "))
    plain = re.sub(r"\s+", " ", words).strip().casefold()
    return hashlib.sha256(plain.encode()).hexdigest()


def _sealed(delivery: Delivery, post: Post) -> Delivery:
    """Return `delivery` with the hash of everything that an approver signs (design, rule 4)."""
    draft = delivery.draft
    signed = {
        "text": draft.text,
        "link": draft.link,
        "media": [[item.sha256, item.alt] for item in draft.media],
        "account": delivery.account,
        "platform": delivery.platform,
        "at": delivery.at.isoformat() if delivery.at else "on approval",
        "expires": delivery.expires_at.isoformat() if delivery.expires_at else None,
        "author": delivery.author,
        "sensitivity": post.sensitivity,
        "election_safe": post.election_safe,
    }
    canonical = json.dumps(signed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    seal = hashlib.sha256(canonical.encode()).hexdigest()
    return replace(delivery, content_hash=seal)


def is_history(campaign: Campaign, delivery: Delivery, now: datetime, known: Iterable[str]) -> bool:
    """Tell whether a delivery is a past one of a historic campaign, or one that would go out live.

    Such a delivery may be rehearsed to an outbox at its own time, and is never queued otherwise.
    """
    if not campaign.historic:
        return False
    over = delivery.at is not None and delivery.at < now
    return delivery.mode != "outbox" or (over and delivery.id not in known)


def diff(wanted: Sequence[Delivery], queue: Sequence[Row], campaigns: int) -> Plan:
    """Return what would make the queue hold `wanted`.

    `campaigns` is the number of campaign files that were read: an empty folder withdraws nothing.
    What is published or under way never changes; what a person withdrew stays withdrawn.
    """
    known = {row.id: row for row in queue}
    add: list[Delivery] = []
    change: list[Delivery] = []
    kept: list[Row] = []
    unchanged = 0
    for one in wanted:
        row = known.get(one.id)
        if row is None:
            add.append(one)
        elif _stays(row, one):
            unchanged += 1
        elif row.state in (*WAITING, "withdrawn"):
            change.append(one)
        else:
            kept.append(row)
    ids = {one.id for one in wanted}
    gone = [row.id for row in queue if row.state in WAITING and row.id not in ids]
    gone = gone if campaigns else []
    touched = [*(one.id for one in (*add, *change)), *gone]
    seen = {name: known.get(name) for name in touched}
    return Plan(tuple(add), tuple(change), tuple(gone), tuple(kept), unchanged, seen)


def _stays(row: Row, one: Delivery) -> bool:
    """Tell whether a delivery is in the queue as it is wanted, or by somebody's will not to go out.

    One that left the YAML and is back is wanted again; one that has expired is not.
    """
    if row.state == "withdrawn" and row.by_person:
        return True
    left_yaml = row.state == "withdrawn" and row.reason == LEFT_YAML
    return row.content_hash == one.content_hash and not left_yaml

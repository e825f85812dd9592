"""What every platform is: how a post looks there, and, where it can publish, how it is sent.

`Platform` lays posts out: pure, without secrets, so that checks, previews and approvals see exactly
what is sent. `Publisher` sends. Errors say what to do next (see `sgcomms.errors`).
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar, Protocol
from urllib.parse import urlsplit

from sgcomms.addresses import plain_address
from sgcomms.errors import RejectedError
from sgcomms.fitting import PictureLimits
from sgcomms.metering import Meter
from sgcomms.models import (
    LINK,
    Account,
    Content,
    Draft,
    DraftMedia,
    PostRow,
    Publication,
    Reading,
)

ANY_PICTURE = PictureLimits(("JPEG", "PNG", "GIF"), 20_000_000)
"""What a folder takes."""

_HASHTAG = re.compile(r"(?<![\w&#])[#＃](?=\w)")
_MENTION = re.compile(r"(?<![\w@.])[@＠](?=\w)")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform takes. `count` measures a text in `unit`, of which `text` are allowed.

    `images` is the least and the most a post may have; `alt` the characters of an alt text, None
    where the platform names no limit. `source` says where the numbers are published.
    """

    text: int
    unit: str
    count: Callable[[str], int]
    images: tuple[int, int]
    alt: int | None
    source: str
    pictures: PictureLimits = ANY_PICTURE
    hashtags: int | None = None
    mentions: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason why a platform would refuse a draft: the rule, the part of the post, the words."""

    rule: str
    part: str
    message: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is, what it may do, and when it ends.

    `missing` are permissions that publishing needs and the token lacks. `expires_at` is aware, None
    for a token that does not end, or whose end the platform does not tell: `notes` say which.
    """

    handle: str
    platform_id: str
    scopes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    expires_at: datetime | None = None
    notes: tuple[str, ...] = ()


class Pictures(Protocol):
    """The images of drafts, as they were fitted when they were queued."""

    def content(self, item: DraftMedia) -> bytes:
        """Return the bytes of an image. Raises NotReadyError when they are missing or damaged."""

    def address(self, item: DraftMedia) -> str | None:
        """Return where the public can fetch the image, or None where the board has no such place.

        See `media_base_url` in `config/board.yaml`.
        """


class Platform(ABC):
    """One platform, for one account."""

    name: ClassVar[str]
    label: ClassVar[str]
    limits: ClassVar[Limits]
    links_work: ClassVar[bool] = True
    """Whether readers can follow a link that stands in the text."""

    web_hosts: ClassVar[tuple[str, ...]] = ()
    """The hosts that posts are read on, without www."""

    prices: ClassVar[Mapping[str, Decimal]] = {}
    """What the platform charges, in US dollars, by its own kinds; a board may set them."""

    def __init__(
        self, account: Account, secrets: Mapping[str, str], pictures: Pictures | None = None
    ) -> None:
        self.account = account
        self.secrets = secrets
        self.pictures = pictures

    @abstractmethod
    def render(self, content: Content) -> Draft:
        """Return exactly what would be sent for `content`. Pure."""

    def post_id(self, url: str) -> str | None:
        """Return the platform's id of the post whose address a person copied, or None.

        Where an address does not show the id, the address itself stands for it, without its query.
        """
        address = plain_address(url)
        return address if address and urlsplit(address).hostname in self.web_hosts else None

    def made_at(self, post_id: str) -> datetime | None:
        """Return when a post was made, where its id tells that."""
        return None

    def cost(self, draft: Draft, prices: Mapping[str, Decimal]) -> Decimal:
        """Return what sending `draft` costs in US dollars; most platforms charge nothing."""
        return Decimal(0)

    def refusals(self, draft: Draft) -> Iterator[Refusal]:
        """Yield every reason why the platform would refuse `draft`."""
        limits = self.limits
        length = limits.count(draft.text)
        if length > limits.text:
            over = f"{length:,} {limits.unit} on {self.label}, {length - limits.text:,} too many"
            yield Refusal("text-too-long", "text", f"{over}; at most {limits.text:,} are taken")
        tags = ((_HASHTAG, limits.hashtags, "hashtags"), (_MENTION, limits.mentions, "mentions"))
        for pattern, allowed, called in tags:
            count = len(pattern.findall(draft.text))
            if allowed is not None and count > allowed:
                message = f"{count} {called}; {self.label} takes at most {allowed}"
                yield Refusal("too-many-tags", "text", message)
        least, most = limits.images
        if not least <= len(draft.media) <= most:
            bound, count = ("least", least) if len(draft.media) < least else ("most", most)
            wanted = f"at {bound} {count} picture{'' if count == 1 else 's'}"
            message = f"{self.label} takes {wanted} a post; this one has {len(draft.media)}"
            yield Refusal("media-refused", "media", message)
        for number, item in enumerate(draft.media):
            if limits.alt is not None and len(item.alt) > limits.alt:
                message = (
                    f"{len(item.alt):,} characters of alt text; {self.label} takes at most "
                    f"{limits.alt:,}"
                )
                yield Refusal("alt-too-long", f"media.{number}.alt", message)

    def _draft(self, content: Content, written_link: str | None, *, card: bool) -> Draft:
        """Return a draft with `written_link` where the link belongs.

        `card` passes the link on beside the text, for platforms that make a card of it.
        """
        return Draft(
            platform=self.name,
            account=self.account.id,
            text=content.text.replace(LINK, written_link or ""),
            link=content.link if card and LINK in content.text else None,
            media=tuple(DraftMedia(m.sha256, m.kind, m.alt) for m in content.media),
        )


class Handing(ABC):
    """What gives deliveries to an officer, who posts them by hand."""

    @abstractmethod
    def hand(self, draft: Draft, *, key: str) -> None:
        """Lay text, alt text and files ready for the officer; safe to repeat.

        Raises NotReadyError when a file is missing or nothing can be written.
        """


class Publisher(Platform):
    """A platform that posts can be sent to."""

    idempotent: ClassVar[bool] = False
    """Whether the same key can make no second post: then not finding one proves it was not sent."""

    hosts: ClassVar[tuple[str, ...]] = ()
    """The platform's own hosts that tokens are sent to."""

    secret_names: ClassVar[tuple[str, ...]] = ()
    """The secrets without which nothing can be sent."""

    wire: ClassVar[str] = "sgcomms.http.wire"
    """The module that requests are made with. It is imported when an account is connected: what is
    armed must neither wait for it nor fail because of it."""

    removable: ClassVar[bool] = False
    """Whether `remove` can take a post down; where it cannot, a person has to."""

    looks: ClassVar[tuple[timedelta, ...]] = (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=3),
    )
    """The waits before each look for a delivery that is uncertain; after them a person decides."""

    def verify(self) -> Identity:
        """Return whose token it is. Raises as `publish` does, and never RejectedError."""
        return Identity(self.account.handle, self.account.id)

    def upload(self, draft: Draft) -> Draft:
        """Hand over media and the like: nothing public, safe to repeat. Raises as `publish` does.

        Returns the draft with what `publish` needs in `prepared`.
        """
        return replace(draft)

    @abstractmethod
    def publish(self, draft: Draft, *, key: str) -> Publication:
        """Make `draft` public by one request; `key` is the delivery's id, the same at every try.

        Raises a PlatformError, whose type says what to do next (see `sgcomms.errors`).
        """

    def remove(self, platform_id: str) -> None:
        """Take the post `platform_id` down; one that is gone already is no error.

        Raises RejectedError where the platform does not allow it, else as `publish` does.
        """
        raise RejectedError(f"{self.label} lets no program take posts down")

    def publications(self, since: datetime) -> Iterator[Publication]:
        """Yield what is on the account since `since`, ours or not, newest first."""
        yield from ()

    @abstractmethod
    def find(self, draft: Draft, *, key: str, since: datetime) -> Publication | None:
        """Return the publication that an earlier try with `key` made after `since`, if any."""


class Measuring(Platform):
    """A platform whose figures can be read. Every method counts its requests on the meter.

    All of them raise BudgetSpentError, possibly after rows were yielded, and a PlatformError; what
    came before is good. A metric that the platform refuses is left out and named on the meter's
    gaps; what it leaves blank is None.
    """

    measures: ClassVar[frozenset[str]]
    """The metrics of posts that the platform offers, by the names of `sgcomms.metrics`."""

    own_id: str | None = None
    """The account's id on the platform, where it is known already: it need not be asked for."""

    zone: tzinfo = UTC
    """The board's zone: a level is of its day, that of midnight on 31 March too."""

    board_prices: Mapping[str, Decimal] = MappingProxyType({})
    """What the board says the platform charges (`publishing.prices`): it goes before `prices`."""

    @abstractmethod
    def posts(self, since: datetime, until: datetime, meter: Meter) -> Iterator[PostRow]:
        """Yield everything on the account from `since` until `until`, newest first, with figures.

        Ours or not; both times are aware. Posts and figures come by the same requests.
        """

    @abstractmethod
    def post_readings(self, posts: Sequence[Publication], meter: Meter) -> Iterator[PostRow]:
        """Yield the figures of these posts, in the largest batches allowed.

        Those that the platform does not show (any more) are left out.
        """

    @abstractmethod
    def account_readings(self, first: date, last: date, meter: Meter) -> Iterator[Reading]:
        """Yield figures of the account as a whole: levels of today, and what it received by day.

        `first` and `last` are the days, both included, that daily figures are wanted of; days are
        the platform's own (see `day_boundary` in the meter's facts).
        """

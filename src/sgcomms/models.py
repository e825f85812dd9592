"""The words of the design (section 2) as frozen dataclasses. No I/O, no rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

Mode = Literal["live", "outbox", "by_hand"]
State = Literal[
    "queued", "publishing", "published", "failed", "uncertain", "held", "withdrawn", "handed"
]
Every = Literal["day", "week", "month"]

LINK = "\0"
"""Stands for the link in a content's text: a character that no file can hold."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What reading figures may cost in a calendar month; None for no limit. US dollars."""

    calls: int | None = None
    dollars: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One profile of the board on one platform. `id` is the board's own word for it."""

    id: str
    platform: str
    mode: Mode
    handle: str
    page_id: str | None = None
    ig_user_id: str | None = None
    api_base: str | None = None
    budget: Budget = Budget()


@dataclass(frozen=True, slots=True)
class Website:
    """One website of the board, measured by one tool. `pages` gives paths their titles.

    `property` is the tool's own name or number of it; `api_base` is where the tool runs.
    """

    id: str
    platform: str
    url: str
    property: str | None = None
    pages: Mapping[str, str] = field(default_factory=dict)
    api_base: str | None = None
    budget: Budget = Budget()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with an e-mail. `kind` is its media type, such as "text/csv"."""

    name: str
    content: bytes = field(repr=False)
    kind: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Mail:
    """A document as it is ready to be sent.

    `key` names the document, such as "monthly-2021-03": what has the same key is the same document,
    perhaps revised. `figures` are the printed figures by a name that readers understand and that
    stays the same, such as "Views of pages": they tell what a revision has changed.
    `bare` tells that no figure is known of the time it is about. `decision` is what its readers are
    asked to do, in its own words.
    """

    key: str
    subject: str
    text: str
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    figures: Mapping[str, str] = field(default_factory=dict)
    bare: bool = False
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A helpline or service: `text` is what `{contact:…}` becomes inside a sentence."""

    id: str
    name: str
    text: str
    source: str
    verified_on: date
    review_by: date


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a visitor of a website wrote, in the financial year `year` (such as "2020-21")."""

    quote: str
    website: str
    year: str


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or video of a post: the source file, its SHA-256, its kind and its alt text.

    `moves` tells a picture that moves, such as an animated GIF, from a still one.
    """

    path: Path
    sha256: str
    kind: str
    alt: str
    width: int
    height: int
    size: int
    moves: bool = False


@dataclass(frozen=True, slots=True)
class Repeat:
    """`times` occurrences in all, one `every` day, week or month of wall-clock time."""

    every: Every
    times: int


@dataclass(frozen=True, slots=True)
class Objective:
    """What a campaign is to change: a metric from `baseline` to `target`, `by` a date."""

    measure: str
    baseline: float
    target: float
    by: date


@dataclass(frozen=True, slots=True)
class Cost:
    """What a campaign cost beside what platforms charge: so much of a currency (ISO 4217), for
    what."""

    amount: Decimal
    currency: str
    reason: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a person, `by`, wrote about a campaign for its evaluation.

    `words` are by stage: inputs, outputs, outtakes, outcomes, impact, learning.
    """

    by: str
    words: Mapping[str, str] = field(default_factory=dict)
    cost: Cost | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file, counted from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Post:
    """One post of a campaign for one account, before its words are filled in.

    `at` is wall-clock time in the board's zone; None stands for "on approval". `places` says where
    the parts stand in the file ("at", "text", "media.0", …), so that a later problem can name them.
    """

    id: str
    campaign: str
    account: str
    at: datetime | None
    text: str
    link: str | None
    media: tuple[Media, ...]
    expires: date | None
    repeat: Repeat | None
    author: str
    sensitivity: str | None
    election_safe: bool
    places: Mapping[str, Place]

    def place(self, part: str) -> Place:
        """Return where `part` stands, or else where the post begins."""
        return self.places.get(part, self.places[""])


@dataclass(frozen=True, slots=True)
class Campaign:
    """What a comms officer wrote in one file. `posts` holds one entry a post and account.

    `watched_by` are the addresses of those who are told of new comments. `strategy` and
    `evaluation` are for the evaluation of the campaign; nobody approves them.
    """

    id: str
    title: str
    author: str
    audience: str
    objective: Objective | None
    planned_on: date | None
    historic: bool
    watched_by: tuple[str, ...]
    allow: Mapping[str, str]
    posts: tuple[Post, ...]
    place: Place
    strategy: str | None = None
    evaluation: Evaluation | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A post with its words filled in, ready for a platform to lay out.

    `text` holds `LINK` where the link belongs, so that each platform can write it its own way;
    contacts are already written out. `link` is the address with its campaign parameters; `address`
    is the same page as a person would read it aloud.
    """

    text: str
    link: str | None
    address: str | None
    media: tuple[Media, ...]


@dataclass(frozen=True, slots=True)
class DraftMedia:
    """An image as it is sent: the bytes by their SHA-256 in the store, their kind, the alt text.

    `source` is the SHA-256 of the officer's own file, once the image has been fitted to a platform.
    """

    sha256: str
    kind: str
    alt: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """Exactly what would be sent to one platform. `link` is set when the platform is given one.

    `prepared` is what the platform gave for it before anything was public: ids of uploaded media,
    of a container. It is kept in the commit that arms the delivery.
    """

    platform: str
    account: str
    text: str
    link: str | None
    media: tuple[DraftMedia, ...]
    prepared: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One post, to one account, at one time: the unit of the queue. Times are UTC.

    `at` is None for "on approval". `text_key` is the same for texts that a reader would call the
    same; `content_hash` changes with anything that an approver signs (design, rule 4). `contacts`
    are the ids of the contacts whose details stand in the text.
    """

    id: str
    campaign: str
    post: str
    occurrence: int
    account: str
    platform: str
    mode: Mode
    at: datetime | None
    expires_at: datetime | None
    author: str
    draft: Draft
    text_key: str
    content_hash: str
    sensitivity: str | None = None
    election_safe: bool = False
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """A post that is live on a platform, whether this program sent it or not.

    `links` are the whole addresses that it leads to, with their campaign parameters, where known.
    """

    account: str
    platform_id: str
    published_at: datetime
    url: str | None = None
    kind: str | None = None
    text: str | None = None
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PostRow:
    """A publication and what was counted for it up to the moment of reading.

    `values` maps metrics to totals; None where the source left the place blank.
    """

    publication: Publication
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one metric for one subject over one period, both days included.

    A ratio carries the sums it was made of, so that periods can be combined by them.
    `value` None means that the source has no figure, and `reason` says why. `basis` is "received"
    for what an account as a whole received on those days, whenever its posts went out; it answers
    no question about the posts of the period.
    """

    subject: str
    metric: str
    value: float | None
    first: date
    last: date
    native: str
    dimension: str | None = None
    key: str | None = None
    numerator: float | None = None
    denominator: float | None = None
    bound: str | None = None
    reason: str | None = None
    basis: Literal["received"] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where readings came from: an imported file, a figure recorded by hand, or a collection run.

    `calls` and `dollars` are what a run asked and cost (US dollars). `detail` keeps what a person
    may ask later: the raw header, the columns that were not used, the platform's own names, the
    day boundary.
    """

    kind: Literal["file", "hand", "api"]
    name: str
    layout: str
    subject: str
    read_on: date
    sha256: str | None = None
    by: str | None = None
    calls: int = 0
    dollars: Decimal = Decimal(0)
    detail: Mapping[str, object] = field(default_factory=dict)

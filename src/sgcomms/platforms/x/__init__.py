"""X (Twitter until July 2023).

Laying posts out loads none of the libraries that talk to X: `wire` is imported when it is needed.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar
from unicodedata import normalize

from sgcomms import clock
from sgcomms.addresses import post_on_x
from sgcomms.errors import (
    NotReadyError,
    RejectedError,
    SecretsMissingError,
    UnavailableError,
    UncertainError,
)
from sgcomms.fitting import PictureLimits
from sgcomms.http.deadlines import Deadline
from sgcomms.importing import one_at_a_time
from sgcomms.metering import Meter
from sgcomms.models import Account, Content, Draft, DraftMedia, PostRow, Publication, Reading
from sgcomms.platforms.base import Identity, Limits, Measuring, Pictures, Publisher
from sgcomms.platforms.links import links
from sgcomms.platforms.text import x_length
from sgcomms.platforms.x.answers import Answer, as_id
from sgcomms.platforms.x.figures import PRIVATE, PUBLIC
from sgcomms.platforms.x.listing import MOST, WORDS, Learnt, asked, pages
from sgcomms.platforms.x.reading import Prices, Reader
from sgcomms.platforms.x.timeline import Seen, made_at, ours, seen

if TYPE_CHECKING:
    from sgcomms.platforms.x.wire import Wire

BASE = "https://api.x.com"

LISTED = dict.fromkeys(WORDS, "created_at,entities,text")
"""What tells a post from others."""

POLLS = 5
LONGEST_POLL = 5.0
"""How often, and after how many seconds at most, a picture is asked for that X still works on."""

CLOCKS_DIFFER = timedelta(days=1)
"""An id that tells a time further from this machine's was not made by X's own counter."""


class X(Publisher, Measuring):
    """Short posts; every link counts 23 characters, whatever its length."""

    name: ClassVar[str] = "x"
    label: ClassVar[str] = "X"
    limits: ClassVar[Limits] = Limits(
        text=280,
        unit="characters",
        count=x_length,
        images=(0, 4),
        alt=1000,  # POST /2/media/metadata, in X's OpenAPI document
        source="https://docs.x.com/fundamentals/counting-characters",
        # https://docs.x.com/x-api/media/quickstart/best-practices
        pictures=PictureLimits(
            ("JPEG", "PNG", "GIF"),
            5_000_000,
            widest=4096,
            highest=4096,
            moving=PictureLimits(("GIF",), 15_000_000, widest=1280, highest=1080),
        ),
    )
    prices: ClassVar[Mapping[str, Decimal]] = MappingProxyType(
        {  # https://docs.x.com/x-api/getting-started/pricing, as of 22 August 2026
            "post": Decimal("0.015"),
            "post_with_link": Decimal("0.200"),
            "alt_text": Decimal("0.005"),
            "post_read": Decimal("0.005"),
            "owned_read": Decimal("0.001"),  # where the account itself owns the app
            "user_read": Decimal("0.010"),
        }
    )
    hosts: ClassVar[tuple[str, ...]] = ("api.x.com", "api.twitter.com")
    secret_names: ClassVar[tuple[str, ...]] = (
        "api_key",
        "api_secret",
        "access_token",
        "access_token_secret",
    )
    wire: ClassVar[str] = "sgcomms.platforms.x.wire"
    web_hosts: ClassVar[tuple[str, ...]] = ("x.com", "twitter.com", "mobile.twitter.com")
    removable: ClassVar[bool] = True
    measures: ClassVar[frozenset[str]] = frozenset((*PUBLIC, *PRIVATE))
    looks: ClassVar[tuple[timedelta, ...]] = (  # timelines lag behind
        timedelta(minutes=2),
        timedelta(minutes=10),
        timedelta(hours=1),
        timedelta(hours=6),
    )
    deadline: ClassVar[float] = 60.0
    """Seconds for one request in all, whatever X does; below the lease of a claim."""

    upload_deadline: ClassVar[float] = 90.0
    """Seconds for all pictures of a post together."""

    def __init__(
        self, account: Account, secrets: Mapping[str, str], pictures: Pictures | None = None
    ) -> None:
        super().__init__(account, secrets, pictures)
        self._learnt = Learnt()
        self._opened: Wire | None = None

    def render(self, content: Content) -> Draft:
        """Return the post with its tagged link in the text, where X shows it."""
        return self._draft(content, content.link, card=False)

    def post_id(self, url: str) -> str | None:
        """Return the id of the account's post at `url`, or None where it is no address of one."""
        handle, found = post_on_x(super().post_id(url) or "") or (None, None)
        return found if handle in (None, self._handle.casefold()) else None

    def made_at(self, post_id: str) -> datetime | None:
        """Return when a post was made, which its id tells."""
        return made_at(post_id)

    def cost(self, draft: Draft, prices: Mapping[str, Decimal]) -> Decimal:
        """Return what X charges: more for a post with a link, and X makes one of a bare domain."""
        known = {**self.prices, **prices}
        post = known["post_with_link" if links(normalize("NFC", draft.text)) else "post"]
        return post + known["alt_text"] * sum(1 for item in draft.media if item.alt)

    def verify(self) -> Identity:
        """Return whose keys they are and whether they may write. Raises a PlatformError."""
        try:
            answer = self._me()
        except RejectedError as error:
            reason = f"X did not say whose keys these are: {error}"
        else:
            return self._identity(answer)
        raise UnavailableError(reason)

    def upload(self, draft: Draft) -> Draft:
        """Hand over the pictures and their alt texts: nothing is public, and it may be repeated.

        Returns the draft with their ids in `prepared["media_ids"]`, joined by commas.
        Raises a PlatformError; NotReadyError while a picture is missing here or not ready there.
        """
        deadline = Deadline(self.upload_deadline)
        ids = [
            self._hand_over(item, number, deadline)
            for number, item in enumerate(draft.media, start=1)
        ]
        return replace(draft, prepared={"media_ids": ",".join(ids)} if ids else {})

    def publish(self, draft: Draft, *, key: str) -> Publication:
        """Make `draft` public by one request. Raises a PlatformError."""
        body: dict[str, Any] = {"text": draft.text} if draft.text else {}
        ids = [one for one in draft.prepared.get("media_ids", "").split(",") if one]
        if len(ids) != len(draft.media):
            raise NotReadyError(
                f"the pictures of {key} were not handed over to X: nothing was sent"
            )
        if ids:
            body["media"] = {"media_ids": ids}
        answer = self._wire().ask("POST", "/2/tweets", body=body, doubt=True)
        if answer.id is None:
            said = f" ({answer.words})" if answer.words else ""
            raise UncertainError(
                f"X took the post and named no id for it{said}: look at the account before "
                "anything else"
            )
        return self._publication(answer.id, _plausible(made_at(answer.id)), draft.text)

    def find(self, draft: Draft, *, key: str, since: datetime) -> Publication | None:
        """Return the one post since `since` that has the words of `draft`, or its tagged link.

        Raises a PlatformError; UncertainError for two such posts, which are not told apart.
        """
        found = ours(draft.text, self._timeline(since))
        return self._publication(found.id, found.made_at, found.text) if found else None

    def remove(self, platform_id: str) -> None:
        """Take a post down; one that is gone already is no error. Raises a PlatformError."""
        if as_id(platform_id) is None:
            raise RejectedError(f"{platform_id!r} is no id of a post on X: take it down by hand")
        route = f"/2/tweets/{platform_id}"
        answer = self._wire().ask("DELETE", route, doubt=True, gone_is_fine=True)
        if answer.status == 404 or answer.data.get("deleted") is True:
            return
        if answer.data.get("deleted") is not False:
            raise UncertainError("X did not say whether it took the post down: look at it")
        if self._wire().ask("GET", route, gone_is_fine=True).id is not None:
            raise RejectedError("X did not take the post down: do it by hand")

    def publications(self, since: datetime) -> Iterator[Publication]:
        """Yield the account's posts since `since`, newest first, without replies and reposts.

        Raises a PlatformError.
        """
        for post in self._timeline(since):
            yield self._publication(post.id, post.made_at, post.text)

    def posts(self, since: datetime, until: datetime, meter: Meter) -> Iterator[PostRow]:
        """Yield the account's posts and replies with their figures, newest first.

        Raises a PlatformError, and BudgetSpentError; what came before is good.
        """
        if until <= since:
            return
        reader = self._reader(meter)
        if as_id(self.own_id) is None:
            self.own_id = reader.me(self._handle, {}).id
        yield from reader.posts(str(self.own_id), since, until)

    def post_readings(self, posts: Sequence[Publication], meter: Meter) -> Iterator[PostRow]:
        """Yield the figures of these posts, a hundred a request, without those that are gone.

        Raises a PlatformError, and BudgetSpentError; what came before is good.
        """
        yield from self._reader(meter).look_up(posts)

    def account_readings(self, first: date, last: date, meter: Meter) -> Iterator[Reading]:
        """Yield the followers and the posts of the account, today: X tells nothing by day.

        Raises a PlatformError, and BudgetSpentError.
        """
        reader = self._reader(meter)
        answer = reader.me(self._handle, {"user.fields": "public_metrics"})
        self.own_id = answer.id
        today = clock.now().astimezone(self.zone).date()
        yield from reader.levels(answer.data, today)

    def _reader(self, meter: Meter) -> Reader:
        """Return what reads figures on `meter`.

        A board that has a price for reads of its own posts says with it that its account owns the
        app: only then X asks less for its list. Others are charged the whole price.
        """
        wire = self._wire()
        prices = {**self.prices, **self.board_prices}
        listed = self.board_prices.get("owned_read", prices["post_read"])
        return Reader(
            account=self.account.id,
            once=lambda route, params, until: wire.ask("GET", route, params=params, deadline=until),
            publication=self._publication,
            hosts=self.web_hosts,
            seconds=self.deadline,
            prices=Prices(listed, prices["post_read"], prices["user_read"]),
            learnt=self._learnt,
            meter=meter,
        )

    def _wire(self) -> Wire:
        """Return the way to X. Raises AuthError when the keys are missing or may not go there."""
        if self._opened is None:
            missing = [name for name in self.secret_names if not self.secrets.get(name)]
            if missing:
                variable = f"SGCOMMS_{self.account.id.upper().replace('-', '_')}_"
                raise SecretsMissingError(
                    f"{self.account.id} has no {', '.join(missing)}: write them into secrets.yaml, "
                    f"or set {', '.join(variable + name.upper() for name in missing)}"
                )
            with one_at_a_time():
                from sgcomms.platforms.x.wire import Wire

            own = {name: self.secrets[name] for name in self.secret_names}
            base = self.account.api_base or BASE
            self._opened = Wire(self.account.id, own, base, self.deadline)
        return self._opened

    def _me(self) -> Answer:
        """Return X's answer to whose keys these are."""
        answer = self._wire().ask("GET", "/2/users/me")
        if answer.id is None:
            raise UnavailableError(
                f"X did not say whose keys these are: {answer.words or 'the answer has no id'}"
            )
        self.own_id = answer.id
        return answer

    def _identity(self, answer: Answer) -> Identity:
        handle = str(answer.data.get("username") or "")
        level = answer.headers.get("x-access-level", "").strip().lower()
        notes = ["keys of this kind do not end by themselves"]
        if handle.lower() != self._handle.lower():
            notes.append(f"the keys belong to @{handle}, config/board.yaml says @{self._handle}")
        if not level:
            notes.append("X did not say whether the keys may write")
        may = ("read", "write") if "write" in level else ("read",) if level else ()
        return Identity(
            handle=handle,
            platform_id=str(answer.id),
            scopes=may,
            missing=("write",) if level and "write" not in may else (),
            notes=tuple(notes),
        )

    def _hand_over(self, item: DraftMedia, number: int, deadline: Deadline) -> str:
        """Hand over one picture with its alt text, and return X's id for it."""
        if self.pictures is None:
            raise NotReadyError("the pictures of this account cannot be read: nothing was sent")
        content = base64.b64encode(self.pictures.content(item)).decode("ascii")
        kind = "tweet_gif" if item.kind == "GIF" else "tweet_image"
        wire = self._wire()
        answer = wire.ask(
            "POST",
            "/2/media/upload",
            body={"media": content, "media_category": kind},
            deadline=deadline,
        )
        media_id = _done(answer, f"picture {number}")
        self._wait_for(media_id, answer, number, deadline)
        if item.alt:
            metadata = {"alt_text": {"text": item.alt}}
            answer = wire.ask(
                "POST",
                "/2/media/metadata",
                body={"id": media_id, "metadata": metadata},
                deadline=deadline,
            )
            if answer.problems:
                raise RejectedError(f"X refused the alt text of picture {number}: {answer.words}")
        return media_id

    def _wait_for(self, media_id: str, answer: Answer, number: int, deadline: Deadline) -> None:
        """Wait until X has worked on a picture. Most need no work: then X says nothing of it."""
        query = {"command": "STATUS", "media_id": media_id}
        for _ in range(POLLS):
            info = answer.data.get("processing_info")
            state = info.get("state") if isinstance(info, dict) else "succeeded"
            if state == "failed":
                raise RejectedError(f"X could not work on picture {number}: {answer.words}")
            if not isinstance(info, dict) or state == "succeeded":
                return
            wait = info.get("check_after_secs")
            seconds = min(wait if isinstance(wait, int) and wait >= 0 else 1, LONGEST_POLL)
            if deadline.left <= seconds:
                break
            time.sleep(seconds)
            answer = self._wire().ask("GET", "/2/media/upload", params=query, deadline=deadline)
        raise NotReadyError(f"X is still working on picture {number}: nothing was sent")

    def _timeline(self, since: datetime) -> Iterator[Seen]:
        """Yield the account's own posts since `since`, newest first."""
        route = f"/2/users/{as_id(self.own_id) or self._me().id}/tweets"
        query = {
            "max_results": str(MOST),
            "start_time": clock.stored(since),
            "exclude": "replies,retweets",
        }

        def ask(route: str, params: Mapping[str, str]) -> Answer:
            return self._wire().ask("GET", route, params=params)

        for page in pages(lambda query: asked(self._learnt, ask, route, query, LISTED), query):
            if "data" not in page.body and page.problems:
                raise UnavailableError(f"X does not show the account's posts: {page.words}")
            yield from seen(page.body.get("data"))

    def _publication(self, post_id: str, at: datetime, text: str) -> Publication:
        url = f"https://x.com/{self._handle}/status/{post_id}"
        return Publication(self.account.id, post_id, at, url=url, text=text)

    @property
    def _handle(self) -> str:
        return self.account.handle.removeprefix("@")


def _done(answer: Answer, what: str) -> str:
    """Return the id in `answer`, or raise what its absence means."""
    if answer.id is not None:
        return answer.id
    if answer.problems:
        raise RejectedError(f"X refused {what}: {answer.words}")
    raise UnavailableError(f"X took {what} and named no id for it: it is tried again")


def _plausible(moment: datetime) -> datetime:
    now = clock.now()
    return moment if abs(moment - now) <= CLOCKS_DIFFER else now

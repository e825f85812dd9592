"""A professional account on Instagram.

https://developers.facebook.com/docs/instagram-platform/content-publishing: Instagram fetches the
pictures itself, puts them into a container, and the container is published.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import ClassVar

from sgcomms import clock
from sgcomms.errors import (
    AuthError,
    NotReadyError,
    RateLimitError,
    RejectedError,
    UnavailableError,
    UncertainError,
)
from sgcomms.fitting import PictureLimits
from sgcomms.http import Deadline, fetch
from sgcomms.metering import Meter
from sgcomms.models import Content, Draft, DraftMedia, Publication, Reading
from sgcomms.platforms.base import Identity, Limits
from sgcomms.platforms.graph import PAGES, UPLOAD_SECONDS, since_of
from sgcomms.platforms.graph.answers import GoneError, identifier
from sgcomms.platforms.graph.api import Data
from sgcomms.platforms.graph.asking import Found
from sgcomms.platforms.graph.daily import TOO_FEW, Daily, Days
from sgcomms.platforms.graph.measuring import Candidate, GraphMeasuring
from sgcomms.platforms.graph.offers import Offers, Wanted
from sgcomms.platforms.graph.posts import Seen, by_words, only, plain
from sgcomms.platforms.instagram import figures
from sgcomms.platforms.instagram.posts import FIELDS, seen
from sgcomms.platforms.text import characters

CONTAINER = "container"
"""Under this name a draft keeps the id of its container."""

MOST_BYTES = 8_000_000
"""What Instagram takes of a picture."""

POLLS = (1.0, 2.0, 3.0, 4.0, 5.0)
"""The seconds between the looks at a container. One that needs longer is made again by a later
tick: what is never published counts towards no quota and ends after 24 hours."""

FOR_GOOD = frozenset(("2207004", "2207005", "2207009", "2207010", "2207028"))
"""What a container says of a picture that it will never take: too large, no JPEG, its shape."""

QUOTA_WAIT = timedelta(hours=1)
"""The quota is counted over the last 24 hours, and nobody says when the first of them ends."""


class Instagram(GraphMeasuring):
    """Pictures with a caption. Links in a caption cannot be followed."""

    name: ClassVar[str] = "instagram"
    label: ClassVar[str] = "Instagram"
    limits: ClassVar[Limits] = Limits(
        text=2_200,
        unit="characters",
        count=characters,
        images=(1, 10),
        alt=None,
        source="https://developers.facebook.com/docs/instagram-platform/content-publishing",
        # https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media
        pictures=PictureLimits(("JPEG",), 8_000_000, widest=1440, narrowest=320, ratio=(0.8, 1.91)),
        hashtags=30,
        mentions=20,
    )
    links_work: ClassVar[bool] = False
    web_hosts: ClassVar[tuple[str, ...]] = ("instagram.com",)
    hosts: ClassVar[tuple[str, ...]] = ("graph.facebook.com", "graph.instagram.com")
    needed: ClassVar[tuple[str, ...]] = (
        "instagram_basic",
        "instagram_content_publish",
        "pages_read_engagement",
    )
    looked_at: ClassVar[tuple[str, str]] = ("permalink", "timestamp")
    measures: ClassVar[frozenset[str]] = frozenset(one.metric for one in figures.POSTS)
    wanted: ClassVar[Wanted] = figures.WANTED
    levels: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"followers": "followers_count", "posts_total": "media_count"}
    )
    crowd: ClassVar[str] = "followers_count"
    most_days: ClassVar[int] = 30
    """The longest time that figures of an account may be asked for at once."""

    single_days: ClassVar[int] = 31
    """How many days are asked for one by one, the newest."""

    sleep = staticmethod(time.sleep)

    def render(self, content: Content) -> Draft:
        """Return the caption with the address as a person would type it.

        Nobody can follow a link in a caption, so campaign parameters would measure nothing there
        and only make the address too long to type.
        """
        return self._draft(content, content.address, card=False)

    def verify(self) -> Identity:
        """Return whose token it is, by what it shows of the account. Raises a PlatformError."""
        return self._identity(self._user, "id,username,name", ("username", "name"))

    def upload(self, draft: Draft) -> Draft:
        """See that the public has the pictures, and let Instagram put them into a container.

        Nothing is public, and it is safe to repeat. Raises a PlatformError; NotReadyError while a
        picture is not where Instagram can fetch it, or is still being worked on there.
        """
        if not draft.media:
            raise RejectedError("Instagram takes no post without a picture")
        deadline = Deadline(UPLOAD_SECONDS)
        addresses = [self._public(item, deadline) for item in draft.media]
        self._check_quota(deadline)
        caption = {"caption": draft.text} if draft.text else {}
        if len(addresses) == 1:
            form = {"image_url": addresses[0], **_alt(draft.media[0]), **caption}
            container = self._container(form, "the picture", deadline)
        else:
            children = [
                self._container(
                    {"image_url": address, **_alt(item), "is_carousel_item": "true"},
                    f"picture {number}",
                    deadline,
                )
                for number, (address, item) in enumerate(
                    zip(addresses, draft.media, strict=True), start=1
                )
            ]
            for number, child in enumerate(children, start=1):
                self._wait_for(child, f"picture {number}", deadline)
            form = {"media_type": "CAROUSEL", "children": ",".join(children), **caption}
            container = self._container(form, "the pictures", deadline)
        self._wait_for(container, "the post", deadline)
        return replace(draft, prepared={CONTAINER: container})

    def publish(self, draft: Draft, *, key: str) -> Publication:
        """Make `draft` public by one request. Raises a PlatformError."""
        container = draft.prepared.get(CONTAINER)
        if not container:
            raise NotReadyError(f"the pictures of {key} are in no container: nothing was sent")
        answer = self.api.post(f"{self._user}/media_publish", {"creation_id": container})
        media = identifier(answer, "id")
        if media is None:
            raise UncertainError(
                "Instagram took the post and named no id for it: look at the account"
            )
        return replace(self._looked_at(media, None), text=draft.text or None)

    def find(self, draft: Draft, *, key: str, since: datetime) -> Publication | None:
        """Return the post since `since` that an earlier try made.

        Only a container that is PUBLISHED, or that is no longer known, leads to a look at the
        account's posts. Any other status is None, which proves nothing: a request that was lost
        may still be carried out. Raises a PlatformError; UncertainError where the container is
        published and the post is not listed, or two posts are alike.
        """
        container = draft.prepared.get(CONTAINER)
        status = self._status_if_known(container) if container else None
        if status is not None and status != "PUBLISHED":
            return None
        if status is None and not plain(draft.text):
            return None
        found = only(by_words(draft.text, self._posts(since)), self.label)
        if found is None and status == "PUBLISHED":
            raise UncertainError(
                "Instagram says that this post was published, and does not list it: look at the "
                "account, then `sgcomms settle`"
            )
        return self._publication(found) if found else None

    def publications(self, since: datetime) -> Iterator[Publication]:
        """Yield the account's posts since `since`, newest first. Raises a PlatformError."""
        return map(self._publication, self._posts(since))

    @property
    def _user(self) -> str:
        user = self.account.ig_user_id
        if not user:
            raise AuthError(
                f"{self.account.id} has no ig_user_id: write the number of the account into "
                "config/board.yaml"
            )
        return user

    def _public(self, item: DraftMedia, deadline: Deadline) -> str:
        """Return the public address of a picture, where the same bytes were just seen."""
        address = self._pictures().address(item)
        if address is None:
            raise NotReadyError(
                "Instagram fetches pictures from a public address: write media_base_url into "
                "config/board.yaml, and put there what `sgcomms media export` writes"
            )
        missing = f"there is no picture at {address}: put there what `sgcomms media export` writes"
        try:
            seen = fetch(address, most_bytes=MOST_BYTES, deadline=deadline)
        except UnavailableError as error:
            reason = f"{missing} ({error})"
        else:
            if seen.status != 200:
                reason = f"{missing} (status {seen.status})"
            elif hashlib.sha256(seen.content).hexdigest() == item.sha256:
                return address
            else:
                reason = (
                    f"{address} shows another picture than the one that was approved: put there "
                    "what `sgcomms media export` writes"
                )
        raise NotReadyError(reason)

    def _check_quota(self, deadline: Deadline) -> None:
        """Raise RateLimitError when the account may publish nothing more today.

        Where the API does not show the quota, publishing itself will tell.
        """
        try:
            answer = self.api.get(
                f"{self._user}/content_publishing_limit",
                {"fields": "config,quota_usage"},
                deadline=deadline,
            )
        except RejectedError:
            return
        listed = answer.get("data")
        first = listed[0] if isinstance(listed, list) and listed else {}
        used, config = (first.get(name) for name in ("quota_usage", "config"))
        total = config.get("quota_total") if isinstance(config, dict) else None
        if isinstance(used, int) and isinstance(total, int) and used >= total:
            raise RateLimitError(
                f"Instagram takes {total} posts in 24 hours, and {used} were published",
                clock.now() + QUOTA_WAIT,
            )

    def _container(self, form: Mapping[str, str], what: str, deadline: Deadline) -> str:
        return self._prepared(f"{self._user}/media", form, what, deadline=deadline)

    def _wait_for(self, container: str, what: str, deadline: Deadline) -> None:
        """Wait until a container is FINISHED. Raises NotReadyError when it takes too long."""
        for wait in (*POLLS, None):
            try:
                status, words = self._status(container, deadline)
            except RejectedError as error:  # it was made this very moment
                status, words = "", str(error)
            if status == "FINISHED":
                return
            if status == "ERROR" and any(code in words for code in FOR_GOOD):
                raise RejectedError(f"Instagram refused {what}: {words}")
            if status != "IN_PROGRESS":
                raise NotReadyError(f"Instagram could not prepare {what}: {words or status}")
            if wait is None or deadline.left <= wait:
                break
            self.sleep(wait)
        raise NotReadyError(f"Instagram is still working on {what}: it is tried again")

    def _status(self, container: str, deadline: Deadline | None = None) -> tuple[str, str]:
        shown = self.api.get(container, {"fields": "status_code,status"}, deadline=deadline)
        status, words = shown.get("status_code"), shown.get("status")
        if not isinstance(status, str):
            raise UnavailableError("Instagram does not tell the status of what was prepared")
        return status, " ".join(str(words or "").split())[:300]

    def _status_if_known(self, container: str) -> str | None:
        """Return a container's status, or None for one that Instagram has forgotten."""
        try:
            return self._status(container)[0]
        except GoneError:
            return None

    def _posts(self, since: datetime) -> Iterator[Seen]:
        query = {"fields": FIELDS, "since": since_of(since), "limit": "50"}
        for post in self.api.pages(self._posts_edge, query, PAGES):
            found = seen(post)
            if found is None:
                continue
            if found.made_at < since:  # the newest come first
                return
            yield found

    @property
    def _node(self) -> str:
        return self._user

    @property
    def _posts_edge(self) -> str:
        return f"{self._user}/media"

    def _seen(self, post: Data) -> Seen | None:
        return seen(post)

    def _candidates(self, found: Found, offers: Offers) -> Iterator[Candidate]:
        return figures.candidates(found, offers)

    def _received(self, daily: Daily, days: Days, why: str) -> Iterator[Reading]:
        yield from daily.series(figures.SERIES, days, self.most_days)
        yield from daily.without(figures.SERIES, days, why)
        if daily.empty and why == TOO_FEW:
            yield from daily.without(figures.SINGLE, days, why)
            return
        newest = days.newest(self.single_days)
        if newest.first > days.first:
            daily.meter.gap(
                f"Instagram gives views and interactions of the account by single days only: none "
                f"asked for before {newest.first}"
            )
        yield from daily.single(figures.SINGLE, newest)
        yield from daily.without(figures.SINGLE, newest, why)

    def _noted(self, meter: Meter) -> None:
        super()._noted(meter)
        meter.facts["counted"] = "what came by itself: Insights leave out what ads brought"


def _alt(item: DraftMedia) -> dict[str, str]:
    return {"alt_text": item.alt} if item.alt else {}

"""A Facebook Page.

https://developers.facebook.com/docs/pages-api/posts
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from sgcomms import clock
from sgcomms.errors import AuthError, NotReadyError, RejectedError, UncertainError
from sgcomms.fitting import PictureLimits
from sgcomms.http import Deadline, File
from sgcomms.models import Content, Draft, DraftMedia, Publication, Reading
from sgcomms.platforms.base import Identity, Limits
from sgcomms.platforms.facebook import figures
from sgcomms.platforms.facebook.posts import FIELDS, OWN, seen
from sgcomms.platforms.graph import PAGES, UPLOAD_SECONDS, kind_of, since_of
from sgcomms.platforms.graph.answers import GoneError, identifier
from sgcomms.platforms.graph.api import Data
from sgcomms.platforms.graph.asking import Found
from sgcomms.platforms.graph.daily import Daily, Days
from sgcomms.platforms.graph.measuring import Candidate, GraphMeasuring
from sgcomms.platforms.graph.offers import Offers, Wanted
from sgcomms.platforms.graph.posts import Seen, by_mark, only
from sgcomms.platforms.text import characters

PHOTOS = "photos"
"""Under this name a draft keeps the ids of its photos, joined by commas."""

LISTED = timedelta(days=400)
"""How far back the Page's list is read for a post that is said to be gone."""


class Facebook(GraphMeasuring):
    """Long posts; a link beside the text becomes a card, unless the post has pictures."""

    name: ClassVar[str] = "facebook"
    label: ClassVar[str] = "Facebook"
    limits: ClassVar[Limits] = Limits(
        text=63_206,
        unit="characters",
        count=characters,
        images=(0, 10),
        alt=None,
        source="https://developers.facebook.com/docs/pages-api/posts",
        # https://developers.facebook.com/docs/graph-api/reference/page/photos
        pictures=PictureLimits(("JPEG", "PNG"), 4_000_000, widest=4096, highest=4096),
    )
    web_hosts: ClassVar[tuple[str, ...]] = (OWN,)
    removable: ClassVar[bool] = True
    needed: ClassVar[tuple[str, ...]] = ("pages_manage_posts", "pages_read_engagement")
    looked_at: ClassVar[tuple[str, str]] = ("permalink_url", "created_time")
    measures: ClassVar[frozenset[str]] = frozenset(
        {"views", "reach", "clicks_all", "clicks_link", "reactions", "comments", "shares"}
    )
    wanted: ClassVar[Wanted] = figures.WANTED
    levels: ClassVar[Mapping[str, str]] = MappingProxyType({"followers": "followers_count"})
    crowd: ClassVar[str] = "fan_count"
    most_days: ClassVar[int] = 90
    """The longest time that daily figures of a Page may be asked for at once."""

    def render(self, content: Content) -> Draft:
        """Return the post with its link in the text, and beside it for the card."""
        return self._draft(content, content.link, card=not content.media)

    def post_id(self, url: str) -> str | None:
        """Return the id of the post at `url`; an address that does not show it stands for it."""
        plain = super().post_id(url)
        if plain is None:
            return None
        parts, page = urlsplit(url.strip()), self.account.page_id
        whole = re.fullmatch(r"/(\d+_\d+)/?", parts.path)
        if whole:
            return whole[1]
        number = re.fullmatch(r"/[^/]+/posts/(?:[^/]+/)?(\d+)/?", parts.path)
        if number and page:
            return f"{page}_{number[1]}"
        if parts.path.rstrip("/") in ("/permalink.php", "/story.php"):
            query = parse_qs(parts.query)
            post, owner = query.get("story_fbid", [""])[0], query.get("id", [""])[0]
            if post and owner:
                return f"{owner}_{post}"
        return plain

    def verify(self) -> Identity:
        """Return whose token it is, by what it shows of the Page. Raises a PlatformError."""
        return self._identity(self._page, "id,name,username", ("username", "name"))

    def upload(self, draft: Draft) -> Draft:
        """Hand over the photos of a post that has several, unpublished: safe to repeat.

        A single one goes with the post itself. Raises a PlatformError.
        """
        if len(draft.media) < 2:
            for item in draft.media:
                self._pictures().content(item)
            return replace(draft, prepared={})
        deadline = Deadline(UPLOAD_SECONDS)
        ids = [
            self._prepared(
                f"{self._page}/photos",
                {"published": "false", **_alt(item)},
                f"photo {number}",
                files={"source": self._file(item)},
                deadline=deadline,
            )
            for number, item in enumerate(draft.media, start=1)
        ]
        return replace(draft, prepared={PHOTOS: ",".join(ids)})

    def publish(self, draft: Draft, *, key: str) -> Publication:
        """Make `draft` public by one request. Raises a PlatformError."""
        if len(draft.media) == 1:
            (item,) = draft.media
            form = {**({"message": draft.text} if draft.text else {}), **_alt(item)}
            files = {"source": self._file(item)}
            answer = self.api.post(f"{self._page}/photos", form, files=files)
        else:
            answer = self.api.post(f"{self._page}/feed", self._form(draft, key))
        platform_id = identifier(answer, "post_id", "id")
        if platform_id is None:
            raise UncertainError("Facebook took the post and named no id for it: look at the Page")
        found = self._looked_at(platform_id, f"https://www.facebook.com/{platform_id}")
        return replace(found, text=draft.text or None)

    def find(self, draft: Draft, *, key: str, since: datetime) -> Publication | None:
        """Return the post since `since` that has the tagged link of `draft`, or else its words.

        Raises a PlatformError; UncertainError where there are two of them.
        """
        found = only(by_mark(draft.text, draft.link, self._posts(since)), self.label)
        return self._publication(found) if found else None

    def remove(self, platform_id: str) -> None:
        """Take a post down; one that is gone already is no error. Raises a PlatformError.

        Of a post that the token may not see Meta says what it says of one that is gone: then the
        Page's own list decides.
        """
        if not re.fullmatch(r"[0-9]+(?:_[0-9]+)?", platform_id):
            raise RejectedError(f"{platform_id} is no id of a post on Facebook: do it by hand")
        try:
            answer = self.api.delete(platform_id)
        except GoneError:
            if all(one.id != platform_id for one in self._posts(clock.now() - LISTED)):
                return
            answer = {"success": False}
        if answer.get("success") is False:
            raise RejectedError("Facebook did not take the post down: do it by hand")
        if answer.get("success") is not True:
            raise UncertainError("Facebook did not say whether it took the post down: look at it")

    def publications(self, since: datetime) -> Iterator[Publication]:
        """Yield the Page's own posts since `since`, newest first. Raises a PlatformError."""
        return map(self._publication, self._posts(since))

    @property
    def _page(self) -> str:
        page = self.account.page_id
        if not page:
            raise AuthError(
                f"{self.account.id} has no page_id: write the number of the Page into "
                "config/board.yaml"
            )
        return page

    def _form(self, draft: Draft, key: str) -> dict[str, str]:
        form = {"message": draft.text} if draft.text else {}
        if draft.link and not draft.media:
            form["link"] = draft.link
        ids = [one for one in draft.prepared.get(PHOTOS, "").split(",") if one]
        if len(ids) != len(draft.media):
            raise NotReadyError(
                f"the photos of {key} were not handed over to Facebook: nothing was sent"
            )
        if ids:
            form["attached_media"] = json.dumps([{"media_fbid": one} for one in ids])
        return form

    def _file(self, item: DraftMedia) -> File:
        name, kind = kind_of(item)
        return File(name, kind, self._pictures().content(item))

    def _posts(self, since: datetime) -> Iterator[Seen]:
        query = {"fields": FIELDS, "since": since_of(since), "limit": "100"}
        for post in self.api.pages(self._posts_edge, query, PAGES):
            found = seen(post)
            if found is not None and found.made_at >= since:
                yield found

    @property
    def _node(self) -> str:
        return self._page

    @property
    def _posts_edge(self) -> str:
        return f"{self._page}/published_posts"

    def _seen(self, post: Data) -> Seen | None:
        return seen(post)

    def _candidates(self, found: Found, offers: Offers) -> Iterator[Candidate]:
        return figures.candidates(found, offers)

    def _received(self, daily: Daily, days: Days, why: str) -> Iterator[Reading]:
        yield from daily.series(figures.PAGE, days, self.most_days)
        yield from daily.without(figures.PAGE, days, why)


def _alt(item: DraftMedia) -> dict[str, str]:
    return {"alt_text_custom": item.alt} if item.alt else {}

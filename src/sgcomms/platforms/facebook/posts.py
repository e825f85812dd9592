"""Posts as a Page lists them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sgcomms.platforms.graph.answers import identifier, moment
from sgcomms.platforms.graph.api import Data
from sgcomms.platforms.graph.posts import Seen, leads_to

FIELDS = "id,message,created_time,permalink_url,attachments{media_type,url,unshimmed_url}"
OWN = "facebook.com"
KINDS = {"photo": "image", "album": "album", "video": "video", "link": "link"}
"""What a post is, by the `media_type` of its attachment."""


def seen(post: Data) -> Seen | None:
    """Return a post as it is listed, None for what makes no sense."""
    post_id, at = identifier(post, "id"), made(post)
    if post_id is None or at is None:
        return None
    message, address = post.get("message"), post.get("permalink_url")
    text = message if isinstance(message, str) else ""
    attached = list(_attached(post))
    targets = (next(_urls(one), "") for one in attached)
    return Seen(
        post_id,
        at,
        text,
        tuple(url for one in attached for url in _urls(one)),
        address if isinstance(address, str) else f"https://www.facebook.com/{post_id}",
        next((KINDS[kind] for kind in map(_kind, attached) if kind in KINDS), None),
        leads_to(text, targets, OWN),
    )


def made(post: Data) -> datetime | None:
    """Return when a post was made, in UTC."""
    return moment(post.get("created_time"))


def kind(post: Data) -> str:
    """Return which kind of post it is, as far as Insights tell kinds apart: of videos they do."""
    return "videos" if any("video" in _kind(one) for one in _attached(post)) else "posts"


def _attached(post: Data) -> Iterator[Data]:
    attachments = post.get("attachments")
    listed = attachments.get("data") if isinstance(attachments, dict) else None
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict):
            yield one


def _kind(attachment: Data) -> str:
    return str(attachment.get("media_type") or "").lower()


def _urls(attachment: Data) -> Iterator[str]:
    for name in ("unshimmed_url", "url"):
        if isinstance(attachment.get(name), str):
            yield attachment[name]

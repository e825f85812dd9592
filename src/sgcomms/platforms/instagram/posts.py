"""Posts as an Instagram account lists them. Pure."""

from __future__ import annotations

from datetime import datetime

from sgcomms.platforms.graph.answers import identifier, moment
from sgcomms.platforms.graph.api import Data
from sgcomms.platforms.graph.posts import Seen

FIELDS = "id,caption,timestamp,permalink,media_type,media_product_type"
KINDS = {"IMAGE": "image", "CAROUSEL_ALBUM": "carousel", "VIDEO": "video"}
"""What a post is, by its `media_type`; a reel is a video there, and told by its product."""

REELS, STORY, FEED = "REELS", "STORY", "FEED"


def seen(post: Data) -> Seen | None:
    """Return a post as it is listed, None for what makes no sense."""
    post_id, at = identifier(post, "id"), made(post)
    if post_id is None or at is None:
        return None
    text, address = post.get("caption"), post.get("permalink")
    reel = product(post) == REELS
    return Seen(
        post_id,
        at,
        text if isinstance(text, str) else "",
        address=address if isinstance(address, str) else None,
        kind="reel" if reel else KINDS.get(str(post.get("media_type"))),
    )


def made(post: Data) -> datetime | None:
    """Return when a post was made, in UTC; None for a story, which is gone after a day."""
    return moment(post.get("timestamp")) if product(post) != STORY else None


def product(post: Data) -> str:
    """Return where a post is shown, which decides what figures it has."""
    found = post.get("media_product_type")
    return found if isinstance(found, str) and found else FEED

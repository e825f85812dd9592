"""A Facebook Page."""

from __future__ import annotations

from typing import ClassVar

from sgcomms.models import Content, Draft
from sgcomms.platforms.base import Limits, Platform
from sgcomms.platforms.text import characters


class Facebook(Platform):
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
    )

    def render(self, content: Content) -> Draft:
        """Return the post with its link in the text, and beside it for the card."""
        return self._draft(content, content.link, card=not content.media)

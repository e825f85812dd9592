"""X (Twitter until July 2023)."""

from __future__ import annotations

from typing import ClassVar

from sgcomms.models import Content, Draft
from sgcomms.platforms.base import Limits, Platform
from sgcomms.platforms.text import x_length


class X(Platform):
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
    )

    def render(self, content: Content) -> Draft:
        """Return the post with its tagged link in the text, where X shows it."""
        return self._draft(content, content.link, card=False)

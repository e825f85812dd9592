"""A professional account on Instagram."""

from __future__ import annotations

from typing import ClassVar

from sgcomms.models import Content, Draft
from sgcomms.platforms.base import Limits, Platform
from sgcomms.platforms.text import characters


class Instagram(Platform):
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
    )
    links_work: ClassVar[bool] = False

    def render(self, content: Content) -> Draft:
        """Return the caption with the address as a person would type it.

        Nobody can follow a link in a caption, so campaign parameters would measure nothing there
        and only make the address too long to type.
        """
        return self._draft(content, content.address, card=False)

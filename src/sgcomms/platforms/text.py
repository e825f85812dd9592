"""Counting text as the platforms count it. Pure."""

from __future__ import annotations

import re
import unicodedata

from sgcomms.platforms.emoji import EMOJI
from sgcomms.platforms.links import links

X_URL_LENGTH = 23
X_EMOJI_LENGTH = 2

_LIGHT = re.compile("[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")


def x_length(text: str) -> int:
    """Return the weighted length of `text` on X, of which 280 are allowed.

    A link counts 23 whatever its length, a domain without https:// too; Latin, Greek, Cyrillic,
    Hebrew, Arabic and the like count 1 a character, all others 2, an emoji 2 as a whole, after
    normalisation to NFC.
    Source: the configuration of twitter-text 3, https://docs.x.com/fundamentals/counting-characters
    """
    text = unicodedata.normalize("NFC", text)
    length, at = 0, 0
    for link in links(text):
        length += _plain_length(text[at : link.start]) + X_URL_LENGTH
        at = link.end
    return length + _plain_length(text[at:])


def characters(text: str) -> int:
    """Return the number of characters (Unicode code points) of `text`."""
    return len(text)


def _plain_length(text: str) -> int:
    """Return the weighted length of a text without links."""
    without, emoji = EMOJI.subn("", text)
    light = len(_LIGHT.findall(without))
    return emoji * X_EMOJI_LENGTH + light + 2 * (len(without) - light)

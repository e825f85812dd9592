"""Counting text as the platforms count it. Pure."""

from __future__ import annotations

import unicodedata

import regex

_IN_PATH = r"[\w!*';:=+,.$/%#\[\]\-–~@|&&&[\p{Latin}\p{Cyrillic}\p{ASCII}–]]"
_AT_END = r"[\w=#/+\-&&[\p{Latin}\p{Cyrillic}\p{ASCII}]]"
_IN_BRACKETS = rf"\({_IN_PATH}+\)"

URL = regex.compile(
    r"(?<![a-z0-9@$#])https?://(?:[\w-]+\.)+[a-z]{2,}(?::[0-9]+)?"
    rf"(?:/(?:(?:{_IN_PATH}|{_IN_BRACKETS})*(?:{_AT_END}|{_IN_BRACKETS}))?)?"
    r"(?:\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9_&=#/\-])?",
    regex.IGNORECASE | regex.VERSION1,
)
"""A link with its scheme, without the punctuation that ends a sentence behind it."""

BARE_DOMAIN = regex.compile(
    r"(?<![\w@/.:-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
    r"(?:uk|com|org|net|info|gov|nhs|police|io|eu|scot|wales)(?![\w-])(?!\.[a-z])",
    regex.IGNORECASE,
)
"""A domain without https://, which X turns into a link all the same."""

X_URL_LENGTH = 23

_EMOJI = regex.compile(
    r"\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\p{Extended_Pictographic}(?!\uFE0E)|\u20E3"
)
_STRAY = regex.compile(r"\u200D$|[\p{Mn}--[\uFE0E\uFE0F\u20E3]]", regex.VERSION1)
_LIGHT = ((0x0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))


def x_length(text: str) -> int:
    """Return the weighted length of `text` on X, of which 280 are allowed.

    A link counts 23 whatever its length; Latin, Greek, Cyrillic, Hebrew, Arabic and the like count
    1 a character, all others 2, an emoji 2 as a whole, after normalisation to NFC.
    Source: the configuration of twitter-text 3, https://docs.x.com/fundamentals/counting-characters
    """
    text = unicodedata.normalize("NFC", text)
    links = len(URL.findall(text))
    rest = URL.sub("", text)
    return links * X_URL_LENGTH + sum(map(_weight, regex.findall(r"\X", rest)))


def characters(text: str) -> int:
    """Return the number of characters (Unicode code points) of `text`."""
    return len(text)


def _weight(grapheme: str) -> int:
    if _EMOJI.search(grapheme):
        return 2 + len(_STRAY.findall(grapheme))
    return sum(1 if _is_light(ord(character)) else 2 for character in grapheme)


def _is_light(code: int) -> bool:
    return any(first <= code <= last for first, last in _LIGHT)

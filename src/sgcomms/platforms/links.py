"""Links in a text as X finds them, with https:// and without. Pure.

Source: the patterns of twitter-text 3, https://github.com/twitter/twitter-text
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import regex

from sgcomms.platforms.tlds import TLDS

MAX_TEXT = 5_000
"""In longer texts nobody looks for links: no platform that counts them takes as many characters."""

MAX_URL = 4096
MAX_SLUG = 40
MAX_LABEL = 63

_PREFIX = "xn--"
_LATIN = (
    r"\xC0-\xD6\xD8-\xF6\xF8-\xFF\u0100-\u024F\u0253\u0254\u0256\u0257\u0259\u025B\u0263\u0268\u026F"
    r"\u0272\u0289\u028B\u02BB\u0300-\u036F\u1E00-\u1EFF"
)
_DIRECTIONS = r"\u202A-\u202E\u061C\u200E\u200F\u2066-\u2069"
_NEVER = r"\uFFFE\uFEFF\uFFFF"
_CHARACTER = (
    r"[^!'#%&()*+,\\\-./:;<=>?@\[\]\^_\{|\}~$"
    r"\x09-\x0D\x20\x85\xA0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000"
    rf"{_NEVER}{_DIRECTIONS}]"
)
_END = r"(?:(?:\L<tlds>)(?![0-9a-zA-Z@+\-])|xn--[\-0-9a-z]+)"
_SUBDOMAIN = rf"(?>{_CHARACTER}+(?:[_\-]+{_CHARACTER}+)*)\."
_DOMAIN = rf"(?:{_SUBDOMAIN}){{0,126}}(?>{_CHARACTER}+(?:-+{_CHARACTER}+)*)\.{_END}"
_IN_PATH = rf"[a-z\u0400-\u04FF0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}]"
_BRACKETS = rf"\((?:{_IN_PATH}+|{_IN_PATH}*\({_IN_PATH}+\){_IN_PATH}*)\)"
_PATH_END = rf"(?:[+\-a-z\u0400-\u04FF0-9=_#/{_LATIN}]|{_BRACKETS})"
_PATH = rf"(?:{_IN_PATH}*(?:{_BRACKETS}{_IN_PATH}*)*{_PATH_END}|@{_IN_PATH}+/)"
_QUERY = r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/]"

_LINK = (
    rf"(?P<before>[^A-Za-z0-9@＠$#＃{_NEVER}]|[{_DIRECTIONS}]|^)"
    rf"(?P<url>(?P<scheme>https?://)?(?P<domain>{_DOMAIN})(?::[0-9]+)?(?P<path>/{_PATH}*)?(?:{_QUERY})?)"
)
_ENDING = rf"\.{_END}"
_PLAIN_DOMAIN = rf"(?:[\-a-z0-9{_LATIN}]+\.)+{_END}"
_SHORTENED = regex.compile(rf"https?://t\.co/([a-z0-9]+)(?:{_QUERY})?", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text, from `start` to before `end`. `bare` ones have no https:// before them."""

    start: int
    end: int
    bare: bool


def links(text: str) -> list[Link]:
    """Return the links of `text`, which is in NFC, in their order."""
    if len(text) > MAX_TEXT or _pattern(_ENDING).search(text) is None:
        return []
    return [link for match in _pattern(_LINK).finditer(text) for link in _links_of(match)]


@cache
def _pattern(pattern: str) -> regex.Pattern[str]:
    """Return `pattern` ready to search: made when it is first needed, for it takes a while."""
    return regex.compile(pattern, regex.IGNORECASE, tlds=TLDS)


def _links_of(match: regex.Match[str]) -> Iterator[Link]:
    start, end, domain = match.start("url"), match.end("url"), match["domain"]
    if not _is_name(domain) or end - start + len(match["scheme"] or "https://") > MAX_URL:
        return
    if match["scheme"]:
        shortened = _SHORTENED.match(match["url"])
        if shortened is None:
            yield Link(start, end, bare=False)
        elif len(shortened[1]) <= MAX_SLUG:
            yield Link(start, start + shortened.end(), bare=False)
        return
    if match["before"] in ("-", "_", ".", "/"):
        return
    found = [
        Link(start + plain.start(), start + plain.end(), bare=True)
        for plain in _pattern(_PLAIN_DOMAIN).finditer(domain)
    ]
    if found and match["path"]:  # as twitter-text: the path is counted behind the plain domain
        last = found[-1]
        found[-1] = Link(last.start, last.end + end - start - len(domain), bare=True)
    yield from found


def _is_name(domain: str) -> bool:
    """Say whether X takes a domain for one: each label is short enough as the name system has it.

    No more is asked of it, as in twitter-text: a name that IDNA's rules forbid, such as one in
    which an Arabic word touches a Latin one, is a link all the same.
    """
    if domain.startswith(_PREFIX) and _pattern(_PLAIN_DOMAIN).search(domain) is None:
        return False
    return all(_fits(label) for label in domain.split("."))


def _fits(label: str) -> bool:
    if label.isascii():
        return len(label) <= MAX_LABEL
    if len(label) + len(_PREFIX) > MAX_LABEL:  # what is encoded is no shorter; encoding is slow
        return False
    return len(label.encode("punycode")) + len(_PREFIX) <= MAX_LABEL

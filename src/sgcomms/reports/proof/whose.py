"""Whose a number is: which account or website the words around it name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sgcomms.config import Board
from sgcomms.reports.proof.reading import Passage

_PLATFORMS: Mapping[str, str] = {
    "x": r"(?i:twitter|tweets?|tweeted|retweets?|retweeted)|X(?!-)",
    "facebook": r"(?i:facebook)",
    "instagram": r"(?i:instagram|insta)",
    "youtube": r"(?i:you ?tube)",
    "linkedin": r"(?i:linked ?in)",
    "threads": r"Threads",
    "bluesky": r"(?i:blue ?sky)",
    "mastodon": r"(?i:mastodon)",
}
"""How texts call platforms; X and Threads only with their capitals."""

_ALL = re.compile(
    r"\b(?:across|over|on|all|combined|our)\s+(?:(?:all|our|the|of|its|three|four|five|six|different"
    r"|social|media)\s+){0,4}(?:channels|platforms|accounts)\b",
    re.IGNORECASE,
)
_IN_ALL = re.compile(r"\b(?:in all|in total|total|altogether|overall|all|both)\b", re.IGNORECASE)
_LOOK_BACK = 600
"""Characters before a sentence in which its subject may stand."""

_IN_BRACKETS = re.compile(r"[\d,.]+[^\d,;:()]{0,25}\((?P<words>(?:[^\d()\s]+ ?){1,3})\)")
"""The name behind a number of a list: "262 (Facebook)", "262 posts (Facebook)"."""

_POSSESSIVE = re.compile(r"(?P<words>[^\s,;:()]{1,30})['’]s? $")
"""Whose a number is that directly follows: "Facebook's 768 shares outnumber Twitter's 292"."""

_GOES_ON = re.compile(r"\s*(?:[),;|•/]|vs\b|versus\b|and\b|&)", re.IGNORECASE)
_SITE = re.compile(
    r"\b(?:web ?sites?|sites?|web ?pages?|home ?page|page[- ]?views?|bounce rate)\b", re.IGNORECASE
)


Whose = tuple[frozenset[str], bool]


@dataclass(slots=True)
class Subjects:
    """The accounts and websites of a board by the words for them."""

    board: Board
    accounts: dict[str, re.Pattern[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make patterns of the accounts' platforms and handles."""
        for account in self.board.accounts.values():
            words = _PLATFORMS.get(account.platform, f"(?i:{re.escape(account.platform)})")
            handle = re.escape(account.handle.lstrip("@"))
            self.accounts[account.id] = re.compile(rf"(?<![\w@])(?:{words}|(?i:@{handle}))(?!\w)")

    def of(self, passage: Passage, text: str, after: str, places: tuple[int, int, int]) -> Whose:
        """Return whom a number is of, and whether its own sentence, row or column says so.

        `places` are where its sentence begins in `text`, where it stands, where the sentence ends.
        """
        start, here, end = places
        inside = _IN_BRACKETS.match(text, here, end)
        if inside is not None and (named := self.mentioned(inside["words"])):
            return frozenset(_listed_together(inside["words"], named)), True
        own = _POSSESSIVE.search(text, start, here)
        if own is not None and (named := self.mentioned(own["words"])):
            return frozenset([named[-1][1]]), True
        if not self._next_is_of_another(text[start:here], after) and self.mentioned(after):
            behind = self.mentioned(text[here:end])
            if behind:
                return frozenset(_listed_together(text[here:end], behind)), True
        found = self._of_cell(passage) or self._of_sentence(text, places)
        return found or self._wider(
            passage, text[max(0, start - _LOOK_BACK) : start], text[start:end]
        )

    def _of_cell(self, passage: Passage) -> Whose | None:
        """Return whom a cell is of, by its row and column, else by what heads its table."""
        for window in passage.about:
            if found := self.mentioned(window):
                return frozenset(one for _, one in found), True
        return None

    def _of_sentence(self, text: str, places: tuple[int, int, int]) -> Whose | None:
        start, here, end = places
        if before := self.mentioned(text[start:here]):
            return frozenset(_listed_together(text[start:here], before[::-1])), True
        if found := self.mentioned(text[here:end]):
            return frozenset(one for _, one in found), True
        return None

    def _wider(self, passage: Passage, before: str, text: str) -> Whose:
        """Return whom the sentences before, or what stands above, are of.

        A heading that names accounts says it as surely as the sentence itself would.
        """
        if not passage.about and (found := self.mentioned(before)):
            return frozenset(_listed_together(before, found[::-1])), False
        for heading in (passage.caption, *reversed(passage.headings)):
            if found := self.mentioned(heading):
                named = frozenset(_listed_together(heading, found[::-1]))
                of_accounts = named <= self.accounts.keys() and not _IN_ALL.search(text)
                return named, bool(passage.about) or of_accounts
        return frozenset(), False

    def _next_is_of_another(self, before: str, after: str) -> bool:
        """Tell whether a number has its subject before it, and a list goes on behind it."""
        near = re.split(r"\d", before)[-1]
        return _GOES_ON.match(after) is not None and bool(self.mentioned(near))

    def mentioned(self, window: str) -> list[tuple[int, str]]:
        """Return the subjects that words name, by their places."""
        found = [
            (one.start(), name)
            for name, pattern in self.accounts.items()
            for one in pattern.finditer(window)
        ]
        for match in _SITE.finditer(window):
            found += [(match.start(), name) for name in self.board.websites]
        for match in _ALL.finditer(window):
            found += [(match.start(), name) for name in self.accounts]
        return sorted(found)


def _listed_together(window: str, found: Sequence[tuple[int, str]]) -> Iterator[str]:
    """Yield the first subject that is named, and those listed with it: "Facebook and Instagram"."""
    last = found[0][0]
    for place, name in found:
        between = window[min(place, last) : max(place, last)]
        signs = set(re.sub(r"[\w\s]", "", between))
        counted = re.search(r"\d", between) is not None
        if counted or len(re.findall(r"\w+", between)) > 4 or not signs <= set(",&+@/"):
            return
        last = place
        yield name

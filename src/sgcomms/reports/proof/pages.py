"""Which page of a website a number is of: the title nearest to it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sgcomms.config import Board
from sgcomms.reports.proof.reading import Passage

_HOME = r"home[ -]?page"


@dataclass(slots=True)
class Pages:
    """The titles of the board's pages, as texts have them."""

    board: Board
    titles: dict[str, re.Pattern[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make a pattern of each title; of "Home" only with the word for a page."""
        for site in self.board.websites.values():
            for title in site.pages.values():
                words = _HOME if title.lower() == "home" else re.escape(title)
                self.titles[title.lower()] = re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)

    def nearest(
        self, passage: Passage, text: str, places: tuple[int, int, int, int]
    ) -> tuple[str, ...]:
        """Return the titles in the number's row or column, else the nearest in its sentence.

        `places` are where the sentence begins, the number begins and ends, the sentence ends. A
        title counts before one behind the number, and only where no other number lies between.
        """
        start, here, until, end = places
        rows = [one for window in passage.about for one in self._in(window)]
        if rows:
            return tuple(title for _, _, title in rows)
        before = self._in(text[start:here])
        if before and not re.search(r"\d", text[start + before[-1][1] : here]):
            return (before[-1][2],)
        behind = self._in(text[until:end])
        if behind and not re.search(r"\d", text[until : until + behind[0][0]]):
            return (behind[0][2],)
        return ()

    def _in(self, window: str) -> list[tuple[int, int, str]]:
        """Return where titles begin and end in a text, in their order; a cell may be one alone."""
        if window.strip().lower() in self.titles:
            return [(0, len(window), window.strip().lower())]
        return sorted(
            (match.start(), match.end(), title)
            for title, pattern in self.titles.items()
            for match in pattern.finditer(window)
        )

"""Persons in a trail, and what stands in for them where they are not to be named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from sgcomms.config import Board
from sgcomms.db import Db, history
from sgcomms.db.pauses import STOP_FILE

_PROCESS = re.compile(r"[^\s@]+:\d+:[0-9a-f]{8}")
"""The name of a process that works on the queue: machine, number, a random part."""

_PARTS = frozenset(
    {
        "publish",
        "collect",
        "report",
        "week ahead",
        "reconciliation",
        "restore",
        "take-over",
        STOP_FILE,
    }
)
"""Actors of the trail that are this program itself."""

_ADDRESS = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PLACES = ("host", "path")
_MACHINE = "(a machine)"
"""A machine, and a folder on it, may be called after whoever works there."""

_SHORTEST = 3
"""A login that is shorter is not looked for inside sentences: it would be found in any."""


class People:
    """Who stands in a trail, and what stands in for them: "person 1 (approver)".

    The numbers follow the first appearance in the whole trail, so that they are the same in every
    export. With `hidden` False everybody is named.
    """

    def __init__(self, db: Db, board: Board, *, hidden: bool) -> None:
        self.names: Mapping[str, str] = _stand_ins(db, board) if hidden else {}
        self.hidden = hidden
        spellings: dict[str, str] = {}
        for who, instead in self.names.items():
            local, at, _ = who.partition("@")
            spellings[who.lower()] = instead
            if at and len(parts := re.split(r"[._-]+", local)) > 1:
                spellings[local.lower()] = instead
                spellings[" ".join(parts).lower()] = instead
        self._spellings = spellings
        self._in_words = _finder(name for name in spellings if len(name) >= _SHORTEST)
        self._addresses = _finder(name for name in spellings if "@" in name)

    def who(self, name: str) -> str:
        """Return how a person, or a part of this program, is called."""
        if not self.hidden:
            return name
        found = self.names.get(name)
        if found is None and (name in _PARTS or _PROCESS.fullmatch(name)):
            found = "sgcomms"
        return found or self.reason(name)

    def reason(self, words: str) -> str:
        """Return what somebody wrote down about a delivery, without naming anybody."""
        if not self.hidden:
            return words
        return _ADDRESS.sub("(an e-mail address)", self._in_words(self._instead, words))

    def public(self, words: str) -> str:
        """Return words that are for everybody: only addresses of the board's people are hidden."""
        return self._addresses(self._instead, words) if self.hidden else words

    def anything(self, value: object) -> object:
        """Return particulars of the trail, however they are nested, without naming anybody."""
        if isinstance(value, str):
            return self.who(value)
        if isinstance(value, Mapping):
            return {
                key: _MACHINE if self.hidden and key in _PLACES else self.anything(one)
                for key, one in value.items()
            }
        if isinstance(value, Sequence):
            return [self.anything(one) for one in value]
        return value

    def _instead(self, found: re.Match[str]) -> str:
        return self._spellings.get(found.group().lower(), "a person")


def _finder(names: Iterable[str]) -> Callable[[Callable[[re.Match[str]], str], str], str]:
    """Return what replaces any of `names` where it stands alone, the longest first."""
    pieces = [
        rf"(?<![\w.+-]){re.escape(name)}(?![\w-]|\.\w)"
        if "@" in name
        else rf"(?<![\w@/.-]){re.escape(name)}(?![\w@/-]|\.\w)"
        for name in sorted(names, key=len, reverse=True)
    ]
    return re.compile("|".join(pieces) or _NOTHING, re.IGNORECASE).sub


_NOTHING = "(?!)"


def _stand_ins(db: Db, board: Board) -> dict[str, str]:
    deciders, authors = history.deciders(db), history.authors(db)
    names = dict.fromkeys([*history.actors(db), *sorted(deciders), *sorted(board.people)])
    found: dict[str, str] = {}
    for who in names:
        if who in _PARTS or _PROCESS.fullmatch(who):
            continue
        role = board.people.get(who)
        if role != "approver" and who in deciders:
            role = "approver"
        words = "author" if who in authors and role != "approver" else role
        found[who] = f"person {len(found) + 1}" + (f" ({words})" if words else "")
    return found

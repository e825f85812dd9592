"""The change of a figure from the year before, or in words why none is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sgcomms import figures as figures_of
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.figures import Figure, Question
from sgcomms.periods import before
from sgcomms.reports import numbers
from sgcomms.reports.phrases import Change

_WORDS = {
    "its days are not those of the period asked for": "only figures of other dates are known",
    "no figure for the period before": "no figure of that year",
}
"""Notes of a comparison as they read in a list of several figures."""

_OF_POSTS = re.compile(r"\bposts of (\S+) of\b")
"""Where such a note names an account by its id."""


@dataclass(slots=True)
class Changes:
    """Figures beside those of the year before; remembers which of them did not compare.

    `known` is empty when the year before has no figures. `before` are those figures; `shown` fills
    with those of them that a word was made of.
    """

    year: str
    known: Mapping[Figure, Figure]
    last_day: date
    refused: dict[str, dict[str, None]] = field(default_factory=dict)
    before: Sequence[Figure] = ()
    shown: dict[Figure, None] = field(default_factory=dict)

    def change(self, one: Figure, name: str) -> Change | None:
        """Return the figure beside that of the year before, or None; then `lines` says why, by
        `name`."""
        beside = self.known.get(one)
        if beside is None:
            return None
        reason = self._reason(one, beside)
        if reason is not None or one.value is None or beside.previous is None:
            self.refuse(name, reason or "no figure of that year")
            return None
        self._show(one, beside.previous)
        return Change(one.value, beside.previous, one.unit, self.year)

    def earlier(self, one: Figure) -> float | None:
        """Return the value of the year before that compares with the figure, if there is one."""
        beside = self.known.get(one)
        if beside is None or self._reason(one, beside) or beside.previous is None:
            return None
        self._show(one, beside.previous)
        return beside.previous

    def refuse(self, name: str, reason: str) -> None:
        """Take note that what `name` says is not compared, for this `reason`."""
        self.refused.setdefault(reason, {})[name] = None

    def lines(self, name: Callable[[str], str]) -> list[str]:
        """Return why figures were not compared, one line a reason; `name` gives what readers call
        an account."""
        if not self.known:
            return [f"A comparison with {self.year}: there are no figures of that year."]
        return [
            f"No comparison with {self.year} for {numbers.listed(list(names))}: "
            f"{_OF_POSTS.sub(lambda of: f'posts of {name(of[1])} of', reason).rstrip('.')}."
            for reason, names in self.refused.items()
        ]

    def _show(self, one: Figure, previous: float) -> None:
        for earlier in self.before:
            if _thing(earlier) == _thing(one) and earlier.value == previous:
                self.shown[earlier] = None

    def _reason(self, one: Figure, beside: Figure) -> str | None:
        """Return in words why two figures do not compare; None where they do."""
        if one.period is None and one.as_of is not None and one.as_of <= self.last_day:
            return "the figures of this year were read before it was over"
        if beside.comparable and beside.previous is not None:
            return None
        said = [note.removeprefix("not comparable: ") for note in beside.notes[len(one.notes) :]]
        words = "; ".join(_WORDS.get(note, numbers.plain(note)) for note in dict.fromkeys(said))
        return words or "the two do not compare"


def changes(
    db: Db, board: Board, question: Question, names: Sequence[str], found: Sequence[Figure]
) -> Changes:
    """Return `found` beside the figures of the year before."""
    earlier = before(question.period, board.year_starts)
    then = figures_of.figures(db, board, replace(question, period=earlier), names)
    year = numbers.year(earlier)
    if all(one.value is None for one in then):
        return Changes(year, {}, question.period.end)
    compared = figures_of.compared(db, board, question, names, found)
    known = dict(zip(found, compared, strict=True))
    return Changes(year, known, question.period.end, before=then)


def _thing(one: Figure) -> tuple[object, ...]:
    return one.subject, one.metric, one.dimension, one.key

"""Cells of the summary's tables: a value, or a letter that says why there is none. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from sgcomms.figures import Figure
from sgcomms.periods import SETTLES, Period
from sgcomms.reports import numbers
from sgcomms.reports.material import Material
from sgcomms.reports.model import Cell

ABSENT, NOT_APPLICABLE, EARLY, BROKEN = "[x]", "[z]", "[p]", "[b]"
"""The shorthand of the Government Analysis Function for tables."""

SHORTHAND = {
    ABSENT: "[x] not available: no figure is known.",
    NOT_APPLICABLE: "[z] not applicable: the platform does not tell it, or has nothing to tell.",
    EARLY: (
        f"[p] provisional: read less than {SETTLES.days} days after what it is of, so that it may "
        "still change."
    ),
    BROKEN: "[b] break: counted another way than this month's, so not comparable.",
}

AS_READ = (
    "Figures of posts, such as impressions, views and reactions, are those of the posts published "
    "in the month, as last read: not of all that was seen in that month. The newest month was read "
    "when its posts were youngest, so that its figures may still grow more than those of others."
)

_ELSEWHERE = "provisional:"
"""How notes begin that the summary says by a letter."""


@dataclass(slots=True)
class Cells:
    """Makes cells; remembers which letters were used, and the numbers by their lasting names."""

    material: Material
    letters: set[str] = field(default_factory=set)
    figures: dict[str, str] = field(default_factory=dict)

    def letter(self, letter: str, *notes: str) -> Cell:
        """Return a cell that holds a letter of the shorthand."""
        self.letters.add(letter)
        return Cell(letter, self.material.footnotes.mark(*notes))

    def value(self, one: Figure, period: Period, name: str, *, broken: bool = False) -> Cell:
        """Return the cell of a figure of `period`, which has a value.

        `name` is what the number is called for ever, in `Summary.figures`. `broken` tells that
        what is counted has changed since.
        """
        words = self.material.amount(one)
        if broken:
            self.letters.add(BROKEN)
            words = f"{words} {BROKEN}"
        if any(note.startswith("provisional:") for note in one.notes):
            self.letters.add(EARLY)
            words = f"{words} {EARLY}"
        self.figures[name] = words
        return Cell(words, self._notes(one, period))

    def words(self, text: str, name: str, *notes: str) -> Cell:
        """Return the cell of words with a number in them."""
        self.figures.setdefault(name, text)
        return Cell(text, self.material.footnotes.mark(*notes))

    def shorthand(self) -> tuple[str, ...]:
        """Return what the letters mean that were used."""
        return tuple(words for letter, words in SHORTHAND.items() if letter in self.letters)

    def _notes(self, one: Figure, period: Period) -> tuple[int, ...]:
        texts = [numbers.sentence(note) for note in one.notes if not note.startswith(_ELSEWHERE)]
        if self.material.is_level(one):
            day = one.period[1] if one.period else min(period.end, one.as_of or period.end)
            if day != period.end:
                texts.append(f"On {numbers.day(day)}.")
        elif one.period is not None:
            texts.append(numbers.sentence(numbers.during(*one.period)))
        return self.material.footnotes.mark(*texts)

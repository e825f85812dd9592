"""What the proof-reader says of a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from sgcomms.reports.proof.facts import Fact
from sgcomms.reports.proof.reading import Passage
from sgcomms.reports.proof.sentences import span_of
from sgcomms.reports.proof.spotting import Number
from sgcomms.reports.proof.wording import Said

Verdict = Literal[
    "traced",
    "rounded",
    "differs",
    "stale",
    "misnamed",
    "disagrees",
    "forbidden sum",
    "shares",
    "unknown",
]

VERDICTS: dict[Verdict, str] = {
    "traced": "it is a figure of the database",
    "rounded": "it is a fair rounding of a figure, and its words say that it is one",
    "differs": "the database has another figure for what the words name",
    "stale": "it was the figure as known on an earlier day",
    "misnamed": "it is a figure, but not of what the words say",
    "disagrees": "another place of the document has another number for the same thing",
    "forbidden sum": "it is a sum of figures that may not be added",
    "shares": "shares of one whole do not add up to 100%, and the rest is not named",
    "unknown": "the database has no figure like it",
}

FINE: frozenset[Verdict] = frozenset({"traced", "rounded"})


_NEARBY = 600
"""Characters around a number in which the title of what it is of may stand."""


@dataclass(frozen=True, slots=True)
class Item:
    """A number of a document, where it stands, and what the words around it say."""

    passage: Passage
    number: Number
    said: Said

    @property
    def span(self) -> tuple[int, int]:
        """Where the sentence of the number begins and ends in the passage."""
        return span_of(self.passage.text, self.number.start)

    @property
    def sentence(self) -> str:
        """The number's sentence, with the headings of its row and column."""
        start, end = self.span
        return " ".join([self.passage.text[start:end], *self.passage.about])

    @property
    def nearby(self) -> str:
        """The words around the number and the headings of its row and column, in small letters."""
        first = max(0, self.number.start - _NEARBY)
        words = self.passage.text[first : self.number.end + _NEARBY]
        return f"{words} {' '.join(self.passage.about)}".lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one number. `says` is why, `todo` what to do; `fact` what it was held against.

    `around` are the words around the number; `sources` where the figure came from.
    """

    place: str
    text: str
    around: str
    verdict: Verdict
    says: str
    todo: str = ""
    fact: Fact | None = None
    sources: tuple[str, ...] = ()

    @property
    def is_wrong(self) -> bool:
        """Tell whether something has to be mended; what is unknown may be right."""
        return self.verdict not in FINE and self.verdict != "unknown"


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found in a document, in its order. `left_out` counts by rule what is no figure."""

    year: str
    findings: tuple[Finding, ...]
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def wrong(self) -> Sequence[Finding]:
        """The findings that have to be mended."""
        return [one for one in self.findings if one.is_wrong]

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many findings have each verdict, without those that none has."""
        counted = Counter(one.verdict for one in self.findings)
        return {verdict: counted[verdict] for verdict in VERDICTS if counted[verdict]}


def around(passage: Passage, start: int, end: int, most: int = 34) -> str:
    """Return the words around a stretch of a passage, on one line, cut at words."""
    before, after = passage.text[:start], passage.text[end:]
    if len(before) > most:
        before = "…" + before[-most:].partition(" ")[2]
    if len(after) > most:
        after = after[:most].rpartition(" ")[0] + "…"
    return f"{before}{passage.text[start:end]}{after}"

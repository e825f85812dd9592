"""The three posts of a month that stood out, and the median that they stand out from. Pure.

Posts are held against their own account only: a platform's impressions do not compare with
another's views. The words are those of the board's own posts; nobody else's are ever printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from sgcomms.reports import numbers
from sgcomms.reports.brief import brief, untagged
from sgcomms.reports.material import Material
from sgcomms.reports.model import Cell, Section, Sentence, Table
from sgcomms.reports.monthly import reasons
from sgcomms.reports.monthly.cells import Cells

TOP = 3
LEAST = 3
"""Of fewer posts none stands out: the median would be one of them, or lie between two."""

MEDIANS = 4
"""Of so many accounts the median stands on the page."""

LENGTH, WHOLE = 40, 300
"""So many characters of a post's words stand on the page, and in the notes."""

_TITLE = "Posts that stood out"

Key = tuple[str, str]
"""A post: its account, and the platform's id of it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A post with how often it was seen, by the account's own measure."""

    account: str
    platform_id: str
    day: date
    value: float

    @property
    def key(self) -> Key:
        """The account and the platform's id."""
        return self.account, self.platform_id


@dataclass(frozen=True, slots=True)
class Top:
    """A post that stood out, and its account's median."""

    seen: Seen
    median: float


def medians(seen: Sequence[Seen]) -> dict[str, float]:
    """Return the median of each account that has posts enough."""
    values: dict[str, list[float]] = {}
    for one in seen:
        values.setdefault(one.account, []).append(one.value)
    return {name: median(found) for name, found in values.items() if len(found) >= LEAST}


def top(seen: Sequence[Seen]) -> list[Top]:
    """Return the posts that lie furthest above the median of their own account, at most `TOP`.

    A post that does not lie above it did not stand out. Of two alike the earlier comes first.
    """
    middle = medians(seen)
    above = [one for one in seen if one.account in middle and one.value > middle[one.account]]
    return [
        Top(one, middle[one.account])
        for one in sorted(above, key=lambda one: (-_times(one, middle), one.day, one.platform_id))
    ][:TOP]


def section(
    seen: Sequence[Seen],
    measures: Mapping[str, str],
    texts: Mapping[Key, str | None],
    why: Mapping[Key, str],
    cells: Cells,
    posting: Sequence[str] = (),
) -> tuple[Section, tuple[Section, ...]]:
    """Return the posts that stood out, and the median of each account: of many accounts those of
    the posts alone, and all of them for the notes.

    `measures` are the metrics that accounts are measured by; `texts` the posts' words, by account
    and the platform's id, None where no source gave any; `why` what `reasons` found of them.
    `posting` are the accounts that published anything.
    """
    material = cells.material
    middle = medians(seen)
    if not middle:
        return Section("posts", _TITLE, 2, (Sentence(_too_few(seen)),)), ()
    found = top(seen)
    unranked = [material.name(name) for name in posting if name not in middle]
    rest: tuple[Section, ...] = ()
    if len(middle) > MEDIANS:
        items = tuple(
            Sentence(_medians({name: value}, seen, measures, material))
            for name, value in middle.items()
        )
        rest = (Section("medians", "The median post of each account", 3, items=items),)
        named = dict.fromkeys([*(one.seen.account for one in found), *middle])
        middle = {name: middle[name] for name in [*named][:MEDIANS]}
    sentences = [Sentence(_medians(middle, seen, measures, material))]
    if unranked:
        sentences.append(Sentence(_unranked(unranked)))
    if not found:
        sentences.append(Sentence("No post lay above the median of its account."))
        return Section("posts", _TITLE, 2, tuple(sentences)), rest
    notes = material.footnotes.mark(
        "Posts are ranked by how many times the median of their own account they reached; accounts "
        "are not held against each other.",
        reasons.NOTE,
    )
    rows = tuple(
        _row(number, one, measures, texts, why, cells) for number, one in enumerate(found, start=1)
    )
    header = ("Post", "Account, date", "Seen", "Median", "Likely reason")
    caption = (
        f"{'The post' if len(rows) == 1 else f'The {len(rows)} posts'} furthest above the median"
    )
    sentences[0] = Sentence(sentences[0].text, notes)
    longer = [one.seen.key for one in found if len(_words(texts, one.seen)) > LENGTH]
    if longer:
        items = tuple(
            Sentence(_named(one, texts, material)) for one in found if one.seen.key in longer
        )
        rest = (*rest, Section("words", "The words of these posts", 3, items=items))
    return Section("posts", _TITLE, 2, tuple(sentences), Table(caption, header, rows)), rest


def _times(one: Seen, middle: Mapping[str, float]) -> float:
    """Return how many times its account's median a post reached."""
    return one.value / middle[one.account] if middle[one.account] else float("inf")


def _too_few(seen: Sequence[Seen]) -> str:
    if not seen:
        return "No figures of single posts are known."
    return f"No account has {LEAST} posts with figures, so none can stand out."


def _unranked(names: Sequence[str]) -> str:
    """Return the sentence of accounts without a median: without it their posts seem to be worse."""
    more = len(names) - MEDIANS
    listed = [*names[:MEDIANS], *([f"{more} more"] if more > 0 else [])]
    return (
        f"Not ranked, as fewer than {LEAST} posts have a figure of how often they were seen: "
        f"{numbers.listed(listed)}."
    )


def _medians(
    middle: Mapping[str, float],
    seen: Sequence[Seen],
    measures: Mapping[str, str],
    material: Material,
) -> str:
    words: list[str] = []
    for name, value in middle.items():
        shown = _amount(value, measures[name], material)
        count = sum(one.account == name for one in seen)
        unit = "" if words else " posts"
        words.append(f"{material.name(name)} {shown} ({count:,}{unit})")
    return f"Median post: {', '.join(words)}."


def _amount(value: float, metric: str, material: Material) -> str:
    """Return "1 view", "900 impressions" or "reach of 900"."""
    if metric == "reach":
        return f"reach of {numbers.number(value)}"
    label = numbers.lowered(material.board.metrics[metric].label)
    return f"{numbers.number(value)} {label.removesuffix('s') if value == 1 else label}"


def _named(one: Top, texts: Mapping[Key, str | None], material: Material) -> str:
    words = brief(_words(texts, one.seen), WHOLE)
    return f"{_where(one.seen, material)}: {words}"


def _words(texts: Mapping[Key, str | None], seen: Seen) -> str:
    """Return the post's words, links without what is put on them for counting."""
    return untagged(texts.get(seen.key) or "")


def _where(seen: Seen, material: Material) -> str:
    return f"{material.name(seen.account)}, {seen.day.day} {seen.day:%B}"


def _row(
    number: int,
    one: Top,
    measures: Mapping[str, str],
    texts: Mapping[Key, str | None],
    why: Mapping[Key, str],
    cells: Cells,
) -> tuple[Cell, ...]:
    seen, material = one.seen, cells.material
    words = _words(texts, seen)
    shown = _amount(seen.value, measures[seen.account], material)
    return (
        Cell(brief(words, LENGTH) if words else "(no words are known)"),
        Cell(_where(seen, material)),
        cells.words(shown, f"{_TITLE}, {number}"),
        cells.words(numbers.number(one.median), f"{_TITLE}, {number}, median"),
        Cell(why.get(seen.key, reasons.NONE)),
    )

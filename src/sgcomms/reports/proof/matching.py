"""Whether the words around a number speak of a figure, and how well. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sgcomms.reports.proof.facts import Fact
from sgcomms.reports.proof.fairness import Fit
from sgcomms.reports.proof.model import Item

DISTINCTIVE = 1000
"""From here on two things seldom have the same value by chance."""

_ONE_THING = re.compile(
    r"\b(?:post|tweet|video|campaign|each|per|every|average|top|best|most popular|target|aim"
    r"|goal|objective|baseline|previous|another|survey|respondents?)\b",
    re.IGNORECASE,
)
_PART_BEFORE = re.compile(
    r"\b(?:of which|of whom|of these|of those|of them|among them|including|such as)\b[ ,]*"
    r"(?:(?:about|around|over|some|at least|nearly|only|just|a|an) )*$",
    re.IGNORECASE,
)
_PART_BEHIND = re.compile(r"\s+of (?:them|these|those|which|whom)\b", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2}")
_A_NUMBER = re.compile(r"(?<![\d,./-])(?!(?:19|20)\d\d\b)\d[\d,.]*")
_APART = re.compile(r"\b(?:respectively|each)\b", re.IGNORECASE)


def thing(fact: Fact) -> tuple[object, ...]:
    """Return what a fact is of, whatever its year."""
    one = fact.figure
    own = (one.period[1].month, one.period[1].day) if one.period is not None else None
    return one.subject, one.metric, one.dimension, one.key, own


def is_of_one_thing(item: Item) -> bool:
    """Tell whether a sentence is about less than a year's figures: one post, say, or an average."""
    if item.number.kind != "count":
        return False
    return _ONE_THING.search(item.sentence) is not None or is_part(item)


def is_part(item: Item) -> bool:
    """Tell whether a number counts a part of what another does: "of which 12 were about dogs"."""
    text, number = item.passage.text, item.number
    before = text[max(0, number.start - 40) : number.start]
    return bool(_PART_BEFORE.search(before) or _PART_BEHIND.match(text, number.end))


def score(item: Item, fact: Fact) -> int:
    """Return how well a fact goes with the words around a number."""
    said = item.said
    found = 0
    if said.metrics:
        found += 4 if fact.metric in said.metrics else -4
    if said.subjects and fact.figure.subject != "board":
        if fact.subjects == said.subjects:
            found += 3
        else:
            found += 1 if fact.subjects & said.subjects else -3
    if fact.figure.dimension is not None:
        found += 3 if key_is_named(item, fact) else -2
    if fact.figure.subject == "all" and not said.subjects:
        found += 1
    return found - (fact.figure.basis == "received")


def may_be_taken_for(item: Item, fact: Fact) -> bool:
    """Tell whether the words speak of such a fact, whatever its year."""
    return compatible(item, fact) and (fact.figure.dimension is None or key_is_named(item, fact))


def key_is_named(item: Item, fact: Fact) -> bool:
    """Tell whether the words name the page, channel or device of a fact."""
    if fact.figure.dimension != "page":
        return fact.figure.key in item.said.keys
    title = fact.name.rpartition(", ")[2].lower()
    if item.said.pages:
        return title in item.said.pages
    words = item.nearby
    return title in words or _first_word(title) in words


def _first_word(title: str) -> str:
    found = re.findall(r"[a-z]{5,}", title)
    return found[0] if found else title


def compatible(item: Item, fact: Fact) -> bool:
    """Tell whether what the words say speaks against no part of a fact."""
    said = item.said
    if said.metrics and fact.metric not in said.metrics:
        return False
    if not said.own or fact.figure.subject == "board":
        return True
    return fact.subjects <= said.subjects


def is_part_only(item: Item, fact: Fact, ranked: Sequence[Fact]) -> bool:
    """Tell whether a fact is of one account where the words speak of several together."""
    said = item.said
    if not said.own or fact.subjects == said.subjects or _APART.search(item.sentence):
        return False
    alike = [one for one in ranked if one.metric == fact.metric]
    if any(one.subjects == said.subjects for one in alike):
        return True
    start, end = item.span
    is_alone = len(_A_NUMBER.findall(item.passage.text[start:end])) == 1
    return is_alone and any(one.subjects & (said.subjects - fact.subjects) for one in alike)


def is_meant(item: Item, fact: Fact, how: Fit) -> bool:
    """Tell whether a fact that fits a number is what its words speak of.

    Where they name no metric, they must name whose it is, and only a value that is no chance
    counts.
    """
    if not compatible(item, fact):
        return False
    if item.said.metrics:
        if fact.figure.dimension is None or key_is_named(item, fact):
            return True
        unnamed = fact.figure.dimension == "page" and not item.said.pages
        return unnamed and how == "exact" and fact.value >= DISTINCTIVE
    if not _LETTERS.search(" ".join([item.passage.text, *item.passage.about])):
        return False  # its label may stand below it
    return is_striking(item, fact, how) and bool(fact.subjects & item.said.subjects)


def is_striking(item: Item, fact: Fact, how: Fit | None) -> bool:
    """Tell whether a number is a fact's value, too large to be so by chance."""
    large = fact.kind == "count" and fact.value >= DISTINCTIVE
    return large and how == "exact" and item.number.bound is None


def is_named(item: Item, fact: Fact, scope: str) -> bool:
    """Tell whether the words name exactly this fact, so that another number is a mistake."""
    said = item.said
    if fact.kind != item.number.kind or fact.metric not in said.metrics:
        return False
    if fact.figure.dimension == "page":
        lost = fact.figure.bound is not None and item.number.value == fact.value
        return (lost or bool(said.pages)) and key_is_named(item, fact)
    if not said.sure:
        return False
    if fact.figure.dimension is not None:
        return key_is_named(item, fact)
    if scope in ("board", "website"):
        return not said.keys or item.number.kind != "percent" or fact.metric == "bounce"
    return said.own and fact.subjects == said.subjects

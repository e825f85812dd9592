"""Averages over posts: "340 impressions a tweet", "shown 340 times on average"."""

from __future__ import annotations

import re
from decimal import Decimal

from sgcomms.reports import numbers
from sgcomms.reports.proof.cases import Case
from sgcomms.reports.proof.fairness import bounded
from sgcomms.reports.proof.model import Finding, Item, Verdict

OVER_POSTS = frozenset(
    ["impressions", "views", "reactions", "comments", "shares", "engagements", "clicks_link"]
)
"""What each post has a count of, so that the sum by the posts is an average."""

_POST = re.compile(r"\b(?:posts?|tweets?)\b", re.IGNORECASE)
_SOME_POSTS = re.compile(
    r"\b(?:posts?|tweets?) (?:about|with|during|that|which|in|from|for|containing|including)\b"
    r"|\b(?:campaign|video|picture|top|best) (?:posts?|tweets?)\b|\bvideos?\b",
    re.IGNORECASE,
)
"""Posts of one sort, whose average is another: "tweets with a picture"."""

_A_POST = re.compile(
    r"[^\d.;,]{1,40}?\b(?:per|(?<!\bfor )(?<!\bon )(?<!\bof )(?<!\bto )(?<!\bin )(?<!\bby )"
    r"(?<!\bfrom )(?<!\bwith )(?<!\babout )an?) (?:[\w-]+ )?(?:post|tweet)\b",
    re.IGNORECASE,
)
_AVERAGE = re.compile(
    r"\b(?:on average|an average of|averag(?:ed|ing)"
    r"|average (?:[\w-]+ )?(?:post|tweet))\b",
    re.IGNORECASE,
)


def average(case: Case) -> Finding | None:
    """How many of something a post had on average."""
    item = case.item
    metrics = item.said.metrics & OVER_POSTS
    if item.number.kind != "count" or not metrics or not item.said.own or not _is_average(item):
        return None
    timely = [one for one in case.timely if one.subjects == item.said.subjects]
    posts = next((one for one in timely if one.metric == "posts" and one.value), None)
    whole = [one for one in timely if one.metric in metrics and one.figure.dimension is None]
    if posts is None:
        return None
    for fact in whole:
        if fact.period == posts.period and _agrees(item, fact.value / posts.value):
            how: Verdict = "traced" if item.number.bound is None else "rounded"
            return case.finding(
                how, f"{fact.words} ({fact.amount}) by {posts.amount} posts", "", fact
            )
    if len(whole) != 1 or _SOME_POSTS.search(item.sentence):
        return None
    fact = whole[0]
    mean = numbers.number(round(float(fact.value / posts.value), 1))
    says = f"{fact.words} ({fact.amount}) by {posts.amount} posts is {mean}"
    return case.finding("differs", says, f"print {mean}", fact)


def _is_average(item: Item) -> bool:
    start, end = item.span
    text, number = item.passage.text, item.number
    if _A_POST.match(text, number.end, end):
        return True
    sentence = text[start:end]
    return _AVERAGE.search(sentence) is not None and _POST.search(sentence) is not None


def _agrees(item: Item, mean: Decimal) -> bool:
    if item.number.bound is not None:
        return bounded(item.number, mean)
    return abs(mean - item.number.value) <= min(item.number.step, Decimal(1)) / 2

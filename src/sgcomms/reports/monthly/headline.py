"""The first sentences of the summary: nothing stands in them that no rule has tested. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sgcomms.reports import numbers, xmr
from sgcomms.reports.monthly.trend import Verdict

_SIGNALS = {
    "above": "{what} were unusually high in {month}: {value}, above the usual range of {range}.",
    "below": "{what} were unusually low in {month}: {value}, below the usual range of {range}.",
    "run_above": "{what} have been above their mean of {mean} for {run} months in a row or more.",
    "run_below": "{what} have been below their mean of {mean} for {run} months in a row or more.",
}


def headline(
    month: str,
    verdicts: Sequence[Verdict],
    posts: Mapping[str, float],
    *,
    known: bool,
    running: bool,
) -> tuple[str, ...]:
    """Return the headline of `month`, such as "March 2021".

    `posts` are how many were published, by what readers call the account; an account of which that
    is not known is not in it. `known` tells that there is any figure of the month, `running` that
    it is not over.
    """
    known = known or bool(posts)
    found = _finding(month, verdicts, known=known, running=running)
    return (*found, *_published(month, posts))


def nothing_known(month: str) -> str:
    """Return the sentence of a month of which there is no figure at all."""
    return f"No figures are known of {month}."


def _finding(
    month: str, verdicts: Sequence[Verdict], *, known: bool, running: bool
) -> Iterator[str]:
    signals = [one for one in verdicts if one.finding in xmr.SPECIAL]
    judged = [*signals, *(one for one in verdicts if one.finding == "common")]
    broken = [one for one in verdicts if one.finding == "redefined"]
    if running:
        yield f"{month} is not over: these are the figures so far, and nothing is judged."
    elif signals:
        yield from map(_signal, signals)
    elif judged:
        yield f"No unusual change in {month} in {_named(judged)}."
    elif any(one.finding == "too_few" for one in verdicts):
        yield f"Too few months are known to judge whether anything in {month} was unusual."
    elif not known:
        yield nothing_known(month)
    elif not broken:
        yield f"No measure of {month} is known that could be judged."
    if broken and not running:
        whose = _named(broken)
        yield f"The definition of {whose} changed in {month}, so that month cannot be judged."


def _named(judged: Sequence[Verdict]) -> str:
    """Return what was judged: nothing is said of what was not."""
    return numbers.listed([numbers.lowered(one.what) for one in judged])


def _signal(one: Verdict) -> str:
    found = one.limits
    assert found is not None  # noqa: S101  nothing is a signal without limits
    return _SIGNALS[one.finding].format(
        what=one.what,
        month=one.month,
        value=one.shown,
        range=f"{numbers.number(round(found.low))} to {numbers.number(round(found.high))}",
        mean=numbers.number(round(found.mean)),
        run=xmr.RUN,
    )


def _published(month: str, posts: Mapping[str, float]) -> Iterator[str]:
    if posts:
        first, *rest = posts.items()
        unit = "post" if first[1] == 1 else "posts"
        words = [f"{numbers.number(first[1])} {unit} on {first[0]}"]
        words += [f"{numbers.number(count)} on {name}" for name, count in rest]
        yield f"In {month} we published {numbers.listed(words)}."

"""The first sentences of the summary: nothing stands in them that no rule has tested. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sgcomms.reports import numbers, xmr
from sgcomms.reports.monthly.trend import Verdict

MOST = 4
"""So many measures, or accounts, are named; the rest are counted."""

_ALONE: Mapping[xmr.Finding, str] = {
    "above": "{what} were unusually high in {month}: {value}, above the usual range of {range}",
    "below": "{what} were unusually low in {month}: {value}, below the usual range of {range}",
    "run_above": "{what} have been above their mean of {mean} for {run} months in a row or more",
    "run_below": "{what} have been below their mean of {mean} for {run} months in a row or more",
}
_TOGETHER: Mapping[xmr.Finding, str] = {
    "above": "unusually high in {month}: {list}",
    "below": "unusually low in {month}: {list}",
    "run_above": "above their mean for {run} months in a row or more: {list}",
    "run_below": "below their mean for {run} months in a row or more: {list}",
}


def headline(
    month: str,
    verdicts: Sequence[Verdict],
    posts: Mapping[str, float],
    *,
    known: bool,
    running: bool,
) -> tuple[str, ...]:
    """Return the headline of `month`, such as "March 2021": one sentence, then what goes with it.

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
        yield _signals(signals)
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
    return _listed([numbers.lowered(one.what) for one in judged])


def _listed(words: list[str]) -> str:
    """Return as many of `words` as are named, and how many more there are."""
    more = len(words) - MOST
    if more <= 0:
        return numbers.listed(words)
    return numbers.listed([*words[:MOST], f"{more} more {'measure' if more == 1 else 'measures'}"])


def _signals(signals: Sequence[Verdict]) -> str:
    """Return one sentence of all that is unusual, what is alike together."""
    parts = []
    for finding, together in _TOGETHER.items():
        alike = [one for one in signals if one.finding == finding]
        if len(alike) == 1:
            parts.append(_alone(alike[0]))
        elif alike:
            named = _listed([_brief(one) for one in alike])
            parts.append(together.format(month=alike[0].month, list=named, run=xmr.RUN))
    first, *rest = parts
    text = "; ".join((first, *map(numbers.lowered, rest)))
    return f"{text[:1].upper()}{text[1:]}."


def _alone(one: Verdict) -> str:
    found = one.limits
    assert found is not None  # noqa: S101  nothing is a signal without limits
    return _ALONE[one.finding].format(
        what=one.what,
        month=one.month,
        value=one.shown,
        range=f"{numbers.number(round(found.low))} to {numbers.number(round(found.high))}",
        mean=numbers.number(round(found.mean)),
        run=xmr.RUN,
    )


def _brief(one: Verdict) -> str:
    what = numbers.lowered(one.what)
    if one.finding in ("above", "below"):
        return f"{what} ({one.shown})"
    return what


def _published(month: str, posts: Mapping[str, float]) -> Iterator[str]:
    if not posts:
        return
    if len(posts) > MOST:
        count = sum(posts.values())
        unit = "post" if count == 1 else "posts"
        yield (
            f"In {month} we published {numbers.number(count)} {unit} over {len(posts)} accounts; "
            "one that went to two of them counts twice."
        )
        return
    first, *rest = posts.items()
    unit = "post" if first[1] == 1 else "posts"
    words = [f"{numbers.number(first[1])} {unit} on {first[0]}"]
    words += [f"{numbers.number(count)} on {name}" for name, count in rest]
    yield f"In {month} we published {numbers.listed(words)}."

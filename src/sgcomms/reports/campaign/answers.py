"""How people answered a campaign: reactions, clicks, visits; and each of its posts, best first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sgcomms import figures as figures_of
from sgcomms.figures import CampaignPost
from sgcomms.reports import numbers, stages
from sgcomms.reports.brief import brief, untagged
from sgcomms.reports.campaign.facts import Facts
from sgcomms.reports.campaign.outputs import cell, without
from sgcomms.reports.model import Cell, Section, Sentence, Table
from sgcomms.reports.objectives import marks

SHOWN = 25
"""So many posts stand in the table; the rest are counted."""

MAX_WORDS = 60

_ANSWERS = ("reactions", "comments", "shares", "saves", "clicks_link", "landing_visits")
_COLUMNS = ("impressions", "views", "reactions", "clicks_link", "landing_visits")
_RANKED = ("clicks_link", "landing_visits", "reactions", "impressions", "views")
"""What posts are put in order by: the first of these that most of them have."""


def sections(facts: Facts) -> Iterator[Section]:
    """Yield the answers over all, by account, then post by post."""
    totals = tuple(_totals(facts))
    none = Sentence("No reactions, clicks or visits of this campaign's posts are known.")
    text = (*(totals or (none,)), *stages.sentences(facts.campaign, "outtakes"))
    yield Section("outtakes", stages.TITLES["outtakes"], 2, text, _by_account(facts))
    if facts.posts:
        ranked, by = _ranked(facts)
        yield Section(
            "posts", "Each post", 3, tuple(_middle(facts, by)), _posts_table(facts, ranked, by)
        )


def _totals(facts: Facts) -> Iterator[Sentence]:
    material = facts.material
    found = [one for metric in _ANSWERS if (one := facts.whole(metric)) is not None]
    if not found:
        return
    words = []
    for one in found:
        dates = f" ({numbers.during(*one.period)})" if one.period is not None else ""
        words.append(f"{material.counted(one)}{dates}")
    known = dict.fromkeys(mark for one in found for mark in marks(material, one))
    yield Sentence(f"Its posts brought {numbers.listed(words)}.", tuple(known))


def _by_account(facts: Facts) -> Table | None:
    """Return the answers on each account; visits by the tags of its posts' links."""
    metrics = [
        metric
        for metric in _ANSWERS
        if any(_value(facts, account, metric) is not None for account in facts.accounts())
    ]
    accounts = [one for one in facts.accounts() if any(post.account == one for post in facts.posts)]
    if not metrics or not accounts:
        return None
    rows = [
        (Cell(facts.label(account)), *(_answer(facts, account, metric) for metric in metrics))
        for account in accounts
    ]
    header = ("Account", *(facts.material.board.metrics[metric].label for metric in metrics))
    return Table("How its posts were answered, by account", header, tuple(rows))


def _value(facts: Facts, account: str, metric: str) -> float | None:
    """Return the value of an account's posts; visits are added, as a visit has one first page."""
    if metric != "landing_visits":
        one = facts.part(account, metric)
        return None if one is None else one.value
    return figures_of.visits(facts.posts, account)


def _answer(facts: Facts, account: str, metric: str) -> Cell:
    if metric != "landing_visits":
        return cell(facts, account, metric)
    value = _value(facts, account, metric)
    if value is None:
        return Cell("not available")
    notes = facts.material.footnotes.mark(facts.material.definition(metric))
    return Cell(numbers.number(value), notes)


# post by post


def _ranked(facts: Facts) -> tuple[list[CampaignPost], str | None]:
    """Return the posts, best first, and what by: the objective's measure where posts have it.

    A post without a figure of it comes after those with one, by its time.
    """
    judged = facts.judged
    wanted = (judged.metric.name, *_RANKED) if judged is not None else _RANKED
    having = {
        metric: sum(1 for one in facts.posts if metric in one.values)
        for metric in dict.fromkeys(wanted)
        if metric not in _APART
    }
    first = wanted[0] if having.get(wanted[0]) else None
    by = first or max(having, key=lambda metric: having[metric])
    if not having[by]:
        return list(facts.posts), None
    key = by

    def order(one: CampaignPost) -> tuple[bool, float]:
        return key not in one.values, -one.values.get(key, 0)

    return sorted(facts.posts, key=order), by


_APART = ("reach",)
"""What is an estimate of its own for each platform: no order of posts comes of it."""


def _middle(facts: Facts, by: str | None) -> Iterator[Sentence]:
    """Yield the median of what posts are put in order by: the best one alone says little."""
    if by is None:
        return
    found = figures_of.median(facts.material.board, by, facts.posts)
    if found is None:
        return
    value, count = found
    label = numbers.lowered(facts.material.board.metrics[by].label)
    posts = "the only post" if count == 1 else f"the {count:,} posts"
    yield Sentence(
        f"The median of {label} over {posts} with a figure is "
        f"{numbers.value(value, facts.material.board.metrics[by].unit)}.",
        facts.material.footnotes.mark(
            "Median: half of the posts have as many or more, half as many or fewer."
        ),
    )


def _posts_table(facts: Facts, ranked: Sequence[CampaignPost], by: str | None) -> Table:
    board = facts.material.board
    columns = [metric for metric in _COLUMNS if any(metric in one.values for one in facts.posts)]
    rows = [
        (
            Cell(_begin(one)),
            Cell(facts.label(one.account)),
            Cell(numbers.day(facts.day(one.published_at))),
            Cell(_state(one)),
            *(_post_cell(facts, one, metric) for metric in columns),
        )
        for one in ranked[:SHOWN]
    ]
    more = len(ranked) - SHOWN
    if more > 0:
        posts = "1 more post is" if more == 1 else f"{more:,} more posts are"
        facts.material.missing.append(f"Each post: {posts} not shown; all of them count above.")
    if columns:
        rows.append(_median_row(facts, columns))
    best = f", best first by {numbers.lowered(board.metrics[by].label)}" if by else ""
    header = ("Post", "Account", "Date", "State", *(board.metrics[one].label for one in columns))
    return Table(f"The posts of the campaign{best}", header, tuple(rows))


def _median_row(facts: Facts, columns: Sequence[str]) -> tuple[Cell, ...]:
    cells = [Cell("Median of all posts with a figure"), *[Cell("–")] * 3]
    for metric in columns:
        found = figures_of.median(facts.material.board, metric, facts.posts)
        if found is None:
            why = facts.material.footnotes.mark(
                "No median: the platforms count different things by this name."
            )
            cells.append(Cell("–", why))
            continue
        value, count = found
        some = (f"Of {count:,} of {len(facts.posts):,} posts.",) if count < len(facts.posts) else ()
        cells.append(Cell(numbers.number(value), facts.material.footnotes.mark(*some)))
    return tuple(cells)


def _begin(one: CampaignPost) -> str:
    """Return the post's own words, or its id: what begins as a retweet does is somebody else's."""
    words = "" if (one.text or "").startswith("RT @") else one.text or ""
    return brief(untagged(words), MAX_WORDS) or one.platform_id


def _state(one: CampaignPost) -> str:
    state = "published" if one.delivery is not None else "assigned by a person"
    return f"{state}; not there any more" if one.gone else state


def _post_cell(facts: Facts, one: CampaignPost, metric: str) -> Cell:
    if metric not in one.values:
        if metric == "landing_visits":
            return Cell("not available")
        return Cell(without(facts, one.account, metric))
    early = ("Provisional: last read before it had settled.",) if metric in one.unsettled else ()
    value = numbers.value(one.values[metric], facts.material.board.metrics[metric].unit)
    return Cell(value, facts.material.footnotes.mark(*early))

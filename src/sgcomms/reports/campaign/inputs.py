"""What went into a campaign: the plan, and what it cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sgcomms.db import campaigns as stored
from sgcomms.db.queue import Row
from sgcomms.models import Delivery
from sgcomms.periods import days, span
from sgcomms.planning import cost
from sgcomms.reports import numbers, stages
from sgcomms.reports.campaign.facts import Facts
from sgcomms.reports.model import Cell, Section, Sentence, Table


def sections(facts: Facts) -> Iterator[Section]:
    """Yield the plan, then the costs."""
    text = (*_strategy(facts), *_plan(facts), *stages.sentences(facts.campaign, "inputs"))
    yield Section("inputs", stages.TITLES["inputs"], 2, text, _table(facts))
    costs = tuple(Sentence(words) for words in _costs(facts))
    if costs:
        yield Section("costs", "What it cost", 3, items=costs)
    else:
        none = Sentence("No cost of this campaign is known.")
        yield Section("costs", "What it cost", 3, (none,))


# the plan


def _strategy(facts: Facts) -> Iterator[Sentence]:
    if facts.campaign is not None and facts.campaign.strategy is not None:
        words = " ".join(facts.campaign.strategy.split()).rstrip(".")
        yield Sentence(f"The plan was: {words}.")


def _plan(facts: Facts) -> Iterator[Sentence]:
    """Yield how much was planned: by the file, or by the queue where the file is gone."""
    every = _wanted(facts)
    posts = {one.post for one in every}
    if not posts:
        yield Sentence("Nothing was planned for these days.")
        return
    times = {one.id.rpartition("@")[0] for one in every}
    accounts = list(dict.fromkeys(one.account for one in every))
    named = [facts.label(one) for one in facts.accounts() if one in accounts]
    again = f", {len(times):,} times in all" if len(times) > len(posts) else ""
    were = "1 post was" if len(posts) == 1 else f"{len(posts):,} posts were"
    yield Sentence(
        f"{were} planned{again}, for {numbers.listed(named)}: "
        f"{_counted(len(every), 'delivery', 'deliveries')}."
    )


def _table(facts: Facts) -> Table | None:
    """Return what was planned for each account, with the first and last day."""
    every = _wanted(facts)
    rows = []
    for account in facts.accounts():
        own = [one for one in every if one.account == account]
        if own:
            dates = sorted(day for one in own if (day := _day(facts, one)) is not None)
            cells = (
                facts.label(account),
                f"{len({one.post for one in own}):,}",
                f"{len(own):,}",
                numbers.day(dates[0]) if dates else "on approval",
                numbers.day(dates[-1]) if dates else "on approval",
            )
            rows.append(tuple(map(Cell, cells)))
    if not rows:
        return None
    header = ("Account", "Posts", "Deliveries", "First", "Last")
    return Table("What was planned for each account", header, tuple(rows), words=(3, 4))


def _wanted(facts: Facts) -> Sequence[Delivery | Row]:
    return facts.planned if facts.campaign is not None else facts.rows


def _day(facts: Facts, one: Delivery | Row) -> date | None:
    at = one.at if isinstance(one, Delivery) else one.due_at
    return facts.day(at) if at is not None else None


# what it cost


def _costs(facts: Facts) -> Iterator[str]:
    yield from _sending(facts)
    yield from _reading(facts)
    found = facts.campaign.evaluation if facts.campaign is not None else None
    if found is not None and found.cost is not None:
        reason = " ".join(found.cost.reason.split()).rstrip(".")
        money = f"{found.cost.currency} {found.cost.amount:,.2f}"
        yield f"{reason}: {money} (written by {found.by})."


def _sending(facts: Facts) -> Iterator[str]:
    """Yield what platforms charge for the posts that were published, by their prices of today."""
    board = facts.material.board
    for account in facts.accounts():
        sent = [
            row
            for row in facts.rows
            if (row.account, row.mode, row.state) == (account, "live", "published")
        ]
        price = sum((cost(row.platform, row.draft, board, account) for row in sent), Decimal(0))
        if price:
            yield (
                f"Sending {_counted(len(sent), 'post')} on {facts.label(account)}: about "
                f"{_dollars(price)}, by the platform's price list as it is known here today."
            )


def _reading(facts: Facts) -> Iterator[str]:
    """Yield what reading figures cost, also after the last post: it is not for these alone."""
    until = max(facts.read_until, facts.shown.end)
    start, end = span(days(facts.shown.start, until), facts.material.board.zone)
    spent = stored.reading_costs(facts.db, start, end)
    for account in facts.accounts():
        if account in spent:
            yield (
                f"Reading the figures of {facts.label(account)} "
                f"{numbers.during(facts.shown.start, until)}: {_dollars(spent[account])}, for all "
                "posts of the account and not only these."
            )


def _dollars(amount: Decimal) -> str:
    cents = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"US${cents:,.2f}" if cents else "under US$0.01"


def _counted(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"

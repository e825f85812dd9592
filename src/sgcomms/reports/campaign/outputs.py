"""What a campaign put out: what became of its deliveries, and how often its posts were seen."""

from __future__ import annotations

from collections.abc import Iterator

from sgcomms.db.queue import Row
from sgcomms.figures import Figure
from sgcomms.metrics import offered
from sgcomms.models import State
from sgcomms.reports import numbers, stages
from sgcomms.reports.campaign.facts import Facts
from sgcomms.reports.model import Cell, Section, Sentence, Table
from sgcomms.reports.objectives import marks

_STATES: dict[State, str] = {
    "published": "published",
    "queued": "waiting for its time",
    "publishing": "being sent",
    "handed": "with an officer, to be posted by hand",
    "held": "held for a person to decide",
    "uncertain": "uncertain: nobody knows yet whether it is public",
    "failed": "refused by the platform",
    "withdrawn": "withdrawn",
}

FOLDER = "written to a folder (a rehearsal)"

_NEVER_ADDED = (
    "Reach is not added: an account that saw two posts, or the posts of two platforms, would count "
    "twice. What stands in the table is the largest reach of a single post."
)


def sections(facts: Facts) -> Iterator[Section]:
    """Yield what was sent, then what was seen."""
    yield Section(
        "outputs",
        stages.TITLES["outputs"],
        2,
        (*_sent(facts), *stages.sentences(facts.campaign, "outputs")),
        _deliveries(facts),
    )
    seen = _seen(facts)
    if seen is not None:
        text = (*_totals(facts), *((Sentence(_NEVER_ADDED),) if _has_reach(facts) else ()))
        yield Section("seen", "How often its posts were seen", 3, text, seen)
    else:
        facts.material.missing.append(
            "How often its posts were seen: no source gave a figure of a post of this campaign."
        )


def state(row: Row) -> str:
    """Return what became of a delivery, in words."""
    if row.mode == "outbox" and row.state == "published":
        return FOLDER
    return _STATES[row.state]


# what was sent


def _sent(facts: Facts) -> Iterator[Sentence]:
    typed = [one for one in facts.posts if one.delivery is None]
    gone = [one for one in facts.posts if one.gone]
    sent = [row for row in facts.real if row.state == "published"]
    due = [row for row in facts.real if row.state != "withdrawn"]
    if due:
        yield Sentence(f"{_of(len(sent), len(due))} published.")
    elif not typed:
        yield Sentence("Nothing of this campaign was sent to the public from here.")
    if typed:
        posts = "1 post, not sent from here, was" if len(typed) == 1 else ""
        posts = posts or f"{len(typed):,} posts, not sent from here, were"
        yield Sentence(
            f"{posts} assigned to the campaign by a person: marked below, counted with the rest."
        )
    if any(row.mode == "outbox" for row in facts.rows):
        yield Sentence(
            "What was written to a folder is a rehearsal: nobody saw it, and no figure holds it."
        )
    if gone:
        posts = "1 post has" if len(gone) == 1 else f"{len(gone):,} posts have"
        yield Sentence(f"{posts} been taken down, or cannot be seen on the platform any more.")
    if facts.rows:
        yield Sentence(f"This is how the deliveries stood on {numbers.day(facts.today)}.")


def _of(part: int, whole: int) -> str:
    """Return "3 of 4 deliveries to the public were", "All 4 … were" or "The only … was"."""
    if whole == 1:
        return "The only delivery to the public was" + ("" if part else " not")
    some = f"All {whole:,}" if part == whole else f"{part:,} of {whole:,}"
    return f"{some} deliveries to the public were"


def _deliveries(facts: Facts) -> Table | None:
    """Return the deliveries by what became of them, and why."""
    found: dict[tuple[str, str], int] = {}
    for row in facts.rows:
        why = (
            "" if row.state == "published" else numbers.plain(" ".join((row.reason or "").split()))
        )
        key = state(row), why
        found[key] = found.get(key, 0) + 1
    if not found:
        return None
    order = [*_STATES.values(), FOLDER]
    rows = [
        (Cell(words), Cell(f"{count:,}"), Cell(why or "–"))
        for (words, why), count in sorted(found.items(), key=lambda one: order.index(one[0][0]))
    ]
    header = ("What became of them", "Deliveries", "Why")
    return Table("The deliveries of the campaign", header, tuple(rows))


# what was seen


def _totals(facts: Facts) -> Iterator[Sentence]:
    for metric, form in (("impressions", "shown {} (impressions)"), ("views", "given {}")):
        one = facts.whole(metric)
        if one is None:
            continue
        counted = facts.material.amount(one)
        times = "time" if one.value == 1 else "times"
        words = f"{counted} {times}" if metric == "impressions" else facts.material.counted(one)
        whose = _whose(facts, one)
        yield Sentence(f"In all, {whose} {form.format(words)}.", marks(facts.material, one))


def _whose(facts: Facts, one: Figure) -> str:
    """Return whose figure it is: a post without one is not among those that were counted."""
    every = len(facts.posts)
    having = sum(one.metric in post.values for post in facts.posts)
    if one.of_posts is None or having == every:
        return "its posts were"
    if having == 1:
        return f"the only one of its {every:,} posts with a figure was"
    return f"the {having:,} of its {every:,} posts with a figure were"


def _has_reach(facts: Facts) -> bool:
    return any("reach" in one.values for one in facts.posts)


def _seen(facts: Facts) -> Table | None:
    """Return each account with its posts, how often they were seen, and its largest reach."""
    metrics = [
        metric
        for metric in ("impressions", "views")
        if any(facts.part(account, metric) for account in facts.accounts())
    ]
    reach = _has_reach(facts)
    accounts = [one for one in facts.accounts() if any(post.account == one for post in facts.posts)]
    if not metrics and not reach:
        return None
    board = facts.material.board
    rows = []
    for account in accounts:
        posts = facts.part(account, "posts")
        cells = [Cell(facts.label(account)), Cell(facts.material.amount(posts) if posts else "–")]
        cells += [cell(facts, account, metric) for metric in metrics]
        if reach:
            cells.append(_largest(facts, account))
        rows.append(tuple(cells))
    labels = [board.metrics[metric].label for metric in metrics]
    header = ("Account", "Posts", *labels, *(["Largest reach of one post"] if reach else []))
    return Table("How often its posts were seen, by account", header, tuple(rows))


def _largest(facts: Facts, account: str) -> Cell:
    values = [
        one.values["reach"]
        for one in facts.posts
        if one.account == account and "reach" in one.values
    ]
    if not values:
        return Cell(without(facts, account, "reach"))
    notes = facts.material.footnotes.mark(facts.material.definition("reach"))
    return Cell(numbers.number(max(values)), notes)


def cell(facts: Facts, account: str, metric: str) -> Cell:
    """Return the figure of the campaign's posts on one account, or why there is none."""
    one = facts.part(account, metric)
    if one is None:
        return Cell(without(facts, account, metric))
    return Cell(facts.material.amount(one), marks(facts.material, one))


def without(facts: Facts, account: str, metric: str) -> str:
    """Return what stands in the place of a figure that there is not: missing is not zero."""
    found = facts.material.board.accounts.get(account)
    first, last = facts.shown.start, facts.shown.end
    if found is not None and not offered(found.platform, metric, first, last):
        return "not offered"
    return "not available"

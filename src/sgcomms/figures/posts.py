"""Figures of posts: of accounts, of campaigns, and added over accounts where the metric allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sgcomms.config import Board
from sgcomms.db import Db, readings
from sgcomms.db.readings import Posts, PostSum
from sgcomms.errors import CombineError
from sgcomms.figures.model import Figure, Question, known_metric
from sgcomms.metrics import Metric
from sgcomms.periods import span

BLANK = "blank in the export"


def account_figures(db: Db, board: Board, question: Question) -> list[Figure]:
    """Return the figures of every account that come from its posts."""
    if question.basis == "received":
        return [_not_received(board, question, account) for account in board.accounts]
    start, end = span(question.period, board.zone)
    meant = Posts(start, end, question.as_of, accounts=tuple(board.accounts))
    found = list(_post_figures(db, board, meant))
    return [
        replace(one, of_posts=replace(meant, accounts=(one.subject,))) if one.of_posts else one
        for one in found
    ]


def _not_received(board: Board, question: Question, account: str) -> Figure:
    return Figure(
        account,
        "posts",
        None,
        board.metrics["posts"].unit,
        basis=question.basis,
        reason="the exports give totals of each post, not what was received in a period",
    )


def campaign_figures(
    db: Db, board: Board, question: Question, campaigns: Sequence[str]
) -> Iterator[Figure]:
    """Yield the figures of every campaign: only the posts that belong to it count."""
    if question.basis == "received":
        return
    start, end = span(question.period, board.zone)
    for campaign in campaigns:
        meant = Posts(start, end, question.as_of, campaign=campaign)
        parts = list(_post_figures(db, board, meant))
        accounts = tuple(dict.fromkeys(one.subject for one in parts))
        for metric in dict.fromkeys(one.metric for one in parts):
            if board.metrics[metric].over_accounts == "sum":
                one = added(board, campaign, metric, parts, accounts)
                yield replace(one, added=False, of_posts=meant)


def _post_figures(db: Db, board: Board, meant: Posts) -> Iterator[Figure]:
    counts = readings.post_counts(db, meant)
    for account, (count, sources, read) in counts.items():
        yield Figure(
            account,
            "posts",
            float(count),
            board.metrics["posts"].unit,
            as_of=read,
            sources=sources,
            of_posts=meant,
        )
    for one in readings.post_sums(db, meant):
        yield _post_figure(board.metrics[one.metric], one, meant)


def _post_figure(metric: Metric, one: PostSum, meant: Posts) -> Figure:
    figure = Figure(
        one.account,
        metric.name,
        one.value,
        metric.unit,
        as_of=one.last_read,
        sources=one.sources,
        of_posts=meant,
    )
    if one.value is None:
        return replace(figure, reason=BLANK)
    if metric.over_posts != "sum":
        reason = f"known for single posts only; {metric.label.lower()} is not added: "
        return replace(figure, value=None, reason=reason + metric.why_not_added)
    notes = []
    if one.blank:
        notes.append(f"{one.blank:,} of {one.posts + one.blank:,} posts have no figure")
    if one.first_read != one.last_read:
        notes.append(f"posts were read on days from {one.first_read} to {one.last_read}")
    return replace(figure, notes=tuple(notes))


def all_accounts(board: Board, question: Question, found: Sequence[Figure]) -> Iterator[Figure]:
    """Yield what may be combined over accounts, for `all`, where more than one account has any."""
    accounts = tuple(board.accounts)
    for metric in board.metrics.values():
        having = [one for one in found if one.metric == metric.name and one.value is not None]
        if metric.over_accounts == "sum" and len(having) > 1:
            yield added(board, "all", metric.name, found, accounts)


def added(
    board: Board, subject: str, metric: str, found: Sequence[Figure], accounts: Sequence[str]
) -> Figure:
    """Return one metric added over accounts; an account without a figure is named, not zero."""
    parts = [one for one in found if one.metric == metric]
    valued = [one for one in parts if one.value is not None]
    by_account = {one.subject: one for one in parts}
    notes = [note for one in valued for note in (f"{one.subject}: {n}" for n in one.notes)]
    missing = []
    for account in accounts:
        one = by_account.get(account)
        if one is None or one.value is None:
            why = one.reason if one is not None and one.reason else "no figure"
            missing.append(f"{account} is not in it: {why}")
    reads = [one.as_of for one in valued if one.as_of is not None]
    posts = parts[0].of_posts if parts else None
    return Figure(
        subject,
        metric,
        sum(one.value or 0 for one in valued) if valued else None,
        board.metrics[metric].unit,
        added=True,
        as_of=max(reads) if reads else None,
        sources=tuple(sorted({source for one in parts for source in one.sources})),
        reason=None if valued else "; ".join(missing),
        notes=(*missing, *notes) if valued else (),
        of_posts=replace(posts, accounts=tuple(accounts))
        if posts and not posts.campaign
        else posts,
    )


def refuse_sums(board: Board, metrics: Sequence[str]) -> None:
    """Refuse to add what must not be added, naming units and meanings."""
    wanted = [known_metric(board, metric) for metric in metrics]
    never = [metric for metric in wanted if metric.over_accounts != "sum"]
    if not never:
        return
    why = "; ".join(
        f"{metric.name} cannot be added over accounts: "
        + (metric.why_not_added or "it belongs to one subject")
        for metric in never
    )
    meanings = "; ".join(
        f"{metric.name} counts {metric.unit} ({metric.meaning.rstrip('.')})" for metric in wanted
    )
    apart = ""
    if len({metric.unit for metric in wanted}) > 1:
        names = " and ".join(metric.name for metric in wanted)
        apart = f"{names} have different units and are never added to each other; "
    raise CombineError(f"{apart}{why}.\n{meanings}.")

"""Figures of posts: of accounts, of campaigns, and added over accounts where the metric allows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db import posts as stored
from sgcomms.db.posts import Posts, PostSum
from sgcomms.errors import CombineError
from sgcomms.figures import bounds
from sgcomms.figures.gaps import months_missing, note
from sgcomms.figures.mixing import why_apart
from sgcomms.figures.model import Figure, Question, known_metric
from sgcomms.figures.strangers import NOTE, marked
from sgcomms.metrics import Metric, Scope
from sgcomms.periods import SETTLES, span

BLANK = "blank in the export"
NOT_RECEIVED = "what is known are totals of each post, not what was received in a period"


_WHOSE: Mapping[Scope, str] = {
    "post": "each account",
    "account": "each account",
    "website": "each website",
    "board": "the board",
}
"""Whose figure a metric is, by its scope."""


def account_figures(db: Db, board: Board, question: Question, today: date) -> list[Figure]:
    """Return the figures of every account that come from its posts, as of `today`.

    Posts of an account that config/board.yaml has no more are shown under the id they have.
    """
    if question.basis == "received":
        return [_not_received(board, question, account) for account in board.accounts]
    meant = Posts(*span(question.period, board.zone), question.as_of)
    found = []
    lacking: dict[str, tuple[str, ...]] = {}
    for one in _post_figures(db, board, meant):
        if one.subject not in lacking:
            missing = months_missing(db, one.subject, question.period, question.as_of, today)
            lacking[one.subject] = (note(missing),) if missing else ()
        own = replace(meant, accounts=(one.subject,))
        whole = replace(
            one,
            of_posts=own,
            notes=(*one.notes, *lacking[one.subject]),
            lacking=(*one.lacking, *lacking[one.subject]),
        )
        found.append(marked(whole, [*board.accounts]))
    return found


def _not_received(board: Board, question: Question, account: str) -> Figure:
    return Figure(
        account,
        "posts",
        None,
        board.metrics["posts"].unit,
        basis=question.basis,
        reason=NOT_RECEIVED,
    )


def campaign_figures(
    db: Db, board: Board, question: Question, campaigns: Sequence[str]
) -> Iterator[Figure]:
    """Yield the figures of every campaign: only the posts that belong to it count."""
    if question.basis == "received":
        return
    for campaign in campaigns:
        meant = posts_of(board, question, campaign)
        parts = campaign_parts(db, board, question, campaign)
        accounts = tuple(dict.fromkeys(one.subject for one in parts))
        for metric in dict.fromkeys(one.metric for one in parts):
            if board.metrics[metric].over_accounts == "sum":
                one = added(board, question, campaign, metric, parts, accounts)
                yield replace(one, added=False, of_posts=meant)


def posts_of(board: Board, question: Question, campaign: str) -> Posts:
    """Return which posts are meant by a campaign's, of the period and as of the cut-off."""
    start, end = span(question.period, board.zone)
    return Posts(start, end, question.as_of, campaign=campaign)


def campaign_parts(db: Db, board: Board, question: Question, campaign: str) -> list[Figure]:
    """Return the figures of a campaign's posts by account: what its own are added from."""
    return list(_post_figures(db, board, posts_of(board, question, campaign)))


def _post_figures(db: Db, board: Board, meant: Posts) -> Iterator[Figure]:
    told = stored.told(db, meant)
    for one in told.counts.values():
        yield Figure(
            one.account,
            "posts",
            float(one.posts),
            board.metrics["posts"].unit,
            as_of=one.read,
            sources=one.sources,
            of_posts=meant,
        )
    for total in told.sums:
        if total.metric in board.metrics:
            yield _post_figure(board.metrics[total.metric], total, meant)


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
    lacking = []
    if one.blank:
        lacking.append(f"{one.blank:,} of {one.posts + one.blank:,} posts have no figure")
    notes = [*lacking]
    if one.unsettled:
        notes.append(
            f"provisional: {one.unsettled:,} of {one.posts + one.blank:,} posts were last read "
            f"less than {SETTLES.days} days after they went out"
        )
    if one.first_read != one.last_read:
        notes.append(f"posts were read on days from {one.first_read} to {one.last_read}")
    return replace(figure, notes=tuple(notes), lacking=tuple(lacking))


def all_accounts(board: Board, question: Question, found: Sequence[Figure]) -> Iterator[Figure]:
    """Yield what may be combined over accounts, for `all`, where more than one account has any."""
    accounts = tuple(board.accounts)
    parts = parts_of(found, accounts)
    for metric in board.metrics.values():
        having = [one for one in parts if one.metric == metric.name and one.value is not None]
        apart = why_apart(board, metric.name, [one.subject for one in having])
        if metric.over_accounts == "sum" and len(having) > 1 and apart is None:
            whole = added(board, question, "all", metric.name, parts, accounts)
            gone = [
                f"{one.subject} is not in it: {NOTE}"
                for one in found
                if one.metric == metric.name and one.of_posts and NOTE in one.notes
            ]
            yield replace(whole, notes=(*whole.notes, *gone))


def parts_of(found: Sequence[Figure], accounts: Collection[str]) -> list[Figure]:
    """Return the figures of single accounts for the whole period: what may be added over them."""
    return [
        one
        for one in found
        if one.subject in accounts and one.period is None and one.dimension is None
    ]


def added(
    board: Board,
    question: Question,
    subject: str,
    metric: str,
    found: Sequence[Figure],
    accounts: Sequence[str],
) -> Figure:
    """Return one metric added over accounts; an account without a figure is named, not zero.

    Where the accounts count different things the figure has no value, and the reason says so.
    """
    parts = [one for one in found if one.metric == metric]
    valued = [one for one in parts if one.value is not None]
    missing = list(_missing(question, parts, accounts))
    notes = [f"{one.subject}: {note}" for one in valued for note in one.notes]
    notes += [
        bounds.noted(one.subject, one.bound, one.value)
        for one in valued
        if one.bound is not None and len(valued) > 1
    ]
    reads = [one.as_of for one in valued if one.as_of is not None]
    bound = bounds.of_sum([one.bound for one in valued])
    apart = why_apart(board, metric, [one.subject for one in valued])
    reason = (apart or bound.reason) if valued else "; ".join(missing)
    return Figure(
        subject,
        metric,
        sum(one.value or 0 for one in valued) if reason is None else None,
        board.metrics[metric].unit,
        basis=question.basis,
        bound=bound.bound if reason is None else None,
        added=True,
        as_of=max(reads) if reads else None,
        sources=tuple(sorted({source for one in parts for source in one.sources})),
        reason=reason,
        notes=(*missing, *notes) if valued else (),
        readings=tuple(number for one in parts for number in one.readings),
        of_posts=_posts_of(parts),
        accounts=tuple(one.subject for one in valued),
        lacking=(*missing, *(f"{one.subject}: {what}" for one in valued for what in one.lacking)),
    )


def _missing(question: Question, parts: Sequence[Figure], accounts: Sequence[str]) -> Iterator[str]:
    by_account = {one.subject: one for one in parts}
    otherwise = NOT_RECEIVED if question.basis == "received" else "no figure"
    for account in accounts:
        one = by_account.get(account)
        if one is None or one.value is None:
            why = one.reason if one is not None and one.reason else otherwise
            yield f"{account} is not in it: {why}"


def _posts_of(parts: Sequence[Figure]) -> Posts | None:
    """Return the posts behind these figures: of a campaign, or of the accounts that have any."""
    posts = [one.of_posts for one in parts if one.of_posts is not None]
    if not posts or posts[0].campaign is not None:
        return posts[0] if posts else None
    return replace(posts[0], accounts=tuple(one.subject for one in parts if one.of_posts))


def refuse_mixtures(board: Board, metrics: Sequence[str], parts: Sequence[Figure]) -> None:
    """Refuse to add figures of accounts whose platforms count different things."""
    for metric in metrics:
        having = [one.subject for one in parts if one.metric == metric and one.value is not None]
        apart = why_apart(board, metric, having)
        if apart is not None:
            raise CombineError(f"{metric} cannot be added over these accounts: {apart}")


def refuse_sums(board: Board, metrics: Sequence[str]) -> None:
    """Refuse to add what must not be added, naming units and meanings, and what to ask instead."""
    wanted = [known_metric(board, metric) for metric in metrics]
    never = [metric for metric in wanted if metric.over_accounts != "sum"]
    if not never:
        return
    why = "; ".join(
        f"{metric.name} cannot be added over accounts: "
        + (metric.why_not_added or f"it is a figure of {_WHOSE[metric.scope]}")
        for metric in never
    )
    meanings = "".join(
        f"{metric.name} counts {metric.unit} ({metric.meaning.rstrip('.')}). "
        for metric in (wanted if len(wanted) > 1 else ())
    )
    apart = ""
    if len({metric.unit for metric in wanted}) > 1:
        names = " and ".join(metric.name for metric in wanted)
        apart = f"{names} have different units and are never added to each other; "
    raise CombineError(f"{apart}{why}.\n{meanings}{_instead(board, never)}")


def _instead(board: Board, never: Sequence[Metric]) -> str:
    """Say how metrics that are never added are asked for, and which ones are added."""
    names = ",".join(metric.name for metric in never)
    whose = " or ".join(dict.fromkeys(_WHOSE[metric.scope] for metric in never))
    may = [metric.name for metric in board.metrics.values() if metric.over_accounts == "sum"]
    return f"Ask for the figure of {whose} with --metric {names}; --total adds {', '.join(may)}"

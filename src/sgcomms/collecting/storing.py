"""What a run has of one subject -> readings with their source, and what people are told of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta

from sgcomms import clock
from sgcomms.collecting.cadence import FIRST, MONTH, YEARLY
from sgcomms.collecting.comments import new_comments
from sgcomms.collecting.gathering import Gathered
from sgcomms.collecting.matching import Sent, matches
from sgcomms.collecting.model import Collected, Job, Request, chore, month_began
from sgcomms.config import Board
from sgcomms.db import Db, alerts, chores, matching, posts, readings, sources
from sgcomms.errors import (
    AuthError,
    NoCreditError,
    RateLimitError,
    RejectedError,
    SgcommsError,
    in_words,
)
from sgcomms.metering import BudgetSpentError
from sgcomms.models import PostRow, Source

LASTS = timedelta(days=1)
"""After so long without a whole run somebody is told, whatever the reason."""


def stored(db: Db, board: Board, request: Request, job: Job, done: Future[Gathered]) -> Collected:
    """Store what a subject gave, tell of new comments, and return what there is to say.

    Raises nothing: whatever goes wrong here, the other subjects are stored all the same, and what
    this run has cost was noted while it asked.
    """
    try:
        found = done.result()
    except Exception as error:  # one that nobody foresaw
        words = f"its answer could not be understood ({type(error).__name__})"
        found = Gathered(error=SgcommsError(words))
    try:
        notes = _identified(db, job, found.posts.values())
        return replace(_store(db, board, request, job, found), notes=notes)
    except Exception as error:  # a full disk, another program that holds the database
        words = in_words(error) if isinstance(error, SgcommsError) else type(error).__name__
        words = f"what was read could not be stored ({words}): it is read again"
        return Collected(job.subject, job.label, error=words)
    finally:
        with contextlib.suppress(Exception):  # the hold ends by itself, a little later
            chores.drop(db, chore(job.subject), job.lease)


def _store(db: Db, board: Board, request: Request, job: Job, found: Gathered) -> Collected:
    now, meter = clock.now(), job.meter
    gaps = list(meter.gaps)
    if found.gone:
        noun = "post is" if len(found.gone) == 1 else "posts are"
        gaps.append(f"{len(found.gone):,} {noun} not shown any more: the figures last read stay")
    error, early = found.error, _ended_early(job, found)
    if early is not None:
        error = None
        gaps.append(early)
    source = Source(
        "api",
        f"{job.label} API",
        sources.BROKEN_OFF if error is not None else job.sweep,
        job.subject,
        now.astimezone(board.zone).date(),
        calls=meter.calls,
        dollars=meter.dollars,
    )
    since = job.since or now
    before = posts.belonging(db, job.subject, since) if found.posts else {}
    told = list(new_comments(found.posts.values(), before, now))

    def then() -> None:
        posts.note_gone(db, job.subject, found.gone)
        for one in told:
            to: Sequence[str] | None = request.watchers.get(one.campaign) or None
            alerts.add(db, "comments", one.about, one.words, to)

    detail = _detail(job, found, gaps, error)
    added = readings.add(
        db, source, found.rows, lambda: detail, board.zone, begun=job.source, then=then
    )
    _, month = sources.spent(db, job.subject, month_began(board, now))
    return Collected(
        job.subject,
        job.label,
        job.sweep,
        posts=added.posts,
        readings=added.readings,
        calls=meter.calls,
        dollars=meter.dollars,
        month=month,
        budget=job.budget.dollars,
        gaps=tuple(gaps),
        error=in_words(error) if error is not None else None,
        lasting=error is not None and _lasts(db, job, error),
    )


def _detail(
    job: Job, found: Gathered, gaps: Sequence[str], error: SgcommsError | None
) -> dict[str, object]:
    """Return what a person may ask of the run years later."""
    detail: dict[str, object] = {
        **job.detail,
        "title": f"{job.label}, read by its API",
        "native": job.meter.natives,
        "gaps": [*gaps],
        **job.meter.facts,
    }
    if found.periods:
        detail["periods"] = [f"{first} to {last}" for first, last in found.periods]
    if error is not None:
        detail["error"] = in_words(error)
    if isinstance(error, RateLimitError) and error.retry_at is not None:
        detail["retry_at"] = clock.stored(error.retry_at)
    return detail


def _ended_early(job: Job, found: Gathered) -> str | None:
    """Return what a first reading has left out, if the budget ended it and a month was read.

    Else a board with many posts would read the same ones again each month, and never go on.
    """
    if job.sweep not in (FIRST, YEARLY) or not isinstance(found.error, BudgetSpentError):
        return None
    oldest = min((row.publication.published_at for row in found.posts.values()), default=None)
    if oldest is None or clock.now() - oldest < MONTH:
        return None
    return (
        f"posts before {oldest:%Y-%m-%d %H:%M} UTC, as {found.error}; then `sgcomms collect "
        f"--account {job.subject} --since DAY`"
    )


def _lasts(db: Db, job: Job, error: SgcommsError) -> bool:
    """Tell whether a person has to mend it, or whether nothing was read whole for a day."""
    if isinstance(error, AuthError | NoCreditError | RejectedError):
        return True
    whole = sources.last_whole_run(db, job.subject)
    return whole is not None and clock.now() - whole >= LASTS


def _identified(db: Db, job: Job, rows: Iterable[PostRow]) -> tuple[str, ...]:
    """Let our deliveries be known by their posts' ids; return what a person should look at."""
    found = [row.publication for row in rows]
    nameless = {one.delivery: one for one in matching.nameless(db, job.subject)} if found else {}
    sent = [Sent(one.delivery, one.link, one.text_key, one.at) for one in nameless.values()]
    notes = []
    for one in matches(found, sent):
        url = one.publication.url or one.publication.platform_id
        if nameless[one.delivery].state == "handed":
            notes.append(
                f"{one.delivery} was handed over, and {url} is it by {one.by}: `sgcomms settle "
                f"{one.delivery} --posted {url}`"
            )
        elif not matching.identify(
            db, one.delivery, job.subject, one.publication.platform_id, one.by
        ):
            notes.append(f"{one.delivery} and {url} are perhaps the same post, counted twice")
    return tuple(notes)

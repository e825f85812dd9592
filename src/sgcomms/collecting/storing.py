"""What a run has of one subject -> readings with their source, and what people are told of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta

from sgcomms import clock
from sgcomms.collecting.comments import new_comments
from sgcomms.collecting.gathering import Gathered
from sgcomms.collecting.matching import Sent, matches
from sgcomms.collecting.model import Collected, Job, Request, chore, month_began
from sgcomms.config import Board
from sgcomms.db import Db, alerts, chores, matching, readings, sources
from sgcomms.errors import (
    AuthError,
    NoCreditError,
    RateLimitError,
    RejectedError,
    SgcommsError,
    in_words,
)
from sgcomms.models import PostRow, Source

LASTS = timedelta(days=1)
"""After so long without a whole run somebody is told, whatever the reason."""


def stored(db: Db, board: Board, request: Request, job: Job, done: Future[Gathered]) -> Collected:
    """Store what a subject gave, tell of new comments, and return what there is to say."""
    try:
        found = done.result()
    except Exception as error:  # one that nobody foresaw must not keep the others from being stored
        words = f"its answer could not be understood ({type(error).__name__})"
        found = Gathered(error=SgcommsError(words))
    notes = _identified(db, job, found.posts.values())
    try:
        collected = _store(db, board, job, found)
    except SgcommsError as error:
        collected = Collected(job.subject, job.label, error=in_words(error))
    else:
        _tell_of_comments(db, request, job, found.posts.values())
    finally:
        planned = chores.known(db).get(chore(job.subject))
        if planned is not None:
            chores.drop(db, chore(job.subject), planned)
    return _with_notes(collected, notes)


def _store(db: Db, board: Board, job: Job, found: Gathered) -> Collected:
    now, meter = clock.now(), job.meter
    gaps = list(meter.gaps)
    if found.gone:
        noun = "post is" if found.gone == 1 else "posts are"
        gaps.append(f"{found.gone:,} {noun} not shown any more: the figures last read stay")
    error = in_words(found.error) if found.error is not None else None
    detail: dict[str, object] = {
        **job.detail,
        "title": f"{job.label}, read by its API",
        "native": meter.natives,
        "gaps": gaps,
        **meter.facts,
    }
    if error is not None:
        detail["error"] = error
    if isinstance(found.error, RateLimitError) and found.error.retry_at is not None:
        detail["retry_at"] = clock.stored(found.error.retry_at)
    source = Source(
        "api",
        f"{job.label} API",
        sources.BROKEN_OFF if error else job.sweep,
        job.subject,
        now.astimezone(board.zone).date(),
        calls=meter.calls,
        dollars=meter.dollars,
    )
    added = readings.add(db, source, found.rows, lambda: detail, board.zone)
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
        error=error,
        lasting=_lasts(db, job, found),
    )


def _lasts(db: Db, job: Job, found: Gathered) -> bool:
    """Tell whether a person has to mend it, or whether nothing was read whole for a day."""
    if isinstance(found.error, AuthError | NoCreditError | RejectedError):
        return True
    if found.error is None:
        return False
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


def _tell_of_comments(db: Db, request: Request, job: Job, rows: Iterable[PostRow]) -> None:
    for one in new_comments(rows, job.belonging, clock.now()):
        to: Sequence[str] | None = request.watchers.get(one.campaign) or None
        alerts.add_once(db, "comments", one.about, one.words, to)


def _with_notes(collected: Collected, notes: tuple[str, ...]) -> Collected:
    return replace(collected, notes=notes)

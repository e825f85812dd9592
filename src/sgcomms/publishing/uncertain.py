"""Looking for what is uncertain."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sgcomms import clock
from sgcomms.db import Db, looking
from sgcomms.db.outcomes import TakenError
from sgcomms.db.queue import Row
from sgcomms.errors import StateError, in_words
from sgcomms.models import Publication
from sgcomms.platforms import Handing, Publisher
from sgcomms.publishing.work import Tick, Work

LOOK_BACK = timedelta(minutes=2)
"""How much earlier than its arming a publication may look: clocks differ."""


def look(db: Db, work: Work, row: Row, done: Tick) -> bool:
    """Settle an uncertain delivery by looking, if looking can; tell whether anybody could look."""
    try:
        found = _looked_for(db, work, row, done)
    except StateError as error:  # somebody else settled it: they say what became of it
        done.notes[row.id] = str(error)
        found = "settled"
    if found == "settled":
        done.settled.append(row.id)
        done.uncertain = [name for name in done.uncertain if name != row.id]
    return found != "not looked"


def _looked_for(
    db: Db, work: Work, row: Row, done: Tick
) -> Literal["settled", "not found", "not looked"]:
    since = (row.armed_at or row.due_at) - LOOK_BACK
    looks = Publisher.looks
    try:
        platform = work.connect(row.account, row.mode)
        if isinstance(platform, Handing):  # somebody was to post it: only a person can tell
            looking.not_found(db, row, clock.now(), work.owner, ())
            return "not found"
        looks = platform.looks
        publication = platform.find(row.draft, key=row.id, since=since)
        work.step("looked")
    except Exception as error:  # a look that fails must not keep the next delivery from its own
        why = in_words(error)
        done.notes[row.id] = (
            why if why == row.reason else f"{row.reason}; it could not be looked for: {why}"
        )
        looking.not_found(db, row, clock.now(), work.owner, looks, looked=False)
        return "not looked"
    if publication is not None and _fits(publication, platform, since):
        try:
            looking.found(db, row, publication, work.owner)
        except TakenError as error:
            done.notes[row.id] = f"{row.reason}; what was found is another's: {error}"
        else:
            done.published.append(row.id)
            done.notes[row.id] = "was uncertain, and was found"
            return "settled"
    elif platform.idempotent:
        looking.not_sent(db, row, clock.now(), work.owner)
        return "settled"
    looking.not_found(db, row, clock.now(), work.owner, looks)
    return "not found"


def _fits(publication: Publication, platform: Publisher, since: datetime) -> bool:
    """Tell whether what was found can be this delivery: by its key, or made after its arming."""
    return platform.idempotent or publication.published_at >= since

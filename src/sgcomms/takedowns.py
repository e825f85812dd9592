"""Posts that are live -> gone, by the rules of intent. Knows no platform by name.

What does not show yet is withdrawn first, so that it cannot go out meanwhile. Each removal is
committed before its request; no transaction is open during one. A pause does not stop removals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sgcomms import clock
from sgcomms.db import Db, alerts, chores, decisions, queue, removals, unwanted
from sgcomms.db.queue import Row
from sgcomms.db.removals import MAX_TRIES, Live, Removal
from sgcomms.db.unwanted import Unwanted
from sgcomms.errors import (
    NOT_DONE,
    NotReadyError,
    RejectedError,
    StateError,
    UsageError,
    in_words,
)
from sgcomms.models import Mode
from sgcomms.platforms import Publisher
from sgcomms.publishing import Connect

AGAIN = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=1)
"""The shortest and the longest time that a tick leaves a removal alone after a try."""

CHORE = "takedowns"
"""What wakes the tick that goes on with removals."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What named deliveries stand at, for a removal.

    `unclear` are being sent or uncertain; `gone` were live and are not; `private` never were: they
    went to an outbox, were refused, or withdrawn.
    """

    live: tuple[Live, ...]
    waiting: tuple[Row, ...]
    unclear: tuple[Row, ...]
    gone: tuple[Row, ...]
    private: tuple[Row, ...]


@dataclass(slots=True)
class Taken:
    """What became of a takedown.

    `by_hand` are posts that a person has to take down, `failed` those that are tried again by
    itself, `told` deliveries whose officer has the words already and must not post them.
    """

    withdrawn: list[Row] = field(default_factory=list)
    told: list[Row] = field(default_factory=list)
    unclear: list[Row] = field(default_factory=list)
    removed: list[Removal] = field(default_factory=list)
    by_hand: list[Removal] = field(default_factory=list)
    failed: list[Removal] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """3 when a person has to act, 1 when a request failed, else 0."""
        if self.by_hand or self.unclear or self.told:
            return 3
        return 1 if self.failed else 0


def survey(db: Db, rows: Sequence[Row]) -> Survey:
    """Return what deliveries stand at."""
    posts = removals.live(db, rows)
    live = {one.delivery for one in posts}
    sent = [one for one in rows if one.state == "published" and one.mode != "outbox"]
    return Survey(
        live=tuple(posts),
        waiting=tuple(one for one in rows if one.state in ("queued", "held", "handed")),
        unclear=tuple(one for one in rows if one.state in ("publishing", "uncertain")),
        gone=tuple(one for one in sent if one.id not in live),
        private=tuple(
            one
            for one in rows
            if one.id not in live
            and (
                one.state in ("failed", "withdrawn")
                or (one.state == "published" and one.mode == "outbox")
            )
        ),
    )


def take_down(
    db: Db, rows: Sequence[Row], connect: Connect, owner: str, *, reason: str, by: str
) -> Taken:
    """Withdraw what waits of `rows`, take down what is live, and return what became of each.

    What could not be settled is gone on with by the next tick, or by the same command again.
    """
    done = Taken()
    for one in survey(db, rows).waiting:
        try:
            decisions.withdraw(db, one, by, f"taken down: {reason}")
        except StateError:
            continue  # it moved this very moment: where to, it is asked below
        done.withdrawn.append(one)
        if one.state == "handed":
            done.told.append(one)
    now = [found for one in rows if (found := queue.row(db, one.id)) is not None]
    left = survey(db, now)
    done.unclear += [*left.unclear, *left.waiting]
    for one in done.unclear:
        unwanted.want_gone(db, one, reason, by)
    if left.live or done.unclear:
        chores.plan(db, CHORE, clock.now() + AGAIN)  # before the wish: we may be killed after it
    if left.live:
        removals.ask(db, left.live, reason, by)
    modes = {one.id: one.mode for one in now}
    removals.sweep(db, owner)
    _work_on(db, removals.of(db, left.live), modes, connect, owner)
    for settled in removals.of(db, left.live):
        if settled.state == "removed":
            done.removed.append(settled)
        elif settled.state == "by_hand":
            done.by_hand.append(settled)
        else:
            done.failed.append(settled)
    return done


def carry_on(db: Db, connect: Connect, owner: str) -> bool:
    """Go on with what somebody wants gone; tell whether a tick has to come back to it.

    What needs a person after all is told by e-mail.
    """
    removals.sweep(db, owner)
    for wish in unwanted.standing(db):
        _act_on(db, wish)
    now = clock.now()
    due = [one for one in removals.unfinished(db) if _due(one, now)]
    rows = (queue.row(db, one.delivery) for one in due)
    modes = {row.id: row.mode for row in rows if row is not None}
    _work_on(db, due, modes, connect, owner)
    for one in removals.of(db, due):
        if one.state == "by_hand":
            removals.tell(db, one, f"take it down by hand ({one.detail})")
        elif one.state == "asked" and one.detail:
            removals.tell(db, one, f"it is still live; it is tried again ({one.detail})")
    return bool(removals.unfinished(db) or unwanted.standing(db))


def _act_on(db: Db, wish: Unwanted) -> None:
    """Take down what turned out to be live, withdraw what turned out not to be."""
    row = queue.row(db, wish.delivery)
    if row is None or row.state in ("publishing", "uncertain"):
        return
    if row.state in ("queued", "held", "handed"):
        try:
            decisions.withdraw(db, row, wish.by, f"taken down: {wish.reason}")
        except StateError:
            return  # it moved this very moment: there is a next tick
        if row.state == "handed":
            words = f"{row.author} was given it to post by hand: tell them not to"
            alerts.add_once(db, "takedown", row.id, words)
    live = removals.live(db, [row])
    if live:
        removals.ask(db, live, wish.reason, wish.by)
    unwanted.settled(db, wish)


def _due(one: Removal, now: datetime) -> bool:
    """Tell whether a tick tries again: the longer ago it was asked for, the less often."""
    if one.ended_at is None:
        return True
    wait = min(max(AGAIN, (one.ended_at - one.asked_at) / 4), LONGEST_WAIT)
    return one.ended_at + wait <= now


def _work_on(
    db: Db, wanted: Sequence[Removal], modes: Mapping[str, Mode], connect: Connect, owner: str
) -> None:
    """Try each removal once; an account that cannot be worked with now is not asked twice."""
    stuck: dict[str, str] = {}
    for one in wanted:
        if one.state not in ("asked", "uncertain"):
            continue
        if one.account in stuck:
            removals.put_off(db, one, stuck[one.account], owner)
            continue
        why = _try(db, one, modes.get(one.delivery, "live"), connect, owner)
        if why is not None:
            stuck[one.account] = why


def _try(db: Db, one: Removal, mode: Mode, connect: Connect, owner: str) -> str | None:
    """Try one removal; return why its account lets nothing be removed now, or None."""
    if one.tries >= MAX_TRIES:
        why = f"{MAX_TRIES} tries had no clear answer: look whether it is gone"
        removals.give_up(db, one, why, owner)
        return None
    try:
        platform = connect(one.account, mode)
    except UsageError as error:  # the account has left the board, or cannot be published to
        removals.give_up(db, one, in_words(error), owner)
        return None
    except Exception as error:  # whatever it is, nothing was armed
        removals.put_off(db, one, in_words(error), owner)
        return in_words(error)
    if not isinstance(platform, Publisher) or mode == "by_hand":
        removals.give_up(db, one, "it was posted by hand", owner)
    elif not platform.removable:
        removals.give_up(db, one, f"{platform.label} lets no program take posts down", owner)
    else:
        armed = removals.arm(db, one, owner)
        return _request(db, armed, platform, owner) if armed is not None else None
    return None


def _request(db: Db, armed: Removal, platform: Publisher, owner: str) -> str | None:
    """Send the request that takes a post down; return why its account lets nothing be removed."""
    try:
        platform.remove(armed.platform_id)
    except RejectedError as error:
        removals.refused(db, armed, in_words(error), owner)
    except NOT_DONE as error:
        removals.again(db, armed, in_words(error), owner)
        return None if isinstance(error, NotReadyError) else in_words(error)
    except Exception as error:  # whatever it is, the request may have been carried out
        removals.uncertain(db, armed, in_words(error), owner)
    else:
        removals.removed(db, armed, owner)
    return None

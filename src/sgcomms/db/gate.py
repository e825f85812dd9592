"""What must hold before anything is sent: clauses that the claim and the arming both check.

A clause is SQL about one delivery, whose table goes by the given name in the query around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sgcomms import clock

MAX_SENDS = 5
"""How often a delivery may be armed in all, whatever happens; the table refuses more."""


class Closure(Protocol):
    """A time in which only posts that are marked for it go out: a blackout, or before a poll."""

    @property
    def name(self) -> str: ...
    @property
    def first(self) -> datetime: ...
    @property
    def until(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Policy:
    """What the board has set about sending: how late, whether signed, and when not at all.

    `approval` asks a signature of what goes to the public; `closures` are in order of time.
    """

    late_after: timedelta
    approval: bool = True
    closures: Sequence[Closure] = ()

    def closed_at(self, moment: datetime) -> Closure | None:
        """Return the closure that `moment` falls into; of several the one that began first."""
        found = [one for one in self.closures if one.first <= moment < one.until]
        return min(found, key=lambda one: one.first, default=None)

    def values(self, now: datetime) -> dict[str, str | int | None]:
        """Return what the clauses ask for, at the moment `now`."""
        closed = self.closed_at(now)
        return {
            "now": clock.stored(now),
            "late": clock.stored(now - self.late_after),
            "approval": int(self.approval),
            "closed": clock.stored(closed.first) if closed else None,
        }


def paused(one: str) -> str:
    """Return the clause that is true while a pause stops the delivery, or came due in one.

    A pause counts from its commit on, whatever the machine's clock says of its beginning.

    What came due while paused never goes out by itself, however long the pause is over.
    """
    return (
        "EXISTS (SELECT 1 FROM pauses WHERE (scope = 'all'"
        f" OR (scope = 'account' AND target = {one}.account)"
        f" OR (scope = 'campaign' AND target = {one}.campaign))"
        f" AND (lifted_at IS NULL OR (started_at <= {one}.due_at AND {one}.due_at < lifted_at))"
        " AND NOT EXISTS (SELECT 1 FROM pause_exceptions AS excepted"
        " WHERE excepted.pause = pauses.id"
        f" AND ((excepted.kind = 'delivery' AND excepted.target = {one}.id)"
        f" OR (excepted.kind = 'campaign' AND excepted.target = {one}.campaign"
        f" AND ({one}.due_at >= excepted.at OR {one}.due_at < pauses.started_at)))))"
    )


def signed(one: str) -> str:
    """Return the clause that is true when enough people have signed what would be sent.

    A folder needs nobody. The author's own signature never counts; a case review needs two. In a
    closure a second person has to sign, also where the board asks for no signatures otherwise.
    """
    return (
        f"({one}.mode = 'outbox' OR (SELECT count(*) FROM signatures"
        f" WHERE signatures.delivery = {one}.id AND signatures.by_whom <> {one}.author"
        f" AND signatures.hash = coalesce({one}.signed_hash, {one}.content_hash))"
        f" >= CASE WHEN {one}.sensitivity = 'case_review' THEN 2"
        " WHEN :closed IS NOT NULL THEN 1 ELSE :approval END)"
    )


def allowed_in_closure(one: str) -> str:
    """Return the clause that is true outside closures, and for what may go out in this one.

    That is what is marked `election_safe`, of a campaign that was queued before the closure began.
    """
    return f"(:closed IS NULL OR ({one}.election_safe = 1 AND {queued_before(one)}))"


def queued_before(one: str) -> str:
    """Return the clause that is true when the campaign was queued before the closure began."""
    return (
        "((SELECT min(queued_at) FROM deliveries AS earliest"
        f" WHERE earliest.campaign = {one}.campaign) < :closed)"
    )


def parked(one: str) -> str:
    """Return the clause that is true while the delivery's account is parked.

    A folder is never: nothing live turns into outbox, and nothing of it waits for a token.
    """
    return (
        f"({one}.mode = 'live' AND EXISTS (SELECT 1 FROM parks"
        f" WHERE parks.account = {one}.account AND (until IS NULL OR until > :now)))"
    )


def unwanted(one: str) -> str:
    """Return the clause that is true when somebody wants the delivery gone."""
    return f"EXISTS (SELECT 1 FROM unwanted WHERE unwanted.delivery = {one}.id)"


def still(one: str) -> str:
    """Return the clause that is true when nothing has come up that stops what is armed."""
    return (
        f"(({one}.expires_at IS NULL OR {one}.expires_at > :now) AND NOT {unwanted(one)}"
        f" AND NOT {paused(one)} AND {signed(one)} AND {allowed_in_closure(one)})"
    )


def may_go(one: str) -> str:
    """Return the clause that is true when nothing stands against sending the delivery now."""
    return (
        f"{still(one)} AND NOT {parked(one)}"
        f" AND {one}.due_at >= :late AND {one}.due_at <= :now AND {one}.sends < {MAX_SENDS}"
    )

"""Sending an issue to each person once: claimed, armed, carried, and what came of it recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from sgcomms import clock, publishing
from sgcomms.config import Board
from sgcomms.db import Db, home, pauses, sendings
from sgcomms.db.issues import Issue
from sgcomms.db.sendings import Held, Sending
from sgcomms.distributing.carrying import Carrier, Parcel, Smtp
from sgcomms.distributing.notify import Notify
from sgcomms.errors import (
    NOT_DONE,
    NotReadyError,
    RejectedError,
    SgcommsError,
    StateError,
    UsageError,
    in_words,
)
from sgcomms.http import Deadline
from sgcomms.publishing import STALE_AFTER, ClockBehindError, owner_name
from sgcomms.workspace import Workspace

TRY_AGAIN_AFTER = timedelta(minutes=15)
"""How long a person's server that takes nothing for now is left alone."""

STEPS = ("claimed", "arming", "armed", "carried", "recorded")
"""The points between which a sending commits or sends, for faults to be set exactly there."""

_STOPPED = "it may no longer go out: it was stopped, changed, or the claim was lost"


class StoppedError(SgcommsError):
    """Nothing may be sent now, until a person has decided."""

    exit_code = 3


def carrier(space: Workspace, board: Board) -> Carrier:
    """Return what carries reports to people, as config/board.yaml says.

    Raises UsageError where it does not say enough, or the extra is not installed, and AuthError
    where a secret is missing or may not go there.
    """
    by = board.reports
    secrets = space.secrets()
    if by.by == "notify":
        if by.template_id is None:
            raise UsageError("config/board.yaml has no `template_id` under `reports`")
        return Notify(
            by.template_id,
            secrets.of("notify"),
            base=by.api_base,
            allowed=secrets.hosts("notify"),
        )
    if board.mail is None:
        raise UsageError(
            "config/board.yaml has no `mail` server to send by; write it as `mail: {host: "
            "smtp.example.org, port: 587, from: comms@board.example}`"
        )
    return Smtp(board.mail, secrets.of("mail"))


def may_send(space: Workspace, board: Board, db: Db) -> None:
    """Make sure that reports may be sent from here and now.

    Raises UsageError where config/board.yaml or a rehearsal forbids it, ElsewhereError in a copy,
    ClockBehindError, and StoppedError while everything is paused.
    """
    if board.reports.send == "never":
        raise UsageError("config/board.yaml says `send: never` under `reports`: nothing was sent")
    if clock.rehearsed() is not None:  # a server on this machine may pass on what it is given
        raise UsageError(
            f"{clock.VARIABLE} is set: in a rehearsal no report is mailed, and nothing was sent. "
            "Unset it; without --send the report is only written"
        )
    home.stay(db, space.home, "report")
    wrong = publishing.check_clock(db)
    if wrong is not None:
        raise ClockBehindError(wrong)
    why = _paused(space, db)
    if why is not None:
        raise StoppedError(why)


def send(
    space: Workspace,
    board: Board,
    db: Db,
    issue: Issue,
    *,
    by: Carrier | None = None,
    step: Callable[[str], None] = lambda name: None,
    ending: Callable[[], bool] = lambda: False,
) -> list[Sending]:
    """Send an issue that somebody said yes to, to those who have not got it; return how it stands.

    What was uncertain is looked for first, where its carrier can. Raises as `may_send` and
    `carrier` do, before anything is sent.
    """
    may_send(space, board, db)
    carry = by or carrier(space, board)
    owner = owner_name()
    sendings.sweep(db, owner)
    sendings.withdraw(db, issue.id, board.reports.recipients, owner)
    look(db, issue, carry, owner)
    while not ending() and _paused(space, db) is None:
        held = sendings.claim(db, issue, clock.now(), owner)
        if held is None:
            break
        step("claimed")
        try:
            goes_on = _Errand(space, db, issue, held, carry, step).run()
        except StateError:  # somebody took it over: they say what became of it
            goes_on = True
        step("recorded")
        if not goes_on:
            break
    return sendings.of(db, issue.id)


def look(db: Db, issue: Issue, carry: Carrier, owner: str) -> None:
    """Settle by looking what is uncertain; not finding it proves nothing, and changes nothing."""
    for one in sendings.of(db, issue.id):
        if one.state != "uncertain":
            continue
        try:
            seen = carry.look(_parcel(issue, one))
        except SgcommsError:
            return  # it stays uncertain, which is said
        if seen is not None:
            try:
                sendings.found(db, one, seen.words, owner, arrived=seen.arrived)
            except StateError:
                continue  # a person was quicker


def look_for(db: Db, issue: Issue, carry: Carrier, to: Sequence[str], owner: str) -> bool:
    """Look whether those in `to` have an issue of which this database does not know it.

    Returns whether anything was found out. Nothing is said of what nobody could look for.
    """
    told = False
    for one in to:
        try:
            seen = carry.look(Parcel(issue.number, one, issue.mail))
            if seen is not None:
                sendings.learnt(db, issue.id, one, seen.words, owner, received=seen.arrived)
                told = True
        except SgcommsError:
            continue  # it stays in doubt, which is said
    return told


def _parcel(issue: Issue, one: Sending) -> Parcel:
    return Parcel(issue.number, one.recipient, issue.mail)


class _Errand:
    """One issue on its way to one person."""

    def __init__(
        self,
        space: Workspace,
        db: Db,
        issue: Issue,
        held: Held,
        carry: Carrier,
        step: Callable[[str], None],
    ) -> None:
        self._space, self._db, self._issue, self._held = space, db, issue, held
        self._carry, self._step = carry, step
        self._armed = False

    def run(self) -> bool:
        """Carry it, record what came of it, and tell whether the next may be tried at once."""
        try:
            detail = self._carry.carry(_parcel(self._issue, self._held.sending), self._arm)
        except Exception as error:  # what it means is told below, when nothing can be sent any more
            self._step("carried")
            return self._not_sent(error)
        self._step("carried")
        try:
            sendings.sent(self._db, self._held, detail)
        except StateError:
            sendings.strayed(self._db, self._held)
        return True

    def _arm(self) -> Deadline:
        """Commit the intent to send; the time counts from before the commit."""
        self._step("arming")
        if _paused(self._space, self._db) is not None:
            raise NotReadyError(_STOPPED)
        begin_by = Deadline(STALE_AFTER.total_seconds())
        if not sendings.arm(self._db, self._held, self._issue, clock.now()):
            raise NotReadyError(_STOPPED)
        self._armed = True
        self._step("armed")
        if begin_by.passed:
            raise NotReadyError("this machine slept between arming and sending")
        going = _paused(self._space, self._db) is None and sendings.may_still_go(
            self._db, self._held, self._issue, clock.now()
        )
        if not going:
            raise NotReadyError(_STOPPED)
        return begin_by

    def _not_sent(self, error: Exception) -> bool:
        """Record an error: a refusal, what was surely not sent, or what nobody knows."""
        reason = in_words(error)
        if isinstance(error, RejectedError):
            sendings.failed(self._db, self._held, reason)
            return True
        if not self._armed or isinstance(error, NOT_DONE):
            sendings.again(self._db, self._held, reason, clock.now() + TRY_AGAIN_AFTER)
            return isinstance(error, NotReadyError)
        sendings.uncertain(self._db, self._held, reason)
        return True


def _paused(space: Workspace, db: Db) -> str | None:
    """Return why nothing is sent at all just now, or None; a file named STOP pauses everything."""
    since = space.stopped()
    if since is not None:
        pauses.obey_stop_file(db, since)
        return (
            "a file named STOP lies in the workspace, so nothing is sent: take it away, and "
            "`sgcomms resume` when it may go on"
        )
    found = next((one for one in pauses.active(db) if one.target is None), None)
    if found is None:
        return None
    return (
        f"everything is paused by {found.by} ({found.reason}), so nothing is sent: `sgcomms "
        "resume` lifts it; then give the command again"
    )

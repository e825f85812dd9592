"""Sending what is due on one account, in order."""

from __future__ import annotations

from datetime import datetime, timedelta

from sgcomms import clock
from sgcomms.db import Db, parks, sending
from sgcomms.db.outcomes import TakenError
from sgcomms.db.parks import Kind
from sgcomms.db.sending import Claim
from sgcomms.errors import (
    NOT_DONE,
    AuthError,
    NoCreditError,
    NotReadyError,
    RateLimitError,
    RejectedError,
    SecretsMissingError,
    SgcommsError,
    StateError,
    UnavailableError,
    in_words,
)
from sgcomms.http import Deadline, begun_before
from sgcomms.models import Draft, Publication
from sgcomms.platforms import Handing, Publisher
from sgcomms.publishing.work import Tick, Work, stop_file

TRY_AGAIN_AFTER = timedelta(minutes=5)
"""The first wait of what could not be sent; it doubles with each further try."""

LIMIT_WAIT = timedelta(minutes=15)
"""How long an account waits when its platform says "too many" and not until when."""

STALE_AFTER = timedelta(seconds=5)
"""A process that wakes later than this after arming does not send: others may have moved on."""


def send_account(db: Db, work: Work, account: str, done: Tick) -> None:
    """Send what is due on one account, in order."""
    while not work.ending() and not stop_file(db, work):
        work.step("claiming")
        held = sending.claim(db, clock.now(), work.policy, work.owner, work.modes, account)
        if held is None:
            return
        work.step("claimed")
        try:
            _send(db, work, held, done)
        except StateError as error:  # somebody took it over: they say what became of it
            done.notes[held.id] = str(error)
        work.step("recorded")


def _send(db: Db, work: Work, held: Claim, done: Tick) -> None:
    earlier = None
    try:
        platform = work.connect(held.account, held.mode)
        if isinstance(platform, Handing):
            platform.hand(held.draft, key=held.id)
        elif held.look_since is not None:
            try:
                earlier = platform.find(held.draft, key=held.id, since=held.look_since)
            except RejectedError as error:  # the look was refused, not the post
                raise NotReadyError(f"it could not be looked for: {error}") from error
        if not isinstance(platform, Handing) and earlier is None:
            draft = platform.upload(held.draft)
    except Exception as error:  # whatever it is, nothing was armed and nothing sent
        _not_sent(db, work, held, error, done)
        return
    if isinstance(platform, Handing):
        _handed(db, work, held, done)
    elif earlier is not None:
        _published(db, held, earlier, platform, done)
        done.notes[held.id] = "had gone out already, from another copy of this workspace"
    else:
        work.step("uploaded")
        begin_by = _armed(db, work, held, draft, done)
        if begin_by is not None:
            with begun_before(begin_by):
                _request(db, work, held, platform, draft, done)


def _handed(db: Db, work: Work, held: Claim, done: Tick) -> None:
    """Record that the officer has a delivery; handing over may be repeated, so nothing is armed."""
    if stop_file(db, work) or not sending.hand(db, held, clock.now(), work.policy):
        _not_sent(db, work, held, NotReadyError(_STOPPED), done)
    else:
        done.handed.append(held.id)


def _armed(db: Db, work: Work, held: Claim, draft: Draft, done: Tick) -> Deadline | None:
    """Commit the intent to send; return until when the request may follow, or None if it may not.

    The time counts from before the commit: others may have moved on while this process slept.
    """
    work.step("arming")
    why = _STOPPED
    if work.ending():
        sending.again(db, held, "this program was asked to end before it was sent", clock.now())
        return None
    if not stop_file(db, work):
        begin_by = Deadline(STALE_AFTER.total_seconds())
        if sending.arm(db, held, clock.now(), work.policy, draft):
            work.step("armed")
            if begin_by.passed:
                why = "this machine slept between arming and sending"
            elif not stop_file(db, work) and sending.may_still_go(
                db, held, clock.now(), work.policy
            ):
                return begin_by
    _not_sent(db, work, held, NotReadyError(why), done)
    return None


_STOPPED = "it may no longer go out: it was stopped, or the claim was lost"


def _request(
    db: Db, work: Work, held: Claim, platform: Publisher, draft: Draft, done: Tick
) -> None:
    """Send: the one request that makes a delivery public, and what its answer means."""
    outcome: Publication | Exception
    work.step("sending")
    try:
        outcome = platform.publish(draft, key=held.id)
    except Exception as error:  # what it means is told below, when nothing can be sent any more
        outcome = error
    work.step("sent")
    if isinstance(outcome, Publication):
        _published(db, held, outcome, platform, done)
    elif isinstance(outcome, (RejectedError, *NOT_DONE)):
        _not_sent(db, work, held, outcome, done)
    else:  # whatever it is, the request may have been carried out
        _uncertain(db, held, in_words(outcome), platform, done)


def _published(
    db: Db, held: Claim, publication: Publication, platform: Publisher, done: Tick
) -> None:
    """Record that a delivery went out: where that fails, it is uncertain, and looked for."""
    try:
        sending.published(db, held, publication)
    except TakenError as error:
        _uncertain(db, held, str(error), platform, done)
    except StateError as error:
        sending.strayed(db, held, publication)
        done.notes[held.id] = f"it went out, but {error}"
    except SgcommsError as error:
        done.uncertain.append(held.id)
        done.notes[held.id] = f"it went out, but that could not be recorded: {error}"
        raise
    else:
        done.published.append(held.id)


def _uncertain(db: Db, held: Claim, reason: str, platform: Publisher, done: Tick) -> None:
    done.uncertain.append(held.id)
    done.notes[held.id] = reason
    try:
        sending.uncertain(db, held, reason, clock.now() + platform.looks[0])
    except StateError:  # it is uncertain no longer: somebody else knows more
        done.uncertain.remove(held.id)
        raise


def _not_sent(db: Db, work: Work, held: Claim, error: Exception, done: Tick) -> None:
    """Record what was certainly not sent: failed for good, or to be tried again.

    What concerns the account keeps all of it waiting, so that its order stays.
    """
    reason, now = in_words(error), clock.now()
    if isinstance(error, RejectedError):
        sending.failed(db, held, reason)
        done.failed.append(held.id)
    else:
        wait = TRY_AGAIN_AFTER * 2**held.sends
        parked = held.mode == "live" and _park(db, work, held.account, error, now + wait, done)
        sending.again(db, held, reason, now if parked else now + wait)
        done.waiting.append(held.id)
    done.notes[held.id] = reason


def _park(
    db: Db, work: Work, account: str, error: Exception, again_at: datetime, done: Tick
) -> bool:
    """Let an account wait if the error is about it, and not about one delivery."""
    kind: Kind
    until: datetime | None = None
    if isinstance(error, SecretsMissingError):
        kind = "secrets"
    elif isinstance(error, AuthError):
        kind = "token"
    elif isinstance(error, NoCreditError):
        kind = "credit"
    elif isinstance(error, RateLimitError):
        kind, until = "limit", error.retry_at or clock.now() + LIMIT_WAIT
    elif isinstance(error, UnavailableError):
        kind, until = "unreachable", again_at
    else:
        return False
    parks.park(db, account, kind, in_words(error), work.owner, until)
    if until is None:
        done.parked.append(account)
        done.notes[account] = in_words(error)
    return True

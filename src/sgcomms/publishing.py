"""What is due -> sent, safely. Knows no platform by name.

A tick sweeps what time has overtaken, looks for what is uncertain, and sends what is due: accounts
side by side, the deliveries of one account in order. Nothing that runs after a request can lead
back to it: an error that nobody foresaw leaves the delivery uncertain.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Literal, Protocol

from sgcomms import clock
from sgcomms.db import Db, audit, location, open_database, parks, pauses, sending
from sgcomms.db.gate import Policy
from sgcomms.db.parks import Kind
from sgcomms.db.queue import Row
from sgcomms.db.sending import Claim, TakenError
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
from sgcomms.models import Draft, Mode, Publication
from sgcomms.platforms import Handing, Publisher

TRY_AGAIN_AFTER = timedelta(minutes=5)
"""The first wait of what could not be sent; it doubles with each further try."""

LIMIT_WAIT = timedelta(minutes=15)
"""How long an account waits when its platform says "too many" and not until when."""

STALE_AFTER = timedelta(seconds=5)
"""A process that wakes later than this after arming does not send: others may have moved on."""

LOOK_BACK = timedelta(minutes=2)
"""How much earlier than its arming a publication may look: clocks differ."""

CLOCK_BEHIND = timedelta(minutes=5)
"""A machine whose clock stands so far before the last audit row does not publish."""

STEPS = (
    "sweeping",
    "swept",
    "looking",
    "looked",
    "settled",
    "claiming",
    "claimed",
    "uploaded",
    "arming",
    "armed",
    "sending",
    "sent",
    "recorded",
)
"""The points between which a tick commits or sends, in the order in which it comes to them."""

AT_ONCE = 8
"""How many accounts are worked on side by side."""


class Connect(Protocol):
    """Gives the publisher of an account in a mode."""

    def __call__(self, account: str, mode: Mode) -> Publisher | Handing: ...


@dataclass(slots=True)
class Tick:
    """What one tick did, by delivery ids; `notes` say why where a person may ask.

    `settled` were uncertain and are so no longer; `parked` are the accounts that this tick parked
    until a person has mended something.
    """

    published: list[str] = field(default_factory=list)
    handed: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    uncertain: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """3 when a person is needed, 1 when something failed, else 0."""
        if self.uncertain or self.held or self.parked:
            return 3
        return 1 if self.failed or self.waiting else 0

    def add(self, other: Tick) -> None:
        """Take in what another part of the same tick did."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, dict):
                mine.update(theirs)
            else:
                mine.extend(theirs)


class TickStoppedError(SgcommsError):
    """A tick that could not go on; `done` is what it had done by then."""

    def __init__(self, message: str, done: Tick) -> None:
        super().__init__(message)
        self.done = done
        self.exit_code = max(done.exit_code, 1)


class ClockBehindError(SgcommsError):
    """The machine's clock cannot be right, so that nothing may be published by it."""

    exit_code = 3


def owner_name() -> str:
    """Return a name for this process that no other process has: host, process, a random part."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def never() -> datetime | None:
    """Return that there is no stop file."""
    return None


@dataclass(frozen=True, slots=True)
class Work:
    """What a tick works with.

    `stopped` tells since when a file named STOP has been there, or None. `step` is called with a
    name before and after each commit and each request, so that faults can be set exactly there (see
    `STEPS`). `ending` tells that the process was asked to end: what is under way is finished, and
    nothing more begun.
    """

    connect: Connect
    policy: Policy
    modes: Sequence[Mode]
    owner: str
    stopped: Callable[[], datetime | None] = never
    step: Callable[[str], None] = lambda name: None
    ending: Callable[[], bool] = lambda: False


def tick(db: Db, work: Work) -> Tick:
    """Publish what is due and return what happened. Work ends when nothing more is due.

    Raises ClockBehindError, and TickStoppedError when the database cannot be worked with.
    """
    _check_clock(db)
    done = Tick()
    try:
        _stop_file(db, work)
        work.step("sweeping")
        for moved in sending.sweep(db, clock.now(), work.policy, work.owner):
            if moved.state in ("uncertain", "held", "withdrawn"):
                getattr(done, moved.state).append(moved.id)
                done.notes[moved.id] = moved.reason
        work.step("swept")
        _mended(db, work)
        _work_on_all(db, work, done)
    except SgcommsError as error:
        raise TickStoppedError(str(error), done) from error
    return done


def check_clock(db: Db) -> str | None:
    """Return what is wrong when the machine's clock stands well before the audit trail, or None."""
    last, now = audit.latest_at(db), clock.real_now()
    if last is None or last - now < CLOCK_BEHIND:
        return None
    return (
        f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC, but the audit trail goes on to "
        f"{last:%Y-%m-%d %H:%M} UTC: set the clock right; until then nothing is published. If it "
        "is right, and was wrong then: `sgcomms accept-clock --by YOU`"
    )


def _check_clock(db: Db) -> None:
    wrong = check_clock(db)
    if wrong is not None:
        raise ClockBehindError(wrong)


def _stop_file(db: Db, work: Work) -> bool:
    """Pause everything when there is a file named STOP; tell whether there is one."""
    since = work.stopped()
    if since is not None:
        pauses.obey_stop_file(db, since)
    return since is not None


def _mended(db: Db, work: Work) -> None:
    """Let accounts send again whose secrets were missing and are there now."""
    for park in parks.parked(db, clock.now()):
        if park.kind == "secrets":
            try:
                work.connect(park.account, "live")
            except SgcommsError:
                continue
            parks.unpark(db, park.account, work.owner)


def _work_on_all(db: Db, work: Work, done: Tick) -> None:
    """Look and send, accounts side by side: each thread has a connection of its own."""
    now = clock.now()
    unsure = [row.account for row in sending.to_look_for(db, now)]
    accounts = list(dict.fromkeys([*sending.due_accounts(db, now, work.modes), *unsure]))
    if len(accounts) <= 1:
        for account in accounts:
            _work_on(db, work, account, done)
        return

    path = location(db)

    def send(account: str) -> tuple[Tick, Exception | None]:
        part = Tick()
        try:
            with open_database(path) as own:
                _work_on(own, work, account, part)
        except Exception as error:  # the other accounts' work must not be lost with this one's
            return part, error
        return part, None

    with ThreadPoolExecutor(min(AT_ONCE, len(accounts)), "account") as pool:
        parts = list(pool.map(send, accounts))
    for part, _ in parts:
        done.add(part)
    done.uncertain = [name for name in done.uncertain if name not in done.settled]
    for _, error in parts:
        if error is not None:
            raise error


def _work_on(db: Db, work: Work, account: str, done: Tick) -> None:
    """Look for what is uncertain on one account, then send what is due on it.

    When a look cannot be carried out, the others have to wait for the next tick: what is due has
    its time.
    """
    for row in sending.to_look_for(db, clock.now(), account):
        work.step("looking")
        looked = _look(db, work, row, done)
        work.step("settled")
        if not looked:
            break
    _send_account(db, work, account, done)


def _send_account(db: Db, work: Work, account: str, done: Tick) -> None:
    """Send what is due on one account, in order."""
    while not work.ending() and not _stop_file(db, work):
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


def _look(db: Db, work: Work, row: Row, done: Tick) -> bool:
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
            sending.not_found(db, row, clock.now(), work.owner, ())
            return "not found"
        looks = platform.looks
        publication = platform.find(row.draft, key=row.id, since=since)
        work.step("looked")
    except Exception as error:  # a look that fails must not keep the next delivery from its own
        why = in_words(error)
        done.notes[row.id] = (
            why if why == row.reason else f"{row.reason}; it could not be looked for: {why}"
        )
        sending.not_found(db, row, clock.now(), work.owner, looks, looked=False)
        return "not looked"
    if publication is not None and _fits(publication, platform, since):
        try:
            sending.found(db, row, publication, work.owner)
        except TakenError as error:
            done.notes[row.id] = f"{row.reason}; what was found is another's: {error}"
        else:
            done.published.append(row.id)
            done.notes[row.id] = "was uncertain, and was found"
            return "settled"
    elif platform.idempotent:
        sending.not_sent(db, row, clock.now(), work.owner)
        return "settled"
    sending.not_found(db, row, clock.now(), work.owner, looks)
    return "not found"


def _fits(publication: Publication, platform: Publisher, since: datetime) -> bool:
    """Tell whether what was found can be this delivery: by its key, or made after its arming."""
    return platform.idempotent or publication.published_at >= since


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
    if _stop_file(db, work) or not sending.hand(db, held, clock.now(), work.policy):
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
    if not _stop_file(db, work):
        begin_by = Deadline(STALE_AFTER.total_seconds())
        if sending.arm(db, held, clock.now(), work.policy, draft):
            work.step("armed")
            if begin_by.passed:
                why = "this machine slept between arming and sending"
            elif not _stop_file(db, work) and sending.may_still_go(
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

"""Small real things to test the engine with: a platform, a machine's clock, processes that die."""

from __future__ import annotations

import json
import multiprocessing
import signal
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from sgcomms import clock
from sgcomms.db import Db, open_database, queue, writing
from sgcomms.db.gate import Policy
from sgcomms.errors import (
    AuthError,
    NoCreditError,
    RateLimitError,
    RejectedError,
    UnavailableError,
    UncertainError,
)
from sgcomms.models import Account, Content, Delivery, Draft, DraftMedia, Mode, Publication
from sgcomms.platforms.base import Limits, Publisher
from sgcomms.platforms.text import characters
from sgcomms.publishing import Connect, Work

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
"""The time at which every test begins (see `tests/conftest.py`)."""

POLICY = Policy(timedelta(hours=2), approval=False)
"""A board that asks nobody for approval, and sends nothing that is over two hours late."""

Fault = Literal[
    "refuse", "unreachable", "lost before", "lost after", "bug after", "limit", "token", "credit"
]


class Machine:
    """The clock of the machine itself, which leases and the audit trail go by."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time = NOW
        monkeypatch.setattr(clock, "real_now", lambda: self.time)

    def later(self, **span: float) -> None:
        """Let time pass, or pass backwards."""
        self.time += timedelta(**span)


class Ledger:
    """What became public on a platform: a file that several processes may add to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def add(self, account: str, key: str, text: str) -> Publication:
        """Make a post public and return it."""
        line = json.dumps({"account": account, "key": key, "text": text}) + "\n"
        with self.path.open("ab", buffering=0) as file:
            file.write(line.encode())
        return Publication(account, f"{account}-{key}", clock.now(), f"https://fake.example/{key}")

    def public(self) -> list[str]:
        """Return the keys of everything public, in order; a post made twice is there twice."""
        return [json.loads(line)["key"] for line in self.path.read_text("utf-8").splitlines()]


class Fake(Publisher):
    """A platform with a ledger. `faults` is used up, one a request; None is a request that works.

    `during` runs while the request is under way, after it was carried out.
    """

    name = "fake"
    label = "Fake"
    limits = Limits(
        text=500,
        unit="characters",
        count=characters,
        images=(0, 4),
        alt=None,
        source="https://fake.example/limits",
    )

    def __init__(
        self,
        account: str,
        ledger: Ledger,
        faults: Iterable[Fault | None] = (),
        during: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(Account(account, "fake", "live", "fake"), {})
        self.ledger = ledger
        self.faults = list(faults)
        self.during = during
        self.requests: list[str] = []
        self.blind = False

    def render(self, content: Content) -> Draft:
        return self._draft(content, content.link, card=False)

    def publish(self, draft: Draft, *, key: str) -> Publication:
        self.requests.append(key)
        fault = self.faults.pop(0) if self.faults else None
        if fault == "refuse":
            raise RejectedError("the platform refused the words")
        if fault == "unreachable":
            raise UnavailableError("no connection was made")
        if fault == "limit":
            raise RateLimitError("too many at once", clock.now() + timedelta(minutes=20))
        if fault == "token":
            raise AuthError("the token is dead")
        if fault == "credit":
            raise NoCreditError("there is no credit left")
        if fault == "lost before":
            raise UncertainError("the time ran out")
        publication = self._make(draft, key)
        self.during()
        if fault == "lost after":
            raise UncertainError("the time ran out")
        if fault == "bug after":
            raise KeyError("id")
        return publication

    def find(self, draft: Draft, *, key: str, since: datetime) -> Publication | None:
        if self.blind:
            raise UnavailableError("no connection was made")
        if key not in self.ledger.public():
            return None
        account = self.account.id
        return Publication(account, f"{account}-{key}", max(clock.now(), since))

    def _make(self, draft: Draft, key: str) -> Publication:
        return self.ledger.add(self.account.id, key, draft.text)


class Keyed(Fake):
    """A fake platform that makes no second post of the same key."""

    idempotent = True

    def _make(self, draft: Draft, key: str) -> Publication:
        if key in self.ledger.public():
            return Publication(self.account.id, f"{self.account.id}-{key}", clock.now())
        return super()._make(draft, key)


def delivery(
    name: str,
    account: str = "fake",
    *,
    at: datetime = NOW,
    mode: Mode = "live",
    text: str | None = None,
    expires_at: datetime | None = None,
    media: tuple[DraftMedia, ...] = (),
) -> Delivery:
    """Return a delivery of the campaign "test" whose post is called `name`."""
    words = text if text is not None else f"The words of {name}."
    platform = account if account in ("x", "facebook", "instagram") else "fake"
    return Delivery(
        id=f"test/{name}@{account}",
        campaign="test",
        post=name,
        occurrence=1,
        account=account,
        platform=platform,
        mode=mode,
        at=at,
        expires_at=expires_at,
        author="comms.officer@board.example",
        draft=Draft(platform, account, words, None, media),
        text_key=words,
        content_hash=f"{words} {at} {expires_at}",
    )


def work(
    connect: Connect,
    *,
    modes: Sequence[Mode] = ("live",),
    owner: str = "a",
    policy: Policy = POLICY,
    step: Callable[[str], None] = lambda name: None,
    stopped: Callable[[], datetime | None] = lambda: None,
) -> Work:
    """Return what a tick works with."""
    return Work(connect, policy, modes, owner, stopped, step)


def to_account(*platforms: Publisher) -> Connect:
    """Return what connects each account with the platform that is for it."""
    by_account = {one.account.id: one for one in platforms}

    def connect(account: str, mode: Mode) -> Publisher:
        return by_account[account]

    return connect


def fill(db: Db, deliveries: Iterable[Delivery]) -> None:
    """Queue deliveries, as `sgcomms queue` does."""
    with writing(db):
        queue.add(db, deliveries, "test")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code, or minus the signal that killed it."""

    code: int | None

    @property
    def killed(self) -> bool:
        """Tell whether it was killed."""
        return self.code == -9


def kill() -> None:
    """End this process at once, as a power cut would. (9 is SIGKILL; Windows has no such name.)"""
    signal.raise_signal(9)


def killer(name: str) -> Callable[[str], None]:
    """Return a `step` for `publishing.tick` that kills the process at the step `name`."""

    def step(here: str) -> None:
        if here == name:
            kill()

    return step


def in_processes(*works: Callable[[], object]) -> list[Ended]:
    """Do each of `works` in a process of its own, all at once, and return how they ended."""
    context: Any = multiprocessing.get_context("fork")  # Windows has no such thing
    processes = [context.Process(target=work) for work in works]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    return [Ended(process.exitcode) for process in processes]


def states(path: Path) -> dict[str, str]:
    """Return the state of every delivery in the database `path`."""
    with closing(open_database(path)) as db:
        return {row.id: row.state for row in queue.rows(db)}

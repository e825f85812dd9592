"""What the fake platforms share: the ledger, the clock, the settings, ids, routes."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.ledger import Ledger, Public
from tests.faults.rules import Rules
from tests.faults.wire import Answer

SETTINGS: dict[str, Any] = {
    "duplicate_rule": False,  # the same text twice: X's 403, Facebook's 506
    "words": "old",  # X's vocabulary: "old" (retweet_count) or "new" (repost_count)
    "lag": 0,  # seconds until a new post stands in a list
    "container_polls": 0,  # how often an Instagram container is IN_PROGRESS before it is ready
    "quota_total": 100_000,  # Instagram's posts in 24 hours
    "expires_at": 0,  # of a Graph token, as debug_token says it
    "media_folder": None,  # what /media/ shows the public
    "latency_ms": 0,
}


@dataclass
class State:
    """All that a reset forgets, and the clock, which it does not."""

    ledger: Ledger = field(default_factory=Ledger)
    rules: Rules = field(default_factory=Rules)
    settings: dict[str, Any] = field(default_factory=lambda: dict(SETTINGS))
    ahead: timedelta = timedelta(0)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    containers: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def now(self) -> datetime:
        """Return the platform's own time."""
        return datetime.now(UTC) + self.ahead

    def number(self) -> str:
        """Return a number that no other thing here has, and that is higher than any before it.

        It holds the time, as X's do: https://docs.x.com/fundamentals/x-ids
        """
        since_2010 = int(self.now().timestamp() * 1000) - 1_288_834_974_657
        return str((since_2010 << 22) | (next(self._numbers) & 0x3FFFFF))

    def publish(self, post: Public) -> Public:
        """Make a post public."""
        with self.ledger.lock:
            self.ledger.posts.append(post)
        return post

    def listed(self, platform: str, account: str) -> list[Public]:
        """Return what a list of an account's posts shows now, newest first."""
        late = timedelta(seconds=float(self.settings["lag"]))
        return [one for one in self.ledger.of(platform, account) if one.at + late <= self.now()]


@dataclass(frozen=True)
class Route:
    """What a request is about: `act` carries it out, once, if no fault comes before.

    `refuse` returns the platform's own words for a fault of the group `REFUSED`, and for the two
    kinds of server error.
    """

    protocol: str
    request: str
    key: str
    act: Callable[[], Answer]
    refuse: Callable[[dict[str, Any]], Answer]

"""Moments after which nothing is waited for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sgcomms import clock


class Deadline:
    """A moment after which nothing is waited for, `seconds` from now."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._began = clock.real_now()

    @property
    def left(self) -> float:
        """The seconds that are left, 0 when there are none."""
        return max(0.0, self._until - time.monotonic())

    @property
    def passed(self) -> bool:
        """Whether it is too late, by the wall clock too: the other stops while a machine sleeps."""
        slept = (clock.real_now() - self._began).total_seconds() > self._seconds
        return slept or self.left <= 0


_begin_by: ContextVar[Deadline | None] = ContextVar("begin_by", default=None)


@contextmanager
def begun_before(deadline: Deadline) -> Iterator[None]:
    """Let no request that changes something begin in this thread once `deadline` has passed.

    It begins with its first byte: the name service and the handshake come before it.
    """
    token = _begin_by.set(deadline)
    try:
        yield
    finally:
        _begin_by.reset(token)


def begin_by() -> Deadline | None:
    """Return by when a request that changes something has to have begun (see `begun_before`)."""
    return _begin_by.get()

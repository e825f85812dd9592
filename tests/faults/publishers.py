"""Publishers as processes of their own that are killed, or stopped and woken too late."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sgcomms import clock
from sgcomms.cli import run as run_command
from sgcomms.config import Board
from sgcomms.publishing import Work
from sgcomms.workspace import Workspace
from tests.faults.platform import FaultPlatform

resource: Any = pytest.importorskip("resource", reason="processes are forked and stopped")
posix: Any = os  # Windows lacks some of their names
signals: Any = signal

KILL, STOP = 9, 19

WAIT_SECONDS = 120.0
"""Longer than any publisher here works; then it hangs, and the test fails."""


class SharedClock:
    """The machine's clock, for this process and all that it starts; it goes on, and can be set."""

    def __init__(self, patch: pytest.MonkeyPatch, platform: FaultPlatform, start: datetime) -> None:
        self._ahead = multiprocessing.get_context("fork").Value("d", 0.0)
        self._start, self._began = start, time.monotonic()
        self._platform = platform
        patch.setattr(clock, "real_now", self.now)
        patch.setattr(clock, "_rehearsed", None)
        platform.set_clock(start)

    def now(self) -> datetime:
        """Return the time."""
        seconds = time.monotonic() - self._began + self._ahead.value
        return self._start + timedelta(seconds=seconds)

    def later(self, **span: float) -> None:
        """Let time pass, on the platforms too."""
        self._ahead.value += timedelta(**span).total_seconds()
        self._platform.set_clock(self.now())


@dataclass(frozen=True, slots=True)
class Blow:
    """A signal that strikes a publisher when it comes to `step` for the nth time."""

    step: str
    signal: int
    nth: int = 1


class Publisher:
    """`sgcomms publish` in a process of its own; what it prints goes into the file `said`.

    It ends by itself after `most` deliveries, as a service does that is asked to end. With `room`
    no file can be written beyond so many bytes: the disk is full then.
    """

    def __init__(
        self,
        space: Workspace,
        said: Path,
        blow: Blow | None = None,
        most: int = 1_000_000,
        room: int | None = None,
    ) -> None:
        self.space, self.said, self.blow, self.most, self.room = space, said, blow, most, room
        self.signal: int | None = None
        context: Any = multiprocessing.get_context("fork")  # Windows has no such thing
        self._process = context.Process(target=self._work)
        self._process.start()

    def wait(self) -> Publisher:
        """Wait until it has ended or stands still."""
        until = time.monotonic() + WAIT_SECONDS
        options = posix.WEXITED | posix.WSTOPPED | posix.WNOWAIT | posix.WNOHANG
        while (ended := posix.waitid(posix.P_PID, self._process.pid, options)) is None:
            assert time.monotonic() < until, f"a publisher hangs: {self.blow}"
            time.sleep(0.005)
        if ended.si_code in (posix.CLD_STOPPED, posix.CLD_KILLED):
            self.signal = ended.si_status
        return self

    def wake(self) -> None:
        """Let it go on, and wait for its end."""
        os.kill(self._process.pid, signals.SIGCONT)
        self._process.join(WAIT_SECONDS)

    @property
    def code(self) -> int | None:
        """How it ended."""
        self._process.join(WAIT_SECONDS)
        code: int | None = self._process.exitcode
        return code

    def _work(self) -> None:
        output = os.open(self.said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        if self.room is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.room, self.room))
        whole = Workspace.work
        counts: Counter[str] = Counter()
        lock = threading.Lock()

        def step(name: str) -> None:
            with lock:
                counts[name] += 1
                blow = self.blow
                struck = blow is not None and (name, counts[name]) == (blow.step, blow.nth)
            if struck and blow is not None:
                signals.pthread_kill(threading.get_ident(), blow.signal)

        def work(space: Workspace, board: Board, *, ending: Callable[[], bool]) -> Work:
            done = whole(space, board, ending=ending)
            return replace(done, step=step, ending=lambda: counts["recorded"] >= self.most)

        pytest.MonkeyPatch().setattr(Workspace, "work", work)
        run_command(["-C", str(self.space.root), "publish"])

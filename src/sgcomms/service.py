"""The service: calls the same functions as cron: publishes each minute, reads figures each hour,
keeps a backup of each day.

The table is the queue: APScheduler only tells when to look. Two services at once, or a service and
cron, do no harm: whoever claims a delivery is the only one to send it.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Protocol

from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]

from sgcomms import clock, distributing, keeping, ticking
from sgcomms.errors import ProblemsError, SgcommsError
from sgcomms.measuring import measure
from sgcomms.publishing import Tick, TickStoppedError
from sgcomms.workspace import Workspace

STUCK_SECONDS = 900.0
"""A tick that takes longer is said to be stuck: the mark that `status --check` reads stays old."""

MISFIRE_SECONDS = 30
"""A job that is called so much too late, as after the machine slept, waits for its next time."""

BACKUP_MINUTE = 17
"""The minute of each hour at which the service looks whether today has its backup."""

COLLECT_MINUTE = 7
"""The minute of each hour at which the service reads the figures that are due."""

REPORT_MINUTES = "3-59/15"
"""The minutes of each hour at which the service looks for reports to prepare, or to go on with."""

_EXECUTORS = ("default", "backup", "collect", "report")
_STATES = ("published", "handed", "waiting", "failed", "uncertain", "held", "withdrawn", "parked")
_GOOD = frozenset({"published", "handed", "withdrawn"})


class Say(Protocol):
    """Prints a line; `wrong` tells that somebody may have to act."""

    def __call__(self, line: str, *, wrong: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class Line:
    """What a job has to say."""

    words: str
    wrong: bool = False


Job = Callable[[Callable[[], bool]], Iterable[Line]]
"""Does something and returns what there is to say. It is given what tells that it is to end."""


@dataclass(slots=True)
class Service:
    """Calls `tick` each minute, `backup` and `collect` each hour, `report` each quarter of an hour,
    until it is asked to end.

    An error of any never ends it; one that stays the same is said once. `zone` is the one that
    lines are dated in.
    """

    tick: Job
    backup: Job
    collect: Job
    report: Job
    say: Say
    zone: tzinfo
    monotonic: Callable[[], float] = time.monotonic
    _ending: threading.Event = field(default_factory=threading.Event)
    _began: float | None = None
    _told_stuck: bool = False
    _wrong: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; then finish what is under way, and begin nothing more."""
        logger = logging.getLogger("apscheduler")
        logger.addHandler(logging.NullHandler())
        logger.propagate = False  # what matters is said here, in the same form as the rest
        with _signals(self.end):
            scheduler = self._scheduler()
            scheduler.start()
            self._line("started: looks each minute for what is due")
            try:
                while not self._ending.wait(1):
                    self._watch()
            finally:
                if self._began is not None:
                    self._line("ending: what is being sent is finished first")
                scheduler.shutdown(wait=True)
        self._line("ended")

    def end(self) -> None:
        """Let the service end: what is under way is finished and recorded."""
        self._ending.set()

    def _scheduler(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={name: ThreadPoolExecutor(1) for name in _EXECUTORS},
            job_defaults={
                "max_instances": 1,
                "coalesce": True,
                "misfire_grace_time": MISFIRE_SECONDS,
            },
        )
        now = datetime.now(UTC)  # the scheduler's own clock is the machine's
        each_minute, each_hour = CronTrigger(second=0), CronTrigger(minute=BACKUP_MINUTE)
        scheduler.add_job(self.look, each_minute, next_run_time=now)
        scheduler.add_job(self._backup, each_hour, next_run_time=now, executor="backup")
        reading = CronTrigger(minute=COLLECT_MINUTE)
        scheduler.add_job(self._collect, reading, next_run_time=now, executor="collect")
        sending = CronTrigger(minute=REPORT_MINUTES)
        scheduler.add_job(self._report, sending, next_run_time=now, executor="report")
        return scheduler

    def look(self) -> None:
        """Do one tick: what the service does each minute. An error is said, not raised."""
        self._told_stuck, self._began = False, self.monotonic()
        try:
            self._do("publishing", self.tick)
        finally:
            self._began = None

    def _backup(self) -> None:
        self._do("the backup", self.backup)

    def _collect(self) -> None:
        self._do("reading figures", self.collect)

    def _report(self) -> None:
        self._do("reports", self.report)

    def _do(self, name: str, job: Job) -> None:
        """Do a job; whatever goes wrong is said in a line, and the next one comes."""
        if self._ending.is_set():
            return
        try:
            for line in job(self._ending.is_set):
                self._line(line.words, wrong=line.wrong)
        except Exception as error:
            words = f"{name}: {_words(error)}"
            if self._wrong.get(name) != words:
                self._line(words, wrong=True)
            self._wrong[name] = words
        else:
            if self._wrong.pop(name, None) is not None:
                self._line(f"{name}: works again")

    def _watch(self) -> None:
        began = self._began
        if began is None or self._told_stuck or self.monotonic() - began < STUCK_SECONDS:
            return
        self._told_stuck = True
        minutes = int(STUCK_SECONDS // 60)
        self._line(
            f"publishing: the tick has been stuck for {minutes} minutes; nothing more goes out "
            "until it ends or the service is started again",
            wrong=True,
        )

    def _line(self, words: str, *, wrong: bool = False) -> None:
        now = clock.real_now().astimezone(self.zone)
        self.say(f"{now:%Y-%m-%d %H:%M:%S %Z}  {words}", wrong=wrong)


def of(space: Workspace, say: Say) -> Service:
    """Return the service of a workspace. Raises ProblemsError when its config cannot be read."""

    def tick(ending: Callable[[], bool]) -> Iterator[Line]:
        try:
            yield from _told(ticking.tick(space, ending=ending))
        except TickStoppedError as error:
            yield from _told(error.done)  # what went out, went out
            raise

    def backup(ending: Callable[[], bool]) -> Iterator[Line]:
        made = keeping.back_up_daily(space)
        if made is not None:
            yield Line(f"backup {made.backup.path.name}: {len(made.backup.files):,} files")
            for words in made.left_out:
                yield Line(f"backup: left out {words}", wrong=True)

    zone = space.board(words=False).zone
    return Service(tick, backup, _collecting(space), _reporting(space), say, zone)


def _collecting(space: Workspace) -> Job:
    def collect(ending: Callable[[], bool]) -> Iterator[Line]:
        board = space.board()
        with space.database() as db:
            ticking.check_home(space, board, db)
            for one, _ in measure(space, board, db):
                if one.error is not None:
                    yield Line(f"figures of {one.subject}: {one.error}", wrong=True)
                elif one.sweep is not None:
                    yield Line(f"figures of {one.subject}: {one.readings:,} read ({one.sweep})")

    return collect


def _reporting(space: Workspace) -> Job:
    def report(ending: Callable[[], bool]) -> Iterator[Line]:
        board = space.board()
        with space.database() as db:
            ticking.check_home(space, board, db)
            make = distributing.maker(space, board, db)
            for one in distributing.work(space, board, db, make, ending=ending):
                yield Line(one.words, one.wrong)

    return report


def _told(done: Tick) -> Iterator[Line]:
    for state in _STATES:
        for name in getattr(done, state):
            reason = done.notes.get(name)
            words = f"{state} {name}" + (f": {reason}" if reason else "")
            yield Line(words, wrong=state not in _GOOD)


def _words(error: Exception) -> str:
    """Return an error as one line; of one that nobody foresaw only its type, and where it arose.

    What it says might hold anything, a token too.
    """
    if isinstance(error, ProblemsError):
        more = len(error.problems) - 1
        return str(error.problems[0]) + (f" (and {more} more: `sgcomms check`)" if more else "")
    if isinstance(error, SgcommsError):
        return " ".join(str(error).split())
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}, line {last.lineno}"
    return f"something happened that this program did not foresee ({type(error).__name__}, {where})"


@contextmanager
def _signals(end: Callable[[], None]) -> Iterator[None]:
    """Let SIGTERM and SIGINT, and what closes a console on Windows, call `end`."""
    names = ("SIGTERM", "SIGINT", "SIGBREAK")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before: list[Any] = [signal.signal(one, lambda *_: end()) for one in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)

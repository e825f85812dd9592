"""The board's e-mails as their readers get them, from a real server on loopback."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from sgcomms import clock, queueing, ticking, workspace
from sgcomms.config import Board
from sgcomms.db import queue
from sgcomms.media import ENDINGS
from sgcomms.models import DraftMedia
from sgcomms.publishing import Tick
from sgcomms.workspace import Workspace
from tests.fakes import Machine
from tests.faults.platform import FaultPlatform
from tests.mailserver import Mailbox, serving

SENDER = "comms@board.example"
OFFICER, HEAD = "comms.officer@board.example", "head.of.service@board.example"


@dataclass(slots=True)
class Office:
    """A workspace that ticks by the machine's own clock and sends e-mail for real.

    Reading the letters takes them out of the box, so that each is looked at once.
    """

    space: Workspace
    machine: Machine
    box: Mailbox

    @property
    def board(self) -> Board:
        """The board as its file has it now."""
        return self.space.board(words=False)

    @property
    def config(self) -> str:
        """What config/board.yaml says."""
        return (self.space.root / "config" / "board.yaml").read_text("utf-8")

    @config.setter
    def config(self, text: str) -> None:
        (self.space.root / "config" / "board.yaml").write_text(text, "utf-8")

    def set(self, old: str, new: str) -> None:
        """Change something in config/board.yaml."""
        assert old in self.config
        self.config = self.config.replace(old, new)

    def mail(self, *to: str, port: int | None = None) -> None:
        """Let alerts go to `to`, through the server of this office."""
        self.config += (
            f"\nalerts: {{to: [{', '.join(to)}]}}\n"
            f"mail: {{host: 127.0.0.1, port: {port or self.box.port}, from: {SENDER}}}\n"
        )

    def tick(self) -> Tick:
        """Tick now; its mark has the machine's own time."""
        done = ticking.tick(self.space)
        self.beat()
        return done

    def beat(self, at: datetime | None = None) -> None:
        """Leave the mark of a tick that ended at `at`, or now."""
        seconds = (at or self.machine.time).timestamp()
        mark = self.space.root / workspace.HEARTBEAT
        mark.touch()
        os.utime(mark, (seconds, seconds))

    def ticks(self, minutes: int) -> None:
        """Tick each minute for so long, as cron does."""
        for _ in range(minutes):
            self.machine.later(minutes=1)
            self.tick()

    def at(self, moment: datetime) -> None:
        """Tick at `moment`, as if the ticks before it had found nothing to do."""
        self.machine.time = moment
        self.beat()
        self.tick()

    def hourly(self, until: datetime) -> None:
        """Tick at each hour of the morning until `until`; the other ticks find nothing to do."""
        while self.machine.time < until:
            self.machine.later(hours=1)
            if 4 <= self.machine.time.hour <= 9:
                self.at(self.machine.time)

    def letters(self) -> list[EmailMessage]:
        """Return the letters that have arrived since the last look."""
        found = [read(raw) for raw in self.box.letters]
        self.box.letters.clear()
        return found

    def subjects(self) -> list[str]:
        """Return the subjects of the letters that have arrived since the last look."""
        return [str(one["Subject"]) for one in self.letters()]


def read(raw: bytes) -> EmailMessage:
    """Return an e-mail as a mail program would open it."""
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def words(letter: EmailMessage) -> str:
    """Return the text that a reader sees."""
    part = letter.get_body(["plain"])
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


class Meanwhile(list[bytes]):
    """Letters; while the first of them is with the server, something else happens."""

    def __init__(self, do: Callable[[], object]) -> None:
        super().__init__()
        self.do: Callable[[], object] | None = do

    def append(self, letter: bytes) -> None:
        """Take a letter in."""
        super().append(letter)
        do, self.do = self.do, None
        if do is not None:
            do()


@pytest.fixture
def office(space: Workspace, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A workspace in which no time is rehearsed, so that e-mail leaves; nobody is told yet."""
    monkeypatch.setattr(clock, "_rehearsed", None)
    with serving(Mailbox()) as box:
        found = Office(space, machine, box)
        found.beat()
        yield found


@pytest.fixture
def live(office: Office, faulty: FaultPlatform, tmp_path: Path) -> Office:
    """A workspace whose live accounts are on the fake platforms, with one post queued for ten."""
    office.space = faulty.workspace(tmp_path / "live")
    office.beat()
    office.mail(OFFICER)
    space = office.space
    with space.database() as db:
        queueing.carry_out(queueing.propose(space.root, space.board(), db), space.store, db, "me")
        pictures = [item for row in queue.rows(db) for item in row.draft.media]
    for item in pictures:
        space.store.copy(item.sha256, item.kind, public(space, item))
    return office


def public(space: Workspace, item: DraftMedia) -> Path:
    """Return where the public sees a picture."""
    return space.root / "public" / f"{item.sha256}.{ENDINGS[item.kind]}"

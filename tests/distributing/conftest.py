"""An office that sends a monthly summary to three people, through a real mail server."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest

from sgcomms.db import issues, sendings
from sgcomms.db.sendings import Sending
from sgcomms.distributing.monthly import name
from sgcomms.models import Attachment, Mail
from sgcomms.periods import Period, month
from sgcomms.reports import monthly
from sgcomms.reports.monthly.gather import NOTING
from tests.conftest import Result, Run
from tests.letters import HEAD, OFFICER, Office, office

__all__ = ["HEAD", "OFFICER", "office"]

CHAIR, POLICE, NHS = "chair@board.example", "police@board.example", "nhs@board.example"
EVERYBODY = [CHAIR, POLICE, NHS]
MONTH, DOCUMENT = "2026-10", "monthly-2026-10"


@dataclass(slots=True)
class Desk:
    """Whoever makes the summary: what it says can be changed, and what it says of the day.

    `page` stands on the page in the e-mail alone, `file` in what is attached alone.
    """

    users: str = "6,012"
    more: dict[str, str] = field(default_factory=dict)
    day: str = ""
    page: str = ""
    file: str = ""

    @property
    def words(self) -> str:
        """What it says."""
        return f"In October 2026 the website had {self.users} users.{self.day}"

    def make(self, period: Period, decision: str = NOTING) -> Mail:
        """Make the summary of a month."""
        words = self.words if decision == NOTING else f"{self.words} {decision}"
        page = f'<html lang="en-GB"><body><main><h1>Reach</h1><p>{words}</p></main></body></html>'
        attached = page.replace("</main>", f"{self.file}</main>").encode()
        return Mail(
            name(period),
            f"Reach in {period.start:%B %Y}",
            f"{words}\n",
            page.replace("</main>", f"{self.page}</main>"),
            (Attachment(f"reach-{period.name}.html", attached, "text/html"),),
            {"Website users": self.users, **self.more},
            decision=decision,
        )


@dataclass(slots=True)
class Sender:
    """The command line in an office that sends the summary of October 2026."""

    office: Office
    run: Run
    desk: Desk

    def command(self, *more: str) -> Result:
        """Run `report monthly --send` with `more`."""
        return self.run("report", "monthly", "--month", MONTH, "--send", *more)

    def seal(self, *more: str) -> str:
        """Return the hash that is shown when nobody has said yes."""
        found = re.search(r"hash: +([0-9a-f]+)", self.command(*more).out)
        assert found is not None
        return found[1]

    def send(self, *more: str) -> Result:
        """Say yes to what is shown."""
        return self.command("--yes-to", self.seal(*more), "--by", HEAD, *more)

    def letters(self) -> dict[str, EmailMessage]:
        """Return the letters since the last look by whom they were for; nobody gets two at once."""
        found = self.office.letters()
        by_person = {str(one["To"]): one for one in found}
        assert len(by_person) == len(found)
        return by_person

    def rows(self, number: int = 1) -> dict[str, Sending]:
        """Return the sendings of an issue by whom they are for."""
        with self.office.space.database() as db:
            one = next(one for one in issues.issues(db, DOCUMENT) if one.number == number)
            return {row.recipient: row for row in sendings.of(db, one.id)}

    def states(self, number: int = 1) -> list[str]:
        """Return the states of an issue for the chair, the police and the NHS."""
        rows = self.rows(number)
        return [rows[one].state for one in EVERYBODY]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """What makes the summary in every command and job of a test."""
    found = Desk()

    def letter(summary: monthly.Summary, *_: object) -> Mail:
        return found.make(month(summary.key[-7:]), summary.decision)

    monkeypatch.setattr(monthly, "letter", letter)
    return found


@pytest.fixture
def sender(office: Office, run: Run, desk: Desk) -> Sender:
    """An office with three people to send to, all of whom the mail server knows."""
    for campaign in ("covid-safeguarding", "safer-sleeping"):  # each summary would plan their posts
        (office.space.root / "campaigns" / f"{campaign}.yaml").unlink()
    office.mail(OFFICER)
    office.config += f"reports: {{recipients: [{', '.join(EVERYBODY)}]}}\n"
    return Sender(office, run, desk)

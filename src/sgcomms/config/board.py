"""What the config files say, put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from sgcomms.config.calendar import Calendar
from sgcomms.metrics import Metric
from sgcomms.models import Account, Contact, Feedback, Website
from sgcomms.periods import YearStart

Role = Literal["officer", "approver"]
Send = Literal["after_ok", "by_itself", "never"]
Carried = Literal["smtp", "notify"]


@dataclass(frozen=True, slots=True)
class Mail:
    """The server that the board's e-mails leave by, and the address they come from."""

    host: str
    port: int
    sender: str


@dataclass(frozen=True, slots=True)
class Reports:
    """To whom reports are sent, after whose word, and by what.

    `template_id` is that of GOV.UK Notify's template; `api_base` is where Notify runs, None for its
    own host.
    """

    recipients: tuple[str, ...] = ()
    send: Send = "after_ok"
    by: Carried = "smtp"
    template_id: str | None = None
    api_base: str | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """The organisation: who it is, its people, accounts, websites, metrics and contacts.

    `approval` tells whether live posts need a signature. `prices` are in US dollars, by platform
    and the platform's own kinds. `media_base_url` ends with a slash. `calendar` tells when the
    board keeps quiet.
    """

    name: str
    short: str
    zone: ZoneInfo
    year_starts: YearStart
    url: str
    people: Mapping[str, Role]
    accounts: Mapping[str, Account]
    websites: Mapping[str, Website]
    metrics: Mapping[str, Metric]
    late_after: timedelta
    contacts: Mapping[str, Contact]
    feedback: tuple[Feedback, ...]
    approval: bool = True
    media_base_url: str | None = None
    prices: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    alerts_to: tuple[str, ...] = ()
    mail: Mail | None = None
    calendar: Calendar = field(default_factory=Calendar)
    reports: Reports = Reports()

    @property
    def approvers(self) -> tuple[str, ...]:
        """The people who may sign posts off."""
        return tuple(who for who, role in self.people.items() if role == "approver")

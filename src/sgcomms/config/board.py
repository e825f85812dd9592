"""What the config files say, put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sgcomms.metrics import Metric
from sgcomms.models import Account, Contact, Feedback, Website
from sgcomms.periods import YearStart

Role = Literal["officer", "approver"]


@dataclass(frozen=True, slots=True)
class Board:
    """The organisation: who it is, its people, accounts, websites, metrics and contacts."""

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

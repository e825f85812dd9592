"""What the monthly reach summary is made of: gathered once; templates only print it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sgcomms.reports.model import Note, Section, Table


@dataclass(frozen=True, slots=True)
class Summary:
    """The monthly reach summary, in the order in which it is read.

    `key` names the month for ever ("monthly-2021-03"). `title`, `board`, `month`, `days` and
    `as_read` say what it is of; `remarks` stand directly under the title. `headline` are sentences
    from tested facts; `status` is how publishing and collecting stand on the day of writing.
    `channels` holds the table of accounts, `websites` that of websites. `trend` has a row for each
    main measure, and its charts; `months` are the numbers behind them, month by month. `delivery`
    rates campaigns by deliveries sent against those planned; `posts` are the three that stand out;
    `campaigns` are those live or just ended; `ahead` is the month to come. `missing` says what
    could not be printed and why, `breaks` what changed its definition within the thirteen months,
    `notes` what the numbered marks mean and `shorthand` what the lettered ones do. `decision` is
    what the board is asked to do.
    `figures` are the numbers as they are printed, by names that stay the same from one writing to
    the next ("Impressions on X, March 2027"), so that a revision can say what changed.
    """

    key: str
    title: str
    board: str
    month: str
    days: str
    as_read: str
    remarks: tuple[str, ...]
    headline: tuple[str, ...]
    status: Section
    channels: Section
    websites: Section | None
    trend: Section
    months: Table | None
    delivery: Section
    posts: Section
    campaigns: Section
    ahead: Section
    missing: tuple[str, ...]
    breaks: tuple[str, ...]
    notes: tuple[Note, ...]
    shorthand: tuple[str, ...]
    sources: tuple[str, ...]
    decision: str
    figures: Mapping[str, str]

"""What the monthly reach summary is made of: gathered once; templates only print it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sgcomms.reports.model import Note, Section


@dataclass(frozen=True, slots=True)
class Summary:
    """The monthly reach summary, in the order in which it is read: one page, then its notes.

    `key` names the month for ever ("monthly-2021-03"). `title`, `board`, `month`, `days` and
    `as_read` say what it is of; `remarks` stand directly under the title.
    On the page: `headline` is one sentence from tested facts, and what goes with it; `status` is
    how publishing and collecting stand on the day of writing. `channels` holds the table of
    accounts, `websites` that of websites. `trend` has a row for each main measure, and its charts.
    `delivery` rates campaigns by deliveries sent against those planned; `posts` are the three that
    stand out. `campaigns` says how those live or just ended are counted, and `evaluated` has a
    section for each. `ahead` is the month to come. `caveats` say what is missing, what changed its
    definition and what the measures and letters mean. `decision` is what the board is asked to do.
    After the page: `annex` are sections of what the page has no room for, and the numbers behind
    the trend; `notes` say what the numbered marks mean, `sources` where the figures come from.
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
    delivery: Section
    posts: Section
    campaigns: Section
    evaluated: tuple[Section, ...]
    ahead: Section
    caveats: Section
    decision: str
    annex: tuple[Section, ...]
    notes: tuple[Note, ...]
    sources: tuple[str, ...]
    figures: Mapping[str, str]

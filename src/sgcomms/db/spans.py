"""Readings over periods: of websites, of accounts as a whole, and of what only the board counts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sgcomms.db import Db

_SUPERSEDED = (
    "(dimension IS NOT NULL AND run < max(run) OVER ("
    "PARTITION BY subject, metric, basis, dimension, first, last))"
)
"""A run tells a breakdown whole: what an earlier one had in it, and it has not, is no more."""


@dataclass(frozen=True, slots=True)
class PeriodReading:
    """One reading over a period, as it stands in the database."""

    id: int
    source: int
    subject: str
    metric: str
    dimension: str | None
    key: str | None
    first: date
    last: date
    value: float | None
    numerator: float | None
    denominator: float | None
    bound: str | None
    reason: str | None
    read_on: date
    native: str
    basis: str | None


def stored_subjects(db: Db) -> set[str]:
    """Return every id that a post or a reading belongs to, the ids of joint figures apart."""
    rows = db.conn.execute(
        "SELECT DISTINCT account FROM publications UNION SELECT DISTINCT subject FROM readings"
    ).fetchall()
    return {part for (subject,) in rows for part in subject.split("+")}


def periods_known(db: Db, subject: str, levels: Collection[str]) -> list[tuple[date, date, date]]:
    """Return the periods that `subject` has figures of, with the day each was last read on.

    Breakdowns, levels and what was received count for none.
    """
    rows = db.conn.execute(
        "SELECT first, last, max(read_on) FROM readings"
        " WHERE subject = ? AND dimension IS NULL AND basis IS NULL AND value IS NOT NULL"
        " AND metric NOT IN (SELECT value FROM json_each(?)) GROUP BY first, last",
        (subject, json.dumps([*levels])),
    ).fetchall()
    day = date.fromisoformat
    return [(day(first), day(last), day(read)) for first, last, read in rows]


def days_of(db: Db, subject: str, metric: str) -> list[date]:
    """Return the days of which a level of `subject` is known."""
    rows = db.conn.execute(
        "SELECT DISTINCT last FROM readings WHERE subject = ? AND metric = ? AND value IS NOT NULL"
        " AND dimension IS NULL",
        (subject, metric),
    ).fetchall()
    return [date.fromisoformat(day) for (day,) in rows]


def period_readings(
    db: Db, first: date, last: date, as_of: date, subjects: Collection[str] | None = None
) -> list[PeriodReading]:
    """Return the newest reading of each subject, metric, key and period that ends in the span.

    `subjects` None means all of them.
    """
    rows = db.conn.execute(
        "SELECT id, source, subject, metric, dimension, key, first, last, value, numerator,"
        " denominator, bound, reason, read_on, native, basis FROM (SELECT *, row_number() OVER ("
        "PARTITION BY subject, metric, basis, dimension, key, first, last"
        " ORDER BY value IS NULL, read_on DESC, id DESC) AS age,"
        f" {_SUPERSEDED} AS superseded FROM readings"
        " LEFT JOIN (SELECT id AS run FROM sources WHERE kind = 'api') ON run = source"
        " WHERE last >= ? AND last <= ? AND read_on <= ?) WHERE age = 1 AND superseded IS NOT 1"
        " ORDER BY subject, metric, basis, dimension, key, first, last",
        (first.isoformat(), last.isoformat(), as_of.isoformat()),
    ).fetchall()
    found = [_period_reading(row) for row in rows]
    return [one for one in found if subjects is None or one.subject in subjects]


def readings_by_id(db: Db, ids: Sequence[int]) -> list[PeriodReading]:
    """Return the readings with these ids."""
    marks = ", ".join("?" * len(ids))
    rows = db.conn.execute(
        "SELECT id, source, subject, metric, dimension, key, first, last, value, numerator,"
        " denominator, bound, reason, read_on, native, basis FROM readings"
        f" WHERE id IN ({marks}) ORDER BY id",
        tuple(ids),
    ).fetchall()
    return [_period_reading(row) for row in rows]


def _period_reading(row: sqlite3.Row | tuple[Any, ...]) -> PeriodReading:
    values = list(row)
    for place in (6, 7, 13):
        values[place] = date.fromisoformat(values[place])
    return PeriodReading(*values)

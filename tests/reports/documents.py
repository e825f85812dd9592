"""A small report with everything in it, and hostile words, for writers of documents."""

from __future__ import annotations

from datetime import UTC, datetime

from sgcomms.reports.model import (
    Break,
    Cell,
    Chart,
    Limits,
    Note,
    Point,
    Report,
    Section,
    Sentence,
    Series,
    Table,
)

MADE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOSTILE = "<b>&amp; {{ 7 * 7 }} {% for %} #let x = 1 $1/0$ \x00\x07\x1b[2J\u202e\ufffe]]> \"'"

TABLE = Table(
    "Numbers & words",
    ("Month", "X <1>", "Facebook"),
    (
        (Cell("April 2020"), Cell("1,234", (1,)), Cell("not available")),
        (Cell("May 2020"), Cell("5,678"), Cell("9,012", (1, 2))),
    ),
)
CHART = Chart(
    "chart_a",
    "line",
    "A chart & its title",
    'Line chart. X: 1,234 in April 2020 & "5,678" in May 2020.',
    "impressions",
    (
        Series("X", (Point("April 2020", 1234), Point("May 2020", 5678)), Limits(3000, 1000, 6000)),
        Series("Facebook", (Point("April 2020", None), Point("May 2020", 9012.5))),
    ),
    TABLE,
    (Break("May 2020", "It changed."),),
)
REPORT = Report(
    title="Website & social media <2020-21>",
    board="Board",
    period="2020-21",
    days="1 April 2020 to 31 March 2021",
    as_read="Figures as read up to 3 April 2021.",
    remarks=("A remark.",),
    sections=(
        Section("a", "First", 2, (Sentence("It had 275,602 views.", (1,)), Sentence("And more."))),
        Section("b", "Second", 3, table=TABLE, quotes=("Word for word",)),
        Section("c", "Third", 2, items=(Sentence("An item", (2,)),), charts=(CHART,)),
    ),
    notes=(Note(1, "A note."), Note(2, "Another note.")),
    missing=("Nothing of May.",),
    sources=("a.csv; read on 3 April 2021",),
)

"""The figures of the board's report for 2020-21, as its section prints them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

YEAR = "2020-21"
EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / YEAR
READ_ON = date(2021, 4, 3)
FILES = tuple(str(path) for path in sorted(EXAMPLES.iterdir()) if path.suffix in (".csv", ".yaml"))
TAKE_IN = ("import", *FILES, "--read-on", str(READ_ON))
"""The command that takes in all that is known of the year."""

FIGURES: tuple[tuple[str, str, str | None, str | None, float], ...] = (
    # subject, metric, dimension, key, value
    ("x", "posts", None, None, 328),
    ("x", "impressions", None, None, 111_383),
    ("x", "shares", None, None, 292),
    ("x", "reactions", None, None, 1_540),
    ("x", "followers", None, None, 1_007),
    ("facebook+instagram", "reach", None, None, 80_112),
    ("facebook", "followers", None, None, 458),
    ("instagram", "followers", None, None, 124),
    ("website", "page_views", None, None, 275_602),
    ("website", "users_total", None, None, 71_987),
    ("website", "session_seconds", None, None, 120),
    ("website", "bounce", None, None, 0.40),
    ("website", "sessions_share", "channel", "search", 0.52),
    ("website", "sessions_share", "device", "desktop", 0.66),
    ("website", "sessions_share", "device", "mobile", 0.30),
    ("website", "sessions_share", "device", "other", 0.04),
    ("website", "page_views", "page", "/covid-19", 18_000),
    ("board", "briefing_views", None, None, 10_753),
    ("board", "webinars", None, None, 18),
    ("board", "attendances", None, None, 573),
)

TOGETHER = {"posts": 400, "reactions": 683, "comments": 57, "shares": 768}
"""Facebook and Instagram, added."""

FORBIDDEN_SUM = 111_383 + 80_112
"""Impressions plus reach, which the board's report added."""

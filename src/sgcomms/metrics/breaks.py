"""The register of series breaks: the days on which what a number counts was changed. Data, no I/O.

A new name alone is no break: X renamed its retweets to reposts in 2026 and counts what it counted,
as it did when it was called Twitter (see `natives` for the names).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Break:
    """A day on which a definition changed: nothing before it compares with anything after.

    `platforms` are the platforms or tools concerned, by the names that `board.yaml` uses.
    `may_be_added` is true where more or less is measured, but the same thing is counted: then what
    lies on both sides may be added, with a note, and still does not compare. With a `dimension`
    only the rows of that breakdown are concerned, and of them those with one of `keys`.
    """

    on: date
    platforms: frozenset[str]
    metrics: frozenset[str]
    reason: str
    source: str
    may_be_added: bool = False
    dimension: str | None = None
    keys: frozenset[str] = frozenset()

    def concerns(self, dimension: str | None, key: str | None) -> bool:
        """Tell whether figures of `dimension` and `key` (both None for a total) changed."""
        return self.dimension is None or (self.dimension == dimension and key in self.keys)


_GRAPH = "developers.facebook.com, Page Insights, deprecated metrics"
_MEDIA = "developers.facebook.com, Instagram media insights"

BREAKS: tuple[Break, ...] = (
    Break(
        date(2023, 7, 1),
        frozenset({"ga4"}),
        frozenset({"bounce", "users_total", "users_new", "sessions", "session_seconds"}),
        "Universal Analytics was replaced by Google Analytics 4, which counts visits and users "
        "another way and defines bounce as a visit that was not engaged.",
        "Google Analytics 4 (reported by digitl.net and cardinalpath.com)",
    ),
    Break(
        date(2023, 12, 11),
        frozenset({"instagram"}),
        frozenset({"engagements"}),
        "Instagram replaced engagement by total interactions.",
        _MEDIA,
    ),
    Break(
        date(2025, 3, 31),
        frozenset({"youtube"}),
        frozenset({"views"}),
        "YouTube counts a view of a Short each time it starts to play, without a least time "
        "watched.",
        "developers.google.com, YouTube Data API, revision history, 26 March 2025",
    ),
    Break(
        date(2025, 4, 21),
        frozenset({"instagram"}),
        frozenset({"impressions", "views"}),
        "Instagram replaced impressions by views, which count repeats.",
        _MEDIA,
    ),
    Break(
        date(2025, 11, 15),
        frozenset({"facebook"}),
        frozenset({"impressions", "views", "followers"}),
        "Facebook replaced impressions by views, and fans by followers.",
        _GRAPH,
    ),
    Break(
        date(2026, 2, 5),
        frozenset({"ga4", "matomo", "plausible"}),
        frozenset(
            {
                *("users_total", "users_active", "users_unspecified", "users_new"),
                *("users_daily_sum", "sessions", "sessions_engaged", "page_views"),
            }
        ),
        "Since the Data (Use and Access) Act 2025 took effect, cookies that only count visits may "
        "be set without consent, so more visits may be measured than before.",
        "Data (Use and Access) Act 2025 (reported by stevens-bolton.com and kukie.io)",
        may_be_added=True,
    ),
    Break(
        date(2026, 5, 13),
        frozenset({"ga4"}),
        frozenset(
            {
                *("sessions", "sessions_engaged", "page_views"),
                *("users_total", "users_active", "users_unspecified", "users_new"),
            }
        ),
        "Google Analytics 4 counts visits from AI assistants as a channel of their own; before, "
        "they were among the links on other websites.",
        "Google Analytics 4, default channel group (reported by several articles)",
        may_be_added=True,
        dimension="channel",
        keys=frozenset({"referral", "ai_assistant"}),
    ),
    Break(
        date(2026, 6, 15),
        frozenset({"facebook"}),
        frozenset({"reach"}),
        "Facebook replaced reach by viewers.",
        _GRAPH,
    ),
    Break(
        date(2026, 8, 24),
        frozenset({"youtube"}),
        frozenset({"views"}),
        "YouTube counts a view of any video as soon as it starts to play, as it did for Shorts.",
        "developers.google.com, YouTube Data API, revision history, 27 August 2026 (the day: "
        "reported by a client's release notes)",
    ),
)


def breaks_between(
    platform: str,
    metric: str,
    first: date,
    last: date,
    dimension: str | None = None,
    key: str | None = None,
) -> tuple[Break, ...]:
    """Return the breaks that keep `metric` of `platform` from comparing over `first` to `last`.

    A break counts when it falls after `first` and not after `last`. `dimension` and `key` name the
    row of a breakdown; a total has neither.
    """
    return tuple(
        found
        for found in BREAKS
        if platform in found.platforms
        and metric in found.metrics
        and found.concerns(dimension, key)
        and first < found.on <= last
    )

"""What must not be added up or compared, and how it is kept apart. Data, no I/O.

`APART` is the list that the reference prints; each point has its test in
tests/figures/test_apart.py. `counted` tells which platforms put different things under one name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_DISPLAYED = "plays and displays"
_ON_SCREEN = "posts shown on a screen"

COUNTED: Mapping[str, Mapping[str, str]] = {
    "impressions": {
        "x": _ON_SCREEN,
        "facebook": _ON_SCREEN,
        "instagram": _ON_SCREEN,
        "linkedin": _ON_SCREEN,
        "youtube": "thumbnails shown",
    },
    "views": {
        "facebook": _DISPLAYED,
        "instagram": _DISPLAYED,
        "threads": _DISPLAYED,
        "youtube": "plays of videos",
    },
    "engagements": {
        "x": "what X adds up",
        "facebook": "what Facebook adds up",
        "instagram": "what Instagram adds up",
    },
}
"""What each platform counts under the name of a metric, where that is not the same."""


def counted(metric: str, platform: str) -> str:
    """Return what `platform` counts as `metric`, where that differs between platforms, else "".

    Values may be added over platforms for which the answer is the same.
    """
    if metric not in COUNTED:
        return ""
    return COUNTED[metric].get(platform, f"what {platform} calls {metric}")


@dataclass(frozen=True, slots=True)
class Apart:
    """One thing that must not be added up or compared: `rule` says what, `kept` how it is kept."""

    name: str
    rule: str
    kept: str


APART: tuple[Apart, ...] = (
    Apart(
        "reach",
        "Reach and users count each person or browser once. They are never added: not over posts, "
        "days or platforms.",
        "Both are combined over nothing. A report prints what the platform gave for the whole "
        "period, or nothing.",
    ),
    Apart(
        "impressions_and_views",
        "Impressions and views are different things, and views are not the same on every platform: "
        "X and LinkedIn count what was shown, Meta what was played or displayed, repeats included, "
        "YouTube what was played.",
        "They are two metrics with different units. Values of one metric are added only over "
        "platforms that count the same.",
    ),
    Apart(
        "totals_to_date",
        "The figures of a post are totals up to the moment of reading. Readings of one post are "
        "never added, and a total may go down.",
        "Of each post the newest reading counts, once.",
    ),
    Apart(
        "changed_definitions",
        "What was counted before a definition changed is no series with what was counted after.",
        "The register of breaks: nothing is compared across one, and added only where the same "
        "thing is counted.",
    ),
    Apart(
        "days",
        "A day ends at another time on each platform: Facebook's and YouTube's in US Pacific time, "
        "X's and LinkedIn's in UTC.",
        "Posts are counted by the moment at which they were made, in the board's zone. Daily "
        "figures keep the platform's day, and its day boundary is kept with their source.",
    ),
    Apart(
        "page_and_posts",
        "Figures of a Page or account as a whole are not the sum of its posts': they include older "
        "posts, stories and advertisements. What was posted to Facebook and Instagram at once may "
        "be in both.",
        "The two are never added. Where both speak of the same thing one counts, and a note names "
        "the other.",
    ),
    Apart(
        "rates",
        "Rates are not averaged. LinkedIn's engagement is a share of impressions, not a count.",
        "Rates are combined by the sums they were made of; LinkedIn has no engagements here.",
    ),
    Apart(
        "promoted",
        "X's public figures include promoted posts, Instagram's views do not.",
        "One name of each metric is asked for, and its own definition is kept with the source.",
    ),
    Apart(
        "followers",
        "Followers are a level on a day. They are not averaged, and not added over platforms as if "
        "they were people; YouTube rounds them.",
        "The last level of the period counts, with its day; over accounts it is combined by "
        "nothing.",
    ),
)

"""Where figures are fetched by hand, and how long each can be had there. Data, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

Kind = Literal["posts", "month", "year", "level", "clicks"]


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen, or one export of it.

    `kind` says what it owes: of an account the figures of each month's posts; of a website those of
    each month and of the year, each as one period; a level on the last day of the year; or the
    clicks on posts, which are lost while an API is not read any more. `keeps` is how long after its
    first day a period can be had as a whole, None where no end is known. Then it is had from the
    screen `afterwards`; without one it is lost, unless `certain` is false: then nobody knows. `why`
    says what is known. `by_days` is true where the days of a month give no less than the month.
    """

    platforms: tuple[str, ...]
    kind: Kind
    what: str
    screen: str
    at_once: str
    why: str
    source: str
    keeps: timedelta | relativedelta | None = None
    certain: bool = True
    by_days: bool = False
    afterwards: str | None = None

    def place(self, *, afterwards: bool = False) -> str:
        """Return the screen, or the one afterwards, and how much it gives at once."""
        screen = self.afterwards if afterwards and self.afterwards else self.screen
        return f"{screen}, {self.at_once}" if self.at_once else screen


CLICKS_DAYS = 30

CLICKS = Screen(
    ("x",),
    "clicks",
    "link clicks and profile visits of posts",
    "X's API (`sgcomms accounts verify`, then `sgcomms collect`)",
    "",
    f"X gives these by its API until {CLICKS_DAYS} days after posting only",
    "docs.x.com, metrics: non-public metrics",
    timedelta(days=CLICKS_DAYS),
)
"""What is lost while an account that was collected by the API is not."""

_EXPLORE = "Google Analytics: Explore, Free form (totals, devices, channels, pages)"
_STANDARD = "Google Analytics: Reports (Pages and screens, Traffic acquisition, Tech details)"
_RETENTION = "https://support.google.com/analytics/answer/7667196"

SCREENS: tuple[Screen, ...] = (
    Screen(
        ("x",),
        "posts",
        "posts",
        "X: Analytics, Content, Download (X Premium)",
        "at most 90 days and 1,000 posts a file",
        "the page lets you pick at most 90 days; whether days longer ago can be picked is not "
        "known",
        "the analytics page of X, as it stood in 2026",
        timedelta(days=90),
        certain=False,
    ),
    Screen(
        ("facebook", "instagram"),
        "posts",
        "posts",
        "Meta Business Suite: Insights, Content, Export, Lifetime",
        "about 90 days a file",
        "Meta keeps these figures for two years",
        "developers.facebook.com, Page Insights and Instagram media insights",
        relativedelta(years=2),
    ),
    Screen(
        ("linkedin",),
        "posts",
        "posts",
        "the LinkedIn page: Analytics, Content, Export",
        "at most 365 days a file",
        "LinkedIn keeps these figures for 365 days",
        "LinkedIn, content export; learn.microsoft.com, share statistics: rolling 12 months",
        timedelta(days=365),
    ),
    Screen(
        ("youtube",),
        "posts",
        "videos",
        "YouTube Studio: Analytics, Advanced mode, Export",
        "at most 500 videos a file",
        "no last day is known",
        "YouTube Studio, export",
    ),
    Screen(
        ("threads", "bluesky", "mastodon"),
        "posts",
        "posts",
        "the posts themselves, with `sgcomms record` (there is no export: better connect its API)",
        "",
        "no last day is known",
        "the documentation of each platform",
    ),
    Screen(
        (
            *("x", "facebook", "instagram", "linkedin", "youtube"),
            *("threads", "bluesky", "mastodon"),
        ),
        "level",
        "followers on",
        "the profile page, with `sgcomms record`",
        "",
        "it is a level on that day: afterwards the profile shows another one",
        "the profile pages; the exports of X have no total of followers",
    ),
    Screen(
        ("ga4",),
        "month",
        "figures",
        _EXPLORE,
        "each month by itself",
        "users of months cannot be added up or taken apart; explorations reach back 2 months, or "
        "14 if the property is set so, standard reports are not cut off",
        _RETENTION,
        relativedelta(months=2),
        afterwards=_STANDARD,
    ),
    Screen(
        ("ga4",),
        "year",
        "figures",
        _EXPLORE,
        "the year as one period",
        "users of months cannot be added up; explorations reach back 14 months at the most, and 2 "
        "unless the property is set so, standard reports are not cut off",
        _RETENTION,
        relativedelta(months=14),
        afterwards=_STANDARD,
    ),
    Screen(
        ("matomo",),
        "month",
        "figures",
        "Matomo: its reports of that month, Export",
        "each month by itself",
        "visitors of months cannot be added up or taken apart; no last day is known: Matomo keeps "
        "what its host lets it keep",
        "developer.matomo.org",
    ),
    Screen(
        ("matomo",),
        "year",
        "figures",
        "Matomo: its reports of that year, Export",
        "the year as one period",
        "it has unique visitors of a year only where the host has turned them on; no last day is "
        "known: Matomo keeps what its host lets it keep",
        "developer.matomo.org; config/global.ini.php, enable_processing_unique_visitors_year",
    ),
    Screen(
        ("plausible",),
        "month",
        "figures",
        "Plausible: the dashboard of that month, Export",
        "a month, or longer by days",
        "it has no visitors of a year: they are counted anew each day; no last day is known",
        "plausible.io/docs",
        by_days=True,
    ),
)
"""Every screen that figures are fetched from where no API is read."""

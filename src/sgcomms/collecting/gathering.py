"""What one account or website has to say now: everything that needs the network, and no database.

So several are asked side by side, and what one of them refuses keeps none of the others waiting.
What was read before something went wrong is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from sgcomms.collecting.cadence import LEVELS, Window
from sgcomms.errors import (
    AuthError,
    NoCreditError,
    PlatformError,
    RateLimitError,
    SgcommsError,
    UnavailableError,
)
from sgcomms.metering import BudgetSpentError, Meter
from sgcomms.models import PostRow, Publication, Reading
from sgcomms.platforms import Measuring
from sgcomms.websites import Tool

_ENDS_ALL = (AuthError, NoCreditError, RateLimitError, UnavailableError, BudgetSpentError)
"""After these nothing more is asked of the account in this run."""


@dataclass(slots=True)
class Gathered:
    """What was read. `error` is what went wrong, None when all of it was read.

    `gone` are the posts that were known and are not shown any more. `periods` are those of a
    website that were read.
    """

    posts: dict[str, PostRow] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)
    error: SgcommsError | None = None
    gone: list[str] = field(default_factory=list)
    periods: list[tuple[date, date]] = field(default_factory=list)

    @property
    def rows(self) -> list[PostRow | Reading]:
        """All that was read."""
        return [*self.posts.values(), *self.readings]


def of_account(
    platform: Measuring,
    window: Window,
    until: datetime,
    known: Sequence[Publication],
    days: tuple[date, date] | None,
    meter: Meter,
) -> Gathered:
    """Return everything on an account since the window opened, and the figures of the whole.

    `known` are the posts that should be among it: those that are not listed are asked for by their
    ids. `days` are the first and last day of daily figures, None for no figures of the whole.
    """
    found = Gathered()

    def whole() -> None:
        if days is not None and window.sweep in LEVELS:
            found.readings.extend(platform.account_readings(*days, meter))

    def posts() -> None:
        for row in platform.posts(window.since, until, meter):
            found.posts.setdefault(row.publication.platform_id, row)
        listed = {part for name in found.posts for part in (name, name.rpartition("_")[2])}
        missing = [one for one in known if one.platform_id not in listed]
        for row in platform.post_readings(missing, meter) if missing else ():
            found.posts.setdefault(row.publication.platform_id, row)
        found.gone = [one.platform_id for one in missing if one.platform_id not in found.posts]

    _carry_out((whole, posts), found)
    return found


def of_website(tool: Tool, periods: Iterable[tuple[date, date]], meter: Meter) -> Gathered:
    """Return the figures of a website for these periods, each asked for as one."""
    found = Gathered()

    def ask(first: date, last: date) -> None:
        found.readings.extend(list(tool.readings(first, last, meter)))
        found.periods.append((first, last))

    _carry_out([partial(ask, *period) for period in periods], found)
    return found


def _carry_out(steps: Iterable[Callable[[], None]], found: Gathered) -> None:
    """Carry the steps out; of what goes wrong the first is kept."""
    for step in steps:
        try:
            step()
        except (PlatformError, BudgetSpentError) as error:
            found.error = found.error or error
            if isinstance(error, _ENDS_ALL):
                return

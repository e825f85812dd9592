"""What the quarters of a year show, of accounts: only where each of them bears it out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sgcomms.metrics import breaks_between
from sgcomms.models import Account
from sgcomms.reports import numbers, phrases
from sgcomms.reports.material import Material, Month
from sgcomms.reports.model import Sentence

_METRICS = ("impressions", "views")
_MONTHS = 3

GROWS = timedelta(days=30)
"""So long the figures of a post go on growing, and are read each day. Of months whose youngest
posts were read sooner a fall may be no more than that."""


def sentences(material: Material) -> Iterator[Sentence]:
    """Yield "Impressions on X grew from each quarter to the next." of each account of which all
    twelve months are known, and count the same."""
    for account in material.board.accounts.values():
        for metric in _METRICS:
            found = _quarters(material, account, metric)
            word = phrases.every_quarter(found, material.board.metrics[metric].unit)
            if word is not None:
                label = material.board.metrics[metric].label
                notes = material.footnotes.mark(material.definition(metric))
                shown = "; ".join(numbers.number(one) for one in found if one is not None)
                yield Sentence(f"{label} on {material.label(account)} {word} ({shown}).", notes)


def _quarters(material: Material, account: Account, metric: str) -> list[float | None]:
    """Return the sums of each three months; nothing where what is counted changed in the year."""
    months = material.months
    if breaks_between(account.platform, metric, material.period.start, material.period.end):
        return []
    values = [_whole(month, account.id, metric) for month in months]
    return [
        None if None in part else sum(one for one in part if one is not None)
        for start in range(0, len(values), _MONTHS)
        if len(part := values[start : start + _MONTHS]) == _MONTHS
    ]


def _whole(month: Month, subject: str, metric: str) -> float | None:
    """Return the value of the whole month, if it is exact, lacks nothing that is known of, and was
    read when it had stopped growing."""
    for one in month.found:
        if (one.subject, one.metric, one.period) == (subject, metric, None):
            full_grown = one.of_posts is None or (
                one.as_of is not None and one.as_of >= month.period.end + GROWS
            )
            return one.value if full_grown and one.bound is None and not one.lacking else None
    return None

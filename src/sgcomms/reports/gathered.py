"""What a document is printed from, with the figures behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from sgcomms.figures import Figure
from sgcomms.reports.material import Month

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Gathered(Generic[T]):
    """A report, the figures that it was made of, and those of each month that it shows.

    `before` holds those of the year before that it compares them with, if it does.
    """

    report: T
    figures: tuple[Figure, ...]
    months: tuple[Month, ...] = ()
    before: Month | None = None

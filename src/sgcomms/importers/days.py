"""Tables with a row for each day: what tells them from tables of weeks and months."""

from __future__ import annotations

from datetime import date, timedelta

_DAY = timedelta(days=1)


def new(day: date, seen: set[date]) -> date:
    """Return `day`, once it is among `seen`. Raises ValueError where it was before."""
    if day in seen:
        raise ValueError(f"{day} stands here for the second time: export it again")
    seen.add(day)
    return day


class Days:
    """The days of a table that has all of them, in either direction.

    Websites that draw charts export what is drawn: one row a day, a week or a month, under the same
    names. The rows of weeks and months are a week and more apart.
    """

    def __init__(self) -> None:
        self._ends: tuple[date, date] | None = None
        self._step = _DAY
        self._rows = 0

    def next(self, day: date) -> date:
        """Return `day`, the one after those before. Raises ValueError for any other."""
        self._rows += 1
        first, before = self._ends or (day, None)
        if before is not None and self._rows == 2 and day < before:
            self._step = -_DAY
        if before is not None and day - before != self._step:
            raise ValueError(
                f"{day} does not follow {before} as days do: show days in the chart, not weeks or "
                "months, and export again"
            )
        self._ends = first, day
        return day

    @property
    def span(self) -> tuple[date, date] | None:
        """The first and the last day; None for a table without rows."""
        return (min(self._ends), max(self._ends)) if self._ends else None

    @property
    def alone(self) -> bool:
        """Whether there is one row only: then nothing tells a day from a month."""
        return self._rows == 1

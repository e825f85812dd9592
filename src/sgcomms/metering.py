"""What reading figures may cost, and what it has: one meter for one account or website and run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sgcomms import clock
from sgcomms.errors import SgcommsError

_NEXT = ": it goes on next month, or raise `budget` in config/board.yaml"


class BudgetSpentError(SgcommsError):
    """The next request would cost more than the budget leaves: it was not made."""


@dataclass(slots=True)
class Meter:
    """Counts requests and money while figures are read, and keeps what is worth storing with them.

    `calls_left` and `dollars_left` are what the budget leaves, None for no limit. `natives` has, by
    metric, the platform's own name of it. `gaps` are the things that could not be had, in words for
    a person, each once. `facts` holds what a person may ask years later: the API's version, the day
    boundary, definitions, marks of quality. `note` is told, before each request, how many there
    have been with it and what they may have cost: whatever happens then, it was counted. From
    `until` on nothing more is asked: another run may have begun.
    """

    calls_left: int | None = None
    dollars_left: Decimal | None = None
    calls: int = 0
    dollars: Decimal = Decimal(0)
    natives: dict[str, str] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)
    note: Callable[[int, Decimal], None] = lambda calls, dollars: None
    until: datetime | None = None

    def call(self, most: Decimal = Decimal(0)) -> None:
        """Count a request that is about to be made and costs `most` US dollars at the most.

        Raises BudgetSpentError when the budget does not cover it; then it must not be made.
        """
        if self.until is not None and clock.now() >= self.until:
            raise BudgetSpentError("the time that one run may take is used up")
        if self.calls_left is not None and self.calls >= self.calls_left:
            raise BudgetSpentError(f"the requests of this month's budget are used up{_NEXT}")
        if self.dollars_left is not None and self.dollars + most > self.dollars_left:
            left = self.dollars_left - self.dollars
            raise BudgetSpentError(
                f"this month's budget leaves ${left:.3f}, and the next request may cost "
                f"${most:.3f}{_NEXT}"
            )
        self.note(self.calls + 1, self.dollars + most)
        self.calls += 1

    def covers(self, price: Decimal, most: int) -> int:
        """Return how many things at `price` each the budget covers, `most` at the most."""
        if self.dollars_left is None or not price:
            return most
        return min(most, int((self.dollars_left - self.dollars) / price))

    def charge(self, dollars: Decimal) -> None:
        """Add what a request has cost, in US dollars."""
        self.dollars += dollars

    def gap(self, words: str) -> None:
        """Note, once, something that could not be had."""
        if words not in self.gaps:
            self.gaps.append(words)

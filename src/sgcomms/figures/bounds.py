"""What may be said of a sum when its parts are bounds, such as "more than 18,000". Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_ABOVE = frozenset({"more than", "at least"})
_BELOW = frozenset({"less than", "at most"})


@dataclass(frozen=True, slots=True)
class SumBound:
    """The bound of a sum, None for an exact one; or the `reason` why nothing can be said of it."""

    bound: str | None = None
    reason: str | None = None


def of_sum(bounds: Sequence[str | None]) -> SumBound:
    """Return the bound of a sum of parts with these bounds, in whatever order they come.

    One strict part makes the sum strict: above 10 and at least 5 is above 15. What is about right
    stays about right beside exact parts only.
    """
    given = {bound for bound in bounds if bound is not None}
    if len(bounds) == 1 or not given:
        return SumBound(bounds[0] if bounds else None)
    if given <= _ABOVE:
        return SumBound("more than" if "more than" in given else "at least")
    if given <= _BELOW:
        return SumBound("less than" if "less than" in given else "at most")
    if not given & (_ABOVE | _BELOW):
        return SumBound("about")
    listed = ", ".join(sorted(given))
    return SumBound(reason=f"its parts are bounds of different kinds ({listed}): no sum of them")


def noted(about: str, bound: str, value: float | None) -> str:
    """Return the note that names one part that is a bound."""
    return f"{about} is given as {bound} {number(value or 0)}"


def number(value: float) -> str:
    """Return a number as a note prints it."""
    return f"{int(value):,}" if value == int(value) else f"{value:,}"

"""Questions to X that are counted on a meter, and asked again where X itself had a problem."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from sgcomms.errors import UnavailableError
from sgcomms.http.deadlines import Deadline
from sgcomms.metering import Meter
from sgcomms.platforms.x.answers import Answer
from sgcomms.platforms.x.listing import held

Once = Callable[[str, Mapping[str, str], Deadline], Answer]
"""Asks X once, by a deadline, for a route with its query. Raises a PlatformError."""


@dataclass(frozen=True, slots=True)
class Metered:
    """Asks X on `meter` for at most `most` things at `price` (US dollars) a question.

    What could not be reached, or had an error of its own, is soon asked again: each time is a
    request on the meter, and all have `seconds` together. X charges for what it returns, and for
    the same thing once a day: https://docs.x.com/x-api/getting-started/pricing. An answer that was
    cut off is counted as a whole one.
    """

    once: Once
    meter: Meter
    price: Decimal
    most: int
    seconds: float

    waits: ClassVar[tuple[float, ...]] = (0.5, 1.0)
    """Seconds before it is asked again."""

    def __call__(self, route: str, params: Mapping[str, str]) -> Answer:
        """Return what X answers. Raises BudgetSpentError, and a PlatformError."""
        deadline = Deadline(self.seconds)
        for wait in self.waits:
            try:
                return self._once(route, params, deadline)
            except UnavailableError:
                if deadline.left <= wait:
                    raise
            time.sleep(wait)
        return self._once(route, params, deadline)

    def _once(self, route: str, params: Mapping[str, str], deadline: Deadline) -> Answer:
        self.meter.call(self.price * self.most)
        try:
            answer = self.once(route, params, deadline)
        except UnavailableError as error:
            if error.answered:
                self.meter.charge(self.price * self.most)
            raise
        posts = held(answer)
        things = len(posts) if posts is not None else int(bool(answer.data))
        self.meter.charge(self.price * things)
        return answer

"""The only reader of the clock.

`SGCOMMS_NOW=2027-03-08T09:31+00:00` rehearses another time; `rehearse()` does so in one process.
Times are stored as UTC text of one fixed width, so that text order is time order.
The idle look of `publish` imports this module each minute, so it imports only what sqlite3 does.
"""

import os
import time
from datetime import UTC, datetime

VARIABLE = "SGCOMMS_NOW"
STORED = "%Y-%m-%dT%H:%M:%SZ"

_rehearsed: datetime | None = None


def real_now() -> datetime:
    """Return the machine's own time, aware, in UTC, whatever is being rehearsed."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return the time the program works by: the rehearsed one if there is one, aware, in UTC.

    Raises ValueError when SGCOMMS_NOW is not a date and time with an offset.
    """
    return rehearsed() or real_now()


def rehearsed() -> datetime | None:
    """Return the time that is being rehearsed, or None when the machine's own time counts."""
    if _rehearsed is not None:
        return _rehearsed
    text = os.environ.get(VARIABLE)
    return parse_instant(text) if text else None


class rehearse:  # noqa: N801  a context manager is written like a function
    """Let the program live at another time inside a `with` block."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def __enter__(self) -> None:
        global _rehearsed  # noqa: PLW0603  the one place that holds the rehearsed time
        self._before = _rehearsed
        _rehearsed = self._at

    def __exit__(self, *_: object) -> None:
        global _rehearsed  # noqa: PLW0603
        _rehearsed = self._before


def parse_instant(text: str) -> datetime:
    """Return the instant that `text` (ISO 8601 with an offset or Z) names, in UTC.

    Raises ValueError when it is not a date and time, or has no offset.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{text!r} is no time with its offset: write it as 2027-03-08T09:31+00:00")


def stored(moment: datetime) -> str:
    """Return `moment` as it is written to the database: UTC, whole seconds, `…Z`."""
    return f"{moment.astimezone(UTC).isoformat()[:19]}Z"


def stored_now() -> str:
    """Return the machine's own time as it is written to the database, without building a datetime.

    The idle look of `publish` uses it: it must cost nothing.
    """
    return time.strftime(STORED, time.gmtime())


def from_stored(text: str) -> datetime:
    """Return the instant that a stored time names, aware, in UTC."""
    return datetime.strptime(text, STORED).replace(tzinfo=UTC)

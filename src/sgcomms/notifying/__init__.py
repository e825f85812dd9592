"""Telling people: at once, on Mondays, and when nothing works any more."""

from sgcomms.notifying.alerts import MAIL, send
from sgcomms.notifying.monday import week_ahead
from sgcomms.notifying.saying import STOOD_STILL, standing
from sgcomms.notifying.stopping import QUIET, stopped, unreadable

__all__ = [
    "MAIL",
    "QUIET",
    "STOOD_STILL",
    "send",
    "standing",
    "stopped",
    "unreadable",
    "week_ahead",
]

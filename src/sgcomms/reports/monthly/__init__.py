"""The monthly reach summary: one short document, in the same order each month.

`gather` reads, everything between is pure, `writing` and `letter` print.
"""

from sgcomms.reports.monthly.gather import gather, gathered
from sgcomms.reports.monthly.kind import MONTHLY
from sgcomms.reports.monthly.letter import draft_mail, letter
from sgcomms.reports.monthly.model import Summary
from sgcomms.reports.monthly.writing import FORMATS, Draw, Format, page, write

__all__ = [
    "FORMATS",
    "MONTHLY",
    "Draw",
    "Format",
    "Summary",
    "draft_mail",
    "gather",
    "gathered",
    "letter",
    "page",
    "write",
]

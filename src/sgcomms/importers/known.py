"""Exports that are known and cannot be used: what each is, and what to export in its place."""

from __future__ import annotations

import re

from sgcomms.importers.columns import normal
from sgcomms.importers.meta_daily import looks_daily, unread
from sgcomms.importers.sheet import Sheet
from sgcomms.importers.titled import DELIMITERS, below, opened, title_of

_LETTER = re.compile(r"[A-Za-z]")
_LAYOUTS: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"video asset id", "universal video id"}),
        'it is Meta\'s "Videos" export, which has other figures than the posts: in Meta Business '
        "Suite export the content as posts",
    ),
    (
        frozenset({"video title", "video publish time"}),
        "it is a table of YouTube Studio, whose figures are of the days that another table in the "
        "same ZIP file has: import the ZIP file as it was downloaded; where the browser has "
        "unpacked it, pack its folder again",
    ),
)


def why_not(sheet: Sheet) -> str | None:
    """Return why a file with a known header cannot be used; None for any other header."""
    names = {normal(name) for name in sheet.header}
    for columns, reason in _LAYOUTS:
        if columns <= names:
            return reason
    title = title_of(list(sheet.header))
    return None if title is None else _why_not_titled(sheet, title)


def _why_not_titled(sheet: Sheet, title: str) -> str | None:
    """Return why a file cannot be used whose first line has one cell only."""
    if reason := in_quotes(sheet):
        return reason
    if normal(title) == "no data available":
        return (
            "it is Matomo's answer that it has no data for this report, which is not the same as "
            "none at all: check the site and the period, and export again"
        )
    if titles := unread(sheet):
        return (
            f"it is one of Meta's daily files for a whole Page or account ({titles}), and this one "
            "is not read: export the content instead, or record its figures by hand"
        )
    if _says_separator(sheet) and not looks_daily(sheet):
        return (
            "it looks like the Audience file of Meta Business Suite, a picture of one day that it "
            "does not name: record the followers by hand, with `sgcomms record`"
        )
    return None


def _says_separator(sheet: Sheet) -> bool:
    """Tell whether the first line is `sep=,`: then the rows begin at the second."""
    return next((line for line, _ in sheet.rows()), 1) == 2


def in_quotes(sheet: Sheet) -> str | None:
    """Return what to do where whole lines stand in single cells, the header or what is under it."""
    if title_of(list(sheet.header)) is None:
        return None
    following = [cells for _, cells in below(opened(sheet))]
    lines = [sheet.header[0], *(cells[0] for cells in following if len(cells) == 1)]
    if not any(mark in line and _LETTER.search(line) for line in lines for mark in DELIMITERS):
        return None
    return (
        "a spreadsheet has put each line in quotes: upload the original download, without opening "
        "it first"
    )

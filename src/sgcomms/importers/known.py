"""Exports that are known and cannot be used: what each is, and what to export in its place."""

from __future__ import annotations

from sgcomms.importers.columns import normal
from sgcomms.importers.sheet import Sheet

_LAYOUTS: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"video asset id", "universal video id"}),
        'it is Meta\'s "Videos" export, which has other figures than the posts: in Meta Business '
        "Suite export the content as posts",
    ),
    (
        frozenset({"date", "tweets published"}),
        "it is X's tweet activity by day, whose figures are of all posts seen that day: export "
        '"By Tweet"',
    ),
    (
        frozenset({"date", "create post"}),
        'it is X\'s "Overview", whose figures are of all posts seen that day: export "Content"',
    ),
    (
        frozenset({"video title", "video publish time"}),
        "it is a table of YouTube Studio, whose figures are of the days that another table in the "
        "same ZIP file has: import the ZIP file as it was downloaded; where the browser has "
        "unpacked it, pack its folder again",
    ),
    (
        frozenset({"date", "total followers"}),
        "it is LinkedIn's table of new followers, not of how many there are: record followers by "
        "hand",
    ),
    (
        frozenset({"date", "total page views (total)"}),
        "it is LinkedIn's table of visitors to a page, which no metric counts: export the content",
    ),
    (
        frozenset({"nb_visits"}),
        "it is an export of Matomo, which is not read: record its figures by hand",
    ),
)


def why_not(sheet: Sheet) -> str | None:
    """Return why a file with a known header cannot be used; None for any other header."""
    names = {normal(name) for name in sheet.header}
    for columns, reason in _LAYOUTS:
        if columns <= names:
            return reason
    if len(sheet.header) != 1:
        return None
    if sheet.delimiter in sheet.header[0]:
        return (
            "a spreadsheet has put each line in quotes: upload the original download, without "
            "opening it first"
        )
    for line, cells in sheet.rows():
        if line > sheet.header_line:
            if [normal(cell) for cell in cells] == ["date", "primary"]:
                return (
                    "it is one of Meta's daily files for a whole Page or account "
                    f"({sheet.header[0].strip()!r}): export the content instead"
                )
            break
    return None

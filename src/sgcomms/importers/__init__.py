"""Export files that people download by hand -> posts with their figures, or readings.

    sheet = open_sheet(path)            bytes -> encoding, delimiter, header, SHA-256
    importer = recognise(sheet)         header -> layout
    importer.owner(sheet)               whose file it says it is
    importer.extract(sheet, subject, notes)

`exports.open_export` does all of it for ZIP files, workbooks and X archives, too.

Files are streamed: memory does not grow with them. A file is taken in whole or refused with
ImportFileError (`name.csv:17: what happened, what to do`). Layouts: gathered from real exports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module

from sgcomms.errors import ImportFileError
from sgcomms.importers.base import Importer, Notes, Owner, Skipped
from sgcomms.importers.known import why_not
from sgcomms.importers.sheet import Sheet, open_sheet

__all__ = [
    "IMPORTERS",
    "Importer",
    "Notes",
    "Owner",
    "Sheet",
    "Skipped",
    "importer",
    "open_sheet",
    "recognise",
    "unknown",
]

IMPORTERS: Mapping[str, str] = {
    "x-by-tweet": "sgcomms.importers.x:ByTweet",
    "x-content": "sgcomms.importers.x:Content",
    "facebook-content": "sgcomms.importers.meta:FacebookContent",
    "instagram-content": "sgcomms.importers.meta:InstagramContent",
    "universal-analytics": "sgcomms.importers.google_analytics:Universal",
    "google-analytics-4": "sgcomms.importers.google_analytics:Analytics4",
    "x-archive": "sgcomms.importers.x_archive:Archive",
    "facebook-insights": "sgcomms.importers.facebook_insights:FacebookInsights",
    "linkedin-content": "sgcomms.importers.linkedin:LinkedInContent",
    "youtube-studio": "sgcomms.importers.youtube:YouTubeStudio",
    "plausible-dashboard": "sgcomms.importers.plausible:Dashboard",
    "plausible-export": "sgcomms.importers.plausible:SiteSettings",
}
"""Every layout by its name; its module is imported when it is used."""

_MOST_SHOWN = 12


def importer(name: str) -> Importer:
    """Return the importer of the layout `name`. Raises KeyError for a name that is not known."""
    module, _, attribute = IMPORTERS[name].partition(":")
    found = getattr(import_module(module), attribute)()
    assert isinstance(found, Importer)  # noqa: S101  what the register names
    return found


def recognise(sheet: Sheet) -> Importer:
    """Return the importer of the sheet's layout.

    Raises ImportFileError for a header that nobody knows: with the columns that are missing, where
    one layout is nearly met, else with what was found and what each layout needs.
    """
    if reason := why_not(sheet):
        raise sheet.error(sheet.header_line, reason)
    for candidate in map(importer, IMPORTERS):
        if candidate.accepts(sheet):
            return candidate
    raise unknown([sheet])


def unknown(sheets: Sequence[Sheet]) -> ImportFileError:
    """Return the error for the tables of one file, none of which has a layout that is known."""
    for sheet in sheets:
        if reason := why_not(sheet):
            return sheet.error(sheet.header_line, reason)
    known = [importer(name) for name in IMPORTERS]
    sheet, nearest = max(
        ((sheet, layout) for sheet in sheets for layout in known), key=lambda pair: _met(*pair)
    )
    if _met(sheet, nearest) >= 0.5:
        return _nearly(nearest, sheet)
    shown = ", ".join(name.strip() for name in sheet.header[:_MOST_SHOWN])
    more = " …" if len(sheet.header) > _MOST_SHOWN else ""
    needs = "; ".join(f"{layout.title}: {layout.needs()}" for layout in known)
    return sheet.error(
        sheet.header_line,
        f"no export with these columns is known: {shown}{more}. If they are not in English, set "
        f"the site's language to English and export again.\nWhat can be read, and what it needs: "
        f"{needs}.",
    )


def _met(sheet: Sheet, candidate: Importer) -> float:
    """Return the share of the required columns that the sheet has."""
    if not candidate.required:
        return 0.0
    return 1 - len(candidate.missing(sheet)) / len(candidate.required)


def _nearly(nearest: Importer, sheet: Sheet) -> ImportFileError:
    missing = nearest.missing(sheet)
    noun = "column" if len(missing) == 1 else "columns"
    return sheet.error(
        sheet.header_line,
        f"this looks like {nearest.title}, but the {noun} {', '.join(missing)} "
        f"{'is' if len(missing) == 1 else 'are'} missing. Expected: {nearest.needs()}. Upload the "
        "original download; if the platform has renamed a column, this program must learn it",
    )

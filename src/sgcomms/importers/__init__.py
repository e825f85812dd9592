"""Export files that people download by hand -> posts with their figures, or readings.

    sheet = open_sheet(path)            bytes -> encoding, delimiter, header, SHA-256
    importer = recognise(sheet)         header -> layout; ImportFileError where it may be several
    importer.owner(sheet)               whose file it says it is
    importer.extract(sheet, subject, notes)

`exports.open_export` does all of it for ZIP files, workbooks and X archives, too.

Files are streamed: memory does not grow with them. A file is taken in whole or refused with
ImportFileError (`name.csv:17: what happened, what to do`). Layouts: gathered from real exports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module

from sgcomms.errors import ImportFileError, UsageError
from sgcomms.importers.base import NOTHING, Answers, Importer, Notes, Owner, Skipped
from sgcomms.importers.known import in_quotes, why_not
from sgcomms.importers.sheet import Sheet, open_sheet
from sgcomms.yamlfile import suggestion

__all__ = [
    "IMPORTERS",
    "NOTHING",
    "Answers",
    "Importer",
    "Notes",
    "Owner",
    "Sheet",
    "Skipped",
    "fitting",
    "importer",
    "named",
    "open_sheet",
    "recognise",
    "unknown",
]

IMPORTERS: Mapping[str, str] = {
    "x-by-tweet": "sgcomms.importers.x:ByTweet",
    "x-content": "sgcomms.importers.x:Content",
    "x-by-day": "sgcomms.importers.x_daily:ByDay",
    "x-overview": "sgcomms.importers.x_daily:Overview",
    "facebook-content": "sgcomms.importers.meta:FacebookContent",
    "instagram-content": "sgcomms.importers.meta:InstagramContent",
    "facebook-daily": "sgcomms.importers.meta_daily:FacebookDaily",
    "instagram-daily": "sgcomms.importers.meta_daily:InstagramDaily",
    "universal-analytics": "sgcomms.importers.google_analytics:Universal",
    "google-analytics-4": "sgcomms.importers.google_analytics:Analytics4",
    "matomo": "sgcomms.importers.matomo:Matomo",
    "x-archive": "sgcomms.importers.x_archive:Archive",
    "facebook-insights": "sgcomms.importers.facebook_insights:FacebookInsights",
    "facebook-page-insights": "sgcomms.importers.facebook_page:FacebookPage",
    "linkedin-content": "sgcomms.importers.linkedin:LinkedInContent",
    "linkedin-followers": "sgcomms.importers.linkedin_days:LinkedInFollowers",
    "linkedin-visitors": "sgcomms.importers.linkedin_days:LinkedInVisitors",
    "youtube-studio": "sgcomms.importers.youtube:YouTubeStudio",
    "plausible-dashboard": "sgcomms.importers.plausible:Dashboard",
    "plausible-export": "sgcomms.importers.plausible:SiteSettings",
}
"""Every layout by its name; its module is imported when it is used."""

_MOST_NEAR = 2
_MOST_NAMED = 4
_READ_ON = (
    "What can be read is in docs/reference/export-files.md; if you know which export it is, say "
    "--layout NAME (`sgcomms import --help` has the names)"
)


def importer(name: str, said: Answers = NOTHING) -> Importer:
    """Return the importer of the layout `name`, for files of which this was `said`.

    Raises KeyError for a name that is not known.
    """
    module, _, attribute = IMPORTERS[name].partition(":")
    found = getattr(import_module(module), attribute)(said)
    assert isinstance(found, Importer)  # noqa: S101  what the register names
    return found


def recognise(
    sheet: Sheet,
    *,
    layout: str | None = None,
    platform: str | None = None,
    said: Answers = NOTHING,
) -> Importer:
    """Return the importer of the sheet's layout.

    `layout` names it where a person knows better; `platform` is that of the account the figures are
    of, where a file does not tell. Raises UsageError for a `layout` that is not known, and
    ImportFileError where several fit, or none: with the columns that are missing, where one is
    nearly met, else with the nearest layouts. No cell of the file is in the message.
    """
    if layout is not None:
        return _as_named(sheet, named(layout, said))
    if reason := why_not(sheet):
        raise sheet.error(sheet.header_line, reason)
    found = fitting(sheet, platform, said)
    if found is None:
        raise unknown([sheet])
    return found


def named(layout: str, said: Answers = NOTHING) -> Importer:
    """Return the importer of a layout that a person named. Raises UsageError for none of ours."""
    if layout not in IMPORTERS:
        raise UsageError(f"--layout: {layout!r} is no layout{suggestion(layout, IMPORTERS)}")
    return importer(layout, said)


def fitting(sheet: Sheet, platform: str | None, said: Answers) -> Importer | None:
    """Return the importer whose layout the sheet has; None where nobody knows it.

    Raises ImportFileError, which asks, where several layouts fit, and not just one of `platform`.
    """
    fits = [one for name in IMPORTERS if (one := importer(name, said)).accepts(sheet)]
    if len(fits) > 1:
        fits = [one for one in fits if one.platform == platform] or fits
    if len(fits) < 2:
        return fits[0] if fits else None
    names = " or ".join(f"--layout {one.name}" for one in fits)
    raise sheet.error(
        sheet.header_line,
        f"it may be {' or '.join(one.title for one in fits)}, or hold both: say whose figures to "
        f"take with --account (once for each account that is in it), or say {names}",
    )


def unknown(sheets: Sequence[Sheet]) -> ImportFileError:
    """Return the error for the tables of one file, none of which has a layout that is known."""
    for sheet in sheets:
        if reason := why_not(sheet):
            return sheet.error(sheet.header_line, reason)
    known = [importer(name) for name in IMPORTERS]
    pairs = [(sheet, layout) for sheet in sheets for layout in known]
    nearest = sorted(pairs, key=lambda pair: -_met(*pair))[:_MOST_NEAR]
    sheet, first = nearest[0]
    if _met(sheet, first) >= 0.5:
        return _nearly(first, sheet)
    near = [_lacking(layout, one) for one, layout in nearest if one is sheet and _met(one, layout)]
    found = f"The nearest: {'; '.join(near)}. " if near else ""
    return sheet.error(
        sheet.header_line,
        f"no export with these columns is known ({_columns(sheet)}). {found}If they are not in "
        f"English, set the site's language to English and export again.\n{_READ_ON}",
    )


def _columns(sheet: Sheet) -> str:
    """Say how many columns a sheet has: their names may be anybody's words, so never those."""
    number = sum(bool(name.strip()) for name in sheet.header)
    return f"{number} column{'' if number == 1 else 's'}"


def _lacking(layout: Importer, sheet: Sheet) -> str:
    """Name a layout, and what the sheet does not have of it."""
    missing = layout.missing(sheet)
    more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
    return f"{layout.title}, without {', '.join(missing[:_MOST_NAMED])}{more}"


def _as_named(sheet: Sheet, found: Importer) -> Importer:
    """Return the layout that a person named, if the sheet can be read so."""
    if reason := in_quotes(sheet):
        raise sheet.error(sheet.header_line, reason)
    if not found.may_be(sheet):
        missing = ", ".join(found.missing(sheet))
        raise sheet.error(
            sheet.header_line,
            f"it cannot be read as {found.title}{f', without {missing}' if missing else ''}. "
            f"Expected: {found.needs()}",
        )
    return found


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
        f"{'is' if len(missing) == 1 else 'are'} missing. Upload the original download; if the "
        "platform has renamed a column, this program must learn it. What is read is in "
        "docs/reference/export-files.md",
    )

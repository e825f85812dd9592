"""Files -> readings: whose a file is, when it was read, and all of it or nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from sgcomms import clock
from sgcomms.collecting import remarks
from sgcomms.collecting.taking import LeftOut, taken
from sgcomms.config import Board
from sgcomms.db import Db, readings, sources
from sgcomms.errors import ImportFileError, ProblemsError
from sgcomms.importers import NOTHING, Answers
from sgcomms.importers import importer as importer_of
from sgcomms.importers.base import Importer, Notes, Owner
from sgcomms.importers.exports import Export, open_export
from sgcomms.importers.recorded import Judged, Recorded, figures, looks_recorded
from sgcomms.importers.sheet import Sheet
from sgcomms.models import Account, Source
from sgcomms.signs import one_line
from sgcomms.webkeys import hosts_of

_MOST_RECORDED_BYTES = 1_000_000


class ReadOnNeededError(ImportFileError):
    """The day on which a file was exported matters, and nobody has said it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. `already` is the day it was imported before: then nothing changed.

    `posts` and `readings` were added, `known` recorded figures were there already; `skipped` are
    rows that gave nothing, with their lines; `unused` are columns that no metric was made of.
    `remarks` say what is still to be done about the file.
    """

    file: str
    title: str
    subject: str
    read_on: date | None = None
    already: date | None = None
    posts: int = 0
    readings: int = 0
    known: int = 0
    skipped: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def import_file(
    db: Db,
    board: Board,
    path: Path,
    *,
    account: str | None = None,
    read_on: date | None = None,
    campaigns: Collection[str] = (),
    layout: str | None = None,
    said: Answers = NOTHING,
) -> Imported:
    """Take in one export file or list of recorded figures, and return what became of it.

    `account` is the account or website for a file that does not say; `read_on` the day it was
    exported; `layout` what it is, where its header does not tell; `said` what else it does not say.
    Raises ImportFileError when the file cannot be taken in, UsageError for a layout that is not
    known, ReadOnNeededError when the day is missing and matters, ProblemsError for mistakes in
    recorded figures; then nothing is changed.
    """
    raw = _recorded_bytes(path)
    if raw is not None:
        today = clock.now().astimezone(board.zone).date()
        found, problems = figures(one_line(path.name), raw, Judged(board, campaigns, today))
        if problems:
            raise ProblemsError(problems)
        return record(db, one_line(path.name), found)
    named = board.accounts.get(account or "")
    platform = named.platform if named else None
    export = open_export(path, layout=layout, platform=platform, said=said)
    importer, sheet = export.importer, export.first
    if said.period is not None and not importer.takes_period:
        raise ImportFileError(
            f"{sheet.name}: it is {importer.title}, which says itself what each figure is of: "
            "leave the period out"
        )
    subject = _subject(board, export, account)
    earlier = sources.of_file(db, sheet.sha256, subject)
    if earlier is not None:
        _same_period(earlier, sheet, said)
        if read_on is not None and read_on != earlier.read_on:
            raise ImportFileError(
                f"{sheet.name}: it was imported before, as read on {earlier.read_on} and not on "
                f"{read_on}. If that day is wrong, take it back first: {_undo(earlier)}"
            )
        day = earlier.added_at.astimezone(board.zone).date()
        return Imported(sheet.name, importer.title, subject, earlier.read_on, already=day)
    _refuse_another_holder(db, board, sheet, importer, subject)
    on = _read_on(board, sheet, importer, read_on)
    export = _with_zone_of(db, _with_hosts_of(board, export, subject), subject)
    notes = Notes()
    left = LeftOut()
    source = Source("file", sheet.name, importer.name, subject, on, sheet.sha256)
    rows = taken(export.extract(subject, notes), on, board.zone, sheet.name, left)
    try:
        added = readings.add(db, source, rows, lambda: _detail(export, notes), board.zone)
    except readings.KnownFileError as error:  # another process took it in a moment ago
        day = error.source.added_at.astimezone(board.zone).date()
        return Imported(sheet.name, importer.title, subject, error.source.read_on, already=day)
    return Imported(
        sheet.name,
        importer.title,
        subject,
        on,
        posts=added.posts,
        readings=added.readings,
        skipped=tuple(map(str, notes.skipped)),
        unused=tuple(notes.unused),
        remarks=(
            *remarks.unfinished(left.days, left.spans),
            *remarks.rare_pages(left.pages),
            *remarks.left_to_others(board, path, on, notes),
            *remarks.cut_off(notes),
            *remarks.zone_not_known(export.importer),
        ),
    )


def _refuse_another_holder(
    db: Db, board: Board, sheet: Sheet, importer: Importer, subject: str
) -> None:
    """Refuse a file that another account or website of the board has: it would count twice."""
    ours = {*board.accounts, *board.websites}
    before = sources.with_contents(db, sheet.sha256)
    others = [one for one in before if one.subject in ours and one.subject != subject]
    if others and not importer.several:
        other = others[0]
        raise ImportFileError(
            f"{sheet.name}: it was imported for {other.subject}, and would count twice for "
            f"{subject} too. If it does not belong to {other.subject}, take it back first: "
            f"{_undo(other)}"
        )


def _undo(earlier: sources.KnownSource) -> str:
    """Return the command that takes an import back."""
    return f"`sgcomms unimport {earlier.id} --by WHO --reason WHY`"


def record(db: Db, name: str, found: list[Recorded]) -> Imported:
    """Add figures recorded by hand; what is there already changes nothing."""
    new, known = readings.add_recorded(db, ((one.source, one.reading) for one in found))
    subjects = ", ".join(dict.fromkeys(one.reading.subject for one in found))
    return Imported(name, "figures recorded by hand", subjects, readings=new, known=known)


def _recorded_bytes(path: Path) -> bytes | None:
    """Return the bytes of a file that may be a list of recorded figures, None for an export."""
    try:
        if not path.is_file() or path.stat().st_size > _MOST_RECORDED_BYTES:
            return None
        raw = path.read_bytes()
    except OSError as error:
        raise ImportFileError(
            f"{one_line(path.name)}: {error.strerror or 'it cannot be read'}"
        ) from error
    return raw if looks_recorded(raw) else None


def _subject(board: Board, export: Export, named: str | None) -> str:
    """Return the id of the account or website that a file is about."""
    importer, sheet = export.importer, export.first
    if importer.platform == "website":
        return _website(board, sheet, importer, named)
    ours = {name: one for name, one in board.accounts.items() if one.platform == importer.platform}
    if not ours:
        raise ImportFileError(
            f"{sheet.name}: it is {importer.title}, and config/board.yaml has no account on "
            f"{importer.platform}: add one, then import it again"
        )
    known = ", ".join(f"{name} (@{one.handle})" for name, one in ours.items())
    if named is not None and named not in ours:
        raise ImportFileError(
            f"{sheet.name}: it is {importer.title}, and {named!r} is no account of that platform; "
            f"there are: {known}"
        )
    owner = export.owner()
    if owner is None:
        if named is None:
            hint = _hinted(importer.handle_in_name(sheet), ours.values())
            raise ImportFileError(
                f"{sheet.name}: it does not say whose it is{hint}; say it with --account, one of: "
                f"{known}"
            )
        return named
    for name, one in ours.items():
        if _is_owner(one, owner) and named in (None, name):
            return name
    raise ImportFileError(
        f"{sheet.name}: it belongs to {owner}, which is "
        + (f"not {named}" if named else "no account of config/board.yaml")
        + f"; there are: {known}"
    )


def _hinted(handle: str | None, ours: Collection[Account]) -> str:
    """Return what the file's name suggests. Names are changed too easily to be believed."""
    if handle is None:
        return ""
    found = next((one.id for one in ours if _is_owner(one, Owner(handle))), None)
    return f" (its name speaks of @{handle}{f', which is {found}' if found else ''})"


def _is_owner(account: Account, owner: Owner) -> bool:
    ids = {account.page_id, account.ig_user_id} - {None}
    if owner.id is not None and ids:
        return owner.id in ids
    return owner.handle is not None and account.handle.lower().lstrip("@") == owner.handle


def _website(board: Board, sheet: Sheet, importer: Importer, named: str | None) -> str:
    """Return the website that the layout's tool measures: figures of two tools never compare."""
    tools = importer.tools
    measured = [one.id for one in board.websites.values() if not tools or one.platform in tools]
    if named is None and len(measured) == 1:
        return measured[0]
    if named in measured:
        return str(named)
    if not measured:
        raise ImportFileError(
            f"{sheet.name}: it is {importer.title}, and config/board.yaml has no website with "
            f"platform: {' or '.join(sorted(tools))}: add one, then import it again"
        )
    asked = "it does not say whose"
    if named is not None:
        asked = f"{named!r} is no website of config/board.yaml which that measures"
    raise ImportFileError(
        f"{sheet.name}: it is {importer.title}, and {asked}; say --account with one of: "
        f"{', '.join(measured)}"
    )


def _read_on(board: Board, sheet: Sheet, importer: Importer, given: date | None) -> date:
    """Return the day a file was exported: as given, or today where it does not matter."""
    today = clock.now().astimezone(board.zone).date()
    if given is not None and given > today:
        raise ImportFileError(f"{sheet.name}: --read-on {given} has not come yet")
    if given is None and importer.takes_read_on:
        raise ReadOnNeededError(
            f"{sheet.name}: its figures are as they stood on the day it was exported; say that day "
            "with --read-on, such as --read-on 2021-04-03"
        )
    return given or today


def _same_period(earlier: sources.KnownSource, sheet: Sheet, said: Answers) -> None:
    """Refuse to pass over a file that was taken as figures of other days than are said now."""
    before = earlier.detail.get("period")
    if said.period is not None and before is not None and before != _period(said):
        raise ImportFileError(
            f"{sheet.name}: it was imported already, as figures of {' to '.join(before)}, and a "
            f"file counts for one period. If that was wrong, take it back first: {_undo(earlier)}"
        )


def _period(said: Answers) -> list[str] | None:
    """Return the first and the last day of the period that was said, as they are stored."""
    if said.period is None:
        return None
    return [said.period.start.isoformat(), said.period.end.isoformat()]


def _with_hosts_of(board: Board, export: Export, subject: str) -> Export:
    """Return the file with the hosts of its website: pages of others are not counted as its own."""
    website = board.websites.get(subject)
    if website is None:
        return export
    said = replace(export.importer.said, hosts=hosts_of(website.url))
    return replace(export, importer=importer_of(export.importer.name, said))


def _with_zone_of(db: Db, export: Export, subject: str) -> Export:
    """Return the file with the zone that was said for an earlier one of the same website."""
    importer = export.importer
    if importer.platform != "website" or importer.said.zone is not None:
        return export
    zones = [one.detail.get("zone") for one in sources.imported(db, subject)]
    known = [zone for zone in zones if zone]
    if not known:
        return export
    said = replace(importer.said, zone=ZoneInfo(known[-1]))
    return replace(export, importer=importer_of(importer.name, said))


def _detail(export: Export, notes: Notes) -> Mapping[str, object]:
    """Return what a person may ask of an import years later."""
    return {
        "title": export.importer.title,
        "header": list(export.first.header),
        "tables": {one.table: list(one.header) for one in export.sheets if one.table is not None},
        "native": dict(notes.natives),
        "day_boundary": export.importer.boundary,
        "zone": export.importer.zone and export.importer.zone.key,
        "period": _period(export.importer.said),
        "encoding": export.first.encoding,
        "rows": notes.rows,
        "taken": notes.taken,
        "skipped": [asdict(one) for one in notes.skipped],
        "unused": list(notes.unused),
        "full": dict(notes.full),
    }

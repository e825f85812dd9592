"""Files -> readings: whose a file is, when it was read, and all of it or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from sgcomms import clock
from sgcomms.config import Board
from sgcomms.db import Db, readings, sources
from sgcomms.errors import ImportFileError, ProblemsError
from sgcomms.importers.base import Importer, Notes, Owner
from sgcomms.importers.exports import Export, open_export
from sgcomms.importers.recorded import Judged, Recorded, figures, looks_recorded
from sgcomms.importers.sheet import Sheet
from sgcomms.models import Account, PostRow, Reading, Source

_MOST_RECORDED_BYTES = 1_000_000


class ReadOnNeededError(ImportFileError):
    """The day on which a file was exported matters, and nobody has said it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. `already` is the day it was imported before: then nothing changed.

    `posts` and `readings` were added, `known` recorded figures were there already; `skipped` are
    rows that gave nothing, with their lines; `unused` are columns that no metric was made of.
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


def import_file(
    db: Db,
    board: Board,
    path: Path,
    *,
    account: str | None = None,
    read_on: date | None = None,
    campaigns: Collection[str] = (),
) -> Imported:
    """Take in one export file or list of recorded figures, and return what became of it.

    `account` is the account or website for a file that does not say; `read_on` the day it was
    exported. Raises ImportFileError when the file cannot be taken in, ReadOnNeededError when the
    day is missing and matters, ProblemsError for mistakes in recorded figures; then nothing is
    changed.
    """
    raw = _recorded_bytes(path)
    if raw is not None:
        today = clock.now().astimezone(board.zone).date()
        found, problems = figures(path.name, raw, Judged(board, campaigns, today))
        if problems:
            raise ProblemsError(problems)
        return record(db, path.name, found)
    export = open_export(path)
    importer, sheet = export.importer, export.first
    subject = _subject(board, export, account)
    earlier = sources.of_file(db, sheet.sha256, subject)
    if earlier is not None:
        day = earlier.added_at.astimezone(board.zone).date()
        return Imported(sheet.name, importer.title, subject, earlier.read_on, already=day)
    on = _read_on(board, sheet, importer, read_on)
    notes = Notes()
    source = Source("file", sheet.name, importer.name, subject, on, sheet.sha256)
    rows = _not_later_than(export.extract(subject, notes), on, board, sheet)
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
    )


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
        raise ImportFileError(f"{path.name}: {error.strerror or 'it cannot be read'}") from error
    return raw if looks_recorded(raw) else None


def _subject(board: Board, export: Export, named: str | None) -> str:
    """Return the id of the account or website that a file is about."""
    importer, sheet = export.importer, export.first
    if importer.platform == "website":
        return _website(board, sheet, named)
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
            raise ImportFileError(
                f"{sheet.name}: it does not say whose it is; say it with --account, one of: {known}"
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


def _is_owner(account: Account, owner: Owner) -> bool:
    ids = {account.page_id, account.ig_user_id} - {None}
    if owner.id is not None and ids:
        return owner.id in ids
    return owner.handle is not None and account.handle.lower().lstrip("@") == owner.handle


def _website(board: Board, sheet: Sheet, named: str | None) -> str:
    if named is None and len(board.websites) == 1:
        return next(iter(board.websites))
    if named in board.websites:
        return str(named)
    known = ", ".join(board.websites) or "none"
    asked = f"{named!r} is no website of config/board.yaml" if named else "it does not say whose"
    raise ImportFileError(f"{sheet.name}: {asked}; say --account with one of: {known}")


def _read_on(board: Board, sheet: Sheet, importer: Importer, given: date | None) -> date:
    """Return the day a file was exported: as given, or today where it does not matter."""
    today = clock.now().astimezone(board.zone).date()
    if given is not None and given > today:
        raise ImportFileError(f"{sheet.name}: --read-on {given} has not come yet")
    if given is None and importer.takes_read_on:
        raise ReadOnNeededError(
            f"{sheet.name}: its figures are totals up to the day it was exported; say that day "
            "with --read-on, such as --read-on 2021-04-03"
        )
    return given or today


def _not_later_than(
    rows: Iterator[PostRow | Reading], on: date, board: Board, sheet: Sheet
) -> Iterator[PostRow | Reading]:
    """Pass rows on; refuse a file that holds what came after the day it was read."""
    limit = on + timedelta(days=1)
    for row in rows:
        if isinstance(row, PostRow):
            day = row.publication.published_at.astimezone(board.zone).date()
            what = f"a post of {day}"
        else:
            day = row.last - timedelta(days=1)
            what = f"figures up to {row.last}"
        if day > limit:
            raise ImportFileError(
                f"{sheet.name}: it holds {what}, so it cannot have been read on {on}; correct "
                "--read-on"
            )
        yield row


def _detail(export: Export, notes: Notes) -> Mapping[str, object]:
    """Return what a person may ask of an import years later."""
    return {
        "title": export.importer.title,
        "header": list(export.first.header),
        "tables": {one.table: list(one.header) for one in export.sheets if one.table is not None},
        "native": dict(notes.natives),
        "day_boundary": export.importer.day_boundary,
        "encoding": export.first.encoding,
        "rows": notes.rows,
        "taken": notes.taken,
        "skipped": [asdict(one) for one in notes.skipped],
        "unused": list(notes.unused),
    }

"""The file beside a document that says what it was made of, and from which it is printed again.

It holds the whole report, every figure with its sources, the database's fingerprint, the program's
version, the cut-off and the time. A seal over all of it tells a file that was changed since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Generic, TypeVar

from sgcomms import clock
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db.digest import digest
from sgcomms.db.posts import FOREVER
from sgcomms.errors import UsageError
from sgcomms.figures.answering import figure_json, period_json, sources_json
from sgcomms.periods import Period
from sgcomms.reports import charts
from sgcomms.reports.gathered import Gathered
from sgcomms.reports.kinds import Kind, TemplateFile
from sgcomms.reports.material import Month
from sgcomms.reports.model import Report
from sgcomms.reports.stored import MisfitError, restored

T = TypeVar("T")

SCHEMA = "sgcomms-report"
VERSION = 1
LARGEST = 50_000_000
"""So many bytes may a file have that is read again; a year's report takes some hundred thousand."""
_LEVELS = (2, 3)
_OTHERS = frozenset({"annual", "campaign", "monthly"})
"""What has a sidecar."""


@dataclass(frozen=True, slots=True)
class Order:
    """A document to be written: where, in which format, from which templates, and whom it is to.

    `cut_off` is the last day of reading that counted.
    """

    output: Path
    form: str
    template: TemplateFile
    cut_off: date = FOREVER
    to: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """The document that a sidecar stands beside: its name, its bytes, and its templates'.

    `made_at` is when it was made, `program` the version of what made it, `to` whom it is addressed
    to, where its format says so.
    """

    name: str
    form: str
    content: bytes
    template: TemplateFile
    made_at: datetime
    program: str
    to: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """What a sidecar gives back: the report, when it was made, and how it was written then."""

    report: T
    made_at: datetime
    form: str
    template_sha256: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Addressed:
    to: tuple[str, ...]


def path_beside(output: Path) -> Path:
    """Return where the sidecar of a document lies: `section.docx.json` beside `section.docx`."""
    return output.with_name(f"{output.name}.json")


def files_of(
    kind: Kind[T],
    db: Db,
    board: Board,
    period: Period,
    gathered: Gathered[T],
    order: Order,
) -> tuple[tuple[Path, bytes], ...]:
    """Return the files of a document, in the order of writing: no document is without its sidecar.

    Raises what printing the document does, and OSError when the database cannot be read.
    """
    output, form, template, to = order.output, order.form, order.template, order.to
    made_at = clock.now()
    whole = kind.printed(gathered.report, form, template, made_at, to)
    written = Written(output.name, form, whole, template, made_at, version("sgcomms"), to)
    beside = content(kind, db, board, period, gathered, written, cut_off=order.cut_off)
    return (path_beside(output), beside), (output, whole)


def content(
    kind: Kind[T],
    db: Db,
    board: Board,
    period: Period,
    gathered: Gathered[T],
    written: Written,
    *,
    cut_off: date,
) -> bytes:
    """Return the sidecar of a document as JSON. Raises OSError when the database cannot be read."""
    others = [*gathered.months, *([gathered.before] if gathered.before else [])]
    every = [*gathered.figures, *(one for month in others for one in month.found)]
    whole: dict[str, Any] = {
        "schema": SCHEMA,
        "version": VERSION,
        "kind": kind.name,
        "made_at": clock.stored(written.made_at),
        "program": written.program,
        "database": {"sha256": digest(db)},
        "cut_off": None if cut_off == FOREVER else cut_off.isoformat(),
        "document": {
            "file": written.name,
            "format": written.form,
            "sha256": _sha256(written.content),
            "template_sha256": _of_templates(kind, written.form, written.template),
            "to": [*written.to],
        },
        "period": period_json(board, period),
        "figures": [figure_json(one) for one in gathered.figures],
        "months": [_month(board, one) for one in gathered.months],
        "before": _month(board, gathered.before) if gathered.before else None,
        "sources": list(sources_json(db, board, every)),
        "report": asdict(gathered.report),  # type: ignore[call-overload]  # every model is one
    }
    whole["seal"] = _seal(whole)
    return f"{json.dumps(whole, ensure_ascii=False, indent=1)}\n".encode()


def _month(board: Board, month: Month) -> dict[str, object]:
    return {
        "period": period_json(board, month.period),
        "figures": [figure_json(one) for one in month.found],
    }


def read(path: Path, kind: Kind[T]) -> Kept[T]:
    """Return what the sidecar at `path` of a document of this kind holds.

    Raises UsageError for a file that cannot be read, is none of ours or of another kind, is of a
    newer version, or was changed since it was written.
    """
    whole = _loaded(path, kind.name)
    if whole.get("schema") == SCHEMA and whole.get("kind") in _OTHERS - {kind.name}:
        command = f"sgcomms report {whole['kind']} --from-json {path}"
        raise UsageError(f"{path} is of another command: say `{command}`")
    if whole.get("schema") != SCHEMA or whole.get("kind") != kind.name:
        raise UsageError(f"{path} is no file of figures that `report {kind.name}` wrote")
    if whole.get("version") != VERSION:
        raise UsageError(
            f"{path} has version {whole.get('version')!r}, and this program reads {VERSION}: use "
            "the version that wrote it, or a newer one"
        )
    if whole.pop("seal", None) != _seal(whole):
        raise UsageError(f"{path} was changed since it was written: take it from a backup")
    try:
        return _kept(whole, kind)
    except (MisfitError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is damaged: {error}") from error


def changed_template(kind: Kind[T], kept: Kept[T], form: str, template: TemplateFile) -> bool:
    """Tell whether a template of the same format is another one than it was then."""
    return form == kept.form and _of_templates(kind, form, template) != kept.template_sha256


def _of_templates(kind: Kind[T], form: str, template: TemplateFile) -> str:
    return _sha256(b"".join(template(name) for name in kind.templates(form)))


def _loaded(path: Path, name: str) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    if len(raw) > LARGEST:
        raise UsageError(f"{path} is too large for a file that `report {name}` wrote")
    try:
        found = json.loads(raw, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is no JSON, or only a part of it") from error
    return found if isinstance(found, dict) else {}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON. Raises ValueError for a name that is in it twice: a reader would
    see the one, the seal and the document hold the other."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _kept(whole: Mapping[str, Any], kind: Kind[T]) -> Kept[T]:
    report = restored(kind.model, whole["report"], "report")
    for section in report.sections if isinstance(report, Report) else ():
        if section.level not in _LEVELS:
            raise MisfitError(f"a section has the level {section.level}")
    for chart in kind.charts(report):
        charts.check(chart)
    document = whole["document"]
    if document["format"] not in kind.forms:
        raise MisfitError(f"its document has the format {document['format']!r}")
    made_at = clock.parse_instant(whole["made_at"])
    to = restored(_Addressed, {"to": document.get("to", [])}).to
    if any(len(one.split()) != 1 for one in to):
        raise MisfitError("it is addressed to what is no address")
    return Kept(report, made_at, document["format"], str(document["template_sha256"]), to)


def _seal(whole: Mapping[str, Any]) -> str:
    """Return the SHA-256 of everything in the file, whatever its white space and order."""
    text = json.dumps(whole, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return _sha256(text.encode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

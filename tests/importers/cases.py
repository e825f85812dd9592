"""The fixtures of the importers: an export file and, beside it, what must come out of it."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sgcomms.importers import Answers, Notes, Owner, Sheet, importer
from sgcomms.importers.exports import Export, open_export
from sgcomms.models import PostRow, Reading
from sgcomms.periods import days
from tests.importers.packing import packed

DATA = Path(__file__).parent / "data"
REFUSED = DATA / "refused"
SUBJECT = "subject"

GOOD = sorted(path.stem for path in DATA.glob("*.csv"))
PACKED = sorted(
    path.stem for path in DATA.iterdir() if path != REFUSED and path.suffix not in {".csv", ".json"}
)
"""Those that are no plain CSV; a folder holds what a ZIP file or a workbook is made of."""

ALL = [*GOOD, *PACKED]
BAD = sorted(path.name for path in REFUSED.iterdir() if path.suffix != ".txt")


@dataclass(slots=True)
class Read:
    """All that an importer says about one file."""

    sheet: Sheet
    layout: str
    owner: Owner | None
    posts: list[PostRow] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)


def read(path: Path, given: Mapping[str, Any] | None = None) -> Read:
    """Take in a file the way a collection run does, after a person has answered its questions."""
    export = opened(path, given or {})
    result = Read(export.first, export.importer.name, export.owner())
    for row in export.extract(SUBJECT, result.notes):
        if isinstance(row, PostRow):
            result.posts.append(row)
        else:
            result.readings.append(row)
    return result


def opened(path: Path, given: Mapping[str, Any]) -> Export:
    """Return a file with its layout. `given` has what a person said, as the pairs have it."""
    said = Answers(
        ZoneInfo(given["zone"]) if "zone" in given else None,
        days(*map(date.fromisoformat, given["period"])) if "period" in given else None,
        given.get("dates"),
    )
    return open_export(path, layout=given.get("layout"), platform=given.get("platform"), said=said)


def answers(name: str) -> Mapping[str, Any]:
    """Return what a person has to say about the pair `name`."""
    given: Mapping[str, Any] = expected(name).get("given", {})
    return given


def good(name: str) -> Path:
    """Return the export file of the pair `name`."""
    return file_of(next(path for path in DATA.glob(f"{name}.*") if path.suffix != ".json"))


@cache
def file_of(path: Path) -> Path:
    """Return the file that a fixture is: itself, or what its folder is packed into."""
    return packed(path, _packing_place() / path.name) if path.is_dir() else path


@cache
def _packing_place() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def expected(name: str) -> dict[str, Any]:
    """Return what must come out of the pair `name`."""
    found: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return found


def as_expected(result: Read) -> dict[str, Any]:
    """Return what came out of a file, in the form of the pairs."""
    said = None
    if result.owner is not None:
        said = {"handle": result.owner.handle, "id": result.owner.id}
    found: dict[str, Any] = {
        "layout": result.layout,
        "owner": said,
        "encoding": result.sheet.encoding,
        "rows": result.notes.rows,
        "skipped": [[one.line, one.reason] for one in result.notes.skipped],
        "unused": result.notes.unused,
    }
    layout = importer(result.layout)
    if layout.platform != "website" and layout.natives != layout.by_day:
        found["posts"] = [_post(one) for one in result.posts]
    if layout.platform == "website" or layout.by_day:
        found["readings"] = [_reading(one) for one in result.readings]
    return found


def _post(row: PostRow) -> dict[str, Any]:
    post = row.publication
    assert post.account == SUBJECT
    links = {"links": list(post.links)} if post.links else {}
    return links | {
        "id": post.platform_id,
        "published_at": _instant(post.published_at),
        "url": post.url,
        "kind": post.kind,
        "text": post.text,
        "values": dict(row.values),
    }


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _reading(one: Reading) -> dict[str, Any]:
    assert one.subject == SUBJECT
    parts = {
        "metric": one.metric,
        "value": one.value,
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
        "native": one.native,
    }
    more = {
        "dimension": one.dimension,
        "key": one.key,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "reason": one.reason,
        "bound": one.bound,
        "basis": one.basis,
    }
    return parts | {name: value for name, value in more.items() if value is not None}

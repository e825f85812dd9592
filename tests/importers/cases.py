"""The fixtures of the importers: an export file and, beside it, what must come out of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sgcomms.importers import Notes, Owner, Sheet, open_sheet, recognise
from sgcomms.models import PostRow, Reading

DATA = Path(__file__).parent / "data"
REFUSED = DATA / "refused"
SUBJECT = "subject"

GOOD = sorted(path.stem for path in DATA.glob("*.csv"))
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


def read(path: Path) -> Read:
    """Take in a file the way a collection run does."""
    sheet = open_sheet(path)
    importer = recognise(sheet)
    result = Read(sheet, importer.name, importer.owner(sheet))
    for row in importer.extract(sheet, SUBJECT, result.notes):
        if isinstance(row, PostRow):
            result.posts.append(row)
        else:
            result.readings.append(row)
    return result


def good(name: str) -> Path:
    """Return the export file of the pair `name`."""
    return DATA / f"{name}.csv"


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
    if recognise(result.sheet).platform == "website":
        found["readings"] = [_reading(one) for one in result.readings]
    else:
        found["posts"] = [_post(one) for one in result.posts]
    return found


def _post(row: PostRow) -> dict[str, Any]:
    post = row.publication
    assert post.account == SUBJECT
    return {
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
    assert one.bound is None
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
    }
    return parts | {name: value for name, value in more.items() if value is not None}

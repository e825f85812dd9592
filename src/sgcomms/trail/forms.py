"""The values of a trail as CSV, JSON and HTML, a piece at a time, and as a file that is whole."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from sgcomms import files
from sgcomms.errors import SgcommsError, UsageError
from sgcomms.trail.values import Values

BOM = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something else."""

ENTRY_COLUMNS = ("number", "at", "rehearsed", "who", "what", "about", "detail")

COLUMNS = (
    "delivery", "campaign", "post", "account", "platform", "mode", "state", "why", "due_at",
    "expires_at", "queued_at", "sent_at", "removed_at", "live", "platform_id", "url", "text",
    "link", "images_as_sent", "images_as_given", "alt_texts", "written_by", "approved_by",
    "decisions", "removals", "content_hash",
)  # fmt: skip
"""The columns of the CSV of deliveries."""


def csv_of_records(found: Iterable[Values]) -> Iterator[str]:
    """Yield the lines of a CSV of deliveries, safe to open in a spreadsheet."""
    return _csv(COLUMNS, (_flat(one) for one in found))


def csv_of_entries(found: Iterable[Values]) -> Iterator[str]:
    """Yield the lines of a CSV of the rows of the trail, safe to open in a spreadsheet."""
    rows = (
        {**one, "detail": json.dumps(one["detail"], ensure_ascii=False, sort_keys=True)}
        for one in found
    )
    return _csv(ENTRY_COLUMNS, rows)


def _csv(columns: Sequence[str], found: Iterable[Mapping[str, object]]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    yield BOM + line.getvalue()
    for one in found:
        line.seek(0)
        line.truncate()
        writer.writerow([_cell(one[name]) for name in columns])
        yield line.getvalue()


def _cell(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    risky = text[:1] in ("\t", "\r", "\n") or _visible(text)[:1] in _FORMULA
    return f"'{text}" if risky else text


_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the wide ones too


def _visible(text: str) -> str:
    """Return a text from its first sign that can be seen."""
    for number, sign in enumerate(text):
        if not sign.isspace() and unicodedata.category(sign) not in ("Cf", "Cc"):
            return text[number:]
    return ""


def _flat(one: Values) -> Values:
    """Return a delivery for one line: what there are several of is numbered, one a line."""
    images = one["images"]
    return {
        **one,
        "images_as_sent": "\n".join(image["sha256"] for image in images),
        "images_as_given": "\n".join(image["source_sha256"] for image in images),
        "alt_texts": _listed([image["alt"] for image in images]),
        "approved_by": "; ".join(one["approved_by"]),
        "decisions": _listed([_decision(word) for word in one["decisions"]]),
        "removals": _listed([_removal(word) for word in one["removals"]]),
    }


def _listed(words: Sequence[str]) -> str:
    return "\n".join(f"{number}. {one}" for number, one in enumerate(words, start=1))


def _decision(one: Values) -> str:
    why = f": {one['reason']}" if one["reason"] else ""
    return f"{one['at']} {one['decision']} by {one['by']}{why}"


def _removal(one: Values) -> str:
    ended = f" {one['ended_at']}" if one["ended_at"] else ""
    detail = f" ({one['detail']})" if one["detail"] else ""
    return (
        f"asked {one['asked_at']} by {one['by']}: {one['reason']}; "
        f"{one['state']}{ended}{detail} {one['url'] or one['platform_id']}"
    )


def json_of(head: Values, records: Iterable[Values], entries: Iterable[Values]) -> Iterator[str]:
    """Yield a JSON document: `head`, the deliveries, and the rows of the trail."""
    opening = json.dumps(head, ensure_ascii=False, indent=1)
    yield opening.removesuffix("\n}")
    for name, found in (("deliveries", records), ("trail", entries)):
        yield f',\n "{name}": ['
        comma = ""
        for one in found:
            yield f"{comma}\n  {json.dumps(one, ensure_ascii=False)}"
            comma = ","
        yield "\n ]"
    yield "\n}\n"


def html_of(
    template: str, head: Values, records: Iterable[Values], entries: Iterable[Values]
) -> Iterator[str]:
    """Yield a page with both tables, by the board's own template. Raises UsageError."""
    environment = SandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    try:
        made = environment.from_string(template)
        yield from made.generate(audit=head, records=records, entries=entries)
    except SgcommsError:
        raise
    except Exception as error:  # a template is a program: the board's own may fail in any way
        raise UsageError(f"templates/audit/audit.html cannot be filled in: {error}") from error


def write_file(path: Path, pieces: Iterable[str], *, replace: bool) -> None:
    """Write `pieces` to `path`, whole or not at all; what is there stays unless `replace`.

    Raises FileExistsError, or OSError when the disk refuses.
    """
    if path.exists() and not replace:
        raise FileExistsError(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=files.PREFIX, suffix=files.SUFFIX)
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            part.replace(path)
        else:
            _name(part, path)
    finally:
        part.unlink(missing_ok=True)


def _name(part: Path, path: Path) -> None:
    """Give a file its name, where there may be none."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(path) from None
        part.replace(path)


def plain(text: str) -> str:
    """Return a text so that it moves no cursor and turns no line around; its lines stay."""
    return _MOVING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


_MOVING = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Controls, and the signs that turn the direction of writing."""

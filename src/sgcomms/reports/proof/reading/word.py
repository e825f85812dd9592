"""Word documents (.docx) -> passages: the text, its tables, notes, headers and footers.

The form is that of ECMA-376, part 1
(https://ecma-international.org/publications-and-standards/standards/ecma-376/). A document is
foreign: what its ZIP file says it unpacks to is held against limits before anything is unpacked,
and a document type is refused, so that no entity is ever expanded. What was deleted or moved away
with changes tracked is not read, nor are comments and hidden text.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from sgcomms.reports.proof.reading.passages import Builder, Passage, UnreadableError

MOST_UNPACKED = 64 << 20
"""Bytes that a part may unpack to: the text of a thousand pages with all their formatting."""

MOST_MEMBERS = 5000

_MOST_TIMES = 250
"""How many times its packed size a part may unpack to, once it is longer than `_SMALL`."""

_SMALL = 4 << 20
_DEEPEST = 400
_PARTS = re.compile(r"word/(document|footnotes|endnotes|header\d*|footer\d*)\.xml")
_MAIN = "word/document.xml"
_DAMAGE = (BadZipFile, zlib.error, EOFError, struct.error, OverflowError, ValueError, RuntimeError)
_DAMAGED = "the document is damaged or was cut off: open it in Word and save it again"
_LOCKED = (
    "it is locked with a password, or an old Word file (.doc): open it in Word and save it as "
    ".docx without a password"
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What compound files begin with: old Word files, and new ones that are encrypted ([MS-CFB] 2.2,
https://learn.microsoft.com/openspecs/windows_protocols/ms-cfb)."""

_NO_WORD = "it is no Word document (.docx): open it in Word and save it as .docx"
_HEADING = re.compile(r"(?:heading|berschrift) ?(?P<level>[1-9])|title", re.IGNORECASE)
_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_CHOICE = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def passages(content: bytes) -> list[Passage]:
    """Return the passages of a document. Raises UnreadableError with what is wrong."""
    if content.startswith(_OLE):
        raise UnreadableError(_LOCKED)
    if not content.startswith(b"PK"):
        raise UnreadableError(_NO_WORD)
    try:
        with ZipFile(io.BytesIO(content)) as file:
            members = file.infolist()
            _refuse(members)
            parts = {one.filename: one for one in members if _PARTS.fullmatch(one.filename)}
            if _MAIN not in parts:
                raise UnreadableError(_NO_WORD)
            builder = Builder()
            for name in sorted(parts, key=lambda name: (name != _MAIN, name)):
                builder.part("" if name == _MAIN else _named(name))
                _read(builder, file.read(parts[name]))
    except (*_DAMAGE, NotImplementedError, OSError):
        raise UnreadableError(_DAMAGED) from None
    return builder.passages


def _named(name: str) -> str:
    kind = re.sub(r"[^a-z]", "", name.removeprefix("word/").removesuffix(".xml"))
    return {"header": "header of the page", "footer": "footer of the page"}.get(kind, kind)


def _refuse(members: Sequence[ZipInfo]) -> None:
    """Raise UnreadableError for what no document holds, before anything is unpacked."""
    if len(members) > MOST_MEMBERS:
        raise UnreadableError(f"it holds more than {MOST_MEMBERS:,} parts: no document does")
    wanted = [one for one in members if _PARTS.fullmatch(one.filename)]
    if len({one.filename for one in wanted}) < len(wanted):
        raise UnreadableError(f"it holds a part twice; {_DAMAGED}")
    for one in wanted:
        if one.flag_bits & 0x1:
            raise UnreadableError("it is locked with a password: save it again without one")
        if one.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise UnreadableError(_DAMAGED)
        packed = max(one.compress_size, 1)
        if one.file_size > _SMALL and one.file_size > _MOST_TIMES * packed:
            raise UnreadableError(
                f"it unpacks to more than {_MOST_TIMES} times its size, which no document does"
            )
    if sum(one.file_size for one in wanted) > MOST_UNPACKED:
        raise UnreadableError(
            f"it unpacks to more than {MOST_UNPACKED >> 20} megabytes of text: no report does"
        )


def _read(builder: Builder, content: bytes) -> None:
    """Read one part. Raises UnreadableError."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    found = _Handler(builder)
    parser.StartDoctypeDeclHandler = found.doctype
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    parser.CharacterDataHandler = found.text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError):
        raise UnreadableError(_DAMAGED) from None


@dataclass(slots=True)
class _Paragraph:
    """A paragraph that is being read; a text box may hold others inside it.

    `heading` is its level, 0 for the document's title, None for what is no heading.
    """

    parts: list[str] = field(default_factory=list)
    heading: int | None = None
    caption: bool = False
    raised: bool = False
    hidden: bool = False


@dataclass(slots=True)
class _Handler:
    """Follows the elements of a part. `skipped` is how deep it is inside what is shown twice."""

    builder: Builder
    depth: int = 0
    skipped: int = 0
    reading: bool = False
    paragraphs: list[_Paragraph] = field(default_factory=list)

    def doctype(self, *_: object) -> None:
        """Refuse a document type."""
        raise UnreadableError(
            "it declares a document type, which no Word document does and which can harm: open it "
            "in Word and save it again"
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise UnreadableError("it is nested more deeply than any document")
        space, _, name = tag.rpartition(" ")
        if self.skipped:
            self.skipped += 1
        elif (space, name) == (_CHOICE, "Fallback") or (space in _WORD and name == "moveFrom"):
            self.skipped = 1  # a text box stands in the file twice, and so does what was moved
        elif space in _WORD:
            self._start(name, {key.rpartition(" ")[2]: one for key, one in attributes.items()})

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        inner = self.paragraphs[-1] if self.paragraphs else None
        if name == "p":
            self.paragraphs.append(_Paragraph())
        elif name == "tbl":
            self.builder.table()
        elif name == "tr":
            self.builder.row()
        elif name == "tc":
            self.builder.cell()
        elif name == "gridSpan":
            self.builder.widen(_columns(attributes.get("val", "")))
        elif name == "vMerge" and attributes.get("val", "continue") == "continue":
            self.builder.widen(goes_on=True)
        elif inner is not None:
            self._inside(inner, name, attributes.get("val", ""))

    def _inside(self, inner: _Paragraph, name: str, value: str) -> None:
        if name == "pStyle":
            inner.heading = _level(value)
            inner.caption = value.lower().startswith("caption")
        elif name == "outlineLvl" and re.fullmatch("[0-8]", value):
            inner.heading = int(value) + 1
        elif name == "r":
            inner.raised = inner.hidden = False
        elif name == "vanish":
            inner.hidden = value not in ("0", "false", "off")
        elif name == "vertAlign":
            inner.raised = value == "superscript"
        elif name in ("tab", "br", "cr"):
            inner.parts.append(" ")
        elif name == "noBreakHyphen":
            inner.parts.append("-")
        elif name == "t":
            self.reading = True

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        self.depth -= 1
        if self.skipped:
            self.skipped -= 1
            return
        space, _, name = tag.rpartition(" ")
        if space not in _WORD:
            return
        if name == "t":
            self.reading = False
        elif name == "p" and self.paragraphs:
            done = self.paragraphs.pop()
            words = "".join(done.parts)
            if done.caption:
                self.builder.caption(words)
            elif done.heading is None:
                self.builder.paragraph(words)
            else:
                self.builder.head(words, done.heading)
        elif name == "tc":
            self.builder.end_cell()
        elif name == "tbl":
            self.builder.end_table()

    def text(self, words: str) -> None:
        """Take text, where it is that of a run. Digits that are raised mark a note."""
        if not self.reading or self.skipped or not self.paragraphs:
            return
        inner = self.paragraphs[-1]
        if inner.hidden:
            return
        if inner.raised and re.fullmatch(r"[\d\s,;]+", words):
            return
        inner.parts.append(words)


def _columns(words: str) -> int:
    return int(words) if re.fullmatch(r"[1-9]\d{0,3}", words) else 1


def _level(style: str) -> int | None:
    """Return the level of a heading's style, 0 for a title's, None for that of other text."""
    found = _HEADING.match(style)
    return int(found["level"] or 0) if found else None

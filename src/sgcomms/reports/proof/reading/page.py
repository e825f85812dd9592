"""HTML -> passages. Read as a stream, so that nothing can be nested too deeply.

What a reader does not see (scripts, `hidden`, `aria-hidden`, `display: none`) or sees struck out is
left out, and so are marks of notes, which stand in <sup>.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from sgcomms.reports.proof.reading.passages import Builder, Passage, UnreadableError

_UNSEEN = frozenset(
    {"script", "style", "template", "head", "noscript", "svg", "sup", "sub", "textarea"}
)
_DELETED = frozenset({"del", "s", "strike"})
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BREAKING = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "ul",
    ]
)
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
_MOST_UNCLOSED = 200
_MOST_ATTRIBUTES = 100_000
_MOST_WORDS = 300_000
"""Between two tags; each may be an attribute that takes memory."""

_SPACED = frozenset({"br", "option"})


def passages(text: str) -> list[Passage]:
    """Return the passages of a page. Raises UnreadableError for more than any report holds."""
    _refuse(text)
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.flush()
    while reader.builder.open:
        reader.builder.end_table()
    return reader.builder.passages


def _refuse(text: str) -> None:
    """Raise UnreadableError for tags without an end, each of which is looked for to the last, and
    for one with more in it than memory should hold."""
    tags = text.count("<") - text.count(">")
    comments = text.count("<!--") - text.count("-->")
    if tags > _MOST_UNCLOSED or comments > _MOST_UNCLOSED:
        raise UnreadableError("it is damaged or was cut off: its tags have no end")
    for part in text.split("<"):
        if part.count("=") > _MOST_ATTRIBUTES or len(part.split()) > _MOST_WORDS:
            raise UnreadableError("a tag of it is longer than any page's")


class _Reader(HTMLParser):
    """Follows the tags of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.builder = Builder()
        self._parts: list[str] = []
        self._heading: int | None = None
        self._caption = False
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the beginning of an element."""
        if self._unseen:
            if tag == self._unseen[0]:
                self._unseen.append(tag)
            return
        names = dict(attrs)
        hidden = "hidden" in names or names.get("aria-hidden") == "true"
        hidden = hidden or _HIDDEN.search(names.get("style") or "") is not None
        if tag in _UNSEEN or tag in _DELETED or (hidden and tag not in _VOID):
            self._unseen.append(tag)
        elif tag == "img" and names.get("alt"):
            self.flush()
            self.builder.paragraph(str(names["alt"]))
        elif tag in _SPACED:
            self._parts.append(" ")
        else:
            self._open(tag, names)

    def _open(self, tag: str, names: dict[str, str | None]) -> None:
        if tag == "caption":
            self.flush()
            self._caption = True
        elif tag in _HEADINGS or tag in _BREAKING:
            self.flush()
            self._heading = _HEADINGS.get(tag)
        elif tag == "table":
            self.flush()
            self.builder.table()
        elif tag == "tr":
            self._end_cell()
            self.builder.row()
        elif tag in ("td", "th"):
            self._end_cell()
            self.builder.cell(_number(names.get("colspan")), _number(names.get("rowspan")))

    def handle_endtag(self, tag: str) -> None:
        """Take the end of an element."""
        if self._unseen:
            if tag == self._unseen[0]:
                self._unseen.pop()
        elif tag in _HEADINGS or tag in _BREAKING or tag == "caption":
            self.flush()
        elif tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table":
            self._end_cell()
            self.builder.end_table()

    def handle_data(self, data: str) -> None:
        """Take text."""
        if not self._unseen:
            self._parts.append(data)

    def _end_cell(self) -> None:
        self.flush()
        self.builder.end_cell()

    def flush(self) -> None:
        """Close the paragraph or heading that is being read."""
        text = "".join(self._parts)
        self._parts.clear()
        if self._heading is not None:
            self.builder.head(text, self._heading)
        elif self._caption:
            self.builder.caption(text)
        else:
            self.builder.paragraph(text)
        self._heading, self._caption = None, False


def _number(words: str | None) -> int:
    """Return how many columns or rows a cell covers; 1 for what is no such number."""
    return int(words) if words is not None and re.fullmatch(r"[1-9]\d{0,3}", words) else 1

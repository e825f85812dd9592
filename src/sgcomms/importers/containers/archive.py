"""The posts of an X archive (`tweets.js`, `tweet.js`, `tweets-part1.js`) -> rows.

The file is a program that assigns one list: `window.YTD.tweets.part0 = [{"tweet": {…}}, …]`. It is
read post by post. Nothing else of an archive is opened: it also holds private messages.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TextIO

from sgcomms.importers.contents import CHUNK, Unreadable
from sgcomms.importers.sheet import CHANGED, NO_TEXT, Opener, Sheet, Watched, unreachable

LONGEST_POST = 1_000_000
"""Characters of one post with all that X keeps about it: some three thousand in real archives."""

FIELDS = (
    "tweet.id",
    "tweet.created_at",
    "tweet.full_text",
    "tweet.favorite_count",
    "tweet.retweet_count",
    "tweet.in_reply_to_status_id",
    "tweet.entities.urls",
)
"""The cells of each row; addresses stand under each other."""

_BEGINNING = re.compile(r"\ufeff?\s*window\.YTD\.(\w+)\.part\d+\s*=\s*(?=\[)", re.ASCII)
_MARK = b"window.YTD."
_SIGN = re.compile(r"[^ \t\r\n]")
_PIECE = 1 << 16
_AGAIN = ": the file is damaged or was cut off; request the archive again"
_DAMAGED = f"here is no whole post as X writes it{_AGAIN}"


def is_part(start: bytes) -> bool:
    """Tell whether a file with these first bytes is part of an X archive."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_MARK)


def look(opener: Opener, name: str, table: str | None = None, sha256: str | None = None) -> Sheet:
    """Return the posts whose file `opener` gives, read once from end to end.

    `sha256` is that of the whole file, where this one is a part of it. Raises Unreadable for any
    other part of an archive, OSError.
    """
    with Watched(opener()) as raw:
        start = raw.read(_PIECE) or b""
        found = _BEGINNING.match(start.decode("utf-8", "replace"))
        if found is None:
            raise Unreadable(_DAMAGED, 1)
        if found[1] not in {"tweet", "tweets"}:
            raise Unreadable(
                f"it is the part {found[1]!r} of an X archive, which is not read, because it may "
                "hold private messages or addresses: import tweets.js, or the whole ZIP file"
            )
        while raw.read(CHUNK):
            pass
        digest = raw.digest.hexdigest()
    return _Posts(
        name=name,
        table=table,
        sha256=sha256 or digest,
        encoding="utf-8",
        header=FIELDS,
        header_line=0,
        opener=opener,
        digest=digest,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Posts(Sheet):
    """One file of posts. `digest` is the SHA-256 of what `opener` gives."""

    opener: Opener
    digest: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the line at which each post begins, and its cells as in `FIELDS`.

        Raises ImportFileError for what X does not write, and where the file changed or went.
        """
        line: int | None = None
        try:
            with Watched(self.opener()) as raw:
                text = io.TextIOWrapper(
                    io.BufferedReader(raw, CHUNK), encoding="utf-8-sig", newline=""
                )
                for line, post in _objects(text):
                    yield line, _cells(post)
                changed = raw.digest.hexdigest() != self.digest
        except Unreadable as problem:
            raise self.error(problem.line or line, str(problem)) from None
        except UnicodeDecodeError:
            raise self.error(line, NO_TEXT) from None
        except OSError as error:
            raise self.error(None, unreachable(error)) from None
        if changed:
            raise self.error(None, CHANGED)


def _objects(text: TextIO) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield every object of the list in `text` with its line. Raises Unreadable."""
    reader = _Reader(text)
    reader.begin()
    more = reader.next() != "]"
    while more:
        line = reader.line
        yield line, reader.object()
        sign = reader.next()
        if sign not in {",", "]"}:
            raise Unreadable(_DAMAGED, line)
        more = sign == ","
        if more:
            reader.skip()
    reader.skip()
    if reader.next() == ";":
        reader.skip()
    if reader.next():
        raise Unreadable("after the list of posts comes something else" + _AGAIN, reader.line)


class _Reader:
    """Text that is read in pieces; what was read is let go, so that memory stays flat."""

    def __init__(self, text: TextIO) -> None:
        self.line = 1
        self._text = text
        self._held = ""
        self._at = 0
        self._decode = json.JSONDecoder(parse_constant=_no_number).raw_decode

    def begin(self) -> None:
        """Go to the first sign inside the list. Raises Unreadable."""
        self._more()
        found = _BEGINNING.match(self._held)
        if found is None:
            raise Unreadable(_DAMAGED, 1)
        self._go(found.end() + 1)

    def next(self) -> str:
        """Return the next sign that is no blank, without taking it; nothing at the end."""
        while True:
            found = _SIGN.search(self._held, self._at)
            self._go(found.start() if found else len(self._held))
            if found:
                return found[0]
            if not self._more():
                return ""

    def skip(self) -> None:
        """Take one sign."""
        self._go(self._at + 1)

    def object(self) -> dict[str, Any]:
        """Take the object that begins at the next sign. Raises Unreadable."""
        if self.next() != "{":
            raise Unreadable(_DAMAGED, self.line)
        while True:
            found: dict[str, Any]
            try:
                found, end = self._decode(self._held, self._at)
            except json.JSONDecodeError:
                if len(self._held) - self._at > LONGEST_POST or not self._more():
                    raise Unreadable(_DAMAGED, self.line) from None
            except (RecursionError, ValueError):
                raise Unreadable(_DAMAGED, self.line) from None
            else:
                self._go(end)
                return found

    def _go(self, to: int) -> None:
        self.line += self._held.count("\n", self._at, to)
        self._at = to

    def _more(self) -> bool:
        piece = self._text.read(_PIECE)
        self._held, self._at = self._held[self._at :] + piece, 0
        return bool(piece)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _cells(found: Mapping[str, Any]) -> list[str]:
    """Return the cells of a post as in `FIELDS`. Raises Unreadable for what X does not write."""
    post = found.get("tweet", found)
    if not isinstance(post, dict):
        raise Unreadable(_DAMAGED)
    return [
        _text(post, "id_str", "id"),
        _text(post, "created_at"),
        _text(post, "full_text", "text"),
        _text(post, "favorite_count"),
        _text(post, "retweet_count"),
        _text(post, "in_reply_to_status_id_str", "in_reply_to_status_id"),
        "\n".join(_addresses(post)),
    ]


def _text(post: Mapping[str, Any], *names: str) -> str:
    """Return the first of these that is there, as text; nothing where none is."""
    for name in names:
        value = post.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            raise Unreadable(f"{name} of this post is neither text nor a number" + _AGAIN)
        if value is not None:
            return _sound(str(value))
    return ""


def _addresses(post: Mapping[str, Any]) -> Iterator[str]:
    entities = post.get("entities") or {}
    urls = entities.get("urls") or [] if isinstance(entities, dict) else None
    if not isinstance(urls, list) or not all(isinstance(one, dict) for one in urls):
        raise Unreadable("the links of this post are not as X writes them" + _AGAIN)
    for one in urls:
        if address := _text(one, "expanded_url").strip():
            yield address


def _sound(text: str) -> str:
    """Return `text` without NUL and halves of signs, which JSON can name and no text can hold."""
    if text.isascii() and "\0" not in text:
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\0", "\ufffd")

"""The line that a person meant, where YAML reads it as something else or not at all.

A mended line serves two ends: the message prints it, and reading goes on with it, so that one slip
does not hide the mistakes below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_KEY_AND_VALUE = re.compile(r"^(?P<head>\s*(?:- +)*(?:[\w-]+:|-) +)(?P<value>\S.*?)\s*$")
_NO_SPACE = re.compile(r"^(?P<head>\s*(?:- *)*[\w-]+:)(?P<value>[^\s/].*)$")
_NO_SPACE_AFTER_DASH = re.compile(r"^(?P<head>\s*-)(?P<value>[\w\"'{\[].*)$")
_WORDS_AFTER_SIGN = re.compile(
    r"^(?P<head>\s*(?:- +)*[\w-]+: +)(?P<sign>[|>][+-]?) *(?P<value>.+)$"
)
_PLACEHOLDER = re.compile(r"\{ *(?:link|contact:[^{}]*)\}")
_STARTS_WRONG = re.compile(
    rf"[@%`&*!]|{_PLACEHOLDER.pattern}|\{{[^{{}}]*\}}\s*[^\s#]|\[[^\[\]]*\]\s*[^\s#]|[-?] "
)
_QUOTED = ("'", '"', "|", ">")
_CLOSING = "\"'“”’"

_FLOW = re.compile(r"^\s*(?:- +)*(?:[\w-]+: +)?(?P<open>\[\s*\{|\{)")
_FLOW_KEY = re.compile(r"\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'):\s+")
_FLOW_NEXT = re.compile(r"\s*,\s+[\w-]+:\s|\s*\}\s*,\s*\{")
_FLOW_BETWEEN = re.compile(r"\s*\}\s*,\s*\{|\s*,")
_FLOW_ASIS = re.compile(
    r"(?:\"(?:\\.|[^\"\\])*\"|'(?:''|[^'])*'|\{[^{}]*\}|\[[^\[\]]*\])(?=\s*[,}\]])"
)
_FLOW_END = re.compile(r"\s*\}\s*(?:\s#.*)?$")
_FLOW_LIST_END = re.compile(r"\s*\}\s*\]\s*(?:\s#.*)?$")
_NEEDS_QUOTES = re.compile(r"^(?:[@%`&*!\"'|>]|[-?] )|[,\[\]{}]|: |:$|\s#")


PUT_IN_QUOTES = "put the value in quotes"


@dataclass(frozen=True, slots=True)
class Mend:
    """What a line should be. `column` counts from 1 and points at what YAML stumbled over."""

    line: str
    column: int
    rule: str = "needs-quotes"
    what: str = ""

    @property
    def message(self) -> str:
        """Say what is wrong, and print the line as it should be."""
        lead = f"{self.what}; write " if self.what else f"{PUT_IN_QUOTES}: "
        return lead + self.line.strip()


def quoted(value: str) -> str:
    """Return `value` in double quotes, as YAML reads it back."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"{}"'.format(escaped.replace("\n", "\\n").replace("\t", "\\t"))


def mends(line: str) -> Iterator[Mend]:
    """Yield what `line` may have been meant to be, the likeliest first."""
    attempts = (
        quote_value,
        _requote,
        _quote_flow,
        _space,
        _space_after_dash,
        _words_behind,
        _words_below,
    )
    for attempt in attempts:
        mend = attempt(line)
        if mend is not None:
            yield mend
            again = quote_value(mend.line)
            if again is not None:
                yield Mend(again.line, mend.column, mend.rule, mend.what)


def quote_value(line: str) -> Mend | None:
    """Return `line` with its value in quotes, if the value is one that must have them."""
    match = _KEY_AND_VALUE.match(line)
    if match is None or match["value"].startswith(_QUOTED):
        return None
    value = match["value"]
    colon = re.search(r":(?: |$)", value)
    wrong_start = _STARTS_WRONG.match(value) is not None
    if not wrong_start and (colon is None or value.startswith(("{", "["))):
        return None
    offset = 0 if wrong_start or colon is None else colon.start()
    inside = value[1:-1] if value[0] in "“„" and value[-1] in "“”" else value
    return Mend(match["head"] + quoted(inside), len(match["head"]) + offset + 1)


def quote_flow(line: str) -> str | None:
    """Return a line such as `text_for: {x: Stay, {link}}` with its values in quotes.

    None if it is another kind of line, or none of its values needs them.
    """
    opening = _FLOW.match(line)
    if opening is None:
        return None
    last = _FLOW_LIST_END if opening["open"].startswith("[") else _FLOW_END
    parts, at = [line[: opening.end()]], opening.end()
    while (key := _FLOW_KEY.match(line, at)) is not None:
        end = _flow_value_end(line, key.end(), last)
        parts += [key[0], _flow_value(line[key.end() : end])]
        if last.match(line, end):
            mended = "".join([*parts, line[end:]])
            return mended if mended != line else None
        between = _FLOW_BETWEEN.match(line, end)
        if between is None:
            return None
        parts.append(between[0])
        at = between.end()
    return None


def join_number(line: str, column: int) -> str | None:
    """Return a line such as `{target: 1,000}` without the comma before `column` (from 1)."""
    before, after = line[: column - 1], line[column - 1 :]
    if not re.search(r"\d,$", before) or not re.match(r"\d{3}(?!\w)", after):
        return None
    return before[:-1] + after


def untabbed(line: str, width: int = 1) -> str:
    """Return `line` with each tab of its indentation as `width` spaces; no-break spaces as one."""
    body = line.lstrip(" \t\xa0")
    head = line[: len(line) - len(body)]
    return head.replace("\t", " " * width).replace("\xa0", " ") + body


def _flow_value_end(line: str, at: int, last: re.Pattern[str]) -> int:
    """Return where the value ends that begins at `at`: before the next key, or the last bracket."""
    whole = _FLOW_ASIS.match(line, at)
    if whole is not None and not _PLACEHOLDER.fullmatch(whole[0]):
        return whole.end()
    ends = [found.start() for end in (_FLOW_NEXT, last) if (found := end.search(line, at))]
    return min(ends, default=len(line))


def _flow_value(value: str) -> str:
    if _FLOW_ASIS.match(f"{value},") and not _PLACEHOLDER.fullmatch(value):
        return value
    if value[:1] in _CLOSING and value[-1:] in _CLOSING:
        return quoted(value[1:-1])
    return quoted(value) if _NEEDS_QUOTES.search(value) else value


def _quote_flow(line: str) -> Mend | None:
    mended = quote_flow(line)
    if mended is None:
        return None
    column = next(n for n, (old, new) in enumerate(zip(line, mended, strict=False)) if old != new)
    if re.search(r"\s#\w", line[column:]):
        what = "outside quotes a hashtag is read as a comment and would be lost"
        return Mend(mended, column + 1, "hashtag-lost", what)
    return Mend(mended, column + 1)


def _requote(line: str) -> Mend | None:
    """Tell the quotes inside a quoted value from those round it: `'Don't leave'`, `"Say "no""`."""
    match = _KEY_AND_VALUE.match(line)
    if match is None or match["value"][0] not in "'\"":
        return None
    value = match["value"]
    closed = len(value) > 1 and value[-1] in _CLOSING
    if not closed and value.count(value[0]) > 1:
        what = "the quotes are part of the text, which needs others round all of it"
        return Mend(match["head"] + quoted(value), len(match["head"]) + 1, what=what)
    inside = value[1:-1] if closed else value[1:]
    if value[0] == "'":
        written = quoted(inside.replace("''", "'"))
    else:
        written = '"{}"'.format(re.sub(r'(?<!\\)"', r'\\"', inside))
    if written == value:
        return None
    return Mend(match["head"] + written, len(match["head"]) + 1, what=_wrong_quotes(value))


def _wrong_quotes(value: str) -> str:
    """Return what is wrong with the quotes of a value that begins with one."""
    if value[-1] in "“”’":
        return "the quote is opened straight and closed curly"
    if value.count(value[0]) == 1:
        return "the quote is never closed"
    if value[0] == "'":
        return "an apostrophe inside the value ends it; use double quotes"
    return "a quote inside the value ends it; put \\ before it"


def _space(line: str) -> Mend | None:
    match = _NO_SPACE.match(line)
    if match is None:
        return None
    what = "a space is missing after the colon"
    line = f"{match['head']} {match['value']}"
    return Mend(line, len(match["head"]) + 1, "yaml-syntax", what)


def _space_after_dash(line: str) -> Mend | None:
    match = _NO_SPACE_AFTER_DASH.match(line)
    if match is None:
        return None
    line = f"{match['head']} {match['value']}"
    return Mend(line, len(match["head"]) + 1, "yaml-syntax", "a space is missing after the dash")


def _words_behind(line: str) -> Mend | None:
    """Put quotes round the words of a line such as `text: | Babies sleep`."""
    match = _WORDS_AFTER_SIGN.match(line)
    if match is None:
        return None
    what = f"after {match['sign']} the words begin on the next line, indented"
    return Mend(match["head"] + quoted(match["value"]), match.end("sign") + 1, "yaml-syntax", what)


def _words_below(line: str) -> Mend | None:
    """Take the words off a line such as `text: | Babies sleep` that more words follow."""
    match = _WORDS_AFTER_SIGN.match(line)
    if match is None:
        return None
    what = f"after {match['sign']} the words begin on the next line, indented; put these there too"
    return Mend(match["head"] + match["sign"], match.end("sign") + 1, "yaml-syntax", what)

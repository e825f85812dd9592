"""What a file says, and where each part of it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sgcomms.errors import Problem, Severity
from sgcomms.signs import one_line

Route = tuple[str | int, ...]
"""The keys and numbers that lead from the top of a document to a value."""

MAX_MESSAGE = 4000
"""Longer than any line that somebody would copy from a message."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the text, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says. `keys` and `values` tell where each part of `data` stands, by its path.

    `ends` tells where texts and bracketed values end. `blank` are the keys without a value,
    `doubtful` what is known to be wrong already: no further mistake is to be concluded from it.
    """

    file: str
    data: object
    lines: Sequence[str]
    keys: Mapping[Route, Spot] = field(default_factory=dict)
    values: Mapping[Route, Spot] = field(default_factory=dict)
    ends: Mapping[Route, Spot] = field(default_factory=dict)
    blank: frozenset[Route] = frozenset()
    doubtful: frozenset[Route] = frozenset()

    def spot(self, path: Route) -> Spot:
        """Return where the value at `path` stands; if it is not there, where its parent stands."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Spot(1, 1))

    def key_spot(self, path: Route) -> Spot:
        """Return where the key of `path` stands, or else its value."""
        return self.keys.get(path) or self.spot(path)

    def problem(self, path: Route, rule: str, message: str, *, key: bool = False) -> Problem:
        """Return a problem with the value (or the key) at `path`."""
        return problem(self.file, self.key_spot(path) if key else self.spot(path), rule, message)

    def matches(self, path: Route, pattern: re.Pattern[str]) -> Iterator[tuple[str, Spot]]:
        """Yield what `pattern` matches in the value at `path`, as it is written, and where."""
        start, end = self.spot(path), self.ends.get(path)
        last = min(end.line, len(self.lines)) if end is not None else start.line
        for line in range(start.line, last + 1):
            begin = start.column - 1 if line == start.line else 0
            for match in pattern.finditer(self.lines[line - 1], begin):
                yield match[0], Spot(line, match.start() + 1)

    def written(self, path: Route) -> str | None:
        """Return the value at `path` as it stands in the file, if it stands on one line."""
        start, end = self.values.get(path), self.ends.get(path)
        if start is None or end is None or start.line != end.line:
            return None
        return self.lines[start.line - 1][start.column - 1 : end.column - 1]

    def with_value(self, path: Route, value: str) -> str | None:
        """Return the line of the value at `path` with `value` in its place, if that is one line."""
        if self.written(path) is None:
            return None
        start, end = self.values[path], self.ends[path]
        line = self.lines[start.line - 1]
        return f"{line[: start.column - 1]}{value}{line[end.column - 1 :]}".strip()


def problem(
    file: str, spot: Spot, rule: str, message: str, severity: Severity = "error"
) -> Problem:
    """Return a problem whose message is one line, whatever stands in the file that it quotes."""
    words = message if len(message) <= MAX_MESSAGE else f"{message[:MAX_MESSAGE]}…"
    return Problem(file, spot.line, spot.column, rule, one_line(words), severity)

"""Every exception this package raises on purpose, and the value that is a mistake in a file.

SgcommsError                 printed in one or two lines, never as a traceback
├── UsageError               wrong use: the command line ends with exit code 2
│   ├── ProblemsError        mistakes in files; carries every one of them
│   ├── WorkspaceError       no workspace here, or one this version cannot open
│   ├── ImportFileError      an export file that cannot be taken in
│   └── CombineError         figures that must not be added
├── StateError               a delivery was not in the state that a move starts from
└── PlatformError            an answer of a platform; its type says what to do next
    ├── RejectedError        a definite no: the delivery has failed
    ├── UnavailableError     it was never reached: try again later
    └── UncertainError       it was reached and gave no clear answer: never try again by itself
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A mistake somebody made in a file: a value, collected with the others and shown with them.

    `line` and `column` count from 1; `rule` is an id of `sgcomms.rules.RULES`.
    """

    file: str
    line: int
    column: int
    rule: str
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        """Return the one line that `sgcomms check` prints."""
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {self.severity} {self.rule} {self.message}"


class SgcommsError(Exception):
    """Something went wrong that a person can be told in a sentence."""

    exit_code = 1


class UsageError(SgcommsError):
    """The command cannot be carried out as it was given."""

    exit_code = 2


class ProblemsError(UsageError):
    """Mistakes in files; nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class WorkspaceError(UsageError):
    """There is no workspace here, or it cannot be opened."""


class ImportFileError(UsageError):
    """An export file that is not known, is damaged, or needs an answer from a person."""


class CombineError(UsageError):
    """Figures were asked for together that must not be added."""


class StateError(SgcommsError):
    """A delivery was not in the state that the move starts from: somebody else moved it first."""


class PlatformError(SgcommsError):
    """An answer, or no answer, of a platform."""


class RejectedError(PlatformError):
    """The platform refused the post for good."""


class UnavailableError(PlatformError):
    """The platform was never reached, so nothing can have been published."""


class UncertainError(PlatformError):
    """The request may have been carried out: only looking, or a person, can tell."""

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
    ├── NotReadyError        this delivery cannot go yet, others of its account can: try again later
    ├── UnavailableError     the platform was never reached: the account waits
    ├── RateLimitError       refused for now: the account waits until the platform's own time
    ├── AuthError            the token is dead or lacks a right: the account is parked
    │   └── SecretsMissingError   there is no token: parked until there is one
    ├── NoCreditError        the platform wants money: the account is parked
    └── UncertainError       it was reached and gave no clear answer: never try again by itself
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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


class NotReadyError(PlatformError):
    """Something that only this delivery needs is missing; nothing was sent."""


class UnavailableError(PlatformError):
    """The platform was never reached, so nothing can have been published.

    `answered` is true for a question that it may have answered, and charged for, in vain.
    """

    def __init__(self, message: str, *, answered: bool = False) -> None:
        self.answered = answered
        super().__init__(message)


class RateLimitError(PlatformError):
    """The platform refused for now, and nothing was published; `retry_at` is when to ask again.

    `retry_at` is aware; None where the platform does not say.
    """

    def __init__(self, message: str, retry_at: datetime | None = None) -> None:
        self.retry_at = retry_at
        super().__init__(message)


class AuthError(PlatformError):
    """The platform does not accept the token: nothing was published."""


class SecretsMissingError(AuthError):
    """The account has no token, or not all that belongs to one: nothing can be published."""


class NoCreditError(PlatformError):
    """The platform refuses until somebody pays: nothing was published."""


NOT_DONE = (NotReadyError, UnavailableError, RateLimitError, AuthError, NoCreditError)
"""Answers that prove that nothing was done, and after which it may be tried again."""


class UncertainError(PlatformError):
    """The request may have been carried out: only looking, or a person, can tell."""


def in_words(error: Exception) -> str:
    """Return what an error says to a person; one that nobody foresaw is named by its type too."""
    words = str(error) if isinstance(error, SgcommsError) else f"{type(error).__name__}: {error}"
    return words[:500]

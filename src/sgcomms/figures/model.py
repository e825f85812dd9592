"""What a figure is, and what can be asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sgcomms.config import Board
from sgcomms.db.posts import FOREVER, Posts
from sgcomms.errors import UsageError
from sgcomms.metrics import Metric
from sgcomms.periods import Period
from sgcomms.yamlfile import suggestion

Basis = Literal["published", "received"]


@dataclass(frozen=True, slots=True)
class Figure:
    """What a report prints, and where it came from.

    `period` is None when it is the one that was asked for. `value` None has a `reason`. `sources`
    are ids of sources; `readings` of period readings; `of_posts` says which posts' readings were
    added up. `accounts` are those whose figures were added; `days` is how many days period readings
    cover, gaps left out. `lacking` says what a sum of posts is known not to hold, as its
    `notes` do. `previous` and `comparable` are filled in by a comparison.
    """

    subject: str
    metric: str
    value: float | None
    unit: str
    dimension: str | None = None
    key: str | None = None
    basis: Basis = "published"
    period: tuple[date, date] | None = None
    bound: str | None = None
    added: bool = False
    as_of: date | None = None
    sources: tuple[int, ...] = ()
    reason: str | None = None
    notes: tuple[str, ...] = ()
    previous: float | None = None
    comparable: bool = True
    readings: tuple[int, ...] = ()
    of_posts: Posts | None = None
    accounts: tuple[str, ...] = ()
    days: int | None = None
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a period, a basis, and the last day of reading that counts.

    `subjects` and `metrics` narrow the answer; empty means all.
    """

    period: Period
    basis: Basis = "published"
    as_of: date = FOREVER
    subjects: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


def known_metric(board: Board, metric: str) -> Metric:
    """Return the metric of that name. Raises UsageError with those that may be meant."""
    found = board.metrics.get(metric)
    if found is None:
        kinds = [name for name in board.metrics if name.startswith(f"{metric}_")]
        if len(kinds) > 1:  # the nearest of them would be a guess
            raise UsageError(f"{metric!r} is no metric; there are {', '.join(kinds)}")
        raise UsageError(f"{metric!r} is no metric{suggestion(metric, board.metrics)}")
    return found


def check_names(
    board: Board, question: Question, campaigns: Sequence[str], stored: Collection[str] = ()
) -> None:
    """Raise UsageError for a subject or metric of `question` that is not known.

    `stored` are ids that the database has; config/board.yaml may have them no more.
    """
    for metric in question.metrics:
        known_metric(board, metric)
    subjects = [*board.accounts, *board.websites, *campaigns, "all", "board"]
    for subject in question.subjects:
        for part in subject.split("+"):
            if part not in subjects and part not in stored:
                raise UsageError(f"{part!r} is no subject{suggestion(part, subjects)}")


def is_asked_for(figure: Figure, question: Question) -> bool:
    """Tell whether `question` asks for this figure, alone or with the other subjects named."""
    if question.metrics and figure.metric not in question.metrics:
        return False
    subjects = question.subjects
    together = "+".join(sorted(subjects))
    return not subjects or figure.subject in subjects or figure.subject == together

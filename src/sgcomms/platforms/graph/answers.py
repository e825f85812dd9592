"""What an answer of Meta's Graph API means: which error it is where it did not work. Pure.

Source: https://developers.facebook.com/docs/graph-api/guides/error-handling; the limits and their
headers: https://developers.facebook.com/docs/graph-api/overview/rate-limiting
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sgcomms.errors import (
    AuthError,
    NotReadyError,
    PlatformError,
    RateLimitError,
    RejectedError,
    UnavailableError,
    UncertainError,
)
from sgcomms.http import Answer

TOKEN = frozenset((102, 190))
THROTTLED = frozenset((4, 17, 32, 341, 613, *range(80_000, 80_015)))
RIGHTS = frozenset((10, *range(200, 300)))
BLOCKED = 368
DUPLICATE = 506
PASSING = frozenset((1, 2))
UNCLEAR = frozenset((408, 409, 425))
"""Statuses of a refusal that do not say whether something was done."""

GONE = (100, 33)
NO_ALIAS = 803
"""What is said where one of several ids does not exist."""

TOKENS = {
    458: "the app was taken off the account",
    459: "the person has to log in on facebook.com first",
    460: "the password was changed",
    463: "it has ended",
    464: "the person's account is not confirmed",
    467: "it is no longer valid",
}
"""https://developers.facebook.com/docs/graph-api/guides/error-handling, authentication subcodes"""

# The next four are not in Meta's table of errors: other publishers met them on the live service.
LOCKED = {
    1_404_078: "the Page needs Page Publishing Authorisation",
    2_207_050: "the account is restricted",
    2_207_051: "what it does is taken for spam",
}
TOO_FAST = frozenset((1_390_008, 2_207_042))
POSTED_BEFORE = frozenset((1_366_051,))
LATER = {
    2_207_003: "the picture took too long to fetch",
    2_207_020: "what was prepared has ended",
    2_207_027: "the picture is still being worked on",
    2_207_052: "the picture could not be fetched",
}

NEARLY_USED_UP = 90
"""Per cent of a limit at which asking stops."""

REST = timedelta(minutes=15)
"""How long to rest near a limit where Meta does not say when there is room again."""

USUAL_WAIT = timedelta(hours=1)
LONGEST_WAIT = timedelta(days=2)
MOST_WORDS = 300
MOST_WHOLE = 5_000
"""Characters that are kept of an error: for a person, and to read names of metrics from."""

TOO_FEW = "not enough viewers"
"""Meta says so under the code of a missing permission, and means the post, not the token:
https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights"""

TOO_MUCH = "reduce the amount of data"
"""Not in Meta's table of errors: other readers met it on the live service, with long lists."""

_LONG_NUMBER = re.compile(r"[0-9][0-9_]{4,}")


class GoneError(RejectedError):
    """What was asked for is not there, or the token may not see it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An error as the Graph API tells it: in words for a person, and in all of its own."""

    code: int
    subcode: int
    words: str
    transient: bool
    whole: str = ""

    def __str__(self) -> str:
        numbers = f"code {self.code}" + (f", subcode {self.subcode}" if self.subcode else "")
        return f"{self.words} ({numbers})" if self.words else f"({numbers})"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no to just this question: something else may be asked. `error` is what it is otherwise."""

    fault: Fault
    error: PlatformError

    def __str__(self) -> str:
        """Return Meta's words without the numbers of posts, so that one gap is told once."""
        return str(replace(self.fault, words=_LONG_NUMBER.sub("…", self.fault.words)))

    @property
    def of_rights(self) -> bool:
        """Whether the token lacks a permission for a part of what was asked."""
        return self.fault.code in RIGHTS and not self.of_few

    @property
    def of_few(self) -> bool:
        """Whether too few people have seen a post for its figures to be shown."""
        return TOO_FEW in self.fault.whole.lower()

    @property
    def of_size(self) -> bool:
        """Whether it was too much at once."""
        return TOO_MUCH in self.fault.whole.lower()

    @property
    def of_gone(self) -> bool:
        """Whether what was asked for is not there, or not for us."""
        return (self.fault.code, self.fault.subcode) == GONE or self.fault.code == NO_ALIAS


def refusal_of(answer: Answer, error: PlatformError) -> Refusal | None:
    """Return the refusal in `answer`, which means `error`; None where asking else is of no use."""
    fault = fault_of(answer.json)
    if fault is None or answer.fine:
        return None
    found = Refusal(fault, error)
    blocked = fault.subcode in LOCKED
    of_question = isinstance(error, RejectedError) or (fault.code in RIGHTS and not blocked)
    return found if of_question or found.of_size else None


def fault_of(data: Any) -> Fault | None:
    """Return the error in the JSON of an answer, or None where there is none that makes sense."""
    error = data.get("error") if isinstance(data, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    if not isinstance(error, dict) or not isinstance(code, int) or isinstance(code, bool):
        return None
    subcode = error.get("error_subcode", error.get("subcode"))
    texts = (error.get("error_user_msg"), error.get("message"))
    words = next((text for text in texts if isinstance(text, str) and text.strip()), "")
    return Fault(
        code,
        subcode if isinstance(subcode, int) else 0,
        " ".join(words.split())[:MOST_WORDS],
        error.get("is_transient") is True,
        " ".join(" ".join(text for text in texts if isinstance(text, str)).split())[:MOST_WHOLE],
    )


def error_of(answer: Answer, label: str, now: datetime, *, changes: bool) -> PlatformError | None:
    """Return what `answer` means where it did not work, else None.

    `changes` marks a request that may have done something: no clear answer is then uncertain.
    """
    fault = fault_of(answer.json)
    if answer.fine and fault is None:
        return None
    if answer.fine or answer.status >= 500 or answer.status in UNCLEAR:
        return _unclear(label, fault, answer.status, changes=changes)
    if fault is None:
        if answer.status == 429:
            return RateLimitError(f"{label} asks to wait", now + USUAL_WAIT)
        return _unclear(label, None, answer.status, changes=changes)
    return _refusal(fault, answer, label, now, changes=changes)


def _refusal(  # noqa: PLR0911  a table
    fault: Fault, answer: Answer, label: str, now: datetime, *, changes: bool
) -> PlatformError:
    if fault.code in TOKEN:
        return token_error(fault, label)
    if fault.subcode in LOCKED or fault.code == BLOCKED:
        why = LOCKED.get(fault.subcode, "it broke the rules")
        return AuthError(
            f"{label} blocks the account: {why}. Look at the account's own notices there: {fault}"
        )
    if fault.code in THROTTLED or fault.subcode in TOO_FAST or answer.status == 429:
        wait = regained_after(answer.headers) or USUAL_WAIT
        return RateLimitError(f"{label} asks to wait: {fault}", now + wait)
    if fault.subcode in LATER:
        return NotReadyError(f"{label}: {LATER[fault.subcode]}: {fault}")
    if fault.code == DUPLICATE or fault.subcode in POSTED_BEFORE:
        return UncertainError(f"{label} says that the same words are there already: {fault}")
    if fault.code in RIGHTS:
        return AuthError(
            f"the token for {label} lacks a permission: {fault}; make one that has it, then "
            "`sgcomms accounts verify`"
        )
    if fault.code in PASSING or fault.transient:
        return _unclear(label, fault, answer.status, changes=changes)
    if (fault.code, fault.subcode) == GONE:
        return GoneError(f"{label} knows no such thing, or does not show it: {fault}")
    if answer.status == 401:
        return token_error(fault, label)
    return RejectedError(f"{label} refused: {fault}")


def token_error(fault: Fault, label: str) -> AuthError:
    """Return what a token that is not accepted means."""
    why = TOKENS.get(fault.subcode, "it is not valid")
    return AuthError(
        f"{label} does not accept the token: {why}; make a new one, then `sgcomms accounts "
        f"verify`: {fault}"
    )


def _unclear(label: str, fault: Fault | None, status: int, *, changes: bool) -> PlatformError:
    said = f"status {status}" + (f", {fault}" if fault else "")
    if changes:
        return UncertainError(f"{label} was reached and gave no clear answer: {said}")
    return UnavailableError(f"{label} does not work at the moment: {said}")


def regained_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return after what time there is room again under a limit, as far as Meta tells."""
    minutes = [one.get("estimated_time_to_regain_access") for one in _usages(headers)]
    told = [n for n in minutes if isinstance(n, int | float) and 0 < n < 1e6]
    return min(timedelta(minutes=max(told)), LONGEST_WAIT) if told else None


def rest_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long to ask for nothing more, None while there is room under every limit."""
    shares = [
        one.get(name)
        for one in _usages(headers)
        for name in ("call_count", "total_cputime", "total_time")
    ]
    if any(isinstance(n, int | float) and n >= NEARLY_USED_UP for n in shares):
        return regained_after(headers) or REST
    return None


def _usages(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """Yield what the headers say about the share of each limit that is used up."""
    for name in ("x-app-usage", "x-business-use-case-usage"):
        try:
            usage = json.loads(headers.get(name, "{}"))
        except (ValueError, RecursionError):
            continue
        if not isinstance(usage, dict):
            continue
        yield usage
        for listed in usage.values():
            yield from (
                (one for one in listed or () if isinstance(one, dict))
                if isinstance(listed, list)
                else ()
            )


def moment(value: object) -> datetime | None:
    """Return the time that Meta writes as `2026-08-07T12:34:56+0000`, in UTC."""
    try:
        found = datetime.fromisoformat(str(value))
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def from_unix(value: object) -> datetime | None:
    """Return the time of a number of seconds, None for 0, which means never."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 1 << 32:
        return None
    return datetime.fromtimestamp(value, UTC)


def identifier(data: object, *names: str) -> str | None:
    """Return the first of `names` in `data` that holds an id: digits, or two such with `_`."""
    if isinstance(data, dict):
        for name in names:
            value = str(data.get(name))
            if value.isascii() and value.replace("_", "", 1).isdigit():
                return value
    return None

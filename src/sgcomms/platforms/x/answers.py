"""What an answer of X means: whether it worked, and which error it is where it did not. Pure.

Sources: the statuses, `Problem` and its types in X's OpenAPI document (docs.x.com/openapi.json),
https://docs.x.com/x-api/fundamentals/response-codes-and-errors and
https://docs.x.com/x-api/fundamentals/rate-limits
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sgcomms import clock
from sgcomms.errors import (
    AuthError,
    NoCreditError,
    PlatformError,
    RateLimitError,
    RejectedError,
    UnavailableError,
    UncertainError,
)

DEFINITE = frozenset((400, 404, 405, 410, 411, 413, 414, 415, 422, 431, 451))
"""Statuses that say that nothing was done and that asking again would change nothing."""

GONE = "resource-not-found"
MONEY = frozenset(("credits", "usage-capped"))
RIGHTS = {
    "client-forbidden": "the app is not enrolled: put it into a project with access to the X API",
    "oauth1-permissions": (
        'the app may only read: set it to "Read and write" in the developer portal, then make '
        "new access tokens"
    ),
    "unsupported-authentication": (
        "these are no keys of a person's account: make an access token and its secret for the "
        "account itself"
    ),
}
"""Types of problems (the last part of their address) that a person mends in X's own settings."""

NO_NEWS = "One or more parameters to your request was invalid."
LIMITS = ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")
LONGEST_WAIT = timedelta(days=2)
MOST_WORDS = 300

_ID = re.compile(r"[0-9]{1,19}")
_SPENT = re.compile(r"spend(?:ing)?[ -]?(?:limit|cap)", re.IGNORECASE)
_LOCKED = re.compile(r"\b(?:suspended|(?:temporarily )?locked|deactivated)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `body` is what its JSON holds, None where it holds none."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def data(self) -> Mapping[str, Any]:
        """What the answer is about, empty where it names nothing."""
        data = self.body.get("data") if isinstance(self.body, dict) else None
        return data if isinstance(data, dict) else {}

    @property
    def id(self) -> str | None:
        """The id of what the answer is about, if it can be one."""
        return as_id(self.data.get("id"))

    @property
    def words(self) -> str:
        """X's own words about what went wrong, or empty."""
        top = _said(self.body) if isinstance(self.body, dict) else ""
        special = [words for one in self.problems if (words := _said(one))]
        found = dict.fromkeys([*special, "" if special and top == NO_NEWS else top])
        return " ".join("; ".join(filter(None, found)).split())[:MOST_WORDS].strip()

    @property
    def kinds(self) -> frozenset[str]:
        """The types of the problems in it, without the host, which changes with the years."""
        whole = [self.body] if isinstance(self.body, dict) else []
        return frozenset(filter(None, map(kind_of, (*whole, *self.problems))))

    @property
    def problems(self) -> tuple[Mapping[str, Any], ...]:
        """What X names as wrong; an answer that says it worked can hold some too."""
        errors = self.body.get("errors") if isinstance(self.body, dict) else None
        listed = errors if isinstance(errors, list) else []
        return tuple(one for one in listed if isinstance(one, dict))


def kind_of(problem: Mapping[str, Any]) -> str:
    """Return the type of a problem without its host, empty where it has none."""
    kind = problem.get("type")
    return kind.rpartition("/")[2].lower() if isinstance(kind, str) else ""


def as_id(value: object) -> str | None:
    """Return `value` if it can be an id of X's: up to 19 digits, as text."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def error_of(answer: Answer, account: str, *, doubt: bool) -> PlatformError | None:
    """Return the error that `answer` is, or None where X did what it was asked.

    `doubt` is for a request that must not be sent again unless it was surely refused: then an
    answer that tells nothing makes an UncertainError, else an UnavailableError.
    """
    if 200 <= answer.status < 300 and isinstance(answer.body, dict):
        return None
    return (
        _about_money(answer, account)
        or _about_rights(answer, account)
        or _about_haste(answer)
        or _about_words(answer, doubt=doubt)
        or unclear(_unclear_words(answer), doubt=doubt, done=200 <= answer.status < 300)
    )


def unclear(words: str, *, doubt: bool, done: bool = True) -> PlatformError:
    """Return the error for an answer that does not tell what X did; `done` where it may have."""
    if doubt:
        return UncertainError(f"{words}: X may have carried it out; look at the account")
    return UnavailableError(f"{words}: it is tried again", answered=done)


def _about_money(answer: Answer, account: str) -> NoCreditError | None:
    if answer.status == 402 or (
        400 <= answer.status < 500 and (answer.kinds & MONEY or _SPENT.search(answer.words))
    ):
        return NoCreditError(
            f"X takes nothing more from the account {account}: "
            f"{answer.words.rstrip('.') or 'no credit left'}. "
            "Buy credits or raise the limit in X's developer console"
        )
    return None


def _about_rights(answer: Answer, account: str) -> AuthError | None:
    if answer.status == 401:
        said = answer.words or "Unauthorized"
        return AuthError(
            f"X does not accept the keys of the account {account} ({said}): "
            "make new ones in X's developer portal"
        )
    if answer.status == 403:
        for kind in sorted(answer.kinds & RIGHTS.keys()):
            return AuthError(f"X lets the keys of {account} do nothing: {RIGHTS[kind]}")
        if _LOCKED.search(answer.words):
            return AuthError(f"X has closed the account {account}: {answer.words}")
    return None


def _about_haste(answer: Answer) -> RateLimitError | None:
    if answer.status != 429:
        return None
    said = answer.words or "too many requests"
    return RateLimitError(f"X asks to wait: {said}", retry_at(answer.headers))


def _about_words(answer: Answer, *, doubt: bool) -> PlatformError | None:
    said = answer.words or f"status {answer.status}, without a reason"
    if doubt and answer.status == 403 and "duplicate content" in said.lower():
        return UncertainError(
            "X says that these words are on the account already: whether this delivery put them "
            "there, only looking can tell"
        )
    if answer.status == 403 or answer.status in DEFINITE:
        return RejectedError(f"X refused it: {said}")
    return None


def _unclear_words(answer: Answer) -> str:
    if 200 <= answer.status < 300:
        return f"X's answer (status {answer.status}) could not be read"
    if 300 <= answer.status < 400:
        return f"X's address answered with a redirect ({answer.status}), which is not followed"
    said = f": {answer.words}" if answer.words else ""
    return f"X answered with an error of its own ({answer.status}{said})"


def retry_at(headers: Mapping[str, str]) -> datetime | None:
    """Return when X takes requests again: the reset of the last limit that is used up.

    None where no limit is named as used up, or its reset is none that can be waited for.
    """
    resets = [
        reset
        for limit in LIMITS
        if headers.get(f"{limit}-remaining", "").strip() == "0"
        and (reset := _moment(headers.get(f"{limit}-reset", ""))) is not None
    ]
    return max(resets, default=None)


def _moment(text: str) -> datetime | None:
    if not re.fullmatch(r"[0-9]{1,12}", text.strip()):
        return None
    now = clock.now()
    moment = datetime.fromtimestamp(int(text), UTC)
    return moment if now < moment <= now + LONGEST_WAIT else None


def _said(problem: Mapping[str, Any]) -> str:
    for name in ("detail", "message", "title"):
        words = problem.get(name)
        if isinstance(words, str) and words.strip():
            return words
    return ""

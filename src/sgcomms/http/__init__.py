"""One client over requests: deadlines that hold, secrets that stay, one request where one is meant.

A request runs in a thread of its own, with a connection of its own, so that its time ends when it
ends: whatever the name service, the handshake or a server that trickles does. Between the two
stands a gate. Nothing passes it after the time is up, and what has passed it may have been carried
out: so "never reached it" is known and not guessed from an exception.

What loads requests is imported when something is sent.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sgcomms.errors import AuthError, PlatformError, UnavailableError, UncertainError
from sgcomms.http.deadlines import Deadline, begun_before
from sgcomms.http.hosts import host_of, is_loopback, may_have_token
from sgcomms.http.redacting import Redactor
from sgcomms.importing import one_at_a_time

if TYPE_CHECKING:
    from sgcomms.http.wire import Raw

__all__ = [
    "Answer",
    "Client",
    "Deadline",
    "Fetched",
    "File",
    "Redactor",
    "begun_before",
    "fetch",
    "is_loopback",
    "may_have_token",
]

DEADLINE = timedelta(seconds=60)
"""For one request in all: below the lease of a claim."""

MOST_BYTES = 5_000_000
"""More than any answer of a platform has."""

TRIES = 3
WAITS = (0.5, 1.0)
"""How often something is asked for, and the seconds between; only asking is ever repeated."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, without secrets. `json` is None where the body is no JSON.

    The names of `headers` are in small letters.
    """

    status: int
    headers: Mapping[str, str]
    json: Any
    text: str

    @property
    def fine(self) -> bool:
        """Whether the status says that all went well."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class File:
    """A file of a form: its name, its kind such as `image/jpeg`, its bytes."""

    name: str
    kind: str
    content: bytes = field(repr=False)


class Client:
    """The way to one platform for one account: its token goes there and nowhere else.

    `base` is what addresses begin with; `hosts` are the platform's own, `allowed` those that may
    have the token too; `secrets` are taken out of whatever comes back. `label` is the platform's
    name in messages. Raises AuthError when the token may not go to `base`.
    """

    def __init__(
        self,
        base: str,
        *,
        hosts: Iterable[str],
        headers: Mapping[str, str],
        secrets: Iterable[str],
        label: str = "the platform",
        allowed: Iterable[str] = (),
        deadline: timedelta = DEADLINE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = base.rstrip("/")
        self._hosts = frozenset(host.lower() for host in hosts)
        self._allowed = frozenset(host.lower() for host in allowed)
        self._headers = {"User-Agent": "sgcomms", "Accept": "application/json", **headers}
        self._redact = Redactor(secrets)
        self._label = label
        self._deadline = deadline
        self._sleep = sleep
        self._check(self._base)

    def __repr__(self) -> str:
        return f"Client({urlsplit(self._base).hostname!r})"

    def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        deadline: Deadline | None = None,
        tries: int = TRIES,
        before: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Ask for `path`, or for a whole address; up to `tries` times within one deadline.

        `before` is called before every try; what it raises ends the asking. Raises UnavailableError
        when there is no answer that can be read, AuthError for an address that may not have the
        token.
        """
        return self._asked("GET", path, deadline, tries, before, params=params)

    def query(
        self,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        body: Any = None,
        deadline: Deadline | None = None,
        tries: int = TRIES,
        before: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Ask by POST, with a form or with `body` as JSON, for what changes nothing.

        It is repeated as `get` is; `before` is called ahead of each try, so that it can be counted.
        Raises as `get` does, and what `before` raises.
        """
        parts = {"data": dict(form)} if form is not None else {"json": body}
        return self._asked("POST", path, deadline, tries, before, **parts)

    def post(
        self,
        path: str,
        form: Mapping[str, str],
        *,
        files: Mapping[str, File] | None = None,
        deadline: Deadline | None = None,
    ) -> Answer:
        """Send a form, exactly once.

        Raises UnavailableError when it surely did not arrive, UncertainError when it may have and
        there is no answer that can be read, AuthError for an address that may not have the token.
        """
        sent = {name: (one.name, one.content, one.kind) for name, one in (files or {}).items()}
        return self._ask("POST", path, deadline, changes=True, data=dict(form), files=sent)

    def delete(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        deadline: Deadline | None = None,
    ) -> Answer:
        """Ask to delete `path`, exactly once. Raises as `post`."""
        return self._ask("DELETE", path, deadline, changes=True, params=params)

    def _asked(
        self,
        method: str,
        path: str,
        deadline: Deadline | None,
        tries: int,
        before: Callable[[], None] = lambda: None,
        **parts: Any,
    ) -> Answer:
        deadline = deadline or Deadline(self._deadline.total_seconds())
        for number in range(tries):
            last = number == tries - 1 or deadline.left <= WAITS[min(number, len(WAITS) - 1)]
            before()
            try:
                answer = self._ask(method, path, deadline, changes=False, **parts)
            except UnavailableError:
                if last:
                    raise
            else:
                if answer.status < 500 or last:
                    return answer
            self._sleep(WAITS[min(number, len(WAITS) - 1)])
        raise UnavailableError(f"{self._label} was not asked")

    def _ask(
        self, method: str, path: str, deadline: Deadline | None, *, changes: bool, **parts: Any
    ) -> Answer:
        url = path if "://" in path else f"{self._base}/{path.lstrip('/')}"
        self._check(url)
        with one_at_a_time():
            from requests import Request

            from sgcomms.http.wire import exchange

        deadline = deadline or Deadline(self._deadline.total_seconds())
        request = Request(method, url, headers=self._headers, **parts)
        got, sent = exchange(request, deadline, MOST_BYTES, self._redact)
        if isinstance(got, str):
            if not sent:
                raise UnavailableError(f"{self._label} was not reached: {got}")
            raise self._unclear(got, changes=changes)
        answer = self._answer(got)
        if 300 <= answer.status < 400:
            raise self._unclear("it sent the request elsewhere", changes=changes)
        if answer.fine and answer.json is None:
            raise self._unclear("its answer cannot be read", changes=changes)
        return answer

    def _answer(self, got: Raw) -> Answer:
        text = got.content.decode("utf-8", errors="replace")
        try:
            data = self._redact.data(json.loads(text))
        except (ValueError, RecursionError):
            data = None
        headers = {name: self._redact(value) for name, value in got.headers.items()}
        return Answer(got.status, headers, data, self._redact(text))

    def _unclear(self, why: str, *, changes: bool) -> PlatformError:
        if changes:
            return UncertainError(f"{self._label} was reached and gave no clear answer: {why}")
        return UnavailableError(f"{self._label} gave no answer that can be used: {why}")

    def _check(self, url: str) -> None:
        """Raise AuthError unless the token may go to `url` (design, rule 16)."""
        host = host_of(url)
        if host is None:
            raise AuthError(f"{self._label}: the token is only sent to an address with https")
        if not may_have_token(url, self._hosts, self._allowed):
            raise AuthError(
                f"{self._label}: the token may not go to {self._redact(host)}; a host that may "
                "have it is named in secrets.yaml under allowed_hosts"
            )


@dataclass(frozen=True, slots=True)
class Fetched:
    """What anybody gets at a public address."""

    status: int
    content: bytes = field(repr=False)


def fetch(url: str, *, most_bytes: int, deadline: Deadline | None = None) -> Fetched:
    """Return what the public gets at `url`: asked for once, without token or cookies.

    Redirects are not followed. Raises UnavailableError when nothing came, or too much, and for an
    address that is neither https nor on this machine.
    """
    host = host_of(url)
    if host is None or (urlsplit(url).scheme != "https" and not is_loopback(host)):
        raise UnavailableError("the address does not begin with https://")
    with one_at_a_time():
        from requests import Request

        from sgcomms.http.wire import exchange

    deadline = deadline or Deadline(DEADLINE.total_seconds())
    request = Request("GET", url, headers={"User-Agent": "sgcomms", "Accept": "*/*"})
    got, _ = exchange(request, deadline, most_bytes, Redactor(()))
    if isinstance(got, str):
        raise UnavailableError(f"{host} did not give the file: {got}")
    return Fetched(got.status, got.content)

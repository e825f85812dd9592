"""One client over requests: deadlines that hold, secrets that stay, one request where one is meant.

A request runs in a thread of its own, with a connection of its own, so that its time ends when it
ends: whatever the name service, the handshake or a server that trickles does. Between the two
stands a gate. Nothing passes it after the time is up, and what has passed it may have been carried
out: so "never reached it" is known and not guessed from an exception.

What goes wrong is told in words of our own: the errors of libraries hold headers and addresses.
"""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import json
import logging
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from sgcomms import clock
from sgcomms.errors import AuthError, PlatformError, UnavailableError, UncertainError

DEADLINE = timedelta(seconds=60)
"""For one request in all: below the lease of a claim."""

CONNECT_SECONDS = 10.0
"""For a connection to one address of a host."""

MOST_BYTES = 5_000_000
"""More than any answer of a platform has."""

TRIES = 3
WAITS = (0.5, 1.0)
"""How often something is asked for, and the seconds between; only asking is ever repeated."""

SHORTEST_SECRET = 4
"""Shorter values are no secrets, and hiding them would make nonsense of every other word."""

HIDDEN = "[secret]"
LOOPBACK = ("127.0.0.1", "::1", "localhost")

NOISY = (
    "urllib3.connection",
    "urllib3.connectionpool",
    "urllib3.poolmanager",
    "urllib3.response",
    "urllib3.util.retry",
)
"""Loggers that write addresses with their queries when somebody turns debugging on."""

_local = threading.local()


class Deadline:
    """A moment after which nothing is waited for, `seconds` from now."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._began = clock.real_now()

    @property
    def left(self) -> float:
        """The seconds that are left, 0 when there are none."""
        return max(0.0, self._until - time.monotonic())

    @property
    def passed(self) -> bool:
        """Whether it is too late, by the wall clock too: the other stops while a machine sleeps."""
        slept = (clock.real_now() - self._began).total_seconds() > self._seconds
        return slept or self.left <= 0


class Redactor:
    """Takes secrets out of texts: as they are, percent-encoded, and inside of base64."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for value in secrets for form in _forms(value)}
        self._forms = sorted(forms, key=len, reverse=True)

    def __repr__(self) -> str:
        return "Redactor()"

    def __call__(self, text: str) -> str:
        """Return `text` without the secrets."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text

    def data(self, value: Any) -> Any:
        """Return what came out of JSON, without the secrets."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, list):
            return [self.data(item) for item in value]
        if isinstance(value, dict):
            return {self(name): self.data(item) for name, item in value.items()}
        return value


def _forms(secret: str) -> set[str]:
    if len(secret) < SHORTEST_SECRET:
        return set()
    found = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret)}
    found.add(json.dumps(secret)[1:-1])
    for before in range(3):  # base64 of a longer text holds a secret in one of three ways
        encoded = base64.b64encode(b"\0" * before + secret.encode()).decode()
        end = -4 if encoded.endswith("=") else None
        inner = encoded[(0, 4, 4)[before] : end]
        if len(inner) >= 2 * SHORTEST_SECRET:
            found |= {inner, inner.replace("+", "-").replace("/", "_")}
    whole = base64.b64encode(secret.encode()).decode()
    return {*found, whole, whole.rstrip("=")}


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
    ) -> Answer:
        """Ask for `path`, or for a whole address; up to `tries` times within one deadline.

        Raises UnavailableError when there is no answer that can be read, AuthError for an address
        that may not have the token.
        """
        deadline = deadline or Deadline(self._deadline.total_seconds())
        for number in range(tries):
            last = number == tries - 1 or deadline.left <= WAITS[min(number, len(WAITS) - 1)]
            try:
                answer = self._ask("GET", path, deadline, changes=False, params=params)
            except UnavailableError:
                if last:
                    raise
            else:
                if answer.status < 500 or last:
                    return answer
            self._sleep(WAITS[min(number, len(WAITS) - 1)])
        raise UnavailableError(f"{self._label} was not asked")

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

    def _ask(
        self, method: str, path: str, deadline: Deadline | None, *, changes: bool, **parts: Any
    ) -> Answer:
        url = path if "://" in path else f"{self._base}/{path.lstrip('/')}"
        self._check(url)
        request = requests.Request(method, url, headers=self._headers, **parts)
        deadline = deadline or Deadline(self._deadline.total_seconds())
        got, sent = _exchange(request, deadline, MOST_BYTES, self._redact)
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

    def _answer(self, got: _Raw) -> Answer:
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
        host = _host(url)
        if host is None:
            raise AuthError(f"{self._label}: the token is only sent to an address with https")
        parts = urlsplit(url)
        own = host in self._hosts and parts.port in (None, 443)
        if parts.scheme == "https" and (own or host in self._allowed):
            return
        if not is_loopback(host):
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
    host = _host(url)
    if host is None or (urlsplit(url).scheme != "https" and not is_loopback(host)):
        raise UnavailableError("the address does not begin with https://")
    request = requests.Request("GET", url, headers={"User-Agent": "sgcomms", "Accept": "*/*"})
    deadline = deadline or Deadline(DEADLINE.total_seconds())
    got, _ = _exchange(request, deadline, most_bytes, Redactor(()))
    if isinstance(got, str):
        raise UnavailableError(f"{host} did not give the file: {got}")
    return Fetched(got.status, got.content)


def is_loopback(host: str) -> bool:
    """Tell whether `host` is this machine: `localhost` only where it really leads there."""
    if host not in LOOPBACK:
        return False
    if host != "localhost":
        return True
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return all(ipaddress.ip_address(str(one).partition("%")[0]).is_loopback for one in found)


def _host(url: str) -> str | None:
    """Return the host of `url`, or None where two readers might see two hosts in it."""
    if re.search(r"[\x00-\x20\\\x7f-\U0010ffff]", url):
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("https", "http") or "@" in parts.netloc:
        return None
    return host


@dataclass(frozen=True, slots=True)
class _Raw:
    status: int
    headers: Mapping[str, str]
    content: bytes


class _TooLateError(Exception):
    """The time was up before anything had left."""


class _Gate:
    """What a request passes with its first byte, and cannot pass once its time is up."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._lock = threading.Lock()
        self._closed = False
        self._passed = False
        self._socket: socket.socket | None = None

    def opened(self, sock: socket.socket | None) -> None:
        """Note the connection, so that it can be cut."""
        with self._lock:
            self._socket = sock

    def enter(self) -> None:
        """Let bytes of the request out. Raises _TooLateError when its time is up."""
        with self._lock:
            if self._closed or (not self._passed and self._deadline.passed):
                self._closed = True
                raise _TooLateError
            self._passed = True

    def close(self) -> bool:
        """Let nothing more out, cut the connection, and tell whether anything had left."""
        with self._lock:
            self._closed = True
            sock = self._socket
        if sock is not None:
            with contextlib.suppress(OSError):  # it may have ended by itself
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        return self._passed


def _exchange(
    request: requests.Request, deadline: Deadline, most_bytes: int, redact: Redactor
) -> tuple[_Raw | str, bool]:
    """Send `request` once; return the answer or why there is none, and whether it may have left."""
    gate, got = _Gate(deadline), list[_Raw | str]()
    arguments = (request, gate, deadline, most_bytes, redact, got)
    worker = threading.Thread(target=_work, args=arguments, name="request", daemon=True)
    try:
        worker.start()
    except RuntimeError:
        return "this machine can start no more threads", False
    try:
        worker.join(deadline.left)
    finally:
        sent = gate.close()
    return got[0] if got else "there was no whole answer in time", sent


def _work(
    request: requests.Request,
    gate: _Gate,
    deadline: Deadline,
    most_bytes: int,
    redact: Redactor,
    got: list[_Raw | str],
) -> None:
    _local.redact = redact
    try:
        with requests.Session() as session:
            session.trust_env = False  # no credentials from a netrc, no proxy for loopback
            session.headers.clear()
            session.headers["Accept-Encoding"] = "identity"
            for scheme in ("https://", "http://"):
                session.mount(scheme, _Adapter(gate))
            prepared = session.prepare_request(request)
            with session.send(
                prepared,
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_SECONDS, max(deadline.left, 0.001)),
                verify=_authorities(),
                proxies=_proxies(str(prepared.url)),
            ) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                content = _body(response, most_bytes)
            got.append(
                content
                if isinstance(content, str)
                else _Raw(response.status_code, headers, content)
            )
    except Exception as error:  # of whatever library: only our own words leave this thread
        got.append(_why(error))


def _body(response: requests.Response, most_bytes: int) -> bytes | str:
    """Return the body, or why it was not read to its end."""
    content = bytearray()
    for part in response.iter_content(1 << 16):
        content += part
        if len(content) > most_bytes:
            return f"the answer has more than {most_bytes:,} bytes"
    return bytes(content)


def _authorities() -> str | bool:
    """Return whose certificates count: an office with its own authority names it so."""
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True


def _proxies(url: str) -> dict[str, str]:
    """Return the proxies of this machine, which tunnel https and never see what is inside."""
    parts = urlsplit(url)
    if parts.scheme != "https" or (parts.hostname or "") in LOOPBACK:
        return {}
    return dict(get_environ_proxies(url))


class _Adapter(HTTPAdapter):
    """Sends through a gate, and never twice."""

    def __init__(self, gate: _Gate) -> None:
        super().__init__(max_retries=0)
        self._gate = gate

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        """Return the pool of a host, whose connections stop at the gate."""
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        pool.ConnectionCls = _gated(pool.ConnectionCls, self._gate)
        return pool


def _gated(kind: Any, gate: _Gate) -> Any:
    class Gated(kind):  # type: ignore[misc]
        connecting = False

        def connect(self) -> None:
            self.connecting = True  # what is said to a proxy is no part of the request
            super().connect()
            self.connecting = False
            gate.opened(self.sock)

        def send(self, data: Any) -> None:
            if self.sock is None:
                self.connect()
            if not self.connecting:
                gate.enter()
            super().send(data)

    return Gated


def _why(error: Exception) -> str:
    """Return what went wrong, without the words of `error`."""
    if isinstance(error, _TooLateError | requests.exceptions.Timeout):
        return "there was no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "no secure connection could be made; is this machine's clock right?"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy of this machine made no connection"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the answer broke off"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "there was no connection, or it broke"
    return f"the request could not be made ({type(error).__name__})"


class _Quiet(logging.Filter):
    """Cuts queries and secrets out of what libraries log about our requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        redact = getattr(_local, "redact", None)
        if redact is not None:
            record.msg = redact(re.sub(r"\?[^\s\"']*", "?…", record.getMessage()))
            record.args, record.exc_info, record.exc_text = None, None, None
        return True


for _name in NOISY:
    logging.getLogger(_name).addFilter(_Quiet())

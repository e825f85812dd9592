"""One request over requests, in a thread and over a connection of its own.

What goes wrong is told in words of our own: the errors of libraries hold headers and addresses.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from sgcomms.http.deadlines import Deadline, begin_by
from sgcomms.http.hosts import LOOPBACK
from sgcomms.http.redacting import Redactor

CONNECT_SECONDS = 10.0
"""For a connection to one address of a host."""

NOISY = (
    "urllib3.connection",
    "urllib3.connectionpool",
    "urllib3.poolmanager",
    "urllib3.response",
    "urllib3.util.retry",
)
"""Loggers that write addresses with their queries when somebody turns debugging on."""

_local = threading.local()


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it came."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class _TooLateError(Exception):
    """The time was up before anything had left."""


class _Gate:
    """What a request passes with its first byte, and cannot pass once its time is up.

    `begin_by` is the time that the first byte has.
    """

    def __init__(self, deadline: Deadline, begin_by: Deadline | None) -> None:
        self._deadline, self._begin_by = deadline, begin_by
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
            late = not self._passed and self._begin_by is not None and self._begin_by.passed
            if self._closed or late or self._deadline.passed:
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


def exchange(
    request: requests.Request, deadline: Deadline, most_bytes: int, redact: Redactor
) -> tuple[Raw | str, bool]:
    """Send `request` once; return the answer or why there is none, and whether it may have left.

    One that changes something is not begun too late (see `deadlines.begun_before`), wherever a
    sleep fell, and however long it took to connect.
    """
    gate, got = _Gate(deadline, begin_by() if request.method != "GET" else None), list[Raw | str]()
    arguments = (request, gate, deadline, most_bytes, redact, got)
    worker = threading.Thread(target=_work, args=arguments, name="request", daemon=True)
    try:
        worker.start()
    except RuntimeError:
        return "this machine can start no more threads", False
    try:
        worker.join(deadline.left)
    finally:
        late = worker.is_alive()  # what comes of cutting its connection is no answer
        sent = gate.close()
    return got[0] if got and not late else "there was no whole answer in time", sent


def _work(
    request: requests.Request,
    gate: _Gate,
    deadline: Deadline,
    most_bytes: int,
    redact: Redactor,
    got: list[Raw | str],
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
                content if isinstance(content, str) else Raw(response.status_code, headers, content)
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

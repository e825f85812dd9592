"""Requests to X through tweepy: signed, with a deadline over all, and never sent twice.

tweepy names its host in its code, sets no time-out, follows redirects and writes headers into its
debug log; what is here mends that from outside. Every request has a connection of its own: one that
was kept may be dead already, which nobody could tell from a post that was lost on its way.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import requests
import tweepy  # type: ignore[import-untyped]
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError

from sgcomms.errors import UnavailableError
from sgcomms.platforms.x.answers import GONE, Answer, error_of, unclear

TWEEPY_BASE = "https://api.twitter.com"
"""What tweepy begins every address with. A signature covers the host, so it is changed before."""

CONNECT = 10.0
"""Seconds for a connection to one address of the host."""

SHORTEST_SECRET = 6
"""Shorter ones are no keys of X's, and hiding them would make nonsense of every other word."""

NOISY = ("tweepy", "requests_oauthlib", "oauthlib")
"""Loggers that write headers, tokens and signatures when somebody turns debugging on."""


class Wire:
    """The way to X for one account. `secrets` holds its four keys."""

    def __init__(
        self, account: str, secrets: Mapping[str, str], base: str, deadline: float
    ) -> None:
        self._account = account
        self._secrets = secrets
        self._base = base.rstrip("/")
        self._deadline = deadline
        for name in NOISY:
            logging.getLogger(name).setLevel(logging.WARNING)
            logging.getLogger(name).propagate = False

    def ask(
        self,
        method: str,
        route: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        doubt: bool = False,
        gone_is_fine: bool = False,
    ) -> Answer:
        """Send one request, once, and return what X answered to it.

        `doubt` marks a request that must not be sent again unless it was surely not carried out;
        with `gone_is_fine` the news that there is no such thing is an answer like others.
        Raises the PlatformError that fits.
        """
        call = _Call(self._deadline)
        response, failure = self._carried_out(call, method, route, params, body)
        if response is None or call.expired:
            if not call.connected:
                raise UnavailableError(f"X was not reached: {failure}")
            late = f"X did not answer within {self._deadline:g} seconds"
            raise unclear(
                late if call.expired else "the connection to X broke before it had answered",
                doubt=doubt,
            )
        answer = self._read(response)
        if gone_is_fine and answer.status == 404 and GONE in answer.kinds:
            return answer
        error = error_of(answer, self._account, doubt=doubt)
        if error is not None:
            raise error
        return answer

    def _carried_out(
        self,
        call: _Call,
        method: str,
        route: str,
        params: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
    ) -> tuple[requests.Response | None, str]:
        """Return X's answer, or None and why no connection was made.

        What went wrong is told in words only: the errors of libraries may hold a header.
        """
        session = _Session(self._base, call)
        client = tweepy.Client(
            consumer_key=self._secrets["api_key"],
            consumer_secret=self._secrets["api_secret"],
            access_token=self._secrets["access_token"],
            access_token_secret=self._secrets["access_token_secret"],
            wait_on_rate_limit=False,
        )
        client.session.close()
        client.session = session
        failure = ""
        with call, session:
            try:
                client.request(method, route, params=params, json=body, user_auth=True)
            except Exception as error:  # tweepy's own, requests', or what a strange answer breaks
                failure = _why(error)
        return session.answer, failure

    def _read(self, response: requests.Response) -> Answer:
        text = response.content.decode("utf-8", errors="replace")
        for secret in sorted(self._secrets.values(), key=len, reverse=True):
            if len(secret) >= SHORTEST_SECRET:
                text = text.replace(secret, "[secret]")
        try:
            body = json.loads(text)
        except (ValueError, RecursionError):
            body = None
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, body)


class _Call:
    """One request under way: whether it has a connection, and what ends it when its time is up."""

    def __init__(self, seconds: float) -> None:
        self.connected = False
        self.expired = False
        self._until = time.monotonic() + seconds
        self._connection: HTTPConnection | None = None
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def connect(self, connection: HTTPConnection) -> None:
        """Note that `connection` was made, unless it is too late to send anything on it."""
        self._connection = connection
        if self.expired or time.monotonic() >= self._until:
            raise ConnectTimeoutError("the connection was made too late")
        self.connected = True

    def _expire(self) -> None:
        self.expired = True
        sock = getattr(self._connection, "sock", None)
        if sock is not None:
            with suppress(OSError):  # it may have ended by itself
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _Session(requests.Session):
    """A session for one request, to where the account's posts belong."""

    def __init__(self, base: str, call: _Call) -> None:
        super().__init__()
        self.answer: requests.Response | None = None
        self.trust_env = False  # no netrc, no proxy that would see more than it should
        self._base = base
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Adapter(call))

    def request(self, method: str, url: str, **options: Any) -> requests.Response:  # type: ignore[override]
        """Send a request whose address tweepy wrote."""
        options |= {"allow_redirects": False, "timeout": (CONNECT, None)}
        route = url.removeprefix(TWEEPY_BASE)
        self.answer = super().request(method, self._base + route, **options)
        return self.answer


class _Adapter(HTTPAdapter):
    """Tells a call about its connection."""

    def __init__(self, call: _Call) -> None:
        super().__init__(max_retries=0)
        self._call = call

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        """Return the pool of a host, whose connections tell the call that they were made."""
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        pool.ConnectionCls = _telling(pool.ConnectionCls, self._call)
        return pool


def _telling(kind: Any, call: _Call) -> Any:
    class Telling(kind):  # type: ignore[misc]
        def connect(self) -> None:
            super().connect()
            call.connect(self)

    return Telling


def _why(error: Exception) -> str:
    """Return why no connection was made, without the words of `error`."""
    if isinstance(error, requests.exceptions.SSLError):
        return "no secure connection could be made; is this machine's clock right?"
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "it did not answer in time"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "there is no connection"
    return f"the request could not be made ({type(error).__name__})"

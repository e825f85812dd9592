"""Requests to X through tweepy: signed by it, and carried out as every other request is.

tweepy names its host in its code, sets no time-out, follows redirects and writes headers into its
debug log. So it gets a session that hands its requests to `sgcomms.http`: one connection and one
deadline for each, nothing followed, nothing sent twice.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import tweepy  # type: ignore[import-untyped]

from sgcomms.errors import AuthError, UnavailableError
from sgcomms.http import Deadline, Redactor, is_loopback
from sgcomms.http.session import Once
from sgcomms.http.wire import Raw
from sgcomms.platforms.x.answers import GONE, Answer, error_of, unclear

TWEEPY_BASE = "https://api.twitter.com"
"""What tweepy begins every address with. A signature covers the host, so it is changed before."""

NOISY = ("tweepy", "requests_oauthlib", "oauthlib")
"""Loggers that write headers, tokens and signatures when somebody turns debugging on."""


class Wire:
    """The way to X for one account. `secrets` holds its four keys.

    Raises AuthError for a `base` to which they may not go.
    """

    def __init__(
        self, account: str, secrets: Mapping[str, str], base: str, deadline: float
    ) -> None:
        parts = urlsplit(base)
        if "@" in parts.netloc or not (
            parts.scheme == "https"
            or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
        ):
            raise AuthError(f"{account}: X's keys only go to an address with https: see api_base")
        self._account = account
        self._secrets = secrets
        self._redact = Redactor(secrets.values())
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
        deadline: Deadline | None = None,
    ) -> Answer:
        """Send one request, once, and return what X answered to it, by `deadline` if it is given.

        `doubt` marks a request that must not be sent again unless it was surely not carried out;
        with `gone_is_fine` the news that there is no such thing is an answer like others.
        Raises the PlatformError that fits.
        """
        own = Deadline(self._deadline)
        once = _Once(self._base, min(own, deadline or own, key=lambda one: one.left), self._redact)
        self._carry_out(once, method, route, params, body)
        if isinstance(once.got, str):
            if not once.sent:
                raise UnavailableError(f"X was not reached: {once.got}")
            raise unclear(f"X was reached and gave no clear answer ({once.got})", doubt=doubt)
        answer = self._read(once.got)
        if gone_is_fine and answer.status == 404 and GONE in answer.kinds:
            return answer
        error = error_of(answer, self._account, doubt=doubt)
        if error is not None:
            raise error
        return answer

    def _carry_out(
        self,
        once: _Once,
        method: str,
        route: str,
        params: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
    ) -> None:
        client = tweepy.Client(
            consumer_key=self._secrets["api_key"],
            consumer_secret=self._secrets["api_secret"],
            access_token=self._secrets["access_token"],
            access_token_secret=self._secrets["access_token_secret"],
            wait_on_rate_limit=False,
        )
        client.session.close()
        client.session = once
        try:
            client.request(method, route, params=params, json=body, user_auth=True)
        except Exception as error:  # tweepy's own, or what a strange answer breaks in it
            if not once.asked:
                once.got = f"the request could not be made ({type(error).__name__})"

    def _read(self, got: Raw) -> Answer:
        try:
            body = self._redact.data(json.loads(got.content.decode("utf-8", errors="replace")))
        except (ValueError, RecursionError):
            body = None
        return Answer(got.status, got.headers, body)


class _Once(Once):
    """One request, to another host than the one that tweepy wrote."""

    def __init__(self, base: str, deadline: Deadline, redact: Redactor) -> None:
        super().__init__(deadline, redact)
        self._base = base

    def request(self, method: str, url: str, **parts: Any) -> requests.Response:
        """Carry out a request whose address tweepy wrote. Raises ConnectionError without answer."""
        return super().request(method, self._base + url.removeprefix(TWEEPY_BASE), **parts)

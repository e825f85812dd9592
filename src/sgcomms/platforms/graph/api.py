"""Requests to Meta's Graph API for one account. The token is in a header and nowhere else."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from sgcomms import clock
from sgcomms.errors import (
    AuthError,
    PlatformError,
    RateLimitError,
    RejectedError,
    SecretsMissingError,
    UnavailableError,
)
from sgcomms.http import Answer, Client, Deadline, File
from sgcomms.platforms.graph.answers import GoneError, Refusal, error_of, refusal_of, rest_after

WAITS: dict[tuple[str, str], datetime] = {}
"""Until when an account (by base and id) asks for nothing more: it is close to a limit."""

FOLLOWED = frozenset(("after", "until", "__paging_token"))
"""What is taken from the address of the next page: that address may hold a token."""

Data = Mapping[str, Any]


class Api:
    """The way to the Graph API. `base` has the version in it.

    Raises SecretsMissingError without a token, AuthError for a `base` that may not get it.
    """

    def __init__(
        self,
        account: str,
        secrets: Mapping[str, str],
        base: str,
        *,
        label: str,
        hosts: tuple[str, ...],
        deadline: timedelta,
    ) -> None:
        token, app_secret = secrets.get("access_token", ""), secrets.get("app_secret", "")
        if not token:
            raise SecretsMissingError(
                f"{account} has no access_token: write it into secrets.yaml, or set "
                f"SGCOMMS_{account.upper().replace('-', '_')}_ACCESS_TOKEN"
            )
        if not token.isascii() or not token.isprintable():
            raise AuthError(f"the access_token of {account} holds a character that no token has")
        self.label = label
        self._key = (base, account)
        self._token, self._proof = token, proof(token, app_secret) if app_secret else ""
        self._client = Client(
            base,
            hosts=hosts,
            allowed=getattr(secrets, "hosts", ()),
            headers={"Authorization": f"Bearer {token}"},
            secrets=[*secrets.values(), *([self._proof] if self._proof else [])],
            label=label,
            deadline=deadline,
        )

    def get(
        self,
        path: str,
        params: Mapping[str, str],
        *,
        deadline: Deadline | None = None,
        tries: int = 3,
    ) -> Data:
        """Return what the API says about `path`. Raises a PlatformError, never UncertainError."""
        self._wait()
        answer = self._client.get(path, self._proven(params), deadline=deadline, tries=tries)
        return self._read(answer, changes=False)

    def ask(
        self, path: str, params: Mapping[str, str], before: Callable[[], None]
    ) -> Data | Refusal:
        """Return what the API says about `path`, or its refusal of just this question.

        `before` is called before every try. Raises as `get`, RejectedError never.
        """
        self._wait()
        answer = self._client.get(path, self._proven(params), before=before)
        try:
            return self._read(answer, changes=False)
        except PlatformError as error:
            refusal = refusal_of(answer, error)
            if refusal is None:
                raise
            return refusal

    def post(
        self,
        path: str,
        form: Mapping[str, str],
        *,
        files: Mapping[str, File] | None = None,
        deadline: Deadline | None = None,
    ) -> Data:
        """Send a form, exactly once. Raises a PlatformError.

        AuthError where Meta knows no such account: to a token without the right to see it, it says
        what it says of something that is gone.
        """
        self._wait()
        answer = self._client.post(path, self._proven(form), files=files, deadline=deadline)
        owner, _, _ = path.partition("/")
        try:
            return self._read(answer, changes=True)
        except GoneError as error:
            words = str(error)
            named = re.findall(r"[0-9]{5,}", words)
            if named and owner not in named:  # something else is gone, such as what was prepared
                raise
        raise AuthError(
            f"{words}: the token may not see the account any more; look at its rights, then "
            "`sgcomms accounts verify`"
        )

    def delete(self, path: str) -> Data:
        """Delete `path`, exactly once, however close a limit is. Raises a PlatformError."""
        return self._read(self._client.delete(path, self._proven({})), changes=True)

    def pages(self, path: str, params: Mapping[str, str], most: int) -> Iterator[Data]:
        """Yield what a list holds, from at most so many pages.

        Raises as `get` and `shown_in`, never RejectedError: no news of a list is none of a post.
        """
        query = dict(params)
        for _ in range(most):
            page = self._page(path, query)
            items = shown_in(page, self.label)
            yield from items
            more = following(page)
            if not items or not more:
                return
            query |= more

    def _page(self, path: str, query: Mapping[str, str]) -> Data:
        try:
            return self.get(path, query)
        except RejectedError as error:
            reason = f"{self.label} does not list the account's posts: {error}"
        raise UnavailableError(reason)

    def token_data(self) -> Data:
        """Return what Meta says about the token: the answer of `debug_token`.

        It wants the token as a parameter; within a batch it is in the body of the request, where no
        log of addresses sees it. https://developers.facebook.com/docs/graph-api/batch-requests
        Raises a PlatformError.
        """
        inner = f"debug_token?input_token={quote(self._token, safe='')}"
        if self._proof:
            inner += f"&appsecret_proof={self._proof}"
        batch = json.dumps([{"method": "GET", "relative_url": inner}])
        self._wait()
        form = self._proven({"batch": batch, "include_headers": "false"})
        answer = self._client.post("", form)
        first = answer.json[0] if isinstance(answer.json, list) and answer.json else None
        if isinstance(first, dict) and isinstance(first.get("body"), str):
            try:
                body = json.loads(first["body"])
            except (ValueError, RecursionError):
                body = None
            status = first.get("code")
            answer = Answer(status if isinstance(status, int) else 500, {}, body, "")
        return self._read(answer, changes=False)

    def _read(self, answer: Answer, *, changes: bool) -> Data:
        now = clock.now()
        rest = rest_after(answer.headers)
        if rest is not None:
            WAITS[self._key] = now + rest
        error = error_of(answer, self.label, now, changes=changes)
        if error is not None:
            raise error
        return answer.json if isinstance(answer.json, dict) else {}

    def _wait(self) -> None:
        """Raise RateLimitError while the account is close to a limit: nothing was sent."""
        until = WAITS.get(self._key)
        if until is not None and clock.now() < until:
            raise RateLimitError(f"{self.label} is close to its limit; nothing was sent", until)

    def _proven(self, params: Mapping[str, str]) -> dict[str, str]:
        return {**params, **({"appsecret_proof": self._proof} if self._proof else {})}


def proof(token: str, app_secret: str) -> str:
    """Return what shows that the app itself is asking.

    https://developers.facebook.com/docs/graph-api/guides/secure-requests
    """
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def listed(page: Data) -> list[Data]:
    """Return what a page of a list holds."""
    items = page.get("data")
    return [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []


def shown_in(page: Data, label: str) -> list[Data]:
    """Return what a page of a list of posts holds.

    Raises UnavailableError for an answer that merely lacks them: it is not the news of none.
    """
    if not isinstance(page.get("data"), list):
        raise UnavailableError(f"{label} did not list the account's posts, and did not say why")
    return listed(page)


def following(page: Data) -> dict[str, str]:
    """Return what the next page is asked for with, nothing where there is none."""
    paging = page.get("paging")
    address = paging.get("next") if isinstance(paging, dict) else None
    try:
        query = parse_qsl(urlsplit(address).query) if isinstance(address, str) else []
    except ValueError:
        return {}
    return {name: value for name, value in query if name in FOLLOWED}

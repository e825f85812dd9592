"""The key file of a Google service account, and the tokens that Google gives for it.

google-auth signs; its requests are carried out as every other request is, with one deadline and
nothing followed. https://developers.google.com/identity/protocols/oauth2/service-account
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from google.oauth2.service_account import Credentials

from sgcomms import clock
from sgcomms.errors import (
    AuthError,
    PlatformError,
    RateLimitError,
    SecretsMissingError,
    SgcommsError,
    UnavailableError,
)
from sgcomms.http import Answer, Client, is_loopback
from sgcomms.http.hosts import host_of
from sgcomms.websites.values import said

SCOPE = "https://www.googleapis.com/auth/analytics.readonly"
TOKEN_HOST = "oauth2.googleapis.com"  # noqa: S105  a host
MOST_BYTES = 100_000
USUAL_WAIT = timedelta(hours=1)

_MAKE = "make one in the Google Cloud console (the service account, Keys, Add key, JSON)"


class ServiceAccount:
    """A service account by its key file. `email` is its address, `secrets` what nobody may see.

    `website` is named in messages, `path` must be the whole path. Raises SecretsMissingError where
    there is no such file, AuthError for one that others may read or that is no key.
    """

    def __init__(self, website: str, path: str, deadline: timedelta) -> None:
        self._file = f"the file that service_account_file of {website} names"
        self._deadline = deadline
        info = self._info(Path(path))
        self.email = info["client_email"]
        self.secrets = (info["private_key"],)
        self._credentials = self._made(info)

    def token(self, before: Callable[[], None]) -> str:
        """Return a token that can be used now; it lasts an hour.

        `before` is called ahead of each request. Raises a PlatformError, and what `before` raises.
        """
        own = self._credentials
        if own.valid:
            return str(own.token)
        failed = False
        way = _Way(self.email, self.secrets, self._deadline, before)
        try:
            own.refresh(way)  # type: ignore[no-untyped-call]
        except SgcommsError:
            raise
        except Exception:  # google-auth's own, or what a strange answer breaks in it
            failed = True
        if failed or not isinstance(own.token, str) or not own.token.isascii() or not own.token:
            raise UnavailableError("Google's token service gave no token that can be used")
        return own.token

    def _info(self, path: Path) -> Mapping[str, str]:
        """Return what of the key file is needed, checked."""
        if not path.is_absolute():
            raise AuthError(
                f"{self._file} must be named by its whole path, from the root or drive on"
            )
        data = _object(self._content(path))
        if data is None or data.get("type") != "service_account":
            raise AuthError(f"{self._file} is no key of a service account: {_MAKE}")
        names = ("client_email", "private_key", "token_uri")
        info = {name: data.get(name) for name in (*names, "private_key_id")}
        found = {name: value for name, value in info.items() if isinstance(value, str) and value}
        if any(name not in found for name in names):
            raise AuthError(f"{self._file} is not whole: {_MAKE}")
        self._check(found["token_uri"])
        return {"type": "service_account", **found, "client_email": said(found["client_email"])}

    def _content(self, path: Path) -> bytes:
        reason = ""
        try:
            with path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                content = file.read(MOST_BYTES)
        except OSError as error:
            reason = error.strerror or type(error).__name__
        if reason:
            raise SecretsMissingError(f"{self._file} cannot be read: {reason}")
        if not stat.S_ISREG(mode):
            raise AuthError(f"{self._file} is no file: {_MAKE}")
        if os.name == "posix" and mode & 0o077:
            raise AuthError(
                f"{self._file} can be read by others (mode {stat.S_IMODE(mode):o}): `chmod 600` "
                "it, and think of making a new key"
            )
        return content

    def _check(self, address: str) -> None:
        """Raise AuthError unless what the key signs may go to `address` (design, rule 16)."""
        host = host_of(address) or ""
        parts = urlsplit(address) if host else urlsplit("")
        google = host == TOKEN_HOST and parts.scheme == "https" and parts.port in (None, 443)
        if not google and not is_loopback(host):
            raise AuthError(
                f"{self._file} sends what it signs to {host or 'no address'} (token_uri) and not "
                f"to {TOKEN_HOST}: it is not used; {_MAKE}"
            )

    def _made(self, info: Mapping[str, str]) -> Credentials:
        made = None
        with contextlib.suppress(Exception):  # of whatever library: its words may hold the key
            made = Credentials.from_service_account_info(info, scopes=[SCOPE])  # type: ignore[no-untyped-call]
        if not isinstance(made, Credentials):
            raise AuthError(f"{self._file} holds a private key that cannot be used: {_MAKE}")
        return made


@dataclass(frozen=True, slots=True)
class _Token:
    """The answer of the token service, as google-auth reads it."""

    status: int
    headers: Mapping[str, str]
    data: bytes


@dataclass(frozen=True, slots=True)
class _Way:
    """What google-auth takes for its way to the token service."""

    email: str
    secrets: tuple[str, ...]
    deadline: timedelta
    before: Callable[[], None]

    def __call__(self, *, url: str, body: bytes, **_: object) -> _Token:
        """Send the signed form, and return the answer. Raises the PlatformError that fits.

        google-auth would wait and try again by itself: so it sees nothing but success.
        """
        form = dict(parse_qsl(body.decode("ascii")))
        client = Client(
            url,
            hosts=(TOKEN_HOST,),
            headers={},
            secrets=[*self.secrets, form.get("assertion", "")],
            label="Google's token service",
            deadline=self.deadline,
        )
        answer = client.query(url, form=form, before=self.before)
        if answer.status != 200:
            raise _refusal(answer, self.email, clock.now())
        return _Token(answer.status, answer.headers, json.dumps(answer.json).encode())


def _refusal(answer: Answer, email: str, now: datetime) -> PlatformError:
    data = answer.json if isinstance(answer.json, dict) else {}
    words = said(data.get("error_description")) or said(data.get("error"))
    told = f" ({words or f'status {answer.status}'})"
    if answer.status == 429:
        return RateLimitError(f"Google's token service asks to wait{told}", now + USUAL_WAIT)
    if answer.status >= 500:
        return UnavailableError(f"Google's token service does not work at the moment{told}")
    return AuthError(
        f"Google does not accept the key of {email}: it was deleted or disabled, or the clock of "
        f"this machine is wrong; make a new key, and name its file{told}"
    )


def _object(content: bytes) -> Mapping[str, Any] | None:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None

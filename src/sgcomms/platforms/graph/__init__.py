"""What Facebook and Instagram share: Meta's Graph API."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

from sgcomms import clock
from sgcomms.errors import (
    AuthError,
    NotReadyError,
    PlatformError,
    RejectedError,
    UnavailableError,
    UncertainError,
)
from sgcomms.http import Deadline
from sgcomms.models import DraftMedia, Publication
from sgcomms.platforms.base import Identity, Pictures, Publisher
from sgcomms.platforms.graph.answers import (
    Fault,
    fault_of,
    from_unix,
    identifier,
    moment,
    token_error,
)
from sgcomms.platforms.graph.api import Api
from sgcomms.platforms.graph.posts import Seen

HOST = "graph.facebook.com"
UPLOAD_SECONDS = 90.0
"""For handing over all of a post's pictures: below the lease of a claim."""

LOOK_SECONDS = 5.0
"""For the address of a post that is public already: it must not use up the lease."""

PAGES = 20
"""How many pages of a list are read at most."""


class GraphPublisher(Publisher):
    """A platform behind Meta's Graph API.

    The token is that of a Page or a System User; `app_secret` is optional.
    """

    version: ClassVar[str] = "v25.0"
    """Lives until 29 July 2028: https://developers.facebook.com/docs/graph-api/changelog/versions"""

    deadline: ClassVar[timedelta] = timedelta(seconds=60)
    """For one request in all, whatever the platform does; below the lease of a claim."""

    needed: ClassVar[tuple[str, ...]] = ()
    """The permissions without which nothing can be published."""

    looked_at: ClassVar[tuple[str, str]]
    """The fields that hold a public post's address and its time."""

    hosts: ClassVar[tuple[str, ...]] = (HOST,)
    secret_names: ClassVar[tuple[str, ...]] = ("access_token",)

    @cached_property
    def api(self) -> Api:
        """The way to the API. Raises AuthError where there is no token, or it may not go there."""
        base = (self.account.api_base or f"https://{HOST}").rstrip("/")
        return Api(
            self.account.id,
            self.secrets,
            f"{base}/{self.version}",
            label=self.label,
            hosts=self.hosts,
            deadline=self.deadline,
        )

    def _identity(self, owner: str, fields: str, name_fields: tuple[str, ...]) -> Identity:
        """Return whose token it is, by what it shows of `owner`."""
        try:
            shown = self.api.get(owner, {"fields": fields})
        except RejectedError as error:
            reason = f"the token does not show {owner}, which config/board.yaml names: {error}"
        else:
            named = (shown.get(name) for name in name_fields)
            handle = next((name for name in named if isinstance(name, str) and name), owner)
            return self._with_token(Identity(handle, str(shown.get("id") or owner)))
        raise AuthError(reason)

    def _with_token(self, found: Identity) -> Identity:
        """Return `found` with what the token may do and when it ends, as far as Meta tells."""
        unknown = "what the token may do, and when it ends, is not known"
        if not self.secrets.get("app_secret"):
            words = f"{unknown}: with the app_secret in secrets.yaml it can be asked"
            return _noted(found, (words,))
        try:
            told = self.api.token_data().get("data")
        except AuthError:
            raise
        except PlatformError as error:
            return _noted(found, (f"{unknown}: {error}",))
        if not isinstance(told, dict):
            return _noted(found, (f"{unknown}: {self.label} did not say",))
        if told.get("is_valid") is False:
            raise token_error(fault_of(told) or Fault(190, 0, "", transient=False), self.label)
        return self._of_token(found, told)

    def _of_token(self, found: Identity, told: Mapping[str, Any]) -> Identity:
        listed = told.get("scopes")
        scopes = tuple(str(one) for one in listed) if isinstance(listed, list) else ()
        ends = from_unix(told.get("expires_at"))
        data_ends = from_unix(told.get("data_access_expires_at"))
        notes = []
        if ends is None:
            never = told.get("expires_at") == 0
            notes.append("the token does not end" if never else "when the token ends is not told")
        if data_ends is not None:
            notes.append(
                f"access to the account's data ends on {data_ends:%d %B %Y} unless somebody logs "
                "in to the app again before"
            )
        return Identity(
            found.handle,
            found.platform_id,
            scopes,
            tuple(name for name in self.needed if scopes and name not in scopes),
            ends,
            tuple(notes),
        )

    def _looked_at(self, platform_id: str, fallback: str | None) -> Publication:
        """Return a post that was just made public, with its address if that can be had.

        It is public whatever happens here, so nothing is raised.
        """
        address, at = self.looked_at
        shown: Mapping[str, Any] = {}
        with contextlib.suppress(Exception):
            shown = self.api.get(
                platform_id,
                {"fields": f"id,{address},{at}"},
                deadline=Deadline(LOOK_SECONDS),
                tries=1,
            )
        url = shown.get(address)
        url = url if isinstance(url, str) and url.startswith("https://") else fallback
        made = moment(shown.get(at)) or clock.now()
        return Publication(self.account.id, platform_id, made, url=url)

    def _publication(self, seen: Seen) -> Publication:
        return Publication(
            self.account.id,
            seen.id,
            seen.made_at,
            url=seen.address,
            kind=seen.kind,
            text=seen.text or None,
            links=seen.links,
        )

    def _pictures(self) -> Pictures:
        if self.pictures is None:
            raise NotReadyError("the pictures of this account cannot be read: nothing was sent")
        return self.pictures

    def _prepared(self, path: str, form: Mapping[str, str], what: str, **options: Any) -> str:
        """Send something that stays private, and return its id: without one it is tried again."""
        try:
            found = identifier(self.api.post(path, form, **options), "id")
        except UncertainError as error:
            reason = f"{what} was not handed over: {error}"
        else:
            if found is not None:
                return found
            reason = f"{self.label} took {what} and named no id for it"
        raise UnavailableError(f"{reason}; nothing is public, it is tried again")


def _noted(found: Identity, notes: tuple[str, ...]) -> Identity:
    return Identity(found.handle, found.platform_id, notes=notes)


def since_of(since: datetime) -> str:
    """Return a time as lists are asked for: whole seconds."""
    return str(int(since.timestamp()))


def kind_of(item: DraftMedia) -> tuple[str, str]:
    """Return the name and the kind under which a picture is sent."""
    return f"picture.{item.kind.lower()}", f"image/{item.kind.lower()}"

"""What carries a document to one person, whichever way it goes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from sgcomms import config
from sgcomms.distributing.content import seal
from sgcomms.errors import (
    NotReadyError,
    PlatformError,
    RejectedError,
    UnavailableError,
    UncertainError,
)
from sgcomms.http import Deadline
from sgcomms.mailing import MailError, send_armed
from sgcomms.models import Mail

Arm = Callable[[], Deadline]
"""Commits the intent to send and returns by when it has to begin; raises when it may not go."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is carried to one person: the issue `number` of a document."""

    number: int
    recipient: str
    mail: Mail

    @property
    def name(self) -> str:
        """The same for exactly the same words and person, also in another copy of the database.

        Readers' programs know a second copy by it, so other words must not have it.
        """
        words = f"{seal(self.mail)}|{self.number}|{self.recipient.casefold()}"
        return hashlib.sha256(words.encode()).hexdigest()[:32]

    @property
    def reference(self) -> str:
        """Names the parcel to the service that carries it, without saying who gets it."""
        return f"sgcomms-{self.mail.key}-{self.number}-{self.name}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look told of a parcel: whether it was taken and not refused, in words."""

    arrived: bool
    words: str


class Carrier(Protocol):
    """Carries parcels. `words` says by what, as a person knows it."""

    @property
    def words(self) -> str: ...

    def look(self, parcel: Parcel) -> Seen | None:
        """Tell what is known of a parcel that was perhaps carried; None proves nothing.

        Raises PlatformError when nobody could look.
        """
        ...

    def carry(self, parcel: Parcel, arm: Arm) -> str:
        """Carry a parcel, calling `arm` just before it leaves; return what to remember of it.

        Raises RejectedError for a definite refusal of this parcel, NotReadyError where it may go
        later, UnavailableError and the like for what every other would meet too, UncertainError
        where nobody knows, and what `arm` raises.
        """
        ...


class Smtp:
    """Carries by the board's own mail server, one e-mail a person."""

    taken: ClassVar[str] = "the mail server has taken it"

    def __init__(self, server: config.Mail, secrets: Mapping[str, str]) -> None:
        self._server, self._secrets = server, secrets

    @property
    def words(self) -> str:
        return f"{self._server.host}:{self._server.port}, from {self._server.sender}"

    def look(self, parcel: Parcel) -> Seen | None:
        """A mail server cannot be asked what it took."""
        return None

    def carry(self, parcel: Parcel, arm: Arm) -> str:
        try:
            send_armed(self._server, self._secrets, parcel.recipient, parcel.mail, parcel.name, arm)
        except MailError as error:
            raise _meaning(error)(str(error)) from None
        return self.taken


def _meaning(error: MailError) -> type[PlatformError]:
    if error.perhaps_sent:
        return UncertainError
    if error.refused == "for good":
        return RejectedError
    return NotReadyError if error.refused else UnavailableError

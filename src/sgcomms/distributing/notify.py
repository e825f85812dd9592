"""GOV.UK Notify: sends an e-mail by a template of the board's own, with the page as a link.

The client is https://github.com/alphagov/notifications-python-client, version 13. Sends are not
idempotent there, so before each the reference is looked for.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any, ClassVar

from sgcomms.distributing.carrying import Arm, Parcel, Seen
from sgcomms.errors import (
    AuthError,
    PlatformError,
    RateLimitError,
    RejectedError,
    SecretsMissingError,
    UnavailableError,
    UncertainError,
    UsageError,
)
from sgcomms.http import Deadline, Redactor, begun_before, may_have_token
from sgcomms.importing import one_at_a_time

NEEDED = (
    "GOV.UK Notify needs the package notifications-python-client: pip install 'sgcomms[notify]'"
)

NOISY = ("notifications_python_client.base", "notifications_python_client.notifications")
"""Loggers that print what goes wrong, which is said here in words of our own."""

_KEY = re.compile(r".*[0-9a-f-]{36}-[0-9a-f-]{36}", re.DOTALL)
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Notify:
    """Carries by GOV.UK Notify. Its template has the fields subject, text and link_to_file."""

    base: ClassVar[str] = "https://api.notifications.service.gov.uk"
    hosts: ClassVar[frozenset[str]] = frozenset({"api.notifications.service.gov.uk"})
    most_bytes: ClassVar[int] = 2 * 1024 * 1024
    """Of an attached page: the client refuses more."""

    kept: ClassVar[str] = "26 weeks"
    sanitised: ClassVar[tuple[str, ...]] = ("subject", "text")
    """Words in which Notify is to see no formatting: names of pages come from outside."""

    refused: ClassVar[frozenset[str]] = frozenset(
        {"permanent-failure", "temporary-failure", "technical-failure", "validation-failed"}
    )
    """The statuses of what Notify took and could not deliver."""

    deadline: ClassVar[timedelta] = timedelta(seconds=60)
    title: ClassVar[str] = "GOV.UK Notify"

    def __init__(
        self,
        template_id: str,
        secrets: Mapping[str, str],
        *,
        base: str | None = None,
        allowed: Collection[str] = (),
    ) -> None:
        """Raise SecretsMissingError without a key, AuthError where it is none or may not go.

        Raises UsageError where the client is not installed.
        """
        key = secrets.get("api_key", "")
        if not key:
            raise SecretsMissingError(
                "notify has no api_key: write it into secrets.yaml under `notify`, or set "
                "SGCOMMS_NOTIFY_API_KEY in the environment"
            )
        if not _KEY.fullmatch(key):
            raise AuthError("notify: the api_key is none of GOV.UK Notify's; copy the whole of it")
        self._base = base or self.base
        if not may_have_token(self._base, self.hosts, allowed):
            raise AuthError(
                "notify: the key may not go to `api_base`; a host that may have it is named in "
                "secrets.yaml under allowed_hosts"
            )
        self._template, self._key = template_id, key
        self._redact = Redactor([key, key[-36:]])
        _library()
        for name in NOISY:
            logging.getLogger(name).disabled = True

    @property
    def words(self) -> str:
        return f"{self.title}, template {self._template}"

    def look(self, parcel: Parcel) -> Seen | None:
        """Look for a parcel by its reference."""
        status, answer = self._ask(
            lambda client: client.get_all_notifications(reference=parcel.reference), changes=False
        )
        if status != 200 or not isinstance(answer, dict):
            error = _refusal(status, self._told(answer), "it could not be looked for")
            if isinstance(error, AuthError | RateLimitError):
                raise error
            raise UnavailableError(f"{error}; it could not be looked for")
        found = [
            str(one.get("status"))
            for one in _listed(answer.get("notifications"))
            if _is(one, parcel)
        ]
        good = [status for status in found if status not in self.refused]
        if not found:
            return None
        return Seen(bool(good), f"{self.title} has it: {[*good, *found][0]}")

    def carry(self, parcel: Parcel, arm: Arm) -> str:
        fields = self._fields(parcel)
        seen = self.look(parcel)
        if seen is not None and seen.arrived:
            return seen.words
        begin_by = arm()
        with begun_before(begin_by):
            status, answer = self._ask(
                lambda client: client.send_email_notification(
                    parcel.recipient,
                    self._template,
                    personalisation=fields,
                    reference=parcel.reference,
                    sanitise_content_for=list(self.sanitised),
                ),
                changes=True,
            )
        name = answer.get("id") if isinstance(answer, dict) else None
        if 200 <= status < 300 and isinstance(name, str):
            return f"{self.title} has taken it: {name}"
        raise _refusal(status, self._told(answer), "the e-mail was not sent")

    def _fields(self, parcel: Parcel) -> dict[str, Any]:
        mail = parcel.mail
        pages = [one for one in mail.attachments if one.kind == "text/html"]
        content = pages[0].content if pages else (mail.html or "").encode()
        name = pages[0].name if pages else f"{mail.key}.html"
        if len(content) > self.most_bytes:
            raise RejectedError(
                f"{name} has {len(content):,} bytes, and GOV.UK Notify takes {self.most_bytes:,}: "
                "shorten it, or set `by: smtp` under `reports` in config/board.yaml"
            )
        link: Any = ""
        if content:
            link = _library().prepare_upload(
                io.BytesIO(content),
                filename=name,
                confirm_email_before_download=True,
                retention_period=self.kept,
            )
        return {"subject": mail.subject, "text": mail.text, "link_to_file": link}

    def _ask(self, ask: Callable[[Any], Any], *, changes: bool) -> tuple[int, Any]:
        """Return the status and the content of Notify's answer.

        Raises UnavailableError where it was not reached, or did not answer a question, and
        UncertainError where it may have carried out what was to change something.
        """
        with one_at_a_time():
            from sgcomms.http.session import Once

        client = _library().NotificationsAPIClient(self._key, base_url=self._base)
        client.request_session.close()
        once = Once(Deadline(self.deadline.total_seconds()), self._redact)
        client.request_session = once
        try:
            ask(client)
        except Exception as error:  # the client's own, or what a strange answer breaks in it
            if not once.asked:
                raise UnavailableError(
                    f"{self.title} was not asked ({type(error).__name__})"
                ) from None
        if isinstance(once.got, str):
            if changes and once.sent:
                raise UncertainError(f"{self.title} gave no clear answer: {once.got}")
            raise UnavailableError(f"{self.title} was not reached: {once.got}")
        try:
            answer = self._redact.data(json.loads(once.got.content.decode("utf-8", "replace")))
        except (ValueError, RecursionError):
            answer = None
        return once.got.status, answer

    def _told(self, answer: Any) -> str:
        """Return what Notify says is wrong, in one line."""
        errors = _listed(answer.get("errors")) if isinstance(answer, dict) else []
        words = "; ".join(str(one.get("message", "")) for one in errors)
        return _UNSEEN.sub(" ", words).strip()[:200]


def _library() -> Any:
    """Return the client library. Raises UsageError where it is not installed."""
    try:
        with one_at_a_time():
            return import_module("notifications_python_client")
    except ImportError:
        raise UsageError(NEEDED) from None


def _is(one: Mapping[str, Any], parcel: Parcel) -> bool:
    """Tell whether what Notify has is this parcel; it may be long over for whom it was."""
    to = one.get("email_address")
    same = not isinstance(to, str) or to.casefold() == parcel.recipient.casefold()
    return same and one.get("reference") == parcel.reference


def _listed(value: Any) -> list[dict[str, Any]]:
    found = value if isinstance(value, list) else []
    return [one for one in found if isinstance(one, dict)]


def _refusal(status: int, words: str, then: str) -> PlatformError:
    """Return what an answer that is not good means.

    400 is a definite refusal of this e-mail, 401 and 403 of the key, 429 of so many: see "Error
    codes" at https://docs.notifications.service.gov.uk/python.html. Any other may hide a success.
    """
    said = f"{status}{f' {words}' if words else ''}"
    if status in (401, 403):
        return AuthError(f"notify refused the key ({said}); {then}: correct it in secrets.yaml")
    if status == 429:
        return RateLimitError(f"notify takes no more for now ({said}); {then}")
    if status == 400:
        return RejectedError(f"notify refused it ({said}); {then}")
    return UncertainError(f"notify gave no clear answer ({said})")

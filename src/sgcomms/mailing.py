"""One e-mail, sent by SMTP: encrypted, within a deadline, and with a clear answer.

Outside this machine nothing is said in the clear: port 465 is encrypted from the first byte, on any
other port the server must offer STARTTLS (https://www.rfc-editor.org/rfc/rfc8314).
"""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import re
import smtplib
import socket
import ssl
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Literal

from sgcomms import clock, models
from sgcomms.config import Mail
from sgcomms.errors import SgcommsError
from sgcomms.http import Deadline
from sgcomms.models import Attachment

__all__ = ["DEADLINE", "IMPLICIT_TLS", "Attachment", "MailError", "check", "send", "send_armed"]

IMPLICIT_TLS = 465
DEADLINE = timedelta(seconds=60)
"""How long one e-mail may take in all, however slowly the server talks."""

_CONNECT = 15.0
"""Seconds to wait for a connection; a name may have several addresses, tried one by one."""

_MAX_WORDS = 200
_ADDRESS = re.compile(r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]+@[0-9A-Za-z.-]+")
_SEVEN_BIT = SMTP.clone(cte_type="7bit")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


Refused = Literal["", "for now", "for good"]


class MailError(SgcommsError):
    """An e-mail that did not reach everybody it was for.

    `sent_to` are those it did reach. `perhaps_sent` tells that the server fell silent after it had
    been given the e-mail: then it may have reached the others too. `refused` tells that the server
    refused this e-mail, or those it was for, and whether it may take it later; "" is any other
    trouble, which the next e-mail would meet too.
    """

    def __init__(
        self,
        message: str,
        *,
        sent_to: Sequence[str] = (),
        perhaps_sent: bool = False,
        refused: Refused = "",
    ) -> None:
        self.sent_to = tuple(sent_to)
        self.perhaps_sent = perhaps_sent
        self.refused = refused
        super().__init__(message)


def send(
    mail: Mail,
    secrets: Mapping[str, str],
    to: Sequence[str],
    subject: str,
    text: str,
    *,
    html: str | None = None,
    attachments: Sequence[Attachment] = (),
    within: timedelta = DEADLINE,
) -> None:
    """Send one e-mail to all of `to`, through the server that `mail` names.

    `secrets` may hold `username` and `password`; without them nobody logs in. Line ends in the
    subject become spaces. Raises MailError, which never holds a password: nothing is tried twice.
    """
    content = _message(mail.sender, to, subject, text, html, attachments)
    _send(mail, secrets, to, content, uuid.uuid4().hex, None, within)


def send_armed(
    mail: Mail,
    secrets: Mapping[str, str],
    to: str,
    document: models.Mail,
    name: str,
    arm: Callable[[], Deadline],
    within: timedelta = DEADLINE,
) -> None:
    """Send a document to one address, in an e-mail whose Message-ID begins with `name`.

    `arm` is called once, when the server has taken everything but the e-mail itself: what it raises
    ends the conversation, and after the time that it returns nothing is handed over any more.
    Raises as `send`, and what `arm` raises.
    """
    content = _message(
        mail.sender, [to], document.subject, document.text, document.html, document.attachments
    )
    _send(mail, secrets, [to], content, name, arm, within)


def _send(
    mail: Mail,
    secrets: Mapping[str, str],
    to: Sequence[str],
    content: EmailMessage,
    name: str,
    arm: Callable[[], Deadline] | None,
    within: timedelta,
) -> None:
    user, password = _login(secrets)
    content["Message-ID"] = f"<{name}@{mail.sender.rpartition('@')[2]}>"
    raw = content.as_bytes(policy=_SEVEN_BIT)
    with _open(mail, user, password, within) as (server, smtp):
        server.hand_over(smtp, to, raw, arm)


def check(mail: Mail, secrets: Mapping[str, str], within: timedelta = DEADLINE) -> None:
    """Make sure that the server that `mail` names would take an e-mail. Raises MailError."""
    with _open(mail, *_login(secrets), within):
        pass


def _login(secrets: Mapping[str, str]) -> tuple[str | None, str | None]:
    user, password = secrets.get("username"), secrets.get("password")
    if bool(user) != bool(password):
        missing = "password" if user else "username"
        raise MailError(f"mail: secrets.yaml holds no {missing}; give both, or neither")
    return user, password


@contextlib.contextmanager
def _open(
    mail: Mail, user: str | None, password: str | None, within: timedelta
) -> Iterator[tuple[_Server, _Smtp]]:
    """Open the conversation with a server, encrypted and logged in as it asks for."""
    server = _Server(mail, _hidden(user, password))
    with server.watched(within), server.connected(within) as smtp:
        server.encrypt(smtp)
        if user and password:
            server.log_in(smtp, user, password)
        yield server, smtp


def _message(
    sender: str,
    to: Sequence[str],
    subject: str,
    text: str,
    html: str | None,
    attachments: Sequence[Attachment],
) -> EmailMessage:
    for address in (sender, *to):
        if not _ADDRESS.fullmatch(address):
            # another sender is needed for everybody, another address for this one alone
            raise MailError(
                f"{_plain(address)!r} is no e-mail address; nothing was sent",
                refused="" if address == sender else "for good",
            )
    if not to:
        raise MailError("there is nobody to send it to: name them in config/board.yaml")
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Subject"] = _plain(subject)
    message["Date"] = format_datetime(clock.now())
    message["Auto-Submitted"] = "auto-generated"  # https://www.rfc-editor.org/rfc/rfc3834
    message.set_content(_whole(text))
    if html is not None:
        message.add_alternative(_whole(html), subtype="html")
    for one in attachments:
        main, _, sub = one.kind.partition("/")
        message.add_attachment(
            one.content,
            maintype=main,
            subtype=sub,
            filename=_plain(one.name),
            params={"charset": "utf-8"} if main == "text" else {},
        )
    return message


class _Server:
    """The server of the board's e-mail, for one e-mail."""

    def __init__(self, mail: Mail, hidden: Sequence[str]) -> None:
        self._mail = mail
        self._hidden = hidden
        self._place = f"{mail.host}:{mail.port}"
        self._handle: socket.socket | None = None
        self._over = threading.Event()
        self._guard = threading.Lock()
        self._handed: list[str] = []
        self._with_server = False

    @contextlib.contextmanager
    def watched(self, within: timedelta) -> Iterator[None]:
        """Cut the connection when the time is over: a server that trickles resets any time-out."""
        timer = threading.Timer(within.total_seconds(), self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise self._failed(error, within) from None  # the server may have said what we said
        finally:
            timer.cancel()
            with self._guard:
                if self._handle is not None:
                    self._handle.close()
                    self._handle = None

    def _cut(self) -> None:
        self._over.set()
        with self._guard:
            if self._handle is not None:
                with contextlib.suppress(OSError):
                    self._handle.shutdown(socket.SHUT_RDWR)

    def keep(self, connection: socket.socket) -> None:
        """Hold a handle of our own: encryption replaces the one that smtplib has."""
        with self._guard:
            self._handle = connection.dup()
        if self._over.is_set():
            self._cut()

    @contextlib.contextmanager
    def connected(self, within: timedelta) -> Iterator[_Smtp]:
        """Open the conversation, and close it; how it closes does not matter."""
        smtp = _Smtp(self, self._mail.host, self._mail.port, within)
        try:
            yield smtp
            with contextlib.suppress(OSError, smtplib.SMTPException):
                smtp.quit()
        finally:
            smtp.close()

    def encrypt(self, smtp: smtplib.SMTP) -> None:
        """Go on encrypted, unless it is, or the server is this very machine."""
        if self._mail.port == IMPLICIT_TLS or _is_loopback(self._mail.host):
            return
        smtp.ehlo()
        if not smtp.has_extn("starttls"):
            raise MailError(
                f"{self._place} offers no encryption, so the e-mail was not sent: correct `mail` "
                "in config/board.yaml (mostly port 587, or 465), or ask whoever runs the server"
            )
        smtp.starttls(context=ssl.create_default_context())

    def log_in(self, smtp: smtplib.SMTP, user: str, password: str) -> None:
        """Log in. Raises MailError when the server does not want to, or not with these."""
        try:
            smtp.login(user, password)
        except smtplib.SMTPAuthenticationError as error:
            raise MailError(
                f"{self._place} refused the user name or the password ({error.smtp_code}): "
                "correct them under `mail` in secrets.yaml; the e-mail was not sent"
            ) from None
        except smtplib.SMTPNotSupportedError:
            raise MailError(
                f"{self._place} lets nobody log in: take `username` and `password` of `mail` out "
                "of secrets.yaml, or use the port for sending (587 or 465)"
            ) from None
        except UnicodeEncodeError:
            raise MailError(
                "mail: the user name or the password holds a letter that SMTP cannot carry; choose "
                "a password of plain letters, digits and signs"
            ) from None

    def hand_over(
        self, smtp: _Smtp, to: Sequence[str], raw: bytes, arm: Callable[[], Deadline] | None
    ) -> None:
        """Give the e-mail to the server. Raises MailError naming those that it refused."""
        smtp.ehlo_or_helo_if_needed()
        self._expect(smtp.mail(self._mail.sender), f"the sender {self._mail.sender}")
        refused: list[str] = []
        codes = set[int]()
        for address in to:
            code, answer = smtp.rcpt(address)
            if code in (250, 251):
                self._handed.append(address)
            else:
                refused.append(f"{address} ({self._answer(code, answer)})")
                codes.add(code)
        named = ", ".join(refused)
        if not self._handed:
            raise MailError(
                f"{self._place} refused {named}; the e-mail was not sent",
                refused=_refused(*codes),
            )
        if arm is not None:
            smtp.begin_by = arm()
        self._with_server = True
        code, answer = smtp.data(raw)
        smtp.begin_by = None
        if code // 100 not in (2, 4, 5):
            raise smtplib.SMTPServerDisconnected
        self._expect((code, answer), "the e-mail", _refused(code))
        if refused:
            raise MailError(
                f"{self._place} refused {named}; the e-mail went to {', '.join(self._handed)} "
                "only: correct the addresses in config/board.yaml",
                sent_to=self._handed,
            )

    def _expect(self, answer: tuple[int, bytes], what: str, refused: Refused = "") -> None:
        code, words = answer
        if code // 100 != 2:
            raise MailError(
                f"{self._place} refused {what} ({self._answer(code, words)})", refused=refused
            )

    def _failed(self, error: Exception, within: timedelta) -> MailError:
        """Return what went wrong, in words that say what to do."""
        if self._with_server and not isinstance(error, smtplib.SMTPDataError):
            return MailError(
                f"{self._place} fell silent after it was given the e-mail, so it may have been "
                "sent, or not; nothing is sent again by itself",
                perhaps_sent=True,
            )
        if self._over.is_set():
            seconds = f"{within.total_seconds():g} seconds"
            why = f"did not come to an end within {seconds}"
        elif isinstance(error, ssl.SSLCertVerificationError):
            why = f"has a certificate that is not to be trusted ({error.verify_message})"
        elif isinstance(error, ssl.SSLError):
            why = f"could not agree on encryption ({_plain(error.reason or 'no reason given')})"
        elif isinstance(error, smtplib.SMTPResponseException):
            why = f"refused ({self._answer(error.smtp_code, error.smtp_error)})"
        elif isinstance(error, smtplib.SMTPServerDisconnected):
            why = "hung up"
        elif isinstance(error, smtplib.SMTPException):
            why = f"cannot be talked to ({self._told(str(error))})"
        else:
            why = f"cannot be reached ({_reason(error)})"
        return MailError(
            f"{self._place} {why}; the e-mail was not sent. Check `mail` in config/board.yaml and "
            "the network",
            refused=_refused(error.smtp_code) if isinstance(error, smtplib.SMTPDataError) else "",
        )

    def _answer(self, code: int, words: bytes | str) -> str:
        text = words if isinstance(words, str) else words.decode("utf-8", "replace")
        return f"{code} {self._told(text)}".strip() if code > 0 else "its answer is no SMTP"

    def _told(self, text: str) -> str:
        """Return the server's own words as one short line, without what it must not know."""
        for secret in self._hidden:
            text = text.replace(secret, "…")
        plain = _plain(text)
        return plain if len(plain) <= _MAX_WORDS else f"{plain[:_MAX_WORDS]}…"


class _Smtp(smtplib.SMTP):
    """smtplib's conversation, encrypted from the start where the port says so.

    After the time `begin_by` nothing more is said.
    """

    def __init__(self, server: _Server, host: str, port: int, within: timedelta) -> None:
        self._server = server
        self.begin_by: Deadline | None = None
        # The machine's own name is nobody's business, and asking for it may take long: the greeting
        # holds the address instead.
        super().__init__(host, port, local_hostname="localhost", timeout=within.total_seconds())
        self.local_hostname = self.literal

    def send(self, s: Any) -> None:
        """Send what is said. Raises MailError when it would be an e-mail that has waited."""
        if self.begin_by is not None and self.begin_by.passed:
            raise MailError("this machine slept just before sending; the e-mail was not sent")
        super().send(s)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), min(timeout, _CONNECT))
        try:
            plain.settimeout(2 * timeout)  # the watch cuts the connection long before
            self._server.keep(plain)
            self.literal = _literal(plain)
            if port != IMPLICIT_TLS:
                return plain
            context = ssl.create_default_context()
            return context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise


def _refused(*codes: int) -> Refused:
    """Return what a refusal means: https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1."""
    return "for good" if all(code // 100 == 5 for code in codes) else "for now"


def _reason(error: Exception) -> str:
    """Return what the system says of a connection that was not made."""
    words = error.strerror if isinstance(error, OSError) else None
    return _plain(words or str(error) or type(error).__name__)


def _literal(connection: socket.socket) -> str:
    """Return the address of this end as a greeting has it: RFC 5321, section 4.1.3."""
    address = ipaddress.ip_address(str(connection.getsockname()[0]).partition("%")[0])
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _hidden(user: str | None, password: str | None) -> list[str]:
    """Return every form in which the password travels: none of them may come back in an answer."""
    if not user or not password:
        return []
    plain = f"\0{user}\0{password}".encode()
    encoded = [base64.b64encode(form).decode() for form in (plain, password.encode())]
    return [password, *encoded]


def _plain(text: str) -> str:
    """Return `text` as one line that a header may hold."""
    return _UNSEEN.sub(" ", text).strip()


def _whole(text: str) -> str:
    """Return `text` without halves of characters, which no e-mail could carry."""
    return text.encode("utf-8", "replace").decode()

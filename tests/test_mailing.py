"""E-mails against a real server on loopback: what arrives, and what is said when it does not."""

from __future__ import annotations

import socket
import ssl
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from sgcomms.config import Mail
from sgcomms.errors import StateError
from sgcomms.http import Deadline
from sgcomms.mailing import Attachment, MailError, send, send_armed
from sgcomms.models import Mail as Document
from tests.mailserver import Mailbox, serving

SENDER = "comms@board.example"
HEAD, OFFICER = "head.of.service@board.example", "comms.officer@board.example"
NAME = "smtp.board.example"
LOGIN = {"username": "comms", "password": "Tr0ub4dor&3"}
RIGHT = "comms:Tr0ub4dor&3"

Serve = Callable[..., Mailbox]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server that behaves as it is told: `serve(hang_up="DATA")`."""
    with ExitStack() as stack:
        yield lambda **behaviour: stack.enter_context(serving(Mailbox(**behaviour)))


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Whoever signs certificates."""
    return trustme.CA()


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, authority: trustme.CA) -> Any:
    """Let a name of the outside world lead to a server here, and trust whoever signed for it."""
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    real = socket.getaddrinfo

    def lead(box: Mailbox) -> None:
        def found(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
            assert host == NAME
            return real("127.0.0.1", box.port, *rest, **more)

        monkeypatch.setattr(socket, "getaddrinfo", found)

    return lead


def tls(authority: trustme.CA, name: str = NAME) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def here(box: Mailbox) -> Mail:
    return Mail("127.0.0.1", box.port, SENDER)


def letter(box: Mailbox) -> EmailMessage:
    (raw,) = box.letters
    raw.decode("ascii")  # not every server takes more
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def words(part: MIMEPart | None) -> str:
    """Return what a reader sees: e-mails end their lines in their own way."""
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def failure(mail: Mail, secrets: dict[str, str] | None = None, **more: Any) -> MailError:
    """Return the error of a letter that does not get through, which never holds the password."""
    with pytest.raises(MailError) as caught:
        send(mail, secrets or {}, [HEAD], "Held", "One post is held.", **more)
    shown = "".join(traceback.format_exception(caught.value))
    assert LOGIN["password"] not in shown
    assert "\n" not in str(caught.value)
    return caught.value


class TestALetter:
    def test_arrives_as_it_was_written(self, serve: Serve) -> None:
        box = serve()
        text = "Two posts are held: “clear cot” – see below.\n.\n..and on\n" + "x" * 2000
        send(here(box), {}, [HEAD, OFFICER], "CPSPB: 2 posts need you – today", text)
        found = letter(box)
        assert found["Subject"] == "CPSPB: 2 posts need you – today"
        assert (found["From"], found["To"]) == (SENDER, f"{HEAD}, {OFFICER}")
        assert words(found) == f"{text}\n"

    def test_says_when_and_by_what_it_was_sent(self, serve: Serve) -> None:
        box = serve()
        send(here(box), {}, [HEAD], "Held", "Text")
        found = letter(box)
        assert found["Date"] == "Sun, 22 Nov 2026 09:00:00 +0000"
        assert found["Message-ID"].endswith("@board.example>")
        assert found["Auto-Submitted"] == "auto-generated"

    def test_goes_to_everybody_at_once(self, serve: Serve) -> None:
        box = serve()
        send(here(box), {}, [HEAD, OFFICER], "Held", "Text")
        assert [line for line in box.heard if line.startswith("rcpt")] == [
            f"rcpt TO:<{HEAD}>",
            f"rcpt TO:<{OFFICER}>",
        ]
        assert len(box.letters) == 1

    def test_may_hold_a_page_and_files(self, serve: Serve) -> None:
        box = serve()
        file = Attachment("reach – März\r\n.csv", "a,ä\n".encode(), "text/csv")
        send(here(box), {}, [HEAD], "Reach", "Plain", html="<p>Ünder 1</p>", attachments=[file])
        found = letter(box)
        assert words(found.get_body(["plain"])) == "Plain\n"
        assert words(found.get_body(["html"])) == "<p>Ünder 1</p>\n"
        (attached,) = found.iter_attachments()
        assert attached.get_filename() == "reach – März .csv"
        assert attached.get_content() == "a,ä\n"

    def test_names_no_machine(self, serve: Serve) -> None:
        box = serve()
        send(here(box), {}, [HEAD], "Held", "Text")
        assert box.heard[0] == "ehlo [127.0.0.1]"
        assert socket.gethostname() not in box.letters[0].decode()

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85", "\0"])
    def test_gets_no_header_by_its_subject(self, serve: Serve, end: str) -> None:
        box = serve()
        send(here(box), {}, [HEAD], f"Held{end}Bcc: all@press.example", "Text")
        assert letter(box)["Subject"] == "Held Bcc: all@press.example"
        assert letter(box)["Bcc"] is None

    @pytest.mark.parametrize(
        "address",
        ["a@b.example\nBcc: c@d.example", "a@b.example> SIZE=1", "a@b, c@d.example", "", "nobody"],
    )
    def test_goes_to_addresses_only(self, serve: Serve, address: str) -> None:
        box = serve()
        with pytest.raises(MailError, match="is no e-mail address; nothing was sent"):
            send(here(box), {}, [HEAD, address], "Held", "Text")
        assert box.heard == []

    def test_with_half_a_character_still_goes(self, serve: Serve) -> None:
        box = serve()
        send(here(box), {}, [HEAD], "Held \ud83d", "Text \ud83d")
        assert (letter(box)["Subject"], words(letter(box))) == ("Held", "Text ?\n")

    def test_to_nobody_is_told(self, serve: Serve) -> None:
        with pytest.raises(MailError, match=r"name them in config/board\.yaml"):
            send(here(serve()), {}, [], "Held", "Text")


class TestLoggingIn:
    def test_opens_the_door(self, serve: Serve) -> None:
        box = serve(login=RIGHT)
        send(here(box), LOGIN, [HEAD], "Held", "Text")
        assert letter(box)["Subject"] == "Held"

    def test_with_a_wrong_password_is_told(self, serve: Serve) -> None:
        """This server even says what it heard."""
        box = serve(login="comms:another")
        assert str(failure(here(box), LOGIN)) == (
            f"127.0.0.1:{box.port} refused the user name or the password (535): correct them under "
            "`mail` in secrets.yaml; the e-mail was not sent"
        )
        assert box.letters == []

    def test_where_nobody_can_is_told(self, serve: Serve) -> None:
        assert "lets nobody log in" in str(failure(here(serve()), LOGIN))

    def test_needs_both(self, serve: Serve) -> None:
        found = failure(here(serve()), {"username": "comms"})
        assert str(found) == "mail: secrets.yaml holds no password; give both, or neither"

    def test_with_letters_that_cannot_travel_is_told(self, serve: Serve) -> None:
        box = serve(login=RIGHT)
        assert "plain letters" in str(failure(here(box), {"username": "a", "password": "пароль"}))

    def test_what_a_server_repeats_of_it_is_left_out(self, serve: Serve) -> None:
        box = serve(login=RIGHT, answers={"MAIL": f"550 {LOGIN['password']} was your password"})
        assert "(550 … was your password)" in str(failure(here(box), LOGIN))


class TestOutsideThisMachine:
    def test_nothing_is_said_in_the_clear(
        self, serve: Serve, outside: Any, authority: trustme.CA
    ) -> None:
        box = serve(login=RIGHT, tls=tls(authority))
        outside(box)
        send(Mail(NAME, 587, SENDER), LOGIN, [HEAD], "Held", "Text")
        assert letter(box)["Subject"] == "Held"
        assert not box.in_clear
        assert [line.split(" ")[0].upper() for line in box.heard[:3]] == [
            "EHLO",
            "STARTTLS",
            "EHLO",
        ]

    def test_port_465_is_encrypted_from_the_start(
        self, serve: Serve, outside: Any, authority: trustme.CA
    ) -> None:
        box = serve(login=RIGHT, tls=tls(authority), implicit=True)
        outside(box)
        send(Mail(NAME, 465, SENDER), LOGIN, [HEAD], "Held", "Text")
        assert not box.in_clear
        assert letter(box)["Subject"] == "Held"

    @pytest.mark.parametrize("secrets", [LOGIN, {}])
    def test_a_server_without_encryption_gets_nothing(
        self, serve: Serve, outside: Any, secrets: dict[str, str]
    ) -> None:
        box = serve(login=RIGHT)
        outside(box)
        found = failure(Mail(NAME, 587, SENDER), secrets)
        assert "offers no encryption, so the e-mail was not sent" in str(found)
        assert [line.split(" ")[0] for line in box.heard if line != "QUIT"] == ["ehlo"]

    @pytest.mark.parametrize("port", [587, 465])
    def test_a_certificate_of_another_gets_nothing(
        self, serve: Serve, outside: Any, authority: trustme.CA, port: int
    ) -> None:
        box = serve(login=RIGHT, tls=tls(authority, "elsewhere.example"), implicit=port == 465)
        outside(box)
        found = failure(Mail(NAME, port, SENDER), LOGIN)
        assert "has a certificate that is not to be trusted" in str(found)
        assert box.letters == []

    @pytest.mark.parametrize("port", [587, 465])
    def test_a_certificate_signed_by_nobody_gets_nothing(
        self, serve: Serve, outside: Any, port: int
    ) -> None:
        box = serve(login=RIGHT, tls=tls(trustme.CA()), implicit=port == 465)
        outside(box)
        assert "not to be trusted" in str(failure(Mail(NAME, port, SENDER), LOGIN))

    def test_a_server_that_is_not_encrypted_on_465_is_told(
        self, serve: Serve, outside: Any
    ) -> None:
        outside(serve())
        found = failure(Mail(NAME, 465, SENDER), LOGIN)
        assert "could not agree on encryption" in str(found)


class TestRefusals:
    def test_of_everybody(self, serve: Serve) -> None:
        box = serve(refused=frozenset({HEAD}))
        found = failure(here(box))
        assert f"refused {HEAD} (550 no such user here); the e-mail was not sent" in str(found)
        assert (box.letters, found.sent_to, found.perhaps_sent) == ([], (), False)

    def test_of_some_tell_who_got_it(self, serve: Serve) -> None:
        box = serve(refused=frozenset({HEAD}))
        with pytest.raises(MailError, match=f"the e-mail went to {OFFICER} only") as caught:
            send(here(box), {}, [HEAD, OFFICER], "Held", "Text")
        assert (len(box.letters), caught.value.sent_to) == (1, (OFFICER,))

    @pytest.mark.parametrize("at", ["connect", "MAIL", "DATA", "."])
    def test_are_told_in_the_servers_words(self, serve: Serve, at: str) -> None:
        box = serve(answers={at: "554 5.7.1 no e-mail from you"})
        found = failure(here(box))
        assert "554 5.7.1 no e-mail from you" in str(found)
        assert not found.perhaps_sent

    def test_are_told_in_one_line_of_bearable_length(self, serve: Serve) -> None:
        box = serve(answers={"MAIL": "550-no\r\n550-\x1b[31mred\r\n550 " + "no" * 300})
        assert len(str(failure(here(box)))) < 400


class TestSilence:
    @pytest.mark.parametrize("at", ["connect", "EHLO", "AUTH", "MAIL", "RCPT"])
    def test_before_the_letter_is_a_letter_not_sent(self, serve: Serve, at: str) -> None:
        found = failure(here(serve(login=RIGHT, hang_up=at)), LOGIN)
        assert "hung up; the e-mail was not sent" in str(found)
        assert not found.perhaps_sent

    @pytest.mark.parametrize("how", ["hang_up", "trickle", "garble"])
    def test_after_the_letter_leaves_it_open(self, serve: Serve, how: str) -> None:
        box = serve(**{how: "."})
        found = failure(here(box), within=timedelta(seconds=1))
        assert found.perhaps_sent
        assert "it may have been sent, or not" in str(found)
        assert len(box.letters) == 1

    @pytest.mark.parametrize("at", ["connect", "EHLO", "AUTH", "MAIL", "RCPT"])
    def test_for_too_long_is_cut_however_it_trickles(self, serve: Serve, at: str) -> None:
        box = serve(login=RIGHT, trickle=at)
        found = failure(here(box), LOGIN, within=timedelta(seconds=0.3))
        assert "did not come to an end within 0.3 seconds" in str(found)
        assert box.letters == []

    def test_during_encryption_is_cut_too(
        self, serve: Serve, outside: Any, authority: trustme.CA
    ) -> None:
        """A server that says nothing where encryption should begin."""
        box = serve(tls=tls(authority), trickle="connect")
        outside(box)
        found = failure(Mail(NAME, 587, SENDER), LOGIN, within=timedelta(seconds=0.3))
        assert "0.3 seconds" in str(found)

    def test_where_nobody_speaks_at_all(self) -> None:
        """The port is taken, and nobody answers: encryption would wait for ever."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            mail = Mail("127.0.0.1", silent.getsockname()[1], SENDER)
            found = failure(mail, within=timedelta(seconds=0.3))
        assert "did not come to an end" in str(found)

    @pytest.mark.parametrize("at", ["connect", "MAIL"])
    def test_nonsense_is_told(self, serve: Serve, at: str) -> None:
        found = failure(here(serve(garble=at)))
        assert "(its answer is no SMTP)" in str(found)


def test_where_nobody_listens_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert str(failure(Mail("127.0.0.1", port, SENDER))) == (
        f"127.0.0.1:{port} cannot be reached (Connection refused); the e-mail was not sent. Check "
        "`mail` in config/board.yaml and the network"
    )


def test_a_name_that_does_not_exist_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    found = failure(Mail("smtp.nowhere.example", 587, SENDER))
    assert "smtp.nowhere.example:587 cannot be reached (Name or service not known)" in str(found)


class TestAnArmedLetter:
    """One whose sender commits to it just before it is handed over."""

    @staticmethod
    def give(box: Mailbox, arm: Callable[[], Deadline], within: float = 60) -> None:
        document = Document("monthly-2021-03", "Reach", "Plain", "<p>Page</p>")
        send_armed(here(box), {}, HEAD, document, "abc", arm, timedelta(seconds=within))

    def test_is_armed_once_the_server_wants_it(self, serve: Serve) -> None:
        box, heard = serve(), list[str]()

        def arm() -> Deadline:
            heard.extend(box.heard)
            return Deadline(5)

        self.give(box, arm)
        assert heard[-1] == f"rcpt TO:<{HEAD}>"
        assert letter(box)["Message-ID"] == "<abc@board.example>"

    @pytest.mark.parametrize("behaviour", [{"refused": frozenset({HEAD})}, {"hang_up": "RCPT"}])
    def test_is_not_armed_where_it_cannot_go(self, serve: Serve, behaviour: dict[str, Any]) -> None:
        def arm() -> Deadline:
            raise AssertionError

        with pytest.raises(MailError) as caught:
            self.give(serve(**behaviour), arm)
        assert not caught.value.perhaps_sent

    def test_is_not_handed_over_when_its_time_is_up(self, serve: Serve) -> None:
        box = serve()
        with pytest.raises(MailError, match="slept just before sending") as caught:
            self.give(box, lambda: Deadline(0))
        assert not caught.value.perhaps_sent
        assert box.letters == []

    def test_is_not_handed_over_when_that_is_refused(self, serve: Serve) -> None:
        def arm() -> Deadline:
            raise StateError("paused")

        box = serve()
        with pytest.raises(StateError, match="paused"):
            self.give(box, arm)
        assert box.letters == []

    @pytest.mark.parametrize(
        ("behaviour", "refused"),
        [
            ({"answers": {"RCPT": "550 no"}}, "for good"),
            ({"answers": {"RCPT": "451 later"}}, "for now"),
            ({"answers": {"DATA": "554 no"}}, "for good"),
            ({"answers": {".": "451 later"}}, "for now"),
            ({"answers": {".": "552 too large"}}, "for good"),
            ({"answers": {"MAIL": "550 not you"}}, ""),
            ({"answers": {"connect": "554 nobody is here"}}, ""),
            ({"garble": "RCPT"}, "for now"),
        ],
    )
    def test_that_is_refused_says_for_how_long(
        self, serve: Serve, behaviour: dict[str, Any], refused: str
    ) -> None:
        with pytest.raises(MailError) as caught:
            self.give(serve(**behaviour), lambda: Deadline(5))
        assert (caught.value.refused, caught.value.perhaps_sent) == (refused, False)

    @pytest.mark.parametrize("how", ["hang_up", "trickle", "garble"])
    def test_may_have_gone_out_after_silence(self, serve: Serve, how: str) -> None:
        with pytest.raises(MailError) as caught:
            self.give(serve(**{how: "."}), lambda: Deadline(5), within=1)
        assert caught.value.perhaps_sent


class TestAnotherServer:
    """A server that somebody else wrote: aiosmtpd, encrypted, with a log-in."""

    def test_takes_a_letter(
        self, outside: Any, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        taken = list[Envelope]()

        class Handler:
            async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
                taken.append(envelope)
                return "250 taken"

        def log_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
            given = f"{data.login.decode()}:{data.password.decode()}"
            return AuthResult(success=given == RIGHT)

        with socket.create_server(("127.0.0.1", 0)) as taken_by_nobody:
            port = taken_by_nobody.getsockname()[1]
        controller = Controller(
            Handler(),
            hostname="127.0.0.1",
            port=port,
            tls_context=tls(authority),
            require_starttls=True,
            authenticator=log_in,
            auth_required=True,
        )
        document = Document("monthly-2021-03", "Reach – März", "Plain", "<p>Page</p>")
        controller.start()
        try:
            outside(Mailbox(port=port))
            mail = Mail(NAME, 587, SENDER)
            send_armed(mail, LOGIN, HEAD, document, "abc", lambda: Deadline(5))
        finally:
            controller.stop()
        (envelope,) = taken
        assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, [HEAD])
        content = envelope.content
        assert isinstance(content, bytes)
        found = message_from_bytes(content, policy=policy.default)
        assert found["Subject"] == "Reach – März"

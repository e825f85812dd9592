"""A small real SMTP server on loopback, which can be as difficult as servers are."""

from __future__ import annotations

import base64
import contextlib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Mailbox:
    """What a server heard, and how it behaves. `login` is "user:password".

    `hang_up`, `trickle` and `garble` name the command at which it does so: connect, EHLO, AUTH,
    MAIL, RCPT, DATA, or `.` for the end of the e-mail. `answers` replaces the answer to a command.
    Who is in `refused` gets the answer `refusal`.
    """

    login: str | None = None
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    refused: frozenset[str] = frozenset()
    refusal: str = "550 no such user here"
    hang_up: str | None = None
    trickle: str | None = None
    garble: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    port: int = 0
    heard: list[str] = field(default_factory=list)
    letters: list[bytes] = field(default_factory=list)
    in_clear: bool = True
    over: threading.Event = field(default_factory=threading.Event)


class _HungUpError(Exception):
    """The server has had enough of this conversation."""


class _Talk(socketserver.StreamRequestHandler):
    box: Mailbox

    def setup(self) -> None:
        if self.box.implicit and self.box.tls is not None:
            self.request = self.box.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.request.close()

    def handle(self) -> None:
        with contextlib.suppress(_HungUpError, OSError):
            self._say("connect", "220 mail.board.example ready")
            while line := self.rfile.readline(2000):
                self._answer(line.decode("utf-8", "replace").rstrip("\r\n"))

    def _answer(self, line: str) -> None:
        self.box.heard.append(line)
        verb = line.split(" ", maxsplit=1)[0].upper()
        if verb == "EHLO":
            extensions = ["250-mail.board.example"]
            if self.box.tls is not None and not isinstance(self.request, ssl.SSLSocket):
                extensions.append("250-STARTTLS")
            if self.box.login is not None:
                extensions.append("250-AUTH PLAIN")
            self._say("EHLO", "\r\n".join([*extensions, "250 8BITMIME"]))
        elif verb == "STARTTLS" and self.box.tls is not None:
            self._say(verb, "220 go on")
            self.request = self.box.tls.wrap_socket(self.request, server_side=True)
            super().setup()
        elif verb == "AUTH":
            self.box.in_clear = not isinstance(self.request, ssl.SSLSocket)
            given = base64.b64decode(line.split(" ")[2]).decode().split("\0")[1:]
            right = ":".join(given) == self.box.login
            self._say(verb, "235 welcome" if right else f"535 not {given[1]}, {line}")
        elif verb == "RCPT":
            address = line.partition("<")[2].partition(">")[0]
            known = address not in self.box.refused
            self._say(verb, "250 fine" if known else self.box.refusal)
        elif verb == "DATA":
            if self._say(verb, "354 go on").startswith("354"):
                self._take()
        else:
            self._say(verb, "221 bye" if verb == "QUIT" else "250 fine")

    def _take(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        self.box.letters.append(b"".join(lines))
        self._say(".", "250 taken")

    def _say(self, at: str, words: str) -> str:
        if self.box.hang_up == at:
            raise _HungUpError
        words = self.box.answers.get(at, words)
        if self.box.garble == at:
            words = "what do you mean"
        if self.box.trickle == at:
            for letter in "250-" + "slowly " * 1000:
                self.wfile.write(letter.encode())
                if self.box.over.wait(0.02):
                    raise _HungUpError
        self.wfile.write(words.encode() + b"\r\n")
        return words


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that breaks off is what the tests are about."""


@contextlib.contextmanager
def serving(box: Mailbox) -> Iterator[Mailbox]:
    """Serve `box` on a port of its own."""
    talk = type("Talk", (_Talk,), {"box": box})
    with _Server(("127.0.0.1", 0), talk) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield box
        finally:
            box.over.set()
            server.shutdown()
            thread.join()

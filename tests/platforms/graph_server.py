"""A server on loopback that answers as it is told, well or badly, and keeps what it was asked."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

Fault = Literal["", "close", "reset", "half", "short", "trickle", "hang"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def form(self) -> dict[str, str]:
        """The fields of the form, without its files."""
        if self._is_multipart:
            return {name: one.decode() for name, (one, file) in self._parts.items() if not file}
        return dict(parse_qsl(self.body.decode()))

    @property
    def files(self) -> dict[str, bytes]:
        return {name: one for name, (one, file) in self._parts.items() if file}

    @property
    def _is_multipart(self) -> bool:
        return self.headers.get("content-type", "").startswith("multipart/form-data")

    @property
    def _parts(self) -> dict[str, tuple[bytes, str | None]]:
        if not self._is_multipart:
            return {}
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        whole = message_from_bytes(head + self.body, policy=HTTP)
        found: dict[str, tuple[bytes, str | None]] = {}
        for part in whole.iter_parts():
            name = part.get_param("name", header="content-disposition")
            found[str(name)] = (bytes(part.get_payload(decode=True)), part.get_filename())
        return found


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: `body` as JSON unless it is bytes, or a fault in its place."""

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Fault = ""

    def wire(self) -> bytes:
        content = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        lines = [f"HTTP/1.1 {self.status} Said"]
        sent = {"Content-Length": str(len(content)), "Connection": "close", **self.headers}
        lines += [f"{name}: {value}" for name, value in sent.items()]
        return "\r\n".join([*lines, "", ""]).encode() + content


Answer = Callable[[Request], Reply]


class Server:
    """Listens on a free port. `answer` can be changed at any time; `got` is what arrived."""

    def __init__(self, answer: Answer = lambda request: Reply()) -> None:
        self.answer = answer
        self.got: list[Request] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._stopped.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join()

    def _listen(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(20)
            request = _read(connection)
            if request is None:
                return
            self.got.append(request)
            self._reply(connection, self.answer(request))

    def _reply(self, connection: socket.socket, reply: Reply) -> None:
        wire = reply.wire()
        if reply.fault == "hang":
            self._stopped.wait(20)
        elif reply.fault == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif reply.fault == "trickle":
            for byte in wire:
                connection.sendall(bytes((byte,)))
                if self._stopped.wait(0.05):
                    return
        elif reply.fault == "half":
            connection.sendall(wire[: len(wire) - len(wire.partition(b"\r\n\r\n")[2]) // 2 - 1])
        elif reply.fault == "short":
            longer = re.sub(
                rb"Content-Length: (\d+)",
                lambda found: b"Content-Length: %d" % (int(found[1]) + 9),
                wire,
            )
            connection.sendall(longer)
        elif reply.fault != "close":
            connection.sendall(wire)


def _read(connection: socket.socket) -> Request | None:
    whole = b""
    while b"\r\n\r\n" not in whole:
        part = connection.recv(1 << 16)
        if not part:
            return None
        whole += part
        if whole.startswith(b"\x16"):  # somebody wants to speak TLS
            connection.sendall(b"HTTP/1.1 400 No TLS here\r\n\r\n")
            return None
    head, _, body = whole.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines}
    while len(body) < int(headers.get("content-length", "0")):
        part = connection.recv(1 << 16)
        if not part:
            return None
        body += part
    method, target, _ = first.split(" ")
    return Request(method, target, headers, body)


@contextmanager
def serving(answer: Answer = lambda request: Reply()) -> Iterator[Server]:
    """Run a server as long as the block lasts."""
    server = Server(answer)
    try:
        yield server
    finally:
        server.stop()

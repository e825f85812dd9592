"""HTTP/1.1 on a socket: requests read, answers written, and every way of not answering.

The standard library's own server hides the connection, and its parser is slow: what is needed here
is little, and exact control over what leaves the machine.
"""

from __future__ import annotations

import json
import os
import re
import select
import socket
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

LONGEST_HANG = 300.0
"""Seconds after which a request that is never answered is dropped: no test waits so long."""

TRICKLE_EVERY = 0.05
"""Seconds between two bytes of an answer that trickles: every one of them is a sign of life."""

Pairs = list[tuple[str, str]]


class GoneError(Exception):
    """The other side closed the connection, or sent what is no request."""


@dataclass(frozen=True)
class Request:
    """One request. `files` are the parts of a multipart body that have a file name."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def path(self) -> str:
        return urlsplit(self.target).path

    @cached_property
    def query(self) -> Pairs:
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    @cached_property
    def kind(self) -> str:
        """Return the kind of the body, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def data(self) -> Any:
        """Return the body as JSON, or None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @cached_property
    def form(self) -> Pairs:
        """Return the fields of a form, of whichever kind."""
        if self.kind == "application/x-www-form-urlencoded":
            return parse_qsl(self.body.decode(), keep_blank_values=True)
        if self.kind == "application/json" and isinstance(self.data, dict):
            return [
                (name, value if isinstance(value, str) else json.dumps(value))
                for name, value in self.data.items()
            ]
        return [(name, content.decode()) for name, file, content in self._parts if file is None]

    @cached_property
    def files(self) -> dict[str, bytes]:
        return {name: content for name, file, content in self._parts if file is not None}

    @cached_property
    def params(self) -> dict[str, str]:
        """Return query and form together, as the Graph API reads them."""
        return dict([*self.query, *self.form])

    @cached_property
    def _parts(self) -> list[tuple[str, str | None, bytes]]:
        boundary = re.search(r'boundary="?([^";]+)', self.headers.get("content-type", ""))
        if self.kind != "multipart/form-data" or boundary is None:
            return []
        found = []
        for part in self.body.split(b"--" + boundary[1].encode())[1:-1]:
            head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            words = head.decode("utf-8", "replace")
            name = re.search(r'[; ]name="([^"]*)"', words)
            file = re.search(r'filename="([^"]*)"', words)
            if name is not None:
                content = content.removesuffix(b"\r\n")
                found.append((name[1], file[1] if file else None, content))
        return found


@dataclass(frozen=True)
class Answer:
    """One answer. A body that is not bytes is written as JSON."""

    status: int
    body: object = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def refuses(self) -> bool:
        return self.status >= 400

    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False).encode()

    def head(self, length: int) -> bytes:
        """Return the first line and the headers of an answer of `length` bytes."""
        kind = "text/html" if isinstance(self.body, bytes) else "application/json; charset=utf-8"
        headers = {"Content-Type": kind, **self.headers, "Content-Length": str(length)}
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Connection:
    """One client's connection, kept alive from request to request."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self._unread = b""

    def read(self) -> Request:
        """Return the next request. Raises GoneError when there is none."""
        while b"\r\n\r\n" not in self._unread:
            self._more()
        head, _, rest = self._unread.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        words = first.split(" ")
        if len(words) != 3:
            raise GoneError
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        length = int(headers.get("content-length", "0"))
        if headers.get("expect", "").lower() == "100-continue":
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._unread = rest
        while len(self._unread) < length:
            self._more()
        body, self._unread = self._unread[:length], self._unread[length:]
        return Request(words[0], words[1], headers, body)

    def _more(self) -> None:
        try:
            chunk = self.sock.recv(262_144)
        except OSError:
            raise GoneError from None
        if not chunk:
            raise GoneError
        self._unread += chunk

    def send(self, answer: Answer, *, body: bool = True) -> None:
        """Answer the request; `body` is false for HEAD."""
        content = answer.content()
        self._write(answer.head(len(content)) + (content if body else b""))

    def send_half(self, answer: Answer) -> None:
        """Promise the whole answer, send half of it, and close."""
        content = answer.content()
        self._write(answer.head(len(content)) + content[: len(content) // 2])
        self.close()

    def trickle(self, answer: Answer) -> None:
        """Send an answer byte by byte, with white space before it that never seems to end."""
        content = b" " * 1_000_000 + answer.content()
        self._write(answer.head(len(content)))
        until = time.monotonic() + LONGEST_HANG
        for number in range(len(content)):
            self._write(content[number : number + 1])
            if time.monotonic() > until:
                break
            time.sleep(TRICKLE_EVERY)
        self.close()

    def hang(self) -> None:
        """Answer nothing until the client gives up."""
        until = time.monotonic() + LONGEST_HANG
        while (left := until - time.monotonic()) > 0:
            readable, _, _ = select.select([self.sock], [], [], left)
            if readable:
                try:
                    if not self.sock.recv(65_536):
                        break
                except OSError:
                    break
        self.close()

    def reset(self) -> None:
        """Break the connection with a reset, so that the client is not told a plain end."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handle = self.sock.detach()
        if handle >= 0:
            os.close(handle)
        raise GoneError

    def close(self) -> None:
        """End the connection without another word."""
        self.sock.close()
        raise GoneError

    def _write(self, content: bytes) -> None:
        try:
            self.sock.sendall(content)
        except OSError:
            self.close()

"""A small real stand-in for GOV.UK Notify on loopback, which checks the client's own signature."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"board_key-{SERVICE}-{SECRET}"
SKEW = 30
"""Seconds by which a token may be older than the server's own time."""


@dataclass(slots=True)
class Service:
    """What was sent, and how it behaves. `faults` are used up, one an e-mail; "" is none.

    A number is a status to refuse with; "lost" takes the e-mail and hangs up, "unsent" only hangs
    up, and "garbage" takes it and answers a page. `looks` is the status of an answer to a look.
    """

    port: int = 0
    faults: list[str] = field(default_factory=list)
    looks: int = 200
    status: str = "created"
    taken: list[dict[str, Any]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        """What its addresses begin with."""
        return f"http://127.0.0.1:{self.port}"


class _Talk(BaseHTTPRequestHandler):
    service: Service

    def do_GET(self) -> None:
        self.service.heard.append(f"GET {self.path}")
        if not self._signed():
            return
        wanted = parse_qs(urlsplit(self.path).query).get("reference", [""])[0]
        found = [one for one in self.service.taken if one["reference"] == wanted]
        known = [
            {
                "id": one["id"],
                "reference": one["reference"],
                "email_address": one["email_address"],
                "status": one.get("status", self.service.status),
            }
            for one in found
        ]
        self._say(self.service.looks, {"notifications": known, "links": {}})

    def do_POST(self) -> None:
        self.service.heard.append(f"POST {self.path}")
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._signed():
            return
        fault = self.service.faults.pop(0) if self.service.faults else ""
        if fault.isdigit():
            self._refuse(int(fault), "FaultError", f"a fault called {fault}")
            return
        if fault != "unsent":
            self.service.taken.append({**sent, "id": str(uuid.uuid4())})
        if fault in ("lost", "unsent"):
            self.close_connection = True
        elif fault == "garbage":
            self._answer(200, b"<html>Maintenance</html>")
        elif fault == "no id":
            self._say(201, {"id": None})
        else:
            self._say(201, {"id": self.service.taken[-1]["id"], "reference": sent["reference"]})

    def _signed(self) -> bool:
        token = (self.headers["Authorization"] or "").removeprefix("Bearer ")
        try:
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
        except jwt.InvalidTokenError:
            self._refuse(403, "AuthError", "Invalid token: signature, api token not found")
            return False
        if claims["iss"] == SERVICE and abs(time.time() - claims["iat"]) <= SKEW:
            return True
        self._refuse(403, "AuthError", "Error: Your system clock must be accurate")
        return False

    def _refuse(self, status: int, error: str, words: str) -> None:
        self._say(status, {"status_code": status, "errors": [{"error": error, "message": words}]})

    def _say(self, status: int, answer: object) -> None:
        self._answer(status, json.dumps(answer).encode())

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def notify() -> Iterator[Service]:
    """Serve on a port of its own."""
    service = Service()
    talk = type("Talk", (_Talk,), {"service": service})
    with ThreadingHTTPServer(("127.0.0.1", 0), talk) as server:
        service.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()

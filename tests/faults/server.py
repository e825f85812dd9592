"""The fake platforms as a process of their own: `python -m tests.faults.server`.

Prints one line of JSON with its two ports: the platforms', and that of the host elsewhere, to which
redirects point. Ends when its standard input ends, so that it never outlives who started it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.faults import facebook_api, instagram_api, x_api
from tests.faults.canaries import CANARIES
from tests.faults.ledger import Seen, secrets_in
from tests.faults.rules import ACCEPTED, NONE, Rules
from tests.faults.state import Route, State
from tests.faults.wire import Answer, Connection, GoneError, Request

GARBAGE = b"<html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>"
HOST = "127.0.0.1"


class Server:
    """The platforms, the public folder of pictures, and what a test controls them by."""

    def __init__(self) -> None:
        self.state = State()
        self.elsewhere = 0

    def serve(self, connection: Connection) -> None:
        """Answer one request."""
        request = connection.read()
        if request.path.startswith("/control/"):
            connection.send(self._control(request))
            return
        state = self.state
        found = _route(state, request)
        if found is None:
            connection.send(Answer(404, {"error": {"message": "Unknown path", "code": 2500}}))
            return
        rule = state.rules.choose(found.protocol, found.request, request.path, found.key)
        seen = state.ledger.see(_seen(request, found, rule["fault"]))
        time.sleep(float(state.settings["latency_ms"]) / 1000)
        self._answer(connection, request, found, dict(rule), seen)

    def _answer(
        self,
        connection: Connection,
        request: Request,
        found: Route,
        rule: dict[str, Any],
        seen: Seen,
    ) -> None:
        """Carry the request out, or not, and answer it, or not, as the rule says."""
        fault = rule["fault"]
        if fault in ("hang-before", "reset-before"):
            (connection.hang if fault == "hang-before" else connection.reset)()
        if fault.startswith("redirect"):
            location = f"http://{HOST}:{self.elsewhere}{request.target}"
            answer = Answer(307 if fault == "redirect-307" else 302, b"", {"Location": location})
        elif fault in (NONE, *ACCEPTED):
            answer = found.act()
            seen.made_public = found.request == "public" and not answer.refuses
        else:
            answer = found.refuse(rule)
        seen.status = answer.status
        if fault not in ACCEPTED or answer.refuses:
            connection.send(answer, body=request.method != "HEAD")
            return
        self._spoil(connection, fault, answer, found, rule, seen)

    def _spoil(
        self,
        connection: Connection,
        fault: str,
        answer: Answer,
        found: Route,
        rule: dict[str, Any],
        seen: Seen,
    ) -> None:
        """Keep the answer to a request that was carried out from being understood."""
        ways: dict[str, Callable[[], None]] = {
            "accept-then-hang": connection.hang,
            "accept-then-reset": connection.reset,
            "accept-then-close": connection.close,
            "half-body": lambda: connection.send_half(answer),
            "trickle": lambda: connection.trickle(answer),
            "garbage-200": lambda: connection.send(Answer(200, GARBAGE)),
        }
        if fault in ways:
            ways[fault]()
            return
        spoilt = found.refuse(rule)
        seen.status = spoilt.status
        connection.send(spoilt)

    def serve_elsewhere(self, connection: Connection) -> None:
        """Answer a request that a redirect brought to another host, and note what it gave away."""
        request = connection.read()
        note = {
            "method": request.method,
            "path": request.path,
            "token_in": _tokens(request),
            "body": len(request.body),
        }
        with self.state.ledger.lock:
            self.state.ledger.elsewhere = [*self.state.ledger.elsewhere, note]
        connection.send(Answer(200, {"data": {"id": "1", "text": "elsewhere"}, "id": "1"}))

    def _control(self, request: Request) -> Answer:
        name, data = request.path.removeprefix("/control/"), request.data
        if request.method == "GET":
            return self._report(name)
        try:
            return self._order(name, data)
        except (KeyError, TypeError, ValueError) as error:
            return Answer(400, {"error": f"{type(error).__name__}: {error}"})

    def _report(self, name: str) -> Answer:
        ledger = self.state.ledger
        with ledger.lock:
            if name == "ledger":
                posts = [one.as_json() for one in ledger.posts]
                return Answer(200, {"public": posts, "by_key": ledger.by_key()})
            if name == "requests":
                return Answer(200, {"requests": [vars(one) for one in ledger.requests]})
            if name == "elsewhere":
                return Answer(200, {"requests": list(ledger.elsewhere)})
        return Answer(404, {"error": name})

    def _order(self, name: str, data: Any) -> Answer:
        state = self.state
        if name == "faults":
            state.rules = Rules(data["rules"])
        elif name == "reset":
            self.state = State(ahead=state.ahead)
        elif name == "latency_ms":
            state.settings["latency_ms"] = float(data["latency_ms"])
        elif name == "settings":
            unknown = set(data) - set(state.settings)
            if unknown:
                raise KeyError(*unknown)
            state.settings.update(data)
        elif name == "clock":
            state.ahead = datetime.fromisoformat(data["now"]) - datetime.now(UTC)
        elif name == "containers":
            state.containers[data["id"]]["expired"] = bool(data["expired"])
        else:
            return Answer(404, {"error": name})
        return Answer(200, {"ok": True})


def _route(state: State, request: Request) -> Route | None:
    if request.path.startswith("/media/"):
        return Route("media", "fetch", "", lambda: _picture(state, request), _no_picture)
    if request.path.startswith("/2/"):
        return x_api.route(state, request)
    return facebook_api.route(state, request) or instagram_api.route(state, request)


def _picture(state: State, request: Request) -> Answer:
    """Show the public a file of the folder that stands for the board's own website."""
    folder, name = state.settings["media_folder"], Path(request.path).name
    path = Path(folder or "/nowhere") / name
    if not path.is_file() or request.method not in ("GET", "HEAD"):
        return Answer(404, b"<html>Not found</html>")
    kind = "image/jpeg" if path.suffix in (".jpg", ".jpeg") else "image/png"
    return Answer(200, path.read_bytes(), {"Content-Type": kind})


def _no_picture(rule: dict[str, Any]) -> Answer:
    status = int(rule["fault"][:3]) if rule["fault"][:3].isdigit() else 503
    return Answer(status, b"<html>No</html>")


def _seen(request: Request, found: Route, fault: str) -> Seen:
    return Seen(
        number=0,
        protocol=found.protocol,
        request=found.request,
        method=request.method,
        path=request.path,
        target=request.target,
        fields=sorted({name for name, _ in [*request.query, *request.form]} | set(request.files)),
        key=found.key,
        fault=fault,
        token_in=_tokens(request),
    )


def _tokens(request: Request) -> list[str]:
    return secrets_in(CANARIES, str(request.headers), request.target, request.body)


def _listen(serve: Callable[[Connection], None]) -> int:
    """Serve connections on a free port from now on, each in a thread, and return the port."""
    listener = socket.create_server((HOST, 0), backlog=512)

    def converse(sock: socket.socket) -> None:
        connection = Connection(sock)
        try:
            while True:
                serve(connection)
        except GoneError:
            sock.close()

    def accept() -> None:
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=converse, args=(sock,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return int(listener.getsockname()[1])


def main() -> None:
    """Serve until standard input ends."""
    server = Server()
    server.elsewhere = _listen(server.serve_elsewhere)
    ports = {"port": _listen(server.serve), "elsewhere": server.elsewhere}
    print(json.dumps(ports), flush=True)  # noqa: T201  how whoever started it learns them
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()

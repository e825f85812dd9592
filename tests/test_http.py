"""Requests: what is told apart, how long they last, where they go, what is never shown."""

from __future__ import annotations

import base64
import json
import logging
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import trustme

from sgcomms import clock
from sgcomms.errors import AuthError, PlatformError, UnavailableError, UncertainError
from sgcomms.http import Answer, Client, Deadline, File, Redactor, begun_before, fetch
from tests.fakes import Machine
from tests.platforms.graph_server import Fault, Reply, Server, serving

TOKEN = "EAACanary/0123456789+token"  # noqa: S105  a canary
SHORT = timedelta(seconds=0.4)

FORMS = (
    TOKEN,
    quote(TOKEN, safe=""),
    base64.b64encode(TOKEN.encode()).decode().rstrip("="),
    "Canary",
)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


def client(base: str, deadline: timedelta = timedelta(seconds=10), **options: Any) -> Client:
    return Client(
        base,
        hosts=("graph.facebook.com",),
        headers={"Authorization": f"Bearer {TOKEN}"},
        secrets=[TOKEN],
        label="Graph",
        deadline=deadline,
        sleep=lambda seconds: None,
        **options,
    )


Ask = Callable[[Client], Answer]


def get(one: Client) -> Answer:
    return one.get("thing", {"a": "b c"})


def query(one: Client) -> Answer:
    return one.query("thing", body={"a": "b c"})


def post(one: Client) -> Answer:
    return one.post("thing", {"message": "words"})


def delete(one: Client) -> Answer:
    return one.delete("thing")


CHANGES = pytest.mark.parametrize("ask", [post, delete], ids=["post", "delete"])
ASKS = pytest.mark.parametrize("ask", [get, query], ids=["get", "query"])
ALL = pytest.mark.parametrize(
    "ask", [get, query, post, delete], ids=["get", "query", "post", "delete"]
)


class TestAnswers:
    @ALL
    def test_come_with_status_headers_and_json(self, server: Server, ask: Ask) -> None:
        server.answer = lambda _: Reply({"id": "1"}, headers={"X-App-Usage": "{}"})
        answer = ask(client(server.base))
        assert (answer.status, answer.json, answer.text) == (200, {"id": "1"}, '{"id": "1"}')
        assert answer.headers["x-app-usage"] == "{}"
        assert answer.fine

    @ALL
    @pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
    def test_of_every_status_are_answers(self, server: Server, ask: Ask, status: int) -> None:
        server.answer = lambda _: Reply(b"<html>", status)
        answer = ask(client(server.base))
        assert (answer.status, answer.json, answer.fine) == (status, None, False)

    def test_requests_carry_what_they_are_given(self, server: Server) -> None:
        one = client(server.base)
        get(one)
        post(one)
        one.post(
            "/photos", {"alt": "A cot"}, files={"source": File("a.jpg", "image/jpeg", b"\xff")}
        )
        query(one)
        one.query("asked", form={"date": "2026-10-01,2026-10-31"})
        assert [(r.method, r.path) for r in server.got] == [
            ("GET", "/thing"),
            ("POST", "/thing"),
            ("POST", "/photos"),
            ("POST", "/thing"),
            ("POST", "/asked"),
        ]
        assert server.got[0].query == {"a": "b c"}
        assert server.got[1].form == {"message": "words"}
        assert (server.got[2].form, server.got[2].files) == ({"alt": "A cot"}, {"source": b"\xff"})
        assert json.loads(server.got[3].body) == {"a": "b c"}
        assert server.got[3].headers["content-type"] == "application/json"
        assert server.got[4].form == {"date": "2026-10-01,2026-10-31"}
        assert {r.headers["authorization"] for r in server.got} == {f"Bearer {TOKEN}"}
        assert {r.headers["user-agent"] for r in server.got} == {"sgcomms"}


BAD: list[tuple[str, Reply]] = [
    ("closed", Reply(fault="close")),
    ("reset", Reply(fault="reset")),
    ("half", Reply({"id": "1" * 99}, fault="half")),
    ("short", Reply({"id": "1"}, fault="short")),
    ("html", Reply(b"<html>fine</html>")),
    ("nothing", Reply(b"")),
    ("half json", Reply(b'{"id": "1')),
    ("deep json", Reply(b"[" * 100_000)),
    ("bad chunks", Reply(b"zz\r\n{}", headers={"Transfer-Encoding": "chunked"})),
    ("bad gzip", Reply(b"no gzip", headers={"Content-Encoding": "gzip"})),
    ("no http", Reply(b"", status=99_999)),
    ("redirect", Reply({}, 302, {"Location": "https://graph.facebook.com/elsewhere"})),
    ("redirect 307", Reply({}, 307, {"Location": "/elsewhere"})),
    ("huge", Reply(b"1" * 5_000_001)),
]


class TestWhatGoesWrong:
    @pytest.mark.parametrize("reply", [one for _, one in BAD], ids=[name for name, _ in BAD])
    class TestAfterItArrived:
        @CHANGES
        def test_is_uncertain_and_never_sent_again(
            self, server: Server, ask: Ask, reply: Reply
        ) -> None:
            server.answer = lambda _: reply
            with pytest.raises(UncertainError, match="Graph was reached and gave no clear answer"):
                ask(client(server.base))
            assert len(server.got) == 1

        @ASKS
        def test_is_no_harm_where_it_only_asked(
            self, server: Server, ask: Ask, reply: Reply
        ) -> None:
            server.answer = lambda _: reply
            with pytest.raises(UnavailableError):
                ask(client(server.base))
            assert len(server.got) == 3

    @ALL
    def test_a_connection_that_is_refused_sent_nothing(self, ask: Ask) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with pytest.raises(UnavailableError, match="Graph was not reached"):
            ask(client(f"http://127.0.0.1:{port}"))

    @ALL
    def test_a_name_that_nobody_knows_sent_nothing(
        self, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def unknown(*_: object, **__: object) -> list[Any]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        with pytest.raises(UnavailableError, match="Graph was not reached"):
            ask(client("https://graph.facebook.com"))

    @ALL
    def test_a_handshake_that_fails_sent_nothing(self, server: Server, ask: Ask) -> None:
        with pytest.raises(UnavailableError, match="no secure connection"):
            ask(client(server.base.replace("http:", "https:")))
        assert server.got == []

    @ASKS
    def test_what_asks_is_repeated_three_times_at_most(self, server: Server, ask: Ask) -> None:
        replies = iter([Reply({}, 500), Reply(fault="reset"), Reply({"id": "1"})])
        server.answer = lambda _: next(replies)
        assert ask(client(server.base)).json == {"id": "1"}
        server.answer = lambda _: Reply({}, 503)
        assert ask(client(server.base)).status == 503
        assert len(server.got) == 6
        server.answer = lambda _: Reply(fault="close")
        with pytest.raises(UnavailableError):
            client(server.base).get("thing", tries=1)
        assert len(server.got) == 7

    def test_every_try_can_be_counted_and_forbidden(self, server: Server) -> None:
        counted: list[int] = []

        def count() -> None:
            if len(counted) == 2:
                raise ValueError("enough")
            counted.append(len(server.got))

        server.answer = lambda _: Reply({}, 500)
        with pytest.raises(ValueError, match="enough"):
            client(server.base).query("thing", body={}, before=count)
        assert counted == [0, 1]
        assert len(server.got) == 2


class TestTime:
    @ALL
    @pytest.mark.parametrize("fault", ["trickle", "hang"])
    def test_is_up_when_it_is_up(self, server: Server, ask: Ask, fault: Fault) -> None:
        server.answer = lambda _: Reply({"id": "1" * 9999}, fault=fault)
        began = time.monotonic()
        kind = UnavailableError if ask in (get, query) else UncertainError
        with pytest.raises(kind, match="no whole answer in time"):
            ask(client(server.base, SHORT))
        assert time.monotonic() - began < SHORT.total_seconds() + 1
        assert len(server.got) == 1

    @ALL
    def test_that_a_handshake_uses_up_sent_nothing(self, ask: Ask) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            one = client(f"https://127.0.0.1:{silent.getsockname()[1]}", SHORT)
            with pytest.raises(UnavailableError, match="not reached: there was no"):
                ask(one)

    @ALL
    def test_that_the_name_service_uses_up_sent_nothing_then_or_later(
        self, server: Server, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known, go_on, asked = socket.getaddrinfo, threading.Event(), threading.Event()

        def slow(host: str, port: int, *rest: Any, **more: Any) -> Any:
            asked.set()
            go_on.wait(10)
            return known("127.0.0.1", server.port, *rest, **more)

        monkeypatch.setattr(socket, "getaddrinfo", slow)
        one = client(server.base, SHORT)
        with pytest.raises(UnavailableError, match="Graph was not reached"):
            ask(one)
        assert asked.is_set()
        go_on.set()
        for thread in threading.enumerate():
            if thread.name == "request":
                thread.join(10)
        assert server.got == []

    def test_that_a_person_cuts_short_sends_nothing_later(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known, join, go_on = socket.getaddrinfo, threading.Thread.join, threading.Event()

        def slow(host: str, port: int, *rest: Any, **more: Any) -> Any:
            go_on.wait(10)
            return known("127.0.0.1", server.port, *rest, **more)

        def interrupted(thread: threading.Thread, timeout: float | None = None) -> None:
            if thread.name == "request":
                raise KeyboardInterrupt
            join(thread, timeout)

        monkeypatch.setattr(socket, "getaddrinfo", slow)
        monkeypatch.setattr(threading.Thread, "join", interrupted)
        with pytest.raises(KeyboardInterrupt):
            post(client(server.base))
        go_on.set()
        for thread in threading.enumerate():
            if thread.name == "request":
                join(thread, 10)
        assert server.got == []

    def test_that_passed_while_the_machine_slept_is_up(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deadline = Deadline(60)
        later = clock.real_now() + timedelta(minutes=2)
        monkeypatch.setattr(clock, "real_now", lambda: later)
        with pytest.raises(UnavailableError, match="not reached"):
            client(server.base).post("thing", {}, deadline=deadline)
        assert server.got == []

    @CHANGES
    def test_to_begin_is_over_for_what_changes_something(self, server: Server, ask: Ask) -> None:
        """The machine slept between the intent to send and the request (design, rule 3)."""
        with begun_before(Deadline(0)):
            with pytest.raises(UnavailableError, match="not reached"):
                ask(client(server.base))
            assert server.got == []
            assert get(client(server.base)).status == 200
        assert ask(client(server.base)).status == 200

    @CHANGES
    def test_to_begin_is_enough_where_the_answer_takes_longer(
        self, server: Server, ask: Ask, machine: Machine
    ) -> None:
        def late(_: object) -> Reply:
            machine.later(seconds=6)
            return Reply({"id": "1"})

        server.answer = late
        with begun_before(Deadline(5)):
            assert ask(client(server.base)).json == {"id": "1"}

    @CHANGES
    def test_to_begin_may_be_used_up_by_the_name_service(
        self, server: Server, ask: Ask, machine: Machine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        look_up = socket.getaddrinfo

        def slow(*given: Any, **more: Any) -> Any:
            machine.later(seconds=6)
            return look_up(*given, **more)

        one = client(server.base, timedelta(seconds=60))
        monkeypatch.setattr(socket, "getaddrinfo", slow)
        with begun_before(Deadline(5)), pytest.raises(UnavailableError, match="not reached"):
            ask(one)
        assert server.got == []

    def test_is_one_for_all_tries(self, server: Server) -> None:
        server.answer = lambda _: Reply({"id": "1" * 9999}, fault="trickle")
        began = time.monotonic()
        with pytest.raises(UnavailableError):
            client(server.base).get("thing", deadline=Deadline(0.3))
        assert time.monotonic() - began < 1.5


FOREIGN = [
    "https://evil.example",
    "http://graph.facebook.com",
    "https://graph.facebook.com.evil.example",
    "https://graph.facebook.com:8443",
    "https://graph.facebook.com@evil.example",
    "https://evil.example\\@graph.facebook.com",
    "https://graph.facebook.com\\@evil.example",
    "https://graph.facebook.com%2eevil.example",
    "https://evil.example/graph.facebook.com",
    "https://graph.facebook.com\t.evil.example",
    "https://evil.example#@graph.facebook.com",
    "https://evil.example?https://graph.facebook.com",
    "https://127.0.0.1.evil.example",
    "https://127.0.0.2",
    "http://0.0.0.0",
    "http://relay.example.org",
    "ftp://127.0.0.1",
    "file:///etc/hosts",
    "https://[::ffff:192.0.2.1]",
    "https://graph.facebook.com:port",
    "https://ｇraph.facebook.com",
    "https://",
]


class TestWhereTheTokenGoes:
    @pytest.mark.parametrize("base", FOREIGN)
    def test_nowhere_else(self, server: Server, base: str) -> None:
        with pytest.raises(AuthError, match="the token"):
            client(base, allowed=("relay.example.org",))
        with pytest.raises(AuthError, match="the token"):
            client(server.base).get(f"{base}/thing")
        assert server.got == []

    @pytest.mark.parametrize(
        "base",
        [
            "https://graph.facebook.com",
            "https://GRAPH.facebook.com:443/v25.0",
            "https://relay.example.org:8443/graph",
            "http://127.0.0.1:1",
            "http://[::1]:1",
            "http://localhost:1",
        ],
    )
    def test_to_the_platform_to_this_machine_and_to_what_is_allowed(self, base: str) -> None:
        assert str(urlsplit(base).hostname) in repr(client(base, allowed=("relay.example.org",)))

    def test_a_localhost_that_leads_elsewhere_gets_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        elsewhere = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 0))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: elsewhere)
        with pytest.raises(AuthError):
            client("http://localhost:1")

    def test_a_redirect_is_not_followed(self, server: Server) -> None:
        with serving() as other:
            server.answer = lambda _: Reply({}, 307, {"Location": f"{other.base}/thing"})
            for ask in (get, post, delete):
                with pytest.raises(PlatformError):
                    ask(client(server.base))
            assert other.got == []

    def test_neither_a_netrc_nor_a_proxy_has_a_part_in_it(
        self, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
        (tmp_path / ".netrc").chmod(0o600)
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        monkeypatch.setenv("HOME", str(tmp_path))
        with serving() as proxy:
            for name in ("http_proxy", "https_proxy", "all_proxy"):
                monkeypatch.setenv(name, proxy.base)
            post(client(server.base))
            assert fetch(f"{server.base}/a.jpg", most_bytes=99).status == 200
            assert proxy.got == []
        assert server.got[0].headers["authorization"] == f"Bearer {TOKEN}"
        assert "authorization" not in server.got[1].headers

    @CHANGES
    def test_a_proxy_that_makes_no_tunnel_sees_no_token_and_nothing_was_sent(
        self, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with serving(lambda _: Reply(b"no", 407)) as proxy:
            monkeypatch.setenv("https_proxy", proxy.base)
            with pytest.raises(UnavailableError, match="Graph was not reached"):
                ask(client("https://graph.facebook.com"))
            assert [(r.method, r.target) for r in proxy.got] == [
                ("CONNECT", "graph.facebook.com:443")
            ]
            assert "authorization" not in proxy.got[0].headers


class TestSecure:
    """Over real TLS: what was told apart above is told apart there too."""

    @pytest.fixture
    def base(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        self.reply: bytes | None = Reply({"id": "1"}).wire()
        with socket.create_server(("127.0.0.1", 0)) as listening:
            thread = threading.Thread(target=self._serve, args=(listening, context))
            thread.start()
            yield f"https://127.0.0.1:{listening.getsockname()[1]}"
            with socket.create_connection(listening.getsockname()):
                pass
            thread.join()

    def _serve(self, listening: socket.socket, context: ssl.SSLContext) -> None:
        connection, _ = listening.accept()
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(1 << 16)
                if self.reply is not None:
                    secure.sendall(self.reply)
                else:
                    secure.recv(1)  # until the other side gives up
        except OSError:
            connection.close()
            return
        listening.accept()[0].close()

    def test_an_answer_arrives(self, base: str) -> None:
        assert delete(client(base)).json == {"id": "1"}

    @pytest.mark.parametrize("reply", [b"", None])
    def test_what_was_sent_and_not_answered_is_uncertain(
        self, base: str, reply: bytes | None
    ) -> None:
        self.reply = reply
        with pytest.raises(UncertainError):
            delete(client(base, SHORT))

    def test_a_certificate_that_nobody_vouches_for_gets_nothing(
        self, base: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("REQUESTS_CA_BUNDLE")
        with pytest.raises(UnavailableError, match="no secure connection"):
            delete(client(base))


class TestSecrets:
    @pytest.fixture
    def logged(self, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
        caplog.set_level(logging.DEBUG)
        for name in ("urllib3", "requests"):
            caplog.set_level(logging.DEBUG, logger=name)
        return caplog

    @ALL
    @pytest.mark.parametrize(
        "reply",
        [
            *(one for _, one in BAD),
            Reply({"error": {"message": f"bad {TOKEN}"}}, 400, {"X-Token": TOKEN}),
            Reply({"error": [quote(TOKEN, safe=""), {TOKEN: 1}]}, 400),
            Reply({"said": base64.b64encode(f"user:{TOKEN}".encode()).decode()}),
            Reply(b"", 400, {f"{TOKEN} broken": "header"}),
        ],
    )
    def test_are_in_no_error_answer_or_log(
        self, server: Server, logged: pytest.LogCaptureFixture, ask: Ask, reply: Reply
    ) -> None:
        server.answer = lambda _: reply
        one = client(server.base)
        shown = [repr(one)]
        try:
            answer = ask(one)
        except PlatformError as error:
            shown += [*traceback.format_exception(error), repr(error.__cause__)]
            shown += [repr(error.__context__)]
        else:
            shown += [repr(answer), answer.text, repr(answer.headers), repr(answer.json)]
        shown += [logged.text, *(repr(vars(record)) for record in logged.records)]
        everything = "\n".join(shown)
        for form in FORMS:
            assert form not in everything
        assert server.got[0].headers["authorization"] == f"Bearer {TOKEN}"

    def test_in_an_address_are_not_logged_either(
        self, server: Server, logged: pytest.LogCaptureFixture
    ) -> None:
        client(server.base).get("thing", {"access_token": TOKEN, "proof": "of it"})
        assert "GET /thing?…" in logged.text
        assert "of+it" not in logged.text
        assert all(form not in logged.text for form in FORMS)

    @ALL
    def test_that_no_header_can_hold_are_not_shown(self, server: Server, ask: Ask) -> None:
        one = Client(
            server.base,
            hosts=(),
            headers={"Authorization": f"Bearer {TOKEN}\r\nX: y"},
            secrets=[TOKEN],
            sleep=lambda seconds: None,
        )
        with pytest.raises(UnavailableError) as caught:
            ask(one)
        assert "Canary" not in "".join(traceback.format_exception(caught.value))
        assert server.got == []

    def test_that_are_too_short_hide_nothing(self) -> None:
        assert Redactor(["a", "", "abc"])("a banana, abc") == "a banana, abc"

    @pytest.mark.parametrize("before", ["", "u", "us", "user:"])
    def test_are_found_inside_of_base64(self, before: str) -> None:
        text = base64.b64encode(f"{before}{TOKEN}{before}".encode()).decode()
        assert "[secret]" in Redactor([TOKEN])(f"Basic {text}")


class TestFetching:
    def test_gives_what_the_public_gets(self, server: Server) -> None:
        server.answer = lambda _: Reply(b"\xff\xd8")
        got = fetch(f"{server.base}/a.jpg", most_bytes=2)
        assert (got.status, got.content) == (200, b"\xff\xd8")
        assert not {"authorization", "cookie"} & server.got[0].headers.keys()

    def test_ends_at_its_most_bytes(self, server: Server) -> None:
        server.answer = lambda _: Reply(b"\xff\xd8\xff")
        with pytest.raises(UnavailableError, match="more than 2 bytes"):
            fetch(f"{server.base}/a.jpg", most_bytes=2)

    def test_follows_nothing(self, server: Server) -> None:
        server.answer = lambda _: Reply(b"", 302, {"Location": "/b.jpg"})
        assert fetch(f"{server.base}/a.jpg", most_bytes=2).status == 302
        assert len(server.got) == 1

    def test_is_over_when_its_time_is_up(self, server: Server) -> None:
        server.answer = lambda _: Reply(b"1" * 999, fault="trickle")
        with pytest.raises(UnavailableError, match="in time"):
            fetch(f"{server.base}/a.jpg", most_bytes=9999, deadline=Deadline(0.3))

    @pytest.mark.parametrize("url", ["http://example.org/a.jpg", "file:///a.jpg", "a.jpg"])
    def test_goes_by_https_or_stays_here(self, url: str) -> None:
        with pytest.raises(UnavailableError, match="https://"):
            fetch(url, most_bytes=2)


def test_no_connection_is_left_open(server: Server) -> None:
    for _ in range(5):
        post(client(server.base))
    with closing(socket.create_connection(("127.0.0.1", server.port))):
        pass
    assert [one for one in threading.enumerate() if one.name == "request"] == []

"""X: every answer of its is told apart, nothing is sent twice, and no key ever shows."""

from __future__ import annotations

import json
import logging
import re
import socket
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sgcomms.db.sending import LEASE
from sgcomms.errors import (
    AuthError,
    NoCreditError,
    NotReadyError,
    PlatformError,
    RateLimitError,
    RejectedError,
    SecretsMissingError,
    UnavailableError,
    UncertainError,
)
from sgcomms.models import Account, Draft, DraftMedia, Publication
from sgcomms.platforms.x import X
from sgcomms.platforms.x.timeline import made_at
from tests.fakes import NOW

KEY = "safer-sleeping/clear-cot@x"
LINK = (
    "https://www.example.org/sleep?utm_source=x&utm_medium=social"
    "&utm_campaign=safer-sleeping&utm_content=safer-sleeping.clear-cot.x"
)
SECRETS = {
    "api_key": "canary-consumer-key-1111",
    "api_secret": "canary-consumer-secret-2222",
    "access_token": "99-canary-access-token-3333",
    "access_token_secret": "canary-access-secret-4444",
}
DRAFT = Draft("x", "x", f"Clear cot, on the back. {LINK}", None, ())
PICTURE = DraftMedia("1" * 64, "PNG", "A cot with nothing else in it.")
GIF = DraftMedia("2" * 64, "GIF", "")
RECORDED = Path(__file__).resolve().parents[3] / "shared" / "recorded" / "x-playground-fe224d58"


def post_id(moment: datetime) -> str:
    """Return an id that X would have given to a post made at `moment`."""
    milliseconds = int(moment.timestamp() * 1000) - 1_288_834_974_657
    return str(milliseconds << 22)


MADE = NOW - timedelta(seconds=30)
POST = post_id(MADE)
ME = {"data": {"id": "77", "name": "The board", "username": "cplscb"}}


@dataclass
class Reply:
    """An answer. `raw` is written as it is; `after` says how the connection ends."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    reset: bool = False
    trickle: bytes | None = None


@dataclass(frozen=True)
class Asked:
    """A request that arrived."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Loopback:
    """X on this machine: answers as it was told, one answer a request, the last one for ever."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.replies: dict[tuple[str, str], list[Reply]] = {}
        self.ended = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                path, _, query = self.path.partition("?")
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, path, query, headers, self.rfile.read(size))
                outer.asked.append(asked)
                outer.write(self, outer.reply(self.command, path))
                self.close_connection = True

            do_GET = do_POST = do_DELETE = answer  # noqa: N815

            def log_message(self, *_: Any) -> None: ...

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None: ...

        self.server = Server(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def on(self, method: str, path: str, *replies: Reply) -> None:
        self.replies[method, path] = list(replies)

    def reply(self, method: str, path: str) -> Reply:
        found = self.replies.get((method, path), [Reply(404, {"title": "nothing here"})])
        return found.pop(0) if len(found) > 1 else found[0]

    def write(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.reset:
            linger = struct.pack("ii", 1, 0)
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            handler.connection.close()
            return
        if reply.raw is not None:
            handler.wfile.write(reply.raw)
            handler.wfile.flush()
            while reply.trickle and not self.ended.wait(0.05):
                handler.wfile.write(reply.trickle)
                handler.wfile.flush()
            return
        content = b"" if reply.body is None else json.dumps(reply.body).encode()
        handler.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def sent(self, method: str, path: str) -> list[Asked]:
        return [one for one in self.asked if (one.method, one.path) == (method, path)]

    def close(self) -> None:
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Shelf:
    """Pictures that are always there."""

    def content(self, item: DraftMedia) -> bytes:
        return f"picture {item.sha256}".encode()

    def address(self, item: DraftMedia) -> str | None:
        return None


class Quick(X):
    """X with less patience, for servers that never end."""

    deadline = 0.4


@pytest.fixture
def server() -> Iterator[Loopback]:
    with closing(Loopback()) as running:
        running.on("GET", "/2/users/me", Reply(200, ME))
        yield running


@pytest.fixture
def x(server: Loopback) -> X:
    return made(X, server.base)


def made(kind: type[X], base: str, **secrets: str) -> X:
    account = Account("x", "x", "live", "cplscb", api_base=base)
    return kind(account, {**SECRETS, **secrets}, Shelf())


def problem(kind: str, detail: str, host: str = "api.x.com", **more: Any) -> dict[str, Any]:
    return {"title": kind, "detail": detail, "type": f"https://{host}/2/problems/{kind}", **more}


def post(number: int = 0, text: str = "Words", *urls: dict[str, str]) -> dict[str, Any]:
    moment = MADE + timedelta(seconds=number)
    return {
        "id": post_id(moment),
        "text": text,
        "created_at": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "entities": {"urls": list(urls)},
    }


def shortened(whole: str, short: str = "https://t.co/abcdefghij") -> dict[str, str]:
    return {"url": short, "expanded_url": whole}


def raised(call: Callable[[], object]) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        call()
    return caught.value


def publish_error(x: X) -> PlatformError:
    return raised(lambda: x.publish(DRAFT, key=KEY))


class TestLayingOut:
    def test_loads_nothing_that_talks_to_x(self) -> None:
        program = (
            "import sys; from sgcomms.models import Account; from sgcomms.platforms import layout; "
            "layout(Account('x', 'x', 'live', 'h')); "
            "sys.exit(bool({'tweepy', 'requests', 'urllib3'} & set(sys.modules)))"
        )
        assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

    def test_costs_what_x_charges(self, x: X) -> None:
        plain = replace(DRAFT, text="Call 999.")
        assert x.cost(plain, {}) == Decimal("0.015")
        assert x.cost(DRAFT, {}) == Decimal("0.200")
        assert x.cost(replace(plain, text="See example.org/sleep"), {}) == Decimal("0.200")
        assert x.cost(replace(plain, media=(PICTURE, GIF)), {}) == Decimal("0.020")
        assert x.cost(replace(plain, media=(PICTURE,)), {"post": Decimal(1)}) == Decimal("1.005")


class TestPublishing:
    @pytest.mark.parametrize("history", ["edit_history_tweet_ids", "edit_history_post_ids"])
    @pytest.mark.parametrize("status", [200, 201])
    def test_one_request_makes_a_post(
        self, x: X, server: Loopback, history: str, status: int
    ) -> None:
        server.on("POST", "/2/tweets", Reply(status, {"data": {"id": POST, history: [""]}}))
        assert x.publish(DRAFT, key=KEY) == Publication(
            "x", POST, made_at(POST), f"https://x.com/cplscb/status/{POST}", text=DRAFT.text
        )
        (asked,) = server.asked
        assert asked.json == {"text": DRAFT.text}
        assert asked.headers["authorization"].startswith("OAuth ")
        assert abs(made_at(POST) - MADE) < timedelta(seconds=1)

    def test_an_id_of_no_known_kind_is_dated_by_the_clock(self, x: X, server: Loopback) -> None:
        server.on("POST", "/2/tweets", Reply(201, {"data": {"id": "309", "text": "hi"}}))
        assert x.publish(DRAFT, key=KEY).published_at == NOW

    def test_the_signature_is_for_the_host_that_gets_it(self, x: X, server: Loopback) -> None:
        from oauthlib.oauth1.rfc5849 import signature
        from oauthlib.oauth1.rfc5849.signature import sign_hmac_sha1_with_client

        server.on("POST", "/2/tweets", Reply(201, {"data": {"id": POST}}))
        x.publish(DRAFT, key=KEY)
        header = {"Authorization": server.asked[0].headers["authorization"]}
        given = dict(signature.collect_parameters("", [], header, exclude_oauth_signature=False))
        text = signature.signature_base_string(
            "POST",
            signature.base_string_uri(server.base + "/2/tweets"),
            signature.normalize_parameters(
                signature.collect_parameters("", [], header)  # type: ignore[arg-type]
            ),
        )

        class Client:
            client_secret = SECRETS["api_secret"]
            resource_owner_secret = SECRETS["access_token_secret"]

        assert given["oauth_signature"] == sign_hmac_sha1_with_client(text, Client())

    def test_a_post_without_its_pictures_is_not_sent(self, x: X, server: Loopback) -> None:
        with pytest.raises(NotReadyError):
            x.publish(replace(DRAFT, media=(PICTURE,)), key=KEY)
        assert server.asked == []

    @pytest.mark.parametrize("name", sorted(SECRETS))
    def test_missing_keys_are_named_with_their_place(self, server: Loopback, name: str) -> None:
        error = publish_error(made(X, server.base, **{name: ""}))
        assert isinstance(error, SecretsMissingError)
        assert f"x has no {name}: " in str(error)
        assert f"secrets.yaml, or set SGCOMMS_X_{name.upper()}" in str(error)
        assert server.asked == []


REFUSED = [
    (400, problem("invalid-request", "Your Tweet text is too long"), RejectedError, "too long"),
    (401, {"title": "Unauthorized", "type": "about:blank"}, AuthError, "developer portal"),
    (402, problem("credits", "no credits", "api.twitter.com"), NoCreditError, "no credits"),
    (402, None, NoCreditError, "credits"),
    (403, problem("client-forbidden", "no"), AuthError, "not enrolled"),
    (403, problem("oauth1-permissions", "no", "api.twitter.com"), AuthError, "Read and write"),
    (403, {"errors": [problem("unsupported-authentication", "no")]}, AuthError, "access token"),
    (403, {"detail": "Your account is suspended"}, AuthError, "suspended"),
    (403, {"detail": "You reached your spend cap"}, NoCreditError, "spend cap"),
    (403, {"detail": "You may not reply to this"}, RejectedError, "may not reply"),
    (403, {"detail": "You are not allowed to create a Tweet with duplicate content."},
     UncertainError, "on the account already"),
    (404, None, RejectedError, "404"),
    (413, None, RejectedError, "413"),
    (422, {"detail": "odd"}, RejectedError, "odd"),
    (429, problem("usage-capped", "cap", period="Monthly"), NoCreditError, "cap"),
    (429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, RateLimitError, "Rate"),
    (500, {"detail": "oops"}, UncertainError, "oops"),
    (502, None, UncertainError, "502"),
    (503, {"title": "Service Unavailable"}, UncertainError, "Unavailable"),
    (504, None, UncertainError, "504"),
    (408, None, UncertainError, "408"),
    (409, None, UncertainError, "409"),
    (200, None, UncertainError, "could not be read"),
    (201, {"data": {"id": 309}}, UncertainError, "named no id"),
    (201, {"data": {"id": "one"}}, UncertainError, "named no id"),
    (200, {"errors": [{"message": "half a thing"}]}, UncertainError, "half a thing"),
    (201, ["not", "a", "dict"], UncertainError, "could not be read"),
    (400, ["not", "a", "dict"], RejectedError, "400"),
    (400, {"errors": "text"}, RejectedError, "400"),
    (403, {"errors": [None, 3, {"detail": 4}]}, RejectedError, "403"),
]  # fmt: skip


class TestAnswers:
    @pytest.mark.parametrize(("status", "body", "kind", "words"), REFUSED)
    def test_each_means_one_thing(
        self, x: X, server: Loopback, status: int, body: Any, kind: type, words: str
    ) -> None:
        server.on("POST", "/2/tweets", Reply(status, body))
        error = publish_error(x)
        assert type(error) is kind
        assert words in str(error)
        assert "\n" not in str(error)
        assert len(server.asked) == 1  # nothing is tried again

    @pytest.mark.parametrize("limit", ["x-rate-limit", "x-user-limit-24hour"])
    def test_a_limit_names_the_time(self, x: X, server: Loopback, limit: str) -> None:
        reset = NOW + timedelta(minutes=7)
        headers = {f"{limit}-remaining": "0", f"{limit}-reset": str(int(reset.timestamp()))}
        server.on("POST", "/2/tweets", Reply(429, {}, headers))
        error = publish_error(x)
        assert isinstance(error, RateLimitError)
        assert error.retry_at == reset

    @pytest.mark.parametrize(
        ("remaining", "reset"),
        [("3", "1795338000"), ("0", "soon"), ("0", "1"), ("0", "99999999999"), ("", "")],
    )
    def test_a_limit_without_a_time_that_makes_sense_names_none(
        self, x: X, server: Loopback, remaining: str, reset: str
    ) -> None:
        headers = {"x-rate-limit-remaining": remaining, "x-rate-limit-reset": reset}
        server.on("POST", "/2/tweets", Reply(429, {}, headers))
        error = publish_error(x)
        assert isinstance(error, RateLimitError)
        assert error.retry_at is None

    @pytest.mark.parametrize("path", sorted(RECORDED.glob("*.json")), ids=lambda path: path.stem)
    def test_recorded_answers_are_understood(self, x: X, server: Loopback, path: Path) -> None:
        recorded = json.loads(path.read_text("utf-8"))
        if recorded["request"]["method"] != "POST" or "media" in recorded["request"]["url"]:
            return
        answer = recorded["response"]
        server.on("POST", "/2/tweets", Reply(answer["status"], answer["body"]))
        wanted = {400: RejectedError, 401: AuthError, 403: AuthError, 429: RateLimitError}
        if answer["status"] == 201:
            assert x.publish(DRAFT, key=KEY).platform_id == answer["body"]["data"]["id"]
        else:
            assert type(publish_error(x)) is wanted[answer["status"]]


HALF = b'HTTP/1.1 201 Created\r\nContent-Length: 400\r\n\r\n{"data":{"id":"1'
LOST = {
    "closed after taking it": Reply(raw=b""),
    "reset": Reply(reset=True),
    "half a body": Reply(raw=HALF),
    "half a body of no known length": Reply(raw=HALF.replace(b"Content-Length: 400", b"X: y")),
    "no HTTP": Reply(raw=b"hello\r\n\r\n"),
    "broken headers": Reply(raw=b"HTTP/1.1 201 Created\r\nContent-Length: x\r\n\r\n{}"),
    "not JSON": Reply(raw=b"HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\n<ok>"),
    "broken gzip": Reply(
        raw=b"HTTP/1.1 201 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"
    ),
}
SLOW = {
    "silence": Reply(raw=b"", trickle=b""),
    "headers that never end": Reply(raw=b"HTTP/1.1 201 Created\r\n", trickle=b"x-a: b\r\n"),
    "a body that never ends": Reply(raw=HALF, trickle=b"2"),
    "a line that never ends": Reply(raw=b"HTTP/1.1 ", trickle=b"2"),
}


class TestConnections:
    @pytest.mark.parametrize("name", LOST)
    def test_what_is_lost_is_uncertain(self, x: X, server: Loopback, name: str) -> None:
        server.on("POST", "/2/tweets", LOST[name])
        assert type(publish_error(x)) is UncertainError
        assert len(server.asked) == 1

    @pytest.mark.parametrize("name", LOST)
    def test_what_is_lost_of_a_question_is_asked_again(
        self, x: X, server: Loopback, name: str
    ) -> None:
        server.on("GET", "/2/users/me", LOST[name])
        assert type(raised(x.verify)) is UnavailableError

    @pytest.mark.parametrize("name", SLOW)
    def test_the_deadline_is_over_all(self, server: Loopback, name: str) -> None:
        reply = SLOW[name]
        server.on("POST", "/2/tweets", replace(reply, trickle=reply.trickle or b""))
        if not reply.trickle:  # takes the request and says nothing
            server.write = lambda *_: bool(server.ended.wait(5)) and None  # type: ignore[method-assign,assignment]
        began = time.monotonic()
        error = publish_error(made(Quick, server.base))
        assert time.monotonic() - began < 3
        assert type(error) is UncertainError

    def test_a_refused_connection_sent_nothing(self) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            base = f"http://127.0.0.1:{free.getsockname()[1]}"
            assert type(publish_error(made(X, base))) is UnavailableError

    def test_an_unknown_name_sent_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*_: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        error = publish_error(made(X, "https://api.x.invalid"))
        assert type(error) is UnavailableError

    def test_a_failed_handshake_sent_nothing(self, server: Loopback) -> None:
        base = server.base.replace("http:", "https:")
        error = publish_error(made(X, base))
        assert type(error) is UnavailableError
        assert "secure" in str(error)
        assert server.asked == []

    @pytest.mark.parametrize(
        "base",
        ["http://api.x.com", "ftp://127.0.0.1", "https://api.x.com@other.example", "api.x.com"],
    )
    def test_the_keys_go_to_no_open_address(self, base: str) -> None:
        assert isinstance(publish_error(made(X, base)), AuthError)

    def test_a_redirect_is_not_followed(self, x: X, server: Loopback) -> None:
        with closing(Loopback()) as other:
            other.on("POST", "/2/tweets", Reply(201, {"data": {"id": POST}}))
            for status in (301, 302, 307, 308):
                target = {"Location": f"{other.base}/2/tweets"}
                server.on("POST", "/2/tweets", Reply(status, None, target))
                error = publish_error(x)
                assert type(error) is UncertainError
                assert "redirect" in str(error)
            assert other.asked == []

    def test_the_environment_sends_it_nowhere_else(
        self, x: X, server: Loopback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password other\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        with closing(Loopback()) as proxy:
            for name in ("http_proxy", "https_proxy", "all_proxy"):
                monkeypatch.setenv(name, proxy.base)
            server.on("POST", "/2/tweets", Reply(201, {"data": {"id": POST}}))
            x.publish(DRAFT, key=KEY)
            assert proxy.asked == []
        assert server.asked[0].headers["authorization"].startswith("OAuth ")


def uploading(server: Loopback, *replies: Reply) -> None:
    usual = (Reply(200, {"data": {"id": media_id}}) for media_id in "56")
    server.on("POST", "/2/media/upload", *(replies or usual))
    server.on("POST", "/2/media/metadata", Reply(200, {"data": {"id": "5"}}))


class TestPictures:
    def test_go_first_with_their_alt_text(self, x: X, server: Loopback) -> None:
        uploading(server)
        server.on("POST", "/2/tweets", Reply(201, {"data": {"id": POST}}))
        draft = x.upload(replace(DRAFT, media=(PICTURE, GIF)))
        assert draft.prepared == {"media_ids": "5,6"}
        x.publish(draft, key=KEY)
        assert [(one.method, one.path) for one in server.asked] == [
            ("POST", "/2/media/upload"),
            ("POST", "/2/media/metadata"),
            ("POST", "/2/media/upload"),  # the second has no alt text
            ("POST", "/2/tweets"),
        ]
        first, alt, second, last = (one.json for one in server.asked)
        assert first["media_category"] == "tweet_image"
        assert second["media_category"] == "tweet_gif"
        assert alt == {"id": "5", "metadata": {"alt_text": {"text": PICTURE.alt}}}
        assert last["media"] == {"media_ids": ["5", "6"]}

    def test_no_pictures_are_no_requests(self, x: X, server: Loopback) -> None:
        assert x.upload(DRAFT) == DRAFT
        assert server.asked == []

    def test_are_waited_for_where_x_works_on_them(self, x: X, server: Loopback) -> None:
        def working(state: str) -> Reply:
            info = {"state": state, "check_after_secs": 0}
            return Reply(200, {"data": {"id": "5", "processing_info": info}})

        uploading(server, working("pending"))
        server.on("GET", "/2/media/upload", working("in_progress"), working("succeeded"))
        assert x.upload(replace(DRAFT, media=(PICTURE,))).prepared == {"media_ids": "5"}
        server.on("GET", "/2/media/upload", working("in_progress"))
        with pytest.raises(NotReadyError):
            x.upload(replace(DRAFT, media=(PICTURE,)))
        server.on("GET", "/2/media/upload", working("failed"))
        with pytest.raises(RejectedError, match="picture 1"):
            x.upload(replace(DRAFT, media=(PICTURE,)))

    def test_all_of_a_post_have_one_time_together(self, server: Loopback) -> None:
        """However many there are, a claim holds longer than they take."""

        class Hurried(X):
            upload_deadline = 0.0

        uploading(server)
        with pytest.raises(UnavailableError):
            made(Hurried, server.base).upload(replace(DRAFT, media=(PICTURE, GIF)))
        assert server.asked == []

    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            (Reply(200, {"errors": [{"detail": "no picture"}]}), RejectedError),
            (Reply(200, {"data": {}}), UnavailableError),
            (Reply(200, None), UnavailableError),
            (Reply(400, {"detail": "too large"}), RejectedError),
            (Reply(503, None), UnavailableError),
            (Reply(reset=True), UnavailableError),
            (Reply(429, {}), RateLimitError),
            (Reply(302, None, {"Location": "http://127.0.0.1:1/"}), UnavailableError),
        ],
    )
    @pytest.mark.parametrize("path", ["/2/media/upload", "/2/media/metadata"])
    def test_what_goes_wrong_published_nothing(
        self, x: X, server: Loopback, path: str, reply: Reply, kind: type
    ) -> None:
        if path.endswith("metadata") and reply.body == {"data": {}}:
            return  # X need not repeat the id
        uploading(server)
        server.on("POST", path, reply)
        assert type(raised(lambda: x.upload(replace(DRAFT, media=(PICTURE,))))) is kind


def shown(*posts: dict[str, Any]) -> Reply:
    return Reply(200, {"data": list(posts), "meta": {}})


class TestLooking:
    TIMELINE = "/2/users/77/tweets"

    def look(self, x: X, draft: Draft = DRAFT) -> Publication | None:
        return x.find(draft, key=KEY, since=NOW - timedelta(minutes=2))

    def shows(self, server: Loopback, *posts: dict[str, Any]) -> None:
        server.on("GET", self.TIMELINE, shown(*posts))

    def test_the_tagged_link_decides(self, x: X, server: Loopback) -> None:
        mine = post(1, "Other words https://t.co/abcdefghij", shortened(LINK))
        theirs = post(2, "Words https://t.co/abcdefghij", shortened(LINK + "x"))
        self.shows(server, theirs, mine)
        found = self.look(x)
        assert found is not None
        assert found.platform_id == mine["id"]
        assert found.published_at == MADE + timedelta(seconds=1)
        assert found.text == f"Other words {LINK}"
        assert "start_time=2026-11-22T08%3A58%3A00Z" in server.asked[-1].query
        assert "exclude=replies%2Cretweets" in server.asked[-1].query

    def test_an_escaped_address_is_the_same(self, x: X, server: Loopback) -> None:
        self.shows(
            server, post(1, "W https://t.co/abcdefghij", shortened(LINK.replace("&", "&amp;")))
        )
        assert self.look(x) is not None

    def test_without_a_tagged_link_the_words_decide(self, x: X, server: Loopback) -> None:
        draft = replace(DRAFT, text="Dogs & babies:\nsee example.org/dogs or call 0800 <free>")
        text = "Dogs &amp; babies:\nsee https://t.co/abcdefghij or call 0800 &lt;free&gt; https://t.co/picture123"
        picture = {
            "url": "https://t.co/picture123",
            "expanded_url": "https://x.com/cplscb/status/1/photo/1",
            "media_key": "3_1",
        }
        self.shows(
            server, post(1, text, shortened("http://example.org/dogs"), picture), post(2, "Dogs")
        )
        found = self.look(x, draft)
        assert found is not None
        assert found.platform_id == post(1)["id"]

    def test_two_of_a_kind_are_not_guessed_between(self, x: X, server: Loopback) -> None:
        one, two = (post(n, "https://t.co/abcdefghij", shortened(LINK)) for n in (1, 2))
        self.shows(server, one, two)
        with pytest.raises(UncertainError, match="more than one post on X says this"):
            self.look(x)
        self.shows(server, one, one)  # a page may repeat a post
        assert self.look(x) is not None

    def test_a_post_without_words_is_never_recognised(self, x: X, server: Loopback) -> None:
        self.shows(server, post(1, ""))
        assert self.look(x, replace(DRAFT, text="")) is None

    def test_nothing_is_nothing(self, x: X, server: Loopback) -> None:
        server.on("GET", self.TIMELINE, Reply(200, {"meta": {"result_count": 0}}))
        assert self.look(x) is None
        assert self.look(x) is None
        assert len(server.sent("GET", "/2/users/me")) == 1  # it is paid for

    @pytest.mark.parametrize("first", [Reply(400, {"detail": "tweet.fields?"}), None])
    def test_both_vocabularies_are_tried(self, x: X, server: Loopback, first: Reply | None) -> None:
        mine = post(1, "https://t.co/abcdefghij", shortened(LINK))
        bare = {"id": mine["id"], "text": mine["text"], "edit_history_post_ids": [mine["id"]]}
        server.on(
            "GET",
            self.TIMELINE,
            first or Reply(200, {"data": [bare]}),
            Reply(200, {"data": [mine]}),
        )
        assert self.look(x) is not None
        assert self.look(x) is not None
        words = [re.findall(r"(tweet|post)\.fields", one.query) for one in server.asked[1:]]
        assert words == [["tweet"], ["post"], ["post"]]

    def test_pages_are_turned(self, x: X, server: Loopback) -> None:
        more = Reply(200, {"data": [post(9)], "meta": {"next_token": "more"}})
        mine = post(1, "https://t.co/abcdefghij", shortened(LINK))
        server.on("GET", self.TIMELINE, more, Reply(200, {"data": [mine], "meta": {}}))
        assert self.look(x) is not None
        assert "pagination_token=more" in server.asked[-1].query

    def test_pages_that_never_end_do(self, x: X, server: Loopback) -> None:
        more = Reply(200, {"data": [post(9)], "meta": {"next_token": "more"}})
        server.on("GET", self.TIMELINE, more)
        assert self.look(x) is None
        assert len(server.sent("GET", self.TIMELINE)) == 32

    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            (Reply(503, None), UnavailableError),
            (
                Reply(200, {"errors": [problem("not-authorized-for-resource", "no")]}),
                UnavailableError,
            ),
            (Reply(401, {}), AuthError),
            (Reply(404, {}), RejectedError),
        ],
    )
    def test_a_timeline_that_is_not_shown_is_an_error(
        self, x: X, server: Loopback, reply: Reply, kind: type
    ) -> None:
        server.on("GET", self.TIMELINE, reply)
        assert type(raised(lambda: self.look(x))) is kind

    def test_what_makes_no_sense_is_passed_over(self, x: X, server: Loopback) -> None:
        odd: list[Any] = [
            3,
            {"id": 4},
            {
                **post(3),
                "entities": {
                    "urls": [None, {"url": 3}, {"url": "http://[", "expanded_url": "http://["}]
                },
            },
            {**post(4), "entities": None, "text": None},
        ]
        mine = post(1, "https://t.co/abcdefghij", shortened(LINK))
        self.shows(server, *odd, mine)
        assert self.look(x) is not None

    def test_publications_are_all_posts(self, x: X, server: Loopback) -> None:
        self.shows(server, post(2, "One &amp; two"), {**post(1), "created_at": "odd"})
        listed = list(x.publications(NOW - timedelta(days=1)))
        assert [one.text for one in listed] == ["One & two", "Words"]
        assert abs(listed[1].published_at - MADE) < timedelta(seconds=2)
        assert listed[0].url == f"https://x.com/cplscb/status/{post(2)['id']}"


@pytest.mark.parametrize(
    ("url", "post_id"),
    [
        ("https://x.com/cplscb/status/1456012973835788293", "1456012973835788293"),
        ("https://www.x.com/cplscb/status/1456012973835788293/", "1456012973835788293"),
        ("https://x.com/cplscb/status/1456012973835788293/photo/1", "1456012973835788293"),
        ("https://twitter.com/cplscb/statuses/1456012973835788293?s=20", "1456012973835788293"),
        ("https://mobile.twitter.com/i/status/1456012973835788293", "1456012973835788293"),
        ("https://x.com/i/web/status/1456012973835788293", "1456012973835788293"),
        ("https://x.com/I/status/1456012973835788293", "1456012973835788293"),
        ("https://x.com/CPLSCB/status/1456012973835788293", "1456012973835788293"),
        ("https://x.com/another/status/1456012973835788293", None),
        ("https://x.com/web/status/1456012973835788293", None),
        ("https://x.com/another/i/status/1456012973835788293", None),
        ("https://x.com/cplscb", None),
        ("https://x.com/cplscb/status/", None),
        ("https://x.com/cplscb/status/14560129738357882931456", None),
        ("https://x.com.evil.example/cplscb/status/1456012973835788293", None),
        ("http://x.com/cplscb/status/1456012973835788293", None),
    ],
)
def test_the_address_of_a_post_shows_its_id(x: X, url: str, post_id: str | None) -> None:
    assert x.post_id(url) == post_id


def test_its_own_posts_are_known_by_their_address(x: X, server: Loopback) -> None:
    server.on("POST", "/2/tweets", Reply(201, {"data": {"id": POST}}))
    found = x.publish(DRAFT, key=KEY)
    assert x.post_id(str(found.url)) == found.platform_id


class TestTakingDown:
    GONE: ClassVar = {"errors": [problem("resource-not-found", "no such post", "api.twitter.com")]}

    @pytest.mark.parametrize("reply", [Reply(200, {"data": {"deleted": True}}), Reply(404, GONE)])
    def test_what_is_down_is_down(self, x: X, server: Loopback, reply: Reply) -> None:
        server.on("DELETE", f"/2/tweets/{POST}", reply)
        x.remove(POST)
        assert len(server.asked) == 1

    def test_not_deleted_is_looked_at(self, x: X, server: Loopback) -> None:
        server.on("DELETE", f"/2/tweets/{POST}", Reply(200, {"data": {"deleted": False}}))
        server.on("GET", f"/2/tweets/{POST}", Reply(200, self.GONE))
        x.remove(POST)
        server.on("GET", f"/2/tweets/{POST}", Reply(200, {"data": {"id": POST, "text": "W"}}))
        with pytest.raises(RejectedError, match="by hand"):
            x.remove(POST)

    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            (Reply(404, None), RejectedError),  # any wrong address says so; no proof
            (Reply(200, {}), UncertainError),
            (Reply(503, None), UncertainError),
            (Reply(reset=True), UncertainError),
            (Reply(403, {"detail": "not yours"}), RejectedError),
        ],
    )
    def test_what_is_not_known_to_be_down_is_an_error(
        self, x: X, server: Loopback, reply: Reply, kind: type
    ) -> None:
        server.on("DELETE", f"/2/tweets/{POST}", reply)
        assert type(raised(lambda: x.remove(POST))) is kind

    def test_an_id_that_is_none_goes_nowhere(self, x: X, server: Loopback) -> None:
        with pytest.raises(RejectedError):
            x.remove("../users/me")
        assert server.asked == []


class TestVerifying:
    @pytest.mark.parametrize(
        ("level", "missing"),
        [("read", ("write",)), ("read-write", ()), ("read-write-directmessages", ()), ("", ())],
    )
    def test_says_whose_keys_and_what_they_may(
        self, x: X, server: Loopback, level: str, missing: tuple[str, ...]
    ) -> None:
        headers = {"x-access-level": level} if level else {}
        server.on("GET", "/2/users/me", Reply(200, ME, headers))
        found = x.verify()
        assert (found.handle, found.platform_id) == ("cplscb", "77")
        assert found.missing == missing
        assert found.expires_at is None
        assert "do not end" in found.notes[0]
        assert any("did not say" in note for note in found.notes) == (level == "")

    def test_names_another_account(self, x: X, server: Loopback) -> None:
        body = {"data": {"id": "78", "username": "somebody"}}
        server.on("GET", "/2/users/me", Reply(200, body, {"x-access-level": "read-write"}))
        assert "@somebody" in " ".join(x.verify().notes)

    @pytest.mark.parametrize("status", [200, 400, 404])
    def test_never_says_rejected(self, x: X, server: Loopback, status: int) -> None:
        server.on("GET", "/2/users/me", Reply(status, {"errors": [{"detail": "no"}]}))
        assert type(raised(x.verify)) is UnavailableError


class TestSecrets:
    """The four keys are nowhere but in the request's signature and header."""

    def test_show_nowhere(self, x: X, server: Loopback, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        for name in ("tweepy", "oauthlib", "requests_oauthlib", "urllib3"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        echo = {"detail": f"bad: {' '.join(SECRETS.values())}"}
        seen = [repr(x), str(vars(x).get("_opened"))]
        replies = [Reply(s, echo) for s in (400, 401, 403, 429, 500)]
        for reply in (*replies, *LOST.values()):
            server.on("POST", "/2/tweets", reply)
            error = publish_error(x)
            assert error.__cause__ is None
            assert error.__context__ is None
            seen += [*traceback.format_exception(error), repr(error), repr(x), str(error.args)]
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            error = publish_error(made(X, f"http://127.0.0.1:{free.getsockname()[1]}"))
            seen += traceback.format_exception(error)
        bad = made(X, server.base, api_key=SECRETS["api_key"] + "\n☃")
        error = publish_error(bad)
        assert error.__context__ is None
        seen += traceback.format_exception(error)
        everything = caplog.text + "\n".join(seen)
        signatures = [one.headers["authorization"] for one in server.asked]
        for secret in (*SECRETS.values(), *signatures, "oauth_signature"):
            assert secret not in everything
        assert "[secret]" in everything


def test_ids_tell_when_a_post_was_made() -> None:
    # the post of 3 November 2021 in X's own example of an answer to POST /2/tweets
    assert made_at("1456012973835788293").date() == date(2021, 11, 3)
    assert made_at(post_id(NOW)) == NOW


def test_a_request_ends_before_a_claim_does() -> None:
    assert X.deadline <= 60
    assert X.upload_deadline < LEASE.total_seconds()
    assert X.looks[0] >= timedelta(minutes=2)  # timelines lag behind

"""The judge is judged: each fault does what its name says, and the ledger misses nothing."""

from __future__ import annotations

import hashlib
import io
import json
import socket
import struct
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
import tweepy  # type: ignore[import-untyped]
from PIL import Image

from sgcomms.campaigns import load
from sgcomms.planning import deliveries
from tests.conftest import At
from tests.faults.canaries import CANARIES, INSTAGRAM, PAGE, SECRETS, X_USER
from tests.faults.platform import ACCOUNTS, FaultPlatform
from tests.faults.rules import ACCEPTED, FAULTS, LOST, REFUSED

LINK = "https://board.example/a?utm_source=x&utm_content=faults.post-1.x"
PATIENCE = 0.4


def picture() -> bytes:
    """Return a small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (400, 400), "teal").save(out, "JPEG")
    return out.getvalue()


def bearer(account: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {SECRETS[account]['access_token']}"}


class Client:
    """Speaks to the platforms as plainly as can be."""

    def __init__(self, faulty: FaultPlatform, folder: Path) -> None:
        (folder / "a.jpg").write_bytes(picture())
        faulty.settings(media_folder=str(folder))
        self.faulty = faulty
        self.patience = 10.0

    def call(self, platform: str, method: str, path: str, **given: Any) -> requests.Response:
        url = f"{self.faulty.base_url}{path}"
        given = {"timeout": self.patience, "allow_redirects": False, **given}
        if platform == "x":
            return requests.request(method, url, auth=oauth(), **given)  # noqa: S113  it is given
        return requests.request(method, url, headers=bearer(platform), **given)  # noqa: S113

    def prepare(self, platform: str) -> str:
        """Make what has to be there before a public request, and return its number."""
        if platform != "instagram":
            return ""
        given = {"image_url": f"{self.faulty.media_url}a.jpg", "caption": "words", "alt_text": "A"}
        path = f"/v26.0/{INSTAGRAM['id']}/media"
        return str(self.call(platform, "POST", path, data=given).json()["id"])

    def publish(self, platform: str, number: str = "") -> requests.Response:
        """Make the one public request of a platform."""
        if platform == "x":
            return self.call("x", "POST", "/2/tweets", json={"text": f"Words & more {LINK}"})
        if platform == "facebook":
            given = {"message": f"words {LINK}", "link": LINK}
            return self.call("facebook", "POST", f"/v26.0/{PAGE['id']}/feed", data=given)
        path = f"/v26.0/{INSTAGRAM['id']}/media_publish"
        return self.call("instagram", "POST", path, data={"creation_id": number})


X_NAMES = {
    "consumer_key": SECRETS["x"]["api_key"],
    "consumer_secret": SECRETS["x"]["api_secret"],
    "access_token": SECRETS["x"]["access_token"],
    "access_token_secret": SECRETS["x"]["access_token_secret"],
}


def oauth(**other: str) -> Any:
    names = {**X_NAMES, **other}
    return tweepy.OAuth1UserHandler(**names).apply_auth()


@pytest.fixture
def client(faulty: FaultPlatform, tmp_path: Path) -> Client:
    return Client(faulty, tmp_path)


@pytest.mark.parametrize("platform", ACCOUNTS)
class TestEveryFault:
    def provoke(self, client: Client, platform: str, fault: str) -> requests.Response:
        number = client.prepare(platform)
        client.faulty.set_faults(fault)
        client.patience = PATIENCE if "hang" in fault else 10
        return client.publish(platform, number)

    @pytest.mark.parametrize("fault", ["accept-then-hang", "hang-before"])
    def test_hanging_never_answers(self, client: Client, platform: str, fault: str) -> None:
        with pytest.raises(requests.Timeout):
            self.provoke(client, platform, fault)
        assert len(client.faulty.public()) == (fault in ACCEPTED)

    @pytest.mark.parametrize("fault", ["accept-then-reset", "reset-before"])
    def test_a_reset_is_a_reset(self, client: Client, platform: str, fault: str) -> None:
        with pytest.raises(requests.ConnectionError, match="reset by peer"):
            self.provoke(client, platform, fault)
        assert len(client.faulty.public()) == (fault in ACCEPTED)

    def test_a_close_is_a_plain_end(self, client: Client, platform: str) -> None:
        with pytest.raises(requests.ConnectionError, match="without response"):
            self.provoke(client, platform, "accept-then-close")
        assert len(client.faulty.public()) == 1

    def test_half_a_body_is_promised_whole(self, client: Client, platform: str) -> None:
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
            self.provoke(client, platform, "half-body")
        assert len(client.faulty.public()) == 1

    def test_garbage_is_a_web_page(self, client: Client, platform: str) -> None:
        answer = self.provoke(client, platform, "garbage-200")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
        assert len(client.faulty.public()) == 1

    def test_a_trickle_outlives_the_time_out_of_one_read(
        self, client: Client, platform: str
    ) -> None:
        number = client.prepare(platform)
        client.faulty.set_faults("trickle")
        client.patience = PATIENCE
        began = time.monotonic()
        call, client.call = client.call, lambda *a, **b: call(*a, stream=True, **b)  # type: ignore[method-assign]
        with client.publish(platform, number) as answer:
            for _ in answer.iter_content(1):
                if time.monotonic() - began > 2 * PATIENCE:
                    break
        assert len(client.faulty.public()) == 1

    @pytest.mark.parametrize("fault", ["500-before", "500-after-accepting"])
    def test_a_server_error_tells_nothing(self, client: Client, platform: str, fault: str) -> None:
        assert self.provoke(client, platform, fault).status_code == 500
        assert len(client.faulty.public()) == (fault in ACCEPTED)

    @pytest.mark.parametrize("fault", REFUSED)
    def test_a_refusal_makes_nothing_public(
        self, client: Client, platform: str, fault: str
    ) -> None:
        answer = self.provoke(client, platform, fault)
        assert 400 <= answer.status_code < 500
        assert isinstance(answer.json(), dict)
        assert client.faulty.public() == []

    @pytest.mark.parametrize(("fault", "status"), [("redirect", 302), ("redirect-307", 307)])
    def test_a_redirect_leads_elsewhere(
        self, client: Client, platform: str, fault: str, status: int
    ) -> None:
        answer = self.provoke(client, platform, fault)
        assert answer.status_code == status
        assert client.faulty.elsewhere() == []
        token = {"access_token": CANARIES[0]}
        requests.post(answer.headers["Location"], data=token, timeout=5)
        assert client.faulty.elsewhere()[0]["token_in"] == ["body"]
        assert client.faulty.public() == []

    @pytest.mark.parametrize("fault", FAULTS)
    def test_a_fault_is_used_up_and_the_next_request_works(
        self, client: Client, platform: str, fault: str
    ) -> None:
        if fault == "trickle":
            client.patience = PATIENCE
        with suppress(requests.RequestException):
            if fault != "trickle":  # nothing would end it but a deadline of the test's own
                self.provoke(client, platform, fault)
        client.patience = 10
        before = len(client.faulty.public())
        number = client.prepare(platform)
        assert client.publish(platform, number).status_code in (200, 201)
        assert len(client.faulty.public()) == before + 1

    @pytest.mark.parametrize("fault", [*ACCEPTED, *LOST])
    def test_the_judge_names_who_asks_again(
        self, client: Client, platform: str, fault: str
    ) -> None:
        if fault == "trickle":
            pytest.skip("a plain client has no deadline that ends it")
        with suppress(requests.RequestException):
            self.provoke(client, platform, fault)
        assert client.faulty.breaches() == []
        client.patience = 10
        client.publish(platform, client.prepare(platform))
        assert len(client.faulty.breaches()) == 1
        assert bool(client.faulty.duplicates()) == (fault in ACCEPTED)


class TestX:
    def test_a_post_is_listed_as_x_shows_it(self, client: Client) -> None:
        created = client.publish("x").json()["data"]
        fields = {"tweet.fields": "created_at,entities", "max_results": "5"}
        path = f"/2/users/{X_USER['id']}/tweets"
        shown = client.call("x", "GET", path, params=fields).json()["data"][0]
        assert shown["id"] == created["id"]
        assert shown["text"].startswith("Words &amp; more https://t.co/")
        assert shown["entities"]["urls"][0]["expanded_url"] == LINK
        assert shown["created_at"].startswith("2026-11-22T09:00:")
        assert client.faulty.keys() == {"x: faults.post-1.x": 1}

    def test_a_list_comes_in_pages_since_a_time(self, client: Client, at: At) -> None:
        for number in range(12):
            client.call("x", "POST", "/2/tweets", json={"text": f"Post {number}"})
        path, seen = f"/2/users/{X_USER['id']}/tweets", []
        given = {"max_results": "5", "start_time": "2026-11-22T08:58:00Z"}
        while True:
            body = client.call("x", "GET", path, params=given).json()
            seen += [one["text"] for one in body["data"]]
            if "next_token" not in body["meta"]:
                break
            given["pagination_token"] = body["meta"]["next_token"]
        assert seen == [f"Post {number}" for number in reversed(range(12))]
        given = {"start_time": "2026-11-22T09:58:00Z"}
        assert client.call("x", "GET", path, params=given).json() == {"meta": {"result_count": 0}}
        bad = client.call("x", "GET", path, params={"start_time": "2026-11-22T09:58:00+00:00"})
        assert bad.status_code == 400

    def test_a_picture_with_alt_text(self, client: Client) -> None:
        files = {"media": ("a.jpg", picture(), "image/jpeg")}
        given = {"media_category": "tweet_image"}
        answer = client.call("x", "POST", "/2/media/upload", files=files, data=given)
        number = answer.json()["data"]["id"]
        metadata = {"id": number, "metadata": {"alt_text": {"text": "A cot"}}}
        assert client.call("x", "POST", "/2/media/metadata", json=metadata).status_code == 200
        post = {"text": "Hello", "media": {"media_ids": [number]}}
        client.call("x", "POST", "/2/tweets", json=post)
        wanted = {"sha256": hashlib.sha256(picture()).hexdigest(), "alt": "A cot"}
        assert client.faulty.public()[0]["media"] == [wanted]

    @pytest.mark.parametrize(
        "given",
        [
            {"text": "x" * 281},
            {"text": "x", "scheduled_at": "soon"},
            {"text": "x", "media": {"media_ids": ["1"]}},
            {},
        ],
    )
    def test_what_the_specification_forbids_is_refused(
        self, client: Client, given: dict[str, Any]
    ) -> None:
        assert client.call("x", "POST", "/2/tweets", json=given).status_code == 400
        assert client.faulty.public() == []

    def test_a_wrong_signature_opens_nothing(self, client: Client) -> None:
        url = f"{client.faulty.base_url}/2/tweets"
        for auth in (None, oauth(access_token_secret="wrong"), oauth(access_token="wrong")):  # noqa: S106
            assert requests.post(url, json={"text": "a"}, auth=auth, timeout=5).status_code == 401
        assert client.faulty.public() == []

    def test_the_same_words_twice(self, client: Client) -> None:
        client.faulty.settings(duplicate_rule=True)
        assert [client.publish("x").status_code for _ in range(2)] == [201, 403]
        assert len(client.faulty.public()) == 1

    def test_a_post_is_deleted_once(self, client: Client) -> None:
        number = client.publish("x").json()["data"]["id"]
        path = f"/2/tweets/{number}"
        assert [client.call("x", "DELETE", path).status_code for _ in range(2)] == [200, 404]
        assert client.faulty.public()[0]["removed"]


class TestFacebook:
    def test_a_link_post_is_listed_with_its_page(self, client: Client) -> None:
        number = client.publish("facebook").json()["id"]
        fields = "id,message,created_time,permalink_url,attachments{media_type,url,unshimmed_url}"
        path = f"/v26.0/{PAGE['id']}/published_posts"
        given = {"fields": fields, "since": "1795337880"}
        listed = client.call("facebook", "GET", path, params=given).json()["data"]
        assert listed[0]["id"] == number
        assert listed[0]["created_time"].startswith("2026-11-22T09:00:")
        assert listed[0]["attachments"]["data"][0]["unshimmed_url"] == LINK
        given["since"] = "1795341600"
        assert client.call("facebook", "GET", path, params=given).json() == {"data": []}

    def test_photos_are_public_only_with_their_post(self, client: Client) -> None:
        numbers = []
        path = f"/v26.0/{PAGE['id']}"
        for alt in ("One", "Two"):
            answer = client.call(
                "facebook",
                "POST",
                f"{path}/photos",
                files={"source": ("a.jpg", picture(), "image/jpeg")},
                data={"published": "false", "alt_text_custom": alt},
            )
            numbers.append(answer.json()["id"])
        assert client.faulty.public() == []
        media = json.dumps([{"media_fbid": number} for number in numbers])
        given = {"message": "Two pictures", "attached_media": media}
        assert client.call("facebook", "POST", f"{path}/feed", data=given).status_code == 200
        assert [one["alt"] for one in client.faulty.public()[0]["media"]] == ["One", "Two"]
        assert client.call("facebook", "POST", f"{path}/feed", data=given).status_code == 400

    def test_a_wrong_token_is_code_190(self, client: Client) -> None:
        url = f"{client.faulty.base_url}/v26.0/{PAGE['id']}/feed"
        answer = requests.post(url, data={"message": "a"}, headers=bearer("instagram"), timeout=5)
        assert answer.json()["error"]["code"] == 190
        assert client.faulty.public() == []

    def test_the_same_words_twice_running(self, client: Client) -> None:
        client.faulty.settings(duplicate_rule=True)
        client.publish("facebook")
        assert client.publish("facebook").json()["error"]["code"] == 506

    def test_a_token_is_explained(self, client: Client) -> None:
        token = SECRETS["facebook"]["access_token"]
        given = {"input_token": token}
        data = client.call("facebook", "GET", "/v26.0/debug_token", params=given).json()["data"]
        assert (data["is_valid"], data["profile_id"]) == (True, PAGE["id"])
        assert client.faulty.requests()[-1]["token_in"] == ["header", "url"]


class TestInstagram:
    def test_a_container_is_published_once(self, client: Client) -> None:
        client.faulty.settings(container_polls=1)
        number = client.prepare("instagram")
        assert client.publish("instagram", number).json()["error"]["error_subcode"] == 2207027
        path = f"/v26.0/{number}?fields=status_code"
        states = [client.call("instagram", "GET", path).json()["status_code"] for _ in range(2)]
        assert states == ["IN_PROGRESS", "FINISHED"]
        media = client.publish("instagram", number).json()["id"]
        assert client.call("instagram", "GET", path).json()["status_code"] == "PUBLISHED"
        assert client.publish("instagram", number).status_code == 400
        shown = client.call("instagram", "GET", f"/{media}?fields=permalink,timestamp").json()
        assert shown["permalink"].startswith("https://www.instagram.com/p/")
        (public,) = client.faulty.public()
        assert public["media"][0]["sha256"] == hashlib.sha256(picture()).hexdigest()
        assert client.faulty.requests("fetch")[0]["path"] == "/media/a.jpg"

    @pytest.mark.parametrize("name", ["missing.jpg", "text.jpg"])
    def test_a_picture_that_cannot_be_fetched(
        self, client: Client, tmp_path: Path, name: str
    ) -> None:
        (tmp_path / "text.jpg").write_bytes(b"no picture")
        given = {"image_url": f"{client.faulty.media_url}{name}"}
        path = f"/v26.0/{INSTAGRAM['id']}/media"
        error = client.call("instagram", "POST", path, data=given).json()["error"]
        assert error["error_subcode"] == (2207052 if name == "missing.jpg" else 2207005)

    def test_a_carousel(self, client: Client) -> None:
        path = f"/v26.0/{INSTAGRAM['id']}/media"
        children = []
        for alt in ("One", "Two"):
            given = {"image_url": f"{client.faulty.media_url}a.jpg", "alt_text": alt}
            answer = client.call(
                "instagram", "POST", path, data={**given, "is_carousel_item": "true"}
            )
            children.append(answer.json()["id"])
        given = {"media_type": "CAROUSEL", "children": ",".join(children), "caption": "Both"}
        number = client.call("instagram", "POST", path, data=given).json()["id"]
        client.publish("instagram", number)
        assert [one["alt"] for one in client.faulty.public()[0]["media"]] == ["One", "Two"]

    def test_the_quota_is_kept(self, client: Client) -> None:
        client.faulty.settings(quota_total=1)
        client.publish("instagram", client.prepare("instagram"))
        answer = client.publish("instagram", client.prepare("instagram"))
        assert answer.json()["error"]["error_subcode"] == 2207042
        path = f"/v26.0/{INSTAGRAM['id']}/content_publishing_limit?fields=config,quota_usage"
        (quota,) = client.call("instagram", "GET", path).json()["data"]
        assert (quota["quota_usage"], quota["config"]["quota_total"]) == (1, 1)


class TestRules:
    def test_only_the_nth(self, client: Client) -> None:
        client.faulty.set_faults({"fault": "429", "nth": 2, "protocol": "x"})
        assert [client.publish("x").status_code for _ in range(3)] == [201, 429, 201]

    def test_uploads_and_reads_have_faults_of_their_own(self, client: Client) -> None:
        client.faulty.set_faults(
            {"fault": "500-before", "request": "upload"}, {"fault": "429", "request": "read"}
        )
        assert client.publish("x").status_code == 201
        assert client.call("x", "GET", "/2/users/me").status_code == 429
        assert client.call("x", "POST", "/2/media/upload", json={}).status_code == 500

    def test_a_mix_is_the_same_for_the_same_seed(self, client: Client) -> None:
        def outcomes(seed: int) -> list[int]:
            client.faulty.reset()
            client.faulty.set_mix(seed, {"none": 1, "429": 1, "500-after-accepting": 1})
            texts = [f"Post {number}" for number in range(20)]
            return [
                client.call("x", "POST", "/2/tweets", json={"text": text}).status_code
                for text in texts
            ]

        first = outcomes(1)
        assert set(first) == {201, 429, 500}
        assert outcomes(1) == first != outcomes(2)

    def test_an_unknown_fault_is_an_error(self, faulty: FaultPlatform) -> None:
        with pytest.raises(AssertionError, match="no such fault"):
            faulty.set_faults("accept-then-sing")


def in_parallel(work: Callable[[int], Any], count: int) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(count)))


def test_hundreds_of_requests_a_second(faulty: FaultPlatform) -> None:
    """Raw sockets with kept connections, so that the client is not what is measured."""
    body = urlencode({"message": "words"}).encode()
    head = (
        f"POST /v26.0/{PAGE['id']}/feed HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n"
        f"Authorization: {bearer('facebook')['Authorization']}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    ).encode()
    port = int(faulty.base_url.rpartition(":")[2])

    def hundred(_: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as sock:
            for _ in range(100):
                sock.sendall(head + body)
                assert sock.recv(65_536).startswith(b"HTTP/1.1 200")

    began = time.perf_counter()
    in_parallel(hundred, 8)
    assert time.perf_counter() - began < 800 / 200
    assert faulty.duplicates() == {"facebook: words": 800}


def test_a_client_that_resets_harms_nobody(faulty: FaultPlatform) -> None:
    port = int(faulty.base_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.sendall(b"POST /2/tweets HTTP/1.1\r\nContent-Length: 5\r\n\r\n")
    assert faulty.public() == []


def test_a_workspace_can_be_planned(faulty: FaultPlatform, tmp_path: Path) -> None:
    space = faulty.workspace(tmp_path / "board", posts=3)
    board = space.board()
    assert {one.mode for one in board.accounts.values()} == {"live"}
    assert {one.api_base for one in board.accounts.values()} == {faulty.base_url}
    assert board.media_base_url == faulty.media_url
    assert (space.root / "secrets.yaml").stat().st_mode & 0o777 == 0o600
    loaded = load(space.root, board)
    assert [one for one in loaded.problems if one.severity == "error"] == []
    (campaign,) = loaded.campaigns
    planned, problems = deliveries(campaign, board)
    assert (len(planned), problems) == (9, [])
    assert len({one.delivery.draft.text for one in planned}) == 9

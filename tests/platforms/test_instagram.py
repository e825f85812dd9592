"""An Instagram account against a Graph API on loopback that answers well and badly."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from sgcomms import clock
from sgcomms.errors import (
    AuthError,
    NotReadyError,
    PlatformError,
    RateLimitError,
    RejectedError,
    UnavailableError,
    UncertainError,
)
from sgcomms.models import Account, Draft, DraftMedia
from sgcomms.platforms.instagram import POLLS, Instagram
from tests.platforms.graph_cases import (
    APP_SECRET,
    FAULTS,
    KEY,
    NOW,
    SINCE,
    SPECS,
    TOKEN,
    Graph,
    Shelf,
    Specification,
    error,
    in_turn,
)
from tests.platforms.graph_server import Reply, Request, serving
from tests.platforms.graph_world import hurry
from tests.platforms.instagram_world import USER

CONTAINER = "18000000000000001"
MEDIA = "17900000000000001"
TEXT = "Clear cot, every sleep.\n\nwww.example.org/a"
PERMALINK = "https://www.instagram.com/p/Cabc/"
FINISHED = Reply({"id": CONTAINER, "status_code": "FINISHED", "status": "Finished: ready"})
WORKING = Reply({"id": CONTAINER, "status_code": "IN_PROGRESS"})


def status(code: str, words: str = "") -> Reply:
    return Reply({"id": CONTAINER, "status_code": code, "status": words})


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    hurry(monkeypatch, 0.6)
    monkeypatch.setattr(Instagram, "sleep", staticmethod(found.append))
    return found


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def graph(shelf: Shelf) -> Iterator[Graph]:
    with serving() as server:
        shelf.base = server.base
        made = iter(range(18000000000000001, 18000000000000099))
        quota = {"quota_usage": 0, "config": {"quota_total": 100, "quota_duration": 86400}}
        yield Graph(
            server,
            {
                f"GET /{USER}/content_publishing_limit": Reply({"data": [quota]}),
                f"POST /{USER}/media": lambda _: Reply({"id": str(next(made))}),
                f"GET /{CONTAINER}": FINISHED,
                "GET /18000000000000002": FINISHED,
                "GET /18000000000000003": FINISHED,
                f"POST /{USER}/media_publish": Reply({"id": MEDIA}),
                f"GET /{MEDIA}": Reply(
                    {
                        "id": MEDIA,
                        "permalink": PERMALINK,
                        "timestamp": "2026-11-22T09:00:03+0000",
                    }
                ),
                f"GET /{USER}/media": Reply({"data": []}),
                f"GET /{USER}": Reply({"id": USER, "username": "cpsafeguardingboard"}),
            },
        )


@pytest.fixture
def gram(graph: Graph, shelf: Shelf) -> Instagram:
    return connected(graph, shelf)


def connected(graph: Graph, shelf: Shelf, **secrets: str) -> Instagram:
    account = Account("ours", "instagram", "live", "a", ig_user_id=USER, api_base=graph.base)
    return Instagram(account, {"access_token": TOKEN, **secrets}, shelf)


def shown(graph: Graph, shelf: Shelf, *alts: str) -> tuple[DraftMedia, ...]:
    """Return pictures that are on the shelf and where the public fetches them."""
    media = tuple(shelf.add(b"\xff\xd8" + alt.encode(), alt) for alt in alts)
    for one in media:
        graph.routes[f"GET /media/{one.sha256}.jpg"] = Reply(shelf.content(one))
    return media


def draft(media: tuple[DraftMedia, ...], text: str = TEXT) -> Draft:
    return Draft("instagram", "ours", text, None, media)


def armed(text: str = TEXT, container: str = CONTAINER) -> Draft:
    """Return a draft as it is when its post may have been made public."""
    return replace(draft((), text), prepared={"container": container} if container else {})


class TestUploading:
    def test_one_picture_gets_a_container(
        self, gram: Instagram, graph: Graph, shelf: Shelf
    ) -> None:
        one = draft(shown(graph, shelf, "A cot"))
        ready = gram.upload(one)
        assert ready.prepared == {"container": CONTAINER}
        assert replace(ready, prepared={}) == one
        (sent,) = graph.asked(f"POST /{USER}/media")
        assert sent.form == {
            "image_url": f"{graph.base}/media/{one.media[0].sha256}.jpg",
            "alt_text": "A cot",
            "caption": TEXT,
        }
        assert graph.asked(f"POST /{USER}/media_publish") == []

    def test_several_become_a_carousel(self, gram: Instagram, graph: Graph, shelf: Shelf) -> None:
        media = shown(graph, shelf, "A cot", "A basket")
        assert gram.upload(draft(media)).prepared == {"container": "18000000000000003"}
        *children, whole = [one.form for one in graph.asked(f"POST /{USER}/media")]
        assert [(one["is_carousel_item"], one["alt_text"]) for one in children] == [
            ("true", "A cot"),
            ("true", "A basket"),
        ]
        assert all("caption" not in one for one in children)
        assert whole == {
            "media_type": "CAROUSEL",
            "children": f"{CONTAINER},18000000000000002",
            "caption": TEXT,
        }

    def test_waits_until_it_is_finished(
        self, gram: Instagram, graph: Graph, shelf: Shelf, slept: list[float]
    ) -> None:
        graph.routes[f"GET /{CONTAINER}"] = in_turn(WORKING, WORKING, FINISHED)
        gram.upload(draft(shown(graph, shelf, "A cot")))
        assert slept == list(POLLS[:2])

    def test_and_no_longer_than_a_tick_can(
        self, gram: Instagram, graph: Graph, shelf: Shelf, slept: list[float]
    ) -> None:
        graph.routes[f"GET /{CONTAINER}"] = WORKING
        with pytest.raises(NotReadyError, match="still working"):
            gram.upload(draft(shown(graph, shelf, "A cot")))
        assert slept == list(POLLS)
        assert sum(POLLS) < 60

    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            (status("ERROR", "Error: 2207005 format"), RejectedError),
            (status("ERROR", "Error: 2207003 timeout"), NotReadyError),
            (status("ERROR"), NotReadyError),
            (status("EXPIRED"), NotReadyError),
            (status("PUBLISHED"), NotReadyError),
            (error(100, 33), NotReadyError),
            (Reply({"id": CONTAINER}), UnavailableError),
            (Reply(fault="close"), UnavailableError),
            (error(190), AuthError),
        ],
    )
    def test_a_container_that_comes_to_nothing_is_told(
        self, gram: Instagram, graph: Graph, shelf: Shelf, reply: Reply, kind: type[PlatformError]
    ) -> None:
        graph.routes[f"GET /{CONTAINER}"] = reply
        with pytest.raises(PlatformError) as caught:
            gram.upload(draft(shown(graph, shelf, "A cot")))
        assert type(caught.value) is kind

    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            (Reply(fault="reset"), UnavailableError),
            (Reply({}), UnavailableError),
            (error(2, status=500), UnavailableError),
            (error(9004, 2_207_052), NotReadyError),
            (error(36_001, 2_207_005), RejectedError),
            (error(190), AuthError),
            (error(80_002), RateLimitError),
        ],
    )
    def test_a_container_that_is_not_made_is_told_and_nothing_is_in_doubt(
        self, gram: Instagram, graph: Graph, shelf: Shelf, reply: Reply, kind: type[PlatformError]
    ) -> None:
        graph.routes[f"POST /{USER}/media"] = reply
        with pytest.raises(PlatformError) as caught:
            gram.upload(draft(shown(graph, shelf, "A cot")))
        assert type(caught.value) is kind
        assert len(graph.asked(f"POST /{USER}/media")) == 1

    def test_nothing_without_a_picture(self, gram: Instagram, graph: Graph) -> None:
        with pytest.raises(RejectedError):
            gram.upload(draft(()))
        assert graph.server.got == []


class TestThePublicPlace:
    def test_is_needed(self, gram: Instagram, graph: Graph, shelf: Shelf) -> None:
        media = shown(graph, shelf, "A cot")
        shelf.base = None
        with pytest.raises(NotReadyError, match=r"media_base_url.*sgcomms media export"):
            gram.upload(draft(media))
        assert graph.server.got == []

    @pytest.mark.parametrize(
        ("reply", "words"),
        [
            (Reply(b"", 404), r"no picture at .*\.jpg: .*status 404"),
            (Reply(b"", 302, {"Location": "/"}), "status 302"),
            (Reply(b"\xff\xd8other"), "shows another picture"),
            (Reply(b"\xff\xd8A cot", fault="half"), "there is no picture at"),
            (Reply(b"1" * 8_000_001), "more than 8,000,000 bytes"),
            (Reply(fault="close"), "there is no picture at"),
        ],
    )
    def test_must_show_the_very_same_bytes(
        self, gram: Instagram, graph: Graph, shelf: Shelf, reply: Reply, words: str
    ) -> None:
        media = shown(graph, shelf, "A cot")
        graph.routes[f"GET /media/{media[0].sha256}.jpg"] = reply
        with pytest.raises(NotReadyError, match=words) as caught:
            gram.upload(draft(media))
        assert "sgcomms media export" in str(caught.value)
        assert [one.path for one in graph.server.got] == [f"/media/{media[0].sha256}.jpg"]

    def test_every_picture_is_looked_at_before_anything_is_made(
        self, gram: Instagram, graph: Graph, shelf: Shelf
    ) -> None:
        media = shown(graph, shelf, "A cot", "A basket")
        graph.routes[f"GET /media/{media[1].sha256}.jpg"] = Reply(b"", 404)
        with pytest.raises(NotReadyError):
            gram.upload(draft(media))
        assert graph.asked(f"POST /{USER}/media") == []

    def test_is_never_shown_the_token(self, gram: Instagram, graph: Graph, shelf: Shelf) -> None:
        media = shown(graph, shelf, "A cot")
        gram.upload(draft(media))
        (seen,) = graph.asked(f"GET /media/{media[0].sha256}.jpg")
        assert not {"authorization", "cookie"} & seen.headers.keys()

    def test_is_reached_by_https(self, gram: Instagram, graph: Graph, shelf: Shelf) -> None:
        media = shown(graph, shelf, "A cot")
        shelf.base = "http://www.example.org"
        with pytest.raises(NotReadyError, match="https://"):
            gram.upload(draft(media))


class TestTheQuota:
    def use(self, graph: Graph, data: object) -> None:
        graph.routes[f"GET /{USER}/content_publishing_limit"] = Reply({"data": data})

    def test_that_is_full_waits(self, gram: Instagram, graph: Graph, shelf: Shelf) -> None:
        self.use(graph, [{"quota_usage": 50, "config": {"quota_total": 50}}])
        with pytest.raises(RateLimitError, match="50 posts in 24 hours") as caught:
            gram.upload(draft(shown(graph, shelf, "A cot")))
        assert caught.value.retry_at == NOW + timedelta(hours=1)
        assert graph.asked(f"POST /{USER}/media") == []

    @pytest.mark.parametrize("data", [[], None, [{}], [{"quota_usage": 9}], [{"config": 1}]])
    def test_that_is_not_told_stops_nothing(
        self, gram: Instagram, graph: Graph, shelf: Shelf, data: object
    ) -> None:
        self.use(graph, data)
        assert gram.upload(draft(shown(graph, shelf, "A cot"))).prepared

    def test_that_cannot_be_asked_stops_nothing(
        self, gram: Instagram, graph: Graph, shelf: Shelf
    ) -> None:
        graph.routes[f"GET /{USER}/content_publishing_limit"] = error(100)
        assert gram.upload(draft(shown(graph, shelf, "A cot"))).prepared


class TestPublishing:
    def test_makes_the_container_public(self, gram: Instagram, graph: Graph) -> None:
        found = gram.publish(armed(), key=KEY)
        (sent,) = graph.asked(f"POST /{USER}/media_publish")
        assert sent.form == {"creation_id": CONTAINER}
        assert (found.platform_id, found.url, found.text) == (MEDIA, PERMALINK, TEXT)
        assert found.published_at == NOW + timedelta(seconds=3)

    def test_without_a_container_sends_nothing(self, gram: Instagram, graph: Graph) -> None:
        with pytest.raises(NotReadyError):
            gram.publish(armed(container=""), key=KEY)
        assert graph.server.got == []

    @pytest.mark.parametrize("reply", [Reply(fault="reset"), Reply(b"<html>"), error(190)])
    def test_an_address_that_cannot_be_had_is_no_harm(
        self, gram: Instagram, graph: Graph, reply: Reply
    ) -> None:
        graph.routes[f"GET /{MEDIA}"] = reply
        found = gram.publish(armed(), key=KEY)
        assert (found.platform_id, found.url, found.published_at) == (MEDIA, None, clock.now())

    def test_a_container_that_is_gone_is_no_word_about_the_account(
        self, gram: Instagram, graph: Graph
    ) -> None:
        words = "Object with ID '17900000000000001' does not exist"
        graph.routes[f"POST /{USER}/media_publish"] = error(100, 33, words=words)
        with pytest.raises(RejectedError, match="17900000000000001"):
            gram.publish(armed(), key=KEY)

    @pytest.mark.parametrize("name", FAULTS)
    def test_what_goes_wrong_is_told_apart_and_nothing_is_sent_again(
        self, gram: Instagram, graph: Graph, name: str
    ) -> None:
        reply, kind, words = FAULTS[name]
        graph.routes[f"POST /{USER}/media_publish"] = reply
        with pytest.raises(PlatformError, match=words) as caught:
            gram.publish(armed(), key=KEY)
        assert isinstance(caught.value, kind)
        assert len(graph.server.got) == 1
        assert TOKEN not in "".join(traceback.format_exception(caught.value))

    def test_the_daily_limit_waits(self, gram: Instagram, graph: Graph) -> None:
        graph.routes[f"POST /{USER}/media_publish"] = error(9, 2_207_042)
        with pytest.raises(RateLimitError):
            gram.publish(armed(), key=KEY)


def listed(number: int, caption: str | None, seconds: int = 5) -> dict[str, object]:
    at = NOW + timedelta(seconds=seconds)
    whole = {
        "id": str(number),
        "caption": caption,
        "timestamp": f"{at:%Y-%m-%dT%H:%M:%S}+0000",
        "permalink": f"https://www.instagram.com/p/{number}/",
    }
    return {name: value for name, value in whole.items() if value is not None}


class TestFinding:
    @pytest.fixture(autouse=True)
    def published(self, graph: Graph) -> None:
        graph.routes[f"GET /{CONTAINER}"] = status("PUBLISHED")

    def show(self, graph: Graph, *posts: dict[str, object]) -> None:
        graph.routes[f"GET /{USER}/media"] = Reply({"data": posts})

    def test_a_published_container_is_found_among_the_posts(
        self, gram: Instagram, graph: Graph
    ) -> None:
        self.show(graph, listed(8, "Other"), listed(7, TEXT), listed(6, TEXT, -300))
        found = gram.find(armed(), key=KEY, since=SINCE)
        assert found is not None
        assert (found.platform_id, found.url) == ("7", "https://www.instagram.com/p/7/")

    def test_one_without_a_caption_too(self, gram: Instagram, graph: Graph) -> None:
        self.show(graph, listed(8, "Other"), listed(7, None))
        found = gram.find(armed(""), key=KEY, since=SINCE)
        assert found is not None
        assert found.platform_id == "7"

    @pytest.mark.parametrize("code", ["IN_PROGRESS", "FINISHED", "ERROR", "EXPIRED", "NEWS"])
    def test_any_other_status_finds_nothing_and_takes_no_twin(
        self, gram: Instagram, graph: Graph, code: str
    ) -> None:
        graph.routes[f"GET /{CONTAINER}"] = status(code)
        self.show(graph, listed(7, TEXT))
        assert gram.find(armed(), key=KEY, since=SINCE) is None

    def test_published_and_not_listed_is_for_a_person(self, gram: Instagram, graph: Graph) -> None:
        self.show(graph, listed(8, "Other"))
        with pytest.raises(UncertainError, match=r"was published.*sgcomms settle"):
            gram.find(armed(), key=KEY, since=SINCE)

    def test_two_alike_are_for_a_person(self, gram: Instagram, graph: Graph) -> None:
        self.show(graph, listed(8, TEXT), listed(7, TEXT))
        with pytest.raises(UncertainError, match="2 posts that could be this one"):
            gram.find(armed(), key=KEY, since=SINCE)

    @pytest.mark.parametrize("container", ["", CONTAINER])
    def test_without_a_container_that_is_known_by_its_words(
        self, gram: Instagram, graph: Graph, container: str
    ) -> None:
        graph.routes[f"GET /{CONTAINER}"] = error(100, 33)
        self.show(graph, listed(8, None), listed(7, TEXT))
        found = gram.find(armed(container=container), key=KEY, since=SINCE)
        assert found is not None
        assert found.platform_id == "7"
        assert gram.find(armed("", container), key=KEY, since=SINCE) is None
        assert gram.find(armed("Else", container), key=KEY, since=SINCE) is None

    @pytest.mark.parametrize("path", [f"GET /{CONTAINER}", f"GET /{USER}/media"])
    @pytest.mark.parametrize("reply", [Reply(fault="close"), error(2, status=500)])
    def test_what_cannot_be_asked_says_nothing(
        self, gram: Instagram, graph: Graph, path: str, reply: Reply
    ) -> None:
        graph.routes[path] = reply
        with pytest.raises(UnavailableError):
            gram.find(armed(), key=KEY, since=SINCE)

    def test_publications_are_all_since(self, gram: Instagram, graph: Graph) -> None:
        self.show(graph, listed(8, "New"), listed(7, None), listed(6, TEXT, -300))
        found = list(gram.publications(SINCE))
        assert [(one.platform_id, one.text) for one in found] == [("8", "New"), ("7", None)]


class TestTheRest:
    def test_says_whose_token_it_is(self, gram: Instagram) -> None:
        found = gram.verify()
        assert (found.handle, found.platform_id) == ("cpsafeguardingboard", USER)

    def test_takes_nothing_down(self, gram: Instagram, graph: Graph) -> None:
        assert not gram.removable
        with pytest.raises(RejectedError):
            gram.remove(MEDIA)
        assert graph.server.got == []

    def test_an_account_without_its_number_is_told(self, graph: Graph, shelf: Shelf) -> None:
        account = Account("ours", "instagram", "live", "a", api_base=graph.base)
        with pytest.raises(AuthError, match="ig_user_id"):
            Instagram(account, {"access_token": TOKEN}, shelf).publish(armed(), key=KEY)

    def test_secrets_are_in_no_address_and_no_log(
        self, graph: Graph, shelf: Shelf, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        gram = connected(graph, shelf, app_secret=APP_SECRET)
        gram.verify()
        gram.publish(gram.upload(draft(shown(graph, shelf, "A cot"))), key=KEY)
        whole = caplog.text + "".join(one.target for one in graph.server.got)
        assert TOKEN not in whole
        assert APP_SECRET not in whole


@pytest.mark.skipif(not SPECS.exists(), reason="Meta's specifications are not here")
def test_every_request_is_one_that_meta_describes(graph: Graph, shelf: Shelf) -> None:
    gram = connected(graph, shelf, app_secret=APP_SECRET)
    gram.verify()
    for alts in (("A cot",), ("A basket", "A crib")):
        numbers = range(18000000000000001, 18000000000000004)
        graph.routes[f"POST /{USER}/media"] = in_turn(*(Reply({"id": str(n)}) for n in numbers))
        gram.publish(gram.upload(draft(shown(graph, shelf, *alts))), key=KEY)
    graph.routes[f"GET /{CONTAINER}"] = status("PUBLISHED")
    graph.routes[f"GET /{USER}/media"] = Reply({"data": [listed(7, TEXT)]})
    assert gram.find(armed(), key=KEY, since=SINCE) is not None
    specification = Specification({USER: "IGUser", MEDIA: "IGMedia", "18.*": "container"})
    sent = [
        one
        for one in graph.server.got
        if not one.path.startswith("/media/") and one.path != "/v25.0/"
    ]
    assert len(sent) == 17
    assert [one for request in sent for one in specification.complaints(request)] == []


def test_the_specification_finds_what_is_wrong() -> None:
    specification = Specification({USER: "IGUser", "18.*": "container"})
    wrong = [
        Request("POST", f"/v25.0/{USER}/media_publish", {}, b"creation_id=abc"),
        Request("POST", f"/v25.0/{USER}/media", {}, b"alt=abc"),
        Request("GET", f"/v25.0/{CONTAINER}?fields=state", {}, b""),
    ]
    if SPECS.exists():
        assert all(list(specification.complaints(one)) for one in wrong)

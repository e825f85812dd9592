"""A Facebook Page against a Graph API on loopback that answers well and badly."""

from __future__ import annotations

import hashlib
import hmac
import json
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
    SecretsMissingError,
    UnavailableError,
    UncertainError,
)
from sgcomms.http import Client
from sgcomms.models import Account, Draft, DraftMedia
from sgcomms.platforms.facebook import Facebook
from sgcomms.platforms.graph import api as graph_api
from tests.conftest import At
from tests.platforms.facebook_world import PAGE
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
    usage,
)
from tests.platforms.graph_server import Reply, Request, serving
from tests.platforms.graph_world import hurry

POST = f"{PAGE}_42"
LINK = "https://www.example.org/a?utm_source=facebook&utm_content=safer-sleeping.clear-cot.ours"
TEXT = f"Clear cot, every sleep. {LINK}"
PERMALINK = f"https://www.facebook.com/{PAGE}/posts/42"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch, 0.6)


@pytest.fixture
def graph() -> Iterator[Graph]:
    numbers = iter(range(100, 999))
    with serving() as server:
        yield Graph(
            server,
            {
                f"POST /{PAGE}/feed": Reply({"id": POST}),
                f"POST /{PAGE}/photos": lambda _: Reply(
                    {"id": str(next(numbers)), "post_id": POST}
                ),
                f"GET /{POST}": Reply(
                    {
                        "id": POST,
                        "permalink_url": PERMALINK,
                        "created_time": "2026-11-22T09:00:03+0000",
                    }
                ),
                f"DELETE /{POST}": Reply({"success": True}),
                f"GET /{PAGE}": Reply({"id": PAGE, "name": "A Board", "username": "cplscb"}),
                f"GET /{PAGE}/published_posts": Reply({"data": []}),
            },
        )


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def page(graph: Graph, shelf: Shelf) -> Facebook:
    return connected(graph, shelf)


def connected(graph: Graph, shelf: Shelf, **secrets: str) -> Facebook:
    account = Account("ours", "facebook", "live", "cplscb", page_id=PAGE, api_base=f"{graph.base}/")
    return Facebook(account, {"access_token": TOKEN, **secrets}, shelf)


def draft(
    text: str = TEXT, link: str | None = LINK, *, media: tuple[DraftMedia, ...] = ()
) -> Draft:
    return Draft("facebook", "ours", text, None if media else link, media)


def listed(number: int, text: str, seconds: int = 5, **more: object) -> dict[str, object]:
    at = NOW + timedelta(seconds=seconds)
    return {
        "id": f"{PAGE}_{number}",
        "message": text,
        "created_time": f"{at:%Y-%m-%dT%H:%M:%S}+0000",
        "permalink_url": f"https://www.facebook.com/{PAGE}/posts/{number}",
        **more,
    }


def card(url: str, **more: str) -> dict[str, object]:
    return {"data": [{"media_type": "link", "url": url, **more}]}


class TestPublishing:
    def test_a_link_becomes_a_card_beside_the_words(self, page: Facebook, graph: Graph) -> None:
        found = page.publish(draft(), key=KEY)
        (sent,) = graph.asked(f"POST /{PAGE}/feed")
        assert sent.form == {"message": TEXT, "link": LINK}
        assert sent.headers["authorization"] == f"Bearer {TOKEN}"
        assert (found.account, found.platform_id, found.url) == ("ours", POST, PERMALINK)
        assert found.published_at == NOW + timedelta(seconds=3)

    def test_words_alone(self, page: Facebook, graph: Graph) -> None:
        page.publish(draft("Only words.", None), key=KEY)
        assert graph.asked(f"POST /{PAGE}/feed")[0].form == {"message": "Only words."}

    def test_one_photo_goes_with_the_post(self, page: Facebook, graph: Graph, shelf: Shelf) -> None:
        one = draft(media=(shelf.add(b"\xff\xd8one", "A cot"),))
        ready = page.upload(one)
        assert graph.server.got == []
        assert page.publish(ready, key=KEY).platform_id == POST
        (sent,) = graph.asked(f"POST /{PAGE}/photos")
        assert sent.form == {"message": TEXT, "alt_text_custom": "A cot"}
        assert sent.files == {"source": b"\xff\xd8one"}

    def test_several_photos_are_handed_over_before(
        self, page: Facebook, graph: Graph, shelf: Shelf
    ) -> None:
        media = tuple(shelf.add(b"\xff\xd8" + alt.encode(), alt) for alt in ("A cot", "A basket"))
        ready = page.upload(draft(media=media))
        sent = graph.asked(f"POST /{PAGE}/photos")
        assert [one.form for one in sent] == [
            {"published": "false", "alt_text_custom": alt} for alt in ("A cot", "A basket")
        ]
        assert ready.prepared == {"photos": "100,101"}
        assert graph.asked(f"POST /{PAGE}/feed") == []
        page.publish(ready, key=KEY)
        (post,) = graph.asked(f"POST /{PAGE}/feed")
        assert json.loads(post.form["attached_media"]) == [
            {"media_fbid": "100"},
            {"media_fbid": "101"},
        ]
        assert post.form["message"] == TEXT
        assert "link" not in post.form

    def test_photos_that_were_not_handed_over_send_nothing(
        self, page: Facebook, graph: Graph, shelf: Shelf
    ) -> None:
        media = (shelf.add(b"1", "A cot"), shelf.add(b"2", "A basket"))
        with pytest.raises(NotReadyError):
            page.publish(draft(media=media), key=KEY)
        assert graph.server.got == []

    @pytest.mark.parametrize("photos", [1, 2])
    def test_a_photo_that_is_missing_here_sends_nothing(
        self, page: Facebook, graph: Graph, shelf: Shelf, photos: int
    ) -> None:
        media = (shelf.add(b"1", "A cot"),) * photos
        shelf.content_of.clear()
        with pytest.raises(NotReadyError):
            page.upload(draft(media=media))
        assert graph.server.got == []

    def test_a_photo_that_was_lost_on_its_way_is_handed_over_again(
        self, page: Facebook, graph: Graph, shelf: Shelf
    ) -> None:
        media = (shelf.add(b"1", "A cot"), shelf.add(b"2", "A basket"))
        for reply in (Reply(fault="close"), Reply({}), error(2, status=500)):
            graph.routes[f"POST /{PAGE}/photos"] = reply
            with pytest.raises(UnavailableError, match="photo 1"):
                page.upload(draft(media=media))

    @pytest.mark.parametrize(
        "reply", [Reply(fault="reset"), Reply(b"<html>"), error(190), Reply({"permalink_url": "x"})]
    )
    def test_an_address_that_cannot_be_had_is_no_harm(
        self, page: Facebook, graph: Graph, reply: Reply
    ) -> None:
        graph.routes[f"GET /{POST}"] = reply
        found = page.publish(draft(), key=KEY)
        assert found.url == f"https://www.facebook.com/{POST}"
        assert found.published_at == clock.now()
        assert len(graph.asked(f"GET /{POST}")) == 1

    @pytest.mark.parametrize("name", FAULTS)
    @pytest.mark.parametrize("edge", ["feed", "photos"])
    def test_what_goes_wrong_is_told_apart_and_nothing_is_sent_again(
        self, page: Facebook, graph: Graph, shelf: Shelf, name: str, edge: str
    ) -> None:
        reply, kind, words = FAULTS[name]
        graph.routes[f"POST /{PAGE}/{edge}"] = reply
        media = (shelf.add(b"1", "A cot"),) if edge == "photos" else ()
        with pytest.raises(PlatformError, match=words) as caught:
            page.publish(draft(media=media), key=KEY)
        assert isinstance(caught.value, kind)
        assert len(graph.server.got) == 1
        assert TOKEN not in "".join(traceback.format_exception(caught.value))

    def test_the_time_to_wait_is_metas_own(self, page: Facebook, graph: Graph) -> None:
        graph.routes[f"POST /{PAGE}/feed"] = error(80_001, headers=usage(100, 37))
        with pytest.raises(RateLimitError) as caught:
            page.publish(draft(), key=KEY)
        assert caught.value.retry_at == NOW + timedelta(minutes=37)
        graph_api.WAITS.clear()
        graph.routes[f"POST /{PAGE}/feed"] = error(4, headers={"X-App-Usage": "no json"})
        with pytest.raises(RateLimitError) as caught:
            page.publish(draft(), key=KEY)
        assert caught.value.retry_at == NOW + timedelta(hours=1)

    def test_close_to_a_limit_nothing_more_is_sent_but_what_takes_down(
        self, page: Facebook, graph: Graph, shelf: Shelf, at: At
    ) -> None:
        graph.routes[f"POST /{PAGE}/feed"] = Reply({"id": POST}, headers=usage(90, 20))
        assert page.publish(draft(), key=KEY).url == f"https://www.facebook.com/{POST}"
        before = len(graph.server.got)
        for publisher in (page, connected(graph, shelf)):
            with pytest.raises(RateLimitError, match="nothing was sent") as caught:
                publisher.publish(draft(), key=KEY)
            assert caught.value.retry_at == NOW + timedelta(minutes=20)
        assert len(graph.server.got) == before
        page.remove(POST)
        at("2026-11-22T09:21+00:00")
        page.publish(draft(), key=KEY)


class TestFinding:
    def found(self, page: Facebook, graph: Graph, *posts: dict[str, object]) -> str | None:
        graph.routes[f"GET /{PAGE}/published_posts"] = Reply({"data": posts})
        found = page.find(draft(), key=KEY, since=SINCE)
        return found.platform_id if found else None

    def test_by_the_tagged_link_in_the_words(self, page: Facebook, graph: Graph) -> None:
        mended = TEXT.replace("Clear cot", "A clear cot")
        assert self.found(page, graph, listed(7, "Other"), listed(42, mended)) == POST

    @pytest.mark.parametrize(
        "attachments",
        [
            card("https://l.facebook.com/l.php?u=1", unshimmed_url=f"{LINK}&fbclid=abc"),
            card(
                "https://l.facebook.com/l.php?h=1&u=https%3A%2F%2Fwww.example.org%2Fa%3Futm_content"
                "%3Dsafer-sleeping.clear-cot.ours"
            ),
        ],
    )
    def test_by_the_tagged_link_of_the_card(
        self, page: Facebook, graph: Graph, attachments: dict[str, object]
    ) -> None:
        post = listed(42, "Clear cot, every sleep.", attachments=attachments)
        assert self.found(page, graph, post) == POST

    @pytest.mark.parametrize("end", [".", "!", ").", "’", ", all of it."])
    def test_by_a_link_that_ends_a_sentence(self, page: Facebook, graph: Graph, end: str) -> None:
        post = listed(42, "Clear cot.", attachments=card(LINK))
        graph.routes[f"GET /{PAGE}/published_posts"] = Reply({"data": [post]})
        assert page.find(draft(f"{TEXT}{end}"), key=KEY, since=SINCE) is not None

    def test_the_same_words_for_another_delivery_are_not_it(
        self, page: Facebook, graph: Graph
    ) -> None:
        other = TEXT.replace("clear-cot.ours", "clear-cot.2.ours")
        assert self.found(page, graph, listed(42, other)) is None

    def test_what_is_older_is_not_it(self, page: Facebook, graph: Graph) -> None:
        assert self.found(page, graph, listed(42, TEXT, -121)) is None
        assert self.found(page, graph, listed(42, TEXT, -119)) == POST

    def test_two_of_them_are_for_a_person(self, page: Facebook, graph: Graph) -> None:
        with pytest.raises(UncertainError, match=r"posts/42.*posts/43.*sgcomms settle"):
            self.found(page, graph, listed(42, TEXT), listed(43, TEXT))

    def test_without_a_link_by_all_its_words(self, page: Facebook, graph: Graph) -> None:
        posts = [listed(41, "Only words. More."), listed(42, "Only\n words. ")]
        graph.routes[f"GET /{PAGE}/published_posts"] = Reply({"data": posts})
        found = page.find(draft("Only words.", None), key=KEY, since=SINCE)
        assert found is not None
        assert (found.platform_id, found.text) == (POST, "Only\n words. ")
        assert page.find(draft("", None), key=KEY, since=SINCE) is None

    def test_looks_at_every_page_and_takes_no_token_from_an_address(
        self, page: Facebook, graph: Graph
    ) -> None:
        further = f"https://evil.example/x?after=abc&access_token={TOKEN}&fields=admin"
        graph.routes[f"GET /{PAGE}/published_posts"] = in_turn(
            Reply({"data": [listed(7, "Other")], "paging": {"next": further}}),
            Reply({"data": [listed(42, TEXT)]}),
        )
        assert page.find(draft(), key=KEY, since=SINCE) is not None
        first, second = graph.asked(f"GET /{PAGE}/published_posts")
        assert second.query == {**first.query, "after": "abc"}
        assert first.query["since"] == str(int(SINCE.timestamp()))

    @pytest.mark.parametrize(
        "post",
        [{}, {"id": POST}, listed(42, TEXT, created_time="yesterday"), listed(42, TEXT, id="a/b")],
    )
    def test_what_makes_no_sense_is_passed_over(
        self, page: Facebook, graph: Graph, post: dict[str, object]
    ) -> None:
        assert self.found(page, graph, post) is None

    @pytest.mark.parametrize("reply", [error(100), Reply(fault="close"), Reply(b"<html>", 500)])
    def test_a_list_that_cannot_be_had_says_nothing_about_the_post(
        self, page: Facebook, graph: Graph, reply: Reply
    ) -> None:
        graph.routes[f"GET /{PAGE}/published_posts"] = reply
        with pytest.raises(UnavailableError):
            page.find(draft(), key=KEY, since=SINCE)

    def test_publications_are_all_that_is_there(self, page: Facebook, graph: Graph) -> None:
        posts = [listed(43, "New"), listed(42, TEXT), listed(41, "Old", -999)]
        graph.routes[f"GET /{PAGE}/published_posts"] = Reply({"data": posts})
        found = list(page.publications(SINCE))
        assert [(one.platform_id, one.text) for one in found] == [
            (f"{PAGE}_43", "New"),
            (POST, TEXT),
        ]


class TestRemoving:
    def test_takes_the_post_down(self, page: Facebook, graph: Graph) -> None:
        page.remove(POST)
        assert len(graph.asked(f"DELETE /{POST}")) == 1

    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            (Reply({"success": False}), RejectedError),
            (error(100), RejectedError),
            (Reply({}), UncertainError),
            (Reply(fault="close"), UncertainError),
            (error(2, status=500), UncertainError),
            (error(190), AuthError),
        ],
    )
    def test_what_goes_wrong_is_told(
        self, page: Facebook, graph: Graph, reply: Reply, kind: type[PlatformError]
    ) -> None:
        graph.routes[f"DELETE /{POST}"] = reply
        with pytest.raises(kind):
            page.remove(POST)
        assert len(graph.server.got) == 1

    @pytest.mark.parametrize("name", ["me", "../me", f"{POST}/likes", "https://x", ""])
    def test_only_posts(self, page: Facebook, graph: Graph, name: str) -> None:
        with pytest.raises(RejectedError):
            page.remove(name)
        assert graph.server.got == []

    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            (f"https://www.facebook.com/{POST}", POST),
            ("https://m.facebook.com/cplscb/posts/clear-cot/42/?ref=1", POST),
            (PERMALINK, POST),
            (f"https://www.facebook.com/permalink.php?story_fbid=42&id={PAGE}", POST),
            (
                "https://www.facebook.com/cplscb/posts/pfbid0abc",
                "https://facebook.com/cplscb/posts/pfbid0abc",
            ),
            ("https://evil.example/1_2", None),
        ],
    )
    def test_an_address_leads_to_an_id(
        self, page: Facebook, url: str, expected: str | None
    ) -> None:
        assert page.post_id(url) == expected


def debug(**data: object) -> Reply:
    whole = {"is_valid": True, "scopes": [], "expires_at": 0, **data}
    return Reply([{"code": 200, "body": json.dumps({"data": whole})}])


class TestVerifying:
    def test_says_whose_token_it_is(self, page: Facebook) -> None:
        found = page.verify()
        assert (found.handle, found.platform_id, found.missing) == ("cplscb", PAGE, ())
        assert "app_secret" in found.notes[0]

    def test_with_the_app_secret_says_what_it_may_do_and_when_it_ends(
        self, graph: Graph, shelf: Shelf
    ) -> None:
        graph.routes["POST /"] = debug(
            scopes=["pages_manage_posts", "read_insights"],
            expires_at=1_800_000_000,
            data_access_expires_at=1_790_000_000,
        )
        found = connected(graph, shelf, app_secret=APP_SECRET).verify()
        assert found.scopes == ("pages_manage_posts", "read_insights")
        assert found.missing == ("pages_read_engagement",)
        assert found.expires_at is not None
        assert found.expires_at.timestamp() == 1_800_000_000
        assert "ends on 21 September 2026" in found.notes[0]

    def test_a_token_without_an_end_has_none(self, graph: Graph, shelf: Shelf) -> None:
        graph.routes["POST /"] = debug(data_access_expires_at=0)
        found = connected(graph, shelf, app_secret=APP_SECRET).verify()
        assert (found.expires_at, found.notes) == (None, ("the token does not end",))

    @pytest.mark.parametrize(
        "reply",
        [
            Reply(b"<html>"),
            Reply(fault="close"),
            Reply([]),
            Reply([None]),
            Reply([{"code": 200, "body": "no json"}]),
            Reply([{"code": 400, "body": json.dumps(error(100).body)}]),
            error(100),
        ],
    )
    def test_what_cannot_be_asked_is_a_note(self, graph: Graph, shelf: Shelf, reply: Reply) -> None:
        graph.routes["POST /"] = reply
        found = connected(graph, shelf, app_secret=APP_SECRET).verify()
        assert found.notes[0].startswith("what the token may do, and when it ends, is not known")

    @pytest.mark.parametrize(
        "reply",
        [
            debug(is_valid=False, error={"code": 190, "message": "no", "subcode": 463}),
            error(190, 463),
        ],
    )
    def test_a_dead_token_is_told(self, graph: Graph, shelf: Shelf, reply: Reply) -> None:
        graph.routes["POST /"] = reply
        with pytest.raises(AuthError, match="it has ended"):
            connected(graph, shelf, app_secret=APP_SECRET).verify()

    def test_a_token_that_does_not_show_the_page_is_told(
        self, page: Facebook, graph: Graph
    ) -> None:
        graph.routes[f"GET /{PAGE}"] = error(100, 33)
        with pytest.raises(AuthError, match=f"does not show {PAGE}"):
            page.verify()


class TestSecrets:
    def test_a_proof_goes_with_every_request_where_there_is_an_app_secret(
        self, graph: Graph, shelf: Shelf
    ) -> None:
        page = connected(graph, shelf, app_secret=APP_SECRET)
        page.publish(draft(), key=KEY)
        page.remove(POST)
        proof = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
        assert [{**r.query, **r.form}["appsecret_proof"] for r in graph.server.got] == [proof] * 3

    def test_are_in_no_address_and_no_log(
        self, graph: Graph, shelf: Shelf, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        graph.routes["POST /"] = debug()
        page = connected(graph, shelf, app_secret=APP_SECRET)
        page.verify()
        page.publish(draft(), key=KEY)
        page.find(draft(), key=KEY, since=SINCE)
        whole = caplog.text + "".join(one.target for one in graph.server.got)
        assert TOKEN not in whole
        assert APP_SECRET not in whole
        assert "appsecret_proof" not in caplog.text

    def test_without_a_token_nothing_is_sent(self, graph: Graph, shelf: Shelf) -> None:
        page = connected(graph, shelf, access_token="")
        with pytest.raises(SecretsMissingError, match="SGCOMMS_OURS_ACCESS_TOKEN"):
            page.publish(draft(), key=KEY)
        assert graph.server.got == []

    def test_a_token_that_is_none_is_told(self, graph: Graph, shelf: Shelf) -> None:
        with pytest.raises(AuthError, match="no token has"):
            connected(graph, shelf, access_token=f"{TOKEN}“").verify()

    def test_they_go_to_facebook_and_nowhere_else(self, shelf: Shelf) -> None:
        for base in ("https://evil.example", "https://graph.instagram.com"):
            account = Account("ours", "facebook", "live", "a", page_id=PAGE, api_base=base)
            with pytest.raises(AuthError, match="may not go to"):
                Facebook(account, {"access_token": TOKEN}, shelf).publish(draft(), key=KEY)

    def test_where_nothing_is_said_they_go_to_graph_facebook_com(
        self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bases = []
        monkeypatch.setattr(Client, "_check", lambda self, url: bases.append(url))
        account = Account("ours", "facebook", "live", "a", page_id=PAGE)
        assert Facebook(account, {"access_token": TOKEN}, shelf).api.label == "Facebook"
        assert bases == ["https://graph.facebook.com/v25.0"]


def test_a_page_without_its_number_is_told(graph: Graph, shelf: Shelf) -> None:
    account = Account("ours", "facebook", "live", "a", api_base=graph.base)
    with pytest.raises(AuthError, match="page_id"):
        Facebook(account, {"access_token": TOKEN}, shelf).publish(draft(), key=KEY)


@pytest.mark.skipif(not SPECS.exists(), reason="Meta's specifications are not here")
def test_every_request_is_one_that_meta_describes(graph: Graph, shelf: Shelf) -> None:
    page = connected(graph, shelf, app_secret=APP_SECRET)
    media = (shelf.add(b"1", "A cot"), shelf.add(b"2", "A basket"))
    page.verify()
    for one in (draft(), draft("Words.", None), draft(media=media[:1]), draft(media=media)):
        page.publish(page.upload(one), key=KEY)
    page.find(draft(), key=KEY, since=SINCE)
    page.remove(POST)
    specification = Specification({PAGE: "Page", POST: "PagePost"})
    sent = [one for one in graph.server.got if one.path != "/v25.0/"]
    assert len(sent) == 13
    assert [one for request in sent for one in specification.complaints(request)] == []


def test_the_specification_finds_what_is_wrong() -> None:
    specification = Specification({PAGE: "Page"})
    wrong = [
        Request("POST", f"/v25.0/{PAGE}/feed", {}, b"messages=a"),
        Request("POST", f"/v25.0/{PAGE}/feed", {}, b"published=no"),
        Request("POST", f"/v25.0/{PAGE}/feed?message=a", {}, b""),
        Request("POST", f"/v25.0/{PAGE}/post", {}, b""),
        Request("GET", f"/v25.0/{PAGE}/published_posts?fields=id,words", {}, b""),
        Request("GET", f"/v25.0/{PAGE}?token=1", {}, b""),
        Request("GET", f"/{PAGE}", {}, b""),
    ]
    if SPECS.exists():
        assert all(list(specification.complaints(one)) for one in wrong)


def test_drafts_are_left_as_they_are(page: Facebook, shelf: Shelf) -> None:
    media = (shelf.add(b"1", "A cot"), shelf.add(b"2", "A basket"))
    one = draft(media=media)
    ready = page.upload(one)
    assert replace(ready, prepared={}) == one

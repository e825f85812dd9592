"""What every platform must be, and every publisher: a new one is tested by being in the list."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest

from sgcomms import clock
from sgcomms.config.shapes import PriceName
from sgcomms.errors import RejectedError, UncertainError
from sgcomms.models import LINK, Account, Content, Draft, DraftMedia, Media, Publication
from sgcomms.platforms import PLATFORMS, Platform, Publisher, layout, publishes
from sgcomms.rules import RULES
from sgcomms.workspace import Workspace
from tests.fakes import Fake, Fault, Keyed, Ledger
from tests.platforms import facebook_world, graph_world, instagram_world, x_world
from tests.platforms.graph_world import GraphWorld

LINKED = "https://www.example.org/a/page?utm_source=x&utm_medium=social&utm_campaign=test"
ADDRESS = "www.example.org/a/page"
PICTURE = Media(Path("picture.png"), "0" * 64, "PNG", "A cot.", 1080, 1080, 9999)
CONTENT = Content(f"Read this: {LINK}\n\nThen that.", LINKED, ADDRESS, (PICTURE,))


@pytest.fixture(params=sorted(PLATFORMS))
def platform(request: pytest.FixtureRequest) -> Platform:
    return layout(Account("ours", request.param, "outbox", "board"))


def test_the_registry_is_by_the_platforms_own_names() -> None:
    for name, place in PLATFORMS.items():
        module, _, kind = place.partition(":")
        assert getattr(import_module(f"sgcomms.platforms.{module}"), kind).name == name


class TestLayingOut:
    def test_is_pure(self, platform: Platform) -> None:
        content = copy.deepcopy(CONTENT)
        drafts = [platform.render(content) for _ in range(2)]
        drafts.append(layout(platform.account).render(content))
        assert drafts == [drafts[0]] * 3
        assert content == CONTENT

    def test_names_the_platform_and_the_account(self, platform: Platform) -> None:
        draft = platform.render(CONTENT)
        assert (draft.platform, draft.account) == (platform.name, "ours")

    def test_shows_the_link_where_readers_can_follow_it(self, platform: Platform) -> None:
        draft = platform.render(CONTENT)
        shown = LINKED if platform.links_work else ADDRESS
        assert draft.text == f"Read this: {shown}\n\nThen that."
        assert (LINKED in draft.text) == platform.links_work

    def test_leaves_no_placeholder(self, platform: Platform) -> None:
        for content in (CONTENT, replace(CONTENT, link=None, address=None)):
            assert LINK not in platform.render(content).text

    def test_says_nothing_of_a_link_that_the_text_does_not_have(self, platform: Platform) -> None:
        draft = platform.render(replace(CONTENT, text="No link here.", media=()))
        assert (draft.text, draft.link) == ("No link here.", None)

    def test_a_card_has_the_link_of_the_text(self, platform: Platform) -> None:
        draft = platform.render(replace(CONTENT, media=()))
        assert draft.link in (None, LINKED)

    def test_keeps_the_pictures_with_their_alt_text_in_order(self, platform: Platform) -> None:
        other = replace(PICTURE, sha256="1" * 64, alt="A Moses basket.")
        draft = platform.render(replace(CONTENT, media=(other, PICTURE)))
        assert [(item.sha256, item.alt) for item in draft.media] == [
            (other.sha256, other.alt),
            (PICTURE.sha256, PICTURE.alt),
        ]

    def test_a_draft_survives_json(self, platform: Platform) -> None:
        draft = platform.render(CONTENT)
        assert json.loads(json.dumps(asdict(draft)))["text"] == draft.text


class TestLimits:
    def test_have_a_source(self, platform: Platform) -> None:
        source = platform.limits.source
        assert re.match(r"https://\S+$", source) or platform.name == "outbox"

    def test_are_numbers_that_make_sense(self, platform: Platform) -> None:
        limits = platform.limits
        least, most = limits.images
        assert 0 <= least <= most
        assert limits.text > 0
        assert limits.count("") == 0
        assert limits.count("abc") == 3

    def test_a_post_within_them_is_taken(self, platform: Platform) -> None:
        assert list(platform.refusals(platform.render(CONTENT))) == []

    def test_a_text_may_be_as_long_as_the_limit_and_no_longer(self, platform: Platform) -> None:
        draft = platform.render(CONTENT)
        longest = replace(draft, text="a" * platform.limits.text)
        assert list(platform.refusals(longest)) == []
        (refusal,) = platform.refusals(replace(draft, text=longest.text + "a"))
        assert (refusal.rule, refusal.part) == ("text-too-long", "text")
        assert "1 too many" in refusal.message

    def test_too_many_pictures_are_refused(self, platform: Platform) -> None:
        draft = platform.render(CONTENT)
        least, most = platform.limits.images
        assert list(platform.refusals(replace(draft, media=draft.media * most))) == []
        (refusal,) = platform.refusals(replace(draft, media=draft.media * (most + 1)))
        assert (refusal.rule, refusal.part) == ("media-refused", "media")
        if least:
            (refusal,) = platform.refusals(replace(draft, media=()))
            assert "at least 1 picture" in refusal.message

    def test_a_long_alt_text_is_refused_where_there_is_a_limit(self, platform: Platform) -> None:
        draft = platform.render(CONTENT)
        longest = platform.limits.alt or 0
        media = (replace(draft.media[0], alt="a" * (longest + 1)),)
        found = [one.rule for one in platform.refusals(replace(draft, media=media))]
        assert found == (["alt-too-long"] if longest else [])

    def test_every_price_can_be_set_by_a_board(self, platform: Platform) -> None:
        assert set(platform.prices) <= set(get_args(PriceName))

    def test_every_refusal_is_a_known_rule(self, platform: Platform) -> None:
        draft = platform.render(CONTENT)
        worst = replace(
            draft,
            text="a" * (platform.limits.text + 1),
            media=tuple(replace(draft.media[0], alt="a" * 99_999) for _ in range(99)),
        )
        found = list(platform.refusals(worst))
        assert {one.rule for one in found} <= RULES.keys()
        assert all(platform.label in one.message for one in found)


@dataclass(frozen=True)
class Place:
    """Where posts become public.

    `make` gives a new publisher to it, as another process would have it; `public` counts the posts
    that anybody can see; after `break_off` a post is made and the answer is lost. `media` are as
    many pictures as a post needs.
    """

    make: Callable[[], Publisher]
    public: Callable[[], int]
    break_off: Callable[[], None] = lambda: None
    media: tuple[DraftMedia, ...] = ()


@contextmanager
def _outbox(request: pytest.FixtureRequest) -> Iterator[Place]:
    space: Workspace = request.getfixturevalue("space")
    board = space.board()
    yield Place(lambda: space.folder(board, "x"), lambda: len([*space.outbox.rglob("*.json")]))


def _fakes(kind: type[Fake]) -> Open:
    @contextmanager
    def opened(request: pytest.FixtureRequest) -> Iterator[Place]:
        ledger = Ledger(request.getfixturevalue("tmp_path") / "public")
        faults: list[Fault] = []
        yield Place(
            lambda: kind("x", ledger, faults),
            lambda: len(ledger.public()),
            lambda: faults.append("lost after"),
        )

    return opened


@contextmanager
def _x(request: pytest.FixtureRequest) -> Iterator[Place]:
    with x_world.opened() as world:
        yield Place(world.adapter, world.public, lambda: setattr(world, "loses", True))


def _at_meta(opened: Callable[[], AbstractContextManager[GraphWorld]]) -> Open:
    @contextmanager
    def running(request: pytest.FixtureRequest) -> Iterator[Place]:
        graph_world.hurry(request.getfixturevalue("monkeypatch"))
        with opened() as world:
            least, _ = world.adapter().limits.images
            media = tuple(world.shelf.add(b"%d" % number, "A cot.") for number in range(least))
            lose = partial(setattr, world, "loses", True)
            yield Place(world.adapter, world.public, lose, media)

    return running


Open = Callable[[pytest.FixtureRequest], AbstractContextManager[Place]]
PLACES: dict[str, Open] = {
    "outbox": _outbox,
    "fake": _fakes(Fake),
    "keyed": _fakes(Keyed),
    "x": _x,
    "facebook": _at_meta(facebook_world.opened),
    "instagram": _at_meta(instagram_world.opened),
}
OURS = {"outbox", "fake", "keyed"}
"""Those that are no platform."""

IDEMPOTENT = {"outbox", "keyed"}
ON_THIS_MACHINE = {"outbox"}
"""Those whose answers cannot be lost."""


def test_every_platform_that_posts_are_sent_to_is_in_the_list() -> None:
    found = {name for name in PLATFORMS if publishes(Account("ours", name, "live", "board"))}
    assert PLACES.keys() - found == OURS
    assert found < PLACES.keys()


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with PLACES[request.param](request) as found:
        yield found


def of(place: Place, name: str = "one") -> tuple[Draft, str]:
    """Return what a delivery is sent as, not handed over yet, and its id."""
    publisher = place.make()
    account = publisher.account.id
    link = f"{LINKED}&utm_content=test.{name}.{account}"
    draft = publisher.render(replace(CONTENT, link=link, media=()))
    return replace(draft, media=place.media), f"test/{name}@{account}"


def published(place: Place, name: str = "one") -> Publication:
    draft, key = of(place, name)
    return place.make().publish(place.make().upload(draft), key=key)


class TestPublishing:
    """Each step is by a new publisher, as another process would have it."""

    def test_what_was_published_is_found(self, place: Place) -> None:
        since = clock.now() - timedelta(minutes=2)
        draft, key = of(place)
        ready = place.make().upload(draft)
        made = place.make().publish(ready, key=key)
        found = place.make().find(ready, key=key, since=since)
        assert found is not None
        assert (found.account, found.platform_id) == (made.account, made.platform_id)
        assert made.published_at >= since
        assert place.public() == 1

    def test_what_was_not_published_is_not_found(self, place: Place) -> None:
        draft, key = of(place)
        ready = place.make().upload(draft)
        published(place, "other")
        assert place.make().find(ready, key=key, since=clock.now()) is None

    def test_an_upload_can_be_repeated_and_makes_nothing_public(self, place: Place) -> None:
        draft, key = of(place)
        for _ in range(2):
            ready = place.make().upload(draft)
            assert replace(ready, prepared={}) == draft
        assert place.public() == 0
        assert place.make().find(ready, key=key, since=clock.now()) is None

    def test_two_deliveries_make_two_posts(self, place: Place) -> None:
        ids = {published(place, name).platform_id for name in ("one", "two")}
        assert len(ids) == place.public() == 2

    @pytest.mark.parametrize("place", sorted(IDEMPOTENT), indirect=True)
    def test_one_key_makes_one_post_where_the_publisher_says_so(self, place: Place) -> None:
        ids = {published(place).platform_id for _ in range(2)}
        assert len(ids) == place.public() == 1

    @pytest.mark.parametrize("place", sorted(PLACES.keys() - IDEMPOTENT), indirect=True)
    def test_no_other_publisher_says_so(self, place: Place) -> None:
        assert not place.make().idempotent

    def test_a_post_can_be_taken_down_where_the_publisher_says_so(self, place: Place) -> None:
        made = published(place)
        if not place.make().removable:
            with pytest.raises(RejectedError):
                place.make().remove(made.platform_id)
            assert place.public() == 1
            return
        for _ in range(2):  # what is gone already is no error
            place.make().remove(made.platform_id)
            assert place.public() == 0

    @pytest.mark.parametrize("place", sorted(PLACES.keys() - ON_THIS_MACHINE), indirect=True)
    def test_what_was_published_and_not_heard_of_is_uncertain_and_found(self, place: Place) -> None:
        draft, key = of(place)
        ready = place.make().upload(draft)
        place.break_off()
        with pytest.raises(UncertainError):
            place.make().publish(ready, key=key)
        assert place.public() == 1
        assert place.make().find(ready, key=key, since=clock.now()) is not None

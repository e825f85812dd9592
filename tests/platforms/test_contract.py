"""What every platform must be, and every publisher: a new one is tested by being in the list."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest

from sgcomms import clock
from sgcomms.config.shapes import PriceName
from sgcomms.models import LINK, Account, Content, Draft, Media
from sgcomms.platforms import PLATFORMS, Platform, Publisher, layout
from sgcomms.rules import RULES
from sgcomms.workspace import Workspace
from tests.fakes import Fake, Keyed, Ledger

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


Make = Callable[[], Publisher]


def _outbox(space: Workspace) -> Make:
    board = space.board()
    return lambda: space.folder(board, "x")


def _fake(space: Workspace) -> Make:
    ledger = Ledger(space.root / "public")
    return lambda: Fake("x", ledger)


def _keyed(space: Workspace) -> Make:
    ledger = Ledger(space.root / "public")
    return lambda: Keyed("x", ledger)


KEY = "test/one@x"


@pytest.mark.parametrize("kind", [_outbox, _fake, _keyed], ids=["outbox", "fake", "keyed"])
class TestPublishing:
    """`make()` gives a new publisher to the same place, as another process would have it."""

    @pytest.fixture
    def make(self, kind: Callable[[Workspace], Make], space: Workspace) -> Make:
        return kind(space)

    @pytest.fixture
    def draft(self, make: Make) -> Draft:
        return make().render(replace(CONTENT, media=()))

    def test_what_was_published_is_found(self, make: Make, draft: Draft) -> None:
        since = clock.now() - timedelta(minutes=2)
        made = make().publish(draft, key=KEY)
        found = make().find(draft, key=KEY, since=since)
        assert found is not None
        assert (found.account, found.platform_id) == (made.account, made.platform_id)
        assert made.published_at >= since

    def test_what_was_not_published_is_not_found(self, make: Make, draft: Draft) -> None:
        make().publish(draft, key="test/other@x")
        assert make().find(draft, key=KEY, since=clock.now()) is None

    def test_an_upload_can_be_repeated_and_makes_nothing_public(
        self, make: Make, draft: Draft
    ) -> None:
        once = make().upload(draft)
        assert make().upload(draft) == once
        assert make().find(draft, key=KEY, since=clock.now()) is None

    def test_two_keys_make_two_posts(self, make: Make, draft: Draft) -> None:
        ids = {make().publish(draft, key=key).platform_id for key in (KEY, "test/two@x")}
        assert len(ids) == 2

    def test_one_key_makes_one_post_where_the_publisher_says_so(
        self, make: Make, draft: Draft, space: Workspace
    ) -> None:
        def public() -> int:
            written = len(list(space.outbox.rglob("*.json")))
            ledger = space.root / "public"
            return written + (len(Ledger(ledger).public()) if ledger.exists() else 0)

        ids = {make().publish(draft, key=KEY).platform_id for _ in range(2)}
        assert len(ids) == 1
        assert public() == (1 if make().idempotent else 2)

"""Every adapter against every fault of its own protocol: at most one post, and the right error.

What an error says decides whether a delivery is ever sent again, so each is asserted by its type.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from sgcomms import clock
from sgcomms.errors import (
    AuthError,
    NoCreditError,
    PlatformError,
    RateLimitError,
    RejectedError,
    UnavailableError,
    UncertainError,
)
from sgcomms.metering import Meter
from sgcomms.models import Draft, DraftMedia, PostRow, Publication
from sgcomms.platforms import PLATFORMS, Measuring, Publisher
from sgcomms.platforms.graph import api
from tests.faults.canaries import CANARIES, SECRETS
from tests.faults.platform import ACCOUNTS, FaultPlatform
from tests.faults.rules import ACCEPTED, FAULTS, LOST, REFUSED

pytestmark = pytest.mark.long

MEASURED = ("x",)
NAME = "picture.jpg"
KEY = "faults/post-1@{}"
LINK = "https://board.example/safer-sleeping?utm_medium=social&utm_content=faults.post-1.{}"
REFUSALS: dict[str, tuple[type[PlatformError], ...]] = {
    "400": (RejectedError,),
    "401": (AuthError,),
    "402": (NoCreditError, AuthError, RejectedError),
    "403-duplicate": (UncertainError,),
    "429": (RateLimitError,),
    "429-cap": (RateLimitError, NoCreditError),
}
"""What each refusal may be told as; X's 402 and Instagram's spam block are narrower below."""


def jpeg() -> bytes:
    """Return a JPEG that every platform takes."""
    out = io.BytesIO()
    Image.new("RGB", (640, 640), "teal").save(out, "JPEG")
    return out.getvalue()


class Shown:
    """The pictures of drafts: one file, shown to the public by the fake platform itself."""

    def __init__(self, base: str) -> None:
        self.base = base

    def content(self, item: DraftMedia) -> bytes:
        return jpeg()

    def address(self, item: DraftMedia) -> str:
        return f"{self.base}{NAME}"


def draft_for(platform: str, count: int = 1, number: int = 1) -> Draft:
    """Return a draft with `count` pictures, as the platform would be given it."""
    sha256 = hashlib.sha256(jpeg()).hexdigest()
    media = tuple(DraftMedia(sha256, "JPEG", f"A cot, seen {n}") for n in range(count))
    link = LINK.format(platform).replace("post-1", f"post-{number}")
    words = f"Babies & dogs: words of post {number}."
    text = words if platform == "instagram" else f"{words} {link}"
    card = link if platform == "facebook" and not media else None
    return Draft(platform, platform, text, card, media)


class Bench:
    """One adapter at the fake platform."""

    def __init__(self, faulty: FaultPlatform, kind: type[Publisher], platform: str) -> None:
        self.faulty = faulty
        self.platform = platform
        self.kind = kind
        self.began = clock.now() - timedelta(minutes=2)
        self.key = KEY.format(platform)

    def adapter(self, base: str | None = None) -> Publisher:
        api.WAITS.clear()  # as in a process of its own
        account = self.faulty.account(self.platform)
        account = replace(account, api_base=base) if base else account
        return self.kind(account, SECRETS[self.platform], Shown(self.faulty.media_url))

    def uploaded(self, count: int = 1, number: int = 1) -> Draft:
        return self.adapter().upload(draft_for(self.platform, count, number))

    def find(self, draft: Draft) -> Publication | None:
        """Look for a draft with an adapter of its own, as a later tick would."""
        return self.adapter().find(draft, key=self.key, since=self.began)

    def publish(self, fault: str) -> tuple[Draft, PlatformError]:
        """Publish a draft into a fault, and return it with the error."""
        draft = self.uploaded()
        self.faulty.set_faults(fault)
        with pytest.raises(PlatformError) as raised:
            self.adapter().publish(draft, key=self.key)
        self.faulty.set_faults()
        return draft, raised.value


@pytest.fixture(params=ACCOUNTS)
def bench(
    request: pytest.FixtureRequest,
    faulty: FaultPlatform,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Bench:
    """An adapter whose every request has to end within a second."""
    module, _, name = PLATFORMS[request.param].partition(":")
    platform = importlib.import_module(f"sgcomms.platforms.{module}")
    kind = getattr(platform, name)
    if not issubclass(kind, Publisher):
        pytest.skip(f"{request.param} is only laid out")
    whole = kind.deadline
    short = timedelta(seconds=1) if isinstance(whole, timedelta) else 1.0
    monkeypatch.setattr(kind, "deadline", short)
    if hasattr(platform, "UPLOAD_SECONDS"):
        monkeypatch.setattr(platform, "UPLOAD_SECONDS", 1.0)
    (tmp_path / NAME).write_bytes(jpeg())
    faulty.settings(media_folder=str(tmp_path))
    return Bench(faulty, kind, request.param)


@pytest.fixture(autouse=True)
def no_secret_is_told(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Look through the log of every test: no secret may be in it, whatever went wrong."""
    caplog.set_level(logging.DEBUG)
    yield
    assert [word for word in CANARIES if word in caplog.text] == []


class TestPublishing:
    def test_a_post_that_works(self, bench: Bench) -> None:
        draft = bench.uploaded(2)
        assert bench.faulty.public() == []
        made = bench.adapter().publish(draft, key=bench.key)
        (public,) = bench.faulty.public()
        assert (public["id"], public["text"]) == (made.platform_id, draft.text)
        assert [one["alt"] for one in public["media"]] == [one.alt for one in draft.media]
        assert {one["sha256"] for one in public["media"]} == {hashlib.sha256(jpeg()).hexdigest()}
        assert len(bench.faulty.requests("public")) == 1

    def test_an_upload_may_be_repeated_and_publishes_nothing(self, bench: Bench) -> None:
        first = bench.uploaded()
        bench.uploaded()
        bench.adapter().upload(first)
        assert bench.faulty.public() == []
        assert bench.faulty.requests("public") == []

    @pytest.mark.parametrize("fault", [*ACCEPTED, *LOST])
    def test_what_is_not_known_is_uncertain_and_can_be_looked_for(
        self, bench: Bench, fault: str
    ) -> None:
        draft, error = bench.publish(fault)
        assert isinstance(error, UncertainError)
        public = bench.faulty.public()
        assert len(public) == (fault in ACCEPTED)
        assert len(bench.faulty.requests("public")) == 1
        found = bench.find(draft)
        assert (found.platform_id if found else None) == (public[0]["id"] if public else None)

    @pytest.mark.parametrize("fault", REFUSED)
    def test_a_refusal_is_told_by_its_type(self, bench: Bench, fault: str) -> None:
        expected = REFUSALS[fault]
        if (bench.platform, fault) == ("x", "402"):
            expected = (NoCreditError,)
        if (bench.platform, fault) == ("instagram", "403-duplicate"):
            expected = (UncertainError, RejectedError, RateLimitError, AuthError)
        draft, error = bench.publish(fault)
        assert isinstance(error, expected), repr(error)
        assert bench.faulty.public() == []
        assert len(bench.faulty.requests("public")) == 1
        assert bench.find(draft) is None

    def test_a_rate_limit_says_until_when(self, bench: Bench) -> None:
        _, error = bench.publish("429")
        assert isinstance(error, RateLimitError)
        assert error.retry_at is not None
        assert timedelta(0) < error.retry_at - clock.now() <= timedelta(minutes=16)

    @pytest.mark.parametrize("fault", FAULTS)
    def test_no_token_leaves_its_platform_or_stands_in_an_error(
        self, bench: Bench, fault: str
    ) -> None:
        _, error = bench.publish(fault)
        told = f"{error!r} {error} {error.__cause__!r} {error.__context__!r}"
        assert [word for word in CANARIES if word in told] == []
        assert [one for one in bench.faulty.elsewhere() if one["token_in"]] == []
        places = {place for one in bench.faulty.requests() for place in one["token_in"]}
        assert places == {"header"}

    def test_the_same_words_twice_lead_to_looking(self, bench: Bench) -> None:
        """As they would after a post whose answer was lost, were it sent again."""
        if bench.platform == "instagram":
            pytest.skip("Instagram takes the same words as often as they come")
        bench.faulty.settings(duplicate_rule=True)
        count = 0 if bench.platform == "x" else 1
        draft = bench.uploaded(count)
        bench.adapter().publish(draft, key=bench.key)
        again = bench.uploaded(count)
        with pytest.raises(UncertainError):
            bench.adapter().publish(again, key=bench.key)
        assert len(bench.faulty.public()) == 1

    def test_a_platform_that_is_not_there_was_never_reached(self, bench: Bench) -> None:
        draft = bench.uploaded()
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            base = f"http://127.0.0.1:{closed.getsockname()[1]}"
            with pytest.raises(UnavailableError):
                bench.adapter(base).publish(draft, key=bench.key)
        assert bench.faulty.public() == []


class TestUploading:
    @pytest.mark.parametrize("fault", [one for one in FAULTS if one != "403-duplicate"])
    def test_no_fault_of_an_upload_is_uncertain_or_public(self, bench: Bench, fault: str) -> None:
        """Nothing can have become public, so that the delivery may always be tried again."""
        count = 2 if bench.platform == "facebook" else 1  # a single photo goes with its post there
        bench.faulty.set_faults({"fault": fault}, request="upload")
        with pytest.raises(PlatformError) as raised:
            bench.uploaded(count)
        assert not isinstance(raised.value, UncertainError)
        assert bench.faulty.public() == []
        assert bench.faulty.requests("public") == []
        bench.faulty.set_faults()
        bench.adapter().publish(bench.uploaded(count), key=bench.key)
        assert len(bench.faulty.public()) == 1


class TestLooking:
    @pytest.mark.parametrize("fault", [*ACCEPTED, *LOST, "429", "401"])
    def test_a_look_that_fails_is_not_the_news_that_nothing_is_there(
        self, bench: Bench, fault: str
    ) -> None:
        draft, _ = bench.publish("accept-then-close")
        bench.faulty.set_faults({"fault": fault}, request="read")
        with pytest.raises(PlatformError):
            bench.find(draft)
        bench.faulty.set_faults()
        assert bench.find(draft) is not None

    def test_others_are_not_taken_for_it(self, bench: Bench) -> None:
        draft, _ = bench.publish("500-before")
        for number in (2, 3):
            other = bench.uploaded(number=number)
            bench.adapter().publish(other, key=f"faults/post-{number}@{bench.platform}")
        assert bench.find(draft) is None

    def test_one_of_two_that_a_list_does_not_show_yet_is_not_made_up(self, bench: Bench) -> None:
        if bench.platform == "instagram":
            pytest.skip("a container says that it was published, whatever the list shows")
        bench.faulty.settings(lag=3600)
        draft, _ = bench.publish("accept-then-close")
        assert bench.find(draft) is None

    def test_it_is_found_behind_many_others(self, bench: Bench) -> None:
        draft, _ = bench.publish("accept-then-close")
        for number in range(2, 33):
            other = bench.uploaded(number=number)
            bench.adapter().publish(other, key=f"faults/post-{number}@{bench.platform}")
        found = bench.find(draft)
        assert found is not None
        assert found.platform_id == bench.faulty.public()[0]["id"]


class TestMeasuring:
    """Of adapters whose fake platform has figures to give."""

    @pytest.fixture(autouse=True)
    def measured(self, bench: Bench) -> None:
        if bench.platform not in MEASURED:
            pytest.skip(f"the fake {bench.platform} counts nothing")

    def read(self, bench: Bench, meter: Meter) -> list[PostRow]:
        adapter = bench.adapter()
        assert isinstance(adapter, Measuring)
        list(adapter.account_readings(bench.began.date(), clock.now().date(), meter))
        until = clock.now() + timedelta(minutes=1)
        rows = list(adapter.posts(bench.began, until, meter))
        return [*rows, *adapter.post_readings([row.publication for row in rows], meter)]

    def test_what_was_published_is_read(self, bench: Bench) -> None:
        made = bench.adapter().publish(bench.uploaded(), key=bench.key)
        before, meter = len(bench.faulty.requests()), Meter()
        listed, looked_up = self.read(bench, meter)
        assert listed.publication.platform_id == made.platform_id
        assert listed.values == looked_up.values == dict.fromkeys(listed.values, 0)
        assert meter.calls == len(bench.faulty.requests()) - before

    @pytest.mark.parametrize("fault", [*ACCEPTED, *LOST, "429", "401"])
    def test_no_fault_is_a_figure_or_uncertain(self, bench: Bench, fault: str) -> None:
        bench.adapter().publish(bench.uploaded(), key=bench.key)
        bench.faulty.set_faults({"fault": fault}, request="read")
        before, meter = len(bench.faulty.requests()), Meter()
        with pytest.raises(PlatformError) as raised:
            self.read(bench, meter)
        assert not isinstance(raised.value, (UncertainError, RejectedError))
        assert [word for word in CANARIES if word in f"{raised.value!r} {meter!r}"] == []
        assert meter.calls == len(bench.faulty.requests()) - before


def test_what_was_published_can_be_taken_down_twice(bench: Bench) -> None:
    if not bench.kind.removable:
        pytest.skip("the platform does not let programs take posts down")
    made = bench.adapter().publish(bench.uploaded(), key=bench.key)
    bench.adapter().remove(made.platform_id)
    bench.adapter().remove(made.platform_id)
    assert [one["removed"] for one in bench.faulty.public()] == [True]

"""Videos: what they are, and that none goes out which tells where or by whom it was made."""

from __future__ import annotations

import contextlib
import hashlib
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgcomms import media
from sgcomms.media import MediaError, Store, TracesError
from tests.videos import box, keys, track, video

XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hello.mp4"


@pytest.mark.parametrize(
    ("brand", "kind"), [(b"isom", "MP4"), (b"mp42", "MP4"), (b"avc1", "MP4"), (b"qt  ", "MOV")]
)
def test_a_video_is_what_its_bytes_say(brand: bytes, kind: str, file: Path) -> None:
    content = video(brand=brand)
    file.write_bytes(content)
    seen = media.look(file)
    assert (seen.kind, seen.width, seen.height, seen.size) == (kind, 640, 360, len(content))
    assert seen.sha256 == hashlib.sha256(content).hexdigest()


def test_what_an_encoder_writes_of_itself_is_no_secret(file: Path) -> None:
    tool = box(b"\xa9too", box(b"data", b"\0" * 8, b"Lavf60"))
    notes = box(
        b"meta", b"\0" * 4, box(b"hdlr", b"\0" * 8, b"mdir", b"\0" * 13), box(b"ilst", tool)
    )
    file.write_bytes(video(box(b"udta", notes)))
    assert media.look(file).kind == "MP4"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (video(box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7+52.2053+000.1218/"))), "where"),
        (video(box(b"udta", box(b"loci", b"\0" * 30))), "where"),
        (video(keys(b"com.apple.quicktime.location.ISO6709")), "where"),
        (video(keys(b"com.apple.quicktime.make"), brand=b"qt  "), "which camera"),
        (video(box(b"udta", box(b"\xa9mak", b"Maker")), brand=b"qt  "), "which camera"),
        (
            video(box(b"udta", box(b"\xa9mod", b"Model"), b"\0\0\0\0"), brand=b"qt  "),
            "which camera",
        ),
        (video(box(b"udta", box(b"auth", b"\0" * 8))), "who made it"),
        (video(box(b"udta", box(b"XMP_", b"<x:xmpmeta/>"))), "XMP"),
        (video(more=box(b"uuid", XMP, b"<x:xmpmeta/>")), "XMP"),
        (video(track(0, 0, b"camm")), "where"),
        (video(track(0, 0, b"meta")), "recorded beside the picture"),
        (video(more=box(b"moof", box(b"traf", box(b"udta", box(b"\xa9xyz", b""))))), "where"),
        (video(box(b"trak", box(b"udta", box(b"loci", b"")))), "where"),
    ],
)
def test_what_tells_more_than_it_shows_is_not_taken(content: bytes, said: str, file: Path) -> None:
    file.write_bytes(content)
    with pytest.raises(TracesError, match="export it again without location") as caught:
        media.look(file)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        video()[:-1],
        video()[:60],
        box(b"ftyp", b"isom\0\0\2\0") + box(b"mdat", b"\0" * 99),
        box(b"ftyp", b"isom\0\0\2\0") + b"\0\0\0\7moov",
        box(b"ftyp", b"isom\0\0\2\0") + struct.pack(">I4sQ", 1, b"moov", 2**63),
        box(b"ftyp", b"isom\0\0\2\0") + box(b"moov", box(b"cmov", b"")),
        box(b"ftyp", b"isom\0\0\2\0") + box(b"moov", box(b"free") * 30_000),
    ],
)
def test_what_cannot_be_looked_into_is_not_taken(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    with pytest.raises(MediaError, match="export it again"):
        media.look(file)


def test_boxes_within_boxes_end_somewhere(file: Path) -> None:
    deep = b""
    for _ in range(2_000):
        deep = box(b"meta", b"\0" * 4, deep)
    file.write_bytes(video(deep))
    with pytest.raises(MediaError):
        media.look(file)


def test_a_length_may_be_long_and_the_last_may_be_open(file: Path) -> None:
    header = box(b"moov", track(640, 360))
    long = struct.pack(">I4sQ", 1, b"mdat", 16 + 5) + b"\0" * 5
    file.write_bytes(box(b"ftyp", b"isom\0\0\2\0") + header + long + b"\0\0\0\0mdat" + b"\1" * 99)
    assert media.look(file).width == 640


def test_a_video_that_is_too_large_is_not_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "MAX_VIDEO_BYTES", 100)
    file.write_bytes(video())
    with pytest.raises(MediaError, match="has more than 100 bytes"):
        media.look(file)


def test_the_store_keeps_and_gives_it_in_pieces(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "PIECE", 7)
    content = video()
    file.write_bytes(content)
    seen = media.look(file)
    store = Store(tmp_path / "store")
    store.add(file, seen.sha256, seen.kind)
    assert store.holds(seen.sha256, "MP4")
    store.copy(seen.sha256, "MP4", tmp_path / "given.mp4")
    assert (tmp_path / "given.mp4").read_bytes() == content
    store.path(seen.sha256, "MP4").write_bytes(b"half")
    with pytest.raises(MediaError, match=r"the video store/.* is missing or damaged"):
        store.copy(seen.sha256, "MP4", tmp_path / "again.mp4")
    assert not (tmp_path / "again.mp4").exists()


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_bytes_never_raise_anything_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(video(box(b"udta", box(b"\xa9too", b"x")), keys(b"com.example.title")))
    for _ in range(data.draw(st.integers(0, 8))):
        content[data.draw(st.integers(12, len(content) - 1))] = data.draw(st.integers(0, 255))
    file = tmp_path_factory.getbasetemp() / "damaged.mp4"
    file.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    with contextlib.suppress(MediaError):
        media.look(file)

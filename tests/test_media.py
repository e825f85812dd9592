"""Pictures: what they are, what is no picture, and the store that keeps them."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import struct
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sgcomms import media
from sgcomms.media import MediaError, Store

SHIPPED = Path(__file__).resolve().parents[1] / "campaigns" / "media"


def picture(kind: str, size: tuple[int, int] = (8, 6)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 120, 40)).save(buffer, kind)
    return buffer.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose header promises far more pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "picture.jpg"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_is_what_its_bytes_say(kind: str, file: Path) -> None:
    content = picture(kind)
    file.write_bytes(content)
    seen = media.look(file)
    assert (seen.kind, seen.width, seen.height, seen.size) == (kind, 8, 6, len(content))
    assert seen.sha256 == hashlib.sha256(content).hexdigest()


def test_the_first_picture_of_a_cameras_mpo_is_a_jpeg(file: Path) -> None:
    """Telephones write a second, smaller picture behind the first."""
    one, two = Image.new("RGB", (8, 6)), Image.new("RGB", (4, 3))
    one.save(file, "MPO", save_all=True, append_images=[two])
    seen = media.look(file)
    assert (seen.kind, seen.width) == ("JPEG", 8)
    Store(file.parent / "store").add(file, seen.sha256, seen.kind)


def test_a_picture_that_pillow_only_warns_of_is_taken(file: Path) -> None:
    """Bad camera data beside the picture does not make the picture bad."""
    plain = picture("JPEG")
    exif = b"Exif\0\0II*\0\x08\0\0\0\x05\0" + b"\xff" * 20
    file.write_bytes(plain[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + plain[2:])
    assert media.look(file).kind == "JPEG"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "is a drawing (SVG)"),
        (b'<?xml version="1.0"?><svg/>', "is a drawing (SVG)"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"%PDF-1.7", "is not a JPEG, PNG, GIF or WebP picture"),
        (b"GIF89a", "is not a JPEG, PNG, GIF or WebP picture"),
        (picture("JPEG")[:200], "or is damaged"),
        (picture("PNG", (90, 90))[:80], "or is damaged"),
        (png_that_claims(60_000, 60_000), "has more than 80,000,000 pixels"),
        (png_that_claims(9_500, 9_500), "has more than 80,000,000 pixels"),
        (png_that_claims(2**31 - 1, 2**31 - 1), "has more than 80,000,000 pixels"),
        (png_that_claims(100, 100), "or is damaged"),
    ],
)
def test_what_is_no_picture_says_why(content: bytes, said: str, file: Path) -> None:
    file.write_bytes(content)
    with pytest.raises(MediaError) as caught:
        media.look(file)
    assert said in str(caught.value)


def test_a_picture_of_other_kinds_is_not_taken(file: Path) -> None:
    for kind in ("BMP", "TIFF", "ICO", "PPM"):
        file.write_bytes(picture(kind))
        with pytest.raises(MediaError):
            media.look(file)


def test_a_file_that_is_too_large_is_not_read_whole(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "MAX_BYTES", 100)
    file.write_bytes(picture("PNG", (500, 500)))
    with pytest.raises(MediaError, match="has more than 100 bytes"):
        media.look(file)


def test_a_folder_or_a_missing_file_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        media.look(tmp_path)
    with pytest.raises(FileNotFoundError):
        media.look(tmp_path / "no.jpg")


def test_a_pipe_is_not_waited_for(file: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("this system has no pipes in folders")
    os.mkfifo(file)
    with pytest.raises(OSError, match="not a file"):
        media.look(file)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_damaged_bytes_never_raise_anything_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    shipped = sorted(SHIPPED.iterdir())
    content = bytearray(data.draw(st.sampled_from(shipped)).read_bytes()[:4000])
    for _ in range(data.draw(st.integers(0, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    file = tmp_path_factory.getbasetemp() / "damaged.jpg"
    file.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    with contextlib.suppress(MediaError):
        media.look(file)


def test_the_store_keeps_a_picture_by_its_sha256(file: Path, tmp_path: Path) -> None:
    file.write_bytes(picture("PNG"))
    seen = media.look(file)
    store = Store(tmp_path / "store")
    store.add(file, seen.sha256, seen.kind)
    kept = store.path(seen.sha256, "PNG")
    assert kept.name == f"{seen.sha256}.png"
    assert kept.read_bytes() == picture("PNG")


def test_the_store_takes_nothing_that_changed_since_it_was_looked_at(
    file: Path, tmp_path: Path
) -> None:
    file.write_bytes(picture("PNG"))
    seen = media.look(file)
    file.write_bytes(picture("PNG", (9, 9)))
    store = Store(tmp_path / "store")
    with pytest.raises(MediaError, match="was changed while it was being queued"):
        store.add(file, seen.sha256, seen.kind)
    assert not store.folder.exists()


def test_the_store_mends_a_picture_that_was_damaged_in_it(file: Path, tmp_path: Path) -> None:
    file.write_bytes(picture("PNG"))
    seen = media.look(file)
    store = Store(tmp_path / "store")
    store.add(file, seen.sha256, seen.kind)
    store.path(seen.sha256, seen.kind).write_bytes(b"half")
    store.add(file, seen.sha256, seen.kind)
    assert media.look(store.path(seen.sha256, seen.kind)) == seen

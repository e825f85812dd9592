"""Pictures as they are sent: nothing left but the picture, and within the platform's limits."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from sgcomms import fitting, media
from sgcomms.fitting import PictureLimits, fit
from sgcomms.media import MediaError
from sgcomms.platforms import PLATFORMS, picture_limits

CANARY = b"CANARY-52.2053N-0.1218E"
ANY = PictureLimits(("JPEG", "PNG", "GIF"), 5_000_000)
JPEG_ONLY = PictureLimits(("JPEG",), 5_000_000)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def photo(width: int = 400, height: int = 300) -> Image.Image:
    """Return a picture with many colours."""
    return Image.effect_noise((width, height), 80).convert("RGB")


def telling(kind: str) -> bytes:
    """Return a picture that tells where it was taken, in every way its kind has."""
    words = CANARY.decode()
    exif = Image.Exif()
    exif[0x010F] = exif[0x013B] = exif[0x8298] = words  # camera, artist, copyright
    exif.get_ifd(0x8825)[0x001D] = words  # GPS
    if kind == "PNG":
        notes = PngInfo()
        notes.add_text("Comment", words)
        notes.add_itxt("XML:com.adobe.xmp", words)
        return saved(photo(), "PNG", exif=exif, pnginfo=notes) + CANARY
    if kind == "GIF":
        frames = [photo().quantize(), photo().quantize()]
        return saved(frames[0], "GIF", save_all=True, append_images=frames[1:], comment=CANARY)
    return saved(photo(), kind, exif=exif, xmp=CANARY, comment=CANARY) + CANARY


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_nothing_tells_where_it_was_taken(kind: str, platform: str) -> None:
    content, limits = telling(kind), picture_limits(platform)
    assert CANARY in content
    found = fit(content, limits)
    assert CANARY not in found.content
    assert found.kind in limits.kinds
    with Image.open(io.BytesIO(found.content)) as image:
        assert (image.format, image.size) == (found.kind, (found.width, found.height))
        assert not image.getexif()
        assert {"exif", "xmp", "comment", "Comment", "icc_profile"}.isdisjoint(image.info)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_the_same_file_gives_the_same_bytes(kind: str) -> None:
    content = telling(kind)
    assert fit(content, ANY) == fit(content, ANY)


def test_what_lies_on_its_side_is_put_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = fit(saved(photo(400, 300), "JPEG", exif=exif), ANY)
    assert (found.width, found.height) == (300, 400)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_way_of_colour(mode: str) -> None:
    deep = mode == "I;16"
    image = Image.new(mode, (64, 64), 40_000) if deep else photo(64, 64).convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    found = fit(saved(image, kind), JPEG_ONLY)
    with Image.open(io.BytesIO(found.content)) as result:
        assert (result.mode, result.format) == ("RGB", "JPEG")


def test_sixteen_bits_keep_their_brightness() -> None:
    found = fit(saved(Image.new("I;16", (64, 64), 32_768), "PNG"), JPEG_ONLY)
    with Image.open(io.BytesIO(found.content)) as result:
        assert 120 <= result.convert("L").getpixel((30, 30)) <= 136  # type: ignore[operator]


def test_what_can_be_seen_through_is_put_on_white() -> None:
    found = fit(saved(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG"), JPEG_ONLY)
    with Image.open(io.BytesIO(found.content)) as result:
        assert min(result.getpixel((30, 30))) >= 250  # type: ignore[arg-type]


def test_it_stays_see_through_where_the_platform_takes_that() -> None:
    image = Image.new("RGBA", (64, 64), (200, 0, 0, 90))
    with Image.open(io.BytesIO(fit(saved(image, "PNG"), ANY).content)) as result:
        assert result.mode == "RGBA"


def test_colours_of_another_profile_become_srgb() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    found = fit(saved(photo(), "JPEG", icc_profile=lab), ANY)
    with Image.open(io.BytesIO(found.content)) as result:
        assert "icc_profile" not in result.info


def test_a_gif_keeps_moving_where_the_platform_takes_gifs() -> None:
    with Image.open(io.BytesIO(fit(telling("GIF"), ANY).content)) as result:
        assert getattr(result, "n_frames", 1) == 2
    assert fit(telling("GIF"), JPEG_ONLY).kind == "JPEG"


@pytest.mark.parametrize("most", [60_000, 20_000, 5_000])
def test_too_many_bytes_are_brought_down(most: int) -> None:
    limits = PictureLimits(("JPEG",), most)
    assert len(fit(saved(photo(800, 600), "PNG"), limits).content) <= most


def test_what_cannot_be_brought_down_is_said() -> None:
    with pytest.raises(MediaError, match="cannot be brought below 10 bytes"):
        fit(saved(photo(), "JPEG"), PictureLimits(("JPEG",), 10))


def test_too_wide_is_made_smaller_and_keeps_its_shape() -> None:
    found = fit(saved(photo(2000, 1000), "JPEG"), PictureLimits(("JPEG",), 5_000_000, widest=1440))
    assert (found.width, found.height) == (1440, 720)


@pytest.mark.parametrize(
    ("size", "words"),
    [((200, 200), "at least 320"), ((400, 1000), "crop it"), ((1000, 400), "crop it")],
)
def test_nothing_is_cut_off_or_blown_up(size: tuple[int, int], words: str) -> None:
    with pytest.raises(MediaError, match=words):
        fit(saved(photo(*size), "JPEG"), picture_limits("instagram"))


@pytest.mark.parametrize("size", [(320, 400), (1910, 1000), (1080, 1080)])
def test_what_is_just_within_is_taken(size: tuple[int, int]) -> None:
    assert picture_limits("instagram").refusal(*size) is None


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff", b"<svg/>"])
def test_damaged_files_are_named(content: bytes) -> None:
    with pytest.raises(MediaError, match="damaged, or no picture"):
        fit(content, ANY)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB"])
def test_nothing_stays_hidden_under_what_was_made_transparent(mode: str) -> None:
    """Many editors rub a face out by making it transparent; its colours stay in the file."""
    image = Image.new("RGBA", (64, 64), (90, 90, 90, 0)).convert(mode)
    options: dict[str, dict[str, object]] = {
        "P": {"transparency": b"\0" * 256},
        "RGB": {"transparency": (90, 90, 90)},
    }
    content = saved(image, "PNG", **options.get(mode, {}))
    with Image.open(io.BytesIO(content)) as before:
        assert before.convert("RGBA").getextrema()[0] != (255, 255)
    with Image.open(io.BytesIO(fit(content, ANY).content)) as result:
        assert result.convert("RGBA").getextrema() == ((255, 255),) * 3 + ((0, 0),)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_was_looked_at_is_what_is_fitted(kind: str, orientation: int, tmp_path: Path) -> None:
    """A check that saw a picture lying on its side would promise what queueing cannot keep."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = Image.new("RGB", (60, 40), "white")
    upright.paste("red", (0, 0, 30, 20))
    turned = upright
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the turn that undoes each
    if orientation > 1:
        turned = upright.transpose(Image.Transpose(back[orientation]))
    file = tmp_path / "picture"
    file.write_bytes(saved(turned, kind, exif=exif))
    seen, found = media.look(file), fit(file.read_bytes(), ANY)
    assert (seen.width, seen.height) == (found.width, found.height) == (60, 40)
    with Image.open(io.BytesIO(found.content)) as result:
        red, green, _ = result.convert("RGB").getpixel((10, 10))  # type: ignore[misc]
        assert red > 200
        assert green < 80


def test_colours_behind_transparency_are_read_by_their_profile_too() -> None:
    """Screenshots of tablets are wide in colour and have an alpha channel."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    opaque = Image.new("RGB", (64, 64), (200, 90, 40))
    clear = opaque.copy()
    clear.putalpha(200)
    colours = []
    for image in (opaque, clear):
        content = fit(saved(image, "PNG", icc_profile=lab), ANY).content
        with Image.open(io.BytesIO(content)) as result:
            colours.append(result.convert("RGB").getpixel((9, 9)))
    assert colours[0] == colours[1]


def moving(*sizes: tuple[int, int], **options: object) -> bytes:
    frames = [Image.new("RGBA", size, (0, 0, 0, 0)) for size in sizes]
    for number, frame in enumerate(frames):
        frame.paste((255, 0, 0, 255), (number * 5, 0, number * 5 + 5, 5))
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:], disposal=2, **options)


@pytest.mark.parametrize("loop", [None, 0, 3])
def test_a_gif_keeps_its_times_its_turns_and_what_can_be_seen_through(loop: int | None) -> None:
    turns = {} if loop is None else {"loop": loop}
    content = moving(*[(64, 48)] * 3, duration=[100, 250, 400], **turns)
    with Image.open(io.BytesIO(fit(content, ANY).content)) as result:
        assert result.info.get("loop") == loop
        times = []
        for number in range(3):
            result.seek(number)
            times.append(result.info["duration"])
            frame = result.convert("RGBA")
            assert frame.getpixel((63, 40))[3] == 0  # type: ignore[index]
            assert frame.getpixel((number * 5 + 2, 2)) == (255, 0, 0, 255)
        assert times == [100, 250, 400]


def test_a_gif_has_limits_of_its_own() -> None:
    content = saved(photo(1400, 1200), "GIF", save_all=True, append_images=[photo(1400, 1200)])
    found = fit(content, picture_limits("x"))
    assert (found.kind, found.width, found.height) == ("GIF", 1260, 1080)


def test_a_small_gif_cannot_hold_more_frames_than_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a hundredth of the pixels that are allowed."""
    assert media.MAX_PIXELS <= 100_000_000
    monkeypatch.setattr(media, "MAX_PIXELS", media.MAX_PIXELS // 100)
    frames = [Image.new("P", (300, 300), number) for number in range(12)]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert len(content) < 10_000
    (tmp_path / "a.gif").write_bytes(content)
    with pytest.raises(MediaError, match="moves for too long"):
        fit(content, ANY)
    with pytest.raises(MediaError, match="moves for too long"):
        media.look(tmp_path / "a.gif")


@pytest.mark.parametrize("size", [(1200, 628), (1911, 1000), (3001, 1572), (2001, 2501)])
def test_a_shape_that_misses_by_less_than_a_row_is_put_right(size: tuple[int, int]) -> None:
    limits = picture_limits("instagram")
    assert limits.refusal(*size) is None
    found = fit(saved(photo(*size), "JPEG"), limits)
    assert 0.8 <= found.width / found.height <= 1.91


@given(st.integers(320, 3000), st.integers(200, 3800))
@settings(max_examples=300)
def test_what_the_check_takes_can_be_fitted(width: int, height: int) -> None:
    """By arithmetic alone: the first size that is tried is within the platform's shapes."""
    limits = picture_limits("instagram")
    if limits.refusal(width, height) is None:
        fitted = next(fitting._sizes((width, height), limits))
        assert 0.8 <= fitted[0] / fitted[1] <= 1.91
        assert 320 <= fitted[0] <= 1440


def test_a_machine_without_memory_is_no_damaged_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    content = saved(photo(), "JPEG")
    monkeypatch.setattr(Image.Image, "load", full)
    with pytest.raises(MemoryError):
        fit(content, ANY)

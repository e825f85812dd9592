"""Pictures as they are sent: nothing left but the picture, and within the platform's limits."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

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

"""A picture as a platform takes it: re-encoded, so that nothing but the picture is left.

A photograph can tell where it was taken, with which telephone, by whom: around children that is a
risk. So every picture that is sent is drawn anew, and what stood beside the pixels stays behind.
"""

from __future__ import annotations

import hashlib
import io
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageCms

from sgcomms.media import KINDS, MAX_PIXELS, MediaError, frames, turn

WHITE = (255, 255, 255)
QUALITIES = (92, 85, 78, 70)
"""How well JPEGs are kept, best first; what is still too large is made smaller."""

SMALLER = 0.85
SMALLEST = 64


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What pictures a platform takes: kinds, bytes, pixels, width over height; None is no limit.

    `moving` is for GIFs that move, where the platform takes them under limits of their own.
    """

    kinds: tuple[str, ...]
    most_bytes: int
    widest: int | None = None
    highest: int | None = None
    narrowest: int | None = None
    ratio: tuple[float, float] | None = None
    moving: PictureLimits | None = None

    def refusal(self, width: int, height: int) -> str | None:
        """Return why a picture of this size cannot be fitted, or None: nothing is cut off by us."""
        if self.narrowest is not None and width < self.narrowest:
            return (
                f"is {width:,} pixels wide; at least {self.narrowest:,} are taken: use a larger one"
            )
        if self.ratio is not None:
            least, most = self.ratio
            # a shape that misses by less than one row is put right: 1200×628 is sold as 1.91:1
            if width <= least * (height - 1) or width >= most * (height + 1):
                return (
                    f"is {width:,}×{height:,}; its width must be {least:g} to {most:g} times its "
                    "height: crop it"
                )
        return None


@dataclass(frozen=True, slots=True)
class Fitted:
    """A picture as it is sent, and its SHA-256."""

    sha256: str
    kind: str
    width: int
    height: int
    content: bytes


def fit(content: bytes, limits: PictureLimits) -> Fitted:
    """Return the picture in `content` as `limits` want it, without metadata; always the same bytes.

    Raises MediaError when it is no picture, or cannot be fitted without cutting something off.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow warns of, such as bad EXIF, can be shown
            with Image.open(io.BytesIO(content), formats=tuple(KINDS)) as image:
                _check_pixels(image)
                if image.format == "GIF" and "GIF" in limits.kinds and _moves(image):
                    drawn = _frames(image)
                else:
                    drawn = [(_drawn(image), 0)]
                loop = image.info.get("loop")
    except (MediaError, MemoryError):
        raise
    except Exception as error:  # Pillow's decoders raise many kinds on damaged bytes
        raise MediaError("is damaged, or no picture; export it again") from error
    if len(drawn) > 1:
        return _moving(drawn, limits.moving or limits, loop)
    return _still(drawn[0][0], limits)


def _check_pixels(image: Image.Image) -> None:
    if image.size[0] * image.size[1] > MAX_PIXELS:
        raise MediaError(f"has more than {MAX_PIXELS:,} pixels; make it smaller")


def _moves(image: Image.Image) -> bool:
    return bool(getattr(image, "is_animated", False))


def _drawn(image: Image.Image) -> Image.Image:
    """Return the first picture, upright, in sRGB, and nothing else."""
    image.load()
    turned = turn(image)
    drawn = _bare(_seen(_in_srgb(image)))
    return drawn if turned is None else drawn.transpose(turned)


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return `image` as RGB or RGBA, in the colours that every screen shows alike."""
    if image.mode.startswith("I"):  # 16 bits a pixel
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        drawn = _colours(clear.convert("RGB"), image.info)
        drawn.putalpha(clear.getchannel("A"))
        return drawn
    plain = image if image.mode in ("RGB", "CMYK", "L") else image.convert("RGB")
    return _colours(plain, image.info)


def _seen(image: Image.Image) -> Image.Image:
    """Return `image` without what lies hidden under parts that nobody sees.

    Many editors rub a face out by making it transparent: its colours are still in the file.
    """
    if image.mode != "RGBA":
        return image
    blank = Image.new("RGBA", image.size, (*WHITE, 0))
    return Image.composite(image, blank, image.getchannel("A").point(lambda value: value and 255))


def _colours(image: Image.Image, info: Mapping[Any, Any]) -> Image.Image:
    """Return `image` as RGB, read by the colour profile that came with it, if it makes sense."""
    profile = info.get("icc_profile")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            return found if found is not None else image.convert("RGB")
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            pass  # a broken profile says nothing about the colours
    return image.convert("RGB")


def _bare(image: Image.Image) -> Image.Image:
    """Return the pixels of `image` alone."""
    return Image.frombytes(image.mode, image.size, image.tobytes())


def _still(image: Image.Image, limits: PictureLimits) -> Fitted:
    _check(image, limits)
    opaque = image.mode == "RGB" or image.getchannel("A").getextrema() == (255, 255)
    if opaque or "PNG" not in limits.kinds:
        image = _on_white(image)
    for size in _sizes(image.size, limits):
        sized = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)
        for kind, content in _encoded(sized, limits):
            if len(content) <= limits.most_bytes:
                return _fitted(content, kind, size)
    raise MediaError(f"cannot be brought below {limits.most_bytes:,} bytes")


def _check(image: Image.Image, limits: PictureLimits) -> None:
    refusal = limits.refusal(*image.size)
    if refusal is not None:
        raise MediaError(refusal)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    ground = Image.new("RGB", image.size, WHITE)
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _sizes(size: tuple[int, int], limits: PictureLimits) -> Iterator[tuple[int, int]]:
    """Yield the sizes to try: the largest that is taken, then smaller and smaller ones."""
    width, height = size
    scale = min(1.0, (limits.widest or width) / width, (limits.highest or height) / height)
    least = limits.narrowest or SMALLEST
    while True:
        yield _shaped(max(1, round(width * scale)), max(1, round(height * scale)), limits)
        scale *= SMALLER
        if round(width * scale) < min(least, width) or round(width * scale) < 1:
            return


def _shaped(width: int, height: int, limits: PictureLimits) -> tuple[int, int]:
    """Return a size whose shape is still taken after rounding."""
    if limits.ratio is not None:
        least, most = limits.ratio
        height = min(max(height, math.ceil(width / most)), int(width / least))
    return width, height


def _encoded(image: Image.Image, limits: PictureLimits) -> Iterator[tuple[str, bytes]]:
    """Yield the picture in the kinds that suit it, the best first."""
    if image.mode == "RGBA" or ("PNG" in limits.kinds and _few_colours(image)):
        yield "PNG", _save(image, "PNG", optimize=True)
    if image.mode == "RGB":
        for quality in QUALITIES:
            options = {"quality": quality, "optimize": True, "progressive": True}
            yield "JPEG", _save(image, "JPEG", **options)


def _few_colours(image: Image.Image) -> bool:
    """Tell whether it is a drawing, which PNG keeps sharp, and not a photograph."""
    return image.getcolors(4096) is not None


def _save(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _frames(image: Image.Image) -> list[tuple[Image.Image, int]]:
    """Return the frames of a GIF, each with its time in thousandths of a second."""
    found = []
    for frame in frames(image):
        mode = "RGBA" if frame.has_transparency_data else "RGB"
        drawn = _bare(_seen(frame.convert(mode)))
        found.append((drawn, int(frame.info.get("duration", 100))))
    return found


def _moving(
    drawn: Sequence[tuple[Image.Image, int]], limits: PictureLimits, loop: int | None
) -> Fitted:
    """Return a GIF that moves with its frames and their times, and without its comments."""
    first = drawn[0][0]
    _check(first, limits)
    clear = any(frame.mode == "RGBA" for frame, _ in drawn)
    options: dict[str, object] = {
        "save_all": True,
        "duration": [time for _, time in drawn],
        "disposal": 2 if clear else 0,
    }
    if loop is not None:  # without it a GIF plays once
        options["loop"] = loop
    for size in _sizes(first.size, limits):
        sized = [
            frame if size == frame.size else frame.resize(size, Image.Resampling.LANCZOS)
            for frame, _ in drawn
        ]
        content = _save(sized[0], "GIF", append_images=sized[1:], **options)
        if len(content) <= limits.most_bytes:
            return _fitted(content, "GIF", size)
    raise MediaError(f"cannot be brought below {limits.most_bytes:,} bytes")


def _fitted(content: bytes, kind: str, size: tuple[int, int]) -> Fitted:
    return Fitted(hashlib.sha256(content).hexdigest(), kind, *size, content)

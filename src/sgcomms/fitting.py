"""A picture as a platform takes it: re-encoded, so that nothing but the picture is left.

A photograph can tell where it was taken, with which telephone, by whom: around children that is a
risk. So every picture that is sent is drawn anew, and what stood beside the pixels stays behind.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

from sgcomms.media import KINDS, MAX_PIXELS, MediaError

WHITE = (255, 255, 255)
QUALITIES = (92, 85, 78, 70)
"""How well JPEGs are kept, best first; what is still too large is made smaller."""

SMALLER = 0.85
SMALLEST = 64


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What pictures a platform takes: kinds, bytes, pixels, width over height; None is no limit."""

    kinds: tuple[str, ...]
    most_bytes: int
    widest: int | None = None
    highest: int | None = None
    narrowest: int | None = None
    ratio: tuple[float, float] | None = None

    def refusal(self, width: int, height: int) -> str | None:
        """Return why a picture of this size cannot be fitted, or None: nothing is cut off by us."""
        if self.narrowest is not None and width < self.narrowest:
            return (
                f"is {width:,} pixels wide; at least {self.narrowest:,} are taken: use a larger one"
            )
        if self.ratio is not None:
            least, most = self.ratio
            if not least <= round(width / height, 3) <= most:
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
                    return _moving(image, limits)
                return _still(_drawn(image), limits)
    except MediaError:
        raise
    except Exception as error:  # Pillow's decoders raise many kinds on damaged bytes
        raise MediaError("is damaged, or no picture; export it again") from error


def _check_pixels(image: Image.Image) -> None:
    if image.size[0] * image.size[1] > MAX_PIXELS:
        raise MediaError(f"has more than {MAX_PIXELS:,} pixels; make it smaller")


def _moves(image: Image.Image) -> bool:
    return getattr(image, "n_frames", 1) > 1


def _drawn(image: Image.Image) -> Image.Image:
    """Return the first picture, upright, in sRGB, and nothing else."""
    image.load()
    upright = ImageOps.exif_transpose(image)
    transparent = "transparency" in upright.info or upright.mode in ("RGBA", "LA", "PA")
    return _bare(_in_srgb(upright, "RGBA" if transparent else "RGB"))


def _in_srgb(image: Image.Image, mode: str) -> Image.Image:
    """Return `image` in the colours that every screen shows alike."""
    if image.mode.startswith("I"):  # 16 bits a pixel
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            return found.convert(mode) if found is not None else image.convert(mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile says nothing about the colours
    return image.convert(mode)


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
        yield max(1, round(width * scale)), max(1, round(height * scale))
        scale *= SMALLER
        if round(width * scale) < min(least, width) or round(width * scale) < 1:
            return


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


def _moving(image: Image.Image, limits: PictureLimits) -> Fitted:
    """Return a GIF that moves with its frames and their times, and without its comments."""
    _check(image, limits)
    frames, times = [], []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        frames.append(_bare(image.convert("RGB")))
        times.append(int(image.info.get("duration", 100)) or 100)
    for size in _sizes(image.size, limits):
        sized = [one if size == one.size else one.resize(size) for one in frames]
        out = io.BytesIO()
        sized[0].save(out, "GIF", save_all=True, append_images=sized[1:], duration=times, loop=0)
        if len(out.getvalue()) <= limits.most_bytes:
            return _fitted(out.getvalue(), "GIF", size)
    raise MediaError(f"cannot be brought below {limits.most_bytes:,} bytes")


def _fitted(content: bytes, kind: str, size: tuple[int, int]) -> Fitted:
    return Fitted(hashlib.sha256(content).hexdigest(), kind, *size, content)

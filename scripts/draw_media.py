"""Draw the pictures of the example campaigns: flat, without people, the same bytes on every run.

    python scripts/draw_media.py [DIR]

DIR is `campaigns/media` unless given. Pillow is all it needs. Colours are those of the
Government Analysis Function, on light grounds. Everything is drawn at three times its size and
then made smaller, because Pillow's shapes have hard edges.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

NAVY = "#12436D"
TEAL = "#28A197"
PLUM = "#801650"
ORANGE = "#F46A25"
GREY = "#3D3D3D"
LILAC = "#A285D1"
WHITE = "#FFFFFF"

OVERSAMPLING = 3
JPEG_QUALITY = 80


def tint(colour: str, strength: float) -> str:
    """Mix a colour with white: strength 1 is the colour itself, 0 is white."""
    channels = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    mixed = (round(255 - (255 - channel) * strength) for channel in channels)
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


class Sheet:
    """A drawing surface measured in the pixels of the finished picture."""

    def __init__(self, width: int, height: int, ground: str) -> None:
        """Start with a sheet of one colour."""
        self.width = width
        self.height = height
        size = (width * OVERSAMPLING, height * OVERSAMPLING)
        self._image = Image.new("RGB", size, ground)
        self._draw = ImageDraw.Draw(self._image)

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        fill: str,
        *,
        radius: float = 0,
        corners: tuple[bool, bool, bool, bool] = (True, True, True, True),
    ) -> None:
        """Draw a rectangle; `corners`, clockwise from the top left, says which are round."""
        edges = [(_big(left), _big(top)), (_big(right) - 1, _big(bottom) - 1)]
        self._draw.rounded_rectangle(edges, _big(radius), fill, corners=corners)

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        """Draw a filled circle around a point."""
        self.oval(x - radius, y - radius, x + radius, y + radius, fill)

    def oval(self, left: float, top: float, right: float, bottom: float, fill: str) -> None:
        """Draw a filled ellipse inside a rectangle."""
        self._draw.ellipse([(_big(left), _big(top)), (_big(right), _big(bottom))], fill)

    def wedge(self, x: float, y: float, radius: float, start: float, end: float, fill: str) -> None:
        """Draw a slice of a circle; angles in degrees, clockwise from three o'clock."""
        edges = [(_big(x - radius), _big(y - radius)), (_big(x + radius), _big(y + radius))]
        self._draw.pieslice(edges, start, end, fill)

    def shape(self, points: Sequence[tuple[float, float]], fill: str) -> None:
        """Draw a filled polygon."""
        self._draw.polygon([(_big(x), _big(y)) for x, y in points], fill)

    def line(self, points: Sequence[tuple[float, float]], fill: str, width: float) -> None:
        """Draw a line through points, with round joints and round ends."""
        self._draw.line([(_big(x), _big(y)) for x, y in points], fill, _big(width))
        for x, y in points:
            self.disc(x, y, width / 2, fill)

    def words(self, x: float, y: float, text: str, size: float, fill: str) -> None:
        """Write text centred on a point."""
        font = ImageFont.load_default(size=_big(size))
        self._draw.text((_big(x), _big(y)), text, fill, font, anchor="mm")

    def finished(self) -> Image.Image:
        """Return the picture at its real size."""
        return self._image.resize((self.width, self.height), Image.Resampling.LANCZOS)


def _big(length: float) -> int:
    return round(length * OVERSAMPLING)


def curve(
    start: tuple[float, float],
    pull: tuple[float, float],
    other_pull: tuple[float, float],
    end: tuple[float, float],
) -> list[tuple[float, float]]:
    """Return points along a cubic Bezier curve."""
    points = []
    for step in range(121):
        t = step / 120
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        x = sum(w * p[0] for w, p in zip(weights, (start, pull, other_pull, end), strict=True))
        y = sum(w * p[1] for w, p in zip(weights, (start, pull, other_pull, end), strict=True))
        points.append((x, y))
    return points


def room(sheet: Sheet, floor_top: float, floor: str, skirting: str = WHITE) -> None:
    """Draw a floor and a skirting board across the whole sheet."""
    sheet.box(0, floor_top - 26, sheet.width, floor_top, skirting)
    sheet.box(0, floor_top, sheet.width, sheet.height, floor)


def night_window(sheet: Sheet, left: float, top: float, size: float) -> None:
    """Draw a window with a moon and a few stars."""
    sheet.box(left - 16, top - 16, left + size + 16, top + size + 16, WHITE, radius=12)
    sheet.box(left, top, left + size, top + size, NAVY)
    sheet.disc(left + size * 0.66, top + size * 0.32, size * 0.15, tint(ORANGE, 0.25))
    sheet.disc(left + size * 0.73, top + size * 0.27, size * 0.13, NAVY)
    for across, down in ((0.2, 0.2), (0.34, 0.7), (0.82, 0.74)):
        sheet.disc(left + size * across, top + size * down, 5, WHITE)
    middle = size / 2
    sheet.box(left + middle - 6, top, left + middle + 6, top + size, WHITE)
    sheet.box(left, top + middle - 6, left + size, top + middle + 6, WHITE)


def clear_cot() -> Sheet:
    """Draw a cot with a flat mattress and nothing else in it."""
    sheet = Sheet(1080, 1080, tint(TEAL, 0.16))
    room(sheet, 800, tint(NAVY, 0.16))
    sheet.oval(110, 850, 970, 985, tint(LILAC, 0.4))
    night_window(sheet, 430, 90, 220)
    sheet.box(186, 656, 894, 740, WHITE, radius=16)
    sheet.box(186, 706, 894, 740, tint(NAVY, 0.16))
    for bar in range(9):
        left = 248 + bar * 70.5
        sheet.box(left, 430, left + 20, 770, NAVY)
    sheet.box(160, 410, 920, 446, NAVY, radius=14)
    sheet.box(160, 736, 920, 776, NAVY, radius=8)
    for left in (150, 892):
        sheet.box(left, 380, left + 38, 920, NAVY, radius=14)
    sheet.words(540, 1025, "A clear cot for every sleep", 54, NAVY)
    return sheet


def moses_basket() -> Sheet:
    """Draw a Moses basket on a stand beside an adult's bed."""
    sheet = Sheet(1080, 1350, tint(LILAC, 0.22))
    room(sheet, 1050, tint(ORANGE, 0.16))
    night_window(sheet, 720, 230, 230)
    _framed_star(sheet, 320, 300)
    _bed(sheet)
    _basket(sheet)
    sheet.words(540, 1275, "Your room, their own space", 56, NAVY)
    return sheet


def _framed_star(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x - 110, y - 110, x + 110, y + 110, WHITE, radius=10)
    sheet.box(x - 90, y - 90, x + 90, y + 90, tint(TEAL, 0.25))
    arm, waist = 66, 17
    sheet.shape(
        [
            (x, y - arm),
            (x + waist, y - waist),
            (x + arm, y),
            (x + waist, y + waist),
            (x, y + arm),
            (x - waist, y + waist),
            (x - arm, y),
            (x - waist, y - waist),
        ],
        tint(ORANGE, 0.7),
    )


def _bed(sheet: Sheet) -> None:
    sheet.box(40, 500, 600, 1000, PLUM, radius=44)
    sheet.box(60, 690, 580, 1060, WHITE, radius=30)
    for left in (92, 332):
        sheet.box(left, 640, left + 216, 770, tint(TEAL, 0.25), radius=46)
    sheet.box(48, 752, 592, 1080, TEAL, radius=34)
    sheet.box(48, 752, 592, 836, tint(TEAL, 0.5), radius=34)
    for left in (76, 528):
        sheet.box(left, 1070, left + 36, 1140, PLUM, radius=6)


def _basket(sheet: Sheet) -> None:
    wicker, dark = tint(ORANGE, 0.55), tint(ORANGE, 0.8)
    sheet.line([(740, 930), (930, 1130)], GREY, 20)
    sheet.line([(930, 930), (740, 1130)], GREY, 20)
    sheet.line([(715, 1132), (955, 1132)], GREY, 20)
    sheet.line(curve((700, 800), (740, 650), (930, 650), (970, 800)), dark, 16)
    sheet.shape([(655, 790), (1015, 790), (965, 955), (705, 955)], wicker)
    sheet.box(705, 915, 965, 975, wicker, radius=26)
    for row in range(3):
        y = 842 + row * 42
        inset = 26 + row * 13
        sheet.line([(645 + inset, y), (1025 - inset, y)], dark, 7)
    sheet.box(640, 768, 1030, 806, WHITE, radius=19)


def clock() -> Sheet:
    """Draw a clock with five minutes marked on it, and a mug."""
    sheet = Sheet(1080, 1080, tint(ORANGE, 0.14))
    sheet.box(0, 800, 1080, 1080, tint(NAVY, 0.2))
    sheet.box(0, 800, 1080, 826, tint(NAVY, 0.4))
    x, y = 410, 410
    sheet.disc(x, y, 310, NAVY)
    sheet.disc(x, y, 278, WHITE)
    sheet.wedge(x, y, 262, 270, 300, tint(TEAL, 0.6))
    _hour_marks(sheet, x, y)
    sheet.line([(x, y), (x, y - 225)], GREY, 18)
    sheet.line([(x, y), (x - 128, y + 74)], GREY, 24)
    sheet.disc(x, y, 24, ORANGE)
    _mug(sheet)
    sheet.words(540, 960, "It is OK to take a few minutes", 60, NAVY)
    return sheet


def _hour_marks(sheet: Sheet, x: float, y: float) -> None:
    half, root = 0.5, 3**0.5 / 2
    directions = [(0.0, -1.0), (half, -root), (root, -half), (1.0, 0.0), (root, half), (half, root)]
    directions += [(-across, -down) for across, down in directions]
    for across, down in directions:
        sheet.line(
            [(x + across * 232, y + down * 232), (x + across * 258, y + down * 258)], NAVY, 12
        )


def _mug(sheet: Sheet) -> None:
    sheet.disc(962, 690, 62, PLUM)
    sheet.disc(962, 690, 34, tint(ORANGE, 0.14))
    sheet.box(780, 600, 960, 802, PLUM, radius=34, corners=(False, False, True, True))
    sheet.box(780, 600, 960, 626, tint(PLUM, 0.7))
    for left in (828, 900):
        steam = curve((left, 570), (left - 34, 540), (left + 34, 510), (left, 470))
        sheet.line(steam, tint(NAVY, 0.35), 12)


def safety_gate() -> Sheet:
    """Draw a closed safety gate in a doorway, with a dog bed and a bowl behind it."""
    sheet = Sheet(1080, 1080, tint(TEAL, 0.2))
    room(sheet, 880, tint(ORANGE, 0.22))
    sheet.box(196, 110, 884, 884, WHITE, radius=10)
    sheet.box(240, 154, 840, 884, tint(LILAC, 0.28))
    sheet.box(240, 740, 840, 884, tint(ORANGE, 0.12))
    _picture_of_a_paw(sheet, 540, 290)
    _dog_bed(sheet)
    for bar in range(8):
        left = 330 + bar * 58
        sheet.box(left, 520, left + 14, 870, NAVY)
    sheet.box(244, 500, 836, 534, NAVY, radius=8)
    sheet.box(244, 850, 836, 884, NAVY, radius=8)
    for left in (252, 796):
        sheet.box(left, 480, left + 32, 892, NAVY, radius=8)
    sheet.box(780, 484, 844, 550, ORANGE, radius=14)
    sheet.box(800, 504, 824, 530, WHITE, radius=6)
    _toy_blocks(sheet)
    return sheet


def _picture_of_a_paw(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x - 92, y - 92, x + 92, y + 92, WHITE, radius=10)
    sheet.box(x - 74, y - 74, x + 74, y + 74, tint(TEAL, 0.25))
    paw(sheet, x, y + 6, 1.0, TEAL)


def paw(sheet: Sheet, x: float, y: float, scale: float, fill: str) -> None:
    """Draw a paw print centred on a point."""
    sheet.oval(x - 34 * scale, y - 4 * scale, x + 34 * scale, y + 48 * scale, fill)
    for across, down in ((-44, -10), (-17, -38), (17, -38), (44, -10)):
        toe_x, toe_y = x + across * scale, y + down * scale
        sheet.oval(
            toe_x - 13 * scale, toe_y - 17 * scale, toe_x + 13 * scale, toe_y + 17 * scale, fill
        )


def _dog_bed(sheet: Sheet) -> None:
    sheet.box(346, 676, 734, 822, PLUM, radius=60)
    sheet.box(400, 706, 680, 756, tint(PLUM, 0.3), radius=40, corners=(True, True, False, False))


def _toy_blocks(sheet: Sheet) -> None:
    for left, top, fill in ((50, 932, TEAL), (146, 932, ORANGE), (98, 838, LILAC)):
        sheet.box(left, top, left + 94, top + 94, fill, radius=10)
        sheet.disc(left + 47, top + 47, 20, WHITE)


def bowl_and_lead() -> Sheet:
    """Draw a full dog bowl and a lead on a hook."""
    sheet = Sheet(1080, 1080, tint(ORANGE, 0.16))
    room(sheet, 800, tint(TEAL, 0.3))
    _lead(sheet)
    _bowl(sheet)
    sheet.words(540, 1010, "Dogs need peace too", 64, NAVY)
    return sheet


def _bowl(sheet: Sheet) -> None:
    sheet.oval(396, 630, 904, 730, GREY)
    for row in range(4):
        for place in range(-4 - row, 5 + row, 2):
            shade = (0.9, 0.7, 0.55)[(place + 2 * row) % 3]
            sheet.disc(650 + place * 24, 604 + row * 26, 25, tint(ORANGE, shade))
    sheet.shape([(396, 680), (904, 680), (960, 890), (340, 890)], NAVY)
    sheet.box(332, 864, 968, 916, NAVY, radius=24)
    paw(sheet, 650, 780, 1.25, WHITE)


def _lead(sheet: Sheet) -> None:
    sheet.box(110, 120, 430, 180, WHITE, radius=14)
    for x in (190, 350):
        sheet.disc(x, 150, 22, GREY)
    sheet.line(curve((190, 156), (20, 640), (360, 640), (190, 156)), tint(TEAL, 0.7), 20)
    sheet.line(curve((190, 156), (70, 540), (310, 540), (190, 156)), TEAL, 20)
    sheet.line(curve((190, 156), (270, 330), (290, 420), (292, 560)), TEAL, 20)
    sheet.disc(292, 588, 24, GREY)
    sheet.disc(292, 588, 11, tint(ORANGE, 0.16))
    sheet.line([(292, 616), (292, 650)], GREY, 16)
    sheet.disc(190, 152, 14, GREY)


def phone_talk() -> Sheet:
    """Draw a phone and two speech bubbles: a question and its answer."""
    sheet = Sheet(1080, 1080, tint(NAVY, 0.1))
    sheet.disc(540, 540, 490, tint(TEAL, 0.22))
    sheet.box(120, 250, 520, 990, GREY, radius=56)
    sheet.box(146, 300, 494, 940, WHITE, radius=26)
    sheet.box(270, 268, 370, 282, tint(GREY, 0.5), radius=7)
    for left, top, right, fill in (
        (176, 580, 400, tint(NAVY, 0.18)),
        (176, 680, 360, tint(NAVY, 0.18)),
        (264, 810, 464, tint(TEAL, 0.5)),
    ):
        sheet.box(left, top, right, top + 70, fill, radius=34)
    sheet.shape([(440, 380), (570, 380), (390, 520)], PLUM)
    sheet.box(360, 120, 1000, 410, PLUM, radius=80)
    sheet.words(680, 265, "Can we talk?", 86, WHITE)
    sheet.shape([(860, 740), (960, 740), (980, 850)], NAVY)
    sheet.box(440, 540, 1010, 770, NAVY, radius=80)
    sheet.words(725, 655, "I am listening", 72, WHITE)
    return sheet


def lit_window() -> Sheet:
    """Draw a row of houses at night with one lit window."""
    sheet = Sheet(1200, 675, tint(LILAC, 0.5))
    sheet.disc(785, 110, 60, tint(ORANGE, 0.2))
    for x, y in ((90, 90), (150, 200), (420, 70), (600, 110), (930, 80), (1100, 120)):
        sheet.disc(x, y, 5, WHITE)
    sheet.box(0, 590, 1200, 675, tint(NAVY, 0.55))
    for left in (60, 800):
        _house(sheet, left, tint(NAVY, 0.75))
    _house(sheet, 430, NAVY)
    _pane(sheet, 636, 352, tint(ORANGE, 0.7))
    _door(sheet, 636, PLUM)
    sheet.box(0, 600, 1200, 616, tint(NAVY, 0.3))
    return sheet


def _house(sheet: Sheet, left: float, wall: str) -> None:
    sheet.box(left + 250, 170, left + 296, 300, tint(GREY, 0.8))
    sheet.shape([(left - 20, 320), (left + 170, 170), (left + 360, 320)], GREY)
    sheet.box(left, 316, left + 340, 602, wall)
    for across, top in ((46, 352), (206, 352), (46, 474)):
        _pane(sheet, left + across, top, GREY)
    _door(sheet, left + 206, tint(PLUM, 0.8))


def _door(sheet: Sheet, left: float, fill: str) -> None:
    sheet.box(left, 470, left + 88, 602, fill, radius=6)
    sheet.disc(left + 72, 540, 6, WHITE)


def _pane(sheet: Sheet, left: float, top: float, glass: str) -> None:
    sheet.box(left - 8, top - 8, left + 96, top + 94, WHITE, radius=4)
    sheet.box(left, top, left + 88, top + 86, glass)
    sheet.box(left + 41, top, left + 47, top + 86, WHITE)
    sheet.box(left, top + 40, left + 88, top + 46, WHITE)


def silent_solution() -> Sheet:
    """Draw a phone in a call to 999: when asked, press 55."""
    sheet = Sheet(1080, 1080, tint(LILAC, 0.25))
    sheet.disc(540, 540, 490, tint(LILAC, 0.5))
    sheet.box(300, 60, 780, 1020, GREY, radius=64)
    sheet.box(328, 110, 752, 970, WHITE, radius=30)
    sheet.box(480, 78, 600, 92, tint(GREY, 0.5), radius=7)
    sheet.words(540, 190, "In a call to 999", 52, NAVY)
    sheet.words(540, 270, "When you are asked,", 40, PLUM)
    sheet.words(540, 325, "press 55", 60, PLUM)
    for index, key in enumerate("123456789*0#"):
        x, y = 420 + index % 3 * 120, 430 + index // 3 * 120
        chosen = key == "5"
        sheet.disc(x, y, 50, PLUM if chosen else tint(NAVY, 0.14))
        sheet.words(x, y, key, 52, WHITE if chosen else NAVY)
    return sheet


class Picture(NamedTuple):
    """A file name and the function that draws it."""

    name: str
    draw: Callable[[], Sheet]


PICTURES = (
    Picture("clear-cot.jpg", clear_cot),
    Picture("moses-basket.png", moses_basket),
    Picture("a-few-minutes.png", clock),
    Picture("safety-gate.png", safety_gate),
    Picture("bowl-and-lead.png", bowl_and_lead),
    Picture("can-we-talk.png", phone_talk),
    Picture("lit-window.jpg", lit_window),
    Picture("silent-solution.png", silent_solution),
)


def save(image: Image.Image, path: Path) -> None:
    """Write a picture as its suffix says, small and without metadata."""
    if path.suffix == ".jpg":
        image.save(path, quality=JPEG_QUALITY, optimize=True)
    else:
        few = image.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(path, optimize=True)


def main(arguments: Sequence[str]) -> int:
    """Draw every picture into a folder and say how large each file is."""
    if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
        print("usage: python scripts/draw_media.py [DIR]", file=sys.stderr)
        return 2
    root = Path(__file__).resolve().parent.parent
    folder = Path(arguments[0]) if arguments else root / "campaigns" / "media"
    folder.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        path = folder / picture.name
        save(picture.draw().finished(), path)
        print(f"{path.name}: {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

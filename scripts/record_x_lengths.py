"""Record what X's own twitter-text says of the length of texts, for the tests of ours.

    npm install --prefix DIR twitter-text
    python scripts/record_x_lengths.py DIR              write the file that the tests read
    python scripts/record_x_lengths.py DIR --fresh N    compare ours with it on N texts never seen

The file holds the weight of every character, every emoji that twitter-text knows, and a few
thousand texts put together by chance of what is hard to count: names that touch letters of other
scripts, paths, brackets, domains that only look like links.

twitter-text is Twitter's, under the Apache License 2.0: https://github.com/twitter/twitter-text.
None of it is copied: only the numbers that it answers with are kept. Two things are left out, for
X's service does not do as its JavaScript does: an emoji inside a domain (JavaScript sees halves of
it), and emoji newer than its list of 2018 (X's page says that every emoji counts two).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, product
from pathlib import Path
from random import Random
from typing import TypeVar

import regex

from sgcomms.platforms.text import x_length

T = TypeVar("T")

OUT = Path(__file__).resolve().parent.parent / "tests" / "platforms" / "data" / "x-lengths.json"
TEXTS = 3_000
AROUND = "a{}b"
"""Where a character is weighed: between letters, where it can be part of no link and no emoji."""

MEASURE = """
const text = require("twitter-text");
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map((one) => text.parseTweet(one).weightedLength)));
"""
VERSION = 'process.stdout.write(require("twitter-text/package.json").version)'

PLAIN = (
    *("a", "B", " ", "\n", "\r\n", "\r", "é", "e\u0301", "ß", "Ж", "ي", "א", "中", "コ", "१", "９"),
    *("%20", "…", "’", "“", "–", "™", "©", "\u200b", "\u202e", "\u061c", "\ufeff", "x" * 60),
)
NAMES = (
    *PLAIN,
    *".,:;!?-_/\\()[]&=#@$'~|\u200d",
    *("https://", "http://", "HTTPS://", "www.", "nspcc.org.uk", "GOV.UK", "co.uk", "com", "t.co/"),
    *("example", "xn--p1ai", "xn--p1ai.uk", "рф", "рфt.co", "コム", "notatld", "a.uk", "x.рф"),
    *("https://xn--ж.рф", "ж" + "x" * 53, "x" * 54 + "й.uk"),
    *("/path?x=1&y=(2)#z", "?q=1", ":8080", "/рфt.co/", "https://t.co/abc", ".", "/", " 👶 "),
)
STYLE, KEY, JOIN = "\ufe0f", "\u20e3", "\u200d"
TONES = tuple(map(chr, range(0x1F3FB, 0x1F400)))
GROWN_UPS = ("👨", "👩", "🧑")
FAMILY = ("👨", "👩", "👦", "👧")


def main() -> int:
    """Write the file, or compare on fresh texts; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where npm installed twitter-text")
    parser.add_argument("--fresh", type=int, metavar="N", help="compare on N texts, write nothing")
    parser.add_argument("--seed", type=int, default=0, help="which texts (default: 0)")
    asked = parser.parse_args()
    emoji = known_emoji(asked.folder)
    made = list(texts(Random(asked.seed), asked.fresh or TEXTS, emoji))
    lengths = measured(asked.folder, made)
    if asked.fresh:
        return compare(made, lengths)
    source = f"twitter-text {node(asked.folder, VERSION)}, parseTweet().weightedLength"
    pairs = ",\n".join(map(json.dumps, zip(made, lengths, strict=True)))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(
        f'{{"source": {json.dumps(source)},\n'
        f'"characters": {json.dumps(list(characters(asked.folder)))},\n'
        f'"emoji": {json.dumps(" ".join(emoji), ensure_ascii=False)},\n'
        f'"texts": [\n{pairs}\n]}}\n',
        encoding="utf-8",
        newline="\n",
    )
    return 0


def compare(made: Sequence[str], lengths: Sequence[int]) -> int:
    """Print where ours differs; return 1 if it does."""
    differ = [
        (one, x_length(one), length)
        for one, length in zip(made, lengths, strict=True)
        if x_length(one) != length
    ]
    for text, ours, length in sorted(differ, key=lambda one: len(one[0])):
        print(f"{text!a}: {ours} here, {length} on X")
    print(f"{len(made)} texts compared, {len(differ)} differ")
    return 1 if differ else 0


def texts(random: Random, count: int, emoji: Sequence[str]) -> Iterator[str]:
    """Yield texts by chance: half of names and links, half of emoji among other characters."""
    signs = (*PLAIN, STYLE, KEY, *"1#*,:;!?-_()[]&=@$'~|")
    for number in range(count):
        pieces = [
            _one(random, NAMES) if number % 2 else _one(random, _one(random, (signs, emoji)))
            for _ in range(1 + int(random.random() * 14))
        ]
        yield "".join(pieces)


def _one(random: Random, of: Sequence[T]) -> T:
    return of[int(random.random() * len(of))]


def characters(folder: Path) -> Iterator[tuple[int, int, int]]:
    """Yield the first and the last code of a run of characters, and what each of them counts."""
    codes = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    lengths = measured(folder, (AROUND.format(chr(code)) for code in codes))
    weighed = zip(codes, (length - 2 for length in lengths), strict=True)
    for weight, run in groupby(weighed, key=lambda one: one[1]):
        same = [code for code, _ in run]
        yield same[0], same[-1], weight


def known_emoji(folder: Path) -> list[str]:
    """Return every emoji that twitter-text takes for one sign, of more than a character too."""
    single = [
        chr(code)
        for code in range(0x80, 0x110000)
        if not 0xD800 <= code < 0xE000
        and regex.match(r"[\p{Emoji}--\p{Emoji_Modifier}]", chr(code), regex.VERSION1)
    ]
    letters = [chr(code) for code in range(0x1F1E6, 0x1F200)]
    toned = [sign + tone for sign in single for tone in ("", STYLE, *TONES)]
    people = [one + tone for one in GROWN_UPS for tone in ("", *TONES)]
    tags = (
        "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in land) + "\U000e007f"
        for land in ("gbeng", "gbsct", "gbwls")
    )
    candidates = [
        *toned,
        *(key + style + KEY for key in "0123456789#*" for style in ("", STYLE)),
        *map("".join, product(letters, repeat=2)),
        *tags,
        *(one + JOIN + sign + style for one in people for sign in single for style in ("", STYLE)),
        *(one + JOIN + sign + style for one in toned for sign in "♀♂" for style in ("", STYLE)),
        *(JOIN.join(family) for count in (2, 3, 4) for family in product(FAMILY, repeat=count)),
        *(
            JOIN.join((one, f"❤{STYLE}", *kiss, other))
            for one, other in product(people, repeat=2)
            for kiss in ((), ("💋",))
        ),
        *(f"{one}{JOIN}{sign}" for one in ("🏳️", "🏴", "👁") for sign in ("🌈", "☠️", "🗨")),
    ]
    lengths = measured(folder, candidates)
    return [one for one, length in zip(candidates, lengths, strict=True) if length == 2]


def measured(folder: Path, made: Iterable[str]) -> list[int]:
    """Return the weighted length of each text as twitter-text has it."""
    lengths: list[int] = json.loads(node(folder, MEASURE, json.dumps(list(made))))
    return lengths


def node(folder: Path, program: str, given: str = "") -> str:
    """Run a program in a folder; return what it wrote."""
    done = subprocess.run(
        ["node", "-e", program], cwd=folder, input=given, stdout=subprocess.PIPE, text=True,
        check=True, encoding="utf-8",
    )  # fmt: skip
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

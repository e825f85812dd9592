"""Files that nobody should send to this program, made the same way each time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

SHIPPED = sorted((Path(__file__).resolve().parents[2] / "campaigns").glob("*.yaml"))

HEAD = """\
campaign: hostile
title: Hostile
author: comms.officer@board.example
audience: Nobody
objective: {measure: clicks_link, baseline: 0, target: 1, by: 2027-03-31}
link: https://www.example.org/
accounts: [x, facebook]
"""
POST = "posts:\n  - id: one\n    at: 2027-03-08 09:30\n"
TOKENS = (
    *(b"\t", b"&a ", b"*a", b"!!python/object/apply:os.system [ls] ", b"<<: *a\n", b"? ", b"- "),
    *(b"---\n", b"...\n", b"\0", b"\xff", b"\xe2\x80", b" #", b": ", b"{", b"}", b"[", b"]", b"'"),
    *(b'"', b"|", b">", b"%", b"@", b"`", b"\r", b"\n", b"\n\n  ", b"\xef\xbb\xbf", b"\\", b","),
    *("\u202e".encode(), "\u200b".encode(), "👶🏽".encode(), "\u2028".encode(), "\x85".encode()),
    *(b"0000-00-00 00:00", b"9999-12-31 23:59", b"-1", b"1" + b"0" * 40, b"1e999", b".nan"),
    *(b"{contact:}", b"{link", b"{{", b"null", b"~", b"yes", b"media/../../etc/passwd"),
)


def mutated(count: int, seed: int = 2027) -> Iterator[tuple[str, bytes]]:
    """Yield `count` damaged copies of the shipped campaigns, no two alike, each with a name."""
    dice = random.Random(seed)
    seen = {path.read_bytes() for path in SHIPPED}
    while len(seen) < count + len(SHIPPED):
        path = dice.choice(SHIPPED)
        raw = path.read_bytes()
        steps = [dice.choice(_MUTATIONS) for _ in range(dice.choice((1, 1, 1, 2, 4)))]
        for step in steps:
            raw = step(dice, raw)
        if raw not in seen:
            yield f"{len(seen)}-{path.stem}-{'-'.join(step.__name__ for step in steps)}", raw
        seen.add(raw)


def flip(dice: random.Random, raw: bytes) -> bytes:
    changed = bytearray(raw)
    for _ in range(dice.randint(1, 12)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def cut(dice: random.Random, raw: bytes) -> bytes:
    return raw[: dice.randrange(1, len(raw))]


def drop(dice: random.Random, raw: bytes) -> bytes:
    start = dice.randrange(len(raw))
    return raw[:start] + raw[start + dice.randint(1, 80) :] or b"-"


def double(dice: random.Random, raw: bytes) -> bytes:
    start = dice.randrange(len(raw))
    end = start + dice.randint(1, 400)
    return raw[:end] + raw[start:end] + raw[end:]


def insert(dice: random.Random, raw: bytes) -> bytes:
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(raw))
        raw = raw[:at] + dice.choice(TOKENS) + raw[at:]
    return raw


def indent(dice: random.Random, raw: bytes) -> bytes:
    lines = raw.split(b"\n")
    for _ in range(dice.randint(1, 5)):
        at = dice.randrange(len(lines))
        head = dice.choice((b"", b" ", b"   ", b"\t", b"      ", "\xa0\xa0".encode()))
        lines[at] = head + lines[at].lstrip()
    return b"\n".join(lines)


def swap(dice: random.Random, raw: bytes) -> bytes:
    lines = raw.split(b"\n")
    one, two = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


def unquote(dice: random.Random, raw: bytes) -> bytes:
    return raw.replace(dice.choice((b'"', b"'", b"|", b">-")), b"")


def renumber(dice: random.Random, raw: bytes) -> bytes:
    digits = [at for at, byte in enumerate(raw) if 48 <= byte < 58]
    changed = bytearray(raw)
    for at in dice.sample(digits, min(len(digits), dice.randint(1, 10))):
        changed[at] = dice.choice(b"0123456789-.:")
    return bytes(changed)


def encode(dice: random.Random, raw: bytes) -> bytes:
    text = raw.decode("utf-8", "replace")
    return text.encode(dice.choice(("utf-16", "utf-16-le", "cp1252", "utf-8-sig")), "replace")


_MUTATIONS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    flip,
    cut,
    drop,
    double,
    insert,
    insert,
    indent,
    swap,
    unquote,
    renumber,
    encode,
)


def posts(*lines: str, count: int = 1) -> bytes:
    """Return a campaign of `count` posts with these lines, `{n}` being the number of each."""
    each = "".join(f"    {line}\n" for line in lines)
    body = "".join(f"  - id: p{n}\n{each.replace('{n}', str(n))}" for n in range(count))
    return f"{HEAD}posts:\n{body}".encode()


def one(*lines: str) -> bytes:
    """Return a campaign of one post with these lines besides its id and time."""
    return f"{HEAD}{POST}{''.join(f'    {line}{chr(10)}' for line in lines)}".encode()


def with_id(name: str) -> bytes:
    """Return a campaign whose one post is called `name`."""
    return posts("at: 2027-03-08 09:30", "text: a").replace(b"p0", name.encode())


def nested(opening: str, closing: str, depth: int) -> bytes:
    return one(f"text: {opening * depth}a{closing * depth}")


LAUGHS = "".join(
    f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9) if n else 'lol'}]\n" for n in range(12)
).encode()

CRAFTED: dict[str, bytes] = {
    "empty": b"",
    "only a mark": b"\xef\xbb\xbf",
    "only spaces": b"   \n \n",
    "only a comment": b"# nothing",
    "billion laughs": LAUGHS,
    "billion laughs in a post": one("text: hi") + LAUGHS,
    "quadratic aliases": b"a: &a [" + b"x," * 20_000 + b"]\n" + b"b: *a\n" * 2_000,
    "100,000 brackets": nested("[", "]", 100_000),
    "100,000 braces": nested("{a: ", "}", 100_000),
    "100,000 dashes": one("text:") + b"      " + b"- " * 100_000,
    "100,000 questions": b"? " * 100_000,
    "30 brackets": nested("[", "]", 30),
    "a megabyte of one line": one("text: " + "a" * 900_000),
    "a megabyte of lines": one("text: |") + b"      word\n" * 80_000,
    "15,000 posts of nothing": HEAD.encode() + b"posts:\n" + b"-\n" * 15_000,
    "a megabyte of comments": b"# a\n" * 240_000,
    "more than a megabyte": b"#" * 1_000_001,
    "a huge number": one("text: hi", f"repeat: {{every: day, times: {'9' * 5000}}}"),
    "a huge decimal": one("text: hi", f"repeat: {{every: day, times: 1.{'9' * 5000}}}"),
    "a large repeat": posts(
        "at: 2027-03-08 09:30", "text: '{n}'", "repeat: {every: day, times: 366}"
    ),
    "infinity": one("text: hi", "repeat: {every: day, times: .inf}"),
    "not a number": one("text: hi", "repeat: {every: day, times: .nan}"),
    "octal": one("text: hi", "repeat: {every: day, times: 0o17}"),
    "negative": one("text: hi", "repeat: {every: day, times: -3}"),
    "NUL": one("text: a\0b"),
    "NUL by an escape": one('text: "a\\0b"'),
    "many NULs": b"\0" * 5000,
    "not UTF-8": one("text: ab").replace(b"ab", b"a\xff\xfeb"),
    "half a letter": one("text: a").rstrip() + b"\xf0\x9f\x91",
    "a surrogate": one("text: a").rstrip() + b"\xed\xa0\x80",
    "a surrogate by an escape": one('text: "\\ud83d"'),
    "an impossible escape": one('text: "\\UFFFFFFFF"'),
    "an object": one("text: !!python/object/apply:os.system [ls]"),
    "a name": one("text: !!python/name:os.system"),
    "binary": one("text: !!binary aGVsbG8="),
    "a set": one("text_for: !!set {x, facebook}"),
    "merge": one("<<: {text: hi}"),
    "merge of an alias": b"a: &a {text: hi}\n" + one("<<: *a"),
    "a list as key": one("? [a, b]", ": text"),
    "a mapping as key": one("? {a: b}", ": text"),
    "an open key": one("? text"),
    "an emoji as key": one("👶: hi"),
    "no key": one(": hi"),
    "two documents": one("text: hi") + b"---\n" + one("text: hi"),
    "a thousand documents": b"---\na: 1\n" * 1000,
    "an end": one("text: hi") + b"...\nmore\n",
    "a directive": b"%YAML 1.2\n---\n" + one("text: hi @x"),
    "a wrong directive": b"%YAML 3\n---\n" + one("text: hi"),
    "year 0": posts("at: 0000-01-01 00:00", "text: hi"),
    "year 1": posts("at: 0001-01-01 00:00", "text: hi"),
    "year 9999": posts("at: 9999-12-31 23:59", "text: hi", "repeat: {every: month, times: 9}"),
    "expiry in year 9999": one("text: hi", "expires: 9999-12-31"),
    "a negative time": posts("at: -2027-03-08 09:30", "text: hi"),
    "a time of a million hours": posts("at: 2027-03-08 1000000:00", "text: hi"),
    "digits of another script": posts("at: ٢٠٢٧-٠٣-٠٨ ٠٩:٣٠", "text: hi"),
    "2,000 posts in the past": posts("at: 2020-03-08 09:30", "text: 'Post {n}'", count=2000),
    "2,000 posts alike": posts("at: 2027-03-08 09:30", "text: Post", count=2000),
    "500 posts of one id": HEAD.encode() + b"posts:\n" + b"  - {id: a, at: b}\n" * 500,
    "right to left": one("text: \u202emoc.elpmaxe\u202c {contact:nspc}"),
    "zero width": one("te\u200bxt: hi"),
    "zero width in an account": one("text: hi", "accounts: [x\u200b]"),
    "a link that is none": one("text: '{link}'", "link: https://[::1"),
    "a link with a port": one("text: '{link}'", "link: https://a.uk:99999/"),
    "a link that folds": one("text: '{link}'", "link: https://a.uk\uff03@b.uk"),
    "a link without a host": one("text: '{link}'", "link: https:///a"),
    "braces": one("text: '" + "{" * 3000 + "'"),
    "placeholders": one("text: '" + "{contact:x} " * 5000 + "'"),
    "an id of a thousand letters": with_id("a" * 1000),
    "an id that is a path": with_id("../../a"),
    "ids that are one number": with_id("1") + b"  - {id: '1', at: 2027-03-08 09:30, text: b}\n",
    "all the wrong types": HEAD.encode().replace(b": ", b": - ") + b"posts: 3\n",
    "a list": b"- a\n- b\n",
    "a word": b"hello",
    "a number": b"12",
    "nothing": b"null",
    "true": b"true",
    "posts in posts": HEAD.encode() + b"posts: [[[{id: a}]]]\n",
    "a media path up": one("text: hi", "media: [{file: ../../../../etc/passwd, alt: A cot}]"),
    "an absolute media path": one("text: hi", "media: [{file: /etc/passwd, alt: A cot}]"),
    "a device as media": one("text: hi", "media: [{file: /dev/zero, alt: A cot}]"),
    "media of a strange shape": one('media: {campaign: "\\x1f"}', "title:"),
    "posts of a strange shape": HEAD.encode() + b'posts: {a: "\\0", 0: [{id: a}]}\n',
    "a folder as media": one("text: hi", "media: [{file: media/, alt: A cot}]"),
    "the folder itself as media": one("text: hi", "media: [{file: ., alt: A cot}]"),
    "NUL in a media path": one("text: hi", 'media: [{file: "media/\\0.jpg", alt: A cot}]'),
    "a line in a media path": one("text: hi", 'media: [{file: "media/a\\nb.jpg", alt: A cot}]'),
    "a long media path": one("text: hi", f"media: [{{file: media/{'a' * 5000}.jpg, alt: A cot}}]"),
    "a deep media path": one("text: hi", f"media: [{{file: {'a/' * 2000}a.jpg, alt: A cot}}]"),
    "1,000 pictures": one(
        "text: hi", f"media: [{'{file: media/clear-cot.jpg, alt: A cot}, ' * 1000}]"
    ),
    "1,000 pictures that are not there": one(
        "text: hi", f"media: [{', '.join(f'{{file: m/{n}.jpg, alt: A}}' for n in range(1000))}]"
    ),
}

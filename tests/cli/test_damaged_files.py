"""Two hundred damaged export files: each is taken in whole or refused, never half."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from sgcomms.workspace import Workspace
from tests.cli.test_import import READ_ON, contents
from tests.conftest import Run
from tests.golden import EXAMPLES

Damage = Callable[[random.Random, bytes], bytes]


def flipped(chance: random.Random, raw: bytes) -> bytes:
    damaged = bytearray(raw)
    for _ in range(chance.randint(1, 8)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def cut_off(chance: random.Random, raw: bytes) -> bytes:
    return raw[: chance.randrange(len(raw))]


def with_quotes(chance: random.Random, raw: bytes) -> bytes:
    return inserted(chance, raw, b'"', 3)


def with_nuls(chance: random.Random, raw: bytes) -> bytes:
    return inserted(chance, raw, b"\0", 2)


def with_commas(chance: random.Random, raw: bytes) -> bytes:
    return inserted(chance, raw, b",,", 4)


def with_lines_swapped(chance: random.Random, raw: bytes) -> bytes:
    lines = raw.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def as_a_spreadsheet_saves_it(chance: random.Random, raw: bytes) -> bytes:
    text = raw.decode("utf-8-sig").replace(",", ";" if chance.random() < 0.5 else "\t")
    return text.encode(chance.choice(["utf-16", "utf-8-sig", "utf-8"]))


def with_wild_numbers(chance: random.Random, raw: bytes) -> bytes:
    wild = chance.choice([b"-5", b"1e999", b"NaN", b"12 34", b"=1+1", b"9" * 400, b"\xd9\xa3"])
    digits = [place for place, byte in enumerate(raw) if 0x30 <= byte <= 0x39]
    place = chance.choice(digits)
    return raw[:place] + wild + raw[place + 1 :]


def inserted(chance: random.Random, raw: bytes, what: bytes, times: int) -> bytes:
    for _ in range(chance.randint(1, times)):
        place = chance.randrange(len(raw) + 1)
        raw = raw[:place] + what + raw[place:]
    return raw


@pytest.mark.parametrize("rounds", [12, pytest.param(60, marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "damage",
    [
        flipped,
        cut_off,
        with_quotes,
        with_nuls,
        with_commas,
        with_lines_swapped,
        as_a_spreadsheet_saves_it,
        with_wild_numbers,
    ],
)
def test_a_damaged_file_changes_all_or_nothing(
    run: Run, space: Workspace, tmp_path: Path, damage: Damage, rounds: int
) -> None:
    for name in ("dangerous-dogs", "safer-sleeping"):  # each import would read them; one is enough
        (space.root / "campaigns" / f"{name}.yaml").unlink()
    chance = random.Random(damage.__name__)
    samples = [path.read_bytes()[:4_000] for path in sorted(EXAMPLES.glob("*.csv"))]
    refused = 0
    for number in range(rounds):
        file = tmp_path / f"{number}.csv"
        file.write_bytes(damage(chance, chance.choice(samples)))
        before = contents(space)
        result = run("import", str(file), *READ_ON)
        assert result.code in (0, 2)
        if result.code == 2:
            refused += 1
            assert contents(space) == before
            assert f"{number}.csv" in result.err
            assert len(result.err.splitlines()) <= 10
        assert "Traceback" not in result.err
    assert refused

"""Every pair of fixtures: what goes in, what comes out; what is refused, and in which words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sgcomms.errors import ImportFileError
from tests.importers.cases import (
    ALL,
    BAD,
    DATA,
    REFUSED,
    answers,
    as_expected,
    expected,
    file_of,
    good,
    read,
)


@pytest.mark.parametrize("name", ALL)
def test_a_file_gives_what_its_pair_says(name: str) -> None:
    ours = {"about", "given"}
    wanted = {key: value for key, value in expected(name).items() if key not in ours}
    assert _rounded(as_expected(read(good(name), answers(name)))) == _rounded(wanted)


@pytest.mark.parametrize("name", BAD)
def test_a_file_is_refused_in_words_that_help(name: str) -> None:
    path = REFUSED / name
    with pytest.raises(ImportFileError) as refused:
        read(file_of(path))
    message = str(refused.value)
    assert message.startswith(f"{name}:")
    assert str(REFUSED) not in message
    for words in path.with_suffix(".txt").read_text("utf-8").splitlines():
        assert words in message
    assert len(message) < 700
    assert message.count("\n") < 2


def test_every_fixture_has_its_pair() -> None:
    for folder, end in ((DATA, ".json"), (REFUSED, ".txt")):
        stems = [path.stem for path in folder.iterdir() if path.suffix not in {"", end}]
        pairs = [path.stem for path in folder.glob(f"*{end}")]
        assert sorted(stems) == sorted(pairs), Path(folder)


def _rounded(value: Any) -> Any:
    """Round numbers that come from a multiplication, so that the pairs can be read."""
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return round(value, 6) if isinstance(value, float) else value

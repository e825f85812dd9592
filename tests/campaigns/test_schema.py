"""The JSON Schema for editors agrees with what the program takes and refuses."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sgcomms.campaigns import json_schema
from sgcomms.yamlfile import read
from tests.campaigns.test_design_sample import SAMPLE
from tests.conftest import Run

SHIPPED = sorted((Path(__file__).resolve().parents[2] / "campaigns").glob("*.yaml"))


def data(raw: bytes) -> Any:
    document, problems = read("sample", raw)
    assert (document is not None, problems) == (True, [])
    return document.data if document else None


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(json_schema())


def test_the_command_prints_the_schema(run: Run) -> None:
    result = run("schema")
    assert (result.code, json.loads(result.out)) == (0, json_schema())


def test_it_is_a_schema_of_the_draft_it_names(validator: Draft202012Validator) -> None:
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


def test_its_own_examples_are_valid(validator: Draft202012Validator) -> None:
    schema = json_schema()
    for shape in (schema, *schema["$defs"].values()):
        for name, part in shape["properties"].items():
            for example in part.get("examples", ()):
                single = {**schema, "required": [], "properties": shape["properties"]}
                assert Draft202012Validator(single).is_valid({name: example}), (name, example)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_it_takes_the_shipped_campaigns(path: Path, validator: Draft202012Validator) -> None:
    assert list(validator.iter_errors(data(path.read_bytes()))) == []


def test_it_takes_the_sample_of_the_design(validator: Draft202012Validator) -> None:
    assert list(validator.iter_errors(data(SAMPLE.encode()))) == []


@pytest.mark.parametrize(
    ("where", "key", "value"),
    [
        ((), "acounts", ["x"]),
        ((), "title", ""),
        ((), "title", None),
        ((), "link", "www.example.org"),
        ((), "historic", "yes"),
        ((), "posts", []),
        ((), "planned_on", "02/11/2026"),
        ((), "campaign", "Safer Sleeping"),
        ((), "campaign", "a" * 61),
        ((), "sensitivity", "very"),
        (("objective",), "baseline", -1),
        (("objective",), "by", "soon"),
        (("posts", 0), "txt", "hi"),
        (("posts", 0), "at", "8/3/2027 9:30"),
        (("posts", 0), "expires", None),
        (("posts", 0), "text_for", ["x"]),
        (("posts", 0), "accounts", "x"),
        (("posts", 0), "media", ["media/clear-cot.jpg"]),
        (("posts", 0, "repeat"), "times", 1),
        (("posts", 0, "repeat"), "every", "weekly"),
    ],
)
def test_it_refuses_what_the_program_refuses(
    where: tuple[str | int, ...], key: str, value: object, validator: Draft202012Validator
) -> None:
    wrong = copy.deepcopy(data(SAMPLE.encode()))
    place = wrong
    for step in where:
        place = place[step]
    place[key] = value
    assert not validator.is_valid(wrong)


@pytest.mark.parametrize(
    ("where", "key"),
    [
        ((), "campaign"),
        ((), "author"),
        ((), "posts"),
        (("posts", 0), "id"),
        (("posts", 0), "at"),
        (("posts", 0, "media", 0), "alt"),
        (("posts", 0, "media", 0), "file"),
        (("posts", 0, "repeat"), "every"),
        (("objective",), "by"),
    ],
)
def test_it_misses_what_the_program_misses(
    where: tuple[str | int, ...], key: str, validator: Draft202012Validator
) -> None:
    wrong = copy.deepcopy(data(SAMPLE.encode()))
    place = wrong
    for step in where:
        place = place[step]
    del place[key]
    assert not validator.is_valid(wrong)

"""Every request to X is one that X's own OpenAPI document describes, in both vocabularies."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from jsonschema import Draft202012Validator

from sgcomms.metering import Meter
from sgcomms.models import Publication
from sgcomms.platforms.x import X
from tests.fakes import NOW
from tests.platforms.test_x import (
    DRAFT,
    GIF,
    KEY,
    ME,
    PICTURE,
    POST,
    Asked,
    Loopback,
    Reply,
    made,
    post,
    post_id,
    shown,
)

SPECS = Path(os.environ.get("SGCOMMS_SPECS", Path(__file__).parents[3] / "shared" / "specs")) / "x"
OLD, NEW = "openapi-2.159.json", "openapi-2.167.json"


class Specification:
    """One of X's documents."""

    def __init__(self, path: Path) -> None:
        self.document = json.loads(path.read_text("utf-8"))

    def complaints(self, asked: Asked) -> list[str]:
        """Return what is wrong with a request."""
        operation = self._operation(asked)
        if operation is None:
            return [f"there is no {asked.method} {asked.path}"]
        return [*self._about_query(asked, operation), *self._about_body(asked, operation)]

    def _operation(self, asked: Asked) -> dict[str, Any] | None:
        paths = self.document["paths"]
        for template in sorted(paths, key=lambda path: path.count("{")):
            if re.fullmatch(re.sub(r"\{\w+\}", "[0-9]{1,19}", template), asked.path):
                operation: dict[str, Any] | None = paths[template].get(asked.method.lower())
                return operation
        return None

    def _about_query(self, asked: Asked, operation: dict[str, Any]) -> Iterator[str]:
        listed = [self._resolved(one) for one in operation.get("parameters", ())]
        known = {one["name"]: one for one in listed if one["in"] == "query"}
        given = dict(parse_qsl(asked.query, strict_parsing=bool(asked.query)))
        yield from (f"{name} is missing" for name in known if self._lacks(known[name], given))
        for name, text in given.items():
            if name not in known:
                yield f"there is no parameter {name}"
                continue
            schema = self._resolved(known[name]["schema"])
            value: Any = text
            if schema.get("type") == "array":
                value = text.split(",")
            elif schema.get("type") == "integer":
                value = int(text)
            yield from self._errors(schema, value)

    def _about_body(self, asked: Asked, operation: dict[str, Any]) -> Iterator[str]:
        body = operation.get("requestBody")
        if body is None or not asked.body:
            if asked.body:
                yield "it takes no body"
            if body is not None and body.get("required"):
                yield "a body is missing"
            return
        if asked.headers["content-type"] not in body["content"]:
            yield f"it takes no {asked.headers['content-type']}"
            return
        schema = body["content"][asked.headers["content-type"]]["schema"]
        yield from self._errors(schema, asked.json)

    @staticmethod
    def _lacks(parameter: dict[str, Any], given: dict[str, str]) -> bool:
        return bool(parameter.get("required")) and parameter["name"] not in given

    def _resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        found = part
        for name in part["$ref"].removeprefix("#/").split("/") if "$ref" in part else ():
            found = self.document if found is part else found
            found = found[name]
        return found

    def _errors(self, schema: dict[str, Any], value: Any) -> Iterator[str]:
        whole = {**schema, "components": self.document["components"]}
        for error in Draft202012Validator(whole).iter_errors(value):
            yield f"{error.json_path}: {error.message}"


@pytest.fixture(params=[OLD, NEW])
def specification(request: pytest.FixtureRequest) -> Specification:
    path = SPECS / request.param
    if not path.exists():
        pytest.skip(f"X's specification {request.param} is not here: set SGCOMMS_SPECS")
    return Specification(path)


@pytest.fixture
def server() -> Iterator[Loopback]:
    working = {"id": "5", "processing_info": {"state": "pending", "check_after_secs": 0}}
    more = Reply(200, {"data": [post(1)], "meta": {"next_token": "7140dibdnow9c7btw4539n8ro1"}})
    with closing(Loopback()) as running:
        running.on("GET", "/2/users/me", Reply(200, ME))
        running.on("POST", "/2/media/upload", Reply(200, {"data": working}))
        running.on("GET", "/2/media/upload", Reply(200, {"data": {"id": "5"}}))
        running.on("POST", "/2/media/metadata", Reply(200, {"data": {"id": "5"}}))
        running.on("POST", "/2/tweets", Reply(201, {"data": {"id": POST}}))
        running.on("GET", "/2/users/77/tweets", more, shown(post(2)))
        running.on("DELETE", f"/2/tweets/{POST}", Reply(200, {"data": {"deleted": False}}))
        running.on("GET", f"/2/tweets/{POST}", Reply(200, {"errors": []}))
        running.on("GET", "/2/tweets", shown(post(3)))
        yield running


def everything(server: Loopback, *, fields: str, kind: str) -> list[Asked]:
    """Do all that can be done on X, and return the requests."""
    if fields == "post.fields":
        page = server.replies["GET", "/2/users/77/tweets"]
        page.insert(0, Reply(400, {"detail": "unknown: tweet.fields"}))
    x = made(X, server.base)
    x.verify()
    picture = replace(PICTURE, kind=kind, alt="A" * 1000)
    draft = x.upload(replace(DRAFT, media=(picture, replace(GIF, kind=kind))))
    x.publish(draft, key=KEY)
    x.publish(replace(DRAFT, text="Words only"), key=KEY)
    x.find(DRAFT, key=KEY, since=NOW - timedelta(minutes=2))
    list(x.publications(NOW - timedelta(days=30)))
    x.remove(POST)
    old = NOW - timedelta(days=90)
    list(x.posts(old, NOW - timedelta(days=1), Meter()))
    known = [Publication("x", post_id(at), at) for at in (old, NOW)]
    list(x.post_readings(known, Meter()))
    list(x.account_readings(old.date(), NOW.date(), Meter()))
    if fields == "post.fields":
        server.asked = [one for one in server.asked if "tweet.fields" not in one.query]
    return server.asked


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_request_is_in_the_document(
    specification: Specification, server: Loopback, kind: str
) -> None:
    old = "createPosts" in json.dumps(specification.document["paths"]["/2/tweets"]) and (
        "TweetFieldsParameter" in specification.document["components"]["parameters"]
    )
    if old and kind == "GIF":
        pytest.skip("the older document takes a GIF in pieces only")
    asked = everything(server, fields="tweet.fields" if old else "post.fields", kind=kind)
    assert {(one.method, one.path) for one in asked} == set(server.replies)
    for one in asked:
        assert specification.complaints(one) == [], (one.method, one.path)
    queries = [one.query for one in asked]
    for part in ("non_public_metrics", "end_time=", "user.fields=public_metrics", "note_"):
        assert any(part in query for query in queries), part


def test_the_document_would_notice(specification: Specification) -> None:
    def about(method: str, path: str, query: str = "", body: bytes = b"") -> list[str]:
        headers = {"content-type": "application/json"}
        return specification.complaints(Asked(method, path, query, headers, body))

    assert about("POST", "/2/tweets", body=b'{"text": "W", "txt": 1}')
    assert about("POST", "/2/tweets", body=b'{"media": {"media_ids": []}}')
    assert about("POST", "/2/tweets")
    assert about("GET", "/2/users/77/tweets", "max_results=101")
    assert about("GET", "/2/users/77/tweets", "exclude=reposts")
    assert about("GET", "/2/users/77/tweets", "fields=text")
    assert about("GET", "/2/users/77/tweets", "tweet.fields=metrics")
    assert about("GET", "/2/users/77/tweets", "post.fields=metrics")
    assert about("GET", "/2/tweets", "ids=" + ",".join(["1"] * 101))
    assert about("GET", "/2/users/me", "user.fields=metrics")
    assert about("GET", "/2/media/upload", "command=STATUS")
    assert about("PUT", "/2/tweets")
    assert about("POST", "/2/media/upload", body=b'{"media": "QQ=="}')

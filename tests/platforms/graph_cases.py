"""What the tests of Facebook and Instagram share: bad answers, and Meta's own specification."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sgcomms.errors import (
    AuthError,
    NotReadyError,
    PlatformError,
    RateLimitError,
    RejectedError,
    UncertainError,
)
from sgcomms.models import DraftMedia
from tests.platforms.graph_server import Reply, Request, Server

SPECS = (
    Path(os.environ.get("SGCOMMS_SPECS", Path(__file__).parents[3] / "shared" / "specs")) / "graph"
)
VERSION = "/v25.0"
TOKEN = "EAACanary0123456789"  # noqa: S105  a canary
APP_SECRET = "5ecretCanary"  # noqa: S105  a canary
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SINCE = NOW - timedelta(minutes=2)
KEY = "safer-sleeping/clear-cot@ours"


def error(
    code: int,
    subcode: int | None = None,
    status: int = 400,
    *,
    transient: bool = False,
    words: str = f"Said of {TOKEN}",
    headers: dict[str, str] | None = None,
) -> Reply:
    """Return an error as the Graph API tells it; it shows the token, as some do."""
    body: dict[str, Any] = {"message": words, "type": "OAuthException", "code": code}
    body |= {"is_transient": transient, "fbtrace_id": "AbC"}
    if subcode:
        body["error_subcode"] = subcode
    return Reply({"error": body}, status, headers or {})


def usage(share: int, minutes: int, kind: str = "pages") -> dict[str, str]:
    """Return the header that tells how much of a limit is used up."""
    one = {"type": kind, "call_count": share, "total_cputime": 1, "total_time": 1}
    one["estimated_time_to_regain_access"] = minutes
    return {"X-Business-Use-Case-Usage": json.dumps({"123": [one]})}


FAULTS: dict[str, tuple[Reply, type[PlatformError], str]] = {
    "closed": (Reply(fault="close"), UncertainError, "no clear answer"),
    "reset": (Reply(fault="reset"), UncertainError, "no clear answer"),
    "half a body": (Reply({"id": "1" * 99}, fault="half"), UncertainError, "broke off"),
    "wrong length": (Reply({"id": "1"}, fault="short"), UncertainError, "broke off"),
    "trickle": (Reply({"id": "1" * 999}, fault="trickle"), UncertainError, "in time"),
    "hang": (Reply(fault="hang"), UncertainError, "in time"),
    "html": (Reply(b"<html>fine</html>"), UncertainError, "cannot be read"),
    "no id": (Reply({"success": True}), UncertainError, "named no id"),
    "odd id": (Reply({"id": "../me"}), UncertainError, "named no id"),
    "a list": (Reply([1]), UncertainError, "named no id"),
    "an error that is fine": (error(100, status=200), UncertainError, "no clear answer"),
    "redirect": (Reply({}, 302, {"Location": "/"}), UncertainError, "elsewhere"),
    "500": (Reply(b"<html>", 500), UncertainError, "status 500"),
    "500 with a token": (error(190, status=500), UncertainError, "status 500"),
    "400 in html": (Reply(b"<html>", 400), UncertainError, "status 400"),
    "409": (error(100, status=409), UncertainError, "status 409"),
    "unknown": (error(1), UncertainError, "code 1"),
    "service": (error(2, transient=True), UncertainError, "code 2"),
    "transient": (error(100, transient=True), UncertainError, "code 100"),
    "same words": (error(506), UncertainError, "there already"),
    "same photo": (error(324, 1_366_051), UncertainError, "there already"),
    "token ended": (error(190, 463, 401), AuthError, "it has ended"),
    "password": (error(190, 460), AuthError, "the password was changed"),
    "session": (error(102), AuthError, "is not valid"),
    "401": (error(2500, status=401), AuthError, "is not valid"),
    "permission": (error(10, status=403), AuthError, "lacks a permission"),
    "permission 200": (error(200, status=403), AuthError, "lacks a permission"),
    "permission 299": (error(299), AuthError, "lacks a permission"),
    "blocked": (error(368), AuthError, "blocks the account"),
    "spam": (error(4, 2_207_051), AuthError, "blocks the account"),
    "429 in html": (Reply(b"<html>", 429), RateLimitError, "asks to wait"),
    "app limit": (error(4), RateLimitError, "asks to wait"),
    "custom limit": (error(613), RateLimitError, "asks to wait"),
    "page limit": (error(80_001), RateLimitError, "asks to wait"),
    "too fast": (error(100, 1_390_008), RateLimitError, "asks to wait"),
    "not ready": (error(9007, 2_207_027), NotReadyError, "worked on"),
    "parameter": (error(100, words="Invalid parameter"), RejectedError, "Invalid parameter"),
    "gone": (error(100, 33), AuthError, "code 100, subcode 33"),
    "link": (error(1_609_005), RejectedError, "code 1609005"),
}
"""Answers to the request that makes a post public, the error each is, words in its message."""


@dataclass
class Shelf:
    """Pictures as a board has them: their bytes, and where the public finds them."""

    base: str | None = None
    content_of: dict[str, bytes] = field(default_factory=dict)

    def add(self, content: bytes, alt: str) -> DraftMedia:
        """Return the picture of these bytes, which is on the shelf from now on."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.content_of[sha256] = content
        return DraftMedia(sha256, "JPEG", alt)

    def content(self, item: DraftMedia) -> bytes:
        if item.sha256 not in self.content_of:
            raise NotReadyError("the picture is missing")
        return self.content_of[item.sha256]

    def address(self, item: DraftMedia) -> str | None:
        return f"{self.base}/media/{item.sha256}.jpg" if self.base else None


Route = Reply | Callable[[Request], Reply]


class Graph:
    """A Graph API: what it answers, by method and path without the version."""

    def __init__(self, server: Server, usual: dict[str, Route]) -> None:
        self.server = server
        self.routes = dict(usual)
        server.answer = self._answer

    @property
    def base(self) -> str:
        return self.server.base

    def asked(self, route: str) -> list[Request]:
        """Return the requests of one method and path, such as `POST /123/feed`."""
        return [one for one in self.server.got if _name(one) == route]

    def _answer(self, request: Request) -> Reply:
        found = self.routes.get(_name(request), error(100, 33, words="No such object"))
        return found if isinstance(found, Reply) else found(request)


def _name(request: Request) -> str:
    return f"{request.method} {request.path.removeprefix(VERSION)}"


def in_turn(*replies: Reply) -> Route:
    """Answer with one reply after another, and with the last for good."""
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


PAGING = {"fields", "limit", "since", "until", "after", "before", "appsecret_proof"}
"""What every list and object of the Graph API takes; the specifications leave it out."""

MODIFIERS = {"metric", "limit", "summary"}
"""What may be said of a field: https://developers.facebook.com/docs/graph-api/guides/field-expansion"""

LIVE = {"link_clicks"}
"""Metrics that Instagram itself listed on 10 September 2026, after the specification was made."""

MULTIPART = {"source"}
"""The bytes of a photo: Meta's guide to photos has it, the specification only `url`."""

CONTAINER = {"id", "status", "status_code"}
"""There is no specification of a container: it is in the guide to content publishing."""


class Specification:
    """Meta's own description of its API."""

    def __init__(self, nodes: dict[str, str]) -> None:
        self.nodes = nodes

    def complaints_of(self, requests: Iterable[Request]) -> Iterator[str]:
        """Yield what is wrong with any of several requests, and with which."""
        for request in requests:
            yield from (f"{request.target}: {one}" for one in self.complaints(request))

    def complaints(self, request: Request) -> Iterator[str]:
        """Yield what is wrong with a request. `nodes` gives patterns of ids their kind."""
        path = request.path.removeprefix(VERSION)
        node, _, edge = path.strip("/").partition("/")
        if "ids" in request.query and not node:
            yield from self._about_ids(request)
            return
        kind = self._kind(node)
        if not request.path.startswith(VERSION) or kind is None:
            yield f"{request.method} {request.path} is not known"
            return
        if kind == "container":
            yield from _unknown(request.query["fields"], CONTAINER)
            return
        spec = _spec(kind)
        call = _call(spec, request.method, edge)
        if call is None:
            yield f"{kind} has no {request.method} {edge}"
            return
        params = {one["name"]: one["type"] for one in call.get("params", [])}
        if request.method == "POST":
            yield from _form(request, params)
            return
        for name, value in request.query.items():
            if name not in {*params, *PAGING}:
                yield f"{name} is no parameter of {path}"
            yield from _values(name, value, params.get(name, ""))
        if "fields" in request.query:
            yield from _fields(request.query["fields"], call["return"])

    def _kind(self, node: str) -> str | None:
        return next((one for form, one in self.nodes.items() if re.fullmatch(form, node)), None)

    def _about_ids(self, request: Request) -> Iterator[str]:
        """Yield what is wrong with asking for several nodes at once."""
        if unknown := request.query.keys() - {"ids", *PAGING}:
            yield f"{unknown} are no parameters of several nodes"
        for kind in {self._kind(one) for one in request.query["ids"].split(",")}:
            if kind is None:
                yield f"{request.query['ids']} has ids that are not known"
            else:
                yield from _fields(request.query.get("fields", "id"), kind)


def _form(request: Request, params: dict[str, str]) -> Iterator[str]:
    if request.query:
        yield "a form has a query"
    for name in request.files:
        if name not in MULTIPART:
            yield f"{name} is no file"
    for name, value in request.form.items():
        form = {"bool": "true|false", "unsigned int": "[0-9]+", "list<Object>": r"\[\{.*\}\]"}
        if name == "appsecret_proof":
            continue
        if name not in params:
            yield f"{name} is no parameter of {request.path}"
        elif not re.fullmatch(form.get(params[name], "(?s).*"), value):
            yield f"{name}={value} is no {params[name]}"


def _fields(fields: str, kind: str) -> Iterator[str]:
    """Yield what is wrong with fields, and with edges among them that are asked for their own."""
    shown = _spec(kind)
    parts = re.findall(r"(?:[^,({]|\([^)]*\)|\{[^}]*\})+", fields)
    known = {one["name"] for one in shown.get("fields", [])}
    known |= {str(one.get("endpoint", "")).strip("/") for one in shown.get("apis", [])}
    yield from _unknown(",".join(re.split(r"[.{]", one)[0] for one in parts), known)
    for part in parts:
        edge, *modifiers = re.findall(r"(\w+)(?:\(([^)]*)\))?", re.sub(r"\{.*", "", part))
        for name, value in modifiers:
            if name not in MODIFIERS:
                yield f"{name} can be said of no field"
            if name == "metric":
                call = _call(shown, "GET", edge[0]) or {}
                params = {one["name"]: one["type"] for one in call.get("params", [])}
                yield from _values(name, value, params.get(name, ""))


def _values(name: str, value: str, kind: str) -> Iterator[str]:
    """Yield which values of a parameter are none of those that its type allows."""
    if kind == "datetime" and not value.isdigit():
        yield f"{name}={value} is no time"
    enum = re.fullmatch(r"(?:list<)?(\w+_enum_param|\w+_param)>?", kind)
    if enum:
        allowed = next(one["values"] for one in _enums() if one["name"] == enum[1])
        for one in value.split(","):
            if one not in {*allowed, *LIVE}:
                yield f"{one} is no {name}"


def _unknown(fields: str, known: set[str]) -> Iterator[str]:
    yield from (f"{name} is no field" for name in fields.split(",") if name not in known)


@cache
def _spec(kind: str) -> dict[str, Any]:
    spec: dict[str, Any] = json.loads((SPECS / f"{kind}.json").read_text("utf-8"))
    return spec


@cache
def _enums() -> list[dict[str, Any]]:
    enums: list[dict[str, Any]] = json.loads((SPECS / "enum_types.json").read_text("utf-8"))
    return enums


def _call(spec: dict[str, Any], method: str, edge: str) -> dict[str, Any] | None:
    for one in spec["apis"]:
        named = str(one.get("endpoint") or "").strip("/")
        if one["method"] == method and named == edge and (edge or one.get("name")):
            call: dict[str, Any] = one
            return call
    return None

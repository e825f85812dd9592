"""Instagram's API with Facebook Login, as far as a publisher needs it.

https://developers.facebook.com/docs/instagram-platform/content-publishing: the pictures are fetched
by Instagram itself, put into a container, and the container is published.
"""

from __future__ import annotations

import hashlib
import re
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from tests.faults import graph_api
from tests.faults.canaries import INSTAGRAM, SECRETS
from tests.faults.ledger import Item, Public, key_of
from tests.faults.state import Route, State
from tests.faults.wire import Answer, Request

FETCH_WITHIN = 10.0
LONGEST = 2_200
LARGEST = 8 << 20


def route(state: State, request: Request) -> Route | None:  # noqa: C901  a list of addresses
    """Return what a request to Instagram is about, or None when it is about something else."""
    account, path = INSTAGRAM["id"], graph_api.plain_path(request)
    kind, act = "read", None
    number = re.fullmatch(r"/(\d+)", path)
    ours = graph_api.token_of(request) == SECRETS["instagram"]["access_token"]
    if request.method == "POST" and path == f"/{account}/media":
        kind, act = "upload", _container
    elif request.method == "POST" and path == f"/{account}/media_publish":
        kind, act = "public", _publish
    elif request.method == "GET" and path == f"/{account}/media":
        act = _list
    elif request.method == "GET" and path == f"/{account}/content_publishing_limit":
        act = _quota
    elif request.method == "GET" and (path == f"/{account}" or (path == "/me" and ours)):
        act = _account
    elif request.method == "GET" and path == "/debug_token":
        act = _token
    elif request.method == "GET" and number:
        act = _read
    elif request.method == "DELETE" and number:
        kind, act = "remove", _delete
    if act is None:
        return None
    found = act
    caption = request.params.get("caption", "")
    if kind == "public":
        number_of = request.params.get("creation_id", "")
        caption = str(state.containers.get(number_of, {}).get("caption", ""))
    return Route(
        "instagram",
        kind,
        key_of(caption),
        graph_api.guarded("instagram", request, lambda: found(state, request)),
        _refuser,
    )


def _refuser(rule: dict[str, Any]) -> Answer:
    return graph_api.refusal("instagram", "instagram", INSTAGRAM["id"], rule)


def _container(state: State, request: Request) -> Answer:
    given = request.params
    child = given.get("is_carousel_item", "false").lower() == "true"
    caption = given.get("caption", "")
    if len(caption) > LONGEST or (child and caption):
        return graph_api.error(100, "The caption is too long", subcode=2_207_010)
    if given.get("media_type") == "CAROUSEL":
        return _carousel(state, request, caption)
    if "image_url" not in given:
        return graph_api.error(100, "The parameter image_url is required")
    fetched = _fetch(given["image_url"])
    if isinstance(fetched, Answer):
        return fetched
    item = Item(hashlib.sha256(fetched).hexdigest(), given.get("alt_text"))
    return _made(state, caption, [item], child=child)


def _carousel(state: State, request: Request, caption: str) -> Answer:
    text = request.params.get("children", "")
    children = re.findall(r"\d+", text)
    if not 2 <= len(children) <= 10:
        return graph_api.error(100, "2 to 10 children", subcode=2_207_028)
    with state.lock:
        items = []
        for number in children:
            found = state.containers.get(number)
            if found is None or not found["child"]:
                return graph_api.error(100, f"Invalid child {number}", subcode=2_207_028)
            if _status(found) != "FINISHED":
                return _not_ready()
            items += found["items"]
    return _made(state, caption, items, child=False)


def _made(state: State, caption: str, items: list[Item], *, child: bool) -> Answer:
    with state.lock:
        number = state.number()
        state.containers[number] = {
            "caption": caption,
            "items": items,
            "child": child,
            "made": state.now(),
            "polls": int(state.settings["container_polls"]),
            "expired": False,
            "media": None,
        }
    return Answer(200, {"id": number})


def _fetch(address: str) -> bytes | Answer:
    """Return the picture, or the refusal when it cannot be fetched or is no JPEG."""
    if urlsplit(address).scheme not in ("http", "https"):
        return _refused(graph_api.FETCH_FAILED, "Only photo or video can be accepted")
    try:
        # the address is what the test gave, and this process only stands on loopback
        with urllib.request.urlopen(address, timeout=FETCH_WITHIN) as answer:  # noqa: S310
            content: bytes = answer.read(LARGEST + 1)
    except TimeoutError:
        return _refused(graph_api.FETCH_SLOW, "Timeout downloading the media")
    except (OSError, ValueError):
        return _refused(graph_api.FETCH_FAILED, "The media could not be fetched from this URI")
    if len(content) > LARGEST:
        return _refused(2_207_004, "The image is too large to download")
    if not content.startswith(b"\xff\xd8"):
        return _refused(graph_api.NOT_JPEG, "The image format is not supported")
    return content


def _refused(subcode: int, words: str) -> Answer:
    code = 9004 if subcode in (graph_api.FETCH_FAILED, graph_api.FETCH_SLOW) else 36_001
    return graph_api.error(code, words, subcode=subcode)


def _not_ready() -> Answer:
    return graph_api.error(9007, "Media ID is not available", subcode=graph_api.NOT_READY)


def _status(container: dict[str, Any]) -> str:
    if container["media"] is not None:
        return "PUBLISHED"
    if container["expired"]:
        return "EXPIRED"
    return "IN_PROGRESS" if container["polls"] > 0 else "FINISHED"


def _publish(state: State, request: Request) -> Answer:
    number = request.params.get("creation_id", "")
    with state.lock:
        container = state.containers.get(number)
        if container is None or container["child"]:
            return graph_api.missing(number)
        if state.now() - container["made"] > timedelta(hours=24):
            container["expired"] = True
        if _status(container) != "FINISHED":
            return _not_ready()
        if _used(state) >= int(state.settings["quota_total"]):
            return graph_api.error(9, "Application request limit", subcode=graph_api.QUOTA)
        text = container["caption"]
        container["media"] = state.number()
        post = Public(
            "instagram",
            INSTAGRAM["id"],
            container["media"],
            key_of(text),
            text,
            None,
            container["items"],
            state.now(),
            container=number,
        )
        state.publish(post)
    return Answer(200, {"id": post.id})


def _used(state: State) -> int:
    day = state.now() - timedelta(hours=24)
    with state.ledger.lock:
        return sum(one.platform == "instagram" and one.at > day for one in state.ledger.posts)


def _quota(state: State, request: Request) -> Answer:
    config = {"quota_total": state.settings["quota_total"], "quota_duration": 86_400}
    whole = {"quota_usage": _used(state), "config": config}
    names = graph_api.asked(request) or {"quota_usage"}
    return Answer(200, {"data": [{k: v for k, v in whole.items() if k in names}]})


def _shown(post: Public) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": post.id,
        "media_type": "IMAGE" if len(post.media) == 1 else "CAROUSEL_ALBUM",
        "media_product_type": "FEED",
        "permalink": f"https://www.instagram.com/p/C{int(post.id):x}/",
        "timestamp": graph_api.instant(post.at),
        "username": INSTAGRAM["username"],
    }
    return {**shown, "caption": post.text} if post.text else shown


def _list(state: State, request: Request) -> Answer:
    posts = state.listed("instagram", INSTAGRAM["id"])
    for name, sign in (("since", 1), ("until", -1)):
        if name in request.params:
            limit = graph_api.moment_of(request.params[name])
            posts = [one for one in posts if sign * (one.at.timestamp() - limit) >= 0]
    return graph_api.page(request, [_shown(post) for post in posts])


def _read(state: State, request: Request) -> Answer:
    """Return a container or a media: both are asked for by their number alone."""
    number = graph_api.plain_path(request).lstrip("/")
    with state.lock:
        container = state.containers.get(number)
        if container is not None:
            status = _status(container)
            container["polls"] -= 1
            whole = {"id": number, "status_code": status, "status": f"{status.title()}: -"}
            return Answer(200, graph_api.only(whole, request))
    return graph_api.with_post(
        state, request, "instagram", lambda post: graph_api.only(_shown(post), request)
    )


def _delete(state: State, request: Request) -> Answer:
    return graph_api.delete(state, request, "instagram")


def _account(state: State, request: Request) -> Answer:
    whole = {**INSTAGRAM, "name": "Safeguarding Board"}
    return Answer(200, graph_api.only(whole, request))


def _token(state: State, request: Request) -> Answer:
    return graph_api.debug_token(state, request, INSTAGRAM["id"])

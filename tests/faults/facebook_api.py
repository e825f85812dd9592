"""A Facebook Page's API, as far as a publisher needs it.

https://developers.facebook.com/docs/pages-api/posts
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from tests.faults import graph_api
from tests.faults.canaries import PAGE, SECRETS
from tests.faults.ledger import Item, Public, key_of
from tests.faults.state import Route, State
from tests.faults.wire import Answer, Request

IMAGES = (b"\xff\xd8", b"\x89PNG", b"GIF8", b"RIFF")
DUPLICATE = 506


def route(state: State, request: Request) -> Route | None:
    """Return what a request to the Page is about, or None when it is about something else."""
    page, path = PAGE["id"], graph_api.plain_path(request)
    kind, act = "read", None
    post = re.fullmatch(rf"/({page}_\d+)", path)
    ours = graph_api.token_of(request) == SECRETS["facebook"]["access_token"]
    if request.method == "POST" and path == f"/{page}/feed":
        kind, act = "public" if _is_public(request) else "upload", _feed
    elif request.method == "POST" and path == f"/{page}/photos":
        kind, act = "public" if _is_public(request) else "upload", _photos
    elif request.method == "GET" and path in (f"/{page}/published_posts", f"/{page}/feed"):
        act = _list
    elif request.method == "GET" and post:
        act = _read
    elif request.method == "DELETE" and post:
        kind, act = "remove", _delete
    elif request.method == "GET" and (path == f"/{page}" or (path == "/me" and ours)):
        act = _page
    elif request.method == "GET" and path == "/debug_token" and ours:
        act = _token
    if act is None:
        return None
    found = act
    text, link = request.params.get("message", ""), request.params.get("link")
    return Route(
        "facebook",
        kind,
        key_of(text, link) if kind == "public" else "",
        graph_api.guarded("facebook", request, lambda: found(state, request)),
        _refuser,
    )


def _refuser(rule: dict[str, Any]) -> Answer:
    return graph_api.refusal("facebook", "pages", PAGE["id"], rule)


def _is_public(request: Request) -> bool:
    return request.params.get("published", "true").lower() not in ("false", "0")


def _feed(state: State, request: Request) -> Answer:
    text, link = request.params.get("message", ""), request.params.get("link")
    if not _is_public(request):
        return graph_api.error(100, "published=false needs scheduled_publish_time")
    with state.lock:
        items = []
        for number in _attached(request):
            photo = state.media.get(number)
            if photo is None or photo["owner"] != "facebook" or photo["used"]:
                return graph_api.error(100, f"Invalid parameter: photo {number}")
            items.append(Item(photo["sha256"], photo["alt"]))
        if not text and not link and not items:
            return graph_api.error(100, "You must provide message, link or attached_media")
        refused = _said_before(state, text)
        if refused is not None:
            return refused
        for number in _attached(request):
            state.media[number]["used"] = True
        return _published(
            state,
            request,
            Public(*_names(state), key_of(text, link), text, link, items, state.now()),
        )


def _names(state: State) -> tuple[str, str, str]:
    return "facebook", PAGE["id"], f"{PAGE['id']}_{state.number()}"


def _said_before(state: State, text: str) -> Answer | None:
    """Return the refusal of a text that is the Page's latest already ("consecutively")."""
    latest = state.ledger.of("facebook", PAGE["id"])[:1]
    if state.settings["duplicate_rule"] and text and latest and latest[0].text == text:
        return graph_api.error(DUPLICATE, "Duplicate status message")
    return None


def _published(state: State, request: Request, post: Public) -> Answer:
    state.publish(post)
    body = {"id": post.id}
    if "permalink_url" in graph_api.asked(request):
        body["permalink_url"] = _permalink(post)
    return Answer(200, body)


def _attached(request: Request) -> list[str]:
    """Return the photos of a post, written as one list or as numbered fields."""
    found = []
    for name, value in sorted(request.params.items()):
        if name == "attached_media":
            found += [str(one["media_fbid"]) for one in json.loads(value)]
        elif re.fullmatch(r"attached_media\[\d+\]", name):
            found.append(str(json.loads(value)["media_fbid"]))
    return found


def _photos(state: State, request: Request) -> Answer:
    content = request.files.get("source", b"")
    if not content.startswith(IMAGES) or len(content) > 10 << 20:
        return graph_api.error(324, "Missing or invalid image file", subcode=2_069_019)
    item = Item(hashlib.sha256(content).hexdigest(), request.params.get("alt_text_custom"))
    text = request.params.get("message", request.params.get("caption", ""))
    with state.lock:
        number = state.number()
        if not _is_public(request):
            photo = {"owner": "facebook", "sha256": item.sha256, "alt": item.alt, "used": False}
            state.media[number] = photo
            return Answer(200, {"id": number})
        refused = _said_before(state, text)
        if refused is not None:
            return refused
        post = Public(*_names(state), key_of(text), text, None, [item], state.now())
        state.publish(post)
    return Answer(200, {"id": number, "post_id": post.id})


def _permalink(post: Public) -> str:
    return f"https://www.facebook.com/{PAGE['id']}/posts/{post.id.partition('_')[2]}"


def _shown(post: Public) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": post.id,
        "created_time": graph_api.instant(post.at),
        "permalink_url": _permalink(post),
        "is_published": True,
    }
    if post.text:
        shown["message"] = post.text
    if post.media:
        kind = "photo" if len(post.media) == 1 else "album"
        shown["attachments"] = {"data": [{"media_type": kind, "url": _permalink(post)}]}
    elif post.link:
        # what a reader follows goes through Facebook; the page itself stands beside it
        card = {"media_type": "link", "url": "https://l.facebook.com/l.php?u=1&h=2"}
        shown["attachments"] = {"data": [{**card, "unshimmed_url": post.link}]}
    return shown


def _list(state: State, request: Request) -> Answer:
    posts = state.listed("facebook", PAGE["id"])
    for name, sign in (("since", 1), ("until", -1)):
        if name in request.params:
            limit = graph_api.moment_of(request.params[name])
            posts = [one for one in posts if sign * (one.at.timestamp() - limit) >= 0]
    return graph_api.page(request, [_shown(post) for post in posts])


def _read(state: State, request: Request) -> Answer:
    return graph_api.with_post(
        state, request, "facebook", lambda post: graph_api.only(_shown(post), request)
    )


def _delete(state: State, request: Request) -> Answer:
    return graph_api.delete(state, request, "facebook")


def _page(state: State, request: Request) -> Answer:
    whole = {
        **PAGE,
        "username": "cplscb",
        "instagram_business_account": {"id": "17841400000000000"},
    }
    if not graph_api.asked(request):
        return Answer(200, dict(PAGE))
    return Answer(200, graph_api.only(whole, request))


def _token(state: State, request: Request) -> Answer:
    return graph_api.debug_token(state, request, PAGE["id"])

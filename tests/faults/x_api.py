"""X's API as far as a publisher needs it, as strict as its OpenAPI document (2.167).

https://api.x.com/2/openapi.json; what it says in words is taken from answers that were recorded.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from tests.faults.canaries import SECRETS, X_USER
from tests.faults.ledger import Item, Public, key_of
from tests.faults.state import Route, State
from tests.faults.wire import Answer, Request

CREATE = frozenset(
    {
        "card_uri",
        "community_id",
        "direct_message_deep_link",
        "edit_options",
        "for_super_followers_only",
        "geo",
        "made_with_ai",
        "media",
        "nullcast",
        "paid_partnership",
        "poll",
        "quote_tweet_id",
        "reply",
        "reply_settings",
        "share_with_followers",
        "text",
    }
)
LINKS = re.compile(r"https?://[^\s]+")
WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
COUNTED = ("impression_count", "like_count", "reply_count", "quote_count", "bookmark_count")
COUNTED_FOR_US = ("impression_count", "url_link_clicks", "user_profile_clicks", "engagements")
LONGEST = 280
LONGEST_ALT = 1000
LIMIT_HEADERS = {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "99"}
PROBLEMS = "https://api.twitter.com/2/problems"


def route(state: State, request: Request) -> Route | None:
    """Return what a request to X is about, or None when X has no such address."""
    way, path = request.method, request.path
    kind, act = "read", None
    if (way, path) == ("POST", "/2/tweets"):
        kind, act = "public", _create
    elif (way, path) == ("POST", "/2/media/upload"):
        kind, act = "upload", _upload
    elif (way, path) == ("POST", "/2/media/metadata"):
        kind, act = "upload", _metadata
    elif way == "DELETE" and re.fullmatch(r"/2/tweets/\d{1,19}", path):
        kind, act = "remove", _delete
    elif (way, path) == ("GET", "/2/users/me"):
        act = _me
    elif (way, path) == ("GET", "/2/tweets"):
        act = _lookup
    elif way == "GET" and re.fullmatch(r"/2/tweets/\d{1,19}", path):
        act = _single
    elif way == "GET" and re.fullmatch(r"/2/users/\d{1,19}/tweets", path):
        act = _timeline
    if act is None:
        return None
    return Route("x", kind, _key(request), _signed(state, request, act), _refuser(state))


def _key(request: Request) -> str:
    data = request.data
    return key_of(str(data.get("text", ""))) if isinstance(data, dict) else ""


def _signed(
    state: State, request: Request, act: Callable[[State, Request], Answer]
) -> Callable[[], Answer]:
    """Return `act` behind the door that only a rightly signed request opens."""
    return lambda: act(state, request) if signed_by_us(request) else _unauthorised()


def signed_by_us(request: Request) -> bool:
    """Tell whether an OAuth 1.0a header is right, signature and all (RFC 5849)."""
    words, _, rest = request.headers.get("authorization", "").partition(" ")
    if words != "OAuth":
        return False
    found = re.findall(r'([a-z_]+)="([^"]*)"', rest)
    given = {name: unquote(value) for name, value in found}
    signature = given.pop("oauth_signature", "")
    given.pop("realm", None)
    ours = SECRETS["x"]
    if given.get("oauth_consumer_key") != ours["api_key"]:
        return False
    if given.get("oauth_token") != ours["access_token"]:
        return False
    pairs = [*given.items(), *request.query]
    if request.kind == "application/x-www-form-urlencoded":
        pairs += request.form
    address = f"http://{request.headers.get('host', '')}{request.path}".lower()
    listed = "&".join(f"{name}={value}" for name, value in sorted(map(_quoted_pair, pairs)))
    base = "&".join(map(_quoted, (request.method, address, listed)))
    secret = f"{_quoted(ours['api_secret'])}&{_quoted(ours['access_token_secret'])}"
    wanted = hmac.new(secret.encode(), base.encode(), hashlib.sha1).digest()
    return hmac.compare_digest(base64.b64encode(wanted).decode(), signature)


def _quoted(text: str) -> str:
    return quote(text, safe="-._~")


def _quoted_pair(pair: tuple[str, str]) -> tuple[str, str]:
    return _quoted(pair[0]), _quoted(pair[1])


def _create(state: State, request: Request) -> Answer:  # noqa: PLR0911  each is a refusal
    data = request.data
    if not isinstance(data, dict):
        return _invalid("text field is required")
    unknown = sorted(set(data) - CREATE)
    if unknown:
        return _invalid(f"[{unknown[0]}] is not a known property")
    text = str(data.get("text", ""))
    numbers = (data.get("media") or {}).get("media_ids", [])
    if not text and not numbers:
        return _invalid("text field is required")
    if len(LINKS.sub("x" * 23, text)) > LONGEST:
        return _invalid(f"text field exceeds maximum length of {LONGEST} characters")
    if not isinstance(numbers, list) or len(numbers) > 4 or len(set(numbers)) < len(numbers):
        return _invalid("media_ids: at most 4, each once")
    with state.lock:
        media = [state.media.get(number) for number in numbers]
        if any(one is None or one["owner"] != "x" for one in media):
            return _invalid("Your media IDs are invalid.")
        if state.settings["duplicate_rule"] and _said_before(state, text, numbers):
            return _problem(403, "You are not allowed to create a Tweet with duplicate content.")
        items = [Item(one["sha256"], one["alt"]) for one in media if one]
        number, account = state.number(), X_USER["id"]
        post = state.publish(
            Public("x", account, number, key_of(text), text, None, items, state.now())
        )
    shown, _ = _shortened(post)
    words = (
        "edit_history_tweet_ids" if state.settings["words"] == "old" else "edit_history_post_ids"
    )
    body = {"data": {"id": number, "text": shown, words: [number]}}
    return Answer(201, body, _limits(state))


def _said_before(state: State, text: str, numbers: Sequence[str]) -> bool:
    return not numbers and any(one.text == text for one in state.ledger.of("x", X_USER["id"]))


def _upload(state: State, request: Request) -> Answer:
    if request.kind == "multipart/form-data":
        fields, content = dict(request.form), request.files.get("media", b"")
        names = {*fields, *request.files}
    else:
        data = request.data
        if not isinstance(data, dict):
            return _invalid("a body is required")
        fields, names = data, set(data)
        try:
            content = base64.b64decode(str(data.get("media", "")), validate=True)
        except ValueError:
            return _invalid("media is not base64")
    if names - {"media", "media_category", "additional_owners", "media_type"}:
        return _invalid("a property is not known")
    if not content or fields.get("media_category") != "tweet_image":
        return _invalid("media and media_category are required")
    if (
        not content.startswith((b"\xff\xd8", b"\x89PNG", b"GIF8", b"RIFF"))
        or len(content) > 5 << 20
    ):
        return _invalid("this is no image that X takes")
    with state.lock:
        number = state.number()
        state.media[number] = {
            "owner": "x",
            "sha256": hashlib.sha256(content).hexdigest(),
            "alt": None,
        }
    body = {
        "id": number,
        "media_key": f"3_{number}",
        "size": len(content),
        "expires_after_secs": 86_400,
    }
    return Answer(200, {"data": body}, _limits(state))


def _metadata(state: State, request: Request) -> Answer:
    data = request.data if isinstance(request.data, dict) else {}
    number = str(data.get("id", ""))
    alt = ((data.get("metadata") or {}).get("alt_text") or {}).get("text")
    with state.lock:
        if state.media.get(number, {}).get("owner") != "x":
            return _invalid("the media id is not known")
        if not isinstance(alt, str) or len(alt) > LONGEST_ALT:
            return _invalid(f"alt_text: at most {LONGEST_ALT} characters")
        state.media[number]["alt"] = alt
    metadata = {"alt_text": {"text": alt}}
    return Answer(200, {"data": {"id": number, "associated_metadata": metadata}}, _limits(state))


def _delete(state: State, request: Request) -> Answer:
    number = request.path.rpartition("/")[2]
    post = state.ledger.get("x", number)
    if post is None:
        return _missing(number)
    post.removed = True
    return Answer(200, {"data": {"deleted": True}}, _limits(state))


def _me(state: State, request: Request) -> Answer:
    data: dict[str, Any] = dict(X_USER)
    if "public_metrics" in dict(request.query).get("user.fields", ""):
        posts = "tweet_count" if state.settings["words"] == "old" else "post_count"
        counts = {"followers_count": 312, "following_count": 9, "listed_count": 0}
        data["public_metrics"] = {**counts, posts: len(state.listed("x", X_USER["id"]))}
    return Answer(200, {"data": data}, _limits(state))


def _single(state: State, request: Request) -> Answer:
    number = request.path.rpartition("/")[2]
    post = state.ledger.get("x", number)
    if post is None:
        return _missing(number)
    return Answer(200, {"data": _shown(state, post, _fields(request))}, _limits(state))


def _lookup(state: State, request: Request) -> Answer:
    numbers = dict(request.query).get("ids", "").split(",")
    if len(numbers) > 100:
        return _invalid("Maximum 100 IDs allowed per request")
    found = [post for one in numbers if (post := state.ledger.get("x", one)) is not None]
    data = [_shown(state, post, _fields(request)) for post in found]
    return Answer(200, {"data": data, "meta": {"result_count": len(data)}}, _limits(state))


def _timeline(state: State, request: Request) -> Answer:  # noqa: C901  one step a parameter
    query = dict(request.query)
    if request.path.split("/")[3] != X_USER["id"]:
        return _missing(request.path.split("/")[3])
    size = query.get("max_results", "10")
    if not size.isdigit() or not 5 <= int(size) <= 100:
        return _invalid("max_results must be between 5 and 100")
    posts: Iterable[Public] = state.listed("x", X_USER["id"])
    for name, keep in _bounds(query).items():
        if not WHEN.fullmatch(query[name]):
            return _invalid(f"{name} is no RFC 3339 date-time in UTC")
        posts = filter(keep, posts)
    if "since_id" in query:
        posts = [one for one in posts if int(one.id) > int(query["since_id"])]
    if "until_id" in query:
        posts = [one for one in posts if int(one.id) < int(query["until_id"])]
    listed = list(posts)
    start = _page(query.get("pagination_token"))
    if start is None:
        return _invalid("pagination_token is not valid")
    page = listed[start : start + int(size)]
    meta: dict[str, Any] = {"result_count": len(page)}
    if page:
        meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
    if start + int(size) < len(listed):
        meta["next_token"] = f"page{start + int(size)}"
    body: dict[str, Any] = {"meta": meta}
    if page:
        body["data"] = [_shown(state, post, _fields(request)) for post in page]
    return Answer(200, body, _limits(state))


def _bounds(query: Mapping[str, str]) -> dict[str, Callable[[Public], bool]]:
    found: dict[str, Callable[[Public], bool]] = {}
    if "start_time" in query:
        found["start_time"] = lambda one: one.at >= _instant(query["start_time"])
    if "end_time" in query:
        found["end_time"] = lambda one: one.at < _instant(query["end_time"])
    return found


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _page(token: str | None) -> int | None:
    if token is None:
        return 0
    return int(token[4:]) if re.fullmatch(r"page\d+", token) else None


def _fields(request: Request) -> set[str]:
    """Return the fields that are asked for, in whichever of the two vocabularies."""
    query = dict(request.query)
    return set(f"{query.get('tweet.fields', '')},{query.get('post.fields', '')}".split(","))


def _shown(state: State, post: Public, fields: set[str]) -> dict[str, Any]:
    text, urls = _shortened(post)
    shown: dict[str, Any] = {"id": post.id, "text": text, "edit_history_tweet_ids": [post.id]}
    if "created_at" in fields:
        shown["created_at"] = f"{post.at:%Y-%m-%dT%H:%M:%S}.{post.at.microsecond // 1000:03}Z"
    if "entities" in fields and urls:
        shown["entities"] = {"urls": urls}
    if "attachments" in fields and post.media:
        shown["attachments"] = {"media_keys": [f"3_{post.id}"]}
    if "conversation_id" in fields:
        shown["conversation_id"] = post.id
    if "public_metrics" in fields:
        passed_on = "retweet_count" if state.settings["words"] == "old" else "repost_count"
        shown["public_metrics"] = dict.fromkeys([*COUNTED, passed_on], 0)
    if "non_public_metrics" in fields:  # nobody has seen it yet, and it is under 30 days old
        shown["non_public_metrics"] = dict.fromkeys(COUNTED_FOR_US, 0)
    return shown


def _shortened(post: Public) -> tuple[str, list[dict[str, Any]]]:
    """Return a text as X shows it, with t.co links and HTML escapes, and what the links are."""
    urls: list[dict[str, Any]] = []

    def short(address: str) -> str:
        code = hashlib.sha256(f"{post.id} {address}".encode()).hexdigest()[:10]
        return f"https://t.co/{code}"

    def shorten(match: re.Match[str]) -> str:
        url = short(match[0])
        shown = match[0].partition("://")[2]
        urls.append(
            {
                "url": url,
                "expanded_url": match[0],
                "display_url": f"{shown[:27]}…" if len(shown) > 28 else shown,
            }
        )
        return url

    text = LINKS.sub(shorten, html.escape(post.text, quote=False).replace("&amp;", "\0"))
    for url in urls:  # what stands in a link is not escaped, but for the text it leaves behind
        url["expanded_url"] = url["expanded_url"].replace("\0", "&")
        url["display_url"] = url["display_url"].replace("\0", "&")
    text = text.replace("\0", "&amp;")
    if post.media:
        photo = f"https://x.com/{X_USER['username']}/status/{post.id}/photo/1"
        url = {"url": short(photo), "expanded_url": photo, "display_url": f"pic.x.com/{post.id}"}
        urls.append({**url, "media_key": f"3_{post.id}"})
        text = f"{text} {url['url']}".strip()
    return text, urls


def _limits(state: State) -> dict[str, str]:
    return {**LIMIT_HEADERS, "x-rate-limit-reset": str(int(state.now().timestamp()) + 900)}


def _unauthorised() -> Answer:
    return _problem(401, "Unauthorized", title="Unauthorized")


def _problem(status: int, detail: str, title: str = "Forbidden") -> Answer:
    return Answer(
        status, {"title": title, "detail": detail, "type": "about:blank", "status": status}
    )


def _invalid(message: str) -> Answer:
    return Answer(
        400,
        {
            "errors": [{"message": message, "parameters": {}}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": f"{PROBLEMS}/invalid-request",
        },
    )


def _missing(number: str) -> Answer:
    error = {
        "detail": f"Could not find tweet with id: [{number}].",
        "title": "Not Found Error",
        "resource_type": "tweet",
        "parameter": "id",
        "resource_id": number,
        "type": f"{PROBLEMS}/resource-not-found",
    }
    return Answer(404, {"errors": [error]})


def _refuser(state: State) -> Callable[[Mapping[str, Any]], Answer]:
    return lambda rule: _refusal(state, rule["fault"])


def _refusal(state: State, fault: str) -> Answer:  # noqa: PLR0911  each is a fault
    """Return X's own words for a fault."""
    if fault == "401":
        return _unauthorised()
    if fault == "402":
        detail = "Your enrolled account [1] does not have any credits to fulfill this request."
        body = {"title": "CreditsDepleted", "detail": detail, "type": f"{PROBLEMS}/credits"}
        return Answer(402, body)
    if fault == "403-duplicate":
        return _problem(403, "You are not allowed to create a Tweet with duplicate content.")
    if fault == "429":
        errors = [{"code": 88, "message": "Rate limit exceeded"}]
        headers = {**_limits(state), "x-rate-limit-remaining": "0"}
        return Answer(429, {"errors": errors}, headers)
    if fault == "429-cap":
        body = {
            "title": "UsageCapExceeded",
            "detail": "Usage cap exceeded: Monthly product cap",
            "type": f"{PROBLEMS}/usage-capped",
            "period": "Monthly",
            "scope": "Product",
        }
        return Answer(429, body, _limits(state))
    if fault == "400":
        return _invalid("the words were refused")
    if fault == "transient-after-accepting":
        return Answer(503, b"<html><body>Over capacity</body></html>")
    return _problem(500, "Something is broken.", title="Internal Server Error")

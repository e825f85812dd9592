"""What Facebook and Instagram share: tokens, errors, fields, pages of a list.

https://developers.facebook.com/docs/graph-api/guides/error-handling
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.faults.canaries import SECRETS
from tests.faults.ledger import Public
from tests.faults.state import State
from tests.faults.wire import Answer, Request

SPAM = 2_207_051
NOT_READY = 2_207_027
FETCH_FAILED = 2_207_052
FETCH_SLOW = 2_207_003
NOT_JPEG = 2_207_005
QUOTA = 2_207_042

SCOPES = (
    "pages_show_list",
    "pages_manage_posts",
    "pages_read_engagement",
    "read_insights",
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_insights",
)


def token_of(request: Request) -> str:
    """Return the token of a request, from wherever the Graph API would take it."""
    words, _, token = request.headers.get("authorization", "").partition(" ")
    return token if words.lower() == "bearer" else request.params.get("access_token", "")


def plain_path(request: Request) -> str:
    """Return the path without the version, which may be left out."""
    return re.sub(r"^/v\d+\.\d+(?=/)", "", request.path)


def guarded(account: str, request: Request, act: Callable[[], Answer]) -> Callable[[], Answer]:
    """Return `act` behind the door that only the account's own token opens."""

    def act_if_allowed() -> Answer:
        if token_of(request) == SECRETS[account]["access_token"]:
            return act()
        return error(190, "Invalid OAuth access token - Cannot parse access token", status=401)

    return act_if_allowed


def error(
    code: int,
    message: str,
    *,
    subcode: int | None = None,
    status: int = 400,
    transient: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Return an error as the Graph API writes it."""
    body: dict[str, Any] = {
        "message": message,
        "type": "OAuthException",
        "code": code,
        "is_transient": transient,
        "fbtrace_id": "AbCdEfGhIjKlMnOpQrStUv",
    }
    if subcode is not None:
        body["error_subcode"] = subcode
    return Answer(status, {"error": body}, headers or {})


def missing(number: str) -> Answer:
    """Return what is said of an object that does not exist, or may not be seen."""
    return error(100, f"Unsupported request. Object '{number}' does not exist", subcode=33)


def with_post(
    state: State, request: Request, platform: str, act: Callable[[Public], dict[str, Any]]
) -> Answer:
    """Return what `act` makes of the post that a request is about."""
    number = plain_path(request).lstrip("/")
    post = state.ledger.get(platform, number)
    return missing(number) if post is None else Answer(200, act(post))


def delete(state: State, request: Request, platform: str) -> Answer:
    """Take the post down that a request is about."""

    def remove(post: Public) -> dict[str, Any]:
        post.removed = True
        return {"success": True}

    return with_post(state, request, platform, remove)


def refusal(account: str, kind: str, number: str, rule: Mapping[str, Any]) -> Answer:
    """Return the words for a fault; `kind` is the one of the usage header, `number` its object."""
    code, subcode = rule.get("code"), rule.get("subcode")
    fault = rule["fault"]
    if fault.startswith("500"):
        words = "An unexpected error has occurred. Please retry your request later."
        return error(code or 2, words, subcode=subcode, status=500, transient=True)
    if fault.startswith("429"):
        usage = {"type": kind, "call_count": 100, "total_cputime": 40, "total_time": 40}
        usage["estimated_time_to_regain_access"] = 5
        headers = {"X-Business-Use-Case-Usage": json.dumps({number: [usage]})}
        default = 80_001 if account == "facebook" else 80_002
        words = "There have been too many calls to this account."
        return error(code or default, words, subcode=subcode, headers=headers)
    words_of = {
        "400": (100, None, "Invalid parameter"),
        "401": (190, 463, "Error validating access token: Session has expired"),
        "402": (368, None, "The action attempted has been deemed abusive or is disallowed"),
        "403-duplicate": (506, None, "Duplicate status message")
        if account == "facebook"
        else (4, SPAM, "Application request limit reached"),
        "transient-after-accepting": (2, None, "Service temporarily unavailable"),
    }
    usual, usual_subcode, words = words_of[fault]
    transient = fault == "transient-after-accepting"
    return error(code or usual, words, subcode=subcode or usual_subcode, transient=transient)


def instant(moment: datetime) -> str:
    """Return a time as the Graph API writes it: without a colon in the offset."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}+0000"


def asked(request: Request) -> set[str]:
    """Return the names of the fields that are asked for, without what stands inside them."""
    text = request.params.get("fields", "")
    while "{" in text or "(" in text:
        shorter = re.sub(r"\{[^{}]*\}|\([^()]*\)", "", text)
        if shorter == text:
            break
        text = shorter
    return {re.sub(r"\..*", "", name).strip() for name in text.split(",")} - {""}


def only(whole: Mapping[str, Any], request: Request) -> dict[str, Any]:
    """Return the fields of an object that are asked for, and always its id."""
    names = asked(request)
    return {name: value for name, value in whole.items() if name == "id" or name in names}


def page(request: Request, items: Sequence[Mapping[str, Any]]) -> Answer:
    """Return the page of a list that is asked for, as cursors go."""
    limit = int(request.params.get("limit", "25"))
    after = request.params.get("after")
    start = int(base64.b64decode(after)) if after else 0
    shown = items[start : start + limit]
    body: dict[str, Any] = {"data": [only(item, request) for item in shown]}
    if shown:
        paging: dict[str, Any] = {
            "cursors": {"before": _cursor(start), "after": _cursor(start + len(shown))}
        }
        if start + limit < len(items):
            host = request.headers.get("host", "")
            fields, following = request.params.get("fields", "id"), _cursor(start + limit)
            paging["next"] = (
                f"http://{host}{request.path}?fields={fields}&limit={limit}&after={following}"
            )
        body["paging"] = paging
    return Answer(200, body)


def _cursor(number: int) -> str:
    return base64.b64encode(str(number).encode()).decode()


def moment_of(text: str) -> float:
    """Return the unix time that `since` or `until` names."""
    return float(text) if re.fullmatch(r"\d+", text) else datetime.fromisoformat(text).timestamp()


def debug_token(state: State, request: Request, owner: str) -> Answer:
    """Say what a token is; one that is not known is "not valid", which is no error."""
    token = request.params.get("input_token", "")
    account = next(
        (name for name in ("facebook", "instagram") if SECRETS[name]["access_token"] == token), None
    )
    if account is None:
        data: dict[str, Any] = {
            "is_valid": False,
            "error": {"code": 190, "message": "Invalid OAuth access token."},
            "scopes": [],
        }
    else:
        data = {
            "app_id": "312083254664235",
            "type": "PAGE",
            "application": "Communications",
            "profile_id": owner,
            "data_access_expires_at": 0,
            "expires_at": state.settings["expires_at"],
            "is_valid": True,
            "scopes": list(SCOPES),
        }
    return Answer(200, {"data": data})

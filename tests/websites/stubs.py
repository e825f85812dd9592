"""The three tools on this machine: small real servers that hold the same visits, each in its words.

They check what they are asked as the real ones do: the token, the website, the names.
"""

from __future__ import annotations

import base64
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sgcomms.models import Website
from sgcomms.websites import Tool, connect
from tests.platforms.graph_server import Reply, Request, Server

TOKEN = "canary-token-0123456789"  # noqa: S105  a canary
ACCESS = "ya29.canary-access-token"
EMAIL = "figures@board.iam.gserviceaccount.com"
PROPERTY = "properties/123456789"
OURS = "safer-sleeping.clear-cot.facebook"
OURS_AGAIN = "safer-sleeping.clear-cot.2.x"

HTML = Reply(b"<!DOCTYPE html><html><body>Down for maintenance</body></html>")


@dataclass(frozen=True, slots=True)
class Traffic:
    """What happened on a website in any period that is asked about; rows in the tools' order."""

    page_views: int = 1234
    visits: int = 500
    visitors: int = 321
    bounced: int = 200
    seconds: int = 60_000
    channels: Mapping[str, int] = field(
        default_factory=lambda: {
            "Organic Search": 240,
            "Direct": 140,
            "Referral": 60,
            "Organic Social": 40,
            "Unassigned": 20,
        }
    )
    devices: Mapping[str, int] = field(
        default_factory=lambda: {"desktop": 260, "mobile": 215, "tablet": 20, "smart tv": 5}
    )
    pages: Mapping[str, int] = field(
        default_factory=lambda: {
            "/": 600,
            "/adults/": 20,
            "/adults": 5,
            "/search?q=jane+doe": 7,
            "/search#top": 2,
            "/rare": 4,
        }
    )
    contents: Mapping[str, int] = field(
        default_factory=lambda: {OURS: 12, OURS_AGAIN: 2, "(not set)": 470, "jane.doe": 3}
    )


NOTHING = Traffic(0, 0, 0, 0, 0, {}, {}, {}, {})


class Stub(ABC):
    """A tool's server. What it would answer can be changed at any time.

    `twist` changes the JSON of figures, `instead` takes its place, `knows` is whether the token is
    accepted, `shows` whether it may see the website.
    """

    platform: ClassVar[str]
    label: ClassVar[str]
    asks: ClassVar[int]
    """How many requests the figures of a period take, with one for a token where there is one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.traffic = Traffic()
        self.twist: Callable[[Any], Any] = lambda data: data
        self.instead: Reply | None = None
        self.knows = self.shows = True
        self.server = Server(self.answer)

    @property
    def website(self) -> Website:
        return Website(
            "website", self.platform, "https://www.example.org", api_base=self.server.base
        )

    @property
    def secrets(self) -> dict[str, str]:
        return {"token": TOKEN}

    @property
    def canaries(self) -> tuple[str, ...]:
        """What must never be shown."""
        return (TOKEN,)

    def tool(self, **changes: Any) -> Tool:
        return connect(replace(self.website, **changes), self.secrets)

    def answer(self, request: Request) -> Reply:
        if self.instead is not None:
            return self.instead
        reply = self.data(request)
        return replace(reply, body=self.twist(reply.body)) if reply.status == 200 else reply

    @abstractmethod
    def data(self, request: Request) -> Reply:
        """Return what the tool answers."""


@cache
def private_key() -> rsa.RSAPrivateKey:
    """Return one key for all tests: making it takes a moment."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem() -> str:
    """Return the private key as a key file holds it."""
    return (
        private_key()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


class Analytics4Stub(Stub):
    """Google's token service and the Data API. `asked` are the reports that were asked for."""

    platform = "ga4"
    label = "Google Analytics"
    asks = 2
    GRANT: ClassVar[str] = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    SCOPE: ClassVar[str] = "https://www.googleapis.com/auth/analytics.readonly"

    def __init__(self, folder: Path) -> None:
        self.asked: list[dict[str, Any]] = []
        self.token_reply: Reply | None = None
        self.metadata: dict[str, Any] = {}
        self.unknown: set[str] = set()
        super().__init__(folder)
        self.key_file = self.write_key()

    @property
    def website(self) -> Website:
        return replace(super().website, property=PROPERTY)

    @property
    def secrets(self) -> dict[str, str]:
        return {"service_account_file": str(self.key_file)}

    @property
    def canaries(self) -> tuple[str, ...]:
        return (ACCESS, pem()[100:160], str(self.key_file), "BEGIN PRIVATE")

    def write_key(self, mode: int = 0o600, **changes: Any) -> Path:
        """Write the key file of the service account; a change to None leaves a name out."""
        key = {
            "type": "service_account",
            "project_id": "board",
            "private_key_id": "abc",
            "private_key": pem(),
            "client_email": EMAIL,
            "token_uri": f"{self.server.base}/token",
            "universe_domain": "googleapis.com",
            **changes,
        }
        path = self.folder / "canary-key-file.json"
        text = json.dumps({name: value for name, value in key.items() if value is not None})
        path.write_text(text, "utf-8")
        path.chmod(mode)
        return path

    def answer(self, request: Request) -> Reply:
        if request.path == "/token":
            return self.token_reply or self.token(request)
        return super().answer(request)

    def token(self, request: Request) -> Reply:
        wrong = self.wrong_with(request)
        if wrong:
            return Reply({"error": "invalid_grant", "error_description": wrong}, 400)
        return Reply({"access_token": ACCESS, "expires_in": 3599, "token_type": "Bearer"})

    def wrong_with(self, request: Request) -> str:
        """Say what is wrong with a grant, as RFC 7523 and Google's own rules have it."""
        form = request.form
        if form.get("grant_type") != self.GRANT or set(form) != {"grant_type", "assertion"}:
            return "Bad grant."
        head, payload, signature = (_decoded(part) for part in form["assertion"].split("."))
        signed = form["assertion"].rpartition(".")[0].encode()
        try:
            private_key().public_key().verify(
                signature, signed, padding.PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature:
            return "Invalid JWT Signature."
        header, claims = json.loads(head), json.loads(payload)
        audiences = (f"{self.server.base}/token", "https://oauth2.googleapis.com/token")
        right = {
            "Bad header.": (header["alg"], header["typ"]) == ("RS256", "JWT"),
            "Bad issuer.": claims["iss"] == EMAIL,
            "Bad scope.": claims["scope"] == self.SCOPE,
            "Bad audience.": claims["aud"] in audiences,
            "Bad times.": claims["exp"] - claims["iat"] == 3600,
            "Invalid grant: account not found": self.knows,
        }
        return next((words for words, is_so in right.items() if not is_so), "")

    def data(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {ACCESS}":
            words = "Request had invalid authentication credentials."
            return refusal(401, "UNAUTHENTICATED", words)
        name, _, method = request.path.removeprefix("/v1beta/").partition(":")
        if name != PROPERTY or not self.shows:
            words = "User does not have sufficient permissions for this property."
            return refusal(403, "PERMISSION_DENIED", words)
        body = json.loads(request.body)
        if method == "runReport":
            return self.report(body)
        if method != "batchRunReports" or len(body["requests"]) > 5:
            return refusal(400, "INVALID_ARGUMENT", "Bad method, or more than five reports.")
        replies = [self.report(one) for one in body["requests"]]
        wrong = next((one for one in replies if one.status != 200), None)
        if wrong is not None:
            return wrong
        reports = [one.body for one in replies]
        return Reply({"reports": reports, "kind": "analyticsData#batchRunReports"})

    def report(self, asked: Mapping[str, Any]) -> Reply:
        self.asked.append(dict(asked))
        dimensions = [one["name"] for one in asked.get("dimensions", ())]
        metrics = [one["name"] for one in asked["metrics"]]
        for name in dimensions:
            if name not in self.rows() or name in self.unknown:
                return refusal(400, "INVALID_ARGUMENT", f"Field {name} is not a valid dimension.")
        for name in metrics:
            if name not in self.totals() or name in self.unknown:
                return refusal(400, "INVALID_ARGUMENT", f"Field {name} is not a valid metric.")
        whole = [self.totals()[name] for name in metrics]
        rows: list[tuple[list[str], list[str]]] = [([], whole)] if self.traffic.visits else []
        if dimensions:
            rows = [([name], [str(n)]) for name, n in self.filtered(asked, dimensions[0])]
        kinds = {"bounceRate": "TYPE_FLOAT", "averageSessionDuration": "TYPE_SECONDS"}
        headers = [{"name": one, "type": kinds.get(one, "TYPE_INTEGER")} for one in metrics]
        shown = rows[: int(asked.get("limit", 10_000))]
        found: dict[str, Any] = {
            "metricHeaders": headers,
            "metadata": {"currencyCode": "GBP", "timeZone": "Europe/London", **self.metadata},
            "kind": "analyticsData#runReport",
        }
        if dimensions:
            found["dimensionHeaders"] = [{"name": one} for one in dimensions]
        if rows:  # both are missing where there is nothing
            found["rowCount"] = len(rows)
            found["rows"] = [_row(names, values) for names, values in shown]
        return Reply(found)

    def totals(self) -> dict[str, str]:
        one = self.traffic
        return {
            "screenPageViews": str(one.page_views),
            "sessions": str(one.visits),
            "totalUsers": str(one.visitors),
            "activeUsers": str(one.visitors - 20),
            "newUsers": str(one.visitors - 100),
            "engagedSessions": str(one.visits - one.bounced),
            "averageSessionDuration": str(one.seconds / max(one.visits, 1)),
            "bounceRate": str(one.bounced / max(one.visits, 1)),
        }

    def rows(self) -> dict[str, Mapping[str, int]]:
        return {
            "sessionDefaultChannelGroup": self.traffic.channels,
            "deviceCategory": self.traffic.devices,
            "pagePath": self.traffic.pages,
            "sessionManualAdContent": self.traffic.contents,
        }

    def filtered(self, asked: Mapping[str, Any], name: str) -> Iterator[tuple[str, int]]:
        wanted = asked.get("dimensionFilter", {}).get("filter")
        for key, value in self.rows()[name].items():
            if wanted is None or re.fullmatch(wanted["stringFilter"]["value"], key):
                yield key, value


def refusal(code: int, status: str, words: str, reason: str | None = None) -> Reply:
    """Return an error as Google tells it."""
    error: dict[str, Any] = {"code": code, "status": status, "message": words}
    if reason:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        error["details"] = [{"@type": kind, "reason": reason}]
    return Reply({"error": error}, code)


def _row(names: list[str], values: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"metricValues": [{"value": one} for one in values]}
    return {"dimensionValues": [{"value": one} for one in names], **found} if names else found


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


class MatomoStub(Stub):
    """A Matomo server. `answers` are by method; `calls` are the questions that were asked."""

    platform = "matomo"
    label = "Matomo"
    asks = 1
    LABELS: ClassVar[Mapping[str, tuple[int, str]]] = {
        "Direct": (1, "Direkte Zugriffe"),
        "Organic Search": (2, "Suchmaschinen"),
        "Referral": (3, "Websites"),
        "Unassigned": (6, "Kampagnen"),
        "Organic Social": (7, "Soziale Netzwerke"),
    }
    DEVICES: ClassVar[Mapping[str, str]] = {
        "desktop": "desktop",
        "mobile": "smartphone",
        "tablet": "tablet",
        "smart tv": "tv",
    }
    NO_ACCESS: ClassVar[str] = (
        "You can't access this resource as it requires 'view' access for the website id = 1."
    )

    def __init__(self, folder: Path) -> None:
        self.calls: list[dict[str, str]] = []
        self.answers: dict[str, Any] = {}
        super().__init__(folder)

    @property
    def website(self) -> Website:
        return replace(super().website, property="1")

    def data(self, request: Request) -> Reply:
        form = request.form
        if request.target != "/index.php" or form.get("method") != "API.getBulkRequest":
            return Reply({"result": "error", "message": "not a bulk request"})
        if form.get("token_auth") != TOKEN or not self.knows:
            return Reply(
                b"<!DOCTYPE html><html><h2>Unable to authenticate with the provided token. It is "
                b"either invalid or expired.</h2></html>",
                401,
            )
        numbers = range(sum(name.startswith("urls[") for name in form))
        calls = [dict(parse_qsl(form[f"urls[{number}]"])) for number in numbers]
        self.calls += calls
        return Reply([self.one(call) for call in calls])

    def one(self, call: Mapping[str, str]) -> Any:
        if call["method"] in self.answers:
            return self.answers[call["method"]]
        if call.get("idSite", "1") != "1" or not self.shows:
            return {"result": "error", "message": self.NO_ACCESS}
        found = {
            "API.get": self.totals(call),
            "Referrers.getReferrerType": [
                {"label": label, "nb_visits": self.traffic.channels[name], "referrer_type": number}
                for name, (number, label) in self.LABELS.items()
                if name in self.traffic.channels
            ],
            "DevicesDetection.getType": [
                {"label": "Gerät", "nb_visits": str(n), "segment": f"deviceType=={self.DEVICES[k]}"}
                for k, n in self.traffic.devices.items()
            ],
            "Actions.getPageUrls": [
                {"label": "seite", "nb_hits": n, "url": f"https://www.example.org{path}"}
                for path, n in self.traffic.pages.items()
            ],
            "SitesManager.getSitesWithAtLeastViewAccess": [
                {"idsite": 4, "name": "Another", "main_url": "https://other.example"},
                {
                    "idsite": 1,
                    "name": "The board",
                    "main_url": "https://www.example.org",
                    "timezone": "Europe/London",
                },
            ],
            "API.getMatomoVersion": {"value": "5.2.0-b5"},
        }
        return found.get(call["method"], {"result": "error", "message": "no such method"})

    def totals(self, call: Mapping[str, str]) -> Any:
        one = self.traffic
        if not one.visits:
            return []
        found = {
            "nb_uniq_visitors": one.visitors,
            "nb_users": 0,
            "nb_visits": one.visits,
            "nb_actions": one.page_views + 99,
            "bounce_count": one.bounced,
            "sum_visit_length": one.seconds,
            "nb_pageviews": one.page_views,
            "bounce_rate": "40%",
        }
        if call.get("period") in ("year", "range"):
            del found["nb_uniq_visitors"]
        return found


class PlausibleStub(Stub):
    """A Plausible server. `queries` are the questions that were asked."""

    platform = "plausible"
    label = "Plausible"
    asks = 5
    SITE: ClassVar[str] = "example.org"
    NO_KEY: ClassVar[str] = (
        "Invalid API key or site ID. Please make sure you're using a valid API key with access to "
        "the site you've requested."
    )

    def __init__(self, folder: Path) -> None:
        self.queries: list[dict[str, Any]] = []
        self.unknown: set[str] = set()
        super().__init__(folder)

    def data(self, request: Request) -> Reply:
        if request.target != "/api/v2/query":
            return Reply({"error": "Not found"}, 404)
        query = json.loads(request.body)
        authorised = request.headers.get("authorization") == f"Bearer {TOKEN}" and self.knows
        if not authorised or query["site_id"] != self.SITE or not self.shows:
            return Reply({"error": self.NO_KEY}, 401)
        self.queries.append(query)
        dimensions = query.get("dimensions", [])
        for name in (*dimensions, *query["metrics"]):
            if name in self.unknown:
                return Reply({"error": f"Invalid dimensions {dimensions}"}, 400)
        rows = [{"metrics": [self.totals()[one] for one in query["metrics"]], "dimensions": []}]
        if dimensions:
            rows = [
                {"metrics": [value], "dimensions": [name]}
                for name, value in self.rows(dimensions[0], query.get("filters", []))
            ]
        limit = query.get("pagination", {}).get("limit", 10_000)
        meta = {"total_rows": len(rows)} if query.get("include", {}).get("total_rows") else {}
        return Reply({"results": rows[:limit], "meta": meta, "query": query})

    def totals(self) -> dict[str, Any]:
        one = self.traffic
        return {
            "visitors": one.visitors,
            "visits": one.visits,
            "pageviews": one.page_views,
            "bounce_rate": round(100 * one.bounced / max(one.visits, 1)),
            "visit_duration": round(one.seconds / max(one.visits, 1)) if one.visits else None,
        }

    def rows(self, dimension: str, filters: list[Any]) -> Iterator[tuple[str, int]]:
        devices = dict(self.traffic.devices)
        laptops = {"Laptop": 60} if devices else {}
        found: dict[str, Mapping[str, int]] = {
            "visit:channel": self.traffic.channels,
            "visit:device": {
                "Desktop" if name == "desktop" else name.title(): value - (60 * (name == "desktop"))
                for name, value in devices.items()
            }
            | laptops,
            "event:page": self.traffic.pages,
            "visit:utm_content": self.traffic.contents,
        }
        for name, value in found[dimension].items():
            if all(re.search(one[2][0], name) for one in filters):
                yield name, value


STUBS: Mapping[str, type[Stub]] = {
    one.platform: one for one in (Analytics4Stub, MatomoStub, PlausibleStub)
}

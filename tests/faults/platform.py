"""What tests hold in their hands of the fake platforms: faults to order, and what became public."""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import requests

from sgcomms import workspace
from sgcomms.models import Account
from sgcomms.workspace import Workspace
from tests.faults.canaries import INSTAGRAM, PAGE, SECRETS
from tests.faults.rules import ACCEPTED, LOST

ROOT = Path(__file__).parents[2]
ACCOUNTS = ("x", "facebook", "instagram")
Rule = str | Mapping[str, Any]


@cache
def _fresh() -> Path:
    """Return a workspace fresh from `sgcomms init`, laid out once; nobody changes it."""
    folder = Path(tempfile.mkdtemp(prefix="sgcomms-"))
    atexit.register(shutil.rmtree, folder)
    for _ in workspace.init(folder / "board"):
        pass
    return folder / "board"


class FaultPlatform:
    """X, a Facebook Page and Instagram in a process of their own, on loopback."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        ports = json.loads(process.stdout.readline())
        self.process = process
        self.base_url = f"http://127.0.0.1:{ports['port']}"
        self.media_url = f"{self.base_url}/media/"
        self.elsewhere_url = f"http://127.0.0.1:{ports['elsewhere']}"
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        """End the process."""
        self._session.close()
        self.process.kill()
        self.process.communicate()

    def reset(self) -> None:
        """Forget everything but the clock: posts, requests, faults, settings."""
        self._order("reset", {})

    def set_faults(self, *rules: Rule, **about: Any) -> None:
        """Order faults; they replace those that were ordered before.

        A name is the fault of one public request, the next that no name before it took; "none" lets
        one pass. A mapping is a rule as `tests.faults.rules` says it. `about` (protocol, request,
        path, code) is added to every rule.
        """
        whole = [{"fault": one, "times": 1} if isinstance(one, str) else dict(one) for one in rules]
        self._order("faults", {"rules": [{**about, **one} for one in whole]})

    def set_mix(self, seed: int, mix: Mapping[str, float], **about: Any) -> None:
        """Let public requests meet faults by chance: a delivery's nth always meets the same."""
        self.set_faults({"mix": dict(mix), "seed": seed}, **about)

    def settings(self, **given: Any) -> None:
        """Change settings (see `tests.faults.state.SETTINGS`)."""
        self._order("settings", given)

    def set_clock(self, now: datetime) -> None:
        """Let the platforms' clock show `now`, and go on from there."""
        self._order("clock", {"now": now.isoformat()})

    def set_latency(self, milliseconds: float) -> None:
        """Let every answer take this long."""
        self._order("latency_ms", {"latency_ms": milliseconds})

    def expire_container(self, number: str) -> None:
        """Let an Instagram container be older than it may be."""
        self._order("containers", {"id": number, "expired": True})

    def public(self, platform: str | None = None) -> list[dict[str, Any]]:
        """Return every post that ever became public, in order, removed or not."""
        posts: list[dict[str, Any]] = self._report("ledger")["public"]
        return [one for one in posts if platform in (None, one["platform"])]

    def keys(self) -> Counter[str]:
        """Return how often each delivery became public, by `tag` (see `Deliveries`)."""
        by_key: Mapping[str, Sequence[str]] = self._report("ledger")["by_key"]
        return Counter({key: len(numbers) for key, numbers in by_key.items()})

    def duplicates(self) -> dict[str, int]:
        """Return the deliveries that became public more than once: there must be none."""
        return {key: count for key, count in self.keys().items() if count > 1}

    def requests(self, request: str | None = None) -> list[dict[str, Any]]:
        """Return every request that arrived, in order, or those of one kind ("public", …)."""
        seen: list[dict[str, Any]] = self._report("requests")["requests"]
        return [one for one in seen if request in (None, one["request"])]

    def elsewhere(self) -> list[dict[str, Any]]:
        """Return the requests that reached the other host, to which redirects point."""
        found: list[dict[str, Any]] = self._report("elsewhere")["requests"]
        return found

    def breaches(self) -> list[dict[str, Any]]:
        """Return the public requests for a delivery after one whose outcome nobody could know.

        There must be none, even where nothing came of the first: its sender could not tell.
        """
        unknown: set[tuple[str, str]] = set()
        found = []
        for one in self.requests("public"):
            key = (one["protocol"], one["key"])
            if key in unknown:
                found.append(one)
            if one["fault"] in LOST or (one["fault"] in ACCEPTED and one["made_public"]):
                unknown.add(key)
        return found

    def account(self, platform: str) -> Account:
        """Return the live account of a platform, as a board's config would."""
        return Account(
            platform,
            platform,
            "live",
            "cpsafeguardingboard" if platform == "instagram" else "cplscb",
            page_id=PAGE["id"] if platform == "facebook" else None,
            ig_user_id=INSTAGRAM["id"] if platform == "instagram" else None,
            api_base=self.base_url,
        )

    def workspace(
        self,
        folder: Path,
        *,
        posts: int = 1,
        start: str = "2026-11-22 10:00",
        accounts: Sequence[str] = ACCOUNTS,
        picture: bool = True,
        approval: str = "none",
        late_after: str = "2h",
    ) -> Workspace:
        """Write a workspace whose live accounts are here, with one campaign of `posts` posts.

        Every post goes to each of `accounts`, so that there are `posts` times as many deliveries;
        all are at `start` (the board's wall clock). Instagram needs the picture. The fitted files
        go into the folder `public`, which is what `media_base_url` shows.
        """
        shutil.copytree(_fresh(), folder, dirs_exist_ok=True)
        for path in (folder / "campaigns").glob("*.yaml"):
            path.unlink()
        (folder / "config" / "feedback.yaml").unlink()  # it names a website of the example board
        (folder / "public").mkdir()
        self.settings(media_folder=str(folder / "public"))
        (folder / "config" / "board.yaml").write_text(
            self._board(approval, late_after), encoding="utf-8"
        )
        lines = [
            line
            for account, names in SECRETS.items()
            for line in (f"{account}:", *(f"  {name}: {value}" for name, value in names.items()))
        ]
        secrets = folder / "secrets.yaml"
        secrets.write_text("\n".join([*lines, ""]), encoding="utf-8")
        secrets.chmod(0o600)
        campaign = _campaign(range(posts), start, accounts, picture=picture)
        (folder / "campaigns" / "faults.yaml").write_text(campaign, encoding="utf-8")
        return Workspace(folder)

    def _board(self, approval: str, late_after: str) -> str:
        return f"""\
board:
  name: A Safeguarding Children Partnership Board
  short: SCPB
  timezone: Europe/London
  year_starts: 1 April
  url: https://board.example
people:
  comms.officer@board.example: {{role: officer}}
  head.of.service@board.example: {{role: approver}}
accounts:
  x: {{platform: x, handle: cplscb, api_base: "{self.base_url}"}}
  facebook:
    {{platform: facebook, handle: cplscb, page_id: "{PAGE["id"]}", api_base: "{self.base_url}"}}
  instagram:
    platform: instagram
    handle: cpsafeguardingboard
    ig_user_id: "{INSTAGRAM["id"]}"
    api_base: "{self.base_url}"
publishing:
  {{approval: {approval}, late_after: {late_after}, media_base_url: "{self.media_url}"}}
"""

    def _report(self, name: str) -> Any:
        answer = self._session.get(f"{self.base_url}/control/{name}", timeout=30)
        answer.raise_for_status()
        return answer.json()

    def _order(self, name: str, data: Mapping[str, Any]) -> None:
        answer = self._session.post(f"{self.base_url}/control/{name}", json=data, timeout=30)
        assert answer.status_code == 200, answer.text


def _campaign(numbers: Iterable[int], start: str, accounts: Sequence[str], *, picture: bool) -> str:
    lines = [
        "campaign: faults",
        "title: Posts under faults",
        "author: comms.officer@board.example",
        "planned_on: 2026-11-02",
        "audience: Nobody",
        "link: https://board.example/safer-sleeping",
        f"accounts: [{', '.join(accounts)}]",
        "posts:",
    ]
    for number in numbers:
        lines += [
            f"  - id: post-{number}",
            f"    at: {start}",
            f'    text: "These are the words of post {number}. {{link}}"',
        ]
        if picture:
            alt = f"A cot with a flat, firm mattress, seen for post {number}."
            lines.append(f'    media: [{{file: media/clear-cot.jpg, alt: "{alt}"}}]')
    return "\n".join([*lines, ""])


@contextmanager
def running() -> Iterator[FaultPlatform]:
    """Start the fake platforms, and end them afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.server"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    platform = FaultPlatform(process)
    try:
        yield platform
    finally:
        platform.close()

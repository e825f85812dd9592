"""The outbox: what would go to a platform, written to a folder by that platform's own rules.

`outbox/ACCOUNT/CAMPAIGN.POST[.N].json` holds exactly what would be sent, the `.html` beside it
shows how it would look. The page is written first and the JSON last, each in one step: a JSON that
is there is whole, and stands for a delivery that went out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from jinja2.sandbox import SandboxedEnvironment

from sgcomms import clock, files
from sgcomms.errors import UnavailableError
from sgcomms.media import Store
from sgcomms.models import Account, Content, Draft, Publication
from sgcomms.platforms.base import Limits, Platform, Publisher, Refusal
from sgcomms.platforms.text import characters


class Folder(Platform):
    """A plain folder as a platform of its own: takes any text and any pictures."""

    name: ClassVar[str] = "outbox"
    label: ClassVar[str] = "the outbox"
    limits: ClassVar[Limits] = Limits(
        text=100_000,
        unit="characters",
        count=characters,
        images=(0, 20),
        alt=None,
        source="this program",
    )

    def render(self, content: Content) -> Draft:
        """Return the post with its link in the text."""
        return self._draft(content, content.link, card=False)


@dataclass(frozen=True, slots=True)
class Places:
    """Where an outbox lies: its folder, the store of the pictures, the template of its pages."""

    outbox: Path
    store: Store
    template: str


class Outbox(Publisher):
    """Writes what another platform would be sent."""

    name: ClassVar[str] = "outbox"
    label: ClassVar[str] = "the outbox"
    idempotent: ClassVar[bool] = True

    def __init__(
        self, account: Account, secrets: Mapping[str, str], *, layout: Platform, places: Places
    ) -> None:
        super().__init__(account, secrets)
        self.layout = layout
        self.places = places

    def render(self, content: Content) -> Draft:
        """Return what the account's own platform would be sent."""
        return self.layout.render(content)

    def refusals(self, draft: Draft) -> Iterator[Refusal]:
        """Yield what the account's own platform would refuse."""
        return self.layout.refusals(draft)

    def publish(self, draft: Draft, *, key: str) -> Publication:
        """Write the page and then the JSON of the delivery `key`; what is there already stays.

        Raises UnavailableError when the folder cannot be written: nothing is left then that `find`
        would take for a delivery.
        """
        target = self._target(key)
        done = self._read(target)
        if done is not None:
            return done
        now = clock.now()
        limits = self.layout.limits
        record = {
            "delivery": key,
            "written_at": clock.stored(now),
            "handle": self.account.handle,
            **asdict(draft),
            "length": {
                "count": limits.count(draft.text),
                "limit": limits.text,
                "unit": limits.unit,
            },
        }
        try:
            files.write_whole(target.with_name(f"{target.name}.html"), self._page(draft, record))
            content = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
            files.write_whole(target.with_name(f"{target.name}.json"), content.encode())
        except OSError as error:
            reason = error.strerror or str(error)
            raise UnavailableError(f"the outbox could not be written: {reason}") from error
        return self._publication(target, now)

    def find(self, draft: Draft, *, key: str, since: datetime) -> Publication | None:
        """Return the delivery `key` if its JSON is there."""
        return self._read(self._target(key))

    def _target(self, key: str) -> Path:
        """Return the path of the delivery `CAMPAIGN/POST[.N]@ACCOUNT`, without an ending."""
        name, _, account = key.rpartition("@")
        return self.places.outbox / account / name.replace("/", ".")

    def _read(self, target: Path) -> Publication | None:
        path = target.with_name(f"{target.name}.json")
        if not path.exists():
            return None
        written_at = json.loads(path.read_text(encoding="utf-8"))["written_at"]
        return self._publication(target, clock.from_stored(written_at))

    def _publication(self, target: Path, at: datetime) -> Publication:
        shown = f"{self.places.outbox.name}/{target.parent.name}/{target.name}.html"
        return Publication(self.account.id, target.name, at, url=shown)

    def _page(self, draft: Draft, record: Mapping[str, object]) -> bytes:
        environment = SandboxedEnvironment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        depth = "../.."
        pictures = [
            {
                "src": f"{depth}/{self._stored(item.sha256, item.kind)}",
                "alt": item.alt,
            }
            for item in draft.media
        ]
        page = environment.from_string(self.places.template).render(
            platform=self.layout.label,
            handle=self.account.handle,
            text=draft.text,
            link=draft.link,
            pictures=pictures,
            delivery=record["delivery"],
            written_at=record["written_at"],
            length=record["length"],
        )
        return page.encode()

    def _stored(self, sha256: str, kind: str) -> str:
        path = self.places.store.path(sha256, kind)
        return path.relative_to(self.places.outbox.parent).as_posix()

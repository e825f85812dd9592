"""The outbox: what would go to a platform, written to a folder by that platform's own rules.

`outbox/ACCOUNT/CAMPAIGN.POST[.N].json` holds exactly what would be sent, the `.html` beside it
shows how it would look. The page is written first and the JSON last, each in one step: a JSON that
is there is whole, stands for a delivery that went out, and is never written again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from jinja2.sandbox import SandboxedEnvironment

from sgcomms import clock, files
from sgcomms.errors import UnavailableError, UncertainError
from sgcomms.media import Store
from sgcomms.models import Account, Content, Draft, DraftMedia, Publication
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

    def upload(self, draft: Draft) -> Draft:
        """Make sure that the store holds the pictures. Raises UnavailableError when one is not."""
        for item in draft.media:
            self._check_picture(item)
        return draft

    def publish(self, draft: Draft, *, key: str) -> Publication:
        """Write the page and then the JSON of the delivery `key`; what is there already stays.

        Raises UnavailableError when the folder cannot be written, or holds something else under
        this name, and UncertainError when nobody can tell what it holds.
        """
        target = self._target(key)
        done = self._read(target, key)
        if done is not None:
            return self._same(done, draft, target)
        record = self._record(draft, key)
        page = self._page(draft, record)
        content = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
        try:
            files.write_whole(_with(target, ".html"), page)
            files.write_new(_with(target, ".json"), content.encode())
        except OSError as error:
            done = self._read(target, key)  # another process may have been faster
            if done is None:
                reason = error.strerror or str(error)
                raise UnavailableError(f"the outbox could not be written: {reason}") from error
            return self._same(done, draft, target)
        return self._publication(target, record)

    def find(self, draft: Draft, *, key: str, since: datetime) -> Publication | None:
        """Return the delivery `key` if its JSON is there. Raises as `publish`."""
        target = self._target(key)
        done = self._read(target, key)
        return self._same(done, draft, target) if done is not None else None

    def _check_picture(self, item: DraftMedia) -> None:
        path = self.places.store.path(item.sha256, item.kind)
        try:
            with path.open("rb") as file:
                whole = hashlib.file_digest(file, "sha256").hexdigest() == item.sha256
        except OSError:
            whole = False
        if not whole:
            name = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
            raise UnavailableError(
                f"the picture {name} is missing or damaged: `sgcomms queue` copies it again"
            )

    def _record(self, draft: Draft, key: str) -> dict[str, Any]:
        """Return what the JSON holds."""
        limits = self.layout.limits
        count = limits.count(draft.text)
        return {
            "delivery": key,
            "written_at": clock.stored(clock.now()),
            "handle": self.account.handle,
            **_as_json(draft),
            "length": {"count": count, "limit": limits.text, "unit": limits.unit},
        }

    def _target(self, key: str) -> Path:
        """Return the path of the delivery `CAMPAIGN/POST[.N]@ACCOUNT`, without an ending."""
        name, _, account = key.rpartition("@")
        folder = self.places.outbox / files.portable(account)
        return folder / files.portable(name.replace("/", "."))

    def _read(self, target: Path, key: str) -> dict[str, Any] | None:
        """Return the JSON that is there, or None. Raises UncertainError when it makes no sense."""
        path = _with(target, ".json")
        try:
            record = json.loads(path.read_bytes())
            clock.from_stored(record["written_at"])
            ours = record["delivery"] == key
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            ours = False
        if not ours:
            raise UncertainError(
                f"{self._shown(target, '.json')} is there but is not what was written: whether "
                "the post went out, a person must say. Delete the file if it did not"
            )
        return dict(record)

    def _same(self, record: Mapping[str, Any], draft: Draft, target: Path) -> Publication:
        """Return the publication that `record` stands for, if it is one of `draft`."""
        wanted = _as_json(draft)
        if {name: record.get(name) for name in wanted} != wanted:
            raise UnavailableError(
                f"{self._shown(target, '.json')} holds other words that went out under this name: "
                "move it away if these are to go out too"
            )
        return self._publication(target, record)

    def _publication(self, target: Path, record: Mapping[str, Any]) -> Publication:
        at = clock.from_stored(record["written_at"])
        return Publication(self.account.id, target.name, at, url=self._shown(target, ".html"))

    def _shown(self, target: Path, ending: str) -> str:
        return f"{self.places.outbox.name}/{target.parent.name}/{target.name}{ending}"

    def _page(self, draft: Draft, record: Mapping[str, Any]) -> bytes:
        """Return the page. Raises UnavailableError when the template cannot be filled in."""
        environment = SandboxedEnvironment(
            autoescape=True, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
        )
        pictures = [{"src": self._source(item), "alt": item.alt} for item in draft.media]
        try:
            words = environment.from_string(self.places.template).render(
                platform=self.layout.label,
                handle=self.account.handle,
                text=draft.text,
                link=draft.link,
                links_work=self.layout.links_work,
                pictures=pictures,
                delivery=record["delivery"],
                written_at=record["written_at"],
                length=record["length"],
            )
            return words.encode()
        except Exception as error:  # a template is a program: the board's own may fail in any way
            raise UnavailableError(
                f"templates/preview/post.html cannot be filled in: {error}"
            ) from error

    def _source(self, item: DraftMedia) -> str:
        """Return where a page finds a picture in the store."""
        path = self.places.store.path(item.sha256, item.kind)
        return f"../../{path.relative_to(self.places.outbox.parent).as_posix()}"


def _as_json(draft: Draft) -> dict[str, Any]:
    """Return `draft` as it comes back from JSON; nothing is ever prepared for a folder."""
    values: dict[str, Any] = json.loads(json.dumps(asdict(draft)))
    del values["prepared"]
    return values


def _with(target: Path, ending: str) -> Path:
    return target.with_name(target.name + ending)

"""By hand: what an officer needs to post a delivery herself, laid ready in a folder.

`by_hand/ACCOUNT/CAMPAIGN.POST[.N]/` holds `text.txt`, and for each picture or video the file as its
platform takes it and a text file with its alt text.
"""

from __future__ import annotations

import re
from pathlib import Path

from sgcomms import files
from sgcomms.errors import NotReadyError
from sgcomms.media import MediaError, Store
from sgcomms.models import Account, Draft, DraftMedia
from sgcomms.platforms.base import Handing

_OURS = re.compile(r"[0-9]+\.(alt\.txt|[a-z0-9]+)")
"""How the files are called that are laid beside the text."""


class ByHand(Handing):
    """One account whose posts an officer makes herself."""

    def __init__(self, account: Account, folder: Path, store: Store) -> None:
        self.account = account
        self.folder = folder
        self.store = store

    def hand(self, draft: Draft, *, key: str) -> None:
        """Lay text, alt texts and files ready; a second time changes nothing.

        What lay there of an older draft is taken away, so that nobody posts it.
        Raises NotReadyError when a file is missing or the folder cannot be written.
        """
        target = self.place(key)
        laid = [target / "text.txt"]
        try:
            for path, item in self.attachments(draft, key):
                self.store.copy(item.sha256, item.kind, path)
                laid.append(path)
                if item.alt:
                    laid.append(path.with_suffix(".alt.txt"))
                    files.write_whole(laid[-1], f"{item.alt}\n".encode())
            files.write_whole(laid[0], f"{draft.text}\n".encode())
            for path in set(target.iterdir()) - set(laid):
                if _OURS.fullmatch(path.name):
                    path.unlink()
        except MediaError as error:
            raise NotReadyError(f"{error}: `sgcomms queue` copies it again") from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise NotReadyError(f"{self.folder.name}/ could not be written: {reason}") from error

    def place(self, key: str) -> Path:
        """Return the folder of the delivery `key`."""
        name, _, account = key.rpartition("@")
        return self.folder / files.portable(account) / files.portable(name.replace("/", "."))

    def attachments(self, draft: Draft, key: str) -> list[tuple[Path, DraftMedia]]:
        """Return where each file of a delivery is laid, in order."""
        place = self.place(key)
        return [
            (place / self.store.path(item.sha256, item.kind).with_stem(f"{number}").name, item)
            for number, item in enumerate(draft.media, start=1)
        ]

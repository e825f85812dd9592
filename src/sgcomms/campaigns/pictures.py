"""The pictures and videos that campaign files name: each looked at once."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from pathlib import Path

from sgcomms import media
from sgcomms.yamlfile import suggestion, why_not

FOLDER = "media"
ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".mp4", ".mov")
STAND_IN = "\0"
"""Stands for a picture that cannot be used, in a campaign that is only looked at for mistakes."""


def _stem(name: str) -> str:
    return Path(name).stem


class RefusedError(Exception):
    """A picture that cannot be used: the rule that says so, and the words."""

    def __init__(self, rule: str, message: str) -> None:
        self.rule = rule
        self.message = message
        super().__init__(message)


class Pictures:
    """The pictures below `folder`, the folder of the campaign file, by the names it gives them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        stand_in = media.Picture(
            "0" * 64, "JPEG", 1080, 1080, 1
        )  # a size that every platform takes
        self._seen: dict[str, media.Picture | RefusedError] = {STAND_IN: stand_in}

    def look(self, name: str) -> media.Picture:
        """Return what the picture `name` is. Raises RefusedError."""
        if name not in self._seen:
            try:
                self._seen[name] = self._look(name)
            except RefusedError as error:
                self._seen[name] = error
        seen = self._seen[name]
        if isinstance(seen, RefusedError):
            raise seen
        return seen

    def _look(self, name: str) -> media.Picture:
        if re.match(r"(?:https?:)?//", name):
            message = f"{name!r} is a web address; save the picture in campaigns/{FOLDER}"
            raise RefusedError("media-missing", message)
        if "\\" in name:
            message = f"{name!r} holds a backslash; write {name.replace(chr(92), '/')!r}"
            raise RefusedError("media-missing", message)
        if not self._is_inside(name):
            message = (
                f"{name!r} lies outside the campaigns folder; copy the picture to campaigns/"
                f"{FOLDER} and write {f'{FOLDER}/{Path(name).name}'!r}"
            )
            raise RefusedError("media-outside", message)
        try:
            return media.look(self.folder / name)
        except media.TracesError as error:
            raise RefusedError("media-traces", f"{name!r} {error}") from None
        except media.MediaError as error:
            raise RefusedError("media-not-image", f"{name!r} {error}") from None
        except OSError as error:
            raise RefusedError("media-missing", self._why_missing(name, error)) from None

    def _is_inside(self, name: str) -> bool:
        """Tell whether `name` lies in the folder, wherever its links and dots lead."""
        try:
            path = os.path.realpath(self.folder / name)
        except ValueError:  # a character that no path has
            return False
        return Path(path).is_relative_to(os.path.realpath(self.folder))

    def _why_missing(self, name: str, error: OSError) -> str:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
            return f"{name!r}: {why_not(error)}"
        return f"{name!r} is not in the campaigns folder{suggestion(name, self._near(name), _stem)}"

    def _near(self, name: str) -> list[str]:
        """Return the pictures that may have been meant, as a campaign file names them."""
        found: set[str] = set()
        for folder in (self.folder, self.folder / FOLDER, (self.folder / name).parent):
            with contextlib.suppress(OSError):
                found |= {
                    path.relative_to(self.folder).as_posix()
                    for path in folder.iterdir()
                    if path.suffix.lower() in ENDINGS
                }
        return sorted(found)

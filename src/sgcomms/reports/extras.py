"""Libraries that an extra of this package brings, imported only where they are used."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from sgcomms.errors import UsageError


class ExtraMissingError(UsageError):
    """A document needs a library that is not installed; the message says what to install."""


def extra(module: str, name: str, for_what: str) -> ModuleType:
    """Return `module`, which the extra `name` brings.

    Raises ExtraMissingError, with what `for_what` needs, where it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ExtraMissingError(
            f"{for_what}: what makes it is not installed ({error.name or module}); say "
            f'pip install "sgcomms[{name}]"'
        ) from error

"""Importing while other threads work: one at a time.

Python locks each module for itself. A thread that imports `a.b` and one that imports `a`, which
itself imports `a.b`, can wait for each other: then one of them gets an error in place of the module
(https://github.com/python/cpython/issues/83065), in the middle of whatever it was doing. Accounts
are worked on side by side, and so are the jobs of the service: what is imported only when it is
needed is imported in here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_TURN = threading.RLock()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Import inside this, where another thread may be importing too."""
    with _TURN:
        yield

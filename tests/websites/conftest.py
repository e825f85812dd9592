"""The stubs as fixtures, and no waiting between tries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.websites.stubs import Analytics4Stub, MatomoStub, PlausibleStub, Stub


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sgcomms.http.WAITS", (0.0, 0.0))


@contextmanager
def running(stub: Stub) -> Iterator[None]:
    """Stop a stub's server when the test is over."""
    try:
        yield
    finally:
        stub.server.stop()


@pytest.fixture
def ga4(tmp_path: Path) -> Iterator[Analytics4Stub]:
    """Google on this machine."""
    stub = Analytics4Stub(tmp_path)
    with running(stub):
        yield stub


@pytest.fixture
def matomo(tmp_path: Path) -> Iterator[MatomoStub]:
    """Matomo on this machine."""
    stub = MatomoStub(tmp_path)
    with running(stub):
        yield stub


@pytest.fixture
def plausible(tmp_path: Path) -> Iterator[PlausibleStub]:
    """Plausible on this machine."""
    stub = PlausibleStub(tmp_path)
    with running(stub):
        yield stub

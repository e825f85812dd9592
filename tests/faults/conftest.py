"""The fake platforms: one process for all tests of a session, emptied for each of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sgcomms import clock
from sgcomms.platforms.graph import api
from tests.faults import platform


@pytest.fixture(scope="session")
def faulty_process() -> Iterator[platform.FaultPlatform]:
    """The process, started once."""
    with platform.running() as found:
        yield found


@pytest.fixture
def faulty(faulty_process: platform.FaultPlatform, at: object) -> platform.FaultPlatform:
    """X, a Facebook Page and Instagram, empty, without faults, at the time of the test."""
    api.WAITS.clear()  # this process has waited for nobody yet
    faulty_process.reset()
    faulty_process.set_clock(clock.now())
    return faulty_process

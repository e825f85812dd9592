"""What every tool that measures a website is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import date
from typing import ClassVar

from sgcomms.metering import Meter
from sgcomms.models import Reading, Website


class Tool(ABC):
    """One tool, for one website. Every method counts its requests on the meter."""

    name: ClassVar[str]
    label: ClassVar[str]

    hosts: ClassVar[tuple[str, ...]] = ()
    """The tool's own hosts that tokens are sent to."""

    secret_names: ClassVar[tuple[str, ...]] = ()
    """The secrets without which nothing can be read."""

    def __init__(self, website: Website, secrets: Mapping[str, str]) -> None:
        self.website = website
        self.secrets = secrets

    @abstractmethod
    def verify(self, meter: Meter) -> str:
        """Return what the token lets us see, in words for a person. Raises a PlatformError."""

    @abstractmethod
    def readings(self, first: date, last: date, meter: Meter) -> Iterator[Reading]:
        """Yield every figure of the period, both days included, asked for as one period.

        What the tool cannot give is a reading without a value, with the reason. Definitions, the
        website's time zone and marks of quality are kept in the meter's facts. Raises a
        PlatformError, and BudgetSpentError.
        """

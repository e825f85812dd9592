"""The header of an export file: where each column stands, worked out once for all rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sgcomms.importers.values import count, is_blank, shown

Place = tuple[str, int]
"""A metric and the position of the column that holds it."""


def normal(name: str) -> str:
    """Return a column name as it is compared: without case, and blanks that do not matter."""
    return " ".join(name.split()).lower()


class Columns:
    """Finds columns by name. `aliases` gives the names that other years used for the same column.

    A name may stand twice in one header, so each has a list of positions.
    """

    def __init__(self, header: Sequence[str], aliases: Mapping[str, tuple[str, ...]]) -> None:
        self.header = tuple(header)
        self._aliases = aliases
        self._positions: dict[str, list[int]] = {}
        for position, name in enumerate(header):
            self._positions.setdefault(normal(name), []).append(position)
        self._twins = {
            found[0]: tuple(found[1:])
            for name, found in self._positions.items()
            if name and len(found) > 1
        }

    def positions(self, name: str) -> list[int]:
        """Return where the column `name` stands, or one of its aliases; nothing if nowhere."""
        for known in (name, *self._aliases.get(name, ())):
            if found := self._positions.get(normal(known)):
                return found
        return []

    def at(self, name: str) -> int:
        """Return the first position of a column that is known to be there."""
        return self.positions(name)[0]

    def missing(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of `names` that the header does not hold."""
        return tuple(name for name in names if not self.positions(name))

    def places(self, natives: Mapping[str, str]) -> tuple[Place, ...]:
        """Return where those metrics of `natives` stand that the header has a column for."""
        found = ((metric, self.positions(name)) for metric, name in natives.items())
        return tuple((metric, positions[0]) for metric, positions in found if positions)

    def twins(self, at: int) -> tuple[int, ...]:
        """Return where else a column stands of the name of that at `at`, the first of them."""
        return self._twins.get(at, ())

    def others(self, used: Iterable[int]) -> list[str]:
        """Return the names of the columns that are not at the positions `used`."""
        taken = set(used)
        return [name for at, name in enumerate(self.header) if at not in taken and name.strip()]

    def fitted(self, cells: list[str], *, pad: bool) -> list[str]:
        """Return a row with a cell for each column. `pad` adds blank ones where it is short.

        Raises ValueError when it is longer than the header, or short and not to be padded: then
        the row was cut off, and its last number may be half a number.
        """
        width = len(self.header)
        if any(cells[width:]):
            raise ValueError(
                f"this row has {len(cells)} cells, the header {width}: the file is damaged; "
                "download it again, and upload it without opening it first"
            )
        if len(cells) < width and not pad:
            raise ValueError(
                f"this row has only {len(cells)} of {width} cells: the file is damaged or was cut "
                "off; download it again"
            )
        return cells[:width] + [""] * (width - len(cells))

    def counts(self, cells: Sequence[str], places: Iterable[Place]) -> dict[str, float | None]:
        """Return the counts in `cells` by metric. Raises ValueError that names the column, also
        where it stands twice and the two differ.
        """
        found: dict[str, float | None] = {}
        at = 0
        read = self._agreed if self._twins else None
        try:
            for metric, at in places:
                found[metric] = count(cells[at] if read is None else read(cells, at))
        except ValueError as error:
            raise ValueError(f"{self.header[at].strip()}: {error}") from None
        return found

    def cell(self, cells: Sequence[str], at: int) -> str:
        """Return the cell of a column; where it stands twice, what the two say.

        Meta's exports of 2025 have some columns twice, with the same figures. Raises ValueError
        that names the column where they differ: nothing tells which of them counts.
        """
        try:
            return self._agreed(cells, at)
        except ValueError as error:
            raise ValueError(f"{self.header[at].strip()}: {error}") from None

    def _agreed(self, cells: Sequence[str], at: int) -> str:
        said = cells[at]
        for again in self.twins(at):
            other = cells[again]
            if is_blank(said):
                said = other
            elif not is_blank(other) and not _same(said, other):
                raise ValueError(
                    f"the two columns of that name differ ({shown(said.strip())} and "
                    f"{shown(other.strip())}): upload the original download, or export again"
                )
        return said


def _same(said: str, other: str) -> bool:
    """Tell whether two cells state the same: `1,234` is `1234.0`."""
    try:
        return said.strip() == other.strip() or count(said) == count(other)
    except ValueError:
        return False

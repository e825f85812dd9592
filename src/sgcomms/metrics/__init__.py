"""What can be counted, by whom under which name, and what must be kept apart. Data, no I/O.

`registry` has the metrics, `natives` the platforms' and tools' own names of them with the dates on
which they are valid, `breaks` the days on which a definition changed, `apart` what must not be
added or compared.
"""

from sgcomms.metrics.apart import APART, COUNTED, Apart, counted
from sgcomms.metrics.breaks import BREAKS, Break, breaks_between
from sgcomms.metrics.natives import NATIVES, Native, natives, offered
from sgcomms.metrics.registry import METRICS, Combine, Metric, Scope, Stage, board_metric

__all__ = [
    "APART",
    "BREAKS",
    "COUNTED",
    "METRICS",
    "NATIVES",
    "Apart",
    "Break",
    "Combine",
    "Metric",
    "Native",
    "Scope",
    "Stage",
    "board_metric",
    "breaks_between",
    "counted",
    "natives",
    "offered",
]

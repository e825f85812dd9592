"""`config/board.yaml`, `calendar.yaml`, `contacts.yaml`, `feedback.yaml` -> Board, with problems.

`shapes` says what each may hold, `findings` what several values together show, `loading` puts them
together; `calendar` knows the periods in which the board keeps quiet.
"""

from sgcomms.config.board import Board, Mail, Reports, Role
from sgcomms.config.calendar import Calendar, Closed
from sgcomms.config.findings import RESERVED_IDS
from sgcomms.config.loading import CONFIG_FILES, load_board

__all__ = [
    "CONFIG_FILES",
    "RESERVED_IDS",
    "Board",
    "Calendar",
    "Closed",
    "Mail",
    "Reports",
    "Role",
    "load_board",
]

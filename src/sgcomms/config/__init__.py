"""`config/board.yaml`, `contacts.yaml` and `feedback.yaml` -> Board, with problems.

`shapes` says what each may hold, `findings` what several values together show, `loading` puts them
together.
"""

from sgcomms.config.board import Board, Mail, Role
from sgcomms.config.findings import RESERVED_IDS
from sgcomms.config.loading import CONFIG_FILES, load_board

__all__ = ["CONFIG_FILES", "RESERVED_IDS", "Board", "Mail", "Role", "load_board"]

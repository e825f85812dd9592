"""What figures a person has to fetch by hand, from which screen, and until when. Pure.

`screens` is the table of where each figure comes from and how long it can be had, `model` what is
stored and what is owed, `owing` goes from the one to the other.
"""

from sgcomms.due.model import Due, Stored, Taken, words
from sgcomms.due.owing import due
from sgcomms.due.screens import CLICKS, SCREENS, Screen

__all__ = ["CLICKS", "SCREENS", "Due", "Screen", "Stored", "Taken", "due", "words"]

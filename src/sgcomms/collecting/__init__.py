"""Accounts, websites and files -> readings.

files       an export file, or figures recorded by hand: all of it or nothing
remarks     what is still to be said about such a file
runs        what is due of accounts and websites, asked of their APIs and stored
cadence     what is due
gathering   what one account or website has to say now
matching    which of the posts found are ours
comments    who is told of new comments
"""

from sgcomms.collecting.files import Imported, ReadOnNeededError, import_file, record
from sgcomms.collecting.model import Access, Collected, Request
from sgcomms.collecting.runs import collect

__all__ = [
    "Access",
    "Collected",
    "Imported",
    "ReadOnNeededError",
    "Request",
    "collect",
    "import_file",
    "record",
]

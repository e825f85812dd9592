"""What happened, as `log` and `audit` print it: plain values, and CSV, JSON and HTML made of them.

Persons can be replaced by stand-ins; what is public, such as the words of a post, stays exact.
"""

from sgcomms.trail.finding import image_hash, mentions, says, shows
from sgcomms.trail.forms import (
    csv_of_entries,
    csv_of_records,
    html_of,
    json_of,
    plain,
    write_file,
)
from sgcomms.trail.people import People
from sgcomms.trail.proof import Verdict, verify
from sgcomms.trail.values import Values, entry_values, record_values

__all__ = [
    "People",
    "Values",
    "Verdict",
    "csv_of_entries",
    "csv_of_records",
    "entry_values",
    "html_of",
    "image_hash",
    "json_of",
    "mentions",
    "plain",
    "record_values",
    "says",
    "shows",
    "verify",
    "write_file",
]

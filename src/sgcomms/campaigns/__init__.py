"""`campaigns/*.yaml` -> campaigns, with every problem at file:line:column.

`shapes` says what a file may hold, `words` reads the placeholders of a text, `loading` puts both
together.
"""

from sgcomms.campaigns.loading import Loaded, load
from sgcomms.campaigns.shapes import json_schema
from sgcomms.campaigns.words import fill, placeholders

__all__ = ["Loaded", "fill", "json_schema", "load", "placeholders"]

"""`campaigns/*.yaml` -> campaigns, with every problem at file:line:column.

`files` finds them, `shapes` says what each may hold, `words` reads the placeholders of a text,
`pictures` looks at the images, `salvage` makes the best of a file with mistakes, `building` makes
campaigns, `loading` puts it together.
"""

from sgcomms.campaigns.loading import Loaded, load
from sgcomms.campaigns.shapes import json_schema
from sgcomms.campaigns.words import fill, placeholders

__all__ = ["Loaded", "fill", "json_schema", "load", "placeholders"]

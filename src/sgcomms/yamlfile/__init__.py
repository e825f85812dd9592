"""YAML with positions: bytes -> plain data, with every problem named by line and column. Pure.

`reader` turns text into data without YAML 1.1's surprises; `mending` finds the line that a person
meant, so that reading can go on and every mistake is shown at once; `shape` holds data against a
pydantic model and says what is wrong in the officer's words.
"""

from sgcomms.yamlfile.reader import Document, Spot, read
from sgcomms.yamlfile.shape import Day, Id, Shape, Words, fit, suggestion

__all__ = ["Day", "Document", "Id", "Shape", "Spot", "Words", "fit", "read", "suggestion"]

"""The proof-reader: every number in a finished document held against the database.

A document is read into passages (`reading`); in each the numbers are found, and what is no figure
is left out (`spotting`, `leaving`); the words around a number say what it counts (`wording`); then
it is judged against the figures (`judging`), sums that may not be made (`sums`), shares (`shares`),
other places of the document (`echoes`), and our own documents as they would be printed today
(`own`, `ours`).

Nothing is changed: neither the document nor the database.
"""

from sgcomms.reports.proof.model import VERDICTS, Finding, Proof, Verdict
from sgcomms.reports.proof.proofing import Reader, proof
from sgcomms.reports.proof.reading import read
from sgcomms.reports.proof.year import year_of

__all__ = ["VERDICTS", "Finding", "Proof", "Reader", "Verdict", "proof", "read", "year_of"]

"""The tables, as migrations: one module a step, imported in their order.

A step is never edited after a release: a change is a new step.
"""

from __future__ import annotations

from sgcomms.db.schema.m001_queue import m001_queue
from sgcomms.db.schema.m002_readings import m002_readings
from sgcomms.db.schema.m003_decisions import m003_decisions
from sgcomms.db.schema.m004_guards import m004_guards
from sgcomms.db.schema.m005_assignments import m005_assignments
from sgcomms.db.schema.m006_collecting import m006_collecting
from sgcomms.db.schema.m007_voids import m007_voids
from sgcomms.db.schema.m008_sendings import m008_sendings
from sgcomms.db.schema.m009_yeses import m009_yeses
from sgcomms.db.schema.steps import migrations

__all__ = ["STEPS", "migrations"]

STEPS = frozenset(
    step.__name__
    for step in (
        m001_queue,
        m002_readings,
        m003_decisions,
        m004_guards,
        m005_assignments,
        m006_collecting,
        m007_voids,
        m008_sendings,
        m009_yeses,
    )
)
"""The names of all steps that this version knows."""

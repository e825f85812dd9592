"""The six stages by which campaigns are evaluated, in their order, and what people wrote of each.

Source: the Evaluation Cycle of the Government Communication Service
(https://gcs.civilservice.gov.uk/publications/gcs-evaluation-cycle/).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sgcomms.models import Campaign
from sgcomms.reports.model import Sentence
from sgcomms.reports.phrases import misnamed

TITLES = {
    "inputs": "Inputs",
    "outputs": "Outputs",
    "outtakes": "Out-takes",
    "outcomes": "Outcomes",
    "impact": "Impact",
    "learning": "Learning and innovation",
}
"""The heading of each stage, by its key under `evaluation:` in a campaign's file."""

NOT_MEASURED = "Outcome not measured"


def written(campaign: Campaign | None, stage: str) -> str | None:
    """Return what a person wrote of a stage, as a sentence with her name; None for nothing."""
    found = campaign.evaluation if campaign is not None else None
    if found is None or stage not in found.words:
        return None
    text = " ".join(found.words[stage].split()).rstrip(".")
    return f"{text} (written by {found.by})."


def sentences(campaign: Campaign | None, stage: str) -> tuple[Sentence, ...]:
    """Return what a person wrote of a stage, if anything."""
    text = written(campaign, stage)
    return (Sentence(text),) if text is not None else ()


def doubts(campaign: Campaign | None, stages: Collection[str] = TITLES) -> Iterator[str]:
    """Yield a line for each of `stages` whose words call figures by a name they do not bear."""
    for stage, title in TITLES.items():
        if stage not in stages:
            continue
        kinds = misnamed(written(campaign, stage) or "")
        if kinds:
            named = " and ".join(f'"{kind}"' for kind in kinds)
            yield (
                f"{title}: the words there are their author's. They speak of {named}, which no "
                "figure of this program counts."
            )

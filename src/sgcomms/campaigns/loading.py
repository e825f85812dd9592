"""Campaign files -> campaigns. A file with mistakes is read on, so that all of them are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sgcomms.campaigns import building, files
from sgcomms.campaigns.files import shown
from sgcomms.campaigns.pictures import Pictures
from sgcomms.campaigns.salvage import NO_ID, Salvaged, salvage
from sgcomms.campaigns.shapes import PROSE, CampaignShape, Context
from sgcomms.config import RESERVED_IDS, Board
from sgcomms.errors import Problem
from sgcomms.models import Campaign
from sgcomms.yamlfile import Document, fit_with_routes, read_file

__all__ = ["Loaded", "load", "shown"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """Every campaign, every problem in the files, and the names of the files that were read.

    With problems the campaigns are what could be saved of them: good for looking for further
    mistakes, not for planning.
    """

    campaigns: tuple[Campaign, ...]
    problems: tuple[Problem, ...]
    files: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids that figures may belong to; a campaign whose id is missing has none."""
        return tuple(one.id for one in self.campaigns if one.id != NO_ID)


def load(root: Path, board: Board | None, extra: Sequence[Path] = ()) -> Loaded:
    """Return the campaigns of the workspace `root`, and of the files `extra` after them.

    Without a board there are no campaigns, only the problems that can be seen without one. Nothing
    is raised for what stands in the files.
    """
    paths, problems = files.find(root, extra)
    campaigns: list[Campaign] = []
    with_id: list[Campaign] = []
    names = [shown(path, root) for path in paths]
    for path, name in zip(paths, names, strict=True):
        campaign, found, has_id = _load_file(path, name, board)
        problems += found
        if campaign is not None and board is not None:
            problems += _id_clashes(campaign, with_id, board) if has_id else ()
            with_id += [campaign] if has_id else []
            campaigns.append(campaign)
    return Loaded(tuple(campaigns), tuple(sorted(problems)), tuple(names))


def _load_file(
    path: Path, name: str, board: Board | None
) -> tuple[Campaign | None, list[Problem], bool]:
    """Return the campaign of a file, its problems, and whether it has an id of its own."""
    document, problems = read_file(path, name, PROSE)
    if document is None:
        return None, problems, False
    context = Context(board, Pictures(path.parent))
    shape, misfits = fit_with_routes(document, CampaignShape, context)
    problems += [problem for _, problem in misfits]
    problems += _duplicate_posts(document)
    found: Salvaged | None = None
    if shape is not None and not document.doubtful:
        found = Salvaged(shape, range(len(shape.posts)))
    elif board is not None:
        wrong = [*(route for route, _ in misfits), *document.doubtful]
        found = salvage(document, wrong, context)
    if found is None or board is None:
        return None, problems, False
    campaign, more = building.build(document, found, context, board)
    return campaign, [*problems, *more], not found.has_gap(None, "campaign")


def _duplicate_posts(document: Document) -> Iterator[Problem]:
    posts = document.data.get("posts") if isinstance(document.data, dict) else None
    seen: dict[str, int] = {}
    for number, post in enumerate(posts if isinstance(posts, list) else ()):
        name = post.get("id") if isinstance(post, dict) else None
        if isinstance(name, bool) or not isinstance(name, str | int):
            continue
        if str(name) in seen:
            line = document.spot(("posts", seen[str(name)], "id")).line
            message = f"the post {str(name)!r} stands at line {line} already; choose another id"
            yield document.problem(("posts", number, "id"), "duplicate-id", message)
        seen.setdefault(str(name), number)


def _id_clashes(campaign: Campaign, others: Sequence[Campaign], board: Board) -> Iterator[Problem]:
    taken = {
        **{other.id: f"the campaign of {other.place.file} already" for other in others},
        **dict.fromkeys(board.websites, "a website already"),
        **dict.fromkeys(board.accounts, "an account already"),
        **dict.fromkeys(RESERVED_IDS, "kept for figures"),
    }
    if campaign.id in taken:
        place = campaign.place
        message = f"{campaign.id!r} is {taken[campaign.id]}; choose another id"
        yield Problem(place.file, place.line, place.column, "duplicate-id", message)

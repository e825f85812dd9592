"""Write docs/reference/ from the program itself, so that the two cannot differ.

python scripts/write_reference.py            write the pages
python scripts/write_reference.py --check    say whether they are up to date
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from sgcomms.cli import COMMANDS, cli
from sgcomms.due import CLICKS, SCREENS, Screen
from sgcomms.due.owing import AHEAD, RECENT
from sgcomms.due.screens import CLICKS_DAYS
from sgcomms.importers import IMPORTERS, importer
from sgcomms.metrics import APART, BREAKS, COUNTED, METRICS, NATIVES, Break, Native
from sgcomms.models import Account
from sgcomms.periods import SETTLES
from sgcomms.platforms import PLATFORMS, layout
from sgcomms.reports import model
from sgcomms.reports.monthly.model import Summary
from sgcomms.rules import RULES
from sgcomms.trail.forms import ENTRY_COLUMNS
from sgcomms.webkeys import HIDDEN_BELOW
from sgcomms.websites import TOOLS, tool

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
WRITTEN = (
    "This page is written by `scripts/write_reference.py`: change the program, then `make docs`."
)


def main() -> int:
    """Write or check every page; return the exit code."""
    check = sys.argv[1:] == ["--check"]
    stale = []
    for name, lines in pages().items():
        path, text = FOLDER / name, "\n".join(lines).rstrip() + "\n"
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
    for name in stale:
        print(f"docs/reference/{name} is out of date: run `make docs`")
    return 1 if stale else 0


def pages() -> Mapping[str, Iterator[str]]:
    """Return the lines of every page by its name."""
    return {
        "commands.md": _commands(),
        "rules.md": _rules(),
        "metrics.md": _metrics(),
        "platforms.md": _platforms(),
        "websites.md": _websites(),
        "export-files.md": _export_files(),
        "due-by-hand.md": _due_by_hand(),
        "templates.md": _templates(),
    }


def _commands() -> Iterator[str]:
    yield from ("# Commands", "", WRITTEN, "")
    yield "Exit codes: 0 done; 1 something failed; 2 wrong use, or a problem in a file; 3 something"
    yield "needs a person."
    context = click.Context(cli, info_name="sgcomms", terminal_width=80)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        if command is not None:
            yield from _command(command, f"sgcomms {name}", context)


def _command(command: click.Command, name: str, above: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name.rsplit(maxsplit=1)[-1], parent=above)
    yield from ("", f"## {name}", "", "```", *command.get_help(context).splitlines(), "```")
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None:
                yield from _command(found, f"{name} {inner}", context)


def _rules() -> Iterator[str]:
    yield from ("# Rules", "", WRITTEN, "")
    yield "`sgcomms check` prints `file:line:column: severity RULE message`. An error keeps"
    yield "everything from being queued; a warning does not. Rules with a star can be allowed in a"
    yield 'campaign: `allow: [{same-text: "the yearly reminder"}]`.'
    for rule in RULES.values():
        star = " *" if rule.allowable else ""
        yield from ("", f"## {rule.id}{star}", "", f"{rule.severity.capitalize()}. {rule.why}")
        yield from ("", f"What to do: {rule.remedy}")


def _metrics() -> Iterator[str]:
    combine = {"sum": "added", "last": "the last", "ratio": "by its parts", "none": "never"}
    yield from ("# Metrics", "", WRITTEN, "")
    yield "How values may be combined: over time, over posts, over accounts. What is never combined"
    yield "stands for itself, or is not available."
    yield "The stage is that of the Evaluation Cycle of the Government Communication Service: what"
    yield "was put out and could be seen is an output, how people answered it an out-take, what"
    yield "changed an outcome. No platform counts an outcome; a metric of your own may be one"
    yield "(`stage: outcome`, under `metrics:` in `config/board.yaml`)."
    yield ""
    yield "| metric | unit | stage | over time | over posts | over accounts | meaning |"
    yield "|---|---|---|---|---|---|---|"
    for one in METRICS.values():
        over = [combine[rule] for rule in (one.over_time, one.over_posts, one.over_accounts)]
        over[2] += ", where they count the same" if one.name in COUNTED else ""
        stands = f"`{one.name}` | {one.unit} | {one.stage}"
        yield f"| {stands} | {' | '.join(over)} | {one.meaning} |"
    yield from ("", "## Never added, never compared", "")
    yield from ("| what must not be | how it is kept |", "|---|---|")
    for point in APART:
        yield f"| {point.rule} | {point.kept} |"
    yield from ("", "## Breaks", "", "No change is shown across these days.", "")
    yield from ("| day | where | metrics | what changed | source |", "|---|---|---|---|---|")
    for found in BREAKS:
        where = ", ".join(sorted(found.platforms))
        yield f"| {found.on} | {where} | {_changed(found)} | {found.reason} | {found.source} |"
    yield from ("", "## Names", "")
    yield "What each platform and tool calls a metric, and from which day until which. A platform"
    yield "that is missing does not tell it. The columns of export files stand in"
    yield "[export files](export-files.md)."
    yield from ("", "| metric | where | its name | valid | note |", "|---|---|---|---|---|")
    for metric, names in NATIVES.items():
        for name in names:
            where = f"{name.platform}, export" if name.where == "export" else name.platform
            yield f"| `{metric}` | {where} | `{name.name}` | {_valid(name)} | {name.note} |"


def _changed(found: Break) -> str:
    names = ", ".join(sorted(found.metrics))
    if found.dimension is None:
        return names
    return f"{names}, by {found.dimension}: {', '.join(sorted(found.keys))}"


def _valid(name: Native) -> str:
    bounds = (("from", name.first), ("until", name.last))
    return " ".join(f"{word} {day}" for word, day in bounds if day is not None)


def _platforms() -> Iterator[str]:
    yield from ("# Platforms", "", WRITTEN, "")
    yield "What `sgcomms check` holds posts against."
    yield from ("", "| platform | text | pictures | alt text | source |", "|---|---|---|---|---|")
    for name in PLATFORMS:
        found = layout(Account(name, name, "outbox", "board"))
        limits = found.limits
        alt = f"{limits.alt:,}" if limits.alt else "no limit named"
        least, most = limits.images
        text = f"{limits.text:,} {limits.unit}"
        yield f"| {found.label} | {text} | {least} to {most} | {alt} | {limits.source} |"


def _websites() -> Iterator[str]:
    yield from ("# Websites", "", WRITTEN, "")
    yield "What the tools that measure websites give, and what they mean by it. Figures of"
    yield f"different tools do not compare. Pages seen fewer than {HIDDEN_BELOW} times in a period"
    yield "are left out."
    for name in TOOLS:
        found = tool(name)
        own = [*found.hosts, *(f"*.{domain}" for domain in found.domains)]
        yield from ("", f"## {found.label}", "")
        yield f"`platform: {name}`. Secret: {', '.join(f'`{one}`' for one in found.secret_names)}."
        yield f"Tokens go to {', '.join(own)}, and to hosts that `secrets.yaml` allows."
        yield from ("", "| metric | its own name | meaning |", "|---|---|---|")
        for metric, native in found.natives.items():
            yield f"| `{metric}` | `{native}` | {found.definitions[metric]} |"


def _export_files() -> Iterator[str]:
    yield from ("# Export files", "", WRITTEN, "")
    yield "A file is known by what is in it, never by its name. Unknown columns are kept by name"
    yield "and not used. A ZIP file is read as it was downloaded: nothing is unpacked to disk, and"
    yield "of an X archive nothing but the posts is opened. Workbooks of the older kind (`.xls`)"
    yield "need `pip install 'sgcomms[xls]'`; `.xlsx` is not read: import the original download."
    yield "Where a file fits several layouts, `--account` or `--layout` tells. Where a"
    yield "spreadsheet has changed the dates and none of them tells whether the day comes first,"
    yield "`--dates` does; long numbers that a spreadsheet has shortened are refused."
    for name in IMPORTERS:
        found = importer(name)
        yield from ("", f"## {found.title}", "", f"Layout `{name}`. It must hold: {found.needs()}.")
        needs = "must be said with `--read-on`" if found.takes_read_on else "does not matter"
        zone = f"{found.day_boundary}{', or as `--timezone` says' if found.takes_zone else ''}"
        yield from ("", f"Times and days: {zone}. The day of the export {needs}.")
        if found.takes_period:
            yield "The days that a file covers, and does not say, are said with `--period`."
        if found.natives != found.by_day:
            yield from ("", "| metric | column |", "|---|---|")
            yield from (f"| `{metric}` | {column} |" for metric, column in found.natives.items())
        if found.by_day:
            yield from ("", "| metric, as received each day | column |", "|---|---|")
            yield from (f"| `{metric}` | {column} |" for metric, column in found.by_day.items())
        if found.levels:
            yield from ("", "| metric, as it stood each day | column |", "|---|---|")
            yield from (f"| `{metric}` | {column} |" for metric, column in found.levels.items())
        if found.remark:
            yield from ("", found.remark)


def _due_by_hand() -> Iterator[str]:
    yield from ("# Figures due by hand", "", WRITTEN, "")
    yield "What an account or website owes while its API is not read: each month's posts, each"
    yield "month and the whole year of a website, and followers on the last day of the board's"
    yield f"year. Whose API was read in the last {RECENT.days} days owes nothing. A period is asked"
    yield f"for when it has been over for {SETTLES.days} days; what was read earlier is asked for"
    yield f"again. A level is announced {AHEAD.days} days before. It goes back to the beginning of"
    yield "the board's year before; months of a website until the figures of that whole year are"
    yield "there. What is surely lost is not asked for: the report says that it is missing."
    yield ""
    yield "A file does not say which days it was asked for. It counts for the months that its posts"
    yield "lie in and those between; a file without posts for the last month that was over."
    yield ""
    yield "| where | what | from | at once | until | what is known | source |"
    yield "|---|---|---|---|---|---|---|"
    for one in (*SCREENS, CLICKS):
        what = one.what.removesuffix(" on")
        if one.kind in ("posts", "month", "year"):
            what = f"{what} of each {one.kind.replace('posts', 'month')}"
        row = (", ".join(one.platforms), what, one.screen, one.at_once, _until(one), one.why)
        yield f"| {' | '.join(row)} | {one.source} |"


def _until(one: Screen) -> str:
    """Return how long a period can be had, in words."""
    if one.kind == "level":
        return "that day"
    if one.kind == "clicks":
        return f"{CLICKS_DAYS} days from posting"
    if one.keeps is None:
        return "not known"
    if isinstance(one.keeps, timedelta):
        span = f"{one.keeps.days} days"
    else:
        span = f"{one.keeps.years * 12 + one.keeps.months} months"
    rest = f"; then from {one.afterwards}" if one.afterwards else ""
    perhaps = "" if one.certain else ", perhaps longer"
    return f"{span} from its first day{perhaps}{rest}"


def _templates() -> Iterator[str]:
    yield from ("# Templates", "", WRITTEN, "")
    yield "A workspace's `templates/` are its own to change; one that is not there is taken from"
    yield "the program. A mistake is named by file and line, in a Word file by its paragraph."
    yield "Numbers come formatted; a template does no arithmetic."
    yield from ("", "| template | written in | gets |", "|---|---|---|")
    for name, language, gets in _SHIPPED:
        yield f"| `{name}` | {language} | {gets} |"
    yield ""
    yield "Jinja2 is sandboxed: a template reads no file, and one that never ends is stopped."
    yield "`{{ words|md }}` writes words so that Markdown shows them as they are; in HTML and Word"
    yield "nothing needs that. In Word, `{%p … %}` stands for its whole paragraph, `{%tr … %}` for"
    yield "its row and `{%tc … %}` for its cell ([docxtpl](https://docxtpl.readthedocs.io/)); its"
    yield "styles, fonts, headers and footers are those of the file. Typst reads nothing but the"
    yield "files that it gets, and fetches no packages."
    for name in ("Report", *_PARTS):
        yield from _fields(getattr(model, name))
    yield from ("", "## monthly.html, monthly.md, monthly.txt", "")
    yield "The monthly reach summary gets `summary`, a Summary, and `pictures`: addresses that hold"
    yield "a whole picture, by the `id` of their chart. The e-mail is made of `monthly.html`,"
    yield "without pictures, and of `monthly.txt`."
    yield from _fields(Summary)
    yield from ("", "## preview/post.html", "")
    yield "The page of a delivery in the outbox gets `platform`, `handle`, `text`, `link`,"
    yield "`pictures` (each with `src` and `alt`), `delivery`, `written_at` and `length` (`count`,"
    yield "`limit`, `unit`)."
    yield from ("", "## audit/audit.html", "")
    yield "The page of `sgcomms audit --format html` gets `audit`, `records` and `entries`; the two"
    yield "last can be gone through once, in that order. Times are in the board's zone; what is"
    yield "not known is none."
    yield from ("", "| value | fields |", "|---|---|")
    yield "| `audit` | `board`, `from`, `to`, `zone`, `made_at`, `redacted` |"
    for value, names in _AUDIT:
        yield f"| {value} | {', '.join(f'`{name}`' for name in names)} |"


def _fields(kind: Any) -> Iterator[str]:
    """Yield the heading and the table of a dataclass, with what each field means where it is said.

    What the class says of its fields itself stands above the table.
    """
    words = inspect.cleandoc(kind.__doc__)
    yield from ("", f"## {kind.__name__}", "", *words.splitlines(), "")
    meanings = _MEANINGS.get(kind.__name__)
    if meanings is None:
        yield from ("| field | type |", "|---|---|")
    else:
        yield from ("| field | type | what it is |", "|---|---|---|")
    for field in dataclasses.fields(kind):
        shown = str(field.type).replace("|", "or")
        meant = f" {meanings[field.name]} |" if meanings is not None else ""
        yield f"| `{field.name}` | `{shown}` |{meant}"


_SHIPPED = (
    ("annual.md", "Jinja2", "`report`, a Report. A chart is its table"),
    (
        "annual.html",
        "Jinja2",
        "`report`; `pictures`, the address of each chart's picture by the chart's `id`: none where "
        "nothing can draw them",
    ),
    (
        "annual.docx",
        "Word with Jinja2",
        "`report`; `pictures`, each chart's picture with its alt text by the chart's `id`, alone "
        "in its paragraph: `{{ pictures[chart.id] }}`",
    ),
    (
        "annual.typ",
        "[Typst](https://typst.app/docs)",
        '`json("report.json")` with `report` and `pictures`, the file of each chart\'s picture by '
        "the chart's `id`; each table has `widths` too, the widths of its columns in letters",
    ),
    ("preview/post.html", "Jinja2", "what stands below"),
    ("audit/audit.html", "Jinja2", "what stands below"),
)
_PARTS = (
    *("Section", "Sentence", "Table", "Cell", "Chart", "Series", "Point", "Limits", "Break"),
    "Note",
)
_MEANINGS: Mapping[str, Mapping[str, str]] = {
    "Report": {
        "title": "The title: the one heading of level 1",
        "board": "The board's name",
        "period": "The year's name: 2020-21",
        "days": "Its first and last day, in words",
        "as_read": "Up to which day the figures were read, a sentence",
        "remarks": "What belongs directly under the title",
        "sections": "The parts, in order",
        "notes": "The footnotes, by their numbers",
        "missing": "What could not be printed, and why: a sentence each",
        "sources": "Where the figures come from: a line each",
    },
    "Section": {
        "id": "Its name in addresses and anchors",
        "title": "Its heading",
        "level": "Of the heading: 2 or 3",
        "sentences": "A paragraph, sentence by sentence",
        "table": "A table, or none",
        "quotes": "What people wrote, word for word",
        "items": "A list",
        "charts": "Charts, each with its table",
    },
    "Sentence": {"text": "The words", "notes": "The numbers of its notes"},
    "Table": {
        "caption": "What it shows",
        "header": "The headings of its columns",
        "rows": "Its rows, each as long as the header",
        "words": "Columns beside the first, from 0, of words or dates, which stand on the left",
    },
    "Cell": {"text": "The words", "notes": "The numbers of its notes"},
    "Chart": {
        "id": "Its name in addresses, and that of its picture",
        "kind": "`line` or `bar`",
        "title": "What it shows",
        "alt": "What it shows, for who cannot see it",
        "unit": "What its axis counts",
        "series": "Its lines or bars",
        "table": "The same numbers",
        "breaks": "Where a definition changed",
    },
    "Series": {
        "label": "The name beside the line",
        "points": "Its values, in order",
        "limits": "Those of chance variation, or none",
    },
    "Point": {"label": "Its place on the axis", "value": "Its value; none is a gap"},
    "Limits": {
        "mean": "The mean",
        "low": "The lower limit",
        "high": "The upper limit",
    },
    "Break": {
        "label": "The first place after it",
        "text": "What changed, and when",
        "series": "The labels of the lines that it breaks, where it does not break all of them",
        "within": "Whether it happened in the middle of that place, which then joins neither side",
    },
    "Note": {"number": "The number of its marks", "text": "A sentence"},
}
"""What each field is; a field without words here cannot be written about."""

_AUDIT = (
    (
        "each of `records`, a delivery",
        (
            *("delivery", "campaign", "post", "account", "platform", "mode", "state", "why"),
            *("due_at", "expires_at", "queued_at", "sent_at", "removed_at", "live"),
            *("platform_id", "url", "text", "link", "images", "written_by", "approved_by"),
            *("content_hash", "decisions", "removals"),
        ),
    ),
    ("each of its `images`", ("sha256", "source_sha256", "kind", "alt")),
    ("each of its `decisions`", ("at", "decision", "by", "reason", "hash")),
    (
        "each of its `removals`",
        ("asked_at", "by", "reason", "state", "ended_at", "url", "platform_id", "detail"),
    ),
    ("each of `entries`, a row of the trail", ENTRY_COLUMNS),
)


if __name__ == "__main__":
    sys.exit(main())

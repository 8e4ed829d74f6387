"""Reading lists as text that other programs read. Pure: papers in, text out.

To add a format: one file with ``write(papers, heading) -> str`` and one row in
`FORMATS`. Every writer returns text of whole lines and leaves out what a paper
does not have; nothing is made up to fill a field. What a list adds to its
papers (a name, notes, tags) stands in a `Heading`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from recommender.domain import Paper
from recommender.errors import ExportError
from recommender.export.list_metadata import PLAIN, Heading

__all__ = ["FORMATS", "PLAIN", "ExportFormat", "Heading", "Writer", "render"]

Writer = Callable[[Sequence[Paper], Heading], str]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One way to write a list: `extension` with its dot, `target` as ``module:function``."""

    name: str
    extension: str
    media_type: str
    target: str

    @property
    def write(self) -> Writer:
        """The function that writes papers, loaded on first use."""
        module, _, function = self.target.partition(":")
        return cast(Writer, getattr(import_module(f"recommender.export.{module}"), function))


FORMATS: dict[str, ExportFormat] = {
    x.name: x
    for x in (
        ExportFormat("bibtex", ".bib", "application/x-bibtex", "bibtex:write"),
        ExportFormat("biblatex", ".bib", "application/x-bibtex", "biblatex:write"),
        ExportFormat("ris", ".ris", "application/x-research-info-systems", "ris:write"),
        ExportFormat(
            "csl-json", ".json", "application/vnd.citationstyles.csl+json", "csl_json:write"
        ),
        ExportFormat("markdown", ".md", "text/markdown", "markdown:write"),
        ExportFormat("obsidian", ".md", "text/markdown", "obsidian:write"),
        ExportFormat("html", ".html", "text/html", "html_page:write"),
        ExportFormat("atom", ".atom", "application/atom+xml", "atom:write"),
        ExportFormat("opml", ".opml", "text/x-opml", "opml:write"),
        ExportFormat("csv", ".csv", "text/csv", "csv_table:write"),
        ExportFormat("jsonl", ".jsonl", "application/jsonl", "jsonl:write"),
    )
}


def render(papers: Sequence[Paper], format_name: str, heading: Heading = PLAIN) -> str:
    """Write the papers in their order; one that comes twice is written once.

    `heading` is what the list adds to them; a format leaves out what it has no place for.

    Raises
    ------
    ExportError
        There is no format of this name.
    """
    wanted = FORMATS.get(format_name)
    if wanted is None:
        known = ", ".join(FORMATS)
        raise ExportError(f"There is no export format {format_name!r}; choose one of {known}.")
    return wanted.write(_once(papers), heading)


def _once(papers: Sequence[Paper]) -> list[Paper]:
    met: set[str] = set()
    kept: list[Paper] = []
    for paper in papers:
        if paper.paper_id and paper.paper_id in met:
            continue
        met.add(paper.paper_id)
        kept.append(paper)
    return kept

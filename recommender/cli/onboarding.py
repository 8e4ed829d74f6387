"""The command for a reader's first minutes: a sentence, pasted papers, or picks to choose from."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from recommender.cli.context import AsJson, DataDir, InterestName, ReaderName, open_library
from recommender.cli.context import Library as OpenLibrary
from recommender.cli.output import as_reference, note, plain, print_json, print_paper
from recommender.domain import Interest, Paper
from recommender.errors import SourceError
from recommender.ingest.imported_feedback import ImportedFeedback
from recommender.ingest.title_lookup import Matches, match

MAX_CHARACTERS = 1_000_000


def start(
    about: Annotated[
        str | None,
        typer.Option(help="What you work on, in a sentence; empty removes it.", show_default=False),
    ] = None,
    papers: Annotated[
        Path | None,
        typer.Option(
            help="File with titles, arXiv ids, DOIs or URLs to like, one per line; - for stdin.",
            show_default=False,
        ),
    ] = None,
    picks: Annotated[
        int,
        typer.Option(min=0, max=200, help="Print this many papers to choose first likes from."),
    ] = 0,
    reader: ReaderName = None,
    interest: InterestName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Say what you work on, so that the first suggestions fit.

    Use any of the three options, or several. A sentence counts as one like and matters less
    with every real one. Papers are looked up in your library, nothing is fetched; import a .bib
    file with **paperloop import refs.bib --as liked**. Picks cover the topics of the library and
    differ clearly: like three of them.

    Examples: `paperloop start --about "learning from imbalanced data"`,
    `paperloop start --papers titles.txt`, `paperloop start --picks 12`.
    """
    if about is None and papers is None and not picks:
        raise typer.BadParameter("say --about, --papers or --picks", param_hint="paperloop start")
    pasted = _read(papers) if papers is not None else None
    told: dict[str, Any] = {}
    chosen: list[Paper] = []
    with open_library(data_dir) as library:
        who = library.reader(reader)
        subject = library.interest(who, interest, create=True)
        told |= {"reader": who.reader_id, "interest": subject.interest_id}
        if about is not None:
            subject = library.store.readers.describe(subject.interest_id, about)
        told["about"] = subject.about
        if pasted is not None:
            told |= _like(library, subject, match(library.store, pasted))
        if picks:
            chosen = _picks(library, subject, picks)
            told["picks"] = [
                {"paper_id": x.paper_id, "title": x.title, **as_reference(x)} for x in chosen
            ]
    if as_json:
        print_json(told)
    else:
        _print(told, chosen, described=about is not None)
    if pasted is not None and not told["liked"]:
        raise typer.Exit(1)


def _read(path: Path) -> str:
    """Return a file's text, or that of stdin for ``-``; SourceError where it cannot be read."""
    try:
        if str(path) == "-":
            return sys.stdin.read(MAX_CHARACTERS)
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(MAX_CHARACTERS)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}.") from error


def _like(library: OpenLibrary, interest: Interest, matches: Matches) -> dict[str, Any]:
    judgements = ImportedFeedback.of(
        library.store, "liked", interest.reader_id, interest.interest_id, library.now
    )
    if judgements is not None:
        judgements.log([paper_id for _, paper_id in matches.found])
    liked = [{"line": line, "paper_id": paper_id} for line, paper_id in matches.found]
    return {"liked": liked, "unknown": list(matches.unknown)}


def _picks(library: OpenLibrary, interest: Interest, n: int) -> list[Paper]:
    library.recommender.ensure_model(library.now, note)
    ids = library.recommender.onboarding_items(interest.reader_id, n=n, now=library.now)
    known = library.store.catalogue.get_many(ids)
    return [known[x] for x in ids]


def _print(told: dict[str, Any], picks: Sequence[Paper], *, described: bool) -> None:
    if described and told["about"]:
        typer.echo(f"Noted: {plain(told['about'])}")
    elif described:
        typer.echo("The sentence was removed.")
    if "liked" in told:
        typer.echo(f"Liked {len(told['liked'])} papers; {len(told['unknown'])} lines not found.")
    for line in told.get("unknown", ())[:20]:
        note(f"  not in the library: {plain(line)[:100]}")
    for number, pick in enumerate(picks, 1):
        print_paper(number, pick)
    if "picks" in told:
        note("Like three of them with `paperloop feedback like PAPER_ID`.")
    elif described or told.get("liked"):
        note("`paperloop recommend` shows the first suggestions.")

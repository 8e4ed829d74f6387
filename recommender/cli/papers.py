"""Commands on the catalogue: import, search, similar, show."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from recommender.cli.context import (
    AsJson,
    DataDir,
    InterestName,
    Library,
    PaperId,
    ReaderName,
    open_library,
)
from recommender.cli.merges import as_contribution, where
from recommender.cli.output import (
    as_items,
    as_paper,
    note,
    plain,
    print_folded,
    print_items,
    print_json,
    progress,
)
from recommender.cli.search_output import as_search, print_search
from recommender.errors import EmptyLibrary
from recommender.escaping import link_of
from recommender.ingest import FileReport, ImportReport, import_paths, import_starter
from recommender.ingest.size_estimate import over_all
from recommender.store import Contribution


class Role(StrEnum):
    """What imported papers are to the reader."""

    catalogue = "catalogue"
    liked = "liked"
    saved = "saved"


Count = Annotated[int, typer.Option("-n", min=1, max=1000, help="How many papers.")]


def import_(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files to read; - for standard input.")
    ] = None,
    role: Annotated[
        Role,
        typer.Option("--as", help="How to treat the papers: only add, or also like or save them."),
    ] = Role.catalogue,
    format_name: Annotated[
        str | None,
        typer.Option("--format", help="Format of the files (default: detected)."),
    ] = None,
    starter: Annotated[
        bool, typer.Option("--starter", help="Import the bundled starter catalogue.")
    ] = False,
    reader: ReaderName = None,
    interest: InterestName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Import papers from files; importing the same file again changes nothing.

    The format is detected; gzipped files work too: BibTeX, RIS, CSL-JSON, nbib,
    EndNote, Zotero exports, JSONL, CSV, saved Daily Papers pages, arXiv API responses and more.

    Examples: `paperloop import page.txt`, `paperloop import refs.bib --as liked`,
    `curl https://example.org/refs.bib | paperloop import -`.

    Exit code 1 when any entry was rejected; valid entries are imported.
    """
    if not paths and not starter:
        raise typer.BadParameter("name at least one file, or use --starter", param_hint="PATHS")
    with open_library(data_dir) as library, _piped(paths or []) as (files, called):
        report = _import(library, files, called, role, format_name, starter, reader, interest)
    if as_json:
        print_json({"files": [_as_file(x) for x in report.files]})
    else:
        for file in report.files:
            _print_file(file)
    if not report.ok:
        raise typer.Exit(1)


@contextmanager
def _piped(paths: Sequence[Path]) -> Iterator[tuple[list[Path], dict[Path, str]]]:
    """Give the files, and what they are called: ``-`` is what comes from a pipe, put aside."""
    with TemporaryDirectory() as folder:
        aside = Path(folder) / "standard input"
        files = list(dict.fromkeys(aside if str(x) == "-" else x for x in paths))
        if aside in files:
            with aside.open("wb") as file:
                shutil.copyfileobj(sys.stdin.buffer, file)
        yield files, {aside: "-"}


def _import(
    library: Library,
    paths: list[Path],
    called: dict[Path, str],
    role: Role,
    format_name: str | None,
    starter: bool,
    reader: str | None,
    interest: str | None,
) -> ImportReport:
    reader_id = interest_id = None
    if role is not Role.catalogue:
        who = library.reader(reader)
        reader_id = who.reader_id
        interest_id = library.interest(who, interest, create=True).interest_id
    files = [import_starter(library.store, library.now)] if starter else []
    with progress("reading") as tell:
        report = import_paths(
            library.store,
            paths,
            now=library.now,
            role=role.value,
            reader_id=reader_id,
            interest_id=interest_id,
            format=format_name,
            called=called,
            progress=over_all(tell, paths, format_name),
            max_minutes=library.settings.import_minutes,
        )
    return ImportReport((*files, *report.files))


def _as_file(file: FileReport) -> dict[str, Any]:
    return {
        "path": str(file.path),
        "format": file.format,
        "read": file.read,
        "new": file.new,
        "merged": file.merged,
        "refused": [{"line": x.line, "why": x.why} for x in file.refused],
        "notes": list(file.notes),
    }


def _print_file(file: FileReport) -> None:
    kind = f" ({file.format})" if file.format else ""
    typer.echo(
        f"{plain(str(file.path))}{kind}: {file.read} read, {file.new} new, "
        f"{file.merged} merged, {len(file.refused)} refused"
    )
    for text in file.notes:
        note(f"  note: {plain(text)}")
    for refusal in file.refused[:MAX_NAMED]:
        note(f"  line {refusal.line}: {plain(refusal.why)}")
    if len(file.refused) > MAX_NAMED:
        note(f"  and {len(file.refused) - MAX_NAMED:,} more; --json names them all.")


def search(
    query: Annotated[
        str, typer.Argument(help="Words and operators; put -- before a query that starts with -.")
    ],
    n: Count = 20,
    newest: Annotated[bool, typer.Option("--newest", help="Newest papers first.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Search the catalogue: `paperloop search 'author:hinton year:2012..2020 "drop out" -survey'`.

    Operators: author: title: venue: source: year:. All terms must match; OR between two asks for
    either. Put - before a term to exclude it; "quoted words" match as a phrase. Accents and case
    are ignored.
    """
    with open_library(data_dir) as library:
        found = library.store.catalogue.find(query, n, newest=newest)
        papers = library.store.catalogue.get_many([x for x, _ in found.hits])
    if as_json:
        print_json(as_search(query, found, papers))
        return
    for text in found.notes:
        note(plain(text))
    print_search(found, papers)
    if not found.hits:
        note("Nothing found. Try fewer or other words.")


def similar(
    paper_id: Annotated[
        list[str] | None,
        typer.Argument(help="Ids of papers, for example arxiv:2401.01234.", show_default=False),
    ] = None,
    list_name: Annotated[
        str | None, typer.Option("--list", help="The papers of a reading list.")
    ] = None,
    tag: Annotated[str | None, typer.Option(help="The papers with a tag.")] = None,
    search: Annotated[str | None, typer.Option(help="The papers that a search finds.")] = None,
    reader: ReaderName = None,
    n: Count = 10,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List the papers most similar to a paper, or to several together.

    Several are given by their ids, or as a reading list, a tag or a search; they count as the likes
    of one interest. Nothing is written.

    Examples: `paperloop similar arxiv:2401.01234`, `paperloop similar --list "To cite" -n 30`,
    `paperloop similar --search 'venue:acl "long tail"'`.
    """
    with open_library(data_dir) as library:
        if not library.store.catalogue.count():
            raise EmptyLibrary(NO_PAPERS)
        ids = [library.store.catalogue.get(x).paper_id for x in paper_id or ()]
        among = ids + _papers_of(library, reader, list_name, tag, search)
        if not among:
            raise EmptyLibrary(
                "There are no papers to look near: name some, or a --list, --tag or --search "
                "that holds some."
            )
        library.recommender.ensure_model(library.now, note)
        if among == ids and len(ids) == 1:
            items = library.recommender.similar(ids[0], n)
        else:
            likes, left_out = among[:MAX_LIKES], set(among)
            items = library.recommender.similar_to_set(likes, n, exclude=left_out, now=library.now)
        papers = library.store.catalogue.get_many([x.paper_id for x in items])
    if as_json:
        near = {"paper_id": among[0]} if len(among) == 1 else {"paper_ids": among}
        print_json(near | {"items": as_items(items, papers)})
    else:
        print_items(items, papers)


MAX_LIKES = 100
"""Papers of a set that are looked near; the first ones where there are more."""


def _papers_of(
    library: Library, reader: str | None, list_name: str | None, tag: str | None, search: str | None
) -> list[str]:
    """Return the papers of a list, with a tag and of a search, each once."""
    store = library.store
    found: list[str] = []
    if list_name is not None or tag is not None:
        reader_id = library.reader(reader).reader_id
        if list_name is not None:
            found += store.reading_lists.get(reader_id, list_name).paper_ids
        if tag is not None:
            held = store.annotations.all(reader_id)
            found += [x for x, annotation in held.items() if tag in annotation.tags]
    if search is not None:
        found += [x for x, _ in store.catalogue.search(search, 1_000)]
    return list(dict.fromkeys(found))


def show(paper_id: PaperId, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Show all fields of a paper, and which file or source each came from."""
    with open_library(data_dir) as library:
        paper = library.store.catalogue.get(paper_id)
        record = as_paper(paper)
        given = library.store.catalogue.provenance(paper_id)
    for version in record["versions"]:
        version["source"] = _source_of(version["identifiers"], given)
    if as_json:
        print_json({**record, "provenance": [as_contribution(x) for x in given]})
        return
    for name, value in {**record, **record["details"], "url": link_of(paper)}.items():
        if name not in _IN_WORDS and value not in (None, "", [], False):
            shown = ", ".join(str(x) for x in value) if isinstance(value, list) else str(value)
            _print_field(_NAMES.get(name, name), shown)
    for one in record["statements"]:
        _print_facts("status", one["says"], f"said by {one['source']}", one["link"], one["said"])
    for one in record["listings"]:
        votes = "" if one["upvotes"] is None else f"{one['upvotes']} upvotes"
        _print_facts("listed", one["source"], one["listed"], one["byline"], votes)
    for version in record["versions"]:
        number = f"v{version['version']}" if version["version"] else ""
        _print_facts("version", number, version["year"], version["venue"], version["url"])
    for one in given:
        fields = ", ".join(_NAMES.get(x, x) for x in one.fields)
        _print_field("from", f"{where(one.origin, one.line)}, {one.at:%Y-%m-%d}: {fields}")


_NAMES = {
    "paper_id": "id",
    "abstract_is_summary": "summary",
    "publication_status": "status",
    "record_type": "record",
}
"""Words for fields of a paper whose names do not fit the column or say little."""

_IN_WORDS = ("details", "version", "versions", "statements", "listings", "abstract_is_summary")
_FIELD = 14


def _print_field(name: str, text: str) -> None:
    print_folded(text, f"{name:>{_FIELD - 2}}  ", _FIELD)


def _print_facts(name: str, *facts: object) -> None:
    _print_field(name, ", ".join(str(x) for x in facts if x))


def _source_of(identifiers: Sequence[str], given: Sequence[Contribution]) -> str:
    """Return the source that first named a version, or ``""`` where that was not recorded."""
    named = (x.origin.source for x in given if x.paper_id in identifiers)
    return next(named, "")


MAX_NAMED = 50
"""Refusals printed of one file."""

NO_PAPERS = (
    "The library is empty. Import papers with `paperloop import FILE`, or the starter "
    "catalogue with `paperloop import --starter`."
)

"""The command that follows authors and keeps searches for the digest."""

from __future__ import annotations

from typing import Annotated

import typer

from recommender.cli.context import AsJson, DataDir, ReaderName, open_library
from recommender.cli.output import note, plain, print_json
from recommender.ingest.followed_authors import follow as follow_author
from recommender.ingest.followed_authors import unfollow
from recommender.store import SavedSearch


def follow(
    name: Annotated[
        str,
        typer.Argument(
            help="An author, such as `Ada Lovelace`; with --search what to call the search. "
            "Without a name, all are listed.",
            show_default=False,
        ),
    ] = "",
    search: Annotated[
        str, typer.Option(help="Keep this search of the library.", show_default=False)
    ] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Follow it no longer.")] = False,
    reader: ReaderName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Follow an author, or keep a search; what is new stands in the digest under its name.

    For an author OpenAlex is asked once a week, by the app while it runs or by
    `paperloop fetch --due`. Examples: `paperloop follow "Ada Lovelace"`,
    `paperloop follow "Class imbalance" --search "imbalance -medical"`, `paperloop follow`.
    """
    with open_library(data_dir) as library:
        store, reader_id = library.store, library.reader(reader).reader_id
        if remove:
            known = {x.name.casefold() for x in store.saved_searches.list(reader_id)}
            if name.casefold() not in known:
                raise typer.BadParameter("nothing of this name is followed", param_hint="NAME")
            unfollow(store, reader_id, name)
        elif search:
            store.saved_searches.save(reader_id, SavedSearch(name, search))
        elif name:
            follow_author(store, library.settings, reader_id, name)
        kept = store.saved_searches.list(reader_id)
    if as_json:
        followed = [{"name": x.name, "query": x.query, "author": x.author} for x in kept]
        print_json({"followed": followed})
        return
    for one in kept:
        typer.echo(f"{plain(one.name)}: {'author' if one.author else plain(one.query)}")
    if not kept:
        note("Nothing is followed.")

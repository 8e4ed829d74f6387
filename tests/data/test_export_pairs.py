"""What we write from Zotero's items, beside what Better BibTeX writes, read by parsers not ours."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import bibtexparser
import pytest
from expected_items import papers_of
from pylatexenc.latex2text import LatexNodes2Text

from recommender.export import render

REASONS = {
    "_to_Zotero_Type_field": "the file's own separator of names, chosen by a preference",
    "_name-separator_and": "the file's own separator of names, chosen by a preference",
    "Software_field_company": "the item bears no year; 9265 stands in its entry number",
    "Better_BibLaTeX.019": "LaTeX in a Zotero title, kept as a command by a preference",
    "_bibtex_key_#405": "an address in the DOI's field names no DOI",
    "Author_multi-character": "names written key by key (family=…), a form of biblatex alone",
    "Duplicate_number_field": "names written key by key (family=…), a form of biblatex alone",
}
"""Part of a file's name to the reason why its entries may differ."""


def plain(latex: str) -> str:
    """Return the letters and digits that a reader sees, without regard to case."""
    decoder = LatexNodes2Text(math_mode="verbatim", keep_comments=True)
    text = decoder.latex_to_text(latex.replace(r"\string^", "^"))
    return re.sub(r"[\W_]+", "", re.sub(r"<[^>]+>", "", text)).casefold()


def facts(text: str) -> dict[str, tuple[tuple[str, ...], str, str]]:
    """Return authors, year and DOI of each entry by its title."""
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    found = {}
    for entry in library.entries:
        fields = {x.key.lower(): str(x.value) for x in entry.fields}
        title = plain(fields.get("title", "") + fields.get("subtitle", ""))
        names = re.split(r"\s+and\s+", fields.get("author", ""))
        year = re.search(r"\d{4}", fields.get("year") or fields.get("date") or "")
        found[title] = (
            tuple(plain(x) for x in names if x),
            year.group() if year else "",
            fields.get("doi", "").lower().replace("\\_", "_"),
        )
    return found


@cache
def pairs(shared: Path) -> list[tuple[Path, bool]]:
    """Return every expected entry: the file it is from, and whether ours says the same."""
    found = []
    folder = shared / "data" / "formats" / "bbt-export-pairs"
    for path in sorted(folder.iterdir()):
        items = path.with_name(re.sub(r"(-\w+)?\.(bibtex|biblatex)$", ".json", path.name))
        if path.suffix in (".bibtex", ".biblatex") and items.exists():
            expected = facts(path.read_text(encoding="utf-8"))
            ours = facts(render(papers_of(items), path.suffix[1:]))
            for title, said in expected.items():
                if title:
                    found.append((path, ours.get(title) == said))
    return found


def test_the_same_records_give_the_same_titles_authors_years_and_dois(shared: Path) -> None:
    found = pairs(shared)
    argued = [(path, same) for path, same in found if not any(x in path.name for x in REASONS)]
    assert len(found) > 50
    assert all(same for _, same in argued), {path.name for path, same in argued if not same}
    assert len(argued) / len(found) > 0.85


@pytest.mark.parametrize("part", REASONS)
def test_a_reason_is_given_for_files_that_do_differ(part: str, shared: Path) -> None:
    assert not all(same for path, same in pairs(shared) if part in path.name)

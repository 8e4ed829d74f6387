"""Every file of the shared data: how many entries it has, by us and by other parsers.

An entry counts whether it is taken or refused (it may have no title). Where the
other parsers disagree with each other, or all are wrong, the file was looked at.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.errors import SourceError
from recommender.sources import Document, Entry, Refusal, detect, load

NOW = datetime(2026, 11, 18, tzinfo=UTC)
ERROR = "ERR:"

ARGUED = {
    "SvenGroen__Bachelor_thesis__bib__library.bib": (92, "one key stands there twice"),
    "bentharnist-fmi__bcnn-prob-nowcasting-thesis__References_final.bib": (
        61,
        "one parser drops two entries of a type it does not know",
    ),
    "crcox__MASTERBIB__Abstracts.bib": (701, "one parser merges entries without a key"),
    "crcox__MASTERBIB__ttr.bib": (1293, "lines that begin an entry; two keys stand there twice"),
    "fvisin__thesis__ml.bib": (3933, "3,932 lines begin an entry, one stands behind stray bytes"),
    "yoshua__dl-nature-review__ml.bib": (3883, "likewise, and one has a doubled comma"),
    "jpha226__bibfiles__rl.bib": (123, "one entry opens with ( and closes with }: refused"),
    "BibTeX_field_name_#2660.bib": (283, "one parser knows no @audio, @video and the like"),
    "stopped_working_#2377.bib": (1, "one parser gives up at a doubled comma"),
    "during_import_#1350.bib": (4, "one key stands there twice"),
    "biber__annotations.bib": (2, "one parser knows no colon in a field's name"),
    "biber__full-bbl.bib": (4, "keys that differ in capitals, or not at all"),
    "biber__full-dot.bib": (46, "50 blocks, of which three @xdata and a @set are no works"),
    "biber__names.bib": (38, "two further ones are commented out"),
    "biber__skips.bib": (10, "11 blocks, of which a @set is no work"),
    "biber__tool.bib": (12, "18 blocks, of which six @xdata are no works"),
    "biblatex__cross.bib": (7, "10 blocks, of which three @xdata are no works"),
    "bibtex-ruby__decoret.bib": (7, "one is inside a @comment, which BibTeX reads like any other"),
    "bibtex-ruby__entry.bib": (4, "@commentary is no @comment"),
    "bibtex-ruby__errors.bib": (5, "two are read, three have no comma or quote: refused"),
    "jabref__simple-search-library.bib": (16, "no entry has a key"),
    "biblatex__incorrect_syntax.bib": (2, "one has no equals sign: refused"),
    "jabref__EndnoteXmlImporterTest_EmptyKeywordStyle.bib": (1, "the entry has no key"),
    "jabref__encoding-utf-16BE-with-header.bib": (1, "the other parsers read UTF-8 only"),
    "encoding-utf-8-with-header-with-databasetypecomment.bib": (1, "the entry has no key"),
    "encoding-utf-8-without-header-with-databasetypecomment.bib": (1, "the entry has no key"),
    "jabref__encoding-utf-8-without-header.bib": (1, "the entry has no key"),
    "encoding-windows-1252-but-utf-8-declared--decoding-fails.bib": (1, "the entry has no key"),
    "encoding-windows-1252-with-header.bib": (1, "the entry has no key"),
    "jabref__encodingWithoutNewline.bib": (1, "it begins amid a line, and has no title: refused"),
    "on_import_from_bib_file_#873.bib": (988, "lines that begin an entry; many keys repeat"),
    "asreview__baseline_tag-notes.ris": (12, "the other parser passes over the mark at the start"),
    "asreview__baseline_tag_and_field_definitions.ris": (1, "likewise; it mixes tabs and blanks"),
    "rispy__example_bom.ris": (1, "likewise"),
    "rispy__example_utf_chars.ris": (1, "likewise"),
}
"""End of a file's name to the right number of its entries, and why others have another."""


NO_LISTS = {
    "api-user-manual.md": "a manual",
    "#922.csl.yml": "CSL in YAML, which no program but one writes",
    "#2082.js": "a script",
    "Bookmarks_000.input.html": "a browser's bookmarks",
    "zotero__annotations.json": "highlights, without the document they stand in",
    "zotero__group-annotations.json": "notes, without the document they stand in",
    "zotero__folders-simple.json": "names of folders",
    "zotero__notebook.json": "a notebook",
    "zotero__notebooks.json": "names of notebooks",
}
"""End of a file's name to what it is, where it is no list of papers."""


def rows(shared: Path, kind: str, folder: str = "") -> list[tuple[str, set[int]]]:
    table = (shared / "data" / "formats" / "oracle-counts.tsv").read_text(encoding="utf-8")
    cells = [line.split("\t") for line in table.splitlines()[1:]]
    return [
        (row[0], {int(x) for x in row[2:7] if x and not x.startswith(ERROR)})
        for row in cells
        if row[1] == kind and row[0].startswith(folder)
    ]


def read(path: Path) -> list[Entry | Refusal]:
    """Read a file as recognised; one that nothing recognises has no entries."""
    try:
        return list(load(detect(path)).read(Document(path), NOW))
    except SourceError:
        return []


def argued(name: str) -> tuple[int, str] | None:
    return next((ARGUED[end] for end in ARGUED if name.endswith(end)), None)


@pytest.mark.parametrize(
    ("kind", "folder"),
    [
        ("bib", "formats"),
        ("bib", "hostile"),
        pytest.param("bib", "bib-real", marks=pytest.mark.slow),
        ("ris", "formats"),
        ("ris", "hostile"),
        ("feed", "formats"),
        ("feed", "hostile"),
    ],
)
def test_every_file_has_as_many_entries_as_other_parsers_find(kind, folder, shared):
    wrong = {}
    assert rows(shared, kind, folder)
    for name, counted in rows(shared, kind, folder):
        right = argued(name)
        expected = {right[0]} if right else counted
        if {len(read(shared / "data" / name))} != expected:
            wrong[name] = (len(read(shared / "data" / name)), expected)
    assert wrong == {}


def test_only_doubtful_files_are_argued(shared):
    names = [name for kind in ("bib", "ris") for name, _ in rows(shared, kind)]
    agreed = {
        name: counted
        for kind in ("bib", "ris")
        for name, counted in rows(shared, kind)
        if (right := argued(name)) and counted == {right[0]}
    }
    assert [x for x in agreed if not _has_error(shared, x)] == []
    assert [end for end in ARGUED if not any(name.endswith(end) for name in names)] == []


def _has_error(shared: Path, name: str) -> bool:
    table = (shared / "data" / "formats" / "oracle-counts.tsv").read_text(encoding="utf-8")
    return any(line.startswith(name + "\t") and ERROR in line for line in table.splitlines())


@pytest.mark.slow
def test_every_file_of_every_format_is_recognised_and_read(shared):
    folder = shared / "data" / "formats"
    files = sorted(x for x in folder.rglob("*") if x.is_file() and x.parent != folder)
    assert len(files) > 600
    strange = []
    for path in files:
        try:
            document = Document(path)
            found = list(load(detect(path)).read(document, NOW))
        except SourceError:
            strange.append(path.name)
            continue
        empty_feed = path.parent.name in ("feeds-rss-atom", "oai-pmh")
        assert found or document.notes or empty_feed or path.stem.endswith("no_bibtex"), path.name
    unknown = [x for x in strange if not any(x.endswith(end) for end in NO_LISTS)]
    assert unknown == []
    assert len(strange) == len(NO_LISTS)

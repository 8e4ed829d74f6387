from __future__ import annotations

from datetime import UTC, datetime

import pytest
from reading import reader_of

from recommender.domain import Author
from recommender.sources.parsing import tagged_lines


@pytest.fixture
def read(tmp_path):
    return reader_of("ris", tmp_path)


def record(*lines: str, kind: str = "JOUR") -> str:
    return "\n".join((f"TY  - {kind}", *lines, "ER  - ", ""))


def test_a_record_becomes_a_paper(read):
    found = read(
        record(
            "TI  - Ladders &amp; <i>Roofs</i>",
            "AU  - van der Meer, Jan",
            "T2  - Journal of Imaginary Things",
            "DA  - 2019/03/07/",
            "DO  - https://doi.org/10.5555/Ladders",
            "UR  - https://example.org/a;b=1",
            "AB  - Two stand.",
        )
    )
    (paper,) = found.papers
    assert paper.title == "Ladders & Roofs"
    assert paper.authors == (Author("van der Meer", "Jan"),)
    assert paper.published_at == datetime(2019, 3, 7, tzinfo=UTC)
    assert paper.year == 2019
    assert paper.venue == "Journal of Imaginary Things"
    assert paper.url == "https://example.org/a;b=1"
    assert paper.identifiers == ("doi:10.5555/ladders",)
    assert (paper.abstract, paper.kind) == ("Two stand.", "article-journal")


def test_tags_of_one_meaning_keep_their_order(read):
    found = read(record("T1  - T", "A1  - First, A", "AU  - Second, B", "A1  - Third, C"))
    assert [x.family for x in found.papers[0].authors] == ["First", "Second", "Third"]


@pytest.mark.parametrize(
    ("name", "author"),
    [
        ("King, Ola, Jr.", Author("King Jr.", "Ola")),
        ("King, Ola B Jr", Author("King Jr", "Ola B.")),
        ("Lund, SB", Author("Lund", "S. B.")),
        ("de la Cruz, Ana María", Author("de la Cruz", "Ana María")),
        ("The Teapot Collaboration", Author(literal="The Teapot Collaboration")),
        ("Meta Labs,", Author(literal="Meta Labs")),
        ("Plato", Author(literal="Plato")),
    ],
)
def test_names_keep_particles_suffixes_and_bodies(read, name, author):
    assert read(record("TI  - T", f"AU  - {name}")).papers[0].authors == (author,)


@pytest.mark.parametrize(
    ("lines", "year", "day"),
    [
        (["PY  - 2014//"], 2014, None),
        (["Y1  - 2014/05/06/"], 2014, (5, 6)),
        (["Y1  - 1900/01/01", "DA  - 1950/02/03"], 1950, (2, 3)),
        (["PY  - 2009", "DA  - Nov 8"], 2009, (11, 8)),
        (["PY  - ///", "DA  - SEP"], None, None),
    ],
)
def test_a_day_is_known_only_when_it_is_written(read, lines, year, day):
    (paper,) = read(record("TI  - T", *lines)).papers
    assert paper.year == year
    at = paper.published_at
    assert (at and (at.month, at.day)) == day


def test_a_title_stands_where_the_writer_put_it(read):
    assert read(record("BT  - Whole", kind="BOOK")).titles == ["Whole"]
    assert read(record("ST  - Short")).titles == ["Short"]
    assert read(record("ST  - Short", "TI  - Long")).titles == ["Long"]


def test_a_line_without_a_tag_goes_on(read):
    text = "TY  - JOUR\nTI  - A title\n  that goes on\nN2  - ER then\nmore\nER  -\n"
    (paper,) = read(text).papers
    assert (paper.title, paper.abstract) == ("A title that goes on", "ER then more")


@pytest.mark.parametrize("tag", ["TI  - ", "TI - ", "TI\t- ", "TI \t- "])
def test_one_blank_or_a_tab_is_enough(read, tag):
    assert read(f"TY  - JOUR\n{tag}T\nER  - \n").titles == ["T"]


def test_a_record_needs_neither_beginning_nor_end(read):
    found = read("Record #1\n1.\n" + record("TI  - A") + "2.\nTY  - JOUR\nTI  - B")
    assert found.titles == ["A", "B"]


def test_a_new_record_begins_after_a_blank_line_even_without_an_end(read):
    assert read("TY  - JOUR\nTI  - A\n\nTY  - BOOK\nTI  - B\n").titles == ["A", "B"]


def test_a_second_type_amid_a_record_is_not_a_new_one(read):
    (paper,) = read("TY  - BOOK\nTY  - JOUR\nTI  - A\nTY  - THES\nPB  - P\nER  - \n").papers
    assert paper.kind == "book"


def test_identifiers_of_our_own_export_and_of_databases_come_back(read):
    own = record("TI  - T", "ID  - openalex:W1", "AN  - arXiv:2101.00001", "C8  - s2:ab pmid:7")
    assert read(own).papers[0].identifiers == (
        *("arxiv:2101.00001", "pmid:7", "openalex:W1", "s2:ab"),
    )
    medline = record("TI  - T", "AN  - 21553931", "DB  - PubMed")
    assert read(medline).papers[0].identifiers == ("pmid:21553931",)
    assert read(record("TI  - T", "AN  - 21553931")).papers[0].identifiers == ()
    assert read(record("TI  - T", "M3  - doi: 10.5555/x")).papers[0].identifiers == (
        "doi:10.5555/x",
    )
    bare = read(record("TI  - T", "L3  - 10.5555/x", "UR  - https://x.org/a"))
    assert bare.papers[0].identifiers == ("doi:10.5555/x",)
    assert bare.papers[0].url == "https://x.org/a"


def test_a_record_without_title_is_refused_by_its_line(read):
    found = read(record("TI  - A") + "\n" + record("AU  - B, C"))
    assert found.refused == {5: "it has no title"}


def test_a_record_without_end_of_reason_is_left_out_and_named(read, monkeypatch):
    monkeypatch.setattr(tagged_lines, "MAX_RECORD", 1_000)
    found = read(record("TI  - A") + record("TI  - B", *["word"] * 900) + record("TI  - C"))
    assert found.titles == ["A", "C"]
    assert list(found.document.damaged) == [4]


A = ["TI  - A", "AU  - Vogel, M", "PY  - 2006"]
B = ["TI  - B", "AU  - Larsen, I", "PY  - 2007"]
TYPE, END = "TY  - JOUR", "ER  - "


@pytest.mark.parametrize(
    "lines",
    [
        [*A, TYPE, END, "", *B, TYPE, END],
        [*A[:2], TYPE, A[2], END, *B[:2], TYPE, B[2], END],
        [*A[:2], TYPE, A[2], "", *B[:2], TYPE, B[2]],
        ["DB  - Reef", *A[:2], TYPE, A[2], *B[:2], TYPE, B[2]],
        [*A, END, "", *B, END],
        [*A, "", *B],
        [TYPE, *A, TYPE, *B],
        [TYPE, *A, "", TYPE, *B],
        [TYPE, *A, "", TYPE, *B, END],
        [TYPE, *A[:1], "", *A[1:], END, TYPE, *B, END],
        [TYPE, "", *A, END, "3 records, exported", "2.", TYPE, *B, "", END, "END OF FILE"],
        ["Provider: Reef <x>", "Content: text/plain", "", TYPE, *A, "", "", *B, TYPE, END],
        ["\ufeffTY  - JOUR", *A, END, TYPE, *B, "ER"],
        ["ty  - JOUR", *(f"{x[:2].lower()}{x[2:]}" for x in A), "er  - ", TYPE, *B, END],
        ["TY - JOUR", "TI - A", "AU- Vogel, M", "PY -2006", "ER -", TYPE, *B, "ER-"],
        [TYPE, "TI  - A", "", "AU  - Vogel, M", "N1  - x", "", "PY  - 2006", TYPE, "", *B],
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_record_keeps_its_own_title_author_and_year(read, lines, newline):
    if lines[-1] == "ER":
        lines = [*lines[:-1], END]
    found = read(newline.join([*lines, ""]))
    assert found.refused == {}
    records = [(x.title, *(y.name for y in x.authors), x.year) for x in found.papers]
    assert records == [("A", "M. Vogel", 2006), ("B", "I. Larsen", 2007)]


@pytest.mark.parametrize(
    "text",
    [
        "We use\nT2-weighted images\nAND - so on - more",
        "First\n\nTHE next one\nUS-led",
        "See also\nhttps://x.org/TY - x",
    ],
)
def test_prose_that_looks_like_a_tag_goes_on(read, text):
    (paper,) = read(f"TY  - JOUR\nTI  - A\nAB  - {text}\nER  - \n").papers
    assert paper.abstract == " ".join(text.split())


def test_a_record_without_title_takes_nothing_of_the_next(read):
    found = read("\n".join([TYPE, "AU  - Lost, N", "", TYPE, *B, END]))
    assert found.refused == {1: "it has no title"}
    assert [x.name for x in found.papers[0].authors] == ["I. Larsen"]


def test_the_book_of_a_chapter_is_its_venue(read):
    lines = ("T1  - A study of frogs", "BT  - The Book of Ponds")
    chapter = read(record(*lines, kind="CHAP")).papers[0]
    assert (chapter.title, chapter.venue) == ("A study of frogs", "The Book of Ponds")
    book = read(record("BT  - The Book of Ponds", kind="BOOK")).papers[0]
    assert (book.title, book.venue) == ("The Book of Ponds", "")

"""What we write as BibTeX, read back by two parsers that are not ours."""

from __future__ import annotations

import gzip
import json
import re

import bibtexparser
import pytest
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import given
from nasty_papers import NASTY, papers, titles
from pybtex.database import parse_string
from pylatexenc.latex2text import LatexNodes2Text

from recommender.domain import Author, Paper
from recommender.escaping import one_line
from recommender.export import render
from recommender.export.author_names import name_parts
from recommender.export.latex_escape import _JOINED, _TOUCHING, escape, escape_title

SPECIAL = re.compile(r"[\\\\{}^~$&%#_<>|`]|--|\'\'")
DECODER = LatexNodes2Text(math_mode="verbatim")


def decoded(latex: str) -> str:
    return DECODER.latex_to_text(latex)


def first_reading(text: str) -> list[dict[str, str]]:
    library = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    assert not library.failed_blocks
    return [
        {x.key: x.value for x in entry.fields} | {"type": entry.entry_type}
        for entry in library.entries
    ]


def spaced(text: str) -> str:
    """pybtex makes one space of any run of white characters, wide ones too."""
    return " ".join(text.split())


def second_reading(paper: Paper):
    return next(iter(parse_string(render([paper], "bibtex"), "bibtex").entries.values()))


def names_of(entry) -> list[tuple[str, str, str]]:
    return [
        tuple(
            decoded(" ".join(words))
            for words in (
                p.first_names + p.middle_names,
                p.prelast_names + p.last_names,
                p.lineage_names,
            )
        )
        for p in entry.persons.get("author", [])
    ]


def expected_names(paper: Paper) -> list[tuple[str, str, str]]:
    parts = [name_parts(x) for x in paper.authors]
    return [(x.given, x.literal or x.last, x.suffix) for x in parts]


def test_bibtexparser_reads_every_nasty_paper_back():
    entries = first_reading(render(NASTY, "bibtex"))
    assert [x["title"] for x in entries] == [x.title for x in NASTY]


@given(papers)
def test_bibtexparser_reads_title_year_and_ids_back(paper):
    (entry,) = first_reading(render([paper], "bibtex"))
    assert entry["title"] == one_line(paper.title)
    assert entry.get("year") == (None if paper.year is None else str(paper.year))
    assert decoded(entry.get("eprint", "")) == paper.identifier("arxiv")


@given(papers)
def test_pybtex_reads_title_authors_year_and_ids_back(paper):
    entry = second_reading(paper)
    assert spaced(decoded(entry.fields["title"])) == spaced(one_line(paper.title))
    assert names_of(entry) == expected_names(paper)
    assert entry.fields.get("year", "") == str(paper.year or "")
    assert entry.fields.get("doi", "") == paper.identifier("doi")
    assert entry.fields.get("eprint", "") == paper.identifier("arxiv")
    abstract = "" if paper.abstract_is_summary else one_line(paper.abstract)
    assert spaced(decoded(entry.fields.get("abstract", ""))) == spaced(abstract)


def test_every_identifier_of_a_paper_is_in_its_entry():
    fields = second_reading(NASTY[0]).fields
    assert (fields["doi"], fields["eprint"]) == ("10.1000/x_y(1)", "2401.01234")
    assert fields["identifiers"] == "acl:2024.toy-1.7"


@pytest.mark.parametrize(
    ("author", "written"),
    [
        (Author("van der Berg", "Jan"), "van der Berg, Jan"),
        (Author("King Jr.", "Martin Luther"), "King, Jr., Martin Luther"),
        (Author("King, Jr.", "Martin Luther"), "King, Jr., Martin Luther"),
        (Author("Downey", "Robert, Jr."), "Downey, Jr., Robert"),
        (Author("Souza e Silva", "Ana"), "{Souza e Silva}, Ana"),
        (Author(literal="Salt and Pepper, Inc."), "{Salt and Pepper, Inc.}"),
        (Author("others"), "{others}"),
        (Author("", "Cher"), "{Cher}"),
        (Author("Plato"), "Plato"),
        (Author("Ångström", "Å. & B."), r"Ångström, Å. \& B."),
    ],
)
def test_a_name_is_written_so_that_bibtex_takes_it_apart_rightly(author, written):
    text = render([Paper(title="T", authors=(author,))], "bibtex")
    assert f"author = {{{written}}}" in text


@pytest.mark.parametrize(
    ("paper", "line"),
    [
        (Paper(title="T", kind="article-journal", venue="J"), "journal = {J}"),
        (Paper(title="T", kind="paper-conference", venue="C"), "booktitle = {C}"),
        (Paper(title="T", kind="book", venue="P"), "publisher = {P}"),
        (Paper(title="T", kind="thesis", venue="U"), "school = {U}"),
        (Paper(title="T", venue="V"), "howpublished = {V}"),
    ],
)
def test_the_venue_stands_where_its_entry_type_wants_it(paper, line):
    assert line in render([paper], "bibtex")


@pytest.mark.parametrize(
    ("kind", "entry_type"),
    [
        ("article-journal", "article"),
        ("paper-conference", "inproceedings"),
        ("book", "book"),
        ("thesis", "phdthesis"),
        ("", "misc"),
        ("dataset", "misc"),
    ],
)
def test_the_entry_type_says_what_the_paper_is(kind, entry_type):
    assert render([Paper(title="T", kind=kind)], "bibtex").startswith(f"@{entry_type}{{")


def test_nothing_is_made_up_for_a_paper_of_which_only_the_title_is_known():
    paper = Paper(title="Lonely", citation_key="Lonely")
    assert render([paper], "bibtex") == "@misc{Lonely,\n  title = {Lonely},\n}\n"


def test_a_summary_of_ours_is_not_passed_off_as_the_abstract():
    assert "abstract" not in render([NASTY[1]], "bibtex")


@pytest.mark.parametrize(
    ("title", "latex"),
    [
        ("Deep Learning with BERT", "Deep Learning with {BERT}"),
        ("A study of Bayesian models", "A study of {Bayesian} models"),
        ("Chain-of-Thought for GPT-4 and arXiv", "Chain-of-Thought for {GPT-4} and {arXiv}"),
        ("Q-learning: (BERT)", "{Q-learning}: ({BERT})"),
        (r"Sums of $\Gamma$", r"Sums of {$\Gamma$}"),
        ("From $5 to $10", r"From \$5 to \$10"),
        ("Off -- on", "Off -{}- on"),
        ("{x}", r"\{x\}"),
    ],
)
def test_titles_keep_their_capitals_and_mathematics(title, latex):
    assert escape_title(title) == latex


@given(titles)
def test_no_escaped_text_can_close_its_field(text):
    for latex in (escape(text), escape_title(text)):
        depth = 0
        for c in latex:
            depth += (c == "{") - (c == "}")
            assert depth >= 0
        assert depth == 0


@pytest.mark.slow
def test_real_titles_with_special_characters_come_back(shared):
    titles: list[str] = []
    for folder in ("acl", "hf-daily"):
        with gzip.open(
            shared / "data" / folder / "papers.jsonl.gz", "rt", encoding="utf-8"
        ) as file:
            titles += [x for x in (json.loads(line)["title"] for line in file) if SPECIAL.search(x)]
    assert len(titles) > 200
    entries = first_reading(render([Paper(x, f"title:{x}") for x in titles], "bibtex"))
    assert [x["title"] for x in entries] == [one_line(x) for x in titles]


def test_every_pair_that_tex_joins_is_looked_for():
    marks = [chr(x) for x in range(32, 127)]
    joined = {a + b for a in marks for b in marks if _JOINED.search(a + b)}
    assert joined == set(_TOUCHING)

"""What we export, our own import reads: the same papers under the same ids."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender import sources
from recommender.domain import Author, Paper, StatusStatement
from recommender.domain.status import LABELS, RECORD_TYPES, STATUSES, web_link
from recommender.export import FORMATS, PLAIN, Heading, render
from recommender.sources import Document, Entry

NOW = datetime(2026, 11, 18, tzinfo=UTC)
PAPERS = (
    Paper(
        title=r"Bounds on $\pi_{n}$ for R&B: 50% of {braces}, C# and snake_case -- a 2^n study",
        paper_id="arxiv:2401.01234",
        authors=(
            Author("van der Berg", "Jan"),
            Author("King Jr.", "Martin Luther"),
            Author("Souza e Silva", "María José"),
            Author("d'Arcy", "Ann-Marie"),
            Author("Łuk", "Żółć & Co"),
        ),
        year=2024,
        published_at=datetime(2024, 1, 3, tzinfo=UTC),
        identifiers=("arxiv:2401.01234", "doi:10.1000/x_y(1)"),
        venue="Letters on A & B",
        kind="article-journal",
        abstract="One sentence. Another of $x < y$ & more ~ words.",
    ),
    Paper(
        title="BERT by the Numbers", paper_id="doi:10.1000/none", identifiers=("doi:10.1000/none",)
    ),
    Paper(title="論文の題名", paper_id="title:cc", authors=(Author("王", "小明"),), year=1999),
)


FOR_REFERENCES = ("bibtex", "biblatex", "ris", "csl-json", "csv", "jsonl")
HEADING = Heading(
    title="Toys",
    notes={x.paper_id: "A note, with commas & $signs$" for x in PAPERS},
    tags={x.paper_id: ("read first", "C#, the rest") for x in PAPERS},
)


@pytest.fixture(params=[(name, heading) for name in FOR_REFERENCES for heading in (PLAIN, HEADING)])
def back(request, tmp_path: Path) -> list[Paper]:
    """The papers as our own import reads them, with and without notes, its format recognised."""
    name, heading = request.param
    file = tmp_path / f"list{FORMATS[name].extension}"
    file.write_text(render(PAPERS, name, heading), encoding="utf-8")
    found = sources.load(sources.detect(file)).read(Document(file), NOW)
    return [x.paper for x in found if isinstance(x, Entry)]


def test_titles_abstracts_and_venues_are_the_same(back):
    told = [(x.title, x.abstract, x.venue) for x in back]
    assert told == [(x.title, x.abstract, x.venue) for x in PAPERS]


def test_authors_stand_in_order_with_the_same_parts(back):
    assert [x.authors for x in back] == [x.authors for x in PAPERS]


def test_years_and_ids_are_the_same(back):
    assert [x.year for x in back] == [x.year for x in PAPERS]
    assert [set(x.identifiers) for x in back] == [set(x.identifiers) for x in PAPERS]


def marked(says: str) -> Paper:
    link = "doi:10.1000/notice_1" if says != "editorial" else ""
    said = StatusStatement(says, "crossref", link)
    return Paper(f"A paper that is {says}", "doi:10.1000/a", year=2020, statements=(said,))


@pytest.mark.parametrize("says", [*STATUSES, *RECORD_TYPES])
@pytest.mark.parametrize("name", FOR_REFERENCES)
def test_status_and_record_type_come_home_with_their_link(
    tmp_path: Path, name: str, says: str
) -> None:
    paper = marked(says)
    file = tmp_path / f"list{FORMATS[name].extension}"
    file.write_text(render([paper], name, HEADING), encoding="utf-8")
    (found,) = sources.load(sources.detect(file)).read(Document(file), NOW)
    assert isinstance(found, Entry)
    told = [(x.says, web_link(x.link)) for x in found.paper.statements]
    assert told == [(says, web_link(paper.statements[0].link))]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_that_a_paper_is_retracted(name: str) -> None:
    text = render([marked("retracted")], name)
    assert LABELS["retracted"].casefold() in text.replace("paper that is retracted", "").casefold()
    assert "retracted" not in render([Paper("Moss")], name).casefold()

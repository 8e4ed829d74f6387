from __future__ import annotations

from datetime import UTC, datetime

import pytest
from folders import DATA
from reading import Found, reader_of

from recommender.domain import Author


@pytest.fixture
def read(tmp_path):
    return reader_of("pubmed-xml", tmp_path)


def article(inside: str, beside: str = "") -> str:
    return (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID>"
        f"<Article>{inside}</Article></MedlineCitation>{beside}</PubmedArticle></PubmedArticleSet>"
    )


def test_an_article_becomes_a_paper():
    first, second = Found(DATA / "references.pubmed.xml", "pubmed-xml").papers
    assert first.title == "Sneezes that travel by train"
    assert first.abstract == "AIM: Trains carry sneezes. We rode along."
    assert first.authors == (
        Author("Lund Jr", "Siri B."),
        Author(literal="Group for Silent Music"),
    )
    assert (first.year, first.published_at) == (2017, datetime(2017, 1, 20, tzinfo=UTC))
    assert (first.venue, first.kind) == ("Annals of invented medicine", "article-journal")
    assert first.identifiers == ("doi:10.5555/sneeze", "pmid:99000003")
    assert second.title == "Von Taschentüchern"


def test_a_translated_title_loses_its_brackets(read):
    assert read(article("<ArticleTitle>[On keys].</ArticleTitle>")).titles == ["On keys"]
    assert read(article("<ArticleTitle>[Ca2+] and keys.</ArticleTitle>")).titles == [
        "[Ca2+] and keys"
    ]


def test_a_doi_may_stand_beside_the_article(read):
    ids = '<ArticleIdList><ArticleId IdType="doi">10.5555/x</ArticleId></ArticleIdList>'
    found = read(article("<ArticleTitle>T</ArticleTitle>", f"<PubmedData>{ids}</PubmedData>"))
    assert found.papers[0].identifiers == ("doi:10.5555/x", "pmid:7")


def test_identifiers_of_cited_works_are_not_the_articles(read):
    cited = (
        "<PubmedData><ReferenceList><Reference><ArticleIdList>"
        '<ArticleId IdType="doi">10.5555/cited</ArticleId></ArticleIdList></Reference>'
        "</ReferenceList></PubmedData>"
    )
    found = read(article("<ArticleTitle>T</ArticleTitle>", cited))
    assert found.papers[0].identifiers == ("pmid:7",)


@pytest.mark.parametrize(
    ("date", "year"),
    [("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", 1998), ("<Year>2001</Year>", 2001)],
)
def test_a_year_is_found_in_either_form(read, date, year):
    issue = f"<Journal><JournalIssue><PubDate>{date}</PubDate></JournalIssue></Journal>"
    (paper,) = read(article(f"<ArticleTitle>T</ArticleTitle>{issue}")).papers
    assert (paper.year, paper.published_at) == (year, None)


def test_a_book_is_read_too(read):
    found = read(
        "<PubmedArticleSet><PubmedBookArticle><BookDocument><PMID>8</PMID><Book><BookTitle>Keys"
        "</BookTitle><PubDate><Year>2009</Year></PubDate><AuthorList Type='editors'><Author>"
        "<LastName>No</LastName></Author></AuthorList><AuthorList Type='authors'><Author>"
        "<LastName>Lund</LastName><Initials>SB</Initials></Author></AuthorList></Book>"
        "</BookDocument></PubmedBookArticle></PubmedArticleSet>"
    )
    (paper,) = found.papers
    assert (paper.title, paper.kind, paper.year) == ("Keys", "book", 2009)
    assert paper.authors == (Author("Lund", "S. B."),)
    assert paper.identifiers == ("pmid:8",)

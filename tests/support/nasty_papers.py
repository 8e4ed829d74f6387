"""Invented papers that break careless writers, and a strategy that invents more."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from recommender.domain import Author, Listing, Paper

NASTY = (
    Paper(
        title=r"Bounds on $\pi$ and $\Gamma_{n}$ for R&B: 50% of {braces}, C# and snake_case",
        paper_id="arxiv:2401.01234",
        authors=(
            Author("van der Berg", "Jan"),
            Author("King Jr.", "Martin Luther"),
            Author(literal="Meta Labs, Inc. and Friends"),
            Author("Souza e Silva", "María José"),
            Author("Plato"),
            Author("d'Arcy", "Ann-Marie"),
            Author("Øster-Łuk", "Żółć"),
        ),
        year=2024,
        published_at=datetime(2024, 1, 3, tzinfo=UTC),
        identifiers=("arxiv:2401.01234", "doi:10.1000/x_y(1)", "acl:2024.toy-1.7"),
        venue="Proc. of A & B",
        kind="paper-conference",
        url="https://example.org/a_(b)?c=%20&copy;d",
        abstract="One sentence.\nAnother with $x < y$ & more.",
        listings=(Listing("a page", datetime(2024, 1, 5, tzinfo=UTC), "by someone", "x.txt", 7),),
    ),
    Paper(
        title='=HYPERLINK("http://x.example")[x](javascript:alert(1)) <script>alert(1)</script>',
        paper_id="title:00000000000000aa",
        abstract="A summary of ours.",
        abstract_is_summary=True,
    ),
    Paper(
        title="An }unbalanced{ title -- ``quoted'' with a ~ and 2^10 \\alpha", paper_id="title:bb"
    ),
    Paper(title="論文の題名", paper_id="title:cc", authors=(Author("王", "小明"),)),
    Paper(title="No year, no venue", paper_id="doi:10.1000/none", authors=(Author("", "Cher"),)),
    Paper(title="A book of $5 and $10 notes", paper_id="title:dd", kind="book", year=1871),
    Paper(title="Thesis", paper_id="title:ee", kind="thesis", venue="Uni <i>X</i>", year=-44),
    Paper(title="A journal's article", paper_id="pmid:77", kind="article-journal", venue="J. #1"),
)

_PIECES = r"""
$\pi$ $\Gamma$ $x_{i}$ $a<b$ $\{x\}$ $\left\{x$ $50\%$ $a*b*c$ $$x$$ $5 10$ $ { } {BERT} }{ & % %% _
snake_case x_1 # ## C# \ \alpha \\ \$ ~ ^ ^2 -- --- ' '' ` `` ,, << ?` <b> </script> <!-- é ß Ł ő
王 𝒪 “q” R&B =1+1 -1 +1 @foo @article{x, @string{a=1} | [a](javascript:x) ![i](x) http://x.example
www.x.example *a* **b** ! &amp; &#60; == and AND , ; " ( ) [ ] GPT-4 A Bayesian the word 1. - +
\begin{x} \verb|a| \( \) \textbf{b} %20 \n ER TY
"""
titles = (
    st.lists(
        st.sampled_from((*_PIECES.split(), "\u00a0", "\u2028", "\t", "\n", "\x00", "\ud800")),
        min_size=1,
    )
    .map(" ".join)
    .filter(lambda text: text.strip("\x00 \t\n\u2028\u00a0") != "")
)
free_text = st.text(max_size=60)

_GIVEN = (
    "Jan",
    "Ann-Marie",
    "J. R.",
    "María José",
    "Đặng",
    "小明",
    "Ali & Co",
    "A_B",
    "X, Y",
    "Bo and",
)
_PARTICLES = ("", "", "", "van der", "de la", "von", "'t", "al-", "ibn")
_FAMILIES = (
    "Berg",
    "García Márquez",
    "Müller-Lüdenscheidt",
    "O'Neil",
    "王",
    "Souza e Silva",
    "hooks",
)
_SUFFIXES = ("", "", "", "Jr.", "Sr", "III")
_BODIES = ("OpenLab", "Toy Team", "Salt, Pepper and Sons", "R&D Group", "others", "the Group of 7")


def _person(given: str, particle: str, family: str, suffix: str) -> Author:
    return Author(" ".join(x for x in (particle, family, suffix) if x), given)


people = st.builds(
    _person,
    st.sampled_from(_GIVEN),
    st.sampled_from(_PARTICLES),
    st.sampled_from(_FAMILIES),
    st.sampled_from(_SUFFIXES),
)
bodies = st.sampled_from(_BODIES).map(lambda name: Author(literal=name))
identifiers = st.lists(
    st.sampled_from(
        ("arxiv:2401.00001", "doi:10.1000/a_b%c", "acl:P1-1", "openalex:W1", "pmid:12", "s2:ff")
    ),
    unique=True,
    max_size=4,
).map(tuple)
papers = st.builds(
    Paper,
    title=titles,
    paper_id=st.sampled_from(("arxiv:2401.00009", "doi:10.1000/z", "title:0123456789abcdef")),
    abstract=st.one_of(st.just(""), titles, free_text),
    authors=st.lists(st.one_of(people, bodies), max_size=4).map(tuple),
    year=st.one_of(st.none(), st.integers(1600, 2100)),
    venue=st.one_of(st.just(""), titles),
    url=st.one_of(st.just(""), st.just("https://example.org/a%20b_c#d"), free_text),
    kind=st.sampled_from(("", "article-journal", "paper-conference", "book", "thesis", "dataset")),
    identifiers=identifiers,
    abstract_is_summary=st.booleans(),
)

"""Identifiers and titles in their canonical form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.domain.identifiers import (
    canonical_id,
    normalise_arxiv,
    normalise_doi,
    normalise_identifier,
    normalise_title,
    sort_identifiers,
    title_key,
)

ARXIV = {
    "2401.01234": "arxiv:2401.01234",
    "2401.01234v3": "arxiv:2401.01234",
    "arXiv:0704.0001": "arxiv:0704.0001",
    "arxiv: 2401.01234v2 [cs.LG]": "arxiv:2401.01234",
    "https://arxiv.org/abs/2401.01234v2": "arxiv:2401.01234",
    "http://www.arxiv.org/pdf/2401.01234v1.pdf?download=1": "arxiv:2401.01234",
    "https://arxiv.org/html/2401.01234#S3": "arxiv:2401.01234",
    "cs/0112017": "arxiv:cs/0112017",
    "cs.LG/0112017": "arxiv:cs/0112017",
    "cs.LG/0112017v2": "arxiv:cs/0112017",
    "arXiv:math.GT/0309136": "arxiv:math/0309136",
    "cond-mat.mes-hall/9901001": "arxiv:cond-mat/9901001",
    "HEP-TH/9711200": "arxiv:hep-th/9711200",
    "math-ph/0312001": "arxiv:math-ph/0312001",
}


@pytest.mark.parametrize(("written", "meant"), ARXIV.items())
def test_arxiv_id_loses_version_and_subject_class(written: str, meant: str) -> None:
    assert normalise_arxiv(written) == meant


@pytest.mark.parametrize(
    "text", ["", "2401.012", "example.com/1234567", "cs/011201", "1234.56789x", "no id here"]
)
def test_what_is_no_arxiv_id_is_empty(text: str) -> None:
    assert normalise_arxiv(text) == ""


DOI = {
    "10.1145/1234.5678": "doi:10.1145/1234.5678",
    "https://doi.org/10.1145/AbC.": "doi:10.1145/abc",
    "doi: 10.1000/xyz, and more": "doi:10.1000/xyz",
    "(see 10.1000/xyz)": "doi:10.1000/xyz",
    "10.1016/S0140-6736(05)67889": "doi:10.1016/s0140-6736(05)67889",
    "10.1000/a(b)": "doi:10.1000/a(b)",
    "10.48550/arXiv.2401.01234v2": "arxiv:2401.01234",
    "10.48550/arXiv.unknown": "doi:10.48550/arxiv.unknown",
    "10.1000/...": "",
    "ten.1000/x": "",
}


@pytest.mark.parametrize(("written", "meant"), DOI.items())
def test_doi_is_lower_case_without_what_surrounds_it(written: str, meant: str) -> None:
    assert normalise_doi(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (" ACL: P18-1001 ", "acl:P18-1001"),
        ("openreview:abcDEF", "openreview:abcDEF"),
        ("pmid:", ""),
        ("isbn:9780262033848", ""),
        ("title:0123456789abcdef", "title:0123456789abcdef"),
        ("https://doi.org/10.1145/ABC", "doi:10.1145/abc"),
    ],
)
def test_identifier_of_any_scheme_is_recognised(written: str, meant: str) -> None:
    assert normalise_identifier(written) == meant


def test_titles_compare_without_case_accents_and_punctuation() -> None:
    assert normalise_title("  Schrödinger's  CAT:\n a_re-view ") == "schrodinger s cat a re view"


def test_titles_without_letters_keep_apart() -> None:
    assert title_key("???") != title_key("!!!")
    assert title_key(" ??? ") == title_key("???")


def test_canonical_id_takes_the_first_scheme_known() -> None:
    known = ["doi:10.1/x", "s2:9", "arxiv:2401.01234"]
    assert canonical_id(known, "Any title") == "arxiv:2401.01234"
    assert canonical_id(known[:2], "Any title") == "doi:10.1/x"
    assert canonical_id(["isbn:1"], "Any title") == f"title:{title_key('any TITLE')}"


def test_identifiers_are_sorted_by_scheme_and_once_each() -> None:
    mixed = ["zzz:1", "doi:b", "doi:a", "", "arxiv:9", "doi:a"]
    assert sort_identifiers(mixed) == ("arxiv:9", "doi:a", "doi:b", "zzz:1")


identifiers = st.one_of(
    st.text(),
    st.from_regex(r"(https?://(dx\.)?doi\.org/)?10\.\d{4}/[\x21-\x7e]{0,12}", fullmatch=True),
    st.from_regex(r"(?i)arxiv: ?\d{4}\.\d{4,5}(v\d)?", fullmatch=True),
    st.from_regex(r"10\.48550/arxiv\.[a-z0-9./()]{0,12}", fullmatch=True),
    st.from_regex(r"(acl|PMID|s2|title):[ -~]{0,10}", fullmatch=True),
)


@given(identifiers)
def test_a_canonical_identifier_is_its_own_canonical_form(text: str) -> None:
    once = normalise_identifier(text)
    assert normalise_identifier(once) == once


@given(st.text())
def test_a_normalised_title_is_its_own_normal_form(title: str) -> None:
    once = normalise_title(title)
    assert normalise_title(once) == once


@given(st.text(), st.sampled_from(["upper", "title", "swapcase"]))
def test_ascii_case_never_changes_a_title_key(title: str, change: str) -> None:
    plain = title.encode("ascii", "ignore").decode()
    if normalise_title(plain):
        assert title_key(getattr(plain, change)()) == title_key(plain)

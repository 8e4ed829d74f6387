from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.domain.identifiers import SCHEMES
from recommender.sources.parsing.identifier_fields import (
    arxiv_in_note,
    identifier_in_url,
    known_identifiers,
    parse_identifier,
    scheme_identifier,
    web_address,
)

PIECES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            "https://",
            "arxiv.org/abs/",
            "doi.org/",
            "10.5555/",
            "2401.00011",
            "v2",
            "arXiv:",
            "cs/",
            "0112017",
            "P19-1001",
            "aclanthology.org/",
            "openalex:",
            "W1",
            "?",
            "#",
            ")",
            ".",
        ]
    ),
)
WRITTEN = st.lists(PIECES, max_size=6).map("".join)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2401.00011", "arxiv:2401.00011"),
        ("arXiv:2401.00011v3", "arxiv:2401.00011"),
        ("10.5555/Tea.7", "doi:10.5555/tea.7"),
        ("P19-1001", "acl:P19-1001"),
        ("2021.acl-long.1", "acl:2021.acl-long.1"),
        ("1991.iwpt-1.2", "acl:1991.iwpt-1.2"),
        ("https://doi.org/10.5555/tea?x=1", "doi:10.5555/tea"),
        ("17", ""),
        ("title:abc", ""),
        ("4f", ""),
        ("10.5555/" + "x" * 900, ""),
    ],
)
def test_an_id_is_known_by_its_form(text, found):
    assert parse_identifier(text) == found


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://arxiv.org/abs/2401.00011v2", "arxiv:2401.00011"),
        ("https://arxiv.org/pdf/2401.00011.pdf", "arxiv:2401.00011"),
        ("https://dx.doi.org/10.5555/tea", "doi:10.5555/tea"),
        ("https://doi.org/10.48550/arXiv.2401.00011", "arxiv:2401.00011"),
        ("https://aclanthology.org/P19-1001.pdf", "acl:P19-1001"),
        ("https://www.aclweb.org/anthology/P19-1001/", "acl:P19-1001"),
        ("https://openreview.net/forum?id=aB3_-x", "openreview:aB3_-x"),
        ("https://pubmed.ncbi.nlm.nih.gov/123456/", "pmid:123456"),
        ("https://example.org/10.5555/tea", ""),
        ("https://aclanthology.org/events/", ""),
    ],
)
def test_an_address_names_a_paper(url, found):
    assert identifier_in_url(url) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("arXiv preprint arXiv:2401.00011", "arxiv:2401.00011"),
        ("CoRR abs/2401.00011", "arxiv:2401.00011"),
        ("arXiv:2401.00011v2 [cs]", "arxiv:2401.00011"),
        ("Journal of 2401.00011 things", ""),
    ],
)
def test_an_arxiv_id_is_found_in_a_note(text, found):
    assert arxiv_in_note(text) == found


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (r"\url{https://x.org/a\_b\%20c}", "https://x.org/a_b%20c"),
        ("https://x.org/~me", "https://x.org/~me"),
        ("javascript:alert(1)", ""),
        ("https://x.org/<script>", ""),
        ("see x.org", ""),
    ],
)
def test_only_addresses_of_the_web_are_kept(text, url):
    assert web_address(text) == url


@given(WRITTEN)
def test_what_is_found_in_any_text_is_an_identifier_that_finds_itself(text):
    for found in (parse_identifier(text), identifier_in_url(text), arxiv_in_note(text)):
        assert found == "" or found.partition(":")[0] in SCHEMES
        assert found == "" or parse_identifier(found) == found


@given(st.sampled_from(SCHEMES), WRITTEN)
def test_a_bare_id_keeps_to_its_scheme_or_is_none(scheme, text):
    found = scheme_identifier(scheme, text)
    # A DOI may be that of a preprint, which arXiv's own id names.
    assert found == "" or found.partition(":")[0] in (scheme, "arxiv")


@given(st.lists(WRITTEN.map(parse_identifier), max_size=5))
def test_identifiers_stand_once_each_in_one_order(found):
    assert known_identifiers(reversed(found)) == known_identifiers(found)
    assert sorted(known_identifiers(found)) == sorted({x for x in found if x})


@given(WRITTEN)
def test_an_address_is_of_the_web_and_stays_as_it_is(text):
    url = web_address(text)
    assert url == "" or url.lower().startswith(("http://", "https://"))
    assert web_address(url) == url

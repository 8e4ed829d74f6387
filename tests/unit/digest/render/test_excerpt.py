"""Abstracts in short: only words of the abstract, cut after a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.digest.render.excerpt import excerpt
from recommender.escaping import one_line


def test_a_short_abstract_is_kept_whole():
    assert excerpt("One.\n Two.") == "One. Two."


@pytest.mark.parametrize(
    ("abstract", "short"),
    [
        ("One is first. Two follows here. Three is too much.", "One is first. Two follows here. …"),
        ("Toys roll. See e.g. Fig. Three or Dr. Ng and all the others.", "Toys roll. …"),
        (
            "It costs 3.5 units in all cases. And more words that do not fit.",
            "It costs 3.5 units in all cases. …",
        ),
        ("Is it so? “Yes!” Nobody knew it before now, they said.", "Is it so? “Yes!” …"),
        (
            "No sentence ends anywhere in this long text of many words",
            "No sentence ends anywhere in this …",
        ),
        (
            "第一句。第二句很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长。",
            "第一句。 …",
        ),
    ],
)
def test_a_long_abstract_ends_after_a_sentence_or_a_word(abstract, short):
    assert excerpt(abstract, 38) == short


@given(st.text(alphabet="ab .!?\n“”。", max_size=300), st.integers(10, 60))
def test_nothing_is_invented_and_nothing_is_too_long(abstract, longest):
    short = excerpt(abstract, longest)
    assert len(short) <= longest
    assert one_line(abstract).startswith(short.removesuffix(" …"))

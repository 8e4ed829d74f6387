from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.sources.parsing.clean_text import plain_text

markup = st.text(st.sampled_from('<>/&;$ =-!abip#x3lt"\\\u202e\u0000\ud800é'), max_size=60)


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("<p>One</p><p>Two</p>", "One Two"),
        ("x<sup>2</sup> and <i class='a'>y</i>", "x2 and y"),
        ("<jats:title>Aim</jats:title><jats:p>Why</jats:p>", "Aim Why"),
        ("<fixed-case>BERT</fixed-case> is <tex-math>$n^2$</tex-math>", "BERT is $n^2$"),
        ("R&amp;D &lt;b&gt;bold&lt;/b&gt; &eacute;", "R&D bold é"),
        ("&amp;amp;amp; twice over", "& twice over"),
        ("a\x00b\x1b[31m\u202ec\ud800", "ab[31mc\N{REPLACEMENT CHARACTER}"),
        ("one\n two\t three\u2028four", "one two three four"),
        ("Ame\u0301lie", "Amélie"),
    ],
)
def test_markup_entities_and_controls_become_plain_text(raw, plain):
    assert plain_text(raw) == plain


@pytest.mark.parametrize(
    "text",
    [
        "for a<b and c>d",
        "the <eos> token, the <think> tag and a List<T>",
        "<b and c> are no attributes",
        "$a<b>c$ is a formula",
        "AT&T, Q&A and &unknown; things",
        "costs $5 or $6",
        r"$\{x \mid x < 3\}$ stays",
    ],
)
def test_what_is_no_markup_stays(text):
    assert plain_text(text) == text


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&amp;lt;iframe src=javascript:alert(1)&amp;gt;",
        "$<script>alert(1)</script>$",
    ],
)
def test_no_tag_of_a_script_survives(attack):
    text = plain_text(attack).lower()
    assert not any(tag in text for tag in ("<script", "<img", "<svg", "<iframe"))


@given(markup)
def test_cleaning_twice_changes_nothing(text):
    once = plain_text(text)
    assert plain_text(once) == once


@given(st.text())
def test_the_result_can_be_stored_and_is_one_line(text):
    plain = plain_text(text)
    plain.encode("utf-8")
    assert "\n" not in plain
    assert "\x00" not in plain
    assert plain == plain.strip()

"""Foreign text made safe for where it is shown."""

from __future__ import annotations

import pytest

from recommender.domain import Paper
from recommender.escaping import Span, is_safe_math, link_of, one_line, shown, spans, web_url


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (" a\n b\tc  d ", "a b c d"),
        ("a\u2028b\u0085c", "a b c"),
        ("a\x00\x1bb", "ab"),
        ("a\u00a0b", "a\u00a0b"),
        ("a\ud800b", "a\ufffdb"),
        ("a\x00 \x00b", "a b"),
        ("\n", ""),
    ],
)
def test_text_becomes_one_line_without_controls(text, line):
    assert one_line(text) == line


def test_shown_text_cannot_turn_the_direction_of_what_follows():
    assert shown("abc\u202edef\u2066ghi") == "abcdefghi"


@pytest.mark.parametrize(
    ("text", "math"),
    [
        (r"of $\pi$ and $x_1$", [r"$\pi$", "$x_1$"]),
        ("$5 and $10", []),
        ("from $5 to 10$", ["$5 to 10$"]),
        ("$5-$10", []),
        (r"a \$x\$ b", []),
        (r"$a\$b$", [r"$a\$b$"]),
        ("$$x$$", []),
        ("$ x $", []),
        ("one $ only", []),
    ],
)
def test_mathematics_is_told_from_prices(text, math):
    assert [x.text for x in spans(text) if x.math] == math


def test_spans_lose_nothing():
    text = r"a $\pi$ $5 b$ $ c"
    assert "".join(x.text for x in spans(text)) == text
    assert spans("") == []
    assert spans("$x$") == [Span("$x$", math=True)]


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a?b=c&d#e", "https://example.org/a?b=c&d#e"),
        (" HTTP://example.org ", "HTTP://example.org"),
        ("https://example.org/a b\"<>'`{}", "https://example.org/a%20b%22%3C%3E'%60%7B%7D"),
        ("https://example.org/é%20", "https://example.org/%C3%A9%20"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//example.org", ""),
        ("https://", ""),
        ("http://[::1", ""),
        ("ftp://example.org", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_pass_and_cannot_leave_their_place(url, safe):
    assert web_url(url) == safe


@pytest.mark.parametrize(
    ("paper", "link"),
    [
        (Paper("T", "arxiv:2401.1", url="https://example.org/x"), "https://example.org/x"),
        (Paper("T", "arxiv:2401.1", url="javascript:x"), "https://arxiv.org/abs/2401.1"),
        (Paper("T", "title:1", identifiers=("doi:10.1000/x",)), "https://doi.org/10.1000/x"),
        (Paper("T", "title:1"), ""),
    ],
)
def test_a_paper_is_opened_at_its_page_arxiv_or_doi(paper, link):
    assert link_of(paper) == link


@pytest.mark.parametrize(
    "formula",
    [
        r"$\input{/etc/passwd}$",
        r"$\write18{id}$",
        r"$\immediate\openout1=x$",
        r"$\catcode`\|=0 |input x$",
        r"$^^5cinput{x}$",
        r"$\href{https://evil.example}{x}$",
        r"$\csname input\endcsname{x}$",
        r"$\def\x{y}$",
        r"$\@@input x$",
    ],
)
def test_a_formula_that_reads_writes_links_or_defines_is_not_safe(formula):
    assert not is_safe_math(formula)


@pytest.mark.parametrize(
    "formula", [r"$\alpha_{i}^2 \leq \sqrt{n}$", r"$\mathcal{O}(n\,k)$", "$x$"]
)
def test_a_formula_of_symbols_and_styles_is_safe(formula):
    assert is_safe_math(formula)

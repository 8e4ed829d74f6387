from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.sources.parsing.latex import decode_latex, unescape_latex

latex = st.text(st.sampled_from("\\{}$%&~^_'\"`ab1 -[]()\x02\x03"), max_size=80)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (r"{\'{\i}} Caf\'e {\"o}\ss {\o} \aa \v{c} {\L}", "í Café ößø åč Ł"),
        (r"{B}ayes and {LASSO}", "Bayes and LASSO"),
        (r"{$\pi$}-calculus \& $x_{1}$", r"$\pi$-calculus & $x_{1}$"),
        (r"\(a+b\) and \[c\] for {\'e}", r"\(a+b\) and \[c\] for é"),
        (r"50% or 60\% of {\em all}", "50% or 60% of all"),
        (r"\$5 {\"u}ber 6$", "$5 über 6$"),
        ("``so'' 1--2 --- a~b", "“so” 1–2 — a b"),
        (r"\texttt{a\_b} \textsc{C} \unknown{d}", "a_b C d"),
        (r"\href{https://x.org}{here} \url{https://y.org}", "here https://y.org"),
        (r"a {\textless} b {\textgreater} c", "a < b > c"),
        (r"\~{}me C\# \emph{50\% off} {\'E}cole \.{I}", "~me C# 50% off École İ"),
        (r"1--$>$4 and p $<$ .05 of $<x>$", "1–>4 and p < .05 of $<x>$"),
        (r"\LaTeX{} by \cite{knuth}", "LaTeX by "),
    ],
)
def test_bibtex_text_becomes_unicode_and_formulas_stay(raw, text):
    assert decode_latex(raw) == text


@pytest.mark.parametrize("raw", [r"\input{/etc/hostname}", r"\include{/etc/hostname}", r"\today"])
def test_nothing_is_read_from_the_machine(raw):
    assert decode_latex(raw) == ""


@pytest.mark.parametrize(
    "raw", ["{" * 50_000, r"\emph{" * 5_000, r"\href" * 500, r"\begin{x}" * 99]
)
def test_broken_latex_still_gives_text(raw):
    assert isinstance(decode_latex(raw), str)


@given(latex)
def test_any_latex_gives_text(text):
    assert isinstance(decode_latex(text), str)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (r"54\% of Q\&A on SDXL\_NCP \#1", "54% of Q&A on SDXL_NCP #1"),
        (r"\textbf{Big} {\em small} \url{https://x.org}", "Big small https://x.org"),
        (r"\"Ust\"un, Mir{\'o}, Fran\c{c}ois", "Üstün, Miró, François"),
    ],
)
def test_escapes_left_in_plain_text_are_undone(raw, text):
    assert unescape_latex(raw) == text


@pytest.mark.parametrize(
    "text",
    [
        r"$50\%$ and \alpha r^{-\alpha}",
        r"the query\'s path c:\new",
        r"our {\method} is",
        "plain {B}",
    ],
)
def test_what_may_be_meant_stays_in_plain_text(text):
    assert unescape_latex(text) == text

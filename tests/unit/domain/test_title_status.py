"""Titles in a publisher's form say what a record is; titles about such things do not."""

from __future__ import annotations

import pytest

from recommender.domain.status import (
    CONCERN,
    CONCERN_NOTICE,
    CORRECTED,
    EDITORIAL,
    ERRATUM,
    OTHER,
    PARATEXT,
    RETRACTED,
    RETRACTION_NOTICE,
    WITHDRAWN,
)
from recommender.domain.title_status import (
    noticed_title,
    remark_says,
    statements_of,
    text_says,
    title_says,
)

LANGUAGES = {
    RETRACTED: (
        "ОТОЗВАНА: Исследование речного мха",
        "Отозванная статья: Исследование речного мха",
        "Geri çekildi: Nehir yosunu üzerine",
        "Ingetrokken artikel: Mos in rivieren",
    ),
    RETRACTION_NOTICE: (
        "Retrazione: Muschi e fiumi",
        "Rücknahme: Moose und Flüsse",
        "Ретракция: Исследование речного мха",
        "論文撤回のお知らせ",
        "철회: 강 이끼의 연구",
        "논문 철회: 강 이끼의 연구",
    ),
    CONCERN_NOTICE: (
        "Editor's Note: Expression of concern: Moss and rivers",
        "Expressão de preocupação: Musgos e rios",
    ),
    ERRATUM: (
        "Исправление: Исследование речного мха",
        "Опечатка: Исследование речного мха",
        "訂正：川のコケの研究",
        "正誤表",
        "정정: 강 이끼의 연구",
        "Düzeltme: Nehir yosunu üzerine",
        "Rectificatie: Mos in rivieren",
        "Rettelse: Mos i elve",
        "Rättelse: Mossa i älvar",
        "Sprostowanie: Mchy i rzeki",
        "Oprava: Mechy a řeky",
    ),
    EDITORIAL: (
        "卷首语",
        "編集後記",
        "От редакции",
        "Preface to the special issue on river moss",
        "Foreword to this special section",
    ),
    PARATEXT: ("Vorwort der Herausgeber",),
    OTHER: ("Addendum: Moss and rivers", "Addendum to “Moss and rivers”"),
}
"""Marks of publishers in further languages."""


@pytest.mark.parametrize(("says", "title"), [(x, z) for x, y in LANGUAGES.items() for z in y])
def test_marks_in_further_languages_count(says: str, title: str) -> None:
    assert title_says(title) == says


@pytest.mark.parametrize(
    "title",
    [
        "訂正可能性と民主主義",
        "撥水性の研究",
        "Исправление ошибок в текстах с помощью нейронных сетей",
        "Отзыв лицензии у банков как сигнал",
        "Oprava a údržba mostů",
        "정정 신호의 검출",
        "Rücknahmesysteme für Batterien",
        "Rectification of tidal currents",
        "Special issues of trust in networks",
    ],
)
def test_titles_with_the_same_words_are_papers(title: str) -> None:
    assert title_says(title) == ""


FORMS = {
    RETRACTED: (
        "RETRACTED ARTICLE: Drift of pebbles",
        "RETRACTED: Effects of moonlight on the growth of river moss",
        "[Retracted] Moss and rivers",
        "(Retracted) Moss and rivers",
        "[RETRACTED ARTICLE] Moss and rivers",
        "Retracted: Moss and rivers",
        "Retracted Paper: Moss and rivers",
        "RETRACTED CHAPTER: Moss and rivers",
        "“Retracted: Moss and rivers”",
        "Moss and rivers [Retracted]",
        "Moss and rivers (Retracted article. See vol. 33, pg 12, 2010)",
        "Moss and rivers - RETRACTED",
        "Moss and rivers RETRACTED",
        "This article has been retracted: Moss and rivers",
        "Article rétracté : la mousse",
        "ARTÍCULO RETRACTADO: musgo",
        "Zurückgezogen: Moos",
    ),
    WITHDRAWN: (
        "WITHDRAWN: Aspirin for moss",
        "Withdrawn: A moss",
        "[Withdrawn] Moss",
        "Withdrawn Article: Moss",
        "TEMPORARY REMOVAL: Moss",
        "REMOVED: Moss",
        "Moss (withdrawn)",
        "Notice of Removal: Moss and rivers",
        "Notice of Removal Moss and rivers",
    ),
    CONCERN: (
        "[Expression of Concern] Moss and rivers",
        "Notice of Violation of IEEE Publication Principles: Moss and rivers",
        "Notice of violation of publication principles Moss and rivers",
    ),
    CORRECTED: ("Corrected and republished: Moss", "[Corrected] Moss", "CORRECTED ARTICLE: Moss"),
    RETRACTION_NOTICE: (
        "Retraction: Light and the river moss, a survey of its seasons",
        "Retraction Note to: Drift of pebbles",
        "Retraction Note: Drift of pebbles",
        "Retraction note for “Drift of pebbles”",
        "Retraction notice to “Drift” [J. Moss 3 (2010) 1–9]",
        "Retraction of “Drift of pebbles”",
        "Retraction to: Drift of pebbles",
        "Retraction for Li et al., Drift of pebbles",
        "Retraction of the article: Drift of pebbles",
        "Statement of Retraction: Drift of pebbles",
        "Notice of Retraction: Drift of pebbles",
        "Editorial Retraction: Drift of pebbles",
        "Withdrawal: Drift of pebbles",
        "Withdrawal notice to: Drift of pebbles",
        "Retraction",
        "Drift of pebbles (Retraction of vol 33, pg 12, 2010)",
        "Rétractation : la mousse",
        "Rétractation de l'article « Mousse »",
        "Avis de rétractation : la mousse",
        "Retractación: musgo",
        "Nota de retractación: musgo",
        "Widerruf: Moos",
    ),
    CONCERN_NOTICE: (
        "Expression of Concern: Drift",
        "Editorial Expression of Concern: Drift",
        "Editors' Expression of Concern: Drift",
        "Expression of concern",
        "Expression of Concern for Drift of pebbles",
    ),
    ERRATUM: (
        "Correction to: Light and the river moss, a survey of its seasons",
        "Erratum to: Drift",
        "Erratum to “Drift”",
        "Erratum: Drift",
        "Erratum",
        "Errata",
        "Corrigendum to “Drift” [J. Moss 3 (2010) 1–9]",
        "Corrigendum: Drift",
        "Author Correction: Drift",
        "Publisher Correction: Drift",
        "Publisher’s Correction: Drift",
        "Correction: Drift",
        "Corrections to “Drift”",
        "Correction for Smith et al., Drift",
        "Partial Retraction: Drift",
        "Publisher’s Note: Drift of pebbles [Phys. Rev. E 93, 1 (2016)]",
        "Berichtigung zu: Moos",
        "Erratum zu: Moos",
        "Korrektur zu: Moos",
        "Erratum à : la mousse",
        "Fe de erratas",
        "Correctif : la mousse",
    ),
    EDITORIAL: (
        "Editorial",
        "EDITORIAL",
        "Éditorial",
        "Editorial: Moss and rivers",
        "Guest Editorial",
        "Guest Editors' Introduction: Moss",
        "From the Editor",
    ),
    PARATEXT: (
        "Front Matter",
        "Front Matter: Volume 1234",
        "Front Matter, Table of Contents, Preface, Conference Organization",
        "Table of Contents",
        "Editorial Board",
        "Contents",
        "Title page iii",
        "Call for Papers",
        "[Front cover]",
        "Cover Picture: Moss (J. Moss 3/2010)",
        "Author Index",
        "Issue Information",
        "In This Issue",
        "Issue Highlights",
        "Books Received",
        "Publisher's note",
        "Masthead",
        "Titelei",
        "Inhaltsverzeichnis",
        "Sommaire",
        "Índice",
    ),
    OTHER: ("Obituary: Ada Vogel", "In Memoriam: Ada Vogel"),
}

PAPERS = (
    "Retraction of scientific papers: a survey",
    "An editorial process for open journals",
    "Withdrawn behaviour in children",
    "Retracted science and the retraction index",
    "Retractions: a study of two thousand papers",
    "Retraction maps on manifolds",
    "Retraction of the nictitating membrane",
    "Why and how do journals retract articles?",
    "Correction of optical aberrations",
    "Correction to the Born approximation",
    "Corrections to scaling",
    "Grammatical error correction: a survey",
    "Error correction in the brain",
    "Author corrections of proofs",
    "Corrected proofs in type theory",
    "Erratum correction networks",
    "Expressions of concern: who writes them",
    "Concern for others",
    "Withdrawal of antidepressants: a review",
    "Removal of nitrates: methods",
    "Removed in translation",
    "Publishers' notes in early books",
    "In this world of moss",
    "Books received by rivers",
    "Editorial boards of journals: a study",
    "Editorial decisions: how they are made",
    "Cover trees for nearest neighbours",
    "COVER: Covering the Semantically Tractable Questions",
    "Contents of rivers",
    "Table of contents generation",
    "Tables of contents as summaries",
    "Index structures for moss",
    "Reviewers' comments and bias",
    "Preface and text in Kierkegaard",
    "Introduction to the Special Issue on Word Sense Disambiguation: The State of the Art",
    "Front matter of glaciers under stress",
    "",
    "?",
)
LONG = "We study how moss grows. " * 40


@pytest.mark.parametrize("says", FORMS)
def test_publishers_forms_are_read(says: str) -> None:
    assert {x: title_says(x) for x in FORMS[says]} == dict.fromkeys(FORMS[says], says)


@pytest.mark.parametrize("abstract", ["", LONG])
def test_papers_about_such_things_are_papers(abstract: str) -> None:
    assert {x: said for x in PAPERS if (said := title_says(x, abstract))} == {}


@pytest.mark.parametrize(
    "title",
    ["Correction: a theory", "Editorial: the making of", "Retraction: a notion of topology"],
)
def test_a_doubtful_form_with_an_abstract_is_a_paper(title: str) -> None:
    assert title_says(title)
    assert title_says(title, LONG) == ""


def test_a_notice_with_a_long_abstract_says_that_an_article_has_been_retracted() -> None:
    text = "The above article, published online in 2019, has been retracted by agreement. " + LONG
    assert title_says("Retraction: Drift of pebbles", text) == RETRACTION_NOTICE


def test_an_abstract_that_begins_with_it_says_that_the_paper_is_withdrawn() -> None:
    said = "This paper has been withdrawn by the author due to a crucial error in equation 1."
    assert text_says(said) == WITHDRAWN
    assert text_says("This article has been retracted: please see the policy.") == RETRACTED
    assert text_says("This submission has been withdrawn by arXiv administrators.") == WITHDRAWN
    assert text_says("Children who are withdrawn were studied.") == ""
    assert text_says("This study was withdrawn from no register.") == ""
    assert text_says("The paper is about retracted papers.") == ""
    assert [x.says for x in statements_of("Moss", said)] == [WITHDRAWN]


def test_a_remark_says_it_anywhere() -> None:
    assert remark_says("12 pages; this paper has been withdrawn by the author") == WITHDRAWN
    assert remark_says("Withdrawn: the proof of Lemma 2 is wrong") == WITHDRAWN
    assert remark_says("withdrawn by arXiv") == WITHDRAWN
    assert remark_says("Paper withdrawn due to an error") == WITHDRAWN
    assert remark_says("Retracted") == RETRACTED
    assert remark_says("9 pages; withdrawn due to an error in Lemma 4") == WITHDRAWN
    assert remark_says("The authors have withdrawn this paper") == WITHDRAWN
    assert remark_says("We withdraw this paper because of a mistake") == WITHDRAWN
    assert remark_says("Paper is withdrawn, a new version will follow") == WITHDRAWN
    assert remark_says("Withdrawing: the main theorem is false") == WITHDRAWN
    assert remark_says("We show how readers have withdrawn from public debate") == ""
    assert remark_says("The paper is withdrawn from a workshop") == ""
    assert remark_says("12 pages, 3 figures") == ""
    assert remark_says("A study of withdrawn papers, 12 pages") == ""


def test_a_long_title_is_read_in_time_that_grows_with_its_length() -> None:
    for text in (
        "retraction for " * 9_000,
        "[" * 90_000,
        "erratum " * 9_000,
        "(retracted " * 9_000,
    ):
        assert title_says(text, text) in ("", RETRACTION_NOTICE, ERRATUM, RETRACTED)
        assert text_says(text) == ""
        assert remark_says(text) in ("", RETRACTED)


@pytest.mark.parametrize(
    "title",
    [
        "Retraction: Drift of pebbles",
        "Retraction Note to: Drift of pebbles",
        "Retraction Note: Drift of pebbles",
        "Retraction notice to “Drift of pebbles” [J. Moss 3 (2010) 1–9]",
        "Retraction of “Drift of Pebbles”",
        "Retraction for Li et al., Drift of pebbles",
        "Retraction of the article: Drift of pebbles",
        "Erratum to: Drift of pebbles",
        "Erratum to Drift of pebbles",
        "Corrigendum to “Drift of pebbles”",
        "Publisher's Note: Drift of pebbles [Phys. Rev. E 93, 1 (2016)]",
        "Author Correction: Drift of pebbles",
        "Correction to: Drift of pebbles",
        "Correction: Drift of pebbles",
        "Correction for Smith et al., “Drift of pebbles”",
        "Expression of Concern: Drift of pebbles",
        "Expression of concern for Drift of pebbles",
        "Withdrawal: Drift of pebbles",
        "Statement of Retraction: Drift of pebbles",
        "Notice of Retraction: Drift of pebbles",
        "Berichtigung zu: Drift of pebbles",
        "Rétractation : Drift of pebbles",
    ],
)
def test_a_notice_names_its_work(title: str) -> None:
    assert noticed_title(title) == "drift of pebbles"


def test_what_is_no_notice_names_no_work() -> None:
    assert noticed_title("Retraction of scientific papers: a survey") == ""
    assert noticed_title("Erratum") == ""

"""What the words of a record say about its status: titles as publishers write them. Pure.

Publishers put a mark before the title of a retracted paper (``RETRACTED ARTICLE: …``),
and before that of a notice about it (``Retraction Note to: …``). A paper *about*
retractions or corrections uses the same words in a sentence, so a mark counts only in a
publisher's form: followed by a colon or a quoted title, in brackets, or as the whole
title. Forms that could also begin a real title count only without a long abstract.
"""

from __future__ import annotations

import re
import unicodedata

from recommender.domain.identifiers import title_key
from recommender.domain.status import (
    CONCERN,
    CONCERN_NOTICE,
    CORRECTED,
    EDITORIAL,
    ERRATUM,
    NOTICES,
    OTHER,
    PARATEXT,
    RETRACTED,
    RETRACTION_NOTICE,
    WITHDRAWN,
    StatusStatement,
)

SOURCE = "title"
"""The source of a statement that the title makes."""

MAX_READ = 400
"""Characters of a title or a remark that are looked at."""
MAX_SHORT_TITLE_WORDS = 2
TITLED = "titled:"
"""With the key of a title, the subject of a statement about every work of that title."""
MAX_NOTICE_ABSTRACT = 400
"""A longer abstract is that of a paper; notices and editorials have none, or a line or two."""

_QUOTES = str.maketrans(dict.fromkeys('“”„‟«»‘’‚‹›"`「」『』', "'") | dict.fromkeys("–—−‐‑", "-"))

_WORK = r"(?: (?:article|paper|chapter|publication|manuscript|preprint|conference paper|review))?"
_END = r"(?: ?[:|]| - |\. |$)"
"""What ends a mark before a title: a colon, a bar, a dash between spaces, a full stop."""
_OF = r"(?: ?[:'|]| - | ?$| (?:to|for|of|on|zu|a|de|del|al|in)(?: the)?(?: article| paper)? ?[:'])"
"""What ends the name of a notice: as above, a quoted title, or ``to:``."""

_RETRACTED = (
    r"(?:retracted|retrattato|retraktiert|zuruckgezogen(?:er artikel)?|retracte|retractado"
    r"|retractada|retratado|ritrattato)"
)
_WITHDRAWN = r"(?:withdrawn|(?:temporary )?removal|retire|retirado|ritirato)"
_WHOLE = rf"(?:(?:article|articulo|artigo|articolo) )?(?:{_RETRACTED}{_WORK})"

# Folded text has Korean syllables as their letters.
_KOREAN_PAPER, _KOREAN_RETRACTION, _KOREAN_CORRECTION = (
    unicodedata.normalize("NFKD", x) for x in ("논문", "철회", "정정|정오표")
)

_STATUS = (
    (
        RETRACTED,
        rf"{_WHOLE}{_END}|this (?:article|paper) has been retracted\b"
        rf"|отозван(?:а|о|ная статья)?{_END}|(?:makale )?geri cekil(?:di|mis)(?: makale)?{_END}"
        rf"|ingetrokken(?: artikel)?{_END}",
    ),
    (
        WITHDRAWN,
        rf"{_WITHDRAWN}{_WORK}{_END}|this (?:article|paper) has been withdrawn\b"
        r"|notice of removal(?: ?:| |$)",
    ),
    # IEEE puts this before the title of the paper itself.
    (CONCERN, r"notice of violation of (?:ieee )?publication principles\b"),
    (CORRECTED, rf"corrected (?:and republished|article|paper)(?: from)?{_END}"),
)
_BRACKETED = (
    (RETRACTED, rf"{_WHOLE}"),
    (WITHDRAWN, rf"{_WITHDRAWN}{_WORK}|removed{_WORK}"),
    (CONCERN, r"expression of concern"),
    (CORRECTED, rf"corrected(?: and republished)?{_WORK}"),
)

_NOTICES = (
    (
        RETRACTION_NOTICE,
        r"(?:editorial )?retraction (?:notes?|notices?|statement|announcement)"
        rf"(?:{_OF}| (?:to|for|of|on) )"
        r"|(?:notice|statement|note|avis|nota|aviso) (?:of|de)"
        r" (?:retraction|retractation|retractacion|retratacao|withdrawal)"
        r"(?: and replacement)?(?::| |$)"
        r"|(?:editorial )?retraction(?: and replacement)?(?: ?'| ?$| (?:to|for|of) ?[:'])"
        r"|(?:editorial |full )?retraction (?:to|of|for) the (?:article|paper) ?[:']"
        r"|retraction for .{2,80}? et al"
        rf"|(?:retractation|retractacion|retratacao|ritrattazione|retraktion|widerruf){_OF}"
        rf"|retract(?:ation|acion) (?:de l'|del )articl?"
        rf"|withdrawal (?:note|notice|statement)(?:{_OF}| (?:to|for|of) )"
        rf"|(?:retrazione|rucknahme|ретракция|отзыв статьи|geri cekme){_OF}"
        rf"|撤稿|撤回|論文(?:の)?(?:撤回|取り?下げ)"
        rf"|(?:{_KOREAN_PAPER} )?{_KOREAN_RETRACTION}(?: ?:|$)",
    ),
    (
        CONCERN_NOTICE,
        r"(?:editors?'?s?'? note ?: ?)?"
        r"(?:(?:editorial|editors?'?s?|publisher'?s?) )?expression of concern"
        rf"(?:{_OF}| (?:to|for|regarding) )"
        rf"|(?:editorial |editor'?s? )?notice of concern{_OF}"
        rf"|(?:expresion de preocupacion|expressao de preocupacao|avis de preoccupation){_OF}",
    ),
    (
        ERRATUM,
        rf"(?:(?:author|publisher)'?s? |author and publisher )?"
        r"(?:erratum|corrigendum|korrigendum|correction notice)"
        rf"(?:{_OF}|[.,;]| (?:to|for|on|zu|zum|zur|a|au|de|al|in) )"
        rf"|(?:errata|corrigenda)(?:{_OF}| (?:to|for|sheet|corrige|zu|e corrige)\b)"
        r"|(?:author|publisher|editorial)'?s?'? corrections?(?: ?:| to\b| for\b|$| - )"
        r"|corrections? to ?[:']|corrections? for ?[:']|corrections? for .{2,80}? et al"
        rf"|notice of correction{_OF}|partial retraction{_OF}"
        r"|(?:druckfehler)?berichtigung(?: ?[:']| zu(?:m|r)?[ :]|$)|korrektur(?: ?:| zu ?[:'])"
        rf"|fe de (?:erratas?|errores){_OF}|fe de (?:erratas?|errores)\b|correctif{_OF}"
        rf"|(?:исправлени[ея]|опечатк[аи]|поправк[аи]|rectificatie|rettelse|rattelse|sprostowanie)"
        rf"{_OF}|(?:duzeltme|oprava)(?: ?:|$)|勘误|勘誤|更正|正誤表|お詫びと訂正|訂正(?: ?:|$|のお)"
        rf"|(?:{_KOREAN_CORRECTION})(?: ?:|$)",
    ),
)

_WEAK = (
    (
        RETRACTION_NOTICE,
        r"(?:editorial )?retraction(?: and replacement)?(?: ?[:|]| - )|withdrawal ?:",
    ),
    (CORRECTED, r"corrected ?:"),
    (
        ERRATUM,
        r"corrections? ?(?::|'|$)|(?:correccion|correcao|correzione) ?(?::|$)"
        r"|publisher'?s'? notes? ?[:']",
    ),
    (
        EDITORIAL,
        r"(?:guest )?editorials?(?: ?[:|]| - |$)|(?:guest )?editors?'?s?'? "
        r"(?:introduction|note|preface|page|foreword|column|message)(?: ?:| - |$| to\b)"
        r"|guest editorial\b|editoriale?(?: ?:|$)"
        r"|(?:preface|foreword) to (?:the |this )?special (?:issue|section)\b"
        r"|卷首语|编者按|編集後記|巻頭言|от редак(?:ции|тора)(?: ?:|$)"
        r"|(?:letter |message |note )?from the (?:guest )?editors?(?:-in-chief)?(?: ?:|'s desk|$)",
    ),
    (
        PARATEXT,
        r"(?:(?:inside |outside )?(?:front |back )cover|(?:inside |outside )?cover"
        r" (?:picture|image|feature)|frontispiece"
        r"|session details|front matter|cover profile) ?:",
    ),
    (
        OTHER,
        r"obituary(?: ?:|$)|in memoriam(?: ?:| - |$)|nachruf(?: ?:| auf )"
        r"|addend(?:um|a)(?: ?[:']|$| (?:to|zu|a) ?[:'])",
    ),
)

_PARATEXT = re.compile(
    r"front ?matter(?: and .*| table of contents.*| preface.*)?|back ?matter|end ?matter"
    r"|(?:inside |outside )?(?:front |back )?covers?(?: (?:image|picture|page|art))?"
    r"|(?:front|back) pages?|table of contents?|(?:graphical )?contents?(?: (?:list|page))?"
    r"|contents of (?:the )?(?:volume|issue)|titelei|inhalt|inhaltsverzeichnis|impressum"
    r"|sommaire|table des matieres|indice|sumario|portada|colophon|frontispiece"
    r"|(?:(?:author|subject|keyword|name|general|cumulative) )?index|index of (?:authors|subjects)"
    r"|autorenverzeichnis|sachverzeichnis|index des auteurs|indice de autores"
    r"|(?:international )?(?:editorial|advisory|scientific) (?:advisory )?(?:board|committee)"
    r"(?: (?:page|members|and publication information))?|board of editors|comite editorial"
    r"|comite de redaction|herausgeber|masthead|issue information|title pages?|half title"
    r"|(?:copyright|publication|publishers?|publisher s) (?:page|note|notice|information)|copyright"
    r"|in this|issue highlights|books received"  # "in this issue" without its last word
    r"|(?:list of )?(?:reviewers|referees|contributors)(?: list)?"
    r"|acknowledge?ments? (?:of|to) (?:the )?(?:reviewers|referees)|prefaces?|forewords?"
    r"|vorwort(?: de[rs] herausgebers?)?|geleitwort|avant propos|prologo|prefacio|prefazione"
    r"|call for papers|announcements?|(?:instructions|information|guidelines) (?:for|to) authors"
    r"|(?:organi[sz]ing|program(?:me)?|conference|technical program) committees?"
    r"|conference organi[sz]ation|blank page|subscription information|目录|封面|编委会"
)
_WORD = re.compile(r"[^\W_]+")
_EDITION_WORD = re.compile(r"vol|volume|issue|no|number|pp?|\d{1,6}|[ivxlc]{1,6}")
_LEADING_BRACKET = re.compile(
    r"[^\w\[(【<*]*+[\[(【<*]{1,2} ?([^\])】>*]{3,60}?) ?[\])】>*]{1,2}[ :.-]*"
)
_TRAILING_BRACKET = re.compile(r"[\[(【] ?([^\[\]()【】]{3,200}) ?[\])】]\W*$")
_TRAILING = re.compile(r"(?: - |: )(retracted|withdrawn)$")
_WEB_OF_SCIENCE = re.compile(
    r"(retracted|withdrawn|retraction|expression of concern|erratum|correction|corrigendum)"
    r"(?: article| paper)?(?:[.,] ?| of ?| ?to ?)(?:.{0,40}?\bvol\b|see\b)"
)
_LEADING = {x: re.compile(y) for x, y in _STATUS}
_WITHIN = {x: re.compile(rf"(?:{y})(?: ?[:.])?") for x, y in _BRACKETED}
_NOTICE = {x: re.compile(y) for x, y in _NOTICES}
_MAYBE = {x: re.compile(y) for x, y in _WEAK}
_HINTS = (
    *("retra", "withdr", "remov", "zuruck", "retir", "ritir", "errat", "corri", "korr", "correc"),
    *("berichtigung", "concern", "preocup", "editor", "cover", "frontis", "session det"),
    *("front ", "memoriam", "obituar", "nachruf", "widerruf", "publication princ", "publisher"),
    *(
        "fe de err",
        "撤",
        "勘",
        "更正",
        "訂正",
        "正誤",
        "取り下",
        "取下",
        "卷首",
        "编者",
        "編集",
        "巻頭",
    ),
    *("addend", "special issue", "special section", "preoccup", "ingetrok", "geri cek", "duzelt"),
    *("rucknahm", "rectific", "rettels", "rattels", "sprostow", "oprava", "отозван", "ретракц"),
    *("отзыв", "исправлен", "опечат", "поправк", "от редак", _KOREAN_RETRACTION),
    *_KOREAN_CORRECTION.split("|"),
)
"""One of these stands in each form, but for those of paratext."""
_PARATEXT_BEGINS = (
    *("ackn", "advis", "announ", "author", "autoren", "avant", "back", "blank", "board", "call"),
    *("coloph", "comite", "confer", "content", "copyr", "cover", "cumul", "editor", "end", "forew"),
    *("books", "front", "geleit", "general", "graph", "guidel", "half", "herausg", "impress"),
    *("in this", "ind", "inform", "inhalt", "inside", "instruct", "internat", "issue", "keyw"),
    *("list", "masth"),
    *("name", "organi", "outside", "portada", "prefa", "program", "prolog", "publi", "refer"),
    *("review", "sachv", "scien", "sommaire", "sub", "sumario", "table", "techn", "title"),
    *("titel", "vorwort", "目", "封", "编"),
)
"""How the forms of `_PARATEXT` begin; looked at first, as most titles begin otherwise."""
_OF_WORKS = {
    "retracted": RETRACTED,
    "withdrawn": WITHDRAWN,
    "retraction": RETRACTION_NOTICE,
    "expression of concern": CONCERN_NOTICE,
    "erratum": ERRATUM,
    "correction": ERRATUM,
    "corrigendum": ERRATUM,
}
_SHOUTED_LAST = re.compile(r"[a-z)\]\d?.!] (RETRACTED|WITHDRAWN)\W*$")
_TO_WORK = re.compile(r"^(?:(?:to|for|of|on|zu|a|de)\b(?: the (?:article|paper))?[ :']*)?'?")
_SHOUTED = re.compile(r"(?:TEMPORARY )?(?:REMOVAL|REMOVED)(?: ARTICLE)?:")

_WITHDRAWS = re.compile(
    r"\b(?:has|have|had|is|are|was|were) (?:\w+ )?(?:been )?(?:retracted|withdrawn)\b"
)
_SAID_WITHDRAWN = re.compile(
    r"(?:(?:this|the) (?:\w+ ){0,2}?(?:paper|article|submission|manuscript|preprint|work|note"
    r"|document|report|letter|draft|version|study) (?:has been|have been|is|was|is being|has now"
    r" been|is now|has been temporarily)|paper|article|submission|manuscript)"
    r" (?:now |temporarily )?(?:been )?(withdrawn|retracted|removed (?:by|from arxiv))\b"
    r"(?! from (?!arxiv))"
)
_REMARK = re.compile(r"\W*(?:withdrawn|retracted)(?:\W|$)")
_REMARK_WITHIN = re.compile(
    r"\bwithdrawn (?:by (?:the )?(?:arxiv|author)|due to|because of)"
    r"|\b(?:have|has) (?:now )?withdrawn (?:this|the|our) (?:paper|article|work|manuscript)"
    r"|\b(?:i|we) (?:hereby )?withdraw (?:this|the|our) (?:paper|article|work|manuscript)"
    r"|\b(?:paper|article|submission|manuscript) is (?:now )?withdrawn\b(?! from (?!arxiv))"
    r"|^\W{0,9}withdrawing\b"
)


def title_says(title: str, abstract: str = "") -> str:
    """Return the status or record type that a title says in a publisher's form, or ``""``.

    Parameters
    ----------
    abstract
        The record's abstract: forms such as ``Correction: …`` count only where it
        is short or missing, or says itself that an article has been retracted.
    """
    plain = _fold(title)
    if plain.lstrip(" *'-[(").startswith(_PARATEXT_BEGINS):
        words = " ".join(_WORD.findall(plain))
        if _PARATEXT.fullmatch(_without_edition(words)):
            return PARATEXT
    for hint in _HINTS:  # most titles have none; a generator would take twice as long
        if hint in plain:
            return _marked(title, plain) or _maybe(plain, abstract)
    return ""


def _without_edition(words: str) -> str:
    """Return words without ``vol 3`` and the like at their end."""
    parts = words.split(" ")
    while len(parts) > 1 and _EDITION_WORD.fullmatch(parts[-1]):
        parts.pop()
    return " ".join(parts)


def _marked(title: str, plain: str) -> str:
    if _SHOUTED.match(title.lstrip(" [(*")):
        return WITHDRAWN
    before, after = _LEADING_BRACKET.match(plain), _TRAILING_BRACKET.search(plain)
    for bracket in (before, after):
        if bracket and (found := _first(_WITHIN, bracket.group(1), whole=True)):
            return found
    if after and (form := _WEB_OF_SCIENCE.match(after.group(1))):
        return _OF_WORKS[form.group(1)]
    if (end := _TRAILING.search(plain)) or (end := _SHOUTED_LAST.search(title)):
        return _OF_WORKS[end.group(1).lower()]
    text = plain.lstrip(" *'-[(")
    return _first(_NOTICE, text) or _first(_LEADING, text)


def _maybe(plain: str, abstract: str) -> str:
    """Return what a title says in a form that is also a paper's, where the abstract allows it."""
    said = _first(_MAYBE, plain.lstrip(" *'-[("))
    if len(abstract) <= MAX_NOTICE_ABSTRACT:
        return said
    withdraws = said == RETRACTION_NOTICE and _WITHDRAWS.search(abstract[:2_000].casefold())
    return said if withdraws else ""


def _first(patterns: dict[str, re.Pattern[str]], text: str, *, whole: bool = False) -> str:
    return next(
        (x for x, y in patterns.items() if (y.fullmatch(text) if whole else y.match(text))), ""
    )


def noticed_title(title: str) -> str:
    """Return the title of the work that a notice names in its own title, folded, or ``""``.

    A title of one or two words names many works, and none here.
    """
    text = _fold(title).lstrip(" *'-[(")
    found = next((m for x in (*_NOTICE.values(), *_MAYBE.values()) if (m := x.match(text))), None)
    if found is None:
        return ""
    rest = text[found.end() :].partition(" [")[0].partition("' (")[0]
    if found.group().endswith(" et al"):
        rest = rest.lstrip("., ")
    rest = _TO_WORK.sub("", rest.strip(" '.,:|-"))
    return rest if len(_WORD.findall(rest)) > MAX_SHORT_TITLE_WORDS else ""


def text_says(text: str) -> str:
    """Return `WITHDRAWN` or `RETRACTED` where an abstract begins by saying so, else ``""``."""
    head = text[:MAX_READ].lower()
    if not any(x in head for x in ("withdrawn", "retracted", "removed")):
        return ""
    said = _SAID_WITHDRAWN.match(_fold(text).lstrip(" *'[("))
    if not said:
        return ""
    return RETRACTED if said.group(1) == "retracted" else WITHDRAWN


def remark_says(remark: str) -> str:
    """Return `WITHDRAWN` or `RETRACTED` where a remark on a paper says so anywhere, else ``""``.

    A remark is arXiv's comment, or a note of a reference manager.
    """
    plain = _fold(remark[: 5 * MAX_READ], 5 * MAX_READ)
    said = _SAID_WITHDRAWN.search(plain)
    if said or _REMARK.match(plain) or _REMARK_WITHIN.search(plain):
        return RETRACTED if "retracted" in (said.group(1) if said else plain[:20]) else WITHDRAWN
    return ""


def statements_of(title: str, abstract: str = "") -> tuple[StatusStatement, ...]:
    """Return what title and abstract of a record say about it; mostly nothing.

    A notice that names its work by title says something of that work too; the subject is
    then `TITLED` and the key of that title.
    """
    said = title_says(title, abstract)
    found = [StatusStatement(said, SOURCE)] if said else []
    if said in NOTICES and (work := noticed_title(title)):
        found.append(StatusStatement(NOTICES[said], SOURCE, subject=f"{TITLED}{title_key(work)}"))
    if not said and (text := text_says(abstract)):
        found.append(StatusStatement(text, "abstract"))
    return tuple(found)


def _fold(text: str, most: int = MAX_READ) -> str:
    """Return text in lower case without accents, quotes and dashes of one kind, single-spaced."""
    text = text[:most]
    if not text.isascii():
        text = text.translate(_QUOTES)
        text = "".join(
            c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)
        )
    else:
        text = text.replace('"', "'").replace("`", "'")
    return " ".join(text.casefold().split())

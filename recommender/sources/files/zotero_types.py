"""Zotero's item types, which its JSON and its RDF share. Pure."""

from __future__ import annotations

KINDS = {
    "journalArticle": "article-journal",
    "magazineArticle": "article-magazine",
    "newspaperArticle": "article-newspaper",
    "preprint": "article",
    "conferencePaper": "paper-conference",
    "book": "book",
    "bookSection": "chapter",
    "thesis": "thesis",
    "report": "report",
    "manuscript": "manuscript",
    "patent": "patent",
    "presentation": "speech",
    "dataset": "dataset",
    "computerProgram": "software",
    "standard": "standard",
    "webpage": "webpage",
    "blogPost": "post-weblog",
    "forumPost": "post",
    "encyclopediaArticle": "entry-encyclopedia",
    "dictionaryEntry": "entry-dictionary",
    "document": "document",
}
"""Item type to CSL's word; others have no kind."""

NOT_WORKS = {"note": "a note", "attachment": "an attachment", "annotation": "an annotation"}
"""Item types that belong to a work and are none, and how a report calls them."""

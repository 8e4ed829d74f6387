"""Where papers come from: one file a format, and the registry that knows them.

    name = detect(path)
    for found in load(name).read(Document(path), now): ...

To add a format: a module with a `FormatAdapter` or a class like `FileFormat`, a line
in `FORMATS`, and a sample file for the contract test.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from recommender.errors import UnknownFormat
from recommender.sources.file_format import Entry, FileFormat, Refusal, Unread
from recommender.sources.files.starter import read_starter
from recommender.sources.text_file import Document

__all__ = [
    "FORMATS",
    "Document",
    "Entry",
    "FileFormat",
    "Refusal",
    "Unread",
    "detect",
    "load",
    "read_starter",
]

FORMATS = {
    "daily-papers": "recommender.sources.files.daily_papers:DailyPapers",
    "daily-papers-html": "recommender.sources.files.daily_papers_html:DailyPapersHtml",
    "web-page": "recommender.sources.files.web_page:WebPage",
    "bibtex": "recommender.sources.files.bibtex:BibTeX",
    "ris": "recommender.sources.files.ris:RIS",
    "nbib": "recommender.sources.files.nbib:NBIB",
    "refworks": "recommender.sources.files.long_tail.refworks:REFWORKS",
    "refer": "recommender.sources.files.long_tail.refer:REFER",
    "web-of-science": "recommender.sources.files.long_tail.web_of_science:WEB_OF_SCIENCE",
    "endnote-xml": "recommender.sources.files.long_tail.endnote_xml:ENDNOTE_XML",
    "pubmed-xml": "recommender.sources.files.pubmed_xml:PUBMED_XML",
    "mods": "recommender.sources.files.long_tail.mods:MODS",
    "crossref-xml": "recommender.sources.files.long_tail.crossref_xml:CROSSREF_XML",
    "datacite-xml": "recommender.sources.files.long_tail.datacite_xml:DATACITE_XML",
    "arxiv-atom": "recommender.sources.apis.arxiv:SAVED_ATOM",
    "arxiv-rss": "recommender.sources.apis.arxiv_rss:SAVED_RSS",
    "oai-pmh": "recommender.sources.apis.oai_pmh:SAVED_OAI",
    "opml": "recommender.sources.apis.opml:SAVED_OPML",
    "feed": "recommender.sources.apis.feed:SAVED_FEED",
    "hf-daily": "recommender.sources.apis.hf_daily:SAVED_DAILY_PAPERS",
    "openalex": "recommender.sources.apis.openalex:SAVED_WORKS",
    "semantic-scholar": "recommender.sources.apis.semantic_scholar:SAVED_PAPERS",
    "crossref": "recommender.sources.apis.crossref:SAVED_WORKS",
    "datacite": "recommender.sources.apis.datacite:SAVED_DOIS",
    "rdf": "recommender.sources.files.long_tail.rdf:RDF",
    "zotero-json": "recommender.sources.files.zotero_json:ZOTERO_JSON",
    "mendeley-json": "recommender.sources.files.long_tail.mendeley_json:MENDELEY_JSON",
    "csl-json": "recommender.sources.files.csl_json:CSL_JSON",
    "json": "recommender.sources.files.json_list:JSON_LIST",
    "jsonl": "recommender.sources.files.jsonl:JsonLines",
    "csv": "recommender.sources.files.csv_table:CsvTable",
}
"""Name of a file format to ``module:attribute``; content is tried in this order."""

_WEB = ("<!doctype html", "<html", "<head", "<body")
_CONTROL_SHARE = 0.05


def load(name: str) -> FileFormat:
    """Return the reader of a format; raises UnknownFormat, which lists the known names."""
    if name not in FORMATS:
        raise UnknownFormat(f"There is no format {name!r}; known are {', '.join(FORMATS)}.")
    module, _, attribute = FORMATS[name].partition(":")
    known: FileFormat | type[FileFormat] = getattr(import_module(module), attribute)
    return known() if isinstance(known, type) else known


def detect(path: Path) -> str:
    """Return the name of the format of a file, by its content and then by its ending.

    Raises
    ------
    UnknownFormat
        The file is empty or nothing here can read it; says what it seems to be.
    SourceError
        The file is absent, a folder, or not readable.
    """
    head = Document(path).head()
    start = head.lstrip().lower()
    if not start:
        raise UnknownFormat(f"{path} is empty.")
    is_page = start.startswith(_WEB)
    formats = []
    for format in map(load, FORMATS):  # one after the other: readers of the rest are not loaded
        if is_page and ".html" not in format.suffixes:
            continue
        if format.matches(head):
            return format.name
        formats.append(format)
    if is_page:
        raise UnknownFormat(f"{path} is a web page (HTML), not a list of papers.")
    if _looks_binary(head):
        raise UnknownFormat(f"{path} is not a text file.")
    if start.startswith("<"):
        if "<!entity" in start:
            raise UnknownFormat(f"{path} is XML that declares entities, which is never read.")
        raise UnknownFormat(f"{path} is XML or HTML, which cannot be read yet.")
    name = path.name.lower().removesuffix(".gz")
    by_ending = next((x.name for x in formats if x.suffixes and name.endswith(x.suffixes)), None)
    if by_ending is None:
        known = ", ".join(FORMATS)
        raise UnknownFormat(f"{path} is in no format that can be read; known are {known}.")
    return by_ending


def _looks_binary(head: str) -> bool:
    control = sum(ord(c) < 32 and c not in "\t\n\r\f" for c in head)
    return control > _CONTROL_SHARE * len(head) or head.startswith("%PDF-")

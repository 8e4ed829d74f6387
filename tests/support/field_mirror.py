"""Five invented fields: a reader's `.bib` file for each, and a server that answers as sources do.

All papers are invented: titles and abstracts are put together from a few words of the field. The
server answers a request with papers of the field that the request names (a category, words,
an author, a venue) and with nothing for any other, as arXiv's search and OpenAlex do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

NEWEST = date(2026, 11, 16)
"""Day of the newest invented paper."""
N_ANSWERED = 60


@dataclass(frozen=True)
class Field:
    """A field of research: what its papers are about, who writes them, and where they appear."""

    name: str
    category: str
    subjects: Sequence[str]
    methods: Sequence[str]
    authors: Sequence[str]
    venue: str

    def title(self, i: int) -> str:
        """Return an invented title; the first 20 are the reader's, those from 100 on are new."""
        n = len(self.subjects)
        subject, other = self.subjects[i % n], self.subjects[(i * 3 + 1) % n]
        method = self.methods[(i // n + i) % len(self.methods)]
        forms = (
            f"{method} for {subject}",
            f"{subject} by {method}: part {i}",
            f"On {subject} and {other} with {method}",
        )
        text = forms[i % len(forms)]
        return f"{text[0].upper()}{text[1:]}" + (f" ({i})" if i % 3 != 1 else "")

    def abstract(self, i: int) -> str:
        """Return an invented abstract."""
        n = len(self.subjects)
        first, second = self.subjects[i % n], self.subjects[(i + 2) % n]
        method = self.methods[i % len(self.methods)]
        return (
            f"This invented paper looks at {first} and {second}. It uses {method} and compares it "
            f"with earlier work on {self.subjects[(i + 4) % n]}. Nothing in it was ever measured."
        )

    def names(self, i: int) -> list[str]:
        """Return the invented authors of a paper."""
        n = len(self.authors)
        return [self.authors[i % n], self.authors[(i + 1) % n]]

    def bib(self, n: int = 14) -> str:
        """Return the reader's file: titles, authors and venues without abstracts."""
        entries = (
            f"@inproceedings{{p{i}, title={{{self.title(i)}}}, author={{"
            f"{' and '.join(self.names(i))}}}, booktitle={{{self.venue}}}, year={{{2005 + i}}}}}"
            for i in range(n)
        )
        return "\n".join(entries)

    def new_titles(self) -> list[str]:
        """Return the titles that a source has."""
        return [self.title(i) for i in range(100, 100 + N_ANSWERED)]


FIELDS = (
    Field(
        "formal methods",
        "cs.LO",
        (
            "bounded model checking",
            "temporal logic",
            "separation logic",
            "SMT solving",
            "loop invariants",
            "hybrid automata",
            "concurrent program verification",
        ),
        ("abstraction refinement", "interpolation", "symbolic execution", "a proof assistant"),
        ("Ada Automatova", "Bo Invariantsen", "Cy Proofwright"),
        "Computer Aided Verification (CAV)",
    ),
    Field(
        "genomics",
        "q-bio.GN",
        (
            "RNA-seq alignment",
            "genome assembly",
            "single-cell transcriptomes",
            "CRISPR screens",
            "structural variants",
            "gene set enrichment",
            "metagenome binning",
        ),
        ("de Bruijn graphs", "hidden Markov chains", "spliced read mapping", "k-mer counting"),
        ("Di Nucleova", "Ed Exonson", "Fay Codonsky"),
        "Genome Letters",
    ),
    Field(
        "astrophysics",
        "astro-ph.GA",
        (
            "dwarf galaxies",
            "stellar populations",
            "star formation in spirals",
            "Milky Way bulges",
            "interstellar reddening",
            "galactic haloes",
            "galaxy clusters",
        ),
        ("spectroscopic surveys", "redshift fitting", "N-body runs", "photometric cubes"),
        ("Gil Nebularov", "Hana Quasarden", "Io Starwell"),
        "Annals of Galaxies",
    ),
    Field(
        "economics",
        "econ.GN",
        (
            "minimum wages",
            "labor market frictions",
            "monetary policy rules",
            "trade shocks",
            "household inequality",
            "firm entry and growth",
            "credit rationing",
        ),
        ("instrumental variables", "natural experiments", "a calibrated equilibrium", "panel data"),
        ("Jo Elastikova", "Kay Marginson", "Lu Surplusman"),
        "Review of Invented Economics",
    ),
    Field(
        "human-computer interaction",
        "cs.HC",
        (
            "tangible interfaces",
            "screen readers for maps",
            "gaze typing",
            "thematic interviews with nurses",
            "haptic gloves",
            "usability of kiosks",
            "participatory workshops",
        ),
        ("diary studies", "Fitts tasks", "heuristic walkthroughs", "co-design sessions"),
        ("Mo Buttonova", "Nan Affordson", "Oz Clickwell"),
        "Human Factors in Computing (CHI)",
    ),
)


def _field_of(asked: str) -> Field | None:
    """Return the field that a request names by category, words, author or venue."""
    text = asked.lower()
    for field in FIELDS:
        named = (field.category, *field.authors, *field.subjects, *field.methods)
        if any(x.lower() in text for x in named):
            return field
    return next((x for x in FIELDS if _shares_words(x, text)), None)


def _shares_words(field: Field, text: str) -> bool:
    words = {w for x in (*field.subjects, *field.methods) for w in x.lower().split() if len(w) > 5}
    return sum(w in text for w in words) >= 2


@dataclass(frozen=True)
class SourcePaper:
    """A paper as a source answers with it."""

    number: str
    title: str
    abstract: str
    names: Sequence[str]
    day: date


def _papers_of(asked: str) -> list[SourcePaper]:
    """Return the new papers of the field that a request names."""
    field = _field_of(asked)
    if field is None:
        return []
    return [
        SourcePaper(
            f"{FIELDS.index(field):02d}.{i:05d}",
            field.title(i),
            field.abstract(i),
            field.names(i),
            NEWEST - timedelta(days=i % 300),
        )
        for i in range(100, 100 + N_ANSWERED)
    ]


def _arxiv(papers: Sequence[SourcePaper], start: int, size: int) -> bytes:
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/26{x.number}v1</id>"
        f"<title>{escape(x.title)}</title><summary>{escape(x.abstract)}</summary>"
        + "".join(f"<author><name>{escape(name)}</name></author>" for name in x.names)
        + f"<published>{x.day}T00:00:00Z</published></entry>"
        for x in papers[start : start + size]
    )
    return f"<feed><totalResults>{len(papers)}</totalResults>{entries}</feed>".encode()


def _openalex(papers: Sequence[SourcePaper]) -> bytes:
    works = [
        {
            "id": f"https://openalex.org/W{x.number.replace('.', '')}",
            "title": x.title,
            "publication_date": x.day.isoformat(),
            "publication_year": x.day.year,
            "authorships": [{"author": {"display_name": name}} for name in x.names],
            "abstract_inverted_index": {
                word: [k] for k, word in enumerate(dict.fromkeys(x.abstract.split()))
            },
        }
        for x in papers
    ]
    return json.dumps(
        {"meta": {"count": len(works), "next_cursor": None}, "results": works}
    ).encode()


@contextmanager
def mirror(
    find: Callable[[str], list[SourcePaper]] = _papers_of,
) -> Iterator[tuple[str, list[str]]]:
    """Serve papers on this machine: the base address, and what was asked so far.

    Parameters
    ----------
    find
        The papers that a query names; by default those of the invented fields.
    """
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            address = urlsplit(self.path)
            given = {name: values[0] for name, values in parse_qs(address.query).items()}
            if address.path.endswith("/api/query"):
                start, size = (int(given.get(x, 0)) for x in ("start", "max_results"))
                body = _arxiv(find(given.get("search_query", "")), start, size)
            else:
                body = _openalex(find(f"{given.get('search', '')} {given.get('filter', '')}"))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def settings_file(url: str) -> str:
    """Return a ``config.toml`` that names this server as arXiv's and OpenAlex's mirror."""
    return (
        f'fetch_private_networks = true\n[source_urls]\narxiv = "{url}"\nopenalex = "{url}"\n'
        "[source_pauses]\narxiv = 0\nopenalex = 0\n"
    )

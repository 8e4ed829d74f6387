"""Text from outside is refused or cut before it is looked at."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.domain import Author
from recommender.sources import Document, Entry, Refusal, load
from recommender.sources.bounds import (
    MAX_ABSTRACT,
    MAX_AUTHORS,
    MAX_NAME,
    MAX_TEXT,
    MAX_TITLE,
    MAX_WRITTEN,
)
from recommender.sources.parsing.adapter import author_from_parts, parse_author
from recommender.sources.parsing.author_names import bibtex_byline, plain_author, plain_authors
from recommender.sources.parsing.clean_text import plain_text
from recommender.sources.parsing.latex import decode_latex, unescape_latex
from recommender.sources.parsing.reference_record import (
    Reference,
    corporate_author,
    parse_sorted_name,
    personal_author,
    reference_entry,
)

NOW = datetime(2026, 11, 18, tzinfo=UTC)
LONG = "x" * (MAX_TEXT + 1)


def read(tmp_path: Path, name: str, text: str) -> list[Entry | Refusal]:
    path = tmp_path / "papers"
    path.write_text(text, "utf-8")
    return list(load(name).read(Document(path), NOW))


def as_json(**fields: object) -> str:
    return json.dumps({"title": "T"} | fields) + '\n{"title": "The next"}\n'


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("jsonl", as_json(title="<b>" * 7_000), "its title has 21,000 characters; at most 20,000"),
        ("jsonl", as_json(abstract=LONG), "its abstract has 500,001 characters; at most 500,000"),
        ("jsonl", as_json(venue=LONG), "its venue has 500,001 characters"),
        ("jsonl", as_json(url=LONG), "its url has 500,001 characters"),
        ("jsonl", as_json(authors=LONG), "its authors has 500,001 characters"),
        ("jsonl", as_json(authors=["Li"] * (MAX_AUTHORS + 5)), "it has more than 20,000 authors"),
        (
            "bibtex",
            f"@article{{a, title={{T}}, abstract={{{LONG}}}}}\n@misc{{b, title={{The next}}}}\n",
            "its abstract has 500,003 characters",
        ),
        (
            "ris",
            f"TY  - JOUR\nTI  - T\nAB  - {LONG}\nER  - \nTY  - JOUR\nTI  - The next\nER  - \n",
            "its abstract has 500,001 characters",
        ),
    ],
)
def test_a_record_with_a_field_beyond_its_bound_is_refused_and_the_next_is_read(
    tmp_path: Path, name: str, text: str, why: str
) -> None:
    refused, entry = read(tmp_path, name, text)
    assert isinstance(refused, Refusal)
    assert why in refused.why
    assert isinstance(entry, Entry)
    assert entry.paper.title == "The next"


def test_markup_does_not_count_against_a_title(tmp_path: Path) -> None:
    title = "<b>" * ((MAX_WRITTEN["title"] - MAX_TITLE) // 3) + "x" * MAX_TITLE
    entry, _ = read(tmp_path, "jsonl", as_json(title=title))
    assert isinstance(entry, Entry)
    assert entry.paper.title == "x" * MAX_TITLE


@pytest.mark.parametrize(
    "author",
    [
        *(parse_author, plain_author, corporate_author, parse_sorted_name),
        lambda name: personal_author(name, name),
        lambda name: author_from_parts(name, name),
        lambda name: plain_authors([{"family": name, "given": name}])[0],  # type: ignore[index]
        lambda name: bibtex_byline(name)[0][0],
        lambda name: bibtex_byline(f"{{{name}}}")[0][0],
    ],
)
def test_a_long_name_is_cut(author: object) -> None:
    found = author("Li " * 400_000)  # type: ignore[operator]
    assert isinstance(found, Author)
    assert 0 < len(found.name) <= 2 * MAX_NAME + 1
    assert max(map(len, (found.family, found.given, found.literal))) <= MAX_NAME


@pytest.mark.parametrize("clean", [plain_text, decode_latex, unescape_latex])
def test_no_cleaning_sees_more_than_the_longest_field(clean: object) -> None:
    text = "\\alpha <b>a " * 1_000_000
    assert len(clean(text)) <= MAX_TEXT  # type: ignore[operator]


def test_a_long_abstract_of_any_source_is_refused() -> None:
    refused = reference_entry(3, Reference(title="T", abstract="x" * (MAX_ABSTRACT + 1)))
    assert isinstance(refused, Refusal)
    assert re.search("abstract has 100,001 characters", refused.why)

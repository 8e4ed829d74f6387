"""What others make of our exports: pandoc and biber of references, the Nu HTML checker of pages.

All real bibliographies are imported into one library and exported from it. Where a
program is missing, its tests are skipped.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from invented_week import linked
from nasty_papers import NASTY
from stores import sqlite_store

from recommender.digest.render.render import render as render_digest
from recommender.domain import Paper
from recommender.export import render
from recommender.export.citation_keys import citation_keys
from recommender.ingest import import_paths

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 30, tzinfo=UTC)
LEAST = 6_700
"""Papers that the real bibliographies have at least, duplicates merged."""
CHUNK = 1_000
"""Entries of one run of biber, whose time grows faster than a file."""
NEEDED_IN_MAIL = ".*attribute on the .(?:table|td). element is obsolete.*"
"""Outlook lays tables out by these attributes and knows no style for them."""
CHECKER = Path(__file__).parents[2] / "build/oracles/node_modules/vnu-jar/build/dist/vnu.jar"


def run(*command: str | Path) -> str:
    """Return what a program writes; skips the test where the machine does not have it."""
    program = shutil.which(str(command[0]))
    if program is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout


@pytest.fixture(scope="module")
def library(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Paper]:
    """Every paper of the real bibliographies, as a library holds them."""
    store = sqlite_store(tmp_path_factory.mktemp("library"))
    import_paths(store, sorted((shared / "data" / "bib-real").glob("*.bib")), now=NOW)
    papers = store.catalogue.papers()
    store.close()
    assert len(papers) >= LEAST
    return papers


def same_title(read: str, ours: str) -> bool:
    """Say whether two titles have the same letters; formulas may be text or missing."""
    return letters(read) in (letters(ours), letters(re.sub(r"\$[^$]*\$", "", ours)))


def letters(text: str) -> str:
    """Return letters and digits without accents and case."""
    text = re.sub(r"<[^>]+>", "", text)
    kept = (x for x in unicodedata.normalize("NFKD", text) if not unicodedata.combining(x))
    return re.sub(r"[\W_]+", "", "".join(kept)).casefold()


def name_letters(name: dict[str, str]) -> list[str]:
    """Return a name's letters in one order, whichever part stands first."""
    parts = ("literal", "given", "dropping-particle", "non-dropping-particle", "family", "suffix")
    return sorted(letters("".join(name.get(x, "") for x in parts)))


def year_in(item: dict[str, Any]) -> int | None:
    dates = item.get("issued", {}).get("date-parts") or [[None]]
    return next(iter(dates[0]), None)


@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
def test_pandoc_reads_the_same_titles_authors_and_years(
    name: str, library: list[Paper], tmp_path: Path
) -> None:
    file = tmp_path / "list.bib"
    file.write_text(render(library, name), encoding="utf-8")
    items = {x["id"]: x for x in json.loads(run("pandoc", "-f", name, "-t", "csljson", file))}
    assert len(items) == len(library)
    different = []
    for key, paper in zip(citation_keys(library), library, strict=True):
        item = items[key]
        read = (
            same_title(item["title"], paper.title),
            [name_letters(x) for x in item.get("author", [])],
            year_in(item),
        )
        ours = (
            True,
            [sorted(letters(x.name)) for x in paper.authors],
            paper.year,
        )
        if read != ours:
            different.append((key, read, ours))
    assert different == []


@pytest.mark.parametrize(
    "every", [5, pytest.param(1, marks=pytest.mark.long)], ids=["a fifth", "all"]
)
def test_biber_finds_nothing_to_complain_of(
    every: int, library: list[Paper], tmp_path: Path
) -> None:
    drawn = library[::every]
    papers = [drawn[i : i + CHUNK] for i in range(0, len(drawn), CHUNK)]

    def validate(number: int) -> str:
        file = tmp_path / f"{number}.bib"
        file.write_text(render(papers[number], "biblatex"), encoding="utf-8")
        out = tmp_path / f"{number}.out.bib"
        said = run("biber", "--tool", "--validate-datamodel", "--output-file", out, file)
        written = out.read_text(encoding="utf-8")
        assert len(re.findall(r"^@\w", written, re.MULTILINE)) == len(papers[number])
        return said

    with ThreadPoolExecutor(2) as pool:
        said = "\n".join(pool.map(validate, range(len(papers))))
    assert "Datamodel validation complete" in said
    # Not "missing mandatory": an entry that lacks a field in its source lacks it here too.
    wrong = r"invalid field|invalid in data model|skipping|empty|^ERROR"
    complaints = [x for x in said.splitlines() if re.search(wrong, x, re.IGNORECASE)]
    assert complaints == []


@pytest.mark.parametrize("page", ["list", "digest"])
def test_the_html_checker_finds_no_error(page: str, tmp_path: Path) -> None:
    if not CHECKER.exists():
        pytest.skip("vnu-jar is not installed: npm install --prefix build/oracles vnu-jar")
    text = render(NASTY, "html") if page == "list" else render_digest(linked(), "html")
    file = tmp_path / "page.html"
    file.write_text(text, encoding="utf-8")
    run("java", "-jar", CHECKER, "--errors-only", "--filterpattern", NEEDED_IN_MAIL, file)

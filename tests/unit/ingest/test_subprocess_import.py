"""An import in a process of its own: the same report, the same errors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from stores import NOW, sqlite_store

from recommender.errors import RecommenderError
from recommender.ingest import import_paths
from recommender.ingest.subprocess_import import in_child

BIB = "@article{a, title={Rays}, year={2024}}\n@article{b, title={}}\n@article{c, title={Ü}}\n"


@pytest.mark.slow
def test_a_child_imports_and_reports_as_the_process_itself(tmp_path: Path) -> None:
    file = tmp_path / "refs é.bib"
    file.write_text(BIB, encoding="utf-8")
    (tmp_path / "other").mkdir()
    own, told = sqlite_store(tmp_path), []
    report = in_child(
        f"sqlite:///{own.database.path}",
        [file, tmp_path / "absent"],
        now=NOW,
        progress=lambda path, read: told.append((path, read)),
    )
    other = sqlite_store(tmp_path / "other")
    expected = import_paths(other, [file, tmp_path / "absent"], now=NOW)
    assert [(x.read, x.new, x.refused, x.notes, x.format) for x in report.files] == [
        (x.read, x.new, x.refused, x.notes, x.format) for x in expected.files
    ]
    assert told == [(str(file), 2)]
    assert own.catalogue.ids() == other.catalogue.ids()
    own.close()
    other.close()


@pytest.mark.slow
def test_an_error_of_the_child_is_said_here(tmp_path: Path) -> None:
    (tmp_path / "refs.bib").write_text(BIB, encoding="utf-8")
    with pytest.raises(RecommenderError, match="paperloop db upgrade"):
        in_child(f"sqlite:///{tmp_path}/none.sqlite3", [tmp_path / "refs.bib"], now=NOW)


@pytest.mark.slow
def test_an_import_loads_only_what_it_reads(tmp_path: Path) -> None:
    file = tmp_path / "refs.bib"
    file.write_text(BIB, encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from recommender.ingest import subprocess_import;"
        "from recommender.sources import detect; print(detect(Path(sys.argv[1])), *sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True
    )
    name, *modules = ended.stdout.split()
    assert name == "bibtex"
    assert "recommender.sources.files.bibtex" in modules
    unused = {"httpx2", "feedparser", "rispy", "pydantic_settings", "recommender.config"}
    assert not unused & set(modules)

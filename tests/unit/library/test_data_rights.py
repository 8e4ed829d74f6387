"""A reader who is forgotten is in no file of the library any more, and is told what stays."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from libraries import NOW, Library, make_library, papers_on
from shells import Shell
from stores import event

from recommender.config import load_settings
from recommender.digest.delivery.file_channel import remove_files
from recommender.errors import ArtifactError
from recommender.ingest.followed_authors import follow
from recommender.library import data_rights
from recommender.ranking import pipeline
from recommender.store import Store, engines
from recommender.training import artifacts
from recommender.training.fit import fit, fit_if_due, unfinished_fit

READER = "zebedee"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A library that a reader has used for weeks, with what two killed processes left."""
    made = make_library(tmp_path / "library", [*papers_on("bees"), *papers_on("bridges")])
    folder, store = made.settings.data_dir, made.open()
    store.readers.ensure(READER, NOW)
    for n, paper_id in enumerate(store.catalogue.ids()[:5]):
        store.feedback.append(event(paper_id, f"{READER}-{n}", reader=READER))
        fit(store, made.settings, now=NOW + timedelta(hours=n))
    store.deliveries.expect(READER, "2026-W47", ("files",), NOW, NOW)
    (due,) = store.deliveries.ready(NOW)
    claim = store.deliveries.claim(due.number, NOW, NOW + timedelta(minutes=5)) or ""
    name = f"2026-W47-{READER}.html"
    store.deliveries.expect(READER, "2026-W46", ("mail",), NOW, NOW)
    refused = next(x for x in store.deliveries.ready(NOW) if x.channel == "mail")
    said = f"550 5.1.1 <{READER}@example.org>: user unknown"
    own = store.deliveries.claim(refused.number, NOW, NOW + timedelta(minutes=5)) or ""
    assert store.deliveries.finish(refused.number, own, "failed", NOW, result=said, retry_at=NOW)
    assert store.deliveries.finish(due.number, claim, "sent", NOW, result="Written.", message=name)
    unfinished = unfinished_fit(made.settings, store.database.library_id) / "input"
    unfinished.mkdir(parents=True)
    (unfinished / "weights.parquet").write_text(f"{READER}/general")
    store.close()
    shell = Shell(folder)
    shell.run("digest", "--issue", "--reader", READER, "--out", str(folder / "digests"))
    shell.run("digest", "plan", "--reader", READER, "--channel", "files")
    (folder / "digest.log").write_text(f"sent: {READER} 2026-W47 files: Written.\n")
    (folder / "models" / "fit.log").write_text(f"a fault about {READER}\n")
    # A model of a time when the reader had answered nothing that makes a row.
    models = folder / "models"
    rowless = models / "20991231-120000-abcdef"
    shutil.copytree(models / artifacts.latest_version(models), rowless)
    manifest = json.loads((rowless / "manifest.json").read_text("utf-8"))
    manifest["rows"] = [x for x in manifest["rows"] if READER not in x]
    (rowless / "manifest.json").write_text(json.dumps(manifest))
    part = folder / "models" / ".20261118-120000-abcdef.part"
    part.mkdir()
    (part / "manifest.json").write_text(f'{{"rows": ["{READER}/general"]}}')
    headless = folder / "models" / "20261118-120000-abcdef"
    headless.mkdir()
    (headless / "ranker.als.readers.npy").write_text(READER)
    (folder / "models" / "latest.part").write_text(READER)
    (folder / ".export-killed").mkdir()
    (folder / ".export-killed" / "paperloop.zip").write_text(READER)
    (folder / ".paperloop.sqlite3.123.part").write_text(READER)
    (folder / "digests" / f".2026-W47-{READER}.html.x7_").write_text("half a digest")
    return made


def traces(folder: Path) -> list[str]:
    """Return the files whose name or content holds the reader's name."""
    return [
        str(x.relative_to(folder))
        for x in sorted(folder.rglob("*"))
        if READER in x.name or (x.is_file() and READER.encode() in x.read_bytes())
    ]


@pytest.mark.slow
def test_a_forgotten_reader_is_in_no_file(library: Library) -> None:
    folder = library.settings.data_dir
    assert len(traces(folder)) > 10
    said = Shell(folder).run("reader", "forget", READER, "--yes").stdout
    assert traces(folder) == []
    assert f"Forgot {READER} (5 events)" in said
    assert "What stays" in said
    models = folder / "models"
    assert [x.name for x in models.iterdir() if x.is_dir()] == [artifacts.latest_version(models)]


@pytest.mark.slow
def test_whom_a_forgotten_reader_followed_is_asked_for_no_longer(library: Library) -> None:
    with closing(library.open()) as store:
        other = store.readers.add("somebody else", NOW).reader_id
        for reader_id, name in (
            (READER, "Grace Hopper"),
            (READER, "Ada Lovelace"),
            (other, "Ada Lovelace"),
        ):
            follow(store, library.settings, reader_id, name)
        data_rights.forget(store, library.settings, READER)
        assert [x.query for x in store.fetches.list()] == ["by Ada Lovelace"]


@pytest.mark.slow
def test_what_a_delivery_brings_back_is_not_kept(library: Library) -> None:
    store, folder = library.open(), library.settings.data_dir
    store.deliveries.expect(READER, "2026-W48", ("files",), NOW, NOW)
    due = next(x for x in store.deliveries.ready(NOW) if x.issue == "2026-W48")
    claim = store.deliveries.claim(due.number, NOW, NOW + timedelta(minutes=5)) or ""
    data_rights.forget(store, library.settings, READER)
    name, said = f"2026-W48-{READER}.html", f"Written for {READER}."
    store.deliveries.finish(due.number, claim, "sent", NOW, result=said, message=name)
    data_rights.refit(store, library.settings, NOW)
    store.close()
    assert traces(folder) == []


@pytest.mark.slow
def test_forgetting_that_was_cut_off_is_completed_by_the_next_fit(library: Library) -> None:
    store, folder = library.open(), library.settings.data_dir
    data_rights.forget(store, library.settings, READER)
    serving = artifacts.latest_version(library.settings.models_dir)
    assert [x for x in traces(folder) if serving not in x] == []
    store.close()  # and the process is killed before it fits
    store = library.open()
    assert fit_if_due(store, library.settings, now=NOW + timedelta(days=1)) is not None
    assert fit_if_due(store, library.settings, now=NOW + timedelta(days=1)) is None
    store.close()
    assert traces(folder) == []


@pytest.mark.slow
def test_a_fit_that_runs_meanwhile_brings_nobody_back(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, settings = library.open(), library.settings
    has_read, may_go_on = threading.Event(), threading.Event()
    build = pipeline.build

    def slow_build(*args: Any) -> pipeline.Model:
        has_read.set()
        assert may_go_on.wait(30)
        return build(*args)

    monkeypatch.setattr(pipeline, "build", slow_build)
    running = threading.Thread(target=fit, args=(store, settings), kwargs={"now": NOW})
    running.start()
    assert has_read.wait(30)
    data_rights.forget(store, settings, READER)
    threading.Timer(0.2, may_go_on.set).start()
    assert data_rights.refit(store, settings, NOW + timedelta(days=1)) == ()
    running.join(30)
    store.close()
    assert traces(settings.data_dir) == []


@pytest.mark.slow
def test_a_program_that_reads_meanwhile_is_said(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.1)
    store, settings = library.open(), library.settings
    file = settings.data_dir / "paperloop.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM event").fetchall()
        data_rights.forget(store, settings, READER)
        (left,) = data_rights.refit(store, settings, NOW)
    assert "still reads the library" in left
    store.close()
    assert traces(settings.data_dir) == []


@pytest.mark.slow
def test_what_cannot_be_removed_is_said_and_the_rest_goes(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = library.settings.data_dir
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.name == "digest.log":
            raise PermissionError(1, "Operation not permitted", str(path))
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    done = Shell(folder).run("reader", "forget", READER, "--yes", code=1)
    assert "digest.log cannot be removed: Operation not permitted." in done.stderr
    assert "also in models" not in done.stdout
    assert traces(folder) == ["digest.log"]


@pytest.mark.slow
def test_a_link_in_the_place_of_a_model_is_removed_but_not_what_it_leads_to(
    library: Library, tmp_path: Path
) -> None:
    settings = library.settings
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.tex").touch()
    link = settings.models_dir / "20261117-120000-abcdef"
    link.symlink_to(precious, target_is_directory=True)
    store = library.open()
    data_rights.forget(store, settings, READER)
    data_rights.refit(store, settings, NOW)
    store.close()
    assert (precious / "thesis.tex").exists()
    assert not link.is_symlink()


@pytest.mark.slow
def test_what_is_deleted_is_overwritten(library: Library) -> None:
    store = library.open()
    with store.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    store.close()


@pytest.mark.slow
def test_what_stays_is_named(library: Library) -> None:
    folder = library.settings.data_dir
    shell = Shell(folder)
    shell.run("db", "backup", str(folder / "before.sqlite3"))
    shell.run("db", "archive", str(folder / "all.zip"))
    said = shell.run("reader", "forget", READER, "--yes").stdout
    assert "Copies in the data directory: all.zip, before.sqlite3." in said
    assert traces(folder) != []
    assert "mails that were sent" in said


@pytest.mark.slow
def test_a_model_goes_also_where_none_can_be_fitted(library: Library) -> None:
    folder = library.settings.data_dir
    without = library.settings.model_copy(update={"encoder": "no-such-encoder"})
    store = library.open()
    data_rights.forget(store, without, READER)
    with pytest.raises(ArtifactError):
        data_rights.refit(store, without, NOW)
    store.close()
    assert traces(folder) == []


def test_models_of_an_empty_library_go(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    store = Store(settings.url)
    store.database.upgrade()
    place = settings.models_dir / "20261118-120000-abcdef"
    place.mkdir(parents=True)
    (place / "manifest.json").write_text("{}")
    data_rights.refit(store, settings, NOW)
    store.close()
    assert not place.exists()


def test_only_the_readers_own_digests_go(tmp_path: Path) -> None:
    names = ["2026-W47-bob.html", "2026-11-16-bob.txt", "2026-W47-x-bob.html", "2026-W47-bob.pdf"]
    for name in names:
        (tmp_path / name).touch()
    assert remove_files("bob", tmp_path) == 2
    assert sorted(x.name for x in tmp_path.iterdir()) == sorted(names[2:])
    assert remove_files("bob", tmp_path / "absent") == 0


@pytest.mark.slow
def test_an_export_lies_in_the_data_directory_only_for_a_moment(library: Library) -> None:
    store, folder = library.open(), library.settings.data_dir
    before = sorted(x.name for x in folder.iterdir())
    assert data_rights.everything(store, library.settings, NOW)[:2] == b"PK"
    store.close()
    assert sorted(x.name for x in folder.iterdir() if "sqlite3-" not in x.name) == before


@pytest.mark.slow
def test_naming_what_stays_takes_no_lock_from_a_library_in_use(library: Library) -> None:
    store = library.open()
    store.counts()
    file = library.settings.data_dir / "paperloop.sqlite3"
    log = file.with_name(f"{file.name}-wal")
    assert log.exists()
    data_rights.what_stays(library.settings)
    other = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('PRAGMA user_version')"
    )
    other += "; c.execute('SELECT count(*) FROM event').fetchall(); c.close()"
    subprocess.run([sys.executable, "-c", other, str(file)], check=True)
    assert log.exists(), "another process deleted the write-ahead log of a library in use"
    store.close()

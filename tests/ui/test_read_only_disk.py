"""A library on a read-only disk is read as ever, and pages say what is the matter."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from libraries import Library

from recommender import private_files
from recommender.store import engines
from ui import app_state

ROOT = Path(__file__).parents[2]
SAID = "is on a read-only disk, or may not be written by this user"
PAGES = ("for_you", "search", "library", "profile", "digest", "settings")


@pytest.fixture
def locked(library: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    """Return a library whose folder refuses every write, and that has no key for tokens yet."""

    def refuse(path: Path) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    (library.settings.data_dir / private_files.KEY_FILE).unlink(missing_ok=True)
    monkeypatch.setattr(private_files, "_make_key", refuse)
    monkeypatch.setattr(engines.os, "access", lambda *_args, **_more: False)
    return library


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_and_says_it(locked: Library, opened: Any, page: str) -> None:
    app = opened(page)
    assert not app.exception
    assert [x.value for x in app.error] == []
    assert SAID in app.warning[0].value
    assert str(locked.settings.data_dir) in app.warning[0].value


@pytest.fixture
def untold(library: Library) -> None:
    """Let the reader be new."""
    app_state.store().preferences.set("me", "started", None)


def test_a_new_reader_is_shown_suggestions(untold: None, locked: Library, opened: Any) -> None:
    assert "For you" in [x.value for x in opened("for_you").title]


@pytest.mark.parametrize("page", ["start", "library"])
def test_an_import_is_refused_aloud(locked: Library, opened: Any, page: str) -> None:
    app = opened(page, shelf="Import") if page == "library" else opened(page)
    app.file_uploader[0].set_value([("refs.bib", b"@misc{a, title={Bees}}", "text/plain")]).run()
    send = "Import" if page == "library" else "Use these papers"
    app = next(x for x in app.button if x.label == send).click().run()
    assert any("nothing was imported" in x.value for x in app.warning)


def test_a_library_that_can_be_written_says_nothing(library: Library, opened: Any) -> None:
    assert not any(SAID in x.value for x in opened("for_you").warning)


def test_a_key_that_cannot_be_read_is_no_reason_for_another(locked: Library, opened: Any) -> None:
    (locked.settings.data_dir / private_files.KEY_FILE).write_text("short")
    assert "too short" in opened("for_you").error[0].value


_IN_A_MOUNT = """
set -e
mount --bind "$1" "$1"
mount -o remount,ro,bind "$1"
! touch "$1/file" 2>/dev/null
run() { "$2" -m recommender --data-dir "$1" "${@:3}"; }
run "$1" "$2" recommend -n 3
run "$1" "$2" export --all -o "$3/all.bib"
run "$1" "$2" db backup "$3/copy.sqlite3"
run "$1" "$2" import "$3/all.bib" && exit 1 || test $? -ne 0
"$2" "$3/page.py" "$1"
"""

_PAGE = """
import sys
from recommender.config import load_settings
from recommender.launch import import_ui
import_ui()
from streamlit.testing.v1 import AppTest
from pathlib import Path
from ui import app_state
app_state.configure(load_settings(data_dir=Path(sys.argv[1])))
app = AppTest.from_file(str(Path(app_state.__file__).parent / "app.py"), default_timeout=60).run()
assert not app.exception, app.exception
print("PAGE:", app.warning[0].value, [x.value for x in app.error])
"""


@pytest.mark.slow
def test_on_a_mount_that_is_read_only(template: Path, tmp_path: Path) -> None:
    """Root may write everywhere, so a mount of its own is what tells."""
    can_mount = (
        shutil.which("unshare")
        and not subprocess.run(
            ["unshare", "-m", "true"], capture_output=True, check=False
        ).returncode
    )
    if not can_mount:
        pytest.skip("this user may not make a mount of their own")
    library, out = tmp_path / "library", tmp_path / "out"
    shutil.copytree(template, library)
    out.mkdir()
    (out / "page.py").write_text(_PAGE)
    before = {x.name: x.stat().st_mtime_ns for x in library.iterdir()}
    done = subprocess.run(
        ["unshare", "-m", "bash", "-c", _IN_A_MOUNT, "_", library, sys.executable, out],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert (out / "all.bib").read_text().count("@") >= 3
    assert (out / "copy.sqlite3").stat().st_size > 0
    assert "read-only" in done.stderr
    page = next(x for x in done.stdout.splitlines() if x.startswith("PAGE:"))
    assert SAID in page
    assert page.endswith("[]")
    assert {x.name: x.stat().st_mtime_ns for x in library.iterdir()} == before

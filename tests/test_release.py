"""What a release holds: the command, the types, the version, and how it is published."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml
from folders import ROOT

from recommender import __version__


def test_the_citation_names_this_version() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert cited["version"] == __version__


def test_a_release_is_published_without_a_password_and_only_from_a_tag() -> None:
    text = (ROOT / ".github/workflows/release.yml").read_text("utf-8")
    workflow = yaml.load(text, Loader=yaml.BaseLoader)
    assert list(workflow["on"]) == ["push"]
    assert list(workflow["on"]["push"]) == ["tags"]
    assert workflow["permissions"] == {"contents": "read"}
    publish = workflow["jobs"]["publish"]
    assert publish["permissions"] == {"id-token": "write"}
    assert publish["environment"]["name"] == "pypi"
    assert "secrets." not in text


def test_a_release_has_a_bill_of_materials_beside_what_is_published() -> None:
    text = (ROOT / ".github/workflows/release.yml").read_text("utf-8")
    steps = yaml.safe_load(text)["jobs"]["build"]["steps"]
    said = [x.get("run") or x.get("with", {}).get("name", "") for x in steps]
    # PyPI takes distributions only: the list is written after they are handed over.
    assert said[said.index("dist") :] == ["dist", "make sbom", "sbom"]
    assert steps[-1]["with"]["path"] == "dist/paperloop.cdx.json"


@pytest.mark.slow
def test_wheel_and_sdist_hold_the_command_the_types_and_the_pages(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(tmp_path)], cwd=ROOT, check=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        told = f"paperloop-{__version__}.dist-info/entry_points.txt"
        # `uvx paperloop` runs the command that is called as the package is.
        assert "paperloop = recommender.cli:main" in packed.read(told).decode()
    wanted = ("py.typed", "_ui/app.py", "_ui/bookmarklet/bookmarklet.js", "_migrations/env.py")
    assert {f"recommender/{x}" for x in wanted} <= names
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as packed_source:
        inside = {x.partition("/")[2] for x in packed_source.getnames()}
    assert {"pyproject.toml", "recommender/py.typed", "ui/app.py", "CITATION.cff"} <= inside

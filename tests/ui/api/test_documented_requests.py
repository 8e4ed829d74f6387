"""What docs/how-to/api.md tells a reader to type, typed on a library of the starter catalogue."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from deck_clients import Server
from folders import ROOT
from libraries import Library, make_starter

from recommender.domain import EventKind
from recommender.store import Store
from recommender.store.api_tokens import SCOPES

PAGE = ROOT / "docs" / "how-to" / "api.md"


def examples() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    return [x for x in blocks if "curl" in x]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not on this machine")
def test_every_example_of_the_page_works(tmp_path: Path) -> None:
    settings = make_starter(tmp_path / "library")
    store = Store(settings.url)
    token = store.api_tokens.create("me", "curl", SCOPES, datetime.now(UTC))
    server = Server(Library(settings), tmp_path / "log")
    environment = {
        **os.environ,
        "TOKEN": token,
        "PAPERLOOP": f"http://127.0.0.1:{server.port}",
    }
    assert len(examples()) >= 7
    try:
        for example in examples():
            ran = subprocess.run(
                ["bash", "-e", "-c", example],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=120,
            )
            assert ran.returncode == 0, f"{example}\n{ran.stdout}\n{ran.stderr}"
            if "recommendations?n=5" in example:
                assert len(json.loads(ran.stdout)["items"]) == 5
    finally:
        server.kill()
    kinds = {x.kind for x in store.feedback.events("me")}
    assert EventKind.like in kinds
    assert store.reading_lists.get("me", "to-cite").paper_ids == ("title:982a3183b1ba3c74",)
    store.close()

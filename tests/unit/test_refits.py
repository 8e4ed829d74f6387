"""Refits in the background: one at a time, from the moment it is started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from recommender import training
from recommender.config import load_settings


def test_no_second_refit_is_started_while_the_first_still_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", "input()"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE)
    monkeypatch.setattr(training, "_start", lambda settings: child)
    settings = load_settings(data_dir=tmp_path)
    assert training.refit_in_background(settings)
    assert not training.refit_in_background(settings)
    child.communicate(b"\n")
    assert training.refit_in_background(settings)

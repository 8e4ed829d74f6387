"""Runs paperloop commands in this process, from the words to the exit code."""

from __future__ import annotations

import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from recommender.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command printed."""

    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        return self.stdout + self.stderr


@dataclass(frozen=True)
class Shell:
    """Runs commands on one data directory."""

    folder: Path

    def run(self, *words: str, code: int = 0) -> Ran:
        """Run a command and check its exit code."""
        out, err = StringIO(), StringIO()
        ended: int | str | None = 0
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main([*words, "--data-dir", str(self.folder)])
            except SystemExit as end:
                ended = end.code
        ran = Ran(out.getvalue(), err.getvalue())
        assert (ended or 0) == code, ran.output
        assert "Traceback" not in ran.output
        return ran

    def json(self, *words: str, code: int = 0) -> Any:
        """Run a command with ``--json`` and return what it printed."""
        return json.loads(self.run(*words, "--json", code=code).stdout)

"""`make bench-scale` runs to its end and prints every figure of a small library."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "scale.py"


@pytest.mark.slow
def test_every_figure_of_a_small_library_is_measured() -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), "300"],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = [line.split("|")[1:3] for line in done.stdout.splitlines() if line.startswith("| ")]
    figures = {name.strip(): figure.strip().replace(",", "") for name, figure in rows[1:]}
    assert float(figures["slate after a like, ms"]) > 0
    assert float(figures["first 20 of a shortlist in the full ranking's"]) == 1.0
    assert all(math.isfinite(float(figure)) for figure in figures.values()), figures

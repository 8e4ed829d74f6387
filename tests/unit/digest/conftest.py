"""A library with an invented week and two readers."""

from __future__ import annotations

import pytest
from invented_week import LONG_AGO, week_paper
from stores import sqlite_store


@pytest.fixture
def store(tmp_path):
    opened = sqlite_store(tmp_path)
    opened.readers.ensure("me", LONG_AGO)
    opened.readers.ensure("other", LONG_AGO)
    opened.catalogue.add([week_paper(n) for n in range(1, 7)], LONG_AGO)
    opened.catalogue.add([week_paper(90, day=3), week_paper(91, day=30)], LONG_AGO)
    yield opened
    opened.close()

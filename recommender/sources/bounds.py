"""How long text from outside may be, so that no pattern ever sees more.

A record with a field beyond its bound is refused, with the field in the report; names, venues
and addresses are cut. Cleaning cuts at `MAX_TEXT` whatever it is given. Of 45,555 real entries
the longest title has 512 characters, abstract 8,631, venue 346, address 255 and name 96, and no
paper has more than 664 authors (tests/data/test_field_bounds.py).
"""

from __future__ import annotations

from collections.abc import Mapping

MAX_TITLE = 2_000
"""Most characters of a title."""

MAX_ABSTRACT = 100_000
"""Most characters of an abstract."""

MAX_NAME = 300
"""Most characters of one part of a name; a longer one is cut."""

MAX_AUTHORS = 20_000
"""Most authors of a paper; some have 15,000."""

MAX_VENUE = 1_000
"""Most characters of a venue; a longer one is cut."""

MAX_URL = 2_000
"""Most characters of an address that is looked at."""

MAX_IDENTIFIER = 200
"""Most characters of an identifier; a longer text is none."""

MAX_TEXT = 500_000
"""Most characters of one field as a file writes it, with its markup."""

_MARKUP = 10
"""How many times as long as the text a title or name may be with its markup."""

MAX_WRITTEN = {"title": _MARKUP * MAX_TITLE}
MAX_WRITTEN_NAME = _MARKUP * MAX_NAME


def why_too_long(fields: Mapping[str, object]) -> str:
    """Return why a record is refused before its fields are looked at, or ``""``.

    Values that are not text have no bound of their own here: the record that holds them has.
    """
    for name, value in fields.items():
        limit = MAX_WRITTEN.get(name, MAX_TEXT)
        if isinstance(value, str) and len(value) > limit:
            return f"its {name[:40]} has {len(value):,} characters; at most {limit:,} are read"
    return ""

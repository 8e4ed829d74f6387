"""Names that people choose: how they compare, and the ids made from them."""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from itertools import chain, count

from recommender.domain.identifiers import normalise_title


def name_key(name: str) -> str:
    """Return what two names that look alike to a person have in common."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def free_slug(name: str, taken: Container[str], otherwise: str) -> str:
    """Return an id of small letters, digits and hyphens for a name, unlike those taken.

    `otherwise` is used for a name without a single Latin letter or digit.
    """
    plain = normalise_title(name).encode("ascii", "ignore").decode()
    slug = "-".join(plain.split())[:60].strip("-") or otherwise
    tries = chain([slug], (f"{slug}-{i}" for i in count(2)))
    return next(x for x in tries if x not in taken)

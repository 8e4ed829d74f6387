"""Why each paper of an issue's pool is not in the issue, packed to be kept for good. Pure.

A big week has thousands of papers and as many exclusions for every reader. They are
stored as one compressed text: about four bytes a paper.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite
from operator import itemgetter
from typing import Any

from recommender.errors import DigestError

Exclusions = Mapping[str, Mapping[str, float | None]]
"""Reason (a key of `copy.REASONS`) -> paper id -> score, None where there is none."""

MAX_KEPT = 8_000
"""Papers whose exclusion is kept at most, those with the best scores."""
MAX_PACKED = 75_000
"""Characters of the exclusions of an issue, so that its manifest stays below 100 kB: where ids are
long and have little in common, fewer are kept."""
MAX_BYTES = 64_000_000
"""Maximum bytes of exclusions when unpacked; more is damage."""

_HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why one paper is not in an issue: the reason, and its score if it was ranked."""

    why: str
    score: float | None


def pack(exclusions: Exclusions) -> str:
    """Return the exclusions as one line of text; scores are kept to two digits.

    Of more than `MAX_KEPT` papers, or more than fit in `MAX_PACKED` characters, those with the
    best scores are kept.
    """
    most = MAX_KEPT
    while len(text := _packed(_best(exclusions, most))) > MAX_PACKED:
        most = min(most, sum(map(len, exclusions.values()))) * MAX_PACKED // len(text) * 19 // 20
    return text


def _packed(exclusions: Exclusions) -> str:
    plain = {
        why: {
            paper_id: None if score is None or not isfinite(score) else round(score * _HUNDREDTHS)
            for paper_id, score in sorted(papers.items(), key=itemgetter(0))
        }
        for why, papers in sorted(exclusions.items())
        if papers
    }
    if not plain:
        return ""
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(text, 3)).decode("ascii")


def _best(exclusions: Exclusions, most: int) -> Exclusions:
    if sum(map(len, exclusions.values())) <= most:
        return exclusions
    each = [
        (-inf if score is None or not isfinite(score) else score, why, paper_id)
        for why, papers in exclusions.items()
        for paper_id, score in papers.items()
    ]
    kept: dict[str, dict[str, float | None]] = {}
    for _, why, paper_id in sorted(each, key=lambda x: (-x[0], x[1], x[2]))[:most]:
        kept.setdefault(why, {})[paper_id] = exclusions[why][paper_id]
    return kept


def unpack(packed: str) -> dict[str, dict[str, float | None]]:
    """Return what `pack` was given, scores rounded; raises DigestError on a damaged text."""
    if not packed:
        return {}
    try:
        opened = zlib.decompressobj()
        text = opened.decompress(base64.b64decode(packed, validate=True), MAX_BYTES)
        plain: Any = json.loads(text) if opened.eof else None
        return {why: _scores(papers) for why, papers in plain.items()}
    except (binascii.Error, zlib.error, ValueError, TypeError, AttributeError) as error:
        raise DigestError("The stored digest is damaged; restore it from a backup.") from error


def exclusion_of(packed: str, paper_ids: frozenset[str]) -> Exclusion | None:
    """Return the exclusion of a paper, known by any of its ids; None when none is kept."""
    for why, papers in unpack(packed).items():
        for paper_id in paper_ids & papers.keys():
            return Exclusion(why, papers[paper_id])
    return None


def _scores(papers: Mapping[str, Any]) -> dict[str, float | None]:
    return {x: None if n is None else n / _HUNDREDTHS for x, n in papers.items()}

"""A ranked paper as an item of a digest: what is known of it on that day. Pure."""

from __future__ import annotations

from dataclasses import replace

from recommender.digest.compose.manifest import DigestItem, finite
from recommender.digest.render.excerpt import abridge
from recommender.domain import Listing, Paper, Recommendation
from recommender.escaping import link_of, one_line


def item_of(ranked: Recommendation, paper: Paper) -> DigestItem:
    """Return the paper at its place; text on single lines, the link a web address or empty."""
    listing = _newest_listing(paper)
    return DigestItem(
        rank=ranked.rank,
        paper_id=paper.paper_id,
        title=one_line(paper.title),
        score=float(ranked.score),
        authors=tuple(one_line(x.name) for x in paper.authors if one_line(x.name)),
        date=_date(paper),
        listed=listing.listed_at.date().isoformat() if listing and listing.listed_at else "",
        listed_by=one_line(listing.source) if listing else "",
        venue=one_line(paper.venue),
        url=link_of(paper),
        abstract=abridge(paper.abstract),
        abstract_is_summary=paper.abstract_is_summary,
        parts=finite(ranked.parts),
        reasons=tuple(replace(x, text=one_line(x.text)) for x in ranked.reasons),
        propensity=float(ranked.propensity),
        interest_id=ranked.interest_id,
        chance=None if ranked.chance is None else float(ranked.chance),
    )


def _newest_listing(paper: Paper) -> Listing | None:
    dated = [(x.listed_at, x) for x in paper.listings if x.listed_at is not None]
    return max(dated, key=lambda pair: pair[0])[1] if dated else None


def _date(paper: Paper) -> str:
    if paper.published_at is not None:
        return paper.published_at.date().isoformat()
    return "" if paper.year is None else str(paper.year)

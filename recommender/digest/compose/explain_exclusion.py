"""Why a paper is in an issue or not, for any paper and any week. Reads the store.

The answer is the manifest's, not a new ranking: an issue that was composed keeps
the exclusion of every paper it chose from. A week without an issue is answered as it
would be composed now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from recommender.config import Settings
from recommender.digest.compose.compose import preview
from recommender.digest.compose.exclusions import MAX_KEPT, Exclusion, exclusion_of, unpack
from recommender.digest.compose.manifest import CHANCE, FIXED, LIKES, WEEK, DigestItem, Manifest
from recommender.digest.periods import in_order, week_bounds, zone_of
from recommender.digest.render.copy import REASONS, bar_text, left_out, reason
from recommender.digest.render.date_format import day_text, label, moment_text
from recommender.domain import Paper
from recommender.domain.history import PaperState
from recommender.domain.status import sentences
from recommender.store import Store

if TYPE_CHECKING:
    from recommender.recommend.recommender import Recommender

SHOWN, OUTSIDE, UNKNOWN = "in_it", "outside", "not_kept"


@dataclass(frozen=True, slots=True)
class ExclusionReport:
    """What became of one paper in one issue.

    Parameters
    ----------
    fate
        ``in_it``, ``outside`` (its window), ``not_kept`` (an issue of an old
        version), or the reason of its exclusion, a key of `copy.REASONS`.
    composed
        False where the week has no issue, and this is how it would be now.
    rank, score
        Its place, and its score on that day; None where it has none.
    sentences
        The same in words.
    """

    paper_id: str
    title: str
    week: str
    fate: str
    composed: bool
    rank: int | None
    score: float | None
    sentences: tuple[str, ...]


def why(
    store: Store,
    recommender: Recommender,
    reader_id: str,
    paper_id: str,
    *,
    week: str,
    now: datetime,
    settings: Settings,
) -> ExclusionReport:
    """Return what became of a paper, under any of its ids, in a reader's issue of a week.

    Raises
    ------
    UnknownReader, UnknownPaper
        There is no such reader or paper.
    DigestError
        There is no such week, it has not begun, or the stored digest is damaged.
    """
    reader_id = store.readers.get(reader_id).reader_id
    paper = store.catalogue.get(paper_id)
    composed = store.digests.get(reader_id, week) is not None
    manifest = preview(store, recommender, reader_id, week=week, now=now, settings=settings)
    ids = _ids_of(store, manifest, paper)
    item = next((x for x in manifest.items if x.paper_id in ids), None)
    exclusion = None if item else exclusion_of(manifest.fates, ids)
    if item is not None:
        name, told = SHOWN, _in_it(manifest, item)
    elif exclusion is not None:
        name, told = exclusion.why, _left_out(store, recommender, manifest, paper, exclusion)
    elif _is_dated(paper, manifest) and (
        manifest.version == 1 or sum(manifest.left_out.values()) > MAX_KEPT
    ):
        name, told = UNKNOWN, _not_kept(manifest)
    else:
        name, told = OUTSIDE, _outside(paper, manifest)
    first = [] if composed else [f"{_capital(label(week))} has no digest yet; as it would be now:"]
    rank = item.rank if item else None
    score = item.score if item else exclusion.score if exclusion else None
    return ExclusionReport(
        paper.paper_id, paper.title, week, name, composed, rank, score, (*first, *told)
    )


def _ids_of(store: Store, manifest: Manifest, paper: Paper) -> frozenset[str]:
    """Return the ids under which a manifest may hold a paper that is known under this one today."""
    held = {x.paper_id for x in manifest.items}.union(*unpack(manifest.fates).values())
    if paper.paper_id in held:
        return frozenset((paper.paper_id,))
    today = store.catalogue.resolve(held)
    return frozenset((paper.paper_id, *(x for x, now in today.items() if now == paper.paper_id)))


def _in_it(manifest: Manifest, item: DigestItem) -> list[str]:
    if item.below_bar:
        return [
            f"Shown at place {item.rank} although it is below the bar, because no paper reached it:"
            f" it had a score of {item.score:.2f}, and {_bar(manifest)}.",
            reason(item),
        ]
    bar = f"; {_bar(manifest)}" if manifest.bar_kind == WEEK else ""
    return [f"Shown at place {item.rank}, with a score of {item.score:.2f}{bar}.", reason(item)]


def _left_out(
    store: Store,
    recommender: Recommender,
    manifest: Manifest,
    paper: Paper,
    exclusion: Exclusion,
) -> list[str]:
    bar = _bar(manifest)
    score = "no score" if exclusion.score is None else f"a score of {exclusion.score:.2f}"
    told = {
        "below_bar": f"Below the bar: it had {score}, and {bar}.",
        "over_size": f"Beyond the limit: it had {score} ({bar}), and the"
        f" {manifest.size} places went to papers that stood higher.",
        "diversity": f"It had {score}, which would have been enough; but it is nearly the same as"
        " a paper that was chosen, or its subject or interest had its share already.",
        "unranked": "It could not be ranked: the model knows nothing of it. Its abstract may be"
        " missing.",
    }
    if exclusion.why == "judged":
        return [_judged(store.event_logs.get(manifest.reader_id).states.get(paper.paper_id))]
    if exclusion.why == "opened":
        return ["You had opened it before the digest was composed; it is under Library, Opened."]
    if exclusion.why == "shown":
        return [_earlier(store, manifest, paper)]
    if exclusion.why == "status":
        said = " ".join(sentences(paper.statements))
        return [f"It is never suggested: {said}" if said else "It was not to be suggested then."]
    if exclusion.why == "muted":
        return [_muted(recommender, manifest, paper)]
    return [told.get(exclusion.why, f"Left out: {REASONS.get(exclusion.why, exclusion.why)}.")]


def _bar(manifest: Manifest) -> str:
    """Return what the bar was and what it was made from, as half a sentence."""
    if manifest.bar is None:
        return "no bar was held"
    if manifest.bar_kind == FIXED:
        return f"your bar was {manifest.bar:g}"
    if manifest.bar_kind == WEEK:
        return (
            f"no paper reached your own bar, which came down to the best one: {bar_text(manifest)}"
        )
    made = {CHANCE: "from your answers and likes", LIKES: "from the papers you liked"}
    return f"your own bar was {bar_text(manifest)}, made {made.get(manifest.bar_kind, 'for you')}"


def _judged(state: PaperState | None) -> str:
    known = "You had liked, saved or skipped it before the digest was composed"
    if state is None or not state.judged:
        return f"{known}, and have undone that since."
    verdict = state.verdict.value if state.verdict else "save"
    return f"{known}; what stands is a {verdict}, of {day_text(state.at.date())}."


def _earlier(store: Store, manifest: Manifest, paper: Paper) -> str:
    for week in reversed(in_order(store.digests.weeks(manifest.reader_id))):
        text = None if week == manifest.week else store.digests.get(manifest.reader_id, week)
        issue = None if text is None else Manifest.from_json(text)
        ids = [] if issue is None else [x.paper_id for x in issue.items]
        today = store.catalogue.resolve(ids)
        for place, paper_id in enumerate(ids, 1):
            if today.get(paper_id) == paper.paper_id:
                return f"Seen before: it was shown in the digest of {label(week)}, place {place}."
    return "Seen before: it was shown in another digest."


def _muted(recommender: Recommender, manifest: Manifest, paper: Paper) -> str:
    hides = recommender.muted.hides(manifest.muted)
    words = [word for word, papers in hides.items() if paper.paper_id in papers]
    named = ", ".join(f"“{x}”" for x in words)
    return f"Muted: it mentions {named}." if words else "Muted: it mentions a word you had muted."


def _not_kept(manifest: Manifest) -> list[str]:
    counts = ", ".join(f"{n:,} {text}" for n, text in left_out(manifest))
    why = (
        "That digest was composed by an earlier version of paperloop, which kept counts only"
        if manifest.version == 1
        else f"So many papers were, that reasons are kept of the best {MAX_KEPT:,} only"
    )
    said = f"It was of this window and is not in the digest. {why}: {counts or 'none left out'}."
    return [said]


def _outside(paper: Paper, manifest: Manifest) -> list[str]:
    start, end = (moment_text(x, manifest.zone) for x in (manifest.starts_at, manifest.ends_at))
    covers = f"The digest covers {start} to {end} ({manifest.zone})"
    zone = zone_of(manifest.zone)
    dates = _dates(paper)
    known = [f"{what} {day_text(at.astimezone(zone).date())}" for what, at in dates]
    said = f"{covers}; this paper {_and(known)}." if known else f"{covers}."
    if _is_dated(replace(paper, added_at=None), manifest):
        composed = moment_text(manifest.composed_at, manifest.zone)
        return [f"Not known then: the digest was composed on {composed}. {said}"]
    return [f"Not in the window. {said}"]


def _dates(paper: Paper) -> list[tuple[str, datetime]]:
    dates = (
        ("appeared on", paper.published_at),
        ("was last listed on", paper.listed_at),
        ("came into the library on", paper.added_at),
    )
    return [(what, at) for what, at in dates if at is not None]


def _is_dated(paper: Paper, manifest: Manifest) -> bool:
    """Return whether any of a paper's dates lies in the window, to the end of its week."""
    _, end = week_bounds(manifest.week, manifest.zone)
    dates = [at for _, at in _dates(paper)]
    dates += [x.listed_at for x in paper.listings if x.listed_at is not None]
    return any(manifest.starts_at <= at < end for at in dates)


def _and(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]

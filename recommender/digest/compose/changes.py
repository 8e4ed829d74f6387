"""What an issue says of the time since the one before: answers, weeks missed, settings. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from recommender.digest.compose.manifest import FIXED, Before, Manifest, Share
from recommender.digest.periods import first_day, n_days, week_bounds, zone_of
from recommender.digest.render.date_format import label, weekday
from recommender.domain.history import PaperState


def before_of(
    last: Manifest | None,
    states: Mapping[str, PaperState],
    muted: Sequence[str],
    interests: Sequence[Share],
) -> Before | None:
    """Return what a reader did with the issue before, and what else is new since.

    Parameters
    ----------
    last
        The issue before; None for the first.
    states
        What stands between the reader and every paper, today.
    """
    if last is None:
        return None
    shown = {x.paper_id for x in last.items}
    here = [states[x] for x in shown if x in states]
    since = [
        x for k, x in states.items() if k not in shown and x.judged and x.at >= last.composed_at
    ]
    known = {x.interest_id for x in last.interests}
    return Before(
        week=last.week,
        shown=len(shown),
        liked=sum(x.liked for x in here),
        skipped=sum(x.judged and not x.liked for x in here),
        liked_else=sum(x.liked for x in since),
        skipped_else=sum(not x.liked for x in since),
        model=last.model,
        bar=last.bar,
        size=last.size,
        bar_kind=last.bar_kind,
        muted=tuple(x for x in muted if x not in last.muted) if last.version > 1 else (),
        interests=tuple(x.name for x in interests if x.interest_id not in known) if known else (),
    )


MAX_NAMED = 5
MAX_TITLE = 200


def since(manifest: Manifest) -> list[str]:
    """Return what changed since the issue before, sentence by sentence.

    First of all, which liked papers are retracted or in doubt; for the first issue, only that.
    """
    before = manifest.before
    changed = _status(manifest)
    if before is None:
        return changed
    return [
        *changed,
        f"Since {label(before.week, manifest.week)}: {_answers(before)}.",
        *_catch_up(manifest, before),
        *_settings(manifest, before),
    ]


def _status(manifest: Manifest) -> list[str]:
    """Return a sentence for each liked paper that is retracted, withdrawn or in doubt."""
    shown = manifest.status_changes[:MAX_NAMED]
    said = [
        f"{x.status}, a paper you liked: “{x.title[:MAX_TITLE]}”"
        + (f" (notice: {x.notice})." if x.notice else ".")
        for x in shown
    ]
    more = len(manifest.status_changes) - len(shown)
    return [*said, f"So {'is' if more == 1 else 'are'} {more} more."] if more else said


def is_late(manifest: Manifest) -> bool:
    """Return whether the issue takes in papers from before its own week."""
    return manifest.starts_at < week_bounds(manifest.week, manifest.zone)[0]


def listed(words: Sequence[str], most: int = MAX_NAMED) -> str:
    """Return words as a list in a sentence, those beyond `most` as a count."""
    if len(words) > most:
        words = [*words[:most], f"{len(words) - most} more"]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _answers(before: Before) -> str:
    if not before.shown:
        return f"that digest was empty; {_elsewhere(before, '')}"
    open_ = before.shown - before.liked - before.skipped
    if open_ == before.shown:
        here = f"none of its {_papers(before.shown)} has an answer yet"
    else:
        given = ((before.liked, "liked"), (before.skipped, "skipped"), (open_, "left open"))
        here = f"of its {_papers(before.shown)} you {listed([f'{v} {n}' for n, v in given if n])}"
    return f"{here}; {_elsewhere(before, 'elsewhere ')}"


def _elsewhere(before: Before, where: str) -> str:
    if not before.liked_else and not before.skipped_else:
        return f"{where}you judged none"
    return f"{where}you liked {before.liked_else} and skipped {before.skipped_else}"


def _catch_up(manifest: Manifest, before: Before) -> list[str]:
    if manifest.missed:
        names = listed([label(x, manifest.week) for x in manifest.missed], 8)
        have = "had no digest" if len(manifest.missed) > 1 else "had no digest of its own"
        said = f"{names[0].upper()}{names[1:]} {have}; what was new then is in this one."
        gap = first_day(manifest.missed[0]) - first_day(before.week)
        if gap > timedelta(days=n_days(before.week)):
            said += " What is older than eight weeks is left to the app."
        return [said]
    if is_late(manifest):
        local = manifest.starts_at.astimezone(zone_of(manifest.zone))
        ended = f"{weekday(local)}, {local:%H:%M}"
        return [f"What came after {ended}, where that one ended, is in here too."]
    return []


def _settings(manifest: Manifest, before: Before) -> list[str]:
    changed: list[str] = []
    if before.model and manifest.model and before.model != manifest.model:
        changed.append("The model was refitted.")
    was, now = _bar(before), _bar(manifest)
    if was and now and was != now:
        changed.append(f"Your bar went from {was} to {now}.")
    if before.size and before.size != manifest.size:
        changed.append(f"Your limit went from {before.size} to {_papers(manifest.size)}.")
    if before.muted:
        changed.append(f"Muted since: {listed([f'“{x}”' for x in before.muted])}.")
    if before.interests:
        changed.append(f"New interests: {listed(before.interests)}.")
    return changed


def _bar(of: Before | Manifest) -> str:
    """Return a bar as a reader may change it; one's own moves with every like, which is no news."""
    if of.bar is None:
        return ""
    return f"{of.bar:g}" if of.bar_kind == FIXED else "one that follows your likes"


def _papers(n: int) -> str:
    return f"{n:,} paper{'' if n == 1 else 's'}"

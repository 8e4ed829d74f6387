"""What a digest says besides its papers: heading, honest notes, what was left out. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from recommender.digest.compose.changes import is_late
from recommender.digest.compose.manifest import (
    CHANCE,
    FIXED,
    WEEK,
    DigestItem,
    FoundPaper,
    Manifest,
    SearchNews,
)
from recommender.digest.periods import first_day, n_days, zone_of
from recommender.digest.render.date_format import day_text, label, moment_text, month

REASONS = {
    "judged": "already liked, saved or skipped",
    "opened": "already opened",
    "shown": "already in an earlier digest",
    "muted": "with a word you muted",
    "status": "retracted, in doubt, or no paper",
    "below_bar": "below your bar",
    "diversity": "too near to a chosen one, or of a subject that had its share",
    "over_size": "beyond your limit",
    "unranked": "could not be ranked",
}
"""Why a paper of the week is left out, in the order in which it is asked."""

FEW_LIKES = 5
"""Likes below which a digest says that it knows little."""

ACTIONS = (("like", "Like"), ("save", "Save"), ("skip", "Skip"))
"""What a link under a paper asks for, and its word."""

_SOURCES = {"hf-daily-papers": "Hugging Face Daily Papers"}
_NAMES_SHOWN = 6


def heading(manifest: Manifest) -> str:
    """Return the week or the day as people say it: ``Week 47, 2026``."""
    return label(manifest.week).replace("week", "Week")


def week_days(manifest: Manifest) -> str:
    """Return the days of the week: ``16–22 November 2026``; of a day, its week."""
    first = first_day(manifest.week)
    last = first + timedelta(days=n_days(manifest.week) - 1)
    if first == last:
        return f"Week {first.isocalendar().week}"
    if first.year != last.year:
        return f"{day_text(first)} – {day_text(last)}"
    if first.month != last.month:
        return f"{first.day} {month(first)} – {day_text(last)}"
    return f"{first.day}–{day_text(last)}"


def subject(manifest: Manifest) -> str:
    """Return one line that says whose week it is and what is in it."""
    papers = counted(len(manifest.items), "paper")
    if manifest.below_bar:
        papers = f"{papers} below the bar"
    return f"{heading(manifest)}: {papers} for {manifest.reader}"


def lead(manifest: Manifest) -> str:
    """Return the sentence that opens the digest."""
    if not manifest.items:
        return f"No papers {_when(manifest)}."
    if manifest.below_bar:
        n = len(manifest.items)
        best = "the best one is" if n == 1 else f"the best {n} are"
        new = f"{manifest.candidates:,} that {'was' if manifest.candidates == 1 else 'were'}"
        return f"Below your bar: {best} offered, of {new} new {_when(manifest)}."
    chosen = counted(len(manifest.items), "paper")
    if len(manifest.items) == manifest.candidates:
        return f"{chosen}: all that was new {_when(manifest)}."
    return f"{chosen}, chosen from {manifest.candidates:,} that were new {_when(manifest)}."


def _when(manifest: Manifest) -> str:
    if is_late(manifest):
        start = manifest.starts_at.astimezone(zone_of(manifest.zone))
        return f"since {start.day} {month(start)}"
    return "this week" if n_days(manifest.week) == 7 else "this day"


def honest_note(manifest: Manifest) -> str:
    """Return what the reader should know of a choice made from little feedback, or ``""``."""
    if not manifest.items or manifest.likes >= FEW_LIKES:
        return ""
    if not manifest.likes and _by_sentence(manifest):
        return (
            "You have not liked a paper yet: this choice rests on what you said you work on, and no"
            " bar was held. Like a few to make the next digest better."
        )
    if not manifest.likes:
        return (
            "You have not liked a paper yet, so nothing is known of your taste: these are recent"
            " papers on different topics, and no bar was held. Like a few to make the next digest"
            " yours."
        )
    return (
        f"This choice rests on only {counted(manifest.likes, 'liked paper')}."
        " It gets better with every like and skip."
    )


def _by_sentence(manifest: Manifest) -> bool:
    return any(reason.kind == "about" for item in manifest.items for reason in item.reasons)


def why_empty(manifest: Manifest, *, in_app: bool = False) -> list[str]:
    """Return why there is no paper and what to do next; empty when there are papers.

    `in_app` names pages of the app, else the commands.
    """
    if manifest.items:
        return []
    if not manifest.library_size:
        what_next = (
            'Import some with "paperloop import PATH", or start the app once with "paperloop up" to'
            " load the starter catalogue."
        )
        what_next = "Add some on the page Start." if in_app else what_next
        return ["Your library holds no papers yet.", what_next]
    if not manifest.candidates:
        return [
            f"None of the {counted(manifest.library_size, 'paper')} in your library appeared, was"
            f" listed or was fetched {_in_window(manifest)}{_so_far(manifest)}.",
            f"{_plan(in_app)} What a file brings counts by its own date.",
        ]
    reasons = ", ".join(f"{n:,} {why}" for n, why in left_out(manifest))
    new = f"{manifest.candidates:,} {'was' if manifest.candidates == 1 else 'were'} new"
    return [f"{new}: {reasons}.", _next_step(manifest, in_app)]


def why_thin(manifest: Manifest) -> str:
    """Return why there are fewer papers than were wanted, ``""`` where there are not."""
    if manifest.below_bar:
        return _why_below(manifest)
    if not manifest.items or len(manifest.items) >= manifest.size:
        return ""
    wanted = f"{len(manifest.items)} instead of {counted(manifest.size, 'paper')}"
    if manifest.best_below is None or manifest.bar is None:
        return f"A short issue, {wanted}: there was no more to choose from."
    best = f"the best of the others scored {_number(manifest.best_below)}"
    if manifest.bar_kind == WEEK:
        return (
            f"A short issue, {wanted}: no paper reached your bar, so it came down to the best one, "
            f"with {bar_text(manifest)}; {best}."
        )
    return f"A short issue, {wanted}: your bar is {bar_text(manifest)}, {best}."


def _why_below(manifest: Manifest) -> str:
    """Return why no paper reached the bar, in one sentence."""
    ranked = len(manifest.items) + manifest.left_out.get("below_bar", 0)
    what = "The only new paper" if ranked == 1 else f"None of {ranked:,} new papers"
    fails = "did not reach" if ranked == 1 else "reached"
    best = f"the best scored {_number(manifest.best_below or 0.0)}"
    rests = {
        FIXED: f"your bar, a fixed score of {bar_text(manifest)}",
        CHANCE: f"your bar of {bar_text(manifest)}, which follows what you answered and liked",
    }
    likes = (
        f"your bar of {bar_text(manifest)}, about what the weakest of the papers you liked score"
    )
    return f"{what} {fails} {rests.get(manifest.bar_kind, likes)}: {best}."


def bar_text(manifest: Manifest) -> str:
    """Return the bar as a score, and as a chance where it is known; ``""`` without a bar."""
    if manifest.bar is None:
        return ""
    if manifest.bar_chance is None:
        return _number(manifest.bar)
    return f"{_number(manifest.bar)} (a chance of a like of {manifest.bar_chance:.0%})"


def left_out(manifest: Manifest) -> list[tuple[int, str]]:
    """Return how many papers of the week were left out for which reason."""
    limits = {"over_size": str(manifest.size), "below_bar": bar_text(manifest)}
    counts: list[tuple[int, str]] = []
    for key, text in REASONS.items():
        limit = limits.get(key)
        if manifest.left_out.get(key, 0):
            counts.append(
                (
                    manifest.left_out[key],
                    f"{text} of {limit}" if limit else text,
                )
            )
    return counts


def method(manifest: Manifest) -> str:
    """Return how the digest was made, for who wants to check it."""
    start, end = (moment_text(x, manifest.zone) for x in (manifest.starts_at, manifest.ends_at))
    parts = [
        f"window {start} to {end} ({manifest.zone})",
        f"model {manifest.model}" if manifest.model else "nothing to rank",
        "no bar" if manifest.bar is None else f"bar {bar_text(manifest)}",
        f"at most {counted(manifest.size, 'paper')}",
    ]
    return ", ".join(parts)


def reason(item: DigestItem) -> str:
    """Return why the paper is here, in one true sentence.

    Of one that was drawn, or is below the bar, it says that as well.
    """
    return " ".join(x.text for x in item.reasons[: 2 if item.explored or item.below_bar else 1])


def interest(manifest: Manifest, item: DigestItem) -> str:
    """Return which interest a paper is for, ``""`` for a reader with only one."""
    names = {x.interest_id: x.name for x in manifest.interests}
    name = names.get(item.interest_id or "", "") if len(names) > 1 else ""
    return f"for {name}" if name else ""


def answer_link(manifest: Manifest, item: DigestItem, action: str) -> str:
    """Return the address of an answer, ``""`` where the digest carries no links."""
    token = item.answers.get(action, "")
    return f"{manifest.base_url}/f/{token}" if manifest.base_url and token else ""


def search_heading(news: SearchNews) -> str:
    """Return what a section of a saved search, or of an author, is called."""
    of = f"by {news.name}" if news.author else f"in “{news.name}”"
    return f"New {of}: {counted(news.total, 'paper')}"


def more_found(news: SearchNews) -> str:
    """Return how many papers of a saved search are not named, ``""`` where all are."""
    rest = news.total - len(news.papers)
    return f"and {rest:,} more" if rest > 0 else ""


def facts_found(paper: FoundPaper) -> str:
    """Return authors and date of a paper that a saved search found; may be empty."""
    named = ", ".join(paper.authors)
    return " · ".join(x for x in (named, _date(paper.date) if paper.date else "") if x)


def unsubscribe_link(manifest: Manifest) -> str:
    """Return the address that ends the mail, or ``""``."""
    token = manifest.unsubscribe
    return f"{manifest.base_url}/unsubscribe/{token}" if manifest.base_url and token else ""


def names(item: DigestItem) -> str:
    """Return the authors, the last of many as a count."""
    shown = item.authors[:_NAMES_SHOWN]
    rest = len(item.authors) - len(shown)
    if rest == 1:
        return ", ".join(item.authors)
    return ", ".join(shown) + (f" and {rest}\u00a0more" if rest else "")


def when_and_where(item: DigestItem) -> list[str]:
    """Return venue, date of publication and listing, as far as they are known."""
    known = [x for x in (item.venue, _date(item.date)) if x]
    listing = _listing(item)
    if not listing:
        return known
    return [*known, listing if known else listing[0].upper() + listing[1:]]


def counted(n: int, what: str) -> str:
    """Return a number with its noun: ``1 paper``, ``2,000 papers``."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _listing(item: DigestItem) -> str:
    if not item.listed:
        return ""
    listed = f"listed {_date(item.listed)}"
    source = _SOURCES.get(item.listed_by, item.listed_by)
    return f"{listed} by {source}" if source else listed


def _date(text: str) -> str:
    return day_text(date.fromisoformat(text)) if "-" in text[1:] else text


def _plan(in_app: bool) -> str:
    where = "plan one on the page Sources" if in_app else 'see "paperloop fetch"'
    return f"New papers come with a planned query; {where}."


def _add_papers(in_app: bool) -> str:
    if in_app:
        return "Add more papers on the page Start"
    return 'Import more papers with "paperloop import PATH"'


def _next_step(manifest: Manifest, in_app: bool) -> str:
    if manifest.best_below is not None and manifest.bar is not None:
        bar = "the minimum score in Settings" if in_app else "digest_bar"
        return (
            f"The best of them scored {_number(manifest.best_below)}. To see such papers, set"
            f" {bar} lower; liking and skipping more papers makes the scores surer."
        )
    if manifest.left_out.get("unranked"):
        if in_app:
            return "They are ranked once the app has fitted the model again."
        return 'Fit the model with "paperloop fit", so that new papers can be ranked.'
    return f"You have seen all that is new. {_add_papers(in_app)}."


def _in_window(manifest: Manifest) -> str:
    if is_late(manifest):
        return f"{_when(manifest)} until the end of {label(manifest.week)}"
    first = first_day(manifest.week)
    return (
        f"on {day_text(first)}"
        if n_days(manifest.week) == 1
        else f"in the week of {week_days(manifest)}"
    )


def _so_far(manifest: Manifest) -> str:
    return " so far" if manifest.ends_at == manifest.composed_at else ""


def _number(x: float) -> str:
    return f"{x:.2f}".rstrip("0").rstrip(".")

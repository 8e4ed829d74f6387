"""Which record is which paper, and what a merged paper looks like. Pure.

A shared identifier decides, and so does a relation that a source states, unless title
and authors both speak against it: such an identifier is wrong. Otherwise the same title
does, with a compatible first author and year, or the same abstract. A title of one or
two words names many works ("Introduction"), so there author and year must be known and
agree.

Records with different identifiers of one scheme may still be versions of one work. They
are if their titles are equal, or differ in a subtitle, their authors are the same people,
and their abstracts are similar or, where one has none, their years are near. See
`versions` for what becomes of them.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC
from functools import lru_cache
from operator import attrgetter

from recommender.domain import Author, Listing, Paper
from recommender.domain.citation_keys import made_key
from recommender.domain.identifiers import (
    SCHEMES,
    canonical_id,
    is_genre,
    main_title_key,
    normalise_title,
    sort_identifiers,
    split_version,
    title_key,
)
from recommender.domain.status import unite
from recommender.store.catalogue.versions import (
    OTHER,
    PREPRINT,
    PUBLISHED,
    fill_gaps,
    merge_versions,
    same_version,
    show_version,
    stage_of,
    versions_of,
    year_of,
)

SHORT_TITLE_WORDS = 2
MIN_TITLE_OVERLAP = 0.5
MIN_ABSTRACT_LENGTH = 100
"""Characters from which an abstract tells a work by itself; fewer may be a stock phrase."""
MAX_YEARS = 2
"""Years between two versions whose abstracts cannot be compared; between all, twice as many."""
MIN_SIMILARITY = 0.5
"""Similarity of two abstracts of one work at least; unrelated ones have at most 0.34."""
MIN_SIMILARITY_OF_A_PREPRINT = 0.35
"""The same for a preprint and what was published of it, and where no identifier differs."""
MIN_SIMILARITY_ALONE = 0.8
"""The same where the authors are not known, or are other people."""
_MAX_AUTHORS = 60
_OF_A_RECORD = attrgetter(
    *("title", "abstract", "authors", "year", "published_at", "venue", "url", "kind"),
    *("details", "version", "abstract_is_summary"),
)

_ANOTHER_TEXT = re.compile(
    r"^ ?(?:(?:an?|the|our|authors?) )?(?:repl(?:y|ies)|comments?|commentary|response|rejoinder"
    r"|discussions?|debate|errat(?:um|a)|corrigend(?:um|a)|corrections?|addend(?:um|a)"
    r"|retract(?:ion|ed)|withdrawn|supplement(?:ary)?|appendix|continued|ii|iii|iv|second|third"
    r"|fourth|\d+$)\b"
    r"|\b(?:part|volume|vol|chapter|book|phase|edition) (?:\d+|[ivx]+|one|two|three|four|a|b)\b"
    r"|\b(?:19|20)\d\d\b"
)
"""A subtitle like this makes another text of the title, not another version."""
_OF_A_SERIES = re.compile(
    r"\b(?:\d+(?:st|nd|rd|th)?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b"
)


def first_author(paper: Paper) -> tuple[str, ...]:
    """Return the first author's words, family name last, in plain lower case; may be empty."""
    if not paper.authors:
        return ()
    return _words_of(paper.authors[0])


def _words_of(author: Author) -> tuple[str, ...]:
    name = f"{author.given} {author.family}" if author.family else author.name
    return tuple(normalise_title(name).split())


def _family_of(author: Author) -> str:
    return (_words_of(author) or ("",))[-1]


def same_work(one: Paper, other: Paper) -> bool:
    """Return whether two papers of one title are one work, as far as can be known."""
    if are_versions(one, other):
        return True
    pairs = [(x, y) for x in versions_of(one) for y in versions_of(other)]
    if _contradict(one, other) or all(_is_shortened(x, y) for x, y in pairs):
        return False
    if _are_about_other_things(pairs):
        return False
    return any(_same_record(x, y) for x, y in pairs)


def _same_record(one: Paper, other: Paper) -> bool:
    """Return whether two records of one title, which no identifier tells apart, are one work."""
    if _same_abstract(one, other):
        return True
    names, years = (first_author(one), first_author(other)), (year_of(one), year_of(other))
    if len(normalise_title(one.title).split()) <= SHORT_TITLE_WORDS:
        alike = _key(one) == _key(other)
        return alike or (all(names) and None not in years and _agree(names, years))
    return _agree(names, years) or (_exchanged(one, other) and _agree(((), ()), years))


def are_versions(one: Paper, other: Paper) -> bool:
    """Return whether two papers of one title are versions of one work, whatever their ids are.

    Decided by authors and abstracts, or authors and years; a paper without authors is none.
    """
    pairs = [(x, y) for x in versions_of(one) for y in versions_of(other)]
    if _are_about_other_things(pairs):
        return False
    years = {year for pair in pairs for year in map(year_of, pair) if year is not None}
    near = not years or max(years) - min(years) <= 2 * MAX_YEARS
    # A later version on arXiv has the id of the first one.
    near = near and not _contradict(one, other, ("arxiv",))
    return any(_is_version(x, y, near=near) for x, y in pairs)


def _are_about_other_things(pairs: Sequence[tuple[Paper, Paper]]) -> bool:
    """Return whether abstracts can be compared, and none is like one of the other paper."""
    compared = [z for x, y in pairs if (z := abstract_similarity(x, y)) is not None]
    return bool(compared) and max(compared) < MIN_SIMILARITY_OF_A_PREPRINT


def _is_version(one: Paper, other: Paper, *, near: bool) -> bool:
    """Return whether a record is a version of another; `near` that years may tell."""
    similarity, people = abstract_similarity(one, other), _same_people(one, other)
    if similarity is not None and similarity >= MIN_SIMILARITY_ALONE:
        return True
    if not people or is_genre(one.title) or is_genre(other.title):
        return False
    if similarity is not None and similarity >= MIN_SIMILARITY:
        return True
    if similarity is not None and similarity < MIN_SIMILARITY_OF_A_PREPRINT:
        return False
    stages, first, second = {stage_of(one), stage_of(other)}, year_of(one), year_of(other)
    same_year = first == second
    if not near or (first and second and abs(first - second) > MAX_YEARS):
        return False
    if PREPRINT not in stages and _is_another_kind(one, other):
        return False
    if PUBLISHED in stages and stages & {PREPRINT, OTHER}:
        return True
    short = len(normalise_title(one.title).split()) <= SHORT_TITLE_WORDS
    if short or similarity is not None or (_is_shortened(one, other) and not same_year):
        return False
    return PREPRINT in stages or (stages == {PUBLISHED} and not _same_series(one, other))


def _is_another_kind(one: Paper, other: Paper) -> bool:
    """Return whether one is a book or a thesis, and the other is not or of another year."""
    kinds = {one.kind, other.kind}
    alike = len(kinds) == 1 and year_of(one) == year_of(other)
    return not alike and not kinds.isdisjoint({"book", "thesis"})


def _is_shortened(one: Paper, other: Paper) -> bool:
    """Return whether one title is the other without its subtitle."""
    same_main = main_title_key(one.title) == main_title_key(other.title)
    return same_main and title_key(one.title) != title_key(other.title)


def without_subtitle(one: Paper, other: Paper) -> bool:
    """Return whether some version's title is another's without a subtitle that may be left out."""
    titles = [(x.title, y.title) for x in versions_of(one) for y in versions_of(other)]
    return any(_leaves_out(*sorted(x, key=len)) for x in titles)


def _leaves_out(short: str, long: str) -> bool:
    words, more = normalise_title(short), normalise_title(long)
    return more.startswith(f"{words} ") and not _ANOTHER_TEXT.search(more[len(words) :])


def abstract_similarity(one: Paper, other: Paper) -> float | None:
    """Return which part of the shorter abstract's runs of four letters stands in both, 0 to 1.

    None where one has no abstract, a short one, or a summary of ours.
    """
    if one.abstract_is_summary or other.abstract_is_summary:
        return None
    if min(len(one.abstract), len(other.abstract)) < MIN_ABSTRACT_LENGTH:
        return None
    mine, theirs = (_runs(x.abstract) for x in (one, other))
    return len(mine & theirs) / max(min(len(mine), len(theirs)), 1)


def _runs(text: str) -> set[str]:
    letters = normalise_title(text[:5_000]).replace(" ", "")
    return {letters[i : i + 4] for i in range(len(letters) - 3)}


def _same_people(one: Paper, other: Paper) -> bool:
    """Return whether at least half of the shorter list of authors are the other's too."""
    mine, theirs = one.authors[:_MAX_AUTHORS], other.authors[:_MAX_AUTHORS]
    if not mine or not theirs:
        return False
    by_word: defaultdict[str, list[list[str]]] = defaultdict(list)
    for words in map(_name_words, theirs):
        for word in words:
            by_word[word].append(words)
    shared = 0
    for words in map(_name_words, mine):
        long = [x for x in words if len(x) > 1] or words
        shared += any(_one_person(words, x) for word in long for x in by_word.get(word, ()))
    return 2 * shared >= min(len(mine), len(theirs))


def _name_words(author: Author) -> list[str]:
    return list(_words_of(author))


def _one_person(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether two names in plain words may be one person's: ``i larsen``, ``larsen ines``.

    The words of one stand in the other, or begin one of its words, at most one left over.
    """
    few, many = sorted((one, other), key=len)
    left, unmatched = list(many), 0
    for word in sorted(few, key=len, reverse=True):
        fit = next((x for x in left if x == word), None) or next(
            (x for x in left if x[0] == word[0] and 1 in (len(x), len(word))), None
        )
        if fit is None:
            unmatched += 1
        else:
            left.remove(fit)
    return unmatched == 0 or (unmatched == 1 and len(few) > 2)


def _same_series(one: Paper, other: Paper) -> bool:
    """Return whether two appeared at one place: an issue or a meeting, or the next one."""
    first, second = (
        " ".join(_OF_A_SERIES.sub(" ", normalise_title(x.venue)).split()) for x in (one, other)
    )
    return first == second


def best_match(record: Paper, papers: Sequence[Paper]) -> int | None:
    """Return the position of the one paper that a record of the same title belongs to, or None.

    Where several are possible, one with its abstract is taken, or with exactly its
    author and year; of versions by one author the nearest in time. Else none is.
    """
    possible = [i for i, paper in enumerate(papers) if same_work(record, paper)]
    if len(possible) == 1:
        return possible[0]
    texts = [i for i in possible if _same_abstract(papers[i], record)]
    keys = [i for i in possible if _key(papers[i]) == _key(record)]
    # Of equally near ones always the same, whatever came before in the batch.
    versions = sorted(
        possible, key=lambda i: (_years_between(papers[i], record), papers[i].paper_id)
    )
    if not all(
        _agree((first_author(x), first_author(record)), (None, None)) and x.authors
        for x in (record, *(papers[i] for i in possible))
    ):
        versions = []
    return next(iter((*texts, *keys, *versions)), None)


def merge_papers(paper: Paper, record: Paper) -> Paper:
    """Return the paper with what the record adds; equal to `paper` when it adds nothing.

    A record of a version that is known fills its gaps, one of another version is kept with
    it; identifiers, listings and statements are united. Of two counts of citations the larger
    one stands: no source knows all of them, and a count grows.
    """
    if _adds_nothing(paper, record):
        return paper
    identifiers = sort_identifiers((*paper.identifiers, *record.identifiers))
    if paper.versions or record.versions or not same_version(paper, record):
        versions = merge_versions(versions_of(paper), versions_of(record))
        merged = show_version(paper, versions)
    else:
        merged = fill_gaps(paper, record)
    merged = replace(
        merged,
        paper_id=_best_id(paper, identifiers),
        identifiers=identifiers,
        listings=merge_listings(paper.listings, record.listings),
        statements=unite(paper.statements, (x for x in record.statements if not x.subject)),
        citation_key=paper.citation_key or record.citation_key,
        citations=_larger(paper.citations, record.citations),
    )
    return _with_first_key(paper, merged)


def _larger(one: int | None, other: int | None) -> int | None:
    return max((x for x in (one, other) if x is not None), default=None)


def _adds_nothing(paper: Paper, record: Paper) -> bool:
    """Return whether all that a record says stands in the paper: it was imported before.

    What `merge_papers` would find too, at a tenth of the time; a record of which it is not
    certain is merged.
    """
    return (
        not (paper.versions or record.versions or record.statements)
        and _OF_A_RECORD(paper) == _OF_A_RECORD(record)
        and (bool(paper.citation_key) or not record.citation_key)
        and _larger(paper.citations, record.citations) == paper.citations
        and (
            paper.identifiers == record.identifiers
            or (bool(paper.identifiers) and set(paper.identifiers) >= set(record.identifiers))
        )
        and (
            record.listings in ((), paper.listings)
            or merge_listings(paper.listings, record.listings) == paper.listings
        )
    )


def _with_first_key(before: Paper, after: Paper) -> Paper:
    """Return the paper with the citation key that exports have written until now."""
    names = (before.paper_id, before.authors, before.year, before.published_at)
    same = names == (after.paper_id, after.authors, after.year, after.published_at)
    if same or after.citation_key or made_key(before) == made_key(after):
        return after
    return replace(after, citation_key=made_key(before))


def merge_listings(known: Iterable[Listing], new: Iterable[Listing]) -> tuple[Listing, ...]:
    """Return listings once for each source and day, oldest first, gaps filled from the later."""
    by_day: dict[tuple[str, str], Listing] = {}
    for listing in (*known, *new):
        first = by_day.setdefault(day_and_source(listing), listing)
        by_day[day_and_source(listing)] = replace(
            first,
            byline=first.byline or listing.byline,
            origin=first.origin or listing.origin,
            upvotes=first.upvotes if first.upvotes is not None else listing.upvotes,
        )
    return tuple(by_day[key] for key in sorted(by_day))


def day_and_source(listing: Listing) -> tuple[str, str]:
    """Return what makes two listings one, and their order; without a day comes first."""
    day = listing.listed_at.astimezone(UTC).isoformat() if listing.listed_at else ""
    return day, listing.source


def title_alias(title: str) -> str:
    """Return the id that a title alone gives."""
    return f"title:{title_key(title)}"


def fingerprint(paper: Paper) -> str:
    """Return the id that title, first author and year give together.

    It names a paper whose title's id belongs to another work, and lets a record
    without identifiers find the paper that it became part of.
    """
    return _fingerprint(paper.title, paper.authors[:1], year_of(paper))


@lru_cache(maxsize=1_024)
def _fingerprint(title: str, first: tuple[Author, ...], year: int | None) -> str:
    family = _family_of(first[0]) if first else ""
    text = "|".join([normalise_title(title) or title, family, str(year or "")])
    return f"title:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def record_alias(record: Paper) -> str:
    """Return an id for exactly this record: its identifiers with title, author and year."""
    text = "|".join(["record", *record.identifiers, fingerprint(record)])
    return f"title:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def identifying_aliases(record: Paper) -> tuple[str, ...]:
    """Return the ids that name the record's paper by themselves; never empty."""
    return record.identifiers or (fingerprint(record),)


def relation_alias(identifier: str) -> str:
    """Return an id under which a work is found by an identifier of a version it need not hold."""
    return f"title:version:{identifier}"


def relation_aliases(record: Paper) -> tuple[str, ...]:
    """Return the ids under which other versions of the record's work find it, if there are any.

    Of versions that the source names, and of the DOI that stands for all versions.
    """
    bases = ((x, split_version(x)[0]) for x in record.identifiers)
    return tuple(map(relation_alias, (*record.related, *(y for x, y in bases if x != y))))


def lookup_aliases(record: Paper) -> tuple[str, ...]:
    """Return all ids of papers that the record may be part of, by identifiers and relations."""
    named = dict.fromkeys((*record.identifiers, *record.related))
    bases = [split_version(x)[0] for x in named]
    wanted = dict.fromkeys((*identifying_aliases(record), *named, *bases))
    return (*wanted, *map(relation_alias, dict.fromkeys((*named, *bases))))


def may_be_same(one: Paper, other: Paper) -> bool:
    """Return whether two papers may be one although no title says so.

    A shared identifier makes them one, unless both their first authors and most
    of their titles differ, or all of the titles where they share another author:
    then an identifier is wrong. One group's works are mixed up most easily.
    """
    if _agree((first_author(one), first_author(other)), (None, None)):
        return True
    alike = title_overlap(one, other)
    return alike >= MIN_TITLE_OVERLAP or (alike > 0 and _share_author(one, other))


def title_overlap(one: Paper, other: Paper) -> float:
    """Return which part of the shorter title's words stands in both titles, 0 to 1."""
    mine, theirs = (set(normalise_title(x.title).split()) for x in (one, other))
    return len(mine & theirs) / max(min(len(mine), len(theirs)), 1)


def scheme_rank(paper_id: str) -> int:
    """Return the place of an id's scheme among `SCHEMES`; titles and others come last."""
    scheme = paper_id.partition(":")[0]
    return SCHEMES.index(scheme) if scheme in SCHEMES else len(SCHEMES)


def _best_id(paper: Paper, identifiers: Sequence[str]) -> str:
    best = canonical_id(identifiers, paper.title)
    return best if scheme_rank(best) < scheme_rank(paper.paper_id) else paper.paper_id


def _key(paper: Paper) -> tuple[str, int | None]:
    return (first_author(paper) or ("",))[-1], year_of(paper)


def _agree(
    names: tuple[tuple[str, ...], tuple[str, ...]], years: tuple[int | None, int | None]
) -> bool:
    one, other = names
    same_name = not one or not other or one[-1] in other or other[-1] in one
    first, second = years
    return same_name and (first is None or second is None or abs(first - second) <= 1)


def _contradict(one: Paper, other: Paper, schemes: Sequence[str] = SCHEMES) -> bool:
    mine, theirs = _by_scheme(one), _by_scheme(other)
    both = mine.keys() & theirs.keys() & set(schemes)
    return any(mine[x].isdisjoint(theirs[x]) for x in both)


def _years_between(one: Paper, other: Paper) -> int:
    first, second = year_of(one), year_of(other)
    return abs(first - second) if first and second else 1


def _same_abstract(one: Paper, other: Paper) -> bool:
    """Return whether both have an abstract, and the same one but for its marks."""
    if min(len(one.abstract), len(other.abstract)) < MIN_ABSTRACT_LENGTH:
        return False
    return normalise_title(one.abstract) == normalise_title(other.abstract)


def _families(paper: Paper) -> list[str]:
    names = (normalise_title(x.family or x.name).split() for x in paper.authors)
    return [x[-1] for x in names if x]


def _share_author(one: Paper, other: Paper) -> bool:
    return not set(_families(one)).isdisjoint(_families(other))


def _exchanged(one: Paper, other: Paper) -> bool:
    """Return whether the first author of each is one of the other's: their order differs."""
    mine, theirs = _families(one), _families(other)
    return bool(mine and theirs) and mine[0] in theirs and theirs[0] in mine


def _by_scheme(paper: Paper) -> dict[str, set[str]]:
    schemes: dict[str, set[str]] = {}
    for identifier in paper.identifiers:
        scheme, _, bare = identifier.partition(":")
        schemes.setdefault(scheme, set()).add(bare)
    return schemes

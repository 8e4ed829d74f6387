from __future__ import annotations

from datetime import UTC, datetime

import pytest
from reading import reader_of

from recommender.domain import Listing

HEADER = """new

Get trending papers in your email inbox!

Subscribe

byAK and the research community

May 9
"""
ABSTRACTS = [
    f"{w} " + "tells of small and invented things that nobody measured. " * 6 for w in "ABCD"
]
TITLES = ["Alpha of Toys", "Beta of Toys: Why?", "Gamma 2", "Delta, or the Last Toy"]
FIRST = len(HEADER.splitlines()) + 2


@pytest.fixture
def read(tmp_path):
    return reader_of("daily-papers", tmp_path)


def page(*blocks: str, header: str = HEADER) -> str:
    return header + "".join(f"\n{block}\n" for block in blocks)


def test_titles_and_abstracts_are_paired_with_day_and_byline(read):
    found = read(page(TITLES[0], ABSTRACTS[0], TITLES[1], ABSTRACTS[1]))
    listing = Listing(
        "hf-daily-papers", datetime(2026, 5, 9, tzinfo=UTC), "AK and the research community"
    )
    assert [(x.line, x.paper.title) for x in found.all] == [
        (FIRST, TITLES[0]),
        (FIRST + 4, TITLES[1]),
    ]
    assert all(paper.listings == (listing,) for paper in found.papers)
    assert found.papers[0].abstract == ABSTRACTS[0].strip()


def test_the_year_that_was_taken_is_said(read):
    found = read(page(TITLES[0], ABSTRACTS[0]))
    assert [x for x in found.document.notes if "2026-05-09" in x]


def test_a_day_after_today_is_of_last_year(read):
    header = HEADER.replace("May 9", "Dec 24")
    found = read(page(TITLES[0], ABSTRACTS[0], header=header))
    assert found.papers[0].listed_at == datetime(2025, 12, 24, tzinfo=UTC)


def test_a_day_with_a_year_is_believed(read):
    header = HEADER.replace("May 9", "May 9, 2019")
    found = read(page(TITLES[0], ABSTRACTS[0], header=header))
    assert found.papers[0].listed_at == datetime(2019, 5, 9, tzinfo=UTC)
    assert not found.document.notes


def test_a_page_without_a_day_keeps_its_papers_and_says_so(read):
    found = read(page(TITLES[2], ABSTRACTS[2], header=HEADER.replace("May 9", "")))
    assert found.titles == [TITLES[2]]
    assert found.papers[0].listed_at is None
    assert "no day" in found.document.notes[0]


def test_lost_blank_lines_in_the_header_do_not_matter(read):
    header = "\n".join(HEADER.split()) and "\n".join(x for x in HEADER.splitlines() if x) + "\n"
    found = read(page(TITLES[0], ABSTRACTS[0], header=header))
    assert found.titles == [TITLES[0]]
    assert found.papers[0].listings[0].byline


def test_wrapped_lines_are_one_block(read):
    found = read(page(TITLES[0], ABSTRACTS[0].replace(". ", ".\n")))
    assert found.papers[0].abstract == ABSTRACTS[0].strip()


def test_a_title_without_abstract_is_refused_alone(read):
    found = read(page(TITLES[0], ABSTRACTS[0], TITLES[1], TITLES[2], ABSTRACTS[2]))
    assert found.titles == [TITLES[0], TITLES[2]]
    assert list(found.refused) == [FIRST + 4]


def test_an_abstract_without_title_is_refused_alone(read):
    found = read(page(TITLES[0], ABSTRACTS[0], ABSTRACTS[1], TITLES[2], ABSTRACTS[2]))
    assert found.titles == [TITLES[0], TITLES[2]]
    assert list(found.refused) == [FIRST + 4]


def test_a_page_cut_off_in_a_title_refuses_that_title(read):
    found = read(page(TITLES[0], ABSTRACTS[0], TITLES[3][:9]))
    assert found.titles == [TITLES[0]]
    assert list(found.refused) == [FIRST + 4]
    assert "cut off" in found.refused[FIRST + 4]


@pytest.mark.parametrize(
    "garbage", ["%$#@!&*(){}[]0123456789+=", "\ufffd\x01\x02" * 9, "QUJD" * 99]
)
def test_a_garbage_block_is_refused_and_nothing_else(read, garbage):
    found = read(page(TITLES[0], ABSTRACTS[0], garbage, TITLES[1], ABSTRACTS[1]))
    assert found.titles == TITLES[:2]
    assert list(found.refused) == [FIRST + 4]


def test_garbage_for_an_abstract_refuses_its_title_once(read):
    found = read(page(TITLES[0], "#+=!" * 20, TITLES[1], ABSTRACTS[1]))
    assert found.titles == [TITLES[1]]
    assert list(found.refused) == [FIRST]


def test_garbage_for_a_title_refuses_the_entry_once(read):
    found = read(page("#+=!" * 20, ABSTRACTS[0], TITLES[1], ABSTRACTS[1]))
    assert found.titles == [TITLES[1]]
    assert list(found.refused) == [FIRST]


def test_a_short_abstract_that_is_a_sentence_counts(read):
    short = "We stacked nine toys in one tower and it fell over twice."
    found = read(page(TITLES[0], short, TITLES[1], ABSTRACTS[1]))
    assert [x.abstract for x in found.papers] == [short, ABSTRACTS[1].strip()]


def test_a_long_title_that_ends_like_a_sentence_counts(read):
    long = "Nine toys in one tower fall over twice, and a tenth one never does so at all."
    assert read(page(long, ABSTRACTS[0])).titles == [long]


def test_an_abstract_that_stops_within_a_sentence_is_pointed_out(read):
    found = read(page(TITLES[0], ABSTRACTS[0], TITLES[1], ABSTRACTS[1].strip()[:-20]))
    assert len(found.papers) == 2
    assert [x for x in found.document.notes if "cut off" in x]


def test_a_block_without_end_is_refused_as_too_long(read):
    found = read(page(TITLES[0], "many words. " * 50_000, TITLES[1], ABSTRACTS[1]))
    assert found.titles == [TITLES[1]]
    assert "characters" in found.refused[FIRST]


def test_shared_pages_are_read_whole(shared, now):
    from reading import Found

    counts, titles = [], set()
    for path in sorted((shared / "data" / "seeds").glob("*.txt")):
        found = Found(path, "daily-papers")
        assert not found.refused
        counts.append(len(found.papers))
        titles |= set(found.titles)
    assert counts == [57, 49, 147]
    assert len(titles) == 228

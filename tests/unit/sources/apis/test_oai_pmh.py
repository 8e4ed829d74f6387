"""OAI-PMH answers: records in several forms, deleted ones, and what repositories complain of."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from wire_reading import Read, names, written

from recommender.domain import Author
from recommender.errors import SourceError
from recommender.sources import load
from recommender.sources.apis.oai_pmh import oai_set, read_oai
from recommender.sources.parsing.adapter import collect_page


def answer(*records: str, after: str = "") -> str:
    return (
        '<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        "<responseDate>2026-11-18T09:00:00Z</responseDate><ListRecords>"
        + "\n".join(records)
        + after
        + "</ListRecords></OAI-PMH>"
    )


def record(metadata: str, identifier: str = "oai:example.org:1", status: str = "") -> str:
    status = f' status="{status}"' if status else ""
    return (
        f"<record><header{status}><identifier>{identifier}</identifier>"
        f"<datestamp>2026-11-17</datestamp></header>"
        + (f"<metadata>{metadata}</metadata>" if metadata else "")
        + "</record>"
    )


ARXIV = """<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2401.01234</id><created>2024-01-02</created>
<updated>2024-03-04</updated><authors>
<author><keyname>van Rijn</keyname><forenames>Ann</forenames><suffix>Jr</suffix></author>
<author><keyname>River Collaboration</keyname></author>
<author><keyname>Collaboration</keyname><forenames>Bo Chen for the Otter</forenames></author>
<author><keyname>:</keyname></author></authors>
<title>Otters of the
  north</title><categories>cs.IR cs.LG</categories><journal-ref>J. Otters 3 (2024)</journal-ref>
<doi>10.1000/otter.1, 10.1000/erratum.2;10.1000/erratum.3</doi>
<abstract>  We count otters,
$a&lt;b$.</abstract></arXiv>"""

RAW = """<arXivRaw><id>hep-th/9901001</id>
<version version="v1"><date>Fri, 1 Jan 1999 10:00:00 GMT</date></version>
<version version="v2"><date>Mon, 1 Feb 1999 10:00:00 GMT</date></version>
<title>Strings</title><authors>A. Lee (MIT), B. P. Chen and C. de Wit</authors>
<abstract>We pull.</abstract></arXivRaw>"""

DUBLIN = """<oai_dc:dc xmlns:dc="x"><dc:title>Counting otters</dc:title>
<dc:creator>Lee, Ann</dc:creator><dc:creator>Bo Chen</dc:creator>
<dc:description>Comment: 12 pages</dc:description><dc:description>We count otters.</dc:description>
<dc:date>2021-05-01</dc:date><dc:date>2020-03-02</dc:date><dc:type>info:eu-repo/semantics/doctoralThesis</dc:type>
<dc:source>Otter University</dc:source><dc:identifier>https://repository.example.org/1</dc:identifier>
<dc:identifier>https://doi.org/10.1000/otter.4</dc:identifier><dc:identifier>doi:10.1000/other</dc:identifier>
</oai_dc:dc>"""


def read(tmp_path: Path, content: str) -> Read:
    return Read(load("oai-pmh"), written(tmp_path, content))


def test_a_record_in_arxiv_s_form_becomes_a_paper(tmp_path: Path) -> None:
    paper = read(tmp_path, answer(record(ARXIV))).only
    assert paper.title == "Otters of the north"
    assert paper.abstract == "We count otters, $a<b$."
    assert paper.authors == (
        Author("van Rijn Jr", "Ann"),
        Author(literal="River Collaboration"),
        Author(literal="Bo Chen for the Otter Collaboration"),
    )
    assert paper.identifiers == ("arxiv:2401.01234", "doi:10.1000/otter.1")
    assert paper.published_at == datetime(2024, 1, 2, tzinfo=UTC)
    assert paper.venue == "J. Otters 3 (2024)"


def test_arxiv_s_raw_form_has_its_first_version_s_day(tmp_path: Path) -> None:
    paper = read(tmp_path, answer(record(RAW))).only
    assert names(paper) == ["A. Lee", "B. P. Chen", "C. de Wit"]
    assert paper.identifiers == ("arxiv:hep-th/9901001",)
    assert paper.year == 1999


def test_dublin_core_of_any_repository_becomes_a_paper(tmp_path: Path) -> None:
    paper = read(tmp_path, answer(record(DUBLIN))).only
    assert paper.title == "Counting otters"
    assert paper.abstract == "We count otters."
    assert names(paper) == ["Ann Lee", "Bo Chen"]
    assert paper.identifiers == ("doi:10.1000/otter.4",)
    assert (paper.year, paper.published_at) == (2020, datetime(2020, 3, 2, tzinfo=UTC))
    assert paper.kind == "thesis"
    assert paper.venue == "Otter University"
    assert paper.url == "https://repository.example.org/1"


def test_dublin_core_of_arxiv_is_known_by_its_header(tmp_path: Path) -> None:
    metadata = "<dc><title>Otters</title></dc>"
    paper = read(tmp_path, answer(record(metadata, "oai:arXiv.org:2401.00002"))).only
    assert paper.identifiers == ("arxiv:2401.00002",)
    assert paper.year == 2024


def test_a_deleted_record_is_told_apart_from_a_bad_one(tmp_path: Path) -> None:
    content = answer(record("", "oai:x:9", "deleted"), record("", "oai:x:8"))
    assert [x.why for x in read(tmp_path, content).refusals] == [
        "its source has withdrawn it (oai:x:9)",
        "it has no metadata",
    ]
    page = collect_page(read_oai([content.encode()]))
    assert page.withdrawn == ("oai:x:9",)
    assert len(page.refusals) == 1


def test_a_form_that_is_not_read_is_named(tmp_path: Path) -> None:
    read_ = read(tmp_path, answer(record("<etdms><title>x</title></etdms>")))
    assert read_.refused == {1: "its metadata is <etdms>, which is not read; oai_dc is"}


def test_a_page_says_where_it_goes_on_and_how_many_there_are() -> None:
    token = '<resumptionToken cursor="0" completeListSize="2500"> 7|x </resumptionToken>'
    page = collect_page(read_oai([answer(record(ARXIV), after=token).encode()]))
    assert page.metadata["token"] == "7|x"
    assert page.metadata["responseDate"] == "2026-11-18T09:00:00Z"
    assert page.number("total") == 2500


def test_what_a_repository_complains_of_is_its_reason(tmp_path: Path) -> None:
    content = '<OAI-PMH>\n<error code="badArgument">no such set</error></OAI-PMH>'
    assert read(tmp_path, content).refused == {2: "the repository says badArgument: no such set"}


def test_a_page_cut_off_keeps_its_records_and_does_not_look_complete() -> None:
    content = answer(record(ARXIV), record(DUBLIN)).encode()
    page = collect_page(read_oai([content[: len(content) * 2 // 3]]))
    assert len(page.papers) == 1
    assert "breaks off" in page.metadata["broken"]


@pytest.mark.parametrize(
    ("name", "known_as"),
    [("cs.IR", "cs:cs:IR"), ("cs", "cs"), ("physics:hep-th", "physics:hep-th"), (" math ", "math")],
)
def test_categories_name_arxiv_s_sets(name: str, known_as: str) -> None:
    assert oai_set(name) == known_as


def test_what_can_be_no_set_is_refused() -> None:
    with pytest.raises(SourceError, match="no set"):
        oai_set("cs&verb=Identify")


def test_every_recorded_answer_gives_all_its_records(shared: Path) -> None:
    counted = {}
    for path in sorted((shared / "data" / "formats" / "oai-pmh").glob("*.xml")):
        text = path.read_text(encoding="utf-8")
        found = Read(load("oai-pmh"), path)
        assert load("oai-pmh").matches(text), path.name
        counted[path.name] = len(found.entries) + len(found.refusals)
        errors = text.count("<error code=")
        assert counted[path.name] == text.count("<header") + errors, path.name
        for paper in found.papers:
            assert paper.authors, path.name
            assert paper.year, path.name
    assert sum(counted.values()) == 40


def test_records_in_other_forms_are_read_by_those_forms_readers(shared: Path) -> None:
    formats = shared / "data" / "formats"
    marc = Read(load("oai-pmh"), formats / "oai-pmh" / "hepcrawl__cds-cerncds-hep-th.xml").papers
    assert [x.identifier("arxiv") for x in marc] == ["hep-th/9706211", "hep-th/0002198"]
    assert all(x.abstract and x.identifier("doi") for x in marc)
    work = Read(
        load("oai-pmh"), formats / "datacite-xml" / "ADSIngestParser__datacite_null_valueuri.xml"
    )
    assert work.only.identifiers == ("doi:10.26033/cmyd-ab77",)


def test_nothing_hostile_raises(shared: Path, tmp_path: Path) -> None:
    for path in sorted((shared / "data" / "hostile").glob("*/*.xml")):
        found = Read(load("oai-pmh"), path)
        assert not found.papers, path.name

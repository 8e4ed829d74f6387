"""One venue in many spellings is one; workshops, findings and journals stay apart."""

from __future__ import annotations

import pytest

from recommender.domain.venues import group_venues, normalise_venue

SAME = {
    "ACL": [
        "ACL",
        "ACL 2024",
        "ACL'24",
        "ACL (1)",
        "Proceedings of the 62nd Annual Meeting of the Association for Computational Linguistics "
        "(Volume 1: Long Papers)",
        "Annual Meeting of the Association for Computational Linguistics (ACL)",
        "Proceedings of the Fifty-Eighth Annual Meeting of the Association for Computational "
        "Linguistics, ACL 2020, Online, July 5-10, 2020",
        "Proc. ACL",
        "ACL-IJCNLP 2021",
    ],
    "EMNLP": [
        "EMNLP",
        "Proceedings of the 2020 Conference on Empirical Methods in Natural Language Processing "
        "(EMNLP)",
        "Conference on Empirical Methods in Natural Language Processing",
    ],
    "NAACL": [
        "NAACL-HLT (1)",
        "NAACL-HLT 2019",
        "Proceedings of the 2019 Conference of the North American Chapter of the Association for "
        "Computational Linguistics: Human Language Technologies, Volume 1 (Long and Short Papers)",
    ],
    "NeurIPS": [
        "NeurIPS",
        "NIPS",
        "NIPS 2017",
        "Advances in Neural Information Processing Systems",
        "Advances in Neural Information Processing Systems 33",
        "34th Conference on Neural Information Processing Systems (NeurIPS 2020), Virtual",
    ],
    "ICML": ["ICML", "Proceedings of the 37th International Conference on Machine Learning"],
    "ICLR": [
        "8th International Conference on Learning Representations, ICLR 2020, Addis Ababa, "
        "Ethiopia, April 26-30, 2020",
        "International Conference on Learning Representations",
    ],
    "CVPR": [
        "2019 IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)",
        "IEEE Conference on Computer Vision and Pattern Recognition",
        "CVPR",
    ],
    "ICCV": ["Proceedings of the IEEE International Conference on Computer Vision", "ICCV 2021"],
}
APART = [
    "Machine Learning",
    "Journal of Machine Learning Research",
    "Nature",
    "Nature Physics",
    "Computational Linguistics",
    "Findings of the Association for Computational Linguistics: ACL 2023",
    "Findings of the Association for Computational Linguistics: EMNLP 2023",
    "ACL 2020 Workshop on Widgets",
    "Proceedings of the 3rd Workshop on Noisy Text at ACL",
    "CVPR Workshops",
    "Artificial Intelligence",
    "International Journal of Computer Vision",
    "IEEE Transactions on Information Theory",
    "PLOS ONE",
]


@pytest.mark.parametrize("name", SAME)
def test_spellings_of_a_conference_are_one_venue(name: str) -> None:
    for spelling in SAME[name]:
        assert normalise_venue(spelling) == (name.lower(), name), spelling


def test_what_only_looks_alike_stays_apart() -> None:
    keys = [normalise_venue(x)[0] for x in APART]
    assert len(set(keys)) == len(APART)
    assert not set(keys) & {x.lower() for x in SAME}


@pytest.mark.parametrize("one", ["The Lancet", "Lancet", "LANCET", "Lancet 2020", " lancet "])
def test_a_journal_is_one_in_any_case(one: str) -> None:
    assert normalise_venue(one)[0] == "lancet"


@pytest.mark.parametrize(
    "one", ["", " ", "2020", "arXiv", "arXiv preprint arXiv:2001.01234", "CoRR", "bioRxiv", "(1)"]
)
def test_no_venue_and_preprint_servers_have_no_key(one: str) -> None:
    assert normalise_venue(one) == ("", "")


def test_a_long_hostile_name_is_read_in_time() -> None:
    for piece in ("(", "A-", "proc ", "vol ", "first ", "' ", "(ACL "):
        normalise_venue(piece * 100_000)


def test_venues_count_papers_by_year_and_show_the_most_frequent_spelling() -> None:
    found = group_venues(
        [
            ("Annals of Widgets", 2020, 3),
            ("annals of widgets", 2021, 1),
            ("ACL 2024", 2024, 5),
            ("ACL", None, 1),
            ("Proceedings of the 62nd Annual Meeting of the ACL", 2024, 1),
            ("CoRR", 2024, 90),
        ]
    )
    assert [(x.name, x.n_papers) for x in found] == [
        ("ACL", 7),
        ("Annals of Widgets", 4),
    ]
    assert found[0].years == {2024: 6}
    assert found[1].years == {2021: 1, 2020: 3}
    assert list(found[1].years) == [2021, 2020]
    assert set(found[0].spellings) >= {"ACL 2024", "ACL"}

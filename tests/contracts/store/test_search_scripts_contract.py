"""Searches in scripts without spaces, spellings of compounds, names and OR, on every database."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from stores import NOW, paper

from recommender.domain import Author
from recommender.store import Store
from recommender.store.catalogue.search_text import names_text, title_text

SCRIPTS = {
    "zh.1": ("基于图神经网络的分子性质预测", "本文提出一种预测方法，用于T细胞受体。"),
    "zh.2": ("冰川消融的遥感监测", "利用卫星图像监测冰川变化。"),
    "zh.3": ("COVID-19疫情传播模型", "城市交通与疫情。"),
    "ja.1": ("深層学習による氷河の予測", "氷河がどのように後退するかを予測する。"),
    "ja.2": ("データ・サイエンスのﾃﾞｰﾀ入門", "統計の基礎。"),
    "th.1": ("การพยากรณ์น้ำขึ้นน้ำลงด้วยการเรียนรู้เชิงลึก", "ศึกษาน้ำทะเล"),
    "th.2": ("การกินอาหารของปลา", "ปลาในแม่น้ำโขง"),
    "lo.1": ("ການຄາດຄະເນນ້ຳຂຶ້ນນ້ຳລົງ", ""),
    "km.1": ("ការព្យាករណ៍ជំនោរទឹក", ""),
    "my.1": ("ဒီရေခန့်မှန်းခြင်း", ""),
    "ko.1": ("딥러닝을 이용한 빙하 예측", "빙하의 변화를 예측하는 연구."),
    "ko.2": ("도시 교통의 모형", ""),
    "ar.1": ("التَّنبؤ بالمدّ والجزر", "دراسة الأنهار الجليدية"),
    "ru.1": ("Прогноз приливов", "Мы изучаем ледники."),
    "hi.1": ("ज्वार का पूर्वानुमान", "हिमनद का अध्ययन"),
}
FOUND = [
    ("分子性质", {"zh.1"}),
    ("预测", {"zh.1"}),
    ("预测方法", {"zh.1"}),
    ("冰川", {"zh.2"}),
    ("川", {"zh.2"}),
    ("冰川 监测", {"zh.2"}),
    ("T细胞", {"zh.1"}),
    ("疫情", {"zh.3"}),
    ("covid19 疫情", {"zh.3"}),
    ("COVID-19疫情", {"zh.3"}),
    ("title:疫情", {"zh.3"}),
    ("title:预测方法", set()),
    ('"图像监测冰川"', {"zh.2"}),
    ("-title:冰川 监测", set()),
    ("予測", {"ja.1"}),
    ("氷河が", {"ja.1"}),
    ("氷河か", set()),
    ("データサイエンス", {"ja.2"}),
    ("データ入門", {"ja.2"}),
    ("พยากรณ์", {"th.1"}),
    ("กิน", {"th.2"}),
    ("กัน", set()),
    ("น้ำ", {"th.1", "th.2"}),
    ("ນ້ຳຂຶ້ນ", {"lo.1"}),
    ("ជំនោរ", {"km.1"}),
    ("ခန့်မှန်း", {"my.1"}),
    ("예측", {"ko.1"}),
    ("딥러닝", {"ko.1"}),
    ("교통", {"ko.2"}),
    ("التنبؤ", {"ar.1"}),
    ("والجزر", {"ar.1"}),
    ("الانهار", {"ar.1"}),
    ("прогноз", {"ru.1"}),
    ("ЛЕДНИКИ", {"ru.1"}),
    ("पूर्वानुमान", {"hi.1"}),
    ("author:李明", {"zh.1"}),
    ("李明 分子", {"zh.1"}),
    ("冰川 OR 疫情", {"zh.2", "zh.3"}),
]


def ids(store: Store, query: str, n: int = 20) -> list[str]:
    return [x.removeprefix("doi:10.5555/") for x, _ in store.catalogue.search(query, n)]


@pytest.fixture
def many_scripts(store: Store) -> Store:
    authors = {"zh.1": (Author("李", "明"),)}
    records = [
        paper(title, f"doi:10.5555/{x}", abstract=abstract, authors=authors.get(x, ()))
        for x, (title, abstract) in SCRIPTS.items()
    ]
    store.catalogue.add(records, NOW)
    return store


@pytest.mark.parametrize(("query", "expected"), FOUND)
def test_words_inside_a_run_are_found(many_scripts: Store, query: str, expected: set[str]) -> None:
    result = many_scripts.catalogue.find(query)
    found = {x.removeprefix("doi:10.5555/") for x, _ in result.hits}
    assert (set() if result.loosened else found) == expected


def test_a_title_weighs_more_than_an_abstract_in_every_script(store: Store) -> None:
    records = [
        paper("海洋观测", "doi:10.5555/abstract", abstract="本文研究潮汐预测与海洋。"),
        paper("潮汐预测与海洋", "doi:10.5555/title", abstract="本文研究观测。"),
    ]
    store.catalogue.add(records, NOW)
    assert ids(store, "潮汐预测") == ["title", "abstract"]


def test_pairs_of_characters_are_looked_for_where_no_paper_has_the_run(
    many_scripts: Store,
) -> None:
    result = many_scripts.catalogue.find("冰川的消融过程")
    assert result.loosened
    assert result.hits[0][0] == "doi:10.5555/zh.2"


def test_the_index_follows_changes_of_a_run(many_scripts: Store) -> None:
    many_scripts.catalogue.add(
        [paper("冰川消融的遥感监测", "doi:10.5555/zh.2", venue="地理学报")], NOW
    )
    assert ids(many_scripts, "venue:地理") == ["zh.2"]
    assert ids(many_scripts, "冰川消融") == ["zh.2"]


COMPOUNDS = {
    "hyphen": (
        "Pre-training of language models",
        "A well-known state-of-the-art pre-training-free way.",
    ),
    "joined": ("Pretraining of vision models", "Masks for COVID19."),
    "virus": ("Masks against COVID‑19", "An X-ray of the lungs."),
    "dash": ("The Navier–Stokes equations", "Pre\u00adtrained operators."),
}


@pytest.fixture
def compounds(store: Store) -> Store:
    records = [
        paper(
            title, f"doi:10.5555/{x}", abstract=abstract, authors=(Author("Larsen-Smith", "Ines"),)
        )
        for x, (title, abstract) in COMPOUNDS.items()
    ]
    store.catalogue.add(records, NOW)
    return store


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("pretraining", {"hyphen", "joined", "dash"}),
        ("pre-training", {"hyphen", "joined", "dash"}),
        ("title:pretraining", {"hyphen", "joined"}),
        ("title:pre-training", {"hyphen", "joined"}),
        ('"pre-training of"', {"hyphen", "joined"}),
        ("covid19", {"joined", "virus"}),
        ("COVID-19", {"joined", "virus"}),
        ("covid-19 masks", {"joined", "virus"}),
        ("stateoftheart", {"hyphen"}),
        ("state-of-the-art", {"hyphen"}),
        ("wellknown", {"hyphen"}),
        ("xray", {"virus"}),
        ("x-ray", {"virus"}),
        ("navierstokes", {"dash"}),
        ("navier-stokes", {"dash"}),
        ("models -pretraining", set()),
        ("author:larsensmith title:covid", {"virus"}),
        ('author:"larsen-smith" title:covid', {"virus"}),
    ],
)
def test_each_spelling_of_a_compound_finds_the_other(
    compounds: Store, query: str, expected: set[str]
) -> None:
    assert set(ids(compounds, query)) == expected


NAMES = ["Levin", "Levine", "Willis", "Will", "Andrews", "Andrew", "Jones", "O'Neill", "Müller"]


@pytest.fixture
def people(store: Store) -> Store:
    records = [
        paper(
            f"Tides of {place}",
            f"doi:10.5555/{name.lower()}",
            authors=(Author(name, "Mo"),),
            year=2000 + place,
        )
        for place, name in enumerate(NAMES)
    ]
    records.append(paper("To be or not to be: the who and the what of tides", "doi:10.5555/hamlet"))
    records.append(paper("Willing levins", "doi:10.5555/words", venue="Levine Letters", year=1990))
    store.catalogue.add(records, NOW)
    return store


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("author:levine", ["levine"]),
        ("author:levin", ["levin"]),
        ("author:will", ["will"]),
        ("author:willis", ["willis"]),
        ("author:andrews", ["andrews"]),
        ("author:jones", ["jones"]),
        ("author:neill", ["o'neill"]),
        ('author:"mo levine"', ["levine"]),
        ("author:levine OR author:levin", ["levine", "levin"]),
        ("-author:levine tides year:2000..2001", ["levin"]),
        ("year:2000 OR year:2004", ["andrews", "levin"]),
        ("author:levine OR year:2000", ["levine", "levin"]),
        ("tides year:2000 OR author:jones", ["levin", "jones"]),
        ("venue:levine", ["words"]),
        ("NOT tides", ["words"]),
        ("tides NOT author:levine year:2000..2001", ["levin"]),
        ("who AND what", ["hamlet"]),
        ('"to be or not to be"', ["hamlet"]),
        ("the who", ["hamlet"]),
        ("TO BE OR NOT TO BE: THE WHO AND THE WHAT OF TIDES", ["hamlet"]),
    ],
)
def test_names_are_not_stemmed_and_or_asks_for_either(
    people: Store, query: str, expected: list[str]
) -> None:
    assert sorted(ids(people, query)) == sorted(expected)
    assert not people.catalogue.find(query).loosened


def test_the_total_counts_papers_beyond_those_returned(people: Store) -> None:
    for query, total in (
        ("tides", 10),
        ("year:2000..2003", 4),
        ("author:mo", 9),
        ("rain tides", 10),
    ):
        result = people.catalogue.find(query, 3)
        assert (len(result.hits), result.total) == (3, total)
    assert people.catalogue.find("tides", 10).total == 10
    assert people.catalogue.find("tides", 50).total == 10
    assert people.catalogue.find("snow").total == 0
    assert people.catalogue.find("doi:10.5555/will").total == 1


def test_what_was_not_done_as_asked_is_said(people: Store) -> None:
    notes = people.catalogue.find("autor:levine tides").notes
    assert "autor:" in notes[0]
    assert "author:" in notes[0]
    assert people.catalogue.find("rain tides").notes == (
        "No paper has all of these words; these have some of them.",
    )
    assert people.catalogue.find("tides").notes == ()


TEXTS = [
    *(x for pair in (*SCRIPTS.values(), *COMPOUNDS.values()) for x in pair),
    "Åström’s “quoted” text — with dashes… and ½ ﬁne 1–2",
    "non-small-cell-lung",
    "a--b -x-",
    "e\u0301tude ZOË i̇stanbul",
    "ＦＵＬＬ－ｗｉｄｔｈ",
    "𠮷野家",
    "αβ-catenin β‑sheet",
    "C++ C# .NET",
    '[["Levine","Sergey",""],["李","明",""],["O\'Larsen-Smith","Zoë",""]]',
    "",
    "🙂smile-y",
]


def test_both_databases_index_the_same_words(store: Store) -> None:
    if store.database.is_sqlite:
        pytest.skip("SQLite calls the functions that PostgreSQL is compared with")
    with store.database.read() as connection:
        for given in TEXTS:
            query = text("SELECT paper_search_text(:x), paper_search_names(:x)")
            made, names = connection.execute(query, {"x": given}).one()
            assert words_of(made) == words_of(title_text(given)), given
            assert words_of(names) == words_of(names_text(given)), given


def words_of(indexed: str) -> list[str]:
    return "".join(x if x.isalnum() else " " for x in indexed.lower()).split()

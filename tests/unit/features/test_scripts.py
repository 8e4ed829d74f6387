"""Text without spaces in features: terms, likeness and near-duplicates, in five scripts."""

from __future__ import annotations

import pytest

from recommender.domain import Paper
from recommender.features.paper_features import Features
from recommender.features.tfidf import words
from recommender.ranking.rerank.diversity import NEAR_DUPLICATE_COSINE

CATALOGUES = {
    "Chinese": [
        ("基于图神经网络的分子性质预测", "本文用图神经网络预测分子的溶解度与毒性。"),
        ("分子性质预测的图模型综述", "综述分子图模型与溶解度预测。"),
        ("冰川消融的遥感监测", "利用卫星图像监测高山冰川的变化。"),
        ("高山冰川变化的卫星观测", "冰川面积由遥感图像得到。"),
        ("古代陶器的年代测定", "用热释光测定陶片的年代。"),
    ],
    "Japanese": [
        ("深層学習による氷河の後退予測", "氷河の後退を衛星画像から予測する。"),
        ("衛星画像を用いた氷河の観測", "氷河の面積を深層学習で求める。"),
        ("古代土器の年代測定", "熱ルミネッセンスで土器の年代を測る。"),
        ("土器の年代と産地", "土器の破片から年代を調べた。"),
        ("都市交通の混雑モデル", "道路の渋滞を数理モデルで表す。"),
    ],
    "Thai": [
        ("การพยากรณ์น้ำขึ้นน้ำลง", "ใช้แบบจำลองพยากรณ์ระดับน้ำทะเล"),
        ("แบบจำลองระดับน้ำทะเลชายฝั่ง", "พยากรณ์น้ำขึ้นน้ำลงรายวัน"),
        ("เครื่องปั้นดินเผาโบราณ", "หาอายุของเศษเครื่องปั้นดินเผา"),
        ("อายุของดินเผาโบราณ", "วัดอายุเครื่องปั้นจากแหล่งขุดค้น"),
        ("การจราจรในเมืองใหญ่", "ศึกษารถติดบนถนน"),
    ],
    "Korean": [
        ("딥러닝을 이용한 빙하 예측", "빙하의 변화를 위성영상으로 예측한다."),
        ("위성영상에서 빙하를 찾는 방법", "빙하가 줄어드는 변화를 본다."),
        ("고대 토기의 연대 측정", "토기를 열발광으로 측정한다."),
        ("토기와 연대", "고대의 토기에서 연대를 얻는다."),
        ("도시 교통의 모형", "도로의 혼잡을 나타낸다."),
    ],
    "Russian": [
        ("Прогноз приливов", "Глубокое обучение даёт прогноз приливов у берега."),
        ("Модель приливов у берега", "Приливы и прогноз уровня моря."),
        ("Датировка древней керамики", "Возраст керамики по люминесценции."),
        ("Возраст керамики", "Датировка керамики из раскопок."),
        ("Транспорт большого города", "Пробки на дорогах."),
    ],
}


def catalogue(script: str) -> list[Paper]:
    return [
        Paper(title, paper_id=f"doi:10.5555/{script}.{i}", abstract=abstract)
        for i, (title, abstract) in enumerate(CATALOGUES[script])
    ]


@pytest.mark.parametrize("script", CATALOGUES)
def test_papers_of_one_subject_are_nearest(script: str) -> None:
    features = Features.of_papers(catalogue(script))
    cosines = (features.paper_terms @ features.paper_terms.T).toarray()
    for one, other in ((0, 1), (2, 3)):
        others = [cosines[one, x] for x in range(5) if x not in (one, other)]
        assert cosines[one, other] > 0.08
        assert cosines[one, other] > 2 * max(others)


@pytest.mark.parametrize("script", CATALOGUES)
def test_a_paper_with_another_end_is_a_near_duplicate(script: str) -> None:
    papers = catalogue(script)
    title, abstract = CATALOGUES[script][0]
    twin = Paper(title, paper_id="doi:10.5555/twin", abstract=abstract[:-3])
    features = Features.of_papers([*papers, twin])
    cosines = (features.paper_terms @ features.paper_terms[5].T).toarray().ravel()
    assert cosines[0] >= NEAR_DUPLICATE_COSINE > cosines[1:5].max()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("潮汐预测", ["潮汐", "汐预", "预测"]),
        ("X线", ["线"]),
        ("BERTの深層学習, fine-tuning", ["bert", "の深", "深層", "層学", "学習", "fine", "tuning"]),
        ("กิน น้ำ", ["กิ", "ิน", "น้", "้ํ", "ํา"]),
        ("빙하를 본다", ["빙하", "하를", "본다"]),
        ("The naïve C++ café of 2020", ["naive", "c++", "cafe"]),
        ("Прогноз приливов", ["прогноз", "приливов"]),
    ],
)
def test_terms_are_words_or_pairs_of_characters(text: str, expected: list[str]) -> None:
    assert words(text) == expected

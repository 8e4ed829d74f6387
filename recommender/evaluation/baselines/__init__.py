"""What a reader would otherwise use. A new baseline is one class and one line here."""

from __future__ import annotations

from recommender.evaluation.baselines.base import Baseline

_HERE = "recommender.evaluation.baselines"
_IMPLICIT = "recommender.evaluation.baselines.implicit_models"

BASELINES: dict[str, Baseline] = {
    b.name: b
    for b in (
        Baseline("popularity", f"{_HERE}.popularity:Popularity", needs_readers=True),
        Baseline("recency", f"{_HERE}.popularity:Recency", needs_dates=True),
        Baseline("tfidf-mean", f"{_HERE}.text_similarity:TfidfMean"),
        Baseline("tfidf-rocchio", f"{_HERE}.text_similarity:TfidfRocchio"),
        Baseline("embedding-mean", f"{_HERE}.text_similarity:EmbeddingMean"),
        Baseline("svm", f"{_HERE}.classifiers:SanitySvm", sample=300),
        Baseline("logistic", f"{_HERE}.classifiers:ReaderLogistic", sample=300),
        Baseline("als-default", f"{_IMPLICIT}:AlsDefault", needs_readers=True),
        Baseline("als-tuned", f"{_IMPLICIT}:AlsTuned", needs_readers=True),
        Baseline("bpr", f"{_IMPLICIT}:Bpr", needs_readers=True),
        Baseline("item-item", f"{_IMPLICIT}:ItemItem", needs_readers=True),
        Baseline("ease", f"{_HERE}.ease:Ease", needs_readers=True),
    )
}
"""Name of a baseline -> where it is; the order of the report."""

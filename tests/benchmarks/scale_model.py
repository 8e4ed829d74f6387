"""A model of the size and shape of a fit, assembled in minutes; see `scale_library`.

TF-IDF, neighbours and everything derived are made by the product's own code; the embedding is a
random projection of TF-IDF, the factors a random turn of the embedding, and names are drawn.
"""

from __future__ import annotations

import numpy as np
from scale_library import CHUNK, NOW, Language, topics_of, word
from scipy.sparse import csr_matrix

from recommender import __version__
from recommender.config import Settings
from recommender.domain import Vocabulary
from recommender.features import Features
from recommender.features.append_buffer import appended_rows
from recommender.features.authors import AuthorFeatures
from recommender.features.embeddings import N_DIMS, EmbeddingSpace
from recommender.features.interactions import SparseRows, reader_papers
from recommender.features.nearest_neighbours import PaperIndex
from recommender.features.tfidf import TextFeatures
from recommender.ranking import pipeline
from recommender.ranking.als.fold_in import Gram
from recommender.ranking.als.model import Factorisation
from recommender.ranking.als.ranker import AlsRanker
from recommender.ranking.als.term_rows import (
    AlsOptions,
    TermBlock,
    likes_of_papers,
    n_factors_for,
    reader_weight,
)
from recommender.ranking.calibration import SHARED_CURVE, CalibrationCurve
from recommender.ranking.content.dislike_penalty import DislikePenalty
from recommender.ranking.content.rocchio import AuthorRanker, EmbeddingRanker, TfidfRanker
from recommender.ranking.fusion.normalisation import ReferenceSample
from recommender.ranking.fusion.ranker import BlendRanker
from recommender.ranking.fusion.weights import CorpusStats
from recommender.ranking.graph.rp3beta import NeighbourRanker
from recommender.ranking.item_matrix import ItemMatrix
from recommender.store import Store
from recommender.training import artifacts
from recommender.training.artifacts import ModelManifest

MAX_WORDS, MAX_PAIRS = 60_000, 40_000


def _counts(n: int, language: Language, seed: int) -> SparseRows:
    """Return how often terms occur, ``(n, n_terms)``: words, and pairs that recur."""
    n_words = min(language.n_words, MAX_WORDS)
    n_terms = n_words + min(n_words, MAX_PAIRS)
    whole: SparseRows | None = None
    for first in range(0, n, CHUNK):
        size = min(CHUNK, n - first)
        tokens, starts = language.texts(topics_of(size, seed + first), seed + first)
        paper = np.repeat(np.arange(size), np.diff(starts))
        pair = np.flatnonzero(
            (language.follower[tokens[:-1]] == tokens[1:]) & (tokens[:-1] < n_terms - n_words)
        )
        known = tokens < n_words
        rows = np.concatenate([paper[known], paper[pair]])
        columns = np.concatenate([tokens[known], n_words + tokens[pair]])
        cells = np.ones(rows.size, dtype=np.float32)
        part = csr_matrix((cells, (rows, columns)), shape=(size, n_terms), dtype=np.float32)
        part.sum_duplicates()
        whole = part if whole is None else appended_rows(whole, part)
    assert whole is not None
    return whole


def assemble(store: Store, settings: Settings, n: int, language: Language, seed: int) -> None:
    """Save a model with the shapes of a fit, and factors that follow from the embedding."""
    counts = _counts(n, language, seed)
    n_words = min(language.n_words, MAX_WORDS)
    terms = [word(i) for i in range(n_words)]
    terms += [
        f"{word(i)} {word(int(language.follower[i]))}" for i in range(counts.shape[1] - n_words)
    ]
    ids = [f"doi:10.5555/scale.{i}" for i in range(n)]
    days = np.random.default_rng(seed).uniform(16_000, 20_000, n)
    rng = np.random.default_rng(seed)
    text = TextFeatures.of_counts(counts, terms)
    paper_terms = text.transform_counts(counts)
    del counts
    vectors = rng.normal(scale=0.1, size=(len(terms), N_DIMS)).astype(np.float32)
    space = EmbeddingSpace(vectors.T, np.zeros(N_DIMS, dtype=np.float32))
    embedding = np.concatenate(
        [space.transform(paper_terms[x : x + CHUNK]) for x in range(0, n, CHUNK)]
    )
    n_names = int(0.8 * n)
    columns = np.sort((n_names * rng.random((n, 6)) ** 2).astype(np.int32), axis=1).ravel()
    cells = np.full(columns.size, 0.3, dtype=np.float32)
    starts = np.arange(0, 6 * n + 1, 6, dtype=np.int32)
    authors = csr_matrix((cells, columns, starts), shape=(n, n_names))
    authors.sum_duplicates()
    listed = sorted(f"{word(i)} {word(i % 997)} {i}" for i in range(n_names))
    names = AuthorFeatures.of_terms(listed, np.full(n_names, 8.0, dtype=np.float32))
    features = Features(
        *(Vocabulary.of(ids), text, paper_terms, space, embedding, days, n, names, authors)
    )
    weights: dict[str, dict[str, float]] = {}
    for event in store.feedback.events():
        weights.setdefault(event.reader_id, {})[event.paper_id] = 1.0
    likes = reader_papers(weights, features.vocabulary)
    model = _model(features, likes, seed)
    manifest = ModelManifest(
        library_id=store.database.library_id,
        created_at=NOW.isoformat(),
        last_event_id=store.feedback.last_event_id(),
        catalogue_revision=store.catalogue.revision(),
        n_papers=n,
        n_readers=len(weights),
        seed=seed,
        settings=settings.als.model_dump() | {"encoder": ""},
        package=__version__,
        rows=tuple(f"{x}/general" for x in weights),
    )
    curve = {SHARED_CURVE: CalibrationCurve(0.0, 1.0).as_array()}
    artifacts.save(settings.models_dir, model.arrays() | curve, manifest, NOW, pipeline.GROWING)


def _model(features: Features, likes: SparseRows, seed: int) -> pipeline.Model:
    options = AlsOptions()
    block, weight = TermBlock.of(features, options), reader_weight(likes)
    rng = np.random.default_rng(seed)
    n = n_factors_for(len(features), features.n_terms_median, weight, options)
    turned = rng.normal(scale=0.1, size=(features.embedding.shape[1], n)).astype(np.float32)
    factors = features.embedding @ turned
    of_readers = csr_matrix(likes * np.float32(weight), dtype=np.float32)
    liked_by = of_readers.T.tocsr()
    readers = np.asarray(of_readers @ factors, dtype=np.float32)
    terms = features.space.components_[:, block.columns].T @ turned
    found = likes_of_papers(likes) * weight
    fitted = Factorisation(
        options,
        factors,
        readers,
        terms,
        Gram.of(factors, regularization=options.regularization),
        Gram.of(readers, terms, regularization=options.regularization),
        block,
        block.cells(features.paper_terms, found),
        liked_by,
        weight,
        found,
        PaperIndex.of(features.paper_terms, np.flatnonzero(np.diff(liked_by.indptr))),
    )
    als = AlsRanker(options, fitted, ItemMatrix.of(factors))
    ranker = BlendRanker(
        als,
        TfidfRanker().fit(features, likes, seed),
        AuthorRanker().fit(features, likes, seed),
        EmbeddingRanker().fit(features, likes, seed),
        NeighbourRanker().fit(features, likes, seed),
        DislikePenalty(0.2),
        CorpusStats.of(features, likes),
        ReferenceSample.drawn(features, als, seed),
    )
    return pipeline.Model(features, ranker)

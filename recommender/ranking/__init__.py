"""Rankers: ways to order papers for a reader. A new one is one file and one line here.

THE SCORE of a paper p for one interest of a reader, in the product's ranker, ``blend``::

    s(p) = sum_k  w_k(p) * z_k(p)  -  penalty(p)

    z_k(p)     = (q_k . x_k(p) - mu_k) / sigma_k               z-score of part k
    w_k(p)     = w_liked + coldness(p) * (w_new - w_liked) + delta_k
    penalty(p) = 2 * (1 - exp(-max(0, n(p) - threshold)))
    n(p)       = sum_d min(v_d^2, |v_d|) * cos(p, d) / c       over disliked papers d

==============  ===================================  =======================================
part k          x_k(p), the paper                    q_k, the reader
==============  ===================================  =======================================
``als``         factors of [readers; terms] x        factors folded in from likes and skips
                papers (Hu, Koren & Volinsky 2008)   (`als.fold_in`)
``tfidf``       TF-IDF of title and abstract         Rocchio query: mean of likes minus up to
                                                     half the mean of skips
                                                     (`content.rocchio`)
``embedding``   mean of word vectors, or a           Rocchio query
                sentence encoder's vector
``authors``     names of the authors                 Rocchio query; mu = 0, sigma = that of
                                                     ``tfidf``; weight times the reader's
                                                     author affinity
                                                     (`content.author_weight`)
``ridge``       as ``tfidf``                         ridge regression of 1 for likes, 0 for
                                                     rejected papers; weight times S / (S + 30)
                                                     for S rejected (`content.ridge`)
``neighbours``  RP3beta walk over readers            the walk starts at the likes
==============  ===================================  =======================================

- ``mu``, ``sigma``: over at most 4,096 sampled papers, those with a weight left out
  (`fusion.normalisation`).
- ``w``: set by size and density of the library (`fusion.weights`); ``ridge`` begins with twice
  that of ``tfidf``; ``coldness`` is 0
  for papers with likes, 0.5 for papers of the fit without one, 1 for papers since the fit.
- ``delta``: deviation of the reader's own weights, learned from likes that are left out
  (`fusion.weight_deviation`); w is at least 0.
- ``v``: preference weight of a paper; ``c``: median cosine of a paper to its tenth neighbour;
  ``threshold``: what n is for papers of the library at large (`content.dislike_penalty`).
- A part that is NaN counts 0; the score is NaN if every part is NaN.

In order: `recommender.domain.history` turns events into weights, and
`recommender.features.interactions` makes a profile of them. `recommender.recommend.recommender`,
and evaluation likewise, hand profiles to `pipeline.rank`: `candidates` says which papers may be
shown; `pipeline.user_scorers` asks `fusion.ranker` for vectors and weights of a reader, which
`fusion.weight_deviation` adapts last; of 250,000 papers or more `shortlist` names those to score;
`item_matrix` computes the dot products and `fusion.user_scorer` adds the parts up. Then
`pipeline.rank` re-ranks: minimum share of clusters of likes (`rerank.interest_clusters`,
`rerank.diversity`), apportionment between interests without near-duplicates
(`rerank.apportionment`), exploration (`rerank.exploration`). While a reader tries a setting, the
caller ranks twice and `rerank.interleaving` joins the two. Without a usable like, `cold_start`
makes the slate.

The weight of ``authors`` is set for a library by `fusion.weights.weights_for`, lowered for a
reader by `content.author_weight`, and then moved by that reader's deviation
(`fusion.weight_deviation`).

A skip (v = -0.07) takes the paper out of the candidates, enters the fold-in with preference 0 and
confidence 300 * 0.07, is part of the mean that Rocchio queries subtract, and has the value 0 in
``ridge``, whose weight grows with it. It leaves the sample of mu and sigma, and the cluster of
likes it is close to is sure of fewer places. It does not change ``neighbours`` or the penalty.

Symbol by symbol, with a worked example that a test recomputes:
``docs/explanation/how-a-score-is-made.md``.
"""

RANKERS: dict[str, str] = {
    "als": "recommender.ranking.als.ranker:AlsRanker",
    "tfidf": "recommender.ranking.content.rocchio:TfidfRanker",
    "authors": "recommender.ranking.content.rocchio:AuthorRanker",
    "embedding": "recommender.ranking.content.rocchio:EmbeddingRanker",
    "neighbours": "recommender.ranking.graph.rp3beta:NeighbourRanker",
    "blend": "recommender.ranking.fusion.ranker:BlendRanker",
}
"""Name of a ranker -> ``module:Class``; the class is made without arguments."""

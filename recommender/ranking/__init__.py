"""Rankers: ways to order papers for a reader. A new one is one file and one line here."""

RANKERS: dict[str, str] = {
    "als": "recommender.ranking.als:AlsRanker",
    "tfidf": "recommender.ranking.content:TfidfRanker",
    "authors": "recommender.ranking.content:AuthorRanker",
    "embedding": "recommender.ranking.content:EmbeddingRanker",
    "neighbours": "recommender.ranking.neighbours:NeighbourRanker",
    "blend": "recommender.ranking.blend:BlendRanker",
}
"""Name of a ranker -> ``module:Class``; the class is made without arguments."""

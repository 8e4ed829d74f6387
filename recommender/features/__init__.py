"""Numbers from records: text, embedding, interactions, nearest neighbours. Pure."""

from recommender.features.paper_features import Features

__all__ = ["Features"]

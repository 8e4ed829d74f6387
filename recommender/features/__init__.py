"""Numbers from records: text, embedding, interactions, nearest neighbours. Pure."""

from recommender.features.papers import Features

__all__ = ["Features"]

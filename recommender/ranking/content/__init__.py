"""Scores from content: Rocchio queries, the weight of authors, the dislike penalty."""

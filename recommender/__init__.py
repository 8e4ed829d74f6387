"""paperloop: a reading-list recommender for research papers that learns from its reader."""

__version__ = "0.1.0"

"""Scores from the graph of readers and papers."""

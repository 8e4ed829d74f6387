"""From scores to a slate: near-duplicates, shares of interests, exploration."""

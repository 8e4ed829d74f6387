"""A whole library as data: archive, restore, forgetting a reader, and what an export holds."""

"""What the reader's log says: the profile, the map of topics, and whether learning helps."""

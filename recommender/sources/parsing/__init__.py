"""What several formats share: dates, names, identifiers, clean text, XML and JSON streams."""

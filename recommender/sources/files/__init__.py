"""One file a file format."""

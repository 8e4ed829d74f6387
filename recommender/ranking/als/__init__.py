"""The implicit-feedback model: ALS on readers and terms, and the exact fold-in of one row."""

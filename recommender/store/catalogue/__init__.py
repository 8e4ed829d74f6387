"""The papers of the library: record linkage, merges and their undo, provenance, search."""

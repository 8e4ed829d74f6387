"""Suggestions for one reader, from the served model, the log and the catalogue."""

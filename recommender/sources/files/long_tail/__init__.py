"""Formats few people have: older reference managers, library catalogues, registries' XML.

Each file maps one format's fields to a `Reference` and names its `FormatAdapter`.
"""

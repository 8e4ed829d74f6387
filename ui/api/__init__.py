"""The same verbs for programs as the pages have for people: over HTTP, and as tools for assistants.

`operations` does the work with the jobs that the pages use, `models` says what goes in and comes
out, `table` names every operation once, and `http`, `openapi` and `mcp` are made from that table.
"""

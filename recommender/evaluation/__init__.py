"""Does the ranking beat what a reader would otherwise use? Data sets, protocols, baselines. Pure.

`datasets` is the only module here that opens files; `run.evaluate` is the only
one a caller needs.
"""

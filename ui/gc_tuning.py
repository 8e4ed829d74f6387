"""Keeps garbage collection fast: long-lived objects are frozen, see `gc.freeze`.

Streamlit collects all garbage after every rerun, and the page waits for it: with a
large library that took longer than the rerun. Frozen objects are not looked at. Now and
then all are unfrozen and collected, so that what has become garbage is freed.
"""

from __future__ import annotations

import gc
import threading
import time

EVERY_SECONDS = 600.0
SOON_SECONDS = 1.0
"""After a page was sent, so that it need not wait."""

_lock = threading.Lock()
_next = 0.0


def freeze_heap_soon() -> None:
    """Freeze what is in memory once this page was sent; at most every ten minutes."""
    global _next
    with _lock:
        if time.monotonic() < _next:
            return
        _next = time.monotonic() + EVERY_SECONDS
    timer = threading.Timer(SOON_SECONDS, freeze_heap)
    timer.daemon = True
    timer.start()


def freeze_heap() -> None:
    """Free all garbage, and freeze the rest."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()

"""What stays in memory is put aside, so that looking for garbage is quick.

Streamlit collects all garbage after every rerun, and the page waits for it: with a
large library that took longer than the rerun. What is put aside is not looked at; so
that what has become garbage since is freed too, everything is looked through again
now and then.
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


def put_aside_soon() -> None:
    """Put aside what is in memory once this page was sent; at most every ten minutes."""
    global _next
    with _lock:
        if time.monotonic() < _next:
            return
        _next = time.monotonic() + EVERY_SECONDS
    timer = threading.Timer(SOON_SECONDS, put_aside)
    timer.daemon = True
    timer.start()


def put_aside() -> None:
    """Free all garbage, and put the rest aside."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()

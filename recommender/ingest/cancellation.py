"""A way to end work that runs in a child process, from another thread than the one that waits."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Cancellation:
    """Ends the child that works for it now, and any that would begin later."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    def cancel(self) -> None:
        """End the work; what it has stored is kept."""
        with self._lock:
            self._cancelled = True
            if self._child is not None:
                self._child.kill()

    @contextmanager
    def attached(self, child: subprocess.Popen[str]) -> Iterator[None]:
        """Let `cancel` end this child for the length of a ``with``."""
        with self._lock:
            self._child = child
            if self._cancelled:
                child.kill()
        try:
            yield
        finally:
            with self._lock:
                self._child = None

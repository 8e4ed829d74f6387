"""A program that votes, and asks again where the library fails.

Arguments: database URL, name of the voter, number of votes. Says the key of a vote once the store
has acknowledged it, ``refused`` each time it could not, and ``over`` at the end.
"""

from __future__ import annotations

import os
import sys
import time

from stores import event

from recommender.errors import StoreError
from recommender.store import Store

PAUSE_SECONDS = 0.01


def say(text: str) -> None:
    """Write a line at once, past every buffer."""
    os.write(1, f"{text}\n".encode())


def vote(url: str, name: str, n: int) -> None:
    """Append likes; the same key until it is acknowledged."""
    store = Store(url)
    for i in range(n):
        key = f"{name} {i}"
        while True:
            try:
                store.feedback.append(event(f"arxiv:2401.{i % 50:05d}", key))
                break
            except StoreError:
                say("refused")
                time.sleep(PAUSE_SECONDS)
        say(key)
    store.close()
    say("over")


if __name__ == "__main__":
    vote(sys.argv[1], sys.argv[2], int(sys.argv[3]))

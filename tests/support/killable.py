"""A program that works on a library until it is killed; started by the tests beside it.

Reads jobs from stdin, one a line: ``name <tab> database URL <tab> number``.
Each runs in a fork of its own, which says its process id, then each piece of
work once the store has acknowledged it; ``over`` follows when it has ended.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count

from sqlalchemy import Engine
from sqlalchemy import event as hook
from stores import NOW, event, paper

from recommender.store import Store


def say(text: str) -> None:
    """Write a line at once, past every buffer that a kill would take along."""
    os.write(1, f"{text}\n".encode())


def like(url: str, number: int) -> None:
    """Append likes without end, acknowledging every client key."""
    store = Store(url)
    for i in count():
        key = f"{number} {i}"
        store.feedback.append(event(f"arxiv:2401.{i % 50:05d}", key))
        say(key)


def add(url: str, statements: int) -> None:
    """Add papers and merge two, killed before the statement of this number."""
    counter = count(1)

    def die(*_: object) -> None:
        if next(counter) == statements:
            os.kill(os.getpid(), signal.SIGKILL)

    store = Store(url)
    hook.listen(Engine, "before_cursor_execute", die)
    hook.listen(Engine, "commit", die)
    news = [paper(f"A new study number {i}", f"doi:10.1000/{i}") for i in range(20)]
    both = paper("The long study number 0", "arxiv:2401.00000", "arxiv:2401.00001")
    store.catalogue.add([*news, both], NOW)
    say("added")


JOBS = {"like": like, "add": add}

if __name__ == "__main__":
    for line in sys.stdin:
        name, url, number = line.rstrip("\n").split("\t")
        worker = os.fork()
        if worker == 0:
            say(str(os.getpid()))
            JOBS[name](url, int(number))
            os._exit(0)
        os.waitpid(worker, 0)
        say("over")

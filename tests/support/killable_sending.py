"""A program that sends what is due until it is killed; started by the tests beside it.

Reads jobs from stdin, one a line: folder, port of the mail server, the time it
is, and the moment at which it dies by itself, if any. Each runs in a fork of its
own, which says its process id; ``over <id>`` follows when it has ended.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from time import monotonic

from aimed_kills import take_aim
from invented_week import TableRecommender
from mail_servers import settings as smtp_settings

from recommender.config import Settings
from recommender.digest.delivery.dispatch import dispatch
from recommender.store import Store


class EveryPaper(TableRecommender):
    """Ranks whatever there is, by its id."""

    def __init__(self) -> None:
        super().__init__({})

    def recommend(self, reader_id: str, **more):  # type: ignore[no-untyped-def]
        self.table = {x: 1.0 + i / 100 for i, x in enumerate(sorted(more["pool"]))}
        return super().recommend(reader_id, **more)


def say(text: str) -> None:
    """Write a line at once, past every buffer that a kill would take along."""
    os.write(1, f"{text}\n".encode())


def send(folder: Path, port: int, now: datetime, moment: str) -> None:
    """Run one round by a clock that begins at `now`; at a moment of its first mail, die."""
    began = monotonic()
    settings = Settings(data_dir=folder, smtp=smtp_settings(port))
    store = Store(settings.url)
    if moment:
        take_aim(store, moment)
    dispatch(store, EveryPaper(), settings, lambda: now + timedelta(seconds=monotonic() - began))
    store.close()


if __name__ == "__main__":
    for line in sys.stdin:
        place, port, now, moment = line.rstrip("\n").split("\t")
        worker = os.fork()
        if worker == 0:
            say(str(os.getpid()))
            code = 1
            try:
                send(Path(place), int(port), datetime.fromisoformat(now), moment)
                code = 0
            finally:
                os._exit(code)

        def await_end(worker: int = worker) -> None:
            _, status = os.waitpid(worker, 0)
            say(f"over {worker} {status}")

        Thread(target=await_end).start()

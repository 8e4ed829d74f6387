"""An import in a process of its own, so that reading files takes nothing from who waits.

    report = in_child(url, paths, now=now, role="catalogue", progress=tell)

Parsing holds Python's lock: in a thread of the server it would keep every page
waiting. The child is told what to do by one line of JSON on its standard input
(the database's URL may hold a password, and arguments are seen by everybody),
and answers with lines of JSON. One that computes for long without such a line is
ended by the system.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from recommender.errors import RecommenderError, SourceError
from recommender.ingest import ImportReport, Progress, import_paths
from recommender.ingest.cancellation import Cancellation
from recommender.ingest.imported_feedback import Role
from recommender.ingest.reports import FileReport
from recommender.sources import Refusal
from recommender.store import Store

MAX_PROCESSOR_SECONDS = 120
"""Processor time that a child may take between two messages; hostile text may want hours."""

_ENDING_SECONDS = 2.0
"""How long a child may take to end once nobody reads it."""

_has_timer = hasattr(signal, "setitimer")


class ChildStopped(Exception):
    """A child ended before its work; `too_long` if it had computed too long for one message."""

    def __init__(self, too_long: bool) -> None:
        super().__init__()
        self.too_long = too_long


def in_child(
    url: str,
    paths: Sequence[Path],
    *,
    now: datetime,
    role: Role = "catalogue",
    reader_id: str | None = None,
    interest_id: str | None = None,
    progress: Progress | None = None,
    max_minutes: float | None = None,
) -> ImportReport:
    """Import as `import_paths` does, in another process; reports hold no `paper_ids`.

    Raises
    ------
    RecommenderError
        What `import_paths` raises, as its sentence; or the process was killed.
    """
    task = {
        "url": url,
        "paths": [str(x) for x in paths],
        "now": now.isoformat(),
        "role": role,
        "reader_id": reader_id,
        "interest_id": interest_id,
        "max_minutes": max_minutes,
    }
    with suppress(ChildStopped):
        for message in child_messages("recommender.ingest.subprocess_import", task):
            if "files" in message:
                return ImportReport(tuple(_report(x) for x in message["files"]))
            if progress is not None:
                progress(message["path"], message["read"])
    raise SourceError("The import was stopped; what it has stored is kept. Import again.")


def child_messages(
    module: str, task: dict[str, Any], cancellation: Cancellation | None = None
) -> Iterator[dict[str, Any]]:
    """Run a module of ours in another process; yield the JSON objects that it writes.

    The child is ended when its messages are no longer asked for, as after Ctrl-C, and by
    `cancellation`.

    Raises
    ------
    RecommenderError
        The child sent an ``error``.
    ChildStopped
        The child was killed, or ended by `limit_processor_time`.
    """
    command = [sys.executable, "-m", module]
    ending = cancellation or Cancellation()
    with (
        subprocess.Popen(  # noqa: S603 - our own program, no shell
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        ) as child,
        ending.attached(child),
    ):
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            with suppress(BrokenPipeError), child.stdin as task_line:
                task_line.write(json.dumps(task) + "\n")
            for line in child.stdout:
                message = json.loads(line)
                if "error" in message:
                    raise RecommenderError(message["error"])
                yield message
            code = child.wait()
        finally:
            with suppress(subprocess.TimeoutExpired):
                child.wait(_ENDING_SECONDS)
            if child.poll() is None:
                child.kill()
    if code:
        raise ChildStopped(_has_timer and code == -signal.SIGPROF)


def limit_processor_time() -> None:
    """Let the system end this process when it computes too long for one message.

    The limit begins again with every message. The system ends the process, not a handler of
    Python's, which would wait for a parser written in C. Where there are no such timers, as
    on Windows, nothing is limited. Ctrl-C ends the process without a word: its parent speaks.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if _has_timer:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, MAX_PROCESSOR_SECONDS)


def _report(file: dict[str, Any]) -> FileReport:
    refused = tuple(Refusal(**x) for x in file.pop("refused"))
    return FileReport(**{**file, "refused": refused, "notes": tuple(file["notes"])})


def main() -> None:
    """Do what the line on standard input says; tell of it on standard output."""
    task = json.loads(sys.stdin.readline())
    limit_processor_time()
    store = Store(task["url"])
    try:
        report = import_paths(
            store,
            [Path(x) for x in task["paths"]],
            now=datetime.fromisoformat(task["now"]),
            role=task["role"],
            reader_id=task["reader_id"],
            interest_id=task["interest_id"],
            progress=lambda path, read: send_message({"path": path, "read": read}),
            max_minutes=task["max_minutes"],
        )
        send_message({"files": [asdict(x) | {"paper_ids": ()} for x in report.files]})
    except RecommenderError as error:
        send_message({"error": str(error)})
    finally:
        store.close()


def send_message(message: dict[str, Any]) -> None:
    """Write a message of a child to its parent; its processor time counts from here again."""
    print(json.dumps(message), flush=True)
    if _has_timer and signal.getitimer(signal.ITIMER_PROF)[0]:
        signal.setitimer(signal.ITIMER_PROF, MAX_PROCESSOR_SECONDS)


if __name__ == "__main__":
    main()

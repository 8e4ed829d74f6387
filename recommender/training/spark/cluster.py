"""Where the tasks of a fit run: on a Spark master, or one after the other in this process.

A task is a function of this package; it is given the path of the work folder and the number of a
part, reads files, writes files, and returns little. So it may run twice and on any worker.
"""

from __future__ import annotations

import logging
import os
import socket
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from operator import add
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from recommender.config import SparkSettings, prepare_for_spark
from recommender.errors import ClusterError, MissingExtra

Task: TypeAlias = Callable[..., Any]
Terms: TypeAlias = list[tuple[str, int]]
ANSWER_SECONDS = 10.0
"""How long a master's port may take to answer."""
WORKER_SECONDS = 120.0
"""How long a master may take to give a first worker."""
LOG = "spark.log"
_LOG4J = """\
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
appender.file.type = File
appender.file.name = file
appender.file.fileName = {path}
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{{ISO8601}} %p %c{{1}}: %m%n
"""


@dataclass(slots=True)
class TaskUse:
    """What tasks have used so far: processor time in seconds, the largest one's memory in MB."""

    seconds: float = 0.0
    peak_mb: float = 0.0
    tasks: int = 0

    def add(self, seconds: float, peak_mb: float) -> None:
        """Count one task."""
        self.seconds += seconds
        self.peak_mb = max(self.peak_mb, peak_mb)
        self.tasks += 1


@dataclass
class Cluster:
    """Runs tasks on a Spark master; made by `connected`."""

    context: Any
    root: Path
    n_parts: int
    use: TaskUse = field(default_factory=TaskUse)

    def each(self, task: Task, *given: Any) -> list[Any]:
        """Run ``task(root, part, *given)`` on every part; return the results in their order.

        Raises
        ------
        ClusterError
            A task failed on every try.
        """
        root = str(self.root)
        with _told():
            found = self._parts().map(lambda part: _measured(task, root, part, given)).collect()
        for _, seconds, peak_mb in found:
            self.use.add(seconds, peak_mb)
        return [result for result, _, _ in found]

    def count(
        self,
        task: Task,
        *given: Any,
        usable: Callable[[str, int], bool],
        order: Callable[..., Any],
        most: int,
    ) -> Terms:
        """Sum what a task counts in every part, and return the first `most` usable terms.

        They come in `order`, each with its sum. The counts are shuffled, so that none holds all.
        """
        root = str(self.root)

        def counted(part: int) -> Iterable[tuple[str, int]]:
            counts: Mapping[str, int] = task(root, part, *given)
            return counts.items()

        with _told():
            sums = self._parts().flatMap(counted).reduceByKey(add, self.n_parts)
            found: Terms = sums.filter(lambda x: usable(*x)).takeOrdered(most, key=order)
        return found

    def _parts(self) -> Any:
        return self.context.parallelize(range(self.n_parts), self.n_parts)


@contextmanager
def connected(settings: SparkSettings, root: Path, n_parts: int) -> Iterator[Cluster]:
    """Connect to the master of the settings for the length of a ``with``.

    Raises
    ------
    MissingExtra
        pyspark or Java is not there.
    ClusterError
        The master cannot be reached, gives no worker, or its workers do not see the work folder.
    """
    properties = require_spark(settings)
    _require_answer(settings.master)
    context = _context(settings.master, properties | settings.properties, root)
    try:
        if not settings.is_local:
            _wait_for_worker(context, settings.master)
        cluster = Cluster(context, root, n_parts)
        check_folder(cluster)
        yield cluster
    finally:
        # A gateway that died with the driver's Java cannot be stopped.
        with suppress(Exception):
            context.stop()


def require_spark(settings: SparkSettings) -> dict[str, str]:
    """Return properties of the machine; raises MissingExtra without pyspark, or Java to run it."""
    if find_spec("pyspark") is None:
        raise MissingExtra(
            "The engine spark needs pyspark; install it with `pip install 'paperloop[spark]'`."
        )
    properties = prepare_for_spark(settings)
    if properties is None:
        raise MissingExtra(
            "The engine spark needs Java 17 or newer; install it (on Debian `apt install "
            "openjdk-17-jre-headless`) or set JAVA_HOME."
        )
    return properties


def _require_answer(master: str) -> None:
    """Raise ClusterError where no port of a standalone master answers; Spark waits a minute."""
    if not master.startswith("spark://"):
        return
    for address in master.removeprefix("spark://").split(","):
        try:
            parts = urlsplit(f"//{address}")
            with socket.create_connection((parts.hostname, parts.port or 7077), ANSWER_SECONDS):
                return
        except (OSError, ValueError):
            continue
    raise ClusterError(
        f"The Spark master {master} cannot be reached; check that it runs and that --master is "
        "the address its page shows."
    )


def _context(master: str, properties: Mapping[str, str], root: Path) -> Any:
    with warnings.catch_warnings():
        # It warns of the installed pandas, which nothing here hands to it.
        warnings.simplefilter("ignore")
        from pyspark import SparkConf, SparkContext  # noqa: PLC0415 - an extra

    logging.getLogger("py4j").setLevel(logging.ERROR)
    log = root / "log4j2.properties"
    log.write_text(_LOG4J.format(path=root / LOG), encoding="utf-8")
    given = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={log.as_uri()}",
        "spark.executorEnv.OPENBLAS_NUM_THREADS": "1",
        "spark.executorEnv.OMP_NUM_THREADS": "1",
        **properties,
    }
    conf = SparkConf().setMaster(master).setAppName("paperloop fit")
    for name, value in given.items():
        conf.set(name, value)
    try:
        with _stderr_into(root / LOG):
            return SparkContext(conf=conf)
    except Exception as error:  # py4j's own, and whatever the master refused with.
        raise ClusterError(
            f"Spark does not start on {master} ({_cause(error)}); see {root / LOG}."
        ) from error


@contextmanager
def _stderr_into(path: Path) -> Iterator[None]:
    """Let processes that start meanwhile, such as Java, write what they say to a file."""
    own = os.dup(2)
    try:
        with path.open("ab") as log:
            os.dup2(log.fileno(), 2)
            yield
    finally:
        os.dup2(own, 2)
        os.close(own)


def _wait_for_worker(context: Any, master: str) -> None:
    """Wait for a worker besides the driver, which counts as one."""
    end = time.monotonic() + WORKER_SECONDS
    while context._jsc.sc().getExecutorMemoryStatus().size() < 2:
        if time.monotonic() > end:
            raise ClusterError(
                f"The Spark master {master} gives no worker: none is registered, or all are busy "
                "or too small (see `spark.executor.memory`)."
            )
        time.sleep(0.2)


def check_folder(cluster: Cluster) -> None:
    """Let every worker read a file of the driver's and write one; raises ClusterError."""
    token = f"{time.time_ns()}"
    (cluster.root / "probe").write_text(token, encoding="ascii")
    found = cluster.each(probe, token)
    said = next((x for x in found if x), "")
    seen = all((cluster.root / f"probe-{part}").exists() for part in range(cluster.n_parts))
    for path in cluster.root.glob("probe*"):
        path.unlink(missing_ok=True)
    if said or not seen:
        raise ClusterError(
            f"Not all workers can read and write the folder {cluster.root}"
            f"{f' ({said})' if said else ''}: it must be the same folder, under the same path and "
            "the same user, on the driver and on every worker; choose it with --folder."
        )


def probe(root: str, part: int, token: str) -> str:
    """Return why a worker cannot use the work folder, or an empty text; a task."""
    try:
        folder = Path(root)
        if (folder / "probe").read_text(encoding="ascii") != token:
            return "it is another folder there"
        (folder / f"probe-{part}").write_text("", encoding="ascii")
    except OSError as error:
        return str(error.strerror)
    return ""


def _measured(task: Task, root: str, part: int, given: tuple[Any, ...]) -> tuple[Any, float, float]:
    """Return a task's result, its processor time, and the most memory its process had, in MB."""
    before = time.process_time()
    result = task(root, part, *given)
    return result, time.process_time() - before, peak_mb()


def peak_mb() -> float:
    """Return the most memory this process has had; 0 where the system does not say.

    Not ``ru_maxrss``: Linux counts in it what the process was started from, here Java.
    """
    with suppress(OSError, ValueError, IndexError):
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    return 0.0


@contextmanager
def _told() -> Iterator[None]:
    """Turn Spark's errors, which run over pages, into one sentence."""
    from py4j.protocol import Py4JError, Py4JNetworkError  # noqa: PLC0415 - an extra

    try:
        yield
    except Py4JNetworkError as error:
        raise ClusterError(
            "Java, which drives Spark, has stopped; run the same command to go on."
        ) from error
    except Py4JError as error:
        raise ClusterError(
            f"A task failed on every try ({_cause(error)}); run the same command to go on."
        ) from error


def _cause(error: Exception) -> str:
    """Return the line of a trace that says most: the last of Python's, else the first."""
    lines = [x.strip() for x in str(getattr(error, "java_exception", None) or error).splitlines()]
    lines = [x for x in lines if x and not x.startswith(("at ", "...", "File ", "Traceback"))]
    own = [x for x in lines if "Error" in x.split(":")[0] and "Spark" not in x.split(":")[0]]
    said = (own[-1] if own else lines[0]) if lines else type(error).__name__
    return said[:200]

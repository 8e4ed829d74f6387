"""A standalone Spark master and its workers on the loopback address, for tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from folders import ROOT

from recommender.config import OLDEST_JAVA, java_version

START_SECONDS = 300


def missing() -> str:
    """Return what Spark lacks on this machine, or an empty text."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed (make spark)"
    if java_version("java") < OLDEST_JAVA:
        return f"there is no Java {OLDEST_JAVA}"
    return ""


@dataclass
class StandaloneCluster:
    """A master and two workers of one core each, every one in a process group of its own."""

    folder: Path
    master: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """Start all three and wait until both workers are registered."""
        port = free_port()
        self.master = f"spark://127.0.0.1:{port}"
        self._run("master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        log = self.folder / "0.log"
        _wait_for(lambda: "I have been elected leader" in _text(log), log)
        for _ in range(2):
            options = ("--host", "127.0.0.1", "--webui-port", "0", "-c", "1", "-m", "700M")
            self._run("worker.Worker", *options, self.master)
        _wait_for(lambda: _text(log).count("Registering worker") >= 2, log)

    def kill_worker(self) -> None:
        """Kill one worker with its executor and the processes of its tasks."""
        process = self.processes.pop()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Stop what this started."""
        for process in self.processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _run(self, name: str, *options: str) -> None:
        spec = find_spec("pyspark")
        assert spec is not None
        assert spec.origin is not None
        home = Path(spec.origin).parent
        environment = os.environ | {
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_WORKER_DIR": str(self.folder / "work"),
            "SPARK_DAEMON_MEMORY": "256m",
        }
        with (self.folder / f"{len(self.processes)}.log").open("wb") as log:
            command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}"]
            process = subprocess.Popen(
                [*command, *options],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)


def fit_process(data_dir: Path, *options: str, parts: int = 37) -> subprocess.Popen[str]:
    """Start `paperloop fit --engine spark` on a library."""
    environment = os.environ | {
        "PAPERLOOP_SPARK__PAPERS_PER_PART": str(parts),
        "PAPERLOOP_SPARK__PROPERTIES": '{"spark.executor.memory": "500m"}',
        "PYTHONPATH": str(ROOT),
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "recommender", "fit", "--engine", "spark"]
    return subprocess.Popen(
        [*command, "--data-dir", str(data_dir), *options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def free_port() -> int:
    """Return a port of the loopback address that is free now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def wait_for_file(path: Path, process: subprocess.Popen[str]) -> None:
    """Wait until a file is there; fails with the process's output where it ends before."""
    end = time.monotonic() + 2 * START_SECONDS
    while not path.exists():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < end, f"no {path}"
        time.sleep(0.02)


def _wait_for(holds: object, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, _text(log)
        time.sleep(0.2)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

"""A throw-away PostgreSQL server in a temporary folder, for tests marked ``postgres``."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

PLACES = ("/usr/lib/postgresql", "/usr/local/lib/postgresql", "/opt/homebrew/opt")


def find_binaries() -> Path | None:
    """Return the newest folder that holds ``initdb``, or None."""
    folders = [x.parent for place in PLACES for x in Path(place).glob("*/bin/initdb")]
    if folders:
        return max(folders, key=lambda x: (len(x.parent.name), x.parent.name))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Server:
    """Listens on a Unix socket in its own folder only; the server refuses to run as root."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="paperloop-pg-"))
        self._as_other: list[str] = []
        self._user = getpass.getuser()
        self._databases = 0
        if os.geteuid() == 0:
            self._user = "postgres"
            self._as_other = ["runuser", "-u", self._user, "--"]
            shutil.chown(self._folder, self._user)

    def start(self) -> None:
        data, log = self._folder / "data", self._folder / "log"
        self._run("initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self._run("pg_ctl", "-D", data, "-l", log, "-w", "-o", self._options(), "start")

    def restart(self) -> None:
        """Stop the server at once, as a crash does, and start it again."""
        data, log = self._folder / "data", self._folder / "log"
        self._run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        self._run("pg_ctl", "-D", data, "-l", log, "-w", "-o", self._options(), "start")

    def _options(self) -> str:
        return f"-F -c listen_addresses= -c unix_socket_directories={self._folder}"

    def stop(self) -> None:
        if (self._folder / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self._folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_database(self) -> str:
        """Make an empty database and return its name."""
        self._databases += 1
        name = f"library_{self._databases}"
        self._run("createdb", "-h", self._folder, "-U", self._user, name)
        return name

    def url(self, name: str) -> str:
        return f"postgresql://{self._user}@/{name}?host={self._folder}"

    def _run(self, program: str, *arguments: object) -> None:
        command = [*self._as_other, str(self._binaries / program), *map(str, arguments)]
        done = subprocess.run(
            command,
            cwd="/",
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}")

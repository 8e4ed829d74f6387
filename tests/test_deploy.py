"""The files that deploy paperloop, as far as they can be tried without a container engine."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from folders import ROOT

CONTAINERFILE = ROOT / "Containerfile"
DEPLOY = ROOT / "deploy"
ORDINARY = 10001


@dataclass(frozen=True)
class Step:
    """One instruction of the Containerfile and the number of its stage."""

    stage: int
    name: str
    text: str


def steps() -> list[Step]:
    text = re.sub(r"^#[^\n]*\n", "", CONTAINERFILE.read_text("utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n", " ", text).splitlines()
    found: list[Step] = []
    stage = 0
    for line in filter(str.strip, lines):
        name, _, rest = line.partition(" ")
        stage += name == "FROM"
        found.append(Step(stage, name, " ".join(rest.split())))
    return found


def of(name: str, stage: int | None = None) -> list[str]:
    return [x.text for x in steps() if x.name == name and stage in (None, x.stage)]


def schema(name: str) -> dict[str, Any]:
    folder = files("check_jsonschema") / "builtin_schemas" / "vendor"
    read: dict[str, Any] = json.loads((folder / f"{name}.json").read_text("utf-8"))
    return read


def test_the_image_is_slim_debian_its_user_is_not_root_and_it_says_when_it_is_ready() -> None:
    known = {"ARG", "FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "VOLUME", "EXPOSE"}
    assert {x.name for x in steps()} == known | {"HEALTHCHECK", "CMD"}
    assert re.fullmatch(
        r"BASE=docker\.io/library/debian:\w+-slim(@sha256:[0-9a-f]{64})?", of("ARG")[0]
    )
    assert [x.split()[0] for x in of("FROM")] == ["${BASE}"] * 2
    (user,) = of("USER")
    assert int(user) == ORDINARY
    names = [x.name for x in steps() if x.stage == 2]
    assert names.index("USER") > max(i for i, x in enumerate(names) if x in ("RUN", "COPY"))
    assert of("VOLUME") == ["/data"]
    assert "/readyz" in of("HEALTHCHECK")[0]


def test_everything_that_is_copied_into_the_image_is_there() -> None:
    for text in of("COPY", 1):
        *sources, _ = text.split()
        assert [x for x in sources if not (ROOT / x).exists()] == []
    assert "secrets" not in " ".join(of("COPY"))


def test_the_compose_file_is_valid_and_holds_no_secret() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    compose = yaml.safe_load(text)
    jsonschema.validate(compose, schema("compose-spec"))
    services = compose["services"]
    assert set(services) == {"app", "scheduler", "db", "proxy"}
    assert [x for x, service in services.items() if "ports" in service] == ["proxy"]
    for name in ("app", "scheduler"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    assert "--workers" in services["app"]["command"]
    # An image of Podman's own format holds no health check, and others wait for this one.
    test = services["app"]["healthcheck"]["test"]
    assert json.loads(of("HEALTHCHECK")[0].partition("CMD ")[2]) == test[1:]
    example = (DEPLOY / "example.env").read_text("utf-8")
    for variable in re.findall(r"\$\{(\w+)", text):
        assert f"\n{variable}=" in example
    assert "\nPOSTGRES_PASSWORD=\n" in example
    for name, service in services.items():
        for source in (x.partition(":")[0] for x in service.get("volumes", ())):
            known = source in compose["volumes"] or (DEPLOY / source).is_file()
            assert known, (name, source)


@pytest.mark.slow
def test_the_commands_of_the_compose_file_and_of_the_service_are_ours() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    script = compose["services"]["scheduler"]["command"][-1]
    commands = [x.split() for x in re.findall(r"paperloop ([^;\n]+)", script)]
    commands.append(compose["services"]["app"]["command"][1:])
    service = (DEPLOY / "paperloop.service").read_text("utf-8")
    commands.append(re.findall(r"ExecStart=\S+/paperloop (.*)", service)[0].split())
    for words in commands:
        options = [x for x in words if x.startswith("--")]
        names = [x for x in words[:2] if re.fullmatch(r"[a-z]+", x)]
        names = names if words[0] in ("digest", "zotero") else names[:1]
        told = subprocess.run(
            [sys.executable, "-m", "recommender", *names, "--help"],
            cwd=ROOT,
            env=os.environ | {"COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert [x for x in options if x not in told] == [], words


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("CITATION.cff", "citation-file-format"),
        (".github/workflows/ci.yml", "github-workflows"),
        (".github/workflows/release.yml", "github-workflows"),
    ],
)
def test_files_for_other_services_are_valid(path: str, name: str) -> None:
    loaded = yaml.load((ROOT / path).read_text("utf-8"), Loader=yaml.BaseLoader)
    jsonschema.validate(loaded, schema(name))


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="runs as a container does on Linux")
def test_the_steps_of_the_image_run_in_a_clean_environment_as_an_ordinary_user() -> None:
    """The steps of the build as they stand, in other folders; Debian's packages are taken as there.

    As root the command runs as an ordinary user, and where the machine lets mounts be changed, on
    a root that is read-only but for the volume and for temporary files.
    """
    # Not in pytest's own folder, which only its owner may enter.
    with tempfile.TemporaryDirectory(prefix="paperloop-image-") as folder:
        _build_and_run(Path(folder))


def _build_and_run(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    places = {
        "/opt/paperloop": tmp_path / "opt",
        "/src": tmp_path / "src",
        "/data": tmp_path / "data",
    }
    system = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
    clean = {"PATH": system, "LANG": "C.UTF-8", "HOME": str(tmp_path)}
    clean |= {x: os.environ[x] for x in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL") if x in os.environ}

    def here(text: str) -> str:
        for place, folder in places.items():
            text = re.sub(rf"(?<![\w/]){place}(?![\w-])", str(folder), text)
        return text

    for folder in places.values():
        folder.mkdir(mode=0o755)
        folder.chmod(0o755)
    for text in of("COPY", 1):
        *sources, target = text.split()
        for source in sources:
            to = places["/src"] / target
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, to, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, to)
    for text in of("RUN", 1):
        if "apt-get" not in text:
            # As in a container, whatever the machine's own mask is.
            subprocess.run(
                ["sh", "-ec", f"umask 022; {here(text)}"], cwd=places["/src"], env=clean, check=True
            )

    env = clean | dict(x.split("=", 1) for x in shlex.split(here(of("ENV")[0])))
    env["PATH"] = env["PATH"].replace("$PATH", clean["PATH"])
    command = json.loads(of("CMD")[0])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    assert "8501" in command
    command = [port if x == "8501" else x for x in command]
    check = json.loads(of("HEALTHCHECK")[0].partition("CMD ")[2])
    check = [x.replace(":8501", f":{port}") for x in check]
    work = tmp_path / "tmp"
    work.mkdir()
    env["TMPDIR"] = str(work)
    wrapped = command
    if os.getuid() == 0:
        for folder in (places["/data"], work):
            os.chown(folder, ORDINARY, ORDINARY)
        wrapped = _on_a_read_only_root(command, (places["/data"], work))
    log = tmp_path / "log"
    with log.open("wb") as words:
        process = subprocess.Popen(
            wrapped, cwd=places["/data"], env=env, stdout=words, stderr=subprocess.STDOUT
        )
    try:
        end = time.monotonic() + 300
        while subprocess.run(check, env=env, capture_output=True, check=False).returncode:
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < end, log.read_text("utf-8")
            time.sleep(1)
    finally:
        process.terminate()
        process.wait(60)
    assert (places["/data"] / "paperloop.sqlite3").exists()
    if os.getuid() == 0:
        assert (places["/data"] / "paperloop.sqlite3").stat().st_uid == ORDINARY
    assert "Traceback" not in log.read_text("utf-8")


def _on_a_read_only_root(command: list[str], writable: tuple[Path, ...]) -> list[str]:
    """Return the command as an ordinary user, on a read-only root where mounts may be changed."""
    user = ["setpriv", f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups", "--"]
    binds = " && ".join(
        f"mount --bind {shlex.quote(str(x))} {shlex.quote(str(x))}" for x in writable
    )
    apart = ["unshare", "--mount", "--propagation", "private", "sh", "-ec"]
    read_only = f"{binds} && mount -o remount,ro,bind /"
    tried = subprocess.run([*apart, read_only], capture_output=True, check=False)
    if tried.returncode:
        return [*user, *command]
    return [*apart, f"{read_only} && exec {shlex.join([*user, *command])}"]

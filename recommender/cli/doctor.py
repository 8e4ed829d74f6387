"""What `paperloop doctor` looks at: one function a check, each changes nothing."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path

from recommender import __version__
from recommender.config import CONFIG_FILE, Settings, has_secrets_in_file
from recommender.digest.alerts import alerts, headline
from recommender.errors import ArtifactError, NoModel, RecommenderError
from recommender.private_files import KEY_FILE, is_private
from recommender.store import Store
from recommender.training.artifacts import read_manifest, verify
from recommender.training.encoder_models import find_encoder
from recommender.training.encoder_process import require_extra
from recommender.training.fit import refit_due

PACKAGES = ("scikit-learn", "implicit", "sqlmodel", "streamlit", "alembic")
MIN_FREE_MB = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, what was found, what to do."""

    what: str
    ok: bool
    found: str
    advice: str = ""


def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Look at everything and return the findings; never raises a `RecommenderError`."""
    findings = [_program(), _packages(), _folder(settings), _rights(settings)]
    if not settings.data_dir.is_dir() and settings.database_url is None:
        return [*findings, Finding("library", True, "none yet", "Start with `paperloop up`.")]
    store = Store(settings.url)
    try:
        findings += _library(store, settings, now)
    except RecommenderError as error:
        findings.append(Finding("database", False, str(error)))
    finally:
        store.close()
    return findings


def _program() -> Finding:
    return Finding("paperloop", True, f"{__version__}, Python {platform.python_version()}")


def _packages() -> Finding:
    versions, absent = [], []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {installed(name)}")
        except PackageNotFoundError:
            absent.append(name)
    advice = "Install again: pip install paperloop" if absent else ""
    return Finding("packages", not absent, ", ".join(versions), advice)


def _folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    there = next(x for x in (folder, *folder.parents) if x.exists())
    free_mb = shutil.disk_usage(there).free // 1_000_000
    found, advice = f"{folder} ({free_mb} MB free)", ""
    if not os.access(there, os.W_OK):
        found = f"{folder} (nothing can be stored there)"
        advice = "Make it writable, or choose another with --data-dir."
    elif free_mb < MIN_FREE_MB:
        advice = "Free some space, or move it with --data-dir."
    return Finding("data directory", not advice, found, advice)


def _rights(settings: Settings) -> Finding:
    """Look for what others on this machine may read: secrets anywhere, all else unless shut in."""
    folder, what = settings.data_dir, "privacy"
    secrets = [folder / "secrets.toml", folder / KEY_FILE]
    if has_secrets_in_file(settings):
        secrets.append(folder / CONFIG_FILE)
    readable = [x for x in secrets if x.is_file() and not is_private(x)]
    if readable:
        names = ", ".join(x.name for x in readable)
        advice = f"chmod 600 {' '.join(shlex.quote(str(x)) for x in readable)}"
        return Finding(what, False, f"others may read the secrets in {names}", advice)
    held = [] if not folder.is_dir() or is_private(folder) else _readable_in(settings)
    if held:
        named = ", ".join(str(x.relative_to(folder)) for x in held[:3])
        more = f" and {len(held) - 3} more" if len(held) > 3 else ""
        advice = f"chmod 700 {shlex.quote(str(folder))}"
        return Finding(what, False, f"others may read {named}{more}", advice)
    return Finding(what, True, "files are for their owner only")


def _readable_in(settings: Settings) -> list[Path]:
    """Return what of the library others may read, a folder in the place of what is in it."""
    folder = settings.data_dir
    files = [*folder.glob("*.sqlite3*"), *folder.glob("*.log"), *folder.glob("*.zip")]
    folders = [x for x in (settings.models_dir, folder / "digests") if x.is_dir()]
    return sorted(x for x in (*files, *folders) if not is_private(x))


def _library(store: Store, settings: Settings, now: datetime) -> Iterator[Finding]:
    if store.database.revision() is None:
        yield Finding("library", True, "none yet", "Start with `paperloop up`.")
        return
    store.database.check()
    yield _database(store)
    counts = store.counts()
    empty = "" if counts["papers"] else "Import papers: `paperloop import FILE`."
    yield Finding("library", True, ", ".join(f"{n} {what}" for what, n in counts.items()), empty)
    yield _model(store, settings)
    if settings.encoder:
        yield _encoder(settings)
    yield _digests(store, settings, now)


def _database(store: Store) -> Finding:
    faults = store.database.faults()
    if faults:
        advice = "Bring back a copy with `paperloop db restore FILE`."
        return Finding("database", False, f"damaged: {'; '.join(faults[:3])}", advice)
    return Finding("database", True, f"revision {store.database.revision()}, whole")


def _digests(store: Store, settings: Settings, now: datetime) -> Finding:
    needed = alerts(store, settings, now)
    if not needed:
        return Finding("digests", True, "none late, failed or unclear")
    first = "; ".join(x.text for x in needed[:3])
    more = f"; and {len(needed) - 3} more" if len(needed) > 3 else ""
    advice = "Run `paperloop digest due`; `paperloop digest log` lists all."
    return Finding("digests", False, f"{headline(needed)} {first}{more}", advice)


def _encoder(settings: Settings) -> Finding:
    try:
        encoder = find_encoder(settings.encoder, settings.encoders_dir)
        require_extra()
    except RecommenderError as error:
        return Finding("encoder", False, str(error))
    return Finding("encoder", True, f"{encoder.weights}, {encoder.n_bytes / 1e6:.0f} MB")


def _model(store: Store, settings: Settings) -> Finding:
    try:
        manifest = read_manifest(settings.models_dir)
        verify(settings.models_dir)
    except NoModel:
        return Finding("model", True, "none yet", "It is fitted on first use.")
    except ArtifactError as error:
        return Finding("model", False, str(error))
    described = f"{manifest.version}, {manifest.n_papers} papers, {manifest.n_readers} readers"
    if manifest.library_id != store.database.library_id:
        return Finding("model", False, described, "Of another library: run `paperloop fit`.")
    why = refit_due(store, settings)
    return Finding(
        "model", True, described, f"Due for a refit ({why}): `paperloop fit`." if why else ""
    )

"""What `paperloop doctor` looks at: one function a check, each changes nothing."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

from recommender import __version__
from recommender.config import Settings
from recommender.digest.alerts import alarms, headline
from recommender.errors import ArtifactError, NoModel, RecommenderError
from recommender.store import Store
from recommender.training.artifacts import read_manifest
from recommender.training.encoder_models import find_encoder
from recommender.training.encoder_process import require_extra
from recommender.training.fit import refit_due

PACKAGES = ("scikit-learn", "implicit", "sqlmodel", "streamlit", "alembic")
LEAST_FREE_MB = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, what was found, what to do."""

    what: str
    ok: bool
    found: str
    advice: str = ""


def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Look at everything and return the findings; never raises a `RecommenderError`."""
    findings = [_program(), _packages(), _folder(settings)]
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
    advice = "" if free_mb >= LEAST_FREE_MB else "Free some space, or move it with --data-dir."
    return Finding("data directory", not advice, f"{folder} ({free_mb} MB free)", advice)


def _library(store: Store, settings: Settings, now: datetime) -> Iterator[Finding]:
    if store.database.revision() is None:
        yield Finding("library", True, "none yet", "Start with `paperloop up`.")
        return
    store.database.check()
    yield Finding("database", True, f"revision {store.database.revision()}")
    counts = store.counts()
    empty = "" if counts["papers"] else "Import papers: `paperloop import FILE`."
    yield Finding("library", True, ", ".join(f"{n} {what}" for what, n in counts.items()), empty)
    yield _model(store, settings)
    if settings.encoder:
        yield _encoder(settings)
    yield _digests(store, settings, now)


def _digests(store: Store, settings: Settings, now: datetime) -> Finding:
    found = alarms(store, settings, now)
    if not found:
        return Finding("digests", True, "none late, failed or unclear")
    first = "; ".join(x.text for x in found[:3])
    more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
    advice = "Run `paperloop digest due`; `paperloop digest log` lists all."
    return Finding("digests", False, f"{headline(found)} {first}{more}", advice)


def _encoder(settings: Settings) -> Finding:
    try:
        found = find_encoder(settings.encoder, settings.encoders_dir)
        require_extra()
    except RecommenderError as error:
        return Finding("encoder", False, str(error))
    return Finding("encoder", True, f"{found.weights}, {found.n_bytes / 1e6:.0f} MB")


def _model(store: Store, settings: Settings) -> Finding:
    try:
        manifest = read_manifest(settings.models_dir)
    except NoModel:
        return Finding("model", True, "none yet", "It is fitted on first use.")
    except ArtifactError as error:
        return Finding("model", False, str(error))
    found = f"{manifest.version}, {manifest.n_papers} papers, {manifest.n_readers} readers"
    if manifest.library_id != store.database.library_id:
        return Finding("model", False, found, "Of another library: run `paperloop fit`.")
    why = refit_due(store, settings)
    return Finding(
        "model", True, found, f"Due for a refit ({why}): `paperloop fit`." if why else ""
    )

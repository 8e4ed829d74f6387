"""Settings: flags over environment over ``config.toml`` over defaults.

The only module that reads the environment. Everything else is handed a
`Settings`. Variables are named ``PAPERLOOP_<FIELD>``; the file is
``config.toml`` in the data directory.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from recommender.domain import EventKind, EventMeaning
from recommender.domain.readers import SKIP_WEIGHT
from recommender.errors import ConfigError

CONFIG_FILE = "config.toml"
OLDEST_JAVA = 17
"""The oldest version of Java that runs Spark 4."""


class Meaning(BaseModel):
    """What one event kind says: preference weight, half-life in days (None: never fades)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    weight: float = Field(
        ge=-10, le=10, allow_inf_nan=False, description="Preference weight; 1 is one like."
    )
    half_life_days: float | None = Field(
        default=None, gt=0, description="Days after which the weight has halved; none: never."
    )


class AlsSettings(BaseModel):
    """The implicit-feedback model: measured defaults, for any size of catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    factors: int = Field(
        default=256,
        ge=2,
        le=1024,
        description="Maximum number of factors; small catalogues use fewer.",
    )
    regularization: float = Field(default=300.0, gt=0, description="L2 penalty on all factors.")
    alpha: float = Field(
        default=300.0, gt=0, description="Confidence of a cell: alpha times its preference weight."
    )
    iterations: int = Field(default=10, ge=1, le=200, description="Rounds of the fit.")
    text_strength: float = Field(
        default=2.0, gt=0, description="How strongly the words of a paper count in the fit."
    )
    threads: int = Field(
        default=0,
        ge=0,
        le=256,
        description="Threads of the fit, which give the same model; 0: one for each processor.",
    )


class SparkSettings(BaseModel):
    """The fit on Apache Spark, for libraries that one machine cannot fit."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    master: str = Field(
        default="local[2]",
        pattern=r"^\S+$",
        max_length=2_000,
        description="Master of the engine `spark`, such as `spark://host:7077`; `local[2]`: two "
        "processes on this machine.",
    )
    folder: Path | None = Field(
        default=None,
        description="Folder of an unfinished fit, which driver and workers reach under the same "
        "path; default: `spark/` in the data directory.",
    )
    papers_per_part: int = Field(
        default=10_000,
        ge=1,
        description="Papers of a task: more need more memory, fewer more time.",
    )
    properties: dict[str, str] = Field(
        default_factory=dict,
        description="Properties of Spark by name, such as `spark.executor.memory`.",
    )

    @property
    def is_local(self) -> bool:
        """Whether Spark runs inside the process that fits."""
        return self.master.startswith("local")

    @property
    def is_on_loopback(self) -> bool:
        """Whether everything runs on this machine."""
        host = self.master.partition("://")[2].rpartition(":")[0]
        return self.is_local or host in ("localhost", "[::1]") or host.startswith("127.")


class SmtpSettings(BaseModel):
    """The server that takes our mail; without a host no mail is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    host: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9.:_-]*$",
        max_length=253,
        description="Name of the mail server; empty: no mail is sent.",
    )
    port: int | None = Field(
        default=None, ge=1, le=65535, description="Port; none: the usual one for `security`."
    )
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="Encryption; `none` only for a server on this machine."
    )
    user: str = Field(default="", max_length=320, description="Name to sign in with; may be empty.")
    password: SecretStr | None = Field(default=None, description="Password of `user`.")
    sender: str = Field(
        default="",
        pattern=r"^([!-?A-~]+@[A-Za-z0-9.-]+)?$",
        max_length=254,
        description="Address that mail comes from; needed together with `host`.",
    )

    @model_validator(mode="after")
    def _whole(self) -> SmtpSettings:
        if bool(self.host) != bool(self.sender):
            raise ValueError("host and sender, the address that mail comes from, need each other")
        if self.security == "none" and self.host not in ("", "localhost", "127.0.0.1", "::1"):
            raise ValueError("security none is for a server on this machine only")
        if self.user and self.password is None:
            raise ValueError("a user needs a password")
        return self


WebAddress = Annotated[str, Field(pattern=r"^https?://[^\s/]\S*$", max_length=2_000)]
Pause = Annotated[float, Field(ge=0, le=3_600, allow_inf_nan=False)]

DEFAULT_EVENTS = {
    "like": Meaning(weight=1.0),
    "save": Meaning(weight=2.0),
    "open": Meaning(weight=0.2),
    "skip": Meaning(weight=SKIP_WEIGHT),
    "dislike": Meaning(weight=-1.0),
}


class Settings(BaseSettings):
    """Everything that can be set, with the default of a laptop for one person."""

    model_config = SettingsConfigDict(
        env_prefix="PAPERLOOP_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("paperloop")),
        description="Folder of the database, the models and the digests; "
        "default: the user data directory of the platform.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="Database URL such as `postgresql://…` (needs `paperloop[postgres]`); "
        "default: an SQLite file in the data directory.",
    )
    reader: str = Field(default="me", description="Name of the default reader.")
    seed: int = Field(default=0, ge=0, description="Seed for everything random.")
    slate_size: int = Field(default=10, ge=1, le=200, description="Papers in a slate.")
    events: dict[str, Meaning] = Field(
        default_factory=dict,
        description="What each kind of event means. Defaults: like 1, save 2, open 0.2, "
        f"skip {SKIP_WEIGHT}, dislike -1; none fades.",
    )
    likes_per_reader: float | None = Field(
        default=None,
        gt=0,
        description="How many likes one reader counts as, at most, when others learn from them, so "
        "that nobody moves many places of another's slate; about 5 where you do not know all "
        "readers. None: no limit. Takes effect at the next fit.",
    )
    als: AlsSettings = Field(default=AlsSettings(), description="The implicit-feedback model.")
    engine: Literal["local", "spark"] = Field(
        default="local",
        description="Where models are fitted: `local`, in one process, or `spark` (needs "
        "`paperloop[spark]` and Java 17).",
    )
    spark: SparkSettings = Field(default=SparkSettings(), description="The engine `spark`.")
    encoder: str = Field(
        default="",
        max_length=2_000,
        description="Sentence encoder, used at the fit (needs `paperloop[semantic]`): a model that "
        "`paperloop encoder get` fetched, or a folder; empty: word embeddings learned from your "
        "catalogue.",
    )
    refit_after_events: int = Field(
        default=50,
        ge=1,
        description="New events after which the model is refitted; a hundredth of all events "
        "where that is more, and not before twenty times as long as the last fit took.",
    )
    refit_after_papers: int = Field(
        default=200,
        ge=1,
        description="New papers after which the model is refitted; a hundredth of the library "
        "where that is more, and a tenth of a small one, at least 20, where that is less.",
    )
    import_minutes: float = Field(
        default=30.0,
        gt=0,
        le=100_000,
        description="Minutes of processor time that the import of one file may take, in the app "
        "and on the command line; what was stored until then is kept.",
    )
    digest_size: int = Field(default=10, ge=1, le=100, description="Maximum papers in a digest.")
    digest_bar: float | None = Field(
        default=None,
        description="Minimum score of a paper in a digest (0 is an average paper), the same for "
        "all readers; unset: each reader's own, from what they like.",
    )
    timezone: str = Field(
        default="UTC", description="Time zone in which the week of a digest begins."
    )
    smtp: SmtpSettings = Field(
        default=SmtpSettings(),
        description="Mail server that sends digests.",
    )
    base_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$",
        max_length=500,
        description="Address of the app for its readers, such as `https://papers.example.org`; "
        "links in a digest need it.",
    )
    digest_folder: Path | None = Field(
        default=None,
        description="Folder for digests as files; default: `digests/` in the data directory.",
    )
    schedule: bool = Field(
        default=True,
        description="Whether the app runs planned fetches and sends digests that are due, "
        "checking every minute.",
    )
    allowed_hosts: tuple[str, ...] = Field(
        default=(),
        description="Host names of the app besides `localhost` and `127.0.0.1`, "
        "for example behind a proxy.",
    )
    api_requests_per_minute: int = Field(
        default=600,
        ge=1,
        le=1_000_000,
        description="Requests that a token of the API may make in a minute, of each process.",
    )
    metrics: bool = Field(
        default=False,
        description="Whether `/_stcore/metrics` answers with measurements of the process; "
        "anyone who reaches the app can read them.",
    )
    contact: str = Field(
        default="",
        max_length=200,
        description="Your mail address, sent to the sources that papers are fetched from, "
        "so that they can contact you.",
    )
    source_keys: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="API keys of network sources, by name; no source needs one.",
    )
    source_urls: dict[str, WebAddress] = Field(
        default_factory=dict,
        description="Base addresses of network sources, by name, for a mirror.",
    )
    source_pauses: dict[str, Pause] = Field(
        default_factory=dict,
        description="Seconds between requests, by source; shorter than the source asks for "
        "only works on a mirror.",
    )

    notify_urls: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="Where notifications of digests go, by reader: an address of apprise's such "
        "as `ntfy://topic` (needs `paperloop[notify]`).",
    )
    alarm_url: SecretStr | None = Field(
        default=None,
        description="Where alarms about digests go (late, failed, unclear): an address of "
        "apprise's (needs `paperloop[notify]`).",
    )
    zotero_keys: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="Keys of Zotero's web API, by reader; see `paperloop zotero`.",
    )
    zotero_url: WebAddress = Field(
        default="https://api.zotero.org", description="Address of Zotero's web API."
    )

    fetch_private_networks: bool = Field(
        default=False,
        description="Whether sources and feeds may be fetched from this machine and private "
        "networks, for example from a mirror.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Rank the sources: arguments, environment, then the file of the data directory."""
        folder = init_settings().get("data_dir") or env_settings().get("data_dir")
        default = platformdirs.user_data_dir("paperloop")
        toml = TomlConfigSettingsSource(settings_cls, Path(folder or default) / CONFIG_FILE)
        return init_settings, env_settings, toml

    @field_validator(
        "source_keys",
        "source_urls",
        "source_pauses",
        "zotero_keys",
        "notify_urls",
        mode="before",
    )
    @classmethod
    def _with_hyphens(cls, given: object) -> object:
        # A variable's name cannot hold a hyphen: PAPERLOOP_SOURCE_KEYS__SEMANTIC_SCHOLAR.
        if not isinstance(given, dict):
            return given
        return {str(name).replace("_", "-"): value for name, value in given.items()}

    @model_validator(mode="after")
    def _known_events(self) -> Settings:
        unknown = sorted(set(self.events) - set(DEFAULT_EVENTS))
        if unknown:
            known = ", ".join(DEFAULT_EVENTS)
            raise ValueError(f"events: unknown kind {unknown[0]!r}; known are {known}")
        return self

    @property
    def url(self) -> str:
        """The database URL to connect to; may hold a password, never print it."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'paperloop.sqlite3'}"

    @property
    def models_dir(self) -> Path:
        """Folder of the fitted models."""
        return self.data_dir / "models"

    @property
    def encoders_dir(self) -> Path:
        """Folder of the sentence encoders that were fetched."""
        return self.data_dir / "encoders"

    @property
    def meanings(self) -> dict[EventKind, EventMeaning]:
        """What every kind of event means, defaults filled in."""
        table = DEFAULT_EVENTS | self.events
        return {EventKind(k): EventMeaning(m.weight, m.half_life_days) for k, m in table.items()}


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; an override that is None counts as not given.

    Raises
    ------
    ConfigError
        A value is malformed, or the file is not TOML; names the setting.
    """
    given = {k: v for k, v in overrides.items() if v is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(x) for x in first["loc"]) or "settings"
        pattern = first["type"] == "string_pattern_mismatch"
        said = "the value is not of the form that is needed" if pattern else first["msg"]
        raise ConfigError(f"Setting {name}: {said}. See `paperloop --help`.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"config.toml cannot be read: {error}") from error
    return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})


def public_settings(settings: Settings) -> dict[str, Any]:
    """Return what was set otherwise than by default, as JSON values; secrets and paths are not."""
    secret = {"data_dir", "database_url", "digest_folder", "smtp", "spark", *_secrets(Settings)}
    return settings.model_dump(mode="json", exclude=secret, exclude_defaults=True)


def has_secrets_in_file(settings: Settings) -> bool:
    """Return whether ``config.toml`` holds a password, a key or a database URL."""
    try:
        held = tomllib.loads((settings.data_dir / CONFIG_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    smtp = held.get("smtp")
    in_smtp = _secrets(SmtpSettings) & set(smtp) if isinstance(smtp, dict) else set()
    return bool(_secrets(Settings) & set(held) or in_smtp)


def _secrets(model: type[BaseModel]) -> set[str]:
    return {name for name, x in model.model_fields.items() if "SecretStr" in str(x.annotation)}


def child_environment(settings: Settings) -> dict[str, str]:
    """Return the environment in which a child process finds the same library.

    Secrets travel here and never on a command line, which other users can read.
    """
    environment = os.environ | {"PAPERLOOP_DATA_DIR": str(settings.data_dir)}
    if settings.database_url is not None:
        environment["PAPERLOOP_DATABASE_URL"] = settings.database_url.get_secret_value()
    return environment


def prepare_for_spark(settings: SparkSettings) -> dict[str, str] | None:
    """Set what pyspark reads from the environment; return the properties that follow from it.

    None where there is no Java 17 or newer.
    """
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None or java_version(java) < OLDEST_JAVA:
        return None
    # Workers use the same interpreter under the same path, as in containers of one image.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    properties: dict[str, str] = {}
    if settings.is_on_loopback:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        properties |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    if "PYTHONPATH" in os.environ:
        properties["spark.executorEnv.PYTHONPATH"] = os.environ["PYTHONPATH"]
    return properties


def java_version(java: str) -> int:
    """Return the main version of a Java program, 0 where it does not run."""
    try:
        command = [java, "-XshowSettings:properties", "-version"]
        said = subprocess.run(command, capture_output=True, timeout=60)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r"java\.specification\.version = (\d+)", said.stderr.decode(errors="replace"))
    return int(found[1]) if found else 0

"""Settings of the network sources, from the environment and the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from recommender.config import load_settings
from recommender.errors import ConfigError


def test_a_variable_names_a_source_with_underscores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERLOOP_SOURCE_KEYS__SEMANTIC_SCHOLAR", "s3cret")
    settings = load_settings(data_dir=tmp_path)
    assert settings.source_keys["semantic-scholar"].get_secret_value() == "s3cret"
    assert "s3cret" not in repr(settings)


def test_the_file_names_mirrors_and_pauses(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        'contact = "ada@example.org"\n'
        '[source_urls]\narxiv-rss = "https://papers.example.org"\n'
        "[source_pauses]\narxiv-rss = 0.5\n"
    )
    settings = load_settings(data_dir=tmp_path)
    assert settings.contact == "ada@example.org"
    assert settings.source_urls == {"arxiv-rss": "https://papers.example.org"}
    assert settings.source_pauses == {"arxiv-rss": 0.5}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("source_urls", {"arxiv": "ftp://example.org"}),
        ("source_urls", {"arxiv": "file:///etc/passwd"}),
        ("source_pauses", {"arxiv": -1}),
        ("source_pauses", {"arxiv": "nan"}),
        ("source_keys", "s3cret"),
        ("source_keys", {"arxiv": ["s3cret"]}),
    ],
)
def test_a_malformed_setting_is_named_and_not_repeated(
    tmp_path: Path, name: str, value: object
) -> None:
    with pytest.raises(ConfigError, match=f"Setting {name}") as error:
        load_settings(data_dir=tmp_path, **{name: value})
    assert "s3cret" not in str(error.value)

"""The process that serves: health, hosts, headers, theme, and a taken port."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from libraries import Library
from starlette.testclient import TestClient
from streamlit import config

from recommender.errors import RecommenderError
from recommender.private_files import signing_key
from ui import app_state, server
from ui.security_headers import POLICY

Serving = Callable[..., TestClient]


def test_healthz_answers_while_the_process_lives(library: Library, serving: Serving) -> None:
    assert serving(library).get("/healthz").json()["status"] == "ok"


def test_readyz_names_the_model(library: Library, serving: Serving) -> None:
    answer = serving(library).get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "model": app_state.recommender().model_version}


def test_the_first_page_is_found_by_its_name(library: Library, serving: Serving) -> None:
    answer = serving(library).get("/for-you?view=List", follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"] == "./?view=List"


def test_readyz_says_why_the_library_cannot_be_used(
    tmp_path: Path, library: Library, serving: Serving
) -> None:
    other = library.settings.model_copy(update={"data_dir": tmp_path / "nothing"})
    answer = serving(Library(other)).get("/readyz")
    assert answer.status_code == 503
    assert "paperloop db upgrade" in answer.json()["error"]


def test_readyz_says_no_while_nothing_can_be_written(
    library: Library, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = serving(library)
    monkeypatch.setattr(app_state, "READY_SECONDS", 0.0)
    with app_state.store().database.read() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "may not be written" in answer.json()["error"]
    with app_state.store().database.read() as connection:
        connection.exec_driver_sql("PRAGMA query_only = OFF")
    assert client.get("/readyz").status_code == 200


@pytest.mark.slow
def test_readyz_writes_seldom_however_often_it_is_asked(
    library: Library, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_state, "READY_SECONDS", 60.0)
    client = serving(library)
    written: list[int] = []
    kind = type(app_state.store().database)
    monkeypatch.setattr(kind, "check_writable", lambda _: written.append(1))
    assert {client.get("/readyz").status_code for _ in range(5)} == {200}
    assert written == [1]


def test_another_host_name_is_refused_everywhere(library: Library, serving: Serving) -> None:
    client = serving(library)
    for host in ("evil.example", "localhost.evil.example", "0.0.0.0"):
        assert client.get("/healthz", headers={"host": host}).status_code == 400, host
        assert client.post("/api/feedback", json={}, headers={"host": host}).status_code == 400


def test_a_configured_host_name_is_answered(library: Library, serving: Serving) -> None:
    settings = library.settings.model_copy(update={"allowed_hosts": ("papers.example",)})
    assert serving(Library(settings), "papers.example").get("/healthz").status_code == 200


@pytest.mark.parametrize("host", ["203.0.113.7", "203.0.113.7:8501", "[fd00::2]:8501"])
def test_a_bare_address_is_answered_where_others_may_connect(
    library: Library, serving: Serving, host: str
) -> None:
    client = serving(library, "127.0.0.1", "0.0.0.0")
    assert client.get("/healthz", headers={"host": host}).status_code == 200
    for other in ("evil.example", "203.0.113.7.evil.example", "203.0.113.7@evil.example", ""):
        assert client.get("/healthz", headers={"host": other}).status_code == 400, other


def test_only_this_machine_is_answered_where_others_may_not_connect(
    library: Library, serving: Serving
) -> None:
    client = serving(library)
    assert client.get("/healthz", headers={"host": "203.0.113.7"}).status_code == 400


@pytest.mark.parametrize(
    ("host", "why"),
    [("203.0.113.7", "no address of this machine"), ("a b", "no address of a machine")],
)
def test_an_address_of_another_machine_is_one_sentence(
    library: Library, host: str, why: str
) -> None:
    with pytest.raises(RecommenderError, match=why):
        server.serve(library.settings, port=0, open_browser=False, host=host)


@pytest.mark.parametrize(
    ("host", "warned"), [("0.0.0.0", True), ("127.0.0.1", False), ("localhost", False)]
)
def test_a_warning_is_given_where_anyone_may_come_in(
    library: Library,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    host: str,
    warned: bool,
) -> None:
    monkeypatch.setattr(server, "run_server", lambda *_, **__: None)
    monkeypatch.setattr(server.bootstrap, "load_config_options", lambda _: None)
    server.serve(library.settings, port=0, open_browser=False, host=host)
    assert ("no sign-in" in capsys.readouterr().err) == warned


def test_every_answer_keeps_the_page_to_this_server(library: Library, serving: Serving) -> None:
    headers = serving(library).get("/healthz").headers
    assert headers["content-security-policy"] == POLICY
    assert "http:" not in POLICY
    assert "https:" not in POLICY


def test_a_taken_port_is_one_sentence(library: Library) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RecommenderError, match=f"Port {port} cannot be used .*--port"):
            server.serve(library.settings, port=port, open_browser=False)


def test_every_theme_value_is_an_option_of_streamlit() -> None:
    options = server.theme()
    known = config._config_options_template
    assert {x for x in options if x not in known} == set()
    assert {"theme.light.textColor", "theme.dark.textColor"} <= set(options)


def test_nothing_in_the_theme_lies_on_another_host() -> None:
    assert not [x for x in server.theme().values() if "//" in str(x)]


def test_no_usage_is_reported() -> None:
    assert server.CONFIG["browser.gatherUsageStats"] is False


def test_the_signing_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first = signing_key(tmp_path)
    assert signing_key(tmp_path) == first
    assert len(first) == 64
    (path,) = tmp_path.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_libraries_do_not_take_each_others_tokens(tmp_path: Path) -> None:
    assert signing_key(tmp_path / "a") != signing_key(tmp_path / "b")


def test_a_key_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecommenderError, match="signing key"):
        signing_key(tmp_path / "file")


@pytest.mark.parametrize("content", ["", " \n", "a" * 31])
def test_a_key_that_could_be_guessed_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "feedback.key").write_text(content)
    with pytest.raises(RecommenderError, match="empty or too short"):
        signing_key(tmp_path)
    assert (tmp_path / "feedback.key").read_text() == content


def test_the_signing_key_is_on_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, link = os.fsync, os.link

    def note_sync(handle: int) -> None:
        done.append("folder synced" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file synced")
        fsync(handle)

    def note_link(*given: Path) -> None:
        done.append("linked")
        link(*given)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(os, "link", note_link)
    signing_key(tmp_path)
    assert done == ["file synced", "linked", "folder synced"]


def test_an_error_of_ours_is_said_as_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("streamlit.error", said.append)
    assert server._show_error(RecommenderError("Try *again*."))
    assert server._show_error(KeyError("secret"))
    assert said[0].replace("\\", "") == "Try *again*."
    assert "secret" not in said[1]


def test_no_folder_beside_the_app_is_served_by_its_file_names() -> None:
    assert not (Path(server.__file__).parent / "pages").exists()


def test_measurements_are_closed_unless_asked_for(library: Library, serving: Serving) -> None:
    client = serving(library)
    assert client.get("/_stcore/metrics").status_code == 404
    assert client.get("/_stcore/metrics/").status_code == 404
    assert client.get("/_stcore/health").status_code == 200


def test_measurements_can_be_asked_for(library: Library, serving: Serving) -> None:
    settings = library.settings.model_copy(update={"metrics": True})
    assert serving(Library(settings)).get("/_stcore/metrics").status_code == 200

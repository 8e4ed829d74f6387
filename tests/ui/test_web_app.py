"""The manifest, the icons, and the head of the pages."""

from __future__ import annotations

from collections.abc import Callable
from struct import unpack

from libraries import Library
from starlette.testclient import TestClient

from ui import server
from ui.about import NAME, SUMMARY
from ui.web_app import DARK, LIGHT

Serving = Callable[..., TestClient]
PAGE = {"accept": "text/html,application/xhtml+xml"}


def test_the_head_of_every_page_names_the_app(library: Library, serving: Serving) -> None:
    client = serving(library)
    for path in ("/", "/library", "/taste"):
        answer = client.get(path, headers=PAGE)
        assert answer.status_code == 200
        assert f"<title>{NAME}</title>" in answer.text
        assert SUMMARY in answer.text
        assert 'rel="manifest" href="./manifest.webmanifest"' in answer.text
        assert "Streamlit</title>" not in answer.text
        assert int(answer.headers["content-length"]) == len(answer.content)


def test_a_page_kept_from_an_older_version_is_sent_again(
    library: Library, serving: Serving
) -> None:
    client = serving(library)
    kept = client.get("/").headers.get("etag", "W/none")
    assert client.get("/", headers=PAGE | {"if-none-match": kept}).status_code == 200


def test_the_icons_are_there_in_their_sizes(library: Library, serving: Serving) -> None:
    client = serving(library)
    answer = client.get("/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    icons = answer.json()["icons"]
    assert {"192x192", "512x512"} <= {x["sizes"] for x in icons}
    for icon in icons:
        picture = client.get(icon["src"].removeprefix("."))
        assert picture.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            width, height = unpack(">II", picture.content[16:24])
            assert icon["sizes"] == f"{width}x{height}"


def test_no_other_file_is_an_icon(library: Library, serving: Serving) -> None:
    assert serving(library).get("/icons/app.py").status_code == 404


def test_the_script_of_the_head_is_served_whole(library: Library, serving: Serving) -> None:
    client = serving(library)
    assert '<script src="./navigation.js"></script>' in client.get("/", headers=PAGE).text
    script = client.get("/navigation.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert {"function goTo", "function inApp", "AddressKeeper"} <= {
        x for x in ("function goTo", "function inApp", "AddressKeeper") if x in script.text
    }


def test_every_address_of_the_manifest_is_relative(library: Library, serving: Serving) -> None:
    manifest = serving(library).get("/manifest.webmanifest").json()
    urls = [manifest["start_url"], manifest["scope"], *(x["src"] for x in manifest["icons"])]
    assert all(x.startswith("./") for x in [*urls, *(x["url"] for x in manifest["shortcuts"])])


def test_the_colours_are_those_of_the_theme() -> None:
    theme = server.theme()
    assert theme["theme.light.backgroundColor"] == LIGHT
    assert theme["theme.dark.backgroundColor"] == DARK

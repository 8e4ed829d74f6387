"""Pictures of every page of a running app, in three widths, light and dark, to be looked at.

    paperloop up --no-browser --port 8501
    python .ci/screenshots.py http://localhost:8501 FOLDER [--only NAME] [--reader NAME]

Prints for each page how far its parts moved while it was drawn (cumulative layout
shift; 0 is still) and exits with 1 if a script raised an error.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from urllib.parse import quote, urlencode

from playwright.sync_api import Browser, Page, sync_playwright

WIDTHS = {1440: 900, 1024: 768, 390: 844}
SCHEMES = ("light", "dark")
PAGES: dict[str, tuple[str, dict[str, str]]] = {
    "for-you": ("", {}),
    "list": ("", {"view": "List"}),
    "compact": ("", {"view": "Compact"}),
    "search": ("search", {"q": "diffusion"}),
    "search-empty": ("search", {}),
    "search-nothing": ("search", {"q": "xyzzyplugh"}),
    "library": ("library", {}),
    "lists": ("library", {"shelf": "Reading lists"}),
    "import": ("library", {"shelf": "Import"}),
    "sources": ("sources", {}),
    "digest": ("digest", {}),
    "taste": ("taste", {}),
    "taste-map": ("taste", {"side": "Map"}),
    "taste-did": ("taste", {"side": "What you did"}),
    "working": ("working", {}),
    "start": ("start", {}),
    "settings": ("settings", {}),
}
SHIFT = """() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
        for (const x of list.getEntries()) if (!x.hadRecentInput) window.shift += x.value;
    }).observe({ type: 'layout-shift', buffered: true });
}"""


def settle(page: Page) -> None:
    """Wait until a page has been drawn and stands still."""
    page.get_by_test_id("stMain").locator("h1").first.wait_for(timeout=120_000)
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached", timeout=120_000)
    page.wait_for_timeout(1_500)


def shoot(browser: Browser, url: str, folder: Path, names: list[str], reader: str) -> list[str]:
    """Take the pictures; return what scripts complained of."""
    faults: list[str] = []
    for width, height in WIDTHS.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
                is_mobile=width < 500,
                has_touch=width < 500,
            )
            context.on("weberror", lambda error: faults.append(str(error.error)))
            context.add_init_script(f"({SHIFT})()")
            for name in names:
                path, query = PAGES[name]
                page = context.new_page()
                asked = urlencode(query | ({"reader": reader} if reader else {}), quote_via=quote)
                page.goto(f"{url}/{path}?{asked}")
                settle(page)
                page.screenshot(path=folder / f"{name}-{width}-{scheme}.png")
                print(f"{name:>15} {width:>5} {scheme:<6} shift {page.evaluate('shift'):.3f}")
                page.close()
            context.close()
    return faults


def main() -> int:
    """Take the pictures that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", action="append", choices=PAGES)
    parser.add_argument("--reader", default="")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        names = given.only or list(PAGES)
        faults = shoot(browser, given.url.rstrip("/"), given.folder, names, given.reader)
        browser.close()
    print(*faults, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

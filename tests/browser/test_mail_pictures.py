"""A mail on screens of two widths, light and dark: nothing runs over the edge."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser

from recommender.digest.compose.manifest import DigestItem, Manifest
from recommender.digest.render.render import render
from recommender.domain import Reason

pytestmark = pytest.mark.browser
WORD = "Averyveryverylongwordwithoutanyspace"
TITLES = (
    "Toys with $\\pi$ wheels",
    f"<script>alert('x')</script> {WORD * 9}",
    "نموذج لغوي كبير للتعرف على الكلام العربي والترجمة الآلية",
)


def issue() -> Manifest:
    start, end = datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)
    items = tuple(
        DigestItem(
            rank,
            f"title:{rank}",
            title,
            1.0,
            authors=(WORD * 3,) * 9,
            venue=WORD * 4,
            url=f"https://papers.example.org/{rank}",
            abstract=WORD * 12,
            reasons=(Reason("liked", f"Because you liked “{WORD * 6}”."),),
            answers=dict.fromkeys(("like", "skip", "save"), "t" * 160),
        )
        for rank, title in enumerate(TITLES, 1)
    )
    who, when = ("me", WORD * 2, "2026-W47", "UTC"), (start, end, end)
    counts = {"size": 10, "likes": 2, "judged": 3, "library_size": 9, "candidates": 4}
    links = {"base_url": "https://papers.example.org", "expires_at": end, "unsubscribe": "leave"}
    return Manifest(*who, *when, "0" * 32, "model-1", 0, 0.5, **counts, items=items, **links)  # type: ignore[arg-type]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 800])
def test_no_line_of_a_mail_is_wider_than_the_screen(
    browser: Browser, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.set_content(render(issue(), "html"))
    assert page.evaluate("document.documentElement.scrollWidth") == width
    lowest = min(x.bounding_box()["height"] for x in page.locator(".act").all())  # type: ignore[index]
    assert lowest >= 40
    context.close()

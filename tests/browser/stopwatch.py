"""Times in Chromium from a key to what it brings to the screen."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Page

# `event.timeStamp` is when the browser got the key; a message posted in an
# animation frame arrives after that frame has been painted.
_HEAD = """() => {
    const hosts = [...document.querySelectorAll('*')].filter((x) => x.shadowRoot);
    const painted = (then) => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => then(performance.now());
        channel.port2.postMessage(0);
    });
    window.times = { card: [], queue: [] };
    let pressed = null;
    document.addEventListener('keydown', (e) => { pressed = e.timeStamp; }, true);
"""
_START = (
    _HEAD
    + """
    const deck = hosts.map((x) => x.shadowRoot.querySelector('.deck')).find((x) => x);
    const [title, note] = ['.title', '.note'].map((x) => deck.querySelector(x));
    const watch = (node, list, counts) => new MutationObserver(() => {
        if (pressed === null || !counts(node.textContent)) return;
        const start = pressed;
        painted((now) => list.push(now - start));
    }).observe(node, { childList: true, characterData: true, subtree: true });
    let before = title.textContent;
    watch(title, window.times.card, (text) => text !== before && ((before = text), true));
    watch(note, window.times.queue, (text) => / (moved up|keeps its order)\\.$/.test(text));
}"""
)


# The row in focus is painted when the mark has gone to it. New data paint every row, and an answer
# only its own: many rows that get their label again have been ranked again.
_START_ROWS = (
    _HEAD
    + """
    const list = hosts.map((x) => x.shadowRoot.querySelector('.rows .list')).find((x) => x);
    let marked = list.querySelector('.current')?.dataset.paper;
    new MutationObserver((changes) => {
        if (pressed === null) return;
        const start = pressed;
        const now = list.querySelector('.current')?.dataset.paper;
        if (now && now !== marked) {
            marked = now;
            painted((at) => window.times.card.push(at - start));
        }
        const labelled = changes.filter((x) => x.attributeName === 'aria-label');
        if (new Set(labelled.map((x) => x.target)).size > 5) {
            painted((at) => window.times.queue.push(at - start));
        }
    }).observe(list, { subtree: true, attributeFilter: ['class', 'aria-label'] });
}"""
)


@dataclass(frozen=True)
class Times:
    """Milliseconds from key to screen, one a press."""

    name: str
    spent: Sequence[float]

    def __str__(self) -> str:
        """Return median, 95th centile and the longest."""
        centiles = statistics.quantiles(self.spent, n=20)
        return (
            f"{self.name:42} median {statistics.median(self.spent):6.1f} ms   "
            f"p95 {centiles[-1]:6.1f} ms   longest {max(self.spent):6.1f} ms   n={len(self.spent)}"
        )


def press_and_time(page: Page, presses: int, patience_ms: float = 60_000) -> tuple[Times, Times]:
    """Press like and skip, each after the queue of the one before has settled."""
    page.evaluate(_START)
    return _press(page, presses, patience_ms, "paper")


def press_and_time_rows(
    page: Page, presses: int, patience_ms: float = 60_000
) -> tuple[Times, Times]:
    """Do the same in rows: each key moves the mark, and the rows below it are ranked again."""
    page.evaluate(_START_ROWS)
    page.keyboard.press("j")
    page.wait_for_function("window.times.card.length === 1", timeout=patience_ms)
    page.evaluate("window.times.card.length = 0")
    return _press(page, presses, patience_ms, "row")


def _press(page: Page, presses: int, patience_ms: float, what: str) -> tuple[Times, Times]:
    for i in range(presses):
        page.keyboard.press("s" if i % 3 else "l")
        page.wait_for_function(
            "n => window.times.queue.length > n", arg=i, timeout=patience_ms, polling=20
        )
        page.wait_for_timeout(100)
    cards, queues = (page.evaluate(f"window.times.{name}") for name in ("card", "queue"))
    return Times(f"key to next {what} painted", cards), Times("key to re-ranked queue", queues)

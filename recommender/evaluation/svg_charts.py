"""Two kinds of chart as SVG text, so that a report is one file and needs no network.

Altair draws in the browser with scripts from elsewhere, or needs a further
package to embed them; these two charts are small enough to write down. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

WIDTH, LEFT, RIGHT, TOP, ROW, BOTTOM = 720, 150, 90, 10, 24, 34
HEIGHT = 320
PALETTE = ("#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#a463f2", "#97bbf5", "#9c6b4e")
"""Colours most colour-blind readers can tell apart, in turn; the second turn is dashed."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One value with its interval (both ends NaN-free), `strong` for the product itself."""

    label: str
    value: float
    low: float
    high: float
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One curve over the rounds or weeks from 1 on."""

    label: str
    values: Sequence[float]
    strong: bool = False


def interval_chart(title: str, bars: Sequence[Bar]) -> str:
    """Return an SVG of points with whiskers, one row a bar; empty text without bars."""
    if not bars:
        return ""
    top = _round_up(max(max(b.high, b.value) for b in bars))
    height = TOP + ROW * len(bars) + BOTTOM
    parts = [_axis_x(top, height)]
    for i, bar in enumerate(bars):
        y = TOP + ROW * i + ROW / 2
        colour = PALETTE[0] if bar.strong else "currentColor"
        low, mid, high = (_x(v, top) for v in (bar.low, bar.value, bar.high))
        weight = ' font-weight="700"' if bar.strong else ""
        parts.append(
            f'<text x="{LEFT - 10}" y="{y + 4}" text-anchor="end"{weight}>'
            f"{escape(bar.label)}</text>"
            f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}" stroke="{colour}"/>'
            f'<circle cx="{mid:.1f}" cy="{y}" r="4" fill="{colour}"/>'
            f'<text x="{WIDTH - RIGHT + 12}" y="{y + 4}"{weight}>{_short(bar.value)}</text>'
        )
    return _svg(title, height, parts)


def line_chart(title: str, lines: Sequence[Line]) -> str:
    """Return an SVG of curves over rounds or weeks, named at their ends; empty without points."""
    lines = [line for line in lines if len(line.values)]
    if not lines:
        return ""
    top = _round_up(max(max(line.values) for line in lines))
    n = max(len(line.values) for line in lines)
    parts = [_axis_y(top), _ticks(n)]
    ends = _spread([_y(line.values[-1], top) for line in lines])
    for i, line in enumerate(lines):
        colour = PALETTE[i % len(PALETTE)]
        points = " ".join(f"{_step(k, n):.1f},{_y(v, top):.1f}" for k, v in enumerate(line.values))
        width = 3 if line.strong else 1.5
        dashes = ' stroke-dasharray="6 4"' if i >= len(PALETTE) else ""
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"'
            f'{dashes}/><text x="{WIDTH - LEFT + 14}" y="{ends[i] + 4:.1f}" fill="{colour}">'
            f"{escape(line.label)}</text>"
        )
    return _svg(title, HEIGHT, parts)


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg role="img" viewBox="0 0 {WIDTH} {height:.0f}" font-size="12" fill="currentColor">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def _round_up(value: float) -> float:
    """Return the next end of an axis whose quarters are short numbers."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    steps = (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10)
    return next((x * power for x in steps if x * power >= value), value)


def _x(value: float, top: float) -> float:
    return LEFT + max(value, 0.0) / top * (WIDTH - LEFT - RIGHT)


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - max(value, 0.0) / top * (HEIGHT - BOTTOM - TOP)


def _step(k: int, n: int) -> float:
    return 50 + k / max(n - 1, 1) * (WIDTH - LEFT - 50)


def _axis_x(top: float, height: float) -> str:
    marks = (top * k / 4 for k in range(5))
    return "".join(
        f'<line x1="{_x(m, top):.1f}" x2="{_x(m, top):.1f}" y1="{TOP}" y2="{height - BOTTOM}"'
        f' stroke="currentColor" opacity=".15"/>'
        f'<text x="{_x(m, top):.1f}" y="{height - 14}" text-anchor="middle">{_short(m)}</text>'
        for m in marks
    )


def _axis_y(top: float) -> str:
    marks = (top * k / 4 for k in range(5))
    return "".join(
        f'<line x1="50" x2="{WIDTH - LEFT}" y1="{_y(m, top):.1f}" y2="{_y(m, top):.1f}"'
        f' stroke="currentColor" opacity=".15"/>'
        f'<text x="44" y="{_y(m, top) + 4:.1f}" text-anchor="end">{_short(m)}</text>'
        for m in marks
    )


def _ticks(n: int) -> str:
    every = max(n // 10, 1)
    return "".join(
        f'<text x="{_step(k, n):.1f}" y="{HEIGHT - 14}" text-anchor="middle">{k + 1}</text>'
        for k in range(0, n, every)
    )


def _spread(heights: Sequence[float]) -> list[float]:
    """Move labels apart so that none covers another."""
    placed = list(heights)
    order = sorted(range(len(heights)), key=heights.__getitem__)
    for before, this in pairwise(order):
        placed[this] = max(placed[this], placed[before] + 13)
    return placed


def _short(value: float) -> str:
    return f"{value:.3g}" if value >= 0.1 or value == 0 else f"{value:.4f}".lstrip("0")

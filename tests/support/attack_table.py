"""The table that `make attack` prints: what was tried, how often, and what was lost."""

from __future__ import annotations

from dataclasses import astuple, dataclass

HEAD = ("attack", "how often", "acknowledged", "lost", "twice", "attempts that failed")


@dataclass(frozen=True)
class Row:
    """One attack, and what became of what somebody had been told was kept or sent."""

    attack: str
    times: int
    acknowledged: int
    lost: int
    twice: int
    failed: int


ROWS: list[Row] = []


def note(row: Row) -> None:
    """Keep a row for the table; fail where anything was lost or done twice."""
    ROWS.append(row)
    assert (row.lost, row.twice) == (0, 0), row


def table() -> str:
    """Return all rows as a table in Markdown."""
    rows = [[f"{x:,}" if isinstance(x, int) else x for x in astuple(row)] for row in ROWS]
    return "\n".join(f"| {' | '.join(x)} |" for x in (HEAD, ["---"] * len(HEAD), *rows))

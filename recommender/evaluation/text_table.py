"""Tables as text, for a terminal. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def align(rows: Sequence[Sequence[str]], between: str = "  ") -> list[str]:
    """Return a line for each row, columns aligned: the first to the left, all others to the right.

    Parameters
    ----------
    rows
        Cells; every row has as many as the first.
    between
        What stands between two columns.
    """
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        between.join(
            x.rjust(w) if i else x.ljust(w)
            for i, (x, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]

"""Which text id is which row number."""

from __future__ import annotations

from abc import abstractmethod
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Which text id is which row number; the order never changes."""

    ids: Sequence[str]
    _index: Mapping[str, int] = field(repr=False, compare=False)

    @classmethod
    def of(cls, ids: Iterable[str]) -> Vocabulary:
        """Give the ids numbers in their order; raises ValueError on a repeat."""
        ordered = tuple(ids)
        index = {x: i for i, x in enumerate(ordered)}
        if len(index) != len(ordered):
            raise ValueError("a vocabulary holds every id once")
        return cls(ordered, index)

    def extended(self, ids: Iterable[str]) -> Vocabulary:
        """Return a vocabulary with more ids behind these, which stay where they are.

        Raises ValueError on a repeat.
        """
        more = tuple(ids)
        index = {x: i for i, x in enumerate(more, len(self.ids))}
        if len(index) != len(more) or any(x in self._index for x in more):
            raise ValueError("a vocabulary holds every id once")
        first, before = self.ids, self._index
        if isinstance(first, Joined) and isinstance(before, ChainMap):
            # Two layers, however often papers came: those of the fit, and all since.
            index, before = {**before.maps[0], **index}, before.maps[1]
            more = (*first.more, *more)
            first = first.first
        return Vocabulary(Joined(first, more), ChainMap(index, before))  # type: ignore[arg-type]

    def index(self, text_id: str) -> int | None:
        """Return the row number, or None for an id that is not held."""
        return self._index.get(text_id)

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __contains__(self, text_id: object) -> bool:
        return text_id in self._index


class Texts(Sequence[str]):
    """Texts by their number, wherever they are kept."""

    @abstractmethod
    def text(self, row: int) -> str:
        """Return one text; `row` is from 0 to below the number of texts."""

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            return tuple(self.text(i) for i in range(*at.indices(len(self))))
        row = at + len(self) if at < 0 else at
        if not 0 <= row < len(self):
            raise IndexError(at)
        return self.text(row)


@dataclass(frozen=True, eq=False)
class Joined(Texts):
    """Texts, and a few more behind them."""

    first: Sequence[str]
    more: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.first) + len(self.more)

    def text(self, row: int) -> str:
        """Return one text."""
        n_first = len(self.first)
        return self.first[row] if row < n_first else self.more[row - n_first]

    def __iter__(self) -> Iterator[str]:
        yield from self.first
        yield from self.more

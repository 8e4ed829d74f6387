"""Which text id is which row number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Which text id is which row number; the order never changes."""

    ids: tuple[str, ...]
    _index: Mapping[str, int] = field(repr=False, compare=False)

    @classmethod
    def of(cls, ids: Iterable[str]) -> Vocabulary:
        """Give the ids numbers in their order; raises ValueError on a repeat."""
        ordered = tuple(ids)
        index = {x: i for i, x in enumerate(ordered)}
        if len(index) != len(ordered):
            raise ValueError("a vocabulary holds every id once")
        return cls(ordered, index)

    def index(self, text_id: str) -> int | None:
        """Return the row number, or None for an id that is not held."""
        return self._index.get(text_id)

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __contains__(self, text_id: object) -> bool:
        return text_id in self._index

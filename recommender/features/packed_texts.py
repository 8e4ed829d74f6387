"""Many texts as a few arrays, found without a Python object for each. Pure.

A million ids as a tuple and a dictionary take 200 MB in each process. As bytes, places and
sorted hashes they stay in a file that is mapped into memory, and a look-up reads a few of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.domain.vocabulary import Texts
from recommender.features.serialisation import packed, unpacked

MAX_REMEMBERED = 100_000
"""Texts whose numbers are kept once found: a reader's papers are looked up on every request."""
MAX_UNPACKED = 20_000
"""Up to so many texts a tuple and a dictionary are small, and faster."""


class PackedTexts(Texts):
    """Texts as bytes of one array.

    Parameters
    ----------
    texts
        UTF-8 bytes, each text ended by a zero byte; see `serialisation.packed`.
    starts
        ``(n + 1,) int64`` where each begins, and the end of the last.
    """

    def __init__(self, texts: NDArray[np.uint8], starts: NDArray[np.int64]) -> None:
        self._texts = texts
        self._starts = starts

    def __len__(self) -> int:
        return self._starts.size - 1

    def text(self, row: int) -> str:
        """Return one text."""
        return self.raw(row).decode()

    def raw(self, row: int) -> bytes:
        """Return the bytes of one text."""
        return self._texts[self._starts[row] : self._starts[row + 1] - 1].tobytes()

    def __iter__(self) -> Iterator[str]:
        return iter(unpacked(self._texts))


class PackedIndex(Mapping[str, int]):
    """The number of each text.

    Parameters
    ----------
    hashes, numbers
        ``(n,) uint64`` ascending, and ``(n,) int64`` the text that each is of.
    """

    def __init__(
        self, texts: PackedTexts, hashes: NDArray[np.uint64], numbers: NDArray[np.int64]
    ) -> None:
        self._texts = texts
        self._hashes = hashes
        self._numbers = numbers
        self._found: dict[str, int] = {}

    def __getitem__(self, text: str) -> int:
        found = self._found.get(text)
        if found is None:
            found = self._search(text)
            if len(self._found) >= MAX_REMEMBERED:
                self._found = {}
            self._found[text] = found
        return found

    def _search(self, text: str) -> int:
        raw = text.encode(errors="surrogatepass")
        wanted = _hash(raw)
        at = int(np.searchsorted(self._hashes, wanted))
        while at < self._hashes.size and self._hashes[at] == wanted:
            number = int(self._numbers[at])
            if self._texts.raw(number) == raw:
                return number
            at += 1
        raise KeyError(text)

    def __len__(self) -> int:
        return len(self._texts)

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)


def texts_of(name: str, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return texts and what finds them as arrays, under names that begin with `name`."""
    raw = [x.encode() for x in texts]
    hashes = np.array([_hash(x) for x in raw], dtype=np.uint64)
    numbers = np.argsort(hashes, kind="stable")
    ends = np.cumsum([len(x) + 1 for x in raw], dtype=np.int64)
    return {
        name: packed(texts),
        f"{name}_starts": np.concatenate([np.zeros(1, dtype=np.int64), ends]),
        f"{name}_hashes": hashes[numbers],
        f"{name}_numbers": numbers,
    }


def texts_from(
    name: str, arrays: Mapping[str, NDArray[Any]]
) -> tuple[Sequence[str], Mapping[str, int]]:
    """Rebuild texts and their numbers from what `texts_of` gave.

    From the texts alone where an older model has nothing else.
    """
    starts = arrays.get(f"{name}_starts")
    if starts is None or starts.size <= MAX_UNPACKED:
        texts = unpacked(arrays[name])
        return texts, {x: i for i, x in enumerate(texts)}
    found = PackedTexts(arrays[name], starts)
    return found, PackedIndex(found, arrays[f"{name}_hashes"], arrays[f"{name}_numbers"])


def _hash(raw: bytes) -> np.uint64:
    # A cryptographic hash: ids from outside cannot be made to collide, which would be slow.
    return np.uint64(int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "little"))

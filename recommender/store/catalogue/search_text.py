"""Text as the search index holds it, on both databases and in queries. Pure.

SQLite's triggers call `title_text` and `names_text` (see `store.engines`); PostgreSQL has
the same in SQL, from the migration that made the index. A test compares the two.

- A character of a script without spaces is a word of its own, written in ASCII letters that
  no stemmer and no Unicode table of a database changes; a run is looked for as a phrase.
- A compound (``pre-training``) stands there twice: in parts, and joined at the end of its
  field (``pretraining``), so that each spelling finds the other.
- Names end in ``q``, which keeps them from being stemmed: Levine is not Levin.
"""

from __future__ import annotations

import re
from itertools import pairwise

from recommender.domain.segmentation import DROPPED, HYPHENS, UNSPACED, folded, has_unspaced

_LETTER = rf"[^\W_{UNSPACED}{DROPPED}]"
_COMPOUND = re.compile(rf"(?<!{_LETTER}){_LETTER}++(?:[{HYPHENS}]{_LETTER}++)+")
_PARTED = re.compile(f"[{HYPHENS}]")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_WORD_END = re.compile(r"(?<=[^\W_])(?![^\W_])")
_LETTERS = str.maketrans("0123456789abcdef", "bcdfghjklmnprtvw")
END_OF_NAME = "q"


def title_text(text: str) -> str:
    """Return a title, an abstract or a venue as it is indexed."""
    if text.isascii() and "-" not in text:
        return text
    plain = folded(text)
    # Looked for in these chunks alone: most have no hyphen, and the pattern is slow on all of them.
    if plain.isascii():
        chunks = [x for x in plain.split() if "-" in x]
    else:
        parted = plain.split() if _PARTED.search(plain) else ()
        chunks = [x for x in parted if "-" in x or (not x.isascii() and _PARTED.search(x))]
    joined = [x for found in _COMPOUND.findall(" ".join(chunks)) for x in joined_forms(found)]
    if has_unspaced(plain):
        plain = _UNSPACED.sub(lambda x: f" {code(x.group())} ", plain)
    return " ".join((plain, *joined))


def names_text(text: str) -> str:
    """Return the authors, as JSON or as words, as they are indexed."""
    return _WORD_END.sub(END_OF_NAME, title_text(text))


def code(character: str) -> str:
    """Return the word that stands for one character of a script without spaces."""
    # Consonants only, and a q at the end: no suffix that a stemmer could take off.
    return f"{ord(character):x}".translate(_LETTERS) + "q"


def codes(run: str) -> list[str]:
    """Return the words that stand for a run of a script without spaces."""
    return [code(x) for x in run]


def parts(word: str) -> list[str]:
    """Return the parts of a compound, or the word alone."""
    return [x for x in _PARTED.split(word) if x]


def joined_forms(compound: str) -> list[str]:
    """Return a compound in one word, and each two of its neighbours where it has more parts.

    ``pre-training-free`` is ``pretrainingfree``, ``pretraining`` and ``trainingfree``.
    """
    if compound.count("-") == 1 and compound.isascii():
        return [compound.replace("-", "")]
    cut = parts(compound)
    pairs = [a + b for a, b in pairwise(cut)] if len(cut) > 2 else []
    return ["".join(cut), *pairs]

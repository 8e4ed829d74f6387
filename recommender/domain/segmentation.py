"""Words of text in every script, also of those that write no spaces between words. Pure.

Chinese, Japanese, Thai, Lao, Khmer and Burmese put no space between words, Korean puts one
only where a phrase ends, and in Indic scripts vowels are marks, which regular expressions do
not take for letters. A run of such characters is cut into overlapping pairs (character
bigrams), as Lucene's CJK analyser does: no dictionary, the same result on every machine, and
what is found in a run is exact.

Not used: jieba, MeCab, PyThaiNLP. Each knows one language, brings a dictionary of 10 to 200
MB, cuts names and new terms wrongly, and changes its cuts between versions, so that an index
and a query of different days do not meet.
"""

from __future__ import annotations

import re
import unicodedata

UNSPACED = (
    "\u0900-\u0963\u0966-\u0df3"  # Indic scripts, without the marks that end a sentence
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf"  # Thai, Lao
    "\u1000-\u103f\u1050-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f"  # Burmese
    "\u1780-\u17d3\u17d7\u17dc-\u17dd"  # Khmer
    "\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb"  # Hangul
    "\u2e80-\u2fd5\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c"  # Han
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
    "\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # kana
    "\u3105-\u312f\u31a0-\u31bf"  # Bopomofo
)
"""Characters that are looked for one by one, as the inside of a regular expression's class."""

DROPPED = (
    "\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew points
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u00ad\u200c\u200d\u2060\ufe00-\ufe0f\ufeff"  # invisible inside a word
)
"""Accents, points and invisible characters that do not count, as above."""

HYPHENS = "\\-\u2010-\u2013\u2212"
"""Characters that part a compound word, as above."""

_UNSPACED_RUN = re.compile(f"[{UNSPACED}]+")
_DROPPED = re.compile(f"[{DROPPED}]+")


def folded(text: str) -> str:
    """Return a text without accents and invisible characters; case and punctuation stay.

    Vowel signs stay in the scripts that cannot be read without them.
    """
    if text.isascii():
        return text
    # A character is taken apart (NFKD), its accents fall, and syllables are whole again (NFC).
    plain = _DROPPED.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", plain)


def has_unspaced(text: str) -> bool:
    """Return whether a text holds a character of a script that is cut into pairs."""
    return not text.isascii() and _UNSPACED_RUN.search(text) is not None


def split_scripts(word: str) -> list[str]:
    """Return a word cut where it changes between a script of `UNSPACED` and another one.

    ``T细胞`` is ``T`` and ``细胞``. The pieces make up the word.
    """
    if word.isascii():
        return [word] if word else []
    pieces: list[str] = []
    end = 0
    for run in _UNSPACED_RUN.finditer(word):
        pieces += [word[end : run.start()], run.group()]
        end = run.end()
    return [x for x in (*pieces, word[end:]) if x]


def bigrams(run: str) -> list[str]:
    """Return the overlapping pairs of a run's characters; one character stays alone."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]

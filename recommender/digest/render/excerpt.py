"""The beginning of an abstract, cut after a whole sentence. Pure."""

from __future__ import annotations

import re

from recommender.escaping import one_line

MAX_CHARACTERS = 480
"""Maximum characters of an excerpt."""

_SENTENCE_END = re.compile(r"[.!?。！？][\"'”’)\]]*(?=\s+[^a-z\s]|$)|[。！？](?=\S)")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|et al|etc|cf|vs|resp|approx|ca|Fig|Figs|Eq|Eqs|Sec|Ref|Refs|No|Dr"
    r"|Prof|Mr|Mrs|Ms|St|[A-Z])\.$"
)


def excerpt(abstract: str, max_characters: int = MAX_CHARACTERS) -> str:
    """Return the first whole sentences of an abstract, on one line of at most `max_characters`.

    A longer abstract ends in ``" …"``. When not even the first sentence fits,
    it is cut between two words.
    """
    text = one_line(abstract)
    if len(text) <= max_characters:
        return text
    room = max_characters - len(" …")
    ends = [m.end() for m in _SENTENCE_END.finditer(text[: room + 1]) if _is_end(text, m)]
    fitting = [end for end in ends if end <= room]
    return f"{text[: fitting[-1]] if fitting else _whole_words(text, room)} …"


def _is_end(text: str, match: re.Match[str]) -> bool:
    return not _ABBREVIATED.search(
        text, match.start() - 10 if match.start() > 10 else 0, match.start() + 1
    )


def _whole_words(text: str, room: int) -> str:
    cut = text[: room + 1].rpartition(" ")[0]
    return cut.rstrip() or text[:room]

"""The parts of an author's name, as BibTeX, RIS and CSL want them apart. Pure.

The catalogue keeps a family name as it is written ("van der Berg", "King Jr.").
Particles are the words before the last that begin in lower case; a suffix is
one of a short list, since a longer guess would cut real names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from recommender.domain import Author
from recommender.escaping import one_line

_SUFFIX = re.compile(r"^(.*?\S)(?:\s*,\s*|\s+)(Jr\.?|Sr\.?|Jnr\.?|Snr\.?|II|III|IV|2nd|3rd)$")


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name in parts; either `literal` alone, or `family` with the other parts."""

    given: str = ""
    particle: str = ""
    family: str = ""
    suffix: str = ""
    literal: str = ""

    @property
    def last(self) -> str:
        """Particle and family name together."""
        return f"{self.particle} {self.family}".strip()

    @property
    def is_plain_family(self) -> bool:
        """True for a family name of one word that can stand alone, as "Plato" does."""
        return not (self.suffix or " " in self.last or self.family.casefold() == "others")

    @property
    def has_inner_particle(self) -> bool:
        """True when a later word of the family name is in lower case ("Souza e Silva")."""
        return any(word[:1].islower() for word in self.family.split(" ")[1:])

    @property
    def sorted_name(self) -> str:
        """The name with the family first: ``Family, Given, Suffix``."""
        return self.literal or ", ".join(x for x in (self.last, self.given, self.suffix) if x)


def name_parts(author: Author) -> NameParts:
    """Take a name apart; a name of one part only is kept whole as a literal."""
    given, family = one_line(author.given), one_line(author.family)
    literal = one_line(author.literal)
    if literal or not (given or family):
        return NameParts(literal=literal)
    if not family:
        return NameParts(literal=given)
    family, suffix = _cut_suffix(family)
    if not suffix:
        given, suffix = _cut_suffix(given)
    particle, family = _cut_particle(family)
    return NameParts(given=given, particle=particle, family=family, suffix=suffix)


def known_names(authors: tuple[Author, ...]) -> list[NameParts]:
    """Return the parts of all names in order, empty ones left out."""
    return [x for x in map(name_parts, authors) if x.sorted_name]


def _cut_suffix(name: str) -> tuple[str, str]:
    match = _SUFFIX.match(name)
    return (match.group(1), match.group(2)) if match else (name, "")


def _cut_particle(family: str) -> tuple[str, str]:
    words = family.split(" ")
    n = 0
    while n < len(words) - 1 and words[n].lstrip("'’ʼ‘`")[:1].islower():
        n += 1
    return " ".join(words[:n]), " ".join(words[n:])

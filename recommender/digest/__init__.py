"""The weekly digest: a manifest composed once, and everything rendered from it.

schedule   which week or day, from when to when; dates: how people say it
window     which papers are of an issue; pool: which of them are still open
choose     the ranked papers that come in, and the fate of the others; fates: kept small
issue      all of this for one reader -> manifest
compose    an issue made once, stored by the first to write it; many: for many readers
manifest   all that a digest is, made of entries; as JSON the same bytes every time
items      a ranked paper as an item; abridge: its abstract in short
since      what happened since the issue before; changes: the same in words
wording    what a digest says besides its papers
render     manifest -> HTML, text, Markdown, an Atom entry
why        what became of any paper in any issue
deliver    files, written whole or not at all

plan       when, where and how long a reader wants it; due: which issue that makes due
mail       manifest -> one mail; smtp: hands it over and says what became of it
feed       manifests -> Atom
dispatch   one round of sending, from the delivery log; alerts: what did not arrive
timer      rounds of sending while the app runs
answers    the tokens of the links
"""

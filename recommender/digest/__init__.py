"""The weekly digest: a manifest composed once, and everything rendered from it.

schedule   which week, from when to when
pool       which papers it chooses from
compose    store and recommender -> manifest, stored by the first to write it
manifest   all that a digest is; as JSON the same bytes every time
items      a ranked paper as an item; abridge: its abstract in short
wording    what a digest says besides its papers
render     manifest -> HTML, text, Markdown
deliver    files, written whole or not at all

plan       when, where and how long a reader wants it; due: which issue that makes due
mail       manifest -> one mail; smtp: hands it over and says what became of it
feed       manifests -> Atom
dispatch   one round of sending, by the ledger; alarms: what did not arrive
timer      rounds of sending while the app runs
answers    the tokens of the links
"""

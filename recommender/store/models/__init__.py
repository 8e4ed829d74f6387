"""The tables. Rows stay inside this package; everybody else sees records.

Three choices shape them:

- `alias` knows every id a paper ever had, and which paper it is today. Events,
  impressions, list entries and digest entries keep the id they were made with,
  which is a foreign key to `alias`. A merge re-points aliases and so moves all
  of them without touching one: the log stays append-only, a merge can be undone.
- Triggers (made by the migrations) refuse any change of an event, and its
  deletion while its reader exists. Forgetting a reader deletes the reader, and
  the events go with it by cascade.
- Enumerations are text with a named check, times are UTC, nested values JSON.
"""

from __future__ import annotations

from sqlalchemy import Table
from sqlmodel import SQLModel

from recommender.store.models import (
    api_tokens,
    deliveries,
    impressions,
    library,
    lists,
    provenance,
    readers,
)

__all__ = ["api_tokens", "deliveries", "impressions", "library", "lists", "provenance", "readers"]


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


SETTING = _table("setting")
PAPER = _table("paper")
ALIAS = _table("alias")
LISTING = _table("listing")
PAPER_STATUS = _table("paper_status")
ORIGIN = _table("origin")
CONTRIBUTION = _table("contribution")
PAPER_MERGE = _table("paper_merge")
TOLD_APART = _table("told_apart")
READER = _table("reader")
INTEREST = _table("interest")
EVENT = _table("event")
SLATE = _table("slate")
IMPRESSION = _table("impression")
READING_LIST = _table("reading_list")
READING_LIST_ENTRY = _table("reading_list_entry")
DIGEST = _table("digest")
DIGEST_ENTRY = _table("digest_entry")
FETCH = _table("fetch")
PREFERENCE = _table("preference")
MARK = _table("mark")
DELIVERY = _table("delivery")
FEED = _table("feed")
API_TOKEN = _table("api_token")
IDEMPOTENCY_KEY = _table("idempotency_key")

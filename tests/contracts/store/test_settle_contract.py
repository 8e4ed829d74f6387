"""After many papers at once the database knows what came in, so that searches are fast."""

from __future__ import annotations

from sqlalchemy import text
from stores import NOW, paper

from recommender.store import Store


def test_the_search_index_and_the_sizes_of_tables_are_up_to_date(store: Store) -> None:
    n = 600
    store.catalogue.add([paper(f"Study {i} of moss", f"doi:10.5555/m.{i}") for i in range(n)], NOW)
    store.catalogue.settle()
    assert store.catalogue.find("moss", 1).total == n
    if store.database.is_sqlite:
        return
    with store.database.read() as connection:
        rows = text("SELECT reltuples FROM pg_class WHERE relname = 'paper_search'")
        assert connection.scalar(rows) == n
    with store.database.write() as connection:
        pending = text("SELECT gin_clean_pending_list('paper_search_words')")
        assert connection.scalar(pending) == 0

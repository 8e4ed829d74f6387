"""The text search knows venues, authors apart, and no accents; on PostgreSQL too."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TRIGGERS = ("paper_search_insert", "paper_search_delete", "paper_search_update")


def sqlite(columns: str) -> list[str]:
    """Return what makes the index of these columns anew, with its triggers."""
    new, old = (
        ", ".join(f"{row}.{x.strip()}" for x in columns.split(",")) for row in ("new", "old")
    )
    into = "INSERT INTO paper_search"
    add = f"{into}(rowid, {columns}) VALUES (new.id, {new});"
    take = f"{into}(paper_search, rowid, {columns}) VALUES ('delete', old.id, {old});"
    return [
        *(f"DROP TRIGGER {x}" for x in TRIGGERS),
        "DROP TABLE paper_search",
        f"""CREATE VIRTUAL TABLE paper_search USING fts5({columns}, content='paper',
            content_rowid='id', tokenize="porter unicode61 remove_diacritics 2")""",
        f"CREATE TRIGGER paper_search_insert AFTER INSERT ON paper BEGIN {add} END",
        f"CREATE TRIGGER paper_search_delete AFTER DELETE ON paper BEGIN {take} END",
        f"CREATE TRIGGER paper_search_update AFTER UPDATE OF {columns} ON paper "
        f"BEGIN {take} {add} END",
        "INSERT INTO paper_search(paper_search) VALUES ('rebuild')",
    ]


_VECTORS = """
    setweight(to_tsvector('english', paper_search_text({0}.title)), 'A') ||
    setweight(to_tsvector('english', paper_search_text({0}.authors)), 'B') ||
    setweight(to_tsvector('english', paper_search_text({0}.abstract)), 'C') ||
    setweight(to_tsvector('english', paper_search_text({0}.venue)), 'D'),
    to_tsvector('simple', paper_search_text({0}.authors)),
    to_tsvector('simple', paper_search_text({0}.venue))"""

POSTGRESQL = (
    "DROP INDEX paper_search",
    # Accents fall off when a letter is taken apart; marks would join words in places.
    r"""CREATE FUNCTION paper_search_text(given text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT regexp_replace(
            regexp_replace(normalize(given, NFKD), '[\u0300-\u036f]', '', 'g'),
            '[!-/:-@\[-`{-~]+', ' ', 'g') $$""",
    """CREATE TABLE paper_search (
        id integer CONSTRAINT pk_paper_search PRIMARY KEY
            CONSTRAINT fk_paper_search_id_paper REFERENCES paper (id) ON DELETE CASCADE,
        words tsvector NOT NULL, authors tsvector NOT NULL, venue tsvector NOT NULL)""",
    f"INSERT INTO paper_search SELECT paper.id, {_VECTORS.format('paper')} FROM paper",  # noqa: S608
    *(
        f"CREATE INDEX paper_search_{x} ON paper_search USING gin ({x})"
        for x in ("words", "authors", "venue")
    ),
    f"""CREATE FUNCTION paper_search_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO paper_search VALUES (NEW.id, {_VECTORS.format("NEW")})
        ON CONFLICT (id) DO UPDATE SET
            words = excluded.words, authors = excluded.authors, venue = excluded.venue;
        RETURN NULL; END $$""",  # noqa: S608
    """CREATE TRIGGER paper_search_keep
        AFTER INSERT OR UPDATE OF title, abstract, authors, venue ON paper
        FOR EACH ROW EXECUTE FUNCTION paper_search_keep()""",
)
POSTGRESQL_BEFORE = (
    "DROP TRIGGER paper_search_keep ON paper",
    "DROP FUNCTION paper_search_keep",
    "DROP TABLE paper_search",
    "DROP FUNCTION paper_search_text",
    """CREATE INDEX paper_search ON paper USING gin (
        (setweight(to_tsvector('english', title), 'A') ||
         setweight(to_tsvector('english', authors), 'B') ||
         setweight(to_tsvector('english', abstract), 'C')))""",
)


def upgrade() -> None:
    """Make the index anew from the papers there are."""
    for statement in _of(sqlite("title, abstract, authors, venue"), POSTGRESQL):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Bring back the index without venues."""
    for statement in _of(sqlite("title, abstract, authors"), POSTGRESQL_BEFORE):
        op.get_bind().exec_driver_sql(statement)


def _of(sqlite: list[str], postgresql: tuple[str, ...]) -> list[str]:
    return sqlite if op.get_bind().dialect.name == "sqlite" else list(postgresql)

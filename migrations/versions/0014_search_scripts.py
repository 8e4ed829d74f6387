"""The text search knows scripts without spaces, both spellings of compounds, and whole names.

The functions that SQLite's triggers call come from ``recommender.store.engines``; what they
do is in ``recommender.store.catalogue.search_text``. If they ever index something else, a
new migration has to make the index again, as this one does.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import context, op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

AT_ONCE = 1_000
"""Papers indexed by one statement."""

COLUMNS = "title, abstract, authors, venue"
TRIGGERS = ("paper_search_insert", "paper_search_delete", "paper_search_update")


def _indexed(row: str) -> str:
    return (
        f"paper_search_text({row}.title), paper_search_text({row}.abstract),"
        f" paper_search_names({row}.authors), paper_search_text({row}.venue)"
    )


def sqlite() -> list[str]:
    """Return what makes the empty index, with its triggers."""
    into = "INSERT INTO paper_search"
    add = f"{into}(rowid, {COLUMNS}) VALUES (new.id, {_indexed('new')});"
    take = f"{into}(paper_search, rowid, {COLUMNS}) VALUES ('delete', old.id, {_indexed('old')});"
    return [
        *(f"DROP TRIGGER {x}" for x in TRIGGERS),
        "DROP TABLE paper_search",
        f"""CREATE VIRTUAL TABLE paper_search USING fts5({COLUMNS}, content='',
            tokenize="porter unicode61 remove_diacritics 2")""",
        f"CREATE TRIGGER paper_search_insert AFTER INSERT ON paper BEGIN {add} END",
        f"CREATE TRIGGER paper_search_delete AFTER DELETE ON paper BEGIN {take} END",
        f"CREATE TRIGGER paper_search_update AFTER UPDATE OF {COLUMNS} ON paper "
        f"BEGIN {take} {add} END",
    ]


SQLITE_ROWS = (
    f"INSERT INTO paper_search(rowid, {COLUMNS}) SELECT id, {_indexed('paper')} FROM paper"  # noqa: S608
)

# The classes of `recommender.domain.segmentation`, as PostgreSQL writes them.
UNSPACED = (
    r"\u0900-\u0963\u0966-\u0df3\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf"
    r"\u1000-\u103f\u1050-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f\u1780-\u17d3\u17d7\u17dc-\u17dd"
    r"\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb"
    r"\u2e80-\u2fd5\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c"
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
    r"\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    r"\u3105-\u312f\u31a0-\u31bf"
)
DROPPED = (
    r"\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    r"\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    r"\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    r"\u00ad\u200c\u200d\u2060\ufe00-\ufe0f\ufeff"
)
HYPHENS = r"\u2010-\u2013\u2212-"
# What is no letter in any locale; the server's own classes depend on its locale.
MARKS = (
    r"!-/:-@\[-`{-~\u0080-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7"
    r"\u02c2-\u02c5\u02d2-\u02df\u055a-\u055f\u05be\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4"
    r"\u0964\u0965\u0e3f\u0e4f\u0e5a\u0e5b\u17d4-\u17d6\u17d8-\u17db\u104a-\u104f"
    r"\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u2e00-\u2e7f"
    r"\u3000-\u3004\u3008-\u3020\u3030\u3036\u3037\u303d-\u303f\u30a0\u30fb"
    r"\ufe10-\ufe1f\ufe30-\ufe6f\ufff0-\uffff\U0001f000-\U0001faff"
)
LETTER = rf"[^\s{MARKS}{UNSPACED}]"
TEXT = rf"""CREATE FUNCTION paper_search_text(given text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE plain text := given; joined text := ''; compound text; parts text[];
    BEGIN
        IF octet_length(given) > length(given) THEN
            plain := normalize(
                regexp_replace(normalize(given, NFKD), '[{DROPPED}]+', '', 'g'), NFC);
        END IF;
        FOR compound IN SELECT words[1] FROM regexp_matches(
            plain, '({LETTER}+(?:[{HYPHENS}]{LETTER}+)+)', 'g') AS compounds(words)
        LOOP
            parts := regexp_split_to_array(compound, '[{HYPHENS}]');
            joined := joined || ' ' || array_to_string(parts, '');
            IF cardinality(parts) > 2 THEN
                FOR i IN 1 .. cardinality(parts) - 1 LOOP
                    joined := joined || ' ' || parts[i] || parts[i + 1];
                END LOOP;
            END IF;
        END LOOP;
        IF octet_length(given) > length(given) AND plain ~ '[{UNSPACED}]' THEN
            SELECT string_agg(
                CASE WHEN one ~ '[{UNSPACED}]' THEN ' '
                    || translate(to_hex(ascii(one)), '0123456789abcdef', 'bcdfghjklmnprtvw')
                    || 'q ' ELSE one END, '' ORDER BY place)
            INTO plain FROM regexp_split_to_table(plain, '') WITH ORDINALITY AS x(one, place);
        END IF;
        RETURN lower((regexp_replace(plain, '[{MARKS}]+', ' ', 'g') || joined)
            COLLATE "{{collation}}");
    END $$"""  # noqa: S608
NAMES = r"""CREATE FUNCTION paper_search_names(given text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(paper_search_text(given), '(\S+)', '\1q', 'g') $$"""
VECTOR = """
    setweight(to_tsvector('paper_search', paper_search_text({0}.title)), 'A') ||
    setweight(to_tsvector('paper_search', paper_search_names({0}.authors)), 'B') ||
    setweight(to_tsvector('paper_search', paper_search_text({0}.abstract)), 'C') ||
    setweight(to_tsvector('paper_search', paper_search_text({0}.venue)), 'D')"""
DROP_POSTGRESQL = (
    "DROP TRIGGER paper_search_keep ON paper",
    "DROP FUNCTION paper_search_keep",
    "DROP TABLE paper_search",
    "DROP FUNCTION paper_search_text",
)
POSTGRESQL = (
    *DROP_POSTGRESQL,
    # English stems, but no stop words: "to be or not to be" is a title.
    """CREATE TEXT SEARCH DICTIONARY paper_search_stem (
        TEMPLATE = pg_catalog.snowball, Language = english)""",
    "CREATE TEXT SEARCH CONFIGURATION paper_search (COPY = pg_catalog.english)",
    """ALTER TEXT SEARCH CONFIGURATION paper_search
        ALTER MAPPING REPLACE pg_catalog.english_stem WITH paper_search_stem""",
    TEXT,
    NAMES,
    """CREATE TABLE paper_search (
        id integer CONSTRAINT pk_paper_search PRIMARY KEY
            CONSTRAINT fk_paper_search_id_paper REFERENCES paper (id) ON DELETE CASCADE,
        words tsvector NOT NULL)""",
    "CREATE INDEX paper_search_words ON paper_search USING gin (words)",
    f"""CREATE FUNCTION paper_search_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO paper_search VALUES (NEW.id, {VECTOR.format("NEW")})
        ON CONFLICT (id) DO UPDATE SET words = excluded.words;
        RETURN NULL; END $$""",  # noqa: S608
    """CREATE TRIGGER paper_search_keep
        AFTER INSERT OR UPDATE OF title, abstract, authors, venue ON paper
        FOR EACH ROW EXECUTE FUNCTION paper_search_keep()""",
)
POSTGRESQL_ROWS = f"INSERT INTO paper_search SELECT paper.id, {VECTOR.format('paper')} FROM paper"  # noqa: S608
POSTGRESQL_BEFORE = (
    *DROP_POSTGRESQL,
    "DROP FUNCTION paper_search_names",
    "DROP TEXT SEARCH CONFIGURATION paper_search",
    "DROP TEXT SEARCH DICTIONARY paper_search_stem",
)


def upgrade() -> None:
    """Make the index again, and say how far it is where somebody listens."""
    connection = op.get_bind()
    on_sqlite = connection.dialect.name == "sqlite"
    for statement in sqlite() if on_sqlite else POSTGRESQL:
        connection.exec_driver_sql(statement.replace("{collation}", _collation(connection)))
    _fill(connection, SQLITE_ROWS if on_sqlite else POSTGRESQL_ROWS)


def _fill(connection: sa.Connection, statement: str) -> None:
    tell: Callable[..., None] = context.config.attributes.get("progress") or (lambda *_: None)
    ids = list(connection.scalars(sa.text("SELECT id FROM paper ORDER BY id")))
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        between = sa.text(f"{statement} WHERE paper.id BETWEEN :first AND :last")
        connection.execute(between, {"first": some[0], "last": some[-1]})
        tell("making the search index again", start + len(some), len(ids))


def _collation(connection: sa.Connection) -> str:
    """Return a collation that knows the small letters of every script."""
    if connection.dialect.name == "sqlite":
        return ""
    known = "SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'"
    return "und-x-icu" if connection.scalar(sa.text(known)) else "default"


def downgrade() -> None:
    """Make the index as it was: words alone."""
    connection = op.get_bind()
    before = context.script.get_revision("0008").module
    statements = before.sqlite(COLUMNS)
    if connection.dialect.name != "sqlite":
        # The first of them drops an index that only the version before 0008 has.
        statements = [*POSTGRESQL_BEFORE, *before.POSTGRESQL[1:]]
    for statement in statements:
        connection.exec_driver_sql(statement)

"""The code keeps to recommender/ARCHITECTURE.md.

``import-linter`` holds the imports table: the test writes one contract for each row, so the
table stands in one place. Imports of third-party packages with one home are contracts too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from folders import ROOT
from importlinter.cli import lint_imports

PACKAGE = ROOT / "recommender"
ROOTS = ("recommender", "ui", "migrations")
MAX_ROWS, MAX_PACKAGES, MAX_MODULES = 24, 14, 5
HOMES = {
    "sqlmodel": ("store", "migrations"),
    "sqlalchemy": ("store", "migrations"),
    "alembic": ("store", "migrations"),
    "streamlit": ("ui",),
    "starlette": ("ui",),
    "mcp": ("ui",),
    "implicit": ("ranking", "evaluation"),
    "apscheduler": ("digest",),
    "apprise": ("digest",),
    "smtplib": ("digest",),
    "httpcore2": ("sources",),
    "httpx2": ("sources",),
    "onnxruntime": ("training",),
    "tokenizers": ("training",),
    "pyspark": ("training",),
    "py4j": ("training",),
    "pyarrow": ("training",),
    "httpx": (),
    "requests": (),
    "urllib3": (),
    "pickle": (),
    "joblib": (),
}
RETIRED = {
    "": "atlas chances encoding identity insight progress replay keeping archive selection keys"
    " markup muting reasons recommend scores serving taste portrait regroup starting",
    "cli": "files library sending suggest",
    "digest": "abridge alarms answers choose fates pool plan schedule timer deliver why wording"
    " dates formulas since entries due",
    "evaluation": "contestants knowledge layouts page charts warm cold given loop time weeks start"
    " once",
    "export": "keys names facts heading latex tex_entry",
    "features": "text index encoders stored sklearn_parts",
    "ingest": "asking queries filling fetching job judgements child expected",
    "ranking": "als factorisation rounds first_factors terms foldin blend reading scale sample"
    " guard heldout content names aversion neighbours merging subjects without implicit_baselines",
    "sources": "wire answers exchange http pace paging fetching network document decoding"
    " plain_text reference fields tagged xml_records xml_entries json_records json_items names"
    " identifiers lookups bibtex_inherited",
    "store": "desk filing ledger origins merges parting rows list_rows query inputs faults columns"
    " names logs marks feeds transfer sent shown",
    "ui": "doings dealing listing lists picking starting mapping operators origins memory headers"
    " tokens access state bulk selecting filtering issue week why_not plan_form exporting importing"
    " fetching jobs own_data formulas papers answers working taste",
}
"""Module names given up for a standard term, by package ("" is recommender/ itself)."""


def imports_table() -> dict[str, set[str]]:
    text = (PACKAGE / "ARCHITECTURE.md").read_text(encoding="utf-8")
    block = re.search(r"```imports\n(.*?)```", text, re.S)
    assert block, "the imports table is gone"
    rows = (line.split(":", 1) for line in block.group(1).splitlines())
    return {name.strip(): set(re.findall(r"\w+", allowed)) for name, allowed in rows}


def python_files() -> list[Path]:
    return sorted(p for folder in ROOTS for p in (ROOT / folder).rglob("*.py"))


def top_level() -> tuple[set[str], set[str]]:
    packages = {p.parent.name for p in PACKAGE.glob("*/__init__.py")}
    return packages, {p.stem for p in PACKAGE.glob("*.py")} - {"__init__", "__main__"}


def module_of(row: str) -> str:
    return row if row in ROOTS else f"recommender.{row}"


def contract(name: str, rows: Iterable[str], forbidden: Iterable[str]) -> Iterator[str]:
    """One section of import-linter's configuration; what is imported indirectly is allowed."""
    yield from (f"[importlinter:contract:{name}]", f"name = {name}", "type = forbidden")
    yield "allow_indirect_imports = True"
    yield from ("source_modules =", *(f"    {module_of(row)}" for row in rows))
    yield from ("forbidden_modules =", *(f"    {module}" for module in forbidden))


def contracts() -> Iterator[str]:
    table = imports_table()
    yield from ("[importlinter]", "include_external_packages = True", "root_packages =")
    yield from (f"    {root}" for root in ROOTS)
    for row, allowed in table.items():
        others = [module_of(other) for other in table if other not in {row, *allowed}]
        yield from contract(f"the row of {row}", [row], [*others, "tests"])
    for package, homes in HOMES.items():
        elsewhere = [row for row in table if row not in homes]
        yield from contract(f"the home of {package}", elsewhere, [package])


def test_packages_import_what_the_table_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "importlinter.ini"
    config.write_text("\n".join(contracts()), encoding="utf-8")
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(ROOT))
    status = lint_imports(str(config), no_cache=True, no_logo=True)
    assert status == 0, capsys.readouterr().out


def test_only_config_reads_the_environment() -> None:
    reads = re.compile(r"os\.environ|os\.getenv|import environ|import getenv")
    assert [
        str(path.relative_to(ROOT))
        for path in python_files()
        if path != PACKAGE / "config.py" and reads.search(path.read_text(encoding="utf-8"))
    ] == []


def test_the_table_has_a_row_for_every_package_and_module() -> None:
    packages, modules = top_level()
    assert set(imports_table()) == packages | modules | {"ui", "migrations"}


def test_the_top_level_stays_small() -> None:
    packages, modules = top_level()
    assert len(packages) <= MAX_PACKAGES
    assert len(modules) <= MAX_MODULES
    assert len(imports_table()) <= MAX_ROWS


def test_no_retired_module_name_comes_back() -> None:
    found = []
    for package, names in RETIRED.items():
        folder = ROOT / "ui" if package == "ui" else PACKAGE / package
        paths = folder.rglob("*.py") if package else folder.glob("*.py")
        retired = set(names.split())
        found += [str(path.relative_to(ROOT)) for path in paths if path.stem in retired]
    assert found == []


def test_a_class_name_stands_for_one_thing() -> None:
    where = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for name in re.findall(r"^class (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE):
            where[name].append(str(path.relative_to(ROOT)))
    assert len(where) > 200
    assert {name: paths for name, paths in where.items() if len(paths) > 1} == {}

"""Every regular expression of the package takes time that grows with the text, not its square.

Patterns are gathered from the loaded modules and from the calls of `re` inside functions; that
none is missed is a test of its own. Each is run, by the methods it is used with, on repetitions
of the characters and words it is made of.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import recommender
from recommender.ingest.arxiv_categories import PATTERNS
from recommender.launch import import_ui
from recommender.sources import Document, load

import_ui()

from ui.api.http import routes  # noqa: E402

NOW = datetime(2026, 11, 18, tzinfo=UTC)
ROOT = Path(recommender.__file__).parent.parent
METHODS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")
SHORT = 3_000
"""Characters on which all attacks are compared; the two slowest go on to `SIZES`."""
SIZES = (10_000, 100_000, 1_000_000)
SECONDS = (0.1, 0.5, 3.0)
"""Processor time allowed for a text of each size; a quadratic pattern needs far more."""

COMMON = ("a", " ", "\n", "0", "A", "<a ", "&", "\\", "{", "}", ";", ".", "-", "/", "$", "(", "[")


class TooSlow(BaseException):
    """The time that a pattern may take is over."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def sources() -> list[Path]:
    return [p for name in ("recommender", "ui") for p in sorted((ROOT / name).rglob("*.py"))]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def importable() -> Iterator[Path]:
    """Yield the modules that may be imported: a page is a script, and importing would run it."""
    for path in sources():
        views = module_name(path).startswith("ui.views.")
        if path.stem not in ("__main__", "app", "server") and not views:
            yield path


def in_modules() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Yield each pattern that a module holds, also in tuples, mappings and dataclasses."""
    for path in importable():
        name = module_name(path)
        module = importlib.import_module(name)
        for attribute, value in list(vars(module).items()):
            for pattern in patterns_in(value, 3):
                yield f"{name}.{attribute}", pattern


def patterns_in(value: object, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from patterns_in(one, depth - 1)
    elif depth and isinstance(value, dict):
        yield from patterns_in(list(value.values()), depth - 1)
    elif depth and isinstance(value, type) and value.__module__.startswith(("recommender", "ui")):
        yield from patterns_in(list(vars(value).values()), depth - 1)


def in_calls() -> Iterator[tuple[str, re.Pattern[Any], str]]:
    """Yield each pattern that stands in a call such as ``re.sub("…", …)``, with its method."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.")):
                continue
            first = node.args[0] if node.args else None
            method = ast.unparse(node.func).removeprefix("re.")
            if method in (*METHODS, "compile") and isinstance(first, ast.Constant):
                given = [ast.unparse(x) for x in (*node.args, *(k.value for k in node.keywords))]
                flags = re.RegexFlag(0)
                for name in re.findall(r"\bre\.([A-Z]+)", " ".join(given)):
                    flags |= re.RegexFlag[name]
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield where, re.compile(first.value, flags), method
    for name, pattern in BUILT_IN_FUNCTIONS:
        yield name, pattern, "search"


def built_by_starts_a_line() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield what `tagged_lines.starts_a_line` builds for each of its callers."""
    for path in sources():
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "starts_a_line(" in text else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "starts_a_line":
                module = importlib.import_module(module_name(path))
                given = eval(ast.unparse(node.args[1]), vars(module))
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield where, re.compile(rf"^[ \t\ufeff]*(?:{given})", re.MULTILINE)


BUILDERS = {
    "recommender/sources/parsing/tagged_lines.py": "starts_a_line",
    "recommender/digest/delivery/file_channel.py": "remove_files",
    "recommender/ingest/arxiv_categories.py": "_pattern",
    "ui/api/http.py": "routes",
}
"""The functions that build a pattern from values, by file."""

BUILT_IN_FUNCTIONS = (
    *built_by_starts_a_line(),
    *(("recommender/ingest/arxiv_categories.py", x) for x in PATTERNS.values()),
    *(("ui/api/http.py", x.path_regex) for x in routes()),
    (
        "recommender/digest/delivery/file_channel.py",
        re.compile(r"\d{4}-(?:W\d\d|\d\d-\d\d)-me(?:\.html|\.md)|\.x\.\w+", re.ASCII),
    ),
)


def all_patterns() -> dict[str, tuple[re.Pattern[Any], frozenset[str]]]:
    """Return pattern and methods by where the pattern stands; each pattern once."""
    texts = {module_name(path): path.read_text(encoding="utf-8") for path in sources()}
    found: dict[tuple[object, int], tuple[str, re.Pattern[Any], set[str]]] = {}
    for where, pattern in in_modules():
        module, _, name = where.rpartition(".")
        text = texts[module] if name.startswith("_") else "\n".join(texts.values())
        used = set(re.findall(rf"\b{name}\.({'|'.join(METHODS)})\b", text))
        if re.search(rf"\(\w[^()]*, {name}\)", text):  # the function that takes it may find all
            used.add("finditer")
        used = used or {"search"}
        key = (pattern.pattern, pattern.flags)
        found.setdefault(key, (where, pattern, set()))[2].update(used)
    for where, pattern, method in in_calls():
        key = (pattern.pattern, pattern.flags)
        used = found.setdefault(key, (where, pattern, set()))[2]
        if method != "compile" or not used:
            used.add("search" if method == "compile" else method)
    # Several patterns may stand in one tuple, so its name alone is no key.
    return {
        f"{where} ({n})": (pattern, frozenset(used))
        for n, (where, pattern, used) in enumerate(found.values())
    }


def pieces(parsed: Any) -> Iterator[str]:
    """Yield the words and one character of each class that a pattern is made of."""
    word = ""
    for code, value in parsed:
        if code is op.LITERAL:
            word += chr(value)
            continue
        if word:
            yield word
            word = ""
        if code is op.IN:
            yield from characters(value)
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            yield from pieces(value[2])
        elif code is op.SUBPATTERN:
            yield from pieces(value[3])
        elif code is op.ATOMIC_GROUP:
            yield from pieces(value)
        elif code is op.BRANCH:
            for branch in value[1][:8]:
                yield from pieces(branch)
        elif code in (op.ASSERT, op.ASSERT_NOT):
            yield from pieces(value[1])
    if word:
        yield word


def characters(members: Any) -> Iterator[str]:
    categories = {op.CATEGORY_DIGIT: "1", op.CATEGORY_SPACE: " ", op.CATEGORY_WORD: "a"}
    for code, value in members[:6]:
        if code is op.LITERAL:
            yield chr(value)
        elif code is op.RANGE:
            yield chr(value[0])
        elif code is op.CATEGORY:
            yield categories.get(value, "-")


def attacks(pattern: re.Pattern[Any]) -> list[tuple[str, str]]:
    """Return ``(beginning, repeated)`` pairs that a pattern may scan again and again."""
    own = list(dict.fromkeys(pieces(parser.parse(pattern.pattern, pattern.flags))))
    words = (*own[:12], *COMMON)
    pairs = [x + y for x in own[:3] for y in (*own[:5], "a", " ") if x != y]
    repeated = dict.fromkeys((*words, *pairs))
    return [(start, unit) for start in ("", *own[:2]) for unit in repeated]


def seconds(pattern: re.Pattern[Any], methods: frozenset[str], text: Any, limit: float) -> float:
    """Return the processor time of a scan as the methods make it, at most `limit`."""
    begun = time.process_time()
    try:
        with limited(limit):
            if methods - {"search", "match", "fullmatch"}:
                for _ in pattern.finditer(text):
                    pass
            elif "search" in methods:
                pattern.search(text)
            for method in methods & {"match", "fullmatch"}:
                getattr(pattern, method)(text)
    except TooSlow:
        return limit
    return time.process_time() - begun


def text_of(pattern: re.Pattern[Any], start: str, unit: str, size: int) -> Any:
    text = start + unit * (size // len(unit)) + "\x01"
    return text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text


def slowest(where: str, pattern: re.Pattern[Any], methods: frozenset[str]) -> str:
    """Return what makes a pattern too slow, or ``""``."""
    first = [
        (
            seconds(pattern, methods, text_of(pattern, start, unit, SIZES[0]), SECONDS[0]),
            start,
            unit,
        )
        for start, unit in attacks(pattern)
    ]
    for spent, start, unit in sorted(first, reverse=True)[:2]:
        size = SIZES[0]
        for size, limit in zip(SIZES, SECONDS, strict=True):
            if size > SIZES[0]:
                spent = seconds(pattern, methods, text_of(pattern, start, unit, size), limit)
            if spent >= limit:
                shown = pattern.pattern[:80]
                return f"{where}: {start!r} + {unit!r} * …, {size:,} characters: {shown!r}"
    return ""


COMPILED_ON_IMPORT = """
import importlib, json, re, sys
root, *names = sys.argv[1:]
found, compile_ = set(), re.compile
def compile_and_note(pattern, flags=0):
    compiled = compile_(pattern, flags)
    if sys._getframe(1).f_code.co_filename.startswith((root + "/recommender", root + "/ui")):
        found.add((str(compiled.pattern), compiled.flags))
    return compiled
re.compile = compile_and_note
for name in names:
    importlib.import_module(name)
print(json.dumps(sorted(found)))
"""


@pytest.mark.slow
def test_no_pattern_of_the_package_is_missed() -> None:
    known = {(str(x.pattern), x.flags) for x, _ in all_patterns().values()}
    names = [module_name(x) for x in importable()]
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", COMPILED_ON_IMPORT, str(ROOT), *names],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    compiled = {tuple(x) for x in json.loads(said.stdout)}
    assert len(compiled) > 200
    assert compiled - known == set()


@pytest.mark.slow
def test_only_known_functions_build_patterns_from_values() -> None:
    built = set()
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert node.module != "re", f"{path}: import re itself, so that calls are found"
            elif isinstance(node, ast.Import):
                assert not any(x.name == "re" and x.asname for x in node.names), path
        for function in (x for x in ast.walk(tree) if isinstance(x, ast.FunctionDef)):
            for call in (x for x in ast.walk(function) if isinstance(x, ast.Call)):
                name = ast.unparse(call.func)
                uses = name.startswith("re.") and name[3:] in (*METHODS, "compile")
                if uses and not isinstance(call.args[0], ast.Constant):
                    built.add((str(path.relative_to(ROOT)), function.name))
    assert built == set(BUILDERS.items())


@pytest.mark.slow
def test_every_pattern_takes_linear_time_on_adversarial_text() -> None:
    patterns = all_patterns()
    assert len(patterns) > 200
    slow = [why for where, (x, used) in patterns.items() if (why := slowest(where, x, used))]
    assert not slow, "\n".join(slow)


HOSTILE = (";", "{;", "<!--", "'\\'", "\\[", "10.1234/", " and ")


@pytest.mark.slow
@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("field", ["title", "abstract", "authors", "doi", "venue"])
def test_a_hostile_record_is_read_in_seconds(field: str, unit: str, tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl"
    record = {"title": "T"} | {field: unit * (400_000 // len(unit))}
    file.write_text(json.dumps(record) + "\n", encoding="utf-8")
    with limited(5.0):
        list(load("jsonl").read(Document(file), NOW))


@pytest.mark.slow
@pytest.mark.parametrize("unit", HOSTILE)
def test_a_hostile_feed_is_read_in_seconds(unit: str, tmp_path: Path) -> None:
    text = escape(unit * (1_300_000 // len(escape(unit))))
    entry = f"<entry><title>T</title><author><name>{text}</name></author></entry>"
    file = tmp_path / "feed.atom"
    file.write_text(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>", encoding="utf-8")
    with limited(20.0):
        list(load("feed").read(Document(file), NOW))


@pytest.mark.slow
def test_a_quadratic_pattern_is_noticed() -> None:
    assert slowest("here", re.compile(r";(?![^{}]*\})"), frozenset({"split"}))

"""Print how many megabytes are installed beyond the six required packages; fail above 31."""

import re
import sys
from importlib.metadata import distribution, distributions

REQUIRED = ("scikit-learn", "implicit", "sqlmodel", "streamlit", "pytest", "alembic")
NOT_OURS = ("pip", "setuptools", "hatchling", "editables", "pathspec", "trove-classifiers")
LIMIT_MB = 31


def key(name: str) -> str:
    """Return a distribution's name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(names: tuple[str, ...], installed: set[str]) -> set[str]:
    """Return these distributions and all they need, of those installed."""
    found: set[str] = set()
    todo = [key(x) for x in names]
    while todo:
        name = todo.pop()
        if name in found or name not in installed:
            continue
        found.add(name)
        for need in distribution(name).requires or ():
            if "extra ==" not in need:
                todo.append(key(re.split(r"[\s;<>=!~\[(]", need)[0]))
    return found


def megabytes(name: str) -> float:
    """Return the size of a distribution's files."""
    files = distribution(name).files or ()
    return sum(f.locate().stat().st_size for f in files if f.locate().is_file()) / 1e6


installed = {key(d.metadata["Name"]) for d in distributions()}
extra = installed - closure(REQUIRED, installed) - set(NOT_OURS)
sizes = sorted(((megabytes(x), x) for x in extra), reverse=True)
total = sum(size for size, _ in sizes)
print(f"beyond the required packages: {total:.1f} MB:", ", ".join(f"{n} {s:.1f}" for s, n in sizes))
sys.exit(total > LIMIT_MB)

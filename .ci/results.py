"""Measure the ranking and write the results into the documents: `make evaluate`.

Each run is kept in ``measured.json`` next to this file as soon as it is done. The table in
docs/explanation/evaluation.md and the lines in README.md are rendered from that file, between
two markers, and a test compares them. Runs whose data set is missing are skipped with a line
that says so, and keep their old numbers.
"""

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import reading_lists  # noqa: E402
import screening_readers  # noqa: E402
from runs import (  # noqa: E402
    ALL,
    ALONE,
    LEARNERS,
    LISTS,
    MIX_ROWS,
    MIXES,
    MIXES_OF_ACTIONS,
    RANKERS,
    RUNS,
    SCREENING,
    Run,
)

from recommender.evaluation.datasets import open_dataset  # noqa: E402
from recommender.evaluation.run import evaluate  # noqa: E402

PAGE = ROOT / "docs" / "explanation" / "evaluation.md"
README = ROOT / "README.md"
MEASURED = Path(__file__).with_name("measured.json")
BEGIN, END = "<!-- made by `make evaluate` -->", "<!-- end -->"
SUMMARY = (
    ("warm", "citeulike-t, known papers, NDCG@20", "ndcg@20", 3),
    ("cold", "citeulike-t, new papers, NDCG@20", "ndcg@20", 3),
    ("loop", "citeulike-t, likes in 100 shown papers from 3 likes", "likes@100", 1),
    ("lists", "people's own `.bib` files, NDCG@20", "ndcg@20", 3),
)
"""Lines of the summary: run, words, metric, digits after the point."""
NOT_YET = """\
Not run on this version yet. The version before had, on citeulike-t with seed 42 and beside TF-IDF
from the same runs: warm Recall@20 / NDCG@20 0.308 / 0.206 (TF-IDF 0.152 / 0.089), cold 0.472 /
0.294 (0.400 / 0.247), and 15.7 likes in the loop's 100 papers (7.9)."""


def measure(run: Run, data: Path) -> dict[str, Any] | None:
    """Return the report of a run, or None, said on stderr, where its data is not there."""
    make = {LISTS: reading_lists.make, SCREENING: screening_readers.make}.get(run.folder)
    if make is not None and (data / run.folder).exists():
        with tempfile.TemporaryDirectory() as made:
            make(data, Path(made) / run.folder)
            return _report(run, Path(made))
    return _report(run, data)


def _report(run: Run, data: Path) -> dict[str, Any] | None:
    folder = data / run.folder
    missing = [x for x in (folder, *(folder / x for x in run.files.values())) if not x.exists()]
    if missing:
        print(f"{run.name}: skipped, {missing[0]} is not there", file=sys.stderr)
        return None
    report = evaluate(
        open_dataset(folder),
        run.protocol,
        seed=42,
        rankers=run.rankers,
        other_readers=run.others,
        behaviour=run.behaviour,
        ablations=not run.only,
        **{name: folder / path for name, path in run.files.items()},
    )
    print(report.table(), file=sys.stderr)
    return report.as_json() | {"measured": datetime.now(UTC).date().isoformat()}


def render(measured: dict[str, Any]) -> str:
    """Return the table and its remarks, markers included."""
    if not measured:
        return f"{BEGIN}\n{NOT_YET}\n{END}"
    names = list(RANKERS.values())
    lines = [
        "| data | protocol | measure | " + " | ".join(names) + " |",
        "|---|---|---|" + "---|" * 3,
    ]
    for run in (x for x in RUNS if x.name in measured and not x.every_action):
        cells = [_cell(measured[run.name]["rankers"].get(x), run) for x in RANKERS]
        lines.append(_row(run, measured, cells))
    parts = [*lines, *_remarks(measured), *_every_action(measured), *_mixes(measured)]
    return "\n".join([BEGIN, _about(measured), "", *parts, END])


def _row(run: Run, measured: dict[str, Any], cells: list[str]) -> str:
    place = f"| {measured[run.name]['dataset']} | {run.protocol}: {run.what} | {run.measure} | "
    return place + " | ".join(cells) + " |"


def _every_action(measured: dict[str, Any]) -> list[str]:
    """Return the table of readers who take every action, and what the year says beside it."""
    runs = [x for x in RUNS if x.name in measured and x.every_action]
    if not runs:
        return []
    lines = [
        "",
        "Readers who like, skip, dislike, leave papers unanswered and mis-click; in brackets the "
        "95 % interval of paperloop minus the other on the same readers:",
        "",
        "| data | protocol | measure | " + " | ".join(LEARNERS.values()) + " |",
        "|---|---|---|" + "---|" * len(LEARNERS),
    ]
    for run in runs:
        rankers = measured[run.name]["rankers"]
        lines.append(_row(run, measured, [_with_lead(rankers.get(x), run) for x in LEARNERS]))
    return [*lines, *_year(measured)]


def _with_lead(ranker: dict[str, Any] | None, run: Run) -> str:
    text = _cell(ranker, run)
    ahead = (ranker or {}).get("paperloop_ahead", {}).get(run.metrics[0])
    if ahead is None:
        return text
    return f"{text} ({ahead[1]:+.{run.digits}f} to {ahead[2]:+.{run.digits}f})"


def _mixes(measured: dict[str, Any]) -> list[str]:
    """Return the table of paperloop and TF-IDF under each mix of actions."""
    runs = {x.name: x for x in (*RUNS, *MIXES)}
    if not any(x.name in measured for x in MIXES):
        return []
    lines = [
        "",
        "Likes in 100 shown papers, from 3 likes, by what readers do; with 95 % intervals of the "
        "difference on the same readers:",
        "",
        "| data | readers | actions | paperloop | TF-IDF | difference |",
        "|---|---|---|---|---|---|",
    ]
    for run in (runs[x] for x in MIX_ROWS if x in measured):
        found = measured[run.name]
        own, other = found["rankers"]["paperloop"], found["rankers"]["tfidf-rocchio"]
        mix = next(words for words, x in MIXES_OF_ACTIONS.items() if x == run.behaviour)
        values = [f"{x['likes@100']:.1f}" for x in (own, other)]
        mean, low, high = other["paperloop_ahead"]["likes@100"]
        lines.append(
            f"| {found['dataset']} | {found['n_readers']}, {ALONE if run.others == 0 else ALL} | "
            f"{mix} | {' | '.join(values)} | {mean:+.1f} ({low:+.1f} to {high:+.1f}) |"
        )
    return lines


def _year(measured: dict[str, Any]) -> list[str]:
    """Return what else the simulated year says of the product."""
    if "weeks" not in measured:
        return []
    own = measured["weeks"]["rankers"]["paperloop"]
    recovers = own["weeks to recover"]
    return [
        "",
        f"In the year, {own['empty digests']:.1%} of the digests had no paper above the bar; of "
        f"{own['digests with ten wanted']:.0f} digests of weeks with ten or more wanted papers "
        f"{own['empty digests with ten wanted']:.0f} had none. Of the papers in a digest "
        f"{own['digest precision']:.1%} were wanted, and {own['dislikes per shown']:.1%} of all "
        "shown papers were disliked. "
        + (
            "Readers whose interests changed did not find 80 % as much as before within the year."
            if recovers is None
            else f"Readers whose interests changed found 80 % as much as before after "
            f"{recovers:.0f} weeks."
        ),
    ]


def _cell(ranker: dict[str, Any] | None, run: Run) -> str:
    values = [ranker.get(m) for m in run.metrics] if ranker else []
    if not values or None in values:
        return "–"
    return " / ".join(f"{x:.{run.digits}f}" for x in values)


def _about(measured: dict[str, Any]) -> str:
    days = sorted({x["measured"] for x in measured.values()})
    sizes = {x["dataset"]: x["n_papers"] for x in measured.values()}
    sets = ", ".join(f"{name} ({n:,} papers)" for name, n in sizes.items())
    return (
        f"Seed 42, test part, measured {' to '.join(dict.fromkeys((days[0], days[-1])))}: {sets}."
    )


def _remarks(measured: dict[str, Any]) -> list[str]:
    """Return what the table does not hold: time to fit, chances, and whether learning pays."""
    said = []
    if "warm" in measured:
        own = measured["warm"]["rankers"]["paperloop"]
        seconds = own["fit_seconds"] + measured["warm"]["features_seconds"]
        said.append(f"Fitting citeulike-t took {seconds:.0f} s of one core.")
    own = measured.get("loop", {}).get("rankers", {}).get("paperloop", {})
    if "brier" in own:
        said.append(
            f"In the loop the chances of a like were off by {own['ece']:.3f} on average; their "
            f"Brier score was {own['brier']:.3f}, that of each reader's own rate of likes "
            f"{own['brier of rate']:.3f}."
        )
    if measured.get("daily-time", {}).get("learning"):
        said.append(f"On hf-daily: {measured['daily-time']['learning']}")
    return ["", *said] if said else []


def summary(measured: dict[str, Any]) -> str:
    """Return the results in a few lines, markers included."""
    lines = []
    for name, what, metric, digits in SUMMARY:
        if name in measured:
            found = measured[name]["rankers"]
            own = f"**{found['paperloop'][metric]:.{digits}f}**"
            others = [
                f"{label} {found[x][metric]:.{digits}f}"
                for x, label in (("als-tuned", "tuned ALS"), ("tfidf-rocchio", "TF-IDF"))
                if found.get(x, {}).get(metric) is not None
            ]
            lines.append(f"- {what}: {own} ({', '.join(others)})")
    return "\n".join([BEGIN, *lines, END])


def write(measured: dict[str, Any]) -> None:
    """Keep the numbers, and put the blocks in their places in the documents."""
    MEASURED.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    for path, block in ((PAGE, render(measured)), (README, summary(measured))):
        text = path.read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        _, _, after = rest.partition(END)
        path.write_text(before + block + after, encoding="utf-8")


def stored() -> dict[str, Any]:
    """Return what was measured last; empty at first."""
    return json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}


def main() -> None:
    """Measure, run by run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--only", nargs="*", help="names of runs")
    options = parser.parse_args()
    for run in {x.name: x for x in (*RUNS, *MIXES)}.values():
        if options.only is None or run.name in options.only:
            found = measure(run, options.data)
            if found is not None:
                write(stored() | {run.name: found})
    if stored():
        write(stored())


if __name__ == "__main__":
    main()

"""The command that measures the ranking against what a reader would otherwise use."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.atomic_write import write_text
from recommender.cli.context import AsJson, DataDir, Library, open_library, settings_for
from recommender.cli.output import note, progress
from recommender.domain.history import fold, learning_events
from recommender.evaluation.baselines import BASELINES
from recommender.evaluation.datasets import Dataset, from_log, open_dataset
from recommender.evaluation.html_report import html
from recommender.evaluation.off_policy import OffPolicyReport, compare_policies
from recommender.evaluation.protocols import PROTOCOLS, default_protocol
from recommender.evaluation.reliability_report import ReliabilityReport, reliability_report
from recommender.evaluation.report import EvaluationReport
from recommender.evaluation.run import evaluate as run
from recommender.evaluation.simulated_reader import EVERY_ANSWER, NOISE, Behaviour
from recommender.evaluation.systems import PAPERLOOP
from recommender.evaluation.tried_weights import TriedWeights, past_sessions, try_weights
from recommender.evaluation.weekly_report import weekly_table
from recommender.insights.past_draws import draws_of, n_drawn
from recommender.insights.reliability import stated_chances
from recommender.insights.shown_answers import ShownAnswer, shown_answers
from recommender.store.half_life import meanings_of
from recommender.training.encoder_models import find_encoder
from recommender.training.encoder_process import Vectors, encode_texts

MAX_SLATES = 20_000
"""Newest slates of each reader in which draws are looked for."""


class Part(StrEnum):
    """Which held-out part is asked for."""

    valid = "valid"
    test = "test"


def evaluate(
    dataset: Annotated[
        Path | None,
        typer.Argument(
            help="Folder with papers.jsonl and interactions.tsv, or in the CiteULike layout.",
            show_default=False,
        ),
    ] = None,
    protocol: Annotated[
        str | None,
        typer.Option(
            help=f"How likes are held back: {', '.join(PROTOCOLS)}. Default: time; warm where "
            "no week of likes can be ranked.",
            show_default=False,
        ),
    ] = None,
    mine: Annotated[
        bool, typer.Option("--mine", help="Measure on this library's own likes and skips.")
    ] = False,
    seed: Annotated[
        int, typer.Option(min=0, help="Random seed; the same seed gives the same numbers.")
    ] = 42,
    ranker: Annotated[
        list[str] | None,
        typer.Option(help=f"Only these of: {PAPERLOOP}, {', '.join(BASELINES)}."),
    ] = None,
    other_readers: Annotated[
        int | None,
        typer.Option(min=0, help="Number of other readers to learn from (0: none)."),
    ] = None,
    actions: Annotated[
        str,
        typer.Option(
            help="What simulated readers do, protocols loop and weeks: these of like, save, skip, "
            "dislike, open, nothing, undo."
        ),
    ] = ",".join(EVERY_ANSWER),
    noise: Annotated[
        float | None,
        typer.Option(
            help=f"Share of mis-clicks, protocols loop and weeks; {NOISE}, or 0 for like,skip.",
            show_default=False,
        ),
    ] = None,
    dislikes: Annotated[
        str,
        typer.Option(
            help="What is disliked, protocols loop and weeks: random, or far from the library."
        ),
    ] = "random",
    n_weeks: Annotated[
        int, typer.Option("--weeks", min=2, help="How many weeks protocol weeks goes on.")
    ] = 52,
    n_readers: Annotated[
        int | None,
        typer.Option(
            "--readers",
            min=1,
            help="How many readers protocols loop and weeks simulate at most; 300 and 20.",
            show_default=False,
        ),
    ] = None,
    train: Annotated[Path | None, typer.Option(help="Training file of protocol given.")] = None,
    test: Annotated[Path | None, typer.Option(help="Test file of protocol given.")] = None,
    part: Annotated[
        Part, typer.Option(help="valid while choosing settings, test for the report.")
    ] = Part.test,
    encoder: Annotated[
        str | None,
        typer.Option(
            help="Measure paperloop with this sentence encoder too: a name or a folder.",
            show_default=False,
        ),
    ] = None,
    shortlist: Annotated[
        bool,
        typer.Option(
            "--shortlist",
            help="Measure paperloop as it ranks more than 250,000 papers too: overlap and loss.",
        ),
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write an HTML report with plots to this file.")
    ] = None,
    off_policy: Annotated[
        bool,
        typer.Option(
            "--off-policy",
            help="With --mine: what other rankers would have earned at the drawn places.",
        ),
    ] = False,
    calibration: Annotated[
        bool,
        typer.Option(
            "--calibration",
            help="With --mine: whether the stated chances of a like came true, by reader.",
        ),
    ] = False,
    weights: Annotated[
        bool,
        typer.Option(
            "--weights",
            help="With --mine: whether other weights of the score's parts would have been better.",
        ),
    ] = False,
    half_life: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            help="With --off-policy: judge paperloop with answers that fade, too; days.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Measure the ranking against named baselines, in one run.

    Protocols: *time* goes week by week and is the default where likes carry days; *warm* holds
    back 20 % of each reader's papers at random; *cold* whole papers; *loop* simulates sessions with
    `--actions` and mis-clicks; *weeks* simulates a year of digests and sessions with changing
    interests and holidays; *start* compares ways to begin (a .bib, three titles, three picks, a
    sentence, nothing); *given* takes two files. The same seed gives the same numbers.

    A sentence encoder's vectors are kept in the library's folder and not made twice.

    `--mine --off-policy` estimates from the log what paperloop, itself frozen, TF-IDF and any other
    `--ranker` would have earned where *Explore* drew a paper at random.

    `--mine --calibration` compares the chances of a like that suggestions stated with the answers:
    reliability curve, Brier score and expected calibration error, by reader, together, over time.

    `--mine --weights` tries other weights of the score's parts on past sessions through a reusable
    hold-out with a budget of questions, and says what gain may be luck.

    Example: `paperloop evaluate data/citeulike-t --protocol loop --other-readers 0`.
    """
    of_log = {"--off-policy": off_policy, "--calibration": calibration, "--weights": weights}
    asked_for = [name for name, given in of_log.items() if given]
    for name in asked_for:
        if not mine:
            raise typer.BadParameter("needs --mine", param_hint=name)
    if len(asked_for) > 1:
        raise typer.BadParameter(f"not together with {asked_for[0]}", param_hint=asked_for[1])
    if mine == (dataset is not None):
        raise typer.BadParameter("name a data set, or use --mine", param_hint="DATASET")
    if off_policy:
        found = _off_policy(data_dir, ranker, half_life, seed)
        typer.echo(found.json() if as_json else found.table(), nl=False)
        return
    if calibration:
        stated = _calibration(data_dir, seed)
        typer.echo(stated.json() if as_json else stated.table(), nl=False)
        return
    if weights:
        tried = _tried_weights(data_dir, seed)
        typer.echo(tried.json() if as_json else tried.summary() + "\n", nl=False)
        return
    behaviour = Behaviour.of([x.strip() for x in actions.split(",")], noise, dislikes)
    asked = _open(dataset, data_dir)
    vectors = _encoded(asked, encoder, data_dir) if encoder else None
    with progress("measuring") as tell:
        measured = run(
            asked,
            protocol or default_protocol(asked),
            seed=seed,
            rankers=ranker,
            other_readers=other_readers,
            train=train,
            test=test,
            part=part.value,
            behaviour=behaviour,
            n_weeks=n_weeks,
            n_readers=n_readers,
            vectors=vectors,
            shortlist=shortlist,
            progress=tell,
        )
    if report is not None:
        write_text(report, html(measured))
        note(f"wrote {report}")
    table = weekly_table if measured.protocol == "weeks" else EvaluationReport.table
    typer.echo(measured.json() if as_json else table(measured), nl=False)


def _off_policy(
    data_dir: Path | None, rankers: list[str] | None, half_life: float | None, seed: int
) -> OffPolicyReport:
    with open_library(data_dir) as library:
        feedback = library.store.feedback
        readers = [x.reader_id for x in library.store.readers.list()]
        events = {x: feedback.events(x) for x in readers}
        slates = {x: feedback.slates(x, limit=MAX_SLATES) for x in readers}
        states = {x: fold(events[x]) for x in readers}
        meant = library.settings.meanings
        meanings = {x: meanings_of(library.store, x, meant) for x in readers}
        papers = library.store.catalogue.papers()
    draws = [draw for x in readers for draw in draws_of(events[x], slates[x])]
    return compare_policies(
        from_log(papers, states) if draws else None,
        draws,
        events,
        meanings,
        drawn=sum(n_drawn(x) for x in slates.values()),
        rankers=rankers,
        half_life_days=half_life,
        seed=seed,
    )


def _calibration(data_dir: Path | None, seed: int) -> ReliabilityReport:
    found = {x: stated_chances(answers) for x, answers in _shown_answers(data_dir).items()}
    return reliability_report(found, seed)


def _tried_weights(data_dir: Path | None, seed: int) -> TriedWeights:
    sessions = [x for answers in _shown_answers(data_dir).values() for x in past_sessions(answers)]
    return try_weights(sessions, seed)


def _shown_answers(data_dir: Path | None) -> dict[str, list[ShownAnswer]]:
    """Return the answers of each reader to papers of the newest slates, by reader."""
    with open_library(data_dir) as library:
        feedback, readers = library.store.feedback, library.store.readers
        return {
            x.reader_id: shown_answers(
                learning_events(feedback.events(x.reader_id), readers.interests(x.reader_id)),
                feedback.slates(x.reader_id, limit=MAX_SLATES)[::-1],
            )
            for x in readers.list()
        }


def _encoded(dataset: Dataset, encoder: str, data_dir: Path | None) -> Vectors:
    """Return an encoder's vectors of a data set, kept apart from those of the library."""
    texts, settings = dataset.texts(), settings_for(data_dir)
    model = find_encoder(encoder, settings.encoders_dir)
    note(f"Encoding {len(texts)} texts with {encoder}; the first time takes minutes.")
    return encode_texts(model, texts, settings.data_dir / "evaluated" / dataset.name, note)


def _open(dataset: Path | None, data_dir: Path | None) -> Dataset:
    if dataset is not None:
        return open_dataset(dataset)
    with open_library(data_dir) as library:
        return _log(library)


def _log(library: Library) -> Dataset:
    readers = [x.reader_id for x in library.store.readers.list()]
    states = {x: fold(library.store.feedback.events(x)) for x in readers}
    return from_log(library.store.catalogue.papers(), states)

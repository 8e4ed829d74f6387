"""Commands for the sentence encoder: fetch or copy one, and show what is set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from recommender.cli.context import AsJson, DataDir, settings_for
from recommender.cli.output import note, plain, print_json
from recommender.config import Settings
from recommender.errors import ConfigError, MissingExtra, RecommenderError
from recommender.sources.client import PoliteClient
from recommender.sources.model_files import HOST, LIMITS, MODELS, fetch_model
from recommender.training.encoder_models import (
    EncoderModel,
    copy_encoder,
    fetched_encoders,
    find_encoder,
    install_encoder,
    read_encoder,
)
from recommender.training.encoder_process import in_child, require_extra

encoder = typer.Typer(
    no_args_is_help=True, help="Install a sentence encoder, or show the current one."
)
_TRIAL = ("A survey of class imbalance.", "Bees find nectar by a waggle dance.")


@encoder.command("get")
def get(
    model: Annotated[
        str,
        typer.Argument(
            help=f"A name ({', '.join(MODELS)}), or a folder that holds onnx/model.onnx and "
            "tokenizer.json (or its .onnx file).",
            show_default=False,
        ),
    ],
    name: Annotated[
        str,
        typer.Option(help="Name of the installed model (default: its own).", show_default=False),
    ] = "",
    host: Annotated[
        str, typer.Option(help="Address of a mirror of the host that names are fetched from.")
    ] = HOST,
    data_dir: DataDir = None,
) -> None:
    """Fetch a named model, or copy one from a folder, and try it on two sentences.

    Nothing is fetched at any other time. A named model is one revision with known checksums;
    a file that differs is refused. The setting `encoder` and `paperloop fit` put it to use.

    Examples: `paperloop encoder get all-MiniLM-L6-v2`, `paperloop encoder get ~/models/mine`.
    """
    require_extra()
    settings = settings_for(data_dir)
    if model in MODELS:
        chosen = name or model
        with install_encoder(chosen, settings.encoders_dir) as folder:
            with PoliteClient(
                contact=settings.contact,
                limits=LIMITS,
                allow_private_networks=settings.fetch_private_networks,
            ) as client:
                fetch_model(MODELS[model], folder, client, host, note)
            _try(read_encoder(folder))
    else:
        source = _folder(model)
        chosen = name or source.folder.resolve().name
        with install_encoder(chosen, settings.encoders_dir) as folder:
            copy_encoder(source, folder)
            _try(read_encoder(folder))
    installed = find_encoder(chosen, settings.encoders_dir)
    typer.echo(
        f"{plain(chosen)}: {installed.n_bytes / 1e6:.0f} MB in {plain(str(installed.folder))}"
    )
    if settings.encoder != chosen:
        note(
            f'To use it, put `encoder = "{chosen}"` into {settings.data_dir / "config.toml"} '
            "and run `paperloop fit`."
        )


@encoder.command("show")
def show(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Show the current encoder, whether it works, and which others are available.

    Exit code 1 if one is set that cannot be used.
    """
    settings = settings_for(data_dir)
    status = _status(settings)
    if as_json:
        print_json(status)
    else:
        typer.echo(f"set: {plain(settings.encoder) or 'none (word vectors)'}")
        if model := status["model"]:
            typer.echo(f"     {plain(model['weights'])}, {model['megabytes']} MB")
            typer.echo(f"     {model['token_limit']} tokens a text, pooling: {model['pooling']}")
        typer.echo(f"fetched: {', '.join(status['fetched']) or 'none'}")
        typer.echo(f"can be fetched by name: {', '.join(MODELS)}")
        for problem in status["problems"]:
            note(f"paperloop: {plain(problem)}")
    if status["problems"]:
        raise typer.Exit(1)


def _status(settings: Settings) -> dict[str, Any]:
    """Return what is set and what there is; `problems` say why what is set cannot be used."""
    problems, model = [], None
    if settings.encoder:
        try:
            encoder = find_encoder(settings.encoder, settings.encoders_dir)
            model = {
                "folder": str(encoder.folder),
                "weights": str(encoder.weights),
                "megabytes": round(encoder.n_bytes / 1e6, 1),
                "token_limit": encoder.token_limit,
                "pooling": encoder.pooling,
            }
        except RecommenderError as error:
            problems.append(str(error))
        try:
            require_extra()
        except MissingExtra as error:
            problems.append(str(error))
    return {
        "encoder": settings.encoder,
        "model": model,
        "fetched": fetched_encoders(settings.encoders_dir),
        "can_be_fetched": list(MODELS),
        "problems": problems,
    }


def _folder(given: str) -> EncoderModel:
    path = Path(given).expanduser()
    if not path.exists():
        known = ", ".join(MODELS)
        raise ConfigError(
            f"{given!r} is no folder, and no name that can be fetched ({known}); download the "
            "model's onnx/model.onnx and tokenizer.json into one folder, and name that."
        )
    return read_encoder(path)


def _try(model: EncoderModel) -> None:
    """Encode two sentences; raises ArtifactError where the model cannot."""
    for _ in in_child(model, [_TRIAL]):
        pass

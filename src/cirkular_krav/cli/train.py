"""``train``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cirkular_krav.cli.options import FOLDER, LANGUAGE
from cirkular_krav.cli.progress import Progress

if TYPE_CHECKING:
    from cirkular_krav.reports.words import Words


@click.command(options_metavar="[FLAGGOR]", short_help="Lär om katalogens ordvikter av märkta texter.")
@click.argument("corpus", metavar="KORPUS", type=FOLDER)
@click.option(
    "--out",
    type=FOLDER,
    metavar="MAPP",
    help="Katalogens mapp, som får fitted.yaml och fitted-weights.txt. Utan: bara siffror.",
)
@click.option(
    "--reading",
    is_flag=True,
    help="Lär i stället om vad som avgör om en mening ställer krav, av vilket slag och hur starkt. MAPP får asking.txt, "
    "kind.txt och obligation.txt.",
)
@click.option("--new-criteria", is_flag=True, help="Pröva i stället hur väl kriterier som modellen aldrig sett hittas.")
@LANGUAGE
def train(corpus: Path, out: Path | None, reading: bool, new_criteria: bool, language: str) -> None:
    """Lär om vilka ord som talar för vilket kriterium och hinder.

    KORPUS har passages/ och procurements/ som projektets egen korpus. Siffrorna gäller skribenter och upphandlingar som
    hölls utanför. Det tar flera minuter.
    """
    from cirkular_krav.catalogue import FITTED, WEIGHTS, load_catalogue
    from cirkular_krav.reports.words import load_words
    from cirkular_krav.training import matching

    words = load_words(language)
    progress = Progress("fold", language)
    if reading:
        _train_reading(corpus, out, words, progress)
        return

    catalogue = load_catalogue(out)
    if new_criteria:
        report = matching.criteria_held_out(corpus, catalogue, progress=progress)
    else:
        model, report = matching.train_matching(corpus, catalogue, progress=progress)
        if out:
            (out / WEIGHTS).write_text(model.weights, encoding="utf-8", newline="\n")
            (out / FITTED).write_text(matching.write_head(model), encoding="utf-8", newline="\n")
    progress.clear()
    for held_out in report:
        what = words(f"train.{held_out.what}.{held_out.where}.{held_out.method}")
        precision = f"{held_out.precision:.3f}" if held_out.found else "–"
        click.echo(
            words("train.line", what=what, precision=precision, recall=f"{held_out.recall:.3f}", wanted=held_out.wanted)
        )


def _train_reading(corpus: Path, out: Path | None, words: Words, progress: Progress) -> None:
    """Fit the models of reading and show how right they are, and the rules alone, on procurements held out."""
    from cirkular_krav.training.reading import measure_reading, train_reading, write_reading

    figures = measure_reading(corpus, progress=progress)
    if out:
        write_reading(train_reading(corpus), out)
    progress.clear()
    for method, found in figures.items():
        for what, value in found.items():
            shown = "–" if value is None else f"{value:.3f}"
            named = words(f"train.reading.{what}")
            click.echo(words("train.reading_line", what=named, method=words(f"train.{method}"), value=shown))

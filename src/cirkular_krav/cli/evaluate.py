"""``evaluate``."""

from __future__ import annotations

from pathlib import Path

import click

from cirkular_krav.cli.options import CRITERIA, FOLDER, LANGUAGE, catalogue_beside
from cirkular_krav.cli.progress import Progress


@click.command(options_metavar="[FLAGGOR]", short_help="Mät träffsäkerheten på märkta upphandlingar.")
@click.argument("root", metavar="MAPP", type=FOLDER)
@click.option(
    "--agreement", "two_readers", is_flag=True, help="Visa bara hur väl två läsares märkning stämmer överens."
)
@click.option("--json", "as_json", is_flag=True, help="Skriv allt som JSON, även det som blev fel.")
@click.option(
    "--ratings", type=FOLDER, metavar="FIL", multiple=True,
    help="Jämför i stället ett sparat resultat med sakkunnigas betyg (.xlsx från review ratings); kan upprepas.",
)  # fmt: skip
@CRITERIA
@LANGUAGE
def evaluate(
    root: Path, two_readers: bool, as_json: bool, ratings: tuple[Path, ...], criteria: Path | None, language: str
) -> None:
    """Mät precision och täckning på egna märkta upphandlingar (expected/expected.yaml).

    Med --ratings är MAPP i stället ett sparat resultat, som jämförs med sakkunnigas betyg.
    """
    if ratings:
        _calibrate(root, ratings, as_json, criteria, language)
        return
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.evaluation import evaluate as evaluate_folder
    from cirkular_krav.evaluation.agreement import agreement
    from cirkular_krav.reports import render

    catalogue = load_catalogue(extra=criteria)
    progress = Progress("procurement", language)
    found = agreement(root, catalogue) if two_readers else evaluate_folder(root, catalogue, progress=progress)
    progress.clear()
    click.echo(found.model_dump_json(indent=2) if as_json else render(found, catalogue, language=language), nl=as_json)


def _calibrate(result: Path, files: tuple[Path, ...], as_json: bool, criteria: Path | None, language: str) -> None:
    """Print how specialists' ratings agree with each other and with the bands of a stored result."""
    from cirkular_krav.evaluation.ratings import compare_ratings
    from cirkular_krav.reports import render
    from cirkular_krav.results import read_results
    from cirkular_krav.review.ratings import read_ratings

    catalogue = catalogue_beside(result, criteria)
    given = [rating for file in files for rating in read_ratings(file)]
    found = compare_ratings(given, read_results(result), catalogue)
    click.echo(found.model_dump_json(indent=2) if as_json else render(found, catalogue, language=language), nl=as_json)

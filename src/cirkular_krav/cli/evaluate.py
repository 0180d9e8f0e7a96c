"""``evaluate``."""

from __future__ import annotations

from pathlib import Path

import click

from cirkular_krav.cli.options import CRITERIA, FOLDER, LANGUAGE


@click.command(options_metavar="[FLAGGOR]", short_help="Mät träffsäkerheten på märkta upphandlingar.")
@click.argument("root", metavar="MAPP", type=FOLDER)
@click.option(
    "--agreement", "two_readers", is_flag=True, help="Visa bara hur väl två läsares märkning stämmer överens."
)
@click.option("--json", "as_json", is_flag=True, help="Skriv allt som JSON, även det som blev fel.")
@CRITERIA
@LANGUAGE
def evaluate(root: Path, two_readers: bool, as_json: bool, criteria: Path | None, language: str) -> None:
    """Mät precision och täckning på egna märkta upphandlingar (expected/expected.yaml)."""
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.evaluation import evaluate as evaluate_folder
    from cirkular_krav.evaluation.agreement import agreement
    from cirkular_krav.reports import render

    catalogue = load_catalogue(extra=criteria)
    found = agreement(root, catalogue) if two_readers else evaluate_folder(root, catalogue)
    click.echo(found.model_dump_json(indent=2) if as_json else render(found, catalogue, language=language), nl=as_json)

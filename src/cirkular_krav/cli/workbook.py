"""``workbook``."""

from __future__ import annotations

from pathlib import Path

import click

from cirkular_krav.cli.options import CRITERIA, FOLDER, LANGUAGE, catalogue_beside


@click.command(options_metavar="[FLAGGOR]", short_help="Skriv sparade resultat som en arbetsbok för Excel.")
@click.argument("results", metavar="RESULTAT...", type=FOLDER, nargs=-1, required=True)
@click.option("--out", metavar="FIL", type=FOLDER, required=True, help="Arbetsbok att skriva (.xlsx).")
@CRITERIA
@LANGUAGE
def workbook(results: tuple[Path, ...], out: Path, criteria: Path | None, language: str) -> None:
    """Skriv sparade resultat som en arbetsbok: översikt, luckor, hinder, träffar, krav och vad som lästes."""
    from cirkular_krav.reports.assessment_workbook import assessment_workbook
    from cirkular_krav.reports.words import load_words
    from cirkular_krav.results import read_results, write_bytes

    assessments = [assessment for result in results for assessment in read_results(result)]
    write_bytes(out, assessment_workbook(assessments, catalogue_beside(results[0], criteria), language=language))
    key = "written_one" if len(assessments) == 1 else "written"
    click.echo(load_words(language)(f"assessment_book.{key}", path=out, count=len(assessments)))

"""``report``."""

from __future__ import annotations

from pathlib import Path

import click

from cirkular_krav.cli.options import CRITERIA, FOLDER, LANGUAGE, stored_catalogue


@click.command(options_metavar="[FLAGGOR]", short_help="Skriv en tillgänglig webbrapport av ett sparat resultat.")
@click.argument("result", metavar="RESULTAT", type=FOLDER)
@click.option(
    "--out", metavar="MAPP", type=FOLDER, required=True, help="Mapp för rapportens sidor; index.html öppnas först."
)
@CRITERIA
@LANGUAGE
def report(result: Path, out: Path, criteria: Path | None, language: str) -> None:
    """Skriv en tillgänglig webbrapport av ett sparat RESULTAT (.json eller .jsonl).

    Rapporten behöver varken nät eller skript. Finns katalogen sparad bredvid resultatet används den, så att texterna
    hör till den tid då bedömningen gjordes.
    """
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.publish import write_report
    from cirkular_krav.reports.words import load_words
    from cirkular_krav.results import read_results

    assessments = read_results(result)
    catalogue = (None if criteria else stored_catalogue(result)) or load_catalogue(extra=criteria)
    path = write_report(assessments, catalogue, out, language=language)
    click.echo(load_words(language)("export.written", path=path))

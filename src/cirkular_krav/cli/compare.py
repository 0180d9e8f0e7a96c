"""``compare``."""

from __future__ import annotations

from pathlib import Path

import click

from cirkular_krav.cli.options import FOLDER, LANGUAGE, ORGANISATIONS, WORKERS, given_assessments, stored_catalogue


@click.command(options_metavar="[FLAGGOR]", short_help="Jämför två perioder.")
@click.argument("before", metavar="FÖRE", type=FOLDER)
@click.argument("after", metavar="EFTER", type=FOLDER)
@click.option("--comparison", type=FOLDER, metavar="MAPP", help="Organisationer utanför, under samma tid.")
@click.option("--json", "as_json", is_flag=True, help="Skriv jämförelsen som JSON.")
@ORGANISATIONS
@WORKERS
@LANGUAGE
def compare(
    before: Path,
    after: Path,
    comparison: Path | None,
    as_json: bool,
    organisations: Path | None,
    workers: int | None,
    language: str,
) -> None:
    """Visa vad som ändrats mellan två perioder (mappar eller sparade .jsonl), och vad det beror på.

    Skillnaden delas upp i dokument, blandning, lag, katalog, verktyg och läsbarhet.
    """
    from cirkular_krav.baseline import compare_periods
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.organisations import DEFAULT, load_organisations
    from cirkular_krav.reports import render

    catalogue = stored_catalogue(after) or load_catalogue()
    sides = [given_assessments(side, catalogue, workers, language) for side in (before, after)]
    found = compare_periods(
        sides[0],
        sides[1],
        catalogue,
        before_catalogue=stored_catalogue(before),
        comparison=given_assessments(comparison, catalogue, workers, language) if comparison else (),
        organisations=load_organisations(organisations or DEFAULT),
    )
    click.echo(found.model_dump_json(indent=2) if as_json else render(found, catalogue, language=language), nl=as_json)

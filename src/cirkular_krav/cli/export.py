"""``export``."""

from __future__ import annotations

from pathlib import Path

import click

from cirkular_krav.cli.options import CRITERIA, FOLDER, LANGUAGE


@click.command(options_metavar="[FLAGGOR]", short_help="Resultat till CSV, Excel, JSON Lines, Parquet eller OCDS.")
@click.argument("result", metavar="RESULTAT", type=FOLDER)
@click.option(
    "--out",
    type=FOLDER,
    required=True,
    metavar="FIL|MAPP",
    help="En .xlsx rymmer alla tabeller; en mapp får en fil var.",
)
@click.option("--format", "kind", default="", metavar="FORMAT", help="csv, xlsx, jsonl, parquet eller ocds.")
@click.option(
    "--table", "tables", multiple=True, metavar="TABELL",
    help="Bara denna tabell (kan upprepas): procurements, requirements, matches, obstacles, conflicts, outcomes, ledger.",
)  # fmt: skip
@click.option("--ocid-prefix", default="", metavar="PREFIX", help="Utgivarens prefix, för OCDS: ocds-xxxxxx.")
@click.option("--date", default="", metavar="DATUM", help="Dagen då uppgifterna lämnas ut, för OCDS: ÅÅÅÅ-MM-DD.")
@CRITERIA
@LANGUAGE
def export(
    result: Path,
    out: Path,
    kind: str,
    tables: tuple[str, ...],
    ocid_prefix: str,
    date: str,
    criteria: Path | None,
    language: str,
) -> None:
    """Skriv ett sparat RESULTAT (.json, .jsonl eller .sqlite) som tabeller.

    Text ur dokument läses aldrig som formel: i CSV står en apostrof före det som ett kalkylprogram annars räknar ut.
    """
    from cirkular_krav.reports.export import export_tables
    from cirkular_krav.reports.ocds import export_ocds
    from cirkular_krav.reports.words import load_words
    from cirkular_krav.results import iterate_results

    assessments = iterate_results(result, blocks=False)
    if kind == "ocds":
        from cirkular_krav.catalogue import load_catalogue

        catalogue = load_catalogue(extra=criteria)
        export_ocds(assessments, out, catalogue, prefix=ocid_prefix, date=date, language=language)
        paths: tuple[Path, ...] = (out,)
    else:
        paths = export_tables(assessments, out, kind=kind, tables=tables, language=language)
    for path in paths:
        click.echo(load_words(language)("tables.written", path=path))

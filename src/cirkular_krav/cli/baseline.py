"""``baseline``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cirkular_krav.cli.options import (
    CRITERIA,
    FOLDER,
    LANGUAGE,
    ORGANISATIONS,
    WORKERS,
    given_assessments,
    stored_catalogue,
    unread_code,
)


@click.command(options_metavar="[FLAGGOR]", short_help="Kartlägg alla organisationer.")
@click.argument("root", metavar="MAPP", type=FOLDER)
@click.option("--since", default="", metavar="DAG", help="Räkna bara det som publicerats från denna dag (ÅÅÅÅ-MM-DD).")
@click.option("--until", default="", metavar="DAG", help="Räkna bara det som publicerats till och med denna dag.")
@click.option("--audit", type=FOLDER, metavar="FIL", help="Granskat urval (från draw) att rätta andelen efter.")
@click.option("--policies", type=FOLDER, metavar="MAPP", help="Mapp med styrdokument/ i organisationernas mappar.")
@click.option("--no-sensitivity", is_flag=True, help="Hoppa över hur poängreglernas tal påverkar (går fortare).")
@click.option("--json", "as_json", is_flag=True, help="Skriv baslinjen som JSON.")
@ORGANISATIONS
@WORKERS
@CRITERIA
@LANGUAGE
def baseline(
    root: Path,
    since: str,
    until: str,
    audit: Path | None,
    policies: Path | None,
    no_sensitivity: bool,
    as_json: bool,
    organisations: Path | None,
    workers: int | None,
    criteria: Path | None,
    language: str,
) -> None:
    """Kartlägg alla organisationer över en mapp med upphandlingar, eller en sparad .jsonl-fil."""
    from cirkular_krav.baseline import build_baseline, read_policies
    from cirkular_krav.baseline.draw_file import read_draw
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.organisations import DEFAULT, load_organisations
    from cirkular_krav.reports import render

    catalogue = stored_catalogue(root) or load_catalogue(extra=criteria, examples=False)
    listed = load_organisations(organisations or DEFAULT)
    assessments = given_assessments(root, catalogue, workers, language)
    found = build_baseline(
        assessments,
        catalogue,
        organisations=listed,
        since=since,
        until=until,
        sensitivity=not no_sensitivity,
        audit=read_draw(audit) if audit else None,
        policies=read_policies(policies or root, catalogue, listed),
    )
    click.echo(found.model_dump_json(indent=2) if as_json else render(found, catalogue, language=language), nl=as_json)
    sys.exit(unread_code(assessments))

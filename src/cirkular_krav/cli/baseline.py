"""``baseline``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cirkular_krav.cli.options import CRITERIA, FOLDER, LANGUAGE, STORE, WORKERS, progress_line
from cirkular_krav.errors import ExitCode


@click.command(options_metavar="[FLAGGOR]", short_help="Räkna per organisation.")
@click.argument("root", metavar="MAPP", type=FOLDER)
@STORE
@click.option("--json", "as_json", is_flag=True, help="Skriv baslinjen som JSON.")
@WORKERS
@CRITERIA
@LANGUAGE
def baseline(
    root: Path, store: Path | None, as_json: bool, workers: int | None, criteria: Path | None, language: str
) -> None:
    """Räkna per organisation över en mapp med upphandlingar, eller ett sparat resultat (.jsonl eller .sqlite)."""
    from cirkular_krav.baseline import build_baseline
    from cirkular_krav.batch import update_store
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.pipeline import assess_many
    from cirkular_krav.reports import render
    from cirkular_krav.results import read_results

    catalogue = load_catalogue(extra=criteria)
    progress = progress_line("procurement", language)
    if store:
        update_store(root, store, catalogue, workers=workers, progress=progress)
        root = store
    stored = root.suffix in (".json", ".jsonl", ".sqlite") and root.is_file()
    assessments = (
        read_results(root, blocks=False)
        if stored
        else tuple(assess_many(root, catalogue, workers=workers, progress=progress))
    )
    found = build_baseline(assessments, catalogue)
    click.echo(found.model_dump_json(indent=2) if as_json else render(found, catalogue, language=language), nl=as_json)
    unread = any(row.status in ("partial", "refused", "nothing") for a in assessments for row in a.ledger)
    sys.exit(ExitCode.SOME_UNREAD if unread else ExitCode.ALL_READ)

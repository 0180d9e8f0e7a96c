"""``assess`` and ``explain``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cirkular_krav.cli.options import AGAIN, CRITERIA, DECISIONS, ENGINE, FOLDER, LANGUAGE, STORE, WORKERS
from cirkular_krav.cli.progress import Progress
from cirkular_krav.errors import ExitCode

if TYPE_CHECKING:
    from cirkular_krav.catalogue_types import Catalogue
    from cirkular_krav.models import Assessment, LedgerRow


@click.command(options_metavar="[FLAGGOR]", short_help="Bedöm en upphandling, eller en mapp med många.")
@click.argument("folder", metavar="MAPP", type=FOLDER)
@click.option(
    "--json", "as_json", is_flag=True, help="Skriv hela resultatet som JSON (en rad per upphandling om de är flera)."
)
@click.option(
    "--out",
    type=FOLDER,
    metavar="FIL",
    help="Spara resultatet: .json för en upphandling, .jsonl för flera (katalogen sparas bredvid), .xlsx för Excel.",
)
@DECISIONS
@STORE
@AGAIN
@click.option("--prune", is_flag=True, help="Ta bort ur lagret det som inte längre finns i mappen.")
@ENGINE
@WORKERS
@click.option("--ocr", is_flag=True, help="Läs inskannade sidor med teckenläsning (kräver tillvalet ocr).")
@CRITERIA
@LANGUAGE
def assess(
    folder: Path, as_json: bool, out: Path | None, decisions: Path | None, store: Path | None, workers: int | None,
    ocr: bool, criteria: Path | None, language: str, **storing: Any,
) -> None:  # fmt: skip
    """Bedöm en upphandling (en mapp eller ZIP) eller en mapp med många.

    Med --store sparas allt i ett lager: det som är oförändrat läses inte om, och en körning som avbröts fortsätter där
    den var.
    """
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.readers.pieces import Limits

    if store and (as_json or out or decisions):
        raise click.UsageError("--store kan inte användas tillsammans med --json, --out eller --decisions.")
    if any(storing.values()) and not store:
        raise click.UsageError("--again, --prune och --engine gäller bara tillsammans med --store.")
    catalogue = load_catalogue(extra=criteria, examples=False)
    reading = {"limits": Limits(ocr=ocr), "workers": workers}
    if store:
        sys.exit(_into_store(folder, store, catalogue, language, **storing, **reading))
    assessments, progress, single = _assess_now(folder, catalogue, out, decisions, language, **reading)
    unread = _show(assessments, catalogue, as_json=as_json, single=single, language=language, progress=progress)
    sys.exit(ExitCode.SOME_UNREAD if unread else ExitCode.ALL_READ)


def _into_store(folder: Path, store: Path, catalogue: Catalogue, language: str, **given: Any) -> ExitCode:
    """Bring the store up to date and say what was done; ``given`` are the options of ``update_store``."""
    from cirkular_krav.batch import update_store
    from cirkular_krav.reports.store import update_text

    update = update_store(folder, store, catalogue, progress=Progress("procurement", language), **given)
    click.echo(update_text(update, store, catalogue, pruned=given["prune"], language=language), nl=False)
    return ExitCode.SOME_UNREAD if update.unread or update.failed else ExitCode.ALL_READ


def _assess_now(
    folder: Path, catalogue: Catalogue, out: Path | None, decisions: Path | None, language: str, **given: Any
) -> tuple[Iterable[Assessment], Progress, bool]:
    """Assess what lies in the folder and write it where asked; ``given`` are the options of ``assess_many``."""
    from cirkular_krav.decisions import read_decisions
    from cirkular_krav.pipeline import assess_many, find_procurements
    from cirkular_krav.results import write_bytes, write_results

    single = find_procurements(folder) == [folder]
    progress = Progress("reading" if single else "procurement", language)
    assessments: Iterable[Assessment] = assess_many(
        folder, catalogue, progress=None if single else progress, document_progress=progress if single else None,
        exclude=[path for path in (out, decisions) if path], decisions=read_decisions(decisions) if decisions else (), **given,
    )  # fmt: skip
    if out and out.suffix == ".xlsx":
        from cirkular_krav.reports.assessment_workbook import assessment_workbook

        assessments = tuple(assessments)
        write_bytes(out, assessment_workbook(assessments, catalogue, language=language))
    elif out:
        assessments = write_results(assessments, out, catalogue=catalogue)
    return assessments, progress, single


def _show(
    assessments: Iterable[Assessment], catalogue: Any, *, as_json: bool, single: bool, language: str, progress: Progress
) -> int:
    """Print each assessment as it comes and return how many documents were not wholly read."""
    from cirkular_krav.reports import render
    from cirkular_krav.reports.assessment import summary_line
    from cirkular_krav.reports.words import load_words

    words = load_words(language)
    ledger: list[LedgerRow] = []
    for assessment in assessments:
        progress.clear()
        if as_json:
            click.echo(assessment.model_dump_json(indent=2 if single else None))
        elif single:
            click.echo(render(assessment, catalogue, language=language), nl=False)
        else:
            click.echo(summary_line(assessment, catalogue, words))
        ledger += assessment.ledger
    progress.close(ledger)
    return sum(row.status in ("partial", "refused", "nothing") for row in ledger)


@click.command(options_metavar="[FLAGGOR]", short_help="Förklara ett krav eller en träff, faktor för faktor.")
@click.argument("result", metavar="RESULTAT", type=FOLDER)
@click.argument("identifier", metavar="ID")
@CRITERIA
@LANGUAGE
def explain(result: Path, identifier: str, criteria: Path | None, language: str) -> None:
    """Förklara ett krav eller en träff i ett sparat RESULTAT, faktor för faktor."""
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.reports.explain import explain_any
    from cirkular_krav.results import read_results

    catalogue = load_catalogue(extra=criteria, examples=False)
    click.echo(explain_any(read_results(result, blocks=False), identifier, catalogue, language=language), nl=False)

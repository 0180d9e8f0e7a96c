"""``assess`` and ``explain``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cirkular_krav.cli.options import CRITERIA, DECISIONS, FOLDER, LANGUAGE, WORKERS
from cirkular_krav.cli.progress import Progress
from cirkular_krav.errors import ExitCode

if TYPE_CHECKING:
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
@WORKERS
@click.option("--ocr", is_flag=True, help="Läs inskannade sidor med teckenläsning (kräver tillvalet ocr).")
@CRITERIA
@LANGUAGE
def assess(
    folder: Path,
    as_json: bool,
    out: Path | None,
    decisions: Path | None,
    workers: int | None,
    ocr: bool,
    criteria: Path | None,
    language: str,
) -> None:
    """Bedöm en upphandling (en mapp eller ZIP) eller en mapp med många."""
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.decisions import read_decisions
    from cirkular_krav.pipeline import assess_many, find_procurements
    from cirkular_krav.readers.pieces import Limits
    from cirkular_krav.results import write_bytes, write_results

    catalogue = load_catalogue(extra=criteria, examples=False)
    single = find_procurements(folder) == [folder]
    exclude = [path for path in (out, decisions) if path]
    judged = read_decisions(decisions) if decisions else ()
    progress = Progress("reading" if single else "procurement", language)
    assessments: Iterable[Assessment] = assess_many(
        folder, catalogue, limits=Limits(ocr=ocr), workers=workers, progress=None if single else progress,
        document_progress=progress if single else None, exclude=exclude, decisions=judged,
    )  # fmt: skip
    if out and out.suffix == ".xlsx":
        from cirkular_krav.reports.assessment_workbook import assessment_workbook

        assessments = tuple(assessments)
        write_bytes(out, assessment_workbook(assessments, catalogue, language=language))
    elif out:
        assessments = write_results(assessments, out, catalogue=catalogue)
    unread = _show(assessments, catalogue, as_json=as_json, single=single, language=language, progress=progress)
    sys.exit(ExitCode.SOME_UNREAD if unread else ExitCode.ALL_READ)


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
    click.echo(explain_any(read_results(result), identifier, catalogue, language=language), nl=False)

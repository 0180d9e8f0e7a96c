"""``follow-up``."""

from __future__ import annotations

from pathlib import Path

import click

from cirkular_krav.cli.options import CRITERIA, FOLDER, LANGUAGE, catalogue_beside


@click.command(
    "follow-up", options_metavar="[FLAGGOR]", short_help="Lista vad leverantörerna har lovat, att följa upp."
)
@click.argument("results", metavar="RESULTAT...", type=FOLDER, nargs=-1, required=True)
@click.option("--out", metavar="FIL", type=FOLDER, required=True, help="Arbetsbok att skriva (.xlsx).")
@click.option("--calendar", metavar="FIL", type=FOLDER, help="Kalenderfil att skriva (.ics) med det som har datum.")
@click.option(
    "--start", "starts", metavar="[ID=]DATUM", multiple=True,
    help="Dagen då avtalet börjar (ÅÅÅÅ-MM-DD). Med flera upphandlingar: ID=DATUM, som kan upprepas.",
)  # fmt: skip
@click.option("--until", metavar="DATUM", default="", help="Sista dagen för det som återkommer i kalendern.")
@CRITERIA
@LANGUAGE
def follow_up(
    results: tuple[Path, ...], out: Path, calendar: Path | None, starts: tuple[str, ...], until: str,
    criteria: Path | None, language: str,
) -> None:  # fmt: skip
    """Lista vad leverantörerna har lovat: vilket bevis, när och med vilken påföljd, i datumordning."""
    from cirkular_krav.commitments import find_commitments, starts_of
    from cirkular_krav.reports.follow_up import follow_up_calendar, follow_up_workbook
    from cirkular_krav.reports.words import load_words
    from cirkular_krav.results import read_results, write_bytes

    assessments = [assessment for result in results for assessment in read_results(result)]
    catalogue = catalogue_beside(results[0], criteria)
    commitments = find_commitments(assessments, starts_of(starts, assessments))
    write_bytes(out, follow_up_workbook(commitments, catalogue, language=language))
    words = load_words(language)
    undated = sum(not commitment.occasions for commitment in commitments)
    click.echo(words("follow_up_list.written", path=out, total=len(commitments), undated=undated))
    if calendar:
        write_bytes(calendar, follow_up_calendar(commitments, catalogue, until=until, language=language))
        click.echo(words("follow_up_list.calendar", path=calendar, dated=len(commitments) - undated))
    if undated and not starts:
        click.echo(words("follow_up_list.undated_hint"), err=True)

"""``report``."""

from __future__ import annotations

from pathlib import Path

import click

from cirkular_krav.cli.options import CRITERIA, FOLDER, LANGUAGE, ORGANISATIONS, stored_catalogue


@click.command(options_metavar="[FLAGGOR]", short_help="Skriv en tillgänglig webbrapport av ett sparat resultat.")
@click.argument("result", metavar="RESULTAT", type=FOLDER)
@click.option(
    "--out", metavar="MAPP", type=FOLDER, required=True, help="Mapp för rapportens sidor; index.html öppnas först."
)
@click.option("--before", metavar="FIL", type=FOLDER, help="Sparat resultat från en tidigare period att följa upp mot.")
@click.option("--labels", metavar="MAPP", type=FOLDER, help="Märkta upphandlingar, för uppgiften om vem som märkt vad.")
@click.option("--audit", metavar="FIL", type=FOLDER, help="Granskat urval (från draw) att rätta andelen efter.")
@click.option("--policies", metavar="MAPP", type=FOLDER, help="Mapp med styrdokument/ i organisationernas mappar.")
@click.option("--frame", metavar="LISTA", type=FOLDER, help="Lista över alla upphandlingar som fanns, att jämföra med.")
@click.option("--full", is_flag=True, help="En hel sida per upphandling även när de är fler än 40 (stor rapport).")
@ORGANISATIONS
@CRITERIA
@LANGUAGE
def report(
    result: Path, out: Path, before: Path | None, labels: Path | None, audit: Path | None, policies: Path | None,
    frame: Path | None, full: bool, organisations: Path | None,
    criteria: Path | None, language: str,
) -> None:  # fmt: skip
    """Skriv en tillgänglig webbrapport av ett sparat RESULTAT (.json, .jsonl eller .sqlite).

    Rapporten behöver varken nät eller skript. Finns katalogen sparad bredvid resultatet används den, så att texterna
    hör till den tid då bedömningen gjordes.
    """
    from cirkular_krav.baseline import read_policies
    from cirkular_krav.baseline.draw_file import read_draw
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.frame_file import read_frame
    from cirkular_krav.organisations import DEFAULT, load_organisations
    from cirkular_krav.publish import read_labelling, write_report
    from cirkular_krav.reports.words import load_words
    from cirkular_krav.results import read_results

    catalogue = (None if criteria else stored_catalogue(result)) or load_catalogue(extra=criteria)
    listed = load_organisations(organisations or DEFAULT)
    path = write_report(
        read_results(result), catalogue, out, before=read_results(before) if before else (),
        before_catalogue=stored_catalogue(before) if before else None,
        labels=read_labelling(labels) if labels else (),
        audit=read_draw(audit) if audit else None,
        policies=read_policies(policies, catalogue, listed) if policies else (), organisations=listed, frame=read_frame(frame) if frame else (), full=full,
        language=language,
    )  # fmt: skip
    click.echo(load_words(language)("export.written", path=path))

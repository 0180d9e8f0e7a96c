"""``frame``."""

from __future__ import annotations

from pathlib import Path

import click

from cirkular_krav.cli.options import CRITERIA, FOLDER, LANGUAGE


@click.command(options_metavar="[FLAGGOR]", short_help="Vad som lästs av alla upphandlingar som fanns.")
@click.argument("file", metavar="LISTA", type=FOLDER)
@click.option("--result", type=FOLDER, metavar="RESULTAT", help="Det som lästs: .jsonl eller .sqlite.")
@click.option(
    "--organisation", "organisations", multiple=True, metavar="NUMMER", help="Bara denna köpare (kan upprepas)."
)
@click.option(
    "--make-folders",
    "root",
    type=FOLDER,
    metavar="MAPP",
    help="Gör en mapp per upphandling och en hämtlista per köpare.",
)
@click.option("--json", "as_json", is_flag=True, help="Skriv jämförelsen som JSON.")
@CRITERIA
@LANGUAGE
def frame(
    file: Path,
    result: Path | None,
    organisations: tuple[str, ...],
    root: Path | None,
    as_json: bool,
    criteria: Path | None,
    language: str,
) -> None:
    """Jämför en LISTA över alla upphandlingar – statistikens export eller en egen – med det som lästs.

    Visar vad som saknas per köpare och kategori, om urvalet är skevt, och vad köparen kryssat i mot vad dokumenten ber om.
    """
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.frame import compare_frame
    from cirkular_krav.frame_file import read_frame
    from cirkular_krav.frame_folders import make_folders
    from cirkular_krav.reports.frame import frame_text, write_fetch_lists
    from cirkular_krav.reports.words import load_words
    from cirkular_krav.results import iterate_results

    rows = read_frame(file, organisations=organisations)
    if root:
        for path in write_fetch_lists(make_folders(rows, root), root, language=language):
            click.echo(load_words(language)("tables.written", path=path), err=as_json)
        if not result:
            return
    catalogue = load_catalogue(extra=criteria)
    report = compare_frame(rows, iterate_results(result, blocks=False) if result else (), catalogue)
    click.echo(
        report.model_dump_json(indent=2) if as_json else frame_text(report, catalogue, language=language), nl=as_json
    )

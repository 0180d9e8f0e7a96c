"""``draw``."""

from __future__ import annotations

from pathlib import Path

import click

from cirkular_krav.cli.options import FOLDER, LANGUAGE, given_assessments, stored_catalogue


@click.command(options_metavar="[FLAGGOR]", short_help="Dra upphandlingar slumpmässigt för granskning.")
@click.argument("root", metavar="RESULTAT", type=FOLDER)
@click.option("--size", type=click.IntRange(1), default=40, metavar="ANTAL", help="Hur många upphandlingar (40).")
@click.option("--seed", type=int, default=1, metavar="TAL", help="Slumptalens frö; samma frö ger samma urval (1).")
@click.option("--since", default="", metavar="DAG", help="Samma fönster som baslinjen.")
@click.option("--until", default="", metavar="DAG", help="Samma fönster som baslinjen.")
@click.option("--out", type=FOLDER, required=True, metavar="FIL", help="Urvalet, en .json-fil att fylla i.")
@LANGUAGE
def draw(root: Path, size: int, seed: int, since: str, until: str, out: Path, language: str) -> None:
    """Dra hela upphandlingar slumpmässigt, för att människor ska läsa dem och rätta programmets andel."""
    from cirkular_krav.baseline import draw_audit
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.reports.words import load_words
    from cirkular_krav.results import write_bytes

    catalogue = stored_catalogue(root) or load_catalogue()
    assessments = given_assessments(root, catalogue, None, language)
    drawn = draw_audit(assessments, catalogue, size=size, seed=seed, since=since, until=until)
    write_bytes(out, drawn.model_dump_json(indent=2).encode() + b"\n")
    words = load_words(language)
    click.echo(words("audit.written", count=len(drawn.procurements), path=out))
    if len(drawn.procurements) < size:
        click.echo(words("audit.no_more", count=len(drawn.procurements), size=size))

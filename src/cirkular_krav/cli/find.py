"""``find``."""

from __future__ import annotations

from pathlib import Path

import click

from cirkular_krav.cli.options import FOLDER, LANGUAGE


@click.command(options_metavar="[FLAGGOR]", short_help="Sök bland alla krav i ett lager.")
@click.argument("store", metavar="LAGER", type=FOLDER)
@click.argument("text", metavar="TEXT", nargs=-1, required=True)
@click.option("--most", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Högst så många träffar.")
@LANGUAGE
def find(store: Path, text: tuple[str, ...], most: int, language: str) -> None:
    """Sök i kravens text i ett LAGER, också inne i sammansatta ord: krav, upphandling och plats."""
    from cirkular_krav.reports.store import findings_text
    from cirkular_krav.store import open_store

    with open_store(store) as opened:
        found = opened.find(" ".join(text), most=most)
    click.echo(findings_text(found, " ".join(text), language=language), nl=False)

"""What the commands share: options that mean the same everywhere, and progress on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

FOLDER = click.Path(path_type=Path)
LANGUAGE = click.option(
    "--language", type=click.Choice(["sv", "en"]), default="sv", help="Språk för gränssnittets texter."
)
CRITERIA = click.option("--criteria", type=FOLDER, metavar="MAPP", help="Egna kriterier som läggs till eller ersätter.")
WORKERS = click.option(
    "--workers", type=click.IntRange(1, 64), metavar="ANTAL", help="Hur många dokument som läses samtidigt."
)
STORE = click.option(
    "--store", type=FOLDER, metavar="FIL", help="Spara i ett lager (.sqlite); det som är oförändrat läses inte om."
)
AGAIN = click.option("--again", is_flag=True, help="Läs om allt, också det som är oförändrat (med --store).")
ENGINE = click.option(
    "--engine", default="", metavar="ADRESS", help="Räkna på ett Dask-kluster: dask://värd:port (med --store)."
)


def progress_line(key: str, language: str) -> Callable[[int, int, str], None] | None:
    """Return a function that writes one line over and over on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        return None
    from cirkular_krav.reports.words import load_words

    words = load_words(language)

    def show_line(done: int, total: int, name: str) -> None:
        line = words(f"progress.{key}", done=done, total=total, name=name)[:100]
        click.echo(f"\r{line:<100}" + ("\n" if done == total else ""), nl=False, err=True)

    return show_line

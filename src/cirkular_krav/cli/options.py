"""What the commands share: options that mean the same everywhere, and progress on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cirkular_krav.catalogue_types import Catalogue

FOLDER = click.Path(path_type=Path)
LANGUAGE = click.option(
    "--language", type=click.Choice(["sv", "en"]), default="sv", help="Språk för gränssnittets texter."
)
CRITERIA = click.option("--criteria", type=FOLDER, metavar="MAPP", help="Egna kriterier som läggs till eller ersätter.")
DECISIONS = click.option(
    "--decisions", type=FOLDER, metavar="FIL", help="Personers beslut om träffar (.jsonl från review import)."
)
WORKERS = click.option(
    "--workers", type=click.IntRange(1, 64), metavar="ANTAL", help="Hur många dokument som läses samtidigt."
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


def catalogue_beside(result: Path, criteria: Path | None) -> Catalogue:
    """Return the catalogue that a stored result was made with, if it lies beside; else the installed one.

    Own criteria given on the command line always go with the installed one.
    """
    from cirkular_krav.catalogue import load_catalogue

    stored = result.with_suffix(".catalogue.json")
    return load_catalogue(stored) if stored.is_file() and criteria is None else load_catalogue(extra=criteria)

"""What the commands share: options that mean the same everywhere, and progress on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cirkular_krav.catalogue_types import Catalogue
    from cirkular_krav.models import Assessment

FOLDER = click.Path(path_type=Path)
# A translator adds a language by adding its file of texts; nothing is listed here.
_LANGUAGES = sorted(file.stem for file in (Path(__file__).parents[1] / "reports" / "texts").glob("*.yaml"))
LANGUAGE = click.option(
    "--language", type=click.Choice(_LANGUAGES), default="sv", help="Språk för gränssnittets texter."
)
CRITERIA = click.option("--criteria", type=FOLDER, metavar="MAPP", help="Egna kriterier som läggs till eller ersätter.")
DECISIONS = click.option(
    "--decisions", type=FOLDER, metavar="FIL", help="Personers beslut om träffar (.jsonl från review import)."
)
WORKERS = click.option(
    "--workers", type=click.IntRange(1, 64), metavar="ANTAL", help="Hur många dokument som läses samtidigt."
)
ORGANISATIONS = click.option(
    "--organisations", type=FOLDER, metavar="FIL", help="Egen organisationslista (YAML) i stället för projektets."
)


def given_assessments(root: Path, catalogue: Catalogue, workers: int | None, language: str) -> tuple[Assessment, ...]:
    """Return the assessments of a stored result, or of every procurement in a folder, read now."""
    from cirkular_krav.pipeline import assess_many
    from cirkular_krav.results import read_results

    if root.suffix in (".json", ".jsonl") and root.is_file():
        return read_results(root)
    return tuple(assess_many(root, catalogue, workers=workers, progress=progress_line("procurement", language)))


def stored_catalogue(root: Path) -> Catalogue | None:
    """Return the snapshot of the catalogue that lies beside a stored result, or none."""
    from cirkular_krav.catalogue import load_catalogue

    snapshot = root.with_suffix(".catalogue.json")
    return load_catalogue(snapshot) if root.is_file() and snapshot.is_file() else None


def unread_code(assessments: Iterable[Assessment]) -> int:
    """Return the exit code that says whether every document was read."""
    from cirkular_krav.errors import ExitCode

    unread = any(row.status in ("partial", "refused", "nothing") for a in assessments for row in a.ledger)
    return ExitCode.SOME_UNREAD if unread else ExitCode.ALL_READ


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

    return (None if criteria else stored_catalogue(result)) or load_catalogue(extra=criteria)

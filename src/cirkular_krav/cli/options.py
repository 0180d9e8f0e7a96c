"""What the commands share: options that mean the same everywhere, and what they are given."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cirkular_krav.cli.progress import Progress

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
STORE = click.option(
    "--store", type=FOLDER, metavar="FIL", help="Spara i ett lager (.sqlite); det som är oförändrat läses inte om."
)
AGAIN = click.option("--again", is_flag=True, help="Läs om allt, också det som är oförändrat (med --store).")
ENGINE = click.option(
    "--engine", default="", metavar="ADRESS", help="Räkna på ett Dask-kluster: dask://värd:port (med --store)."
)


def given_assessments(root: Path, catalogue: Catalogue, workers: int | None, language: str) -> tuple[Assessment, ...]:
    """Return the assessments of a stored result, or of every procurement in a folder, read now."""
    from cirkular_krav.pipeline import assess_many
    from cirkular_krav.results import read_results

    if root.suffix in (".json", ".jsonl", ".sqlite") and root.is_file():
        return read_results(root, blocks=False)
    progress = Progress("procurement", language)
    found = tuple(assess_many(root, catalogue, workers=workers, progress=progress))
    progress.close(row for assessment in found for row in assessment.ledger)
    return found


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


def catalogue_beside(result: Path, criteria: Path | None) -> Catalogue:
    """Return the catalogue that a stored result was made with, if it lies beside; else the installed one.

    Own criteria given on the command line always go with the installed one.
    """
    from cirkular_krav.catalogue import load_catalogue

    return (None if criteria else stored_catalogue(result)) or load_catalogue(extra=criteria)

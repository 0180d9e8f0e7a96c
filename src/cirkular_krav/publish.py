"""The HTML report on disk: its pages in one folder that can be opened, printed or put on a web server as it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import CannotWriteError, NothingToDoError, UsageError
from cirkular_krav.models import Assessment
from cirkular_krav.reports.page import REPORT_MARK
from cirkular_krav.reports.pages import INDEX, build_pages
from cirkular_krav.reports.words import load_words
from cirkular_krav.results import write_bytes


def write_report(
    assessments: Iterable[Assessment], catalogue: Catalogue, folder: Path | str, *, language: str = "sv"
) -> Path:
    """Write the report of one or many procurements to a folder and return the page to open first.

    The folder is made, or holds an earlier report, whose pages are replaced. Raises ``UsageError`` when it holds other
    web pages, ``NothingToDoError`` without assessments and ``CannotWriteError``.
    """
    folder = Path(folder)
    words = load_words(language)
    everything = sorted(assessments, key=lambda a: a.procurement.id)
    if not everything:
        raise NothingToDoError("Det finns inga bedömda upphandlingar att göra en rapport av.")
    earlier = _earlier_pages(folder)
    written = set()
    for name, page in build_pages(everything, catalogue, words):
        write_bytes(folder / name, page.encode())
        written.add(name)
    for path in earlier:
        if path.name not in written:
            path.unlink()
    return folder / INDEX


def _earlier_pages(folder: Path) -> list[Path]:
    """Return the pages of an earlier report in the folder, which is made when missing; others' pages are an error."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        raise CannotWriteError(f"Mappen {folder} kunde inte skapas. Välj en annan plats med --out.") from None
    pages = sorted(folder.glob("*.html"))
    others = [path for path in pages if REPORT_MARK not in path.read_bytes()[:2_000].decode("utf-8", "replace")]
    if others:
        raise UsageError(
            f"I {folder} finns webbsidor som inte hör till en rapport ({others[0].name}); inget skrevs över. Välj en "
            "tom eller ny mapp med --out."
        )
    return pages

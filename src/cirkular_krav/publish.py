"""The HTML report on disk: its pages in one folder that can be opened, printed or put on a web server as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cirkular_krav.baseline import build_baseline, compare_periods, has_headline_requirement, swedish_key
from cirkular_krav.baseline.cases import asks_any, claims_circular, claims_environment
from cirkular_krav.baseline.policies import PolicyTexts
from cirkular_krav.baseline_types import Baseline, Draw
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import CannotWriteError, NothingToDoError, UsageError
from cirkular_krav.frame import compare_frame
from cirkular_krav.frame_file import FrameRow
from cirkular_krav.models import Assessment
from cirkular_krav.organisations import Organisations, find_parties, load_organisations
from cirkular_krav.reports.page import REPORT_MARK
from cirkular_krav.reports.pages import build_pages
from cirkular_krav.reports.pages.names import INDEX, procurement_file, short_anchor, short_file
from cirkular_krav.reports.pages.short import MOST_FULL, ON_ONE_PAGE
from cirkular_krav.reports.parts import Labelling, Listed
from cirkular_krav.reports.words import load_words
from cirkular_krav.results import write_bytes


def write_report(
    assessments: Iterable[Assessment],
    catalogue: Catalogue,
    folder: Path | str,
    *,
    organisations: Organisations | None = None,
    before: Sequence[Assessment] = (),
    before_catalogue: Catalogue | None = None,
    labels: Sequence[Labelling] = (),
    audit: Draw | None = None,
    policies: Iterable[PolicyTexts] = (),
    frame: Sequence[FrameRow] = (),
    full: bool = False,
    language: str = "sv",
) -> Path:
    """Write the report of one or many procurements to a folder and return the page to open first.

    ``before`` are the assessments of an earlier period, with the catalogue of their day: they add the page that follows
    up a change. ``labels`` says who labelled what; ``audit`` and ``policies`` are as for ``build_baseline``; ``frame`` are all procurements there were, for the page of the sample against them. More than
    40 procurements stand in short on their organisation's page, so that a whole report can be sent by mail; ``full``
    gives each a page of its own with every requirement. The folder is made, or holds an earlier report, whose pages are replaced. Raises ``UsageError`` when it holds other web pages or the assessments
    have different rulers, ``NothingToDoError`` without assessments, and ``CannotWriteError``.
    """
    folder = Path(folder)
    words = load_words(language)
    everything = sorted(assessments, key=lambda a: (a.procurement.id, a.procurement.published))
    if not everything:
        raise NothingToDoError("Det finns inga bedömda upphandlingar att göra en rapport av.")
    listed_organisations = organisations or load_organisations()
    many = len(everything) > 1
    baseline = build_baseline(
        everything, catalogue, organisations=listed_organisations, sensitivity=many, audit=audit, policies=policies
    )
    short = len(everything) > MOST_FULL and not full
    listed = list(_listed(everything, baseline, catalogue, listed_organisations, short=short))
    comparison = None
    if before:
        comparison = compare_periods(
            before, everything, catalogue, before_catalogue=before_catalogue, organisations=listed_organisations
        )
    compared = compare_frame(frame, everything, catalogue) if frame else None
    earlier = _earlier_pages(folder)
    written = set()
    for name, page in build_pages(
        listed, baseline, catalogue, words, comparison=comparison, frame=compared, labels=labels
    ):
        write_bytes(folder / name, page.encode())
        written.add(name)
    for path in earlier:
        if path.name not in written:
            path.unlink()
    return folder / INDEX


def _listed(
    assessments: Sequence[Assessment], baseline: Baseline, catalogue: Catalogue, organisations: Organisations, *,
    short: bool,
) -> Iterator[Listed]:  # fmt: skip
    """Give each procurement with its place and what the baseline said of it; equal ids get places of their own.

    What the baseline leaves out stands nowhere in short: nothing leads to it.
    """
    # Of equal ids the last counts; the others are left out under the id of the one that counts.
    left_out = {one.id for one in baseline.left_out if one.counted_as != one.id}
    given = Counter(assessment.procurement.id for assessment in assessments)
    seen: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for assessment in assessments:
        procurement = assessment.procurement
        seen[procurement.id] += 1
        again = f"-{seen[procurement.id]}" if seen[procurement.id] > 1 else ""
        party = find_parties(procurement, organisations).responsible
        counted = procurement.id not in left_out and seen[procurement.id] == given[procurement.id]
        href = procurement_file(procurement.id + again)
        if short:
            shown[party.key] += counted
            part = 1 + max(0, shown[party.key] - 1) // ON_ONE_PAGE
            href = f"{short_file(party.key, part)}#{short_anchor(procurement.id + again)}"
        yield Listed(
            assessment=assessment,
            href=href,
            party=party.key,
            label=party.label,
            headline=has_headline_requirement(assessment, catalogue),
            counted=counted,
            claims_circular=claims_circular(assessment),
            claims_environment=claims_environment(assessment),
            asks_any=asks_any(assessment),
            order=(swedish_key(procurement.title or procurement.id), procurement.published, href),
        )


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


def read_labelling(root: Path) -> tuple[Labelling, ...]:
    """Return who labelled each procurement under a folder, when, and how many passages (design D13)."""
    from cirkular_krav.evaluation.labels import labels_of, read_expected
    from cirkular_krav.pipeline import find_procurements

    labelled = [(source, labels_of(source)) for source in find_procurements(root) if labels_of(source).is_file()]
    read = [(source.stem if source.is_file() else source.name, read_expected(path)) for source, path in labelled]
    return tuple(Labelling(name, one.labelled_by, one.labelled_on, len(one.requirements)) for name, one in read)

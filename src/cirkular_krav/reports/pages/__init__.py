"""The HTML report: one module per kind of page, each a function from results to one self-contained page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cirkular_krav.baseline_types import Baseline, Comparison
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.frame import FrameReport
from cirkular_krav.reports.page import Link, PageWords
from cirkular_krav.reports.pages.change import change_page
from cirkular_krav.reports.pages.criterion import criterion_page
from cirkular_krav.reports.pages.frame import frame_page
from cirkular_krav.reports.pages.method import method_page
from cirkular_krav.reports.pages.names import (
    CHANGE,
    FRAME,
    INDEX,
    METHOD,
    criterion_file,
    has_criterion_page,
    organisation_file,
)
from cirkular_krav.reports.pages.overview import county_page, organisation_page
from cirkular_krav.reports.pages.procurement import procurement_page
from cirkular_krav.reports.pages.short import short_pages
from cirkular_krav.reports.parts import Labelling, Listed
from cirkular_krav.reports.words import Words

Page = tuple[str, str]


def build_pages(
    listed: Sequence[Listed],
    baseline: Baseline,
    catalogue: Catalogue,
    words: Words,
    *,
    comparison: Comparison | None = None,
    frame: FrameReport | None = None,
    labels: Sequence[Labelling] = (),
) -> Iterator[Page]:
    """Yield each page of the report as file name and HTML; ``index.html`` is where a reader starts.

    One procurement gives its own page. Many give one for all together, one per organisation and per criterion that
    someone asks for, and each procurement in full or in short, as its place in ``listed`` says.
    """
    many = len(listed) > 1
    t = PageWords(words)
    links = [Link(INDEX, t("page.overview" if many else "page.procurement"))]
    links += [Link(CHANGE, t("page.change"))] if comparison else []
    links += [Link(FRAME, t("page.frame"))] if frame else []
    links += [Link(METHOD, t("page.method"))]
    if many:
        yield INDEX, county_page(baseline, listed, catalogue, words, links=links)
        yield from _details(listed, baseline, catalogue, words, links)
    else:
        yield INDEX, procurement_page(listed[0].assessment, catalogue, words, links=links)
    if comparison:
        yield CHANGE, change_page(comparison, words, links=links)
    if frame:
        yield FRAME, frame_page(frame, listed, catalogue, words, links=links)
    assessments = [one.assessment for one in listed]
    yield (
        METHOD,
        method_page(assessments, catalogue, words, links=links, labels=labels, baseline=baseline if many else None),
    )


def _details(
    listed: Sequence[Listed], baseline: Baseline, catalogue: Catalogue, words: Words, links: Sequence[Link]
) -> Iterator[Page]:
    for group in baseline.responsible:
        page = organisation_page(baseline, group, listed, catalogue, words, links=links)
        yield organisation_file(group.key), page
        own = [one for one in listed if one.party == group.key and one.short and one.counted]
        yield from short_pages(baseline, group.key, group.label, own, catalogue, words, links=links)
    for share in baseline.total.criteria:
        criterion = catalogue.by_id.get(share.criterion_id)
        if criterion and has_criterion_page(share):
            page = criterion_page(criterion, baseline, listed, catalogue, words, links=links)
            yield criterion_file(criterion.id), page
    for one in listed:
        if one.short:
            continue
        yield one.href, procurement_page(one.assessment, catalogue, words, links=links)

"""The page of the sample against the frame: what was read of all there was, and whether it looks like the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.frame import FrameItem, FrameReport, Skew
from cirkular_krav.reports.frame import (
    ASKS_KEYS,
    FLAG_CELLS,
    buyer_names,
    found_not_said,
    said_not_found,
    skew_sentence,
)
from cirkular_krav.reports.frame_figures import coverage_figure, sample_figure
from cirkular_krav.reports.page import Link, PageWords, render_page
from cirkular_krav.reports.parts import Figure, Listed, Sheet, link
from cirkular_krav.reports.words import Words


def frame_page(
    report: FrameReport, listed: Sequence[Listed], catalogue: Catalogue, words: Words, *, links: Sequence[Link] = ()
) -> str:
    """Return the page that says how much of the frame was read and whether the sample is skewed."""
    t = PageWords(words)
    view = _Frame(report, {one.assessment.procurement.id: one for one in listed if one.counted}, catalogue, t)
    return render_page("frame.html", words, title=words("frame_page.title"), links=links, view=view, versions=t("frame_page.foot"))  # fmt: skip


class _Frame:
    def __init__(self, report: FrameReport, listed: Mapping[str, Listed], catalogue: Catalogue, t: PageWords) -> None:
        self.report = report
        self.listed = listed
        self.catalogue = catalogue
        self.t = t
        self.read = sum(item.state == "read" for item in report.items)

    @property
    def found(self) -> Iterator[Markup]:
        t, items = self.t, self.report.items
        yield t("frame_page.found_read", read=t.words.number(self.read), total=t.words.number(len(items)))
        for state in ("unread", "missing"):
            count = sum(item.state == state for item in items)
            if count:
                yield t.counted(f"frame_page.found_{state}", count)
        if self.report.outside:
            yield t.counted("frame_page.found_outside", len(self.report.outside))

    def verdict(self) -> Markup:
        """Say in one sentence whether the figures of the report may be said to hold for all."""
        if not self.read:
            return self.t("frame_page.nothing_read")
        return self.t("frame_page.skewed" if self.report.skews else "frame_page.not_skewed")

    @property
    def sure(self) -> Iterator[Markup]:
        t = self.t
        if self.read:
            yield from (self._skew(skew) for skew in self.report.skews if not skew.organisation)
            if not self.report.skews:
                yield t("frame.no_skew")
        empty = sum(cell.frame for cell in self.report.cells if not cell.read)
        if self.read and empty:
            yield t("frame.empty_cells", count=t.words.number(empty), total=t.words.number(len(self.report.items)))
        yield t("frame_page.sure_within")

    def skews(self) -> list[Markup]:
        """Give the organisations whose own sample is skewed."""
        return [self._skew(skew) for skew in self.report.skews if skew.organisation]

    def _skew(self, skew: Skew) -> Markup:
        return self.t.mark(skew_sentence(skew, buyer_names(self.report), self.catalogue, self.t.words))

    def figures(self) -> list[Figure]:
        sample = sample_figure(self.report, self.catalogue, self.t)
        return [coverage_figure(self.report, self.t), *([sample] if sample else [])]

    def flags(self) -> Sheet | None:
        """Give what the buyer ticked beside what the documents ask for; none when nothing could be compared."""
        t = self.t
        rows = []
        for ticked, asks in FLAG_CELLS:
            own = [i for i in self.report.items if i.ticked == ticked and i.asks_any is asks and i.state != "missing"]
            if own:
                circular = sum(bool(item.asks_circular) for item in own)
                numbers = (t.words.number(len(own)), t.words.number(circular))
                rows.append((t(f"frame.ticked.{ticked}"), t(f"frame.asks.{ASKS_KEYS[asks]}"), *numbers))
        columns = tuple(t(f"frame_page.flag_columns.{c}") for c in ("ticked", "asks", "count", "circular"))
        return Sheet(t("frame_page.flag_caption"), columns, rows, (2, 3)) if rows else None

    def differing(self) -> Iterator[tuple[Markup, list[Markup]]]:
        """Give the procurements where the notice and the documents say different things."""
        for key, chosen in (("said_not_found", said_not_found), ("found_not_said", found_not_said)):
            found = [self._named(item) for item in self.report.items if chosen(item)]
            if found:
                yield self.t.counted(f"frame_page.{key}", len(found)), found

    def _named(self, item: FrameItem) -> Markup:
        one = self.listed.get(item.procurement)
        name = self.t.mark(item.row.title or item.row.frame_id)
        return Markup("{} ({})").format(link(one.href, name) if one else name, item.row.buyer)

"""The page of the sample against the frame: what was read of all there was, and whether it looks like the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.frame import FlagShare, FrameItem, FrameReport, Skew
from cirkular_krav.reports.frame import buyer_names, found_not_said, said_not_found, skew_sentence
from cirkular_krav.reports.frame_figures import coverage_figure, sample_figure
from cirkular_krav.reports.page import Link, PageWords, render_page
from cirkular_krav.reports.parts import Figure, Listed, Sheet, doubted, link
from cirkular_krav.reports.words import Words

# So many categories or organisations are named where there is too much or too little; the table has all.
_MOST_NAMED = 3


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
        names = buyer_names(self.report)
        return self.t.mark(skew_sentence(skew, names, self.catalogue, self.t.words, most=_MOST_NAMED))

    def figures(self) -> list[Figure]:
        sample = sample_figure(self.report, self.catalogue, self.t)
        return [coverage_figure(self.report, self.t), *([sample] if sample else [])]

    def flags(self) -> list[Sheet]:
        """Give what the buyer ticked, and what the notice says, beside what the documents ask for."""
        sheets = []
        for source in ("box", "notice"):
            found = [flag for flag in self.report.flags if flag.source == source]
            if any(flag.says != "not_reported" for flag in found):
                columns = tuple(self.t(f"frame_page.flag_columns.{c}") for c in (source, "any", "circular", "unread"))
                rows = [self._flag(flag) for flag in found]
                sheets.append(Sheet(self.t(f"frame_page.flag_caption.{source}"), columns, rows, (3,)))
        return sheets

    def _flag(self, flag: FlagShare) -> tuple[Markup | str, ...]:
        t = self.t
        said = t(f"frame_page.says.{flag.source}.{flag.says}")
        return said, doubted(flag.asks_any, t), doubted(flag.asks_circular, t), t.words.number(flag.unread)

    def platforms(self) -> Sheet | None:
        """Give how often the box is ticked in each database; none where the list names no database."""
        t = self.t
        rows = [(one.database or t("frame_page.no_database"), doubted(one.ticked, t)) for one in self.report.platforms]
        columns = (t("frame_page.platform_columns.name"), t("frame_page.platform_columns.ticked"))
        named = any(one.database for one in self.report.platforms)
        return Sheet(t("frame_page.platform_caption"), columns, rows) if named else None

    def unlike(self) -> Markup | None:
        """Say how often the box and the notice differ, where there are both."""
        both = [i for i in self.report.items if i.strategic and i.ticked != "not_reported"]
        unlike = sum(item.ticked != item.strategic_says for item in both)
        return self.t("frame.strategic_unlike", unlike=unlike, both=len(both)) if both else None

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

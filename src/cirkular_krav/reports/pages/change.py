"""The page that follows up: what changed between two periods, what the change consists of, and what it does not say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from cirkular_krav.baseline_types import Comparison
from cirkular_krav.reports.comparison import difference_text, signed
from cirkular_krav.reports.group_figures import change_figure
from cirkular_krav.reports.page import Link, PageWords, render_page
from cirkular_krav.reports.parts import Figure, Sheet
from cirkular_krav.reports.shares import share_text
from cirkular_krav.reports.words import Words


def change_page(comparison: Comparison, words: Words, *, links: Sequence[Link] = ()) -> str:
    """Return the page of a comparison over time."""
    view = _Change(comparison, PageWords(words))
    versions = comparison.after.versions
    foot = view.t(
        "assessment.versions", library=versions.library, catalogue=versions.catalogue,
        fingerprint=versions.catalogue_fingerprint, scoring=versions.scoring,
    )  # fmt: skip
    return render_page("change.html", words, title=words("change.title"), links=links, view=view, versions=foot)


class _Change:
    def __init__(self, comparison: Comparison, t: PageWords) -> None:
        self.comparison = comparison
        self.t = t

    def seen(self) -> Markup:
        """Say in one sentence whether a change is seen."""
        return self.t(f"change.seen.{self.comparison.total.difference.seen}")

    @property
    def found(self) -> Iterator[Markup]:
        t, total = self.t, self.comparison.total
        before, after = (share_text(share, t.words) for share in (total.before, total.after))
        yield t("change.as_found", before=before, after=after)
        for key, difference in (("same_ruler", total.difference), ("same_mix", total.standardised)):
            if difference is not None and difference.value is not None:
                yield t(f"change.{key}", points=signed(difference.value, t.words))
        if self.comparison.beyond is not None:
            yield t("comparison.beyond", difference=difference_text(self.comparison.beyond, t.words))

    @property
    def sure(self) -> Iterator[Markup]:
        t = self.t
        difference = self.comparison.total.difference
        if difference.low is not None and difference.high is not None:
            yield t("change.chance", low=signed(difference.low, t.words), high=signed(difference.high, t.words))
        yield t("change.not_effect")
        yield t("change.same_ruler_note")
        if self.comparison.power:
            power = self.comparison.power[0]
            yield t("comparison.power", needed=t.words.number(power.needed), scored=t.words.number(power.scored))

    def figure(self) -> Figure:
        return change_figure(self.comparison, self.t)

    def parts(self) -> Sheet:
        t = self.t
        rows = []
        for part in self.comparison.total.parts:
            points = t.words("baseline.nothing") if part.value is None else signed(part.value, t.words)
            rows.append((t(f"comparison.part.{part.id}"), points, t(f"comparison.reason.{part.reason}") if part.reason else ""))  # fmt: skip
        columns = (t("change.part"), t("change.points_column"), t("change.remark"))
        return Sheet(t("change.parts_caption"), columns, rows, (1,))

    def periods(self) -> Sheet:
        t = self.t
        rows = []
        for name in ("before", "after"):
            period = getattr(self.comparison, name)
            days = t("change.days", first=period.window.first or "–", last=period.window.last or "–")
            rows.append(
                (t(f"comparison.{name}"), days, str(period.found), str(period.scored), period.versions.catalogue)
            )
        columns = tuple(t(f"change.period_columns.{c}") for c in ("name", "days", "found", "scored", "catalogue"))
        return Sheet(t("change.periods_caption"), columns, rows, (2, 3))

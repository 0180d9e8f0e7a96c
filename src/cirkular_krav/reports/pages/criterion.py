"""The page of one criterion: how often each organisation asks for it, and every place where someone does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from cirkular_krav.baseline_types import Baseline, CriterionShare, Group
from cirkular_krav.catalogue_types import Catalogue, Criterion
from cirkular_krav.models import Match
from cirkular_krav.reports import charts
from cirkular_krav.reports.assessment import suggestion
from cirkular_krav.reports.group_figures import ticks
from cirkular_krav.reports.page import Link, PageWords, render_page
from cirkular_krav.reports.pages.names import organisation_file
from cirkular_krav.reports.parts import Figure, Listed, Quotation, Sheet, link, quotation
from cirkular_krav.reports.shares import interval_cell, share_text
from cirkular_krav.reports.words import Words, title_of

# So many quotations stand on a page, and at least one from each organisation that asks.
_MOST_SHOWN = 16
_QUOTE = 300


def criterion_page(
    criterion: Criterion, baseline: Baseline, listed: Sequence[Listed], catalogue: Catalogue, words: Words, *,
    links: Sequence[Link] = (),
) -> str:  # fmt: skip
    """Return the page of one criterion by organisation."""
    view = _Criterion(criterion, baseline, listed, catalogue, PageWords(words))
    title = words("criterion_page.page_title", title=title_of(criterion, words.language))
    versions = view.t("page.catalogue_versions", catalogue=catalogue.version, fingerprint=catalogue.fingerprint, scoring=catalogue.scoring.revision)  # fmt: skip
    return render_page("criterion.html", words, title=title, links=links, view=view, versions=versions)


class _Criterion:
    def __init__(
        self, criterion: Criterion, baseline: Baseline, listed: Sequence[Listed], catalogue: Catalogue, t: PageWords
    ) -> None:
        self.criterion = criterion
        self.baseline = baseline
        self.listed = [one for one in listed if one.counted]
        self.catalogue = catalogue
        self.t = t
        self.title = t.title(criterion)
        self.wording = suggestion(criterion)

    def summary(self) -> Markup:
        found = self._share(self.baseline.total)
        if found is None or not found.asked.denominator:
            return self.t("criterion_page.never_applies")
        return self.t("criterion_page.summary", asked=share_text(found.asked, self.t.words))

    def _share(self, group: Group) -> CriterionShare | None:
        return next((c for c in group.criteria if c.criterion_id == self.criterion.id), None)

    def figure(self) -> Figure | None:
        """Draw each organisation's share; none when the criterion applies nowhere, no picture when no share can be told."""
        t = self.t
        groups = [(g, c.asked) for g in self.baseline.responsible if (c := self._share(g)) and c.asked.denominator]
        if not groups:
            return None
        rows = [
            charts.Range(
                g.label or t.words("baseline.unknown_organisation"), s.value,
                t.words("overview.of", numerator=s.numerator, denominator=s.denominator), s.low, s.high, s.bound_low, s.bound_high,
            )
            for g, s in groups
        ]  # fmt: skip
        title = t("criterion_page.figure_title")
        values = "; ".join(f"{row.label} {row.text}" for row in rows)
        known = any(s.value is not None for _, s in groups)
        svg = Markup(charts.intervals(rows, alt=t.plain("figures.alt", title=t.plain("criterion_page.figure_title"), values=values), ticks=ticks(t)))  # noqa: S704  # fmt: skip
        cells = [
            (link(organisation_file(g.key), g.label or t("baseline.unknown_organisation")), share_text(s, t.words), interval_cell(s, t.words))
            for g, s in groups
        ]  # fmt: skip
        columns = (t("overview.responsible_column"), t("overview.share"), t("overview.interval"))
        note = t("criterion_page.figure_note" if known else "criterion_page.figure_few")
        return Figure("bild-kriterium", title, note, svg if known else Markup(""), Sheet(title, columns, cells))

    def asked(self) -> Iterator[tuple[Markup, list[tuple[Markup, Quotation, Markup]], Markup | None]]:
        """Give, for each organisation, the strongest requirement of the procurements that ask for the criterion.

        Past so many, the strongest stand here and the rest with their procurements.
        """
        by_party: dict[str, list[tuple[Listed, Match]]] = {}
        for one in self.listed:
            match = self._strongest(one)
            if match:
                by_party.setdefault(one.party, []).append((one, match))
        most = max(1, _MOST_SHOWN // max(len(by_party), 1))
        for group in self.baseline.responsible:
            found = sorted(by_party.get(group.key, ()), key=lambda pair: (-pair[1].points, pair[0].href))
            if found:
                name = group.label or self.t("baseline.unknown_organisation")
                heading = self.t.counted("criterion_page.asked_by", len(found), name=name)
                yield heading, [self._item(*pair) for pair in found[:most]], self._more(len(found) - most, group)

    def _item(self, one: Listed, match: Match) -> tuple[Markup, Quotation, Markup]:
        requirement = next(r for r in one.assessment.requirements if r.id == match.requirement_id)
        points = self.t("report.points", points=self.t.words.number(match.points))
        return link(one.at(f"krav-{self.criterion.id}"), one.title), quotation(requirement, self.t, _QUOTE), points

    def _more(self, count: int, group: Group) -> Markup | None:
        if count <= 0:
            return None
        return link(f"{organisation_file(group.key)}#upphandlingar", self.t.counted("criterion_page.more", count))

    def _strongest(self, one: Listed) -> Match | None:
        asked = {o.criterion_id for o in one.assessment.outcomes if o.value in ("asked", "partly")}
        own = [m for m in one.assessment.matches if m.criterion_id == self.criterion.id]
        return max(own, key=lambda m: (m.points, m.id)) if own and self.criterion.id in asked else None

    def missing(self) -> tuple[int, list[tuple[Markup, str]]]:
        """Give the number of procurements that it fits and that do not ask for it, and the latest of them."""
        found = [
            one for one in self.listed
            if any(o.criterion_id == self.criterion.id and o.value == "not_asked" for o in one.assessment.outcomes)
        ]  # fmt: skip
        latest = sorted(found, key=lambda one: one.assessment.procurement.published, reverse=True)[:_MOST_SHOWN]
        return len(found), [(link(one.href, one.title), one.label) for one in latest]

"""The page of many procurements: one for all organisations together and one for each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markupsafe import Markup

from cirkular_krav.baseline_types import Baseline, CriterionShare, Group
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.reports.advice import WideAdvice, advise_many
from cirkular_krav.reports.group_figures import (
    bands_figure,
    branch_name,
    branches_figure,
    group_goals_figure,
    group_strategies_figure,
    headline_figure,
    heat_figure,
    scores_figure,
    spread_text,
)
from cirkular_krav.reports.page import Link, PageWords, render_page
from cirkular_krav.reports.pages.audit import audit_of, audit_sheet
from cirkular_krav.reports.pages.claims import claims_differ, claims_sheet
from cirkular_krav.reports.pages.names import METHOD, criterion_file, has_criterion_page, organisation_file
from cirkular_krav.reports.parts import Figure, Listed, Sheet, file_name, link
from cirkular_krav.reports.shares import bounds_cell, interval_cell, interval_text, share_cell, share_text
from cirkular_krav.reports.words import Words
from cirkular_krav.text import cut

_QUOTED = 200
_MOST_WEIGHT = 3
_MOST_SAID = 2
# So many procurements are named under an obstacle; the table of all says which the others are.
_MOST_PLACES = 25


def county_page(
    baseline: Baseline, listed: Sequence[Listed], catalogue: Catalogue, words: Words, *, links: Sequence[Link] = ()
) -> str:
    """Return the first page of a report of many procurements: all organisations together."""
    view = _Overview(baseline, baseline.total, listed, catalogue, PageWords(words))
    title = words("overview.title", count=baseline.total.counts.procurements)
    return render_page("overview.html", words, title=title, links=links, view=view, versions=view.versions())


def organisation_page(
    baseline: Baseline, group: Group, listed: Sequence[Listed], catalogue: Catalogue, words: Words, *,
    links: Sequence[Link] = (),
) -> str:  # fmt: skip
    """Return the page of one responsible organisation."""
    own = [one for one in listed if one.party == group.key]
    view = _Overview(baseline, group, own, catalogue, PageWords(words))
    title = words("overview.organisation_title", name=view.heading)
    return render_page("overview.html", words, title=title, links=links, view=view, versions=view.versions())


class _Overview:
    """What the template shows of one group of procurements."""

    def __init__(
        self, baseline: Baseline, group: Group, listed: Sequence[Listed], catalogue: Catalogue, t: PageWords
    ) -> None:
        self.baseline = baseline
        self.group = group
        self.counted = [one for one in listed if one.counted]
        self.catalogue = catalogue
        self.t = t
        self.whole = group.by == "all"
        label = group.label or t.words("baseline.unknown_organisation")
        self.heading = t("overview.title", count=group.counts.procurements) if self.whole else label
        self.eyebrow = t("overview.eyebrow" if self.whole else "overview.organisation_eyebrow")

    # --- the first screen -----------------------------------------------------------------------

    def facts(self) -> Iterator[Markup]:
        """Tell when the procurements of this page were published, and how many of them could be scored."""
        t, counts = self.t, self.group.counts
        days = sorted(day for one in self.counted if (day := one.assessment.procurement.published))
        yield t("overview.window", first=days[0], last=days[-1]) if days else t("baseline.no_dates")
        yield t("overview.scored_of", scored=t.words.number(counts.scored), total=t.words.number(counts.procurements))

    @property
    def found(self) -> Iterator[Markup]:
        t, group = self.t, self.group
        if not group.headline.denominator:
            yield t("overview.found_nothing")
            return
        asked = link("#upphandlingar", t("overview.of", numerator=group.headline.numerator, denominator=group.headline.denominator))  # fmt: skip
        yield t("overview.found_headline", asked=asked)
        conflict = link("#hinder", t("overview.of", numerator=group.with_conflict.numerator, denominator=group.with_conflict.denominator))  # fmt: skip
        yield t("overview.found_conflict", count=conflict)
        spread = group.spread
        if spread.median is not None:
            yield t("overview.found_median", median=t.words.number(spread.median), lower=t.words.number(spread.lower_quartile or 0), upper=t.words.number(spread.upper_quartile or 0))  # fmt: skip
        if group.claims.only_claimed:
            yield self._found_claims()
        if group.follow_up.value is not None:
            yield t("overview.found_follow_up", count=share_text(group.follow_up, t.words))

    def _found_claims(self) -> Markup:
        count = self.group.claims.only_claimed
        where = link("#annonser", self.t.counted("overview.claimed_in", count))
        return self.t("overview.found_claims", where=where)

    @property
    def sure(self) -> Iterator[Markup]:
        t, group = self.t, self.group
        share = group.headline
        if not share.denominator:
            yield t("overview.sure_none")
        elif share.value is None or share.low is None or share.high is None:
            yield t.counted("overview.sure_few", group.counts.scored)
        else:
            yield t("overview.sure_interval", percent=t.words.percent(share.value), interval=interval_text(share.low, share.high, t.words))  # fmt: skip
        yield from self._sure_audit()
        unread = group.counts.incomplete + group.counts.nothing_read
        if unread and share.bound_low is not None and share.bound_high is not None:
            ends = {"low": t.words.percent(share.bound_low), "high": t.words.percent(share.bound_high)}
            yield t.counted("overview.sure_unread", unread, **ends)
        without = group.counts.not_relevant + group.counts.few_applicable
        if without:
            yield t.counted("overview.sure_without", without)
        if self.whole and self.baseline.left_out:
            yield t.counted("overview.sure_left_out", len(self.baseline.left_out))
        yield t("overview.sure_measured", measured=t.measured())
        yield t("report.sure_not_delivered")

    def _sure_audit(self) -> Iterator[Markup]:
        """Say what people's reading makes of the share, where enough is read to say anything."""
        t, own = self.t, audit_of(self.baseline, self.group.key)
        audit = self.baseline.audit if self.whole else own.share if own else None
        if audit and audit.corrected is not None and not audit.reason:
            read = link("#granskning", t.counted("overview.audited", audit.judged))
            if audit.all_read:
                yes = round(audit.corrected * audit.population)
                yield t("overview.sure_audit_all", read=read, yes=yes, total=audit.population)
                return
            interval = interval_text(audit.low, audit.high, t.words)
            yield t("overview.sure_audit", read=read, share=t.words.percent(audit.corrected), interval=interval)

    @property
    def todo_title(self) -> Markup:
        return self.t(f"page.todo.{len(self.todo)}")

    @property
    def todo(self) -> list[tuple[Markup, Markup]]:
        assessments = [one.assessment for one in self.counted]
        return [self._advice(advice) for advice in advise_many(assessments, self.group)]

    def _advice(self, advice: WideAdvice) -> tuple[Markup, Markup]:
        t = self.t
        title = self.name(advice.entry_id) if advice.entry_id else Markup("")
        href = {"obstacle": "#hinder", "gap": criterion_file(advice.entry_id)}.get(advice.kind, "#upphandlingar")
        why = t.counted(f"overview.todo_{advice.kind}_why", advice.count, total=t.words.number(advice.total))
        if advice.total == 1:
            why = t(f"overview.todo_{advice.kind}_why_only")
        return t(f"overview.todo_{advice.kind}", title=title), Markup("{} {}").format(
            why, link(href, t(f"overview.todo_{advice.kind}_link"))
        )

    # --- names ----------------------------------------------------------------------------------

    def name(self, entry_id: str) -> Markup:
        entry = self.catalogue.by_id.get(entry_id) or self.catalogue.obstacles_by_id.get(entry_id)
        return self.t.title(entry) if entry else Markup("{}").format(entry_id)

    def group_name(self, group: Group) -> Markup:
        t = self.t
        if group.by == "category":
            category = self.catalogue.categories_by_id.get(group.key)
            return t.title(category) if category else t("baseline.unknown_category")
        if group.by in ("year", "responsible_year"):
            year = group.key if group.by == "year" else group.year
            return Markup("{}").format(year) if year else t("baseline.unknown_year")
        if group.by == "form":
            return t(f"baseline.form.{group.key}")
        if group.by == "all":
            return t("baseline.all_name")
        return Markup("{}").format(group.label) if group.label else t("baseline.unknown_organisation")

    def linked_name(self, group: Group) -> Markup:
        name = self.group_name(group)
        return link(organisation_file(group.key), name) if group.by == "responsible" else name

    def versions(self) -> Markup:
        versions = self.baseline.versions
        return self.t(
            "assessment.versions", library=versions.library, catalogue=versions.catalogue,
            fingerprint=versions.catalogue_fingerprint, scoring=versions.scoring,
        )  # fmt: skip

    # --- the sections ---------------------------------------------------------------------------

    def sections(self) -> Iterator[tuple[str, Markup]]:
        shown = {"organisationer": self.whole and len(self.baseline.responsible) > 1, "kategorier": self.whole}
        shown |= {"branscher": self.whole and bool(self.baseline.branches), "policy": self.policy() is not None}
        shown |= {"inriktning": bool(self.group.counts.scored), "kriterier": any(map(_is_fitting, self.group.criteria))}
        shown |= {"annonser": self.claims() is not None, "granskning": self.audited() is not None}
        shown |= {"utveckling": len(self.years()) > 1, "utelamnade": self.whole and bool(self.baseline.left_out)}
        anchors = (
            "organisationer", "granskning", "kriterier", "inriktning", "utveckling", "kategorier", "branscher", "policy",
            "annonser", "hinder", "upphandlingar", "utelamnade",
        )  # fmt: skip
        for anchor in anchors:
            if shown.get(anchor, True):
                yield anchor, self.t(f"overview.section.{anchor}")

    def shows(self, anchor: str) -> bool:
        return anchor in {name for name, _ in self.sections()}

    def organisations_figure(self) -> Figure:
        """Draw every organisation's headline share; the table beside tells the rest of what is known of each."""
        responsible = self.baseline.responsible
        figure = headline_figure([self.baseline.total, *responsible], self.linked_name, self.t, "responsible")
        return replace(figure, sheet=self._groups([self.baseline.total, *responsible], "organisations"))

    def comparable(self) -> Sheet | None:
        """Give the shares that may be compared between organisations, where there is support for any."""
        t = self.t
        rows = [
            (one.label or t("baseline.unknown_organisation"), t.words.percent(one.value), interval_text(one.low, one.high, t.words))
            for one in self.baseline.standardised
            if one.value is not None
        ]  # fmt: skip
        columns = (t("overview.responsible_column"), t("overview.comparable_share"), t("overview.interval"))
        return Sheet(t("overview.comparable_caption"), columns, rows) if len(rows) > 1 else None

    def audited(self) -> Sheet | None:
        """Give the share as people's reading of a sample corrects it; none where no sample was given."""
        if not self.whole and audit_of(self.baseline, self.group.key) is None:
            return None
        return audit_sheet(self.baseline, self.t, None if self.whole else (self.group.key,))

    def audit_note(self) -> Markup:
        return self.t("overview.audit_more", method=link(f"{METHOD}#granskning", self.t("overview.audit_method")))

    def claims(self) -> Sheet | None:
        """Give what the notices say beside what the documents ask for; none where no notice says anything."""
        return claims_sheet(self.group, self.t)

    def claims_differ(self) -> Iterator[tuple[Markup, list[Markup]]]:
        return claims_differ(self.counted, self.t)

    def _groups(self, groups: Sequence[Group], key: str) -> Sheet:
        t = self.t
        rows: list[tuple[Markup | str, ...]] = []
        for group in groups:
            counts = group.counts
            unknown = counts.incomplete + counts.nothing_read
            numbers = [t.words.number(n) for n in (counts.procurements, counts.scored, unknown)]
            share = group.headline
            ends = interval_cell(share, t.words), bounds_cell(share, t.words)
            rows.append((self.linked_name(group), *numbers, share_cell(share, t.words), *ends, spread_text(group, t)))
        columns = tuple(t(f"overview.group_columns.{c}") for c in ("name", "procurements", "scored", "unknown", "headline", "interval", "bounds", "median"))  # fmt: skip
        return Sheet(t(f"overview.{key}_caption"), columns, rows, (1, 2, 3))

    def heat(self) -> Figure:
        return heat_figure(self.group, self.baseline.responsible, self.name, self.group_name, self.t)

    def criteria(self, *, important: bool) -> Sheet | None:
        """Give how often each criterion is asked for: those of most weight, or the others."""
        t = self.t
        rows: list[tuple[Markup | str, ...]] = []
        named = {one.criterion_id for one in self.baseline.total.criteria if has_criterion_page(one)}
        fitting = [
            one for one in self.group.criteria if _is_fitting(one) and (one.importance == _MOST_WEIGHT) is important
        ]
        for one in sorted(fitting, key=lambda c: (-c.importance, c.criterion_id)):
            title = Markup('{} <span class="id">{}</span>').format(self.name(one.criterion_id), one.criterion_id)
            name = link(criterion_file(one.criterion_id), title) if one.criterion_id in named else title
            weak = t.words.number(one.partly)
            unread = t.words.number(one.unread)
            rows.append((name, t(f"report.importance.{one.importance}"), share_cell(one.asked, t.words), weak, unread))
        columns = tuple(
            t(f"overview.criteria_columns.{c}") for c in ("criterion", "importance", "asked", "weak", "unread")
        )
        caption = t("overview.criteria_caption" if important else "overview.criteria_others")
        return Sheet(caption, columns, rows, (3, 4)) if rows else None

    def figures(self) -> list[Figure]:
        t, group = self.t, self.group
        found = [group_goals_figure(group, t), group_strategies_figure(group, t)] if group.goals else []
        return [*found, bands_figure(group, self.catalogue, t)] if group.bands else found

    def scores(self) -> Figure:
        groups = [self.group, *self.baseline.responsible] if self.whole else [self.group]
        return scores_figure(groups, self.counted, self.group_name, self.t)

    def years(self) -> Sequence[Group]:
        if self.whole:
            return self.baseline.years
        return [group for group in self.baseline.responsible_years if group.key == self.group.key]

    def years_figure(self) -> Figure:
        return headline_figure(self.years(), self.group_name, self.t, "years")

    def categories(self) -> Sheet:
        return self._groups(self.baseline.categories, "categories")

    def branches(self) -> Sheet:
        """Give each branch with how far it has come, and what is known of bids."""
        t = self.t
        rows: list[tuple[Markup | str, ...]] = []
        for one in self.baseline.branches:
            group = one.maturity
            bids = t.words("branches.not_measured") if one.bids is None else t.words.number(one.bids, 1)
            numbers = (
                t.words.number(group.counts.procurements),
                share_cell(group.headline, t.words),
                spread_text(group, t),
            )
            rows.append((branch_name(one.division, t), *numbers, bids))
        columns = tuple(
            t(f"overview.branch_columns.{c}") for c in ("name", "procurements", "headline", "median", "bids")
        )
        return Sheet(t("overview.branches_caption"), columns, rows, (1,))

    def bids(self) -> Figure | None:
        return branches_figure(self.baseline, self.t)

    def policy(self) -> Sheet | None:
        """Give what the organisation's steering documents say beside what its procurements ask for."""
        t = self.t
        own = next((p for p in self.baseline.policies if p.key == self.group.key and not self.whole), None)
        if own is None:
            return None
        rows: list[tuple[Markup | str, ...]] = []
        for goal in own.goals:
            name = f"{goal.goal} {t.words(f'goal.{goal.goal}')}"
            said = Markup("<br>").join(
                Markup('<q lang="sv">{}</q> ({}, {})').format(
                    cut(s.text, _QUOTED), file_name(s.document), t.words.place(s.place)
                )
                for s in goal.says[:_MOST_SAID]
            )
            rows.append((name, t.words.number(len(goal.says)), share_text(goal.asks, t.words), said))
        columns = tuple(t(f"overview.policy_columns.{c}") for c in ("goal", "says", "asks", "quoted"))
        return Sheet(t("overview.policy_caption"), columns, rows, (1,))

    def obstacles(self) -> list[tuple[Markup, Markup, list[Markup]]]:
        """Give each obstacle with how many procurements hold it, its better wording, and the way to each place."""
        counts: Counter[str] = Counter()
        places: dict[str, list[Markup]] = {}
        for one in self.counted:
            for obstacle_id in dict.fromkeys(hit.obstacle_id for hit in one.assessment.obstacles):
                counts[obstacle_id] += 1
                places.setdefault(obstacle_id, []).append(link(one.at(f"hinder-{obstacle_id}"), one.title))
        rows = []
        for obstacle_id, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            obstacle = self.catalogue.obstacles_by_id.get(obstacle_id)
            heading = self.t.counted("overview.obstacle_in", count, title=self.name(obstacle_id))
            better = self.t.swedish(obstacle.better_wording_sv) if obstacle else Markup("")
            shown, more = places[obstacle_id][:_MOST_PLACES], count - _MOST_PLACES
            rows.append((heading, better, [*shown, self.t.counted("overview.obstacle_more", more)] if more > 0 else shown))  # fmt: skip
        return rows

    @property
    def procurements_intro(self) -> Markup:
        return self.t("overview.procurements_short" if any(one.short for one in self.counted) else "overview.procurements_intro")  # fmt: skip

    def procurements(self) -> Sheet:
        t = self.t
        rows = [self._procurement(one) for one in sorted(self.counted, key=lambda one: one.order)]
        keys = ["title", "organisation", "published", "headline", "obstacles", "score"]
        # On the page of one organisation its own name need not stand in every row.
        if not self.whole and {one.label for one in self.counted} <= {self.heading}:
            keys.remove("organisation")
            rows = [(title, *others) for title, _, *others in rows]
        columns = tuple(t(f"overview.procurement_columns.{key}") for key in keys)
        return Sheet(t("overview.procurements_caption"), columns, rows, (keys.index("obstacles"),))

    def _procurement(self, one: Listed) -> tuple[Markup | str, ...]:
        t, assessment = self.t, one.assessment
        score = assessment.score
        answer = t("overview.yes" if one.headline else "overview.no")
        if score.status != "scored":
            answer = t("overview.unknown" if score.status in ("incomplete", "nothing_read") else "overview.not_scored")
        points = t.words.number(score.value) if score.value is not None and score.status == "scored" else t(f"overview.status.{score.status}")  # fmt: skip
        obstacles = t.words.number(len({hit.requirement_id for hit in assessment.obstacles}))
        return link(one.href, one.title), one.label, assessment.procurement.published or "–", answer, obstacles, points

    def left_out(self) -> Sheet:
        t = self.t
        rows = [
            (one.title or one.id, one.organisation, t(f"baseline.reason.{one.reason}"))
            for one in self.baseline.left_out
        ]
        columns = tuple(t(f"overview.left_out_columns.{c}") for c in ("title", "organisation", "reason"))
        return Sheet(t("overview.left_out_caption"), columns, rows)


def _is_fitting(one: CriterionShare) -> bool:
    """Tell whether a criterion fits any of the procurements."""
    return bool(one.asked.denominator or one.partly or one.unread)

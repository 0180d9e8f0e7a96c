"""The page of one procurement: in short, what stands in the way, what is asked for, what is missing, and the score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from cirkular_krav.catalogue_types import Catalogue, Criterion
from cirkular_krav.models import Assessment, Conflict, Match, Requirement
from cirkular_krav.reports.advice import Advice, advise
from cirkular_krav.reports.assessment import suggestion
from cirkular_krav.reports.explain import factor_lines
from cirkular_krav.reports.figures import goals_figure, score_figure, strategies_figure
from cirkular_krav.reports.page import Link, PageWords, render_page
from cirkular_krav.reports.parts import Quotation, Sheet, file_name, link, quotation, where
from cirkular_krav.reports.references import Followed, reference_line, referring
from cirkular_krav.reports.words import Words

_SCORED = ("scored", "incomplete")
_MOST_WEIGHT = 3
# So many references stand under a quotation; the section on references has all.
_MOST_REFERENCES = 3
# So many requirements are folded together in the list of all.
_FOLD = 250


def procurement_page(assessment: Assessment, catalogue: Catalogue, words: Words, *, links: Sequence[Link] = ()) -> str:
    """Return the page of one procurement; ``links`` are the other pages of the report."""
    view = _Procurement(assessment, catalogue, PageWords(words))
    title = assessment.procurement.title or words("assessment.untitled")
    return render_page(
        "procurement.html", words, title=words("report.page_title", title=title), links=links, view=view,
        versions=view.versions(),
    )  # fmt: skip


def procurement_in_short(assessment: Assessment, catalogue: Catalogue, t: PageWords) -> _Procurement:
    """Return what is told of a procurement, without links between its parts, for a page where many stand."""
    return _Procurement(assessment, catalogue, t, linked=False)


@dataclass(frozen=True, slots=True)
class Card:
    """One criterion that the documents ask for: its strongest requirement, how the points came about, and the others."""

    id: str
    requirement_id: str
    title: Markup
    points: Markup
    tags: Markup
    short: Markup
    quotation: Quotation
    references: tuple[str, ...]
    factors: tuple[str, ...]
    others: tuple[tuple[Quotation, Markup], ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """One obstacle: where it stands, what it makes impossible, why it matters and a wording that solves it."""

    id: str
    first: str
    title: Markup
    quotations: tuple[Quotation, ...]
    blocked: Markup | None
    examples: tuple[tuple[Markup, Quotation], ...]
    why: Markup
    better: Markup
    justified: Markup | None


@dataclass(frozen=True, slots=True)
class Gap:
    """One criterion that is not asked for, with a wording to start from."""

    id: str
    title: Markup
    why: Markup
    wording: Markup | None


class _Procurement:
    """What the template shows; every method returns ready-made pieces, with links to each other when ``linked``."""

    def __init__(self, assessment: Assessment, catalogue: Catalogue, t: PageWords, *, linked: bool = True) -> None:
        self.linked = linked
        self.assessment = assessment
        self.catalogue = catalogue
        self.t = t
        self.score = assessment.score
        self.procurement = assessment.procurement
        self.requirements = {requirement.id: requirement for requirement in assessment.requirements}
        self.scored = self.score.status in _SCORED
        self.referring = referring(assessment, t.words)
        self.anchors = {r.id: f"k{number}" for number, r in enumerate(assessment.requirements, start=1)}
        title = assessment.procurement.title
        # A procurement is named in the language of its documents, which is Swedish but for single requirements.
        self.title = t.swedish(title) if title else t("assessment.untitled")

    # --- the first screen -----------------------------------------------------------------------

    def facts(self) -> Iterator[tuple[Markup, Markup | str]]:
        t, procurement = self.t, self.procurement
        if procurement.buyer:
            yield t("report.buyer"), procurement.buyer
        if procurement.published:
            yield t("report.published"), procurement.published
        categories = [self.catalogue.categories_by_id.get(c) for c in procurement.categories]
        titles = [t.title(category) for category in categories if category]
        if titles:
            yield t("report.category"), Markup(", ").join(titles)
        if procurement.value:
            yield t("report.value"), t("report.kronor", value=t.words.number(procurement.value))

    @property
    def found(self) -> Iterator[Markup]:
        t, score = self.t, self.score
        if score.status in ("nothing_read", "not_relevant", "few_applicable"):
            yield t(f"report.found_{score.status}", count=score.applicable)
        if score.status == "nothing_read":
            return
        asked, weak, total = self.asked()
        if total:
            yield t("report.found_asked", asked=self._to("#kriterier", t("report.asked_of", asked=asked, total=total)))
        if weak:
            yield t.counted("report.found_weak", weak)
        yield self._found_obstacles()
        if self.scored:
            yield from self._found_gaps()
            yield self._found_score()

    def _found_gaps(self) -> Iterator[Markup]:
        """Say how many criteria of most weight are missing, and of how many nothing can be said."""
        t = self.t
        most = [o.value for o in self.assessment.outcomes if o.importance == _MOST_WEIGHT]
        missing, unread = most.count("not_asked"), most.count("could_not_be_read")
        if missing:
            yield t.counted("report.found_gaps", missing)
        if unread:
            yield t.counted("report.found_unread_gaps", unread)
        if not missing and not unread:
            yield t("report.found_no_gaps")

    def _found_score(self) -> Markup:
        t, score = self.t, self.score
        stand = score.with_obstacles.value if score.with_obstacles else score.value
        value = self._to("#poang", t("figures.of_100", value=score.value))
        key = "found_score" if stand == score.value else "found_score_stand"
        if score.status == "incomplete":
            value = t("report.score_of_read", value=value)
        return t(f"report.{key}", value=value, band=self.band(score.value or 0), stand=stand)

    def _found_obstacles(self) -> Markup:
        t, assessment = self.t, self.assessment
        stops = len({hit.requirement_id for hit in assessment.obstacles})
        blocked = len({c.requirement_id for c in assessment.conflicts})
        if not stops:
            return t("report.found_no_obstacles")
        what = self._to("#hinder", t.counted("report.wordings", stops))
        return t.counted("report.found_conflicts", blocked, what=what) if blocked else t("report.found_obstacles", what=what)  # fmt: skip

    @property
    def sure(self) -> Iterator[Markup]:
        t, score = self.t, self.score
        yield self.sure_read()
        if self.referring.lost:
            where = self._to("#hanvisningar", t.counted("report.references_in", self.referring.lost))
            yield t("report.sure_references", where=where)
        if self.scored:
            yield self._sure_confidence()
            same = score.low == score.high
            yield t("report.sure_same") if same else t("report.sure_between", low=score.low, high=score.high)
        yield t("report.sure_read_quotes", measured=t.measured())
        yield t("report.sure_not_delivered")

    def sure_read(self) -> Markup:
        """Say how many of the documents were read whole."""
        t = self.t
        counted = [row for row in self.assessment.ledger if row.status != "skipped"]
        read = sum(row.status == "read" for row in counted)
        whole = read == len(counted)
        some = t("report.documents", read=read, total=len(counted))
        documents = t.counted("report.all_documents", read, total=read) if whole else some
        return t("report.sure_read" if whole else "report.sure_some", documents=self._to("#underlag", documents))

    def _sure_confidence(self) -> Markup:
        best = [self._best(criterion)[0].confidence for criterion in self._criteria_asked()]
        counts = {level: best.count(level) for level in ("high", "medium", "low")}
        return self.t("report.sure_confidence", total=len(best), **counts)

    @property
    def todo_title(self) -> Markup:
        return self.t(f"page.todo.{len(self.todo)}")

    @property
    def todo(self) -> list[tuple[Markup, Markup]]:
        return [self._advice(advice) for advice in advise(self.assessment)]

    def _advice(self, advice: Advice) -> tuple[Markup, Markup]:
        t = self.t
        title = self.name(advice.entry_id) if advice.entry_id else Markup("")
        requirement = self.requirements.get(advice.requirement_id)
        at = where(requirement, t) if requirement else ""
        quote = t.quoted(quotation(requirement, t, 160).quote, requirement.language) if requirement else ""
        anchors = {"unread": "underlag", "gap": "saknas", "weak": "kriterier"}
        default = f"hinder-{advice.entry_id}" if advice.kind in ("conflict", "obstacle") else f"krav-{advice.entry_id}"
        what = t(f"report.todo_{advice.kind}", title=title, count=advice.count)
        why = t.counted(f"report.todo_{advice.kind}_why", advice.count, quote=quote, place=at) if advice.count else t(f"report.todo_{advice.kind}_why", quote=quote, place=at)  # fmt: skip
        more = link(f"#{anchors.get(advice.kind, default)}", t(f"report.todo_{advice.kind}_link"))
        return what, Markup("{} {}").format(why, more)

    def _to(self, anchor: str, text: Markup) -> Markup:
        return link(anchor, text) if self.linked else text

    # --- names and counts -----------------------------------------------------------------------

    def quotation_of(self, requirement_id: str, most: int) -> Quotation:
        """Return a requirement's quotation, cut where it is long."""
        return quotation(self.requirements[requirement_id], self.t, most)

    def name(self, entry_id: str) -> Markup:
        entry = self.catalogue.by_id.get(entry_id) or self.catalogue.obstacles_by_id.get(entry_id)
        return self.t.title(entry) if entry else Markup("{}").format(entry_id)

    def band(self, value: int) -> Markup:
        return self.t.title(next(b for b in reversed(self.catalogue.scoring.bands) if value >= b.at_least))

    def asked(self) -> tuple[int, int, int]:
        """Count the criteria that are asked for, those mentioned only weakly or doubtfully, and all that apply."""
        outcomes = [o for o in self.assessment.outcomes if o.value != "not_applicable"]
        found = self._criteria_asked()
        clear = sum(o.value == "asked" for o in outcomes)
        return clear, len(found) - clear, len(outcomes)

    def versions(self) -> Markup:
        versions = self.assessment.versions
        return self.t(
            "assessment.versions", library=versions.library, catalogue=versions.catalogue,
            fingerprint=versions.catalogue_fingerprint, scoring=versions.scoring,
        )  # fmt: skip

    def sections(self) -> Iterator[tuple[str, Markup]]:
        shown = {"hinder": bool(self.assessment.obstacles), "krav": bool(self._criteria_asked()), "saknas": self.scored}
        shown |= {"poang": self.scored, "vid-sidan": bool(self._beside())}
        shown["hanvisningar"] = bool(self.referring.told)
        anchors = (
            "hinder",
            "krav",
            "saknas",
            "poang",
            "kriterier",
            "vid-sidan",
            "underlag",
            "hanvisningar",
            "alla-krav",
        )
        for anchor in anchors:
            if shown.get(anchor, True):
                yield anchor, self.t(f"report.section.{anchor}")

    def shows(self, anchor: str) -> bool:
        return anchor in {name for name, _ in self.sections()}

    # --- what stands in the way -----------------------------------------------------------------

    def stops(self) -> Iterator[Stop]:
        conflicts: dict[str, list[Conflict]] = {}
        for conflict in self.assessment.conflicts:
            conflicts.setdefault(conflict.obstacle_id, []).append(conflict)
        ids = dict.fromkeys(hit.obstacle_id for hit in self.assessment.obstacles)
        for obstacle_id in sorted(ids, key=lambda i: (-len(conflicts.get(i, ())), i)):
            yield self._stop(obstacle_id, conflicts.get(obstacle_id, []))

    def _stop(self, obstacle_id: str, conflicts: list[Conflict]) -> Stop:
        t = self.t
        obstacle = self.catalogue.obstacles_by_id.get(obstacle_id)
        hits = [hit for hit in self.assessment.obstacles if hit.obstacle_id == obstacle_id]
        blocked = list(dict.fromkeys((c.requirement_id, c.criterion_id) for c in conflicts))
        points = {(m.requirement_id, m.criterion_id): m.points for m in self.assessment.matches}
        blocked.sort(key=lambda pair: (-points.get(pair, 0.0), pair))
        justified = any(hit.justified_by for hit in hits)
        return Stop(
            id=obstacle_id,
            first=hits[0].requirement_id,
            title=self.name(obstacle_id),
            quotations=tuple(quotation(self.requirements[r], t) for r in dict.fromkeys(h.requirement_id for h in hits)),
            blocked=t.counted("report.blocks", len({r for r, _ in blocked})) if blocked else None,
            examples=tuple((self.name(c), quotation(self.requirements[r], t)) for r, c in blocked),
            why=t.swedish(obstacle.why_sv) if obstacle else Markup(""),
            better=t.swedish(obstacle.better_wording_sv) if obstacle else Markup(""),
            justified=t.swedish(obstacle.justified_sv) if obstacle and justified else None,
        )

    # --- what is asked for ----------------------------------------------------------------------

    def _criteria_asked(self) -> list[str]:
        asked = [o for o in self.assessment.outcomes if o.value in ("asked", "partly")]
        return [o.criterion_id for o in sorted(asked, key=lambda o: (-o.points, o.criterion_id))]

    def _best(self, criterion_id: str) -> list[Match]:
        own = [m for m in self.assessment.matches if m.criterion_id == criterion_id]
        return sorted(own, key=lambda m: (-m.points, m.id))

    def cards(self) -> Iterator[Card]:
        for criterion_id in self._criteria_asked():
            matches = self._best(criterion_id)
            yield self._card(matches[0], matches[1:], self.catalogue.by_id.get(criterion_id))

    def _card(self, best: Match, others: list[Match], criterion: Criterion | None) -> Card:
        t = self.t
        requirement = self.requirements[best.requirement_id]
        return Card(
            id=best.criterion_id,
            requirement_id=best.requirement_id,
            title=self.name(best.criterion_id),
            points=self.points(best.points),
            tags=self.tags(best, requirement),
            short=self.short_tags(best, requirement),
            quotation=quotation(requirement, t),
            references=tuple(reference_line(one, t.words) for one in requirement.references[:_MOST_REFERENCES]),
            factors=tuple(factor_lines(best, requirement, criterion, t.words)),
            others=tuple((quotation(self.requirements[m.requirement_id], t), self.points(m.points)) for m in others),
        )

    def points(self, value: float) -> Markup:
        return self.t("report.points", points=self.t.words.number(value))

    def tags(self, match: Match, requirement: Requirement) -> Markup:
        t = self.t
        return t(
            "report.tags", ambition=t(f"ambition.{match.ambition}"), obligation=t(f"obligation.{requirement.obligation}"),
            kind=t(f"kind.{requirement.kind}"), confidence=t(f"confidence.{match.confidence}"),
        )  # fmt: skip

    def short_tags(self, match: Match, requirement: Requirement) -> Markup:
        t = self.t
        words = (t(f"ambition.{match.ambition}"), t(f"obligation.{requirement.obligation}"), t(f"confidence.{match.confidence}"))  # fmt: skip
        return Markup(" · ").join((self.points(match.points), *words))

    # --- what is missing ------------------------------------------------------------------------

    def gaps(self) -> list[Gap]:
        missing = [o for o in self.assessment.outcomes if o.value in ("not_asked", "could_not_be_read")]
        return [self._gap(o.criterion_id) for o in sorted(missing, key=lambda o: -o.importance) if o.importance > 1]

    def _gap(self, criterion_id: str) -> Gap:
        criterion = self.catalogue.by_id.get(criterion_id)
        wording = suggestion(criterion) if criterion else ""
        why = self.t.swedish(criterion.why_sv) if criterion else Markup("")
        return Gap(criterion_id, self.name(criterion_id), why, self.t.swedish(wording) if wording else None)

    @property
    def unread_gaps(self) -> bool:
        return any(o.value == "could_not_be_read" for o in self.assessment.outcomes)

    # --- the score, and the tables --------------------------------------------------------------

    def figures(self) -> dict[str, object]:
        parts = (self.assessment, self.catalogue, self.t)
        return {"score": score_figure(*parts), "goals": goals_figure(*parts), "strategies": strategies_figure(*parts)}

    def if_obstacles_stand(self) -> Markup | None:
        stand = self.score.with_obstacles
        if stand is None:
            return None
        return self.t("assessment.score_conflict", value=stand.value, band=self.band(stand.value or 0))

    def criteria(self) -> Sheet:
        t = self.t
        rows = []
        order = ("asked", "partly", "could_not_be_read", "not_asked", "not_applicable")
        counted = [o for o in self.assessment.outcomes if not self._is_beside(o.criterion_id)]
        for o in sorted(counted, key=lambda o: (order.index(o.value), -o.points, o.criterion_id)):
            title = Markup('{} <span class="id">{}</span>').format(self.name(o.criterion_id), o.criterion_id)
            if o.match_ids and o.value in ("asked", "partly"):
                title = link(f"#krav-{o.criterion_id}", title)
            points = t.words.number(o.points) if o.value in ("asked", "partly") else "–"
            count = len({m.requirement_id for m in self._best(o.criterion_id)})
            rows.append((title, t(f"outcome.{o.value}"), t(f"report.importance.{o.importance}"), str(count), points))
        columns = tuple(t(f"report.criteria_columns.{c}") for c in ("criterion", "outcome", "importance", "count", "points"))  # fmt: skip
        return Sheet(t("report.criteria_caption"), columns, rows, numbers=(3, 4))

    def _is_beside(self, criterion_id: str) -> bool:
        """Tell whether a criterion is about something else than circularity: those stand in a section of their own."""
        criterion = self.catalogue.by_id.get(criterion_id)
        return criterion is not None and criterion.counts == "sustainability"

    def _beside(self) -> list[Match]:
        return [m for m in self.assessment.matches if m.counts == "sustainability" and m.confidence != "low"]

    def beside(self) -> Iterator[tuple[Markup, list[Quotation]]]:
        hits = self._beside()
        for criterion_id in sorted({match.criterion_id for match in hits}):
            ids = dict.fromkeys(m.requirement_id for m in hits if m.criterion_id == criterion_id)
            yield self.name(criterion_id), [quotation(self.requirements[i], self.t) for i in ids]

    def ledger(self) -> Sheet:
        t = self.t
        rows = []
        for row in self.assessment.ledger:
            problems = [Markup("<span>{}</span>").format(t.words.problem(problem)) for problem in row.problems]
            pages = str(row.pages) if row.pages else "–"
            rows.append((file_name(row.path), t(f"role.{row.role}"), t(f"status.{row.status}"), pages, Markup("<br>").join(problems)))  # fmt: skip
        columns = tuple(t(f"report.ledger_columns.{c}") for c in ("file", "role", "status", "pages", "problems"))
        return Sheet(t("report.ledger_caption"), columns, rows, numbers=(3,))

    def references_lost(self) -> Sheet | None:
        """Give what requirements refer to that could not be followed: what stands there is not in the assessment."""
        rows = [(one.words, self._count(one), self._first(one)) for one in self.referring.unfound]
        columns = tuple(self.t(f"report.references_columns.{c}") for c in ("words", "count", "first"))
        return Sheet(self.t("report.references_lost_caption"), columns, rows, (1,)) if rows else None

    def references_found(self) -> Sheet | None:
        """Give what requirements refer to and where that is."""
        found = self.referring.found
        rows = [(one.words, file_name(one.target), self._count(one), self._first(one)) for one in found]  # fmt: skip
        columns = tuple(self.t(f"report.references_columns.{c}") for c in ("words", "target", "count", "first"))
        return Sheet(self.t("report.references_found_caption"), columns, rows, (2,)) if rows else None

    def references_intro(self) -> Iterator[Markup]:
        t, found = self.t, self.referring
        yield t.counted("report.references_told", found.told, total=t.words.number(len(self.requirements)))
        if found.followed:
            yield t.counted("report.references_followed", found.followed)
        if found.lost:
            yield t.counted("report.references_lost", found.lost)

    def _count(self, one: Followed) -> str:
        return self.t.words.number(len(one.requirements))

    def _first(self, one: Followed) -> Markup:
        return link(f"#{self.anchors[one.requirements[0].id]}", where(one.requirements[0], self.t))

    def all_requirements(self) -> Iterator[tuple[Markup, list[tuple[Quotation, Markup]]]]:
        """Give every requirement, folded by document and so many at a time."""
        met: dict[str, list[str]] = {}
        for match in self.assessment.matches:
            met.setdefault(match.requirement_id, []).append(match.criterion_id)
        by_document: dict[str, list[Requirement]] = {}
        for requirement in self.assessment.requirements:
            by_document.setdefault(requirement.document, []).append(requirement)
        for document, requirements in by_document.items():
            for first in range(0, len(requirements), _FOLD):
                part = requirements[first : first + _FOLD]
                heading = self.t(
                    "report.all_heading", document=file_name(document), first=first + 1,
                    last=first + len(part), total=len(requirements),
                )  # fmt: skip
                yield heading, [(self._anchored(r), self._met(r, met.get(r.id, []))) for r in part]

    def _anchored(self, requirement: Requirement) -> Quotation:
        return replace(quotation(requirement, self.t), anchor=self.anchors[requirement.id])

    def _met(self, requirement: Requirement, criteria: list[str]) -> Markup:
        t = self.t
        names = Markup(", ").join(self.name(c) for c in dict.fromkeys(criteria)) or t("report.meets_none")
        return t("report.meets", obligation=t(f"obligation.{requirement.obligation}"), kind=t(f"kind.{requirement.kind}"), criteria=names)  # fmt: skip

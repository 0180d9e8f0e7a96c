"""One procurement for a reader: what was read, conflicts, what is asked, what is missing, and last the score."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from cirkular_krav.catalogue_types import Catalogue, Criterion
from cirkular_krav.models import (
    Assessment,
    Conflict,
    Decision,
    Interval,
    Judgement,
    Match,
    ProcurementScore,
    Requirement,
)
from cirkular_krav.reports.references import reference_line, unfollowed
from cirkular_krav.reports.words import Words, title_of
from cirkular_krav.text import cut, hash_text

WIDTH = 100
MOST_FOUND = 12
MOST_GAPS = 5
MOST_DECISIONS = 12
MOST_REFERENCES = 3
MOST_LOST = 10
_QUOTE = 260


def assessment_text(assessment: Assessment, catalogue: Catalogue, words: Words) -> str:
    """Return the assessment as plain text, ``WIDTH`` wide."""
    report = _Report(assessment, catalogue, words)
    sections = (
        report.head(), report.ledger(), report.changes(), report.conflicts(), report.obstacles(), report.found(), report.gaps(), report.beside(), report.references(), report.decisions(), report.score(),
    )  # fmt: skip
    return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines) + "\n"


class _Report:
    def __init__(self, assessment: Assessment, catalogue: Catalogue, words: Words) -> None:
        self.assessment = assessment
        self.catalogue = catalogue
        self.words = words
        self.requirements = {requirement.id: requirement for requirement in assessment.requirements}
        self.matches = [m for m in assessment.matches if self.requirements[m.requirement_id].applies]

    def say(self, key: str, **values: object) -> str:
        return self.words(f"assessment.{key}", **values)

    def name(self, criterion_id: str) -> str:
        entry = self.catalogue.by_id.get(criterion_id) or self.catalogue.obstacles_by_id.get(criterion_id)
        return title_of(entry, self.words.language) if entry else criterion_id

    def quotation(self, requirement: Requirement, indent: str = "   ") -> Iterator[str]:
        quote = self.say("quote", quote=cut(requirement.raw_text.replace("\n", " "), _QUOTE))
        yield from _wrap(quote, indent)
        place = self.words.place(requirement.location)
        if requirement.number and any(ch.isdigit() for ch in requirement.number):
            place = self.say("numbered", number=requirement.number, place=place)
        yield from _wrap(self.say("at", document=requirement.document, place=place), indent)

    def head(self) -> Iterator[str]:
        procurement = self.assessment.procurement
        yield procurement.title or self.say("untitled")
        if procurement.buyer and procurement.organisation_number:
            number = f"{procurement.organisation_number[:6]}-{procurement.organisation_number[6:]}"
            yield self.say("buyer_number", buyer=procurement.buyer, number=number)
        elif procurement.buyer:
            yield self.say("buyer", buyer=procurement.buyer)
        categories = [title_of(self.catalogue.categories_by_id[c], self.words.language) for c in procurement.categories]
        if categories:
            yield self.say("categories", categories=", ".join(categories))
        used = dict.fromkeys(v for v in procurement.facts_from.values() if v != "none")
        if used and set(used) != {"facts_file"}:
            names = [self.words(f"assessment.fact_source.{source}") for source in used]
            yield self.say("facts", sources=", ".join(names))
        for problem in procurement.problems:
            yield from _wrap(self.words.problem(problem), "! ", hanging="  ")

    def ledger(self) -> Iterator[str]:
        rows = self.assessment.ledger
        counted = [row for row in rows if row.status != "skipped"]
        read = [row for row in counted if row.status == "read"]
        pages = sum(row.pages or 0 for row in counted)
        yield self.say("read_title")
        values = {"read": len(read), "total": len(counted), "pages": pages, "requirements": len(self.requirements)}
        yield from _wrap(self.say(_read_key(len(read), len(counted)), **values))
        for row in rows:
            if not row.problems:
                continue
            mark = "–" if row.status in ("read", "skipped") else "!"
            yield from _wrap(f"{row.path} ({self.words(f'status.{row.status}')})", f" {mark} ", hanging="   ")
            for problem in row.problems:
                yield from _wrap(self.words.problem(problem), "     ")
        english = sum(1 for requirement in self.requirements.values() if requirement.language == "en")
        if english:
            yield self.say("english", count=english)

    def changes(self) -> Iterator[str]:
        """What was withdrawn or changed during the tender period, when it asks for anything in the catalogue."""
        asks = {match.requirement_id for match in self.assessment.matches}
        changed = [
            r for r in self.assessment.requirements if r.change and (r.change.text or r.change.status == "withdrawn")
        ]
        if not changed:
            return
        yield self.say("changes_title")
        for requirement in sorted(changed, key=lambda r: r.id not in asks)[:MOST_FOUND]:
            change = requirement.change
            if change is None:
                continue
            names = [self.name(m.criterion_id) for m in self.assessment.matches if m.requirement_id == requirement.id]
            status = self.say(f"change_{change.status}", criteria=", ".join(names) or self.say("change_other"))
            yield from _wrap(status, " – ", hanging="   ")
            yield from self.quotation(requirement)
            if change.text:
                yield from _wrap(self.say("change_by", quote=cut(change.text, _QUOTE)), "   ")
            yield from _wrap(self.say("at", document=change.document, place=self.words.place(change.location)), "   ")
        if len(changed) > MOST_FOUND:
            yield self.say("change_more", count=len(changed) - MOST_FOUND)

    def conflicts(self) -> Iterator[str]:
        conflicts = self.assessment.conflicts
        if not conflicts:
            return
        yield self.say("conflicts_title")
        points = {(m.requirement_id, m.criterion_id): m.points for m in self.assessment.matches}
        told: set[str] = set()
        for obstacle_id, stopping in sorted({(c.obstacle_id, c.obstacle_requirement_id) for c in conflicts}):
            group = [c for c in conflicts if (c.obstacle_id, c.obstacle_requirement_id) == (obstacle_id, stopping)]
            group.sort(key=lambda c: (-points.get((c.requirement_id, c.criterion_id), 0.0), c.requirement_id))
            yield from self._conflict(group)
            if obstacle_id not in told:
                obstacle = self.catalogue.obstacles_by_id[obstacle_id]
                yield from _wrap(self.say("conflict_why", why=obstacle.why_sv.strip()), "   ")
                yield from _wrap(self.say("conflict_better", wording=obstacle.better_wording_sv.strip()), "   ")
            told.add(obstacle_id)

    def _conflict(self, group: list[Conflict]) -> Iterator[str]:
        """One requirement that stops, beside the strongest of those it makes impossible."""
        first = group[0]
        title = f"{first.obstacle_id} {self.name(first.obstacle_id)}"
        yield from _wrap(self.say("conflict_stop", title=title), " ! ", hanging="   ")
        yield from self.quotation(self.requirements[first.obstacle_requirement_id])
        title = f"{first.criterion_id} {self.name(first.criterion_id)}"
        yield from _wrap(self.say("conflict_open", title=title), " + ", hanging="   ")
        yield from self.quotation(self.requirements[first.requirement_id])
        if len(group) > 1:
            yield "   " + self.say("conflict_more_one" if len(group) == 2 else "conflict_more", count=len(group) - 1)

    def obstacles(self) -> Iterator[str]:
        paired = {conflict.obstacle_requirement_id for conflict in self.assessment.conflicts}
        hits = [hit for hit in self.assessment.obstacles if hit.requirement_id not in paired]
        if not hits:
            return
        yield self.say("obstacles_title")
        for hit in hits:
            obstacle = self.catalogue.obstacles_by_id[hit.obstacle_id]
            yield from _wrap(f"{obstacle.id} {self.name(obstacle.id)}", " ! ", hanging="   ")
            yield from self.quotation(self.requirements[hit.requirement_id])
            if hit.justified_by:
                yield from _wrap(self.say("conflict_justified", why=obstacle.justified_sv.strip()), "   ")
            else:
                yield from _wrap(self.say("conflict_better", wording=obstacle.better_wording_sv.strip()), "   ")

    def found(self) -> Iterator[str]:
        if self.assessment.score.status == "nothing_read":
            return
        yield self.say("found_title")
        elsewhere = {o.criterion_id for o in self.assessment.outcomes if o.value == "not_applicable"}
        positive = [m for m in self.matches if m.counts != "sustainability"]
        counted = [m for m in positive if m.criterion_id not in elsewhere and m.points > 0]
        others = [m for m in positive if m.criterion_id in elsewhere]
        best: dict[str, Match] = {}
        for match in sorted(counted, key=lambda m: (-m.points, m.id)):
            best.setdefault(match.criterion_id, match)
        if not best:
            yield self.say("found_none")
        for match in list(best.values())[:MOST_FOUND]:
            requirement = self.requirements[match.requirement_id]
            line = self.say(
                "found_line", points=f"{round(match.points):3d}", criterion=match.criterion_id,
                title=self.name(match.criterion_id), ambition=self.words(f"ambition.{match.ambition}"),
                obligation=self.words(f"obligation.{requirement.obligation}"),
                kind=self.words(f"kind.{requirement.kind}"), confidence=self.words(f"confidence.{match.confidence}"),
            )  # fmt: skip
            yield from _wrap(line, "", hanging="       ")
            yield from self.quotation(requirement, "       ")
            for reference in requirement.references[:MOST_REFERENCES]:
                yield from _wrap(reference_line(reference, self.words), "       ")
        if len(best) > MOST_FOUND:
            yield self.say("found_more", count=len(best) - MOST_FOUND)
        if others:
            yield from _wrap(self.say("found_elsewhere", count=len(others)))

    def gaps(self) -> Iterator[str]:
        if self.assessment.score.status not in ("scored", "incomplete"):
            return
        yield self.say("gaps_title")
        missing = [
            o for o in self.assessment.outcomes if o.value in ("not_asked", "could_not_be_read") and o.importance == 3
        ]
        if not missing:
            yield self.say("gaps_none")
        if any(outcome.value == "could_not_be_read" for outcome in missing):
            yield from _wrap(self.say("gap_unread"))
        for outcome in missing[:MOST_GAPS]:
            criterion = self.catalogue.by_id[outcome.criterion_id]
            yield from _wrap(
                self.say("gap_line", criterion=criterion.id, title=self.name(criterion.id)), " – ", hanging="   "
            )
            wording = suggestion(criterion)
            if wording:
                yield from _wrap(self.say("gap_wording", wording=wording), "   ")

    def beside(self) -> Iterator[str]:
        """Sustainability demands beside the circular ones: which, and how many requirements; never in the score."""
        hits = [m for m in self.matches if m.counts == "sustainability" and m.confidence != "low"]
        if not hits:
            return
        yield self.say("beside_title")
        for criterion_id in sorted({m.criterion_id for m in hits}):
            count = len({m.requirement_id for m in hits if m.criterion_id == criterion_id})
            key = "beside_line_one" if count == 1 else "beside_line"
            yield " – " + self.say(key, criterion=criterion_id, title=self.name(criterion_id), count=count)

    def references(self) -> Iterator[str]:
        """What requirements refer to that could not be found: a document that is missing may hold what they ask."""
        lost = unfollowed(self.assessment)
        if not lost:
            return
        yield self.words("references.title")
        yield from _wrap(self.words("references.note"))
        for told, requirements in lost[:MOST_LOST]:
            first = requirements[0]
            line = self.words(
                "references.lost_one" if len(requirements) == 1 else "references.lost", words=told,
                count=len(requirements), document=first.document, place=self.words.place(first.location),
            )  # fmt: skip
            yield from _wrap(line, " – ", hanging="   ")
        if len(lost) > MOST_LOST:
            yield self.words("references.more", count=len(lost) - MOST_LOST)

    def decisions(self) -> Iterator[str]:
        """What people decided beside what the machine said, and the decisions that were not used."""
        judgement = self.assessment.judgement
        if judgement is None:
            return
        yield self.words("review.title")
        for decision in judgement.decisions[:MOST_DECISIONS]:
            yield from self._decision(decision, self._machine_view(decision, judgement))
        if len(judgement.decisions) > MOST_DECISIONS:
            yield self.words("review.more", count=len(judgement.decisions) - MOST_DECISIONS)
        if judgement.unused:
            yield from _wrap(self.words("review.unused", count=len(judgement.unused)))
        for unused in judgement.unused[:MOST_DECISIONS]:
            yield from self._decision(unused.decision, self.words(f"review.why.{unused.why}"))

    def _decision(self, decision: Decision, beside: str) -> Iterator[str]:
        if decision.kind == "audited":
            return
        verdict = decision.verdict if decision.kind == "match" else "missed"
        right = decision.right_criterion if decision.kind == "match" else ""
        person = self.words(
            f"review.verdict.{verdict}", who=decision.who, when=decision.when, right=right, title=self.name(right)
        )
        title = f"{decision.criterion} {self.name(decision.criterion)}"
        yield from _wrap(f"{title}. {beside} {person}", " – ", hanging="   ")
        if decision.note:
            yield from _wrap(self.words("review.note", note=decision.note), "   ")
        yield from _wrap(self.say("quote", quote=cut(decision.quotation.replace("\n", " "), _QUOTE)), "   ")

    def _machine_view(self, decision: Decision, judgement: Judgement) -> str:
        """Say what the machine had found on what a person judged."""
        if decision.kind != "match":
            return self.words("review.machine_nothing")
        own = [m for m in (*judgement.matches, *self.assessment.matches) if m.criterion_id == decision.criterion]
        for match in own:
            requirement = self.requirements[match.requirement_id]
            by_person = any(item.where == "decision" for item in match.evidence)
            if not by_person and hash_text(requirement.text) == decision.text_hash:
                confidence = self.words(f"confidence.{match.confidence}")
                return self.words(
                    "review.machine_match", ambition=self.words(f"ambition.{match.ambition}"), confidence=confidence
                )
        hits = (*judgement.obstacles, *self.assessment.obstacles)
        stopping = {h.requirement_id for h in hits if h.obstacle_id == decision.criterion}
        if any(hash_text(self.requirements[i].text) == decision.text_hash for i in stopping):
            return self.words("review.machine_obstacle")
        return self.words("review.machine_nothing")

    def score(self) -> Iterator[str]:
        score = self.assessment.score
        yield self.say("score_title")
        yield from self._verdict()
        if score.status == "nothing_read":
            yield self._versions()
            return
        if self.assessment.judgement and self.assessment.judgement.score.value is not None:
            yield from _wrap(self.words("review.machine_score", value=self.assessment.judgement.score.value))
        applicable = [o for o in self.assessment.outcomes if o.value != "not_applicable"]
        asked, weak = (sum(o.value == value for o in applicable) for value in ("asked", "partly"))
        yield from _wrap(self.say("applicable", asked=asked, total=len(applicable)))
        if weak:
            yield from _wrap(self.words("report.found_weak_one" if weak == 1 else "report.found_weak", count=weak))
        for part in score.sub_scores:
            name = self.words(f"sub_score.{part.id}")
            if part.value is None:
                yield "   " + self.say("sub_none", name=name, reason=self.words(f"sub_score_reason.{part.reason}"))
            else:
                note = self._coverage_note() if part.id == "coverage" else ""
                yield "   " + self.say("sub_line", name=name, value=self.words.number(part.value)) + note
        yield from _wrap(self.say("not_measured"))
        yield from _wrap(self.say("caution", measured=self.words.measured()))
        if any(match.points for match in self.matches):
            yield from _wrap(self.say("explain_hint"))
        yield self._versions()

    def _versions(self) -> str:
        versions = self.assessment.versions
        return self.say(
            "versions", library=versions.library, catalogue=versions.catalogue,
            fingerprint=versions.catalogue_fingerprint, scoring=versions.scoring,
        )  # fmt: skip

    def _verdict(self) -> Iterator[str]:
        score = self.assessment.score
        match score.status:
            case "nothing_read":
                yield from _wrap(self.say("score_nothing"))
            case "not_relevant":
                yield from _wrap(self.say("score_not_relevant"))
            case "few_applicable":
                yield from _wrap(self.say("score_few", count=score.applicable))
            case _:
                if score.status == "incomplete":
                    yield from _wrap(self.say("score_incomplete", share=self.words.percent(score.read_share)))
                yield from _wrap(self._value("score_value", score))
                if score.with_obstacles:
                    yield from _wrap(self._value("score_conflict", score.with_obstacles))

    def _value(self, key: str, score: ProcurementScore | Interval) -> str:
        """A score with its band, and its interval where that is more than one number."""
        value = score.value or 0
        band = next(b for b in reversed(self.catalogue.scoring.bands) if value >= b.at_least)
        text = self.say(key, value=value, band=title_of(band, self.words.language))
        if score.low == score.high:
            return text
        return f"{text} {self.say('score_between', low=score.low, high=score.high)}"

    def _coverage_note(self) -> str:
        full = self.catalogue.scoring.limits["coverage_share"].value
        return " " + self.say("coverage_note", share=self.words.percent(full))


def _read_key(read: int, total: int) -> str:
    if read == total:
        return "read_one" if total == 1 else "read_all"
    return "read_none" if total == 1 else "read_some"


def suggestion(criterion: Criterion) -> str:
    """Return a proposed wording at the level that most can reach: basic if there is one, else the first."""
    levels = sorted(criterion.levels, key=lambda level: (level.ambition != "basic", level.ambition != "unquantified"))
    wording = next(
        (criterion.requirement_sv[level.id] for level in levels if level.id in criterion.requirement_sv), None
    )
    return wording.requirement.strip() if wording else ""


def _wrap(text: str, first: str = "", hanging: str | None = None) -> Iterable[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=first if hanging is None else hanging,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def summary_line(assessment: Assessment, catalogue: Catalogue, words: Words) -> str:
    """Return one procurement in one line: id, score or why there is none, band, conflicts."""
    score = assessment.score
    value = words(f"assessment.short.{score.status}") if score.value is None else words.number(score.value)
    band = next((title_of(b, words.language) for b in catalogue.scoring.bands if b.id == score.band), "")
    note = words("assessment.short.incomplete") if score.status == "incomplete" else ""
    stopping = len({conflict.obstacle_requirement_id for conflict in assessment.conflicts})
    key = "conflicts_one" if stopping == 1 else "conflicts"
    conflicts = words(f"assessment.short.{key}", count=stopping) if stopping else ""
    return "  ".join(
        part for part in (f"{assessment.procurement.id:<40}", f"{value:>3}", band, note, conflicts) if part
    ).rstrip()

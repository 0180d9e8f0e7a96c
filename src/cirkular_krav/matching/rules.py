"""Whether a requirement asks what a rule asks: concepts in a clause, not negated, with their companions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cirkular_krav.catalogue_types import Rule
from cirkular_krav.matching.concepts import ConceptFinder, ConceptHit, clauses
from cirkular_krav.models import Evidence, Requirement, Span
from cirkular_krav.understanding.polarity import negations

Where = str


@dataclass(slots=True)
class Reading:
    """One requirement with its concepts, clauses and negations found once for all rules."""

    requirement: Requirement
    hits: dict[str, list[ConceptHit]]
    around: dict[str, tuple[str, str]]  # concept → (where, words) in context, heading or category
    clauses: list[tuple[int, int]]
    negated: tuple[Span, ...]

    def clause_of(self, hit: ConceptHit) -> tuple[int, int]:
        """Return the clause in which the hit starts."""
        for clause in self.clauses:
            if clause[0] <= hit.start < clause[1]:
                return clause
        return 0, len(self.requirement.text)

    def in_clause(self, concept: str, clause: tuple[int, int]) -> bool:
        """Tell whether the concept stands in the clause."""
        return any(clause[0] <= hit.start < clause[1] for hit in self.hits.get(concept, ()))

    def is_negated(self, hit: ConceptHit) -> bool:
        """Tell whether the hit lies under a negation or exclusion."""
        return any(span.start < hit.end and hit.start < span.end for span in self.negated)

    def present(self, concept: str) -> bool:
        """Tell whether the concept stands in the text or around it."""
        return concept in self.hits or concept in self.around


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that is met: its evidence, how many concepts stand in the text and around it, and what speaks against."""

    evidence: tuple[Evidence, ...]
    in_text: int
    around: int
    key: ConceptHit
    against: tuple[str, ...] = ()


def read_requirement(requirement: Requirement, finder: ConceptFinder, category_concepts: Iterable[str] = ()) -> Reading:
    """Find the concepts of a requirement, in its text, context and headings."""
    text = requirement.text
    spans = clauses(text)
    raw: dict[str, list[ConceptHit]] = {}
    for hit in finder.find(text):
        raw.setdefault(hit.concept, []).append(hit)
    around: dict[str, tuple[str, str]] = dict.fromkeys(category_concepts, ("category", ""))
    for where, piece in (("heading", " / ".join(requirement.heading_path[-2:])), ("context", requirement.context)):
        for hit in finder.find(piece):
            around[hit.concept] = (where, piece[hit.start : hit.end])
    reading = Reading(requirement, raw, around, spans, negations(text))
    reading.hits = _conditions_met(reading, finder)
    return reading


def _conditions_met(reading: Reading, finder: ConceptFinder) -> dict[str, list[ConceptHit]]:
    kept: dict[str, list[ConceptHit]] = {}
    for name, hits in reading.hits.items():
        concept = finder.concepts[name]
        if not concept.needs and not concept.not_with:
            kept[name] = hits
            continue
        if concept.needs and not any(reading.present(other) for other in concept.needs):
            continue
        if concept.not_with:
            hits = [h for h in hits if not any(reading.in_clause(o, reading.clause_of(h)) for o in concept.not_with)]
        if hits:
            kept[name] = hits
    return kept


def meets(rule: Rule, reading: Reading, *, ignore_negation: bool) -> RuleHit | None:
    """Return how the requirement meets the rule, or nothing; the first key that is free decides.

    What stood in the way of an earlier key is kept as a reason for doubt.
    """
    for concept in rule.all_of:
        if concept not in reading.hits and concept not in reading.around:
            return None
    key, *companions = rule.all_of
    blocked: list[str] = []
    mode = rule.negated or ("ignore" if ignore_negation else "blocks")
    for hit in reading.hits.get(key, ()):
        clause = reading.clause_of(hit)
        if mode != "ignore" and reading.is_negated(hit) != (mode == "required"):
            if mode == "blocks":
                blocked.append(f"negated:{key}")
            continue
        stopper = next((concept for concept in rule.unless if reading.in_clause(concept, clause)), None)
        if stopper:
            blocked.append(f"unless:{stopper}")
            continue
        return _rule_hit(hit, key, companions, reading, blocked)
    return None


def _rule_hit(hit: ConceptHit, key: str, companions: list[str], reading: Reading, blocked: list[str]) -> RuleHit:
    evidence = [_evidence(key, hit, reading)]
    around = 0
    for concept in companions:
        if concept in reading.hits:
            nearest = min(reading.hits[concept], key=lambda h: abs(h.start - hit.start))
            evidence.append(_evidence(concept, nearest, reading))
        else:
            where, words = reading.around[concept]
            around += 1
            evidence.append(Evidence(concept=concept, words=words, where=where))  # type: ignore[arg-type]
    return RuleHit(tuple(evidence), len(evidence) - around, around, hit, tuple(dict.fromkeys(blocked)))


def _evidence(concept: str, hit: ConceptHit, reading: Reading) -> Evidence:
    words = reading.requirement.text[hit.start : hit.end]
    return Evidence(concept=concept, words=words, where="text", span=Span(start=hit.start, end=hit.end))

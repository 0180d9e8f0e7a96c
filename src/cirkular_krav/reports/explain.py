"""Why this hit: one requirement or match, factor by factor, back to the words and the place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cirkular_krav.catalogue_types import Catalogue, Criterion
from cirkular_krav.errors import UsageError
from cirkular_krav.models import Assessment, Evidence, Match, Requirement
from cirkular_krav.reports.references import reference_line
from cirkular_krav.reports.words import Words, load_words, title_of


def explain(assessment: Assessment, identifier: str, catalogue: Catalogue, *, language: str = "sv") -> str:
    """Return the explanation of a requirement or a match by its id; raises ``UsageError`` when there is none."""
    words = load_words(language)
    requirement = next(
        (r for r in assessment.requirements if identifier == r.id or identifier.startswith(f"{r.id}:")), None
    )
    matches = [m for m in assessment.matches if identifier in (m.id, m.requirement_id)]
    obstacles = [o for o in assessment.obstacles if identifier in (o.id, o.requirement_id)]
    if requirement is None or (":" in identifier and not matches and not obstacles):
        raise UsageError(words("explain.unknown", id=identifier))
    about = assessment.procurement
    lines = [words("explain.procurement", procurement=about.title or about.id, buyer=about.buyer or "–")]
    lines += _requirement(requirement, words)
    for match in matches:
        lines += ["", *_match(match, requirement, catalogue, words)]
    for hit in obstacles:
        obstacle = catalogue.obstacles_by_id.get(hit.obstacle_id)  # may come from a catalogue that is not here
        title = title_of(obstacle, language) if obstacle else words("explain.not_in_catalogue")
        lines += ["", words("explain.obstacle", obstacle=hit.obstacle_id, title=title)]
        lines += [f"   {_evidence(item, words)}" for item in hit.evidence]
    if not matches and not obstacles:
        lines += ["", words("explain.no_match")]
    return "\n".join(lines) + "\n"


def _requirement(requirement: Requirement, words: Words) -> Iterator[str]:
    yield words("explain.requirement")
    yield "   " + words("assessment.quote", quote=requirement.raw_text)
    heading = " / ".join(requirement.heading_path)
    place = words.place(requirement.location)
    yield "   " + words("explain.where", document=requirement.document, place=place, heading=heading)
    yield "   " + words(
        "explain.kind",
        kind=words(f"kind.{requirement.kind}"),
        found_by=words(f"explain.found_by.{requirement.kind_found_by}"),
        obligation=words(f"obligation.{requirement.obligation}"),
        obligation_by=words(f"explain.found_by.{requirement.obligation_found_by}"),
    )
    for reference in requirement.references:
        yield "   " + reference_line(reference, words)


def _match(match: Match, requirement: Requirement, catalogue: Catalogue, words: Words) -> Iterator[str]:
    criterion = catalogue.by_id.get(match.criterion_id)  # the result may come from a catalogue that is not here
    title = title_of(criterion, words.language) if criterion else words("explain.not_in_catalogue")
    yield words("explain.match", criterion=match.criterion_id, title=title)
    for item in match.evidence:
        yield f"   {_evidence(item, words)}"
    ambition = words(f"ambition.{match.ambition}")
    confidence = words(f"confidence.{match.confidence}")
    yield "   " + words("explain.level", level=match.level, ambition=ambition, confidence=confidence)
    if match.likelihood is not None and catalogue.fitted:
        judge = catalogue.fitted.family
        alone = all(item.where == "wording" for item in match.evidence)
        likelihood, least = (words.number(n, 2) for n in (match.likelihood, judge.alone if alone else judge.at_least))
        yield "   " + words("explain.likelihood", likelihood=likelihood, least=least)
    for reason in match.against:
        key, _, concept = reason.partition(":")
        yield "   " + words("explain.against", what=words(f"against.{key}", concept=concept))
    yield "   " + words("explain.points")
    for line in factor_lines(match, requirement, criterion, words):
        yield "      " + line
    yield "   " + words("explain.total", points=words.number(match.points, 1))


def factor_lines(match: Match, requirement: Requirement, criterion: Criterion | None, words: Words) -> Iterator[str]:
    """Yield the five factors of a match, each with its value and what gave it."""
    values = {
        "strategies": ", ".join(criterion.strategies) if criterion else "–",
        "obligation": words(f"obligation.{requirement.obligation}"),
        "kind": words(f"kind.{requirement.kind}"),
        "ambition": words(f"ambition.{match.ambition}"),
        "follow_up": words(f"follow_up.{requirement.follow_up}"),
    }
    for factor in "SOAVF":
        number = words.number(getattr(match.factors, factor), 2)
        yield words(f"explain.factor_{factor}", value=number, **values)


def _evidence(item: Evidence, words: Words) -> str:
    if item.where == "category":
        return words("explain.evidence_category", concept=item.concept)
    if item.where == "wording":
        return words("explain.evidence_wording", words=item.words)
    if item.where == "decision":
        return words("review.evidence", words=item.words)
    where = words(f"explain.where_name.{item.where}")
    return words("explain.evidence", concept=item.concept, words=item.words, where=where)


def explain_any(
    assessments: Iterable[Assessment], identifier: str, catalogue: Catalogue, *, language: str = "sv"
) -> str:
    """Return the explanation of an id from several assessments; a criterion's or obstacle's id explains all its hits."""
    wanted = identifier.upper()
    texts = []
    for assessment in assessments:
        if any(identifier == r.id or identifier.startswith(f"{r.id}:") for r in assessment.requirements):
            return explain(assessment, identifier, catalogue, language=language)
        strongest = sorted(assessment.matches, key=lambda m: (-m.points, m.id))
        hits = [m.id for m in strongest if m.criterion_id == wanted]
        hits += [o.id for o in assessment.obstacles if o.obstacle_id == wanted]
        texts += [explain(assessment, hit, catalogue, language=language) for hit in hits]
    if not texts:
        raise UsageError(load_words(language)("explain.unknown", id=identifier))
    return "\n".join(texts)

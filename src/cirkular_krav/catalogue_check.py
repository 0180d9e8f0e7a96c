"""Runs the catalogue's own examples and demands: what every criterion must show before it may be used.

Examples go the same way as a sentence in a specification or a contract: what is not read as a requirement matches
nothing. The demands are design b6: each positive example reaches exactly its level and nothing outside its family; each
negative reaches nothing in the family; proposed wordings are recognised at the level they claim; known misses still
miss; every concept is used; stable criteria have sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cirkular_krav.applicability import applicable_criteria, category_concepts
from cirkular_krav.catalogue import concepts_of
from cirkular_krav.catalogue_new import UNFILLED
from cirkular_krav.catalogue_types import Catalogue, Criterion, Negative, Obstacle, Positive
from cirkular_krav.matching import Matcher, compile_catalogue, match_one
from cirkular_krav.matching.rules import read_requirement
from cirkular_krav.models import Match, Procurement
from cirkular_krav.segment import asks_for_something, requirement_from_text
from cirkular_krav.text import clean, sentences

# The lot of one criterion: fewer examples than this do not show that it is understood.
FEWEST_EXAMPLES = 5
FEWEST_PARAPHRASES = 2


def check_catalogue(catalogue: Catalogue) -> list[str]:
    """Return every fault as a Swedish sentence; an empty list means that all demands are met."""
    matcher = compile_catalogue(catalogue)
    faults: list[str] = []
    for entry in _entries(catalogue):
        faults += _unfilled(entry)
    for criterion in catalogue.criteria:
        if criterion.lifecycle == "stable":
            faults += _demands(criterion)
            faults += _check_criterion(criterion, matcher)
    for obstacle in catalogue.obstacles:
        if obstacle.lifecycle == "stable":
            faults += _check_obstacle(obstacle, matcher)
    faults += _unused_concepts(catalogue)
    return faults


def judgements(catalogue: Catalogue) -> list[str]:
    """Return one line for every level that rests on judgement, so that an expert can review exactly those."""
    lines = []
    for criterion in catalogue.criteria:
        for level in criterion.levels:
            if level.basis == "judgement" and criterion.lifecycle == "stable":
                bound = "".join(f", {unit} {limit}" for unit, limit in level.quantity.items())
                note = f" – {level.note_sv}" if level.note_sv else ""
                lines.append(f"{criterion.id} {criterion.title_sv}: {level.id} ({level.ambition}{bound}){note}")
    return lines


def _unfilled(entry: Criterion | Obstacle) -> Iterator[str]:
    if UNFILLED in entry.model_dump_json():
        yield f"{entry.id}: mallen är inte ifylld. Ersätt allt som är märkt {UNFILLED}."


def _demands(criterion: Criterion) -> Iterator[str]:
    where = f"{criterion.id}:"
    examples = criterion.examples
    if len(examples.match) < FEWEST_EXAMPLES:
        yield f"{where} bara {len(examples.match)} exempel som ska träffa; skriv minst {FEWEST_EXAMPLES}."
    if len(examples.no_match) < FEWEST_EXAMPLES:
        yield f"{where} bara {len(examples.no_match)} exempel som inte ska träffa; skriv minst {FEWEST_EXAMPLES}."
    if sum(example.paraphrase for example in examples.match) < FEWEST_PARAPHRASES:
        yield f"{where} för få omskrivningar; märk minst {FEWEST_PARAPHRASES} exempel med paraphrase: true."
    if not criterion.sources and any(level.basis == "source" for level in criterion.levels):
        yield f"{where} en nivå bygger på en källa men inga källor anges. Lägg till sources."
    texts = [clean(text) for text in (*(e.text for e in examples.match), *(e.text for e in examples.no_match))]
    for text in sorted({text for text in texts if texts.count(text) > 1}):
        yield f"{where} exemplet ”{text}” står två gånger."


def _check_criterion(criterion: Criterion, matcher: Matcher) -> Iterator[str]:
    for example in criterion.examples.match:
        yield from _check_positive(criterion, example, matcher)
    for negative in criterion.examples.no_match:
        found = [m for m in _matches(negative, criterion, matcher) if _related(m, criterion)]
        for match in found:
            yield (
                f"{criterion.id}: exemplet ”{negative.text}” ska inte träffa ({negative.why}) men träffar "
                f"{match.criterion_id} på {_words(match)}. Ändra begreppen eller lägg till unless."
            )
    for miss in criterion.examples.known_miss:
        example = Positive(text=miss.text, level=miss.level, attested=False)
        if not list(_check_positive(criterion, example, matcher)):
            yield f"{criterion.id}: den kända missen ”{miss.text}” träffar nu. Flytta den till match."
    for level, wording in criterion.requirement_sv.items():
        example = Positive(text=wording.requirement, level=level, attested=False)
        for fault in _check_positive(criterion, example, matcher, neighbours=False):
            yield f"{fault} (föreslagen formulering)"


def _check_positive(
    criterion: Criterion, example: Positive, matcher: Matcher, *, neighbours: bool = True
) -> Iterator[str]:
    matches = list(_matches(example, criterion, matcher))
    own = [m for m in matches if m.criterion_id == criterion.id]
    shown = f"{criterion.id}: exemplet ”{example.text}”"
    if not own:
        others = ", ".join(sorted(m.criterion_id for m in matches)) or "inget"
        yield f"{shown} ska träffa {example.level} men träffar {others}."
    elif not _level_is(own[0], example.level):
        yield f"{shown} träffar nivån {own[0].level} ({own[0].ambition}), inte {example.level}."
    if not neighbours:
        return
    for match in matches:
        if not _related(match, criterion) and match.criterion_id not in example.also_matches:
            yield (
                f"{shown} träffar också {match.criterion_id} på {_words(match)}. Är det rätt, skriv also_matches: "
                f"[{match.criterion_id}]; annars ändra begreppen."
            )
    known = {m.criterion_id for m in matches} | {m.family for m in matches}
    for other in example.also_matches:
        if other not in known:
            yield f"{shown} säger also_matches {other}, som inte träffas. Ta bort det."


def _level_is(match: Match, level: str) -> bool:
    return match.level == level


def _related(match: Match, criterion: Criterion) -> bool:
    """Tell whether the match lies in one of the criterion's own families."""
    families = {criterion.id, *criterion.specialises}
    return match.criterion_id in families or match.family in families


def _words(match: Match) -> str:
    return ", ".join(f"”{e.words}” ({e.concept})" for e in match.evidence)


def _matches(example: Positive | Negative, criterion: Criterion, matcher: Matcher) -> Iterable[Match]:
    if not asks_for_something(clean(example.text), context=clean(example.context)):
        return ()
    category = example.category or _home(criterion)
    procurement = Procurement(id="example", categories=(category,))
    applicable = {c.id: c for c in applicable_criteria(procurement, matcher.catalogue)}
    requirement = requirement_from_text(clean(example.text), context=clean(example.context))
    concepts = category_concepts((category,), matcher.catalogue)
    return match_one(read_requirement(requirement, matcher.finder, concepts), "", matcher, applicable)


def _home(criterion: Criterion) -> str:
    """Return the category in which a criterion's examples are read: its own, or other goods for generic ones."""
    if criterion.specialises or criterion.id.split("-")[0] in criterion.applies_to.categories:
        prefix = criterion.id.split("-")[0]
        return prefix if prefix in criterion.applies_to.categories else criterion.applies_to.categories[0]
    categories = criterion.applies_to.categories
    return "OVR" if "OVR" in categories else categories[0]


def _check_obstacle(obstacle: Obstacle, matcher: Matcher) -> Iterator[str]:
    for example in obstacle.examples.match:
        if obstacle.id not in _obstacles(example, matcher):
            yield f"{obstacle.id}: exemplet ”{example.text}” ska visa hindret men gör det inte."
    for negative in obstacle.examples.no_match:
        if obstacle.id in _obstacles(negative, matcher):
            yield f"{obstacle.id}: exemplet ”{negative.text}” ska inte visa hindret ({negative.why})."
    for miss in obstacle.examples.known_miss:
        example = Positive(text=miss.text, level=miss.level, attested=False)
        if obstacle.id in _obstacles(example, matcher):
            yield f"{obstacle.id}: den kända missen ”{miss.text}” träffar nu. Flytta den till match."
    for sentence in sentences(clean(obstacle.better_wording_sv)):
        for other in sorted(_obstacles(Negative(text=sentence, why="-"), matcher)):
            yield f"{obstacle.id}: den bättre formuleringen ”{sentence}” visar själv hindret {other}."


def _obstacles(example: Positive | Negative, matcher: Matcher) -> set[str]:
    if not asks_for_something(clean(example.text), context=clean(example.context)):
        return set()
    requirement = requirement_from_text(clean(example.text), context=clean(example.context))
    concepts = category_concepts((example.category,) if example.category else (), matcher.catalogue)
    return set(matcher.obstacle_hits(read_requirement(requirement, matcher.finder, concepts)))


def _unused_concepts(catalogue: Catalogue) -> Iterator[str]:
    used = {concept for entry in _entries(catalogue) for concept, _ in concepts_of(entry)}
    used |= {category.concept for category in catalogue.categories if category.concept}
    used.add("goods")
    todo = list(used)
    while todo:
        concept = catalogue.vocabulary.concepts.get(todo.pop())
        for other in (*concept.includes, *concept.not_with, *concept.needs) if concept else ():
            if other not in used:
                used.add(other)
                todo.append(other)
    for name in sorted(set(catalogue.vocabulary.concepts) - used):
        yield f"Ordlistan: begreppet {name} används inte av något kriterium. Ta bort det eller använd det."


def examples_in(catalogue: Catalogue) -> int:
    """Return how many examples the catalogue holds."""
    examples = [entry.examples for entry in _entries(catalogue)]
    return sum(len(e.match) + len(e.no_match) + len(e.known_miss) for e in examples)


def _entries(catalogue: Catalogue) -> list[Criterion | Obstacle]:
    return [*catalogue.criteria, *catalogue.obstacles]

"""Requirements against the catalogue: terms and wording are judged together, and every match has its evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cirkular_krav.applicability import category_concepts
from cirkular_krav.catalogue_types import Catalogue, Criterion, Obstacle, Rule
from cirkular_krav.linear import NO_SCORES, Sums
from cirkular_krav.matching.concepts import ConceptFinder, ConceptHit, compile_vocabulary
from cirkular_krav.matching.families import Credit, credit, family_of
from cirkular_krav.matching.fitted import WORDING, Fitted, Opinion, prepare
from cirkular_krav.matching.levels import choose_level
from cirkular_krav.matching.lots import Lots
from cirkular_krav.matching.rules import Reading, RuleHit, meets, read_requirement
from cirkular_krav.models import (
    Confidence,
    Conflict,
    Evidence,
    Factors,
    Match,
    ObstacleHit,
    Procurement,
    Requirement,
)
from cirkular_krav.text import tokens

_NOTHING = Factors(S=0, O=0, A=0, V=0, F=0)
# Two requirements speak of the same thing when they share a word this long that is not about the tender itself.
_NOUN = 5
_NO_NOUNS = (
    "leverant", "anbudsgiv", "beställ", "entreprenör", "köpare", "kommun", "minst", "högst", "skall", "varje", "under",
    "efter", "enligt", "andra", "nytt", "eller", "samma", "möjlig", "likvärdig", "inklusive", "procent",
    "leverans", "avtal", "anbud", "tillfäll", "uppdrag", "period",
)  # fmt: skip
# What says something about the tender or the world asks for nothing circular.
_SILENT_KINDS = ("information",)


@dataclass(slots=True)
class Matcher:
    """A catalogue made ready: the vocabulary compiled and the rules indexed by their key concept."""

    catalogue: Catalogue
    finder: ConceptFinder
    rules: dict[str, list[tuple[Criterion, Rule]]]
    obstacle_rules: dict[str, list[tuple[Obstacle, Rule]]]
    cited: dict[str, list[Criterion]]
    fitted: Fitted | None = None

    def hits(self, reading: Reading) -> dict[str, RuleHit]:
        """Return the criteria whose own rules the requirement meets, each with its fullest hit."""
        found: dict[str, RuleHit] = {}
        for concept in reading.hits:
            for criterion, rule in self.rules.get(concept, ()):
                hit = meets(rule, reading, ignore_negation=criterion.negated == "ignore")
                if hit and (criterion.id not in found or hit.in_text > found[criterion.id].in_text):
                    found[criterion.id] = hit
        return found

    def obstacle_hits(self, reading: Reading) -> dict[str, RuleHit]:
        """Return the obstacles whose rules the requirement meets."""
        found: dict[str, RuleHit] = {}
        for concept in reading.hits:
            for obstacle, rule in self.obstacle_rules.get(concept, ()):
                hit = meets(rule, reading, ignore_negation=obstacle.negated == "ignore")
                if hit and obstacle.id not in found:
                    found[obstacle.id] = hit
        return found


@dataclass(frozen=True, slots=True)
class Judged:
    """What terms found in one requirement, and what the fitted model makes of it; no opinion without a model."""

    hits: dict[str, RuleHit]
    obstacles: dict[str, RuleHit]
    scores: Sums
    opinion: Opinion | None


def judge(reading: Reading, matcher: Matcher) -> Judged:
    """Return what the terms find in a requirement and how likely the fitted model holds each family and obstacle."""
    hits, obstacles = matcher.hits(reading), matcher.obstacle_hits(reading)
    if matcher.fitted is None:
        return Judged(hits, obstacles, NO_SCORES, None)
    scores = matcher.fitted.scores(reading)
    return Judged(hits, obstacles, scores, matcher.fitted.judge(reading, hits, obstacles, scores))


def compile_catalogue(catalogue: Catalogue) -> Matcher:
    """Make the catalogue ready to match; drafts and retired criteria are left out."""
    rules: dict[str, list[tuple[Criterion, Rule]]] = defaultdict(list)
    obstacle_rules: dict[str, list[tuple[Obstacle, Rule]]] = defaultdict(list)
    cited: dict[str, list[Criterion]] = defaultdict(list)
    for criterion in catalogue.criteria:
        if criterion.lifecycle != "stable":
            continue
        for rule in criterion.asks_for:
            rules[rule.all_of[0]].append((criterion, rule))
        for level in criterion.levels:
            for krav_id in level.krav_ids:
                cited[krav_id.split(":")[0]].append(criterion)
    for obstacle in catalogue.obstacles:
        if obstacle.lifecycle == "stable":
            for rule in obstacle.asks_for:
                obstacle_rules[rule.all_of[0]].append((obstacle, rule))
    finder = compile_vocabulary(catalogue.vocabulary)
    return Matcher(catalogue, finder, dict(rules), dict(obstacle_rules), dict(cited), prepare(catalogue))


@dataclass(frozen=True, slots=True)
class Found:
    """What the requirements of one procurement met; points are set by scoring."""

    matches: tuple[Match, ...]
    obstacles: tuple[ObstacleHit, ...]
    conflicts: tuple[Conflict, ...]


def match_requirements(requirements: Sequence[Requirement], procurement: Procurement, matcher: Matcher) -> Found:
    """Match the requirements of a procurement against the catalogue.

    What was withdrawn or replaced keeps its matches, so that both texts can be shown, but hinders nothing. The result
    depends on nothing but the arguments; matches are ordered as their requirements, then by criterion.
    """
    lots = Lots(procurement, requirements, matcher.catalogue, matcher.finder)
    matches: list[Match] = []
    obstacles: list[ObstacleHit] = []
    for requirement in requirements:
        if requirement.kind in _SILENT_KINDS or requirement.language != "sv":
            continue
        here = lots.of(requirement)
        reading = read_requirement(requirement, matcher.finder, here.concepts)
        judged = judge(reading, matcher)
        # "Garantin upphör om enheten öppnas" asks for nothing, but stands in the way all the same.
        if requirement.obligation != "information":
            matches += match_one(reading, procurement.published, matcher, here.applicable, judged)
        if requirement.applies:
            obstacles += _obstacles_of(reading, matcher, judged)
    conflicts = find_conflicts(matches, obstacles, requirements, procurement, matcher)
    return Found(tuple(matches), tuple(obstacles), conflicts)


def match_one(
    reading: Reading,
    published: str,
    matcher: Matcher,
    applicable: dict[str, Criterion],
    judged: Judged | None = None,
) -> list[Match]:
    """Return the matches of one requirement; without ``judged`` by terms alone, as the catalogue's examples are read."""
    judged = judged or Judged(matcher.hits(reading), {}, NO_SCORES, None)
    credits_ = credit(judged.hits, matcher.catalogue, applicable)
    matches = []
    for found in credits_:
        likelihood = _likelihood(found, judged.opinion, matcher.fitted)
        if matcher.fitted is None or likelihood is None or likelihood >= matcher.fitted.family_judge.doubtful:
            matches.append(_match(found, reading, published, matcher.fitted, likelihood))
    if matcher.fitted and judged.opinion:
        met = {family for found in credits_ for family in (found.family, family_of(found.criterion))}
        for found, likelihood in _by_wording(reading, judged, matcher.fitted, matcher.catalogue, applicable, met):
            matches.append(_match(found, reading, published, matcher.fitted, likelihood))
    known = {match.criterion_id for match in matches}
    for krav_id in reading.requirement.krav_ids:
        for criterion in matcher.cited.get(krav_id.split(":")[0], ()):
            if criterion.id not in known:
                known.add(criterion.id)
                evidence = Evidence(concept="krav_id", words=krav_id, where="text")
                matches.append(_certain_match(criterion, evidence, reading, published))
    return sorted(matches, key=lambda match: match.criterion_id)


def person_match(
    requirement: Requirement, criterion: Criterion, words: str, procurement: Procurement, matcher: Matcher
) -> Match:
    """Return the match that a person saw: the level as the ladder gives it, ``words`` (who and when) as evidence."""
    reading = read_requirement(
        requirement, matcher.finder, category_concepts(procurement.categories, matcher.catalogue)
    )
    evidence = Evidence(concept="decision", words=words, where="decision")
    return _certain_match(criterion, evidence, reading, procurement.published)


def find_conflicts(
    matches: Sequence[Match],
    obstacles: Sequence[ObstacleHit],
    requirements: Sequence[Requirement],
    procurement: Procurement,
    matcher: Matcher,
) -> tuple[Conflict, ...]:
    """Pair each obstacle with the matched requirements that it makes impossible and that finally stand."""
    ended = {requirement.id for requirement in requirements if not requirement.applies}
    standing = [match for match in matches if match.requirement_id not in ended]
    concepts = category_concepts(procurement.categories, matcher.catalogue)
    return _conflicts(standing, obstacles, requirements, matcher, concepts)


def _likelihood(found: Credit, opinion: Opinion | None, fitted: Fitted | None) -> float | None:
    """Return how likely the judge holds the credited family; none for what it does not know or is not asked about.

    A criterion that the model never saw is left to its terms, also where its family is known: the wordings of its
    siblings say nothing of its own, and would talk every hit of a new criterion down.
    """
    if opinion is None or fitted is None or found.criterion.id not in fitted.own:
        return None
    known = [opinion.families[f] for f in (found.family, family_of(found.criterion)) if f in opinion.families]
    return max(known, default=None)


def _by_wording(
    reading: Reading,
    judged: Judged,
    fitted: Fitted,
    catalogue: Catalogue,
    applicable: dict[str, Criterion],
    met: set[str],
) -> Iterable[tuple[Credit, float]]:
    """Yield the families not yet ``met`` that the wording alone points at, each credited to its nearest applicable member."""
    for family, likelihood in (judged.opinion.families if judged.opinion else {}).items():
        if likelihood < fitted.family_judge.doubtful or family in met:
            continue
        member = fitted.nearest_member(family, applicable, judged.scores)
        criterion = catalogue.by_id[member or family]
        if criterion.lifecycle != "stable":
            continue
        evidence = fitted.evidence(reading, family)
        span = evidence[0].span if evidence else None
        key = ConceptHit(WORDING, span.start if span else 0, span.end if span else 0)
        hit = RuleHit(evidence, 0, 0, key)
        yield Credit(criterion, family, hit, borrowed=False, applies=member is not None), likelihood


def _match(found: Credit, reading: Reading, published: str, fitted: Fitted | None, likelihood: float | None) -> Match:
    criterion = found.criterion
    level, ambition = choose_level(criterion, reading, found.hit.key.start, published)
    requirement = reading.requirement
    return Match(
        id=f"{requirement.id}:{criterion.id}",
        requirement_id=requirement.id,
        criterion_id=criterion.id,
        family=found.family,
        level=level,
        ambition=ambition,
        confidence=_confidence(found, ambition, reading, fitted, likelihood),
        counts=criterion.counts,
        evidence=found.hit.evidence,
        against=_against(found, fitted, likelihood),
        factors=_NOTHING,
        points=0.0,
        likelihood=likelihood,
    )


def _certain_match(criterion: Criterion, evidence: Evidence, reading: Reading, published: str) -> Match:
    level, ambition = choose_level(criterion, reading, 0, published)
    requirement = reading.requirement
    return Match(
        id=f"{requirement.id}:{criterion.id}", requirement_id=requirement.id, criterion_id=criterion.id,
        family=criterion.specialises[0] if criterion.specialises else criterion.id, level=level, ambition=ambition,
        confidence="high", counts=criterion.counts, evidence=(evidence,), factors=_NOTHING, points=0.0,
    )  # fmt: skip


def _confidence(
    found: Credit, ambition: str, reading: Reading, fitted: Fitted | None, likelihood: float | None
) -> Confidence:
    """High: two concepts in the text, or one with a quantity; medium: one with its context; low: doubtful (7.7).

    Where there is a fitted model it decides what is doubtful: it has seen what terms alone get wrong.
    """
    if reading.requirement.krav_ids:
        return "high"
    if fitted and likelihood is not None and (likelihood < _least(found, fitted) or not found.applies):
        return "low"
    if not found.applies or found.hit.against:
        sure = likelihood is not None or found.hit.in_text >= 2
        return "medium" if sure and found.applies else "low"
    measured = ambition in ("basic", "between", "advanced", "spearhead") and bool(reading.requirement.quantities)
    if found.hit.in_text >= 2 or (found.hit.in_text == 1 and measured):
        return "high"
    return "medium"


def _least(found: Credit, fitted: Fitted) -> float:
    """Return the likelihood from which a credit counts: more is asked of wording that no term supports."""
    judge = fitted.family_judge
    return judge.alone if found.hit.key.concept == WORDING else judge.at_least


def _against(found: Credit, fitted: Fitted | None, likelihood: float | None) -> tuple[str, ...]:
    against = list(found.hit.against)
    if found.borrowed:
        against.append("borrowed")
    if not found.applies:
        against.append("not_applicable")
    if fitted and likelihood is not None and likelihood < _least(found, fitted):
        against.append("wording_alone" if found.hit.key.concept == WORDING else "unlikely")
    return tuple(against)


def _obstacles_of(reading: Reading, matcher: Matcher, judged: Judged) -> list[ObstacleHit]:
    requirement = reading.requirement
    likely = judged.opinion.obstacles if judged.opinion else {}
    found = []
    for obstacle_id in sorted({*judged.obstacles, *likely}):
        obstacle = matcher.catalogue.obstacles_by_id[obstacle_id]
        likelihood = likely.get(obstacle_id) if matcher.fitted and obstacle_id in matcher.fitted.obstacles else None
        hit = judged.obstacles.get(obstacle_id)
        if matcher.fitted and likelihood is not None:
            judge = matcher.fitted.obstacle_judge
            if likelihood < (judge.at_least if hit else judge.alone):
                continue
        if obstacle.lifecycle != "stable":
            continue
        evidence = hit.evidence if hit else matcher.fitted.evidence(reading, obstacle_id) if matcher.fitted else ()
        reasons = [c for c in obstacle.justified_by if c in reading.hits]
        found.append(
            ObstacleHit(
                id=f"{requirement.id}:{obstacle_id}",
                requirement_id=requirement.id,
                obstacle_id=obstacle_id,
                evidence=evidence,
                justified_by=reasons[0] if reasons else "",
                likelihood=likelihood,
            )
        )
    return found


def _conflicts(
    matches: Iterable[Match],
    obstacles: Sequence[ObstacleHit],
    requirements: Sequence[Requirement],
    matcher: Matcher,
    concepts: tuple[str, ...],
) -> tuple[Conflict, ...]:
    """Pair each obstacle with the matched requirements that it makes impossible.

    Where some of them name the same thing as the obstacle (dukar and engångsdukar), only those are meant.
    """
    if not obstacles:
        return ()
    by_id = {requirement.id: requirement for requirement in requirements}
    counted = [match for match in matches if match.confidence != "low"]
    concerned = {match.requirement_id for match in counted} | {hit.requirement_id for hit in obstacles}
    nouns = {key: _nouns(by_id[key].text) for key in concerned}
    pairs = []
    for hit in obstacles:
        obstacle = matcher.catalogue.obstacles_by_id[hit.obstacle_id]
        stopping = by_id[hit.requirement_id]
        blocked = [m for m in counted if m.requirement_id != hit.requirement_id and _blocked(m, obstacle)]
        blocked = [m for m in blocked if _may_meet(stopping, by_id[m.requirement_id])]
        named = [m for m in blocked if _share_a_noun(nouns[stopping.id], nouns[m.requirement_id])]
        if not named and not _speaks_of_the_goods(stopping.text, matcher, concepts):
            continue
        for match in named or blocked:
            pairs.append(
                Conflict(
                    obstacle_id=hit.obstacle_id,
                    obstacle_requirement_id=hit.requirement_id,
                    criterion_id=match.criterion_id,
                    requirement_id=match.requirement_id,
                )
            )
    return tuple(pairs)


def _speaks_of_the_goods(text: str, matcher: Matcher, concepts: tuple[str, ...]) -> bool:
    """Tell whether a text names what is bought, or goods in general, rather than only goods of another kind."""
    hits = matcher.finder.find(text)
    goods = matcher.catalogue.vocabulary.concepts.get("goods")
    others = {*goods.includes} - {*concepts} if goods else set()
    other = [hit for hit in hits if hit.concept in others]
    return any(
        hit.concept in concepts
        or (hit.concept == "goods" and not any(o.start < hit.end and hit.start < o.end for o in other))
        for hit in hits
    )


def _blocked(match: Match, obstacle: Obstacle) -> bool:
    return match.criterion_id in obstacle.blocks or match.family in obstacle.blocks


def _may_meet(one: Requirement, other: Requirement) -> bool:
    """Tell whether two requirements can concern the same delivery: they belong to no different lots."""
    return not (one.lot and other.lot and one.lot != other.lot)


def _share_a_noun(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Tell whether a longer word of one text is, or is the last part of, a word of the other."""
    return any(word.endswith(others) for word in words) or any(word.endswith(words) for word in others)


def _nouns(text: str) -> tuple[str, ...]:
    # "levererade varor" and "levererade möbler" share a participle, not a thing.
    found = (word for word, _, _ in tokens(text) if len(word) >= _NOUN and not word.endswith("ade"))
    return tuple(dict.fromkeys(word for word in found if not word.startswith(_NO_NOUNS)))

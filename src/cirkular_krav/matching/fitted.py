"""What the fitted model thinks of a requirement: how likely each family and obstacle is, terms and wording together.

Terms find what their words say; a linear model fitted on labelled passages (``linear``) knows many more ways of saying
it but sees neither scope nor rules. A small judge with a dozen named weights holds the two against each other and gives
a probability. It is the same for every family, so that a criterion the model never saw is judged by its terms.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cirkular_krav.catalogue_types import Catalogue, Judge
from cirkular_krav.linear import FEWEST_WORDS, LinearModel, Sums, Words, read_model, words_of
from cirkular_krav.matching.families import family_of
from cirkular_krav.matching.rules import Reading, RuleHit
from cirkular_krav.models import Evidence, Span

# A criterion's own class in the model; the bare id is the class of its family.
OWN = "="
# The concept of what no term found.
WORDING = "wording"
# Scores beyond these say no more; without bounds one strange word would decide alone.
_LOW, _HIGH = -6.0, 4.0
_FAR = 10.0
# A text longer than this says no more by its length; a tender's sentence has some twenty words.
_LONGEST = 80
_USUAL = 16
# What an obstacle is held against when no other is near.
_NO_OTHER = -1.0
_FAR_SHARE = 6.0
# Neither terms nor wording hold it worth judging under this.
_HARDLY_FAMILY = -9.5
_HARDLY_OBSTACLE = -4.8
# A text without terms whose highest score is lower than this is worth judging for nothing: a family's score and that
# of its nearest member together stay under the first of them.
_HARDLY_ANYTHING = min(_HARDLY_FAMILY / 2, _HARDLY_OBSTACLE)
# How many of the words that speak most are shown.
_SHOWN = 4
# A shorter word ("att", "som") tells a reader nothing, whatever it weighs together with its neighbours.
_TELLING = 4

Signs = dict[str, float]


@dataclass(frozen=True, slots=True)
class Opinion:
    """How likely (0–1) each family and obstacle is that terms or wording point at."""

    families: Mapping[str, float]
    obstacles: Mapping[str, float]


@dataclass(slots=True)
class Fitted:
    """The fitted model of a catalogue, ready to judge."""

    model: LinearModel
    family_judge: Judge
    obstacle_judge: Judge
    families: dict[str, tuple[int, tuple[int, ...]]]  # family → its column and those of its members
    obstacles: dict[str, int]
    own: dict[str, int]  # criterion → its column
    family_by_id: dict[str, str]
    beside: frozenset[str]
    _family_names: tuple[str, ...] = field(init=False)
    _obstacle_names: tuple[str, ...] = field(init=False)
    _family_at: npt.NDArray[np.intp] = field(init=False)
    # A row a family, filled up with its first member again; the column after the last where it has none.
    _members_at: npt.NDArray[np.intp] = field(init=False)
    _obstacle_at: npt.NDArray[np.intp] = field(init=False)

    def __post_init__(self) -> None:
        self._family_names, self._obstacle_names = tuple(self.families), tuple(self.obstacles)
        self._family_at = np.array([at for at, _ in self.families.values()], dtype=np.intp)
        self._obstacle_at = np.array(list(self.obstacles.values()), dtype=np.intp)
        most = max((len(members) for _, members in self.families.values()), default=0) or 1
        members_of = [members or (len(self.model.classes),) for _, members in self.families.values()]
        rows = [(*members, *members[:1] * (most - len(members))) for members in members_of]
        self._members_at = np.array(rows, dtype=np.intp).reshape(len(rows), most)

    def scores(self, reading: Reading) -> Sums:
        """Return the model's score per class for the requirement's words."""
        words = words_of(reading.requirement.text)
        return self.model.scores(words, negation_signs(words, reading.negated))

    def judge(self, reading: Reading, hits: Mapping[str, RuleHit], obstacles: Iterable[str], scores: Sums) -> Opinion:
        """Return how likely each family and obstacle is, given what the terms found."""
        signs, obstacle_signs = self.signs(reading, hits, frozenset(obstacles), scores)
        return Opinion(
            # A family that the model never saw is left to its terms.
            {
                family: likelihood(self.family_judge, found)
                for family, found in signs.items()
                if family in self.families
            },
            {obstacle: likelihood(self.obstacle_judge, found) for obstacle, found in obstacle_signs.items()},
        )

    def signs(
        self, reading: Reading, hits: Mapping[str, RuleHit], obstacles: frozenset[str], scores: Sums
    ) -> tuple[dict[str, Signs], dict[str, Signs]]:
        """Return what the judges weigh, by family and by obstacle; training reads the same."""
        if not hits and not obstacles and scores.max() < _HARDLY_ANYTHING:
            return {}, {}
        termed: dict[str, list[RuleHit]] = {}
        for criterion_id, hit in hits.items():
            if criterion_id not in self.beside:
                termed.setdefault(self.family_by_id[criterion_id], []).append(hit)
        shared = {
            "obstacle_terms": float(bool(obstacles)),
            "sustainability_terms": float(any(criterion_id in self.beside for criterion_id in hits)),
            "negation": float(bool(reading.negated)),
            "length": math.log(max(FEWEST_WORDS, _length(reading))),
        }
        # The model divides a text's weights by the root of its length: a long one needs less to say the same.
        drawn_out = math.sqrt(_length(reading) / _USUAL)
        families = self._family_signs(termed, scores, shared, drawn_out)
        return families, self._obstacle_signs(obstacles, bool(termed), scores, shared, drawn_out)

    def _family_signs(
        self, termed: dict[str, list[RuleHit]], scores: Sums, shared: Signs, drawn_out: float
    ) -> dict[str, Signs]:
        likeliest_obstacle = _highest(scores, self._obstacle_at)
        own = np.append(scores, _LOW - 1)[self._members_at].max(axis=1)
        together = scores[self._family_at] + own
        first, second = _two_highest(together)
        near = {self._family_names[i] for i in np.flatnonzero(together >= _HARDLY_FAMILY)}
        families = {}
        for family in sorted({*termed, *near}):
            at, members = self.families.get(family, (-1, ()))
            found = termed.get(family, ())
            wording = _bounded(float(scores[at])) if at >= 0 else _LOW
            own_wording = max((float(scores[i]) for i in members), default=_LOW)
            total = float(scores[at]) + (own_wording if members else _LOW - 1) if at >= 0 else 2 * _LOW
            leads = at >= 0 and total >= first
            clear = any(not hit.against for hit in found)
            families[family] = shared | {
                "wording": wording,
                "own_wording": _bounded(own_wording),
                "long_wording": wording * drawn_out,
                "long_own_wording": _bounded(own_wording) * drawn_out,
                "terms": float(clear),
                "doubtful_terms": float(bool(found) and not clear),
                "two_terms": float(clear and max(hit.in_text for hit in found) >= 2),
                "other_terms": float(min(len(termed) - bool(found), 2)),
                "lead": max(-_FAR, min(_FAR, total - (second if leads else first))),
                "leads": float(leads),
                "terms_that_lead": float(bool(found) and leads),
                "obstacle_wording": _bounded(likeliest_obstacle),
            }
        return families

    def _obstacle_signs(
        self, obstacles: frozenset[str], has_terms: bool, scores: Sums, shared: Signs, drawn_out: float
    ) -> dict[str, Signs]:
        likeliest_family = _highest(scores, self._family_at)
        hindering = {}
        first, second = _two_highest(scores[self._obstacle_at])
        near = np.flatnonzero(scores[self._obstacle_at] >= _HARDLY_OBSTACLE)
        named = sorted({*obstacles, *(self._obstacle_names[i] for i in near)})
        score_of = {o: float(scores[self.obstacles[o]]) if o in self.obstacles else _LOW for o in named}
        for obstacle, score in score_of.items():
            own = self.obstacles.get(obstacle, -1)
            leads = own >= 0 and score >= first
            termed_here = obstacle in obstacles
            hindering[obstacle] = shared | {
                "wording": _bounded(score),
                "long_wording": _bounded(score) * drawn_out,
                "share": _share(_bounded(score), [_bounded(s) for o, s in score_of.items() if o != obstacle]),
                "terms": float(termed_here),
                "terms_and_wording": _bounded(score) if termed_here else 0.0,
                "other_terms": float(min(len(obstacles) - termed_here, 2)),
                "lead": max(-_FAR, min(_FAR, score - (second if leads else first))),
                "leads": float(leads),
                "family_wording": _bounded(likeliest_family),
                "family_terms": float(has_terms),
            }
        return hindering

    def evidence(self, reading: Reading, name: str) -> tuple[Evidence, ...]:
        """Return the words that speak most for a class, in the order of the text."""
        text = reading.requirement.text
        words = words_of(text)
        parts = self.model.shares(words, name)
        speak = [i for i, part in enumerate(parts) if part > 0]
        telling = [i for i in speak if len(words[i][0]) >= _TELLING] or speak
        # A word that comes back speaks every time but is shown once.
        first = {words[i][0]: i for i in reversed(telling)}
        best = sorted(first.values(), key=lambda i: -parts[i])[:_SHOWN]
        return tuple(
            Evidence(
                concept=WORDING, words=text[words[i][1] : words[i][2]], where="wording",
                span=Span(start=words[i][1], end=words[i][2]),
            )
            for i in sorted(best)
        )  # fmt: skip

    def nearest_member(self, family: str, applicable: Iterable[str], scores: Sums) -> str | None:
        """Return the applicable criterion of the family whose own wording is nearest, or none."""
        members = [i for i in applicable if self.family_by_id.get(i) == family and i in self.own]
        return max(members, key=lambda i: scores[self.own[i]], default=None)


def prepare(catalogue: Catalogue) -> Fitted | None:
    """Return the catalogue's fitted model made ready, or none when it has none."""
    if catalogue.fitted is None:
        return None
    model = read_model(catalogue.fitted.weights)
    column = {name: at for at, name in enumerate(model.classes)}
    family_by_id = {criterion.id: family_of(criterion) for criterion in catalogue.criteria}
    beside = frozenset(c.id for c in catalogue.criteria if c.counts == "sustainability")
    own = {i: column[OWN + i] for i in family_by_id if OWN + i in column}
    families = {
        family: (column[family], tuple(sorted(at for i, at in own.items() if family_by_id[i] == family)))
        for family in sorted(set(family_by_id.values()))
        if family in column
    }
    obstacles = {o.id: column[o.id] for o in catalogue.obstacles if o.id in column}
    fitted = catalogue.fitted
    return Fitted(model, fitted.family, fitted.obstacle, families, obstacles, own, family_by_id, beside)


def negation_signs(words: Words, negated: Iterable[Span]) -> tuple[str, ...]:
    """Return the words that stand under a negation as signs of their own, whole and by how they begin."""
    under = [word for span in negated for word, start, _ in words if span.start <= start < span.end]
    return tuple(dict.fromkeys(sign for word in under for sign in (f"¬{word}", f"¬{word[:4]}*")))


def likelihood(judge: Judge, signs: Signs) -> float:
    """Return the probability 0–1 that the judge gives to what the signs say."""
    total = judge.intercept + sum(judge.weights.get(name, 0.0) * value for name, value in signs.items())
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), 3)


def _length(reading: Reading) -> int:
    return min(_LONGEST, len(words_of(reading.requirement.text)))


def _share(score: float, others: Iterable[float]) -> float:
    """Return how far a score stands above all others together."""
    together = math.log(math.exp(_NO_OTHER) + sum(math.exp(other) for other in others))
    return max(-_FAR_SHARE, min(_FAR_SHARE, score - together))


def _bounded(score: float) -> float:
    return max(_LOW, min(_HIGH, score))


def _highest(scores: Sums, columns: npt.NDArray[np.intp]) -> float:
    return float(scores[columns].max()) if len(columns) else _LOW


def _two_highest(scores: Sums) -> tuple[float, float]:
    ordered: list[float] = np.sort(scores)[:-3:-1].tolist()
    first, second = (*ordered, _LOW, _LOW)[:2]
    return first, second

"""Fits what matching knows beside the terms: the linear model of wordings, and the judges that weigh it against terms.

Nothing is judged by what it was fitted on: whole groups (a writer's passages, a procurement) are held out in turn, the
judges are fitted on what the models say of groups they never saw, and the figures that are reported come from groups
that neither had seen. Random folds flatter every model, since a writer repeats himself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from cirkular_krav.catalogue_types import Catalogue, FittedModel, Judge
from cirkular_krav.linear import LinearModel, words_of, write_model
from cirkular_krav.matching import Matcher, compile_catalogue
from cirkular_krav.matching.families import family_of
from cirkular_krav.matching.fitted import OWN, Fitted, Signs, likelihood, negation_signs, prepare
from cirkular_krav.matching.rules import Reading, RuleHit, read_requirement
from cirkular_krav.training.fit import Example, Table
from cirkular_krav.training.passages import Passage, read_passages
from cirkular_krav.understanding.polarity import negations

FOLDS = 3
# How closely the wordings are followed, and how many weights are kept: beyond these, held-out figures stand still.
STRENGTH = 12.0
MOST_WEIGHTS = 1_200_000
# A class that fewer passages show teaches nothing that carries over.
FEWEST_PASSAGES = 4
# From where a hit counts, on terms and on wording alone, and under which it is not worth a reader's time. Passages ask for
# something far more often than procurements do, so that the probabilities are too high for these, and contracts are
# full of sentences that no writer thought of: on held-out procurements half of what only the wording points at was
# wrong at even odds and one in seven from 0.9, and on real IT contracts nearly all of the former.
AT_LEAST = {"family": 0.5, "obstacle": 0.5}
ALONE = {"family": 0.9, "obstacle": 0.8}
DOUBTFUL = {"family": 0.4, "obstacle": 0.25}
_SURE = 8.0
_WHAT = ("family", "obstacle")

# Told which fold is done of how many.
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How right families or obstacles were on groups held out: ``right`` of ``found`` and of ``wanted``.

    ``where``: passages, procurements, reversed (sentences) or new_criteria. ``method``: terms alone, or judged.
    """

    what: str
    where: str
    method: str
    right: int
    found: int
    wanted: int

    @property
    def precision(self) -> float:
        """The share of what was found that was right."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """The share of what was wanted that was found."""
        return self.right / self.wanted if self.wanted else 0.0


@dataclass(slots=True)
class _Read:
    """A passage with what the terms find in it, and its gold."""

    passage: Passage
    reading: Reading
    hits: dict[str, RuleHit]
    obstacles: frozenset[str]
    families: frozenset[str]
    criteria: frozenset[str]
    fold: int = 0


def train_matching(
    corpus: Path, catalogue: Catalogue, *, progress: Progress = lambda *_: None
) -> tuple[FittedModel, list[HeldOut]]:
    """Return the fitted part of the catalogue and how right it was on writers and procurements held out.

    ``corpus`` as ``read_passages`` takes it. The same corpus and catalogue give the same model.
    """
    matcher = compile_catalogue(_bare(catalogue))
    read = [_read(passage, matcher) for passage in read_passages(corpus, catalogue)]
    _divide(read)
    every = [*read, *_joined(read)]
    table = Table((_example(r) for r in every), apart=True)
    signs: dict[int, tuple[dict[str, Signs], dict[str, Signs]]] = {}
    for fold in range(FOLDS):
        model = _fit(table, [i for i, r in enumerate(every) if r.fold != fold])
        fitted = _made_ready(catalogue, model)
        for i in (i for i, r in enumerate(read) if r.fold == fold and r.passage.is_news):
            r = read[i]
            signs[i] = fitted.signs(r.reading, r.hits, r.obstacles, fitted.scores(r.reading))
        progress(fold + 1, FOLDS, "")
    report = [
        *_held_out(read, signs, 0, lambda r: r.families),
        *_held_out(read, signs, 1, lambda r: r.passage.obstacles),
    ]
    whole = FittedModel(
        schema_version=1,
        made_of=f"{len(read)} märkta texter, {sum(r.passage.is_news for r in read)} nya för ordlistan",
        family=_judge(read, signs, 0, lambda r: r.families),
        obstacle=_judge(read, signs, 1, lambda r: r.passage.obstacles),
        held_out={
            f"{h.what}.{h.where}.{h.method}": {"precision": round(h.precision, 3), "recall": round(h.recall, 3)}
            for h in report
        },
        weights=write_model(_fit(table, range(len(every)))),
    )
    return whole, report


def criteria_held_out(corpus: Path, catalogue: Catalogue, *, progress: Progress = lambda *_: None) -> list[HeldOut]:
    """Return how right families are where the passages speak of criteria that the model never saw.

    A third of the criteria at a time is left out of the fitting with all its passages; only criteria that share a family
    with others can be found by wording, the rest are left to their terms.
    """
    matcher = compile_catalogue(_bare(catalogue))
    read = [_read(passage, matcher) for passage in read_passages(corpus, catalogue)]
    _divide(read)
    table = Table((_example(r) for r in read), apart=True)
    ids = sorted({i for r in read for i in r.criteria})
    counts = {"terms": [0, 0, 0], "judged": [0, 0, 0]}
    for fold in range(FOLDS):
        left_out = set(ids[fold::FOLDS])
        model = _fit(table, [i for i, r in enumerate(read) if not r.criteria & left_out and r.fold != fold])
        fitted = _made_ready(catalogue, model, catalogue.fitted)
        for r in read:
            if r.fold != fold or not r.passage.is_news or not r.criteria or not r.criteria <= left_out:
                continue
            by_terms = _families_of(r.hits, catalogue)
            for method, found in (("terms", by_terms), ("judged", _judged(r, fitted, by_terms, catalogue))):
                tally = counts[method]
                tally[0] += len(found & r.families)
                tally[1] += len(found)
                tally[2] += len(r.families)
        progress(fold + 1, FOLDS, "")
    return [HeldOut("family", "new_criteria", method, *tally) for method, tally in counts.items()]


def _judged(r: _Read, fitted: Fitted, by_terms: set[str], catalogue: Catalogue) -> set[str]:
    """Return the families that count for a passage, as matching has it: what the model never saw is left to its terms."""
    opinion = fitted.judge(r.reading, r.hits, r.obstacles, fitted.scores(r.reading)).families
    unseen = _families_of((i for i in r.hits if i not in fitted.own), catalogue)
    least = {f: (AT_LEAST if f in by_terms else ALONE)["family"] for f in opinion}
    return {f for f, likely in opinion.items() if likely >= least[f]} | unseen | (by_terms - set(fitted.families))


def _bare(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue without a fitted model, so that terms are read alone."""
    fields = {name: getattr(catalogue, name) for name in Catalogue.model_fields}
    return Catalogue(**{**fields, "fitted": None})


def _made_ready(catalogue: Catalogue, model: LinearModel, judges: FittedModel | None = None) -> Fitted:
    none = _judge_of(0.0, {}, "family")
    trial = FittedModel(
        schema_version=1,
        made_of="prov",
        family=judges.family if judges else none,
        obstacle=judges.obstacle if judges else none,
        weights=write_model(model),
    )
    fields = {name: getattr(catalogue, name) for name in Catalogue.model_fields}
    fitted = prepare(Catalogue(**{**fields, "fitted": trial}))
    assert fitted is not None
    return fitted


def _read(passage: Passage, matcher: Matcher) -> _Read:
    reading = read_requirement(passage.requirement, matcher.finder)
    catalogue = matcher.catalogue
    known = (catalogue.by_id[i] for i in passage.criteria if i in catalogue.by_id)
    criteria = [criterion for criterion in known if criterion.counts != "sustainability"]
    return _Read(
        passage, reading, matcher.hits(reading), frozenset(matcher.obstacle_hits(reading)),
        frozenset(family_of(criterion) for criterion in criteria), frozenset(criterion.id for criterion in criteria),
    )  # fmt: skip


def _joined(read: Sequence[_Read]) -> list[_Read]:
    """Return long texts: three neighbours of a group put together, which ask for all that any of them asks for.

    Buyers' sentences are two to three times as long as writers' passages, and those that ask for something circular were
    written longer than the others. Without these the model takes length itself, and the many ordinary words of a
    contract, for a sign.
    """
    groups: dict[str, list[_Read]] = {}
    for r in read:
        if r.passage.is_news and not r.passage.group.startswith("reversed"):
            groups.setdefault(r.passage.group, []).append(r)
    joined = []
    for members in groups.values():
        silent = [r for r in members if not r.passage.criteria and not r.passage.obstacles]
        asking = [r for r in members if r.passage.criteria or r.passage.obstacles]
        # Neighbours in a file often ask for the same thing, so the silent ones around an asking one come from afar.
        trios = [silent[i : i + 3] for i in range(0, len(silent) - 2, 3)]
        trios += [
            [silent[i % len(silent)], r, silent[(i * 7 + 3) % len(silent)]] for i, r in enumerate(asking[::6]) if silent
        ]
        joined += [_together(trio) for trio in trios]
    return joined


def _together(several: Sequence[_Read]) -> _Read:
    text = " ".join(r.passage.requirement.text for r in several)
    first = several[0].passage
    passage = Passage(
        first.requirement.model_copy(update={"text": text}),
        frozenset[str]().union(*(r.passage.criteria for r in several)),
        frozenset[str]().union(*(r.passage.obstacles for r in several)),
        first.group, first.is_news,
    )  # fmt: skip
    reading = Reading(passage.requirement, {}, {}, [], negations(text))
    families = frozenset[str]().union(*(r.families for r in several))
    criteria = frozenset[str]().union(*(r.criteria for r in several))
    return _Read(passage, reading, {}, frozenset(), families, criteria, several[0].fold)


def _families_of(hits: Iterable[str], catalogue: Catalogue) -> set[str]:
    criteria = [catalogue.by_id[i] for i in hits]
    return {family_of(criterion) for criterion in criteria if criterion.counts != "sustainability"}


def _divide(read: Sequence[_Read]) -> None:
    """Put whole groups into folds of about the same size, the largest first."""
    sizes: dict[str, int] = {}
    for r in read:
        sizes[r.passage.group] = sizes.get(r.passage.group, 0) + 1
    filled = [0] * FOLDS
    fold_of = {}
    for group in sorted(sizes, key=lambda g: (-sizes[g], g)):
        fold_of[group] = filled.index(min(filled))
        filled[fold_of[group]] += sizes[group]
    for r in read:
        r.fold = fold_of[r.passage.group]


def _example(r: _Read) -> Example:
    text = r.passage.requirement.text
    labels = {*r.families, *(OWN + i for i in r.criteria), *r.passage.obstacles}
    return Example(text, negation_signs(words_of(text), r.reading.negated), labels)


def _fit(table: Table, rows: Sequence[int]) -> LinearModel:
    counts: dict[str, int] = {}
    for row in rows:
        for label in table.examples[row].labels:
            counts[label] = counts.get(label, 0) + 1
    classes = sorted(name for name, count in counts.items() if count >= FEWEST_PASSAGES)
    return table.fit(rows, strength=STRENGTH, fewest=2, classes=classes, most_weights=MOST_WEIGHTS)


_Gold = Callable[[_Read], frozenset[str]]
_SignsOf = dict[int, tuple[dict[str, Signs], dict[str, Signs]]]


def _rows(read: Sequence[_Read], signs: _SignsOf, which: int, gold: _Gold) -> tuple[list[Signs], list[bool], list[int]]:
    found, right, folds = [], [], []
    for i, both in signs.items():
        for name, sign in both[which].items():
            found.append(sign)
            right.append(name in gold(read[i]))
            folds.append(read[i].fold)
    return found, right, folds


def _judge(read: Sequence[_Read], signs: _SignsOf, which: int, gold: _Gold, without: int | None = None) -> Judge:
    found, right, folds = _rows(read, signs, which, gold)
    rows = [i for i, fold in enumerate(folds) if fold != without]
    answers = {right[i] for i in rows}
    if len(answers) < 2:  # too few labels to weigh anything: terms that were always right are, and wording as it says
        if True not in answers:
            return _judge_of(-_SURE, {}, _WHAT[which])
        return _judge_of(0.0, {"wording": 1.0, "terms": _SURE, "doubtful_terms": _SURE}, _WHAT[which])
    names = sorted({name for i in rows for name in found[i]})
    values = np.array([[found[i][name] for name in names] for i in rows])
    model: Any = LogisticRegression(C=1.0, max_iter=3_000).fit(values, np.array([right[i] for i in rows]))
    weights = {name: round(float(weight), 3) for name, weight in zip(names, model.coef_[0], strict=True)}
    return _judge_of(round(float(model.intercept_[0]), 3), weights, _WHAT[which])


def _judge_of(intercept: float, weights: dict[str, float], what: str) -> Judge:
    return Judge(
        intercept=intercept, weights=weights, at_least=AT_LEAST[what], alone=ALONE[what], doubtful=DOUBTFUL[what]
    )


def _held_out(read: Sequence[_Read], signs: _SignsOf, which: int, gold: _Gold) -> list[HeldOut]:
    """Return terms alone and terms with wording, on passages and on whole procurements apart."""
    what = _WHAT[which]
    judges = [_judge(read, signs, which, gold, without=fold) for fold in range(FOLDS)]
    counts: dict[tuple[str, str], list[int]] = {}
    for i, both in signs.items():
        r = read[i]
        where = r.passage.group.split("/")[0]
        judge = judges[r.fold]
        termed = {name for name, sign in both[which].items() if sign["terms"] or sign.get("doubtful_terms")}
        judged = {
            name
            for name, sign in both[which].items()
            if likelihood(judge, sign) >= (judge.at_least if name in termed else judge.alone)
        }
        for method, found in (("terms", termed), ("judged", judged)):
            tally = counts.setdefault((where, method), [0, 0, 0])
            tally[0] += len(found & gold(r))
            tally[1] += len(found)
            tally[2] += len(gold(r))
    return [HeldOut(what, where, method, *tally) for (where, method), tally in sorted(counts.items(), reverse=True)]


def write_head(model: FittedModel) -> str:
    """Return the judges as the YAML file that the catalogue reads, for people to look at."""
    lines = [
        "# Gjord av cirkular-krav train; ändras inte för hand. Ordens vikter står i fitted-weights.txt.",
        f"schema_version: {model.schema_version}",
        f'made_of: "{model.made_of}"',
    ]
    for name, judge in (("family", model.family), ("obstacle", model.obstacle)):
        lines += [
            f"{name}:",
            f"  intercept: {round(judge.intercept, 3)!r}",
            f"  at_least: {judge.at_least!r}",
            f"  alone: {judge.alone!r}",
            f"  doubtful: {judge.doubtful!r}",
            "  weights:",
            *(f"    {sign}: {round(weight, 3)!r}" for sign, weight in sorted(judge.weights.items())),
        ]
    lines.append("held_out:")
    lines += [
        f'  "{name}": {{precision: {round(figures["precision"], 3)!r}, recall: {round(figures["recall"], 3)!r}}}'
        for name, figures in sorted(model.held_out.items())
    ]
    return "\n".join(lines) + "\n"

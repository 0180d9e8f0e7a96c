"""Fits linear models: one logistic regression per class over pieces of words, pairs of words and signs.

What is fitted is exactly what ``linear`` can use: no scaling is left for the runtime, and the weights that decide
least are dropped, so that a model stays a file of readable size. The same examples give the same weights.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from cirkular_krav.linear import LinearModel, apart_of, names_of, pairs_of, pieces_of, scale_of, words_of

# A feature that fewer examples hold teaches nothing that carries over.
FEWEST = 3
# How many weights a model keeps; about twenty bytes each.
MOST_WEIGHTS = 45_000
UNIT = 0.01


class Example(NamedTuple):
    """A text with its signs and the classes it belongs to: none, one or several."""

    text: str
    signs: tuple[str, ...] = ()
    labels: Collection[str] = ()
    weight: float = 1.0


def features_of(text: str, signs: Iterable[str] = (), *, apart: bool = False) -> dict[str, float]:
    """Return what ``LinearModel.scores`` adds up for a text: how much each feature counts.

    ``apart``: with pairs of beginnings that stand near each other.
    """
    names = names_of(words_of(text))
    share = 1 / scale_of(names)
    counts: Counter[str] = Counter()
    for name in names:
        counts.update(pieces_of(name))
    counts.update(pairs_of(names))
    if apart:
        counts.update(apart_of(names))
    found = {name: count * share for name, count in counts.items()}
    for sign in signs:
        found[sign] = 1.0
    return found


class Table:
    """The features of many examples, taken apart once; parts of it can be fitted again and again, as folds need."""

    def __init__(self, examples: Iterable[Example], *, apart: bool = False) -> None:
        self.examples = list(examples)
        self.index: dict[str, int] = {}
        signs: set[str] = set()
        values: list[float] = []
        columns: list[int] = []
        starts = [0]
        for example in self.examples:
            signs.update(example.signs)
            for name, value in features_of(example.text, example.signs, apart=apart).items():
                columns.append(self.index.setdefault(name, len(self.index)))
                values.append(value)
            starts.append(len(columns))
        shape = (len(self.examples), len(self.index))
        self.matrix = sparse.csr_matrix((np.array(values), np.array(columns), np.array(starts)), shape=shape)
        self.is_sign = np.array([name in signs for name in self.index], dtype=bool)
        self.names = list(self.index)

    def fit(
        self,
        rows: Sequence[int] | None = None,
        *,
        strength: float = 1.0,
        sign_strength: float = 1.0,
        classes: Sequence[str] = (),
        balanced: bool = False,
        fewest: int = FEWEST,
        most_weights: int = MOST_WEIGHTS,
        made_of: str = "",
    ) -> LinearModel:
        """Return the model of the examples at ``rows``, of all when none are given: each class against all the rest.

        ``strength`` is how closely the examples are followed (the inverse of the penalty); ``sign_strength`` above one
        lets signs weigh more than words. Of all weights only the ``most_weights`` that move most scores are kept.
        ``classes`` fixes which classes there are and their order; otherwise they are those of the labels, in order of
        the alphabet.
        """
        chosen = np.arange(len(self.examples)) if rows is None else np.asarray(rows)
        examples = [self.examples[row] for row in chosen]
        names = tuple(classes) or tuple(sorted({label for example in examples for label in example.labels}))
        matrix = self.matrix[chosen]
        holding = np.asarray(matrix.getnnz(axis=0)).ravel()
        kept = np.flatnonzero(holding >= fewest)
        counts = holding[kept]
        # Rare features get more room, as always with idf; signs are few and get what ``sign_strength`` says.
        idf = np.log((1 + len(chosen)) / (1 + counts)) + 1
        scales = np.where(self.is_sign[kept], sign_strength, idf / idf.mean())
        scaled = (matrix[:, kept] @ sparse.diags(scales)).tocsr()
        weights = np.zeros((len(names), len(kept)))
        intercepts = np.zeros(len(names))
        own = np.array([example.weight for example in examples])
        for at, name in enumerate(names):
            is_in = np.array([name in example.labels for example in examples])
            if is_in.all() or not is_in.any():
                intercepts[at] = 8.0 if is_in.all() else -8.0
                continue
            fitted: Any = LogisticRegression(
                C=strength,
                solver="liblinear",
                class_weight="balanced" if balanced else None,
                random_state=0,
                intercept_scaling=1.0,
                max_iter=200,
                tol=1e-3,
            )
            fitted.fit(scaled, is_in, sample_weight=own)
            weights[at] = fitted.coef_[0] * scales
            intercepts[at] = float(fitted.intercept_[0])
        rows_of = _kept_rows([self.names[column] for column in kept], weights, counts, most_weights)
        return LinearModel(names, tuple(round(float(value), 4) for value in intercepts), UNIT, made_of, rows_of)


def _kept_rows(names: Sequence[str], weights: Any, counts: Any, most: int) -> dict[str, str]:
    """Return the rows of the file: the weights that matter most, by their size and by how many examples they move."""
    units = np.rint(weights / UNIT).astype(int)
    reach = np.abs(weights) * np.sqrt(counts)[np.newaxis, :]
    reach[units == 0] = 0.0
    least_first = np.argsort(-reach, axis=None, kind="stable")[most:]
    units.ravel()[least_first] = 0
    rows: dict[str, str] = {}
    for column in np.flatnonzero(units.any(axis=0)):
        rows[names[int(column)]] = " ".join(f"{at}:{units[at, column]}" for at in np.flatnonzero(units[:, column]))
    return rows


def probability(score: float) -> float:
    """Return the probability that a score stands for."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))

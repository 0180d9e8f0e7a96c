"""Simple methods on the same labels, so that a figure can be read beside what little effort gives.

Each method gives every requirement its nearest criterion and a closeness; the threshold is the one that suits it best
on these very labels, which flatters it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

from rapidfuzz import fuzz, process

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.evaluation_types import Rate
from cirkular_krav.text import clean, tokens

Labelled = tuple[str, frozenset[str]]  # the text of a requirement, and the families it was labelled with
Guess = tuple[str, float]  # a family, and how close

_STEM = 5


def baseline_rates(labelled: Sequence[Labelled], catalogue: Catalogue, family: Callable[[str], str]) -> dict[str, Rate]:
    """Return the family rate of keywords, BM25 and fuzzy comparison, each at its best threshold."""
    methods = {"keywords": _keywords, "bm25": _bm25, "fuzzy": _fuzzy}
    texts = [clean(text).lower() for text, _ in labelled]
    wanted = [families for _, families in labelled]
    return {name: _best(method(texts, catalogue, family), wanted) for name, method in methods.items()}


def _best(guesses: Sequence[Guess], wanted: Sequence[frozenset[str]]) -> Rate:
    total = sum(map(len, wanted))
    ranked = sorted(
        ((close, guess in families) for (guess, close), families in zip(guesses, wanted, strict=True)), reverse=True
    )
    best = Rate(right=0, found=0, wanted=total, precision=None, recall=0.0 if total else None)
    best_f1, right = 0.0, 0
    for found, (close, is_right) in enumerate(ranked, start=1):
        if close <= 0:
            break
        right += is_right
        f1 = 2 * right / (found + total)
        if f1 > best_f1:
            best_f1 = f1
            best = Rate(
                right=right,
                found=found,
                wanted=total,
                precision=round(right / found, 4),
                recall=round(right / total, 4),
            )
    return best


def _documents(catalogue: Catalogue, family: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return every criterion's title, question and examples as a text, with its family."""
    criteria = [c for c in catalogue.criteria if c.counts != "sustainability"]
    return [
        (family(c.id), clean(" ".join([c.title_sv, c.question_sv, *(e.text for e in c.examples.match)])).lower())
        for c in criteria
    ]


def _stems(text: str) -> list[str]:
    return [word[:_STEM] for word, _, _ in tokens(text) if len(word) >= _STEM]


def _keywords(texts: Sequence[str], catalogue: Catalogue, family: Callable[[str], str]) -> list[Guess]:
    titles = [
        (family(c.id), set(_stems(c.title_sv.lower()))) for c in catalogue.criteria if c.counts != "sustainability"
    ]
    guesses = []
    for text in texts:
        words = set(_stems(text))
        guesses.append(
            max(((name, len(words & title) / max(len(title), 1)) for name, title in titles), key=lambda g: g[1])
        )
    return guesses


def _bm25(texts: Sequence[str], catalogue: Catalogue, family: Callable[[str], str]) -> list[Guess]:
    documents = [(name, Counter(_stems(text))) for name, text in _documents(catalogue, family)]
    mean = sum(sum(counts.values()) for _, counts in documents) / len(documents)
    spread = Counter(stem for _, counts in documents for stem in counts)
    rarity = {s: math.log(1 + (len(documents) - n + 0.5) / (n + 0.5)) for s, n in spread.items()}
    guesses = []
    for text in texts:
        query = set(_stems(text))
        scores = []
        for name, counts in documents:
            size = 0.25 + 0.75 * sum(counts.values()) / mean
            scores.append(
                (name, sum(rarity[s] * counts[s] * 2.2 / (counts[s] + 1.2 * size) for s in query if s in counts))
            )
        guesses.append(max(scores, key=lambda g: g[1]))
    return guesses


def _fuzzy(texts: Sequence[str], catalogue: Catalogue, family: Callable[[str], str]) -> list[Guess]:
    examples = [
        (family(c.id), clean(e.text).lower())
        for c in catalogue.criteria
        if c.counts != "sustainability"
        for e in c.examples.match
    ]
    choices = [text for _, text in examples]
    guesses = []
    for text in texts:
        nearest = process.extractOne(text, choices, scorer=fuzz.token_set_ratio)
        guesses.append((examples[nearest[2]][0], nearest[1]) if nearest else ("", 0.0))
    return guesses

"""A fitted linear model as text that people can read: which pieces of words speak for a class, and how strongly.

Fitting is for ``training``; here is only what reading a model and using it takes, without scikit-learn, which costs a
second to import. A text is taken apart into its words' pieces (three to five letters, and the whole word) and
pairs of neighbouring words. Weights add up, so every word's part in a decision can be shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from cirkular_krav.text import tokens
from cirkular_krav.weights_text import Weights, read_weights, write_weights

SHORTEST, LONGEST = 3, 5
# A shorter text is weighed as if it had this many words, so that two words alone decide nothing.
FEWEST_WORDS = 3
# How many different words a model keeps the sums of; names, numbers and misreadings never end.
_MOST_WORDS = 49_152

Words = Sequence[tuple[str, int, int]]
Sums = npt.NDArray[np.floating[Any]]
NO_SCORES: Sums = np.zeros(0)


@lru_cache(maxsize=4_096)
def words_of(text: str) -> tuple[tuple[str, int, int], ...]:
    """Return the words of a text as ``(word, start, end)``: lower case, hyphenated ones divided, numbers as ``#``."""
    out: list[tuple[str, int, int]] = []
    for word, start, end in tokens(text):
        if word.isalpha():
            out.append((word, start, end))
            continue
        at = start
        for piece in _divided(word):
            if piece and piece[0].isalnum():
                out.append(("#" if piece[0].isdigit() else piece, at, at + len(piece)))
            at += len(piece)
    return tuple(out)


def _divided(word: str) -> list[str]:
    """Return the word cut before and after every sign that is neither letter nor digit; nothing is lost."""
    pieces = [""]
    for ch in word:
        if ch.isalnum() != (pieces[-1][-1:].isalnum() or not pieces[-1]):
            pieces.append("")
        pieces[-1] += ch
    return pieces


def pieces_of(word: str) -> list[str]:
    """Return the pieces of one word: three to five letters with the word's ends marked, and the whole word."""
    marked = f"<{word}>"
    size = len(marked)
    found = [marked[i : i + n] for n in range(SHORTEST, LONGEST + 1) for i in range(size - n + 1)]
    return found if SHORTEST <= size <= LONGEST else [*found, marked]


def pairs_of(words: Words) -> list[str]:
    """Return each word with the one after it."""
    return [f"{one[0]} {other[0]}" for one, other in zip(words, words[1:], strict=False)]


def scale_of(words: Words) -> float:
    """Return what the sum over a text's words is divided by, so that a long text does not decide by its length."""
    return math.sqrt(max(FEWEST_WORDS, len(words)))


@dataclass(slots=True)
class LinearModel:
    """One score per class, above zero when the class is likelier than not; weights per piece, pair of words or sign.

    ``signs`` are features that are not words of the text (``role=contract``) and are not divided by its length.
    """

    classes: tuple[str, ...]
    intercepts: tuple[float, ...]
    unit: float
    made_of: str = ""
    rows: dict[str, str] = field(default_factory=dict)
    # The sums of what has been looked up, a row each, and the row of a word, pair or sign; the first row is nothing's.
    _at: dict[str, int] = field(default_factory=dict)
    _sums: Sums = field(init=False)
    _used: int = 1
    _base: Sums = field(init=False)
    # The pairs that have weights, found when first asked for: a pair by its first word and the word after it.
    _after: dict[str, dict[str, str]] | None = None

    def __post_init__(self) -> None:
        self._base = np.array(self.intercepts, dtype=np.float64)
        self._sums = np.zeros((1, len(self.classes)), dtype=np.float32)

    def scores(self, words: Words, signs: Iterable[str] = ()) -> Sums:
        """Return one score per class for a text's words, in the order of ``classes``."""
        of_text = self._of_text(words)
        known, rows = self._at, self.rows
        of_signs = [known[sign] if sign in known else self._place(sign, (sign,)) for sign in signs if sign in rows]
        found = self._base.copy()
        if of_text:
            found += self._sum(of_text) / scale_of(words)
        if of_signs:
            found += self._sum(of_signs)
        return found

    def _sum(self, rows: list[int]) -> Sums:
        total: Sums = np.add.reduce(self._sums.take(rows, axis=0), axis=0, dtype=np.float64)
        return total

    def shares(self, words: Words, name: str) -> list[float]:
        """Return how much each word speaks for one class, a pair's part given half to each of its words."""
        column = self.classes.index(name)
        scale = scale_of(words)
        at = [self._place(word) for word, _, _ in words]  # before the look, since a new word may move the table
        parts = [part / scale for part in self._sums[at, column].tolist()]
        for i, pair in enumerate(pairs_of(words)):
            if pair in self.rows:
                half = float(self._sums[self._place(pair, (pair,)), column]) / scale / 2
                parts[i] += half
                parts[i + 1] += half
        return parts

    def _of_text(self, words: Words) -> list[int]:
        """Return the rows of the text's words and pairs."""
        if len(self._at) > _MOST_WORDS:
            self._at.clear()
            self._used = 1
        known, after = self._at, self._after if self._after is not None else self._pairs()
        names = [word for word, _, _ in words]
        try:
            found = [known[name] for name in names]
        except KeyError:  # a word that is new, as few are after some documents
            found = [self._place(name) for name in names]
        pairs = [seconds[word] for seconds, word in zip(map(after.get, names), names[1:], strict=False)
                 if seconds and word in seconds]  # fmt: skip
        return found + [known[pair] if pair in known else self._place(pair, (pair,)) for pair in pairs]

    def _pairs(self) -> dict[str, dict[str, str]]:
        after: dict[str, dict[str, str]] = {}
        for name in self.rows:
            first, space, second = name.partition(" ")
            if space:
                after.setdefault(first, {})[second] = name
        self._after = after
        return after

    def _place(self, key: str, pieces: Iterable[str] | None = None) -> int:
        """Return the row of the summed weights of the pieces; the first, which is empty, where the model knows none."""
        if (at := self._at.get(key)) is not None:
            return at
        known = [row for piece in (pieces_of(key) if pieces is None else pieces) if (row := self.rows.get(piece))]
        at = self._at[key] = self._add(known) if known else 0
        return at

    def _add(self, rows: list[str]) -> int:
        pairs = np.fromstring(" ".join(rows).replace(":", " "), dtype=np.int32, sep=" ")
        if self._used == len(self._sums):
            grown = np.zeros((max(256, 2 * self._used), len(self.classes)), dtype=np.float32)
            grown[: self._used] = self._sums
            self._sums = grown
        totals = np.bincount(pairs[::2], weights=pairs[1::2], minlength=len(self.classes))
        self._sums[self._used] = totals * self.unit
        self._used += 1
        return self._used - 1


def write_model(model: LinearModel) -> str:
    """Return the model as text; see ``weights_text``."""
    return write_weights(Weights(model.classes, model.intercepts, model.unit, model.made_of, model.rows))


def read_model(text: str) -> LinearModel:
    """Return the model that ``write_model`` wrote; raises ``ValueError`` when the text is none."""
    return LinearModel(*read_weights(text))

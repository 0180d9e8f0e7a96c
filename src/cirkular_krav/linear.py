"""A fitted linear model as text that people can read: which pieces of words speak for a class, and how strongly.

Fitting is for ``training``; here is only what reading a model and using it takes, without scikit-learn, which costs a
second to import. A text is taken apart into its words' pieces (three to five letters, and the whole word), pairs of
neighbouring words and, where a model asks for it, pairs of words' beginnings that stand near each other: what a
paraphrase says is seldom in one word. Weights add up, so every word's part in a decision can be shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from cirkular_krav.text import tokens
from cirkular_krav.weights_text import Weights, read_weights, write_weights

SHORTEST, LONGEST = 3, 5
# A shorter text is weighed as if it had this many words, so that two words alone decide nothing.
FEWEST_WORDS = 3
# Words that stand at most so far apart make a pair, known by how they begin; small words make none.
_APART = 6
_BEGINNING, _SMALL = 5, 3
# How many different words a model keeps the sums of; names, numbers and misreadings never end.
_MOST_WORDS = 49_152
# And of how many texts: sentences come back, with other numbers, in what buyers copy.
_MOST_TEXTS = 4_096

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


def names_of(words: Words) -> tuple[str, ...]:
    """Return the words without their places."""
    return tuple([word for word, _, _ in words])


def pairs_of(names: Sequence[str]) -> list[str]:
    """Return each word with the one after it."""
    return [f"{one} {other}" for one, other in zip(names, names[1:], strict=False)]


def apart_of(names: Sequence[str]) -> list[str]:
    """Return the beginnings of each two words that stand near each other, as ``hämta~använ``."""
    stems = _stems_of(names)
    return [
        f"{stem}~{other}" for i, stem in enumerate(stems) if stem for other in stems[i + 1 : i + 1 + _APART] if other
    ]


def _stems_of(names: Sequence[str]) -> list[str]:
    return [name[:_BEGINNING] if len(name) > _SMALL else "" for name in names]


def scale_of(names: Sequence[str]) -> float:
    """Return what the sum over a text's words is divided by, so that a long text does not decide by its length."""
    return math.sqrt(max(FEWEST_WORDS, len(names)))


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
    _table: _Table = field(init=False)
    _base: Sums = field(init=False)
    # The pairs that have weights, found when first asked for: a pair by its first word and the word after it.
    _after: dict[str, dict[str, str]] | None = None
    # The same for pairs of beginnings; empty in a model that was fitted without.
    _near: dict[str, dict[str, str]] = field(default_factory=dict)
    _said: Callable[[tuple[str, ...]], Sums] = field(init=False)

    def __post_init__(self) -> None:
        self._base = np.array(self.intercepts, dtype=np.float64)
        self._table = _Table(len(self.classes))
        self._said = lru_cache(maxsize=_MOST_TEXTS)(self._sum_of_text)

    def scores(self, words: Words, signs: Iterable[str] = ()) -> Sums:
        """Return one score per class for a text's words, in the order of ``classes``."""
        found = self._said(names_of(words))
        table = self._table_with_room()
        known = table.at
        of_signs = [known[sign] if sign in known else self._place(sign, table, (sign,)) for sign in signs]
        return found + table.sum_of(of_signs) if of_signs else found

    def _sum_of_text(self, names: tuple[str, ...]) -> Sums:
        table = self._table_with_room()
        of_text = self._of_text(names, table)
        found = self._base + table.sum_of(of_text) / scale_of(names) if of_text else self._base
        found.setflags(write=False)  # shared by all texts of the same words
        return found

    def shares(self, words: Words, name: str) -> list[float]:
        """Return how much each word speaks for one class, a pair's part given half to each of its words."""
        column = self.classes.index(name)
        names = names_of(words)
        scale, table = scale_of(names), self._table_with_room()
        at = [self._place(name, table) for name in names]  # before the look, since a new word may move the sums
        parts = [part / scale for part in table.sums[at, column].tolist()]
        for i, pair in enumerate(pairs_of(names)):
            if pair in self.rows:
                place = self._place(pair, table, (pair,))
                half = float(table.sums[place, column]) / scale / 2
                parts[i] += half
                parts[i + 1] += half
        for i, j, pair in self._apart(names):
            half = float(table.sums[self._place(pair, table, (pair,)), column]) / scale / 2
            parts[i] += half
            parts[j] += half
        return parts

    def _table_with_room(self) -> _Table:
        """Return the table, a new one when it is full; a thread goes on with the one that it began with."""
        if len(self._table.at) > _MOST_WORDS:
            self._table = _Table(len(self.classes))
        return self._table

    def _of_text(self, names: Sequence[str], table: _Table) -> list[int]:
        """Return the rows of the text's words and pairs."""
        known, after = table.at, self._after if self._after is not None else self._pairs()
        try:
            found = [known[name] for name in names]
        except KeyError:  # a word that is new, as few are after some documents
            found = [self._place(name, table) for name in names]
        pairs = [seconds[word] for seconds, word in zip(map(after.get, names), names[1:], strict=False)
                 if seconds and word in seconds]  # fmt: skip
        if self._near:
            pairs += [pair for _, _, pair in self._apart(names)]
        return found + [known[pair] if pair in known else self._place(pair, table, (pair,)) for pair in pairs]

    def _apart(self, names: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """Yield the pairs of beginnings that have weights, and where their words stand."""
        if self._after is None:
            self._pairs()
        stems = _stems_of(names)
        for i, stem in enumerate(stems):
            if seconds := self._near.get(stem):
                for j in range(i + 1, min(i + 1 + _APART, len(stems))):
                    if pair := seconds.get(stems[j]):
                        yield i, j, pair

    def _pairs(self) -> dict[str, dict[str, str]]:
        after: dict[str, dict[str, str]] = {}
        near: dict[str, dict[str, str]] = {}
        for name in self.rows:
            first, space, second = name.partition(" ")
            if space:
                after.setdefault(first, {})[second] = name
                continue
            first, apart, second = name.partition("~")
            if apart:
                near.setdefault(first, {})[second] = name
        self._near, self._after = near, after
        return after

    def _place(self, key: str, table: _Table, pieces: Iterable[str] | None = None) -> int:
        """Return the row of the summed weights of the pieces; the first, which is empty, where the model knows none."""
        if (at := table.at.get(key)) is not None:
            return at
        known = [row for piece in (pieces_of(key) if pieces is None else pieces) if (row := self.rows.get(piece))]
        if not known:
            table.at[key] = 0
            return 0
        pairs = np.fromstring(" ".join(known).replace(":", " "), dtype=np.int32, sep=" ")
        sums = np.bincount(pairs[::2], weights=pairs[1::2], minlength=len(self.classes)) * self.unit
        return table.add(key, sums)


class _Table:
    """The sums of what has been looked up, a row each, and the row of a word, pair or sign; the first row is nothing's.

    Threads share it (a cluster's workers have several): rows are only added, one at a time, and a key is known when
    its row is written.
    """

    __slots__ = ("_lock", "_used", "at", "sums")

    def __init__(self, classes: int) -> None:
        self.at: dict[str, int] = {}
        self.sums: Sums = np.zeros((256, classes), dtype=np.float32)
        self._used = 1
        self._lock = Lock()

    def add(self, key: str, sums: Sums) -> int:
        with self._lock:
            at = self._used
            if at == len(self.sums):
                grown = np.zeros((2 * at, self.sums.shape[1]), dtype=np.float32)
                grown[:at] = self.sums
                self.sums = grown
            self.sums[at] = sums
            self._used += 1
            self.at[key] = at
        return at

    def sum_of(self, rows: list[int]) -> Sums:
        total: Sums = np.add.reduce(self.sums.take(rows, axis=0), axis=0, dtype=np.float64)
        return total


def write_model(model: LinearModel) -> str:
    """Return the model as text; see ``weights_text``."""
    return write_weights(Weights(model.classes, model.intercepts, model.unit, model.made_of, model.rows))


def read_model(text: str) -> LinearModel:
    """Return the model that ``write_model`` wrote; raises ``ValueError`` when the text is none."""
    return LinearModel(*read_weights(text))

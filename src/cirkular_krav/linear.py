"""A fitted linear model as text that people can read: which pieces of words speak for a class, and how strongly.

Fitting is for ``training``; here is only what reading a model and using it takes, without numpy or scikit-learn, which
cost a second to import. A text is taken apart into its words' pieces (three to five letters, and the whole word) and
pairs of neighbouring words. Weights add up, so every word's part in a decision can be shown.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cirkular_krav.text import tokens

SHORTEST, LONGEST = 3, 5
# A shorter text is weighed as if it had this many words, so that two words alone decide nothing.
FEWEST_WORDS = 3
# How many different words a model keeps the sums of; names, numbers and misreadings never end.
_MOST_WORDS = 20_000
_HEADER = "cirkular-krav, vikter"

Words = Sequence[tuple[str, int, int]]


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
    # What has been looked up: a row as its classes and weights in turn, and a word's sums, one per class.
    _parsed: dict[str, array[int]] = field(default_factory=dict)
    _sums: dict[str, array[float] | None] = field(default_factory=dict)

    def scores(self, words: Words, signs: Iterable[str] = ()) -> list[float]:
        """Return one score per class for a text's words, in the order of ``classes``."""
        scale = scale_of(words)
        known = self._sums
        own = [sums for sign in signs if (sums := known[sign] if sign in known else self._sum(sign, (sign,)))]
        of_text = [sum(column) / scale for column in zip(*self._of_text(words), strict=True)]
        of_signs = [sum(column) for column in zip(*own, strict=True)]
        nothing = [0.0] * len(self.classes)
        parts = zip(self.intercepts, of_text or nothing, of_signs or nothing, strict=True)
        return [start + text + placed for start, text, placed in parts]

    def shares(self, words: Words, name: str) -> list[float]:
        """Return how much each word speaks for one class, a pair's part given half to each of its words."""
        at = self.classes.index(name)
        scale = scale_of(words)
        parts = [(sums[at] if (sums := self._sum(word, pieces_of(word))) else 0.0) / scale for word, _, _ in words]
        for i, pair in enumerate(pairs_of(words)):
            if sums := self._sum(pair, (pair,)):
                parts[i] += sums[at] / scale / 2
                parts[i + 1] += sums[at] / scale / 2
        return parts

    def _of_text(self, words: Words) -> Iterable[array[float]]:
        known = self._sums
        for word, _, _ in words:
            if sums := known[word] if word in known else self._sum(word, None):
                yield sums
        for pair in pairs_of(words):
            if sums := known[pair] if pair in known else self._sum(pair, (pair,)):
                yield sums

    def _sum(self, key: str, pieces: Iterable[str] | None) -> array[float] | None:
        """Return the summed weights of the pieces, or none where the model knows none of them."""
        try:
            return self._sums[key]
        except KeyError:
            pass
        if len(self._sums) > _MOST_WORDS:
            self._sums.clear()
        found = [row for piece in (pieces_of(key) if pieces is None else pieces) if (row := self._row(piece))]
        sums: array[float] | None = None
        if found:
            totals = [0] * len(self.classes)
            for row in found:
                for at, weight in zip(row[::2], row[1::2], strict=True):
                    totals[at] += weight
            sums = array("f", [total * self.unit for total in totals])
        self._sums[key] = sums
        return sums

    def _row(self, piece: str) -> array[int] | None:
        row = self._parsed.get(piece)
        if row is None and (text := self.rows.get(piece)):
            row = self._parsed[piece] = array("i", map(int, text.replace(":", " ").split(" ")))
        return row


def write_model(model: LinearModel) -> str:
    """Return the model as text: a head, then one line per feature with ``class:weight`` in whole units."""
    head = [
        _HEADER,
        f"av\t{model.made_of}",
        f"enhet\t{model.unit:g}",
        "klasser\t" + "\t".join(model.classes),
        "grund\t" + "\t".join(f"{value:.4f}" for value in model.intercepts),
    ]
    return "\n".join([*head, *(f"{name}\t{row}" for name, row in sorted(model.rows.items()))]) + "\n"


def read_model(text: str) -> LinearModel:
    """Return the model that ``write_model`` wrote; raises ``ValueError`` when the text is none."""
    lines = text.split("\n")
    if lines[0].strip() != _HEADER or len(lines) < 5:
        raise ValueError("no model")
    made_of, unit, classes, intercepts = (line.rstrip("\r").split("\t")[1:] for line in lines[1:5])
    if len(classes) != len(intercepts):
        raise ValueError("no model")
    rows = dict(line.rstrip("\r").split("\t", 1) for line in lines[5:] if "\t" in line)
    return LinearModel(tuple(classes), tuple(map(float, intercepts)), float(unit[0]), "\t".join(made_of), rows)

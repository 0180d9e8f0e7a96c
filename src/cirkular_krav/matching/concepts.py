"""Which concepts meet in a text: the vocabulary compiled once, each distinct word looked up once.

The cost grows with the text and the number of different words, not with the catalogue.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from cirkular_krav.catalogue_types import Concept, Vocabulary
from cirkular_krav.text import remembered, tokens

MAX_GAP = 4
# How many letters of the next word choose among the phrases that begin with a word.
_NEXT = 2
_MOST_WORDS = 50_000
_CLAUSE_END = re.compile(
    r"[;:!?]\s|\.\s+(?=[A-ZÅÄÖ])|,?\s(?:men|dock|däremot|medan)\s|,\s(?:samt|och)\s(?=[^,]*\b(?:ska|skall|bör|får|accepteras|godtas)\b)"
)


class ConceptHit(NamedTuple):
    """A concept found in a text: the characters it covers."""

    concept: str
    start: int
    end: int


@dataclass(slots=True)
class _Phrase:
    concept: str
    parts: list[tuple[str, bool]]  # word, any ending allowed; ("…", False) is a gap
    beginnings: frozenset[str]  # how the words must begin that the text must hold


# A concept and one of its phrases, taken apart when its first word is met: most never are.
_Unread = tuple[str, str]


@dataclass(slots=True)
class _Candidates:
    """The phrases that may begin with a word, by how the next word must begin; ``anywhere`` takes any next word.

    Each phrase stands with its number, so that what is found comes in the vocabulary's order.
    """

    by_next: dict[str, list[tuple[int, _Phrase]]] = field(default_factory=dict)
    anywhere: list[tuple[int, _Phrase]] = field(default_factory=list)
    chosen: dict[str, list[_Phrase]] = field(default_factory=dict)

    def before(self, word: str) -> list[_Phrase]:
        """Return the phrases that the next word leaves, in the vocabulary's order."""
        letters = word[:_NEXT]
        found = self.chosen.get(letters)
        if found is None:
            numbered = sorted([*self.anywhere, *self.by_next.get(letters, ())], key=lambda one: one[0])
            found = self.chosen[letters] = [phrase for _, phrase in numbered]
        return found


@dataclass(slots=True)
class ConceptFinder:
    """The vocabulary, ready to find concepts in cleaned text."""

    words: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    starts: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    phrases: dict[str, list[_Unread]] = field(default_factory=lambda: defaultdict(list))
    open_phrases: dict[str, list[tuple[str, _Unread]]] = field(default_factory=lambda: defaultdict(list))
    not_words: dict[str, tuple[frozenset[str], tuple[str, ...]]] = field(default_factory=dict)
    concepts: dict[str, Concept] = field(default_factory=dict)
    parents: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    # What has been looked up of a word: its concepts and the phrases it may begin; none of most.
    known: dict[str, tuple[tuple[str, ...], _Candidates | None] | None] = field(default_factory=dict)
    _lineage: dict[str, tuple[str, ...]] = field(default_factory=dict)
    find: Callable[[str], tuple[ConceptHit, ...]] = field(init=False)

    def __post_init__(self) -> None:
        """Let ``find`` remember what comes back, as a heading does for every requirement below it."""
        self.find = remembered(self._find)

    def _find(self, text: str) -> tuple[ConceptHit, ...]:
        """Return every concept in the text, in order; conditions (not_with, needs) are not applied yet."""
        low = text.lower()
        words = tokens(text if len(low) == len(text) else low)
        hits: list[ConceptHit] = []
        known = self.known
        if len(known) > _MOST_WORDS:  # names, numbers and misreadings never end
            known.clear()
        beginnings: set[str] = set()
        for i, (word, start, end) in enumerate(words):
            found = known[word] if word in known else self._learn(word)
            if found is None:
                continue
            concepts, candidates = found
            hits += [ConceptHit(concept, start, end) for concept in concepts]
            if candidates:
                beginnings = beginnings or {word[:_NEXT] for word, _, _ in words}
                hits += self._phrases_at(words, i, candidates, beginnings)
        return tuple(hits)

    def _learn(self, word: str) -> tuple[tuple[str, ...], _Candidates | None] | None:
        concepts, candidates = self._look_up(word), self._candidates_of(word)
        found = self.known[word] = (concepts, candidates) if concepts or candidates else None
        return found

    def _look_up(self, word: str) -> tuple[str, ...]:
        found: set[str] = set(self.words.get(word, ()))
        pieces = [word, *(p for p in re.split(r"[-–/]", word) if p and p != word)]
        for piece in pieces:
            found.update(self.words.get(piece, ()))
            found.update(concept for stem, concept in self.starts.get(piece[:3], ()) if piece.startswith(stem))
        for at in range(len(word) - 2):
            for stem, concept in self.parts.get(word[at : at + 3], ()):
                # A later part of a compound needs a first part of at least two letters.
                if at != 1 and word.startswith(stem, at):
                    found.add(concept)
        found = {concept for concept in found if not self._excluded(concept, word)}
        return tuple(sorted(self.with_parents(found)))

    def _excluded(self, concept: str, word: str) -> bool:
        exact, stems = self.not_words[concept]
        return word in exact or word.startswith(stems)

    def with_parents(self, found: set[str]) -> set[str]:
        """Return the concepts and all that include them."""
        out: set[str] = set()
        todo = list(found)
        while todo:
            concept = todo.pop()
            if concept not in out:
                out.add(concept)
                todo.extend(self.parents.get(concept, ()))
        return out

    def _with_own_parents(self, concept: str) -> tuple[str, ...]:
        found = self._lineage.get(concept)
        if found is None:
            found = self._lineage[concept] = tuple(sorted(self.with_parents({concept})))
        return found

    def _phrases_at(
        self, words: tuple[tuple[str, int, int], ...], at: int, candidates: _Candidates, beginnings: set[str]
    ) -> list[ConceptHit]:
        hits = []
        for phrase in candidates.before(words[at + 1][0] if at + 1 < len(words) else ""):
            if not phrase.beginnings <= beginnings:
                continue
            end = _phrase_end(phrase.parts, words, at)
            if end is not None:
                hits += [ConceptHit(c, words[at][1], words[end][2]) for c in self._with_own_parents(phrase.concept)]
        return hits

    def _candidates_of(self, word: str) -> _Candidates | None:
        phrases = list(self.phrases.get(word, ()))
        phrases += [phrase for start, phrase in self.open_phrases.get(word[:2], ()) if word.startswith(start)]
        found = _Candidates() if phrases else None
        for number, phrase in enumerate(map(_read_phrase, phrases)):
            assert found is not None
            part, open_ = phrase.parts[1] if len(phrase.parts) > 1 else ("…", False)
            if part == "…" or (open_ and len(part) < _NEXT):
                found.anywhere.append((number, phrase))
            else:
                found.by_next.setdefault(part[:_NEXT], []).append((number, phrase))
        return found


@lru_cache(maxsize=16_384)
def _read_phrase(unread: _Unread) -> _Phrase:
    concept, text = unread
    parts = [(word.rstrip("*"), word.endswith("*")) for word in text.split()]
    return _Phrase(concept, parts, _beginnings(parts))


def _phrase_end(parts: list[tuple[str, bool]], words: tuple[tuple[str, int, int], ...], at: int) -> int | None:
    gap = 0
    position = at - 1
    for part, open_ in parts:
        if part == "…":
            gap = MAX_GAP
            continue
        for nearer in range(position + 1, min(position + 2 + gap, len(words))):
            word = words[nearer][0]
            if word == part or (open_ and word.startswith(part)):
                position = nearer
                break
        else:
            return None
        gap = 0
    return position


def compile_vocabulary(vocabulary: Vocabulary, only: Iterable[str] | None = None) -> ConceptFinder:
    """Make the vocabulary ready to find concepts; ``only`` these, and what their words include, for a quicker search."""
    chosen = vocabulary.concepts if only is None else _with_included(vocabulary, only)
    finder = ConceptFinder(concepts=dict(chosen))
    for name, concept in chosen.items():
        for word in concept.words:
            finder.words[word.lower()].append(name)
        for stem, endings in concept.forms.items():
            for ending in endings:
                finder.words[(stem + ending).lower()].append(name)
        for stem in concept.stems:
            finder.starts[stem.lower()[:3]].append((stem.lower(), name))
        for stem in concept.parts:
            finder.parts[stem.lower()[:3]].append((stem.lower(), name))
        for text in concept.phrases:
            lowered = text.lower()
            first = lowered.split(None, 1)[0]
            if first.endswith("*"):
                finder.open_phrases[first[:2]].append((first.rstrip("*"), (name, lowered)))
            else:
                finder.phrases[first].append((name, lowered))
        for other in concept.includes:
            finder.parents[other].append(name)
        stems = tuple(w.rstrip("*").lower() for w in concept.not_words if w.endswith("*"))
        finder.not_words[name] = (frozenset(w.lower() for w in concept.not_words if not w.endswith("*")), stems)
    return finder


def _beginnings(parts: list[tuple[str, bool]]) -> frozenset[str]:
    """Return the first letters that some word of a text must have; a shorter open part may begin many."""
    return frozenset(part[:_NEXT] for part, open_ in parts if part != "…" and not (open_ and len(part) < _NEXT))


def _with_included(vocabulary: Vocabulary, names: Iterable[str]) -> dict[str, Concept]:
    wanted: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.add(name)
            todo.extend(vocabulary.concepts[name].includes)
    return {name: concept for name, concept in vocabulary.concepts.items() if name in wanted}


@remembered
def clauses(text: str) -> list[tuple[int, int]]:
    """Return the clauses of a requirement as half-open stretches that cover the whole text."""
    cuts = [gap.end() for gap in _CLAUSE_END.finditer(text)]
    edges = [0, *cuts, len(text)]
    return [(a, b) for a, b in zip(edges, edges[1:], strict=False) if b > a]

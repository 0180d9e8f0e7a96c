"""Which concepts meet in a text: the vocabulary compiled once, each distinct word looked up once.

The cost grows with the text and the number of different words, not with the catalogue.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

from cirkular_krav.catalogue_types import Concept, Vocabulary
from cirkular_krav.text import tokens

MAX_GAP = 4
_CLAUSE_END = re.compile(
    r"[;:!?]\s|\.\s+(?=[A-ZÅÄÖ])|,?\s(?:men|dock|däremot|medan)\s|,\s(?:samt|och)\s(?=[^,]*\b(?:ska|skall|bör|får|accepteras|godtas)\b)"
)


@dataclass(frozen=True, slots=True)
class ConceptHit:
    """A concept found in a text: the characters it covers."""

    concept: str
    start: int
    end: int


# A concept and one of its phrases, taken apart when its first word is met: most never are.
_Phrase = tuple[str, str]


@cache
def _parts(phrase: str) -> tuple[tuple[str, bool], ...]:
    """Return each word with whether any ending is allowed; ("…", False) is a gap."""
    return tuple((word.rstrip("*"), word.endswith("*")) for word in phrase.split())


@dataclass(slots=True)
class ConceptFinder:
    """The vocabulary, ready to find concepts in cleaned text."""

    words: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    starts: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    phrases: dict[str, list[_Phrase]] = field(default_factory=lambda: defaultdict(list))
    open_phrases: dict[str, list[tuple[str, _Phrase]]] = field(default_factory=lambda: defaultdict(list))
    not_words: dict[str, tuple[frozenset[str], tuple[str, ...]]] = field(default_factory=dict)
    concepts: dict[str, Concept] = field(default_factory=dict)
    parents: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    cache: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def find(self, text: str) -> list[ConceptHit]:
        """Return every concept in the text, in order; conditions (not_with, needs) are not applied yet."""
        words = tokens(text.lower())
        hits: list[ConceptHit] = []
        for i, (word, start, end) in enumerate(words):
            hits.extend(ConceptHit(concept, start, end) for concept in self._of_word(word))
            hits.extend(self._phrases_at(words, i))
        return hits

    def _of_word(self, word: str) -> tuple[str, ...]:
        found = self.cache.get(word)
        if found is None:
            found = self.cache[word] = self._look_up(word)
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

    def _phrases_at(self, words: tuple[tuple[str, int, int], ...], at: int) -> list[ConceptHit]:
        word = words[at][0]
        candidates = list(self.phrases.get(word, ()))
        candidates += [phrase for start, phrase in self.open_phrases.get(word[:2], ()) if word.startswith(start)]
        hits = []
        for concept, phrase in candidates:
            end = _phrase_end(_parts(phrase), words, at)
            if end is not None:
                hits += [ConceptHit(c, words[at][1], words[end][2]) for c in sorted(self.with_parents({concept}))]
        return hits


def _phrase_end(parts: tuple[tuple[str, bool], ...], words: tuple[tuple[str, int, int], ...], at: int) -> int | None:
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


def compile_vocabulary(vocabulary: Vocabulary) -> ConceptFinder:
    """Make the vocabulary ready to find concepts."""
    finder = ConceptFinder(concepts=dict(vocabulary.concepts))
    for name, concept in vocabulary.concepts.items():
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


def clauses(text: str) -> list[tuple[int, int]]:
    """Return the clauses of a requirement as half-open stretches that cover the whole text."""
    cuts = [gap.end() for gap in _CLAUSE_END.finditer(text)]
    edges = [0, *cuts, len(text)]
    return [(a, b) for a, b in zip(edges, edges[1:], strict=False) if b > a]

"""Which of a document's sentences, bullets and cells ask for anything, each weighed with what stands around it.

A statement in the present tense is a requirement in one section and background in the next; the wording alone does not
tell. So a document is gone through once to see what its sentences say by the rules, and what the rules leave open is
then weighed by a fitted model that also sees its place and its neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Literal, NamedTuple

from cirkular_krav.models import Block, DocumentRole
from cirkular_krav.understanding.asking import SETTLES, is_requirement, rule_of
from cirkular_krav.understanding.signs import place_signs, size_of

Part = Literal["sentence", "item", "cell", "row", "alone", "stem", "heading"]
Key = tuple[str, str]

# What stands around a sentence in a section where everything asks for something.
AMONG_DEMANDS = (
    "section=1", "chapter=1", "series=1", "block=none", "section size=8", "before=duty", "before=True", "after=duty",
    "after=True",
)  # fmt: skip


class Candidate(NamedTuple):
    """A sentence, bullet or cell that may be a requirement, where it stands.

    ``is_answered``: a control for the tenderer's answer stands right after it.
    """

    text: str
    raw: str
    block: Block
    role: DocumentRole
    document_role: DocumentRole
    file: str
    part: Part
    context: str
    is_first: bool
    is_answered: bool

    @property
    def key(self) -> Key:
        """What the candidate is known by in its document: its block and its text."""
        return self.block.id, self.text

    @property
    def is_told_so(self) -> bool:
        """Tell whether the document itself says that this is a requirement: a row of demands, or one to be answered."""
        return self.part == "row" or self.is_answered

    def signs(self) -> list[str]:
        """Return where it stands, for the fitted models."""
        return place_signs(
            self.role, self.block.heading_path, block=self.block, document_role=self.document_role, part=self.part,
            is_first=self.is_first, is_answered=self.is_answered, context=self.context, cell=self.raw, file=self.file,
        )  # fmt: skip


def decide(candidates: Sequence[Candidate]) -> dict[Key, bool]:
    """Return for each candidate of one document whether it asks for anything."""
    said = [rule_of(candidate.text, candidate.role) for candidate in candidates]
    around: _Around | None = None
    decided: dict[Key, bool] = {}
    for i, candidate in enumerate(candidates):
        rule, says = said[i]
        if rule in SETTLES or candidate.is_answered:
            decided[candidate.key] = says or (candidate.is_answered and rule != "question")
            continue
        if around is None:
            around = _Around(candidates)
        signs = (*candidate.signs(), *around.signs(i))
        decided[candidate.key] = is_requirement(candidate.text, candidate.role, signs=signs)
    return decided


def neighbour_signs(candidates: Sequence[Candidate]) -> list[list[str]]:
    """Return for each candidate how many others ask for something, by the rules, in its section, chapter, list and block."""
    around = _Around(candidates)
    return [around.signs(i) for i in range(len(candidates))]


class _Around:
    """What the candidates of one document say by the rules, counted for each place that they share."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self.said = [rule_of(candidate.text, candidate.role) for candidate in candidates]
        self.asks = [says or candidate.is_told_so for candidate, (_, says) in zip(candidates, self.said, strict=True)]
        self.places = [_places(candidate) for candidate in candidates]
        self.counts: dict[Hashable, list[int]] = defaultdict(lambda: [0, 0])
        for place, own in zip(self.places, self.asks, strict=True):
            for key in place:
                count = self.counts[key]
                count[0] += own
                count[1] += 1

    def signs(self, at: int) -> list[str]:
        """Return the signs of what stands around one candidate."""
        place, own, counts = self.places[at], self.asks[at], self.counts
        found = [f"{key[0]}={_share(counts[key][0] - own, counts[key][1] - 1)}" for key in place]
        found.append(f"section size={size_of(counts[place[0]][1])}")
        for name, other in (("before", at - 1), ("after", at + 1)):
            inside = 0 <= other < len(self.places) and self.places[other][0] == place[0]
            found += [f"{name}={self.said[other][0]}", f"{name}={self.asks[other]}"] if inside else [f"{name}=edge"]
        return found


def _places(candidate: Candidate) -> tuple[tuple[str, Hashable], ...]:
    block = candidate.block
    path = block.heading_path
    column = candidate.context if candidate.part == "cell" else ""
    series = (path, candidate.part, column, block.header, len(block.cells))
    return ("section", path), ("chapter", path[:1]), ("series", series), ("block", block.id)


def _share(asking: int, others: int) -> str:
    if others <= 0:
        return "none"
    share = asking / others
    if share in (0, 1):
        return "0" if share == 0 else "1"
    return "low" if share < 0.34 else "mid" if share < 0.67 else "high"

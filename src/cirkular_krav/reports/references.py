"""Where requirements refer to, for a reader: what was found, and what could not be followed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from cirkular_krav.models import Assessment, Reference, Requirement
from cirkular_krav.reports.words import Words


def reference_line(reference: Reference, words: Words, *, short: bool = False) -> str:
    """Return one reference as a line: its words and where it leads, or that it could not be followed."""
    prefix = "short_" if short else ""
    if not reference.document:
        return words(f"references.{prefix}nowhere", words=reference.words)
    return words(f"references.{prefix}to", words=reference.words, target=target_text(reference, words))


def target_text(reference: Reference, words: Words) -> str:
    """Return where a reference leads: document, place and heading."""
    target = reference.document
    if reference.location is not None:
        target = words("assessment.at", document=reference.document, place=words.place(reference.location))
    if reference.heading:
        target = words("references.under", target=target, heading=reference.heading)
    return target


def unfollowed(assessment: Assessment) -> list[tuple[str, list[Requirement]]]:
    """Return what could not be followed, as words and the requirements that refer to it, the most frequent first.

    What only points up or down in the same text is left out.
    """
    by_words: dict[str, list[Requirement]] = defaultdict(list)
    shown: dict[str, str] = {}
    for requirement in assessment.requirements:
        for words in _lost(requirement.references):
            shown.setdefault(words.lower(), words)
            by_words[words.lower()].append(requirement)
    return [(shown[key], found) for key, found in sorted(by_words.items(), key=lambda p: (-len(p[1]), p[0]))]


@dataclass(frozen=True, slots=True)
class Followed:
    """What requirements refer to: the words, where they lead (nowhere when empty), and the requirements that do."""

    words: str
    target: str
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Referring:
    """The requirements of a procurement that refer to another place, by what became of it.

    ``told``: those that refer to anything; ``followed`` and ``lost``: those where all could be followed, and where something
    could not. What only points up or down in the same text is neither.
    """

    told: int
    followed: int
    lost: int
    found: tuple[Followed, ...]
    unfound: tuple[Followed, ...]


def referring(assessment: Assessment, words: Words) -> Referring:
    """Return which requirements refer to another place, what could be followed and what could not."""
    told = [r for r in assessment.requirements if any(ref.document or not ref.near for ref in r.references)]
    lost = [r for r in told if _lost(r.references)]
    by_target: dict[tuple[str, str], list[Requirement]] = defaultdict(list)
    for requirement in told:
        leading = (ref for ref in requirement.references if ref.document)
        for pair in dict.fromkeys((ref.words, target_text(ref, words)) for ref in leading):
            by_target[pair].append(requirement)
    found = sorted(by_target.items(), key=lambda item: (-len(item[1]), item[0]))
    return Referring(
        told=len(told),
        followed=len(told) - len(lost),
        lost=len(lost),
        found=tuple(Followed(said, target, tuple(who)) for (said, target), who in found),
        unfound=tuple(Followed(said, "", tuple(who)) for said, who in unfollowed(assessment)),
    )


def _lost(references: Iterable[Reference]) -> dict[str, None]:
    return dict.fromkeys(r.words for r in references if not r.document and not r.near)

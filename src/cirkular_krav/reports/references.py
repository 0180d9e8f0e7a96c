"""Where requirements refer to, for a reader: what was found, and what could not be followed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from cirkular_krav.models import Assessment, Reference, Requirement
from cirkular_krav.reports.words import Words


def reference_line(reference: Reference, words: Words, *, short: bool = False) -> str:
    """Return one reference as a line: its words and where it leads, or that it could not be followed."""
    prefix = "short_" if short else ""
    if not reference.document:
        return words(f"references.{prefix}nowhere", words=reference.words)
    target = reference.document
    if reference.location is not None:
        target = words("assessment.at", document=reference.document, place=words.place(reference.location))
    if reference.heading:
        target = words("references.under", target=target, heading=reference.heading)
    return words(f"references.{prefix}to", words=reference.words, target=target)


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


def _lost(references: Iterable[Reference]) -> dict[str, None]:
    return dict.fromkeys(r.words for r in references if not r.document and not r.near)

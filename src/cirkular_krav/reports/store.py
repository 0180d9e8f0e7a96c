"""What a run did to a store, and what a search in it found."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from cirkular_krav.batch import StoreUpdate
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.reports.assessment import summary_line
from cirkular_krav.reports.words import load_words
from cirkular_krav.store import Finding, open_store

_WIDTH = 100
# Folders made from the statistics wait for their documents, and there are many of them at first.
_MOST_EMPTY = 10


def update_text(
    update: StoreUpdate, store: Path, catalogue: Catalogue, *, pruned: bool = False, language: str = "sv"
) -> str:
    """Return a line for each procurement that was assessed now, and what became of the others."""
    words = load_words(language)
    with open_store(store) as opened:
        assessed = opened.assessments({*update.read, *update.rescored}, blocks=False)
        lines = [summary_line(assessment, catalogue, words) for assessment in assessed]
    counts = (("read", update.read), ("rescored", update.rescored), ("unchanged", update.unchanged))
    lines += [words(f"store.{key}", count=words.number(len(found))) for key, found in counts if found]
    lines += [words("store.failed", source=source, reason=reason) for source, reason in update.failed]
    lines += [words("store.empty", source=source) for source in update.empty[:_MOST_EMPTY]]
    if len(update.empty) > _MOST_EMPTY:
        lines.append(words("store.empty_more", count=words.number(len(update.empty) - _MOST_EMPTY)))
    lines += [words("store.pruned" if pruned else "store.gone", source=source) for source in update.gone]
    if update.unread:
        lines.append(words("store.unread", count=words.number(update.unread), store=store))
    return "\n".join([*lines, words("store.kept", path=store)]) + "\n"


def findings_text(found: Sequence[Finding], text: str, *, language: str = "sv") -> str:
    """Return each requirement with its procurement and place."""
    words = load_words(language)
    if not found:
        return words("store.nothing_found", text=text) + "\n"
    lines = []
    for finding in found:
        quote = textwrap.fill(words("store.quote", text=finding.text), _WIDTH)
        place = words("store.place", procurement=finding.title or finding.procurement, buyer=finding.buyer or "–",
                      document=finding.document, place=words.place(finding.place), id=finding.requirement_id)  # fmt: skip
        lines += [quote, textwrap.indent(place, "   "), ""]
    return "\n".join([*lines, words("store.found", count=words.number(len(found)))]) + "\n"

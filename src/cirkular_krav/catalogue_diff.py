"""What has changed between two catalogues, in words: what a comparison over the years must tell (design D9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cirkular_krav.catalogue_types import Catalogue, Criterion, Obstacle

# Fields whose change moves what is found or scored; the others are prose and examples.
_MEANING = {
    "lifecycle": "livscykel", "specialises": "familj", "counts": "räknas som", "strategies": "strategier", "goals": "mål",
    "importance": "vikt", "applies_to": "tillämpning", "asks_for": "vad som känns igen", "negated": "nekande", "levels": "nivåer",
    "law": "lagkrav", "overlaps": "överlapp", "blocks": "vad det hindrar", "justified_by": "när det är berättigat",
}  # fmt: skip


def diff_catalogues(old: Catalogue, new: Catalogue) -> list[str]:
    """Return the differences as Swedish sentences, those that move results first; an empty list when there are none."""
    entries_old, entries_new = _entries(old), _entries(new)
    lines = [f"Katalog {old.version} ({old.fingerprint}) → {new.version} ({new.fingerprint})."]
    lines += [f"Nytt: {i} {entries_new[i].title_sv}." for i in sorted(entries_new.keys() - entries_old.keys())]
    lines += [f"Borttaget: {i} {entries_old[i].title_sv}." for i in sorted(entries_old.keys() - entries_new.keys())]
    both = sorted(entries_old.keys() & entries_new.keys())
    for entry_id in both:
        lines += _changed(entries_old[entry_id], entries_new[entry_id])
    lines += _vocabulary(old, new)
    lines += _scoring(old, new)
    # A stored catalogue has no examples, which is no change.
    skip = {"revision", *_MEANING} | (set() if _has_examples(old) and _has_examples(new) else {"examples"})
    prose = [i for i in both if _prose(entries_old[i], skip) != _prose(entries_new[i], skip)]
    if prose:
        lines.append(f"Text eller exempel ändrade utan att innebörden ändrats: {', '.join(prose)}.")
    return lines if len(lines) > 1 or old.fingerprint != new.fingerprint else []


def _entries(catalogue: Catalogue) -> dict[str, Criterion | Obstacle]:
    return {**catalogue.by_id, **catalogue.obstacles_by_id}


def _changed(old: Criterion | Obstacle, new: Criterion | Obstacle) -> Iterator[str]:
    if new.lifecycle == "retired" and old.lifecycle != "retired":
        yield f"Tillbakadraget: {old.id} {old.title_sv}, ersätts av {new.replaced_by}."
        return
    before, after = old.model_dump(), new.model_dump()
    changed = [word for key, word in _MEANING.items() if before.get(key) != after.get(key)]
    if changed:
        raised = "" if new.revision > old.revision else " Höj revision: innebörden har ändrats."
        yield f"Ändrat: {old.id} {old.title_sv}: {', '.join(changed)} (revision {old.revision} → {new.revision}).{raised}"


def _has_examples(catalogue: Catalogue) -> bool:
    return any(entry.examples.match for entry in catalogue.criteria)


def _prose(entry: Criterion | Obstacle, skip: set[str]) -> dict[str, Any]:
    return {key: value for key, value in entry.model_dump().items() if key not in skip}


def _vocabulary(old: Catalogue, new: Catalogue) -> Iterator[str]:
    before, after = old.vocabulary.concepts, new.vocabulary.concepts
    for name in sorted(after.keys() - before.keys()):
        yield f"Ordlistan: nytt begrepp {name}."
    for name in sorted(before.keys() - after.keys()):
        yield f"Ordlistan: begreppet {name} är borttaget."
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            added = sorted(_words(after[name]) - _words(before[name]))
            removed = sorted(_words(before[name]) - _words(after[name]))
            parts = [f"nya ord {', '.join(added)}"] * bool(added) + [f"borttagna ord {', '.join(removed)}"] * bool(
                removed
            )
            yield f"Ordlistan: {name}: {'; '.join(parts) or 'villkor ändrade'}."


def _words(concept: Any) -> set[str]:
    forms = {stem + ending for stem, endings in concept.forms.items() for ending in endings}
    return {*concept.words, *concept.stems, *concept.parts, *concept.phrases, *forms}


def _scoring(old: Catalogue, new: Catalogue) -> Iterator[str]:
    before, after = old.scoring.model_dump(), new.scoring.model_dump()
    for table, values in after.items():
        if not isinstance(values, dict):
            continue
        for key, constant in values.items():
            was = before.get(table, {}).get(key)
            if was and was["value"] != constant["value"]:
                yield f"Poängmodellen: {table}.{key} {was['value']:g} → {constant['value']:g}."

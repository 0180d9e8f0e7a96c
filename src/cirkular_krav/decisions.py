"""What people decide about matches: an append-only file of JSON lines, and how it changes matches (design D10, b10).

The machine's match and the person's decision are two records. Decisions with purpose ``audit`` measure how right the
program is and never change a score. A decision holds for the text it was made on and the revision of its criterion;
where either has changed it is listed as unused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from cirkular_krav.catalogue_types import Catalogue, Criterion
from cirkular_krav.errors import UsageError
from cirkular_krav.models import (
    Decision,
    Evidence,
    Match,
    MatchDecision,
    MissedDecision,
    ObstacleHit,
    Procurement,
    Requirement,
    UnusedDecision,
    WhyUnused,
)
from cirkular_krav.results import replacing
from cirkular_krav.text import fingerprint_text, hash_text

NewMatch = Callable[[Requirement, Criterion, str], Match]
_MOST_FAULTS = 20


# --- the file -----------------------------------------------------------------------------------


def read_decisions(path: Path | str) -> tuple[Decision, ...]:
    """Read a file of decisions in the order they were made; raises ``UsageError`` with every faulty line."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError(
            f"Filen med beslut {path} finns inte. Kontrollera sökvägen, eller hämta besluten ur den ifyllda arbetsboken med "
            f"cirkular-krav review import ARBETSBOK --decisions {path}."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"Filen med beslut {path} går inte att läsa som text.") from None
    adapter: TypeAdapter[Decision] = TypeAdapter(Decision)
    found: list[Decision] = []
    faults: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.append(adapter.validate_json(line))
        except ValidationError as error:
            faults.append(f"{path.name}, rad {number}: {_fault(error)}")
    if faults:
        rest = [f"… och {len(faults) - _MOST_FAULTS} fel till."] if len(faults) > _MOST_FAULTS else []
        raise UsageError("\n".join([*faults[:_MOST_FAULTS], *rest]))
    return tuple(found)


def _fault(error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return "raden är ingen hel JSON-rad. Återställ den ur en säkerhetskopia, eller ta bort den."
    place = ".".join(str(part) for part in first["loc"]) or "kind"
    return f"fältet {place} saknas eller har fel form. Ett beslut skrivs av cirkular-krav review import."


def write_decisions(decisions: Iterable[Decision], path: Path | str) -> int:
    """Append decisions that the file does not hold already and return how many; what stood there is never changed.

    The file is replaced whole, so that a stop in the middle leaves the old one. Raises ``UsageError`` when what
    stands there is no file of decisions, ``CannotWriteError`` and ``OutputInUseError``.
    """
    path = Path(path)
    with replacing(path, binary=True) as file:
        old = path.read_bytes() if path.exists() else b""
        known = set(map(_line, read_decisions(path))) if old else set()
        new = [line for line in dict.fromkeys(map(_line, decisions)) if line not in known]
        file.write(old if not old or old.endswith(b"\n") else old + b"\n")
        file.write("".join(f"{line}\n" for line in new).encode())
    return len(new)


def _line(decision: Decision) -> str:
    return decision.model_dump_json()


def revisions_of(criteria: Iterable[str], catalogue: Catalogue) -> dict[str, int]:
    """Return the revision of each criterion or obstacle that the catalogue holds, as a decision records them."""
    found = {i: catalogue.by_id.get(i) or catalogue.obstacles_by_id.get(i) for i in criteria}
    return {i: entry.revision for i, entry in found.items() if entry}


# --- what they change ---------------------------------------------------------------------------


@dataclass(slots=True)
class Applied:
    """Matches and obstacles as people left them, what the machine had said of them, and the decisions used and not."""

    matches: list[Match]
    obstacles: list[ObstacleHit]
    used: list[Decision] = field(default_factory=list)
    unused: list[UnusedDecision] = field(default_factory=list)
    machine_matches: list[Match] = field(default_factory=list)
    machine_obstacles: list[ObstacleHit] = field(default_factory=list)


def apply_decisions(
    procurement: Procurement,
    requirements: Sequence[Requirement],
    matches: Sequence[Match],
    obstacles: Sequence[ObstacleHit],
    decisions: Iterable[Decision],
    catalogue: Catalogue,
    new_match: NewMatch,
) -> Applied:
    """Apply the review decisions of one procurement to its matches and obstacles; of equal keys the last one holds.

    ``accept`` makes a match certain (and restores one that the machine no longer sees), ``reject`` takes it away,
    ``other_criterion`` moves it, ``unsure`` changes nothing.
    """
    applied = Applied(list(matches), list(obstacles))
    by_text: dict[str, list[Requirement]] = {}
    for requirement in requirements:
        by_text.setdefault(hash_text(requirement.text), []).append(requirement)
    for decision in _last_of_each(decisions, procurement.id):
        why = _why_unused(decision, catalogue)
        meant = [] if why else _meant(decision, by_text, requirements, procurement)
        if not meant:
            why = why or ("text_gone" if decision.kind == "match" else "quotation_not_found")
            applied.unused.append(UnusedDecision(decision=decision, why=why))
            continue
        applied.used.append(decision)
        for requirement in meant:
            _apply(decision, requirement, applied, catalogue, new_match)
    order = {requirement.id: i for i, requirement in enumerate(requirements)}
    applied.matches.sort(key=lambda m: (order[m.requirement_id], m.criterion_id))
    return applied


def _last_of_each(decisions: Iterable[Decision], procurement_id: str) -> list[MatchDecision | MissedDecision]:
    last: dict[tuple[str, ...], MatchDecision | MissedDecision] = {}
    for decision in decisions:
        if decision.purpose != "review" or decision.procurement != procurement_id:
            continue
        if decision.kind == "match":
            key: tuple[str, ...] = (decision.text_hash, decision.criterion)
        elif decision.kind == "missed":
            key = (decision.sha256, decision.place, fingerprint_text(decision.quotation), decision.criterion)
        else:
            continue
        last.pop(key, None)
        last[key] = decision
    return list(last.values())


def _why_unused(decision: MatchDecision | MissedDecision, catalogue: Catalogue) -> WhyUnused | None:
    named = [decision.criterion]
    if decision.kind == "match" and decision.verdict == "other_criterion":
        named.append(decision.right_criterion)
    now = revisions_of(named, catalogue)
    if any(criterion not in now for criterion in named):
        return "criterion_gone"
    if any(decision.revisions.get(criterion) != revision for criterion, revision in now.items()):
        return "criterion_revised"
    return None


def _meant(
    decision: MatchDecision | MissedDecision,
    by_text: dict[str, list[Requirement]],
    requirements: Sequence[Requirement],
    procurement: Procurement,
) -> list[Requirement]:
    """Return the requirements that a decision is about: those of the same text, or the one in the quotation."""
    if decision.kind == "match":
        return by_text.get(decision.text_hash, [])
    path = next((d.path for d in procurement.documents if d.sha256 == decision.sha256), "")
    quotation = fingerprint_text(decision.quotation)
    here = [(r, fingerprint_text(r.raw_text)) for r in requirements if r.document == path]
    whole = [r for r, text in here if quotation and (quotation in text or quotation in fingerprint_text(r.text))]
    parts = sorted((-len(text), i, r) for i, (r, text) in enumerate(here) if text and text in quotation)
    return whole[:1] or [r for _, _, r in parts[:1]]


def _apply(
    decision: MatchDecision | MissedDecision,
    requirement: Requirement,
    applied: Applied,
    catalogue: Catalogue,
    new_match: NewMatch,
) -> None:
    words = f"{decision.who}, {decision.when}"
    verdict = decision.verdict if decision.kind == "match" else "accept"
    if verdict in ("unsure", "not_binding"):
        return
    if verdict == "accept":
        _stand(requirement, decision.criterion, words, applied, catalogue, new_match)
        return
    _take_away(requirement.id, decision.criterion, applied)
    if decision.kind == "match" and verdict == "other_criterion":
        _stand(requirement, decision.right_criterion, words, applied, catalogue, new_match)


def _stand(
    requirement: Requirement,
    criterion_id: str,
    words: str,
    applied: Applied,
    catalogue: Catalogue,
    new_match: NewMatch,
) -> None:
    """Let a match stand as certain: the machine's own made so, or one that only the person saw."""
    criterion = catalogue.by_id.get(criterion_id)
    if criterion is None:
        _stand_in_the_way(requirement, criterion_id, words, applied)
        return
    for i, match in enumerate(applied.matches):
        if (match.requirement_id, match.criterion_id) == (requirement.id, criterion_id):
            applied.machine_matches.append(match)
            applied.matches[i] = match.model_copy(update={"confidence": "high"})
            return
    applied.matches.append(new_match(requirement, criterion, words))


def _stand_in_the_way(requirement: Requirement, obstacle_id: str, words: str, applied: Applied) -> None:
    if all((o.requirement_id, o.obstacle_id) != (requirement.id, obstacle_id) for o in applied.obstacles):
        evidence = Evidence(concept="decision", words=words, where="decision")
        identifier = f"{requirement.id}:{obstacle_id}"
        applied.obstacles.append(
            ObstacleHit(id=identifier, requirement_id=requirement.id, obstacle_id=obstacle_id, evidence=(evidence,))
        )


def _take_away(requirement_id: str, criterion_id: str, applied: Applied) -> None:
    gone = [m for m in applied.matches if (m.requirement_id, m.criterion_id) == (requirement_id, criterion_id)]
    stopped = [o for o in applied.obstacles if (o.requirement_id, o.obstacle_id) == (requirement_id, criterion_id)]
    applied.machine_matches += gone
    applied.machine_obstacles += stopped
    applied.matches = [m for m in applied.matches if m not in gone]
    applied.obstacles = [o for o in applied.obstacles if o not in stopped]

"""From audit decisions to the verdicts of a drawn sample, as ``baseline --audit`` reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cirkular_krav.baseline_types import Draw, DrawnHit, DrawnProcurement, HitVerdict, Missed
from cirkular_krav.errors import UsageError
from cirkular_krav.models import AuditedDecision, Decision, MatchDecision, MissedDecision
from cirkular_krav.text import fingerprint_text

_VERDICTS: dict[str, HitVerdict] = {
    "accept": "right", "not_binding": "not_binding", "reject": "wrong", "other_criterion": "wrong", "unsure": "unsure",
}  # fmt: skip
_MATCH_ID = re.compile(r"K([0-9a-f]{12})(?:-\d+)?:(.+)")


def fill_draw(draw: Draw, decisions: Iterable[Decision]) -> Draw:
    """Return the draw with people's audit decisions as verdicts, missed requirements and what was read whole.

    A procurement read blind has no verdicts on hits: a hit that the reader saw too is right (or not binding); of the
    others nothing is known but what the reader's answer for the whole procurement says. Raises ``UsageError`` when no
    decision belongs to the draw.
    """
    audits = [decision for decision in decisions if decision.purpose == "audit"]
    known = {one.id for one in draw.procurements}
    if not any(decision.procurement in known for decision in audits):
        raise UsageError("Inget av besluten hör till urvalet. Exportera med review export --audit --draw URVAL.")
    filled = [_filled(one, [d for d in audits if d.procurement == one.id]) for one in draw.procurements]
    return draw.model_copy(update={"procurements": tuple(filled)})


def _filled(drawn: DrawnProcurement, decisions: Sequence[Decision]) -> DrawnProcurement:
    read = [decision for decision in decisions if isinstance(decision, AuditedDecision)]
    if not read:
        return drawn
    last = read[-1]
    seen = [decision for decision in decisions if isinstance(decision, MissedDecision)]
    verdicts = {(d.text_hash, d.criterion): d for d in decisions if isinstance(d, MatchDecision)}
    hits = tuple(_judged(hit, verdicts, seen, last) for hit in drawn.hits)
    return drawn.model_copy(
        update={
            "hits": hits,
            "missed": (*_missed(drawn, seen), *_moved(drawn, verdicts)),
            "read_whole": last.read == "whole",
            "reader": last.who,
            "note": last.note,
        }
    )


def _judged(
    hit: DrawnHit,
    verdicts: dict[tuple[str, str], MatchDecision],
    seen: Sequence[MissedDecision],
    audited: AuditedDecision,
) -> DrawnHit:
    if not audited.blind:
        decision = verdicts.get(_identity(hit))
        return hit.model_copy(update={"verdict": _VERDICTS[decision.verdict]}) if decision else hit
    same = next((decision for decision in seen if _is_same(hit, decision)), None)
    if same:
        return hit.model_copy(update={"verdict": "right" if same.binding else "not_binding"})
    return hit.model_copy(update={"verdict": "wrong" if audited.headline == "no" else "unsure"})


def _identity(hit: DrawnHit) -> tuple[str, str]:
    found = _MATCH_ID.fullmatch(hit.match_id)
    return (found.group(1), found.group(2)) if found else ("", "")


def _is_same(hit: DrawnHit, decision: MissedDecision) -> bool:
    """Tell whether a blind reader saw what the program saw: the same criterion in the same text."""
    if (hit.criterion_id, hit.document) != (decision.criterion, decision.document):
        return False
    one, other = fingerprint_text(hit.text), fingerprint_text(decision.quotation)
    return bool(one and other) and (one in other or other in one)


def _missed(drawn: DrawnProcurement, seen: Sequence[MissedDecision]) -> list[Missed]:
    return [
        Missed(
            criterion_id=decision.criterion, document=decision.document, location=decision.place,
            quotation=decision.quotation, binding=bool(decision.binding),
        )
        for decision in seen
        if not any(_is_same(hit, decision) for hit in drawn.hits)
    ]  # fmt: skip


def _moved(drawn: DrawnProcurement, verdicts: dict[tuple[str, str], MatchDecision]) -> list[Missed]:
    """A hit under the wrong criterion is a wrong hit, and a missed one under the right; as binding as the hit was."""
    return [
        Missed(
            criterion_id=decision.right_criterion, document=hit.document, location="", quotation=hit.text,
            binding=hit.headline,
        )
        for hit in drawn.hits
        if (decision := verdicts.get(_identity(hit))) and decision.verdict == "other_criterion"
    ]  # fmt: skip

"""What suppliers have promised, for the follow-up of contracts: which evidence, when, under which sanction.

Everything comes from the requirements themselves. A date is one that the document gives, or one counted from the
contract's start where the user has given that; nothing is guessed. Riksrevisionen found that circular requirements
are set and then not followed up; this list is for those who do.
"""

from __future__ import annotations

import calendar
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from cirkular_krav.errors import UsageError
from cirkular_krav.models import Assessment, Commitment, Deadline, Occasion, Requirement
from cirkular_krav.text import hash_text, tokens
from cirkular_krav.understanding.deadlines import find_deadlines
from cirkular_krav.understanding.follow_up import find_follow_up, find_sanction

Every = Literal["", "week", "month", "quarter", "half_year", "year"]
_KINDS = ("technical_specification", "contract_condition", "award_criterion")
_BINDING = ("mandatory", "effort", "disclose")
_EVERY: dict[str, Every] = {
    "veckovis": "week", "månadsvis": "month", "kvartalsvis": "quarter", "halvårsvis": "half_year", "årligen": "year",
}  # fmt: skip
_BREACH = re.compile(r"(?:lämnas|överskrids|underskrids|uteblir|saknas|brister|vid|om|vite)\b", re.IGNORECASE)
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_NO_DATE = "9999"
_WORD = 6
_SENTENCES_AFTER = 6
# Words that any two terms of a contract share.
_NO_SUBJECT = ("leverantör", "entreprenör", "beställ", "avtal", "enligt")


def find_commitments(
    assessments: Iterable[Assessment], starts: Mapping[str, str] | None = None
) -> tuple[Commitment, ...]:
    """Return what the suppliers have promised in binding requirements: first what has a date, then what says when.

    Those are requirements with a match, and the contract's own duties to report and to be checked.

    ``starts``: the day a contract starts (YYYY-MM-DD) by procurement id; intervals and "within six months of the start"
    get dates only from it. Award criteria are included: they hold if the supplier offered them. Raises ``UsageError``
    for a start that is no date or belongs to no procurement.
    """
    assessments = tuple(assessments)
    days = _checked(starts or {}, assessments)
    found = [c for assessment in assessments for c in _of_one(assessment, days.get(assessment.procurement.id))]
    order = {commitment.id: number for number, commitment in enumerate(found)}
    return tuple(sorted(found, key=lambda c: (_first_date(c), not _says_when(c), order[c.id])))


def _first_date(commitment: Commitment) -> str:
    return commitment.occasions[0].date if commitment.occasions else _NO_DATE


def _says_when(commitment: Commitment) -> bool:
    return bool(commitment.interval or commitment.deadlines) or commitment.requirement.follow_up == "on_request"


def starts_of(given: Iterable[str], assessments: Sequence[Assessment]) -> dict[str, str]:
    """Return the starts of contracts from "2027-01-01" (when there is one procurement) or "ID=2027-01-01"."""
    ids = [assessment.procurement.id for assessment in assessments]
    starts = {}
    for text in given:
        procurement, _, day = text.rpartition("=")
        if not procurement and len(ids) != 1:
            raise UsageError(f"Resultatet har {len(ids)} upphandlingar. Skriv vilken starten gäller: --start ID={day}.")
        starts[procurement or ids[0]] = day
    return starts


def _checked(starts: Mapping[str, str], assessments: Sequence[Assessment]) -> dict[str, date]:
    known = {assessment.procurement.id for assessment in assessments}
    days = {}
    for procurement, text in starts.items():
        if procurement not in known:
            shown = ", ".join(sorted(known)[:10])
            raise UsageError(f"Upphandlingen {procurement} finns inte i resultatet. Där finns: {shown}.")
        try:
            days[procurement] = date.fromisoformat(text)
        except ValueError:
            raise UsageError(f"”{text}” är inget datum. Skriv avtalets start som 2027-01-01.") from None
    return days


def _of_one(assessment: Assessment, start: date | None) -> Iterator[Commitment]:
    criteria: dict[str, list[str]] = {}
    for match in assessment.matches:
        if match.confidence != "low":
            criteria.setdefault(match.requirement_id, []).append(match.criterion_id)
    told: set[str] = set()
    for number, requirement in enumerate(assessment.requirements):
        text_hash = hash_text(requirement.text)
        own = tuple(criteria.get(requirement.id, ()))
        if text_hash not in told and _is_promised(requirement, own):
            following = assessment.requirements[number + 1 : number + 1 + _SENTENCES_AFTER]
            sanctioned_by = next((after for after in following if _sanctions(after, requirement)), None)
            told |= {text_hash} | ({hash_text(sanctioned_by.text)} if sanctioned_by else set())
            yield _commitment(assessment, requirement, own, sanctioned_by, start)


def _sanctions(following: Requirement, requirement: Requirement) -> bool:
    """Tell whether a sentence after it, under the same heading, says what happens when this requirement is not met."""
    together = (following.document, following.heading_path) == (requirement.document, requirement.heading_path)
    return together and _is_breach(following) and not requirement.sanction and _share_a_word(following, requirement)


def _share_a_word(one: Requirement, other: Requirement) -> bool:
    words, others = ({w for w, _, _ in tokens(r.text) if len(w) >= _WORD} for r in (one, other))
    shared = {w for w in words for o in others if w.startswith(o) or o.startswith(w)}
    return any(not w.startswith(_NO_SUBJECT) for w in shared)


def _is_promised(requirement: Requirement, criteria: tuple[str, ...]) -> bool:
    """Tell whether a requirement is something to follow up: a binding one that the catalogue knows, or a contract's own
    reports and checks, which the others are followed up by.
    """
    if not requirement.applies:
        return False
    if not criteria:
        reports = requirement.follow_up in ("recurring", "on_request")
        return reports and requirement.kind == "contract_condition" and requirement.obligation == "mandatory"
    if requirement.kind == "award_criterion":
        return requirement.obligation not in ("information", "option")
    return requirement.kind in _KINDS and requirement.obligation in _BINDING


def _commitment(
    assessment: Assessment,
    requirement: Requirement,
    criteria: tuple[str, ...],
    sanctioned_by: Requirement | None,
    start: date | None,
) -> Commitment:
    whole = f"{requirement.text} {requirement.support}".strip()
    follow_up, _, interval = find_follow_up(whole)
    deadlines = find_deadlines(whole)
    if follow_up != "recurring" or _is_breach(requirement):
        interval = ""
    procurement = assessment.procurement
    identity = "\x1f".join((procurement.id, hash_text(requirement.text)))
    return Commitment(
        id=hashlib.sha256(identity.encode()).hexdigest()[:16],
        procurement=procurement.id,
        title=procurement.title,
        buyer=procurement.buyer,
        requirement=requirement,
        criteria=criteria,
        interval=interval,
        deadlines=deadlines,
        sanction=sanctioned_by.raw_text if sanctioned_by else find_sanction(whole),
        occasions=_occasions(deadlines, interval, start),
    )


def _is_breach(requirement: Requirement) -> bool:
    """Tell whether a requirement only says what happens when another is not met: nothing falls due by it."""
    return requirement.sanction and _BREACH.match(requirement.text) is not None


def _occasions(deadlines: Sequence[Deadline], interval: str, start: date | None) -> tuple[Occasion, ...]:
    """Return the days that can be counted out; an interval is counted only where no deadline says the day."""
    dated = [occasion for deadline in deadlines if (occasion := _occasion(deadline, start))]
    every = _EVERY.get(interval, "")
    recurs = any(occasion.every for occasion in dated) or any(deadline.yearly for deadline in deadlines)
    if start and every and not recurs:
        first = start + timedelta(days=7) if every == "week" else add_months(start, _MONTHS[every])
        dated.append(Occasion(date=first.isoformat(), every=every, words=interval, basis="contract_start"))
    return tuple(sorted(dated, key=lambda occasion: occasion.date))


def _occasion(deadline: Deadline, start: date | None) -> Occasion | None:
    if deadline.date:
        return Occasion(date=deadline.date, words=deadline.words, basis="document")
    if start is None:
        return None
    if deadline.yearly:
        first = date.fromisoformat(f"{start.year}-{deadline.yearly}")
        first = first if first >= start else first.replace(year=start.year + 1)
        return Occasion(date=first.isoformat(), every="year", words=deadline.words, basis="contract_start")
    if deadline.days is None and deadline.months is None:
        return None
    day = add_months(start, deadline.months or 0) + timedelta(days=deadline.days or 0)
    return Occasion(date=day.isoformat(), words=deadline.words, basis="contract_start")


def add_months(day: date, months: int) -> date:
    """Return the same day some months on, or the last day of a month that is too short."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))

"""What people's reading of a random sample says about the machine's share: drawn, frozen, judged and corrected.

The estimate adds the two strata (machine says yes, machine says no), each by its own verdicts. Its interval is the
distribution of the true number in the whole population that Jeffreys' prior gives: beta-binomial for what was not drawn,
exact for what was. For one stratum that is all but the mid-P exact interval (Brown, Cai and DasGupta, Statistical Science
16, 2001); unlike a normal approximation it keeps a width when no verdict goes against the machine.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from scipy.special import betaln, gammaln

from cirkular_krav.baseline.cases import Case
from cirkular_krav.baseline.compare import raw_share
from cirkular_krav.baseline.groups import swedish_key
from cirkular_krav.baseline.headline import circular_matches, is_headline
from cirkular_krav.baseline_types import (
    AuditedOrganisation,
    AuditedShare,
    Draw,
    DrawnHit,
    DrawnProcurement,
    Share,
    Stratum,
    TooSmall,
)
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.models import Assessment, Versions

STRATA: tuple[Stratum, ...] = get_args(Stratum)
WIDEST = 0.20
_FEWEST_JUDGED = 5
_PRIOR = 0.5
_DRAWS = 20_000


# --- the draw -------------------------------------------------------------------------------------


def draw_sample(
    cases: Sequence[Case],
    assessments: Sequence[Assessment],
    catalogue: Catalogue,
    *,
    size: int,
    seed: int,
    since: str = "",
    until: str = "",
) -> Draw:
    """Draw whole procurements at random from the scored ones, by stratum, and freeze the machine's answers.

    As many from each stratum as its part of the population, but at least five where there are so many. The same seed
    and population give the same draw. Raises ``UsageError`` when there is nothing to draw from.
    """
    strata = _strata(cases)
    whole = sum(map(len, strata.values()))
    if size < 1 or not whole:
        raise UsageError(
            "Det finns inga bedömda upphandlingar att dra ur, eller så är urvalet noll. Ange --size 1 eller mer."
        )
    sizes = sample_sizes({name: len(group) for name, group in strata.items()}, min(size, whole))
    generator = random.Random(seed)
    drawn: list[DrawnProcurement] = []
    for name, group in strata.items():
        chosen = sorted(generator.sample(range(len(group)), sizes[name]))
        inclusion = sizes[name] / len(group) if group else 0.0
        drawn += [_frozen(group[i], assessments[group[i].position], catalogue, name, inclusion) for i in chosen]
    return Draw(
        seed=seed,
        versions=assessments[0].versions,
        since=since,
        until=until,
        frozen=digest(cases),
        population={name: len(group) for name, group in strata.items()},
        drawn=sizes,
        procurements=tuple(sorted(drawn, key=lambda one: one.id)),
    )


def digest(cases: Iterable[Case]) -> str:
    """Return a digest of the machine's answer on every scored procurement."""
    answers = sorted(f"{case.id}\t{case.headline}" for case in cases if case.status == "scored")
    return hashlib.sha256("\n".join(answers).encode()).hexdigest()


def _strata(cases: Iterable[Case]) -> dict[Stratum, list[Case]]:
    scored = sorted((case for case in cases if case.status == "scored"), key=lambda case: case.id)
    return {"yes": [c for c in scored if c.headline], "no": [c for c in scored if not c.headline]}


def sample_sizes(population: Mapping[Stratum, int], size: int) -> dict[Stratum, int]:
    """Return how many to draw from each stratum: its part of the population, but at least five where there are."""
    yes, no = population["yes"], population["no"]
    wanted = round(size * yes / (yes + no))
    least_yes, least_no = min(_FEWEST_JUDGED, yes), min(_FEWEST_JUDGED, no)
    if size >= least_yes + least_no:
        wanted = min(max(wanted, least_yes), size - least_no)
    wanted = max(min(wanted, yes), size - no)
    return {"yes": wanted, "no": size - wanted}


def _frozen(
    case: Case, assessment: Assessment, catalogue: Catalogue, stratum: Stratum, inclusion: float
) -> DrawnProcurement:
    hits = [
        DrawnHit(
            match_id=match.id, criterion_id=match.criterion_id, document=requirement.document,
            place=requirement.location, text=requirement.raw_text, confidence=match.confidence,
            headline=is_headline(match, requirement, catalogue),
        )
        for match, requirement in circular_matches(assessment, catalogue)
    ]  # fmt: skip
    return DrawnProcurement(
        id=case.id,
        title=case.title,
        organisation=case.responsible.label,
        stratum=stratum,
        inclusion=round(inclusion, 6),
        hits=tuple(sorted(hits, key=lambda hit: (not hit.headline, hit.match_id))),
    )


# --- the correction -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StratumCount:
    """One stratum: how many there are, how many were judged, how many of those truly are yes, and how many unsure."""

    population: int
    judged: int
    yes: int
    unsure: int = 0


def check_frozen(draw: Draw, cases: Sequence[Case], versions: Versions) -> None:
    """Raise ``UsageError`` when the machine's answers are not those that the sample was drawn from."""
    if draw.frozen != digest(cases) or draw.versions.catalogue_fingerprint != versions.catalogue_fingerprint:
        raise UsageError(
            "Granskningen gäller andra svar än de här: programmets utfall har ändrats sedan urvalet drogs, eller så är det ett "
            "annat underlag eller fönster. Kör baseline på samma resultatfil och fönster som när urvalet drogs, eller dra ett "
            "nytt urval med cirkular-krav draw."
        )


def audited_share(draw: Draw, cases: Sequence[Case]) -> AuditedShare:
    """Return the share corrected by the verdicts, with interval, precision and recall."""
    answers = {one.id: true_answer(one) for one in draw.procurements}
    counts = [_count(draw, answers, name) for name in STRATA]
    judged = [one for one in draw.procurements if answers[one.id] is not None]
    found = corrected_share(counts[0], counts[1])
    hit_precision, hit_recall = _hits(judged)
    return found.model_copy(
        update={
            "raw": raw_share(cases),
            "drawn": len(draw.procurements),
            "hit_precision": hit_precision,
            "hit_recall": hit_recall,
            "missed": sum(len(one.missed) for one in judged),
        }
    )


def audited_organisations(draw: Draw, cases: Sequence[Case]) -> tuple[AuditedOrganisation, ...]:
    """Return the same for each organisation, from those of the drawn that it is responsible for.

    Given how many of an organisation's were drawn of each stratum, they are a random sample of its own.
    """
    own: dict[str, list[Case]] = {}
    for case in cases:
        own.setdefault(case.responsible.key, []).append(case)
    found = []
    for key, group in own.items():
        strata, ids = _strata(group), {case.id for case in group}
        part = draw.model_copy(
            update={
                "population": {name: len(strata[name]) for name in STRATA},
                "procurements": tuple(one for one in draw.procurements if one.id in ids),
            }
        )
        party = group[0].responsible
        if any(strata.values()):
            share = audited_share(part, group)
            found.append(AuditedOrganisation(key=key, label=party.label, organisation_number=party.number, share=share))
    return tuple(sorted(found, key=lambda one: (not one.label, swedish_key(one.label), one.key)))


def true_answer(drawn: DrawnProcurement) -> bool | str | None:
    """Return whether the procurement truly asks: yes, no, ``"unsure"``, or none where nobody has read it whole.

    Yes needs one headline hit judged right, or one binding requirement that the machine missed; that can be said before
    all is read, but then only the easy ones would be judged, so it waits for ``read_whole``.
    """
    if not drawn.read_whole:
        return None
    headline = [hit.verdict for hit in drawn.hits if hit.headline]
    if "right" in headline or any(missed.binding for missed in drawn.missed):
        return True
    return "unsure" if "unsure" in headline or "" in headline else False


def _count(draw: Draw, answers: Mapping[str, bool | str | None], stratum: Stratum) -> StratumCount:
    own = [answers[one.id] for one in draw.procurements if one.stratum == stratum]
    return StratumCount(
        population=draw.population[stratum],
        judged=sum(1 for answer in own if answer is not None),
        yes=sum(1 for answer in own if answer is True),
        unsure=sum(1 for answer in own if answer == "unsure"),
    )


def corrected_share(yes: StratumCount, no: StratumCount) -> AuditedShare:
    """Return the corrected share of two strata; ``raw`` is the machine's own share of the same population."""
    population, judged = yes.population + no.population, yes.judged + no.judged
    empty = Share(
        numerator=yes.population,
        denominator=population,
        value=None,
        low=None,
        high=None,
        bound_low=None,
        bound_high=None,
    )
    plain = AuditedShare(
        raw=empty, population=population, drawn=judged, judged=judged, unsure=yes.unsure + no.unsure, corrected=None,
        low=None, high=None,
    )  # fmt: skip
    reason: TooSmall = "not_read" if not judged else ""
    if judged and _lacking(yes) + _lacking(no):
        reason = "few_judged"
    if reason:
        return plain.model_copy(update={"reason": reason, "needed": judged + _lacking(yes) + _lacking(no)})
    low, _ = interval_of((yes, no), unsure_as=False)
    _, high = interval_of((yes, no), unsure_as=True)
    rates = _rates(yes, no)
    middle = sum(one.population * _part(one) for one in (yes, no)) / population
    given = plain.model_copy(update={"corrected": middle, "low": low, "high": high, **rates})
    if high - low <= WIDEST:
        return given
    # The width goes as one over the root of the number. The figure is still given: to show it only when it happens to
    # be narrow would choose the samples where the interval is too short.
    needed = min(population, round(judged * ((high - low) / WIDEST) ** 2 + 0.5))
    return given.model_copy(update={"reason": "too_wide", "needed": needed})


def _lacking(stratum: StratumCount) -> int:
    return max(0, min(_FEWEST_JUDGED, stratum.population) - stratum.judged)


def _part(stratum: StratumCount) -> float:
    """Return the part of the stratum that truly is yes; those unsure count as half."""
    return (stratum.yes + stratum.unsure / 2) / stratum.judged if stratum.judged else 0.0


def interval_of(strata: Iterable[StratumCount], *, unsure_as: bool) -> tuple[float, float]:
    """Return the 2.5th and 97.5th percentile of the share of the whole population that truly is yes."""
    chances, whole = np.ones(1), 0
    for one in strata:
        yes = one.yes + (one.unsure if unsure_as else 0)
        chances = np.convolve(chances, _chances(one.population, one.judged, yes))
        whole += one.population
    running = chances.cumsum() / chances.sum()
    low, high = (int(np.searchsorted(running, end)) for end in (0.025, 0.975))
    return low / whole, high / whole


def _chances(population: int, judged: int, yes: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the chance of each number of yes in a stratum, 0 … population."""
    left = population - judged
    further = np.arange(left + 1)
    a, b = yes + _PRIOR, judged - yes + _PRIOR
    log = gammaln(left + 1) - gammaln(further + 1) - gammaln(left - further + 1)
    log = log + betaln(further + a, left - further + b) - betaln(a, b)
    chances: np.ndarray[tuple[int], np.dtype[np.float64]] = np.zeros(population + 1)
    chances[yes : yes + left + 1] = np.exp(log)
    return chances


def _rates(yes: StratumCount, no: StratumCount) -> dict[str, object]:
    """Return precision and recall over procurements, with intervals from the same distribution.

    Those unsure count as half in the figure; each end of an interval takes them as what moves it furthest.
    """
    right, missed = yes.population * _part(yes), no.population * _part(no)
    least, most = _numbers(yes, no, unsure_found=False), _numbers(yes, no, unsure_found=True)
    rates: dict[str, object] = {}
    if yes.population:
        ends = _percentile(least[0] / yes.population, 2.5), _percentile(most[0] / yes.population, 97.5)
        rates |= {"precision": _part(yes), "precision_interval": ends}
    if right + missed:
        recalls = _percentile(_recall(*least), 2.5, empty=0.0), _percentile(_recall(*most), 97.5, empty=1.0)
        rates |= {"recall": right / (right + missed), "recall_interval": recalls}
    return rates


_Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]


def _numbers(yes: StratumCount, no: StratumCount, *, unsure_found: bool) -> tuple[_Numbers, _Numbers]:
    """Return draws of how many that truly ask were found and missed; of those unsure either the found ask or the missed."""
    generator = np.random.default_rng(0)
    drawn = []
    for one, is_yes in ((yes, unsure_found), (no, not unsure_found)):
        chances = _chances(one.population, one.judged, one.yes + one.unsure * is_yes)
        drawn.append(generator.choice(one.population + 1, size=_DRAWS, p=chances / chances.sum()).astype(float))
    return drawn[0], drawn[1]


def _recall(found: _Numbers, missed: _Numbers) -> _Numbers:
    whole = found + missed
    recall: _Numbers = found[whole > 0] / whole[whole > 0]
    return recall


def _percentile(values: _Numbers, percent: float, *, empty: float = 0.0) -> float:
    return round(float(np.percentile(values, percent)), 4) if len(values) else empty


def _hits(judged: Iterable[DrawnProcurement]) -> tuple[float | None, float | None]:
    """Return precision and recall over single hits, each weighted by one over its procurement's chance."""
    right = wrong = missed = 0.0
    for one in judged:
        weight = 1 / one.inclusion
        right += weight * sum(1 for hit in one.hits if hit.verdict in ("right", "not_binding"))
        wrong += weight * sum(1 for hit in one.hits if hit.verdict == "wrong")
        missed += weight * len(one.missed)
    precision = right / (right + wrong) if right + wrong else None
    return precision, right / (right + missed) if right + missed else None

"""A simulated county where the truth is known: the nine organisations with what they bought in 2021, three years of it.

Counts by organisation and CPV division are those of the national procurement statistics of 2021
(okfse/oppna-upphandlingsdata, CC0). How often they ask for something circular, what a template carries with it and how
a matcher errs is invented: the simulation shows whether the intervals hold, not how the county is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cirkular_krav.baseline.audit import STRATA, StratumCount, corrected_share, sample_sizes
from cirkular_krav.baseline.cases import Case
from cirkular_krav.baseline.compare import Judged, change_of, raw_share
from cirkular_krav.organisations import Party

BOUGHT = {
    "Östersund": {"03": 2, "22": 1, "24": 1, "30": 1, "31": 1, "34": 4, "37": 2, "39": 2, "42": 1, "44": 6, "45": 14, "50": 3, "55": 1, "60": 1, "66": 4, "70": 4, "71": 5, "72": 2, "79": 5, "90": 6, "92": 1},
    "Region Jämtland Härjedalen": {"18": 1, "24": 1, "30": 1, "33": 13, "34": 6, "44": 1, "60": 3, "63": 1, "66": 1, "71": 2, "77": 1, "90": 1, "98": 1},
    "Krokom": {"31": 1, "45": 9, "60": 1, "66": 1, "79": 1, "90": 1},
    "Bräcke": {"09": 1, "19": 1, "45": 4, "66": 1, "90": 2},
    "Strömsund": {"16": 2, "45": 4, "55": 1, "90": 2},
    "Ragunda": {"31": 1, "45": 6, "72": 1, "90": 1},
    "Åre": {"45": 1, "50": 1, "71": 1, "77": 1, "79": 1, "90": 1},
    "Berg": {"44": 1, "45": 1, "60": 3},
    "Härjedalen": {"31": 1, "71": 1, "79": 1},
}  # fmt: skip
YEARS = 3
# How often a procurement of each division truly has a binding, checkable circular requirement.
ASKS = {
    "45": 0.55,
    "90": 0.65,
    "44": 0.45,
    "34": 0.5,
    "33": 0.3,
    "30": 0.6,
    "39": 0.7,
    "66": 0.05,
    "71": 0.2,
    "72": 0.15,
    "79": 0.2,
}
OTHERS = 0.35
# sensitivity and specificity per procurement
GOOD, BAD = (0.95, 0.97), (0.65, 0.92)


def share_of_truth(name: str, *, more: float = 0.0, mix: dict[str, float] | None = None) -> float:
    """The part of an organisation's procurements that in the long run ask for something circular."""
    bought = tilted(BOUGHT[name], mix)
    return sum(number * asks(division, more) for division, number in bought.items()) / sum(bought.values())


def county_truth() -> float:
    counts = {name: sum(bought.values()) for name, bought in BOUGHT.items()}
    return sum(number * share_of_truth(name) for name, number in counts.items()) / sum(counts.values())


def asks(division: str, more: float = 0.0) -> float:
    return float(min(0.98, ASKS.get(division, OTHERS) + more))


def tilted(bought: dict[str, int], mix: dict[str, float] | None) -> dict[str, float]:
    return {division: number * (mix or {}).get(division, 1.0) for division, number in bought.items()}


def draw_period(
    chance: np.random.Generator,
    *,
    more: float = 0.0,
    copied: float = 0.0,
    mix: dict[str, float] | None = None,
    start: str = "a",
) -> list[Case]:
    """Three years of procurements with their true answer; ``copied``: the part written three by three from a template."""
    cases: list[Case] = []
    for name, bought in BOUGHT.items():
        weights = tilted(bought, mix)
        divisions, parts = list(weights), np.array(list(weights.values()))
        left = sum(bought.values()) * YEARS
        while left:
            division = str(chance.choice(divisions, p=parts / parts.sum()))
            size = min(left, 3 if chance.random() < copied / (3 - 2 * copied) else 1)
            answer = bool(chance.random() < asks(division, more))
            first = f"{start}{len(cases)}"
            cases += [
                Case(
                    id=f"{first}-{i}",
                    status="scored",
                    responsible=Party(name, name),
                    category=division,
                    cluster=first,
                    headline=answer,
                )
                for i in range(size)
            ]
            left -= size
    return cases


def as_seen(cases: list[Case], matcher: tuple[float, float], chance: np.random.Generator) -> list[Case]:
    """The machine's answers: a yes is found with the matcher's sensitivity, a no kept with its specificity."""
    luck = chance.random(len(cases))
    return [
        replace(case, headline=bool(luck[i] < matcher[0] if case.headline else luck[i] >= matcher[1]))
        for i, case in enumerate(cases)
    ]


def share_coverage(runs: int, *, copied: float = 0.0, known: bool = True) -> dict[str, float]:
    """How often the interval covers the long-run share: per organisation, and for the county as ``*``."""
    chance = np.random.default_rng(2026)
    hits = dict.fromkeys([*BOUGHT, "*"], 0)
    for _ in range(runs):
        cases = draw_period(chance, copied=copied)
        if not known:
            cases = [replace(case, cluster=case.id) for case in cases]
        for name in hits:
            share = raw_share(case for case in cases if name in ("*", case.responsible.key))
            truth = county_truth() if name == "*" else share_of_truth(name)
            assert share.low is not None
            assert share.high is not None
            hits[name] += share.low <= truth <= share.high
    return {name: number / runs for name, number in hits.items()}


def audit_coverage(runs: int, matcher: tuple[float, float], size: int) -> dict[str, float]:
    """How often the corrected share covers the truth, how often the sample is said to be too small, how often raw covers."""
    chance = np.random.default_rng(size)
    small = covered = raw_covered = 0
    for _ in range(runs):
        truth = draw_period(chance)
        seen = as_seen(truth, matcher, chance)
        share = sum(case.headline for case in truth) / len(truth)
        raw = raw_share(seen)
        raw_covered += (raw.low or 0) <= share <= (raw.high or 0)
        found = corrected_share(*judged_strata(truth, seen, size, chance))
        if found.corrected is not None and found.low is not None and found.high is not None:
            small += found.reason == "too_wide"
            covered += found.low - 1e-9 <= share <= found.high + 1e-9
    return {"too small": small / runs, "covered": covered / runs, "raw": raw_covered / runs}


def judged_strata(truth: list[Case], seen: list[Case], size: int, chance: np.random.Generator) -> list[StratumCount]:
    groups = {"yes": [t.headline for t, s in zip(truth, seen, strict=True) if s.headline]}
    groups["no"] = [t.headline for t, s in zip(truth, seen, strict=True) if not s.headline]
    sizes = sample_sizes({name: len(groups[name]) for name in STRATA}, size)
    counts = []
    for name in STRATA:
        drawn = chance.choice(len(groups[name]), sizes[name], replace=False)
        counts.append(StratumCount(len(groups[name]), sizes[name], sum(groups[name][i] for i in drawn)))
    return counts


BUILDS_MORE = {"45": 3.0, "33": 0.3, "34": 0.5, "79": 0.3}


def change_seen(runs: int, changed: str, *, points: float = 0.15, matcher: tuple[float, float] = GOOD) -> float:
    """How often ``compare`` sees a change when ``documents``, ``mix``, ``catalogue``, ``law``, ``tool`` or nothing changed.

    What only the ruler does (catalogue, law, tool) makes the earlier period's stored answers blind to half of the yeses
    (for the law: to half of the later's); judged alike, both periods are seen by the same matcher.
    """
    chance = np.random.default_rng(7)
    seen = 0
    for _ in range(runs):
        before = draw_period(chance, start="b")
        after = draw_period(
            chance, more=points if changed == "documents" else 0.0, mix=BUILDS_MORE if changed == "mix" else None
        )
        alike = [as_seen(period, matcher, chance) for period in (before, after)]
        stored = [as_seen(period, (0.5, 1.0), chance) for period in alike]
        found = [alike[0], alike[1]]
        if changed in ("catalogue", "tool"):
            found[0] = stored[0]
        if changed == "law":
            found[1] = stored[1]
        sides = [Judged(found[i], alike[i], alike[i], alike[i]) for i in (0, 1)]
        change = change_of(Party("", ""), sides[0], sides[1])
        seen += (change.standardised or change.difference).seen == "seen"
    return seen / runs


def plain_change_seen(runs: int) -> float:
    """How often the stored shares alone would have cried change where only the catalogue changed."""
    chance = np.random.default_rng(7)
    seen = 0
    for _ in range(runs):
        before, after = (as_seen(draw_period(chance), GOOD, chance) for _ in range(2))
        first, second = raw_share(as_seen(before, (0.5, 1.0), chance)), raw_share(after)
        seen += (second.low or 0) > (first.high or 1)
    return seen / runs

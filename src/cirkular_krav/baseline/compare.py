"""The change between two periods, divided into what the buyers changed and what only the ruler did (D9, D11).

Both periods are judged again by one ruler: this version of the tool, the later catalogue, and the law of the later
period's last day. What remains between them is then mix (other categories were bought), reading (more could be read)
and documents. The parts add up to the change as it was found. Nothing here is called an effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from cirkular_krav.baseline.cases import Case, make_case, with_templates
from cirkular_krav.baseline.groups import make_group, swedish_key
from cirkular_krav.baseline.intervals import Answer, difference, difference_of, share_of
from cirkular_krav.baseline.population import choose
from cirkular_krav.baseline.power import power_of
from cirkular_krav.baseline.rescoring import has_blocks, judge_again
from cirkular_krav.baseline.standardise import Adjusted, common_mix, standardise
from cirkular_krav.baseline.versions import same_versions
from cirkular_krav.baseline_types import Change, Comparison, Difference, Part, PartId, Period, Power, Share, Window
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import NothingToDoError, UsageError
from cirkular_krav.models import Assessment
from cirkular_krav.organisations import Organisations, Party, load_organisations
from cirkular_krav.pipeline import versions as current_versions

_NO_DAY = "0001-01-01"


@dataclass(frozen=True, slots=True)
class Judged:
    """One period's cases under the rulers that the change is divided by.

    ``found``: as stored. ``own``: this tool, the period's own catalogue; none without it. ``common``: this tool and
    the later catalogue. ``alike``: also with the law of one day. Only ``alike`` may be compared between periods.
    """

    found: list[Case]
    own: list[Case] | None
    common: list[Case]
    alike: list[Case]

    def only(self, test: Callable[[Case], bool]) -> Judged:
        """Return the same for some of the procurements."""
        own = None if self.own is None else [case for case in self.own if test(case)]
        kept = ([case for case in cases if test(case)] for cases in (self.found, self.common, self.alike))
        found, common, alike = kept
        return Judged(found, own, common, alike)


def compare_periods(
    before: Sequence[Assessment],
    after: Sequence[Assessment],
    catalogue: Catalogue,
    *,
    before_catalogue: Catalogue | None = None,
    comparison: Sequence[Assessment] = (),
    organisations: Organisations | None = None,
) -> Comparison:
    """Compare two periods' assessments; ``catalogue`` is the later one's, ``before_catalogue`` the snapshot beside the earlier.

    ``comparison``: organisations outside the project, split by the same windows. Raises ``UsageError`` with how to make
    them alike when the two are not, and ``NothingToDoError`` when one of them is empty.
    """
    listed = organisations or load_organisations()
    if not before or not after:
        raise NothingToDoError("En av perioderna är tom. Ange två mappar eller resultatfiler med upphandlingar.")
    sides = [_Side.of(before, before_catalogue or catalogue, listed), _Side.of(after, catalogue, listed)]
    _check_alike(sides[0], sides[1])
    law_of = sides[1].window.last
    old = sides[0].judge(before_catalogue, catalogue, listed, law_of)
    new = sides[1].judge(catalogue, catalogue, listed, law_of)
    both = _keys(old) & _keys(new)
    kept = [side.only(lambda case: case.responsible.key in both) for side in (old, new)]
    total = change_of(Party("", ""), kept[0], kept[1])
    outside = _outside(comparison, catalogue, listed, sides, both) if comparison else None
    return Comparison(
        before=sides[0].period,
        after=sides[1].period,
        total=total,
        organisations=tuple(_each(kept[0], kept[1])),
        only_before=_labels(old, _keys(old) - both),
        only_after=_labels(new, _keys(new) - both),
        outside=outside,
        beyond=_beyond(total, outside) if outside else None,
        power=tuple(_powers(kept[0].alike, sides[0].window, catalogue)),
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """One period as it was given: what counts of it, and its ruler."""

    assessments: list[Assessment]
    cases: list[Case]
    window: Window
    period: Period

    @classmethod
    def of(cls, given: Sequence[Assessment], catalogue: Catalogue, organisations: Organisations) -> _Side:
        ordered = sorted(given, key=lambda a: (a.procurement.id, a.procurement.published))
        cases = _cases(ordered, catalogue, organisations)
        # A first day that all days come after: what has no day belongs to neither period.
        counted, left_out, window = choose(cases, since=_NO_DAY)
        window = window.model_copy(update={"since": ""})
        period = Period(
            window=window,
            versions=same_versions(ordered),
            found=len(ordered),
            left_out=len(left_out),
            scored=sum(1 for case in counted if case.status == "scored"),
        )
        return cls([ordered[case.position] for case in counted], counted, window, period)

    def judge(self, own: Catalogue | None, common: Catalogue, organisations: Organisations, law_of: str) -> Judged:
        """Judge the period by each ruler; without the read texts only an unchanged ruler will do."""
        versions = self.period.versions
        if not has_blocks(self.assessments):
            now = current_versions(common)
            if (versions.catalogue_fingerprint, versions.library) != (now.catalogue_fingerprint, now.library):
                raise UsageError(
                    f"Perioden {self.window.first}–{self.window.last} är bedömd med en annan katalog eller programversion, och de lästa texterna finns "
                    "inte kvar i resultatet. Då går det inte att skilja en ändrad måttstock från ändrade krav. Bedöm perioden "
                    "på nytt från dokumenten med cirkular-krav assess MAPP --out FIL."
                )
            return Judged(self.cases, self.cases, self.cases, self.cases)
        if versions.catalogue_fingerprint == common.fingerprint:
            own = common
        same = own is not None and own.fingerprint == versions.catalogue_fingerprint
        by_common = _cases(judge_again(self.assessments, common), common, organisations)
        by_own = by_common if own is common else None
        if same and own is not None and own is not common:
            by_own = _cases(judge_again(self.assessments, own), own, organisations)
        alike = _cases(judge_again(self.assessments, common, law_of=law_of), common, organisations)
        return Judged(self.cases, by_own if same else None, by_common, alike)


def _cases(assessments: Sequence[Assessment], catalogue: Catalogue, organisations: Organisations) -> list[Case]:
    return with_templates([make_case(a, catalogue, organisations, position=i) for i, a in enumerate(assessments)])


def _check_alike(before: _Side, after: _Side) -> None:
    for side, name in ((before, "den första"), (after, "den andra")):
        if not side.cases:
            raise UsageError(
                f"Ingen upphandling i {name} perioden har ett känt publiceringsdatum, så det går inte att säga vad som är före "
                "och efter. Skriv published i procurement.yaml, eller lägg annonsen i mappen."
            )
    shared = sorted({case.id for case in before.cases} & {case.id for case in after.cases})
    if shared:
        raise UsageError(
            f"{len(shared)} upphandlingar finns i båda perioderna, till exempel {shared[0]}. Samma upphandling kan inte vara både "
            "före och efter. Dela underlaget efter publiceringsdatum, så att varje upphandling hör till en period."
        )
    if before.window.first > after.window.first:
        raise UsageError(
            f"Den första perioden ({before.window.first}–{before.window.last}) är senare än den andra ({after.window.first}–"
            f"{after.window.last}). Byt plats på dem."
        )
    if before.window.last >= after.window.first:
        raise UsageError(
            f"Perioderna går in i varandra: den första slutar {before.window.last}, den andra börjar {after.window.first}. Dela "
            "underlaget vid en dag, så att allt i den första är publicerat före allt i den andra."
        )
    if not {case.responsible.key for case in before.cases} & {case.responsible.key for case in after.cases}:
        raise UsageError(
            "Ingen organisation finns i båda perioderna. En förändring är alltid någons: jämför samma organisationer, och ge "
            "andra organisationer med --comparison MAPP."
        )


# --- one change -----------------------------------------------------------------------------------


def change_of(party: Party, before: Judged, after: Judged) -> Change:
    """Return the change of one organisation or all, with its parts."""
    mix = common_mix(before.alike, after.alike)
    old, new = standardise(before.alike, mix), standardise(after.alike, mix)
    plain = difference_of(raw_share(before.alike), raw_share(after.alike))
    adjusted = difference_of(old.share, new.share) if old.share and new.share else None
    return Change(
        key=party.key,
        label=party.label,
        before=raw_share(before.found),
        after=raw_share(after.found),
        difference=plain,
        standardised=adjusted,
        support=min(old.support, new.support),
        parts=_parts(before, after, plain, adjusted),
    )


def raw_share(cases: Iterable[Case]) -> Share:
    """Return the headline share of the scored procurements."""
    everything = list(cases)
    unread = sum(1 for case in everything if case.status in ("incomplete", "nothing_read"))
    return share_of((Answer(c.headline, 1.0, c.cluster) for c in everything if c.status == "scored"), unread=unread)


def _parts(before: Judged, after: Judged, plain: Difference, adjusted: Difference | None) -> tuple[Part, ...]:
    """Return the parts in the order of the ruler first; they add up to after − before as found."""
    if plain.value is None:
        return ()
    tool = _moved(before.own, before.found, _moved(after.found, after.own, 0.0))
    by_catalogue = _moved(before.common, before.own, _moved(after.own, after.common, 0.0))
    parts = [_part("tool", tool), _part("catalogue", by_catalogue)]
    if tool is None or by_catalogue is None:
        both = _moved(before.common, before.found, _moved(after.found, after.common, 0.0))
        parts = [_part("tool", None, "no_snapshot"), _part("catalogue", both, "with_tool")]
    parts.append(_part("law", _moved(before.alike, before.common, _moved(after.common, after.alike, 0.0))))
    if adjusted is None or adjusted.value is None:
        return (
            *parts,
            _part("mix", None, "no_support"),
            _part("reading", None, "no_support"),
            _part("documents", plain.value, "with_mix"),
        )
    parts.append(_part("mix", plain.value - adjusted.value))
    whole = _fully_read(before.alike, after.alike)
    if whole is None:
        return (*parts, _part("reading", None, "few_fully_read"), _part("documents", adjusted.value, "with_reading"))
    return (*parts, _part("reading", adjusted.value - whole), _part("documents", whole))


def _part(name: PartId, value: float | None, reason: str = "") -> Part:
    return Part(id=name, value=None if value is None else round(value, 6), reason=reason)


def _moved(new: list[Case] | None, old: list[Case] | None, further: float | None) -> float | None:
    """Return how far the share is moved from one ruler to another, added to what was moved before."""
    if new is None or old is None or further is None:
        return None
    high, low = _plain_share(new), _plain_share(old)
    return None if high is None or low is None else high - low + further


def _plain_share(cases: Iterable[Case]) -> float | None:
    scored = [case for case in cases if case.status == "scored"]
    return sum(case.headline for case in scored) / len(scored) if scored else None


def _fully_read(before: Sequence[Case], after: Sequence[Case]) -> float | None:
    """Return the standardised change among the procurements whose every document was read."""
    if all(case.read_share == 1 for case in (*before, *after) if case.status == "scored"):
        kept = before, after
    else:
        kept = [c for c in before if c.read_share == 1], [c for c in after if c.read_share == 1]
    mix = common_mix(before, after)
    old, new = (standardise(cases, mix) for cases in kept)
    return new.share.value - old.share.value if _has_value(old) and _has_value(new) else None  # type: ignore[union-attr, operator]


def _has_value(adjusted: Adjusted) -> bool:
    return adjusted.share is not None and adjusted.share.value is not None


# --- many changes ---------------------------------------------------------------------------------


def _each(before: Judged, after: Judged) -> Iterable[Change]:
    parties = {case.responsible.key: case.responsible for case in (*before.found, *after.found)}
    for party in sorted(parties.values(), key=lambda one: (not one.label, swedish_key(one.label), one.key)):
        yield change_of(party, before.only(_of(party)), after.only(_of(party)))


def _of(party: Party) -> Callable[[Case], bool]:
    return lambda case: case.responsible.key == party.key


def _keys(side: Judged) -> set[str]:
    return {case.responsible.key for case in side.found}


def _labels(side: Judged, keys: set[str]) -> tuple[str, ...]:
    return tuple(sorted({case.responsible.label for case in side.found if case.responsible.key in keys}))


def _outside(
    comparison: Sequence[Assessment],
    catalogue: Catalogue,
    organisations: Organisations,
    sides: Sequence[_Side],
    both: set[str],
) -> Change:
    """Return the change of organisations outside the project over the same two windows, under the same ruler.

    Each organisation is one draw of how organisations change: its procurements count as a cluster.
    """
    side = _Side.of(comparison, catalogue, organisations)
    own = sorted({case.responsible.label for case in side.cases if case.responsible.key in both})
    if own:
        raise UsageError(
            f"{own[0]} finns både bland dem som jämförs och i --comparison. Jämförelsen ska vara organisationer utanför. Ta bort "
            "deras upphandlingar från den ena."
        )
    judged = side.judge(None, catalogue, organisations, sides[1].window.last)
    within = [judged.only(_inside(one.window)) for one in sides]
    return change_of(Party("", ""), _by_organisation(within[0]), _by_organisation(within[1]))


def _inside(window: Window) -> Callable[[Case], bool]:
    return lambda case: window.first <= case.published <= window.last


def _by_organisation(side: Judged) -> Judged:
    def clustered(cases: list[Case]) -> list[Case]:
        return [replace(case, cluster=case.responsible.key) for case in cases]

    return Judged(clustered(side.found), None, clustered(side.common), clustered(side.alike))


def _beyond(total: Change, outside: Change) -> Difference:
    """Return how much more the project's organisations changed than the others, on their own mixes where they can be had."""
    ours, theirs = total.standardised or total.difference, outside.standardised or outside.difference
    return difference(theirs.value, theirs.low, theirs.high, ours.value, ours.low, ours.high)


def _powers(cases: Sequence[Case], window: Window, catalogue: Catalogue) -> Iterable[Power]:
    yield power_of(make_group("all", cases, catalogue), window)
    parties = {case.responsible.key: case.responsible for case in cases}
    for key in sorted(parties):
        own = [case for case in cases if case.responsible.key == key]
        yield power_of(make_group("responsible", own, catalogue, party=parties[key]), window)

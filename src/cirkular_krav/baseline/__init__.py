"""Many assessments → the baseline: every organisation mapped over a window, with how sure each figure is (D9).

Unread is *okänt*, not *nej*: incomplete procurements leave the shares and widen their bounds instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cirkular_krav.baseline.audit import audited_organisations, audited_share, check_frozen, draw_sample
from cirkular_krav.baseline.branches import branches_of
from cirkular_krav.baseline.cases import Case, make_case, with_templates
from cirkular_krav.baseline.compare import compare_periods
from cirkular_krav.baseline.groups import by_name, grouped, make_group, swedish_key
from cirkular_krav.baseline.headline import has_headline_requirement
from cirkular_krav.baseline.policies import PolicyTexts, compare_policies, read_policies
from cirkular_krav.baseline.population import choose
from cirkular_krav.baseline.power import power_of
from cirkular_krav.baseline.sensitivity import sensitivity_of
from cirkular_krav.baseline.standardise import category_mix, standardise
from cirkular_krav.baseline.versions import same_versions
from cirkular_krav.baseline_types import Baseline, Draw, Group, GroupKind, Standardised
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import NothingToDoError
from cirkular_krav.models import Assessment
from cirkular_krav.organisations import Organisations, Party, load_organisations

__all__ = [
    "build_baseline", "compare_periods", "draw_audit", "gather_cases", "has_headline_requirement", "read_policies",
    "swedish_key",
]  # fmt: skip


def build_baseline(
    assessments: Iterable[Assessment],
    catalogue: Catalogue,
    *,
    organisations: Organisations | None = None,
    since: str = "",
    until: str = "",
    sensitivity: bool = True,
    audit: Draw | None = None,
    policies: Iterable[PolicyTexts] = (),
) -> Baseline:
    """Map every organisation over a window of publication days (``since``, ``until``: ``YYYY-MM-DD``, both included).

    Shares are 0–1 with 95 % intervals (``baseline_types.Share``). ``audit``: people's verdicts on a sample that was drawn
    from these very assessments with ``draw_audit``. ``policies``: what ``read_policies`` found in steering documents.
    Raises ``NothingToDoError`` without assessments, and
    ``UsageError`` when they were made with different rulers or a day is no day.
    """
    listed = organisations or load_organisations()
    everything = _in_order(assessments)
    versions = same_versions(everything)
    cases, left_out, window = choose(gather_cases(everything, catalogue, listed), since, until)
    if audit:
        check_frozen(audit, cases, versions)
    total = make_group("all", cases, catalogue, criteria=True)
    responsible = _by_party(cases, catalogue)
    here = {party.key for case in cases for party in (case.responsible, *case.users)}
    return Baseline(
        versions=versions,
        window=window,
        found=len(everything),
        left_out=tuple(left_out),
        total=total,
        responsible=responsible,
        users=_by_user(cases, catalogue),
        users_unknown=sum(1 for case in cases if not case.users),
        categories=_by_category(cases, catalogue),
        years=_by("year", cases, lambda case: case.year, catalogue, criteria=True),
        forms=_by("form", cases, lambda case: case.form, catalogue, criteria=True),
        responsible_years=_by_party_and_year(cases, catalogue),
        standardised=_standardised(cases, responsible),
        power=tuple(power_of(group, window) for group in (total, *responsible)),
        absent=tuple(one.name_sv for one in listed.organisations if one.id not in here),
        outside=sum(1 for group in responsible if group.key not in listed.by_id),
        sensitivity=sensitivity_of([everything[case.position] for case in cases], catalogue) if sensitivity else None,
        audit=audited_share(audit, cases) if audit else None,
        audit_by_organisation=audited_organisations(audit, cases) if audit else (),
        branches=branches_of(cases, catalogue),
        policies=compare_policies(policies, cases, catalogue),
    )


def draw_audit(
    assessments: Iterable[Assessment],
    catalogue: Catalogue,
    *,
    size: int,
    seed: int = 1,
    since: str = "",
    until: str = "",
    organisations: Organisations | None = None,
) -> Draw:
    """Draw ``size`` whole procurements at random for people to read, with the machine's answers frozen.

    The window and the assessments must be those of the baseline that is to be corrected. Raises ``UsageError`` when
    there is nothing to draw from.
    """
    everything = _in_order(assessments)
    cases, _, _ = choose(gather_cases(everything, catalogue, organisations or load_organisations()), since, until)
    return draw_sample(cases, everything, catalogue, size=size, seed=seed, since=since, until=until)


def _in_order(assessments: Iterable[Assessment]) -> list[Assessment]:
    ordered = sorted(assessments, key=lambda a: (a.procurement.id, a.procurement.published))
    if not ordered:
        raise NothingToDoError("Det finns inga bedömda upphandlingar att göra en baslinje av.")
    return ordered


def gather_cases(assessments: Sequence[Assessment], catalogue: Catalogue, organisations: Organisations) -> list[Case]:
    """Return what the statistics need of each assessment, with the templates that several were written from."""
    return with_templates([make_case(a, catalogue, organisations, position=i) for i, a in enumerate(assessments)])


def _by(
    kind: GroupKind, cases: Sequence[Case], key: Callable[[Case], str], catalogue: Catalogue, *, criteria: bool = False
) -> tuple[Group, ...]:
    return tuple(
        make_group(kind, own, catalogue, key=name, criteria=criteria) for name, own in grouped(cases, key).items()
    )


def _by_category(cases: Sequence[Case], catalogue: Catalogue) -> tuple[Group, ...]:
    """Return the groups of each category, in the order of their Swedish names; what has none stands last."""
    titles = {category.id: swedish_key(category.title_sv) for category in catalogue.categories}
    groups = _by("category", cases, lambda case: case.category, catalogue, criteria=True)
    return tuple(sorted(groups, key=lambda group: (group.key not in titles, titles.get(group.key, ()), group.key)))


def _by_party(cases: Sequence[Case], catalogue: Catalogue) -> tuple[Group, ...]:
    parties = {case.responsible.key: case.responsible for case in cases}
    groups = grouped(cases, lambda case: case.responsible.key)
    made = [make_group("responsible", own, catalogue, party=parties[key], criteria=True) for key, own in groups.items()]
    return tuple(sorted(made, key=by_name))


def _by_user(cases: Sequence[Case], catalogue: Catalogue) -> tuple[Group, ...]:
    """Return the users' view: the credit of a procurement is split equally among those who use it."""
    parties: dict[str, Party] = {}
    own: dict[str, list[Case]] = {}
    for case in cases:
        for party in case.users:
            parties.setdefault(party.key, party)
            own.setdefault(party.key, []).append(case)
    made = [
        make_group("user", group, catalogue, party=parties[key], credit=lambda case: 1 / len(case.users))
        for key, group in sorted(own.items())
    ]
    return tuple(sorted(made, key=by_name))


def _by_party_and_year(cases: Sequence[Case], catalogue: Catalogue) -> tuple[Group, ...]:
    parties = {case.responsible.key: case.responsible for case in cases}
    groups = grouped((case for case in cases if case.year), lambda case: f"{case.responsible.key}\n{case.year}")
    made = []
    for name, own in groups.items():
        key, year = name.split("\n")
        made.append(make_group("responsible_year", own, catalogue, party=parties[key], year=year))
    return tuple(sorted(made, key=lambda group: (by_name(group), group.year)))


def _standardised(cases: Sequence[Case], responsible: Iterable[Group]) -> tuple[Standardised, ...]:
    mix = category_mix(cases)
    rows = []
    for group in responsible:
        found = standardise([case for case in cases if case.responsible.key == group.key], mix)
        share = found.share
        rows.append(
            Standardised(
                key=group.key,
                label=group.label,
                raw=group.headline,
                value=share.value if share else None,
                low=share.low if share else None,
                high=share.high if share else None,
                support=found.support,
            )
        )
    return tuple(rows)

"""The later sections of the baseline's text: branches and small firms, policies, the audit, and the constants."""

from __future__ import annotations

import textwrap
from collections import Counter

from cirkular_krav.baseline_types import Baseline, Branch, Policy
from cirkular_krav.reports.shares import interval_text, say, share_text, share_with_interval, titled, wrapped
from cirkular_krav.reports.table import table
from cirkular_krav.reports.words import Words

_QUOTED = 160


def branches_section(baseline: Baseline, words: Words) -> list[str]:
    """How far each CPV division has come, beside what opens or hinders small firms there."""
    rows = [_branch(one, words) for one in baseline.branches]
    signs = [_signs(side, baseline, words) for side in ("opening", "hindering")]
    known = sum(one.bids_known for one in baseline.branches)
    number = baseline.total.counts.procurements
    few = [name for one in baseline.branches for name in one.few_bids]
    lines = wrapped(words("branches.few_bids", ids=", ".join(few))) if few else []
    towns = sum((Counter(one.winner_towns) for one in baseline.branches), Counter[str]())
    counted = [words("branches.sign_part", name=town, share=number) for town, number in sorted(towns.items())]
    lines += wrapped(words("branches.towns", parts=", ".join(counted))) if counted else []
    lines += [] if known else wrapped(words("branches.outcome_unknown"))
    note = wrapped(words("branches.index_note", bids=known, procurements=number))
    columns = [str(name) for name in words.get("branches.columns")]
    return titled(words, "branches", table(columns, rows, name_width=40), note, *signs, lines)


def _branch(branch: Branch, words: Words) -> list[str]:
    group, unknown = branch.maturity, words("branches.not_measured")
    title = words(f"branches.division.{branch.division}") if words.has(f"branches.division.{branch.division}") else ""
    name = words("branches.name", code=branch.division, title=title) if branch.division else words("branches.unknown")
    nothing, median, small = words("baseline.nothing"), group.spread.median, branch.small_winners
    return [
        name, str(group.counts.procurements), share_text(group.headline, words),
        nothing if median is None else words.number(median),
        nothing if branch.index is None else words.number(branch.index, 2).replace("-", "−"),
        unknown if branch.bids is None else words.number(branch.bids, 1),
        share_text(small, words) if small.denominator else unknown,
    ]  # fmt: skip


def _signs(side: str, baseline: Baseline, words: Words) -> list[str]:
    present: Counter[str] = Counter()
    known: Counter[str] = Counter()
    for branch in baseline.branches:
        for name, share in getattr(branch, side).items():
            present[name] += int(share.numerator)
            known[name] += int(share.denominator)
    parts = [
        words("branches.sign_part", name=words(f"branches.sign.{name}"), share=_of(present[name], known[name], words))
        for name in sorted(known, key=lambda name: (-present[name] / known[name], name))
    ]
    return wrapped(words(f"branches.{side}", parts=", ".join(parts))) if parts else []


def policies_section(baseline: Baseline, words: Words) -> list[str]:
    """What the steering documents say beside what the procurements ask for."""
    if not baseline.policies:
        return []
    lines = [line for policy in baseline.policies for line in _policy(policy, words)]
    return titled(words, "policies", lines, wrapped(words("policy.note")))


def _policy(policy: Policy, words: Words) -> list[str]:
    rows, quotes = [], []
    for one in policy.goals:
        name = words("policy.goal", goal=one.goal, name=words(f"goal.{one.goal}").lower())
        interval = interval_text(one.asks.low, one.asks.high, words)
        rows.append([name, str(len(one.says)), share_text(one.asks, words), interval])
        for said in one.says[:1]:
            text = textwrap.shorten(said.text, _QUOTED, placeholder=" …")
            place = words.place(said.place)
            quotes += wrapped(words("policy.says", goal=one.goal, text=text, document=said.document, place=place))
    names = ", ".join(policy.documents)
    head = wrapped(words("policy.documents", label=policy.label, names=names))
    return [*head, *table([str(name) for name in words.get("policy.columns")], rows, name_width=44), *quotes]


def audit_section(baseline: Baseline, words: Words) -> list[str]:
    """What people's reading of a sample says of the program's answers."""
    audit = baseline.audit
    if audit is None:
        return []
    values = {"drawn": audit.drawn, "population": audit.population, "judged": audit.judged, "unsure": audit.unsure}
    lines = wrapped(words("audit.drawn", **values))
    lines += wrapped(words("audit.raw", share=share_with_interval(audit.raw, words)))
    if audit.corrected is not None:
        interval = interval_text(audit.low, audit.high, words)
        lines += wrapped(words("audit.corrected", share=words.percent(audit.corrected), interval=interval))
    if audit.reason:
        lines += say(words, "all.audit_too_small", reason=words(f"audit.reason.{audit.reason}", needed=audit.needed))
    for name in ("precision", "recall"):
        value, ends = getattr(audit, name), getattr(audit, f"{name}_interval")
        if value is not None and ends is not None:
            shown = {"share": words.percent(value), "interval": interval_text(ends[0], ends[1], words)}
            lines += wrapped(words(f"audit.{name}", **shown))
    if not audit.judged:
        return titled(words, "audit", lines)
    unknown = words("audit.unknown")
    rates = [unknown if v is None else words.percent(v) for v in (audit.hit_precision, audit.hit_recall)]
    hits = words("audit.hits", precision=rates[0], recall=rates[1], missed=audit.missed)
    return titled(words, "audit", lines, wrapped(hits), _audit_by_organisation(baseline, words))


def _audit_by_organisation(baseline: Baseline, words: Words) -> list[str]:
    """The corrected share of each organisation, or how many of its procurements must be read before there is one."""
    if len(baseline.audit_by_organisation) < 2:
        return []
    rows = []
    for one in baseline.audit_by_organisation:
        share = one.share
        told = words("audit.organisation_few", needed=share.needed)
        if share.corrected is not None and share.low is not None and share.high is not None:
            interval = interval_text(share.low, share.high, words)
            told = words("audit.organisation_share", share=words.percent(share.corrected), interval=interval)
        if share.corrected is not None and share.all_read:
            yes = round(share.corrected * share.population)
            told = words("overview.audit_all", yes=yes, total=share.population)
        name = one.label or words("baseline.unknown_organisation")
        raw = words("baseline.counts", numerator=share.raw.numerator, denominator=share.raw.denominator)
        rows.append([name, raw, f"{share.judged}", told])
    columns = [str(name) for name in words.get("audit.organisation_columns")]
    return [*table(columns, rows, name_width=44), *wrapped(words("audit.organisation_note"))]


def sensitivity_section(baseline: Baseline, words: Words) -> list[str]:
    """What happens to the scores when the constants change by a quarter."""
    found = baseline.sensitivity
    if found is None or found.median is None or found.established is None:
        return []
    rows = []
    still = (found.median, found.established)
    moving = [
        e for e in found.effects if {(e.median_low, e.established_low), (e.median_high, e.established_high)} != {still}
    ]
    for effect in moving:
        rows.append([
            words(f"baseline.constant_group.{effect.group}"),
            *(words.number(value or 0) for value in (effect.median_low, effect.median_high)),
            *(words.percent(value or 0) for value in (effect.established_low, effect.established_high)),
        ])  # fmt: skip
    now = say(words,
        "sensitivity.now", median=words.number(found.median), established=words.percent(found.established)
    )  # fmt: skip
    columns = [str(name) for name in words.get("baseline.columns.sensitivity")]
    others = len(found.effects) - len(moving)
    rest = say(words, "sensitivity.rest", count=others) if others else []
    return titled(words, "sensitivity", now, table(columns, rows, name_width=40) if rows else [], rest)


def _of(present: int, known: int, words: Words) -> str:
    return words("baseline.counts", numerator=present, denominator=known)

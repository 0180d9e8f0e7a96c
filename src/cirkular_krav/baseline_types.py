"""The types of the baseline, of a comparison over time, and of an audit: what is counted, never how it is printed.

A report may print every field as it is: what must not be said (a share of three procurements, a comparison without
support) is none here, with the reason beside it. Shares are 0–1. A *count* is a whole number of procurements; in the
users' view, where the credit for a joint procurement is split, numerators and denominators may be fractions.
"""

from __future__ import annotations

from typing import Literal

from cirkular_krav.models import Confidence, Frozen, Place, Versions

BASELINE_SCHEMA = 2
DRAW_SCHEMA = 1

GroupKind = Literal["all", "responsible", "user", "category", "year", "form", "responsible_year", "division"]
LeftOutReason = Literal["republished", "cancelled", "outside_window"]
Seen = Literal["seen", "not_seen", "cannot_say"]
Stratum = Literal["yes", "no"]
HitVerdict = Literal["", "right", "not_binding", "wrong", "unsure"]
TooSmall = Literal["", "not_read", "few_judged", "too_wide"]
PartId = Literal["documents", "mix", "law", "catalogue", "tool", "reading"]


# --- figures --------------------------------------------------------------------------------------


class Share(Frozen):
    """A share with all that is needed to judge it.

    ``value``, ``low`` and ``high`` (95 %) are none under five procurements: then only counts may be shown, with
    "går inte att säga". ``bound_low`` and ``bound_high`` are the share if all unread were no, and if all were yes;
    none when the read and unread together are under five.
    ``effective`` is the number of independent procurements that the interval rests on: smaller than ``denominator``
    when procurements share a template or when weights are uneven; ``clusters`` is the number of templates and single
    procurements.
    """

    numerator: int | float
    denominator: int | float
    value: float | None
    low: float | None
    high: float | None
    bound_low: float | None
    bound_high: float | None
    effective: float | None = None
    clusters: int | None = None


class Spread(Frozen):
    """Median and quartiles of scores 0–100 over ``count`` procurements, and the median's 95 % interval.

    The interval is from a bootstrap over templates. All but ``count`` are none under five.
    """

    count: int
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None
    low: float | None
    high: float | None


class Mean(Frozen):
    """How many of something there are per scored procurement; ``per_procurement`` is none under five."""

    total: int
    procurements: int
    per_procurement: float | None


# --- groups ---------------------------------------------------------------------------------------


class Counts(Frozen):
    """How many procurements of each kind; ``procurements`` is the sum of the five below it.

    ``incomplete``: too little could be read. ``nothing_read``: nothing could. Both are unknown, not "no". ``credit``
    is the sum of the parts of scored procurements that belong to the group: equal to ``scored`` except for users.
    """

    procurements: int
    scored: int
    incomplete: int
    nothing_read: int
    few_applicable: int
    not_relevant: int
    credit: float


class Claims(Frozen):
    """What buyers' own notices claim against what was found, over scored procurements with a notice that tells.

    Of circular economy (BT-774) *found* is the headline; of the environment as a reason for the purchase (BT-06) it is
    any sustainability requirement beyond the law. A claim gives no points. The same four counts as shares: ``claimed``
    of all that tell, ``kept`` (found) of those claimed, and ``unsaid`` (found all the same) of those not claimed.
    """

    claimed_and_found: int = 0
    only_claimed: int = 0
    only_found: int = 0
    neither: int = 0
    claimed: Share | None = None
    kept: Share | None = None
    unsaid: Share | None = None

    @property
    def told(self) -> int:
        """How many procurements have a notice that tells."""
        return self.claimed_and_found + self.only_claimed + self.only_found + self.neither


class CriterionShare(Frozen):
    """How often one criterion is asked for, among the scored procurements that it applies to.

    ``asked`` counts only full hits; ``partly`` is the number of weak ones, ``unread`` of those where a document that
    could hold it was unreadable (they leave the share and widen its bounds).
    """

    criterion_id: str
    importance: int
    asked: Share
    partly: int
    unread: int


class Group(Frozen):
    """All figures of one group of procurements: an organisation, a category, a year, an agreement form or all.

    ``key``: the organisation's id in ``organisations.yaml`` (else its number, else its name in small letters), the
    category's id, the year, the form, a CPV division, or ``""`` for all; ``year`` is set beside the organisation for
    ``responsible_year``. ``label`` is an organisation's name; other keys have their names in the texts or catalogue.
    ``headline``: at least one binding, checkable circular requirement (D9). ``loose``: any circular
    match at all. ``bands``: share of the scored that reach at least each band of the score. ``weighted``: the headline share by
    value, over the procurements whose value is known, whose number is its ``effective`` one before weighting.
    ``goals`` (A–E), ``strategies`` and ``kinds``: means of the procurements' own profiles, 0–1, empty under five.
    ``obligations``: share of the circular requirements by obligation. ``follow_up``: share of the circular
    requirements that are followed up during the contract. ``krav_ids``: procurements that cite the national criteria
    service. ``beside``: sustainability requirements that are not circular.
    """

    by: GroupKind
    key: str
    label: str = ""
    organisation_number: str = ""
    year: str = ""
    counts: Counts
    headline: Share
    loose: Share
    spread: Spread
    bands: dict[str, Share] = {}
    weighted: Share | None = None
    value_known: int = 0
    value_total: float = 0.0
    goals: dict[str, float] = {}
    strategies: dict[str, float] = {}
    kinds: dict[str, float] = {}
    obligations: dict[str, float] = {}
    follow_up: Share
    obstacles: Mean
    conflicts: Mean
    with_conflict: Share
    beside: Mean
    krav_ids: Share
    claims: Claims
    strategic: Claims = Claims()
    criteria: tuple[CriterionShare, ...] = ()


class Window(Frozen):
    """The days of publication that the baseline covers; ``since`` and ``until`` are what was asked for, or ``""``.

    ``first`` and ``last`` are the days found. ``undated`` procurements have no known day: they are counted in all but
    the years, unless a window was asked for; then they are left out.
    """

    since: str
    until: str
    first: str
    last: str
    undated: int


class LeftOut(Frozen):
    """A procurement that was given but does not count, with the reason and, if republished, the one that does."""

    id: str
    title: str
    organisation: str
    reason: LeftOutReason
    counted_as: str = ""


class Standardised(Frozen):
    """An organisation's headline share as if it bought the same mix of categories as all organisations together.

    ``support`` is the part of the common mix that lies in categories where the organisation has scored procurements.
    Under 0.8 there is no value, and the organisation must not be compared. The rows stand in the order of names:
    organisations are never ranked on raw shares.
    """

    key: str
    label: str
    raw: Share
    value: float | None
    low: float | None
    high: float | None
    support: float


class ConstantEffect(Frozen):
    """What one group of scoring constants, 25 % lower or higher, does to the county's median and share at 40 and up."""

    group: str
    median_low: float | None
    median_high: float | None
    established_low: float | None
    established_high: float | None


class Sensitivity(Frozen):
    """How far the result hangs on the constants of the score: each group of them changed by ``step`` up and down.

    The headline share is not in it: it rests on what the documents say, not on the points.
    """

    step: float
    scored: int
    median: float | None
    established: float | None
    effects: tuple[ConstantEffect, ...]


class Power(Frozen):
    """How many scored procurements each of two periods needs before a change can be seen.

    ``needed``: per period, for ``points`` (0.10) with 80 % chance at the 5 % level, from the end of the share's
    interval that is nearest one half (from one half where it is unknown), more where templates are shared. ``per_year``: scored per year now, none without dates.
    ``years``: needed ÷ per_year. ``smallest``: the smallest change that two periods as large as this baseline can show.
    """

    key: str
    label: str
    scored: int
    points: float
    needed: int
    per_year: float | None
    years: float | None
    smallest: float | None


class Branch(Frozen):
    """One CPV division: how far it has come, what opens or hinders small firms there, and what came of it.

    ``opening`` and ``hindering``: shares of procurements with each sign (``lots``, ``own_declaration`` …), by the id of
    the sign. ``index``: mean over procurements of opening minus hindering signs, −1 to 1, none under five. ``bids``:
    mean number of bids over the ``bids_known`` procurements whose notices tell. ``small_winners``: awards to small and
    micro firms among winners of known size; ``winner_towns`` counts winners by town. ``few_bids``: procurements with a score of 60 and up and at most two bids;
    shown as such, never mixed into the score.
    """

    division: str
    maturity: Group
    opening: dict[str, Share]
    hindering: dict[str, Share]
    index: float | None
    bids: float | None
    bids_known: int
    small_winners: Share
    winner_towns: dict[str, int] = {}
    few_bids: tuple[str, ...] = ()


class PolicyStatement(Frozen):
    """One passage of a steering document that speaks of a criterion, quoted with its place."""

    document: str
    place: Place
    text: str
    criterion_ids: tuple[str, ...]


class PolicyGoal(Frozen):
    """What an organisation's steering documents say on one goal A–E, and what its procurements ask for.

    ``says``: the statements found, by document; ``asks``: share of the scored procurements that ask for something
    under the goal. A statement is never scored as a requirement.
    """

    goal: str
    says: tuple[PolicyStatement, ...]
    asks: Share


class Policy(Frozen):
    """Policy says, requirements do: one organisation's goals A–E."""

    key: str
    label: str
    documents: tuple[str, ...]
    goals: tuple[PolicyGoal, ...]


# --- the audit ------------------------------------------------------------------------------------


class DrawnHit(Frozen):
    """One hit of the machine in a drawn procurement, frozen as it was, and a person's verdict on it.

    ``headline``: the hit alone makes the procurement count as a yes. ``verdict``: ``right`` (the text asks for this, and
    as bindingly as the machine says), ``not_binding`` (right criterion, but neither binding nor checkable), ``wrong``,
    ``unsure``, or ``""`` where nobody has judged yet.
    """

    match_id: str
    criterion_id: str
    document: str
    place: Place
    text: str
    confidence: Confidence
    headline: bool
    verdict: HitVerdict = ""


class Missed(Frozen):
    """A requirement that a person found and the machine did not: where it stands, in the document's own words.

    ``binding``: mandatory or scored, checkable and beyond the law, so that it alone makes the procurement a yes.
    """

    criterion_id: str
    document: str
    location: str
    quotation: str
    binding: bool


class DrawnProcurement(Frozen):
    """One whole procurement of the sample, with the machine's answer frozen and room for a person's.

    ``inclusion`` is the chance with which it was drawn. ``read_whole`` is set when a person has read all its documents:
    only then does an empty ``missed`` mean that nothing was missed. Until then the procurement is not judged.
    """

    id: str
    title: str
    organisation: str
    stratum: Stratum
    inclusion: float
    hits: tuple[DrawnHit, ...]
    read_whole: bool = False
    missed: tuple[Missed, ...] = ()
    reader: str = ""
    note: str = ""


class Draw(Frozen):
    """A random sample of whole procurements from everything scored, with known chances, and the verdicts on it.

    The file is JSON or YAML in this form; ``cirkular-krav draw`` writes it without verdicts, people fill in ``verdict``,
    ``missed``, ``read_whole`` and ``reader``, and ``cirkular-krav baseline --audit`` reads it. ``population`` and
    ``drawn`` count procurements by stratum: where the machine says ``yes`` to the headline, and where it says ``no``.
    ``frozen`` is a digest of the machine's answer on every procurement of the population: verdicts on one run's answers
    say nothing about another's.
    """

    schema_version: int = DRAW_SCHEMA
    seed: int
    versions: Versions
    since: str = ""
    until: str = ""
    frozen: str
    population: dict[Stratum, int]
    drawn: dict[Stratum, int]
    procurements: tuple[DrawnProcurement, ...]


class AuditedShare(Frozen):
    """The headline share corrected by people's verdicts on a random sample, beside the machine's own.

    ``corrected`` with ``low`` and ``high`` (95 %) is none when too little was read; ``reason`` is then ``not_read`` (no
    procurement is read whole) or ``few_judged`` (under five where the machine says yes, or where it says no). With
    ``too_wide`` it is given, but the sample is too small to say much: the interval is wider than 20 percentage points.
    ``needed`` is about how many must be judged.
    ``unsure``: judged procurements where the verdicts leave both answers open; they widen the interval.
    ``precision``: of the procurements where the machine says yes, the part that truly are; ``recall``: of those that
    truly are, the part that the machine finds. ``hit_precision`` and ``hit_recall`` are the same for single matches,
    weighted by the inclusion probabilities, none when none was judged.
    """

    raw: Share
    population: int
    drawn: int
    judged: int
    unsure: int
    corrected: float | None
    low: float | None
    high: float | None
    reason: TooSmall = ""
    needed: int | None = None
    precision: float | None = None
    precision_interval: tuple[float, float] | None = None
    recall: float | None = None
    recall_interval: tuple[float, float] | None = None
    hit_precision: float | None = None
    hit_recall: float | None = None
    missed: int = 0

    @property
    def all_read(self) -> bool:
        """Tell whether people have read every procurement that was scored, so that nothing is left to chance."""
        return self.low is not None and self.low == self.high and self.judged == self.population


class AuditedOrganisation(Frozen):
    """The audit of the procurements that one organisation is responsible for: a part of the same sample."""

    key: str
    label: str
    organisation_number: str
    share: AuditedShare


# --- the whole ------------------------------------------------------------------------------------


class Baseline(Frozen):
    """Every organisation mapped over one window.

    ``found`` procurements were given; those in ``left_out`` do not count. ``total`` covers the rest. Who is
    *responsible* for the documents and who *uses* the agreement are two views of the same procurements: in
    ``responsible`` each counts once, in ``users`` it is split equally among its users. ``absent``: organisations of
    the list without any procurement here. ``outside``: responsible organisations that are not on the list.
    ``not_measured``: ids of what the library cannot measure, whose texts say "mäts inte".
    """

    schema_version: int = BASELINE_SCHEMA
    versions: Versions
    window: Window
    found: int
    left_out: tuple[LeftOut, ...]
    total: Group
    responsible: tuple[Group, ...]
    users: tuple[Group, ...]
    users_unknown: int
    categories: tuple[Group, ...]
    years: tuple[Group, ...]
    forms: tuple[Group, ...]
    responsible_years: tuple[Group, ...]
    standardised: tuple[Standardised, ...]
    power: tuple[Power, ...]
    absent: tuple[str, ...] = ()
    outside: int = 0
    sensitivity: Sensitivity | None = None
    audit: AuditedShare | None = None
    audit_by_organisation: tuple[AuditedOrganisation, ...] = ()
    branches: tuple[Branch, ...] = ()
    policies: tuple[Policy, ...] = ()
    not_measured: tuple[str, ...] = ("interest", "participation", "delivery", "long_term_effects", "environment")


# --- a change over time ---------------------------------------------------------------------------


class Difference(Frozen):
    """The difference between two shares (after − before) with its 95 % interval.

    ``seen``: the interval excludes zero; ``not_seen``: it does not, which is no proof that nothing changed;
    ``cannot_say``: too few procurements, with ``value`` none.
    """

    value: float | None
    low: float | None
    high: float | None
    seen: Seen


class Part(Frozen):
    """One part of a change, in shares; none with a reason where it could not be told."""

    id: PartId
    value: float | None
    reason: str = ""


class Change(Frozen):
    """How one organisation, or all, changed from one period to the next.

    ``before`` and ``after`` are the headline shares as they were found at the time. ``difference`` is between the
    two periods' documents under one and the same ruler (tool, catalogue, law of the later period), and
    ``standardised`` the same on a common mix of categories; none when ``support`` is under 0.8. ``parts`` add up to
    after − before as found. The word *effect* does not belong here: a change is not an effect.
    """

    key: str
    label: str
    before: Share
    after: Share
    difference: Difference
    standardised: Difference | None
    support: float
    parts: tuple[Part, ...] = ()


class Period(Frozen):
    """One side of a comparison: the window, the ruler at the time, and what counted."""

    window: Window
    versions: Versions
    found: int
    left_out: int
    scored: int


class Comparison(Frozen):
    """The change between two periods, divided into its parts, with organisations outside the project beside.

    Only organisations with procurements in both periods are compared; ``only_before`` and ``only_after`` name the others.
    ``outside`` is the change of the comparison organisations over the same two windows, and ``beyond`` the difference
    between the two changes.
    """

    schema_version: int = BASELINE_SCHEMA
    before: Period
    after: Period
    total: Change
    organisations: tuple[Change, ...]
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()
    outside: Change | None = None
    beyond: Difference | None = None
    power: tuple[Power, ...] = ()
